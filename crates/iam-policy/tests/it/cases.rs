//! Plain-text cases: a statement, and its canonical form or the error as it is drawn.
//!
//! Statements stand in `tests/cases` on lines that begin with `> `; what the parser says follows on
//! lines that begin with `= ` or `! `. `UPDATE=1 cargo test` writes the latter anew; read the
//! difference before you keep it.

use std::fmt::Write;
use std::path::Path;

use iam_policy::parse;

#[test]
fn accepted_statements_have_this_canonical_form() {
    check("accepted.txt", '=');
}

#[test]
fn refused_statements_get_this_error() {
    check("refused.txt", '!');
}

/// Holds a file of cases against what the parser says; all of them get that verdict.
pub(crate) fn check(file: &str, verdict: char) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(file);
    let kept = std::fs::read_to_string(&path).expect("the file of cases");
    let mut written = String::new();
    let mut statement: Vec<&str> = Vec::new();
    let mut cases = 0;
    // The empty line after the last one ends the last case.
    for line in kept.lines().chain([""]) {
        if let Some(text) = line.strip_prefix('>') {
            statement.push(text.strip_prefix(' ').unwrap_or(text));
        } else if !statement.is_empty() {
            let said = say(&statement.join("\n"));
            assert!(said.starts_with(verdict), "{file} has `{}`: {said}", statement.join("\n"));
            written.push_str(&said);
            statement.clear();
            cases += 1;
        }
        if !line.starts_with(['=', '!']) {
            writeln!(written, "{line}").expect("memory");
        }
    }
    let written = format!("{}\n", written.trim_end());
    assert!(cases > 10, "{file} has {cases} cases");
    crate::compare(&path, &kept, &written);
}

fn say(statement: &str) -> String {
    match parse(statement) {
        Ok(parsed) => {
            let canonical = parsed.to_string();
            assert_eq!(parse(&canonical).as_ref(), Ok(&parsed), "{canonical}");
            format!("= {canonical}\n")
        }
        Err(error) => error
            .render(statement)
            .lines()
            .fold(String::new(), |said, line| said + "! " + line + "\n"),
    }
}
