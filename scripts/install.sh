#!/usr/bin/env bash
# Installs what this machine lacks of the tools that are named: build, python, node, browser,
# debugger, postgres, shells, packages. What is there already is left as it is, so that a second run
# does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

# Installs Debian packages.
debian() {
  if ! command -v apt-get >/dev/null; then
    echo "please install what Debian calls: $*" >&2
    exit 1
  fi
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "$@"
}

# A C compiler, for SQLite and the cryptography.
build() {
  command -v cc >/dev/null || debian build-essential
}

# A virtual environment with the official command line and SDK.
python() {
  cmp -s requirements.txt .venv/installed.txt && return
  rm -rf .venv
  if ! python3 -m venv .venv; then
    debian python3 python3-venv
    python3 -m venv --clear .venv
  fi
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt .venv/installed.txt
}

# The packages of package-lock.json.
node() {
  cmp -s package-lock.json node_modules/installed.json && return
  command -v npm >/dev/null || debian nodejs npm
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/installed.json
}

# Chromium, its driver, and fonts for the pictures.
browser() {
  if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    debian chromium chromium-driver fonts-dejavu-core fonts-liberation
  fi
}

# Reads a process's memory, for the search for secrets in it.
debugger() {
  command -v gcore >/dev/null || debian gdb
}

# A database server for tests to start. Debian starts one too, which nobody uses.
postgres() {
  if ! command -v postgres >/dev/null && [ ! -d /usr/lib/postgresql ]; then
    debian postgresql
  fi
}

# The shells that completion is tried in, besides bash.
shells() {
  local shell missing=()
  for shell in zsh fish; do
    command -v $shell >/dev/null || missing+=("$shell")
  done
  [ ${#missing[@]} = 0 ] || debian "${missing[@]}"
}

# What packages are checked with. It lies within the other environment, and goes where that goes.
packages() {
  local wanted=tests/packages/requirements.txt program missing=()
  for program in buildah strace; do
    command -v $program >/dev/null || missing+=("$program")
  done
  [ ${#missing[@]} = 0 ] || debian "${missing[@]}"
  cmp -s $wanted .venv/packages/installed.txt && return
  [ -x .venv/bin/python ] || python
  .venv/bin/python -m venv --clear .venv/packages
  .venv/packages/bin/python -m pip install --quiet --disable-pip-version-check \
    --only-binary :all: -r $wanted
  cp $wanted .venv/packages/installed.txt
}

for tool in "$@"; do
  case $tool in
    build | python | node | browser | debugger | postgres | shells | packages) "$tool" ;;
    *) echo "unknown tool: $tool" >&2; exit 2 ;;
  esac
done
