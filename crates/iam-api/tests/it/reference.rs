//! The reference, written from the table: `docs/reference/`. Never edited by hand.

use iam_api::scim::{self, Mutability, Returned};
use iam_api::{Code, Dialect, Field, Kind, Model, OPERATIONS, Own, Param, Place, Spec, openapi};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

const WRITTEN: &str =
    "<!-- Written by a test from the table of operations; `UPDATE=1 cargo test -p iam-api`. -->\n";

#[test]
fn the_reference_of_operations_is_the_table() {
    let opening = "\
        Every request is signed; bodies and answers are JSON. A request that is refused is answered as\n\
        [errors](errors.md) tells. Of the permissions, the caller needs all, in the compartment that is\n\
        acted on.\n";
    crate::compare("docs/reference/api.md", &reference("Operations", opening, OPERATIONS));
}

#[test]
fn the_reference_of_domains_is_the_table() {
    let mut opening = "\
        What is served of OCI's identity domains, by SCIM 2.0, in tenancies that have one. Every request\n\
        is signed, as in the [Identity API](api.md), and goes below the domain's URL, which\n\
        `oci iam domain get` shows. Bodies and answers are `application/scim+json`; `application/json`\n\
        is taken too. A user is named by OCID or by SCIM id; both interfaces see the same user.\n\n\
        | resource | path | schema |\n| --- | --- | --- |\n"
        .to_owned();
    for row in scim::RESOURCES {
        let anchor = row.model.name.to_lowercase();
        let (name, path, schema) = (row.name, row.path, row.schema);
        writeln!(opening, "| [{name}](#{anchor}) | `{path}` | `{schema}` |").unwrap();
    }
    let mut text = reference("Identity domains", &opening, &scim::OPERATIONS);
    // Nearly all operations take the same ones: each stands here once.
    let params = scim::OPERATIONS.iter().flat_map(|spec| spec.params);
    let params: BTreeMap<&str, &Param> = params.map(|param| (param.name, param)).collect();
    text.push_str("\n# Parameters\n");
    parameters(params.into_values(), &mut text);
    crate::compare("docs/reference/domains.md", &text);
}

fn reference(title: &str, opening: &str, table: &[&Spec]) -> String {
    let mut text = format!("# {title}\n\n{WRITTEN}\n{opening}");
    text.push_str("\n| operation | method | path |\n| --- | --- | --- |\n");
    for spec in table {
        let anchor = spec.id.to_lowercase();
        let (method, path) = (spec.method.as_str(), spec.path);
        writeln!(text, "| [{}](#{anchor}) | {method} | `{path}` |", spec.id).unwrap();
    }
    let mut models: Vec<&Model> = Vec::new();
    for spec in table {
        operation(spec, &mut text);
        reach(&spec.body, &mut models);
        reach(&spec.reply, &mut models);
    }
    text.push_str("\n# Models\n");
    models.sort_by_key(|model| model.name);
    for model in models {
        describe(model, &mut text);
    }
    text
}

fn operation(spec: &Spec, text: &mut String) {
    writeln!(text, "\n## {}\n\n{}\n", spec.id, spec.doc).unwrap();
    writeln!(text, "`{} {}`\n", spec.method.as_str(), spec.path).unwrap();
    if !spec.command.is_empty() {
        writeln!(text, "- command: `oci {}`", spec.command).unwrap();
    }
    let needs: Vec<String> = spec.needs.iter().map(|need| format!("`{need}`")).collect();
    let needs = if needs.is_empty() { "none".to_owned() } else { needs.join(" and ") };
    let own = if spec.needs.is_empty() { String::new() } else { own(&spec.own) };
    writeln!(text, "- permissions: {needs}{own}").unwrap();
    writeln!(text, "- body: {}", shown(&spec.body)).unwrap();
    writeln!(text, "- answer: {} {}", spec.success(), shown(&spec.reply)).unwrap();
    if spec.dialect == Dialect::Scim {
        let names: Vec<String> =
            spec.params.iter().map(|param| format!("`{}`", param.name)).collect();
        writeln!(text, "- [parameters](#parameters): {}", names.join(", ")).unwrap();
    } else if !spec.params.is_empty() {
        parameters(spec.params, text);
    }
}

fn parameters<'a>(params: impl IntoIterator<Item = &'a Param>, text: &mut String) {
    text.push_str("\n| parameter | in | type | |\n| --- | --- | --- | --- |\n");
    for Param { name, place, kind, required, doc } in params {
        let place = match place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
        };
        let required = if *required { "Required. " } else { "" };
        writeln!(text, "| `{name}` | {place} | {} | {required}{doc} |", shown(kind)).unwrap();
    }
}

