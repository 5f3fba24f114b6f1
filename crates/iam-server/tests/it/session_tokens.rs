//! Requests that are signed for a session: how tokens are got and kept, what they open, and all
//! that ends them.

use crate::console::{Visitor, one_time_password};
use crate::world::{Answer, Caller, World, key};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_api::Ocid;
use iam_core::sign_in::FAILURES_MAX;
use serde_json::{Value, json};

const GENERATE: &str = "/v1/token/upst/actions/GenerateUpst";
const REFRESH: &str = "/v1/authentication/refresh";
/// The key that sessions here sign with; API keys are number 1.
const OWN: usize = 2;

/// Asks for a token that is bound to a key of the tests.
fn generate(world: &World, caller: &Caller, number: usize, minutes: &Value) -> Answer {
    let body = json!({
        "publicKey": key(number).public_key_pem(), "sessionExpirationInMinutes": minutes,
    });
    world.send(caller, "POST", GENERATE, Some(&body))
}

/// Whoever signs with that token and that key.
pub(crate) fn bearer(world: &World, user: &Ocid, token: &str, number: usize) -> Caller {
    Caller { key_id: format!("ST${token}"), ..world.caller(user.clone(), number) }
}

/// A session of that caller's, of an hour.
pub(crate) fn session(world: &World, caller: &Caller) -> Caller {
    let token = generate(world, caller, OWN, &json!(60)).ok().text("token");
    bearer(world, &caller.user, &token, OWN)
}

fn refreshed(world: &World, session: &Caller) -> Answer {
    let body = json!({"currentToken": session.key_id.trim_start_matches("ST$")});
    world.send(session, "POST", REFRESH, Some(&body))
}

/// What somebody is answered who asks for themselves.
pub(crate) fn asks(world: &World, caller: &Caller) -> u16 {
    world.get(caller, &format!("/users/{}", caller.user)).status
}

fn said(token: &str, number: usize) -> Value {
    let part = token.trim_start_matches("ST$").split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn ann(world: &World) -> Caller {
    world.give_key(&world.user("ann"), 1)
}

#[test]
fn a_session_signs_as_its_user_and_may_what_the_user_may() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &["allow group them to inspect groups in tenancy"]);
    let answer = generate(&world, &ann, OWN, &json!(30)).ok();
    assert_eq!(answer.header("cache-control"), Some("no-cache, no-store, must-revalidate"));
    let token = answer.text("token");
    let (header, claims) = (said(&token, 0), said(&token, 1));
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("st+jwt")));
    assert_eq!((&claims["sub"], &claims["tenant"]), (&json!(ann.user), &json!(world.tenancy())));
    let now = world.now().as_seconds();
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(now), &json!(now + 30 * 60)));

    let session = bearer(&world, &ann.user, &token, OWN);
    assert_eq!(asks(&world, &session), 200);
    let list = |what: &str| {
        world.get(&session, &format!("/{what}?compartmentId={}", world.tenancy())).status
    };
    assert_eq!((list("groups"), list("users")), (200, 404));
    let body = json!({"description": "changed by a session"});
    world.put(&session, &format!("/users/{}", ann.user), &body, &[]);
    let admin = world.administrator();
    let signed = self::session(&world, &admin);
    world.put(&signed, &format!("/users/{}", ann.user), &body, &[]).ok();
    let at = iam_store::TenancyNo(1);
    let lines = world.app.store.read(|tx| tx.audit_tail(at, 50)).unwrap().unwrap();
    let told = |event: &str, actor: &Ocid| {
        lines.iter().any(|line| line.event == event && line.actor == actor.as_str())
    };
    assert!(told("GenerateUserSecurityToken", &ann.user) && told("UpdateUser", &admin.user));
}

