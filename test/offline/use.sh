#!/bin/sh
# Within the bare Debian: what install.sh of this folder starts.
set -eu
say() { printf '== %s\n' "$*"; }

# Names are not even looked up: there is no way out.
if getent hosts deb.debian.org >/dev/null 2>&1; then
  echo 'expected no network' >&2
  exit 1
fi
say 'install'
/root/offline/malleolus-offline/install.sh
cd /root
malleolus=/opt/malleolus/malleolus

say 'a study and a prediction'
$malleolus phantom archive --hospital external --per-class 1 --excluded 0 --pitch 0.48 --seed offline
$malleolus predict --json --out findings --dicom objects archive/external/dicom/EP00001 >predicted.json
grep -c malleolus-prediction-1 predicted.json
ls findings objects
$malleolus predict --engine onnx --json archive/external/dicom/EP00001 >onnx.json
grep -c malleolus-prediction-1 onnx.json

say 'the inference service'
MALLEOLUS_PASSPHRASE='lantern gravel otter nineteen' $malleolus serve inbox --inference --json >address &
service=$!
tries=0
until grep -q address address; do
  tries=$((tries + 1))
  [ $tries -lt 600 ] || exit 1
  sleep 0.2
done
cat address
kill "$service"
wait "$service"

say 'installed again, with the one before aside'
/root/offline/malleolus-offline/install.sh >/dev/null
[ -x /opt/malleolus.before/malleolus ]
[ -z "$(find /opt/malleolus ! -user root)" ]
$malleolus --version
say 'all is well'
