//! `/20160918/users/{userId}/uiPassword`: the one-time password.

use crate::world::{Caller, World};
use std::collections::HashSet;

fn path(user: impl std::fmt::Display) -> String {
    format!("/20160918/users/{user}/uiPassword")
}

fn reset(world: &World, caller: &Caller, user: &str) -> String {
    let answer = world.send(caller, "POST", &path(user), None).ok();
    answer.json()["password"].as_str().unwrap().to_owned()
}

#[test]
fn a_reset_answers_as_the_live_service_did() {
    let world = World::new();
    let user = world.user("ann");
    let answer = world.send(&world.administrator(), "POST", &path(&user), None);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("etag"), None);
    assert_eq!(answer.header("cache-control"), Some("no-cache, no-store, must-revalidate"));
    let json = answer.json();
    let mut keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["lifecycleState", "password", "timeCreated", "userId"]);
    assert_eq!(json["userId"], user.as_str());
    assert_eq!(json["lifecycleState"], "ACTIVE");
    assert_eq!(json["timeCreated"], "2026-11-23T12:00:00.000Z");
    assert_eq!(answer.text.len(), 211, "as many bytes as in every recording: {}", answer.text);
}

#[test]
fn a_password_has_twenty_symbols_of_all_four_classes_and_none_comes_twice() {
    let world = World::new();
    let (admin, user) = (world.administrator(), world.user("ann"));
    let mut seen = HashSet::new();
    for _ in 0..200 {
        let password = reset(&world, &admin, user.as_str());
        assert_eq!(password.len(), 20);
        assert!(password.bytes().any(|byte| byte.is_ascii_uppercase()), "{password}");
        assert!(password.bytes().any(|byte| byte.is_ascii_lowercase()), "{password}");
        assert!(password.bytes().any(|byte| byte.is_ascii_digit()), "{password}");
        assert!(password.bytes().any(|byte| b"!#$&()+-.:;<>[]_{}".contains(&byte)), "{password}");
        assert!(seen.insert(password));
    }
}

#[test]
fn reading_tells_when_it_was_made_and_never_what_it_is() {
    let world = World::new();
    let (admin, user) = (world.administrator(), world.user("ann"));
    assert_eq!(
        world.send(&admin, "GET", &path(&user), None).code(),
        (404, "NotAuthorizedOrNotFound".into())
    );
    reset(&world, &admin, user.as_str());
    let answer = world.send(&admin, "GET", &path(&user), None).ok();
    assert_eq!(answer.header("etag").map(str::len), Some(40));
    let json = answer.json();
    assert_eq!(json.as_object().unwrap().len(), 3);
    assert_eq!(json["lifecycleState"], "ACTIVE");
    world.pass(7 * 24 * 60 * 60);
    let answer = world.send(&admin, "GET", &path(&user), None).ok();
    assert_eq!(answer.json()["lifecycleState"], "INACTIVE");
}

#[test]
fn a_repeated_request_gets_the_same_password_and_a_later_reset_ends_that() {
    let world = World::new();
    let (admin, user) = (world.administrator(), world.user("ann"));
    let token = [("opc-retry-token", "again")];
    let first = world.send_with(&admin, "POST", &path(&user), None, &token).ok();
    let second = world.send_with(&admin, "POST", &path(&user), None, &token).ok();
    assert_eq!(first.text, second.text);
    reset(&world, &admin, user.as_str());
    let third = world.send_with(&admin, "POST", &path(&user), None, &token);
    assert_eq!(third.code(), (409, "InvalidatedRetryToken".into()));
}

#[test]
fn a_retry_token_is_honoured_for_24_hours_for_its_own_request_and_caller_alone() {
    let world = World::new();
    let (admin, ann, bob) = (world.administrator(), world.user("ann"), world.user("bob"));
    let token = [("opc-retry-token", "again")];
    let first = world.send_with(&admin, "POST", &path(&ann), None, &token).ok();
    let other = world.send_with(&admin, "POST", &path(&bob), None, &token);
    assert_eq!(other.code(), (409, "InvalidatedRetryToken".into()));
    let carl = world.caller_with("carl", 1, &["allow group them to manage users in tenancy"]);
    let his = world.send_with(&carl, "POST", &path(&bob), None, &token).ok();
    assert_ne!(his.text, first.text);
    world.pass(24 * 60 * 60);
    let later = world.send_with(&admin, "POST", &path(&ann), None, &token).ok();
    assert_ne!(later.text, first.text);
}

#[test]
fn an_administrator_cannot_choose_the_password() {
    let world = World::new();
    let (admin, user) = (world.administrator(), world.user("ann"));
    let body = serde_json::json!({"password": "Chosen-by-me-7"});
    let answer = world.send(&admin, "POST", &path(&user), Some(&body));
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
}

#[test]
fn everyone_may_reset_their_own_and_nobody_elses_without_a_policy() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &[]);
    let bob = world.user("bob");
    world.send(&ann, "POST", &path(&ann.user), None).ok();
    let answer = world.send(&ann, "POST", &path(&bob), None);
    assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
}

#[test]
fn both_permissions_are_needed_and_either_alone_is_not_enough() {
    let cases: [(&[&str], u16); 4] = [
        (&["allow group them to {USER_UPDATE} in tenancy"], 404),
        (&["allow group them to {USER_UIPASS_RESET} in tenancy"], 404),
        (&["allow group them to use users in tenancy"], 404),
        (
            &[
                "allow group them to {USER_UPDATE} in tenancy",
                "allow group them to {USER_UIPASS_RESET} in tenancy",
            ],
            200,
        ),
    ];
    for (statements, status) in cases {
        let world = World::new();
        let carl = world.caller_with("carl", 1, statements);
        let ann = world.user("ann");
        assert_eq!(world.send(&carl, "POST", &path(&ann), None).status, status, "{statements:?}");
    }
}

#[test]
fn a_user_who_may_not_use_a_console_password_gets_none() {
    let world = World::new();
    let (admin, user) = (world.administrator(), world.user("ann"));
    let body = serde_json::json!({"canUseConsolePassword": false});
    world.send(&admin, "PUT", &format!("/20160918/users/{user}/capabilities"), Some(&body)).ok();
    let answer = world.send(&admin, "POST", &path(&user), None);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
}
