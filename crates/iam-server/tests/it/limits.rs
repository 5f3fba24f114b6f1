//! Bad input: bodies, parameters, headers and paths that are wrong, too large or ambiguous get a
//! clear answer in OCI's shape, and nothing else happens.

use crate::objects::Objects;
use crate::world::{Answer, Caller, World};
use iam_api::{Field, Kind, OPERATIONS, Spec};
use serde_json::{Value, json};

const GROUPS: &str = "/20160918/groups";

/// Sends these very bytes as a body.
fn send_bytes(world: &World, caller: &Caller, method: &str, target: &str, body: &[u8]) -> Answer {
    let headers = world.sign(caller, method, target, body);
    world.send_raw(method, target, &headers, body.to_vec())
}

fn post_group(world: &World, body: &[u8]) -> Answer {
    send_bytes(world, &world.administrator(), "POST", GROUPS, body)
}

fn group(world: &World) -> Value {
    json!({"compartmentId": world.tenancy(), "name": "new", "description": "x"})
}

fn assert_refused(answer: &Answer, status: u16, code: &str, part: &str, what: &str) {
    assert_eq!(answer.code(), (status, code.into()), "{what}: {answer:?}");
    assert!(answer.text("message").contains(part), "{what}: {}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/json"), "{what}");
    assert!(answer.header("opc-request-id").is_some(), "{what}");
    assert_eq!(answer.json().as_object().unwrap().len(), 2, "{what}");
}

/// Every operation that takes a body, with a valid request for it.
fn with_bodies(objects: &Objects) -> Vec<(&'static Spec, String, Value)> {
    let specs = OPERATIONS.iter().filter(|spec| spec.body.model().is_some());
    let request = |spec: &&'static Spec| {
        let request = objects.request(spec);
        (*spec, request.target(), request.body.unwrap())
    };
    let all: Vec<_> = specs.map(request).collect();
    assert!(all.len() >= 11);
    all
}

/// Values that are not of the kind.
fn wrong_values(kind: &Kind) -> Vec<Value> {
    let all = [json!("text"), json!(7), json!(1.5), json!(true), json!(["x"]), json!({"a": "b"})];
    let fits = |value: &Value| match kind {
        Kind::Integer => value.is_i64(),
        Kind::Boolean => value.is_boolean(),
        Kind::List(_) => value.is_array(),
        Kind::Map(_) | Kind::Model(_) => value.is_object(),
        Kind::Any | Kind::Nothing => true,
        _ => value.is_string(),
    };
    let mut wrong: Vec<Value> = all.into_iter().filter(|value| !fits(value)).collect();
    match kind {
        Kind::List(_) => wrong.push(json!([1])),
        Kind::Map(_) => wrong.push(json!({"a": 1})),
        Kind::Model(_) => wrong.push(json!({"a": 1})),
        _ => {}
    }
    wrong
}

#[test]
fn a_value_of_the_wrong_type_is_refused_by_name_in_every_field_of_every_operation() {
    let world = World::new();
    let admin = world.administrator();
    let objects = Objects::make(&world, &admin, 2);
    let before = objects.state(&world, &admin);
    for (spec, target, body) in with_bodies(&objects) {
        for field in spec.body.model().unwrap().fields {
            for wrong in wrong_values(&field.kind) {
                let mut body = body.clone();
                body[field.name] = wrong;
                let answer = world.send(&admin, spec.method.as_str(), &target, Some(&body));
                let what = format!("{} {body}", spec.id);
                assert_refused(&answer, 400, "InvalidParameter", field.name, &what);
            }
        }
    }
    assert_eq!(objects.state(&world, &admin), before);
}

