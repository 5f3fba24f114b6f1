//! `/20160918/tagNamespaces` and below: tag namespaces, and what becomes of their tags with them.

use crate::world::{Answer, HOST, World};
use iam_api::Ocid;
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use serde_json::{Value, json};

fn details(world: &World, name: &str) -> Value {
    json!({"compartmentId": world.tenancy(), "name": name, "description": "test"})
}

fn put(world: &World, path: &str, body: &Value) -> Answer {
    world.put(&world.administrator(), path, body, &[])
}

#[test]
fn a_new_tag_namespace_is_answered_whole_with_etag_and_location() {
    let world = World::new();
    let admin = world.administrator();
    let answer = world.post(&admin, "/tagNamespaces", &details(&world, "Ops!_1-x"));
    assert_eq!(answer.status, 200);
    let (id, etag) = (answer.id(), answer.etag());
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("tagnamespace"));
    let location = format!("http://{HOST}/20160918/tagNamespaces/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "name": "Ops!_1-x", "description": "test",
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        "isRetired": false, "freeformTags": {}, "definedTags": {}, "locks": [],
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&admin, &format!("/tagNamespaces/{id}")).ok();
    assert_eq!((read.json(), read.etag()), (expected.clone(), etag));
    let list = format!("/tagNamespaces?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &list).ok().json(), json!([expected]));
}

