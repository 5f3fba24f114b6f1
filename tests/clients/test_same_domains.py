"""The commands of identity domains, and those of `oci iam` that show domains, with both command
lines: mistakes in the line, and a story for every operation that is served.
"""

import json
import unittest

from home import Home
from installation import Installation
from listener import Listener, json_of
from pair import Pair, Told, served, wrong_lines

SCIM = "urn:ietf:params:scim"
IDCS = f"{SCIM}:schemas:oracle:idcs"
REFUSED = json.dumps({
    "schemas": [f"{SCIM}:api:messages:2.0:Error"],
    "detail": "nothing is here",
    "status": "404",
    f"{SCIM}:api:oracle:idcs:extension:messages:Error": {"messageId": "error.none"},
})


def one_of_each(options):
    """One option of each kind, and the first three extensions: there are too many for all."""
    kinds = {}
    for option in options:
        choice = "choice" if option.get("choice") else ""
        kind = (option.get("type", ""), choice, option.get("flag"), option["name"][:6] == "--ext-")
        kinds.setdefault(kind, []).append(option)
    for kind, found in kinds.items():
        yield from found[:3] if kind[-1] else found[:1]


class Line(Pair, unittest.TestCase):
    """Every command, with options of every kind used in every wrong way."""

    meets = (
        "usage", "empty word", "advice", "traceback", "JSON", "skeleton", "no object",
        "extension skeleton", "tag skeleton", "usage line",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)
        cls.server = Listener(json_of(REFUSED, 404, opc_request_id="R"))
        cls.addClassCleanup(cls.server.stop)
        cls.commands = list(served("identity_domains"))

    def test_every_wrong_line_ends_alike(self):
        env = self.home.environment(OCI_CLI_ENDPOINT=self.server.url)
        self.assertGreater(len(self.commands), 25)
        for command in self.commands:
            for words in wrong_lines(command, one_of_each(command["options"])):
                self.assert_alike(words, env, self.home.dir)

    def test_without_an_endpoint_all_are_refused_alike(self):
        env = self.home.environment()
        for command in self.commands:
            words = command["command"].split()
            for option in command["options"]:
                if option.get("required"):
                    words += [option["name"], "[]" if "Complex" in option["type"] else "x"]
            if words[-1] != "--force" and words[2] in ("put", "delete"):
                words.append("--force")
            self.assert_alike(words, env, self.home.dir)


class Sent(Pair, unittest.TestCase):
    """What is asked of the service is the same, and what is asked of people."""

    meets = ("question", "extension names", "JSON")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)
        cls.server = Listener(page_or_user)
        cls.addClassCleanup(cls.server.stop)
        cls.env = cls.home.environment(OCI_CLI_ENDPOINT=cls.server.url)

    def asked(self):
        """What the server was asked, and nothing of how."""
        seen, self.server.seen[:] = list(self.server.seen), []
        return [
            (
                one.method,
                one.target.replace("+", "%20"),
                json.loads(one.body or "null"),
                one.headers.get("if-match"),
                one.headers.get("resource_type_schema_version"),
            )
            for one in seen
        ]

    def test_both_send_the_same(self):
        schemas = ("--schemas", '["s"]')
        user = ("--user-id", "u")
        operations = '[{"op": "replace", "path": "active", "value": false}]'
        changer = ("user-password-changer", "put", "--user-password-changer-id", "u", *schemas)
        ext = ("--ext-self-change-user", '{"allow-self-change": true}')
        for words, stdin in (
            (("user", "get", *user, "--attributes", "a,b", "--attribute-sets", "all",
              "--attribute-sets", "REQUEST"), ""),
            (("users", "list", "--filter", 'userName eq "ada"', "--sort-order", "ascending",
              "--start-index", "2", "--count", "3", "--resource-type-schema-version", "1",
              "--authorization", "Bearer x"), ""),
            (("users", "search", *schemas, "--filter", "f", "--attributes", '["a"]',
              "--limit", "2"), ""),
            (("user", "delete", *user, "--force", "--force-delete", "true", "--if-match", "e"), ""),
            (("user", "delete", *user), "n\n"),
            (("user", "patch", *user, *schemas, "--operations", operations), ""),
            (("user", "create", *schemas, "--user-name", "n", "--emails", '[{"value": "v"}]',
              "--active", "true", "--ext-enterprise-20-user", '{"employeeNumber": "1"}',
              "--ext-oci-tags", "{}"), ""),
            (("user", "create", "--from-json",
              '{"schemas": ["s"], "userName": "n", "idcsPreventedOperations": ["delete"],'
              ' "extUserUser": {"service-user": true}}'), ""),
            ((*changer, "--password", "p", *ext), "y\n"),
            ((*changer, "--password", "p", *ext), "n\n"),
            ((*changer, "--password", "p", *ext, "--force"), ""),
            ((*changer, "--password", "p", "--force", "--ext-self-change-user", "{"), ""),
        ):
            words = ["identity-domains", *words]
            self.assert_alike(words, self.env, self.home.dir, stdin)
            asked = self.asked()
            half = len(asked) // 2
            self.assertEqual(asked[half:], asked[:half], words)

    def test_what_is_listed_as_a_difference_is_one(self):
        create = ["identity-domains", "user", "create", "--from-json"]
        key = "urnietfparamsscimschemasoracleidcsextensionselfChangeUser"
        given = {"schemas": ["s"], "userName": "n", key: {"allowSelfChange": True}}
        self.both([*create, json.dumps(given)], self.env, self.home.dir)
        official, ours = (body for _, _, body, *_ in self.asked())
        extension = {f"{IDCS}:extension:selfChange:User": {"allowSelfChange": True}}
        self.assertEqual(ours, official | extension)
        words = ["identity-domains", "user", "create", "--schemas", '["s"]', "--user-name", "n",
                 "--idcs-prevented-operations", "delete", "--idcs-prevented-operations", "UPDATE"]
        official, ours = self.both(words, self.env, self.home.dir)
        self.assertEqual((official.code, ours.code), (1, 0))
        [(_, _, body, *_)] = self.asked()
        self.assertEqual(body["idcsPreventedOperations"], ["delete", "update"])


