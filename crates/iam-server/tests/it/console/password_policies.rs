//! What a domain's password policies ask for, when a password is chosen and when it is used.

use super::{CHANGE, CHOSEN, Visitor, hidden, one_time_password};
use crate::world::{Answer, World};
use iam_api::{Ocid, Problem};
use iam_store::ResourceKind;
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60;
const OTHER: &str = "9Roses-under-stone";

/// Changes the document of the default policy, or adds a policy of that name.
fn policy(world: &World, name: &str, changes: Value) {
    let (name, root) = (name.to_owned(), world.installed.tenancy.clone());
    let change = world.app.write(move |app, tx| -> Result<(), Problem> {
        let at = tx.tenancies().unwrap()[0].0;
        let kind = ResourceKind::PasswordPolicy;
        let default = iam_core::password_policies::DEFAULT.to_lowercase();
        let mut row = tx.resource_by_name(at, kind, &root, &default).unwrap().unwrap();
        let mut document: Value = row.model().unwrap();
        let is_new = name != "default";
        if is_new {
            row.id = Ocid::new("passwordpolicy", &app.context.random());
            (row.name, row.folded) = (name.clone(), name.clone());
        }
        let object = document.as_object_mut().unwrap();
        object.extend(changes.as_object().unwrap().clone());
        row.set_model(&document).unwrap();
        if is_new {
            assert!(tx.insert(at, &row).unwrap());
        } else {
            tx.update(at, &row).unwrap();
        }
        Ok(())
    });
    world.block_on(change).unwrap();
}

/// Ann, who chose that password with a one-time password.
fn ann(world: &World) -> Ocid {
    let ann = world.user_at("ann", "ann@example.com");
    let body = json!({"email": ""});
    world.put(&world.administrator(), &format!("/users/{ann}"), &body, &[]).ok();
    Visitor::signed_in(world, "ann", &ann);
    ann
}

fn change(world: &World, current: &str, new: &str) -> Answer {
    world.pass(1);
    let mut visitor = Visitor::new(world);
    assert_eq!(visitor.sign_in("ann", current).status, 303, "{current}");
    let token = hidden(&visitor.get(CHANGE), "form-token");
    let fields = [
        ("form-token", &*token),
        ("current-password", current),
        ("new-password", new),
        ("repeat-password", new),
    ];
    visitor.post(CHANGE, &fields)
}

#[test]
fn the_page_shows_the_rules_of_the_users_own_policy() {
    let world = World::with_domains();
    let ann = ann(&world);
    let group = world.group("staff");
    world.join(&ann, &group);
    let of = |priority: i64, least: i64, groups: Value| json!({"priority": priority, "minLength": least, "groups": groups});
    policy(&world, "others", of(1, 31, json!([])));
    policy(&world, "weaker", of(3, 32, json!([{"value": group}])));
    policy(&world, "staff", of(2, 33, json!([{"value": group}])));
    let refused = change(&world, CHOSEN, OTHER);
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("33 to 128 characters"), "{}", refused.text);
}

#[test]
fn a_password_of_before_is_refused_as_long_as_it_is_remembered() {
    let world = World::with_domains();
    policy(&world, "default", json!({"numPasswordsInHistory": 2}));
    ann(&world);
    let third = "5Lilies-among-thorns";
    assert_eq!(change(&world, CHOSEN, OTHER).status, 303);
    let again = change(&world, OTHER, CHOSEN);
    assert_eq!(again.status, 422);
    assert!(again.text.contains("You had this password before"), "{}", again.text);
    assert_eq!(change(&world, OTHER, third).status, 303);
    assert_eq!(change(&world, third, CHOSEN).status, 303, "two are remembered");
}

#[test]
fn an_old_password_has_to_be_changed_at_the_next_sign_in() {
    let world = World::with_domains();
    policy(&world, "default", json!({"passwordExpiresAfter": 90}));
    ann(&world);
    world.pass(90 * DAY - 60);
    assert_eq!(Visitor::new(&world).sign_in("ann", CHOSEN).header("location"), Some("/console/"));
    world.pass(120);
    let mut visitor = Visitor::new(&world);
    assert_eq!(visitor.sign_in("ann", CHOSEN).header("location"), Some(CHANGE));
    assert_eq!(visitor.get("/console/").header("location"), Some(CHANGE));
    let page = visitor.get(CHANGE);
    assert_eq!(visitor.choose(&page, CHOSEN).status, 422, "the same is no change");
    assert_eq!(visitor.choose(&page, OTHER).status, 303);
    assert_eq!(visitor.get("/console/").status, 200);
}

#[test]
fn the_first_page_says_when_a_password_has_to_be_changed_soon() {
    const SOON: &str = "has to be changed soon";
    let world = World::with_domains();
    policy(&world, "default", json!({"passwordExpiresAfter": 90, "passwordExpireWarning": 7}));
    ann(&world);
    let home = || {
        let mut visitor = Visitor::new(&world);
        visitor.sign_in("ann", CHOSEN);
        visitor.get("/console/").ok().text
    };
    assert!(!home().contains(SOON));
    world.pass(83 * DAY - 60);
    assert!(!home().contains(SOON));
    world.pass(120);
    let page = home();
    assert!(page.contains(SOON), "{page}");
    // 90 days after noon of 23 November 2026.
    assert!(page.contains("2027-02-21T12:00:00"), "{page}");
    policy(&world, "default", json!({"passwordExpiresAfter": 0}));
    assert!(!home().contains(SOON), "it never has to be");
}

#[test]
fn a_password_may_be_changed_again_only_after_its_age() {
    let world = World::with_domains();
    ann(&world);
    policy(&world, "default", json!({"minPasswordAge": 2}));
    let refused = change(&world, CHOSEN, OTHER);
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("not long ago"), "{}", refused.text);
    world.pass(2 * DAY);
    assert_eq!(change(&world, CHOSEN, OTHER).status, 303);
}

#[test]
fn a_block_comes_after_as_many_failures_and_lasts_as_long_as_the_policy_says() {
    let world = World::with_domains();
    let ann = ann(&world);
    policy(&world, "default", json!({"maxIncorrectAttempts": 3, "lockoutDuration": 30}));
    let signs_in = |password| Visitor::new(&world).sign_in("ann", password).status == 303;
    for _ in 0..3 {
        assert!(!signs_in("wrong"));
    }
    assert!(!signs_in(CHOSEN));
    world.pass(30 * 60 - 60);
    assert!(!signs_in(CHOSEN));
    world.pass(120);
    assert!(signs_in(CHOSEN));
    policy(&world, "default", json!({"maxIncorrectAttempts": 0}));
    for _ in 0..4 {
        assert!(!signs_in("wrong"));
    }
    assert!(signs_in(CHOSEN), "0 is not none at all");
    let one_time = one_time_password(&world, &ann);
    assert!(signs_in(&one_time));
}
