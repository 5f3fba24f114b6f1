//! Signing in with a code besides the password.

use super::lockout::fail_ten_times;
use super::*;
use crate::session_tokens;
use iam_core::mfa_totp_devices::WRONG_MAX;
use iam_core::sessions::SECOND_FACTOR_SECONDS;
use iam_core::sign_in::FAILURES_MAX;
use iam_core::totp::STEP_SECONDS;

const CODE: &str = "/console/sign-in/code";

/// Ann, who has chosen a password and has a device; and its path and seed.
fn ann_with_a_device(world: &World) -> (Ocid, String, String) {
    let ann = world.user("ann");
    Visitor::signed_in(world, "ann", &ann);
    let (device, seed) = world.device(&ann);
    (ann, device, seed)
}

/// Somebody who has shown the password.
fn halfway<'w>(world: &'w World, password: &str) -> Visitor<'w> {
    let mut visitor = Visitor::new(world);
    let answer = visitor.sign_in("ann", password);
    assert_eq!(answer.header("location"), Some(CODE), "{}", answer.text);
    visitor
}

fn show(visitor: &mut Visitor<'_>, code: &str) -> Answer {
    let token = hidden(&visitor.get(CODE), "form-token");
    visitor.post(CODE, &[("form-token", &token), ("code", code)])
}

/// Whether somebody with that password and code gets in.
fn is_let_in(world: &World, code: &str) -> bool {
    let mut visitor = halfway(world, CHOSEN);
    let answer = show(&mut visitor, code);
    assert!(matches!(answer.status, 303 | 403), "{}", answer.text);
    answer.status == 303 && visitor.get("/console/").status == 200
}

