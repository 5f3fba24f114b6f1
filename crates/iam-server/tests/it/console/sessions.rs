//! Sessions: begun, ended, and never what a browser brings along by itself.

use super::*;
use iam_core::sessions::{ABSOLUTE_SECONDS, IDLE_SECONDS};
use serde_json::{Value, json};

fn is_in(visitor: &mut Visitor<'_>) -> bool {
    let answer = visitor.get("/console/");
    match answer.status {
        200 => true,
        303 => false,
        other => panic!("{other}: {}", answer.text),
    }
}

#[test]
fn the_session_is_another_after_every_step_and_the_older_one_is_dead() {
    let world = World::new();
    let ann = world.user("ann");
    let one_time = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    let fixed = "A".repeat(43);
    visitor.cookies.insert(SESSION.to_owned(), fixed.clone());
    visitor.sign_in("ann", &one_time);
    let first = visitor.clone();
    assert_ne!(first.session(), fixed, "what a browser brings along is not adopted");
    let page = visitor.get(CHANGE);
    visitor.choose(&page, CHOSEN);
    let second = visitor.clone();
    assert_ne!(second.session(), first.session());
    assert!(first.clone().get(CHANGE).header("location").unwrap().contains("sign-in"));

    let mut at_sign_in = second.clone();
    at_sign_in.cookies.remove(SESSION);
    let token = hidden(&at_sign_in.get(SIGN_IN), "form-token");
    at_sign_in.cookies.insert(SESSION.to_owned(), second.session().to_owned());
    at_sign_in.post("/console/sign-in", &sign_in_form(&token, "ann", CHOSEN));
    assert_ne!(at_sign_in.session(), second.session());
    assert!(is_in(&mut at_sign_in));
    assert!(!is_in(&mut second.clone()), "signing in again ends the session before");
}

