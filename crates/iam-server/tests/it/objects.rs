//! One of each thing in a tenancy, and from them a valid request for every operation: what tests
//! that go through the whole table need to know of an operation beyond its row.

use crate::world::{Answer, Caller, World, caller, key};
use iam_api::{Kind, Ocid, Place, Spec};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// One of each thing, by OCID.
pub(crate) struct Objects {
    tenancy: String,
    pub(crate) user: String,
    member: String,
    group: String,
    policy: String,
    /// A compartment in the root, and one in that.
    shelf: String,
    compartment: String,
    /// One in the root that is deleted, and the work request that did it.
    deleted: String,
    work: String,
    membership: String,
    fingerprint: String,
    /// What the user shows, to other services and here, by the names of the paths' segments.
    credentials: Vec<(&'static str, String)>,
    /// In a tenancy without domains, one that does not exist.
    domain: String,
    /// Two more that are in use and that are not, and the work request that made one of them.
    awake: String,
    asleep: String,
    domain_work: String,
    provider: String,
    mapping: String,
    /// One without mappings.
    unmapped: String,
    namespace: String,
    tag: String,
    tag_default: String,
    retired: Retired,
    dynamic_group: String,
    network_source: String,
    /// The name of one that the tenancy has.
    availability_domain: String,
    /// The id of a request that was refused.
    refused: String,
}

/// Retired tag namespaces, by OCID.
struct Retired {
    empty: String,
    /// Two with tags in them, a tag in the first, and what deleted another one there.
    attic: String,
    doomed: String,
    tag: String,
    work: String,
}

impl Retired {
    fn make(world: &World, admin: &Caller) -> Self {
        let make = |name: &str, keys: &[&str]| {
            let body = json!({"compartmentId": admin.tenancy, "name": name, "description": "test"});
            let id = world.post(admin, "/tagNamespaces", &body).ok().id();
            let path = format!("/tagNamespaces/{id}");
            let tag = |key: &&str| {
                let body = json!({"name": key, "description": "test"});
                world.post(admin, &format!("{path}/tags"), &body).ok().id()
            };
            let tags: Vec<String> = keys.iter().map(tag).collect();
            world.put(admin, &path, &json!({"isRetired": true}), &[]).ok();
            (id, tags)
        };
        let ((empty, _), (doomed, _)) = (make("Retired", &[]), make("Doomed", &["Last"]));
        let (attic, tags) = make("Attic", &["Old", "Older", "Oldest"]);
        let answer = world.delete(admin, &format!("/tagNamespaces/{attic}/tags/Oldest"), &[]).ok();
        let work = answer.header("opc-work-request-id").unwrap().to_owned();
        world.work();
        Self { empty, attic, doomed, tag: tags[1].clone(), work }
    }
}

/// The places of a request where a thing is named.
pub(crate) type Places = Vec<(&'static str, Part)>;

/// Where in a request a thing is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Parameter,
    Body,
}

/// A request, not signed yet.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) spec: &'static Spec,
    named: Vec<(&'static str, String)>,
    query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

/// Gives the user one of each kind of credential.
pub(crate) fn credentials(
    world: &World,
    admin: &Caller,
    user: &str,
) -> Vec<(&'static str, String)> {
    let make = |path: &str, field: &str| {
        let body = json!({field: "first"});
        world.post(admin, &format!("/users/{user}/{path}"), &body).ok().id()
    };
    let path = format!("/users/{user}/oauth2ClientCredentials");
    let scopes = json!([{"audience": "shop", "scope": "read"}]);
    let body = json!({"name": "robot", "description": "first", "scopes": scopes});
    let program = world.post(admin, &path, &body).ok().id();
    let body = json!({"password": "For-my-2-databases", "description": "first"});
    let database = world.post(admin, &format!("/users/{user}/dbCredentials"), &body).ok().id();
    let path = format!("/20160918/users/{user}/mfaTotpDevices");
    let device = world.send(admin, "POST", &path, None).ok();
    vec![
        ("totpToken", world.code(&device.text("seed"))),
        ("mfaTotpDeviceId", device.id()),
        ("oauth2ClientCredentialId", program),
        ("dbCredentialId", database),
        ("authTokenId", make("authTokens", "description")),
        ("swiftPasswordId", make("swiftPasswords", "description")),
        ("customerSecretKeyId", make("customerSecretKeys", "displayName")),
        ("smtpCredentialId", make("smtpCredentials", "description")),
    ]
}

/// A domain in that compartment that is in use, and one that is not, by OCID; and the work request
/// that made the second. In a tenancy without domains, what does not exist.
fn domains_in(world: &World, admin: &Caller, compartment: &str) -> [String; 3] {
    let absent = || iam_api::Ocid::new("domain", &[9; 32]).to_string();
    let list = format!("/domains?compartmentId={compartment}");
    let make = |name: &str| {
        let body = json!({"compartmentId": compartment, "displayName": name, "description": "test",
                          "homeRegion": "us-ashburn-1", "licenseType": "free"});
        let made = world.post(admin, "/domains", &body);
        world.work();
        let found = world.get(admin, &format!("{list}&name={name}")).ok().json();
        let id = found[0]["id"].as_str().map_or_else(absent, str::to_owned);
        (id, made.header("opc-work-request-id").map_or_else(absent, str::to_owned))
    };
    let ((awake, _), (asleep, work)) = (make("awake"), make("asleep"));
    let path = format!("/20160918/domains/{asleep}/actions/deactivate");
    world.send(admin, "POST", &path, None);
    world.work();
    [awake, asleep, work]
}

/// The metadata of an identity provider.
pub(crate) fn metadata() -> String {
    let certificate = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(CERTIFICATE.cert.der())
    };
    format!(
        r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp">
        <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
        <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
        <X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
        <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>"#
    )
}

static CERTIFICATE: LazyLock<rcgen::CertifiedKey<rcgen::KeyPair>> = LazyLock::new(|| {
    rcgen::generate_simple_self_signed(vec!["idp.example.com".to_owned()]).unwrap()
});

/// An identity provider of that name, by OCID.
pub(crate) fn provider_in(world: &World, admin: &Caller, name: &str) -> String {
    let body = json!({"compartmentId": admin.tenancy, "name": name, "description": "test",
                      "productType": "ADFS", "protocol": "SAML2", "metadata": metadata(),
                      "metadataUrl": "https://idp.example.com/metadata"});
    world.post(admin, "/identityProviders", &body).ok().id()
}

/// A tag namespace, a tag in it, and a default for another one.
fn tags_in(world: &World, admin: &Caller) -> [String; 3] {
    let body = json!({"compartmentId": admin.tenancy, "name": "Things", "description": "test"});
    let namespace = world.post(admin, "/tagNamespaces", &body).ok().id();
    let body = json!({"name": "Key", "description": "test", "isCostTracking": true});
    let tag = world.post(admin, &format!("/tagNamespaces/{namespace}/tags"), &body).ok().id();
    let body = json!({"name": "Other", "description": "test"});
    let other = world.post(admin, &format!("/tagNamespaces/{namespace}/tags"), &body).ok().id();
    let body = json!({"compartmentId": admin.tenancy, "tagDefinitionId": other, "value": "old"});
    let tag_default = world.post(admin, "/tagDefaults", &body).ok().id();
    [namespace, tag, tag_default]
}

/// The name of an availability domain of the tenancy.
fn availability_domain_of(world: &World, admin: &Caller) -> String {
    let path = format!("/availabilityDomains?compartmentId={}", admin.tenancy);
    let domains = world.get(admin, &path).ok().json();
    domains[0]["name"].as_str().unwrap().to_owned()
}

/// The Default domain, by OCID. In a tenancy without domains, what does not exist.
fn default_domain_of(world: &World, admin: &Caller) -> String {
    let path = format!("/domains?compartmentId={}", admin.tenancy);
    let domains = world.get(admin, &path).ok().json();
    let domain = domains[0]["id"].as_str().map(str::to_owned);
    domain.unwrap_or_else(|| iam_api::Ocid::new("domain", &[9; 32]).to_string())
}

/// The id of a request that is refused to that user, who has the key of that number.
fn refused_to(world: &World, admin: &Caller, user: &str, number: usize) -> String {
    let user = caller(admin.tenancy.clone(), Ocid::from(user), number);
    let answer = world.get(&user, &format!("/tenancies/{}", admin.tenancy));
    answer.header("opc-request-id").unwrap().to_owned()
}

impl Objects {
    /// Makes one of each in the administrator's tenancy; the user has the key of that number.
    pub(crate) fn make(world: &World, admin: &Caller, number: usize) -> Self {
        let details = |name: &str| json!({"compartmentId": admin.tenancy, "name": name, "description": "test"});
        let user = world.post(admin, "/users", &details("victim")).ok().id();
        world.send(admin, "POST", &format!("/20160918/users/{user}/uiPassword"), None).ok();
        let body = json!({"key": key(number).public_key_pem()});
        world.post(admin, &format!("/users/{user}/apiKeys"), &body).ok();
        let refused = refused_to(world, admin, &user, number);
        let group = world.post(admin, "/groups", &details("empty")).ok().id();
        let mut body = details("some-policy");
        body["statements"] = json!(["allow group empty to inspect groups in tenancy"]);
        let policy = world.post(admin, "/policies", &body).ok().id();
        let shelf = world.post(admin, "/compartments", &details("shelf")).ok().id();
        let mut body = details("box");
        body["compartmentId"] = json!(shelf);
        let compartment = world.post(admin, "/compartments", &body).ok().id();
        let deleted = world.post(admin, "/compartments", &details("gone")).ok().id();
        let answer = world.delete(admin, &format!("/compartments/{deleted}"), &[]).ok();
        let work = answer.header("opc-work-request-id").unwrap().to_owned();
        world.work();
        let member = world.post(admin, "/users", &details("member")).ok().id();
        let club = world.post(admin, "/groups", &details("club")).ok().id();
        let body = json!({"userId": member, "groupId": club});
        let membership = world.post(admin, "/userGroupMemberships", &body).ok().id();
        let fingerprint = key(number).fingerprint();
        let tenancy = admin.tenancy.to_string();
        let domain = default_domain_of(world, admin);
        let [awake, asleep, domain_work] = domains_in(world, admin, &shelf);
        let provider = provider_in(world, admin, "Provider");
        let unmapped = provider_in(world, admin, "Unmapped");
        let body = json!({"idpGroupName": "staff", "groupId": club});
        let path = format!("/identityProviders/{provider}/groupMappings");
        let mapping = world.post(admin, &path, &body).ok().id();
        let credentials = credentials(world, admin, &user);
        let [namespace, tag, tag_default] = tags_in(world, admin);
        let retired = Retired::make(world, admin);
        let mut body = details("machines");
        body["matchingRule"] = json!("instance.compartment.id = 'ocid1.compartment.oc1..a'");
        let dynamic_group = world.post(admin, "/dynamicGroups", &body).ok().id();
        let mut body = details("office");
        body["publicSourceList"] = json!(["203.0.113.0/24"]);
        let network_source = world.post(admin, "/networkSources", &body).ok().id();
        let availability_domain = availability_domain_of(world, admin);
        Self {
            tenancy,
            user,
            member,
            group,
            policy,
            shelf,
            compartment,
            deleted,
            work,
            membership,
            fingerprint,
            credentials,
            domain,
            awake,
            asleep,
            domain_work,
            provider,
            mapping,
            unmapped,
            namespace,
            tag,
            tag_default,
            retired,
            dynamic_group,
            network_source,
            availability_domain,
            refused,
        }
    }

