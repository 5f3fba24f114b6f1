#!/usr/bin/env bash
# Runs the checks: `lint` for what needs no running program, `all` for everything, `security` and
# `faults` for what takes hours of the latter. A step is a line with its time; what it said is in a
# file of its own, and is shown where the step failed. Later steps run all the same, so that one run
# tells everything; only what does not build ends it.
set -uo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
logs=$target/checks
failed=()
export CARGO_TERM_COLOR=never

# Runs a command as a step: step NAME WHAT COMMAND...
step() {
  local name=$1 what=$2 began=$SECONDS
  shift 2
  printf '%-68s' "$what"
  if "$@" >"$logs/$name.log" 2>&1 </dev/null; then
    printf '%5d s\n' $((SECONDS - began))
  else
    printf '%5d s  FAILED\n' $((SECONDS - began))
    failed+=("$name")
    tail -n 400 "$logs/$name.log" | sed 's/^/    /'
    echo "    ($logs/$name.log)"
    return 1
  fi
}

# Waits for the installation in the background, and tells what it said.
installed() {
  local status=0
  wait "$installing" || status=$?
  cat "$logs/installing.txt"
  return $status
}

stop_unless() {
  "$@" || { echo "Stopped: the other steps need this one."; exit 1; }
}

lint() {
  step format "Is the code formatted?" cargo fmt --all --check
  step clippy "Does clippy find nothing?" \
    cargo clippy --locked --workspace --all-targets -- -D warnings
  step docs "Do the links in the documentation lead somewhere?" \
    env RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items
  if command -v cargo-deny >/dev/null; then
    step deny "Does cargo-deny accept the dependencies?" \
      cargo deny --locked --offline check bans licenses sources
  fi
  step tidy "Is the tree tidy?" python3 tests/run.py tests/tidy
}

rust_tests() {
  local env=("DURWARD_PYTHON=$PWD/.venv/bin/python" "DURWARD_OCI=$PWD/.venv/bin/oci")
  env+=("POLICY_QUESTIONS=1000000") # asked of both evaluators, in two minutes of a processor
  if command -v cargo-nextest >/dev/null; then
    env "${env[@]}" cargo nextest run --locked --workspace --no-fail-fast --status-level fail
  else
    env "${env[@]}" cargo test --locked --workspace --all-targets --no-fail-fast
  fi
}

# What the API and the Console promise does not depend on the engine below them. With the whole
# workspace named, it is what was built before: a package alone would be built anew.
on_postgres() {
  local env=("STORE_ENGINE=postgres")
  local of='api|authorization|console|limits|oauth|objects|races|rate_limits|scim|secrets'
  of+='|session_tokens|signatures'
  if command -v cargo-nextest >/dev/null; then
    env "${env[@]}" cargo nextest run --locked --workspace --no-fail-fast --status-level fail \
      -E "binary_id(iam-server::it) and test(/^($of)/)"
  else
    env "${env[@]}" cargo test --locked -p iam-server --test it --no-fail-fast
  fi
}

tests() {
  step rust "The Rust tests" rust_tests
  step postgres "The tests of API and Console, on PostgreSQL" on_postgres
  step examples "The examples in the documentation" cargo test --locked --workspace --doc
  step fuzz "Invented input for statements, rules and filters, briefly" scripts/fuzz.sh 10
  step programs "The real programs: official clients, the Console in a browser, e-mail" \
    .venv/bin/python tests/run.py tests/clients tests/browser tests/mail
  step packages "Packages: Debian, wheel, container, Compose, Helm, GitHub Action" \
    .venv/bin/python tests/run.py tests/packages
  # One after the other: they measure times and memory.
  step security "Attacks on the real program: timing, races, floods, leaks, hostile text" \
    .venv/bin/python tests/run.py --alone tests/security
  step faults "Faults: kills, disks, power, clocks, two nodes, new versions" \
    .venv/bin/python tests/run.py tests/faults
}

# The same attacks as long as their requirements ask for, on the program as it is released.
security() {
  stop_unless step build "Does the release build?" \
    cargo build --locked --release -p iam-server -p iam-cli
  if command -v cargo-deny >/dev/null; then
    step advisories "Is any dependency known to be vulnerable?" \
      cargo deny --locked check advisories
  fi
  step security "Attacks on the real program, at length" \
    env DURWARD_LONG=1 DURWARD_PROFILE=release \
    .venv/bin/python tests/run.py --alone tests/security
  grep accuracy "$logs/security.log"
}

database_faults() {
  if command -v cargo-nextest >/dev/null; then
    env DURWARD_LONG=1 cargo nextest run --locked -p iam-server --test it --no-fail-fast \
      --status-level fail -E 'test(/^(fleet|fleet_faults|failover|crash|backups|moving)::/)'
  else
    env DURWARD_LONG=1 cargo test --locked -p iam-server --test it --no-fail-fast
  fi
}

# The same faults for as long as it takes to believe that nothing gets through; and those of a
# database and the way to it, which are tests of the server's crate.
faults() {
  stop_unless step build "Do the programs build?" \
    cargo build --locked -p iam-server -p iam-cli --all-targets
  step database "Faults of a database, and of the way to it, at length" database_faults
  step faults "Faults of processes, disks, power and clocks, at length" \
    env DURWARD_LONG=1 .venv/bin/python tests/run.py tests/faults
}

# Adds up what the runners said: nextest's summary, cargo test's results, and the plain line.
totals() {
  cat "$logs"/*.log | awk '
    / tests? run: / || /^test result: / || /^[0-9]+ passed, [0-9]+ failed$/ {
      for (word = 2; word <= NF; word++) {
        if ($word ~ /^passed/) passed += $(word - 1)
        if ($word ~ /^failed/) failed += $(word - 1)
      }
    }
    END { printf "%d passed, %d failed\n", passed, failed }'
}

mkdir -p "$logs"
rm -f "$logs"/*.log
began=$SECONDS
case ${1:-} in
  lint) lint ;;
  all)
    stop_unless step compiler "A C compiler" scripts/install.sh build
    scripts/install.sh python node browser postgres shells packages \
      >"$logs/installing.txt" 2>&1 </dev/null &
    installing=$!
    stop_unless step build "Do all programs build?" cargo build --locked --workspace --all-targets
    stop_unless step install "The official clients and Chromium" installed
    lint
    tests
    ;;
  security)
    stop_unless step install "What the attacks need" \
      scripts/install.sh build python node browser debugger
    security
    ;;
  faults)
    stop_unless step install "What the faults need" scripts/install.sh build python postgres
    faults
    ;;
  *) echo "usage: scripts/check.sh lint|all|security|faults" >&2; exit 2 ;;
esac
echo
if [ ${#failed[@]} -gt 0 ]; then
  echo "Failed after $((SECONDS - began)) s: ${failed[*]}"
else
  echo "All is well, after $((SECONDS - began)) s."
fi
totals
[ ${#failed[@]} -eq 0 ]
