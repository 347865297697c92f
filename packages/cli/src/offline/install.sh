#!/bin/sh
# Installs Malleolus from an archive that `malleolus pack` wrote, without a network: as root, on the Debian that it was
# packed on.
#
#   ./install.sh [FOLDER]     default /opt/malleolus
#
# Debian's packages that are there in this or a newer version stay as they are. What lies in FOLDER is moved to
# FOLDER.before, so that a step back is `mv`, and what lay there to a name with the time; studies and inboxes lie
# elsewhere, and are not touched.
set -eu

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
target=${1-/opt/malleolus}
target=${target%/}

fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail "expected root, got $(id -un): packages of Debian are installed; use sudo"
# shellcheck disable=SC1091 # a file of the machine
machine=$(. /etc/os-release && echo "$ID $VERSION_ID")
machine="$machine $(dpkg --print-architecture)"
[ "$machine" = "$(cat "$here/made-for")" ] ||
  fail "expected $(cat "$here/made-for"), got $machine; pack it on a machine like this one"
(cd "$here" && sha256sum --check --quiet SHA256SUMS) ||
  fail 'a file is not the one that was packed: copy the archive again'

log=$(mktemp)
DEBIAN_FRONTEND=noninteractive dpkg --install --skip-same-version --refuse-downgrade \
  "$here"/debian/*.deb >"$log" 2>&1 ||
  { tail -n 20 "$log" >&2; fail "Debian's packages could not be installed; the whole log: $log"; }
rm -f "$log"

mkdir -p "$(dirname -- "$target")"
rm -rf "$target.part"
cp -a "$here/malleolus" "$target.part"
# Whoever unpacked the archive must not own what root starts, and everybody may run it.
chown -R -h root:root "$target.part"
chmod -R u=rwX,go=rX "$target.part"
addon=$target.part/packages/torch/packed/malleolus_torch.node
absent=$(ldd "$addon" | sed -n 's/^[[:space:]]*\(.*\) => not found$/\1/p')
[ -z "$absent" ] || fail "a library of LibTorch is absent: $absent"
"$target.part/malleolus" --version >/dev/null || fail "$target.part/malleolus does not start; nothing was changed"
if [ -e "$target" ]; then
  # An older one stays, too: somebody may have begun a study within it.
  [ ! -e "$target.before" ] || mv "$target.before" "$target.before.$(date +%Y%m%d%H%M%S)"
  mv "$target" "$target.before"
fi
mv "$target.part" "$target"
echo "$target/malleolus is installed; $target/docs/hospital.md goes on from here"
