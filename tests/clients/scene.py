"""A tenancy with something of everything in it, made once for the tests that only read."""

import json


def keys():
    """A new RSA key pair in PEM: the private and the public half."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


class Scene:
    """Who and what is there; the names of the attributes tell which is which."""

    def __init__(self, durward):
        def make(*words):
            return durward.ours("iam", *words).data["id"]

        self.tenancy = durward.tenancy_id
        self.admin = durward.admin_id
        self.users = [
            make("user", "create", "--name", name, "--description", text, *more)
            for name, text, *more in (
                ("ada", "Ada, who counts", "--email", "ada@example.com"),
                ("bo", "Bo “quotes” & <angles> — ünïcode 漢字 🙂"),
                ("cy", "", "--freeform-tags", json.dumps({"team": "red", "Ärger": "ja", "a": ""})),
                ("dee", "back\\slash, tab\tand \"quote\""),
            )
        ]
        self.ada, self.bo, self.cy, self.dee = self.users
        self.group = make("group", "create", "--name", "Auditors", "--description", "Who look")
        self.empty_group = make("group", "create", "--name", "Nobody", "--description", "Empty")
        for user in (self.ada, self.bo):
            make("group", "add-user", "--user-id", user, "--group-id", self.group)
        statements = ["Allow group Auditors to inspect users in tenancy",
                      "allow  group Auditors to read groups in tenancy"]
        self.policy = make(
            "policy", "create", "--compartment-id", self.tenancy, "--name", "audit",
            "--description", "What auditors may do", "--statements", json.dumps(statements),
        )
        place = ("--compartment-id", self.tenancy)
        self.namespace = make("tag-namespace", "create", *place, "--name", "Ops", "--description",
                              "What we tag")
        values = json.dumps({"validatorType": "ENUM", "values": ["red", "blue"]})
        self.tag = make("tag", "create", "--tag-namespace-id", self.namespace, "--name", "Team",
                        "--description", "Whose", "--validator", values, "--is-cost-tracking",
                        "true")
        self.tag_default = make("tag-default", "create", *place, "--tag-definition-id", self.tag,
                                "--value", "red")
        self.dynamic_group = make("dynamic-group", "create", "--name", "Machines", "--description",
                                  "In the shop", "--matching-rule", "tag.Ops.Team.value = 'red'")
        self.network_source = make("network-sources", "create", *place, "--name", "Office",
                                   "--description", "", "--public-source-list",
                                   '["203.0.113.0/24"]')
        domains = durward.ours("iam", "availability-domain", "list").data
        self.availability_domain = domains[0]["name"]
        _, public = keys()
        upload = ("user", "api-key", "upload", "--user-id", self.ada)
        key = durward.ours("iam", *upload, "--key", public).data
        self.fingerprint = key["fingerprint"]
        durward.ours("iam", "user", "ui-password", "create-or-reset", "--user-id", self.bo)
