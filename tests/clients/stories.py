"""Stories that both command lines tell: commands that change something of `name`'s own. Each is
sent the answer to the last command before it gives the next.
"""

import base64
import datetime
import functools
import json

import totp
from scene import keys

SOON = ["--wait-for-state", "SUCCEEDED", "--wait-interval-seconds", "1"]
ACTIVE = ["--wait-for-state", "ACTIVE", "--wait-interval-seconds", "1"]
TAGS = ["--freeform-tags", '{"team": "red"}', "--force"]
# A tenancy subscribes to a region once: another for each of the two.
REGIONS = {"grace": ("PHX", "us-phoenix-1"), "annie": ("FRA", "eu-frankfurt-1")}


def id_of(made):
    """The OCID of what was made."""
    return made["data"]["id"]


@functools.cache
def metadata():
    """What an identity provider publishes about itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.example.com")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now,
                                   now + datetime.timedelta(1)).sign(key, hashes.SHA256())
    certificate = base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()
    saml = "urn:oasis:names:tc:SAML:2.0"
    return (
        f'<EntityDescriptor xmlns="{saml}:metadata" entityID="https://idp">'
        f'<IDPSSODescriptor protocolSupportEnumeration="{saml}:protocol">'
        '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#">'
        f"<X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>"
        f'</KeyDescriptor><SingleSignOnService Binding="{saml}:bindings:HTTP-Redirect" '
        'Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>'
    )


# Credentials for other services: their commands, the option that names one, and the one that
# describes it.
CREDENTIALS = (
    (["auth-token"], "--auth-token-id", "--description"),
    (["user", "swift-password"], "--swift-password-id", "--description"),
    (["customer-secret-key"], "--customer-secret-key-id", "--display-name"),
    (["smtp-credential"], "--smtp-credential-id", "--description"),
)


def users(scene, name):
    """A user, their keys and credentials, groups, policies, and what else is whole at once."""
    made = yield ["user", "create", "--name", name, "--description", "d", "--email", f"{name}@x.y"]
    user = made["data"]["id"]
    of_user = ["--user-id", user]
    yield ["user", "update", *of_user, "--description", "", *TAGS]
    yield ["user", "update", *of_user, "--email", f"{name}@z.y", "--wait-for-state", "ACTIVE",
           "--wait-interval-seconds", "1"]
    yield ["user", "update-user-capabilities", *of_user, "--can-use-api-keys", "false"]
    yield ["user", "update-user-capabilities", *of_user, "--can-use-api-keys", "true"]
    yield ["user", "update-user-state", *of_user, "--blocked", "false"]
    yield ["user", "ui-password", "create-or-reset", *of_user]
    yield ["ui-password-information", "get-user", *of_user]
    _, public = keys()
    made = yield ["user", "api-key", "upload", *of_user, "--key", public]
    yield ["user", "api-key", "list", *of_user]
    yield ["user", "api-key", "delete", *of_user, "--fingerprint", made["data"]["fingerprint"],
           "--force"]
    for group, option, words in CREDENTIALS:
        described = [words, "for a robot"]
        made = yield [*group, "create", *of_user, *described]
        yield [*group, "create", *of_user, *described]
        yield [*group, "create", *of_user, *described]
        yield [*group, "list", *of_user]
        yield [*group, "list", *of_user, "--all"]
        one = [*of_user, option, made["data"]["id"]]
        yield [*group, "update", *one, words, "for nobody"]
        yield [*group, "update", *one, words, "x" * 401]
        yield [*group, "update", *one, words, "late", "--if-match", "stale"]
        yield [*group, "delete", *one, "--force"]
        yield [*group, "delete", *one, "--force"]
    made = yield ["group", "create", "--name", f"of-{name}", "--description", "d"]
    of_group = ["--group-id", made["data"]["id"]]
    yield ["group", "update", *of_group, "--description", "other", *TAGS]
    yield ["group", "add-user", *of_user, *of_group]
    yield ["group", "add-user", *of_user, *of_group]
    yield ["group", "list-users", *of_group]
    yield ["group", "delete", *of_group, "--force"]
    yield ["group", "remove-user", *of_user, *of_group, "--force"]
    yield ["group", "remove-user", *of_user, *of_group, "--force"]
    made = yield ["policy", "create", "--compartment-id", scene.tenancy, "--name", f"of-{name}",
                  "--description", "d", "--statements",
                  '["Allow group Auditors to inspect users in tenancy"]']
    of_policy = ["--policy-id", made["data"]["id"]]
    yield ["policy", "update", *of_policy, "--description", "other"]
    yield ["policy", "update", *of_policy, "--statements", "[]", "--version-date", "", "--force"]
    yield ["policy", "update", *of_policy, "--statements", '["nonsense"]', "--version-date", "",
           "--force"]
    yield ["policy", "delete", *of_policy, "--force"]
    yield ["group", "delete", *of_group, "--force", "--wait-for-state", "DELETED",
           "--wait-interval-seconds", "1"]
    yield ["authentication-policy", "update", "--compartment-id", scene.tenancy, "--force",
           "--password-policy", '{"minimumPasswordLength": 14}']
    made = yield ["dynamic-group", "create", "--name", f"dg-{name}", "--description", "d",
                  "--matching-rule", "instance.id = 'x'"]
    of_machines = ["--dynamic-group-id", made["data"]["id"]]
    yield ["dynamic-group", "update", *of_machines, "--matching-rule", "ANY {", *TAGS]
    yield ["dynamic-group", "update", *of_machines, "--description", "other", *TAGS]
    yield ["dynamic-group", "delete", *of_machines, "--force", "--wait-for-state", "DELETED",
           "--wait-interval-seconds", "1"]
    made = yield ["network-sources", "create", "--compartment-id", scene.tenancy, "--name",
                  f"ns-{name}", "--description", "d", "--public-source-list", '["192.0.2.1"]',
                  "--services", '["all"]']
    of_source = ["--network-source-id", made["data"]["id"]]
    yield ["network-sources", "update", *of_source, "--public-source-list", "[]", *TAGS]
    yield ["network-sources", "delete", *of_source, "--force"]
    yield ["network-sources", "delete", *of_source, "--force"]
    yield ["user", "delete", *of_user, "--force"]
    yield ["user", "delete", *of_user, "--force"]


def compartments(scene, name):
    """A tree that is made, moved and deleted, and the work requests of it."""
    def create(parent, called, *more):
        return ["compartment", "create", "--compartment-id", parent, "--name", called,
                "--description", "d", *more]

    top = id_of((yield create(scene.tenancy, f"top-{name}", *ACTIVE)))
    other = id_of((yield create(scene.tenancy, f"other-{name}", "--freeform-tags", '{"a": "b"}')))
    inner = id_of((yield create(top, "inner")))
    yield create(top, "inner")
    yield create(top, "no/name")
    here = ["--compartment-id", inner]
    yield ["compartment", "update", *here, "--description", "other", *TAGS]
    yield ["compartment", "update", *here, "--name", "box", *ACTIVE]
    yield ["compartment", "get", *here]
    yield ["compartment", "list", "--compartment-id", top, "--all"]
    yield ["compartment", "list", "--compartment-id", top, "--name", "box", "--output", "table"]
    yield ["compartment", "recover", *here]
    kinds = ["bulk-action-resource-type-collection", "list", "--bulk-action-type"]
    yield [*kinds, "BULK_MOVE_RESOURCES"]
    yield [*kinds, "BULK_DELETE_RESOURCES", "--all"]
    move = ["compartment", "move", *here, "--target-compartment-id"]
    yield [*move, inner]
    made = yield [*move, other, *SOON]
    yield ["work-request", "get", "--work-request-id", id_of(made)]
    yield ["work-request", "get", "--work-request-id", inner]
    yield ["work-request", "list", "--compartment-id", top]
    yield ["work-request", "list", "--compartment-id", top, "--all", "--resource-identifier", inner]
    resources = json.dumps([{"identifier": inner, "entityType": "Compartment"}])
    bulk = ["--compartment-id", other, "--resources", resources]
    yield ["compartment", "bulk-move-resources", *bulk, "--target-compartment-id", top, *SOON]
    delete = ["compartment", "delete", "--force", "--compartment-id"]
    yield [*delete, top, "--wait-for-state", "FAILED", "--wait-interval-seconds", "1"]
    yield [*delete, other, "--if-match", "stale"]
    bulk = ["--compartment-id", top, "--resources", resources]
    yield ["compartment", "bulk-delete-resources", *bulk, *SOON]
    yield [*delete, other, *SOON]
    yield ["compartment", "get", "--compartment-id", other]
    yield ["compartment", "recover", "--compartment-id", other, *ACTIVE]
    yield [*delete, top]


def tags(scene, name):
    """Namespaces, tags and defaults, from beginning to end."""
    place = ["--compartment-id", scene.tenancy]
    described = ["--description", "d"]
    create = ["tag-namespace", "create", *place, *described, "--name", f"Space-{name}"]
    space = ["--tag-namespace-id", id_of((yield [*create, *ACTIVE]))]
    yield create
    values = ["--validator", '{"validatorType": "ENUM", "values": ["red", "blue"]}']
    create = ["tag", "create", *space, *described, "--name", "Team"]
    tag = id_of((yield [*create, *values, "--is-cost-tracking", "true", *ACTIVE]))
    yield create
    one = [*space, "--tag-name", "Team"]
    yield ["tag", "get", *one]
    yield ["tag", "update", *one, "--description", "new", *TAGS]
    yield ["tag", "update", *one, "--validator", '{"validatorType": "DEFAULT"}', "--force"]
    yield ["tag", "retire", *one]
    yield ["tag", "list", *space, "--all"]
    yield ["tag", "reactivate", *one]
    box = id_of((yield ["compartment", "create", *place, "--name", f"tags-{name}", *described]))
    inside = ["--compartment-id", box]
    default = ["tag-default", "create", *inside, "--tag-definition-id", tag, "--value"]
    made = yield [*default, "red", "--is-required", "false", *ACTIVE]
    yield [*default, "red"]
    that = ["--tag-default-id", id_of(made)]
    yield ["tag-default", "get", *that]
    yield ["tag-default", "list", *inside]
    yield ["tag-default", "assemble-effective-tag-set", *inside]
    yield ["tag-default", "update", *that, "--value", "blue", "--if-match", "stale"]
    yield ["tag-default", "update", *that, "--value", "blue"]
    yield ["tag-default", "add", *that, "--type", "DELETE", "--message", "wait"]
    yield ["tag-default", "delete", *that, "--force"]
    yield ["tag-default", "remove", *that, "--type", "DELETE"]
    yield ["tag-default", "delete", *that, "--force"]
    yield ["tag-namespace", "add", *space, "--type", "FULL"]
    yield ["tag-namespace", "update", *space, "--description", "new"]
    yield ["tag-namespace", "remove", *space, "--type", "FULL"]
    yield ["tag-namespace", "update", *space, "--description", "new", *TAGS]
    yield ["tag-namespace", "retire", *space]
    yield ["tag-namespace", "delete", *space, "--force"]
    yield ["tag-namespace", "reactivate", *space]
    yield ["tag-namespace", "change-compartment", *space, *inside]
    yield ["tag-namespace", "list", *inside, "--all"]
    made = yield ["tag-namespace", "create", *place, *described, "--name", f"Empty-{name}"]
    empty = ["--tag-namespace-id", id_of(made)]
    yield ["tag-namespace", "retire", *empty]
    yield ["tag-namespace", "delete", *empty, "--force", "--wait-for-state", "DELETED",
           "--wait-interval-seconds", "1"]


def tags_later(scene, name):
    """What goes on with tags after the answer."""
    made = yield ["compartment", "create", "--compartment-id", scene.tenancy, "--name",
                  f"later-{name}", "--description", "d"]
    place = ["--compartment-id", id_of(made)]
    yield ["tag", "import-standard-tags", "--compartment-id", scene.tenancy,
           "--standard-tag-namespace-name", "Oracle-Standard", *SOON]
    made = yield ["tag-namespace", "create", *place, "--name", f"Later-{name}", "--description",
                  "d"]
    space = ["--tag-namespace-id", id_of(made)]
    ids = []
    for key in ("One", "Two", "Three"):
        made = yield ["tag", "create", *space, "--name", key, "--description", "d"]
        ids.append(id_of(made))
    made = yield ["user", "create", "--name", f"later-{name}", "--description", "d"]
    resources = json.dumps([{"id": id_of(made), "resourceType": "User"}])
    edit = ["tag", "bulk-edit", *place, "--resources", resources, "--bulk-edit-operations"]
    edits = [{"operationType": "ADD_OR_SET", "definedTags": {f"Later-{name}": {"One": "1"}}}]
    made = yield [*edit, json.dumps(edits), *SOON]
    yield [*edit, json.dumps([{"operationType": "FROBNICATE"}])]
    work = ["--work-request-id", id_of(made)]
    yield ["tagging-work-request", "get", *work]
    yield ["tagging-work-request", "list", *place]
    yield ["tagging-work-request-log", "list", *work]
    yield ["tagging-work-request-error", "list", *work]
    yield ["tag-namespace", "retire", *space]
    one = [*space, "--tag-name", "One"]
    yield ["tag", "delete", *one, "--force", *SOON]
    yield ["tag", "bulk-delete", "--tag-definition-ids", json.dumps(ids[1:2]), *SOON]
    yield ["tag-namespace", "cascade-delete", *space, *SOON]
    yield ["tag-namespace", "get", *space]


def credentials(scene, name):
    """Credentials that are not told of elsewhere."""
    made = yield ["user", "create", "--name", f"with-{name}", "--description", "d"]
    user = ["--user-id", id_of(made)]
    scopes = ["--scopes", '[{"audience": "shop", "scope": "read"}]']
    group = ["user", "oauth2-credential"]
    create = [*group, "create", *user, "--name", "n", "--description", "d"]
    made = yield [*create, *scopes]
    yield [*create, "--scopes", "[]"]
    yield [*group, "list", *user]
    yield [*group, "list", *user, "--all", "--output", "table"]
    one = [*user, "--oauth2-client-credential-id", id_of(made)]
    update = [*group, "update", *one, "--description", "e", *scopes]
    yield [*update, "--is-reset-password", "true", "--force"]
    yield [*update, "--if-match", "stale", "--force"]
    yield [*group, "delete", *one, "--force"]
    yield [*group, "delete", *one, "--force"]

    device = "mfa-totp-device"
    made = yield [device, "create", *user]
    yield [device, "create", *user]
    yield [device, "list", *user]
    one = [*user, "--mfa-totp-device-id", id_of(made)]
    yield [device, "get", *one]
    made = yield [device, "generate-totp-seed", *one]
    yield [device, "activate", *one, "--totp-token", "12345"]
    yield [device, "activate", *one, "--totp-token", totp.code(made["data"]["seed"])]
    yield [device, "get", *one]
    yield [device, "delete", *one, "--force"]
    yield [device, "get", *one]

    create = ["user", "create-db-credential", *user, "--description", "sales", "--password"]
    yield [*create, "short"]
    made = yield [*create, "For-my-2-databases"]
    yield ["user", "list-db-credentials", *user, "--all"]
    delete = ["user", "delete-db-credential", *user, "--db-credential-id", id_of(made), "--force"]
    yield delete
    yield delete


def places(scene, name):
    """Regions."""
    key, _ = REGIONS[name]
    create = ["region-subscription", "create", "--tenancy-id", scene.tenancy, "--region-key"]
    yield [*create, key]
    yield [*create, key]
    yield [*create, "ZZZ"]


def federation(scene, name):
    """Identity providers. The official command line has no options for what one of them needs, so
    it is made with the SDK."""
    from oci.identity import models

    place = ["--compartment-id", scene.tenancy, "--protocol", "SAML2"]
    create = ["identity-provider", "create", *place, "--description", "d", "--product-type"]
    yield [*create, "IDCS", "--name", f"idp-{name}"]
    yield [*create, "ADFS", "--name", f"idp-{name}", "--protocol", "ADFS"]
    details = models.CreateSaml2IdentityProviderDetails(
        compartment_id=scene.tenancy, name=f"idp-{name}", description="d", product_type="IDCS",
        metadata_url="https://idp.example.com/metadata", metadata=metadata(),
    )
    one = ["--identity-provider-id", scene.sdk.create_identity_provider(details).data.id]
    yield ["identity-provider", "get", *one]
    yield ["identity-provider", "list", *place, "--name", f"idp-{name}"]
    yield ["identity-provider", "list", *place, "--all", "--name", f"idp-{name}", "--output",
           "table"]
    yield ["identity-provider", "list", "--compartment-id", scene.tenancy, "--protocol", "ADFS"]
    update = ["identity-provider", "update", *one, "--protocol", "SAML2", "--description"]
    yield [*update, "other", *TAGS]
    yield [*update, "late", "--if-match", "stale"]
    yield ["identity-provider-group", "list", *one, "--all"]
    yield ["scim-client-credentials", "reset-idp-scim-client", *one]
    yield ["identity-provider", "delete", *one, "--force", "--if-match", "stale"]
    yield ["identity-provider", "delete", *one, "--force", "--wait-for-state", "DELETED",
           "--wait-interval-seconds", "1"]
    yield ["identity-provider", "get", *one]


def domains(scene, name):
    """A domain from beginning to end. It stands in a compartment of its own, so that lists show
    nobody else's."""
    made = yield ["compartment", "create", "--compartment-id", scene.tenancy, "--name",
                  f"place-{name}", "--description", "d"]
    place = ["--compartment-id", id_of(made)]
    yield ["domain", "list-license-types"]
    yield ["domain", "list-license-types", "--current-license-type-name", "free"]
    create = ["domain", "create", *place, "--display-name", f"domain-{name}", "--description", "d",
              "--home-region", "us-ashburn-1", "--license-type"]
    made = yield [*create, "free", "--admin-user-name", "ann", "--admin-email", "ann@example.com",
                  "--admin-first-name", "Ann", "--admin-last-name", "Bee", *SOON]
    work = ["--iam-work-request-id", id_of(made)]
    yield ["iam-work-request", "get", *work]
    yield ["iam-work-request", "list", *place]
    yield ["iam-work-request", "list-iam-work-request-errors", *work]
    yield ["iam-work-request-log", "list", *work, "--all"]
    yield ["iam-work-request", "get", "--iam-work-request-id", scene.tenancy]
    yield [*create, "free"]
    made = yield ["domain", "list", *place, "--name", f"domain-{name}"]
    one = ["--domain-id", made["data"][0]["id"]]
    yield ["domain", "get", *one]
    yield ["domain", "update", *one, "--description", "other", *TAGS, *SOON]
    yield ["domain", "update", *one, "--is-hidden-on-login", "true", "--if-match", "stale"]
    yield ["domain", "change-domain-license-type", *one, "--license-type", "premium", *SOON]
    yield ["domain", "change-domain-license-type", *one, "--license-type", "nonsense"]
    yield ["domain", "enable-replication-to-region", *one, "--replica-region", "us-phoenix-1",
           *SOON]
    yield ["domain", "get", *one]
    yield ["domain", "change-compartment", *one, "--compartment-id", scene.tenancy, *SOON]
    yield ["domain", "delete", *one, "--force"]
    yield ["domain", "deactivate", *one, *SOON]
    yield ["domain", "activate", *one, *SOON]
    yield ["domain", "deactivate", *one, *SOON]
    yield ["domain", "delete", *one, "--force", *SOON]
    yield ["domain", "get", *one]