fn wrong(world: &World, seed: &str) -> String {
    let right = world.code(seed);
    if right == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

#[test]
fn the_password_alone_leads_nowhere_but_to_the_page_that_asks_for_a_code() {
    let world = World::new();
    let (ann, _, seed) = ann_with_a_device(&world);
    let mut visitor = halfway(&world, CHOSEN);
    let page = visitor.get(CODE);
    assert!(page.status == 200 && page.text.contains("autocomplete=\"one-time-code\""));
    let token = hidden(&page, "form-token");
    for path in ["/console/", "/console/users", "/console/me", "/console/sessions", CHANGE] {
        let answer = visitor.get(path);
        assert!(answer.header("location").unwrap().starts_with("/console/sign-in?"), "{path}");
    }
    for path in [CHANGE, "/console/sign-out", "/console/users/new"] {
        let fields = [("form-token", &*token), ("new-password", "x"), ("repeat-password", "x")];
        let answer = visitor.clone().post(path, &fields);
        assert!(answer.header("location").unwrap().starts_with("/console/sign-in?"), "{path}");
    }
    let before = visitor.clone();
    let answer = show(&mut visitor, &world.code(&seed));
    assert_eq!(answer.header("location"), Some("/console/"));
    assert_eq!(visitor.get("/console/").status, 200);
    assert_ne!(before.session(), visitor.session(), "another session");
    assert_eq!(show_page(&before), 303, "the one before has ended");
    let told = world.get(&world.administrator(), &format!("/users/{ann}")).ok().json();
    assert!(told["lastSuccessfulLoginTime"].is_string());
}

fn show_page(visitor: &Visitor<'_>) -> u16 {
    visitor.clone().get(CODE).status
}

#[test]
fn after_the_code_people_go_where_they_wanted_to_and_nowhere_else() {
    let world = World::new();
    let (_, _, seed) = ann_with_a_device(&world);
    for (wanted, got) in [("/console/me", "/console/me"), ("//evil.example", "/console/")] {
        let mut visitor = Visitor::new(&world);
        let token = hidden(&visitor.get(SIGN_IN), "form-token");
        let mut fields = sign_in_form(&token, "ann", CHOSEN).to_vec();
        fields.push(("next", wanted));
        let on = visitor.post("/console/sign-in", &fields).header("location").unwrap().to_owned();
        let page = visitor.get(&on);
        let token = hidden(&page, "form-token");
        let code = world.code(&seed);
        let mut fields = vec![("form-token", &*token), ("code", &*code)];
        if page.text.contains("name=\"next\"") {
            fields.push(("next", wanted));
        }
        assert_eq!(visitor.post(CODE, &fields).header("location"), Some(got));
        world.pass(STEP_SECONDS);
    }
}

#[test]
fn a_code_is_accepted_once_and_an_older_one_never() {
    let world = World::new();
    let (_, _, seed) = ann_with_a_device(&world);
    let before = world.code(&seed);
    world.pass(STEP_SECONDS);
    let code = world.code(&seed);
    assert!(is_let_in(&world, &code));
    assert!(!is_let_in(&world, &code), "a second time");
    assert!(!is_let_in(&world, &before), "one that was never used, of a step before");
    world.pass(STEP_SECONDS);
    assert!(is_let_in(&world, &world.code(&seed)));
}

#[test]
fn two_who_show_one_code_at_once_do_not_both_get_in() {
    let world = World::new();
    let (_, _, seed) = ann_with_a_device(&world);
    let code = world.code(&seed);
    let visitors: Vec<_> = (0..4).map(|_| halfway(&world, CHOSEN)).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let code = &code;
        let shown = visitors.into_iter().map(|mut visitor| {
            let token = hidden(&visitor.get(CODE), "form-token");
            scope
                .spawn(move || visitor.post(CODE, &[("form-token", &token), ("code", code)]).status)
        });
        let shown: Vec<_> = shown.collect();
        shown.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
}

#[test]
fn wrong_codes_block_like_wrong_passwords_and_a_right_password_undoes_none() {
    let world = World::new();
    let (ann, _, seed) = ann_with_a_device(&world);
    let code = wrong(&world, &seed);
    std::thread::scope(|scope| {
        for _ in 0..FAILURES_MAX - 1 {
            let (world, code) = (&world, &code);
            scope.spawn(move || assert!(!is_let_in(world, code)));
        }
    });
    let state = || {
        let told = world.get(&world.administrator(), &format!("/users/{ann}")).ok().json();
        told["lifecycleState"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(), "ACTIVE", "nine");
    let mut visitor = halfway(&world, CHOSEN);
    let refused = show(&mut visitor, &code);
    assert_eq!((refused.status, state()), (403, "INACTIVE".to_owned()), "the tenth blocks");
    let right = show(&mut visitor, &world.code(&seed));
    let masked = |answer: &Answer| answer.text.replace(&hidden(answer, "form-token"), "");
    assert_eq!((right.status, masked(&right)), (403, masked(&refused)), "and it does not show");
    assert_eq!(Visitor::new(&world).sign_in("ann", CHOSEN).status, 403);
}

#[test]
fn wrong_passwords_and_wrong_codes_are_counted_together() {
    let world = World::new();
    let (ann, _, seed) = ann_with_a_device(&world);
    let mut visitor = halfway(&world, CHOSEN);
    fail_ten_times(&world, &["ann"]);
    assert_eq!(show(&mut visitor, &world.code(&seed)).status, 403, "blocked in the meantime");
    let body = serde_json::json!({"blocked": false});
    world.put(&world.administrator(), &format!("/users/{ann}/state"), &body, &[]).ok();
    assert!(is_let_in(&world, &world.code(&seed)), "the code was not used up by a refusal");
}

#[test]
fn a_hundred_wrong_codes_lock_the_device_whatever_unblocks_the_user_in_between() {
    let world = World::new();
    let (ann, device, seed) = ann_with_a_device(&world);
    let admin = world.administrator();
    let unblock = || {
        let body = serde_json::json!({"blocked": false});
        world.put(&admin, &format!("/users/{ann}/state"), &body, &[]).ok();
    };
    let (mut visitor, code) = (halfway(&world, CHOSEN), wrong(&world, &seed));
    for count in 0..WRONG_MAX {
        let told = world.get(&admin, &device).ok().json();
        assert_eq!(told["lifecycleState"], "ACTIVE", "{count}");
        assert_eq!(show(&mut visitor, &code).status, 403);
        unblock();
    }
    let told = world.get(&admin, &device).ok().json();
    assert_eq!((&told["lifecycleState"], &told["inactiveStatus"]), (&"INACTIVE".into(), &8.into()));
    assert!(!is_let_in(&world, &world.code(&seed)), "nor is a right one accepted");
    let full = format!("/20160918{device}/actions/generateSeed");
    let made = world.send(&admin, "POST", &full, None).ok();
    assert_eq!(made.json()["lifecycleState"], "ACTIVE", "another seed, another chance");
}

#[test]
fn a_one_time_password_does_not_get_around_the_code_and_the_change_comes_after() {
    let world = World::new();
    let (ann, _, seed) = ann_with_a_device(&world);
    let one_time = one_time_password(&world, &ann);
    let mut visitor = halfway(&world, &one_time);
    let answer = visitor.get(CHANGE);
    assert!(answer.header("location").unwrap().starts_with("/console/sign-in?"));
    assert_eq!(show(&mut visitor, &world.code(&seed)).header("location"), Some(CHANGE));
    assert_eq!(visitor.get("/console/").header("location"), Some(CHANGE));
    let page = visitor.get(CHANGE);
    assert_eq!(visitor.choose(&page, "8Tulips-behind-glass").status, 303);
    assert_eq!(visitor.get("/console/").status, 200);
}

#[test]
fn who_has_shown_the_password_has_five_minutes_and_loses_them_with_a_reset() {
    let world = World::new();
    let (ann, device, seed) = ann_with_a_device(&world);
    let mut slow = halfway(&world, CHOSEN);
    world.pass(SECOND_FACTOR_SECONDS - 1);
    assert_eq!(slow.get(CODE).status, 200);
    world.pass(1);
    assert_eq!(slow.get(CODE).status, 303);
    let mut gone = halfway(&world, CHOSEN);
    one_time_password(&world, &ann);
    assert_eq!(
        gone.get(CODE).status,
        303,
        "the password that was shown is not the user's any more"
    );
    let one_time = one_time_password(&world, &ann);
    let mut other = halfway(&world, &one_time);
    let token = hidden(&other.get(CODE), "form-token");
    world.delete(&world.administrator(), &device, &[]).ok();
    let fields = [("form-token", &*token), ("code", &*world.code(&seed))];
    let over = other.post(CODE, &fields);
    assert_eq!(over.header("location"), Some("/console/sign-in?done=code-over"));
    assert_eq!(Visitor::new(&world).sign_in("ann", &one_time).header("location"), Some(CHANGE));
}

#[test]
fn a_wrong_password_is_answered_alike_with_and_without_a_device() {
    let world = World::new();
    ann_with_a_device(&world);
    let bob = world.user("bob");
    Visitor::signed_in(&world, "bob", &bob);
    let with = lockout::refusal(&world, "ann", "not this one");
    assert_eq!(with, lockout::refusal(&world, "bob", "not this one"));
    assert_eq!(with, lockout::refusal(&world, "nobody", "not this one"));
}

#[test]
fn the_trail_tells_the_password_from_the_code() {
    let world = World::new();
    let (ann, _, seed) = ann_with_a_device(&world);
    assert!(!is_let_in(&world, &wrong(&world, &seed)));
    assert!(is_let_in(&world, &world.code(&seed)));
    let at = iam_store::TenancyNo(1);
    let lines = world.app.store.read(|tx| tx.audit_tail(at, 4)).unwrap().unwrap();
    let mut told: Vec<(&str, &str)> =
        lines.iter().map(|line| (line.event.as_str(), line.outcome.as_str())).collect();
    told.reverse();
    assert!(lines.iter().all(|line| line.actor == ann.as_str()));
    let (password, refused, right) =
        (("ConfirmPassword", "OK"), ("SignIn", "NotAuthenticated"), ("SignIn", "OK"));
    assert_eq!(told, [password, refused, password, right]);
}

#[test]
fn a_code_from_where_nobody_may_sign_in_from_is_refused() {
    let world = World::new();
    let (_, _, seed) = ann_with_a_device(&world);
    let admin = world.administrator();
    let mut visitor = halfway(&world, CHOSEN);
    let body = serde_json::json!({
        "compartmentId": world.tenancy(), "name": "office", "description": "d",
        "publicSourceList": ["192.0.2.0/24"],
    });
    let source = world.post(&admin, "/networkSources", &body).ok().id();
    let path = format!("/authenticationPolicies/{}", world.tenancy());
    let set = |ids: &[&str]| {
        let body = serde_json::json!({"networkPolicy": {"networkSourceIds": ids}});
        world.put(&admin, &path, &body, &[]).ok();
    };
    set(&[&source]);
    assert_eq!(show(&mut visitor, &world.code(&seed)).status, 403);
    set(&[]);
    assert_eq!(show(&mut visitor, &world.code(&seed)).status, 303, "nor was the code used up");
}

#[test]
fn a_policy_can_ask_for_a_session_that_began_with_a_code() {
    let world = World::new();
    let (ann, _, seed) = ann_with_a_device(&world);
    world.join(&ann, &world.group("them"));
    world.policy(
        "p",
        &["allow group them to inspect users in tenancy where request.user.mfaTotpVerified = 'true'"],
    );
    let mut visitor = halfway(&world, CHOSEN);
    show(&mut visitor, &world.code(&seed));
    assert_eq!(visitor.get("/console/users").status, 200);
    let list = format!("/users?compartmentId={}", world.tenancy());
    let session = authorize::session(&mut visitor, &ann);
    assert_eq!(world.get(&session, &list).status, 200, "the command line got it with a code");
    let caller = world.give_key(&ann, 1);
    assert_eq!(world.get(&caller, &list).status, 404, "a key shows no code");
    let session = session_tokens::session(&world, &caller);
    assert_eq!(world.get(&session, &list).status, 404, "nor does a session that a key began");
    let bob = world.user("bob");
    world.join(&bob, &world.group("others"));
    world.policy(
        "q",
        &["allow group others to inspect users in tenancy where request.user.mfaTotpVerified"],
    );
    let mut visitor = Visitor::signed_in(&world, "bob", &bob);
    assert_eq!(visitor.get("/console/users").status, 404, "a password alone");
    let session = authorize::session(&mut visitor, &bob);
    assert_eq!(world.get(&session, &list).status, 404, "a session of a password alone");
}
