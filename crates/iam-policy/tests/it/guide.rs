//! The guide for users: its statements parse, its errors are the real ones, its table is the table.

use std::fmt::Write;
use std::path::Path;

use iam_policy::{Family, PermissionSet, Resource, ResourceType, Row, VariableName, Verb, parse};

const TABLE_START: &str =
    "<!-- table: written by a test, `UPDATE=1 cargo test -p iam-policy` -->\n";
const TABLE_END: &str = "<!-- end of table -->\n";
const IAM: &str = "IAM and Audit";
const REFERENCE_START: &str = "\
# Resource types and families

What each verb adds on each resource type, by service; a family is its types together. Durward itself has resources of
the first section; a policy may speak of all of them. Written by a test, `UPDATE=1 cargo test -p iam-policy`; where each
table comes from stands in `crates/iam-policy/src/permissions/`.
";
const VARIABLES_START: &str =
    "<!-- variables: written by a test, `UPDATE=1 cargo test -p iam-policy` -->\n";
const VARIABLES_END: &str = "<!-- end of variables -->\n";

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/policies.md")
}

/// The fenced blocks of one kind.
fn blocks(kind: &str) -> Vec<String> {
    let guide = std::fs::read_to_string(path()).unwrap();
    let fence = format!("```{kind}\n");
    let parts = guide.split(&fence).skip(1);
    parts.map(|part| part.split_once("\n```").unwrap().0.to_owned()).collect()
}

#[test]
fn the_statements_of_the_guide_are_statements() {
    let mut statements: Vec<String> = Vec::new();
    for line in blocks("policy").iter().flat_map(|block| block.lines()) {
        match statements.last_mut().filter(|_| line.starts_with(' ')) {
            Some(statement) => statement.push_str(&format!("\n{line}")),
            None => statements.push(line.to_owned()),
        }
    }
    assert!(statements.len() >= 5);
    for statement in statements {
        parse(&statement).unwrap_or_else(|error| panic!("{}", error.render(&statement)));
    }
}

#[test]
fn the_errors_of_the_guide_are_the_real_ones() {
    let errors = blocks("text");
    assert!(errors.len() >= 3);
    for shown in errors {
        let statement = shown.lines().nth(1).unwrap().strip_prefix("  | ").unwrap();
        assert_eq!(parse(statement).unwrap_err().render(statement), shown);
    }
}

#[test]
fn the_table_of_the_guide_is_the_table() {
    let kept = std::fs::read_to_string(path()).unwrap();
    let (before, rest) = kept.split_once(TABLE_START).unwrap();
    let (_, after) = rest.split_once(TABLE_END).unwrap();
    let of_iam = ResourceType::all().filter(|found| found.service() == IAM);
    let wanted = [before, TABLE_START, &table(of_iam), TABLE_END, after].concat();
    crate::compare(&path(), &kept, &wanted);
}

#[test]
fn the_variables_of_the_guide_are_the_variables() {
    let kept = std::fs::read_to_string(path()).unwrap();
    let (before, rest) = kept.split_once(VARIABLES_START).unwrap();
    let (_, after) = rest.split_once(VARIABLES_END).unwrap();
    let mut table = "| variable | stands for |\n|---|---|\n".to_owned();
    for name in VariableName::ALL {
        let Row { name, doc, .. } = name.row();
        let tag = if name.ends_with('.') { "*namespace*.*key*" } else { "" };
        writeln!(table, "| `{name}`{tag} | {doc} |").unwrap();
    }
    let wanted = [before, VARIABLES_START, &table, VARIABLES_END, after].concat();
    crate::compare(&path(), &kept, &wanted);
}

#[test]
fn the_reference_lists_every_resource_type_and_family() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/resource-types.md");
    let mut wanted = REFERENCE_START.to_owned();
    let services: Vec<&str> = ResourceType::all().map(ResourceType::service).collect();
    for service in services.chunk_by(|one, other| one == other).map(|service| service[0]) {
        write!(wanted, "\n## {service}\n\n").unwrap();
        for family in Family::all().filter(|family| family.service() == service) {
            let types = family.types().join("`, `");
            writeln!(wanted, "- `{}`: `{types}`", family.name()).unwrap();
            let each = family.types().iter().filter_map(|name| ResourceType::named(name));
            let each: Vec<_> = each.collect();
            for verb in Verb::ALL {
                let types = each.iter().map(|found| found.grants(verb));
                let types = types.fold(PermissionSet::default(), PermissionSet::union);
                let more = family.grants(verb).without(types);
                if !more.is_empty() {
                    let more: Vec<&str> = more.names().collect();
                    let (verb, more) = (verb.name(), more.join(", "));
                    writeln!(wanted, "  - with `{verb}` also {more}").unwrap();
                }
            }
        }
        if Family::all().any(|family| family.service() == service) {
            wanted.push('\n');
        }
        wanted += &table(ResourceType::all().filter(|found| found.service() == service));
    }
    wanted += "\n## Other spellings\n\n";
    for name in Resource::names() {
        let meant = Resource::named(name).unwrap().name();
        if name != meant {
            writeln!(wanted, "- `{name}` is `{meant}`").unwrap();
        }
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    crate::compare(&path, &kept, &wanted);
}

fn table(types: impl Iterator<Item = ResourceType>) -> String {
    let mut table =
        "| type | `inspect` | `read` | `use` | `manage` |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for resource in types {
        write!(table, "| `{}` |", resource.name()).unwrap();
        let mut weaker = PermissionSet::default();
        for verb in Verb::ALL {
            let granted = resource.grants(verb);
            let added: Vec<&str> = granted.without(weaker).names().collect();
            write!(
                table,
                " {} |",
                if added.is_empty() { "–".to_owned() } else { added.join(", ") }
            )
            .unwrap();
            weaker = granted;
        }
        table.push('\n');
    }
    table
}