#[test]
fn a_name_is_printable_without_space_full_stop_and_slashes() {
    let world = World::new();
    let admin = world.administrator();
    world.tag_namespace(&"n".repeat(100));
    world.tag_namespace("$%&()=?`'*+~#,;:<>|@{}[]");
    for bad in ["", "a b", "a.b", "a/b", "a\\b", "ä", "a\u{7f}", &"n".repeat(101)] {
        let answer = world.post(&admin, "/tagNamespaces", &details(&world, bad));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
}

#[test]
fn a_name_exists_once_in_whatever_case_also_when_it_is_retired() {
    let world = World::new();
    let admin = world.administrator();
    let id = world.tag_namespace("Ops");
    put(&world, &format!("/tagNamespaces/{id}"), &json!({"isRetired": true})).ok();
    for name in ["Ops", "oPS"] {
        let answer = world.post(&admin, "/tagNamespaces", &details(&world, name));
        assert_eq!(answer.code(), (409, "TagNamespaceAlreadyExists".into()), "{name}");
    }
    world.delete(&admin, &format!("/tagNamespaces/{id}"), &[]).ok();
    assert_ne!(world.tag_namespace("ops"), id);
}

#[test]
fn to_retire_it_retires_its_tags_and_to_reactivate_it_does_not_reactivate_them() {
    let world = World::new();
    let admin = world.administrator();
    let id = world.tag_namespace("Ops");
    world.tag(&id, "One", &json!({}));
    world.pass(1);
    world.tag(&id, "Two", &json!({}));
    let path = format!("/tagNamespaces/{id}");
    let states = || -> Vec<Value> {
        let tags = world.get(&admin, &format!("{path}/tags")).ok().json();
        let tags = tags.as_array().unwrap().iter();
        tags.map(|tag| json!([tag["isRetired"], tag["lifecycleState"]])).collect()
    };
    let retired = put(&world, &path, &json!({"isRetired": true})).ok();
    assert_eq!(retired.json()["lifecycleState"], "INACTIVE");
    assert_eq!(states(), [json!([true, "INACTIVE"]), json!([true, "INACTIVE"])]);
    let of_state = |state: &str| {
        let list =
            format!("/tagNamespaces?compartmentId={}&lifecycleState={state}", world.tenancy());
        world.get(&admin, &list).ok().json().as_array().unwrap().len()
    };
    assert_eq!((of_state("inactive"), of_state("ACTIVE")), (1, 0));
    let refused = world.put(&admin, &format!("{path}/tags/One"), &json!({"isRetired": false}), &[]);
    assert_eq!(refused.code(), (409, "Conflict".into()));
    let body = json!({"name": "Three", "description": "x"});
    let refused = world.post(&admin, &format!("{path}/tags"), &body);
    assert_eq!(refused.code(), (409, "Conflict".into()));
    let active = put(&world, &path, &json!({"isRetired": false})).ok();
    assert_eq!(active.json()["lifecycleState"], "ACTIVE");
    assert_eq!(states(), [json!([true, "INACTIVE"]), json!([true, "INACTIVE"])]);
    put(&world, &format!("{path}/tags/one"), &json!({"isRetired": false})).ok();
    assert_eq!(states(), [json!([true, "INACTIVE"]), json!([false, "ACTIVE"])]);
}

#[test]
fn only_what_is_retired_and_empty_is_deleted() {
    let world = World::new();
    let admin = world.administrator();
    let (empty, full) = (world.tag_namespace("Empty"), world.tag_namespace("Full"));
    world.tag(&full, "Key", &json!({}));
    for id in [&empty, &full] {
        let path = format!("/tagNamespaces/{id}");
        assert_eq!(world.delete(&admin, &path, &[]).code(), (409, "Conflict".into()));
        put(&world, &path, &json!({"isRetired": true})).ok();
    }
    let refused = world.delete(&admin, &format!("/tagNamespaces/{full}"), &[]);
    assert_eq!(refused.code(), (409, "Conflict".into()));
    assert!(refused.text("message").contains("has tags"), "{}", refused.text);
    let path = format!("/tagNamespaces/{empty}");
    assert_eq!(world.delete(&admin, &path, &[]).status, 204);
    assert_eq!(world.get(&admin, &path).status, 404);
}

#[test]
fn a_full_lock_forbids_changes_and_deletion_and_a_delete_lock_deletion_alone() {
    let world = World::new();
    let admin = world.administrator();
    let id = world.tag_namespace("Ops");
    let path = format!("/tagNamespaces/{id}");
    let action = |word: &str, kind: &str| {
        let body = json!({"type": kind});
        world.post(&admin, &format!("{path}/actions/{word}Lock"), &body)
    };
    let body = json!({"type": "DELETE", "message": "asked for by finance"});
    let locked = world.post(&admin, &format!("{path}/actions/addLock"), &body).ok();
    let lock = json!({"type": "DELETE", "message": "asked for by finance",
                      "timeCreated": "2026-11-23T12:00:00.000Z", "isActive": true});
    assert_eq!(locked.json()["locks"], json!([lock]));
    assert_eq!(action("add", "DELETE").code(), (409, "Conflict".into()));
    put(&world, &path, &json!({"isRetired": true})).ok();
    let refused = world.delete(&admin, &path, &[]);
    assert_eq!(refused.code(), (409, "ResourceLocked".into()));
    assert!(refused.text("message").contains("asked for by finance"));

    action("add", "FULL").ok();
    action("remove", "DELETE").ok();
    assert_eq!(action("remove", "DELETE").code(), (409, "Conflict".into()));
    let update = json!({"isRetired": false});
    assert_eq!(put(&world, &path, &update).code(), (409, "ResourceLocked".into()));
    put(&world, &format!("{path}?isLockOverride=true"), &update).ok();
    let tag = json!({"name": "Key", "description": "x"});
    let refused = world.post(&admin, &format!("{path}/tags"), &tag);
    assert_eq!(refused.code(), (409, "ResourceLocked".into()));
    world.post(&admin, &format!("{path}/tags?isLockOverride=true"), &tag).ok();
    let refused = put(&world, &format!("{path}/tags/Key"), &json!({"description": "y"}));
    assert_eq!(refused.code(), (409, "ResourceLocked".into()));
    let to = json!({"compartmentId": world.tenancy()});
    let refused = world.post(&admin, &format!("{path}/actions/changeCompartment"), &to);
    assert_eq!(refused.code(), (409, "ResourceLocked".into()));
    action("remove", "FULL").ok();
    put(&world, &format!("{path}/tags/Key"), &json!({"description": "y"})).ok();
    let moved = world.post(&admin, &format!("{path}/actions/changeCompartment"), &to);
    assert_eq!((moved.status, moved.text.as_str()), (204, ""));
}

#[test]
fn locks_come_with_the_tag_namespace_too_and_never_two_of_a_type() {
    let world = World::new();
    let admin = world.administrator();
    let mut body = details(&world, "Ops");
    body["locks"] = json!([{"type": "DELETE"}, {"type": "FULL", "message": "m".repeat(400)}]);
    let made = world.post(&admin, "/tagNamespaces", &body).ok().json();
    assert_eq!(made["locks"].as_array().unwrap().len(), 2);
    for bad in [
        json!([{"type": "FULL"}, {"type": "FULL"}]),
        json!([{"type": "SOME"}]),
        json!([{"type": "FULL", "message": "m".repeat(401)}]),
    ] {
        let mut body = details(&world, "Other");
        body["locks"] = bad;
        let status = world.post(&admin, "/tagNamespaces", &body).status;
        assert!(matches!(status, 400 | 409), "{body}: {status}");
    }
}

#[test]
fn a_tenancy_has_so_many_tag_namespaces_and_each_so_many_tags() {
    let limits = Limits { tag_namespaces: 1, tags_per_namespace: 1, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci);
    let admin = world.administrator();
    let id = world.tag_namespace("Ops");
    world.tag(&id, "Key", &json!({}));
    let answer = world.post(&admin, "/tagNamespaces", &details(&world, "More"));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
    let body = json!({"name": "More", "description": "x"});
    let answer = world.post(&admin, &format!("/tagNamespaces/{id}/tags"), &body);
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
}

#[test]
fn in_subcompartments_too_they_come_page_by_page_in_the_order_of_names() {
    let world = World::new();
    let admin = world.administrator();
    for name in ["c", "a", "B", "d"] {
        world.tag_namespace(name);
    }
    let list = format!(
        "/tagNamespaces?compartmentId={}&includeSubcompartments=true&limit=3",
        world.tenancy()
    );
    let names = |answer: &Answer| -> Vec<String> {
        let items = answer.json();
        let items = items.as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    let first = world.get(&admin, &list).ok();
    assert_eq!(names(&first), ["a", "B", "c"]);
    let next = first.header("opc-next-page").unwrap();
    let second = world.get(&admin, &format!("{list}&page={next}")).ok();
    assert_eq!((names(&second), second.header("opc-next-page")), (vec!["d".to_owned()], None));
}

/// How a bulk action on what is in that compartment ended.
fn bulk(world: &World, compartment: &str, action: &str, body: &Value) -> Value {
    let admin = world.administrator();
    let path = format!("/compartments/{compartment}/actions/{action}");
    let answer = world.post(&admin, &path, body).ok();
    let id = answer.header("opc-work-request-id").unwrap();
    world.work();
    world.get(&admin, &format!("/workRequests/{id}")).ok().json()
}

/// What became of each of these tag namespaces, and the codes of the errors.
fn became(work: &Value) -> (Vec<&str>, Vec<&str>) {
    let texts = |list: &str, field: &str| -> Vec<&str> {
        let items = work[list].as_array().unwrap().iter();
        items.map(|item| item[field].as_str().unwrap()).collect()
    };
    (texts("resources", "actionType"), texts("errors", "code"))
}

fn named(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({"identifier": id, "entityType": "TagNamespace"})).collect()
}

#[test]
fn in_bulk_those_are_deleted_that_could_be_alone() {
    let world = World::new();
    let admin = world.administrator();
    let shelf = world.compartment_in(world.tenancy(), "shelf");
    let make = |name: &str| world.tag_namespace_in(&shelf, name);
    let [empty, full, used, locked] = ["empty", "full", "used", "locked"].map(make);
    world.tag(&full, "k", &json!({}));
    for id in [&empty, &full, &locked] {
        put(&world, &format!("/tagNamespaces/{id}"), &json!({"isRetired": true})).ok();
    }
    let lock = format!("/tagNamespaces/{locked}/actions/addLock");
    world.post(&admin, &lock, &json!({"type": "DELETE"})).ok();
    let body = json!({"resources": named(&[&full, &used, &locked, &empty])});
    let work = bulk(&world, &shelf, "bulkDeleteResources", &body);
    let expected = ["FAILED", "FAILED", "FAILED", "DELETED"];
    let codes = ["Conflict", "Conflict", "ResourceLocked"];
    assert_eq!(became(&work), (expected.into(), codes.into()), "{work}");
    assert_eq!(world.get(&admin, &format!("/tagNamespaces/{empty}")).status, 404);
    let eve = world.caller_with(
        "eve",
        1,
        &["allow group them to {COMPARTMENT_DELETE, POLICY_DELETE} in tenancy"],
    );
    let path = format!("/compartments/{shelf}/actions/bulkDeleteResources");
    let body = json!({"resources": named(&[&used])});
    assert_eq!(world.post(&eve, &path, &body).code(), (404, "NotAuthorizedOrNotFound".into()));
}

#[test]
fn in_bulk_they_are_moved_with_their_tags_unless_a_lock_forbids_it() {
    let world = World::new();
    let admin = world.administrator();
    let [shelf, other] = ["shelf", "other"].map(|name| world.compartment_in(world.tenancy(), name));
    let [free, locked] = ["free", "locked"].map(|name| world.tag_namespace_in(&shelf, name));
    world.tag(&free, "k", &json!({}));
    let lock = format!("/tagNamespaces/{locked}/actions/addLock");
    world.post(&admin, &lock, &json!({"type": "FULL"})).ok();
    let body = json!({"resources": named(&[&locked, &free]), "targetCompartmentId": other});
    let work = bulk(&world, &shelf, "bulkMoveResources", &body);
    assert_eq!(became(&work), (vec!["FAILED", "UPDATED"], vec!["ResourceLocked"]), "{work}");
    for (path, field) in [("", "compartmentId"), ("/tags/k", "compartmentId")] {
        let seen = world.get(&admin, &format!("/tagNamespaces/{free}{path}")).ok();
        assert_eq!(seen.text(field), other, "{path}");
    }
    let moved = world.get(&admin, &format!("/tagNamespaces?compartmentId={other}")).ok().json();
    assert_eq!(moved[0]["id"], json!(free));
}
