"""Our command line and the official one against the same server: the same bytes on stdout, the same
exit code, and on stderr the same, but for what `differences.py` lists.
"""

import unittest

from differences import compare
from installation import Installation
from pair import Pair
from scene import Scene


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
    space = ["--tag-namespace-id", scene.namespace]
    yield ["tag-namespace", "list", "--compartment-id", tenancy]
    yield ["tag-namespace", "list", "--compartment-id", tenancy, "--include-subcompartments",
           "true", "--all", "--output", "table"]
    yield ["tag-namespace", "get", *space]
    yield ["tag", "list", *space, "--lifecycle-state", "ACTIVE"]
    yield ["tag", "get", *space, "--tag-name", "team"]
    yield ["tag", "list-cost-tracking", "--compartment-id", tenancy]
    yield ["tag-default", "list"]
    yield ["tag-default", "list", "--tag-definition-id", scene.tag]
    yield ["tag-default", "get", "--tag-default-id", scene.tag_default]
    yield ["tag-default", "assemble-effective-tag-set", "--compartment-id", tenancy]
    yield ["tag", "bulk-edit-tags-resource-type", "list"]
    yield ["tag", "bulk-edit-tags-resource-type", "list", "--all"]
    yield ["tagging-work-request", "list", "--compartment-id", tenancy]
    template = "standard-tag-namespace-template"
    yield [template, "list-standard-tag-namespaces", "--compartment-id", tenancy, "--all"]
    yield [template, "get-standard-tag-template", "--compartment-id", tenancy,
           "--standard-tag-namespace-name", "Oracle-Standard"]
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
    yield ["fault-domain", "list", "--compartment-id", tenancy, "--availability-domain",
           scene.availability_domain]
    yield ["dynamic-group", "list"]
    yield ["dynamic-group", "get", "--dynamic-group-id", scene.dynamic_group]
    yield ["network-sources", "list", "--compartment-id", tenancy, "--all"]
    yield ["network-sources", "get", "--network-source-id", scene.network_source]
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
    yield ["tag", "delete", "--tag-namespace-id", scene.namespace, "--tag-name", "Team", "--force"]
    yield ["tag", "bulk-delete", "--tag-definition-ids", f'["{scene.tag}"]']
    yield ["tag", "bulk-delete", "--tag-definition-ids", "[]"]
    yield ["tag-namespace", "cascade-delete", "--tag-namespace-id", scene.namespace]
    yield ["tagging-work-request", "get", "--work-request-id", absent]
    yield ["tagging-work-request-log", "list", "--work-request-id", absent]
    yield ["tagging-work-request-error", "list", "--work-request-id", absent]
    yield ["policy", "create", "--compartment-id", scene.tenancy, "--name", "p", "--description",
           "d", "--statements", '["Allow group Auditors to frobnicate users in tenancy"]']
    yield ["policy", "create", "--compartment-id", scene.tenancy, "--name", "p", "--description",
           "d", "--statements", '["Allow group Ghosts to read users in tenancy"]']
    yield ["dynamic-group", "create", "--name", "x", "--description", "d", "--matching-rule", "ANY"]
    yield ["network-sources", "create", "--compartment-id", scene.tenancy, "--name", "x",
           "--description", "d", "--public-source-list", '["example.com"]']
    yield ["region-subscription", "create", "--tenancy-id", scene.tenancy, "--region-key", "IAD"]
    yield ["fault-domain", "list", "--compartment-id", scene.tenancy, "--availability-domain", "x"]


class Scenery(Pair):
    """A server with something to see on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.durward = Installation("--admin-email", "admin@example.com")
        cls.addClassCleanup(cls.durward.stop)
        cls.scene = Scene(cls.durward)
        cls.env = cls.durward.client_environment()

    def run_both(self, words):
        """How both ended."""
        return self.both(["iam", *words], self.env, self.durward.dir)


class Reads(Scenery, unittest.TestCase):
    def test_what_is_read_is_printed_alike_to_the_byte(self):
        for words in reads(self.scene):
            with self.subTest(" ".join(words)):
                official, ours = self.run_both(words)
                self.assertEqual(official.code, 0, official)
                self.assertEqual(ours, official)


class Refusals(Scenery, unittest.TestCase):
    meets = ("advice",)

    def test_what_the_service_refuses_is_reported_alike(self):
        for words in refusals(self.scene):
            with self.subTest(" ".join(words)):
                ends = self.run_both(words)
                for end in ends:
                    self.assertRegex(end.err, r'"opc-request-id": "([0-9A-F]{32}/){2}[0-9A-F]{32}"')
                official, ours, met = compare(*ends)
                type(self).met.update(met)
                self.assertEqual(ours, official)


if __name__ == "__main__":
    unittest.main()
