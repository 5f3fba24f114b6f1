//! Failed sign-ins: one answer to all, and after ten of them a block.

use super::*;
use iam_core::sign_in::FAILURES_MAX;

/// The answer to an attempt, without what stands for the visitor and not for the attempt.
pub(super) fn refusal(
    world: &World,
    user: &str,
    password: &str,
) -> (u16, Vec<(String, String)>, String) {
    let mut visitor = Visitor::new(world);
    let page = visitor.get(SIGN_IN);
    let token = hidden(&page, "form-token");
    let answer = visitor.post("/console/sign-in", &sign_in_form(&token, user, password));
    let text = answer.text.replace(&token, "TOKEN").replace(&format!("\"{user}\""), "\"USER\"");
    let (status, headers, _) = answer.seen();
    let headers = headers.into_iter().filter(|(name, _)| name != "content-length").collect();
    (status, headers, text)
}

/// Ten attempts at once, so that their delays pass at once too.
pub(super) fn fail_ten_times(world: &World, spellings: &[&str]) {
    let page = Visitor::new(world).get(SIGN_IN);
    assert_eq!(page.status, 200);
    std::thread::scope(|scope| {
        for index in 0..usize::try_from(FAILURES_MAX).unwrap() {
            let spelling = spellings[index % spellings.len()];
            scope.spawn(move || {
                let answer = Visitor::new(world).sign_in(spelling, "not this one");
                assert_eq!(answer.status, 403);
            });
        }
    });
}

#[test]
fn ten_failures_block_and_an_administrator_unblocks_in_the_console() {
    let world = World::new();
    let ann = world.user("ann");
    let mut signed_in = Visitor::signed_in(&world, "ann", &ann);
    fail_ten_times(&world, &["ann", "ANN", " Ann ", "ａｎｎ"]);
    assert_eq!(Visitor::new(&world).sign_in("ann", CHOSEN).status, 403, "though it is right");
    assert_eq!(signed_in.get("/console/").status, 200, "who is in stays in");

    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let path = format!("/console/users/{ann}");
    let page = admin.get(&path);
    assert!(page.text.contains("This user is blocked"));
    let token = hidden(&page, "form-token");
    let retry = hidden(&admin.get(&format!("{path}/password")), "retry-token");
    let fields = [("form-token", &*token), ("retry-token", &*retry)];
    let reset = admin.post(&format!("{path}/password"), &fields);
    assert!(reset.text.contains("The user is still blocked"), "a reset does not unblock");
    let one_time = shown_password(&reset);
    assert_eq!(Visitor::new(&world).sign_in("ann", &one_time).status, 403);
    let unblocked = admin.post(&format!("{path}/unblock"), &[("form-token", &token)]);
    assert_eq!(unblocked.header("location"), Some(&*format!("{path}?done=unblocked")));
    assert!(!admin.get(&path).text.contains("This user is blocked"));
    assert_eq!(Visitor::new(&world).sign_in("ann", &one_time).header("location"), Some(CHANGE));
}

#[test]
fn what_was_counted_and_noted_of_a_refusal_stays() {
    let world = World::new();
    let ann = world.user("ann");
    one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    assert_eq!(visitor.sign_in("ann", "wrong").status, 403);
    assert_eq!(visitor.sign_in("nobody", "wrong").status, 403);
    let at = iam_store::TenancyNo(1);
    let store = &world.app.store;
    assert_eq!(store.read(|tx| tx.sign_ins(at, &ann)).unwrap().unwrap().failures, 1);
    let tail = store.read(|tx| tx.audit_tail(at, 1)).unwrap().unwrap();
    assert_eq!((tail[0].event.as_str(), tail[0].outcome.as_str()), ("SignIn", "NotAuthenticated"));
    assert_eq!((tail[0].target.as_str(), tail[0].source.as_str()), (ann.as_str(), "127.0.0.1"));
    let of_nobody = store.read(|tx| tx.audit_tail(iam_store::TenancyNo(0), 5)).unwrap().unwrap();
    assert_eq!(of_nobody.len(), 1);
}

#[test]
fn whatever_is_not_right_the_answer_is_the_same() {
    let world = World::new();
    let wrong = {
        let id = world.user("wrong");
        Visitor::signed_in(&world, "wrong", &id);
        refusal(&world, "wrong", "not this one")
    };
    assert_eq!(wrong.0, 403);
    let expired = one_time_password(&world, &world.user("expired"));
    let blocked = world.user("blocked");
    Visitor::signed_in(&world, "blocked", &blocked);
    fail_ten_times(&world, &["blocked"]);
    world.user("without");
    world.pass(iam_core::ui_passwords::ONE_TIME_SECONDS + 1);
    assert_eq!(refusal(&world, "nobody", CHOSEN), wrong, "unknown");
    assert_eq!(refusal(&world, "without", CHOSEN), wrong, "without a password");
    assert_eq!(refusal(&world, "expired", &expired), wrong, "expired");
    assert_eq!(refusal(&world, "blocked", CHOSEN), wrong, "blocked");
    assert_eq!(refusal(&world, &"x".repeat(2_000), CHOSEN), wrong, "longer than any name");
}

#[test]
fn a_wrong_current_password_counts_as_a_failed_sign_in() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let token = hidden(&visitor.get(CHANGE), "form-token");
    let new = "Copper?Kettle-19-mist";
    let change = |visitor: &mut Visitor<'_>, current: &str| {
        let fields = [
            ("form-token", &*token),
            ("current-password", current),
            ("new-password", new),
            ("repeat-password", new),
        ];
        visitor.post(CHANGE, &fields)
    };
    let refused = change(&mut visitor, "not this one");
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("The current password is not right"));
    let at = iam_store::TenancyNo(1);
    let failures = || world.app.store.read(|tx| tx.sign_ins(at, &ann)).unwrap().unwrap().failures;
    assert_eq!(failures(), 1);
    assert_eq!(change(&mut visitor, CHOSEN).status, 303);
    assert_eq!(failures(), 0);
    assert_eq!(Visitor::new(&world).sign_in("ann", CHOSEN).status, 403);
    assert_eq!(Visitor::new(&world).sign_in("ann", new).status, 303);
}
