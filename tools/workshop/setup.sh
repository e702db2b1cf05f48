# Installs what is missing: Debian packages from tools/apt-packages.txt, a Node that is new enough, npm packages by
# lock file. When everything is there it takes well under a second and touches no network.

NODE_MINIMUM=20.19.0
NODE_PACKAGE_VERSION=22.23.3

# packages_of build test: the packages of these groups.
packages_of() {
  local group
  for group in "$@"; do awk -v group="$group" '$1 == group { print $2 }' "$ROOT/tools/apt-packages.txt"; done
}

missing_packages() {
  local installed package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | awk '$1 == "installed" { print $2 }')
  for package in $(packages_of "$@"); do
    grep -qxF -- "$package" <<<"$installed" || echo "$package"
  done
}

as_root() {
  if (($(id -u) == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "This needs root and there is no sudo. As root, run: $*"
    return 1
  fi
}

install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    echo "This is not a Debian system: install by hand what tools/apt-packages.txt lists. Going on without."
    return 0
  fi
  missing=$(missing_packages "$@")
  [[ -z $missing ]] && return 0
  echo "Installing" $missing
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 update || true # an old list may do
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    install -y --no-install-recommends $missing
}

version_at_least() { # version_at_least 20.20.2 20.19.0
  [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]
}

node_is_new_enough() {
  local version
  version=$(node --version 2>/dev/null) && version_at_least "${version#v}" "$NODE_MINIMUM"
}

# Puts our own Node first on PATH, if we have installed one and the machine's is too old.
use_node() {
  local own
  node_is_new_enough && return 0
  for own in "$ROOT"/build/node/node_modules/node-linux-*/bin; do
    [[ -x $own/node ]] && PATH=$own:$PATH
  done
  export PATH
  node_is_new_enough
}

install_node() {
  local architecture
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then install_packages node || return; fi
  use_node && return 0
  case $(uname -m) in
    x86_64) architecture=x64 ;;
    aarch64) architecture=arm64 ;;
    *)
      echo "Node is older than $NODE_MINIMUM, and there is no package of a newer one for $(uname -m): install one."
      return 1
      ;;
  esac
  mkdir -p "$ROOT/build/node"
  echo '{"private": true}' >"$ROOT/build/node/package.json"
  npm install --prefix "$ROOT/build/node" --no-audit --no-fund --no-save --ignore-scripts \
    "node-linux-$architecture@$NODE_PACKAGE_VERSION" || return
  use_node
}

# npm packages of one folder, again only when its lock file has changed.
install_npm() {
  local folder=$ROOT/$1 mark=$ROOT/$1/node_modules/.installed-from
  cmp -s "$folder/package-lock.json" "$mark" && return 0
  (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts) && cp "$folder/package-lock.json" "$mark"
}

# set_up build test node: the groups of packages, and with "node" what the end-to-end tests need.
set_up() {
  local group groups=() node=
  for group in "$@"; do
    if [[ $group == node ]]; then node=yes; else groups+=("$group"); fi
  done
  install_packages "${groups[@]}" || return
  [[ -z $node ]] && return 0
  install_node && install_npm tests/e2e
}
