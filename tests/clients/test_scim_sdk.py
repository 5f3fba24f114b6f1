"""The official SDK's client of identity domains, as programs use it, and plain requests that are
signed by it."""

import json
import unittest

import oci
from installation import Installation
from oci._vendor import requests
from oci.exceptions import ServiceError
from oci.identity_domains import IdentityDomainsClient, models

IDCS = "urn:ietf:params:scim:schemas:oracle:idcs:"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
MESSAGE = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error"


def patch(*operations):
    """A patch of operations, each of a verb, a path and perhaps a value."""
    return models.PatchOp(
        schemas=[PATCH],
        operations=[
            models.Operations(op=op, path=path, value=value[0] if value else None)
            for op, path, *value in operations
        ],
    )


class IdentityDomains(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation("--identity-domains", "--admin-email", "admin@example.com")
        cls.addClassCleanup(cls.durward.stop)
        cls.config = oci.config.from_file(cls.durward.config_file)
        cls.client = IdentityDomainsClient(cls.config, service_endpoint=cls.durward.url)

    def user(self, called, **more):
        email = models.UserEmails(value=f"{called}@example.com", type="work", primary=True)
        user = models.User(schemas=[USER], user_name=called, emails=[email], **more)
        return self.client.create_user(user=user)

    def refused(self, call, *arguments, **options):
        with self.assertRaises(ServiceError) as caught:
            call(*arguments, **options)
        return caught.exception

    def test_a_user_comes_back_in_the_models_of_the_sdk_and_can_be_written_back(self):
        name = models.UserName(given_name="Ada", family_name="Lovelace")
        made = self.user("ada", name=name, title="Countess")
        self.assertEqual(made.status, 201)
        user = made.data
        self.assertIsInstance(user, models.User)
        self.assertEqual(user.name.formatted, "Ada Lovelace")
        self.assertEqual(user.meta.version, made.headers["etag"])
        self.assertEqual(user.meta.location, made.headers["location"])
        self.assertEqual(made.headers["content-type"], "application/scim+json")
        got = self.client.get_user(user.id)
        self.assertEqual(got.data, user)
        user.title = "Dr."
        put = self.client.put_user(user.id, user=user, if_match=got.headers["etag"])
        self.assertEqual(put.data.title, "Dr.")
        error = self.refused(
            self.client.put_user, user.id, user=user, if_match=got.headers["etag"]
        )
        self.assertEqual(error.status, 412)
        self.assertEqual(self.client.delete_user(user.id, force_delete=True).status, 204)
        self.assertEqual(self.refused(self.client.get_user, user.id).status, 404)

    def test_attributes_and_sets_choose_what_is_shown(self):
        id = self.user("bea").data.id
        shown = self.client.get_user(id, attributes="emails.value").data
        self.assertEqual(shown.emails[0].value, "bea@example.com")
        self.assertIsNone(shown.active)
        shown = self.client.get_user(id, attribute_sets=["request", "default"]).data
        state = shown.urn_ietf_params_scim_schemas_oracle_idcs_extension_password_state_user
        self.assertIs(state.must_change, False)
        self.assertEqual(shown.groups, [])

    def test_lists_searches_and_pages_agree(self):
        for number in range(5):
            self.user(f"page-{number}", display_name="One of five")
        filter = 'displayName eq "one of FIVE" and active eq true'
        found = self.client.list_users(filter=filter, sort_by="userName", sort_order="DESCENDING")
        self.assertEqual(found.data.total_results, 5)
        names = [user.user_name for user in found.data.resources]
        self.assertEqual(names, [f"page-{number}" for number in (4, 3, 2, 1, 0)])
        request = models.UserSearchRequest(
            schemas=[SEARCH], filter=filter, sort_by="userName", sort_order="DESCENDING"
        )
        searched = self.client.search_users(user_search_request=request)
        self.assertEqual(searched.data, found.data)
        seen, page = [], None
        while True:
            options = {"page": page} if page else {}
            answer = self.client.list_users(filter=filter, limit=2, **options)
            seen += [user.user_name for user in answer.data.resources]
            page = answer.headers.get("opc-next-page")
            if not page:
                break
        self.assertEqual(sorted(seen), sorted(names))
        part = self.client.list_users(filter=filter, start_index=2, count=2).data
        self.assertEqual((part.start_index, part.items_per_page, part.total_results), (2, 2, 5))

    def test_a_patch_has_objects_scalars_and_lists_for_values(self):
        id = self.user("cy").data.id
        user = self.client.patch_user(
            id,
            patch_op=patch(
                ("REPLACE", "title", "Mx."),
                ("ADD", "name", {"familyName": "Twombly"}),
                ("ADD", "emails", [{"value": "cy@home.example", "type": "home"}]),
                ("REPLACE", 'emails[type eq "work"].value', "cy@work.example"),
                ("REPLACE", f"{IDCS}extension:capabilities:User:canUseApiKeys", False),
                ("REPLACE", "active", False),
            ),
        ).data
        self.assertEqual((user.title, user.name.family_name), ("Mx.", "Twombly"))
        self.assertEqual(
            [(email.value, email.primary) for email in user.emails],
            [("cy@work.example", True), ("cy@home.example", None)],
        )
        self.assertIs(user.active, False)
        user = self.client.patch_user(id, patch_op=patch(("REMOVE", "title"))).data
        self.assertIsNone(user.title)

    def test_a_user_is_the_same_in_both_interfaces(self):
        user = self.user("dee", description="Both sides").data
        classic = oci.identity.IdentityClient(self.config, service_endpoint=self.durward.url)
        seen = classic.get_user(user.ocid).data
        self.assertEqual((seen.name, seen.email), ("dee", "dee@example.com"))
        details = oci.identity.models.UpdateUserDetails(description="Changed")
        classic.update_user(user.ocid, details)
        self.assertEqual(self.client.get_user(user.ocid).data.description, "Changed")

    def test_changers_change_the_user(self):
        user = self.user("eve").data
        status = models.UserStatusChanger(schemas=[IDCS + "UserStatusChanger"], active=False)
        answer = self.client.put_user_status_changer(user.id, user_status_changer=status)
        self.assertIs(answer.data.active, False)
        self.assertIs(self.client.get_user(user.id).data.active, False)
        status.active = True
        self.client.put_user_status_changer(user.id, user_status_changer=status)
        may = models.UserCapabilitiesChanger(
            schemas=[IDCS + "UserCapabilitiesChanger"], can_use_auth_tokens=False
        )
        changed = self.client.put_user_capabilities_changer(
            user.id, user_capabilities_changer=may
        ).data
        self.assertEqual((changed.can_use_auth_tokens, changed.can_use_api_keys), (False, True))
        reset = models.UserPasswordResetter(
            schemas=[IDCS + "UserPasswordResetter"], user_flow_controlled_by_external_client=True
        )
        token = self.client.put_user_password_resetter(
            user.id, user_password_resetter=reset
        ).data.user_token
        self.assertGreaterEqual(len(token.value), 43)
        known = models.UserPasswordChanger(
            schemas=[IDCS + "UserPasswordChanger"], password="7Tulips-behind-glass"
        )
        self.client.put_user_password_changer(user.id, user_password_changer=known)

    def test_password_policies_are_ranked(self):
        def create(name, priority, **more):
            policy = models.PasswordPolicy(
                schemas=[IDCS + "PasswordPolicy"], name=name, priority=priority, **more
            )
            return self.client.create_password_policy(password_policy=policy).data

        first = create("First", 1, min_length=14)
        second = create("Second", 1)
        self.assertEqual(self.client.get_password_policy(first.id).data.priority, 2)
        error = self.refused(create, "Third", None)
        self.assertEqual(error.status, 400)
        put = self.client.put_password_policy(second.id, password_policy=second).data
        self.assertEqual(put.priority, 1)
        changed = self.client.patch_password_policy(
            first.id, patch_op=patch(("REPLACE", "minLength", 16))
        ).data
        self.assertEqual(changed.min_length, 16)
        listed = self.client.list_password_policies(filter='name sw "f"').data
        self.assertEqual([policy.name for policy in listed.resources], ["First"])
        for policy in (first, second):
            self.client.delete_password_policy(policy.id)

    def test_settings_are_read_and_written_back(self):
        settings = self.client.get_identity_setting("IdentitySettings").data
        put = self.client.put_identity_setting("IdentitySettings", identity_setting=settings).data
        self.assertEqual(put.tokens, settings.tokens)
        path = 'tokens[type eq "passwordReset"].expiresAfter'
        changed = self.client.patch_identity_setting(
            "IdentitySettings", patch_op=patch(("REPLACE", path, 30))
        ).data
        minutes = {token.type: token.expires_after for token in changed.tokens}
        self.assertEqual(minutes["passwordReset"], 30)
        mail = self.client.get_notification_setting("NotificationSettings").data
        mail.event_settings[0].enabled = False
        put = self.client.put_notification_setting(
            "NotificationSettings", notification_setting=mail
        ).data
        self.assertIs(put.event_settings[0].enabled, False)

    def test_both_content_types_are_taken_and_one_is_given(self):
        signer = oci.signer.Signer.from_config(self.config)
        for content in ("application/json", "application/scim+json"):
            name = content.split("/")[1].replace("+", "-")
            body = {
                "schemas": [USER],
                "userName": name,
                "emails": [{"value": f"{name}@example.com", "type": "work"}],
            }
            answer = requests.post(
                f"{self.durward.url}/admin/v1/Users",
                data=json.dumps(body),
                headers={"content-type": content, "accept": content},
                auth=signer,
                timeout=30,
            )
            self.assertEqual(answer.status_code, 201, answer.text)
            self.assertEqual(answer.headers["content-type"], "application/scim+json")

    def test_refusals_have_scims_shape(self):
        signer = oci.signer.Signer.from_config(self.config)
        body = {"schemas": [IDCS + "PasswordPolicy"], "name": "Unranked"}
        url = f"{self.durward.url}/admin/v1/PasswordPolicies"
        answer = requests.post(url, json=body, auth=signer, timeout=30)
        self.assertEqual(answer.status_code, 400)
        refusal = answer.json()
        self.assertEqual(refusal["status"], "400")
        self.assertEqual(
            refusal[MESSAGE]["messageId"], "error.identity.passwordpolicy.missingPriority"
        )
        answer = requests.get(url, timeout=30)
        self.assertEqual((answer.status_code, answer.json()["status"]), (401, "401"))


class WithoutDomains(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation()
        cls.addClassCleanup(cls.durward.stop)

    def test_there_is_nothing(self):
        config = oci.config.from_file(self.durward.config_file)
        client = IdentityDomainsClient(config, service_endpoint=self.durward.url)
        with self.assertRaises(ServiceError) as caught:
            client.list_users()
        self.assertEqual(caught.exception.status, 404)


if __name__ == "__main__":
    unittest.main()
