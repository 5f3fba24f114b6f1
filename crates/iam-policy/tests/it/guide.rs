//! The guide for users: its statements parse, its errors are the real ones, its table is the table.

use std::fmt::Write;
use std::path::Path;

use iam_policy::{PermissionSet, ResourceType, Verb, parse};

const TABLE_START: &str =
    "<!-- table: written by a test, `UPDATE=1 cargo test -p iam-policy` -->\n";
const TABLE_END: &str = "<!-- end of table -->\n";

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
    let statements = blocks("policy");
    assert!(statements.len() >= 4);
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
    let wanted = [before, TABLE_START, &table(), TABLE_END, after].concat();
    crate::compare(&path(), &kept, &wanted);
}

fn table() -> String {
    let mut table =
        "| type | `inspect` | `read` | `use` | `manage` |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for resource in ResourceType::all() {
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
