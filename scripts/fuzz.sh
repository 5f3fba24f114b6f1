#!/usr/bin/env bash
# Fuzzes what reads text from strangers, so many seconds a target: fuzz.sh SECONDS [TARGET...]
# The flags are those by which libFuzzer sees which branches an input reaches; they are stable, so
# that neither a nightly compiler nor another tool is needed. What is found stays in the corpus
# beside the build, and the next run goes on from it.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?usage: fuzz.sh SECONDS [TARGET...]}
shift
[ $# -gt 0 ] || set -- statement words compiled matching_rule scim
build=${CARGO_TARGET_DIR:-target}/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')

flags="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
flags+=" -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
# With a target named, what runs while building is built without these.
RUSTFLAGS=$flags cargo build --locked --release --manifest-path fuzz/Cargo.toml \
  --target "$host" --target-dir "$build"

# What to begin with: fuzz/seeds, and the published statements, one a file.
seeds=$build/seeds
rm -rf "$seeds" && mkdir -p "$seeds" && cp -r fuzz/seeds/. "$seeds" && mkdir "$seeds/statement"
grep -hv '^#' crates/iam-policy/tests/corpus/*.txt | grep . | split -l 1 -a 4 - "$seeds/statement/"

failed=()
for name in "$@"; do
  corpus=$build/corpus/$name
  mkdir -p "$corpus"
  folders=("$corpus")
  [ ! -d "$seeds/$name" ] || folders+=("$seeds/$name")
  echo "$name, $seconds s"
  "$build/$host/release/$name" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
    -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 \
    -artifact_prefix="$build/$name-" "${folders[@]}" || failed+=("$name")
done
echo "$(($# - ${#failed[@]})) passed, ${#failed[@]} failed"
if [ ${#failed[@]} -gt 0 ]; then
  echo "what broke ${failed[*]} lies in $build: run the target with that file as its argument"
  exit 1
fi
