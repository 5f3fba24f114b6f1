//! Questions before something is deleted or replaced.

use crate::server::{Server, json, with};
use crate::story::{ADA, home};

/// Runs a command with an answer on stdin; exit code, stderr, and how many changes were sent.
fn asked(words: &[&str], answer: &str) -> (Option<i32>, String, usize) {
    let server =
        Server::new(|seen| match (seen.method.as_str(), seen.target.contains("policies")) {
            ("DELETE", _) => with(204, &[], ""),
            ("GET", true) => with(200, &[("etag", "e1")], r#"{"id":"p","statements":["old"]}"#),
            (_, true) => json(200, r#"{"id":"p"}"#),
            _ => json(200, ADA),
        });
    let ended = home().oci_told(&[&["--endpoint", &server.url], words].concat(), answer);
    let changes = server.seen().iter().filter(|seen| seen.method != "GET").count();
    (ended.code, ended.err, changes)
}

const DELETE: &[&str] = &["iam", "user", "delete", "--user-id", "u"];

#[test]
fn only_a_yes_deletes() {
    let question = "Are you sure you want to delete this resource? [y/N]: ";
    for (answer, code, changes) in [
        ("y\n", 0, 1),
        ("YES\n", 0, 1),
        ("maybe\ny\n", 0, 1),
        ("n\n", 1, 0),
        ("\n", 1, 0),
        ("", 1, 0),
    ] {
        let (ended, err, sent) = asked(DELETE, answer);
        assert_eq!((ended, sent), (Some(code), changes), "{answer:?}: {err}");
        assert!(err.starts_with(question), "{err}");
        assert_eq!(err.ends_with("Aborted!\n"), code == 1, "{err}");
    }
    let (ended, err, sent) = asked(&[DELETE, &["--force"]].concat(), "");
    assert_eq!((ended, err.as_str(), sent), (Some(0), "", 1));
}

#[test]
fn an_update_that_replaces_is_asked_about() {
    let tags = ["iam", "user", "update", "--user-id", "u", "--freeform-tags", r#"{"a":"b"}"#];
    let (code, err, sent) = asked(&tags, "n\n");
    assert_eq!((code, sent), (Some(1), 0));
    assert!(
        err.starts_with(
            "WARNING: Updates to freeform-tags and defined-tags will replace any existing values. \
             Are you sure you want to continue? [y/N]: "
        ),
        "{err}"
    );
    let plain = ["iam", "user", "update", "--user-id", "u", "--email", "a@b.c"];
    let (code, err, sent) = asked(&plain, "");
    assert_eq!((code, err.as_str(), sent), (Some(0), "", 1));
}

#[test]
fn old_statements_are_shown_before_they_are_replaced() {
    let update = ["iam", "policy", "update", "--policy-id", "p", "--statements", r#"["new"]"#];
    let (code, err, sent) = asked(&update, "y\n");
    assert_eq!((code, sent), (Some(1), 0));
    assert!(err.contains("both parameters must be specified"), "{err}");
    let update = [&update[..], &["--version-date", "2020-01-01"]].concat();
    let (code, err, sent) = asked(&update, "y\n");
    assert_eq!((code, sent), (Some(0), 1), "{err}");
    assert!(err.contains("The existing statements are:\n[\n  \"old\"\n]\n"), "{err}");
    let (code, err, sent) = asked(&[&update[..], &["--if-match", "e0"]].concat(), "y\n");
    assert_eq!((code, sent), (Some(1), 0));
    assert_eq!(err, "If-match 'e0' does not match the current etag, 'e1'.\n");
}

#[test]
fn deleting_asks_only_after_all_that_is_needed_is_there() {
    let (code, err, sent) = asked(&["iam", "user", "delete"], "y\n");
    assert_eq!((code, sent), (Some(1), 0));
    assert!(err.contains("Missing option(s) --user-id."), "{err}");
}
