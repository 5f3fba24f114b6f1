//! Statements of OCI's own pages, `tests/corpus`: they parse and print, but for those that are
//! listed with the reason.
//!
//! `refused.md` is written by the test, `UPDATE=1 cargo test -p iam-policy`; read the difference
//! before you keep it. What another parser says of the same statements is compared by
//! `tests/clients/test_policy_parsers.py`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use iam_policy::parse;

const HEADER: &str = "\
# Statements of the corpus that are refused

Why, and which; written by a test, `UPDATE=1 cargo test -p iam-policy`.
";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// All statements, each once.
fn statements() -> BTreeSet<String> {
    let mut statements = BTreeSet::new();
    for file in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("# Source: "), "{} names no source", file.display());
        statements.extend(text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned));
    }
    statements
}

#[test]
fn the_corpus_is_large_and_names_its_sources() {
    assert!(statements().len() > 300, "{}", statements().len());
}

#[test]
fn what_is_refused_is_listed_with_the_reason() {
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for statement in statements() {
        if let Err(error) = parse(&statement) {
            refused.entry(error.message().to_owned()).or_default().push(statement);
        }
    }
    let mut wanted = HEADER.to_owned();
    for (reason, statements) in refused {
        write!(wanted, "\n## {reason}\n\n").unwrap();
        for statement in statements {
            writeln!(wanted, "    {statement}").unwrap();
        }
    }
    let path = folder().join("refused.md");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    crate::compare(&path, &kept, &wanted);
}

#[test]
fn what_parses_prints_to_the_same() {
    for statement in statements() {
        let Ok(parsed) = parse(&statement) else { continue };
        let printed = parsed.to_string();
        assert_eq!(parse(&printed), Ok(parsed), "{printed}");
    }
}
