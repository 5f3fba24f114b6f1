//! The ways back in by mail: an administrator's reset, a forgotten password, a first password, a
//! confirmed address, an ended block; and everything that must not lead in.

use super::{CHOSEN, SESSION, Visitor, hidden, one_time_password, signs_in};
use crate::world::{Letter, World};
use iam_api::Ocid;
use serde_json::{Value, json};

const FORGOT: &str = "/console/forgot-password?tenant=acme";
pub(super) const LINK: &str = "/console/link";
const MINUTE: i64 = 60;
const OTHER: &str = "9Roses-under-stone";

pub(super) fn only(letters: Vec<Letter>) -> Letter {
    assert_eq!(letters.len(), 1, "{letters:?}");
    letters.into_iter().next().unwrap()
}

fn events(letters: &[Letter]) -> Vec<&str> {
    letters.iter().map(|letter| letter.event.as_str()).collect()
}

impl Letter {
    fn path(&self) -> &str {
        self.link.as_deref().unwrap_or_else(|| panic!("no link: {self:?}"))
    }
}

/// Follows a link to the page that it leads to.
pub(super) fn follow(visitor: &mut Visitor<'_>, letter: &Letter) -> crate::world::Answer {
    let sent_on = visitor.get(letter.path());
    assert_eq!((sent_on.status, sent_on.header("location")), (303, Some(LINK)), "{sent_on:?}");
    visitor.get(LINK)
}

/// Sends the form of a link's page with that password.
fn choose(visitor: &mut Visitor<'_>, token: &str, new: &str) -> crate::world::Answer {
    let fields = [("form-token", token), ("new-password", new), ("repeat-password", new)];
    visitor.post(LINK, &fields)
}

fn reset(world: &World, user: &Ocid) -> crate::world::Answer {
    let path = format!("/users/{user}/uiPassword");
    world.post(&world.administrator(), &path, &json!({}))
}

pub(super) fn ask(world: &World, tenancy: &str, user: &str) -> crate::world::Answer {
    let mut visitor = Visitor::new(world);
    let token = hidden(&visitor.get(FORGOT), "form-token");
    let fields = [("form-token", &*token), ("tenant", tenancy), ("username", user)];
    visitor.post("/console/forgot-password", &fields)
}

/// Ann, who has followed her activation link and chosen a password.
pub(super) fn ann(world: &World) -> Ocid {
    let ann = world.user_at("ann", "ann@example.com");
    let mut visitor = Visitor::new(world);
    let page = follow(&mut visitor, &only(world.letters()));
    let token = hidden(&page, "form-token");
    assert_eq!(choose(&mut visitor, &token, CHOSEN).status, 303);
    assert_eq!(events(&world.letters()), ["PasswordReset"]);
    ann
}

pub(super) fn user(world: &World, user: &Ocid) -> Value {
    world.get(&world.administrator(), &format!("/users/{user}")).ok().json()
}

#[test]
fn a_new_user_chooses_a_first_password_through_the_mailed_link() {
    let world = World::with_domains();
    let ann = world.user_at("ann", "ann@example.com");
    let letter = only(world.letters());
    assert_eq!((letter.event.as_str(), letter.to.as_str()), ("Welcome", "ann@example.com"));
    assert!(!letter.text.contains(CHOSEN));
    let mut visitor = Visitor::new(&world);
    let page = follow(&mut visitor, &letter);
    assert!(page.text.contains("12 to 128 characters") && page.text.contains("Choose your"));
    let token = hidden(&page, "form-token");
    let refused = choose(&mut visitor, &token, "Short-1");
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("class=\"broken\""), "{}", refused.text);
    let set = choose(&mut visitor, &token, CHOSEN);
    assert_eq!(set.header("location"), Some("/console/sign-in?tenant=acme&done=password-set"));
    assert!(!visitor.cookies.contains_key(SESSION), "nobody is signed in by a link");
    assert!(!visitor.cookies.contains_key("__Host-durward-link"));
    assert_eq!(user(&world, &ann)["emailVerified"], true);
    assert!(signs_in(&world, "ann", CHOSEN));
}

