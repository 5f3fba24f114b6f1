#!/usr/bin/env bash
# Builds the programs for packages, and prints the directory that they are in:
#
#   programs.sh PROFILE           against the C library of this system
#   programs.sh PROFILE static    with glibc inside: they run on any Linux, in an empty image too
#   programs.sh PROFILE musl      with musl inside, where there are musl-gcc and rustc's part for it
#
# Why the second and not the third is what images and wheels are made of: docs/decisions/0018.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${1:?which profile: dev or release}
libc=${2:-shared}
target=${CARGO_TARGET_DIR:-target}
folder=$profile
[ "$profile" != dev ] || folder=debug

# The target is named also where it is this system's: only then are flags kept from build scripts
# and procedural macros, which cannot be static.
host=$(rustc -vV | sed -n 's/^host: //p')
case $libc in
  shared) triple= ;;
  static)
    triple=$host
    export RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static"
    ;;
  musl)
    triple=${host/-gnu/-musl}
    if ! command -v musl-gcc >/dev/null; then
      echo "there is no musl-gcc: install what Debian calls musl-tools" >&2
      exit 1
    fi
    if ! [ -d "$(rustc --print sysroot)/lib/rustlib/$triple" ]; then
      echo "rustc lacks the library for \`$triple\`: \`rustup target add $triple\` gets it" >&2
      exit 1
    fi
    export "CC_${triple//-/_}=musl-gcc"
    ;;
  *) echo "unknown C library \`$libc\`: give static, musl, or nothing" >&2; exit 2 ;;
esac

cargo build --locked --profile "$profile" ${triple:+--target "$triple"} \
  -p iam-server -p iam-cli >&2
echo "$target/${triple:+$triple/}$folder"
