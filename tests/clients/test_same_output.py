"""Our command line and the official one against the same server: the same bytes on stdout, the same
exit code, and on stderr the same facts about a failure.
"""

import unittest

from installation import OFFICIAL, OURS, Installation
from scene import Scene

# What differs from call to call, and advice that each gives in its own words.
DIFFERS = ("opc-request-id", "timestamp", "client_version", "logging_tips", "troubleshooting_tips")


def reads(scene):
    """Commands that change nothing."""
    tenancy, user, group = scene.tenancy, scene.ada, scene.group
    users = ["user", "list"]
    yield users
    yield [*users, "--all"]
    yield [*users, "--all", "--page-size", "2"]
    yield [*users, "--all", "--page-size", "1", "--query", "data[*].name"]
    yield [*users, "--name", "ada"]
    yield [*users, "--name", "nobody-of-that-name"]
    yield [*users, "--compartment-id", tenancy, "--sort-by", "NAME", "--sort-order", "DESC"]
    yield [*users, "--sort-by", "NAME"]
    yield [*users, "--sort-by", "TIMECREATED", "--sort-order", "ASC"]
    yield [*users, "--lifecycle-state", "ACTIVE"]
    yield [*users, "--lifecycle-state", "INACTIVE"]
    yield [*users, "--output", "table"]
    yield [*users, "--output", "table", "--query", "data[*].{name:name,id:id}"]
    yield [*users, "--query", "data[?name=='ada'].id | [0]", "--raw-output"]
    yield [*users, "--query", "data[*].name"]
    yield [*users, "--query", "data[*].name", "--raw-output"]
    yield [*users, "--query", "length(data)", "--raw-output"]
    yield [*users, "--query", "data[?name=='nobody']"]
    yield [*users, "--query", "nothing"]
    yield [*users, "--query", "data[*].\"freeform-tags\""]
    for id in (scene.admin, *scene.users):
        yield ["user", "get", "--user-id", id]
    yield ["user", "get", "--user-id", user, "--output", "table"]
    yield ["user", "get", "--user-id", user, "--query", "data.name", "--raw-output"]
    yield ["user", "get", "--user-id", scene.dee, "--query", "data.description", "--raw-output"]
    yield ["user", "get", "--user-id", scene.bo, "--query", "data.description"]
    yield ["user", "get", "--user-id", user, "--query", "etag"]
    yield ["user", "list-groups", "--user-id", user]
    yield ["user", "list-groups", "--user-id", scene.cy]
    yield ["user", "list-groups", "--user-id", user, "--compartment-id", tenancy, "--all"]
    yield ["user", "api-key", "list", "--user-id", user]
    yield ["user", "api-key", "list", "--user-id", user, "--all"]
    yield ["user", "api-key", "list", "--user-id", scene.cy]
    yield ["ui-password-information", "get-user", "--user-id", scene.bo]
    yield ["group", "list"]
    yield ["group", "list", "--name", "Auditors", "--output", "table"]
    yield ["group", "get", "--group-id", group]
    yield ["group", "list-users", "--group-id", group]
    yield ["group", "list-users", "--group-id", group, "--all"]
    yield ["group", "list-users", "--group-id", scene.empty_group]
    yield ["policy", "list", "--compartment-id", tenancy]
    yield ["policy", "list", "--compartment-id", tenancy, "--all", "--output", "table"]
    yield ["policy", "get", "--policy-id", scene.policy]
    yield ["policy", "get", "--policy-id", scene.policy, "--query", "data.statements[1]"]
    yield ["tenancy", "get", "--tenancy-id", tenancy]
    yield ["compartment", "get", "--compartment-id", tenancy]
    yield ["compartment", "list"]
    yield ["compartment", "list", "--compartment-id", tenancy, "--all"]
    yield ["compartment", "list", "--include-root"]
    yield ["compartment", "list", "--compartment-id-in-subtree", "true", "--access-level", "ANY"]
    yield ["region", "list"]
    yield ["region", "list", "--all", "--output", "table"]
    yield ["region-subscription", "list"]
    yield ["region-subscription", "list", "--tenancy-id", tenancy]
    yield ["availability-domain", "list"]
    yield ["availability-domain", "list", "--compartment-id", tenancy, "--all"]
    yield ["authentication-policy", "get", "--compartment-id", tenancy]


