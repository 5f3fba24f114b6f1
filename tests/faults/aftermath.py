"""What has to hold after every fault: the audit trail tells of each change once, the installation
is whole, and no secret lies anywhere in clear.
"""

import collections
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "security"))

from canary import forms

SECRETS_MAX = 24
EMPTY = bytes(256)  # most of a database's log is that
AUDIT = "SELECT event, outcome, request_id FROM audit ORDER BY seq"


def audit(node):
    """The audit trail: of each line the event, the outcome, and the id of its request."""
    if node.postgres:
        return [tuple(row) for row in node.postgres.rows(AUDIT)]
    return audit_of(node.data_dir / "durward.db")


def audit_of(file):
    """The audit trail in a file."""
    connection = sqlite3.connect(file, timeout=30)
    try:
        return connection.execute(AUDIT).fetchall()
    finally:
        connection.close()


def check_audit(test, node, changes):
    """Each change that was acknowledged has one line, one that was refused none, and one of which
    nobody knows at the most one; and there is no line of a change that nobody asked for."""
    lines = collections.Counter(
        (name.split("/")[0], event) for event, outcome, name in audit(node) if outcome == "OK"
    )
    for name, operation, known, *_ in changes:
        count = lines.pop((name, operation), 0)
        allowed = {"done": {1}, "refused": {0}}.get(known, {0, 1})
        test.assertIn(count, allowed, f"lines of {name}, a {operation} that was {known}")
    ids = {change.name for change in changes}
    test.assertEqual([line for line in lines if line[0] in ids], [], "done besides")


def check_whole(test, node):
    """`durward verify` finds nothing."""
    done = node.command("verify")
    test.assertEqual(done.code, 0, done)


def places(node):
    """All that the installation left anywhere, by place."""
    files = [path for path in node.data_dir.rglob("*") if path.is_file()]
    files += node.dir.rglob("*.log")
    held = {str(path): path.read_bytes() for path in files}
    held |= node.postgres.files() if node.postgres else {}
    return {place: content.replace(EMPTY, b"") for place, content in held.items()}


def check_secrets(test, node, secrets):
    """None of them is anywhere, in any form."""
    secrets = list(secrets)[-SECRETS_MAX:]
    test.assertGreater(len(secrets), 0)
    wanted = {form for secret in secrets for form in forms(secret)}
    held = places(node)
    everything = b"".join(held.values())
    test.assertIn(node.tenancy_id.encode(), everything, "what is there is found")
    for place, content in held.items():
        found = [form for form in wanted if form in content]
        test.assertEqual(found, [], f"in {place}")


def check(test, node, load, moments):
    """All of that, after a load; and that what was seen of each user can be explained."""
    test.assertEqual(load.unexpected, [])
    blocked = [name for event, _, name in audit(node) if event == "BlockUser"]
    test.assertEqual(blocked, [], "the load itself blocked a user, who is then refused rightly")
    test.assertEqual(list(load.impossible(moments)), [])
    check_audit(test, node, load.changes)
    check_whole(test, node)
    check_secrets(test, node, load.secrets())
