//! Both tables equal Oracle's interfaces, names and types, as `facts/` has them; what is not served
//! yet is a list that is kept exact.

use iam_api::operation::MANAGE_ALL_RESOURCES;
use iam_api::scim::{self, Format, Mutability, Returned, Traits, Uniqueness};
use iam_api::{Field, Kind, Model, OPERATIONS, Place, Spec};
use serde_json::Value;
use std::collections::BTreeMap;

/// What answers hold beyond Oracle's models: the live service was recorded sending it, which the
/// models do not tell (facts on the wire, 2018 and 2019).
const EXTRA_IN_REPLIES: [(&str, &str); 14] = [
    ("User", "timeModified"),
    ("Tenancy", "compartmentId"),
    ("Tenancy", "homeRegion"),
    ("Tenancy", "oracleMyServicesIdentifier"),
    ("Tenancy", "timeCreated"),
    ("Tenancy", "lifecycleState"),
    ("AuthToken", "compartmentId"),
    ("SwiftPassword", "compartmentId"),
    ("CustomerSecretKey", "compartmentId"),
    ("CustomerSecretKey", "name"),
    ("CustomerSecretKeySummary", "compartmentId"),
    ("CustomerSecretKeySummary", "name"),
    ("SmtpCredential", "compartmentId"),
    ("SmtpCredentialSummary", "compartmentId"),
];

/// What Oracle's model requires and the live service sends as null: the root is in no compartment.
const NULL_IN_REPLIES: [(&str, &str); 1] = [("Compartment", "compartmentId")];

/// What Oracle's models require and the standard leaves out, for a patch of a whole resource (RFC
/// 7644, section 3.5.2).
const REQUIRED_BY_ORACLE_ALONE: [(&str, &str); 1] = [("Operations", "path")];

/// Answers whose words are more than Oracle's models tell: what a work request of a kind is called
/// that the models leave out.
const WIDER_IN_REPLIES: [(&str, &str); 2] =
    [("WorkRequest", "operationType"), ("WorkRequestSummary", "operationType")];

/// Bodies that Oracle's SDK lets a program leave out; their fields are required all the same.
const BODIES_BY_NAME: [(&str, &str); 2] =
    [("BulkEditTags", "BulkEditTagsDetails"), ("ImportStandardTags", "ImportStandardTagsDetails")];

/// One of Oracle's interfaces, and what is served of it.
struct Interface {
    served: Vec<&'static Spec>,
    facts: Value,
    commands: Value,
    not_served: &'static str,
    /// What the list of what is not served is a list of.
    name: &'static str,
}

fn interfaces() -> [Interface; 3] {
    let official = scim::RESOURCES.iter().filter(|row| row.official);
    let of =
        |service| OPERATIONS.iter().copied().filter(|spec| spec.service() == service).collect();
    [
        Interface {
            served: of("audit"),
            facts: read("audit-api.json"),
            commands: read("audit-cli.json"),
            not_served: "facts/not-served-audit.txt",
            name: "Audit API",
        },
        Interface {
            served: of("identity"),
            facts: read("identity-api.json"),
            commands: read("identity-cli.json"),
            not_served: "facts/not-served.txt",
            name: "Identity API",
        },
        Interface {
            served: official.flat_map(|row| row.operations.iter().copied()).collect(),
            facts: read("identity_domains-api.json"),
            commands: read("identity_domains-cli.json"),
            not_served: "facts/not-served-domains.txt",
            name: "identity domains",
        },
    ]
}

