"""What both command lines make of mistakes: in the line, for every command that is served; in the
configuration; and of servers that are not there or that lie.
"""

import socket
import threading
import time
import unittest

from home import Home
from listener import Listener, json_of
from pair import Pair, served, wrong_lines

REFUSED = '{"code": "NotAuthorizedOrNotFound", "message": "nothing is here"}'


class Line(Pair, unittest.TestCase):
    """Every command, with every option used in every wrong way."""

    meets = ("usage", "empty word", "advice", "traceback", "JSON", "skeleton", "no object")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)
        cls.server = Listener(json_of(REFUSED, 404, opc_request_id="R"))
        cls.addClassCleanup(cls.server.stop)

    def test_every_wrong_line_ends_alike(self):
        env = self.home.environment(OCI_CLI_ENDPOINT=self.server.url)
        commands = list(served())
        self.assertGreater(len(commands), 30)
        for command in commands:
            for words in wrong_lines(command, command["options"]):
                self.assert_alike(words, env, self.home.dir)


class Values(Pair, unittest.TestCase):
    """Values that are not what they should be, questions, and queries."""

    meets = ("JSON", "traceback", "typed", "unknown key", "question", "query", "table")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)
        cls.server = Listener(json_of('{"id": "u1", "name": "ada"}', etag="e1"))
        cls.addClassCleanup(cls.server.stop)
        cls.env = cls.home.environment(OCI_CLI_ENDPOINT=cls.server.url)

    def check(self, *words, stdin=""):
        """Runs a command of users."""
        self.assert_alike(["iam", "user", *words], self.env, self.home.dir, stdin)

    def test_input(self):
        create = ("create", "--name", "n", "--description", "d")
        for tags in ("{x", "", "foo", "{'a': 'b'}", "[1, 2]", '"x"', "file://none", "file:///tmp"):
            self.check(*create, "--freeform-tags", tags)
        self.check("create", "--from-json", '{"name": "n", "description": "d", "odd": 1}')
        self.check("create", "--from-json", '{"name": ["n"], "description": {"a": 1}}')
        self.check("create", "--from-json", '{"name": "n", "description": "d", "email": null}')
        self.check("get", "--user-id", "")
        self.check("get", "--user-id", " ")
        self.check("get", "--user-id", "a", "--user-id", "b")

    def test_questions(self):
        tags = ("--freeform-tags", '{"a": "b"}')
        for stdin in ("y\n", "n\n", "", "perhaps\nyes\n"):
            self.check("delete", "--user-id", "u", stdin=stdin)
            self.check("update", "--user-id", "u", *tags, stdin=stdin)
        self.check("update", "--user-id", "u", *tags, "--force")
        self.check("update", "--user-id", "u", "--email", "a@b.c")

    def test_queries(self):
        get = ("get", "--user-id", "u")
        for query in ("data[", "foo(", "foo(@)", "abs(data.id)", "a.b-c", "nothing", "",
                      "keys(data)", "data.*", "values(data)[0]", "to_string(data)", "length(data)",
                      "data.{b: name, a: id}.*", "keys(merge(data, {z: `1`}))", "type(data)"):
            self.check(*get, "--query", query)
        self.check(*get, "--query", "data.id", "--raw-output")
        for query in ("length(data)", "data.id", "data.[id, name]", "[data]", "data"):
            self.check(*get, "--output", "table", "--query", query)


