"""`--wait-for-state` on a terminal and elsewhere: who watches sees a line that goes on, and a log
is not filled with it.
"""

import json
import os
import pty
import select
import unittest

from home import Home
from installation import OURS, run
from listener import Listener, json_of

SECONDS_MAX = 20
WORDS = ["iam", "tag", "bulk-delete", "--tag-definition-ids", "[]", "--wait-for-state", "SUCCEEDED",
         "--wait-interval-seconds", "2", "--query", "data.status"]


class Waiting(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.stop)
        states = iter([("IN_PROGRESS", 40.0), ("IN_PROGRESS", 70), ("SUCCEEDED", 100)])

        def answer(seen):
            if seen.method == "POST":
                return 202, {"opc-work-request-id": "w"}, b""
            status, percent = next(states)
            return json_of(json.dumps({"status": status, "percentComplete": percent}))(seen)

        self.server = Listener(answer)
        self.addCleanup(self.server.stop)

    def environment(self, **more):
        """What points the command at the server."""
        return self.home.environment(OCI_CLI_ENDPOINT=self.server.url, **more)

    def on_terminal(self, term):
        """Runs the command with stderr on a terminal; answers what was shown there."""
        out = self.home.dir / "out"
        child, terminal = pty.fork()
        if child == 0:
            os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
            os.execve(OURS, ["oci", *WORDS], self.environment(TERM=term))
        said = b""
        while select.select([terminal], [], [], SECONDS_MAX)[0]:
            try:
                said += os.read(terminal, 4096)
            except OSError:
                break
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        self.assertEqual((os.waitstatus_to_exitcode(status), out.read_text()),
                         (0, '"SUCCEEDED"\n'), said)
        return said.decode()

    def test_who_watches_sees_a_line_that_goes_on_and_is_gone_at_the_end(self):
        said = self.on_terminal("xterm")
        first, _, rest = said.partition("\r\n")
        self.assertTrue(first.startswith("Action completed. Waiting until the work request"), said)
        lines = [line.removesuffix("\x1b[K") for line in rest.split("\r")]
        self.assertIn("waiting for SUCCEEDED: now IN_PROGRESS, 40 %, 0 s", lines)
        self.assertIn("waiting for SUCCEEDED: now IN_PROGRESS, 70 %, 2 s", lines)
        self.assertEqual(lines[-1], "")

    def test_a_terminal_that_cannot_erase_shows_none(self):
        self.assertNotIn("waiting for", self.on_terminal("dumb"))

    def test_a_log_shows_none(self):
        done = run(OURS, *WORDS, env=self.environment(TERM="xterm"), cwd=self.home.dir)
        self.assertEqual(done.code, 0, done)
        self.assertEqual(done.err.count("\n"), 1, done)
        self.assertNotIn("\x1b", done.err)


if __name__ == "__main__":
    unittest.main()
