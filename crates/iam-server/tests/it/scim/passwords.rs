//! `/admin/v1/UserPasswordResetter`, `UserPasswordChanger`, `MePasswordChanger`,
//! `MePasswordResetRequestor`, `UserTokenValidator` and `MePasswordResetter`: the ways to a
//! password.

use super::{extension, schema, self_change};
use crate::console::{CHOSEN, signs_in};
use crate::world::{Answer, Caller, Letter, World};
use serde_json::{Value, json};

const OTHER: &str = "9Roses-under-stone";

/// A world with Ann in it, whose welcome has been taken out of the queue.
fn with_ann() -> (World, Value) {
    let world = World::with_domains();
    let ann = world.scim_user("ann", &json!({"name": {"familyName": "Bumblebee"}}));
    world.letters();
    (world, ann)
}

fn put(world: &World, caller: &Caller, path: &str, more: &Value) -> Answer {
    let kind = path.trim_start_matches('/').split('/').next().unwrap();
    let mut body = json!({"schemas": [schema(kind)]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let single = ["MePasswordResetRequestor", "UserTokenValidator", "MePasswordResetter"];
    let method = if single.contains(&kind) { "POST" } else { "PUT" };
    world.scim(caller, method, path, Some(&body))
}

fn of(kind: &str, user: &Value) -> String {
    format!("/{kind}/{}", user["id"].as_str().unwrap())
}

/// Sets Ann's password as an administrator.
fn set(world: &World, ann: &Value, password: &str) -> Answer {
    let body = json!({"password": password});
    put(world, &world.administrator(), &of("UserPasswordChanger", ann), &body)
}

fn events(letters: &[Letter]) -> Vec<&str> {
    letters.iter().map(|letter| letter.event.as_str()).collect()
}

/// The token of a mailed link.
fn token(letter: &Letter) -> String {
    letter.link.as_deref().unwrap().split_once("t=").unwrap().1.to_owned()
}

#[test]
fn a_reset_mails_a_link_and_ends_the_old_password() {
    let (world, ann) = with_ann();
    let admin = world.administrator();
    set(&world, &ann, CHOSEN).ok();
    assert!(signs_in(&world, "ann", CHOSEN));
    world.letters();
    let answer = put(&world, &admin, &of("UserPasswordResetter", &ann), &json!({})).ok();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["id"], ann["id"]);
    assert!(!answer.text.contains("oneTimePassword") && !answer.text.contains("userToken"));
    assert!(!signs_in(&world, "ann", CHOSEN));
    let letters = world.letters();
    assert_eq!(events(&letters), ["ResetRequested"]);
    assert!(!answer.text.contains(&token(&letters[0])));
}

#[test]
fn a_client_that_leads_the_user_on_gets_the_token_and_no_mail_is_sent() {
    let (world, ann) = with_ann();
    let admin = world.administrator();
    set(&world, &ann, CHOSEN).ok();
    world.letters();
    let flag = json!({"userFlowControlledByExternalClient": true});
    let answer = put(&world, &admin, &of("UserPasswordResetter", &ann), &flag).ok();
    assert!(world.letters().is_empty());
    let token = answer.json()["userToken"]["value"].as_str().unwrap().to_owned();
    let body = json!({"token": token});
    let known = put(&world, &admin, "/UserTokenValidator", &body);
    assert_eq!((known.status, known.text("userName")), (201, "ann".to_owned()));
    let weak = json!({"token": token, "password": "short"});
    let refused = put(&world, &admin, "/MePasswordResetter", &weak);
    assert!(refused.detail().contains("12 to 128 characters"), "{refused:?}");
    let named = json!({"token": token, "password": "Bumblebee-7-in-glass"});
    let refused = put(&world, &admin, "/MePasswordResetter", &named);
    assert!(refused.detail().contains("your last name"), "{refused:?}");
    let body = json!({"token": token, "password": OTHER});
    assert_eq!(put(&world, &admin, "/MePasswordResetter", &body).status, 201);
    assert!(signs_in(&world, "ann", OTHER));
    for path in ["/MePasswordResetter", "/UserTokenValidator"] {
        let body =
            if path == "/UserTokenValidator" { json!({"token": token}) } else { body.clone() };
        assert_eq!(put(&world, &admin, path, &body).scim_refusal().0, 400, "{path} once more");
    }
}

#[test]
fn a_user_without_an_address_gets_a_one_time_password() {
    let world = World::with_domains();
    let admin = world.administrator();
    let settings = json!([{"op": "replace", "path": "primaryEmailRequired", "value": false}]);
    world.patch(&admin, "/IdentitySettings/IdentitySettings", &settings).ok();
    let bob = world.scim_user("bob", &json!({"emails": null}));
    let answer = put(&world, &admin, &of("UserPasswordResetter", &bob), &json!({})).ok();
    let password = answer.text("oneTimePassword");
    assert!(signs_in(&world, "bob", &password));
    let state = extension("passwordState");
    let path = format!("/Users/{}?attributes={state}:mustChange", bob["id"].as_str().unwrap());
    let shown = world.scim(&admin, "GET", &path, None).ok().json();
    assert_eq!(shown[&state]["mustChange"], true);
    assert!(!world.scim(&admin, "GET", &path, None).text.contains(&password));
}

/// Bob, who has no address, and what sends a reset of his password with a retry token.
fn with_bob(world: &World) -> (Value, impl Fn(&str) -> Answer) {
    let settings = json!([{"op": "replace", "path": "primaryEmailRequired", "value": false}]);
    world.patch(&world.administrator(), "/IdentitySettings/IdentitySettings", &settings).ok();
    let bob = world.scim_user("bob", &json!({"emails": null}));
    let path = format!("/admin/v1{}", of("UserPasswordResetter", &bob));
    let reset = move |token: &str| {
        let body = json!({"schemas": [schema("UserPasswordResetter")]});
        let token = [("opc-retry-token", token)];
        world.send_with(&world.administrator(), "PUT", &path, Some(&body), &token)
    };
    (bob, reset)
}

#[test]
fn a_repeated_reset_gets_the_same_password_as_long_as_it_is_the_users() {
    type Change = fn(&World, &Value);
    let changes: [(&str, Change); 4] = [
        ("another reset", |world, bob| {
            let path = of("UserPasswordResetter", bob);
            drop(put(world, &world.administrator(), &path, &json!({})).ok());
        }),
        ("a reset through the other interface", |world, bob| {
            let path = format!("/users/{}/uiPassword", bob["ocid"].as_str().unwrap());
            drop(world.post(&world.administrator(), &path, &json!({})).ok());
        }),
        ("a password that was set", |world, bob| drop(set(world, bob, CHOSEN).ok())),
        ("deletion", |world, bob| {
            let path = format!("/Users/{}", bob["id"].as_str().unwrap());
            drop(world.scim(&world.administrator(), "DELETE", &path, None).ok());
        }),
    ];
    for (what, change) in changes {
        let world = World::with_domains();
        let (bob, reset) = with_bob(&world);
        let first = reset("again").ok();
        let password = first.text("oneTimePassword");
        world.pass(60);
        assert_eq!(reset("again").seen(), first.seen(), "{what}");
        assert!(signs_in(&world, "bob", &password), "{what}");
        change(&world, &bob);
        let refused = reset("again");
        assert!(!refused.text.contains(&password), "{what}");
        let expected = if what == "deletion" { 404 } else { 409 };
        assert_eq!(refused.scim_refusal().0, expected, "{what}: {refused:?}");
        if expected == 409 {
            assert_eq!(refused.scim_refusal().2, "InvalidatedRetryToken", "{what}");
            assert_ne!(reset("another").ok().text("oneTimePassword"), password, "{what}");
        }
        assert!(!signs_in(&world, "bob", &password), "{what}");
    }
}

#[test]
fn a_repeated_reset_gets_the_same_token_as_long_as_its_link_is_open() {
    let (world, ann) = with_ann();
    let path = format!("/admin/v1{}", of("UserPasswordResetter", &ann));
    let body = json!({"schemas": [schema("UserPasswordResetter")],
                      "userFlowControlledByExternalClient": true});
    let reset = || {
        let token = [("opc-retry-token", "again")];
        world.send_with(&world.administrator(), "PUT", &path, Some(&body), &token)
    };
    let first = reset().ok();
    assert_eq!(reset().seen(), first.seen());
    let token = first.json()["userToken"]["value"].clone();
    let choose = json!({"token": token, "password": OTHER});
    assert_eq!(put(&world, &world.administrator(), "/MePasswordResetter", &choose).status, 201);
    let refused = reset();
    assert!(!refused.text.contains(token.as_str().unwrap()), "{refused:?}");
    assert_eq!(refused.scim_refusal().2, "InvalidatedRetryToken", "{refused:?}");
}

#[test]
fn a_password_that_an_administrator_sets_has_to_be_changed() {
    let (world, ann) = with_ann();
    let admin = world.administrator();
    let answer = set(&world, &ann, CHOSEN).ok();
    assert!(!answer.text.contains(CHOSEN));
    assert_eq!(events(&world.letters()), ["PasswordSet"]);
    let state = extension("passwordState");
    let path = format!("/Users/{}?attributeSets=all", ann["id"].as_str().unwrap());
    let shown = world.scim(&admin, "GET", &path, None).ok().json();
    assert_eq!(shown[&state]["mustChange"], true);
    assert!(set(&world, &ann, "weak").detail().contains("breaks rules"));
    let quiet = json!({"password": OTHER, "bypassNotification": true});
    put(&world, &admin, &of("UserPasswordChanger", &ann), &quiet).ok();
    assert!(world.letters().is_empty());
}

#[test]
fn a_right_to_change_users_is_none_to_set_their_passwords() {
    let (world, ann) = with_ann();
    let eve = world.caller_with_email(
        "eve",
        1,
        "allow group them to {USER_UPDATE, USER_READ} in tenancy",
    );
    let body = json!({"password": CHOSEN});
    for kind in ["UserPasswordChanger", "UserPasswordResetter"] {
        let body = if kind == "UserPasswordChanger" { body.clone() } else { json!({}) };
        assert_eq!(put(&world, &eve, &of(kind, &ann), &body).scim_refusal().0, 404, "{kind}");
    }
    let path = format!("/Users/{}", ann["id"].as_str().unwrap());
    for op in ["add", "replace"] {
        for operation in [
            json!({"op": op, "path": "password", "value": CHOSEN}),
            json!({"op": op, "value": {"PASSWORD": CHOSEN}}),
        ] {
            let refused = world.patch(&eve, &path, &json!([operation]));
            assert!(refused.detail().contains("password cannot be changed here"), "{refused:?}");
        }
    }
    let mut whole = ann.clone();
    whole["password"] = json!(CHOSEN);
    let refused = world.scim(&eve, "PUT", &path, Some(&whole));
    assert!(refused.detail().contains("password cannot be changed here"), "{refused:?}");
    assert!(!signs_in(&world, "ann", CHOSEN));
}

#[test]
fn a_user_may_be_made_with_a_password_which_has_to_be_changed() {
    let world = World::with_domains();
    let made = world.scim_user("ann", &json!({"password": CHOSEN}));
    assert!(!made.to_string().contains(CHOSEN));
    assert_eq!(events(&world.letters()), ["PasswordSet"]);
    assert!(signs_in(&world, "ann", CHOSEN));
    let state = extension("passwordState");
    let path = format!("/Users/{}?attributeSets=all", made["id"].as_str().unwrap());
    let shown = world.scim(&world.administrator(), "GET", &path, None).ok().json();
    assert_eq!(shown[&state]["mustChange"], true);
    let body = json!({"schemas": [super::USER_URN], "userName": "bob", "password": "weak",
                      "emails": [{"value": "bob@example.com", "type": "work"}]});
    let refused = world.scim(&world.administrator(), "POST", "/Users", Some(&body));
    assert!(refused.detail().contains("breaks rules"), "{refused:?}");
}

#[test]
fn who_changes_their_own_password_must_know_the_old_one() {
    let (world, ann) = with_ann();
    let signs = world.give_key(&ann["ocid"].as_str().unwrap().into(), 1);
    set(&world, &ann, CHOSEN).ok();
    world.letters();
    let change = |old: &str, new: &str| {
        let body = json!({"oldPassword": old, "password": new});
        put(&world, &signs, "/MePasswordChanger", &body)
    };
    let wrong = change("wrong", OTHER);
    assert!(wrong.detail().contains("oldPassword is not the caller's password"), "{wrong:?}");
    assert!(change(CHOSEN, CHOSEN).detail().contains("is the present one"));
    let changed = change(CHOSEN, OTHER).ok();
    assert!(!changed.text.contains(OTHER));
    assert_eq!(events(&world.letters()), ["PasswordChanged"]);
    assert!(signs_in(&world, "ann", OTHER) && !signs_in(&world, "ann", CHOSEN));
    let body = json!({"schemas": [schema("MePasswordChanger")], "oldPassword": OTHER,
                      "password": CHOSEN});
    let stale = [("if-match", "0")];
    let path = "/admin/v1/MePasswordChanger";
    let refused = world.send_with(&signs, "PUT", path, Some(&body), &stale);
    assert_eq!(refused.scim_refusal().0, 412, "{refused:?}");
    assert!(signs_in(&world, "ann", OTHER));
    let failures = format!("/Users/{}?attributeSets=all", ann["id"].as_str().unwrap());
    for _ in 0..12 {
        change("wrong", "Quite-another-1-password");
    }
    let shown = world.scim(&world.administrator(), "GET", &failures, None).ok().json();
    let locked = &shown[extension("userState")]["locked"];
    assert_eq!((&locked["on"], &locked["reason"]), (&json!(true), &json!(0)), "guessing blocks");
}

#[test]
fn asking_for_a_link_is_answered_alike_for_everyone() {
    let (world, ann) = with_ann();
    let signs = world.give_key(&ann["ocid"].as_str().unwrap().into(), 1);
    let ask = |name: &str| {
        let body = json!({"userName": name, "notificationType": "email"});
        put(&world, &signs, "/MePasswordResetRequestor", &body)
    };
    let (known, unknown) = (ask("ann"), ask("nobody"));
    assert_eq!((known.status, unknown.status), (201, 201));
    let length = |answer: &Answer| answer.text.len();
    assert_eq!(length(&known) + 3, length(&unknown), "but for the name that was sent");
    world.work_off();
    let letters = world.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].to, "ann@example.com");
    for (more, part) in [
        (json!({"notificationType": "sms"}), "notificationType `sms` is not served"),
        (
            json!({"notificationType": "email", "notificationEmailAddress": "eve@example.com"}),
            "notificationEmailAddress is not served",
        ),
        (
            json!({"notificationType": "email", "notificationRedirectUrl": "http://x.example"}),
            "notificationRedirectUrl is not served",
        ),
    ] {
        let mut body = json!({"userName": "ann"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let refused = put(&world, &signs, "/MePasswordResetRequestor", &body);
        assert!(refused.detail().contains(part), "{refused:?}");
    }
    assert!(world.letters().is_empty());
}

#[test]
fn no_more_than_twenty_mails_an_hour_are_sent_for_the_asking_of_one_peer() {
    let (world, _) = with_ann();
    let ask = |name: &str| {
        let body = json!({"userName": name, "notificationType": "email"});
        put(&world, &world.administrator(), "/MePasswordResetRequestor", &body).ok();
        world.work_off();
        events(&world.letters()).len()
    };
    for number in 0..20 {
        let name = format!("user{number}");
        world.scim_user(&name, &json!({}));
        world.letters();
        assert_eq!(ask(&name), 1, "{number}");
    }
    assert_eq!(ask("ann"), 0);
    world.pass(60 * 60 + 1);
    assert_eq!(ask("ann"), 1);
}

#[test]
fn a_reset_voids_the_link_to_a_first_password() {
    for way in ["userFlowControlledByExternalClient", "bypassNotification"] {
        let world = World::with_domains();
        let (admin, ann) = (world.administrator(), world.scim_user("ann", &json!({})));
        let first = token(&world.letters()[0]);
        put(&world, &admin, &of("UserPasswordResetter", &ann), &json!({way: true})).ok();
        assert!(world.letters().is_empty(), "{way}");
        let choose = json!({"token": first, "password": OTHER});
        let refused = put(&world, &admin, "/MePasswordResetter", &choose);
        assert!(refused.detail().contains("no link that still counts"), "{way}: {refused:?}");
        assert!(!signs_in(&world, "ann", OTHER), "{way}");
    }
}

#[test]
fn a_link_to_anything_else_is_none_to_a_password() {
    let (world, ann) = with_ann();
    let admin = world.administrator();
    put(&world, &admin, &of("UserPasswordResetter", &ann), &json!({})).ok();
    let choose = json!({"token": token(&world.letters()[0]), "password": CHOSEN});
    put(&world, &admin, "/MePasswordResetter", &choose); // which confirms the address
    world.letters();
    let is_refused = |event: &str| {
        let letters = world.letters();
        let letter = letters.iter().find(|letter| letter.event == event).expect(event);
        let validate = json!({"token": token(letter)});
        let choose = json!({"token": token(letter), "password": OTHER});
        for (path, body) in [("/UserTokenValidator", &validate), ("/MePasswordResetter", &choose)] {
            let refused = put(&world, &admin, path, body);
            assert!(refused.detail().contains("no link that still counts"), "{event}: {refused:?}");
        }
    };
    for _ in 0..10 {
        assert!(!signs_in(&world, "ann", "wrong"));
    }
    is_refused("AccountLocked");
    let path = format!("/Users/{}", ann["id"].as_str().unwrap());
    let address = json!({"op": "replace", "path": "emails[type eq \"work\"].value",
                         "value": "new@example.com"});
    world.patch(&admin, &path, &json!([address])).ok();
    is_refused("VerifyEmail");
}

#[test]
fn who_may_not_use_a_console_password_is_given_none() {
    for (kind, attribute) in
        [("UserCapabilitiesChanger", "canUseConsolePassword"), ("UserStatusChanger", "active")]
    {
        let (world, ann) = with_ann();
        let admin = world.administrator();
        put(&world, &admin, &of(kind, &ann), &json!({attribute: false})).ok();
        world.letters();
        let reset = put(&world, &admin, &of("UserPasswordResetter", &ann), &json!({}));
        for refused in [reset, set(&world, &ann, CHOSEN)] {
            assert_eq!(refused.scim_refusal().0, 400, "{kind}: {refused:?}");
        }
        assert!(world.letters().is_empty(), "{kind}");
        put(&world, &admin, &of(kind, &ann), &json!({attribute: true})).ok();
        assert!(!signs_in(&world, "ann", CHOSEN), "{kind}");
    }
}

#[test]
fn a_link_of_one_tenancy_is_none_in_another() {
    let (world, ann) = with_ann();
    let theirs = world.other_tenancy_with_domains();
    let admin = world.administrator();
    put(&world, &admin, &of("UserPasswordResetter", &ann), &json!({})).ok();
    let token = token(&world.letters()[0]);
    let validate = json!({"token": token});
    let choose = json!({"token": token, "password": OTHER});
    for (path, body) in [("/UserTokenValidator", &validate), ("/MePasswordResetter", &choose)] {
        let refused = put(&world, &theirs, path, body);
        assert!(refused.detail().contains("no link that still counts"), "{path}: {refused:?}");
    }
    assert!(!signs_in(&world, "ann", OTHER));
    for (path, body) in [("/UserTokenValidator", &validate), ("/MePasswordResetter", &choose)] {
        put(&world, &admin, path, body).ok();
    }
    assert!(signs_in(&world, "ann", OTHER));
}

#[test]
fn a_reset_of_oneself_must_be_meant() {
    let (world, ann) = with_ann();
    let signs = world.give_key(&ann["ocid"].as_str().unwrap().into(), 1);
    let path = of("UserPasswordResetter", &ann);
    assert_eq!(put(&world, &signs, &path, &json!({})).scim_refusal().0, 403);
    assert!(world.letters().is_empty());
    put(&world, &signs, &path, &json!({self_change(): true})).ok();
    assert_eq!(world.letters().len(), 1);
}
