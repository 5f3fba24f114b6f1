//! `/v1/oauth2/authorize`: a person lets a command line act as them.

use super::*;
use crate::session_tokens::{asks, bearer};
use crate::world::{Caller, key};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_core::session_tokens::SESSION_SECONDS;
use iam_sign::PublicKey;
use serde_json::json;

const AUTHORIZE: &str = "/v1/oauth2/authorize";
/// The key that the command line has made.
const OWN: usize = 2;

fn jwk(number: usize) -> String {
    let key = PublicKey::from_spki_pem(&key(number).public_key_pem()).unwrap();
    let (n, e) = key.numbers();
    let (n, e) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
    let jwk = json!({"kty": "RSA", "n": n, "e": e, "kid": "Ignored"});
    base64::engine::general_purpose::URL_SAFE.encode(jwk.to_string())
}

/// What OCI's command line asks for, with these fields in the place of its own.
fn asked(other: &[(&str, &str)]) -> String {
    let jwk = jwk(OWN);
    let fields = [
        ("action", "login"),
        ("client_id", "iaas_console"),
        ("response_type", "token id_token"),
        ("nonce", "0b7e"),
        ("scope", "openid"),
        ("public_key", &jwk),
        ("redirect_uri", "http://localhost:8181"),
    ];
    let own = fields.iter().filter(|(name, _)| !other.iter().any(|(known, _)| known == name));
    let fields: Vec<(&str, &str)> = own.chain(other).copied().collect();
    format!("{AUTHORIZE}?{}", encode(&fields))
}

/// The form of the page, as a browser sends it.
fn allow(visitor: &mut Visitor<'_>, page: &Answer) -> Answer {
    assert_eq!(page.status, 200, "{}", page.text);
    let hidden = |name: &str| self::hidden(page, name).replace("&#38;", "&").replace("&#43;", "+");
    let mut fields: Vec<(&str, String)> = Vec::new();
    for name in ["form-token", "client_id", "response_type", "public_key", "redirect_uri"] {
        fields.push((name, hidden(name)));
    }
    for name in ["state", "tenant"] {
        if page.text.contains(&format!("name=\"{name}\"")) {
            fields.push((name, hidden(name)));
        }
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, &**text)).collect();
    visitor.post(AUTHORIZE, &fields)
}

/// The token in the address that the browser is sent to.
fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let to = answer.header("location").unwrap();
    let token = to.strip_prefix("http://localhost:8181/#security_token=");
    let token = token.unwrap_or_else(|| panic!("{to}"));
    token.split('&').next().unwrap().to_owned()
}

pub(super) fn session(visitor: &mut Visitor<'_>, user: &Ocid) -> Caller {
    let page = visitor.get(&asked(&[]));
    let token = token(&allow(visitor, &page));
    bearer(visitor.world, user, &token, OWN)
}