#[test]
fn a_session_does_not_come_back_with_the_right_to_sign_in() {
    let world = World::with_domains_but_no_mail();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let urn = |kind: &str| format!("urn:ietf:params:scim:schemas:oracle:idcs:{kind}");
    let put = |kind: &str, more: Value| {
        let mut body = json!({"schemas": [urn(kind)]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.scim(&admin, "PUT", &format!("/{kind}/{ann}"), Some(&body)).ok();
    };
    let patch = |active: bool| {
        let change = json!([{"op": "replace", "path": "active", "value": active}]);
        world.patch(&admin, &format!("/Users/{ann}"), &change).ok();
    };
    let lock = |locked: bool| {
        let kind = "UserLockedStateChanger";
        let body = json!({"schemas": [urn(kind)], "userId": ann, "locked": locked});
        world.scim(&admin, "POST", &format!("/{kind}"), Some(&body)).ok();
    };
    let capable = |may: bool| {
        put("UserCapabilitiesChanger", json!({"canUseConsolePassword": may}));
    };
    let active = |active: bool| put("UserStatusChanger", json!({"active": active}));
    Visitor::signed_in(&world, "ann", &ann);
    let changes: [(&str, &dyn Fn(bool)); 4] = [
        ("deactivated by the changer", &active),
        ("deactivated by a patch", &patch),
        ("barred from the Console", &capable),
        ("locked", &|may| lock(!may)),
    ];
    for (what, change) in changes {
        let mut visitor = Visitor::new(&world);
        visitor.sign_in("ann", CHOSEN);
        assert!(is_in(&mut visitor), "{what}");
        change(false);
        assert!(!is_in(&mut visitor.clone()), "{what}");
        change(true);
        assert!(!is_in(&mut visitor), "{what}, and no more");
        assert!(signs_in(&world, "ann", CHOSEN), "{what}, and no more");
    }
}

#[test]
fn a_session_ends_when_it_is_not_used_and_at_last_in_any_case() {
    let world = World::new();
    let ann = world.user("ann");
    let mut idle = Visitor::signed_in(&world, "ann", &ann);
    world.pass(IDLE_SECONDS - 1);
    assert!(is_in(&mut idle));
    world.pass(IDLE_SECONDS - 1);
    assert!(is_in(&mut idle), "it was used meanwhile");
    world.pass(IDLE_SECONDS);
    assert!(!is_in(&mut idle));
    world.pass(-IDLE_SECONDS);
    assert!(!is_in(&mut idle), "a clock that goes back does not bring it back");

    let mut busy = Visitor::new(&world);
    world.pass(IDLE_SECONDS);
    busy.sign_in("ann", CHOSEN);
    for _ in 1..ABSOLUTE_SECONDS / 1_800 {
        world.pass(1_800);
        assert!(is_in(&mut busy));
    }
    world.pass(1_800);
    assert!(!is_in(&mut busy));
}

#[test]
fn signing_out_ends_the_session_here_and_clears_what_the_browser_kept() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let mut kept = visitor.clone();
    let token = hidden(&visitor.get("/console/"), "form-token");
    let out = visitor.post("/console/sign-out", &[("form-token", &token)]);
    assert_eq!(out.header("location"), Some("/console/sign-in?tenant=acme&done=signed-out"));
    assert_eq!(out.header("clear-site-data"), Some("\"cache\", \"storage\""));
    assert!(!visitor.cookies.contains_key(SESSION));
    assert!(!is_in(&mut kept));
}

#[test]
fn sessions_elsewhere_are_listed_and_can_be_ended() {
    let world = World::new();
    let ann = world.user("ann");
    let mut here = Visitor::signed_in(&world, "ann", &ann);
    let mut there = Visitor::new(&world);
    there.sign_in("ann", CHOSEN);
    let page = here.get("/console/sessions");
    assert_eq!(page.text.matches("This session").count(), 1);
    assert_eq!(page.text.matches("Elsewhere").count(), 1);
    let token = hidden(&page, "form-token");
    let ended = here.post("/console/sessions/end-others", &[("form-token", &token)]);
    assert_eq!(ended.status, 303);
    assert!(is_in(&mut here));
    assert!(!is_in(&mut there));
}

#[test]
fn one_session_can_be_ended_and_nobody_elses() {
    let world = World::new();
    let (ann, bob) = (world.user("ann"), world.user("bob"));
    let mut here = Visitor::signed_in(&world, "ann", &ann);
    let mut others = [Visitor::new(&world), Visitor::new(&world)];
    for other in &mut others {
        world.pass(1);
        other.sign_in("ann", CHOSEN);
    }
    let mut stranger = Visitor::signed_in(&world, "bob", &bob);
    let page = here.get("/console/sessions");
    assert_eq!(page.text.matches("Sign out there").count(), 2, "and none for this one");
    let (token, newest) = (hidden(&page, "form-token"), hidden(&page, "session"));
    let foreign = hidden(&stranger.get("/console/sessions"), "form-token");
    let end = "/console/sessions/end";
    stranger.post(end, &[("form-token", &*foreign), ("session", &*newest)]);
    assert!(others.iter_mut().all(is_in), "it is not the stranger's");
    for nothing in ["", "x", &*token] {
        here.post(end, &[("form-token", &*token), ("session", nothing)]);
    }
    assert!(others.iter_mut().all(is_in));
    let ended = here.post(end, &[("form-token", &*token), ("session", &*newest)]);
    assert_eq!(ended.header("location"), Some("/console/sessions?done=ended-one"));
    assert!(is_in(&mut here) && is_in(&mut stranger));
    assert_eq!(others.each_mut().map(is_in), [true, false]);
    let at = iam_store::TenancyNo(1);
    let tail = world.app.store.read(|tx| tx.audit_tail(at, 1)).unwrap().unwrap();
    assert_eq!(
        (tail[0].event.as_str(), tail[0].actor.as_str()),
        ("SignOutElsewhere", ann.as_str())
    );
}

#[test]
fn a_change_of_password_and_a_reset_end_all_sessions() {
    let world = World::new();
    let ann = world.user("ann");
    let mut here = Visitor::signed_in(&world, "ann", &ann);
    let mut there = Visitor::new(&world);
    there.sign_in("ann", CHOSEN);
    let token = hidden(&here.get(CHANGE), "form-token");
    let new = "Copper?Kettle-19-mist";
    let fields = [
        ("form-token", &*token),
        ("current-password", CHOSEN),
        ("new-password", new),
        ("repeat-password", new),
    ];
    assert_eq!(here.post(CHANGE, &fields).status, 303);
    assert!(is_in(&mut here));
    assert!(!is_in(&mut there));
    one_time_password(&world, &ann);
    assert!(!is_in(&mut here));
}

#[test]
fn a_cookie_that_is_not_a_token_of_ours_is_no_session_and_no_error() {
    let world = World::new();
    let ann = world.user("ann");
    let visitor = Visitor::signed_in(&world, "ann", &ann);
    let token = visitor.session().to_owned();
    let mut others: Vec<String> =
        (0..token.len()).map(|end| token.chars().take(end).collect()).collect();
    others.extend([format!("{token}A"), format!("{token} x"), token.to_lowercase()]);
    others.extend(["\"\"".to_owned(), "%00".to_owned(), "=".repeat(43), "é".to_owned()]);
    for other in others.iter().filter(|other| **other != token) {
        let mut visitor = visitor.clone();
        visitor.cookies.insert(SESSION.to_owned(), other.clone());
        assert!(!is_in(&mut visitor), "{other}");
    }
}

#[test]
fn after_signing_in_only_pages_of_the_console_are_gone_on_to() {
    let world = World::new();
    let ann = world.user("ann");
    Visitor::signed_in(&world, "ann", &ann);
    let asked = Visitor::new(&world).get("/console/users?name=a%20b");
    let to = "/console/sign-in?next=/console/users%3Fname%3Da%2520b";
    assert_eq!(asked.header("location"), Some(to));
    let own = ("/console/sessions", "/console/sessions");
    let foreign = [
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://evil.example/",
        "/console/../x",
        "/20160918/users",
        "/console//evil.example",
        "",
    ];
    let cases = foreign.map(|next| (next, "/console/"));
    for (next, lands) in cases.into_iter().chain([own]) {
        let mut visitor = Visitor::new(&world);
        let page = visitor.get(&format!("{SIGN_IN}&{}", encode(&[("next", next)])));
        assert_eq!(page.text.contains("name=\"next\""), lands != "/console/", "{next}");
        let token = hidden(&page, "form-token");
        let mut fields = sign_in_form(&token, "ann", CHOSEN).to_vec();
        fields.push(("next", next));
        let answer = visitor.post("/console/sign-in", &fields);
        assert_eq!(answer.header("location"), Some(lands), "{next}");
        let again = visitor.get(&format!("/console/sign-in?{}", encode(&[("next", next)])));
        assert_eq!(again.header("location"), Some(lands), "{next}, signed in");
    }
}