#[test]
fn a_missing_field_and_one_too_many_are_refused_by_name_in_every_operation() {
    let world = World::new();
    let admin = world.administrator();
    let objects = Objects::make(&world, &admin, 2);
    for (spec, target, body) in with_bodies(&objects) {
        let send = |body: &Value| world.send(&admin, spec.method.as_str(), &target, Some(body));
        let required = |field: &&Field| field.required;
        for field in spec.body.model().unwrap().fields.iter().filter(required) {
            for gone in [None, Some(Value::Null)] {
                let mut body = body.clone();
                match gone {
                    None => drop(body.as_object_mut().unwrap().remove(field.name)),
                    Some(null) => body[field.name] = null,
                }
                assert_refused(&send(&body), 400, "MissingParameter", field.name, spec.id);
            }
        }
        for name in ["extra", "id", "lifecycleState", "isAdmin", "Name", "__proto__", ""] {
            let mut body = body.clone();
            body[name] = json!("x");
            let what = format!("{} {body}", spec.id);
            assert_refused(&send(&body), 400, "InvalidParameter", &format!("`{name}`"), &what);
        }
        for other in [json!([]), json!("x"), json!(1), json!(null), json!([body])] {
            assert_refused(&send(&other), 400, "InvalidParameter", "the body", spec.id);
        }
        let answer = send_bytes(&world, &admin, spec.method.as_str(), &target, b"");
        assert_refused(&answer, 400, "MissingParameter", "the body is missing", spec.id);
    }
}

