//! The pages on a domain's mail: who sees them, and putting letters into other words.

use super::{CHOSEN, Visitor, hidden};
use crate::world::{Answer, World};

const EVENT: &str = "/console/mail/admin.user.create.success";

/// The administrator, signed in with a password chosen by link.
fn administrator(world: &World) -> Visitor<'_> {
    let path = format!("/20160918/users/{}/uiPassword", world.installed.admin);
    world.send(&world.administrator(), "POST", &path, None).ok();
    let letter = world.letters().pop().unwrap();
    let mut visitor = Visitor::new(world);
    visitor.get(letter.link.as_deref().unwrap());
    let token = hidden(&visitor.get("/console/link"), "form-token");
    let fields = [("form-token", &*token), ("new-password", CHOSEN), ("repeat-password", CHOSEN)];
    assert_eq!(visitor.post("/console/link", &fields).status, 303);
    assert_eq!(visitor.sign_in("admin", CHOSEN).status, 303);
    world.letters();
    visitor
}

fn send(visitor: &mut Visitor<'_>, to: &str, action: &str, html: &str) -> Answer {
    let token = hidden(&visitor.get(EVENT), "form-token");
    let fields = [
        ("form-token", &*token),
        ("action", action),
        ("subject", "Hello {{ user_name }}"),
        ("text", "Come in by {{ link }}\r\n"),
        ("html", html),
    ];
    visitor.post(to, &fields)
}

#[test]
fn a_domains_administrator_puts_a_letter_into_other_words_and_back() {
    let world = World::with_domains();
    let mut admin = administrator(&world);
    assert!(admin.get("/console/mail").text.contains("As they come"));
    let refused = send(&mut admin, EVENT, "keep", "<p>no way in</p>");
    assert_eq!(refused.status, 422);
    assert!(!refused.text.contains("Your own words"), "{}", refused.text);
    let html = "<p>Come in by <a href=\"{{ link }}\">this link</a>, {{ display_name }}.</p>";
    assert_eq!(
        send(&mut admin, EVENT, "keep", html).header("location"),
        Some("/console/mail?done=words")
    );
    assert!(admin.get("/console/mail").text.contains("Your own"));
    world.user_at("ann", "ann@example.com");
    let letter = world.letters().pop().unwrap();
    assert!(letter.text.starts_with("Come in by http://console.test/console/link?t="));
    let refused = send(&mut admin, EVENT, "keep", "<p>{{ secret }} {{ link }}</p>");
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("{{ secret }}"), "{}", refused.text);
    assert!(refused.text.contains("Your own words"), "{}", refused.text);
    assert_eq!(send(&mut admin, EVENT, "default", html).status, 303);
    assert!(!admin.get("/console/mail").text.contains("Your own"));
}

#[test]
fn a_preview_shows_a_sample_runs_nothing_and_keeps_nothing() {
    let world = World::with_domains();
    let mut admin = administrator(&world);
    let html = "<script>alert(1)</script><p>{{ user_name }} {{ link }}</p>";
    let preview = format!("{EVENT}/preview");
    let shown = send(&mut admin, &preview, "html", html);
    assert!(shown.text.contains("ann.smith"), "{}", shown.text);
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    let text = send(&mut admin, &preview, "text", html);
    assert!(text.text.starts_with("Subject: Hello ann.smith\n\nCome in by "));
    assert!(text.header("content-type").unwrap().starts_with("text/plain"));
    assert_eq!(send(&mut admin, &preview, "html", "{{ nothing }}").status, 422);
    assert!(!admin.get("/console/mail").text.contains("Your own"));
}

#[test]
fn who_may_not_look_after_a_domain_sees_none_of_it() {
    let world = World::with_domains();
    world.user_at("ann", "ann@example.com");
    let letter = world.letters().pop().unwrap();
    let mut ann = Visitor::new(&world);
    ann.get(letter.link.as_deref().unwrap());
    let token = hidden(&ann.get("/console/link"), "form-token");
    let fields = [("form-token", &*token), ("new-password", CHOSEN), ("repeat-password", CHOSEN)];
    ann.post("/console/link", &fields);
    ann.sign_in("ann", CHOSEN);
    assert!(!ann.get("/console/").text.contains("/console/mail"));
    assert_eq!(ann.get("/console/mail").status, 404);
    assert_eq!(ann.get(EVENT).status, 404);
    let token = hidden(&ann.get("/console/"), "form-token");
    let fields = [("form-token", &*token), ("action", "default")];
    assert_eq!(ann.post(EVENT, &fields).status, 404);
    assert_eq!(ann.post(&format!("{EVENT}/preview"), &fields).status, 404);
    let classic = World::new();
    let mut admin = Visitor::signed_in(&classic, "admin", &classic.installed.admin);
    assert_eq!(admin.get("/console/mail").status, 404, "there is no domain");
}
