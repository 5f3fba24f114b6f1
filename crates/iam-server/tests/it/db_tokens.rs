//! Tokens for databases: who gets one, what it says, and that it opens nothing here.

use crate::console::one_time_password;
use crate::oauth::{is_signed, said};
use crate::session_tokens::{asks, bearer, block, session};
use crate::world::{Answer, Caller, World, key};
use iam_core::access_tokens::TOKEN_SECONDS;
use serde_json::{Value, json};

const PATH: &str = "/v1/actions/generateScopedAccessToken";
const ALL: &str = "urn:oracle:db::id::*";

fn ask(world: &World, caller: &Caller, scope: &str) -> Answer {
    let body = json!({"scope": scope, "publicKey": key(2).public_key_pem()});
    world.send(caller, "POST", PATH, Some(&body))
}

fn ann(world: &World) -> Caller {
    world.give_key(&world.user("ann"), 1)
}

#[test]
fn who_signs_gets_a_token_that_a_database_can_check_for_itself() {
    let world = World::new();
    let ann = ann(&world);
    for caller in [&ann, &session(&world, &ann)] {
        let answer = ask(&world, caller, ALL).ok();
        assert_eq!(answer.header("cache-control"), Some("no-cache, no-store, must-revalidate"));
        let token = answer.text("token");
        assert!(is_signed(&world, &token), "by a key that is published");
        let (header, mut claims) = (said(&token, 0), said(&token, 1));
        assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("db+jwt")));
        let mut take = |name: &str| claims.as_object_mut().unwrap().remove(name).unwrap();
        assert_eq!(take("jti").as_str().unwrap().len(), 22, "128 bits");
        let jwk: Value = serde_json::from_str(take("jwk").as_str().unwrap()).unwrap();
        assert_eq!((&jwk["kty"], &jwk["e"]), (&json!("RSA"), &json!("AQAB")));
        assert!(take("iss").as_str().unwrap().ends_with(&format!("/oauth2/{}", world.tenancy())));
        let now = world.now().as_seconds();
        let expected = json!({
            "aud": "urn:oracle:db", "sub": ann.user, "tenant": world.tenancy(), "scope": ALL,
            "iat": now, "exp": now + TOKEN_SECONDS,
        });
        assert_eq!(claims, expected);
    }
    let lines = world.app.store.read(|tx| tx.audit_tail(iam_store::TenancyNo(1), 50));
    let lines = lines.unwrap().unwrap();
    let told = lines.iter().filter(|line| line.event == "GenerateScopedAccessToken");
    assert_eq!(told.map(|line| line.actor.as_str()).collect::<Vec<_>>(), [ann.user.as_str(); 2]);
}

#[test]
fn it_opens_nothing_here() {
    let world = World::new();
    let (ann, admin) = (ann(&world), world.administrator());
    let token = ask(&world, &ann, ALL).ok().text("token");
    for number in 0..4 {
        assert_eq!(asks(&world, &bearer(&world, &ann.user, &token, number)), 401, "key {number}");
    }
    let path = "/durward/v1/credentials/actions/verifyAccessToken";
    let answer = world.send(&admin, "POST", path, Some(&json!({"token": token}))).ok();
    assert_eq!(answer.json()["isVerified"], json!(false));
}

#[test]
fn nobody_gets_one_without_a_signature_or_when_blocked() {
    let world = World::new();
    let ann = ann(&world);
    let stranger = world.caller(ann.user.clone(), 3);
    assert_eq!(ask(&world, &stranger, ALL).code(), (401, "NotAuthenticated".into()));
    let body = json!({"scope": ALL, "publicKey": key(2).public_key_pem()}).to_string();
    assert_eq!(world.send_raw("POST", PATH, &[], body.into_bytes()).status, 401);
    one_time_password(&world, &ann.user);
    block(&world, "ann", || ());
    assert_eq!(ask(&world, &ann, ALL).code(), (403, "NotAuthorized".into()));
}

#[test]
fn what_is_asked_for_is_looked_at() {
    let world = World::new();
    let ann = ann(&world);
    let public = key(2).public_key_pem();
    for (body, code) in [
        (json!({"scope": "urn:oracle:db::id::", "publicKey": public}), "InvalidParameter"),
        (json!({"scope": "urn:oracle:fs::id::*", "publicKey": public}), "InvalidParameter"),
        (json!({"scope": "", "publicKey": public}), "InvalidParameter"),
        (json!({"scope": 1, "publicKey": public}), "InvalidParameter"),
        (json!({"scope": ALL, "publicKey": "x"}), "InvalidParameter"),
        (json!({"scope": ALL}), "InvalidParameter"),
        (json!({"publicKey": public}), "InvalidParameter"),
        (json!({"scope": ALL, "publicKey": public, "more": 1}), "InvalidParameter"),
    ] {
        let refused = world.send(&ann, "POST", PATH, Some(&body));
        assert_eq!(refused.code(), (400, code.into()), "{body}");
    }
}
