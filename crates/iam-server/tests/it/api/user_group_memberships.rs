//! `/20160918/userGroupMemberships` and below: who is in which group.

use crate::world::World;
use iam_api::Ocid;
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use serde_json::json;

#[test]
fn a_new_membership_is_answered_whole_with_an_etag() {
    let world = World::new();
    let (admin, ann, team) = (world.administrator(), world.user("ann"), world.group("team"));
    let body = json!({"userId": ann, "groupId": team});
    let answer = world.post(&admin, "/userGroupMemberships", &body);
    assert_eq!((answer.status, answer.header("location")), (200, None));
    let (id, etag) = (answer.id(), answer.etag());
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("groupmembership"));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "userId": ann, "groupId": team,
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&admin, &format!("/userGroupMemberships/{id}")).ok();
    assert_eq!((read.json(), read.etag()), (expected, etag));
}

#[test]
fn adding_and_removing_moves_the_etags_of_user_and_group() {
    let world = World::new();
    let (admin, ann, team) = (world.administrator(), world.user("ann"), world.group("team"));
    let etags = || {
        let user = world.get(&admin, &format!("/users/{ann}")).ok().etag();
        (user, world.get(&admin, &format!("/groups/{team}")).ok().etag())
    };
    let before = etags();
    let membership = world.join(&ann, &team);
    let between = etags();
    assert!(before.0 != between.0 && before.1 != between.1);
    world.delete(&admin, &format!("/userGroupMemberships/{membership}"), &[]).ok();
    let after = etags();
    assert!(between.0 != after.0 && between.1 != after.1);
}

#[test]
fn nobody_is_in_a_group_twice() {
    let world = World::new();
    let (admin, ann, team) = (world.administrator(), world.user("ann"), world.group("team"));
    world.join(&ann, &team);
    let body = json!({"userId": ann, "groupId": team});
    let answer = world.post(&admin, "/userGroupMemberships", &body);
    assert_eq!(answer.code(), (409, "Conflict".into()));
}

#[test]
fn only_users_are_added_and_only_to_groups() {
    let world = World::new();
    let (admin, ann, team) = (world.administrator(), world.user("ann"), world.group("team"));
    let other = world.group("other");
    for (user, group) in [
        (other.as_str(), team.as_str()),
        (ann.as_str(), ann.as_str()),
        ("x", &team),
        (ann.as_str(), "x"),
    ] {
        let body = json!({"userId": user, "groupId": group});
        let answer = world.post(&admin, "/userGroupMemberships", &body);
        assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()), "{body}");
    }
}

#[test]
fn a_list_needs_a_user_or_a_group_and_both_tell_whether_one_is_in_the_other() {
    let world = World::new();
    let (admin, ann, bob) = (world.administrator(), world.user("ann"), world.user("bob"));
    let (team, club) = (world.group("team"), world.group("club"));
    let (a, b) = (world.join(&ann, &team), world.join(&bob, &team));
    let c = world.join(&ann, &club);
    let list = |filter: &str| {
        let path = format!("/userGroupMemberships?compartmentId={}{filter}", world.tenancy());
        world.get(&admin, &path)
    };
    let ids = |filter: &str| -> Vec<String> {
        let json = list(filter).ok().json();
        let ids =
            json.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    assert_eq!(list("").code(), (400, "MissingParameter".into()));
    assert_eq!(ids(&format!("&userId={ann}")), sorted(vec![a.clone(), c]));
    assert_eq!(ids(&format!("&groupId={team}")), sorted(vec![a.clone(), b]));
    let both = format!("&userId={ann}&groupId={team}");
    assert_eq!(ids(&both), [a]);
    assert_eq!(list(&both).header("opc-next-page"), None);
    let none: [&str; 0] = [];
    assert_eq!(ids(&format!("&userId={bob}&groupId={club}")), none);
}

#[test]
fn memberships_belong_to_the_tenancy() {
    let world = World::new();
    let (admin, team) = (world.administrator(), world.group("team"));
    let path = format!("/userGroupMemberships?compartmentId={team}&groupId={team}");
    assert_eq!(world.get(&admin, &path).code(), (404, "NotAuthorizedOrNotFound".into()));
    let path = format!("/userGroupMemberships?groupId={team}");
    assert_eq!(world.get(&admin, &path).code(), (400, "MissingParameter".into()));
}

#[test]
fn the_last_administrator_stays_in_the_group_until_there_is_another() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let list =
        format!("/userGroupMemberships?compartmentId={}&userId={}", world.tenancy(), admin.user);
    let mine = world.get(&admin, &list).ok().json()[0].clone();
    let path = format!("/userGroupMemberships/{}", mine["id"].as_str().unwrap());
    assert_eq!(world.delete(&admin, &path, &[]).code(), (409, "Conflict".into()));
    world.join(&ann, mine["groupId"].as_str().unwrap());
    assert_eq!(world.delete(&admin, &path, &[]).status, 204);
    assert_eq!(world.get(&admin, &list).status, 404);
}

#[test]
fn a_user_is_in_so_many_groups_and_a_group_has_so_many_users() {
    let limits = Limits { groups_per_user: 1, users_per_group: 2, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci);
    let (admin, team, club) = (world.administrator(), world.group("team"), world.group("club"));
    let users = [world.user("ann"), world.user("bob"), world.user("carl")];
    world.join(&users[0], &team);
    world.join(&users[1], &team);
    for (user, group) in [(&users[0], &club), (&users[2], &team)] {
        let body = json!({"userId": user, "groupId": group});
        let answer = world.post(&admin, "/userGroupMemberships", &body);
        assert_eq!(answer.code(), (400, "LimitExceeded".into()));
    }
}
