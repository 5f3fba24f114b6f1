//! Input that nobody writes by mistake: whatever it is, it is read or refused, in bounded time, and
//! without a panic.

use crate::properties::config;
use crate::scene::{THING, URN, object};
use iam_api::scim::{PATCH_URN, PatchOp, PatchOperation};
use iam_scim::{
    Asked, Condition, FILTER_BYTES_MAX, FILTER_DEPTH_MAX, Filter, OPERATIONS_MAX, Patch, PatchPath,
    Query, VALUES_MAX,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn survive(text: &str) {
    match Filter::parse(text) {
        Ok(filter) => {
            assert_eq!(Filter::parse(&filter.to_string()).as_ref(), Ok(&filter), "{filter}");
            if let Ok(condition) = Condition::bind(&filter, &THING) {
                let _either = condition.matches(&Value::Object(object()));
            }
        }
        Err(fault) => {
            let span = fault.span().unwrap();
            assert!(text.get(span.clone()).is_some(), "{span:?} in {text:?}");
            assert!(fault.to_string().len() < 500, "{fault}");
            assert!(!fault.to_string().contains(char::is_control), "{fault:?}");
        }
    }
    if let Err(fault) = PatchPath::parse(text) {
        assert!(fault.to_string().len() < 500, "{fault}");
    }
    let _any = Query::read(&THING, &Asked { sort_by: Some(text), ..Asked::default() });
    let _any = Query::read(&THING, &Asked { attributes: Some(text), ..Asked::default() });
}

fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
    let words = vec![
        "userName",
        "emails",
        "emails.value",
        "urn:a:b:",
        "eq",
        "ne",
        "co",
        "pr",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[",
        "]",
        ".",
        "\"x\"",
        "\"",
        "\\",
        "1",
        "-",
        "true",
        "null",
        "\u{a0}",
        "\0",
        "é",
        "$ref",
        ":",
        "name",
    ];
    prop::collection::vec(select(words), 0..14)
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn any_heap_of_words_is_survived(words in pieces()) {
        survive(&words.join(" "));
        survive(&words.concat());
        survive(&format!("userName eq \"x\" and {}", words.join(" ")));
    }

    #[test]
    fn any_patch_is_survived(
        op in select(vec!["add", "Replace", "REMOVE", "x"]),
        path in prop::option::of(pieces()),
        value in select(vec![
            json!(null), json!(1), json!("x"), json!([]), json!({}), json!([[[]]]),
            json!({"value": "x", "type": "work", "primary": true}), json!({"userName": null}),
            json!([{"value": "x"}, {"type": "home", "value": "y", "primary": true}]), json!(true),
        ]),
    ) {
        let path = path.map(|words| words.concat());
        let operation = PatchOperation { op: op.to_owned(), path, value: Some(value) };
        let body = PatchOp { schemas: vec![PATCH_URN.to_owned()], operations: vec![operation] };
        let before = object();
        let mut thing = before.clone();
        if Patch::read(&body).and_then(|patch| patch.apply(&THING, &mut thing)).is_err() {
            prop_assert_eq!(&thing, &before);
        }
        prop_assert_eq!(&thing["id"], &before["id"]);
        prop_assert!(thing.contains_key("userName"));
    }
}

#[test]
fn length_and_depth_have_an_end() {
    let long = |bytes: usize| format!("a eq \"{}\"", "x".repeat(bytes - 7));
    assert!(Filter::parse(&long(FILTER_BYTES_MAX)).is_ok());
    let fault = Filter::parse(&long(FILTER_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(fault.message(), "a filter of 4097 bytes is too long");
    let deep = |depth: usize| format!("{}a pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&deep(FILTER_DEPTH_MAX)).is_ok());
    let fault = Filter::parse(&deep(FILTER_DEPTH_MAX + 1)).unwrap_err();
    assert_eq!(fault.message(), "the filter is nested more than 32 deep");
    let nots = |depth: usize| format!("{}a pr{}", "not (".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&nots(FILTER_DEPTH_MAX + 1)).is_err());
    survive(&"é".repeat(1 << 20));
}

#[test]
fn the_worst_filters_take_no_time() {
    let start = Instant::now();
    for piece in ["(", "not(", "a[", "\"", "\\", "a.", "a:", "urn:", "a pr and ", "-", "\"\" "] {
        survive(&piece.repeat(FILTER_BYTES_MAX / piece.len()));
    }
    let conditions = vec!["emails co \"x\""; FILTER_BYTES_MAX / 20].join(" or ");
    survive(&conditions);
    // What is quadratic in the length would take far longer.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn a_patch_has_a_most_of_everything() {
    let operation =
        PatchOperation { op: "add".to_owned(), path: None, value: Some(json!({"size": 1})) };
    let body = |count: usize| PatchOp {
        schemas: vec![PATCH_URN.to_owned()],
        operations: vec![operation.clone(); count],
    };
    assert!(Patch::read(&body(OPERATIONS_MAX)).is_ok());
    assert_eq!(Patch::read(&body(OPERATIONS_MAX + 1)).unwrap_err().kind().as_str(), "tooMany");
    let words: Vec<String> = (0..1_001).map(|number| format!("w{number}")).collect();
    let mut many = body(1);
    many.operations[0].value = Some(json!({"words": words}));
    let fault = Patch::read(&many).unwrap().apply(&THING, &mut object()).unwrap_err();
    assert_eq!(fault.kind().as_str(), "tooMany");
    many.operations[0].value = Some(keys(VALUES_MAX + 1));
    let fault = Patch::read(&many).unwrap().apply(&THING, &mut object()).unwrap_err();
    assert_eq!(fault.kind().as_str(), "tooMany");
}

/// An object of so many keys.
fn keys(count: usize) -> Value {
    let pairs = (0..count).map(|number| (format!("key{number}"), json!(1)));
    Value::Object(pairs.collect())
}

#[test]
fn a_body_has_a_most_of_keys() {
    let kind = |body: &Value| THING.check(body).unwrap_err().kind().as_str();
    assert_eq!(kind(&keys(VALUES_MAX + 1)), "tooMany");
    assert_ne!(kind(&keys(VALUES_MAX)), "tooMany");
    let inside = json!({"schemas": [URN], "userName": "x", "name": keys(VALUES_MAX + 1)});
    assert_eq!(kind(&inside), "tooMany");
}
