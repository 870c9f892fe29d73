#!/usr/bin/env bash
# Installs Chromium, which `npm run test:smoke` drives, from Debian's packages where it is missing.
set -euo pipefail

if ! [ -x /usr/bin/chromium ]; then
  as_root=()
  if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 chromium </dev/null >/dev/null
fi

/usr/bin/chromium --version
