"""Every operation that is served, called by each command line: the official one and ours.

The stories are the same for both, so that a script written for one runs with the other.
"""

import json
import time
import unittest

from installation import OFFICIAL, OURS, Installation
from scene import keys
from totp import code


class Stories:
    """The stories; `program` says who tells them."""

    program = None

    @classmethod
    def setUpClass(cls):
        cls.durward = Installation()
        cls.addClassCleanup(cls.durward.stop)

    def oci(self, *words, **rest):
        """Runs a command below `oci iam` that has to succeed."""
        done = self.durward.oci(self.program, "iam", *words, **rest)
        self.assertEqual(done.code, 0, done)
        return done

    def refused(self, *words, status, code):
        """Runs a command that the service has to refuse."""
        done = self.durward.oci(self.program, "iam", *words)
        self.assertEqual((done.code, done.out), (1, ""), done)
        problem = done.problem
        self.assertEqual((problem["status"], problem["code"]), (status, code), done)
        return problem

    def user(self, name, *more):
        """A new user."""
        create = ("user", "create", "--name", name, "--description", f"The user {name}")
        return self.oci(*create, *more).data

    def test_a_user_from_beginning_to_end(self):
        made = self.oci(
            "user", "create", "--name", "ada", "--description", "First",
            "--email", "ada@example.com", "--freeform-tags", '{"team": "red"}',
            "--wait-for-state", "ACTIVE",
        )
        user = made.data
        id = user["id"]
        self.assertEqual(user["lifecycle-state"], "ACTIVE")
        self.assertEqual(user["freeform-tags"], {"team": "red"})
        self.assertEqual(user["compartment-id"], self.durward.tenancy_id)

        got = self.oci("user", "get", "--user-id", id).json
        self.assertEqual(got["data"], user)
        self.assertIn(user, self.oci("user", "list", "--all").data)

        update = ("user", "update", "--user-id", id)
        updated = self.oci(
            *update, "--description", "Second", "--freeform-tags", "{}", "--force",
            "--if-match", got["etag"],
        ).json
        self.assertEqual(updated["data"]["description"], "Second")
        self.assertEqual(updated["data"]["freeform-tags"], {})
        self.assertEqual(updated["data"]["email"], "ada@example.com")
        self.assertNotEqual(updated["etag"], got["etag"])
        stale = (*update, "--description", "Third", "--if-match", got["etag"])
        self.refused(*stale, status=412, code="NoEtagMatch")

        delete = ("user", "delete", "--user-id", id, "--force")
        self.refused(*delete, "--if-match", got["etag"], status=412, code="NoEtagMatch")
        gone = self.oci(*delete, "--if-match", updated["etag"])
        self.assertEqual(gone.out, "")
        self.refused("user", "get", "--user-id", id, status=404, code="NotAuthorizedOrNotFound")

    def test_what_a_user_may_use(self):
        id = self.user("capable")["id"]
        change = ("user", "update-user-capabilities", "--user-id", id)
        self.oci(*change, "--can-use-console-password", "false", "--can-use-api-keys", "true")
        capabilities = self.oci("user", "get", "--user-id", id).data["capabilities"]
        self.assertIs(capabilities["can-use-console-password"], False)
        self.assertIs(capabilities["can-use-api-keys"], True)
        reset = ("user", "ui-password", "create-or-reset", "--user-id", id)
        self.refused(*reset, status=400, code="InvalidParameter")
        self.oci(*change, "--can-use-console-password", "true")
        self.oci(*reset)

    def test_a_user_is_unblocked(self):
        id = self.user("blockable")["id"]
        unblock = ("user", "update-user-state", "--user-id", id, "--blocked", "false")
        self.assertEqual(self.oci(*unblock).data["id"], id)

    def test_a_console_password(self):
        id = self.user("visitor")["id"]
        told = self.oci("user", "ui-password", "create-or-reset", "--user-id", id).data
        self.assertEqual(told["lifecycle-state"], "ACTIVE")
        self.assertEqual(len(told["password"]), 20)
        known = self.oci("ui-password-information", "get-user", "--user-id", id).data
        self.assertEqual(known["time-created"], told["time-created"])
        self.assertNotIn("password", known)

    def test_api_keys(self):
        id = self.user("signer")["id"]
        upload = ("user", "api-key", "upload", "--user-id", id)
        uploaded = []
        for number in range(3):
            _, public = keys()
            file = self.durward.file(f"{self.program.parent.name}-{number}.pem", public)
            uploaded.append(self.oci(*upload, "--key-file", file).data)
        _, public = keys()
        self.refused(*upload, "--key", public, status=409, code="ApiKeyLimitExceeded")
        listed = self.oci("user", "api-key", "list", "--user-id", id).data
        fingerprints = {key["fingerprint"] for key in uploaded}
        self.assertEqual({key["fingerprint"] for key in listed}, fingerprints)
        for fingerprint in fingerprints:
            self.oci("user", "api-key", "delete", "--user-id", id, "--fingerprint", fingerprint,
                     "--force")
        self.assertEqual(self.oci("user", "api-key", "list", "--user-id", id).out, "")

    def test_credentials_for_other_services(self):
        id = self.user("robot")["id"]
        for group, option, words, secret, length in (
            (("auth-token",), "--auth-token-id", "description", "token", 20),
            (("user", "swift-password"), "--swift-password-id", "description", "password", 20),
            (("customer-secret-key",), "--customer-secret-key-id", "display-name", "key", 44),
            (("smtp-credential",), "--smtp-credential-id", "description", "password", 20),
        ):
            create = (*group, "create", "--user-id", id, f"--{words}", "first")
            made = self.oci(*create).data
            self.assertEqual(len(made.pop(secret)), length)
            self.oci(*create)
            self.refused(*create, status=400, code="LimitExceeded")
            listed = self.oci(*group, "list", "--user-id", id).data
            [seen] = [one for one in listed if one["id"] == made["id"]]
            seen.pop(secret, None)
            self.assertEqual(seen, made)
            one = ("--user-id", id, option, made["id"])
            changed = self.oci(*group, "update", *one, f"--{words}", "second").data
            self.assertEqual(changed[words], "second")
            self.oci(*group, "delete", *one, "--force")
            [left] = self.oci(*group, "list", "--user-id", id).data
            self.assertNotEqual(left["id"], made["id"])

    def test_oauth_client_credentials(self):
        user = ("--user-id", self.user("program")["id"])
        group = ("user", "oauth2-credential")
        scopes = ("--scopes", '[{"audience": "shop", "scope": "read"}]')
        made = self.oci(*group, "create", *user, "--name", "n", "--description", "d", *scopes).data
        first = made.pop("password")
        [listed] = self.oci(*group, "list", *user, "--all").data
        listed.pop("password", None)
        self.assertEqual(listed, made)
        one = (*user, "--oauth2-client-credential-id", made["id"])
        changed = self.oci(*group, "update", *one, "--description", "e", *scopes,
                           "--is-reset-password", "true", "--force").data
        self.assertEqual(changed["description"], "e")
        self.assertNotEqual(changed["password"], first)
        self.oci(*group, "delete", *one, "--force")
        self.assertEqual(self.oci(*group, "list", *user).out, "")

    def test_a_device_that_draws_codes(self):
        user = ("--user-id", self.user("careful")["id"])
        made = self.oci("mfa-totp-device", "create", *user).data
        seed = made.pop("seed")
        self.assertEqual(self.oci("mfa-totp-device", "list", *user, "--all").data, [made])
        one = (*user, "--mfa-totp-device-id", made["id"])
        another = self.oci("mfa-totp-device", "generate-totp-seed", *one).data["seed"]
        self.assertNotEqual(another, seed)
        activate = ("mfa-totp-device", "activate", *one, "--totp-token")
        self.refused(*activate, "12345", status=400, code="InvalidParameter")
        activated = self.oci(*activate, code(another)).data
        self.assertIs(activated["is-activated"], True)
        self.assertEqual(self.oci("mfa-totp-device", "get", *one).data, activated)
        self.assertIs(self.oci("user", "get", *user).data["is-mfa-activated"], True)
        self.oci("mfa-totp-device", "delete", *one, "--force")
        self.assertIs(self.oci("user", "get", *user).data["is-mfa-activated"], False)

    def test_database_credentials(self):
        user = ("--user-id", self.user("reader")["id"])
        create = ("user", "create-db-credential", *user, "--description", "sales", "--password")
        self.refused(*create, "short", status=400, code="InvalidParameter")
        made = self.oci(*create, "For-my-2-databases").data
        self.assertNotIn("password", made)
        [listed] = self.oci("user", "list-db-credentials", *user, "--all").data
        self.assertEqual((listed["id"], listed["description"]), (made["id"], "sales"))
        delete = ("user", "delete-db-credential", *user, "--db-credential-id", made["id"])
        self.oci(*delete, "--force")
        self.assertEqual(self.oci("user", "list-db-credentials", *user).out, "")

    def test_a_group_and_its_members(self):
        user = self.user("member")
        group = self.oci(
            "group", "create", "--name", "Auditors", "--description", "Who look",
            "--wait-for-state", "ACTIVE",
        ).data
        pair = ("--user-id", user["id"], "--group-id", group["id"])
        membership = self.oci("group", "add-user", *pair).data
        self.assertEqual(membership["user-id"], user["id"])
        [seen] = self.oci("group", "list-users", "--group-id", group["id"], "--all").data
        self.assertEqual(seen["id"], user["id"])
        [seen] = self.oci("user", "list-groups", "--user-id", user["id"], "--all").data
        self.assertEqual(seen["id"], group["id"])
        self.refused("group", "delete", "--group-id", group["id"], "--force",
                     status=409, code="Conflict")
        self.oci("group", "remove-user", *pair, "--force")
        again = self.durward.oci(self.program, "iam", "group", "remove-user", *pair, "--force")
        self.assertEqual(again.code, 1, again)

        updated = self.oci("group", "update", "--group-id", group["id"], "--description", "New")
        self.assertEqual(updated.data["description"], "New")
        self.assertEqual(self.oci("group", "get", "--group-id", group["id"]).json, updated.json)
        self.assertIn("Auditors", [group["name"] for group in self.oci("group", "list").data])
        self.oci("group", "delete", "--group-id", group["id"], "--force",
                 "--wait-for-state", "DELETED", "--wait-interval-seconds", "1")

    def test_a_policy(self):
        self.oci("group", "create", "--name", "Readers", "--description", "d")
        statements = ["Allow group Readers to inspect users in tenancy"]
        create = ("policy", "create", "--compartment-id", self.durward.tenancy_id, "--name", "read",
                  "--description", "What readers may do", "--statements")
        made = self.oci(*create, json.dumps(statements)).json
        id = made["data"]["id"]
        self.assertEqual(made["data"]["statements"], statements)
        self.assertEqual(self.oci("policy", "get", "--policy-id", id).json, made)
        list_all = ("policy", "list", "--compartment-id", self.durward.tenancy_id, "--all")
        self.assertIn(made["data"], self.oci(*list_all).data)
        more = [*statements, "Allow group Readers to inspect groups in tenancy"]
        updated = self.oci(
            "policy", "update", "--policy-id", id, "--statements", json.dumps(more),
            "--version-date", "", "--force", "--if-match", made["etag"],
        )
        self.assertEqual(updated.data["statements"], more)
        again = (*create[:-3], "--description", "d", "--statements", json.dumps(statements))
        self.refused(*again, status=409, code="PolicyAlreadyExists")
        self.oci("policy", "delete", "--policy-id", id, "--force")
        self.refused("policy", "get", "--policy-id", id, status=404, code="NotAuthorizedOrNotFound")

    def test_a_dynamic_group(self):
        create = ("dynamic-group", "create", "--name", "machines", "--description", "d",
                  "--matching-rule")
        rule = "ANY {instance.compartment.id = 'ocid1.compartment.oc1..a'}"
        made = self.oci(*create, rule, "--wait-for-state", "ACTIVE").json
        one = ("--dynamic-group-id", made["data"]["id"])
        self.assertEqual(made["data"]["matching-rule"], rule)
        self.assertEqual(self.oci("dynamic-group", "get", *one).data, made["data"])
        self.assertIn(made["data"], self.oci("dynamic-group", "list", "--all").data)
        self.refused(*create, rule, status=409, code="DynamicGroupAlreadyExists")
        self.refused(*create, "ANY {", status=400, code="InvalidParameter")
        changed = self.oci("dynamic-group", "update", *one, "--matching-rule",
                           "tag.ops.role.value").data
        self.assertEqual(changed["matching-rule"], "tag.ops.role.value")
        statements = json.dumps(["Allow dynamic-group machines to inspect users in tenancy"])
        self.oci("policy", "create", "--compartment-id", self.durward.tenancy_id, "--name",
                 "machines", "--description", "d", "--statements", statements)
        self.oci("dynamic-group", "delete", *one, "--force", "--wait-for-state", "DELETED",
                 "--wait-interval-seconds", "1")

    def test_a_network_source(self):
        place = ("--compartment-id", self.durward.tenancy_id)
        ranges = '["203.0.113.0/24", "2001:db8::/32"]'
        networks = '[{"vcnId": "ocid1.vcn.oc1.iad.a", "ipRanges": ["10.0.0.0/16"]}]'
        made = self.oci("network-sources", "create", *place, "--name", "office", "--description",
                        "d", "--public-source-list", ranges, "--virtual-source-list",
                        networks).data
        one = ("--network-source-id", made["id"])
        self.assertEqual(made["public-source-list"], json.loads(ranges))
        self.assertEqual(made["virtual-source-list"],
                         [{"ip-ranges": ["10.0.0.0/16"], "vcn-id": "ocid1.vcn.oc1.iad.a"}])
        self.assertEqual(self.oci("network-sources", "get", *one).data, made)
        del made["inactive-status"]  # lists do not tell it
        self.assertEqual(self.oci("network-sources", "list", *place, "--all").data, [made])
        rules = ("authentication-policy", "update", *place, "--force", "--network-policy")
        self.oci(*rules, json.dumps({"networkSourceIds": [made["id"]]}))
        delete = ("network-sources", "delete", *one, "--force")
        self.refused(*delete, status=409, code="Conflict")
        self.oci(*rules, '{"networkSourceIds": []}')
        changed = self.oci("network-sources", "update", *one, "--public-source-list",
                           '["198.51.100.7"]', "--force").data
        self.assertEqual(changed["public-source-list"], ["198.51.100.7"])
        self.oci(*delete)

    def test_places(self):
        tenancy = self.durward.tenancy_id
        [domain, *_] = self.oci("availability-domain", "list").data
        parts = self.oci("fault-domain", "list", "--compartment-id", tenancy,
                         "--availability-domain", domain["name"]).data
        self.assertEqual([part["name"] for part in parts],
                         [f"FAULT-DOMAIN-{number}" for number in (1, 2, 3)])
        create = ("region-subscription", "create", "--tenancy-id", tenancy, "--region-key", "PHX")
        made = self.oci(*create).data
        self.assertEqual(made["region-name"], "us-phoenix-1")
        self.assertIn(made, self.oci("region-subscription", "list").data)
        self.refused(*create, status=409, code="Conflict")

    def test_tags_from_beginning_to_end(self):
        place = ("--compartment-id", self.durward.tenancy_id)
        described = ("--description", "d")
        made = self.oci("tag-namespace", "create", *place, "--name", "Ops", *described,
                        "--wait-for-state", "ACTIVE").data
        space = ("--tag-namespace-id", made["id"])
        self.assertEqual(self.oci("tag-namespace", "get", *space).data, made)
        self.assertIn(made, self.oci("tag-namespace", "list", *place, "--all").data)
        values = '{"validatorType": "ENUM", "values": ["red", "blue"]}'
        tag = self.oci("tag", "create", *space, "--name", "Team", *described, "--validator",
                       values, "--is-cost-tracking", "true").data
        self.assertEqual(tag["validator"], {"validator-type": "ENUM", "values": ["red", "blue"]})
        named = (*space, "--tag-name", "Team")
        self.assertEqual(self.oci("tag", "get", *named).data, tag)
        self.assertEqual([one["name"] for one in self.oci("tag", "list", *space).data], ["Team"])
        self.assertIn(tag, self.oci("tag", "list-cost-tracking", *place).data)
        self.assertEqual(
            self.user("red", "--defined-tags", '{"Ops": {"Team": "red"}}')["defined-tags"],
            {"Ops": {"Team": "red"}},
        )
        create = ("user", "create", "--name", "green", *described, "--defined-tags")
        self.refused(*create, '{"Ops": {"Team": "green"}}', status=400, code="InvalidParameter")
        self.refused(*create, '{"Opt": {"Team": "red"}}', status=400,
                     code="RelatedResourceNotAuthorizedOrNotFound")

        default = self.oci("tag-default", "create", *place, "--tag-definition-id", tag["id"],
                           "--value", "red").data
        id = ("--tag-default-id", default["id"])
        self.assertEqual(self.oci("tag-default", "get", *id).data, default)
        self.assertIn(default, self.oci("tag-default", "list", *place).data)
        self.assertIn(default, self.oci("tag-default", "assemble-effective-tag-set", *place).data)
        self.assertEqual(self.user("tagged")["defined-tags"], {"Ops": {"Team": "red"}})
        self.oci("tag-default", "update", *id, "--value", "blue")
        self.oci("tag-default", "add", *id, "--type", "DELETE", "--message", "wait")
        self.refused("tag-default", "delete", *id, "--force", status=409, code="ResourceLocked")
        self.oci("tag-default", "remove", *id, "--type", "DELETE")
        self.oci("tag-default", "delete", *id, "--force")

        self.assertIs(self.oci("tag", "retire", *named).data["is-retired"], True)
        self.assertIs(self.oci("tag", "reactivate", *named).data["is-retired"], False)
        self.oci("tag", "update", *named, "--description", "new", "--force")
        locked = self.oci("tag-namespace", "add", *space, "--type", "FULL").data
        self.assertEqual([lock["type"] for lock in locked["locks"]], ["FULL"])
        self.oci("tag-namespace", "remove", *space, "--type", "FULL")
        self.assertIs(self.oci("tag-namespace", "retire", *space).data["is-retired"], True)
        delete = ("tag-namespace", "delete", *space, "--force")
        self.refused(*delete, status=409, code="Conflict")
        self.oci("tag-namespace", "reactivate", *space)
        self.oci("tag-namespace", "change-compartment", *space, *place)
        updated = self.oci("tag-namespace", "update", *space, "--description", "new").data
        self.assertEqual((updated["description"], updated["lifecycle-state"]), ("new", "ACTIVE"))
        empty = self.oci("tag-namespace", "create", *place, "--name", "Empty", *described).data
        space = ("--tag-namespace-id", empty["id"])
        self.oci("tag-namespace", "retire", *space)
        self.oci("tag-namespace", "delete", *space, "--force")

    def test_what_goes_on_with_tags_later(self):
        place = ("--compartment-id", self.durward.tenancy_id)
        soon = ("--wait-for-state", "SUCCEEDED", "--wait-interval-seconds", "1")
        own = self.program.parent.name

        def space(name):
            made = self.oci("tag-namespace", "create", *place, "--name", f"{name}-{own}",
                            "--description", "d").data["id"]
            for key in ("One", "Two", "Three"):
                self.oci("tag", "create", "--tag-namespace-id", made, "--name", key,
                         "--description", "d")
            return ("--tag-namespace-id", made)

        template = ("standard-tag-namespace-template",)
        [listed] = self.oci(*template, "list-standard-tag-namespaces", *place).data
        name = ("--standard-tag-namespace-name", listed["standard-tag-namespace-name"])
        whole = self.oci(*template, "get-standard-tag-template", *place, *name).data
        self.assertEqual(whole["description"], listed["description"])
        done = self.oci("tag", "import-standard-tags", *place, *name, *soon).data
        self.assertEqual(done["operation-type"], "IMPORT_STANDARD_TAGS")

        here = space("Later")
        user = self.user("later")["id"]
        kinds = self.oci("tag", "bulk-edit-tags-resource-type", "list").data["items"]
        self.assertIn("User", [kind["resource-type"] for kind in kinds])
        resources = json.dumps([{"id": user, "resourceType": "User"}])
        tags = {f"Later-{own}": {"One": "1", "Two": "2"}}
        edits = json.dumps([{"operationType": "ADD_OR_SET", "definedTags": tags}])
        edit = ("tag", "bulk-edit", *place, "--resources", resources, "--bulk-edit-operations")
        done = self.oci(*edit, edits, *soon).data
        self.assertEqual(done["resources"][0]["action-type"], "UPDATED")
        self.assertEqual(self.oci("user", "get", "--user-id", user).data["defined-tags"], tags)

        one = (*here, "--tag-name", "One")
        self.refused("tag", "delete", *one, "--force", status=409, code="Conflict")
        self.oci("tag-namespace", "retire", *here)
        accepted = self.oci("tag", "delete", *one, "--force").json
        self.assertEqual(list(accepted), ["opc-work-request-id"])
        work = ("--work-request-id", accepted["opc-work-request-id"])
        deadline = time.monotonic() + 60
        while self.oci("tagging-work-request", "get", *work).data["status"] != "SUCCEEDED":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.2)
        listed = self.oci("tagging-work-request", "list", *place, "--all").data
        self.assertIn(work[1], [item["id"] for item in listed])
        self.assertTrue(self.oci("tagging-work-request-log", "list", *work, "--limit", "1").data)
        self.assertEqual(self.oci("tagging-work-request-error", "list", *work).out, "")
        ids = [tag["id"] for tag in self.oci("tag", "list", *here).data if tag["name"] == "Two"]
        done = self.oci("tag", "bulk-delete", "--tag-definition-ids", json.dumps(ids), *soon).data
        self.assertEqual(done["status"], "SUCCEEDED")
        self.assertEqual(self.oci("user", "get", "--user-id", user).data["defined-tags"], {})
        done = self.oci("tag-namespace", "cascade-delete", *here, *soon).data
        self.assertEqual(done["operation-type"], "DELETE_NON_EMPTY_TAG_NAMESPACE")
        self.refused("tag-namespace", "get", *here, status=404, code="NotAuthorizedOrNotFound")

    def test_the_password_rules(self):
        place = ("--compartment-id", self.durward.tenancy_id)
        before = self.oci("authentication-policy", "get", *place).json
        rules = before["data"]["password-policy"]
        self.assertEqual(rules["minimum-password-length"], 12)
        update = ("authentication-policy", "update", *place, "--force", "--password-policy")
        changed = self.oci(*update, '{"minimumPasswordLength": 16}', "--if-match", before["etag"])
        self.assertEqual(
            changed.data["password-policy"], rules | {"minimum-password-length": 16}
        )
        self.refused(*update, '{"minimumPasswordLength": 1}', status=400, code="InvalidParameter")
        self.refused(*update, "{}", "--if-match", before["etag"], status=412, code="NoEtagMatch")
        self.oci(*update, '{"minimumPasswordLength": 12}')

    def test_tenancy_compartment_and_regions(self):
        tenancy = self.durward.tenancy_id
        self.assertEqual(self.oci("tenancy", "get", "--tenancy-id", tenancy).data["id"], tenancy)
        root = self.oci("compartment", "get", "--compartment-id", tenancy).data
        self.assertEqual(root["id"], tenancy)
        self.assertEqual(self.oci("compartment", "list", "--name", "nothing").out, "")
        listed = self.oci("compartment", "list", "--include-root").data[0]
        self.assertEqual(listed["id"], tenancy)
        names = [region["name"] for region in self.oci("region", "list").data]
        self.assertIn("us-ashburn-1", names)
        [home, *_] = self.oci("region-subscription", "list").data
        self.assertIs(home["is-home-region"], True)
        self.assertTrue(self.oci("availability-domain", "list").data)

    def test_compartments_and_their_work_requests(self):
        def create(name, parent):
            return self.oci(
                "compartment", "create", "--compartment-id", parent, "--name", name,
                "--description", "d", "--wait-for-state", "ACTIVE",
            ).data["id"]

        soon = ("--wait-for-state", "SUCCEEDED", "--wait-interval-seconds", "1")
        tenancy = self.durward.tenancy_id
        top, other = (create(f"{name}-{self.program.parent.name}", tenancy)
                      for name in ("top", "other"))
        inner = create("inner", top)
        inside = ("compartment", "list", "--compartment-id", tenancy,
                  "--compartment-id-in-subtree", "true", "--access-level", "ACCESSIBLE", "--all")
        self.assertIn(inner, [item["id"] for item in self.oci(*inside).data])
        update = ("compartment", "update", "--compartment-id", inner)
        self.assertEqual(self.oci(*update, "--name", "box").data["name"], "box")

        move = ("compartment", "move", "--compartment-id", inner)
        moved = self.oci(*move, "--target-compartment-id", other, *soon).data
        self.assertEqual(moved["status"], "SUCCEEDED")
        self.assertEqual(moved["percent-complete"], 100.0)
        again = self.oci("work-request", "get", "--work-request-id", moved["id"])
        self.assertEqual(again.data, moved)
        got = self.oci("compartment", "get", "--compartment-id", inner).data
        self.assertEqual(got["compartment-id"], other)
        listed = self.oci("work-request", "list", "--compartment-id", top).data
        self.assertEqual([item["id"] for item in listed], [moved["id"]])

        kinds = ("bulk-action-resource-type-collection", "list", "--bulk-action-type")
        names = [item["name"] for item in self.oci(*kinds, "BULK_MOVE_RESOURCES").data["items"]]
        self.assertEqual(names, ["Compartment", "TagNamespace"])
        resources = json.dumps([{"identifier": inner, "entityType": "Compartment"}])
        bulk = ("compartment", "bulk-move-resources", "--compartment-id", other,
                "--target-compartment-id", top, "--resources", resources)
        self.assertEqual(self.oci(*bulk, *soon).data["status"], "SUCCEEDED")

        full = self.oci("compartment", "delete", "--compartment-id", top, "--force",
                        "--wait-for-state", "FAILED", "--wait-interval-seconds", "1").data
        self.assertEqual(full["errors"][0]["code"], "Conflict")
        bulk = ("compartment", "bulk-delete-resources", "--compartment-id", top,
                "--resources", resources)
        self.assertEqual(self.oci(*bulk, *soon).data["status"], "SUCCEEDED")
        accepted = self.oci("compartment", "delete", "--compartment-id", top, "--force").json
        self.assertEqual(list(accepted), ["opc-work-request-id"])
        deleted = self.oci("compartment", "delete", "--compartment-id", other, "--force", *soon)
        self.assertEqual(deleted.data["resources"][0]["action-type"], "DELETED")
        recovered = self.oci("compartment", "recover", "--compartment-id", other,
                             "--wait-for-state", "ACTIVE").data
        self.assertRegex(recovered["name"], r"^other-.*\.[A-Za-z0-9]{8}$")

    def test_a_long_list_comes_in_pages_and_all_at_once(self):
        made = {self.user(f"page-{number}")["name"] for number in range(7)}
        pages, token = [], None
        while True:
            more = ("--page", token) if token else ()
            page = self.oci("user", "list", "--limit", "3", *more).json
            self.assertLessEqual(len(page["data"]), 3)
            pages.append([user["name"] for user in page["data"]])
            token = page.get("opc-next-page")
            if not token:
                break
            self.assertLess(len(pages), 100)
        paged = [name for page in pages for name in page]
        self.assertEqual(len(paged), len(set(paged)))
        self.assertLessEqual(made, set(paged))
        everyone = self.oci("user", "list", "--all", "--page-size", "3").json
        self.assertLessEqual(made, {user["name"] for user in everyone["data"]})
        self.assertNotIn("opc-next-page", everyone)

    def test_input_from_a_json_file_and_the_command_line_wins(self):
        skeleton = self.oci("user", "create", "--generate-full-command-json-input").json
        self.assertIn("description", skeleton)
        given = {"name": "from-json", "description": "File", "email": "j@example.com"}
        file = self.durward.file("create.json", given)
        made = self.oci("user", "create", "--from-json", f"file://{file}", "--description", "Line")
        self.assertEqual(made.data["name"], "from-json")
        self.assertEqual(made.data["description"], "Line")
        self.assertEqual(made.data["email"], "j@example.com")
        parameter = self.oci("user", "create", "--generate-param-json-input", "freeform-tags").json
        self.assertIsInstance(parameter, dict)

    def test_a_name_is_given_once(self):
        self.user("unique")
        again = ("user", "create", "--name", "unique", "--description", "Second")
        self.refused(*again, status=409, code="UserAlreadyExists")

    def test_a_request_that_is_not_signed_right_is_refused(self):
        private, _ = keys()
        other = self.durward.file("other.pem", private)
        done = self.durward.oci(self.program, "iam", "user", "list", OCI_CLI_KEY_FILE=other)
        self.assertEqual((done.code, done.out), (1, ""), done)
        self.assertEqual(done.problem["status"], 401)
        self.assertEqual(done.problem["code"], "NotAuthenticated")


class Official(Stories, unittest.TestCase):
    """The official command line."""

    program = OFFICIAL


class Ours(Stories, unittest.TestCase):
    """Our own."""

    program = OURS


if __name__ == "__main__":
    unittest.main()
