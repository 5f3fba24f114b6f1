//! The grammar for editors knows the verbs, families and types of the table, and no others.
//! `UPDATE=1 cargo test -p iam-policy` writes them into it.

use std::path::Path;

use iam_policy::{Resource, ResourceType, Verb};
use serde_json::Value;

/// The names by length, the longest first: an alternation takes the first that fits.
fn listed(names: impl Iterator<Item = &'static str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable_by_key(|name| (std::cmp::Reverse(name.len()), *name));
    names.join("|")
}

#[test]
fn the_grammar_for_editors_has_the_names_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../editors/vscode/syntaxes/oci-policy.tmLanguage.json");
    let kept = std::fs::read_to_string(&path).unwrap();
    let grammar: Value = serde_json::from_str(&kept).unwrap();
    let rules = grammar["patterns"].as_array().unwrap();
    let is_verb =
        |rule: &&Value| rule["captures"]["1"]["name"] == "support.function.verb.oci-policy";
    let rule = rules.iter().find(is_verb).unwrap()["match"].as_str().unwrap();
    let verbs = Verb::ALL.map(Verb::name).join("|");
    let of_type = |name: &&str| ResourceType::named(name).is_some();
    let types = listed(Resource::names().filter(of_type));
    let families = listed(Resource::names().filter(|name| !of_type(name)));
    let wanted = format!(
        r"(?i)(?<![\w.-])({verbs}|associate)\s+(?:({families})|({types})|([\w-]+))(?![\w.-])"
    );
    let quoted = |text: &str| Value::from(text).to_string();
    crate::compare(&path, &kept, &kept.replacen(&quoted(rule), &quoted(&wanted), 1));
}
