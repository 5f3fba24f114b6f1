"""examples/one-time-password.sh, with our command line and with the official one."""

import unittest

from console import Console
from installation import OFFICIAL, OURS, REPOSITORY, Installation

SCRIPT = REPOSITORY / "examples/one-time-password.sh"


class ExampleScript(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--tenancy-name", "acme")
        cls.addClassCleanup(cls.durward.stop)

    def script(self, program, *arguments):
        env = self.durward.client_environment() | {"OCI": str(program)}
        return self.durward.run("sh", SCRIPT, *arguments, env=env)

    def test_it_makes_the_user_once_and_prints_a_password_that_opens_the_console(self):
        for program in (OURS, OFFICIAL):
            with self.subTest(str(program)):
                name = f"user-{program.parent.name}"
                first = self.script(program, name, "Example")
                self.assertEqual(first.code, 0, first)
                self.assertEqual(first.err, f"Created the user {name}.\n")
                again = self.script(program, name)
                self.assertEqual((again.code, again.err), (0, ""), again)
                self.assertNotEqual(first.out, again.out)
                console = Console(self.durward.url)
                console.sign_in("acme", name, again.out.removesuffix("\n"))
                self.assertTrue(console.asks_for_a_new_password(), console.page)

    def test_what_fails_is_told_and_ends_it(self):
        for program in (OURS, OFFICIAL):
            with self.subTest(str(program)):
                done = self.script(program, "no spaces")
                self.assertNotEqual(done.code, 0, done)
                self.assertEqual(done.out, "")
                self.assertIn("InvalidParameter", done.err)
        self.assertNotEqual(self.script(OURS).code, 0)


if __name__ == "__main__":
    unittest.main()