fn read(name: &str) -> Value {
    let text = std::fs::read(crate::project_file(&format!("facts/{name}"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// Oracle's operations by their ids in lower case: the SDK and the service differ in case alone.
fn operations(facts: &Value) -> BTreeMap<String, &Value> {
    let all = facts["operations"].as_array().unwrap().iter();
    all.map(|fact| (fact["id"].as_str().unwrap().to_lowercase(), fact)).collect()
}

/// A kind in Oracle's words.
fn type_of(kind: &Kind) -> String {
    match kind {
        Kind::Nothing => "None".to_owned(),
        Kind::Any => "object".to_owned(),
        Kind::String | Kind::Ocid | Kind::Secret | Kind::Choice(_) => "str".to_owned(),
        Kind::Timestamp | Kind::Date => "datetime".to_owned(),
        Kind::Fraction => "float".to_owned(),
        Kind::Integer => "int".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::List(item) => format!("list[{}]", type_of(item)),
        Kind::Map(item) => format!("dict(str, {})", type_of(item)),
        Kind::Model(model) => model.name.to_owned(),
    }
}

/// The words of a choice, or of a list of choices.
fn words(kind: &Kind) -> Vec<&'static str> {
    match kind {
        Kind::Choice(words) => words.to_vec(),
        Kind::List(item) => words(item),
        _ => Vec::new(),
    }
}

fn words_of(fact: &Value) -> Vec<&str> {
    fact["enum"].as_array().into_iter().flatten().map(|word| word.as_str().unwrap()).collect()
}

fn assert_params(spec: &Spec, fact: &Value) {
    for (place, key) in [
        (Place::Path, "path_params"),
        (Place::Query, "query_params"),
        (Place::Header, "header_params"),
    ] {
        let ours = spec.params.iter().filter(|param| param.place == place);
        let ours = ours
            .map(|param| (param.name, type_of(&param.kind), param.required, words(&param.kind)));
        let mut ours: Vec<_> = ours.collect();
        // Every operation takes opc-request-id; Oracle's models name it on some. A retry token
        // means nothing where nothing is changed.
        let means_something = |param: &&Value| match param["name"].as_str().unwrap() {
            "opc-request-id" => false,
            "opc-retry-token" => !spec.reads(),
            _ => true,
        };
        let theirs = fact[key].as_array().unwrap().iter().filter(means_something);
        let theirs = theirs.map(|param| {
            let text = |key: &str| param[key].as_str().unwrap();
            let required = param["required"].as_bool().unwrap();
            let kind = text("type");
            let kind = match param["multiple"] == true {
                true => format!("list[{kind}]"),
                false => kind.to_owned(),
            };
            (text("name"), kind, required, words_of(param))
        });
        let mut theirs: Vec<_> = theirs.collect();
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs, "{} {key}", spec.id);
    }
}

/// Fields by name: type, whether required, and the words of a choice.
type Fields<'a> = BTreeMap<&'a str, (String, bool, Vec<&'a str>)>;

fn fields_of(fact: &Value) -> Fields<'_> {
    let fields = fact["fields"].as_object().unwrap().iter();
    let field =
        |fact: &'_ Value| (fact["type"].as_str().unwrap().to_owned(), fact["required"] == true);
    fields
        .map(|(name, fact)| {
            let (kind, required) = field(fact);
            (name.as_str(), (kind, required, words_of(fact)))
        })
        .collect()
}

/// What is not as the standard has it by default, in the standard's words.
fn traits(traits: &Traits) -> Vec<&'static str> {
    let mutability = match traits.mutability {
        Mutability::ReadWrite => None,
        Mutability::ReadOnly => Some("readOnly"),
        Mutability::WriteOnly => Some("writeOnly"),
        Mutability::Immutable => Some("immutable"),
    };
    let returned = match traits.returned {
        Returned::Default => None,
        Returned::Always => Some("always"),
        Returned::Request => Some("request"),
        Returned::Never => Some("never"),
    };
    let uniqueness = match traits.uniqueness {
        Uniqueness::None => None,
        Uniqueness::Server => Some("server"),
        Uniqueness::Global => Some("global"),
    };
    let format = match traits.format {
        Format::Plain => None,
        Format::DateTime => Some("dateTime"),
        Format::Reference => Some("reference"),
        Format::Binary => Some("binary"),
    };
    let exact = traits.case_exact.then_some("caseExact");
    let searchable = traits.searchable.then_some("searchable");
    let all = [mutability, returned, uniqueness, format, exact, searchable];
    let mut said: Vec<&str> = all.into_iter().flatten().collect();
    said.sort_unstable();
    said
}

/// Compares a model, and the models in it.
fn assert_model(model: &'static Model, facts: &Value, in_reply: bool) {
    let fact = &facts["models"][model.name];
    assert!(fact.is_object(), "{} is not a model of Oracle's", model.name);
    let is_extra = |field: &Field| EXTRA_IN_REPLIES.contains(&(model.name, field.name));
    for field in model.fields {
        assert_eq!(field.unlisted, in_reply && is_extra(field), "{}.{}", model.name, field.name);
    }
    let ours = model.fields.iter().filter(|field| !field.unlisted);
    let mut ours: Fields<'_> = ours
        .map(|field| (field.name, (type_of(&field.kind), field.required, words(&field.kind))))
        .collect();
    let mut theirs = fields_of(fact);
    // What extends a model differs from it by what is in its first field: both are served as one.
    let extending = facts["models"].as_object().unwrap().values();
    for other in extending.filter(|other| other["extends"] == model.name) {
        for (name, field) in fields_of(other) {
            theirs.entry(name).or_insert(field);
        }
    }
    for (model_name, name) in REQUIRED_BY_ORACLE_ALONE {
        if let Some((_, required, _)) = theirs.get_mut(name).filter(|_| model.name == model_name) {
            assert!(std::mem::take(required), "{model_name}.{name} is not required by Oracle");
        }
    }
    if in_reply {
        // An answer may promise more than Oracle's model does: a field that is always there.
        for (name, (_, required, _)) in &mut ours {
            *required &= theirs.get(name).is_some_and(|(_, required, _)| *required);
            *required |= NULL_IN_REPLIES.contains(&(model.name, name));
        }
        for (model_name, name) in WIDER_IN_REPLIES {
            let known = theirs.get(name).map(|(_, _, words)| words.clone()).unwrap_or_default();
            if let Some((_, _, words)) = ours.get_mut(name).filter(|_| model.name == model_name) {
                assert!(words.len() > known.len(), "{model_name}.{name} is not wider");
                words.retain(|word| known.contains(word));
            }
        }
    }
    assert_eq!(ours, theirs, "{}", model.name);
    for field in model.fields {
        // Of a field that is a model, Oracle says nothing beside what the model's own fields say.
        if let Some(fact) = fact["fields"][field.name]["scim"].as_array() {
            let fact: Vec<&str> = fact.iter().map(|name| name.as_str().unwrap()).collect();
            assert_eq!(traits(&field.traits), fact, "{}.{}", model.name, field.name);
        }
        if let Some(inner) = field.kind.model() {
            assert_model(inner, facts, in_reply);
        }
    }
}

#[test]
fn every_operation_is_one_of_oracles_with_its_method_path_and_parameters() {
    for Interface { served, facts, .. } in interfaces() {
        let theirs = operations(&facts);
        for spec in served {
            let fact = theirs.get(&spec.id.to_lowercase());
            let fact = fact.unwrap_or_else(|| panic!("{} is no operation of Oracle's", spec.id));
            assert_eq!(
                (spec.method.as_str(), spec.path),
                (fact["method"].as_str().unwrap(), fact["path"].as_str().unwrap(),)
            );
            assert_params(spec, fact);
        }
    }
}

#[test]
fn every_body_and_every_reply_has_oracles_fields() {
    for Interface { served, facts, .. } in interfaces() {
        let theirs = operations(&facts);
        for spec in served {
            let fact = theirs[&spec.id.to_lowercase()];
            let left_out = BODIES_BY_NAME.iter().find(|(id, _)| *id == spec.id);
            assert!(left_out.is_none() || fact["body"].is_null(), "{}", spec.id);
            let body = left_out.map(|(_, name)| *name).or(fact["body"].as_str());
            let kinds = [(&spec.body, body, false), (&spec.reply, fact["response"].as_str(), true)];
            for (kind, fact, in_reply) in kinds {
                assert_eq!(type_of(kind), fact.unwrap_or("None"), "{}", spec.id);
                if let Some(model) = kind.model() {
                    assert_model(model, &facts, in_reply);
                }
            }
        }
    }
}

#[test]
fn what_no_official_client_knows_is_nothing_that_one_knows() {
    let facts = read("identity_domains-api.json");
    let theirs = facts["operations"].as_array().unwrap();
    let unofficial = scim::RESOURCES.iter().filter(|row| !row.official);
    for spec in unofficial.flat_map(|row| row.operations) {
        assert!(!theirs.iter().any(|fact| fact["path"] == spec.path), "{}", spec.path);
        assert!(!theirs.iter().any(|fact| fact["id"] == spec.id), "{}", spec.id);
    }
}

#[test]
fn what_is_extra_in_replies_is_there_and_nothing_else_is() {
    let mut unlisted = Vec::new();
    for spec in OPERATIONS {
        for model in [spec.body.model(), spec.reply.model()].into_iter().flatten() {
            let extra = model.fields.iter().filter(|field| field.unlisted);
            unlisted.extend(extra.map(|field| (model.name, field.name)));
        }
    }
    let mut listed = EXTRA_IN_REPLIES.to_vec();
    listed.sort_unstable();
    unlisted.sort_unstable();
    unlisted.dedup();
    assert_eq!(unlisted, listed);
}

#[test]
fn every_command_is_one_of_oracles_and_waits_and_pages_where_that_one_does() {
    for Interface { served, commands, .. } in interfaces() {
        let commands = commands["commands"].as_array().unwrap();
        for spec in served.into_iter().filter(|spec| !spec.command.is_empty()) {
            let found = commands.iter().find(|fact| fact["command"] == spec.command);
            let fact =
                found.unwrap_or_else(|| panic!("{} is no command of Oracle's", spec.command));
            let option = |name: &str| {
                fact["options"].as_array().unwrap().iter().find(|option| option["name"] == name)
            };
            let waits = option("--wait-for-state").is_some();
            assert_eq!(spec.waits_on.is_some(), waits, "{}", spec.command);
            assert_eq!(spec.is_paged(), option("--page").is_some(), "{}", spec.command);
            let takes_etag = spec.param("if-match").is_some();
            assert_eq!(takes_etag, option("--if-match").is_some(), "{}", spec.command);
        }
    }
}

/// Operations that Oracle's table of permissions does not have; what they need was chosen.
const CHOSEN: [(&str, &[&str]); 36] = [
    ("GetStandardTagTemplate", &["TAG_NAMESPACE_INSPECT"]),
    ("ImportStandardTags", &["TAG_NAMESPACE_CREATE", "TAG_NAMESPACE_USE"]),
    ("ListBulkEditTagsResourceTypes", &["TAG_NAMESPACE_INSPECT"]),
    ("ListStandardTagNamespaces", &["TAG_NAMESPACE_INSPECT"]),
    ("ListIdentityProviderGroups", &["IDENTITY_PROVIDER_INSPECT"]),
    ("ResetIdpScimClient", &["IDENTITY_PROVIDER_UPDATE"]),
    ("UpdateIdpGroupMapping", &["IDENTITY_PROVIDER_UPDATE", "GROUP_UPDATE"]),
    // The table has these two under other names.
    ("EnableReplicationToRegion", &["DOMAIN_REPLICATE"]),
    ("ListAllowedDomainLicenseTypes", &["DOMAIN_LICENSETYPE_READ"]),
    ("AddTagDefaultLock", &["TAG_DEFAULT_MANAGE"]),
    ("RemoveTagDefaultLock", &["TAG_DEFAULT_MANAGE"]),
    ("AssembleEffectiveTagSet", &["TAG_DEFAULT_INSPECT"]),
    ("AddTagNamespaceLock", &["TAG_NAMESPACE_UPDATE"]),
    ("RemoveTagNamespaceLock", &["TAG_NAMESPACE_UPDATE"]),
    ("GetConfiguration", &["AUDIT_EVENT_READ"]),
    ("BulkDeleteResources", &["COMPARTMENT_DELETE", "POLICY_DELETE"]),
    ("BulkMoveResources", &[MANAGE_ALL_RESOURCES]),
    ("ListBulkActionResourceTypes", &["COMPARTMENT_INSPECT"]),
    ("ListWorkRequests", &["COMPARTMENT_READ"]),
    ("MoveCompartment", &[MANAGE_ALL_RESOURCES]),
    ("UpdateUserCapabilities", &["USER_UPDATE"]),
    ("VerifyCredential", &["CREDENTIAL_VERIFY"]),
    ("ListRefusals", &["AUDIT_EVENT_READ", "POLICY_READ"]),
    ("GetRefusalExplanation", &["AUDIT_EVENT_READ", "POLICY_READ"]),
    ("VerifySignature", &["CREDENTIAL_VERIFY"]),
    ("VerifyAccessToken", &["CREDENTIAL_VERIFY"]),
    ("GetUserUIPasswordInformation", &["USER_READ"]),
    ("CreateDbCredential", &["CREDENTIAL_ADD"]),
    ("ListDbCredentials", &["CREDENTIAL_INSPECT"]),
    ("DeleteDbCredential", &["CREDENTIAL_REMOVE"]),
    ("CreateMfaTotpDevice", &["USER_UPDATE", "USER_TOTPDEVICE_ADD"]),
    ("GetMfaTotpDevice", &["USER_READ"]),
    ("ListMfaTotpDevices", &["USER_READ"]),
    ("ActivateMfaTotpDevice", &["USER_UPDATE", "USER_TOTPDEVICE_UPDATE"]),
    ("GenerateTotpSeed", &["USER_UPDATE", "USER_TOTPDEVICE_UPDATE"]),
    ("DeleteMfaTotpDevice", &["USER_UPDATE", "USER_TOTPDEVICE_REMOVE"]),
];

#[test]
fn every_operation_needs_the_permissions_that_oracles_table_names() {
    let path = crate::project_file("crates/iam-policy/tests/facts/operations.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|row| row.split_once(' ')).filter(|(id, _)| *id != "#");
    let mut needs: BTreeMap<&str, Vec<&str>> =
        rows.map(|(id, needs)| (id, needs.split(' ').collect())).collect();
    for (id, chosen) in CHOSEN {
        assert!(needs.insert(id, chosen.to_vec()).is_none(), "{id} is in the table");
    }
    for spec in OPERATIONS {
        let mut ours = spec.needs.to_vec();
        let mut theirs = needs.get(spec.id).unwrap_or_else(|| panic!("{}", spec.id)).clone();
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(ours, theirs, "{}", spec.id);
    }
}

#[test]
fn what_is_not_served_is_the_list_of_what_is_not_served() {
    for Interface { served, facts, not_served, name, .. } in interfaces() {
        let served: Vec<String> = served.iter().map(|spec| spec.id.to_lowercase()).collect();
        let all = facts["operations"].as_array().unwrap().iter();
        let all: Vec<&str> = all.map(|fact| fact["id"].as_str().unwrap()).collect();
        let mut missing: Vec<&str> =
            all.iter().copied().filter(|id| !served.contains(&id.to_lowercase())).collect();
        missing.sort_unstable();
        assert_eq!(missing.len() + served.len(), all.len());
        let heading = format!(
            "# The operations of Oracle's {name} that are not served yet, by their ids. A test keeps \
             this\n# list exact both ways; `UPDATE=1 cargo test -p iam-api` writes it.\n"
        );
        let lines: String = missing.iter().map(|id| format!("{id}\n")).collect();
        crate::compare(not_served, &format!("{heading}{lines}"));
    }
}