def refusals(scene):
    """Commands that the service refuses."""
    absent = scene.ada[:-8] + "aaaaaaaa"
    yield ["user", "get", "--user-id", absent]
    yield ["user", "get", "--user-id", "nonsense"]
    yield ["user", "get", "--user-id", scene.group]
    yield ["group", "get", "--group-id", scene.ada]
    yield ["policy", "get", "--policy-id", absent]
    yield ["user", "list", "--compartment-id", absent]
    yield ["user", "list", "--page", "nonsense"]
    yield ["user", "list", "--limit", "0"]
    yield ["user", "create", "--name", "ada", "--description", "the second"]
    yield ["user", "create", "--name", "with space", "--description", "d"]
    yield ["user", "create", "--name", "x", "--description", "d" * 401]
    yield ["group", "create", "--name", "Auditors", "--description", "the second"]
    yield ["user", "update", "--user-id", scene.ada, "--description", "d", "--if-match", "stale",
           "--force"]
    yield ["user", "delete", "--user-id", scene.ada, "--if-match", "stale", "--force"]
    yield ["user", "delete", "--user-id", scene.ada, "--force"]
    yield ["group", "delete", "--group-id", scene.group, "--force"]
    yield ["group", "add-user", "--user-id", scene.ada, "--group-id", absent]
    yield ["user", "api-key", "upload", "--user-id", scene.ada, "--key", "no key"]
    yield ["user", "api-key", "delete", "--user-id", scene.ada, "--fingerprint", "00:11", "--force"]
    yield ["user", "ui-password", "create-or-reset", "--user-id", absent]
    yield ["policy", "create", "--compartment-id", scene.tenancy, "--name", "p", "--description",
           "d", "--statements", '["Allow group Auditors to frobnicate users in tenancy"]']
    yield ["policy", "create", "--compartment-id", scene.tenancy, "--name", "p", "--description",
           "d", "--statements", '["Allow group Ghosts to read users in tenancy"]']


def misuses(scene):
    """Command lines that are wrong before anything is sent."""
    yield ["user", "get"]
    yield ["user", "create", "--name", "x"]
    yield ["user", "get", "--user-id"]
    yield ["user", "get", "--user-id", ""]
    yield ["user", "get", "--user-id", scene.ada, "--nonsense"]
    yield ["user", "fetch", "--user-id", scene.ada]
    yield ["user", "list", "--sort-by", "SIZE"]
    yield ["user", "list", "--limit", "many"]
    yield ["user", "list", "--all", "--limit", "3"]
    yield ["user", "list", "--output", "yaml"]
    yield ["user", "list", "--query", "data["]
    yield ["user", "create", "--name", "x", "--description", "d", "--freeform-tags", "{not json"]
    yield ["user", "create", "--from-json", "file://no-such-file"]
    yield ["user", "create", "--from-json", "{not json"]
    yield ["user", "update-user-state", "--user-id", scene.ada, "--blocked", "perhaps"]
    yield ["user"]


def failure(result):
    """What a failure says, without what has to differ."""
    kind, brace, _ = result.err.partition("{")
    if not brace or not kind.endswith("Error:\n"):
        return None
    return kind, {name: fact for name, fact in result.problem.items() if name not in DIFFERS}


class Scenery:
    """A server with something to see on it, and both command lines."""

    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--admin-email", "admin@example.com")
        cls.addClassCleanup(cls.durward.stop)
        cls.scene = Scene(cls.durward)

    def each(self, commands):
        """What ours and the official one made of each command."""
        for words in commands(self.scene):
            with self.subTest(" ".join(words)):
                yield [self.durward.oci(program, "iam", *words) for program in (OURS, OFFICIAL)]


class Reads(Scenery, unittest.TestCase):
    def test_what_is_read_is_printed_alike_to_the_byte(self):
        for ours, official in self.each(reads):
            self.assertEqual(official.code, 0, official)
            self.assertEqual((ours.out, ours.code), (official.out, official.code), ours)
            self.assertEqual(ours.err, official.err)


class Refusals(Scenery, unittest.TestCase):
    def test_what_the_service_refuses_is_reported_alike(self):
        for ours, official in self.each(refusals):
            self.assertIsNotNone(failure(official), official)
            self.assertEqual(failure(ours), failure(official))
            self.assertEqual((ours.out, ours.code), (official.out, official.code))
            self.assertEqual(ours.problem.keys(), official.problem.keys())
            given = ours.problem["opc-request-id"]
            self.assertRegex(given, r"^([0-9A-F]{32}/){2}[0-9A-F]{32}$")

    def test_a_wrong_command_line_ends_with_the_same_code(self):
        # The official one says what is wrong on stdout, where a script takes it for data.
        for ours, official in self.each(misuses):
            self.assertNotEqual(official.code, 0, official)
            self.assertEqual((ours.out, ours.code), ("", official.code), official)
            self.assertNotEqual(ours.err, "")


if __name__ == "__main__":
    unittest.main()
