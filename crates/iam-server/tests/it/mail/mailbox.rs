//! The list in memory, as pages and as JSON, and who may look at it.

use super::*;
use crate::world::{Answer, HOST};
use axum::body::Body;
use axum::http::Request;

fn get_with(world: &World, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().uri(path).header("host", HOST);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.deliver(request.body(Body::empty()).unwrap())
}

fn get(world: &World, path: &str) -> Answer {
    get_with(world, path, &[])
}

/// A world that has sent these letters to Ann.
fn with_mail(events: &[Event]) -> World {
    let world = world(kept());
    let ann = world.user_with("ann", "ann@example.com");
    let name = Some("<i>Ann</i>\u{202e}");
    let count = u64::try_from(events.len()).unwrap();
    for event in events {
        assert!(world.try_to_queue(*event, &ann, name).unwrap());
        world.pass(1);
    }
    let postman = world.start_postman();
    world.wait_until("all are kept", |status| status.delivered == count);
    world.stop_postman(postman);
    world
}

#[test]
fn programs_find_the_newest_mail_first_with_its_links() {
    let world = with_mail(&[Event::ResetRequested, Event::PasswordReset]);
    let answer = get(&world, "/mailbox.json").ok();
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let list = answer.json();
    let [newest, oldest] = [&list[0], &list[1]];
    assert_eq!(newest["event"], "admin.me.password.reset.success");
    assert_eq!(oldest["event"], "admin.user.password.reset.success");
    assert_eq!(oldest["to"], json!(["ann@example.com"]));
    assert_eq!(oldest["subject"], "Your password for acme was reset");
    assert_eq!(oldest["date"], "2026-11-23T12:00:00.000Z");
    assert_eq!(oldest["links"], json!([format!("{URL}/console/set-password#{TOKEN}")]));
    assert!(oldest["text"].as_str().unwrap().contains("Hello <i>Ann</i>,"));
    assert!(oldest["html"].as_str().unwrap().contains("Hello &lt;i&gt;Ann&lt;/i&gt;,"));
}

#[test]
fn people_see_a_list_and_each_mail() {
    let world = with_mail(&[Event::ResetRequested, Event::PasswordReset]);
    let list = get(&world, "/mailbox").ok();
    assert!(list.text.contains("<a href=\"/mailbox/2\">"), "{}", list.text);
    let mail = get(&world, "/mailbox/1").ok();
    let link = format!("<a href=\"{URL}/console/set-password#{TOKEN}\"");
    assert!(mail.text.contains(&link), "{}", mail.text);
    assert!(mail.text.contains("Hello &#60;i&#62;Ann"), "{}", mail.text);
    assert!(mail.text.contains("Auto-Submitted: auto-generated"));
    let html = get(&world, "/mailbox/1/html").ok();
    assert!(html.text.contains("Hello &lt;i&gt;Ann&lt;/i&gt;,"));
    assert_eq!(get(&world, "/mailbox/3").status, 404);
    assert_eq!(get(&world, "/mailbox/x").status, 404);
    assert_eq!(get(&world, "/mailbox/1/x").status, 404);
}

#[test]
fn no_script_runs_in_a_mail_and_nothing_is_fetched() {
    let world = with_mail(&[Event::ResetRequested]);
    for (path, frames, framed, styles) in [
        ("/mailbox", false, false, "style-src 'self'"),
        ("/mailbox.json", false, false, "style-src 'self'"),
        ("/mailbox/1", true, false, "style-src 'self'"),
        ("/mailbox/1/html", false, true, "style-src 'unsafe-inline'"),
        ("/mailbox/7", false, false, "style-src 'self'"),
    ] {
        let answer = get(&world, path);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{path}: {policy}");
        assert!(policy.contains(styles), "{path}: {policy}");
        assert_eq!(policy.contains("frame-src 'self'"), frames, "{path}");
        assert_eq!(policy.contains("frame-ancestors 'self'"), framed, "{path}");
        assert_eq!(policy.contains("sandbox"), framed, "{path}");
        assert_eq!(policy.contains("script-src"), !framed, "{path}");
        let frame = if framed { "SAMEORIGIN" } else { "DENY" };
        assert_eq!(answer.header("x-frame-options"), Some(frame), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
    }
}

#[test]
fn nobody_else_sees_it() {
    let world = with_mail(&[Event::ResetRequested]);
    for path in ["/mailbox", "/mailbox.json", "/mailbox/1", "/mailbox/1/html"] {
        assert_eq!(get(&world, path).status, 200);
        for mark in ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"] {
            assert_eq!(get_with(&world, path, &[(mark, "127.0.0.1")]).status, 404, "{path} {mark}");
        }
        let foreign = Request::builder().uri(path).header("host", "evil.example");
        assert_eq!(world.deliver(foreign.body(Body::empty()).unwrap()).status, 421, "{path}");
        let request = Request::builder().uri(path).header("host", HOST).body(Body::empty());
        let peer = "192.0.2.1".parse().unwrap();
        let router = iam_server::http::service(&world.app);
        let answer = iam_server::http::answer(router, &world.app, peer, request.unwrap());
        assert_eq!(world.block_on(answer).status(), 404, "{path}");
    }
    assert_eq!(get(&World::new(), "/mailbox.json").status, 404, "where mail is sent, none is kept");
    let (_server, world) = server_and_world();
    assert_eq!(get(&world, "/mailbox").status, 404);
}
