//! `/20160918/tagNamespaces/{id}/tags` and below: the keys of a tag namespace.

use crate::world::{Answer, World};
use iam_api::Ocid;
use serde_json::{Value, json};

/// The path of the tags of a new tag namespace, and its OCID.
fn scene(world: &World) -> (String, String) {
    let id = world.tag_namespace("Ops");
    (format!("/tagNamespaces/{id}/tags"), id)
}

fn post(world: &World, path: &str, more: &Value) -> Answer {
    let mut body = json!({"name": "Cost", "description": "test"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(&world.administrator(), path, &body)
}

#[test]
fn a_new_tag_is_answered_whole_and_found_in_whatever_case() {
    let world = World::new();
    let (path, namespace) = scene(&world);
    let values = json!({"validatorType": "ENUM", "values": ["a", "b c"]});
    let answer = post(&world, &path, &json!({"validator": values})).ok();
    assert_eq!(Ocid::from(answer.id().as_str()).kind(), Some("tagdefinition"));
    let expected = json!({
        "id": answer.id(), "compartmentId": world.tenancy(), "tagNamespaceId": namespace,
        "tagNamespaceName": "Ops", "name": "Cost", "description": "test", "isRetired": false,
        "lifecycleState": "ACTIVE", "timeCreated": "2026-11-23T12:00:00.000Z",
        "isCostTracking": false, "validator": values, "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
    let admin = world.administrator();
    let read = world.get(&admin, &format!("{path}/cOST")).ok();
    assert_eq!((read.json(), read.etag()), (expected, answer.etag()));
    let listed = world.get(&admin, &path).ok().json();
    assert_eq!((&listed[0]["id"], listed[0].get("validator")), (&json!(answer.id()), None));
    assert_eq!(world.get(&admin, &format!("{path}/Other")).status, 404);
    let again = post(&world, &path, &json!({"name": "COST"}));
    assert_eq!(again.code(), (409, "TagDefinitionAlreadyExists".into()));
    let other = world.tag_namespace("Other");
    world.tag(&other, "Cost", &json!({}));
}

#[test]
fn values_are_a_hundred_at_most_none_blank_and_none_twice() {
    let world = World::new();
    let (path, _) = scene(&world);
    let hundred: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    for bad in [
        json!({"validatorType": "ENUM"}),
        json!({"validatorType": "ENUM", "values": []}),
        json!({"validatorType": "ENUM", "values": ["a", " "]}),
        json!({"validatorType": "ENUM", "values": ["a", "a"]}),
        json!({"validatorType": "ENUM", "values": ["x".repeat(257)]}),
        json!({"validatorType": "ENUM", "values": hundred}),
        json!({"validatorType": "DEFAULT", "values": ["a"]}),
        json!({"validatorType": "OTHER"}),
        json!({"values": ["a"]}),
    ] {
        let answer = post(&world, &path, &json!({"validator": bad}));
        assert_eq!(answer.status, 400, "{bad}");
    }
    let good = json!({"validatorType": "ENUM", "values": &hundred[..100]});
    post(&world, &path, &json!({"validator": good})).ok();
}

#[test]
fn an_update_changes_what_it_names_and_default_takes_the_values_away() {
    let world = World::new();
    let admin = world.administrator();
    let (path, _) = scene(&world);
    let values = json!({"validatorType": "ENUM", "values": ["a"]});
    let made = post(&world, &path, &json!({"validator": values})).ok();
    let tag = format!("{path}/Cost");
    let put = |body: Value| world.put(&admin, &tag, &body, &[]);
    let mut expected = made.json();
    expected["description"] = json!("new");
    assert_eq!(put(json!({"description": "new"})).ok().json(), expected);
    expected["validator"] = Value::Null;
    assert_eq!(put(json!({"validator": {"validatorType": "DEFAULT"}})).ok().json(), expected);
    let stale = world.put(&admin, &tag, &json!({}), &[("if-match", &made.etag())]);
    assert_eq!(stale.code(), (412, "NoEtagMatch".into()));
    expected["isRetired"] = json!(true);
    expected["lifecycleState"] = json!("INACTIVE");
    assert_eq!(put(json!({"isRetired": true})).ok().json(), expected);
}

#[test]
fn costs_are_tracked_by_ten_tags_at_most_and_all_are_listed() {
    let world = World::new();
    let admin = world.administrator();
    let (path, namespace) = scene(&world);
    let tracking = json!({"isCostTracking": true});
    for number in 0..10 {
        world.tag(&namespace, &format!("t{number}"), &tracking);
    }
    let refused = post(&world, &path, &tracking);
    assert_eq!(refused.code(), (400, "LimitExceeded".into()));
    let list = format!(
        "/tagNamespaces/actions/listCostTrackingTags?compartmentId={}&limit=6",
        world.tenancy()
    );
    let first = world.get(&admin, &list).ok();
    let next = first.header("opc-next-page").unwrap().to_owned();
    let second = world.get(&admin, &format!("{list}&page={next}")).ok();
    let count = |answer: &Answer| answer.json().as_array().unwrap().len();
    assert_eq!((count(&first), count(&second)), (6, 4));
    assert_eq!(first.json()[0]["tagNamespaceName"], "Ops");
    world.put(&admin, &format!("{path}/t3"), &json!({"isCostTracking": false}), &[]).ok();
    post(&world, &path, &tracking).ok();
    world.put(&admin, &format!("{path}/t3"), &json!({"description": "x"}), &[]).ok();
    let refused = world.put(&admin, &format!("{path}/t3"), &tracking, &[]);
    assert_eq!(refused.code(), (400, "LimitExceeded".into()));
}