#[test]
fn a_token_is_good_with_its_own_key_alone_and_as_it_was_written_alone() {
    let world = World::new();
    let ann = ann(&world);
    let session = session(&world, &ann);
    assert_eq!(asks(&world, &session), 200);
    let token = session.key_id.trim_start_matches("ST$");
    for number in [0, 1, 3] {
        assert_eq!(asks(&world, &bearer(&world, &ann.user, token, number)), 401, "key {number}");
    }
    let parts: Vec<&str> = token.split('.').collect();
    let bent = |change: &dyn Fn(&mut Value)| {
        let mut claims = said(token, 1);
        change(&mut claims);
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        format!("{}.{claims}.{}", parts[0], parts[2])
    };
    let admin = &world.installed.admin;
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"st+jwt","kid":"x"}"#);
    let wrong = [
        bent(&|claims| claims["sub"] = json!(admin)),
        bent(&|claims| claims["exp"] = json!(i64::MAX)),
        bent(&|claims| claims["tenant"] = json!("ocid1.tenancy.oc1..nobody")),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{token}A"),
        format!(".{token}"),
        "x".to_owned(),
    ];
    for token in wrong {
        assert_eq!(asks(&world, &bearer(&world, &ann.user, &token, OWN)), 401, "{token}");
    }
}

#[test]
fn a_token_of_another_kind_or_tenancy_signs_nothing_and_opens_nothing() {
    let world = World::new();
    let (ann, admin) = (ann(&world), world.administrator());
    let scopes = json!([{"audience": "shop", "scope": "read"}]);
    let body = json!({"name": "robot", "description": "d", "scopes": scopes});
    let path = format!("/users/{}/oauth2ClientCredentials", ann.user);
    let made = world.post(&admin, &path, &body).ok();
    let access = crate::oauth::token_for(&world, &made.id(), &made.text("password"), "read-shop");
    for number in 0..4 {
        assert_eq!(asks(&world, &bearer(&world, &ann.user, &access, number)), 401);
    }
    let verify = |token: &str| {
        let path = "/durward/v1/credentials/actions/verifyAccessToken";
        world.send(&admin, "POST", path, Some(&json!({"token": token}))).ok().json()["isVerified"]
            .clone()
    };
    let session = session(&world, &ann);
    assert_eq!(verify(&access), json!(true));
    assert_eq!(verify(session.key_id.trim_start_matches("ST$")), json!(false));

    let other = world.other_tenancy();
    let theirs = self::session(&world, &other);
    assert_eq!(asks(&world, &theirs), 200);
    assert_eq!(world.get(&theirs, &format!("/users/{}", ann.user)).status, 404);
}

/// Something that ends a session, what brings the user back, and whether the API key goes on.
type Death<'a> = (&'a str, &'a dyn Fn(&World, &Caller), &'a dyn Fn(&World, &Caller), u16);