#[test]
fn what_is_not_json_or_says_something_twice_is_refused_and_told_where() {
    let world = World::new();
    let tenancy = world.tenancy();
    let whole = format!(r#""compartmentId":"{tenancy}","description":"x""#);
    let cases: Vec<Vec<u8>> = vec![
        b"{".to_vec(),
        b"}".to_vec(),
        b"{]".to_vec(),
        b"name=new".to_vec(),
        b"\0".to_vec(),
        format!(r#"{{{whole},"name":"new",}}"#).into(),
        format!(r#"{{{whole},"name":'new'}}"#).into(),
        format!(r#"{{{whole},"name":"new"}} x"#).into(),
        format!(r#"{{{whole},"name":"new"}}{{}}"#).into(),
        format!("\u{feff}{{{whole},\"name\":\"new\"}}").into(),
        format!(r#"{{{whole},"name":"new\ud800"}}"#).into(),
        format!("{{{whole},\"name\":\"new\n\"}}").into(),
        format!(r#"{{{whole},"name":NaN}}"#).into(),
        format!(r#"{{{whole},"name":1e999}}"#).into(),
        format!(r#"{{{whole},"name":"one","name":"two"}}"#).into(),
        format!(r#"{{{whole},"name":"one","n\u0061me":"two"}}"#).into(),
        format!(r#"{{{whole},"name":"n","freeformTags":{{"a":"b","a":"c"}}}}"#).into(),
        [format!("{{{whole},\"name\":\"").as_bytes(), b"\xff\xfe\"}"].concat(),
        [format!("{{{whole},\"name\":\"").as_bytes(), b"\xc0\x80\"}"].concat(),
    ];
    for body in cases {
        let answer = post_group(&world, &body);
        let what = String::from_utf8_lossy(&body).into_owned();
        assert_refused(&answer, 400, "CannotParseRequest", "line ", &what);
    }
    let list = format!("/groups?compartmentId={tenancy}");
    let groups = world.get(&world.administrator(), &list).ok().json();
    assert_eq!(groups.as_array().unwrap().len(), 1);
}

#[test]
fn a_body_has_a_mebibyte_at_most() {
    let world = World::new();
    let mut body = serde_json::to_vec(&group(&world)).unwrap();
    body.resize(1024 * 1024, b' ');
    post_group(&world, &body).ok();
    body.push(b' ');
    let answer = post_group(&world, &body);
    assert_refused(&answer, 413, "PayloadTooLarge", "1048576", "a byte too many");
    body.resize(8 * 1024 * 1024, b' ');
    assert_eq!(post_group(&world, &body).status, 413);
}

#[test]
fn depth_arrays_objects_and_strings_are_bounded() {
    let world = World::new();
    let refused = |body: &Value, part: &str| {
        let answer = post_group(&world, &serde_json::to_vec(body).unwrap());
        assert_refused(&answer, 400, "InvalidParameter", part, part);
    };
    let mut body = group(&world);
    body["description"] = json!("x".repeat(64 * 1024 + 1));
    refused(&body, "description is not valid: give a string of at most 65536 bytes");
    let mut body = group(&world);
    body["freeformTags"] = (0..1_001).map(|n| (n.to_string(), json!("x"))).collect();
    refused(&body, "freeformTags");
    let mut body = group(&world);
    body["x".repeat(500_000)] = json!(1);
    let answer = post_group(&world, &serde_json::to_vec(&body).unwrap());
    assert_eq!(answer.status, 400);
    assert!(answer.text.len() < 2_000, "what is quoted is cut: {}", answer.text.len());

    let body = json!({"compartmentId": world.tenancy(), "name": "p", "description": "x",
                      "statements": vec!["allow any-user to inspect users in tenancy"; 1_001]});
    let answer = world.post(&world.administrator(), "/policies", &body);
    assert_refused(&answer, 400, "InvalidParameter", "statements", "1,001 statements");

    for depth in [33, 200, 500_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let body = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            if body.len() > 1024 * 1024 {
                continue;
            }
            let answer = post_group(&world, body.as_bytes());
            assert_refused(&answer, 400, "CannotParseRequest", "nested more than 32", "depth");
        }
    }
    let unclosed = "[".repeat(1_000_000);
    assert_eq!(post_group(&world, unclosed.as_bytes()).status, 400);
}

#[test]
fn a_body_where_there_is_none_to_send_is_refused() {
    let world = World::new();
    let admin = world.administrator();
    let target = format!("/20160918/users/{}/uiPassword", world.user("ann"));
    for body in ["{\"password\":\"mine\"}", "[]", "x", "null", "{"] {
        let answer = send_bytes(&world, &admin, "POST", &target, body.as_bytes());
        assert_refused(&answer, 400, "InvalidParameter", "takes no body", body);
    }
    send_bytes(&world, &admin, "POST", &target, b"{}").ok();
    for method in ["GET", "DELETE"] {
        let path = format!("/20160918/users/{}", admin.user);
        let answer = send_bytes(&world, &admin, method, &path, b"{}");
        assert_eq!(answer.code(), (401, "NotAuthenticated".into()), "{method}");
    }
}

#[test]
fn a_method_and_path_without_an_operation_is_not_found_whoever_asks() {
    let world = World::new();
    let admin = world.administrator();
    let id = admin.user.to_string();
    let cases = [
        ("GET", "/20160918".to_owned()),
        ("GET", "/20160918/".to_owned()),
        ("GET", "/20160918/dynamicGroup".to_owned()),
        ("GET", "/20160917/users".to_owned()),
        ("GET", "/users".to_owned()),
        ("GET", "/20160918/Users".to_owned()),
        ("GET", format!("/20160918/users/{id}/supportAccounts")),
        ("GET", format!("/20160918/users/{id}/uiPassword/x")),
        ("PATCH", format!("/20160918/users/{id}")),
        ("POST", format!("/20160918/users/{id}")),
        ("DELETE", "/20160918/users".to_owned()),
        ("PUT", format!("/20160918/users/{id}/uiPassword")),
        ("OPTIONS", "/20160918/users".to_owned()),
        ("TRACE", "/20160918/users".to_owned()),
        ("FLY", "/20160918/users".to_owned()),
    ];
    for (method, target) in cases {
        for headers in [world.sign(&admin, method, &target, b""), Vec::new()] {
            let answer = world.send_raw(method, &target, &headers, Vec::new());
            let what = format!("{method} {target}");
            assert_refused(&answer, 404, "NotFound", "No operation is served", &what);
        }
    }
}

#[test]
fn a_path_that_can_be_read_in_two_ways_is_not_found() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    for path in [
        format!("//20160918/users/{ann}"),
        format!("/20160918//users/{ann}"),
        format!("/20160918/users/{ann}//"),
        format!("/20160918/./users/{ann}"),
        format!("/20160918/groups/../users/{ann}"),
        format!("/20160918/groups/%2e%2e/users/{ann}"),
        format!("/20160918/groups/%2E./users/{ann}"),
        format!("/20160918/users%2f{ann}"),
        format!("/20160918/users%2F{ann}"),
        format!("/20160918/users%5C{ann}"),
        format!("/20160918/users/{ann}%00"),
        "/20160918/users/..".to_owned(),
        "/20160918/users/%2e%2e/uiPassword".to_owned(),
        "/20160918/users/%ff".to_owned(),
        "/20160918/users/%c0%ae%c0%ae/uiPassword".to_owned(),
    ] {
        let answer = world.send(&admin, "GET", &path, None);
        assert_refused(&answer, 404, "NotFound", "No operation is served", &path);
    }
    let twice = format!("/20160918/users/{}", ann.as_str().replace('.', "%252e"));
    assert_eq!(world.send(&admin, "GET", &twice, None).status, 404, "decoded once only");
}

#[test]
fn the_heads_bounds_are_told_in_the_same_shape() {
    let world = World::new();
    let admin = world.administrator();
    let target = |length: usize| {
        let start = format!("/20160918/users/{}?x=", admin.user);
        let fill = "y".repeat(length - start.len());
        start + &fill
    };
    world.send(&admin, "GET", &target(8 * 1024), None).ok();
    let answer = world.send(&admin, "GET", &target(8 * 1024 + 1), None);
    assert_refused(&answer, 431, "RequestHeaderFieldsTooLarge", "8192", "a long line");
    let plain = target(100);
    let names: Vec<String> = (0..61).map(|n| format!("x-{n}")).collect();
    let mut headers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    world.send_with(&admin, "GET", &plain, None, &headers).ok(); // with the 3 of the signature: 64
    headers.push(("x-more", "1"));
    let answer = world.send_with(&admin, "GET", &plain, None, &headers);
    assert_refused(&answer, 431, "RequestHeaderFieldsTooLarge", "64", "a header too many");
    let long = "y".repeat(15 * 1024);
    world.send_with(&admin, "GET", &plain, None, &[("x-long", &long)]).ok();
    let longer = "y".repeat(16 * 1024);
    let answer = world.send_with(&admin, "GET", &plain, None, &[("x-long", &longer)]);
    assert_refused(&answer, 431, "RequestHeaderFieldsTooLarge", "16384", "long headers");
}

#[test]
fn a_request_id_that_is_hostile_is_not_repeated() {
    let world = World::new();
    let admin = world.administrator();
    let target = format!("/20160918/users/{}", admin.user);
    let long = "A".repeat(99);
    let quoted = "\"quoted\"";
    for bad in ["", " ", "a b", "<script>", quoted, "a\tb", "é", "%0d%0a", "a;b", &long] {
        let headers = [("opc-request-id", bad)];
        let answer = world.send_with(&admin, "GET", &target, None, &headers).ok();
        let id = answer.header("opc-request-id").unwrap();
        assert_eq!(id.len(), 98, "{bad:?}: {id}");
        assert!(id.bytes().all(|byte| byte == b'/' || byte.is_ascii_hexdigit()), "{id}");
    }
    let most = "a-._/9".repeat(16);
    let answer = world.send_with(&admin, "GET", &target, None, &[("opc-request-id", &most)]).ok();
    assert!(answer.header("opc-request-id").unwrap().starts_with(&format!("{most}/")));
    let refused = world.send_raw("GET", &target, &[("opc-request-id".into(), "X".into())], vec![]);
    assert_eq!(refused.status, 401);
    assert!(refused.header("opc-request-id").unwrap().starts_with("X/"));
}

#[test]
fn texts_that_would_be_code_elsewhere_are_texts() {
    let world = World::new();
    let admin = world.administrator();
    let hostile = [
        "'; DROP TABLE resources; --",
        "\" OR 1=1 --",
        "%' OR '1'='1",
        "${jndi:x}",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "\u{202e}\u{2028}\r\nX: y",
    ];
    for (number, text) in hostile.into_iter().enumerate() {
        let body = json!({"compartmentId": world.tenancy(), "name": format!("g{number}"),
                          "description": text, "freeformTags": {text: text}});
        let made = world.post(&admin, "/groups", &body).ok();
        let read = world.get(&admin, &format!("/groups/{}", made.id())).ok();
        assert_eq!(read.text("description"), text);
        assert_eq!(read.json()["freeformTags"][text], text);
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for param in ["name", "page", "limit", "sortBy", "sortOrder", "lifecycleState"] {
            let path = format!("/groups?compartmentId={}&{param}={encoded}", world.tenancy());
            let answer = world.get(&admin, &path);
            assert!(answer.json() == json!([]) || answer.status == 400, "{param} {text}");
        }
    }
}

#[test]
fn a_panic_ends_one_request_and_changes_nothing() {
    let world = World::new();
    let admin = world.administrator();
    let refused = |answer: &Answer| {
        assert_refused(answer, 500, "InternalServerError", "request id", "a panic");
        assert!(!answer.text.contains("panic") && !answer.text.contains("this test"));
    };
    world.break_next_change();
    refused(&world.post(&admin, "/groups", &group(&world)));
    world.post(&admin, "/groups", &group(&world)).ok();
    let headers = world.sign(&admin, "GET", "/20160918/regions", b"");
    world.break_clock();
    refused(&world.send_raw("GET", "/20160918/regions", &headers, Vec::new()));
    world.get(&admin, "/regions").ok();
}