def page(seen):
    """A list of two pages, with one user each."""
    user = {"id": "u2" if "page=P2" in seen.target else "u1", "userName": "ada"}
    more = {} if "page=P2" in seen.target else {"opc-next-page": "P2"}
    body = {
        "schemas": [f"{SCIM}:api:messages:2.0:ListResponse"],
        "totalResults": 2, "startIndex": 1, "itemsPerPage": 1, "Resources": [user],
    }
    return 200, {"content-type": "application/scim+json", **more}, json.dumps(body).encode()


def page_or_user(seen):
    """A list, or one user."""
    if seen.method == "GET" and "/Users/" not in seen.target or "/.search" in seen.target:
        return page(seen)
    return json_of('{"id": "u1", "userName": "ada"}', etag="e1")(seen)


class Pages(Pair, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = Home()
        cls.addClassCleanup(cls.home.stop)
        cls.server = Listener(page)
        cls.addClassCleanup(cls.server.stop)

    def ends(self, *more):
        """How both ended with a list of users."""
        env = self.home.environment(OCI_CLI_ENDPOINT=self.server.url)
        return self.both(["identity-domains", "users", "list", *more], env, self.home.dir)

    def test_pages_are_fetched_alike(self):
        for more in (
            (),
            ("--all", "--query", "data.resources[].id"),
            ("--all", "--page-size", "1", "--query", 'data."total-results"'),
            ("--output", "table", "--query", 'data.resources[].{name: "user-name"}'),
        ):
            with self.subTest(more):
                official, ours = self.ends(*more)
                self.assertEqual(ours, official)

    def test_what_is_listed_as_a_difference_is_one(self):
        official, ours = self.ends("--all", "--query", "length(data.schemas)")
        self.assertEqual((official.out, ours.out), ("2\n", "1\n"))
        official, ours = self.ends("--limit", "2", "--query", "length(data.resources)")
        self.assertEqual((official.out, ours.out), ("1\n", "2\n"))


def story(name):
    """Every operation that is served, on things of `name`'s own."""
    def schemas(urn):
        return ["--schemas", json.dumps([urn])]

    patch = [*schemas(f"{SCIM}:api:messages:2.0:PatchOp"), "--operations"]

    def replace(path, value):
        return [*patch, json.dumps([{"op": "replace", "path": path, "value": value}])]

    of_user = schemas(f"{SCIM}:schemas:core:2.0:User")
    emails = json.dumps([{"value": f"{name}@example.com", "type": "work", "primary": True}])
    person = ["--user-name", name, "--emails", emails, "--name", '{"familyName": "L"}']
    made = yield ["user", "create", *of_user, *person]
    id = made["data"]["id"]
    user = ["--user-id", id]
    yield ["user", "create", *of_user, *person]
    yield ["user", "get", *user]
    yield ["user", "get", *user, "--attributes", "userName", "--output", "table"]
    yield ["user", "get", *user, "--attribute-sets", "all"]
    yield ["users", "list", "--filter", f'userName eq "{name}"']
    yield ["users", "list", "--filter", "userName eq"]
    yield ["users", "list", "--all", "--filter", f'userName sw "{name}"', "--sort-by", "userName"]
    yield ["users", "search", *schemas(f"{SCIM}:api:messages:2.0:SearchRequest"), "--filter",
           f'userName eq "{name}"', "--count", "1"]
    yield ["user", "patch", *user, *replace("displayName", "A name")]
    yield ["user", "patch", *user, *replace("nonsense", "x")]
    yield ["user", "patch", *user, *replace("displayName", "x"), "--if-match", "stale"]
    yield ["user", "put", *user, *of_user, *person, "--title", "Countess", "--force"]

    def acts(command, urn, *more):
        return [command, "put", f"--{command}-id", id, *schemas(f"{IDCS}:{urn}"), *more, "--force"]

    yield acts("user-password-resetter", "UserPasswordResetter")
    yield acts("user-password-changer", "UserPasswordChanger", "--password", "short")
    yield acts("user-password-changer", "UserPasswordChanger", "--password", "Long-enough-1-now")
    yield acts("user-status-changer", "UserStatusChanger", "--active", "false")
    yield acts("user-status-changer", "UserStatusChanger", "--active", "true")
    yield acts("user-capabilities-changer", "UserCapabilitiesChanger", "--can-use-api-keys", "true")
    yield ["me-password-changer", "put", *schemas(f"{IDCS}:MePasswordChanger"), "--old-password",
           "wrong", "--password", "Long-enough-1-now", "--force"]
    policy = schemas(f"{IDCS}:PasswordPolicy")
    made = yield ["password-policy", "create", *policy, "--name", f"for {name}", "--min-length",
                  "14", "--priority", "3"]
    of_policy = ["--password-policy-id", made.get("data", {}).get("id", "none")]
    yield ["password-policy", "get", *of_policy]
    yield ["password-policies", "list", "--filter", f'name eq "for {name}"']
    yield ["password-policies", "search", *schemas(f"{SCIM}:api:messages:2.0:SearchRequest"),
           "--filter", f'name eq "for {name}"']
    yield ["password-policy", "patch", *of_policy, *replace("minLength", 16)]
    yield ["password-policy", "put", *of_policy, *policy, "--name", f"for {name}", "--min-length",
           "15", "--priority", "3", "--force"]
    yield ["password-policy", "delete", *of_policy, "--force"]
    for setting in ("identity-setting", "notification-setting"):
        found = yield [f"{setting}s", "list"]
        one = [f"--{setting}-id", found["data"]["resources"][0]["id"]]
        yield [setting, "get", *one]
        if setting == "identity-setting":
            yield [setting, "patch", *one, *replace("nonsense", "x")]
    yield ["user", "delete", *user, "--force"]
    yield ["user", "get", *user]
    yield ["user", "delete", *user, "--force"]


class Domain(Told, unittest.TestCase):
    """A domain with users, on the real server."""

    meets = ("advice",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.durward = Installation("--admin-email", "admin@example.com", "--identity-domains")
        cls.addClassCleanup(cls.durward.stop)
        cls.env = cls.durward.client_environment()

    def test_every_operation_is_answered_alike(self):
        self.assert_told_alike(story, self.env, self.durward.dir, "identity-domains")

    def test_domains_are_shown_alike(self):
        compartment = ["--compartment-id", self.durward.tenancy_id]
        domain = self.durward.ours("iam", "domain", "list", *compartment).data[0]
        self.assertEqual(domain["url"], self.durward.url)
        for words in (
            ["list", *compartment],
            ["list", *compartment, "--all", "--output", "table"],
            ["list", *compartment, "--name", "Default"],
            ["list", *compartment, "--display-name", "nothing of that name"],
            ["get", "--domain-id", domain["id"]],
            ["get", "--domain-id", self.durward.admin_id],
            ["get"],
        ):
            self.assert_alike(["iam", "domain", *words], self.env, self.durward.dir)


if __name__ == "__main__":
    unittest.main()
