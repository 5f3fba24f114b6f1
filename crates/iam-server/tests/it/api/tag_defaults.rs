//! `/20160918/tagDefaults` and below: tags for whatever is made in a compartment or below it.

use crate::world::{Answer, HOST, World};
use iam_api::Ocid;
use serde_json::{Value, json};

/// A world with the tag `Ops.Cost`, the OCIDs of its namespace and of the tag.
fn scene() -> (World, String, String) {
    let world = World::new();
    let namespace = world.tag_namespace("Ops");
    let tag = world.tag(&namespace, "Cost", &json!({}));
    (world, namespace, tag)
}

fn post(world: &World, compartment: &str, tag: &str, more: &Value) -> Answer {
    let mut body = json!({"compartmentId": compartment, "tagDefinitionId": tag, "value": "42"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(&world.administrator(), "/tagDefaults", &body)
}

#[test]
fn a_new_tag_default_is_answered_whole_and_there_is_one_for_a_tag() {
    let (world, namespace, tag) = scene();
    let admin = world.administrator();
    let answer = post(&world, world.tenancy(), &tag, &json!({})).ok();
    let (id, etag) = (answer.id(), answer.etag());
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("tagdefault"));
    let location = format!("http://{HOST}/20160918/tagDefaults/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "tagNamespaceId": namespace,
        "tagDefinitionId": tag, "tagDefinitionName": "Cost", "value": "42",
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        "isRequired": false, "locks": [],
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&admin, &format!("/tagDefaults/{id}")).ok();
    assert_eq!((read.json(), read.etag()), (expected, etag));
    let again = post(&world, world.tenancy(), &tag, &json!({}));
    assert_eq!(again.code(), (409, "Conflict".into()));
    let unknown = post(&world, world.tenancy(), &namespace, &json!({}));
    assert_eq!(unknown.code(), (400, "RelatedResourceNotAuthorizedOrNotFound".into()));
}

#[test]
fn every_kind_gets_the_defaults_that_it_does_not_say_itself() {
    let (world, namespace, tag) = scene();
    let owner = world.tag(&namespace, "Owner", &json!({}));
    post(&world, world.tenancy(), &tag, &json!({})).ok();
    let value = json!({"value": "${iam.principal.name} at ${oci.datetime}"});
    post(&world, world.tenancy(), &owner, &value).ok();
    // Who may not use the namespace gets the tags all the same.
    let ann = world.caller_with(
        "ann",
        1,
        &["allow group them to {USER_CREATE, GROUP_CREATE, \
        POLICY_CREATE, TAG_NAMESPACE_CREATE} in tenancy"],
    );
    let stamp = "ann at 2026-11-23T12:00:00.000Z";
    let body = json!({"compartmentId": world.tenancy(), "name": "new", "description": "x"});
    let mut policy = body.clone();
    policy["statements"] = json!(["allow any-user to inspect users in tenancy"]);
    let all = [("/users", &body), ("/groups", &body), ("/policies", &policy)];
    for (path, body) in all.into_iter().chain([("/tagNamespaces", &body)]) {
        let made = world.post(&ann, path, body).ok().json();
        assert_eq!(made["definedTags"], json!({"Ops": {"Cost": "42", "Owner": stamp}}), "{path}");
    }
    let admin = world.administrator();
    let body = json!({"compartmentId": world.tenancy(), "name": "own", "description": "x",
                      "definedTags": {"ops": {"COST": "7"}}});
    let made = world.post(&admin, "/groups", &body).ok().json();
    let tags = made["definedTags"]["ops"].as_object().unwrap();
    assert_eq!((tags.len(), &tags["COST"]), (2, &json!("7")), "{made}");
    let path = format!("/groups/{}", made["id"].as_str().unwrap());
    let changed = world.put(&admin, &path, &json!({"definedTags": {}}), &[]).ok().json();
    assert_eq!(changed["definedTags"], json!({}), "defaults are for what is made");
}

#[test]
fn a_required_one_must_be_said_and_one_whose_tag_is_retired_does_not_count() {
    let (world, namespace, tag) = scene();
    let admin = world.administrator();
    let id = post(&world, world.tenancy(), &tag, &json!({"isRequired": true})).ok().id();
    let make = |name: &str, tags: Value| {
        let body = json!({"compartmentId": world.tenancy(), "name": name, "description": "x",
                          "definedTags": tags});
        world.post(&admin, "/groups", &body)
    };
    let refused = make("a", json!({}));
    assert_eq!(refused.code(), (400, "InvalidParameter".into()));
    assert!(refused.text("message").contains("`Ops.Cost` is required"), "{}", refused.text);
    make("b", json!({"Ops": {"Cost": "1"}})).ok();
    let path = format!("/tagDefaults/{id}");
    let update = json!({"value": "43", "isRequired": false});
    world.put(&admin, &path, &update, &[]).ok();
    let made = make("c", json!({})).ok().json();
    assert_eq!(made["definedTags"], json!({"Ops": {"Cost": "43"}}));
    let tag = format!("/tagNamespaces/{namespace}/tags/Cost");
    world.put(&admin, &tag, &json!({"isRetired": true}), &[]).ok();
    assert_eq!(make("d", json!({})).ok().json()["definedTags"], json!({}));
    world.put(&admin, &tag, &json!({"isRetired": false}), &[]).ok();
    assert_eq!(make("e", json!({})).ok().json()["definedTags"]["Ops"]["Cost"], "43");
    world.delete(&admin, &path, &[]).ok();
    assert_eq!(make("f", json!({})).ok().json()["definedTags"], json!({}));
}

#[test]
fn its_value_is_one_that_the_tag_takes_and_the_tag_goes_on_to_take_it() {
    let (world, namespace, _) = scene();
    let admin = world.administrator();
    let values = |values: Value| json!({"validator": {"validatorType": "ENUM", "values": values}});
    let tag = world.tag(&namespace, "Colour", &values(json!(["red", "blue"])));
    let refused = post(&world, world.tenancy(), &tag, &json!({"value": "green"}));
    assert_eq!(refused.code(), (400, "InvalidParameter".into()));
    let id = post(&world, world.tenancy(), &tag, &json!({"value": "red"})).ok().id();
    let path = format!("/tagDefaults/{id}");
    let refused = world.put(&admin, &path, &json!({"value": "green"}), &[]);
    assert_eq!(refused.code(), (400, "InvalidParameter".into()));
    let tag = format!("/tagNamespaces/{namespace}/tags/Colour");
    let refused = world.put(&admin, &tag, &values(json!(["blue"])), &[]);
    assert_eq!(refused.code(), (409, "Conflict".into()));
    world.put(&admin, &path, &json!({"value": "blue"}), &[]).ok();
    world.put(&admin, &tag, &values(json!(["blue"])), &[]).ok();
}

#[test]
fn locks_and_etags_count_as_for_a_tag_namespace() {
    let (world, _, tag) = scene();
    let admin = world.administrator();
    let locks = json!({"locks": [{"type": "FULL"}]});
    let made = post(&world, world.tenancy(), &tag, &locks).ok();
    let path = format!("/tagDefaults/{}", made.id());
    let update = json!({"value": "1"});
    let refused = world.put(&admin, &path, &update, &[]);
    assert_eq!(refused.code(), (409, "ResourceLocked".into()));
    assert_eq!(world.delete(&admin, &path, &[]).code(), (409, "ResourceLocked".into()));
    let forced = format!("{path}?isLockOverride=true");
    world.put(&admin, &forced, &update, &[("if-match", &made.etag())]).ok();
    let stale = world.put(&admin, &forced, &update, &[("if-match", &made.etag())]);
    assert_eq!(stale.code(), (412, "NoEtagMatch".into()));
    let action = |word: &str, kind: &str| {
        world.post(&admin, &format!("{path}/actions/{word}Lock"), &json!({"type": kind}))
    };
    action("remove", "FULL").ok();
    action("add", "DELETE").ok();
    world.put(&admin, &path, &update, &[]).ok();
    assert_eq!(world.delete(&admin, &path, &[]).code(), (409, "ResourceLocked".into()));
    assert_eq!(world.delete(&admin, &forced, &[]).status, 204);
    assert_eq!(world.get(&admin, &path).status, 404);
}

#[test]
fn they_are_listed_by_page_and_filter_and_are_five_in_a_compartment_at_most() {
    let world = World::new();
    let admin = world.administrator();
    let namespace = world.tag_namespace("Ops");
    let tags: Vec<String> =
        (0..6).map(|n| world.tag(&namespace, &format!("t{n}"), &json!({}))).collect();
    let ids: Vec<String> = tags[..5]
        .iter()
        .map(|tag| post(&world, world.tenancy(), tag, &json!({})).ok().id())
        .collect();
    let refused = post(&world, world.tenancy(), &tags[5], &json!({}));
    assert_eq!(refused.code(), (400, "LimitExceeded".into()));
    let found = |query: &str| {
        let answer = world.get(&admin, &format!("/tagDefaults?{query}")).ok();
        let items = answer.json();
        let items = items.as_array().unwrap().iter();
        let ids: Vec<String> = items.map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        (ids, answer.header("opc-next-page").map(str::to_owned))
    };
    let (mut all, next) = found("limit=3");
    all.extend(found(&format!("limit=3&page={}", next.unwrap())).0);
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!(all, sorted);
    assert_eq!(found(&format!("compartmentId={}", world.tenancy())).0, sorted);
    assert_eq!(found(&format!("tagDefinitionId={}", tags[2])).0, [ids[2].clone()]);
    assert_eq!(found(&format!("id={}&lifecycleState=active", ids[1])).0, [ids[1].clone()]);
    assert_eq!(found(&format!("id={}&tagDefinitionId={}", ids[1], tags[2])).0, [""; 0]);
}

#[test]
fn below_a_compartment_it_counts_too_and_the_nearer_wins() {
    let (world, namespace, tag) = scene();
    let owner = world.tag(&namespace, "Owner", &json!({}));
    let admin = world.administrator();
    let outer = world.compartment_in(world.tenancy(), "outer");
    let inner = world.compartment_in(&outer, "inner");
    let beside = world.compartment_in(world.tenancy(), "beside");
    let value = |value: &str| json!({"value": value});
    let root = post(&world, world.tenancy(), &tag, &value("root")).ok().id();
    let near = post(&world, &outer, &tag, &value("outer")).ok().id();
    let owned = post(&world, &inner, &owner, &value("inner")).ok().id();
    let effective = |compartment: &str| {
        let path =
            format!("/tagDefaults/actions/assembleEffectiveTagSet?compartmentId={compartment}");
        let items = world.get(&admin, &path).ok().json();
        let items = items.as_array().unwrap().iter();
        let mut ids: Vec<String> =
            items.map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    assert_eq!(effective(world.tenancy()), std::slice::from_ref(&root));
    assert_eq!(effective(&beside), [root]);
    assert_eq!(effective(&outer), std::slice::from_ref(&near));
    assert_eq!(effective(&inner), sorted(vec![near, owned]));
    let mut name = 0;
    let mut tags = |compartment: &str| {
        name += 1;
        let statement = format!("allow any-user to inspect groups in compartment id {compartment}");
        let body = json!({"compartmentId": compartment, "name": format!("n{name}"),
                          "description": "x", "statements": [statement]});
        world.post(&admin, "/policies", &body).ok().json()["definedTags"]["Ops"].clone()
    };
    assert_eq!(tags(&beside), json!({"Cost": "root"}));
    assert_eq!(tags(&inner), json!({"Cost": "outer", "Owner": "inner"}));
}
