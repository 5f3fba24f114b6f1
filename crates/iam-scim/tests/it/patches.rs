//! What the operations of a patch do to a resource, and which are refused.

use crate::scene::{STATE, THING, object};
use iam_api::scim::{PATCH_URN, PatchOp};
use iam_scim::{Fault, Patch};
use serde_json::{Map, Value, json};

fn apply_to(
    resource: &Map<String, Value>,
    operations: &Value,
) -> Result<Map<String, Value>, Fault> {
    let body = json!({"schemas": [PATCH_URN], "Operations": operations});
    let body: PatchOp = serde_json::from_value(body).unwrap();
    let mut changed = resource.clone();
    Patch::read(&body)?.apply(&THING, &mut changed).map(|()| changed)
}

/// The thing after one operation.
fn after(op: &str, path: &str, value: Value) -> Map<String, Value> {
    let operations = json!([{"op": op, "path": path, "value": value}]);
    apply_to(&object(), &operations).unwrap_or_else(|fault| panic!("{op} {path}: {fault}"))
}

fn without(path: &str) -> Map<String, Value> {
    after("remove", path, Value::Null)
}

fn refusal(operation: Value) -> (&'static str, String) {
    let fault = apply_to(&object(), &json!([operation])).unwrap_err();
    (fault.kind().as_str(), fault.to_string())
}

#[test]
fn operations_are_named_in_any_case() {
    for op in ["add", "ADD", "Add", "replace", "REPLACE"] {
        assert_eq!(after(op, "NOTES", json!("new"))["notes"], "new");
    }
    for op in ["remove", "REMOVE"] {
        assert!(!after(op, "notes", Value::Null).contains_key("notes"));
    }
}

#[test]
fn a_simple_attribute_is_set_and_taken_away() {
    assert_eq!(after("replace", "size", json!(11))["size"], 11);
    assert_eq!(after("add", "kind", json!("square"))["kind"], "Square");
    let full = "urn:ietf:params:scim:schemas:test:2.0:Thing:size";
    assert_eq!(after("replace", full, json!(12))["size"], 12);
    assert!(!without("size").contains_key("size"));
    assert!(!after("replace", "size", Value::Null).contains_key("size"));
    // What is not there is taken away without a word.
    assert_eq!(
        apply_to(&without("size"), &json!([{"op": "remove", "path": "size"}])).unwrap(),
        without("size")
    );
}

#[test]
fn a_complex_attribute_keeps_the_parts_that_are_not_named() {
    for op in ["add", "replace"] {
        let changed = after(op, "name", json!({"familyName": "Cee"}));
        assert_eq!(changed["name"], json!({"givenName": "Ann", "familyName": "Cee"}));
        assert_eq!(after(op, "name.familyName", json!("Cee")), changed);
    }
    assert_eq!(
        after("replace", "name", json!({"givenName": null}))["name"],
        json!({"familyName": "Bee"})
    );
    assert_eq!(without("name.givenName")["name"], json!({"familyName": "Bee"}));
    assert!(!without("name").contains_key("name"));
    let both = json!([{"op": "remove", "path": "name.givenName"},
                      {"op": "remove", "path": "name.familyName"}]);
    assert!(!apply_to(&object(), &both).unwrap().contains_key("name"));
}