fn dies(deaths: &[Death<'_>], world: impl Fn() -> World) {
    for (what, end, undo, key_goes_on) in deaths {
        let world = world();
        let ann = ann(&world);
        let session = session(&world, &ann);
        let inner = bearer(
            &world,
            &ann.user,
            &generate(&world, &session, 3, &json!(60)).ok().text("token"),
            3,
        );
        for caller in [&session, &inner] {
            assert_eq!(asks(&world, caller), 200, "before it is {what}");
        }
        end(&world, &ann);
        for caller in [&session, &inner] {
            assert_eq!(asks(&world, caller), 401, "{what}");
            assert_eq!(refreshed(&world, caller).status, 401, "{what}, refreshed");
            assert_eq!(generate(&world, caller, 3, &json!(5)).status, 401, "{what}, another");
        }
        assert_eq!(asks(&world, &ann), *key_goes_on, "{what}: its API key");
        undo(&world, &ann);
        for caller in [&session, &inner] {
            assert_eq!(asks(&world, caller), 401, "{what}, for good");
        }
    }
}

/// Has the user blocked, who must have a password; looks at something before each attempt.
pub(crate) fn block(world: &World, name: &str, before: impl Fn()) {
    for _ in 1..=FAILURES_MAX {
        before();
        assert_eq!(Visitor::new(world).sign_in(name, "not this one").status, 403);
    }
}

fn unblock(world: &World, ann: &Caller) {
    let path = format!("/users/{}/state/", ann.user);
    world.put(&world.administrator(), &path, &json!({"blocked": false}), &[]).ok();
}

fn nothing(_: &World, _: &Caller) {}

#[test]
fn a_session_dies_with_what_its_user_has() {
    let capable = |may: bool| {
        move |world: &World, ann: &Caller| {
            let path = format!("/users/{}/capabilities", ann.user);
            let body = json!({"canUseApiKeys": may});
            world.put(&world.administrator(), &path, &body, &[]).ok();
        }
    };
    let reset = |world: &World, ann: &Caller| drop(one_time_password(world, &ann.user));
    let delete_key = |world: &World, ann: &Caller| {
        let path = format!("/users/{}/apiKeys/{}", ann.user, ann.key.fingerprint());
        world.delete(&world.administrator(), &path, &[]).ok();
    };
    let delete = |world: &World, ann: &Caller| {
        world.delete(&world.administrator(), &format!("/users/{}", ann.user), &[]).ok();
    };
    let deaths: [Death<'_>; 4] = [
        ("given a one-time password", &reset, &nothing, 200),
        ("without its API key", &delete_key, &nothing, 401),
        ("deleted", &delete, &nothing, 401),
        ("inactive", &|world, ann| world.set_inactive(&ann.user, 1), &nothing, 401),
    ];
    dies(&deaths, World::new);
    // What is taken from the user can be given back, and then counts again for what is left.
    let world = World::new();
    let ann = ann(&world);
    let session = session(&world, &ann);
    capable(false)(&world, &ann);
    assert_eq!((asks(&world, &session), asks(&world, &ann)), (401, 401));
    capable(true)(&world, &ann);
    assert_eq!((asks(&world, &session), asks(&world, &ann)), (200, 200));
}

#[test]
fn a_session_dies_with_the_block_of_its_user_and_the_api_key_does_not() {
    let world = World::new();
    let ann = ann(&world);
    one_time_password(&world, &ann.user);
    let session = session(&world, &ann);
    block(&world, "ann", || assert_eq!(asks(&world, &session), 200));
    assert_eq!((asks(&world, &session), asks(&world, &ann)), (401, 200));
    let refused = generate(&world, &ann, OWN, &json!(5));
    assert_eq!(refused.code(), (403, "NotAuthorized".into()));
    unblock(&world, &ann);
    assert_eq!(asks(&world, &session), 401, "for good");
    assert_eq!(asks(&world, &self::session(&world, &ann)), 200);
}

#[test]
fn a_session_dies_when_a_domain_ends_its_user() {
    let urn = |kind: &str| format!("urn:ietf:params:scim:schemas:oracle:idcs:{kind}");
    let active = |is: bool| {
        move |world: &World, ann: &Caller| {
            let change = json!([{"op": "replace", "path": "active", "value": is}]);
            world.patch(&world.administrator(), &format!("/Users/{}", ann.user), &change).ok();
        }
    };
    let lock = |is: bool| {
        move |world: &World, ann: &Caller| {
            let kind = "UserLockedStateChanger";
            let body = json!({"schemas": [urn(kind)], "userId": ann.user, "locked": is});
            world.scim(&world.administrator(), "POST", &format!("/{kind}"), Some(&body)).ok();
        }
    };
    let deaths: [Death<'_>; 2] = [
        ("deactivated", &active(false), &active(true), 401),
        ("locked", &lock(true), &lock(false), 401),
    ];
    dies(&deaths, World::with_domains_but_no_mail);
}

#[test]
fn a_session_is_refreshed_and_ends_in_its_time_all_the_same() {
    let world = World::new();
    let ann = ann(&world);
    let session = session(&world, &ann);
    let before = said(&session.key_id, 1);
    world.pass(20 * 60);
    let token = refreshed(&world, &session).ok().text("token");
    let after = said(&token, 1);
    assert_eq!(after["exp"], before["exp"], "an hour in all for who began with an API key");
    assert_ne!(after["jti"], before["jti"]);
    let other = bearer(&world, &ann.user, &token, OWN);
    assert_eq!((asks(&world, &session), asks(&world, &other)), (200, 200));
    world.pass(40 * 60 - 1);
    assert_eq!((asks(&world, &session), asks(&world, &other)), (200, 200));
    world.pass(1);
    for caller in [&session, &other] {
        assert_eq!((asks(&world, caller), refreshed(&world, caller).status), (401, 401));
    }
    world.pass(-3_600);
    assert_eq!(asks(&world, &other), 401, "a clock that goes back does not bring it back");
}

#[test]
fn a_session_gives_out_tokens_for_other_keys_that_end_no_later() {
    let world = World::new();
    let ann = ann(&world);
    let first = generate(&world, &ann, OWN, &json!(10)).ok().text("token");
    let session = bearer(&world, &ann.user, &first, OWN);
    let token = generate(&world, &session, 3, &json!(60)).ok().text("token");
    assert_eq!(said(&token, 1)["exp"], said(&first, 1)["exp"]);
    let inner = bearer(&world, &ann.user, &token, 3);
    assert_eq!((asks(&world, &inner), asks(&world, &session)), (200, 200));
    assert_eq!(asks(&world, &bearer(&world, &ann.user, &token, OWN)), 401);
    let shorter = generate(&world, &session, 3, &json!(5)).ok().text("token");
    world.pass(5 * 60);
    let shorter = bearer(&world, &ann.user, &shorter, 3);
    assert_eq!((asks(&world, &shorter), asks(&world, &inner)), (401, 200));
}

#[test]
fn what_is_asked_for_has_its_bounds() {
    let world = World::new();
    let ann = ann(&world);
    for minutes in [json!(5), json!(60), json!("60"), Value::Null] {
        generate(&world, &ann, OWN, &minutes).ok();
    }
    for minutes in [json!(4), json!(61), json!(-5), json!("x"), json!(5.5), json!([5])] {
        let refused = generate(&world, &ann, OWN, &minutes);
        assert_eq!(refused.code(), (400, "InvalidParameter".into()), "{minutes}");
    }
    let pem = key(OWN).public_key_pem();
    for (body, code) in [
        (json!({}), "InvalidParameter"),
        (json!({"publicKey": 1}), "InvalidParameter"),
        (json!({"publicKey": "x"}), "InvalidParameter"),
        (json!({"publicKey": pem, "userId": "x"}), "InvalidParameter"),
    ] {
        let refused = world.send(&ann, "POST", GENERATE, Some(&body));
        assert_eq!(refused.code(), (400, code.into()), "{body}");
    }
    let session = session(&world, &ann);
    let refresh = |caller: &Caller, token: &str| {
        world.send(caller, "POST", REFRESH, Some(&json!({"currentToken": token}))).status
    };
    let token = session.key_id.trim_start_matches("ST$");
    assert_eq!(
        (refresh(&ann, token), refresh(&session, "x"), refresh(&session, token)),
        (400, 400, 200)
    );
}

#[test]
fn nobody_gets_a_token_without_a_signature() {
    let world = World::new();
    let ann = ann(&world);
    let stranger = world.caller(ann.user.clone(), 3);
    assert_eq!(
        generate(&world, &stranger, OWN, &json!(5)).code(),
        (401, "NotAuthenticated".into())
    );
    let body = json!({"publicKey": key(OWN).public_key_pem()}).to_string().into_bytes();
    assert_eq!(world.send_raw("POST", GENERATE, &[], body.clone()).status, 401);
    let signed = world.sign(&ann, "POST", GENERATE, b"{}");
    assert_eq!(world.send_raw("POST", GENERATE, &signed, body).status, 401, "another body");
}

#[test]
fn a_user_has_a_hundred_sessions_and_those_that_are_over_do_not_count() {
    let world = World::new();
    let ann = ann(&world);
    for _ in 0..iam_core::session_tokens::SESSIONS_MAX {
        generate(&world, &ann, OWN, &json!(5)).ok();
    }
    let refused = generate(&world, &ann, OWN, &json!(5));
    assert_eq!(refused.code(), (400, "LimitExceeded".into()));
    world.pass(3_600);
    generate(&world, &ann, OWN, &json!(5)).ok();
}
