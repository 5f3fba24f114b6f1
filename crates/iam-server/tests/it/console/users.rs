//! Users: who may see and do what, and how what they wrote is shown.

use super::*;
use serde_json::json;

fn create(visitor: &mut Visitor<'_>, name: &str, description: &str, email: &str) -> Answer {
    let page = visitor.get("/console/users/new");
    let (token, retry) = (hidden(&page, "form-token"), hidden(&page, "retry-token"));
    let fields = [
        ("form-token", &*token),
        ("retry-token", &*retry),
        ("name", name),
        ("description", description),
        ("email", email),
    ];
    visitor.post("/console/users/new", &fields)
}

#[test]
fn without_a_policy_a_user_sees_themselves_and_nobody_else() {
    let world = World::new();
    let (ann, bob) = (world.user("ann"), world.user("bob"));
    let mut visitor = Visitor::signed_in(&world, "ann", &ann);
    let home = visitor.get("/console/");
    assert!(!home.text.contains("href=\"/console/users\""));
    let own = visitor.get(&format!("/console/users/{ann}"));
    assert_eq!(own.status, 200);
    assert!(!own.text.contains("Create/Reset Password") && !own.text.contains("Delete user"));
    let unknown = visitor.get("/console/users/ocid1.user.oc1..nobody");
    let text =
        |answer: &Answer| answer.text.replace(answer.header("opc-request-id").unwrap(), "ID");
    for path in ["", "/password", "/capabilities", "/delete"] {
        let other = visitor.get(&format!("/console/users/{bob}{path}"));
        assert_eq!(other.status, 404);
        assert_eq!(text(&other), text(&unknown), "absent and forbidden are one");
    }
    for path in ["/console/users", "/console/users/new"] {
        assert_eq!(visitor.get(path).status, 404);
    }
    let token = hidden(&home, "form-token");
    for path in ["/password", "/unblock", "/capabilities", "/delete"] {
        let path = format!("/console/users/{bob}{path}");
        let fields = [("form-token", &*token), ("retry-token", "x"), ("etag", "*")];
        assert_eq!(visitor.post(&path, &fields).status, 404, "{path}");
    }
    let fields =
        [("form-token", &*token), ("retry-token", "y"), ("name", "eve"), ("description", "x")];
    assert_eq!(visitor.post("/console/users/new", &fields).status, 404);
}

#[test]
fn what_a_page_offers_follows_the_policies_at_once() {
    let world = World::new();
    let (helper, bob) = (world.user("helper"), world.user("bob"));
    world.join(&helper, &world.group("helpdesk"));
    let mut visitor = Visitor::signed_in(&world, "helper", &helper);
    let page = format!("/console/users/{bob}");
    assert_eq!(visitor.get(&page).status, 404);

    world.policy("look", &["Allow group helpdesk to inspect users in tenancy"]);
    assert!(visitor.get("/console/").text.contains("href=\"/console/users\""));
    let seen = visitor.get(&page);
    assert_eq!(seen.status, 200);
    let actions = ["Create/Reset Password", "Edit user capabilities", "Delete user"];
    assert!(!actions.iter().any(|action| seen.text.contains(action)), "{}", seen.text);
    assert!(seen.text.contains("You are not allowed to see the groups"));
    assert!(!visitor.get("/console/users").text.contains("Create user"));

    world.policy("manage", &["Allow group helpdesk to manage users in tenancy"]);
    let seen = visitor.get(&page);
    assert!(actions.iter().all(|action| seen.text.contains(action)), "{}", seen.text);
    assert!(visitor.get("/console/users").text.contains("Create user"));
}

#[test]
fn a_help_desk_that_may_reset_and_unblock_is_offered_that() {
    let world = World::new();
    let (helper, bob) = (world.user("helper"), world.user("bob"));
    world.join(&helper, &world.group("HelpDesk"));
    let may = "{USER_INSPECT, USER_UPDATE, USER_UIPASS_RESET, USER_UNBLOCK}";
    world.policy("help-desk", &[&format!("Allow group HelpDesk to {may} in tenancy")]);
    let mut visitor = Visitor::signed_in(&world, "helper", &helper);
    let page = visitor.get(&format!("/console/users/{bob}"));
    assert!(page.text.contains("Create/Reset Password") && !page.text.contains("Delete user"));
    let path = format!("/console/users/{bob}/password");
    let asked = visitor.get(&path);
    assert!(asked.text.contains("any Console password that the user has"), "it may not know");
    let (token, retry) = (hidden(&asked, "form-token"), hidden(&asked, "retry-token"));
    let shown = visitor.post(&path, &[("form-token", &token), ("retry-token", &retry)]);
    assert_eq!(shown_password(&shown).len(), 20);
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    assert!(admin.get(&path).text.contains("the password that was set"));
    let ann = world.user("ann");
    let nothing = admin.get(&format!("/console/users/{ann}/password"));
    assert!(nothing.text.contains("Nothing: the user has no Console password yet"));
}