#[test]
fn values_are_added_once_and_replaced_as_a_whole() {
    assert_eq!(
        after("add", "words", json!(["blue", "red"]))["words"],
        json!(["red", "green", "blue"])
    );
    assert_eq!(after("add", "words", json!("blue"))["words"], json!(["red", "green", "blue"]));
    assert_eq!(after("replace", "words", json!(["blue"]))["words"], json!(["blue"]));
    assert!(!after("replace", "words", json!([])).contains_key("words"));
    assert_eq!(without(r#"words[value eq "RED"]"#)["words"], json!(["green"]));
    assert!(!without(r#"words[value sw "r" or value sw "g"]"#).contains_key("words"));
    let one = json!({"value": "a@b", "type": "home"});
    assert_eq!(after("add", "emails", one.clone())["emails"][2], one);
    assert_eq!(after("replace", "emails", one.clone())["emails"], json!([one]));
}

#[test]
fn a_filter_picks_values() {
    let changed = after("replace", r#"emails[type eq "home"].value"#, json!("new@home.example"));
    assert_eq!(changed["emails"][1]["value"], "new@home.example");
    assert_eq!(changed["emails"][1]["note"], "n");
    assert_eq!(changed["emails"][0], object()["emails"][0]);

    let whole = json!({"value": "x@y", "type": "home"});
    let changed = after("replace", r#"emails[value ew "home.example"]"#, whole.clone());
    assert_eq!(changed["emails"][1], whole);
    assert_eq!(after("replace", r#"emails[type eq "home"]"#, json!([whole]))["emails"][1], whole);
    let merged = after("add", r#"emails[type eq "home"]"#, json!({"note": "other"}));
    assert_eq!(merged["emails"][1]["note"], "other");
    assert_eq!(merged["emails"][1]["value"], "ann@home.example");

    assert_eq!(without(r#"emails[type eq "home"].note"#)["emails"][1].get("note"), None);
    assert_eq!(without(r#"emails[type eq "home"]"#)["emails"], json!([object()["emails"][0]]));
    assert_eq!(without(r#"emails[value eq "nobody"]"#), object());
}

#[test]
fn an_add_makes_the_value_that_its_filter_asks_for() {
    let bare = without("emails");
    let operation =
        json!([{"op": "add", "path": r#"emails[type eq "work"].value"#, "value": "a@b"}]);
    let changed = apply_to(&bare, &operation).unwrap();
    assert_eq!(changed["emails"], json!([{"type": "work", "value": "a@b"}]));
    let operation = json!([{"op": "add", "path": r#"emails[type eq "work" and primary eq true]"#,
                            "value": {"value": "a@b"}}]);
    let changed = apply_to(&bare, &operation).unwrap();
    assert_eq!(changed["emails"], json!([{"type": "work", "primary": true, "value": "a@b"}]));
    let vague = json!({"op": "add", "path": r#"emails[value sw "z"].value"#, "value": "z@b"});
    assert_eq!(refusal(vague).0, "noTarget");
}

#[test]
fn a_new_primary_value_takes_the_place_of_the_old_one() {
    let primary = |changed: &Map<String, Value>| -> Vec<bool> {
        let emails = changed["emails"].as_array().unwrap();
        emails.iter().map(|email| email["primary"] == true).collect()
    };
    let new = json!({"value": "x@y", "type": "work", "primary": true});
    assert_eq!(primary(&after("add", "emails", new.clone())), [false, false, true]);
    let moved = after("replace", r#"emails[type eq "home"].primary"#, json!(true));
    assert_eq!(primary(&moved), [false, true]);
    let moved = after("add", r#"emails[type eq "home"]"#, json!({"primary": true}));
    assert_eq!(primary(&moved), [false, true]);
    let again = object()["emails"][1].clone();
    let mut again = again.as_object().unwrap().clone();
    again.insert("primary".to_owned(), json!(true));
    let path = r#"emails[type eq "home"]"#;
    assert_eq!(primary(&after("replace", path, Value::Object(again))), [false, true]);
    assert_eq!(
        refusal(json!({"op": "replace", "path": "emails", "value": [new, new]})).0,
        "invalidValue"
    );
    let both = json!({"op": "replace", "path": r#"emails[value pr].primary"#, "value": true});
    let (kind, text) = refusal(both);
    assert_eq!((kind, text.contains("more than one primary")), ("invalidValue", true), "{text}");
}

#[test]
fn without_a_path_the_value_names_the_attributes() {
    let value = json!({"size": 1, "Name": {"givenName": "Al"}, "words": ["blue"],
                       STATE: {"limit": 9}});
    for (op, words) in [("replace", json!(["blue"])), ("add", json!(["red", "green", "blue"]))] {
        let changed = apply_to(&object(), &json!([{"op": op, "value": value}])).unwrap();
        assert_eq!((&changed["size"], &changed["words"]), (&json!(1), &words));
        assert_eq!(changed["name"], json!({"givenName": "Al", "familyName": "Bee"}));
        assert_eq!(changed[STATE]["limit"], 9);
        assert_eq!(changed[STATE]["attempts"], 2, "what is not named stays");
    }
    let flat = json!([{"op": "add", "value": {format!("{STATE}:limit"): 8}}]);
    assert_eq!(apply_to(&object(), &flat).unwrap()[STATE]["limit"], 8);
}

#[test]
fn extensions_are_reached_by_their_urn() {
    let changed = after("replace", &format!("{STATE}:locked.on"), json!(true));
    assert_eq!(changed[STATE]["locked"], json!({"on": true, "reason": 0}));
    let changed = after("add", STATE, json!({"limit": 7}));
    assert_eq!(changed[STATE]["limit"], 7);
    assert_eq!(changed[STATE]["locked"]["on"], false);
    let bare = without(STATE);
    assert!(!bare.contains_key(STATE));
    let operation = json!([{"op": "add", "path": format!("{STATE}:locked.on"), "value": true}]);
    assert_eq!(apply_to(&bare, &operation).unwrap()[STATE], json!({"locked": {"on": true}}));
}

#[test]
fn what_the_server_sets_and_what_is_set_once_stays() {
    for path in ["id", r#"emails[type eq "work"].verified"#, &format!("{STATE}:attempts")] {
        for op in ["add", "replace", "remove"] {
            let operation = json!({"op": op, "path": path, "value": if op == "remove" { json!(null) }
                                   else { json!(true) }});
            let (kind, text) = refusal(operation);
            assert_eq!(kind, "mutability", "{op} {path}: {text}");
        }
    }
    assert_eq!(refusal(json!({"op": "add", "value": {"id": "x"}})).0, "mutability");
    assert_eq!(after("replace", "serial", json!("S1")), object());
    for operation in [
        json!({"op": "replace", "path": "serial", "value": "S2"}),
        json!({"op": "add", "path": "serial", "value": "S2"}),
        json!({"op": "add", "value": {"serial": "S2"}}),
        json!({"op": "remove", "path": "serial"}),
    ] {
        let (kind, text) = refusal(operation);
        assert_eq!(kind, "mutability");
        assert!(
            text.starts_with("serial cannot be changed once it is set (Operations[0])"),
            "{text}"
        );
    }
    let mut bare = object();
    bare.remove("serial");
    let set = json!([{"op": "add", "path": "serial", "value": "S2"}]);
    assert_eq!(apply_to(&bare, &set).unwrap()["serial"], "S2");
    // Within a value, what the server sets is passed over.
    let value = json!([{"value": "x@y", "type": "work", "verified": true}]);
    assert_eq!(
        after("replace", "emails", value)["emails"],
        json!([{"value": "x@y",
                                                                    "type": "work"}])
    );
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    for (operation, kind, part) in [
        (json!({"op": "set", "path": "size"}), "invalidSyntax", "op `set` is not known"),
        (json!({"op": "remove"}), "noTarget", "remove needs a path"),
        (json!({"op": "add", "value": 1}), "invalidValue", "must be an object of attributes"),
        (json!({"op": "add", "path": "colour", "value": 1}), "invalidPath", "`colour` is not an"),
        (json!({"op": "add", "path": "size[x pr]", "value": 1}), "invalidPath", "one value alone"),
        (
            json!({"op": "replace", "path": "emails.value", "value": "x"}),
            "invalidPath",
            "emails has several values (Operations[0]); say which",
        ),
        (
            json!({"op": "replace", "path": "emails[type eq \"fax\"].value", "value": "x"}),
            "noTarget",
            "no value of emails is picked",
        ),
        (
            json!({"op": "replace", "path": "emails[colour eq \"x\"].value", "value": "x"}),
            "invalidFilter",
            "`colour` is not an attribute of ThingEmails",
        ),
        (
            json!({"op": "add", "path": "emails[type eq \"work\"].colour", "value": "x"}),
            "invalidPath",
            "`colour` is no part of emails",
        ),
        (json!({"op": "remove", "path": "words", "value": ["red"]}), "invalidValue", "no value"),
        (json!({"op": "remove", "path": "userName"}), "invalidValue", "userName is missing"),
        (
            json!({"op": "remove", "path": "emails[type eq \"work\"].value"}),
            "invalidValue",
            "emails.value must be there",
        ),
        (
            json!({"op": "replace", "path": "emails[type eq \"work\"]", "value": {"value": "x"}}),
            "invalidValue",
            "emails.type is missing",
        ),
        (json!({"op": "replace", "path": "size", "value": "1"}), "invalidValue", "a whole number"),
        (json!({"op": "add", "path": "emails", "value": ["x"]}), "invalidValue", "an object"),
        (
            json!({"op": "replace", "path": "kind", "value": "flat"}),
            "invalidValue",
            "kind `flat` is not known (Operations[0]); give one of Round, Square",
        ),
    ] {
        let (found, text) = refusal(operation.clone());
        assert_eq!(found, kind, "{operation}: {text}");
        assert!(text.contains(part), "{operation}: {text}");
    }
}

#[test]
fn a_patch_is_done_as_a_whole_or_not_at_all() {
    let mut thing = object();
    let body = json!({"schemas": [PATCH_URN], "Operations": [
        {"op": "replace", "path": "size", "value": 99},
        {"op": "replace", "path": "size", "value": "no"},
    ]});
    let body: PatchOp = serde_json::from_value(body).unwrap();
    let fault = Patch::read(&body).unwrap().apply(&THING, &mut thing).unwrap_err();
    assert!(fault.to_string().contains("(Operations[1])"), "{fault}");
    assert_eq!(thing, object());
}

#[test]
fn a_body_that_is_no_patch_is_refused() {
    for body in [
        json!({"schemas": [], "Operations": [{"op": "remove", "path": "size"}]}),
        json!({"schemas": ["urn:x"], "Operations": [{"op": "remove", "path": "size"}]}),
        json!({"schemas": [PATCH_URN], "Operations": []}),
    ] {
        let body: PatchOp = serde_json::from_value(body).unwrap();
        assert_eq!(Patch::read(&body).unwrap_err().kind().as_str(), "invalidSyntax");
    }
}

#[test]
fn flags_about_the_request_are_found() {
    let flag = "urn:x:selfChange:User:allow";
    let body = json!({"schemas": [PATCH_URN], "Operations": [
        {"op": "add", "path": flag, "value": true}, {"op": "add", "value": {flag: false}},
        {"op": "add", "path": "size", "value": 1},
    ]});
    let patch = Patch::read(&serde_json::from_value(body).unwrap()).unwrap();
    let found: Vec<&Value> = patch.values_of(flag).collect();
    assert_eq!(found, [&json!(true), &json!(false)]);
}
