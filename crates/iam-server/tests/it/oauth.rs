//! Access tokens for programs: `/oauth2/token`, the keys, and where both are.

use crate::world::{Answer, HOST, World};
use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use iam_api::Ocid;
use iam_core::access_tokens::{AHEAD_SECONDS, LIFE_SECONDS, REFUSED_MAX, TOKEN_SECONDS};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// A credential of Ann's: her OCID, its own, and its password.
fn program(world: &World) -> (Ocid, String, String) {
    let ann = world.user("ann");
    let scopes = json!([
        {"audience": "shop", "scope": "read"},
        {"audience": "shop", "scope": "write"},
        {"audience": "bank", "scope": "read"},
    ]);
    let body = json!({"name": "robot", "description": "d", "scopes": scopes});
    let path = format!("/users/{ann}/oauth2ClientCredentials");
    let made = world.post(&world.administrator(), &path, &body).ok();
    (ann, made.id(), made.text("password"))
}

fn ask(world: &World, client: &str, password: &str, form: &str) -> Answer {
    let basic = STANDARD.encode(format!("{client}:{password}"));
    let request = Request::builder()
        .method("POST")
        .uri("/oauth2/token")
        .header("host", HOST)
        .header("content-type", FORM)
        .header("authorization", format!("Basic {basic}"));
    world.deliver(request.body(Body::from(form.to_owned())).unwrap())
}

fn token_of(world: &World, client: &str, password: &str) -> String {
    token_for(world, client, password, "read-shop+write-shop")
}

/// A token for these scopes.
pub(crate) fn token_for(world: &World, client: &str, password: &str, scopes: &str) -> String {
    let form = format!("grant_type=client_credentials&scope={scopes}");
    ask(world, client, password, &form).ok().text("access_token")
}

fn get(world: &World, path: &str) -> Answer {
    let request = Request::builder().uri(path).header("host", HOST);
    world.deliver(request.body(Body::empty()).unwrap())
}

fn keys(world: &World) -> Vec<Value> {
    let answer = get(world, &format!("/oauth2/{}/keys", world.tenancy())).ok();
    answer.json()["keys"].as_array().unwrap().clone()
}

fn part(token: &str, number: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token.split('.').nth(number).unwrap()).unwrap()
}

pub(crate) fn said(token: &str, number: usize) -> Value {
    serde_json::from_slice(&part(token, number)).unwrap()
}

/// Whether a key that is published has signed the token: checked as any service would.
pub(crate) fn is_signed(world: &World, token: &str) -> bool {
    let kid = said(token, 0)["kid"].clone();
    let keys = keys(world);
    let Some(key) = keys.iter().find(|key| key["kid"] == kid) else { return false };
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let parts = aws_lc_rs::rsa::PublicKeyComponents { n: number("n"), e: number("e") };
    let signed = token.rsplit_once('.').unwrap().0;
    let algorithm = &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
    parts.verify(algorithm, signed.as_bytes(), &part(token, 2)).is_ok()
}

#[test]
fn a_program_gets_a_token_that_services_can_check_for_themselves() {
    let world = World::new();
    let (ann, client, password) = program(&world);
    let answer =
        ask(&world, &client, &password, "grant_type=client_credentials&scope=read-shop+write-shop")
            .ok();
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(
        (&body["expires_in"], &body["scope"]),
        (&json!(3600), &json!("read-shop write-shop"))
    );
    let token = answer.text("access_token");
    assert_eq!(
        (&said(&token, 0)["alg"], &said(&token, 0)["typ"]),
        (&json!("RS256"), &json!("at+jwt"))
    );
    let mut claims = said(&token, 1);
    let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
    assert_eq!(jti.as_str().unwrap().len(), 22, "128 bits");
    let now = world.now().as_micros() / 1_000_000;
    let issuer = format!("http://{HOST}/oauth2/{}", world.tenancy());
    let expected = json!({
        "iss": issuer, "sub": ann, "aud": "shop", "client_id": client, "tenant": world.tenancy(),
        "scope": "read write", "iat": now, "exp": now + TOKEN_SECONDS,
    });
    assert_eq!(claims, expected);
    assert!(is_signed(&world, &token));
    let mut forged = token.clone().into_bytes();
    let middle = token.find('.').unwrap() + 5;
    forged[middle] ^= 1;
    assert!(!is_signed(&world, &String::from_utf8(forged).unwrap()));

    let place = format!("/.well-known/oauth-authorization-server/oauth2/{}", world.tenancy());
    let told = get(&world, &place).ok().json();
    assert_eq!((&told["issuer"], &told["jwks_uri"]), (&json!(issuer), &json!(issuer + "/keys")));
    assert_eq!(told["token_endpoint"], format!("http://{HOST}/oauth2/token"));
}

