//! What people are told of locks: by mail, and on the sign-in page where the domain wants that.

use super::lockout::{fail_ten_times, refusal};
use super::recovery::{ann, only};
use super::{CHOSEN, Visitor, signs_in};
use crate::scim::schema;
use crate::world::World;
use iam_api::Ocid;
use serde_json::{Value, json};

const LOCKED: &str = "This account is locked";

fn tell_of_locks(world: &World) {
    let change = json!([{"op": "replace", "path": "emitLockedMessageWhenUserIsLocked",
                         "value": true}]);
    let path = "/IdentitySettings/IdentitySettings";
    let set = world.patch(&world.administrator(), path, &change).ok();
    assert_eq!(set.json()["emitLockedMessageWhenUserIsLocked"], true);
    let shown = world.scim(&world.administrator(), "GET", path, None).ok().json();
    assert_eq!(shown["emitLockedMessageWhenUserIsLocked"], true);
}

fn lock(world: &World, user: &Ocid, locked: bool) {
    let body = json!({"schemas": [schema("UserLockedStateChanger")], "userId": user,
                      "locked": locked});
    let path = "/UserLockedStateChanger";
    let answer = world.scim(&world.administrator(), "POST", path, Some(&body));
    assert!(answer.status < 300, "{answer:?}");
}

#[test]
fn the_sign_in_page_says_nothing_of_locks_unless_the_domain_wants_it() {
    let world = World::with_domains();
    let ann = ann(&world);
    lock(&world, &ann, true);
    let wrong = refusal(&world, "nobody", CHOSEN);
    assert_eq!(refusal(&world, "ann", CHOSEN), wrong);
    tell_of_locks(&world);
    assert!(refusal(&world, "ann", CHOSEN).2.contains(LOCKED));
}

#[test]
fn a_name_that_failed_too_often_is_locked_whether_it_is_anybodys_or_not() {
    let world = World::with_domains();
    ann(&world);
    tell_of_locks(&world);
    for name in ["ann", "nobody"] {
        fail_ten_times(&world, &[name]);
    }
    let seen = [("ann", CHOSEN), ("ann", "not this one"), ("nobody", CHOSEN)]
        .map(|(name, password)| refusal(&world, name, password));
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    assert_eq!(seen[0].0, 403);
    assert!(seen[0].2.contains(LOCKED), "{}", seen[0].2);
    // The eleventh verdict is none: what is right and what is wrong look the same.
    assert_eq!(only(world.letters()).event, "AccountLocked");
}

#[test]
fn a_lock_by_an_administrator_is_told_to_who_knows_the_password() {
    let world = World::with_domains();
    let ann = ann(&world);
    tell_of_locks(&world);
    lock(&world, &ann, true);
    let wrong = refusal(&world, "nobody", CHOSEN);
    assert!(!wrong.2.contains(LOCKED));
    assert_eq!(refusal(&world, "ann", "not this one"), wrong);
    assert!(refusal(&world, "ann", CHOSEN).2.contains(LOCKED));
    lock(&world, &ann, false);
    assert!(signs_in(&world, "ann", CHOSEN));
}

#[test]
fn a_block_without_a_domain_is_told_by_mail_to_who_has_an_address() {
    let world = World::new();
    let (bob, eve) = (world.user_at("bob", "bob@example.com"), world.user("eve"));
    for (name, id) in [("bob", &bob), ("eve", &eve)] {
        Visitor::signed_in(&world, name, id);
    }
    world.letters();
    fail_ten_times(&world, &["bob"]);
    let letter = only(world.letters());
    assert_eq!((&*letter.event, &*letter.to), ("AccountBlocked", "bob@example.com"));
    assert_eq!(letter.link, None);
    assert!(letter.text.contains("ask your") && letter.text.contains("bob"), "{}", letter.text);
    fail_ten_times(&world, &["eve"]);
    assert!(world.letters().is_empty());
    let blocked = |user: &Ocid| {
        let user = world.get(&world.administrator(), &format!("/users/{user}")).ok().json();
        user["inactiveStatus"].clone()
    };
    assert_eq!([blocked(&bob), blocked(&eve)], [4, 4].map(Value::from));
}

#[test]
fn no_link_that_ends_a_block_goes_to_an_address_that_is_not_confirmed() {
    let world = World::with_domains();
    let ann = ann(&world);
    let body = json!({"email": "elsewhere@example.com"});
    world.put(&world.administrator(), &format!("/users/{ann}"), &body, &[]).ok();
    world.letters();
    fail_ten_times(&world, &["ann"]);
    let letter = only(world.letters());
    assert_eq!((&*letter.event, &*letter.to), ("AccountBlocked", "elsewhere@example.com"));
    assert_eq!(letter.link, None);
}
