//! Bodies against their schema: what comes out of good ones, and what is said of others.

use crate::scene::{STATE, THING, URN, object, thing};
use serde_json::{Map, Value, json};

fn check(body: Value) -> Map<String, Value> {
    THING.check(&body).unwrap_or_else(|fault| panic!("{body}: {fault}"))
}

#[test]
fn what_the_server_sets_and_what_is_null_is_passed_over() {
    let out = check(thing());
    assert_eq!(out.get("id"), None);
    assert_eq!(out.get("schemas"), None);
    assert_eq!(
        out["emails"][0],
        json!({"value": "ann@work.example", "type": "work",
                                        "primary": true})
    );
    assert_eq!(out[STATE], json!({"locked": {"on": false, "reason": 0}, "limit": 3}));
    let sparse = json!({"schemas": [URN], "userName": "x", "size": null, "words": [], STATE: null});
    assert_eq!(check(sparse), *json!({"userName": "x"}).as_object().unwrap());
}

#[test]
fn names_take_the_schemas_spelling() {
    let body = json!({"SCHEMAS": [URN.to_uppercase(), STATE], "username": "x", "KIND": "square",
                      "Emails": [{"VALUE": "a@b", "Type": "WORK"}],
                      STATE.to_uppercase(): {"LIMIT": 1}});
    let expected = json!({"userName": "x", "kind": "Square",
                          "emails": [{"value": "a@b", "type": "work"}], STATE: {"limit": 1}});
    assert_eq!(check(body), *expected.as_object().unwrap());
}

#[test]
fn an_attribute_may_stand_under_its_full_name() {
    let body = json!({"schemas": [URN], format!("{URN}:userName"): "x",
                      format!("{STATE}:limit"): 4});
    assert_eq!(check(body), *json!({"userName": "x", STATE: {"limit": 4}}).as_object().unwrap());
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    let with = |name: &str, value: Value| json!({"schemas": [URN], "userName": "x", name: value});
    for (body, kind, part) in [
        (json!([]), "invalidValue", "the body is not valid; give an object"),
        (json!({"userName": "x"}), "invalidSyntax", "schemas is missing"),
        (json!({"schemas": URN, "userName": "x"}), "invalidSyntax", "schemas is missing or not"),
        (json!({"schemas": [STATE], "userName": "x"}), "invalidSyntax", "does not name Thing"),
        (
            json!({"schemas": [URN, "urn:other"], "userName": "x"}),
            "invalidSyntax",
            "schemas names `urn:other`",
        ),
        (json!({"schemas": [URN]}), "invalidValue", "userName is missing"),
        (json!({"schemas": [URN], "userName": null}), "invalidValue", "userName is missing"),
        (with("colour", json!(1)), "invalidSyntax", "`colour` is not an attribute of Thing"),
        (with("colour", json!(null)), "invalidSyntax", "`colour` is not an attribute of Thing"),
        (with("urn:x:y", json!(1)), "invalidSyntax", "`urn:x:y` is not an attribute"),
        (with("USERNAME", json!("y")), "invalidSyntax", "is given twice"),
        (
            with("name", json!({"x": 1})),
            "invalidSyntax",
            "`x` is not an attribute of ThingName (name)",
        ),
        (with("size", json!(1.5)), "invalidValue", "size is not valid; give a whole number"),
        (with("size", json!(u64::MAX)), "invalidValue", "size is not valid"),
        (with("active", json!("true")), "invalidValue", "active is not valid; give true or false"),
        (with("kind", json!("flat")), "invalidValue", "kind `flat` is not known"),
        (with("made", json!("today")), "invalidValue", "made is not valid; give a time"),
        (with("words", json!("red")), "invalidValue", "words is not valid; give an array"),
        (with("words", json!(["red", 1])), "invalidValue", "words[1] is not valid; give text"),
        (with("emails", json!([{"type": "work"}])), "invalidValue", "emails[0].value is missing"),
        (with(STATE, json!({"x": 1})), "invalidSyntax", "`x` is not an attribute of ThingState"),
        (
            with(STATE, json!({"limit": "1"})),
            "invalidValue",
            "state:Thing:limit is not valid; give a whole number",
        ),
        (
            with(
                "emails",
                json!([{"type": "work", "value": "a", "primary": true},
                                  {"type": "work", "value": "b", "primary": true}]),
            ),
            "invalidValue",
            "emails has more than one primary value",
        ),
        (with("words", json!(vec!["x"; 1_001])), "tooMany", "words has more than 1000 values"),
        (with("notes", json!("x".repeat(65_537))), "invalidValue", "at most 65536 bytes"),
    ] {
        let fault = THING.check(&body).unwrap_err();
        assert!(fault.to_string().contains(part), "{fault}");
        assert_eq!(fault.kind().as_str(), kind, "{fault}");
    }
}

#[test]
fn what_is_set_once_may_be_said_again_but_not_otherwise() {
    let new = |serial: &str| check(json!({"schemas": [URN], "userName": "x", "serial": serial}));
    assert!(THING.check_immutable(&object(), &new("S1")).is_ok());
    let fault = THING.check_immutable(&object(), &new("S2")).unwrap_err();
    assert_eq!(fault.to_string(), "serial cannot be changed once it is set");
}
