#!/usr/bin/env bash
# Builds the image `durward` from static programs: build.sh PROGRAMS [TAG]. Any engine will do;
# buildah is taken first, since it needs none that runs.
set -euo pipefail

here=$(dirname "$0")
programs=${1:?which directory holds the programs}
tag=${2:-durward}
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

python3 "$here/context.py" "$programs" "$context"
if command -v buildah >/dev/null; then
  buildah build --format oci --tag "$tag" --file "$context/Containerfile" "$context"
elif command -v podman >/dev/null; then
  podman build --tag "$tag" --file "$context/Containerfile" "$context"
elif command -v docker >/dev/null; then
  docker build --tag "$tag" --file "$context/Containerfile" "$context"
else
  echo "there is nothing to build an image with: install buildah, podman or docker" >&2
  exit 1
fi
