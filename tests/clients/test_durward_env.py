"""`durward env`: what it prints is evaluated by a shell, and an unmodified client then works."""

import re
import sys
import unittest

from installation import DURWARD, OFFICIAL, OURS, REPOSITORY, Installation


class Env(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--profile", "team@work", "--admin-name", "ann")
        cls.addClassCleanup(cls.durward.stop)

    def lines(self, client):
        """What the command prints for the client."""
        done = self.durward.run(
            DURWARD, "env", "--client", client, "--data-dir", self.durward.data_dir,
            "--endpoint", self.durward.url,
        )
        self.assertEqual((done.code, done.err), (0, ""), done)
        return done.out

    def program(self, client):
        """The lines that are meant for a program."""
        return "\n".join(re.findall(r"^#   (.*)$", self.lines(client), re.MULTILINE))

    def test_the_command_line_needs_nothing_else(self):
        for program in (OURS, OFFICIAL):
            with self.subTest(str(program)):
                text = self.lines("cli") + '"$OCI" iam user list --query "data[*].name"'
                env = self.durward.environment(OCI=str(program))
                done = self.durward.run("sh", "-euc", text, env=env)
                self.assertEqual(done.code, 0, done)
                self.assertEqual(done.json, ["ann"])

    def test_a_python_program_works_with_the_lines_for_it(self):
        program = f"import oci\n{self.program('python')}\n" \
            "print(client.list_users(config['tenancy']).data[0].name)\n"
        file = self.durward.file("program.py", program)
        text = self.lines("python") + f"{sys.executable} {file}"
        done = self.durward.run("sh", "-euc", text)
        self.assertEqual((done.code, done.out), (0, "ann\n"), done)

    def test_a_typescript_program_works_with_the_lines_for_it(self):
        program = f"""
            const common = require("oci-common")
            const identity = require("oci-identity")
            {self.program('typescript')}
            client
              .listUsers({{ compartmentId: provider.getTenantId() }})
              .then((answer) => console.log(answer.items[0].name))
        """
        file = self.durward.file("program.cjs", program)
        env = self.durward.environment(NODE_PATH=str(REPOSITORY / "node_modules"))
        text = self.lines("typescript") + f"node {file}"
        done = self.durward.run("sh", "-euc", text, env=env)
        # The SDK notes on stdout that the file has no profile DEFAULT.
        self.assertEqual((done.code, done.out.splitlines()[-1:]), (0, ["ann"]), done)


if __name__ == "__main__":
    unittest.main()
