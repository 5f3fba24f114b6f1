//! How the domain's interface speaks, whatever it speaks of.

use super::{USER_URN, schema};
use crate::world::{HOST, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

#[test]
fn answers_are_scim_json_and_tell_version_and_address() {
    let world = World::with_domains();
    let admin = world.administrator();
    let made = world.scim_user("ann", &json!({}));
    let path = format!("/Users/{}", made["id"].as_str().unwrap());
    let got = world.scim(&admin, "GET", &path, None).ok();
    assert_eq!(got.header("content-type"), Some("application/scim+json"));
    assert_eq!(got.json()["meta"]["version"], got.etag());
    assert_eq!(got.json()["meta"]["location"], format!("http://{HOST}/admin/v1{path}"));
    assert_eq!(got.json()["meta"]["resourceType"], "User");
    assert_eq!(got.json()["schemas"][0], USER_URN);
    assert_eq!(got.json()["tenancyOcid"], world.tenancy());
}

#[test]
fn addresses_are_those_of_the_domain_whatever_the_request_says() {
    let world = World::with_domains();
    world.app.context.public_url.set("https://iam.example.com".to_owned()).unwrap();
    let got = world.scim(&world.administrator(), "GET", "/Users", None).ok().json();
    let location = got["Resources"][0]["meta"]["location"].as_str().unwrap().to_owned();
    assert!(location.starts_with("https://iam.example.com/admin/v1/Users/"), "{location}");
}

#[test]
fn whatever_goes_wrong_is_told_in_scims_shape() {
    let world = World::with_domains();
    let admin = world.administrator();
    let nobody = world.send_raw("GET", "/admin/v1/Users", &[], Vec::new());
    assert_eq!(nobody.scim_refusal(), (401, String::new(), "NotAuthenticated".into()));
    for (method, path) in [
        ("GET", "/Nothing"),
        ("GET", ""),
        ("GET", "/"),
        ("DELETE", "/Users"),
        ("PUT", "/Users"),
        ("GET", "/Users/x/y"),
        ("GET", "/UserPasswordResetter/x"),
        ("GET", "/Users//x"),
        ("GET", "/Users/%2e%2e/x"),
    ] {
        let answer = world.scim(&admin, method, path, None);
        let expected = (404, String::new(), "NotFound".into());
        assert_eq!(answer.scim_refusal(), expected, "{method} {path}");
    }
    let absent = world.scim(&admin, "GET", "/Users/0123456789abcdef0123456789abcdef", None);
    assert_eq!(absent.scim_refusal(), (404, String::new(), "NotAuthorizedOrNotFound".into()));
    let body = json!({"schemas": [USER_URN]});
    let missing = world.scim(&admin, "POST", "/Users", Some(&body));
    assert_eq!(missing.scim_refusal(), (400, "invalidValue".into(), "InvalidParameter".into()));
    let large = vec![b' '; iam_server::http::BODY_MAX + 1];
    let headers = world.sign(&admin, "POST", "/admin/v1/Users", &large);
    let refused = world.send_raw("POST", "/admin/v1/Users", &headers, large);
    assert_eq!(refused.scim_refusal().0, 413);
    let text = b"{\"schemas\":".to_vec();
    let headers = world.sign(&admin, "POST", "/admin/v1/Users", &text);
    let refused = world.send_raw("POST", "/admin/v1/Users", &headers, text);
    assert_eq!(refused.scim_refusal(), (400, "invalidSyntax".into(), "CannotParseRequest".into()));
    let long = Request::get(format!("/admin/v1/Users?filter={}", "x".repeat(9_000)));
    let refused = world.deliver(long.body(Body::empty()).unwrap());
    assert_eq!(refused.scim_refusal().0, 431);
}

#[test]
fn a_tenancy_without_domains_has_nothing_here() {
    let world = World::new();
    let admin = world.administrator();
    let me = format!("/Users/{}", world.installed.admin);
    let patch = json!({"schemas": [super::PATCH_URN],
                       "Operations": [{"op": "add", "path": "title", "value": "x"}]});
    let reset = json!({"schemas": [schema("UserStatusChanger")], "active": true});
    let status = format!("/UserStatusChanger/{}", world.installed.admin);
    for (method, path, body) in [
        ("GET", "/Users", None),
        ("GET", me.as_str(), None),
        ("PATCH", me.as_str(), Some(&patch)),
        ("DELETE", me.as_str(), None),
        ("PUT", status.as_str(), Some(&reset)),
        ("GET", "/Nothing", None),
    ] {
        let answer = world.scim(&admin, method, path, body);
        assert_eq!(answer.scim_refusal().0, 404, "{method} {path}");
    }
}

#[test]
fn a_stale_version_is_refused_and_the_present_one_taken() {
    let world = World::with_domains();
    let admin = world.administrator();
    let made = world.scim_user("ann", &json!({}));
    let path = format!("/admin/v1/Users/{}", made["id"].as_str().unwrap());
    let body = json!({"schemas": [super::PATCH_URN],
                      "Operations": [{"op": "replace", "path": "title", "value": "Dr."}]});
    let version = made["meta"]["version"].as_str().unwrap();
    let with = |version: &str| {
        world.send_with(&admin, "PATCH", &path, Some(&body), &[("if-match", version)])
    };
    assert_eq!(with("0").scim_refusal().0, 412);
    with(version).ok();
    assert_eq!(with(version).scim_refusal().0, 412);
    with("*").ok();
}

#[test]
fn a_retry_token_makes_one_user_and_not_two() {
    let world = World::with_domains();
    let admin = world.administrator();
    let body = json!({"schemas": [USER_URN], "userName": "ann",
                      "emails": [{"value": "ann@example.com", "type": "work"}]});
    let again = || {
        let token = [("opc-retry-token", "one")];
        world.send_with(&admin, "POST", "/admin/v1/Users", Some(&body), &token)
    };
    let (first, second) = (again(), again());
    assert_eq!((first.status, second.status), (201, 201), "{second:?}");
    assert_eq!(first.json(), second.json());
    let other = json!({"schemas": [USER_URN], "userName": "bob",
                       "emails": [{"value": "bob@example.com", "type": "work"}]});
    let token = [("opc-retry-token", "one")];
    let refused = world.send_with(&admin, "POST", "/admin/v1/Users", Some(&other), &token);
    assert_eq!(refused.scim_refusal().2, "InvalidatedRetryToken");
}
