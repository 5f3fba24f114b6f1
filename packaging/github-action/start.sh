#!/usr/bin/env bash
# Starts a server in the background, and tells the steps that follow where it is. Reads the inputs
# of action.yml from WANTED_…; what it makes lies in the runner's directory for this job.
set -euo pipefail

ready_seconds_max=60

program=$WANTED_PROGRAM
if [ -z "$program" ]; then
  program=$(command -v durward || true)
fi
if [ -z "$program" ]; then
  repository=$(cd "$GITHUB_ACTION_PATH/../.." && pwd)
  echo "::group::Build durward"
  cargo build --locked --release --package iam-server --manifest-path "$repository/Cargo.toml"
  echo "::endgroup::"
  program=${CARGO_TARGET_DIR:-$repository/target}/release/durward
fi

# Each line is an option, whatever is in it.
init=() serve=()
while IFS= read -r line; do [ -z "$line" ] || init+=("$line"); done <<<"$WANTED_INIT"
while IFS= read -r line; do [ -z "$line" ] || serve+=("$line"); done <<<"$WANTED_SERVE"

dir=$(mktemp -d "$RUNNER_TEMP/durward-XXXXXXXX")
"$program" init --data-dir "$dir/data" --output json "${init[@]}" >"$dir/made.json"
# Nothing of it holds the step's output open, or the step would not end.
DURWARD_LISTEN=${DURWARD_LISTEN:-127.0.0.1:0} nohup "$program" serve --data-dir "$dir/data" \
  "${serve[@]}" >"$dir/ready" 2>"$dir/server.log" </dev/null &
server=$!

until=$((SECONDS + ready_seconds_max))
until grep -q '^listening on ' "$dir/ready"; do
  if ! kill -0 "$server" 2>/dev/null || [ "$SECONDS" -ge "$until" ]; then
    cat "$dir/server.log" >&2
    echo "::error::durward serve did not start; its log is above"
    exit 1
  fi
  sleep 0.1
done
endpoint=$(sed -n 's/^listening on //p' "$dir/ready")

# A value of the JSON that `init` prints, which has one on a line.
made() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" "$dir/made.json"; }

cat >>"$GITHUB_OUTPUT" <<END
endpoint=$endpoint
console-url=$endpoint/console/
config-file=$(made config-file)
profile=$(made profile)
tenancy-id=$(made tenancy-id)
user-id=$(made user-id)
log=$dir/server.log
END

# The command line and Terraform's provider need nothing else; SDKs take the outputs.
cat >>"$GITHUB_ENV" <<END
OCI_CLI_CONFIG_FILE=$(made config-file)
OCI_CLI_PROFILE=$(made profile)
OCI_CLI_ENDPOINT=$endpoint
OCI_CONFIG_FILE=$(made config-file)
CLIENT_HOST_OVERRIDES=oci_identity.IdentityClient=$endpoint
END

echo "Durward serves $endpoint (process $server)"