#[test]
fn who_is_signed_in_is_asked_and_sent_back_with_a_token() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let page = visitor.get(&asked(&[("state", "a&b"), ("tenant", "Acme")]));
    assert!(page.text.contains("ann") && page.text.contains("Allow as"), "{}", page.text);
    assert!(page.text.contains(&key(OWN).fingerprint()));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' http://localhost:8181;"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let answer = allow(&mut visitor, &page);
    assert!(answer.header("location").unwrap().ends_with("&state=a%26b"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let session = bearer(&world, &ann, &token(&answer), OWN);
    assert_eq!(asks(&world, &session), 200);
    let line = world.app.store.read(|tx| tx.audit_tail(iam_store::TenancyNo(1), 1));
    assert_eq!(line.unwrap().unwrap()[0].event, "AuthorizeSession");
    assert_eq!(world.get(&session, &format!("/users/{}", world.installed.admin)).status, 404);
}

#[test]
fn nobody_gets_there_without_the_whole_sign_in() {
    let world = World::new();
    let ann = world.user("ann");
    let (_, seed) = world.device(&ann);
    let one_time = one_time_password(&world, &ann);
    let mut visitor = Visitor::new(&world);
    let to = visitor.get(&asked(&[("tenant", "acme")]));
    let to = to.header("location").unwrap().to_owned();
    assert!(to.starts_with("/console/sign-in?tenant=acme&next="), "{to}");
    let page = visitor.get(&to);
    let (token, next) = (hidden(&page, "form-token"), hidden(&page, "next"));
    let next = next.replace("&#38;", "&");
    let mut fields = sign_in_form(&token, "ann", &one_time).to_vec();
    fields.push(("next", &next));
    let to = visitor.post("/console/sign-in", &fields).header("location").unwrap().to_owned();
    assert!(to.starts_with("/console/sign-in/code?next="), "{to}");
    assert_eq!(visitor.get(&asked(&[])).status, 303, "the code is missing");

    let token = hidden(&visitor.get(&to), "form-token");
    let code = world.code(&seed);
    let fields = [("form-token", &*token), ("code", &*code), ("next", &*next)];
    let to = visitor.post("/console/sign-in/code", &fields).header("location").unwrap().to_owned();
    assert!(to.starts_with("/console/change-password?next="), "{to}");
    let away = visitor.get(&asked(&[]));
    assert!(away.header("location").unwrap().starts_with("/console/change-password?next="));

    let token = hidden(&visitor.get(&to), "form-token");
    let fields = [
        ("form-token", &*token),
        ("new-password", CHOSEN),
        ("repeat-password", CHOSEN),
        ("next", &*next),
    ];
    let to = visitor.post(CHANGE, &fields).header("location").unwrap().to_owned();
    assert!(to.starts_with("/v1/oauth2/authorize?client_id=iaas_console&"), "{to}");
    let page = visitor.get(&to);
    let token = self::token(&allow(&mut visitor, &page));
    assert_eq!(asks(&world, &bearer(&world, &ann, &token, OWN)), 200);
}

#[test]
fn the_answer_goes_to_this_computer_and_only_for_what_is_in_order() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let short = URL_SAFE_NO_PAD.encode(r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#);
    let (long, key) = ("x".repeat(257), "A".repeat(1_401));
    let wrong = [
        ("redirect_uri", "http://evil.example:8181"),
        ("redirect_uri", "https://localhost:8181"),
        ("redirect_uri", "http://localhost"),
        ("redirect_uri", "http://localhost:8181/x"),
        ("redirect_uri", "http://localhost:8181@evil.example"),
        ("redirect_uri", "http://localhost:8181.evil.example"),
        ("redirect_uri", "//localhost:8181"),
        ("redirect_uri", "javascript:alert(1)"),
        ("redirect_uri", ""),
        ("client_id", "other"),
        ("response_type", "code"),
        ("action", "logout"),
        ("scope", "openid profile"),
        ("state", "a b"),
        ("state", &long),
        ("public_key", ""),
        ("public_key", "x"),
        ("public_key", &short),
        ("public_key", &key),
    ];
    for (name, value) in wrong {
        for mut visitor in [visitor.clone(), Visitor::new(&world)] {
            let answer = visitor.get(&asked(&[(name, value)]));
            assert_eq!(answer.status, 400, "{name} {value}");
            assert_eq!(answer.header("location"), None);
        }
        let page = visitor.get(&asked(&[]));
        let bent = Answer {
            text: page.text.replace(
                &format!("name=\"{name}\" value=\"{}\"", hidden_or(&page, name)),
                &format!("name=\"{name}\" value=\"{value}\""),
            ),
            ..page
        };
        if bent.text.contains(&format!("name=\"{name}\"")) {
            assert_eq!(allow(&mut visitor.clone(), &bent).status, 400, "{name} {value}");
        }
    }
    let twice = format!("{}&redirect_uri=http://localhost:1", asked(&[]));
    assert_eq!(visitor.get(&twice).status, 400);
}

fn hidden_or(page: &Answer, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.text.split_once(&start).map_or("", |(_, rest)| rest);
    rest.split_once('"').map_or("", |(value, _)| value).to_owned()
}

#[test]
fn only_the_form_of_the_page_itself_allows_anything() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let page = visitor.get(&asked(&[]));
    let jwk = jwk(OWN);
    let fields = |token: &str| {
        encode(&[
            ("form-token", token),
            ("client_id", "iaas_console"),
            ("response_type", "token id_token"),
            ("public_key", &jwk),
            ("redirect_uri", "http://localhost:8181"),
        ])
    };
    let right = hidden(&page, "form-token");
    let send = |token: &str, origin: &str, site: &str| {
        let request = visitor
            .request("POST", AUTHORIZE)
            .header("origin", origin)
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded");
        world.deliver(request.body(Body::from(fields(token))).unwrap()).status
    };
    assert_eq!(send("", "null", "same-origin"), 403);
    assert_eq!(send("x", "null", "same-origin"), 403);
    assert_eq!(send(&right, "http://evil.example", "cross-site"), 403);
    assert_eq!(send(&right, "null", "cross-site"), 403);
    assert_eq!(
        world
            .app
            .store
            .read(|tx| tx.sessions(iam_store::TenancyNo(1), &ann))
            .unwrap()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(send(&right, "null", "same-origin"), 303);

    let other = visitor.get(&asked(&[("tenant", "globex")]));
    assert!(other.text.contains("another tenancy") && !other.text.contains("Allow as"));
    let form = [("tenant", "globex"), ("form-token", &*right)];
    let mut all: Vec<(&str, &str)> = form.to_vec();
    all.extend([
        ("client_id", "iaas_console"),
        ("response_type", "token"),
        ("public_key", &*jwk),
        ("redirect_uri", "http://localhost:8181"),
    ]);
    let refused = visitor.post(AUTHORIZE, &all);
    assert_eq!((refused.status, refused.header("location")), (200, None));
}

#[test]
fn what_was_allowed_goes_on_for_a_day_if_it_is_refreshed() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let mut session = session(&mut visitor, &ann);
    let refresh = |session: &Caller| {
        let body = json!({"currentToken": session.key_id.trim_start_matches("ST$")});
        world.send(session, "POST", "/v1/authentication/refresh", Some(&body))
    };
    let step = 3_000;
    for _ in 0..SESSION_SECONDS / step {
        world.pass(step);
        assert_eq!(asks(&world, &session), 200);
        let answer = refresh(&session);
        if answer.status != 200 {
            break;
        }
        session = bearer(&world, &ann, &answer.text("token"), OWN);
    }
    world.pass(SESSION_SECONDS % step);
    assert_eq!((asks(&world, &session), refresh(&session).status), (401, 401), "a day is over");

    let mut visitor = Visitor::new(&world);
    visitor.sign_in("ann", CHOSEN);
    let session = self::session(&mut visitor, &ann);
    world.pass(3_600);
    assert_eq!((asks(&world, &session), refresh(&session).status), (401, 401), "nobody refreshed");
}