    /// What a parameter or field of that name names.
    pub(crate) fn named(&self, name: &str) -> Option<&str> {
        Some(match name {
            "compartmentId" | "tenancyId" | "targetCompartmentId" => &self.tenancy,
            "workRequestId" => &self.work,
            "bulkActionType" => "BULK_DELETE_RESOURCES",
            "userId" => &self.user,
            "groupId" => &self.group,
            "policyId" => &self.policy,
            "userGroupMembershipId" => &self.membership,
            "fingerprint" => &self.fingerprint,
            "domainId" => &self.domain,
            "iamWorkRequestId" => &self.domain_work,
            "identityProviderId" => &self.provider,
            "mappingId" => &self.mapping,
            "protocol" => "SAML2",
            "tagNamespaceId" => &self.namespace,
            "tagName" => "Key",
            "standardTagNamespaceName" => "Oracle-Standard",
            "tagDefinitionId" => &self.tag,
            "tagDefaultId" => &self.tag_default,
            "dynamicGroupId" => &self.dynamic_group,
            "networkSourceId" => &self.network_source,
            "availabilityDomain" => &self.availability_domain,
            "requestId" => &self.refused,
            "startTime" => "2026-01-01T00:00:00Z",
            "endTime" => "2027-01-01T00:00:00Z",
            name => {
                let mut known = self.credentials.iter();
                return known.find(|(known, _)| *known == name).map(|(_, id)| id.as_str());
            }
        })
    }