#[test]
fn whatever_is_not_right_about_a_client_the_answer_is_the_same() {
    let world = World::new();
    let (ann, client, password) = program(&world);
    let admin = world.administrator();
    let form = "grant_type=client_credentials&scope=read-shop";
    let refused = ask(&world, &client, "wrong", form);
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some("Basic realm=\"durward\""));
    assert_eq!(refused.json()["error"], "invalid_client");
    let absent = Ocid::new("credential", &[9; 32]).to_string();
    let token =
        world.post(&admin, &format!("/users/{ann}/authTokens"), &json!({"description": "d"})).ok();
    let path = format!("/users/{ann}/oauth2ClientCredentials");
    let body =
        json!({"name": "other", "description": "d", "scopes": [{"audience": "a", "scope": "b"}]});
    let other = world.post(&admin, &path, &body).ok();
    let wrong = [
        (absent.as_str(), password.as_str()),
        (&token.id(), &token.text("token")),
        (&other.id(), &password),
        (ann.as_str(), &password),
        (&client, password.strip_suffix(|_: char| true).unwrap()),
        ("", ""),
    ];
    for (client, password) in wrong {
        assert_eq!(ask(&world, client, password, form).seen(), refused.seen(), "{client}");
    }
    let may = |may: bool| {
        let body = json!({"canUseOAuth2ClientCredentials": may});
        world.put(&admin, &format!("/users/{ann}/capabilities"), &body, &[]).ok();
    };
    may(false);
    assert_eq!(ask(&world, &client, &password, form).seen(), refused.seen(), "may not use it");
    may(true);
    token_of(&world, &client, &password);
    world.delete(&admin, &format!("{path}/{client}"), &[]).ok();
    assert_eq!(ask(&world, &client, &password, form).seen(), refused.seen(), "deleted");
}

#[test]
fn scopes_are_those_of_the_credential_and_of_one_audience() {
    let world = World::new();
    let (_, client, password) = program(&world);
    let asked = |scope: &str| {
        let form = format!("grant_type=client_credentials&scope={scope}");
        let answer = ask(&world, &client, &password, &form);
        (answer.status, answer.json()["error"].as_str().map(str::to_owned))
    };
    assert_eq!(asked("read-bank"), (200, None));
    for scope in ["", "read", "delete-shop", "read-shop+read-bank", "read-shop+delete-shop"] {
        assert_eq!(asked(scope), (400, Some("invalid_scope".to_owned())), "{scope}");
    }
}

#[test]
fn what_is_no_such_request_is_told_so() {
    let world = World::new();
    let (_, client, password) = program(&world);
    let error = |form: &str| {
        let answer = ask(&world, &client, &password, form);
        (answer.status, answer.json()["error"].as_str().unwrap_or_default().to_owned())
    };
    let of = |error: &str| (400, error.to_owned());
    assert_eq!(error(""), of("invalid_request"));
    assert_eq!(error("grant_type=password&scope=read-shop"), of("unsupported_grant_type"));
    let twice = "grant_type=client_credentials&scope=read-shop&scope=write-shop";
    assert_eq!(error(twice), of("invalid_request"));
    assert_eq!(error(&"x".repeat(20_000)), of("invalid_request"));
    let asked = |header: &str, value: &str| {
        let request = Request::builder().method("POST").uri("/oauth2/token").header("host", HOST);
        let form = "grant_type=client_credentials&scope=read-shop";
        let request = request.header(header, value);
        world.deliver(request.body(Body::from(form)).unwrap()).status
    };
    assert_eq!(asked("content-type", "application/json"), 400);
    for not_basic in ["Bearer x", "Basic", "Basic !", "Basic YQ==", "Signature version=\"1\""] {
        let request = Request::builder().method("POST").uri("/oauth2/token").header("host", HOST);
        let request = request.header("content-type", FORM).header("authorization", not_basic);
        let form = "grant_type=client_credentials&scope=read-shop";
        let answer = world.deliver(request.body(Body::from(form)).unwrap());
        assert_eq!(answer.status, 401, "{not_basic}");
    }
    assert_eq!(get(&world, "/oauth2/token").status, 405);
    for tenancy in ["x", "ocid1.tenancy.oc1..nobody"] {
        assert_eq!(get(&world, &format!("/oauth2/{tenancy}/keys")).status, 404);
        let place = format!("/.well-known/oauth-authorization-server/oauth2/{tenancy}");
        assert_eq!(get(&world, &place).status, 404);
    }
}

#[test]
fn too_many_wrong_ones_are_not_looked_into_and_a_right_one_passes() {
    let world = World::new();
    let (_, client, password) = program(&world);
    let form = "grant_type=client_credentials&scope=read-shop";
    for _ in 0..REFUSED_MAX {
        assert_eq!(ask(&world, &client, "wrong", form).status, 401);
    }
    assert_eq!(ask(&world, &client, "wrong", form).status, 429);
    token_of(&world, &client, &password);
    world.pass(61);
    assert_eq!(ask(&world, &client, "wrong", form).status, 401);
}

