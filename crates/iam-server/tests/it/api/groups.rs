//! `/20160918/groups` and below: groups.

use crate::world::{HOST, World};
use iam_api::Ocid;
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use serde_json::{Value, json};

fn details(world: &World, name: &str) -> Value {
    json!({"compartmentId": world.tenancy(), "name": name, "description": "test"})
}

#[test]
fn a_new_group_is_answered_whole_with_etag_and_location() {
    let world = World::new();
    let admin = world.administrator();
    let answer = world.post(&admin, "/groups", &details(&world, "Net.Admins_1-x"));
    assert_eq!(answer.status, 200);
    let (id, etag) = (answer.id(), answer.etag());
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("group"));
    let location = format!("http://{HOST}/20160918/groups/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "name": "Net.Admins_1-x",
        "description": "test", "timeCreated": "2026-11-23T12:00:00.000Z",
        "lifecycleState": "ACTIVE", "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&admin, &format!("/groups/{id}")).ok();
    assert_eq!((read.json(), read.etag()), (expected, etag));
}

#[test]
fn a_name_is_letters_digits_and_three_signs_up_to_a_hundred() {
    let world = World::new();
    let admin = world.administrator();
    world.group(&"g".repeat(100));
    for bad in ["", "a b", "a+b", "a@b", "ä", &"g".repeat(101)] {
        let answer = world.post(&admin, "/groups", &details(&world, bad));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
}

#[test]
fn a_name_exists_once_in_whatever_case() {
    let world = World::new();
    let admin = world.administrator();
    let first = world.group("Team");
    for name in ["Team", "tEAM", "administrators"] {
        let answer = world.post(&admin, "/groups", &details(&world, name));
        assert_eq!(answer.code(), (409, "GroupAlreadyExists".into()), "{name}");
    }
    world.delete(&admin, &format!("/groups/{first}"), &[]).ok();
    assert_ne!(world.group("team"), first);
}

#[test]
fn a_user_and_a_group_may_have_one_name() {
    let world = World::new();
    world.user("team");
    world.group("team");
}

#[test]
fn an_update_changes_description_and_tags_and_nothing_else() {
    let world = World::new();
    let (admin, path) = (world.administrator(), format!("/groups/{}", world.group("team")));
    let before = world.get(&admin, &path).ok();
    let body = json!({"description": "new", "freeformTags": {"a": "b"}});
    let after = world.put(&admin, &path, &body, &[]).ok();
    let mut expected = before.json();
    expected["description"] = json!("new");
    expected["freeformTags"] = json!({"a": "b"});
    assert_eq!(after.json(), expected);
    assert_ne!(after.etag(), before.etag());
    assert_eq!(world.put(&admin, &path, &json!({}), &[]).ok().json(), expected);
    let answer = world.put(&admin, &path, &json!({"name": "other"}), &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
}

#[test]
fn only_an_empty_group_can_be_deleted() {
    let world = World::new();
    let (admin, group) = (world.administrator(), world.group("team"));
    let membership = world.join(&world.user("ann"), &group);
    let path = format!("/groups/{group}");
    assert_eq!(world.delete(&admin, &path, &[]).code(), (409, "Conflict".into()));
    world.delete(&admin, &format!("/userGroupMemberships/{membership}"), &[]).ok();
    assert_eq!(world.delete(&admin, &path, &[]).status, 204);
    assert_eq!(world.get(&admin, &path).status, 404);
}

#[test]
fn the_administrators_stay() {
    let world = World::new();
    let admin = world.administrator();
    let list = format!("/groups?compartmentId={}&name=Administrators", world.tenancy());
    let id = world.get(&admin, &list).ok().json()[0]["id"].as_str().unwrap().to_owned();
    let answer = world.delete(&admin, &format!("/groups/{id}"), &[]);
    assert_eq!(answer.code(), (409, "Conflict".into()));
    world.get(&admin, &format!("/groups/{id}")).ok();
}

#[test]
fn a_tenancy_has_so_many_groups_and_no_more() {
    let limits = Limits { groups: 2, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci);
    world.group("team");
    let answer = world.post(&world.administrator(), "/groups", &details(&world, "more"));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
}
