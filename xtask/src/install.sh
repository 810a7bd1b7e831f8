# Installs the Debian packages named by the arguments; as root, asking nothing.
set -eu
export DEBIAN_FRONTEND=noninteractive
# The packages start their servers unless this policy forbids it. The tests use private servers,
# and a machine should not get a public one by running tests. A policy that is there stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
apt-get update -q
apt-get install -q -y --no-install-recommends "$@"