#[test]
fn a_reset_mails_a_link_and_ends_password_and_sessions_at_once() {
    let world = World::with_domains();
    let ann = ann(&world);
    let mut session = Visitor::new(&world);
    session.sign_in("ann", CHOSEN);
    assert_eq!(session.get("/console/").status, 200);
    let answer = reset(&world, &ann).ok();
    assert_eq!(answer.json().get("password"), None, "{answer:?}");
    assert_eq!(answer.text("lifecycleState"), "ACTIVE");
    let letter = only(world.letters());
    assert_eq!((letter.event.as_str(), letter.to.as_str()), ("ResetRequested", "ann@example.com"));
    assert_eq!(session.get("/console/").status, 303);
    assert!(!signs_in(&world, "ann", CHOSEN));
    let path = format!("/users/{ann}/uiPassword");
    let information = world.get(&world.administrator(), &path).ok();
    assert_eq!(information.text("lifecycleState"), "ACTIVE");
    let mut visitor = Visitor::new(&world);
    let page = follow(&mut visitor, &letter);
    let token = hidden(&page, "form-token");
    assert_eq!(choose(&mut visitor, &token, OTHER).status, 303);
    assert!(signs_in(&world, "ann", OTHER) && !signs_in(&world, "ann", CHOSEN));
    assert_eq!(choose(&mut visitor, &token, CHOSEN).status, 403, "its cookie is gone");
    assert_eq!(visitor.get(letter.path()).status, 303);
    assert_eq!(visitor.get(LINK).status, 410, "the link is spent");
}

#[test]
fn a_user_without_an_address_gets_a_one_time_password_all_the_same() {
    let world = World::with_domains();
    let body = json!({"compartmentId": world.tenancy(), "name": "bob", "description": "test"});
    let refused = world.post(&world.administrator(), "/users", &body);
    assert_eq!(refused.code(), (400, "MissingParameter".to_owned()));
    assert!(refused.text("message").contains("email is missing"));
    let ann = ann(&world);
    let none = json!({"email": ""});
    world.put(&world.administrator(), &format!("/users/{ann}"), &none, &[]).ok();
    assert_eq!(events(&world.letters()), ["EmailChanged"]);
    let one_time = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    let answer = visitor.sign_in("ann", &one_time);
    assert_eq!(answer.header("location"), Some(super::CHANGE));
    assert!(world.letters().is_empty());
}

#[test]
fn who_has_forgotten_the_password_is_mailed_a_link_and_the_page_says_nothing_of_who_exists() {
    let world = World::with_domains();
    ann(&world);
    world.user_at("new", "new@example.com");
    let deactivated = world.user_at("gone", "gone@example.com");
    world.set_inactive(&deactivated, 2);
    world.letters();
    let seen = ["ann", "nobody", "gone", "new"].map(|name| ask(&world, "acme", name).seen());
    assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:?}");
    assert!(world.letters().is_empty(), "nothing is looked at in the request");
    world.work_off();
    let letters = world.letters();
    let sent: Vec<_> = letters.iter().map(|one| (&*one.event, &*one.to)).collect();
    let wanted = [("PasswordRecovery", "ann@example.com"), ("WelcomeAgain", "new@example.com")];
    assert_eq!(sent, wanted);
    assert!(signs_in(&world, "ann", CHOSEN), "asking ends nothing");
    let mut visitor = Visitor::new(&world);
    let token = hidden(&follow(&mut visitor, &letters[0]), "form-token");
    assert_eq!(choose(&mut visitor, &token, CHOSEN).status, 422, "it is the one she has");
    assert_eq!(choose(&mut visitor, &token, OTHER).status, 303);
    assert!(signs_in(&world, "ann", OTHER));
}

#[test]
fn an_unconfirmed_address_and_a_tenancy_without_domains_get_no_links() {
    let world = World::with_domains();
    let ann = ann(&world);
    let changed = json!({"email": "elsewhere@example.com"});
    world.put(&world.administrator(), &format!("/users/{ann}"), &changed, &[]).ok();
    let letters = world.letters();
    let sent: Vec<_> = letters.iter().map(|one| (&*one.event, &*one.to)).collect();
    let wanted = [("EmailChanged", "ann@example.com"), ("VerifyEmail", "elsewhere@example.com")];
    assert_eq!(sent, wanted);
    assert_eq!(user(&world, &ann)["emailVerified"], false);
    ask(&world, "acme", "ann");
    world.work_off();
    assert!(world.letters().is_empty());

    let classic = World::new();
    classic.user_at("bob", "bob@example.com");
    ask(&classic, "acme", "bob");
    classic.work_off();
    assert!(classic.letters().is_empty());
}

