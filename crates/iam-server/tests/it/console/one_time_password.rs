//! From the one-time password to the changed one.

use super::*;
use crate::world::NOON;
use iam_core::ui_passwords::ONE_TIME_SECONDS;

#[test]
fn a_one_time_password_leads_to_the_change_and_the_changed_one_leads_in() {
    let world = World::new();
    let ann = world.user("ann");
    let one_time = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    assert_eq!(visitor.sign_in("ann", &one_time).header("location"), Some(CHANGE));
    let page = visitor.get(CHANGE);
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("Current password"), "the one-time password was just given");
    let changed = visitor.choose(&page, CHOSEN);
    assert_eq!(changed.header("location"), Some("/console/?done=changed"));
    assert_eq!(visitor.get("/console/").status, 200);

    let mut other = Visitor::new(&world);
    assert_eq!(other.sign_in("ann", &one_time).status, 403, "it is worthless now");
    assert_eq!(other.sign_in("ann", CHOSEN).header("location"), Some("/console/"));
}

#[test]
fn before_the_change_nothing_opens_but_the_change_and_the_way_out() {
    let world = World::new();
    let ann = world.user("ann");
    let one_time = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    visitor.sign_in("ann", &one_time);
    let user = format!("/console/users/{ann}");
    let mut pages = vec!["/console/", "/console/me", "/console/sessions", "/console/users"];
    pages.extend(["/console/users/new", "/console/sign-in", "/", "/console"]);
    pages.extend(["/console/nothing", "/.well-known/change-password", user.as_str()]);
    let below = ["password", "capabilities", "delete"].map(|page| format!("{user}/{page}"));
    pages.extend(below.iter().map(String::as_str));
    for page in pages {
        let answer = visitor.get(page);
        assert!(answer.status >= 300, "{page}: {}", answer.status);
        let to = answer.header("location").unwrap_or(CHANGE);
        assert!(["/console/", CHANGE].contains(&to), "{page}: {to}");
    }
    let token = hidden(&visitor.get(CHANGE), "form-token");
    let unblock = format!("{user}/unblock");
    let mut forms = vec!["/console/sessions/end", "/console/sessions/end-others"];
    forms.extend(["/console/users/new", unblock.as_str()]);
    forms.extend(below.iter().map(String::as_str));
    for form in forms {
        let answer = visitor.post(form, &[("form-token", &token)]);
        assert_eq!(answer.header("location"), Some(CHANGE), "{form}: {}", answer.status);
    }
    let out = visitor.post("/console/sign-out", &[("form-token", &token)]);
    assert_eq!(out.status, 303);
    assert_eq!(
        visitor.get(CHANGE).header("location"),
        Some("/console/sign-in?next=/console/change-password")
    );
}

#[test]
fn of_two_changes_with_one_form_the_second_fails() {
    let world = World::new();
    let ann = world.user("ann");
    let one_time = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    visitor.sign_in("ann", &one_time);
    let page = visitor.get(CHANGE);
    let mut second = visitor.clone();
    assert_eq!(visitor.choose(&page, CHOSEN).status, 303);
    let again = second.choose(&page, "Copper?Kettle-19-mist");
    assert_eq!(again.header("location"), Some("/console/sign-in?done=ended"), "{again:?}");
    let told = second.get("/console/sign-in?done=ended");
    assert!(told.text.contains("Your session has ended, so nothing was changed."), "{told:?}");
    assert_eq!(Visitor::new(&world).sign_in("ann", "Copper?Kettle-19-mist").status, 403);
}

#[test]
fn of_many_changes_at_once_one_succeeds() {
    let world = World::new();
    let ann = world.user("ann");
    let one_time = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    visitor.sign_in("ann", &one_time);
    let page = visitor.get(CHANGE);
    let chosen: Vec<String> = (0..8).map(|index| format!("{CHOSEN}-{index}")).collect();
    let changed: Vec<String> = std::thread::scope(|scope| {
        let send = |new| {
            let (mut visitor, page) = (visitor.clone(), &page);
            scope.spawn(move || visitor.choose(page, new))
        };
        let sent: Vec<_> = chosen.iter().map(|new| send(new)).collect();
        sent.into_iter()
            .map(|answer| answer.join().unwrap().header("location").unwrap_or_default().to_owned())
            .collect()
    });
    let done = changed.iter().filter(|to| to.ends_with("done=changed")).count();
    assert_eq!(done, 1, "{changed:?}");
}

