//! Where people may sign in from: the authentication policy's network source.

use super::lockout::{fail_ten_times, refusal};
use super::recovery::ann;
use super::{CHOSEN, Visitor, signs_in};
use crate::world::World;
use serde_json::json;

/// A network source of that range, by its OCID.
fn source(world: &World, range: &str) -> String {
    let body = json!({"compartmentId": world.tenancy(), "name": "office", "description": "",
                      "publicSourceList": [range]});
    world.post(&world.administrator(), "/networkSources", &body).ok().id()
}

fn sign_in_only_from(world: &World, ids: &[&str]) {
    let path = format!("/authenticationPolicies/{}", world.tenancy());
    let body = json!({"networkPolicy": {"networkSourceIds": ids}});
    let answer = world.put(&world.administrator(), &path, &body, &[]).ok();
    assert_eq!(answer.json()["networkPolicy"]["networkSourceIds"], json!(ids));
    assert_eq!(world.get(&world.administrator(), &path).ok().seen(), answer.seen());
}

/// Changes the range of the network source.
fn move_to(world: &World, id: &str, range: &str) {
    let body = json!({"publicSourceList": [range]});
    world.put(&world.administrator(), &format!("/networkSources/{id}"), &body, &[]).ok();
}

#[test]
fn who_comes_from_elsewhere_is_refused_like_who_has_the_wrong_password() {
    for (world, has_domain) in [(World::new(), false), (World::with_domains(), true)] {
        if has_domain {
            ann(&world);
        } else {
            Visitor::signed_in(&world, "ann", &world.user("ann"));
        }
        let id = source(&world, "203.0.113.0/24");
        assert!(signs_in(&world, "ann", CHOSEN), "nothing names it yet");
        sign_in_only_from(&world, &[&id]);
        let wrong = refusal(&world, "nobody", CHOSEN);
        assert_eq!(refusal(&world, "ann", CHOSEN), wrong);
        assert_eq!(refusal(&world, "ann", "not this one"), wrong);
        move_to(&world, &id, "127.0.0.0/8");
        assert!(signs_in(&world, "ann", CHOSEN));
        move_to(&world, &id, "::/0");
        assert!(!signs_in(&world, "ann", CHOSEN));
        sign_in_only_from(&world, &[]);
        assert!(signs_in(&world, "ann", CHOSEN));
    }
}

#[test]
fn a_session_that_has_begun_goes_on_and_so_do_api_keys() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    sign_in_only_from(&world, &[&source(&world, "203.0.113.0/24")]);
    assert_eq!(visitor.get("/console/").status, 200);
    assert!(!signs_in(&world, "ann", CHOSEN));
    world.get(&world.administrator(), &format!("/users/{ann}")).ok();
}

#[test]
fn guesses_from_elsewhere_count_like_all_others() {
    let world = World::new();
    Visitor::signed_in(&world, "ann", &world.user("ann"));
    sign_in_only_from(&world, &[&source(&world, "203.0.113.0/24")]);
    fail_ten_times(&world, &["ann"]);
    sign_in_only_from(&world, &[]);
    assert!(!signs_in(&world, "ann", CHOSEN), "she is blocked");
}

#[test]
fn a_lock_is_not_told_to_who_comes_from_elsewhere() {
    let world = World::with_domains();
    let ann = ann(&world);
    let path = "/IdentitySettings/IdentitySettings";
    let change = json!([{"op": "replace", "path": "emitLockedMessageWhenUserIsLocked",
                         "value": true}]);
    world.patch(&world.administrator(), path, &change).ok();
    sign_in_only_from(&world, &[&source(&world, "203.0.113.0/24")]);
    world.set_inactive(&ann, iam_api::SUSPENDED);
    // Who knows the password is told of a lock, but not from there.
    assert_eq!(refusal(&world, "ann", CHOSEN), refusal(&world, "nobody", CHOSEN));
}

#[test]
fn one_network_source_can_be_named_and_it_must_be_the_tenancys() {
    let world = World::new();
    let (admin, other) = (world.administrator(), world.other_tenancy());
    let body = json!({"compartmentId": other.tenancy, "name": "theirs", "description": ""});
    let theirs = world.post(&other, "/networkSources", &body).ok().id();
    let (ours, group) = (source(&world, "203.0.113.0/24"), world.group("team"));
    let path = format!("/authenticationPolicies/{}", world.tenancy());
    let before = world.get(&admin, &path).ok();
    for ids in [vec![&theirs], vec![&group], vec![&ours, &ours], vec![&ours, &theirs]] {
        let body = json!({"networkPolicy": {"networkSourceIds": ids}});
        let answer = world.put(&admin, &path, &body, &[]);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{ids:?}");
    }
    assert_eq!(world.get(&admin, &path).ok().seen(), before.seen());
    let body = json!({"networkPolicy": {"networkSourceIds": [ours]},
                      "passwordPolicy": {"minimumPasswordLength": 20}});
    let both = world.put(&admin, &path, &body, &[("if-match", &before.etag())]).ok();
    assert_ne!(both.etag(), before.etag());
    // What is left out stays.
    let body = json!({"passwordPolicy": {"minimumPasswordLength": 12}});
    let after = world.put(&admin, &path, &body, &[]).ok().json();
    assert_eq!(after["networkPolicy"]["networkSourceIds"], json!([ours]));
    let empty = world.put(&admin, &path, &json!({"networkPolicy": {}}), &[]).ok().json();
    assert_eq!(empty, after);
}

#[test]
fn a_domains_policy_has_one_etag_for_passwords_and_networks() {
    let world = World::with_domains();
    let admin = world.administrator();
    let path = format!("/authenticationPolicies/{}", world.tenancy());
    let before = world.get(&admin, &path).ok();
    let ours = source(&world, "203.0.113.0/24");
    sign_in_only_from(&world, &[&ours]);
    assert_ne!(world.get(&admin, &path).ok().etag(), before.etag());
    let body = json!({"networkPolicy": {"networkSourceIds": []}});
    let stale = world.put(&admin, &path, &body, &[("if-match", &before.etag())]);
    assert_eq!(stale.code(), (412, "NoEtagMatch".into()));
    let body = json!({"passwordPolicy": {"minimumPasswordLength": 20}});
    let after = world.put(&admin, &path, &body, &[]).ok().json();
    assert_eq!(after["networkPolicy"]["networkSourceIds"], json!([ours]));
    assert_eq!(after["passwordPolicy"]["minimumPasswordLength"], 20);
}
