//! What holds for every answer of the Console: headers, and where forms may come from.

use super::*;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

fn assert_guarded(path: &str, answer: &Answer) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{path}: {name}");
    }
    assert!(answer.header("permissions-policy").unwrap().contains("camera=()"));
    assert_eq!(answer.header("strict-transport-security"), None, "plain HTTP here");
    assert_eq!(answer.header("access-control-allow-origin"), None);
    if !path.starts_with("/console/static/") {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[test]
fn every_answer_has_the_headers_whatever_its_status() {
    let world = World::new();
    let ann = world.user("ann");
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let home = admin.get("/console/");
    let style = home.text.split('"').find(|part| part.ends_with(".css")).unwrap().to_owned();
    let user = format!("/console/users/{ann}");
    let long = format!("/console/{}", "x".repeat(9_000));
    for (path, status) in [
        ("/", 303),
        ("/console", 303),
        ("/console/", 200),
        ("/console/sign-in", 303),
        ("/console/change-password", 200),
        ("/console/me", 303),
        ("/console/sessions", 200),
        ("/console/users", 200),
        ("/console/users/new", 200),
        (&*user, 200),
        (&*format!("{user}/password"), 200),
        (&*format!("{user}/capabilities"), 200),
        (&*format!("{user}/delete"), 200),
        (&*format!("{user}/unblock"), 405),
        ("/console/sign-out", 405),
        ("/console/users/ocid1.user.oc1..nobody", 404),
        ("/console/nothing", 404),
        ("/console/static/nothing.css", 404),
        ("/console/users?page=forged", 400),
        ("/console/users?name=a&name=b", 400),
        ("/console/%2e%2e/x", 404),
        (&*long, 431),
        (&*style, 200),
    ] {
        let answer = admin.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        assert_guarded(path, &answer);
        if status >= 400 {
            assert!(answer.text.contains("<h1>"), "{path}: {}", answer.text);
        }
    }
    let mut nobody = Visitor::new(&world);
    for path in [SIGN_IN, "/console/sign-in", "/console/"] {
        assert_guarded(path, &nobody.get(path));
    }
}

#[test]
fn a_failure_in_a_page_is_a_page_without_its_cause() {
    let world = World::new();
    let ann = world.user("ann");
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let path = format!("/console/users/{ann}/password");
    let page = admin.get(&path);
    let (token, retry) = (hidden(&page, "form-token"), hidden(&page, "retry-token"));
    world.break_next_change();
    let answer = admin.post(&path, &[("form-token", &token), ("retry-token", &retry)]);
    assert_eq!(answer.status, 500);
    assert_guarded(&path, &answer);
    assert!(answer.text.contains("<h1>Something went wrong here</h1>"), "{}", answer.text);
    assert!(answer.text.contains(answer.header("opc-request-id").unwrap()));
    assert!(!answer.text.contains("randomness"));
}

#[test]
fn a_host_that_is_not_ours_gets_nothing() {
    let world = World::new();
    for host in ["evil.example", "evil.example:7070", "127.0.0.1.evil.example", ""] {
        let request = Request::builder().uri("/console/sign-in").header("host", host);
        let answer = world.deliver(request.body(Body::empty()).unwrap());
        assert_eq!(answer.status, 421, "{host}");
        assert_guarded("/console/sign-in", &answer);
    }
}

#[test]
fn a_form_that_is_not_from_a_page_of_ours_is_refused() {
    let world = World::new();
    let ann = world.user("ann");
    let admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let path = format!("/console/users/{ann}/unblock");
    let token = hidden(&admin.clone().get("/console/"), "form-token");
    let other = hidden(&Visitor::new(&world).get(SIGN_IN), "form-token");
    let form = "application/x-www-form-urlencoded";
    let own = format!("http://{HOST}");
    let send = |headers: &[(&str, &str)], body: String| {
        let mut request = admin.request("POST", &path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        admin.clone().deliver(request.body(Body::from(body)).unwrap()).status
    };
    let good = || encode(&[("form-token", &token)]);
    let kind = ("content-type", form);
    assert_eq!(send(&[kind, ("origin", &own)], good()), 303);
    assert_eq!(send(&[kind, ("origin", "null"), ("sec-fetch-site", "same-origin")], good()), 303);
    for headers in [
        &[kind][..],
        &[kind, ("origin", "null")],
        &[kind, ("sec-fetch-site", "same-origin")],
        &[kind, ("origin", "https://evil.example")],
        &[kind, ("origin", &own), ("sec-fetch-site", "cross-site")],
        &[kind, ("origin", &own), ("sec-fetch-site", "same-site")],
        &[kind, ("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("origin", &own)],
        &[("origin", &own), ("content-type", "text/plain")],
        &[("origin", &own), ("content-type", "application/json")],
        &[("origin", &own), ("content-type", "multipart/form-data; boundary=x")],
    ] {
        assert_eq!(send(headers, good()), 403, "{headers:?}");
    }
    for body in [String::new(), encode(&[("form-token", &other)]), encode(&[("form-token", "")])] {
        assert_eq!(send(&[kind, ("origin", &own)], body), 403, "without the right token");
    }
    let twice = format!("{}&{}", good(), good());
    assert_eq!(send(&[kind, ("origin", &own)], twice), 400);
    let heavy = format!("{}&x={}", good(), "x".repeat(16 * 1024));
    assert_eq!(send(&[kind, ("origin", &own)], heavy), 413);
}

#[test]
fn the_sign_in_form_too_is_bound_to_the_browser_that_opened_it() {
    let world = World::new();
    let ann = world.user("ann");
    Visitor::signed_in(&world, "ann", &ann);
    let mut attacker = Visitor::new(&world);
    let token = hidden(&attacker.get(SIGN_IN), "form-token");
    let mut victim = Visitor::new(&world);
    let fields = sign_in_form(&token, "ann", CHOSEN);
    assert_eq!(victim.post("/console/sign-in", &fields).status, 403, "without a cookie");
    victim.get(SIGN_IN);
    assert!(victim.cookies.contains_key(FORM));
    assert_eq!(victim.post("/console/sign-in", &fields).status, 403, "with another's form");
    assert_eq!(attacker.post("/console/sign-in", &fields).status, 303);
}

#[test]
fn files_are_kept_for_good_under_names_that_change_with_them() {
    let world = World::new();
    let mut visitor = Visitor::new(&world);
    let page = visitor.get(SIGN_IN);
    let names = page.text.split('"').filter(|part| part.starts_with("/console/static/"));
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        let answer = visitor.get(&name);
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let etag = answer.header("etag").unwrap().to_owned();
        assert!(name.contains(etag.trim_matches('"')));
        let again = visitor.request("GET", &name).header("if-none-match", etag);
        let again = world.deliver(again.body(Body::empty()).unwrap());
        assert_eq!((again.status, again.text.as_str()), (304, ""));
    }
}