    fn must(&self, name: &str) -> String {
        let found = self.named(name);
        found.unwrap_or_else(|| panic!("nothing to name as {name}; make one here")).to_owned()
    }

    /// What a segment of that operation's path names.
    fn in_path(&self, spec: &Spec, name: &str) -> String {
        let of_one = spec.path.starts_with("/20160918/compartments/{compartmentId}");
        let of_tags = spec.path.starts_with("/20160918/taggingWorkRequests/");
        match spec.id {
            "DeleteTagNamespace" => self.retired.empty.clone(),
            "CascadeDeleteTagNamespace" => self.retired.doomed.clone(),
            "DeleteTag" if name == "tagName" => "Old".to_owned(),
            "DeleteTag" => self.retired.attic.clone(),
            _ if of_tags => self.retired.work.clone(),
            "CreateMfaTotpDevice" => self.member.clone(), // who has none
            "RecoverCompartment" => self.deleted.clone(),
            "ActivateDomain" | "DeleteDomain" => self.asleep.clone(),
            "DeactivateDomain" | "ChangeDomainCompartment" => self.awake.clone(),
            "DeleteIdentityProvider" => self.unmapped.clone(),
            "BulkDeleteResources" | "BulkMoveResources" => self.shelf.clone(),
            _ if of_one && name == "compartmentId" => self.compartment.clone(),
            _ => self.must(name),
        }
    }

