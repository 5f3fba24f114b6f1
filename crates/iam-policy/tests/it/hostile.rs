//! Input that nobody writes by mistake: whatever it is, it is parsed or refused, in bounded time,
//! and without a panic.

use std::fmt::Write;
use std::time::{Duration, Instant};

use iam_policy::{DEPTH_MAX, LIST_MAX, PATH_MAX, STATEMENT_BYTES_MAX, parse};
use proptest::prelude::*;
use proptest::sample::select;

/// Parses, draws the error, and sees that its place is a place of the text.
fn survive(text: &str) {
    match parse(text) {
        Ok(statement) => {
            assert_eq!(parse(&statement.to_string()), Ok(statement));
        }
        Err(error) => {
            let span = error.span();
            assert!(text.get(span.clone()).is_some(), "{span:?} in {text:?}");
            assert!(error.render(text).lines().count() <= 4, "{}", error.render(text));
            assert!(error.to_string().len() < 500, "{error}");
            assert!(!error.to_string().contains(char::is_control), "{error:?}");
            let marked = error.mark(text);
            assert!(marked.chars().count() < 200 && !marked.contains(char::is_control), "{marked}");
        }
    }
}

fn refusal(text: &str) -> String {
    parse(text).unwrap_err().message().to_owned()
}

proptest! {
    #![proptest_config(crate::properties::config(3_000))]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn any_bytes_are_survived(bytes in any::<Vec<u8>>()) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_heap_of_words_is_survived(words in prop::collection::vec(select(vec![
        "Allow", "group", "any-user", "A", "'B c'", "id", "ocid1.group.oc1..a", ",", "/", "Default",
        "to", "manage", "users", "all-resources", "{", "USER_READ", "}", "in", "tenancy",
        "compartment", ":", "where", "request.networkSource.name", "=", "!=", "not", "(", ")", "any",
        "all", "dynamic-group", "Deny", "Endorse", "Admit", "Define", "of", "with", "as", "associate",
        "any-tenancy", "service", "'", "\u{a0}", "\0", "é",
    ]), 0..14)) {
        survive(&words.join(" "));
        survive(&words.concat());
        for opening in ["Allow group A to", "Deny", "Endorse", "Admit", "Define"] {
            survive(&format!("{opening} {}", words.join(" ")));
        }
        survive(&format!("Admit group A of tenancy B to associate users in {}", words.join(" ")));
        survive(&format!("Allow group A to use users in tenancy where {}", words.join(" ")));
    }

    #[test]
    fn any_change_of_a_statement_is_survived(at in 0..70_usize, put in any::<char>()) {
        let statement = "Allow group A, 'B' to {USER_READ, USER_UPDATE} in compartment Alpha:Beta";
        let mut changed: Vec<char> = statement.chars().collect();
        changed[at] = put;
        survive(&changed.into_iter().collect::<String>());
    }
}

#[test]
fn a_statement_has_a_longest_length() {
    let fits =
        format!("Allow group A to manage users in tenancy{}", " ".repeat(STATEMENT_BYTES_MAX - 40));
    assert_eq!(fits.len(), STATEMENT_BYTES_MAX);
    parse(&fits).unwrap();
    assert_eq!(refusal(&(fits + " ")), "a statement of 10001 bytes is too long");
    survive(&"é".repeat(1 << 20));
}

#[test]
fn a_list_has_a_longest_length() {
    let groups = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("g{n}")).collect();
        format!("Allow group {} to manage users in tenancy", names.join(","))
    };
    parse(&groups(LIST_MAX)).unwrap();
    assert_eq!(refusal(&groups(LIST_MAX + 1)), "more than 250 groups");
    let permissions = vec!["USER_READ"; LIST_MAX + 1].join(",");
    let text = format!("Allow group A to {{{permissions}}} in tenancy");
    assert_eq!(refusal(&text), "more than 250 permissions");
}

#[test]
fn a_path_has_a_longest_length() {
    let path = |names: usize| {
        let path = vec!["c"; names].join(":");
        format!("Allow group A to manage users in compartment {path}")
    };
    parse(&path(PATH_MAX)).unwrap();
    assert_eq!(refusal(&path(PATH_MAX + 1)), "more than 32 names in a path");
}

#[test]
fn an_ocid_has_a_longest_length() {
    let with = |bytes: usize| {
        format!("Allow group id ocid1.{} to use users in tenancy", "a".repeat(bytes - 6))
    };
    parse(&with(255)).unwrap();
    assert!(refusal(&with(270)).starts_with("expected the OCID of a group, found `ocid1.aaa"));
    assert!(refusal(&with(5_000)).len() < 200);
}

#[test]
fn braces_stand_in_each_other_so_deep_and_no_deeper() {
    let nested = |depth: usize| {
        let (open, close) = ("any {".repeat(depth), "}".repeat(depth));
        format!("Allow group A to use users in tenancy where {open}{TEST}{close}")
    };
    const TEST: &str = "request.networkSource.name = 'x'";
    parse(&nested(DEPTH_MAX)).unwrap();
    assert_eq!(refusal(&nested(DEPTH_MAX + 1)), "more than 8 braces in each other");
    survive(&nested(1_000));
}

#[test]
fn the_worst_statements_take_no_time() {
    let mut worst: Vec<String> =
        ["{", "}", "'", "a,", "a:", ",", "Allow ", "id ", "Default/", "\n", "\u{2028}"]
            .into_iter()
            .flat_map(|piece| {
                let many = piece.repeat(STATEMENT_BYTES_MAX / piece.len() - 40);
                [many.clone(), format!("Allow group {many}"), format!("Allow group A to {{{many}")]
            })
            .collect();
    let mut long_word = String::from("Allow group A to manage ");
    write!(long_word, "{}", "users".repeat(1_900)).unwrap();
    worst.push(long_word);
    let start = Instant::now();
    for statement in &worst {
        survive(statement);
    }
    // A parser that is quadratic in the length would take minutes here.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