class Configuration(Pair, unittest.TestCase):
    """Profiles, keys and files of defaults that will not do."""

    meets = (
        "usage", "traceback", "no configuration", "configuration", "key", "auth", "defaults",
        "session",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Listener(json_of("[]"))
        cls.addClassCleanup(cls.server.stop)

    def check(self, change=None, *more, stdin="", **variables):
        """Lists regions from a home that `change` spoiled."""
        home = Home()
        self.addCleanup(home.stop)
        if change:
            change(home)
        env = home.environment(**{"OCI_CLI_ENDPOINT": self.server.url, **variables})
        self.assert_alike(["iam", "region", "list", "--no-retry", *more], env, home.dir, stdin)

    def test_a_configuration_file(self):
        def config(text):
            return lambda home: home.write(".oci/config", text)

        self.check()
        self.check(lambda home: home.remove(".oci"), stdin="n\n")
        self.check(None, "--profile", "NOPE")
        self.check(config("garbage\n"))
        self.check(config(b"\xff\xfe"))
        self.check(config(""))
        self.check(config("[DEFAULT]\nregion=x\n"))
        self.check(config("[DEFAULT]\nuser=x\ntenancy=y\nfingerprint=z\nkey_file=~/key.pem\n"))
        self.check(config("[DEFAULT]\n[DEFAULT]\n"))
        self.check(config("[x]\n[x]\n"))
        self.check(config("[DEFAULT]\nkey_content=x\n"))
        self.check(lambda home: (home.dir / ".oci/config").chmod(0o644))

    def test_a_key(self):
        def key(text):
            return lambda home: home.write("key.pem", text)

        self.check(lambda home: home.remove("key.pem"))
        self.check(lambda home: (home.remove("key.pem"), (home.dir / "key.pem").mkdir()))
        self.check(lambda home: (home.dir / "key.pem").chmod(0o644))
        self.check(key("garbage\nOCI_API_KEY"))
        self.check(key(""))
        self.check(key(Home.PUBLIC + "OCI_API_KEY"))
        self.check(key(Home.PRIVATE))
        self.check(key(encrypted() + "OCI_API_KEY"))
        self.check(key(encrypted() + "OCI_API_KEY"), OCI_CLI_PASSPHRASE="wrong")
        self.check(key(encrypted() + "OCI_API_KEY"), OCI_CLI_PASSPHRASE="right")
        self.check(OCI_CLI_KEY_CONTENT="x")

    def test_a_session(self):
        self.check(None, "--auth", "security_token")
        self.check(None, "--auth", "security_token", OCI_CLI_SECURITY_TOKEN_FILE="~/none")
        self.check(None, "--auth", "security_token", OCI_CLI_SECURITY_TOKEN_FILE="~/key.pem")

    def test_options_and_variables(self):
        self.check(OCI_CLI_AUTH="nonsense")
        self.check(None, "--auth", "pkcs11")
        self.check(None, "--cert-bundle", "none")
        self.check(REQUESTS_CA_BUNDLE="none")
        self.check(OCI_CLI_ENDPOINT="localhost:1")
        self.check(OCI_CLI_ENDPOINT="http://")
        self.check(OCI_CLI_ENDPOINT=self.server.url + "/20160918")
        self.check(None, "--max-retries", "2")
        self.check(None, "--query", "query://nothing")
        self.check(None, "--cli-rc-file", "none")
        self.check(lambda home: home.write(".oci/oci_cli_rc", "garbage"))


def encrypted():
    """The key of every home, under the passphrase `right`."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(Home.PRIVATE.encode(), None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"right"),
    ).decode()


class Servers(Pair, unittest.TestCase):
    """Servers that are not there, break off, lie or refuse."""

    meets = ("advice", "no answer", "lying")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)

    def check(self, url, *more):
        """Lists regions there."""
        env = self.home.environment(OCI_CLI_ENDPOINT=url)
        words = ["iam", "region", "list", "--no-retry", *more]
        self.assert_alike(words, env, self.home.dir)

    def says(self, data, seconds=0):
        """The address of a server that answers every connection with these bytes."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def answer():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    time.sleep(seconds)
                    try:
                        connection.sendall(data)
                    except OSError:
                        pass

        threading.Thread(target=answer, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def test_nobody_is_there(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.check(f"http://127.0.0.1:{port}")
        self.check("http://iam.invalid")
        self.check(f"http://127.0.0.1:{port}", "--proxy", f"http://127.0.0.1:{port}")

    def test_it_breaks_off_or_speaks_otherwise(self):
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
        self.check(self.says(b""))
        self.check(self.says(b"SSH-2.0-OpenSSH_9.2\r\n"))
        self.check(self.says(head + b"60\r\n\r\n[]"))
        self.check(self.says(head + b"2\r\n\r\n[]").replace("http:", "https:"))
        self.check(self.says(b"", seconds=3), "--read-timeout", "1")
        self.check(self.says(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n"
                             b"content-length: 0\r\n\r\n"))

    def test_it_lies(self):
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
        self.check(self.says(head + b"6\r\n\r\n<html>"))
        self.check(self.says(head + b"2\r\n\r\n{}"))
        self.check(self.says(b"HTTP/1.1 204 No Content\r\n\r\n"))

    def test_it_refuses(self):
        for status, code in ((400, "InvalidParameter"), (401, "NotAuthenticated"),
                             (404, "NotAuthorizedOrNotFound"), (409, "IncorrectState"),
                             (409, "Conflict"), (412, "NoEtagMatch"), (429, "TooManyRequests"),
                             (500, "InternalServerError"), (501, "MethodNotImplemented"),
                             (503, "ServiceUnavailable")):
            body = f'{{"code": "{code}", "message": "no"}}'
            listener = Listener(json_of(body, status, opc_request_id="R"))
            self.addCleanup(listener.stop)
            self.check(listener.url)
        page = Listener(lambda _: (502, {"opc-request-id": "R"}, b"<html>bad gateway</html>"))
        self.addCleanup(page.stop)
        self.check(page.url)


if __name__ == "__main__":
    unittest.main()