    /// A valid request for that operation.
    pub(crate) fn request(&self, spec: &'static Spec) -> Plain {
        let (mut named, mut query) = (Vec::new(), Vec::new());
        for param in spec.params {
            match param.place {
                Place::Path => named.push((param.name, self.in_path(spec, param.name))),
                Place::Query if param.required => query.push((param.name, self.must(param.name))),
                Place::Query => {
                    let known = self.named(param.name).map(|id| (param.name, id.to_owned()));
                    query.extend(known);
                }
                Place::Header => {}
            }
        }
        let body = match spec.body {
            Kind::Model(model) => {
                let mut body = Map::new();
                // In no model required, and yet needed.
                let needed = ["blocked", "licenseType", "replicaRegion", "totpToken"];
                let wanted = |name: &str| needed.contains(&name);
                for field in
                    model.fields.iter().filter(|field| field.required || wanted(field.name))
                {
                    body.insert(field.name.to_owned(), self.value(field.name, &field.kind));
                }
                Some(Value::Object(body))
            }
            _ => None,
        };
        Plain { spec, named, query, body }
    }

    fn value(&self, name: &str, kind: &Kind) -> Value {
        match (name, kind) {
            ("totpToken", _) => json!(self.must("totpToken")),
            ("key", _) => json!(key(3).public_key_pem()),
            ("resources", kind) if kind.model().unwrap().name == "BulkEditResource" => {
                json!([{"id": self.group, "resourceType": "Group"}])
            }
            ("bulkEditOperations", _) => {
                json!([{"operationType": "ADD_OR_SET", "definedTags": {"Things": {"Key": "v"}}}])
            }
            ("tagDefinitionIds", _) => json!([self.retired.tag]),
            ("standardTagNamespaceName", _) => json!("Oracle-Standard"),
            ("resources", _) => {
                json!([{"identifier": self.compartment, "entityType": "Compartment"}])
            }
            ("matchingRule", _) => json!("instance.id = 'ocid1.instance.oc1..a'"),
            ("regionKey", _) => json!("PHX"),
            ("statements", _) => json!(["allow any-user to inspect users in tenancy"]),
            ("homeRegion" | "replicaRegion", _) => json!("us-phoenix-1"),
            ("licenseType", _) => json!("premium"),
            ("metadata", _) => json!(metadata()),
            ("metadataUrl", _) => json!("https://idp.example.com/metadata"),
            ("scopes", _) => json!([{"audience": "shop", "scope": "read"}]),
            ("stringToSign", _) => {
                json!("AWS4-HMAC-SHA256\n20261123T120000Z\n20261123/a/s3/aws4_request\nab")
            }
            (_, Kind::Ocid) => json!(self.must(name)),
            (_, Kind::String) => json!("new"),
            (_, Kind::Boolean) => json!(false),
            (_, Kind::Secret) => json!("ShownToAnotherService-7"),
            (_, Kind::Choice(words)) => json!(words[0]),
            _ => panic!("no value for {name}; make one here"),
        }
    }