fn own(own: &Own) -> String {
    match own {
        Own::Nothing => String::new(),
        Own::Everything => "; none for users themselves".to_owned(),
        Own::Fields(fields) => {
            format!("; none for users themselves who set only `{}`", fields.join("`, `"))
        }
    }
}

/// A kind in words, with a link where it is a model.
fn shown(kind: &Kind) -> String {
    match kind {
        Kind::Nothing => "none".to_owned(),
        Kind::Any => "any value".to_owned(),
        Kind::String => "string".to_owned(),
        Kind::Ocid => "OCID".to_owned(),
        Kind::Timestamp => "time".to_owned(),
        Kind::Date => "date".to_owned(),
        Kind::Secret => "secret".to_owned(),
        Kind::Fraction => "number".to_owned(),
        Kind::Integer => "integer".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Choice(words) => format!("`{}`", words.join("`, `")),
        Kind::List(item) => format!("list of {}", shown(item)),
        Kind::Map(item) => format!("map to {}", shown(item)),
        Kind::Model(model) => format!("[{}](#{})", model.name, model.name.to_lowercase()),
    }
}

fn reach(kind: &Kind, models: &mut Vec<&'static Model>) {
    let Some(model) = kind.model() else { return };
    if !models.iter().any(|known| known.name == model.name) {
        models.push(model);
        model.fields.iter().for_each(|field| reach(&field.kind, models));
    }
}

fn describe(model: &Model, text: &mut String) {
    writeln!(text, "\n## {}\n\n{}\n", model.name, model.doc).unwrap();
    text.push_str("| field | type | |\n| --- | --- | --- |\n");
    for field in model.fields {
        let Field { name, kind, required, doc, .. } = field;
        let required = if *required { "" } else { "Optional. " };
        let said = said(field);
        writeln!(text, "| `{name}` | {} | {required}{doc}{said} |", shown(kind)).unwrap();
    }
}

/// What SCIM says of a field that a client must know.
fn said(field: &Field) -> String {
    let set = match field.traits.mutability {
        Mutability::ReadWrite => "",
        Mutability::ReadOnly => " Read-only.",
        Mutability::WriteOnly => " Never shown.",
        Mutability::Immutable => " Set once.",
    };
    let shown = match field.traits.returned {
        Returned::Always => " Always shown.",
        Returned::Request => " Shown on request.",
        Returned::Default | Returned::Never => "",
    };
    format!("{set}{shown}")
}

#[test]
fn the_reference_of_errors_is_the_list_of_codes() {
    let mut text = format!("# Errors\n\n{WRITTEN}\n");
    text.push_str(
        "A request that is refused is answered with a status, and a body of `code` and `message`:\n\
         \n```json\n{\n  \"code\" : \"NotAuthorizedOrNotFound\",\n  \"message\" : \"Authorization \
         failed or requested resource not found\"\n}\n```\n\nScripts go by `code`; `message` is for \
         people and may change. The header `opc-request-id`\nnames the request in the server's \
         log.\n\n| status | code | when, and what to do |\n| --- | --- | --- |\n",
    );
    for code in Code::ALL {
        writeln!(text, "| {} | `{code}` | {} |", code.status(), code.meaning()).unwrap();
    }
    crate::compare("docs/reference/errors.md", &text);
}

#[test]
fn the_openapi_documents_are_the_tables() {
    for (name, document) in
        [("openapi", openapi::document()), ("openapi-domains", openapi::domains())]
    {
        let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
        crate::compare(&format!("docs/reference/{name}.json"), &text);
    }
}

#[test]
fn every_reference_in_the_openapi_documents_leads_somewhere() {
    let tables: [(Value, &[&Spec]); 2] =
        [(openapi::document(), OPERATIONS), (openapi::domains(), &scim::OPERATIONS)];
    for (document, table) in tables {
        let mut found = 0;
        let mut left = vec![&document];
        while let Some(value) = left.pop() {
            match value {
                Value::Object(entries) => {
                    if let Some(Value::String(reference)) = entries.get("$ref") {
                        let target = document.pointer(reference.strip_prefix('#').unwrap());
                        assert!(target.is_some_and(Value::is_object), "{reference}");
                        found += 1;
                    }
                    left.extend(entries.values());
                }
                Value::Array(items) => left.extend(items),
                _ => {}
            }
        }
        assert!(found > table.len());
        let paths = document["paths"].as_object().unwrap().values();
        let count: usize = paths.map(|methods| methods.as_object().unwrap().len()).sum();
        assert_eq!(count, table.len());
    }
}