#[test]
fn a_password_that_the_client_has_encoded_as_in_a_form_is_right_too() {
    let world = World::new();
    let (_, client, password) = program(&world);
    let all = percent_encoding::NON_ALPHANUMERIC;
    let encode = |text: &str| percent_encoding::utf8_percent_encode(text, all).to_string();
    token_of(&world, &encode(&client), &encode(&password));
}

#[test]
fn keys_are_replaced_in_time_for_everybody_to_learn_of_them() {
    let world = World::new();
    let (_, client, password) = program(&world);
    assert!(keys(&world).is_empty());
    let kid = |token: &str| said(token, 0)["kid"].as_str().unwrap().to_owned();
    let first = kid(&token_of(&world, &client, &password));
    assert_eq!(keys(&world).len(), 1);
    world.pass(LIFE_SECONDS);
    let last = token_of(&world, &client, &password);
    assert_eq!(kid(&last), first, "the new one is published, and does not sign yet");
    assert_eq!(keys(&world).len(), 2);
    world.pass(AHEAD_SECONDS);
    let next = token_of(&world, &client, &password);
    assert_ne!(kid(&next), first);
    assert!(is_signed(&world, &last) && is_signed(&world, &next));
    world.pass(TOKEN_SECONDS + AHEAD_SECONDS);
    assert!(!is_signed(&world, &last) && is_signed(&world, &next));
    assert_eq!(keys(&world).len(), 1);
}

#[test]
fn the_token_opens_nothing_here_and_no_private_key_is_on_the_disk() {
    let world = World::new();
    let (ann, client, password) = program(&world);
    let token = token_of(&world, &client, &password);
    let path = format!("/20160918/users/{ann}");
    let headers = [
        ("host".to_owned(), HOST.to_owned()),
        ("authorization".to_owned(), format!("Bearer {token}")),
    ];
    assert_eq!(world.send_raw("GET", &path, &headers, Vec::new()).status, 401);
    for (place, text) in world.on_disk() {
        assert!(!text.contains(&token) && !text.contains(&password), "{place}");
    }
    let at = iam_store::TenancyNo(1);
    let kept = world.app.store.read(|tx| tx.setting(at, "access-token-keys")).unwrap().unwrap();
    let kept: Value = serde_json::from_str(&kept.unwrap().body).unwrap();
    let sealed =
        STANDARD.decode(kept["keys"][0]["sealed"].as_str().or(kept[0]["sealed"].as_str()).unwrap());
    assert!(aws_lc_rs::signature::RsaKeyPair::from_pkcs8(&sealed.unwrap()).is_err());
    let lines = world.app.store.read(|tx| tx.audit_tail(at, 1)).unwrap().unwrap();
    let told = (lines[0].event.as_str(), lines[0].actor.as_str(), lines[0].target.as_str());
    assert_eq!(told, ("IssueAccessToken", ann.as_str(), client.as_str()));
}

fn verify(world: &World, token: &str) -> Value {
    let path = "/durward/v1/credentials/actions/verifyAccessToken";
    let body = json!({"token": token});
    world.send(&world.administrator(), "POST", path, Some(&body)).ok().json()
}

#[test]
fn who_asks_learns_whether_a_token_is_right_and_still_is() {
    let world = World::new();
    let (ann, client, password) = program(&world);
    let token = token_of(&world, &client, &password);
    let expected = json!({
        "isVerified": true, "userId": ann, "userName": "ann", "credentialId": client,
        "audience": "shop", "scope": "read write", "timeExpires": "2026-11-23T13:00:00.000Z",
    });
    assert_eq!(verify(&world, &token), expected);
    let no = json!({"isVerified": false});
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt","kid":"x"}"#);
    let mut others = said(&token, 1);
    others["scope"] = json!("everything");
    let others = URL_SAFE_NO_PAD.encode(others.to_string());
    for wrong in [
        String::new(),
        "a.b.c".to_owned(),
        signed.to_owned(),
        format!("{signed}."),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{header}.{others}.{signature}"),
        format!("{token}A"),
    ] {
        assert_eq!(verify(&world, &wrong), no, "{wrong}");
    }
    world.pass(TOKEN_SECONDS - 1);
    assert_eq!(verify(&world, &token), expected);
    world.pass(1);
    assert_eq!(verify(&world, &token), no, "an hour is over");
    let token = token_of(&world, &client, &password);
    assert_eq!(verify(&world, &token)["isVerified"], json!(true));
    let path = format!("/users/{ann}/oauth2ClientCredentials/{client}");
    world.delete(&world.administrator(), &path, &[]).ok();
    assert_eq!(verify(&world, &token), no, "its credential is gone");
}
