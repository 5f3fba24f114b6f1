"""`--cli-auto-prompt` on a terminal: a person is asked for what the line lacks."""

import json
import os
import pty
import select
import unittest

from home import Home
from installation import OURS
from listener import Listener, json_of

SECONDS_MAX = 20


class Terminal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)
        cls.server = Listener(json_of('{"id": "u1", "name": "ada"}'))
        cls.addClassCleanup(cls.server.stop)

    def talk(self, words, answers):
        """Runs ours on a terminal; each answer is typed when its question stands there."""
        out = self.home.dir / "out"
        child, terminal = pty.fork()
        if child == 0:
            # stdout is what the answer goes to; questions must not.
            os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
            os.chdir(self.home.dir)
            env = self.home.environment(OCI_CLI_ENDPOINT=self.server.url)
            os.execve(OURS, ["oci", *words], env)
        said = ""
        answers = list(answers)
        while select.select([terminal], [], [], SECONDS_MAX)[0]:
            try:
                read = os.read(terminal, 4096).decode()
            except OSError:
                break
            said += read
            if answers and said.endswith(answers[0][0]):
                os.write(terminal, answers.pop(0)[1].encode() + b"\n")
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        self.assertEqual(answers, [], said)
        return os.waitstatus_to_exitcode(status), out.read_text(), said.replace("\r\n", "\n")

    def test_a_command_and_what_it_requires(self):
        self.server.seen.clear()
        code, out, said = self.talk(["-i", "--query", "data.id"], [
            ("\noci: ", "iam usr"),
            ("\noci: ", "iam user"),
            ("\noci iam user: ", "create"),
            ("\n--name: ", "ada"),
            ("\n--description: ", "Ada L"),
        ])
        self.assertEqual((code, out), (0, '"u1"\n'), said)
        for part in (
            "No such command 'usr'. Did you mean 'user'?",
            "Creates a user.",
            "note: next time, write: iam user create\n",
            "note: next time, write: --name ada --description 'Ada L'\n",
        ):
            self.assertIn(part, said)
        [seen] = self.server.seen
        self.assertEqual(json.loads(seen.body)["description"], "Ada L")

    def test_a_deletion_is_asked_about_too(self):
        self.server.seen.clear()
        code, out, said = self.talk(["iam", "user", "delete", "-i"], [
            ("\n--user-id: ", "u1"),
            (" [y/N]: ", "n"),
        ])
        self.assertEqual((code, out), (1, ""), said)
        self.assertEqual(self.server.seen, [])

    def test_a_line_that_lacks_nothing_is_run(self):
        code, out, said = self.talk(["iam", "user", "get", "--user-id", "u1", "-i"], [])
        self.assertEqual((code, said), (0, ""))
        self.assertIn('"name": "ada"', out)


if __name__ == "__main__":
    unittest.main()