#[test]
fn a_new_user_who_was_given_another_address_gets_no_first_password_by_asking_for_it() {
    let world = World::with_domains();
    let bob = world.user_at("bob", "bob@example.com");
    let changed = json!({"email": "eve@example.com"});
    world.put(&world.administrator(), &format!("/users/{bob}"), &changed, &[]).ok();
    world.letters();
    ask(&world, "acme", "bob");
    world.work_off();
    assert!(world.letters().is_empty());
    // Who may reset passwords has it mailed to the new address, and may ask for it again.
    reset(&world, &bob).ok();
    assert_eq!(only(world.letters()).to, "eve@example.com");
    ask(&world, "acme", "bob");
    world.work_off();
    assert_eq!(only(world.letters()).event, "WelcomeAgain");
}

#[test]
fn every_change_of_what_a_link_was_made_for_voids_it() {
    type Change = fn(&World, &Ocid);
    let changes: [(&str, Change); 7] = [
        ("a newer link", |world, _| {
            ask(world, "acme", "ann");
            world.work_off();
        }),
        ("a reset", |world, ann| drop(reset(world, ann).ok())),
        ("a changed password", |world, _| {
            let mut visitor = Visitor::new(world);
            visitor.sign_in("ann", CHOSEN);
            let token = hidden(&visitor.get(super::CHANGE), "form-token");
            let fields = [
                ("form-token", &*token),
                ("current-password", CHOSEN),
                ("new-password", OTHER),
                ("repeat-password", OTHER),
            ];
            assert_eq!(visitor.post(super::CHANGE, &fields).status, 303);
        }),
        ("another address", |world, ann| {
            let body = json!({"email": "elsewhere@example.com"});
            world.put(&world.administrator(), &format!("/users/{ann}"), &body, &[]).ok();
        }),
        ("deactivation", |world, ann| world.set_inactive(ann, 2)),
        ("deletion", |world, ann| {
            world.delete(&world.administrator(), &format!("/users/{ann}"), &[]).ok();
        }),
        ("an hour", |world, _| world.pass(60 * MINUTE)),
    ];
    for (what, change) in changes {
        let world = World::with_domains();
        let ann = ann(&world);
        ask(&world, "acme", "ann");
        world.work_off();
        let letter = only(world.letters());
        let mut visitor = Visitor::new(&world);
        let token = hidden(&follow(&mut visitor, &letter), "form-token");
        change(&world, &ann);
        let refused = choose(&mut visitor, &token, "5Lilies-among-thorns");
        assert_eq!(refused.status, 410, "{what}");
        assert!(refused.text.contains("does not work any more"), "{what}");
        assert!(!signs_in(&world, "ann", "5Lilies-among-thorns"), "{what}");
    }
}

#[test]
fn a_link_lives_as_long_as_it_says_also_when_the_clock_goes_back() {
    let world = World::with_domains();
    ann(&world);
    ask(&world, "acme", "ann");
    world.work_off();
    let letter = only(world.letters());
    let mut visitor = Visitor::new(&world);
    world.pass(60 * MINUTE - 10);
    assert_eq!(follow(&mut visitor, &letter).status, 200);
    world.pass(20);
    visitor.get(letter.path());
    assert_eq!(visitor.get(LINK).status, 410);
    world.pass(-8 * 24 * 60 * MINUTE);
    visitor.get(letter.path());
    assert_eq!(visitor.get(LINK).status, 410);
}

