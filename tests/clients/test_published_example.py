"""The published example of `oci iam user ui-password create-or-reset`, run by a shell as printed.

It is printed with the expression of `--query` lost. Our `oci` takes that as `data.id`; for the
official one it is written out.
"""

import json
import string
import unittest

from console import Console
from installation import OFFICIAL, OURS, Installation

AS_PRINTED = """\
user_id=$(oci iam user create --description $description --name $name --query --raw-output)

oci iam user ui-password create-or-reset --user-id $user_id
"""
WRITTEN_OUT = AS_PRINTED.replace("--query ", "--query data.id ")
ALPHABET = set(string.ascii_letters + string.digits + "!#$&()+-.:;<>[]_{}")


class PublishedExample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--tenancy-name", "acme")
        cls.addClassCleanup(cls.durward.stop)

    def shell(self, program, text, name):
        """Runs the text in a shell that finds `program` as `oci`."""
        env = self.durward.client_environment() | {"description": "Example", "name": name}
        env["PATH"] = f"{program.parent}:{env['PATH']}"
        return self.durward.run("sh", "-euc", text, env=env)

    def assert_gives_a_one_time_password(self, done, name):
        self.assertEqual(done.code, 0, done)
        answer = done.data
        user = self.durward.ours("iam", "user", "get", "--user-id", answer["user-id"]).data
        self.assertEqual(user["name"], name)
        self.assertEqual(user["description"], "Example")
        password = answer["password"]
        self.assertEqual(len(password), 20)
        self.assertLessEqual(set(password), ALPHABET)
        for members in (string.ascii_uppercase, string.ascii_lowercase, string.digits):
            self.assertTrue(set(password) & set(members), password)
        self.assertFalse(password.isalnum(), password)
        return password

    def test_it_runs_as_printed_with_our_command_line(self):
        done = self.shell(OURS, AS_PRINTED, "as-printed")
        self.assert_gives_a_one_time_password(done, "as-printed")
        self.assertIn("data.id", done.err)

    def test_it_runs_written_out_with_our_command_line(self):
        done = self.shell(OURS, WRITTEN_OUT, "ours")
        self.assert_gives_a_one_time_password(done, "ours")
        self.assertEqual(done.err, "")

    def test_it_runs_written_out_with_the_official_command_line(self):
        done = self.shell(OFFICIAL, WRITTEN_OUT, "official")
        self.assert_gives_a_one_time_password(done, "official")

    def test_the_password_opens_the_console_once_and_has_to_be_changed(self):
        done = self.shell(OFFICIAL, WRITTEN_OUT, "visitor")
        password = self.assert_gives_a_one_time_password(done, "visitor")
        console = Console(self.durward.url)
        console.sign_in("acme", "visitor", password)
        self.assertTrue(console.asks_for_a_new_password(), console.page)
        console.choose_password("Correct-horse-9-battery")
        self.assertTrue(console.is_home(), console.page)

        again = Console(self.durward.url)
        again.sign_in("acme", "visitor", password)
        self.assertFalse(again.is_home() or again.asks_for_a_new_password(), again.page)
        again = Console(self.durward.url)
        again.sign_in("acme", "visitor", "Correct-horse-9-battery")
        self.assertTrue(again.is_home(), again.page)

    def test_a_second_reset_gives_another_password_and_ends_the_first(self):
        first = self.shell(OFFICIAL, WRITTEN_OUT, "twice").data
        second = self.durward.oci(
            OFFICIAL, "iam", "user", "ui-password", "create-or-reset", "--user-id", first["user-id"]
        ).data
        self.assertNotEqual(first["password"], second["password"])
        console = Console(self.durward.url)
        console.sign_in("acme", "twice", first["password"])
        self.assertFalse(console.asks_for_a_new_password(), console.page)
        console.sign_in("acme", "twice", second["password"])
        self.assertTrue(console.asks_for_a_new_password(), console.page)

    def test_the_password_is_told_once_and_nowhere_else(self):
        answer = self.shell(OURS, WRITTEN_OUT, "secretive").data
        information = ["iam", "ui-password-information", "get-user", "--user-id", answer["user-id"]]
        for program in (OURS, OFFICIAL):
            told = self.durward.oci(program, *information)
            self.assertEqual(told.code, 0, told)
            self.assertNotIn("password", told.data)
            self.assertNotIn(answer["password"], told.out + told.err)
        files = [file for file in self.durward.data_dir.rglob("*") if file.is_file()]
        kept = b"".join(file.read_bytes() for file in files)
        self.assertNotIn(answer["password"].encode(), kept)
        self.assertIn(answer["user-id"].encode(), kept, "the search itself finds what is there")
        self.assertNotIn(json.dumps(answer["password"])[1:-1].encode(), kept)


if __name__ == "__main__":
    unittest.main()
