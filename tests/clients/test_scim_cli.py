"""The official command line's `oci identity-domains …`, against the domain's interface."""

import json
import unittest

from installation import OFFICIAL, Installation

IDCS = "urn:ietf:params:scim:schemas:oracle:idcs:"
USER = '["urn:ietf:params:scim:schemas:core:2.0:User"]'
PATCH = '["urn:ietf:params:scim:api:messages:2.0:PatchOp"]'
SEARCH = '["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]'


class OfficialCommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--identity-domains", "--admin-email", "admin@example.com")
        cls.addClassCleanup(cls.durward.stop)

    def run_it(self, *words):
        command = ("identity-domains", *words, "--endpoint", self.durward.url)
        return self.durward.oci(OFFICIAL, *command)

    def oci(self, *words):
        done = self.run_it(*words)
        self.assertEqual(done.code, 0, done)
        return done.json if done.out.strip() else {}

    def user(self, name):
        emails = [{"value": f"{name}@example.com", "type": "work", "primary": True}]
        return self.oci(
            "user", "create", "--schemas", USER, "--user-name", name, "--emails",
            json.dumps(emails),
        )["data"]

    def test_a_user_is_created_found_patched_and_deleted(self):
        user = self.user("ada")
        self.assertRegex(user["id"], r"^[0-9a-f]{32}$")
        listed = self.oci("users", "list", "--filter", 'userName eq "ADA"')["data"]
        self.assertEqual([found["ocid"] for found in listed["resources"]], [user["ocid"]])
        request = ("--schemas", SEARCH, "--filter", 'userName eq "ada"')
        searched = self.oci("users", "search", *request)["data"]
        self.assertEqual(searched["total-results"], 1)
        operations = [
            {"op": "REPLACE", "path": "title", "value": "Countess"},
            {"op": "ADD", "path": "name", "value": {"familyName": "Lovelace"}},
            {"op": "ADD", "path": "phoneNumbers", "value": [{"value": "+1", "type": "home"}]},
        ]
        patched = self.oci(
            "user", "patch", "--user-id", user["id"], "--schemas", PATCH, "--operations",
            json.dumps(operations),
        )
        self.assertEqual(patched["data"]["title"], "Countess")
        self.assertEqual(patched["data"]["name"]["family-name"], "Lovelace")
        shown = self.oci("user", "get", "--user-id", user["ocid"], "--attributes", "title")
        self.assertEqual(shown["data"]["title"], "Countess")
        self.assertEqual(shown["etag"], patched["etag"])
        self.assertIsNone(shown["data"]["emails"])
        self.oci("user", "delete", "--user-id", user["id"], "--force-delete", "true", "--force")
        gone = self.run_it("user", "get", "--user-id", user["id"])
        self.assertEqual(gone.code, 1)
        self.assertEqual(gone.problem["status"], 404)
        self.assertIn("not found", gone.problem["detail"])

    def test_changers_and_resetters_do_their_work(self):
        user = self.user("bea")
        changed = self.oci(
            "user-status-changer", "put", "--user-status-changer-id", user["id"], "--schemas",
            f'["{IDCS}UserStatusChanger"]', "--active", "false", "--force",
        )
        self.assertIs(changed["data"]["active"], False)
        self.oci(
            "user-status-changer", "put", "--user-status-changer-id", user["id"], "--schemas",
            f'["{IDCS}UserStatusChanger"]', "--active", "true", "--force",
        )
        self.oci(
            "user-password-resetter", "put", "--user-password-resetter-id", user["id"],
            "--schemas", f'["{IDCS}UserPasswordResetter"]', "--force",
        )
        self.oci(
            "user-capabilities-changer", "put", "--user-capabilities-changer-id", user["id"],
            "--schemas", f'["{IDCS}UserCapabilitiesChanger"]', "--can-use-api-keys", "false",
            "--force",
        )
        shown = self.oci("user", "get", "--user-id", user["id"])["data"]
        may = shown["urn-ietf-params-scim-schemas-oracle-idcs-extension-capabilities-user"]
        self.assertIs(may["can-use-api-keys"], False)

    def test_policies_and_settings_are_changed(self):
        made = self.oci(
            "password-policy", "create", "--schemas", f'["{IDCS}PasswordPolicy"]', "--name",
            "Strict", "--priority", "1", "--min-length", "16",
        )["data"]
        self.assertEqual(made["min-length"], 16)
        listed = self.oci("password-policies", "list")["data"]
        self.assertEqual(listed["total-results"], 2)
        self.oci("password-policy", "delete", "--password-policy-id", made["id"], "--force")
        operation = {
            "op": "REPLACE", "path": 'tokens[type eq "createUser"].expiresAfter', "value": 1440,
        }
        settings = self.oci(
            "identity-setting", "patch", "--identity-setting-id", "IdentitySettings",
            "--schemas", PATCH, "--operations", json.dumps([operation]),
        )["data"]
        minutes = {token["type"]: token["expires-after"] for token in settings["tokens"]}
        self.assertEqual(minutes["createUser"], 1440)


if __name__ == "__main__":
    unittest.main()
