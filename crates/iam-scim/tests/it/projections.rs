//! Which attributes an answer shows.

use crate::scene::{STATE, THING, object};
use iam_scim::Projection;
use serde_json::{Map, Value, json};

fn shown(attributes: Option<&str>, sets: Option<&str>) -> Map<String, Value> {
    Projection::read(&THING, attributes, sets).unwrap().apply(&THING, &object())
}

fn names(shown: &Map<String, Value>) -> Vec<&str> {
    shown.keys().map(String::as_str).collect()
}

#[test]
fn without_a_wish_the_default_is_shown() {
    let all = shown(None, None);
    assert_eq!(all, shown(Some(" "), Some("")));
    for absent in ["notes", "password"] {
        assert!(!all.contains_key(absent), "{absent}");
    }
    assert_eq!(
        all["emails"][1],
        json!({"value": "ann@home.example", "type": "home",
                                        "primary": false})
    );
    assert_eq!(all[STATE], json!({"locked": {"on": false, "reason": 0}, "attempts": 2}));
    assert_eq!(all["name"], object()["name"]);
}

#[test]
fn named_attributes_come_with_what_is_always_shown() {
    assert_eq!(names(&shown(Some("userName"), None)), ["id", "userName"]);
    assert_eq!(names(&shown(Some("USERNAME, notes"), None)), ["id", "notes", "userName"]);
    assert_eq!(shown(Some("name.givenName"), None)["name"], json!({"givenName": "Ann"}));
    assert_eq!(
        shown(Some("emails.value,emails.note"), None)["emails"],
        json!([{"value": "ann@work.example"}, {"value": "ann@home.example", "note": "n"}])
    );
    let full = "urn:ietf:params:scim:schemas:test:2.0:Thing:userName";
    assert_eq!(names(&shown(Some(full), None)), ["id", "userName"]);
    assert_eq!(names(&shown(Some("colour,,a b"), None)), ["id"]);
}

#[test]
fn extensions_are_named_as_a_whole_or_by_attribute() {
    let limit = shown(Some(&format!("{STATE}:limit")), None);
    assert_eq!(names(&limit), ["id", STATE]);
    assert_eq!(limit[STATE], json!({"limit": 3}));
    assert_eq!(
        shown(Some(&format!("{STATE}:locked.on")), None)[STATE],
        json!({"locked": {"on": false}})
    );
    assert_eq!(
        shown(Some(STATE), None)[STATE],
        json!({"locked": {"on": false, "reason": 0}, "attempts": 2})
    );
}

#[test]
fn sets_ask_for_attributes_by_when_they_are_shown() {
    assert_eq!(names(&shown(None, Some("always"))), ["id"]);
    assert_eq!(names(&shown(None, Some("never"))), ["id"]);
    assert_eq!(names(&shown(None, Some("request"))), ["id", "notes", STATE]);
    assert_eq!(shown(None, Some("DEFAULT")), shown(None, None));
    let all = shown(None, Some("all"));
    assert_eq!(all["notes"], "of note");
    assert_eq!(all[STATE]["limit"], 3);
    assert_eq!(all["emails"][1]["note"], "n");
    assert_eq!(all, shown(None, Some("request,default")));
    assert_eq!(names(&shown(Some("size"), Some("request"))), ["id", "notes", "size", STATE]);
    let fault = Projection::read(&THING, None, Some("some")).unwrap_err();
    assert!(fault.to_string().starts_with("attributeSets names no such set"), "{fault}");
}

#[test]
fn what_is_never_returned_leaves_by_no_way() {
    let everything = format!("password,PASSWORD,id,{STATE}");
    for attributes in [None, Some("password"), Some(everything.as_str())] {
        for sets in [None, Some("all"), Some("never"), Some("all,never,always,request,default")] {
            let shown = shown(attributes, sets);
            assert!(
                !Value::Object(shown).to_string().contains("secret"),
                "{attributes:?} {sets:?}"
            );
        }
    }
}

#[test]
fn a_list_of_names_has_an_end() {
    let names = |length: usize| Projection::read(&THING, Some(&"a,".repeat(length / 2)), None);
    assert!(names(8 * 1024).is_ok());
    assert_eq!(names(8 * 1024 + 2).unwrap_err().kind().as_str(), "tooMany");
}

#[test]
fn what_is_only_written_is_not_shown_whatever_else_is_said_of_it() {
    let mut thing = object();
    thing.insert("answer".to_owned(), json!("x"));
    for (attributes, sets) in [(None, None), (Some("answer"), None), (None, Some("all"))] {
        let shown = Projection::read(&THING, attributes, sets).unwrap().apply(&THING, &thing);
        assert_eq!(shown.get("answer"), None, "{attributes:?} {sets:?}");
    }
}

#[test]
fn what_the_schema_does_not_know_is_not_shown() {
    let mut thing = object();
    thing.insert("hash".to_owned(), json!("x"));
    thing["name"].as_object_mut().unwrap().insert("secret".to_owned(), json!("x"));
    let shown = Projection::read(&THING, Some("hash,name"), Some("all")).unwrap();
    let shown = shown.apply(&THING, &thing);
    assert_eq!(shown.get("hash"), None);
    assert_eq!(shown["name"], object()["name"]);
}