#[test]
fn creating_a_user_says_what_is_wrong_and_with_which_field() {
    let world = World::new();
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let made = create(&mut admin, "ann", "Ann Smith", "ann@example.com");
    assert!(made.header("location").unwrap().ends_with("?done=created"));
    let long = "x".repeat(401);
    for (name, description, email, field) in [
        ("ann", "again", "", "name"),
        ("not a name", "x", "", "name"),
        ("", "x", "", "name"),
        ("bob", &long, "", "description"),
        ("bob", "x", "ann@example.com", "email"),
        ("bob", "x", "not an address", "email"),
    ] {
        let answer = create(&mut admin, name, description, email);
        assert_eq!(answer.status, 422, "{name}: {}", answer.text);
        let link = format!("<a href=\"#{field}\">");
        assert!(answer.text.contains(&link), "{name} {email}: {}", answer.text);
        assert!(answer.text.contains(&format!("id=\"{field}-mistake\"")));
    }
}

#[test]
fn a_form_that_is_sent_twice_creates_one_user() {
    let world = World::new();
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let page = admin.get("/console/users/new");
    let (token, retry) = (hidden(&page, "form-token"), hidden(&page, "retry-token"));
    let fields = [
        ("form-token", &*token),
        ("retry-token", &*retry),
        ("name", "ann"),
        ("description", "Ann"),
    ];
    let first = admin.post("/console/users/new", &fields);
    let second = admin.post("/console/users/new", &fields);
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.header("location"), second.header("location"));
}

#[test]
fn the_list_goes_on_page_by_page_and_finds_a_name() {
    let world = World::new();
    for number in 0..60 {
        world.user(&format!("user-{number:02}"));
    }
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let rows = |page: &Answer| page.text.matches("<th scope=\"row\"").count();
    let first = admin.get("/console/users");
    assert_eq!(rows(&first), 50);
    let next = first.text.split('"').find(|part| part.starts_with("/console/users?page=")).unwrap();
    let second = admin.get(next);
    assert_eq!(rows(&second), 11, "60 and the administrator");
    assert!(!second.text.contains("rel=\"next\""));
    let found = admin.get("/console/users?name=user-07");
    assert_eq!(rows(&found), 1);
    let none = admin.get("/console/users?name=%3Cscript%3E");
    assert_eq!(rows(&none), 0);
    assert!(none.text.contains("no user named <strong><bdi>&#60;script&#62;"));
}

#[test]
fn what_people_wrote_is_text_and_nothing_else() {
    let world = World::new();
    let naughty = "<script>alert(1)</script>\"'>{{7*7}}\u{202e}gpj.exe\u{0}";
    let body = json!({"compartmentId": world.tenancy(), "name": "ann", "description": naughty});
    let made = world.send(&world.administrator(), "POST", "/20160918/users", Some(&body)).ok();
    let ann = Ocid::from(made.id());
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let user = format!("/console/users/{ann}");
    for path in ["/console/users", &*user, &*format!("{user}/delete")] {
        let page = admin.get(path);
        assert_eq!(page.status, 200);
        assert!(page.text.contains("&#60;script&#62;alert(1)"), "{path}: {}", page.text);
        assert!(page.text.contains("{{7*7}}[U+202E]gpj.exe[U+0000]"), "{path}");
        assert!(!page.text.contains("<script>alert") && !page.text.contains('\u{202e}'));
    }
    let mut visitor = Visitor::new(&world);
    let page = visitor.get("/console/sign-in?tenant=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    let refused = visitor.sign_in("\"><img src=x onerror=alert(1)>", "x");
    assert!(!refused.text.contains("<img src=x"), "{}", refused.text);
}

#[test]
fn deleting_asks_first_and_is_refused_for_members_of_groups() {
    let world = World::new();
    let ann = world.user("ann");
    let membership = world.join(&ann, &world.group("staff"));
    let mut admin = Visitor::signed_in(&world, "admin", &world.installed.admin);
    let path = format!("/console/users/{ann}/delete");
    let page = admin.get(&path);
    assert!(page.text.contains("Delete <bdi>ann</bdi>?"));
    let token = hidden(&page, "form-token");
    let refused = admin.post(&path, &[("form-token", &token)]);
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("remove the user from them first"));
    let out = format!("/20160918/userGroupMemberships/{membership}");
    world.send(&world.administrator(), "DELETE", &out, None).ok();
    let deleted = admin.post(&path, &[("form-token", &token)]);
    assert_eq!(deleted.header("location"), Some("/console/users?done=deleted"));
    assert_eq!(admin.get(&format!("/console/users/{ann}")).status, 404);
}
