#!/bin/sh
# Installs an archive of `malleolus pack` in a bare Debian without a network, and works with it: by hand, as root, with
# mmdebstrap installed.
#
#   test/offline/install.sh ARCHIVE FOLDER [BARE]
#
# FOLDER must not be there, and is left for a look. BARE is a bare Debian as a tar file, where mmdebstrap made one before
# (mmdebstrap --variant=minbase bookworm bare.tar). A quarter of an hour without.
set -eu

archive=$(readlink -f -- "$1")
folder=$2
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
say() { printf '== %s\n' "$*"; }

mkdir "$folder"
say 'a bare Debian'
if [ -n "${3-}" ]; then
  mkdir "$folder/debian"
  tar -xf "$3" -C "$folder/debian"
else
  mmdebstrap --quiet --variant=minbase bookworm "$folder/debian"
fi
mkdir -p "$folder/debian/proc" "$folder/debian/root/offline"
tar -xzf "$archive" -C "$folder/debian/root/offline"
cp "$here/use.sh" "$folder/debian/root/use.sh"

# A network of its own, in which there is nothing but a loopback that is down; and processes and mounts of its own.
say 'without a network'
unshare --net --mount --pid --fork sh -eu -c '
  mount -t proc proc "$1/proc"
  exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root sh -eu /root/use.sh
' sh "$folder/debian"