#[test]
fn it_is_valid_for_seven_days_and_not_a_second_longer() {
    let world = World::new();
    let ann = world.user("ann");
    let one_time = one_time_password(&world, &ann);
    world.pass(ONE_TIME_SECONDS - 10);
    let mut visitor = Visitor::new(&world);
    assert_eq!(visitor.sign_in("ann", &one_time).status, 303);
    let page = visitor.get(CHANGE);
    world.pass(20);
    assert_eq!(Visitor::new(&world).sign_in("ann", &one_time).status, 403);
    let late = visitor.choose(&page, CHOSEN);
    assert_eq!(late.header("location"), Some("/console/sign-in?done=over"), "though it was open");
    world.pass(-ONE_TIME_SECONDS);
    assert_eq!(Visitor::new(&world).sign_in("ann", &one_time).status, 403, "the clock went back");
}

#[test]
fn a_new_one_ends_the_older_one_and_what_it_opened() {
    let world = World::new();
    let ann = world.user("ann");
    let older = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    visitor.sign_in("ann", &older);
    let page = visitor.get(CHANGE);
    one_time_password(&world, &ann);
    assert!(visitor.choose(&page, CHOSEN).header("location").unwrap().contains("sign-in"));
    assert_eq!(Visitor::new(&world).sign_in("ann", &older).status, 403);
}

#[test]
fn what_is_wrong_with_a_new_password_is_said_and_nothing_changes() {
    let world = World::new();
    let ann = world.user("ann");
    let one_time = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    visitor.sign_in("ann", &one_time);
    let page = visitor.get(CHANGE);
    for (new, said) in [
        (
            "Short-1",
            "data-rule=\"length\" data-minimum=\"12\" data-maximum=\"128\" class=\"broken\"",
        ),
        ("behind-glass-7", "data-rule=\"upper\" data-minimum=\"1\" class=\"broken\""),
        ("Password1234!", "data-rule=\"guess\" data-minimum=\"0\" class=\"broken\""),
        ("7Tulips-ANN-glass", "data-rule=\"name\" data-minimum=\"0\" class=\"broken\""),
        (&one_time, "The new password is the one you have now"),
    ] {
        let answer = visitor.choose(&page, new);
        assert_eq!(answer.status, 422, "{new}");
        assert!(answer.text.contains(said), "{new}: {}", answer.text);
        assert!(answer.text.contains("role=\"alert\""));
        assert!(!answer.text.contains(new), "what was typed does not come back");
    }
    let token = hidden(&page, "form-token");
    let fields = [("form-token", &*token), ("new-password", CHOSEN), ("repeat-password", "x")];
    assert!(visitor.post(CHANGE, &fields).text.contains("are not the same"));
    assert_eq!(visitor.choose(&page, CHOSEN).status, 303);
}

#[test]
fn an_administrator_gives_one_in_the_console_and_a_reload_does_not_give_another() {
    let world = World::new();
    let ann = world.user("ann");
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let path = format!("/console/users/{ann}/password");
    let page = admin.get(&path);
    let (token, retry) = (hidden(&page, "form-token"), hidden(&page, "retry-token"));
    let fields = [("form-token", &*token), ("retry-token", &*retry)];
    let shown = admin.post(&path, &fields);
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    assert!(shown.text.contains("30 November 2026, 12:00 UTC"), "{NOON} and 7 days");
    assert!(shown.text.contains(&format!("create-or-reset --user-id {ann}")));
    let one_time = shown_password(&shown);
    assert_eq!(one_time.len(), 20);
    assert_eq!(shown_password(&admin.post(&path, &fields)), one_time);
    assert_eq!(Visitor::new(&world).sign_in("ann", &one_time).header("location"), Some(CHANGE));

    one_time_password(&world, &ann);
    let late = admin.post(&path, &fields);
    assert_eq!(late.status, 409, "the form must not show what is no longer true");
    assert!(!late.text.contains("id=\"secret\""));
}

#[test]
fn for_a_user_who_may_not_use_the_console_there_is_none() {
    let world = World::new();
    let ann = world.user("ann");
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let capabilities = format!("/console/users/{ann}/capabilities");
    let page = admin.get(&capabilities);
    let (token, etag) = (hidden(&page, "form-token"), hidden(&page, "etag"));
    let fields = [("form-token", &*token), ("etag", &*etag), ("api-keys", "on")];
    assert_eq!(admin.post(&capabilities, &fields).status, 303);
    let stale = admin.post(&capabilities, &fields);
    assert_eq!(stale.status, 412, "someone else changed the user meanwhile");
    let path = format!("/console/users/{ann}/password");
    let retry = hidden(&admin.get(&path), "retry-token");
    let refused = admin.post(&path, &[("form-token", &*token), ("retry-token", &*retry)]);
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("may not use a Console password"));
}
