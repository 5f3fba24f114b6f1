"""Every command of `oci iam`, with both command lines: the same requests, and from the same answers
the same output. The answers hold every field that the official models have.
"""

import json
import unittest
from urllib.parse import parse_qsl

from home import Home
from listener import Listener, json_of
from pair import Pair, served
from samples import Lines, served_by_samples

# Each status that the service refuses with, and a code that goes with it.
REFUSALS = (
    (400, "InvalidParameter"), (401, "NotAuthenticated"), (404, "NotAuthorizedOrNotFound"),
    (409, "Conflict"), (412, "NoEtagMatch"), (429, "TooManyRequests"),
    (500, "InternalServerError"),
)
# What the official one drops of `tag-namespace update`.
LOCK = ("isLockOverride", "true")


def requested(seen):
    """What a request asks for, and nothing of how."""
    path, _, query = seen.target.partition("?")
    headers = seen.headers
    return (
        seen.method,
        path,
        sorted(parse_qsl(query, keep_blank_values=True)),
        json.loads(seen.body or "null"),
        headers.get("if-match"),
        "opc-retry-token" in headers,
        headers.get("content-type") if seen.body else None,
    )


class Commands(Pair):
    """Every command against a server of the test's own."""

    watched = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)
        cls.server = Listener(cls.answer())
        cls.addClassCleanup(cls.server.stop)
        cls.env = cls.home.environment(OCI_CLI_ENDPOINT=cls.server.url)
        key = cls.home.write("public.pem", Home.PUBLIC)
        # `db-token get` asks another service and writes files: test_db_token.py.
        commands = (one for one in served() if one["command"] != "iam db-token get")
        cls.lines = [Lines(command, key) for command in commands]

    def between(self):
        """Keeps apart what each asks."""
        self.split = len(self.server.seen)

    def assert_the_same(self, words, stdin="", sends=True):
        """Both ask the same, and make the same of the answers."""
        self.server.seen.clear()
        met = self.assert_level(*self.both(words, self.env, self.home.dir, stdin))
        asked = [requested(seen) for seen in self.server.seen]
        theirs, own = asked[: self.split], asked[self.split :]
        if {"waiting", "dropped"} & set(met):
            self.assertEqual(own.pop()[0], "GET", words)
        if own and words[1:3] == ["tag-namespace", "update"]:
            # The difference "dropped": it is there, where the line has it.
            says_so = any("ockOverride" in word or "lock-override" in word for word in words)
            self.assertEqual(own[0][2], [LOCK] * says_so)
            own[0][2].clear()
        self.assertEqual(own, theirs, words)
        self.assertEqual(bool(asked), sends, words)


class Sent(Commands, unittest.TestCase):
    """What is asked, with as little and with as much as a command takes."""

    answer = staticmethod(served_by_samples)

    def test_there_are_all_commands(self):
        self.assertEqual(len(self.lines), 144)

    def test_with_what_a_command_needs(self):
        for lines in self.lines:
            with self.subTest(lines.words):
                self.assert_the_same(lines.quiet())

    def test_with_all_that_a_command_takes(self):
        for lines in self.lines:
            with self.subTest(lines.words):
                self.assert_the_same(lines.full())

    def test_with_all_of_it_from_json(self):
        for lines in self.lines:
            with self.subTest(lines.words):
                self.assert_the_same(lines.from_json())


class More(Commands, unittest.TestCase):
    """Pages and states."""

    answer = staticmethod(served_by_samples)
    meets = ("waiting", "dropped")

    def test_pages(self):
        for lines in self.lines:
            for words in lines.paged():
                with self.subTest(words):
                    self.assert_the_same(words)

    def test_states(self):
        for lines in self.lines:
            for words in lines.waiting():
                with self.subTest(words):
                    self.assert_the_same(words)


class Refused(Commands, unittest.TestCase):
    """What is refused by people and by the service."""

    meets = ("advice", "question")

    @staticmethod
    def answer():
        def refuse(seen):
            status, code = REFUSALS[len(seen.target.partition("?")[0]) % len(REFUSALS)]
            return json_of(json.dumps({"code": code, "message": "no"}), status,
                           opc_request_id="R")(seen)

        return refuse

    def test_by_people(self):
        asking = [lines for lines in self.lines if "--force" in lines.names]
        self.assertGreater(len(asking), 30)
        for lines in asking:
            words = [word for word in lines.full() if word != "--force"]
            with self.subTest(words):
                self.assert_the_same(words, "n\n", sends=words[1:3] == ["policy", "update"])

    def test_by_the_service(self):
        for lines in self.lines:
            with self.subTest(lines.words):
                self.assert_the_same([*lines.quiet(), "--no-retry"])


if __name__ == "__main__":
    unittest.main()
