"""A backup of a larger installation under load, restored beside it: one state, all of what had been
acknowledged, whole; and no secret in it.
"""

import concurrent.futures
import tempfile
import time
import unittest

from aftermath import audit_of, check
from canary import forms
from load import Load
from nodes import Fleet, Node
from stage import LONG

USERS = 5_000 if LONG else 100
FILLERS = 8


def fill(node):
    """Makes many users, each with a one-time password."""
    def one(numbers):
        admin = node.admin.as_user(node.admin_id, node.admin.key)
        for number in numbers:
            details = {"compartmentId": node.tenancy_id, "name": f"filler-{number}"}
            made = admin.ask("POST", "/users", details | {"description": "x" * 200})
            admin.ask("POST", f"/users/{made['id']}/uiPassword")

    with concurrent.futures.ThreadPoolExecutor(FILLERS) as fillers:
        list(fillers.map(one, [range(first, USERS, FILLERS) for first in range(FILLERS)]))


class Backups(unittest.TestCase):
    def setUp(self):
        self.limits = tempfile.NamedTemporaryFile("w", suffix=".toml")
        self.addCleanup(self.limits.close)
        self.limits.write("[limits]\nusers = 100000\n")
        self.limits.flush()

    def check_backup(self, node):
        """Backs it up while users are changed, and restores that into a directory."""
        fill(node)
        file, to = node.dir / "backup", node.dir / "restored"
        load = Load([node])
        with load:
            load.await_more(20)
            began = time.monotonic()
            made = node.command("backup", "--to", file)
            self.assertEqual(made.code, 0, made)
            load.await_more(20)
        check(self, node, load, [])
        key = ("--key-file", node.data_dir / "durward.key")
        for words in (("restore", "--from", file), ("verify",)):
            done = node.run(node.binary, *words, "--data-dir", to, *key)
            self.assertEqual(done.code, 0, done)
        self.check_lines(audit_of(to / "durward.db"), load, began)
        found = {"backup": file.read_bytes(), "copy": (to / "durward.db").read_bytes()}
        self.assertIn(node.tenancy_id.encode(), found["backup"], "what is there is found")
        for secret in load.secrets():
            for place, content in found.items():
                self.assertEqual([form for form in forms(secret) if form in content], [], place)

    def check_lines(self, lines, load, began):
        """The trail in the copy tells of all users that were made, and of each change that was
        acknowledged before the backup began."""
        told = {(name.split("/")[0], event) for event, outcome, name in lines if outcome == "OK"}
        for change in load.changes:
            if change.known == "done" and change.end < began:
                self.assertIn((change.name, change.operation), told)
        made = sum(event == "CreateUser" for event, _, _ in lines)
        self.assertGreaterEqual(made, USERS)

    @unittest.skipUnless(LONG, "on few users the tests of the commands do the same")
    def test_of_a_directory(self):
        node = Node(serve=("--config", self.limits.name))
        self.addCleanup(node.stop)
        self.check_backup(node)

    def test_of_a_database(self):
        fleet = Fleet("--config", self.limits.name)
        self.addCleanup(fleet.stop)
        self.check_backup(fleet.first)


if __name__ == "__main__":
    unittest.main()
