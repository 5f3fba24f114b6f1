//! The table equals Oracle's interface, names and types, as `facts/` has them; what is not served
//! yet is a list that is kept exact.

use iam_api::{Field, Kind, Model, OPERATIONS, Place, Spec};
use serde_json::Value;
use std::collections::BTreeMap;

/// What answers hold beyond Oracle's models: the live service was recorded sending it, which the
/// models do not tell (facts on the wire, 2018 and 2019).
const EXTRA_IN_REPLIES: [(&str, &str); 6] = [
    ("User", "timeModified"),
    ("Tenancy", "compartmentId"),
    ("Tenancy", "homeRegion"),
    ("Tenancy", "oracleMyServicesIdentifier"),
    ("Tenancy", "timeCreated"),
    ("Tenancy", "lifecycleState"),
];

/// What Oracle's model requires and the live service sends as null: the root is in no compartment.
const NULL_IN_REPLIES: [(&str, &str); 1] = [("Compartment", "compartmentId")];

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
        Kind::Integer => "int".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::List(item) => format!("list[{}]", type_of(item)),
        Kind::Map(item) => format!("dict(str, {})", type_of(item)),
        Kind::Model(model) => model.name.to_owned(),
    }
}

fn words(kind: &Kind) -> Vec<&'static str> {
    match kind {
        Kind::Choice(words) => words.to_vec(),
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
        // Every operation takes opc-request-id; Oracle's models name it on some.
        let theirs = fact[key].as_array().unwrap().iter();
        let theirs = theirs.filter(|param| param["name"] != "opc-request-id").map(|param| {
            let text = |key: &str| param[key].as_str().unwrap();
            let required = param["required"].as_bool().unwrap();
            (text("name"), text("type").to_owned(), required, words_of(param))
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
    let theirs = fields_of(fact);
    if in_reply {
        // An answer may promise more than Oracle's model does: a field that is always there.
        for (name, (_, required, _)) in &mut ours {
            *required &= theirs.get(name).is_some_and(|(_, required, _)| *required);
            *required |= NULL_IN_REPLIES.contains(&(model.name, name));
        }
    }
    assert_eq!(ours, theirs, "{}", model.name);
    for field in model.fields {
        if let Some(inner) = field.kind.model() {
            assert_model(inner, facts, in_reply);
        }
    }
}

#[test]
fn every_operation_is_one_of_oracles_with_its_method_path_and_parameters() {
    let facts = read("identity-api.json");
    let theirs = operations(&facts);
    for spec in OPERATIONS {
        let fact = theirs.get(&spec.id.to_lowercase());
        let fact = fact.unwrap_or_else(|| panic!("{} is not an operation of Oracle's", spec.id));
        assert_eq!(
            (spec.method.as_str(), spec.path),
            (fact["method"].as_str().unwrap(), fact["path"].as_str().unwrap(),)
        );
        assert_params(spec, fact);
    }
}

#[test]
fn every_body_and_every_reply_has_oracles_fields() {
    let facts = read("identity-api.json");
    let theirs = operations(&facts);
    for spec in OPERATIONS {
        let fact = theirs[&spec.id.to_lowercase()];
        let kinds = [(&spec.body, &fact["body"], false), (&spec.reply, &fact["response"], true)];
        for (kind, fact, in_reply) in kinds {
            assert_eq!(type_of(kind), fact.as_str().unwrap_or("None"), "{}", spec.id);
            if let Some(model) = kind.model() {
                assert_model(model, &facts, in_reply);
            }
        }
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
    let facts = read("identity-cli.json");
    let commands = facts["commands"].as_array().unwrap();
    for spec in OPERATIONS.iter().filter(|spec| !spec.command.is_empty()) {
        let found = commands.iter().find(|fact| fact["command"] == spec.command);
        let fact = found.unwrap_or_else(|| panic!("{} is not a command of Oracle's", spec.command));
        let option = |name: &str| {
            fact["options"].as_array().unwrap().iter().find(|option| option["name"] == name)
        };
        let waits = option("--wait-for-state").is_some();
        assert_eq!(spec.waits_on.is_some(), waits, "{}", spec.command);
        assert_eq!(spec.is_paged(), option("--page-size").is_some(), "{}", spec.command);
        let takes_etag = spec.param("if-match").is_some();
        assert_eq!(takes_etag, option("--if-match").is_some(), "{}", spec.command);
    }
}

/// Operations that Oracle's table of permissions does not have; what they need was chosen.
const CHOSEN: [(&str, &[&str]); 2] = [
    ("UpdateUserCapabilities", &["USER_UPDATE"]),
    ("GetUserUIPasswordInformation", &["USER_READ"]),
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

const HEADING: &str = "\
# The operations of Oracle's Identity API that are not served yet, by their ids. A test keeps this
# list exact both ways; `UPDATE=1 cargo test -p iam-api` writes it.
";

#[test]
fn what_is_not_served_is_the_list_of_what_is_not_served() {
    let facts = read("identity-api.json");
    let served: Vec<String> = OPERATIONS.iter().map(|spec| spec.id.to_lowercase()).collect();
    let all = facts["operations"].as_array().unwrap().iter();
    let all: Vec<&str> = all.map(|fact| fact["id"].as_str().unwrap()).collect();
    let mut missing: Vec<&str> =
        all.iter().copied().filter(|id| !served.contains(&id.to_lowercase())).collect();
    missing.sort_unstable();
    assert_eq!(missing.len() + served.len(), all.len());
    let lines: String = missing.iter().map(|id| format!("{id}\n")).collect();
    crate::compare("facts/not-served.txt", &format!("{HEADING}{lines}"));
}
