#!/bin/sh
# Gives somebody access to the Console: makes the user if there is none of that name, gives them a
# one-time password, and prints it. They have to choose one of their own when they sign in with it,
# within seven days.
#
#   examples/one-time-password.sh NAME [DESCRIPTION]
#
# Runs with our `oci` and with the official one: set OCI to choose the program. Which server it
# talks to, and as whom, is up to the environment; `durward env` prints what to set.
set -eu

name=${1:?"usage: $0 NAME [DESCRIPTION]"}
description=${2:-"Console user $name"}
oci=${OCI:-oci}

# A look-up that finds nothing prints nothing.
user_id=$("$oci" iam user list --name "$name" --query 'data[0].id' --raw-output 2>/dev/null)
if [ -z "$user_id" ]; then
  user_id=$("$oci" iam user create --name "$name" --description "$description" \
    --query data.id --raw-output)
  echo "Created the user $name." >&2
fi

# The password is in this one answer and nowhere else.
"$oci" iam user ui-password create-or-reset --user-id "$user_id" \
  --query data.password --raw-output