#[test]
fn looking_at_a_link_uses_nothing_up_and_one_of_many_who_use_it_succeeds() {
    let world = World::with_domains();
    ann(&world);
    ask(&world, "acme", "ann");
    world.work_off();
    let letter = only(world.letters());
    for _ in 0..20 {
        Visitor::new(&world).get(letter.path());
        follow(&mut Visitor::new(&world), &letter);
    }
    let mut browsers: Vec<Visitor<'_>> = (0..64).map(|_| Visitor::new(&world)).collect();
    let tokens: Vec<String> = browsers
        .iter_mut()
        .map(|browser| hidden(&follow(browser, &letter), "form-token"))
        .collect();
    let outcomes: Vec<u16> = std::thread::scope(|scope| {
        let running: Vec<_> = browsers
            .iter_mut()
            .zip(&tokens)
            .enumerate()
            .map(|(number, (browser, token))| {
                let new = format!("{number}Roses-under-stone");
                scope.spawn(move || choose(browser, token, &new).status)
            })
            .collect();
        running.into_iter().map(|running| running.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|status| **status == 303).count(), 1, "{outcomes:?}");
    let set = outcomes.iter().position(|status| *status == 303).unwrap();
    assert!(signs_in(&world, "ann", &format!("{set}Roses-under-stone")));
}

#[test]
fn failed_sign_ins_block_and_the_mailed_link_or_a_new_password_unblocks() {
    let world = World::with_domains();
    let ann = ann(&world);
    for _ in 0..10 {
        assert!(!signs_in(&world, "ann", "wrong"));
    }
    assert_eq!(user(&world, &ann)["inactiveStatus"], 4);
    let letter = only(world.letters());
    assert_eq!(letter.event, "AccountLocked");
    assert!(!signs_in(&world, "ann", CHOSEN));
    let mut visitor = Visitor::new(&world);
    let page = follow(&mut visitor, &letter);
    assert!(page.text.contains("Unlock your account"));
    assert_eq!(user(&world, &ann)["inactiveStatus"], 4, "looking unblocks nobody");
    let token = hidden(&page, "form-token");
    assert_eq!(visitor.post(LINK, &[("form-token", &token)]).status, 303);
    assert_eq!(only(world.letters()).event, "AccountUnlocked");
    assert!(signs_in(&world, "ann", CHOSEN));

    for _ in 0..10 {
        assert!(!signs_in(&world, "ann", "wrong"));
    }
    ask(&world, "acme", "ann");
    world.work_off();
    let letters = world.letters();
    assert_eq!(events(&letters), ["AccountLocked", "PasswordRecovery"]);
    let token = hidden(&follow(&mut visitor, &letters[1]), "form-token");
    assert_eq!(choose(&mut visitor, &token, OTHER).status, 303);
    assert!(signs_in(&world, "ann", OTHER));
    visitor.get(letters[0].path());
    assert_eq!(visitor.get(LINK).status, 410, "the unblocking link has done its work");
}

#[test]
fn no_more_than_three_mails_an_hour_go_to_an_address_and_flooding_blocks_nobody() {
    let world = World::with_domains();
    ann(&world);
    for _ in 0..30 {
        ask(&world, "acme", "ann");
    }
    world.work_off();
    assert_eq!(world.letters().len(), 3);
    assert!(signs_in(&world, "ann", CHOSEN));
    world.pass(60 * MINUTE + 1);
    ask(&world, "acme", "Ann ");
    world.work_off();
    assert_eq!(world.letters().len(), 1);
}

#[test]
fn the_mail_is_the_same_whatever_host_and_proxy_the_request_names() {
    let world = World::with_domains();
    ann(&world);
    let mut visitor = Visitor::new(&world);
    let token = hidden(&visitor.get(FORGOT), "form-token");
    let fields = super::encode(&[("form-token", &token), ("tenant", "acme"), ("username", "ann")]);
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "ftp"),
        ("x-forwarded-port", "1"),
        ("forwarded", "host=evil.example;proto=ftp"),
        ("x-original-host", "evil.example"),
    ] {
        world.pass(3601);
        let request = visitor
            .request("POST", "/console/forgot-password")
            .header("origin", "null")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header(name, value);
        let request = request.body(axum::body::Body::from(fields.clone())).unwrap();
        assert_eq!(world.deliver(request).status, 303, "{name}");
        world.work_off();
        let letter = only(world.letters());
        assert!(!letter.text.contains("evil") && !letter.text.contains("ftp"), "{}", letter.text);
        assert!(letter.text.contains("http://console.test/console/link?t="));
    }
}

#[test]
fn repeated_fields_and_addresses_in_the_place_of_names_send_nothing() {
    let world = World::with_domains();
    ann(&world);
    for name in [
        "ann@example.com",
        "ann,eve@example.com",
        "ann\r\nBcc: eve@example.com",
        "ann%00",
        "",
        "\u{131}nn",
        "ann' OR 1=1 --",
        &"a".repeat(5_000),
    ] {
        assert_eq!(ask(&world, "acme", name).status, 303, "{name}");
    }
    let mut visitor = Visitor::new(&world);
    let token = hidden(&visitor.get(FORGOT), "form-token");
    let twice =
        [("form-token", &*token), ("tenant", "acme"), ("username", "ann"), ("username", "eve")];
    assert_eq!(visitor.post("/console/forgot-password", &twice).status, 400);
    world.work_off();
    assert!(world.letters().is_empty());
}