    /// Everything as its tenancy's administrator reads it.
    pub(crate) fn state(&self, world: &World, admin: &Caller) -> Vec<(Option<String>, Value)> {
        let paths = [
            format!("/users/{}", self.user),
            format!("/users/{}/apiKeys", self.user),
            format!("/users/{}/uiPassword", self.user),
            format!("/users/{}/authTokens", self.user),
            format!("/users/{}/swiftPasswords", self.user),
            format!("/users/{}/customerSecretKeys", self.user),
            format!("/users/{}/smtpCredentials", self.user),
            format!("/users/{}/oauth2ClientCredentials", self.user),
            format!("/users/{}/mfaTotpDevices", self.user),
            format!("/users/{}/dbCredentials", self.user),
            format!("/groups/{}", self.group),
            format!("/policies/{}", self.policy),
            format!("/userGroupMemberships/{}", self.membership),
            format!("/compartments/{}", self.compartment),
            format!("/compartments/{}", self.shelf),
            format!("/tenancies/{}", self.tenancy),
            format!("/authenticationPolicies/{}", self.tenancy),
            format!("/tagNamespaces/{}", self.namespace),
            format!("/tagNamespaces/{}/tags/Key", self.namespace),
            format!("/tagDefaults/{}", self.tag_default),
            "/tagDefaults".to_owned(),
            format!("/dynamicGroups/{}", self.dynamic_group),
            format!("/networkSources/{}", self.network_source),
            format!("/tenancies/{}/regionSubscriptions", self.tenancy),
            format!("/dynamicGroups?compartmentId={}", self.tenancy),
            format!("/networkSources?compartmentId={}", self.tenancy),
            format!("/domains?compartmentId={}", self.tenancy),
            format!("/domains?compartmentId={}", self.shelf),
            format!("/identityProviders?compartmentId={}&protocol=SAML2", self.tenancy),
            format!("/identityProviders/{}/groupMappings", self.provider),
            format!("/users?compartmentId={}", self.tenancy),
            format!("/groups?compartmentId={}", self.tenancy),
            format!("/policies?compartmentId={}", self.tenancy),
            format!("/tagNamespaces?compartmentId={}", self.tenancy),
            format!("/tagNamespaces/{}/tags", self.namespace),
        ];
        let read = |path: &String| {
            let answer = world.get(admin, path).ok();
            (answer.header("etag").map(str::to_owned), answer.json())
        };
        paths.iter().map(read).collect()
    }
}

impl Plain {
    /// The places where it names something.
    pub(crate) fn places(&self) -> Places {
        // A moment names nothing, nor does what is to be done; and a name is one in every tenancy.
        let is_thing = |name: &str| {
            let are_none = ["bulkActionType", "protocol"];
            !name.ends_with("Time") && !name.ends_with("Name") && !are_none.contains(&name)
        };
        let params = self.named.iter().chain(&self.query).filter(|(name, _)| is_thing(name));
        let mut places: Places = params.map(|(name, _)| (*name, Part::Parameter)).collect();
        if let Kind::Model(model) = self.spec.body {
            let fields = model.fields.iter().filter(|field| {
                matches!(field.kind, Kind::Ocid)
                    && self.body.as_ref().is_some_and(|body| body.get(field.name).is_some())
            });
            places.extend(fields.map(|field| (field.name, Part::Body)));
        }
        places
    }

    /// The same request, naming another thing in that place.
    pub(crate) fn naming(&self, (name, place): (&'static str, Part), id: &str) -> Self {
        let mut other = self.clone();
        match place {
            Part::Body => other.body.as_mut().unwrap()[name] = json!(id),
            Part::Parameter => {
                let params = other.named.iter_mut().chain(&mut other.query);
                for (_, value) in params.filter(|(known, _)| *known == name) {
                    id.clone_into(value);
                }
            }
        }
        other
    }

    /// Its path and query.
    pub(crate) fn target(&self) -> String {
        let mut target = self.spec.path.to_owned();
        for (name, value) in &self.named {
            target = target.replace(&format!("{{{name}}}"), value);
        }
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(&format!("{name}={value}"));
        }
        target
    }

    /// Its body as it is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.body.as_ref().map(|body| serde_json::to_vec(body).unwrap()).unwrap_or_default()
    }

    /// Sends it, signed by the caller.
    pub(crate) fn send(&self, world: &World, caller: &Caller) -> Answer {
        world.send(caller, self.spec.method.as_str(), &self.target(), self.body.as_ref())
    }
}
