"""The official SDK for Python, as programs use it: no command line between."""

import unittest

import oci
from installation import Installation
from lossless import watch
from oci.exceptions import CompositeOperationError, ServiceError
from oci.identity import IdentityClient, IdentityClientCompositeOperations, models
from scene import keys
from stories import metadata

# Operations that no command of the official command line calls.
WITHOUT_COMMANDS = {
    "create_idp_group_mapping", "delete_idp_group_mapping", "get_idp_group_mapping",
    "get_user_group_membership", "list_idp_group_mappings", "update_idp_group_mapping",
}


class PythonSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation()
        cls.addClassCleanup(cls.durward.stop)
        cls.config = oci.config.from_file(cls.durward.config_file)
        cls.client = IdentityClient(cls.config, service_endpoint=cls.durward.url)
        cls.called, cls.losses = set(), []
        watch(cls.called.add, cls.losses.append)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        assert cls.losses == [], cls.losses
        assert cls.called >= WITHOUT_COMMANDS, WITHOUT_COMMANDS - cls.called

    def details(self, name, **more):
        return models.CreateUserDetails(
            compartment_id=self.durward.tenancy_id, name=name, description="d", **more
        )

    def user(self, name):
        return self.client.create_user(self.details(name)).data

    def refused(self, call, *arguments, **options):
        with self.assertRaises(ServiceError) as caught:
            call(*arguments, **options)
        return caught.exception

    def test_what_is_sent_comes_back_in_the_models_of_the_sdk(self):
        made = self.client.create_user(self.details("ada", freeform_tags={"team": "red"}))
        self.assertEqual(made.status, 200)
        user = made.data
        self.assertIsInstance(user, models.User)
        self.assertEqual(user.freeform_tags, {"team": "red"})
        self.assertEqual(user.lifecycle_state, models.User.LIFECYCLE_STATE_ACTIVE)
        self.assertIsNotNone(user.time_created.tzinfo)
        self.assertIs(user.capabilities.can_use_console_password, True)
        self.assertRegex(made.headers["etag"], r"^[0-9a-f]{40}$")
        self.assertTrue(made.headers["location"].endswith(f"/20160918/users/{user.id}"))
        got = self.client.get_user(user.id)
        self.assertEqual(got.data, user)
        self.assertEqual(got.headers["etag"], made.headers["etag"])

    def test_a_request_id_of_the_caller_is_the_first_part_of_the_answers(self):
        mine = "0123456789ABCDEF0123456789ABCDEF"
        client = IdentityClient(self.config, service_endpoint=self.durward.url)
        client.base_client.build_request_id = lambda: mine
        self.assertRegex(
            client.list_regions().request_id, rf"^{mine}/[0-9A-F]{{32}}/[0-9A-F]{{32}}$"
        )

    def test_a_retry_token_gives_the_same_answer_and_does_nothing_twice(self):
        token = "the-same-token"
        first = self.client.create_user(self.details("once"), opc_retry_token=token)
        again = self.client.create_user(self.details("once"), opc_retry_token=token)
        self.assertEqual(first.data, again.data)
        named = self.client.list_users(self.durward.tenancy_id, name="once").data
        self.assertEqual(len(named), 1)

        id = first.data.id
        first = self.client.create_or_reset_ui_password(id, opc_retry_token="reset").data
        again = self.client.create_or_reset_ui_password(id, opc_retry_token="reset").data
        other = self.client.create_or_reset_ui_password(id).data
        self.assertEqual(first, again)
        self.assertNotEqual(first.password, other.password)

    def test_a_retry_token_for_another_request_is_refused(self):
        self.client.create_user(self.details("taken"), opc_retry_token="mine")
        error = self.refused(
            self.client.create_user, self.details("another"), opc_retry_token="mine"
        )
        self.assertEqual((error.status, error.code), (409, "InvalidatedRetryToken"))

    def test_lists_are_paged(self):
        made = {self.user(f"page-{number}").name for number in range(5)}
        first = self.client.list_users(self.durward.tenancy_id, limit=2)
        self.assertEqual(len(first.data), 2)
        self.assertTrue(first.has_next_page)
        self.assertTrue(first.next_page.startswith("page."), "never like an option")
        second = self.client.list_users(self.durward.tenancy_id, limit=2, page=first.next_page)
        self.assertFalse({user.id for user in first.data} & {user.id for user in second.data})
        every = oci.pagination.list_call_get_all_results(
            self.client.list_users, self.durward.tenancy_id, limit=2
        ).data
        self.assertLessEqual(made, {user.name for user in every})
        self.assertEqual(len(every), len({user.id for user in every}))
        some = oci.pagination.list_call_get_up_to_limit(
            self.client.list_users, 3, 2, self.durward.tenancy_id
        ).data
        self.assertEqual(len(some), 3)

    def test_composite_operations_wait_for_a_state(self):
        composite = IdentityClientCompositeOperations(self.client)
        user = composite.create_user_and_wait_for_state(
            self.details("waited"), wait_for_states=["ACTIVE"]
        ).data
        self.assertEqual(user.lifecycle_state, "ACTIVE")
        composite.update_user_and_wait_for_state(
            user.id, models.UpdateUserDetails(description="new"), wait_for_states=["ACTIVE"]
        )
        self.assertEqual(self.client.get_user(user.id).data.description, "new")
        quick = {"max_interval_seconds": 1, "succeed_on_not_found": True}
        composite.delete_user_and_wait_for_state(
            user.id, wait_for_states=["DELETED"], waiter_kwargs=quick
        )
        with self.assertRaises((CompositeOperationError, ServiceError)):
            composite.update_user_and_wait_for_state(
                user.id, models.UpdateUserDetails(description="x"), wait_for_states=["ACTIVE"]
            )

    def test_a_group_its_members_and_a_policy(self):
        tenancy = self.durward.tenancy_id
        group = self.client.create_group(
            models.CreateGroupDetails(compartment_id=tenancy, name="Auditors", description="d")
        ).data
        user = self.user("member")
        membership = self.client.add_user_to_group(
            models.AddUserToGroupDetails(user_id=user.id, group_id=group.id)
        ).data
        self.assertEqual(self.client.get_user_group_membership(membership.id).data, membership)
        [listed] = self.client.list_user_group_memberships(tenancy, group_id=group.id).data
        self.assertEqual(listed.id, membership.id)
        error = self.refused(self.client.list_user_group_memberships, tenancy)
        self.assertEqual(error.status, 400)
        policy = self.client.create_policy(
            models.CreatePolicyDetails(
                compartment_id=tenancy,
                name="audit",
                description="d",
                statements=["Allow group Auditors to inspect users in tenancy"],
            )
        )
        updated = self.client.update_policy(
            policy.data.id,
            models.UpdatePolicyDetails(description="new"),
            if_match=policy.headers["etag"],
        ).data
        self.assertEqual(updated.statements, policy.data.statements)
        self.assertEqual(self.client.delete_policy(policy.data.id).status, 204)
        self.assertEqual(self.client.remove_user_from_group(membership.id).status, 204)
        self.assertEqual(self.client.delete_group(group.id).status, 204)

    def test_policies_decide_what_a_user_may_do(self):
        tenancy = self.durward.tenancy_id
        user = self.user("helper")
        private, public = keys()
        key = self.client.upload_api_key(user.id, models.CreateApiKeyDetails(key=public)).data
        config = self.config | {
            "user": user.id,
            "fingerprint": key.fingerprint,
            "key_file": None,
            "key_content": private,
        }
        helper = IdentityClient(config, service_endpoint=self.durward.url)
        target = self.user("target")
        for call in (
            lambda: helper.get_user(target.id),
            lambda: helper.create_or_reset_ui_password(target.id),
            lambda: helper.create_user(self.details("forbidden")),
        ):
            error = self.refused(call)
            self.assertEqual((error.status, error.code), (404, "NotAuthorizedOrNotFound"))
        own = helper.create_or_reset_ui_password(user.id).data
        self.assertEqual(len(own.password), 20)

        group = self.client.create_group(
            models.CreateGroupDetails(compartment_id=tenancy, name="HelpDesk", description="d")
        ).data
        self.client.add_user_to_group(
            models.AddUserToGroupDetails(user_id=user.id, group_id=group.id)
        )
        self.client.create_policy(
            models.CreatePolicyDetails(
                compartment_id=tenancy,
                name="help",
                description="d",
                statements=["Allow group HelpDesk to manage users in tenancy"],
            )
        )
        self.assertEqual(helper.get_user(target.id).data.name, "target")
        self.assertEqual(len(helper.create_or_reset_ui_password(target.id).data.password), 20)
        self.client.delete_api_key(user.id, key.fingerprint)
        error = self.refused(helper.get_user, target.id)
        self.assertEqual((error.status, error.code), (401, "NotAuthenticated"))

    def test_conditions_of_policies_look_at_who_asks_and_what_for(self):
        tenancy = self.durward.tenancy_id
        users = [self.user("guarded"), self.user("other")]
        named = {"compartment_id": tenancy, "description": "d"}
        clients = []
        for user in users:
            private, public = keys()
            key = self.client.upload_api_key(user.id, models.CreateApiKeyDetails(key=public)).data
            config = self.config | {"user": user.id, "fingerprint": key.fingerprint,
                                    "key_file": None, "key_content": private}
            clients.append(IdentityClient(config, service_endpoint=self.durward.url))
        statement = (f"Allow any-user to manage groups in tenancy where all {{request.user.id = "
                     f"'{users[0].id}', request.permission != /*_DELETE/}}")
        self.client.create_policy(models.CreatePolicyDetails(
            name="guarded", statements=[statement], **named))
        details = models.CreateGroupDetails(name="Kept", **named)
        group = clients[0].create_group(details).data
        error = self.refused(clients[0].delete_group, group.id)
        self.assertEqual((error.status, error.code), (404, "NotAuthorizedOrNotFound"))
        self.assertEqual(clients[0].get_group(group.id).data, group)
        self.assertEqual(self.refused(clients[1].get_group, group.id).status, 404)
        self.client.delete_group(group.id)

    def test_credentials_for_other_services(self):
        user = self.user("robot").id
        kinds = (
            ("auth_token", "AuthToken", "description", "token"),
            ("swift_password", "SwiftPassword", "description", "password"),
            ("customer_secret_key", "CustomerSecretKey", "display_name", "key"),
            ("smtp_credential", "SmtpCredential", "description", "password"),
        )
        for name, model, words, secret in kinds:
            def call(verb, *of, name=name):
                plural = "s" if verb == "list" else ""
                return getattr(self.client, f"{verb}_{name}{plural}")(*of)

            def details(verb, text, model=model, words=words):
                return getattr(models, f"{verb}{model}Details")(**{words: text})

            made = call("create", details("Create", "first"), user).data
            self.assertIn(len(getattr(made, secret)), (20, 44))
            self.assertEqual((made.user_id, made.lifecycle_state), (user, "ACTIVE"))
            [listed] = call("list", user).data
            self.assertEqual((listed.id, listed.time_created), (made.id, made.time_created))
            self.assertIsNone(getattr(listed, secret, None))
            changed = call("update", user, made.id, details("Update", "second"))
            self.assertEqual(getattr(changed.data, words), "second")
            self.assertEqual(len(changed.headers["etag"]), 40)
            self.assertEqual(call("delete", user, made.id).status, 204)
            self.assertEqual(call("list", user).data, [])

    def test_what_is_refused_says_why_in_the_fields_of_the_sdk(self):
        error = self.refused(self.client.get_user, self.durward.admin_id[:-8] + "aaaaaaaa")
        self.assertEqual(error.status, 404)
        self.assertEqual(error.code, "NotAuthorizedOrNotFound")
        self.assertEqual(
            error.message, "Authorization failed or requested resource not found"
        )
        self.assertRegex(error.request_id, r"^[0-9A-F]{32}/[0-9A-F]{32}/[0-9A-F]{32}$")
        self.assertEqual(error.headers["content-type"], "application/json")
        self.assertEqual(error.target_service, "identity")

        self.user("unique")
        error = self.refused(self.client.create_user, self.details("unique"))
        self.assertEqual((error.status, error.code), (409, "UserAlreadyExists"))
        error = self.refused(self.client.create_user, self.details("no spaces"))
        self.assertEqual((error.status, error.code), (400, "InvalidParameter"))
        error = self.refused(
            self.client.delete_user, self.user("kept").id, if_match="0" * 40
        )
        self.assertEqual((error.status, error.code), (412, "NoEtagMatch"))
        call = self.client.base_client.call_api
        error = self.refused(call, resource_path="/nothingOfTheKind", method="GET")
        self.assertEqual((error.status, error.code), (404, "NotFound"))

    def test_dynamic_groups_network_sources_and_places(self):
        tenancy = self.durward.tenancy_id
        rule = "ANY {instance.compartment.id = 'ocid1.compartment.oc1..a'}"
        named = {"compartment_id": tenancy, "description": "d"}
        details = models.CreateDynamicGroupDetails(name="machines", matching_rule=rule, **named)
        group = self.client.create_dynamic_group(details).data
        self.assertEqual((group.matching_rule, group.lifecycle_state), (rule, "ACTIVE"))
        self.assertEqual(self.client.list_dynamic_groups(tenancy).data, [group])
        details = models.UpdateDynamicGroupDetails(matching_rule="tag.ops.role.value")
        changed = self.client.update_dynamic_group(group.id, details).data
        self.assertEqual((changed.matching_rule, changed.description),
                         ("tag.ops.role.value", "d"))
        self.client.delete_dynamic_group(group.id)

        virtual = models.NetworkSourcesVirtualSourceList(vcn_id="ocid1.vcn.oc1.iad.a",
                                                         ip_ranges=["10.0.0.0/16"])
        details = models.CreateNetworkSourceDetails(
            name="office", public_source_list=["203.0.113.0/24"], virtual_source_list=[virtual],
            **named,
        )
        source = self.client.create_network_source(details).data
        self.assertEqual(source.virtual_source_list, [virtual])
        [listed] = self.client.list_network_sources(tenancy).data
        self.assertIsInstance(listed, models.NetworkSourcesSummary)
        self.assertEqual((listed.id, listed.public_source_list), (source.id, ["203.0.113.0/24"]))
        policy = models.UpdateAuthenticationPolicyDetails(
            network_policy=models.NetworkPolicy(network_source_ids=[source.id])
        )
        self.client.update_authentication_policy(tenancy, policy)
        error = self.refused(self.client.delete_network_source, source.id)
        self.assertEqual((error.status, error.code), (409, "Conflict"))
        policy.network_policy.network_source_ids = []
        self.client.update_authentication_policy(tenancy, policy)
        self.client.delete_network_source(source.id)

        [domain, *_] = self.client.list_availability_domains(tenancy).data
        names = [part.name for part in self.client.list_fault_domains(tenancy, domain.name).data]
        self.assertEqual(names, [f"FAULT-DOMAIN-{number}" for number in (1, 2, 3)])
        details = models.CreateRegionSubscriptionDetails(region_key="PHX")
        made = self.client.create_region_subscription(details, tenancy).data
        self.assertEqual((made.region_name, made.is_home_region), ("us-phoenix-1", False))
        self.assertIn(made, self.client.list_region_subscriptions(tenancy).data)

    def test_group_mappings(self):
        tenancy = self.durward.tenancy_id
        named = {"compartment_id": tenancy, "description": "d"}
        group = self.client.create_group(models.CreateGroupDetails(name="staff", **named)).data
        provider = self.client.create_identity_provider(models.CreateSaml2IdentityProviderDetails(
            name="Corp", product_type="IDCS", metadata=metadata(),
            metadata_url="https://idp.example.com/metadata", **named,
        )).data
        self.assertIsInstance(provider, models.Saml2IdentityProvider)
        details = models.CreateIdpGroupMappingDetails(idp_group_name="All", group_id=group.id)
        made = self.client.create_idp_group_mapping(details, provider.id).data
        one = (provider.id, made.id)
        self.assertEqual(self.client.get_idp_group_mapping(*one).data, made)
        self.assertEqual(self.client.list_idp_group_mappings(provider.id).data, [made])
        details = models.UpdateIdpGroupMappingDetails(idp_group_name="Some")
        changed = self.client.update_idp_group_mapping(*one, details).data
        self.assertEqual((changed.idp_group_name, changed.group_id), ("Some", group.id))
        error = self.refused(self.client.delete_identity_provider, provider.id)
        self.assertEqual((error.status, error.code), (409, "Conflict"))
        self.client.delete_idp_group_mapping(*one)
        self.assertEqual(self.client.list_idp_group_mappings(provider.id).data, [])
        self.client.delete_identity_provider(provider.id)

    def test_fields_that_the_sdk_leaves_out_stay_as_they_are(self):
        user = self.client.create_user(self.details("partial", email="p@example.com")).data
        changed = self.client.update_user(
            user.id, models.UpdateUserDetails(freeform_tags={"k": "v"})
        ).data
        self.assertEqual((changed.email, changed.description), ("p@example.com", "d"))
        changed = self.client.update_user_capabilities(
            user.id, models.UpdateUserCapabilitiesDetails(can_use_db_credentials=False)
        ).data
        self.assertIs(changed.capabilities.can_use_db_credentials, False)
        self.assertIs(changed.capabilities.can_use_api_keys, True)

    def test_the_password_rules_are_read_and_changed(self):
        tenancy = self.durward.tenancy_id
        before = self.client.get_authentication_policy(tenancy)
        self.assertEqual(before.data.password_policy.minimum_password_length, 12)
        changed = self.client.update_authentication_policy(
            tenancy,
            models.UpdateAuthenticationPolicyDetails(
                password_policy=models.PasswordPolicy(minimum_password_length=20)
            ),
            if_match=before.headers["etag"],
        ).data.password_policy
        self.assertEqual(changed.minimum_password_length, 20)
        self.assertIs(changed.is_numeric_characters_required, True)

    def test_tenancy_compartments_and_regions(self):
        tenancy = self.durward.tenancy_id
        self.assertEqual(self.client.get_tenancy(tenancy).data.home_region_key, "IAD")
        self.assertEqual(self.client.get_compartment(tenancy).data.id, tenancy)
        self.assertEqual(self.client.list_compartments(tenancy).data, [])
        self.assertTrue(self.client.list_regions().data)
        [home, *_] = self.client.list_region_subscriptions(tenancy).data
        self.assertEqual((home.region_name, home.status), ("us-ashburn-1", "READY"))
        self.assertTrue(self.client.list_availability_domains(tenancy).data)


if __name__ == "__main__":
    unittest.main()
