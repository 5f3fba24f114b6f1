"""What a command is told otherwise than on its line, with both command lines: files, the file of
defaults with its aliases and queries, and requests of one's own making.
"""

import json
import unittest

from home import Home
from listener import Listener, json_of
from pair import Pair
from samples import served_by_samples
from test_same_commands import requested

RC = """[DEFAULT]
region=us-phoenix-1
iam.user.list.limit=3
iam.user.create.description=of the file
group-id=ocid1.group.oc1..defaulted
iam.group.output=table
iam.policy.list.limit=1
iam.user.list-groups.query=query://names
[slim]
raw_output=true
[OCI_CLI_COMMAND_ALIASES]
ls=list
person=iam.user
mk=iam.user.create
[OCI_CLI_PARAM_ALIASES]
--who=--user-id
-u=--user-id
--called=--name
[OCI_CLI_CANNED_QUERIES]
names=data[*].name
first=data[0].id
"""


class Inputs(Pair):
    """A home, and a server that answers with samples."""

    answer = staticmethod(served_by_samples)

    def setUp(self):
        self.home = Home("[slim]\nregion=us-ashburn-1\n")
        self.addCleanup(self.home.stop)
        self.server = Listener(self.answer())
        self.addCleanup(self.server.stop)
        self.env = self.home.environment(OCI_CLI_ENDPOINT=self.server.url)

    def check(self, *words, stdin="", **variables):
        """Both ask the same, and make the same of the answers."""
        with self.subTest(words):
            self.server.seen.clear()
            self.assert_level(*self.both(list(words), self.env | variables, self.home.dir, stdin))
            asked = [requested(seen) for seen in self.server.seen]
            self.assertEqual(asked[self.split :], asked[: self.split])

    def between(self):
        """Keeps apart what each asks."""
        self.split = len(self.server.seen)


class Files(Inputs, unittest.TestCase):
    """`file://` and JSON in its spellings."""

    def test_values_from_files(self):
        tags = self.home.write("tags.json", '{"tëam": "röd", "b": "c"}')
        self.home.write("in.json", json.dumps({"description": "file", "name": "n",
                                               "freeformTags": {"a": "b"}}))
        self.home.write("kebab.json", json.dumps({"description": "file", "name": "n",
                                                  "freeform-tags": {"a-b": "c_d"},
                                                  "defined-tags": {"Ns": {"k": 1}}}))
        create = ("iam", "user", "create")
        named = (*create, "--name", "n", "--description", "d")
        self.check(*named, "--freeform-tags", f"file://{tags}")
        self.check(*named, "--freeform-tags", "file://tags.json")
        self.check(*named, "--freeform-tags", "file://~/tags.json")
        self.check(*named, "--freeform-tags", "{'a': 'b'}")
        self.check(*named, "--defined-tags", '{"Ns": {"k": 1, "l": true, "m": null, "n": 1.50}}')
        self.check(*create, "--from-json", "file://in.json")
        self.check(*create, "--from-json", "file://kebab.json", "--description", "line")
        self.check(*create, "--from-json", f"file://{self.home.dir}/in.json", "--freeform-tags",
                   "{}")
        self.check("iam", "user", "api-key", "upload", "--user-id", "u", "--key-file",
                   self.home.write("p.pem", Home.PUBLIC))
        self.check("iam", "user", "api-key", "upload", "--user-id", "u", "--key", Home.PUBLIC)
        policy = ("iam", "policy", "create", "-c", "c", "--name", "n", "--description", "d")
        self.check(*policy, "--statements", '["Allow group A to read users in tenancy"]')
        self.check(*policy, "--statements", "file://" + self.home.write("s.json", '["a", "b"]'))


class Defaults(Inputs, unittest.TestCase):
    """The file of defaults."""

    meets = ("usage",)

    def setUp(self):
        super().setUp()
        self.home.write(".oci/oci_cli_rc", RC)

    def test_defaults_fill_what_the_line_leaves_open(self):
        self.check("iam", "user", "list")
        self.check("iam", "user", "list", "--limit", "5")
        self.check("iam", "user", "create", "--name", "n")
        self.check("iam", "user", "create", "--name", "n", "--description", "line")
        self.check("iam", "group", "get")
        self.check("iam", "group", "get", "--group-id", "ocid1.group.oc1..line", "--output", "json")
        self.check("iam", "policy", "list", "-c", "c")
        self.check("iam", "user", "list-groups", "--user-id", "u", "--compartment-id", "c")
        self.check("iam", "region", "list", "--query", "data[0].name", "--profile", "slim")
        self.check("iam", "region", "list", "--query", "data[0].name", OCI_CLI_PROFILE="slim")

    def test_aliases_stand_for_commands_and_options(self):
        self.check("iam", "group", "ls", "--output", "json")
        self.check("iam", "region", "ls", "--all")
        self.check("iam", "user", "get", "--who", "ocid1.user.oc1..a")
        self.check("iam", "user", "get", "-u", "ocid1.user.oc1..a")
        self.check("iam", "user", "create", "--called", "n")
        self.check("iam", "user", "get", "--nobody", "u")
        self.check("iam", "user", "rm", "--user-id", "u")

    def test_queries_have_names(self):
        self.check("iam", "region", "list", "--query", "query://names")
        self.check("iam", "user", "list", "--query", "query://first", "--raw-output")


class Raw(Inputs, unittest.TestCase):
    """`raw-request`: any request, and any answer."""

    meets = ("raw headers",)

    @staticmethod
    def answer():
        def answer(seen):
            if "/plain" in seen.target:
                return 404, {"content-type": "text/plain", "X-Odd": "a"}, b"no JSON"
            if seen.method == "DELETE":
                return 204, {"opc-request-id": "R"}, b""
            return json_of('{"b": [1, 2.50, "\\u00fc"], "a": null}', etag="e1")(seen)

        return answer

    def ask(self, method, path, *more):
        """The same request of both; there must be no endpoint beside it."""
        self.check("raw-request", "--http-method", method, "--target-uri", self.server.url + path,
                   *more, OCI_CLI_ENDPOINT="")

    def test_requests_and_answers(self):
        self.ask("GET", "/20160918/users?compartmentId=a%20b&limit=3")
        self.ask("get", "/20160918/users/x", "--query", "b[0]")
        self.ask("GET", "/plain")
        self.ask("HEAD", "/20160918/users/x")
        self.ask("DELETE", "/20160918/users/x", "--request-headers", '{"if-match": "e"}')
        self.ask("POST", "/20160918/users", "--request-body", '{"name": "ä", "n": 1.5}')
        self.ask("PUT", "/20160918/users/x", "--request-body", "{}")
        self.ask("POST", "/20160918/users", "--request-body", "file://"
                 + self.home.write("body.json", '{"a-b": {"c_d": [true]}}'))


if __name__ == "__main__":
    unittest.main()