#[test]
fn it_is_listed_and_ended_with_the_other_sessions() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let one = session(&mut visitor, &ann);
    world.pass(60);
    let other = session(&mut visitor, &ann);
    let page = visitor.get("/console/sessions");
    assert_eq!(page.text.matches("Command line").count(), 2, "{}", page.text);
    let (token, newest) = (hidden(&page, "form-token"), hidden(&page, "session"));
    visitor.post("/console/sessions/end", &[("form-token", &token), ("session", &newest)]);
    assert_eq!((asks(&world, &one), asks(&world, &other)), (200, 401));
    // The name of a session is no cookie, and neither is its hash.
    for name in [said(&one, "sid"), hidden(&visitor.get("/console/sessions"), "session")] {
        let mut thief = Visitor::new(&world);
        thief.cookies.insert(SESSION.to_owned(), format!("{name:A<43}").chars().take(43).collect());
        assert_eq!(thief.get("/console/").status, 303);
    }
    visitor.post("/console/sessions/end-others", &[("form-token", &token)]);
    assert_eq!((asks(&world, &one), visitor.get("/console/").status), (401, 200));

    let one = session(&mut visitor, &ann);
    visitor.post("/console/sign-out", &[("form-token", &token)]);
    assert_eq!(visitor.get("/console/").status, 303);
    assert_eq!(asks(&world, &one), 200, "to leave the Console does not end it");
}

fn said(caller: &Caller, claim: &str) -> String {
    let part = caller.key_id.split('.').nth(1).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(part).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims[claim].as_str().unwrap().to_owned()
}

#[test]
fn it_ends_with_a_change_of_the_password_and_without_the_right_to_one() {
    let world = World::new();
    let ann = world.user("ann");
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let session = session(&mut visitor, &ann);
    assert_eq!(asks(&world, &session), 200);
    let token = hidden(&visitor.get(CHANGE), "form-token");
    let new = "9Roses-under-water";
    let fields = [
        ("form-token", &*token),
        ("current-password", CHOSEN),
        ("new-password", new),
        ("repeat-password", new),
    ];
    assert_eq!(visitor.post(CHANGE, &fields).status, 303);
    assert_eq!(asks(&world, &session), 401);

    let session = self::session(&mut visitor, &ann);
    let path = format!("/users/{ann}/capabilities");
    let may = |may: bool| {
        let body = json!({"canUseConsolePassword": may});
        world.put(&world.administrator(), &path, &body, &[]).ok();
    };
    may(false);
    assert_eq!(asks(&world, &session), 401);
    may(true);
    assert_eq!(asks(&world, &session), 401, "for good");
}
