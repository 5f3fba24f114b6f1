//! `/admin/v1/Users`.

use super::{SEARCH_URN, USER_URN, extension, self_change};
use crate::world::World;
use serde_json::{Value, json};

const ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn id(user: &Value) -> String {
    user["id"].as_str().unwrap().to_owned()
}

fn path(user: &Value) -> String {
    format!("/Users/{}", id(user))
}

/// The names of a list's users, and how many there are on all pages.
fn names(list: &Value) -> (Vec<&str>, i64) {
    let users = list["Resources"].as_array().unwrap();
    let names = users.iter().map(|user| user["userName"].as_str().unwrap());
    (names.collect(), list["totalResults"].as_i64().unwrap())
}

/// A text of a query, percent-encoded.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[test]
fn a_user_is_one_record_seen_from_both_sides() {
    let world = World::with_domains();
    let admin = world.administrator();
    let made = world.scim_user(
        "ann",
        &json!({"description": "Tester", "name": {"givenName": "Ann", "familyName": "Bee"},
                extension("dbCredentials"): {"dbUserName": "ann_db"}}),
    );
    let ocid = made["ocid"].as_str().unwrap();
    let classic = world.get(&admin, &format!("/users/{ocid}")).ok();
    assert_eq!(classic.json()["name"], "ann");
    assert_eq!(classic.json()["description"], "Tester");
    assert_eq!(classic.json()["email"], "ann@example.com");
    assert_eq!(classic.json()["emailVerified"], false);
    assert_eq!(classic.json()["dbUserName"], "ann_db");
    assert_eq!(classic.etag(), made["meta"]["version"].as_str().unwrap());

    let change = json!({"description": "Boss", "email": "new@example.com", "dbUserName": ""});
    let changed = world.put(&admin, &format!("/users/{ocid}"), &change, &[]).ok();
    let seen = world.scim(&admin, "GET", &path(&made), None).ok();
    assert_eq!(seen.etag(), changed.etag());
    let seen = seen.json();
    assert_eq!(seen["description"], "Boss");
    assert_eq!(seen["emails"][0]["value"], "new@example.com");
    assert_eq!(seen["emails"].as_array().unwrap().len(), 1);
    assert_eq!(seen["name"]["familyName"], "Bee", "what only SCIM knows stays");
    assert_eq!(seen["name"]["formatted"], "Ann Bee");

    let bob = world.user_at("bob", "bob@example.com");
    let bob = world.scim(&admin, "GET", &format!("/Users/{bob}"), None).ok().json();
    assert_eq!(bob["userName"], "bob");
    assert_eq!(
        bob["emails"][0],
        json!({"value": "bob@example.com", "type": "work",
                                        "primary": true, "verified": false})
    );
    assert_eq!(bob["active"], true);
}

#[test]
fn an_id_is_the_scim_id_or_the_ocid() {
    let world = World::with_domains();
    let admin = world.administrator();
    let made = world.scim_user("ann", &json!({}));
    let hexadecimal = id(&made);
    assert!(hexadecimal.len() == 32 && hexadecimal.bytes().all(|b| b.is_ascii_hexdigit()));
    let get = |id: &str| world.scim(&admin, "GET", &format!("/Users/{id}"), None);
    let by_id = get(&hexadecimal).ok();
    assert_eq!(get(made["ocid"].as_str().unwrap()).ok().json(), by_id.json());
    assert_eq!(get(&hexadecimal.to_uppercase()).ok().json(), by_id.json());
    let group = world.group("testers");
    for other in ["", "x", hexadecimal.get(1..).unwrap(), &group, world.tenancy()] {
        if !other.is_empty() {
            assert_eq!(get(other).scim_refusal().0, 404, "{other}");
        }
    }
}

#[test]
fn a_list_holds_what_its_filter_fits() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({"displayName": "Ann Bee", "title": "Dr."}));
    world.scim_user(
        "bob",
        &json!({"displayName": "Bob Cee", "active": false, "emails": [
        {"value": "bob@work.example", "type": "work", "primary": true},
        {"value": "bob@home.example", "type": "home"}]}),
    );
    world.scim_user("carl", &json!({"displayName": "Carl"}));
    let list = |filter: &str| {
        let path = format!("/Users?filter={}", encoded(filter));
        world.scim(&admin, "GET", &path, None).ok().json()
    };
    let id = id(&ann);
    for (filter, expected) in [
        (r#"userName eq "ANN""#.to_owned(), vec!["ann"]),
        (format!(r#"id eq "{id}""#), vec!["ann"]),
        (format!(r#"ocid eq "{}""#, ann["ocid"].as_str().unwrap()), vec!["ann"]),
        (r#"emails.value eq "bob@home.example""#.to_owned(), vec!["bob"]),
        (r#"emails[type eq "home" and value co "home"]"#.to_owned(), vec!["bob"]),
        ("active eq false".to_owned(), vec!["bob"]),
        (r#"displayName sw "ann""#.to_owned(), vec!["ann"]),
        (r#"userName sw "a" and not (title pr)"#.to_owned(), vec!["admin"]),
        (r#"userName eq "bob" and active eq true"#.to_owned(), vec![]),
        (r#"userName eq "nobody""#.to_owned(), vec![]),
        (r#"title eq "dr." or userName eq "carl""#.to_owned(), vec!["ann", "carl"]),
        (format!("{}:locked.on eq true", extension("userState")), vec![]),
        (
            r#"meta.created gt "2000-01-01T00:00:00Z""#.to_owned(),
            vec!["admin", "ann", "bob", "carl"],
        ),
    ] {
        let total = i64::try_from(expected.len()).unwrap();
        assert_eq!(names(&list(&filter)), (expected, total), "{filter}");
        let body = json!({"schemas": [SEARCH_URN], "filter": filter});
        let found = world.scim(&admin, "POST", "/Users/.search", Some(&body)).ok();
        assert_eq!(found.status, 200);
        assert_eq!(found.json(), list(&filter), "{filter}");
    }
    for (filter, part) in [
        ("colour eq 1", "`colour` is not an attribute of User at character 1"),
        ("userName", "expected eq, ne,"),
        (r#"password sw "a""#, "`password` cannot be searched"),
        ("description pr", "`description` cannot be searched"),
    ] {
        let refused =
            world.scim(&admin, "GET", &format!("/Users?filter={}", encoded(filter)), None);
        let expected = (400, "invalidFilter".into(), "InvalidParameter".into());
        assert_eq!(refused.scim_refusal(), expected);
        assert!(refused.detail().contains(part), "{refused:?}");
    }
}

#[test]
fn lists_come_in_order_and_in_pages() {
    let world = World::with_domains();
    let admin = world.administrator();
    for (name, title) in [("Carl", "b"), ("ann", "c"), ("bob", "a")] {
        world.scim_user(name, &json!({"title": title}));
    }
    let list = |query: &str| world.scim(&admin, "GET", &format!("/Users?{query}"), None).ok();
    let everyone = vec!["admin", "ann", "bob", "Carl"];
    assert_eq!(names(&list("").json()), (everyone.clone(), 4));
    assert_eq!(
        names(&list("sortBy=userName&sortOrder=DESCENDING").json()).0,
        ["Carl", "bob", "ann", "admin"]
    );
    assert_eq!(
        names(&list("sortBy=title&sortOrder=ascending").json()).0,
        ["bob", "Carl", "ann", "admin"]
    );
    let part = list("startIndex=2&count=2").json();
    assert_eq!(names(&part), (vec!["ann", "bob"], 4));
    assert_eq!((&part["startIndex"], &part["itemsPerPage"]), (&json!(2), &json!(2)));
    let sorted = list("sortBy=title&startIndex=2&count=2").json();
    assert_eq!(names(&sorted), (vec!["Carl", "ann"], 4));
    assert_eq!(names(&list("count=0").json()), (vec![], 4));
    assert_eq!(names(&list("startIndex=9").json()), (vec![], 4));

    for by in ["", "&sortBy=title", "&filter=userName+pr"] {
        let mut seen: Vec<String> = Vec::new();
        let mut page = list(&format!("limit=3{by}"));
        loop {
            seen.extend(names(&page.json()).0.into_iter().map(str::to_owned));
            let Some(next) = page.header("opc-next-page").map(str::to_owned) else { break };
            page = list(&format!("limit=3{by}&page={next}"));
        }
        seen.sort_unstable_by_key(|name| name.to_lowercase());
        assert_eq!(seen, everyone, "{by}");
    }
    let next = list("limit=3").header("opc-next-page").unwrap().to_owned();
    let path = format!("/Users?limit=3&filter=userName+pr&page={next}");
    let other = world.scim(&admin, "GET", &path, None);
    assert_eq!(other.scim_refusal().0, 400, "a token is for its own list");
    let search = |page: &str, filter: &str| {
        let body = json!({"schemas": [SEARCH_URN], "filter": filter});
        let path = format!("/Users/.search?limit=3{page}");
        world.scim(&admin, "POST", &path, Some(&body))
    };
    let next = search("", "userName pr").ok().header("opc-next-page").unwrap().to_owned();
    let next = format!("&page={next}");
    assert_eq!(names(&search(&next, "userName pr").ok().json()).0.len(), 1);
    let other = search(&next, "id pr");
    assert_eq!(other.scim_refusal().0, 400, "and for its own search");
    for query in ["limit=0", "limit=x", "count=x", "sortOrder=UP&sortBy=title", "page=x"] {
        let refused = world.scim(&admin, "GET", &format!("/Users?{query}"), None);
        assert_eq!(refused.scim_refusal().0, 400, "{query}");
    }
}

#[test]
fn an_answer_shows_what_was_asked_for() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({"title": "Dr.", "name": {"givenName": "Ann"}}));
    let get = |query: &str| {
        let path = format!("{}?{query}", path(&ann));
        world.scim(&admin, "GET", &path, None).ok().json()
    };
    let keys =
        |user: &Value| -> Vec<String> { user.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(keys(&get("attributes=title")), ["id", "title", "userName"]);
    assert_eq!(
        get("attributes=name.givenName,emails.value")["emails"],
        json!([{"value": "ann@example.com"}])
    );
    let state = extension("userState");
    assert_eq!(get("")[&state]["locked"], json!({"on": false}));
    assert_eq!(get("")[&state].get("loginAttempts"), None);
    assert_eq!(
        get(&format!("attributes={state}:loginAttempts"))[&state],
        json!({"loginAttempts": 0})
    );
    assert_eq!(keys(&get("attributeSets=always")), ["id", "userName"]);
    let all = get("attributeSets=request&attributeSets=default");
    assert_eq!(all, get("attributeSets=all"));
    assert_eq!(all[extension("passwordState")]["mustChange"], false);
    assert_eq!(all["groups"], json!([]));
    let everything = get("attributeSets=all&attributes=password,groups").to_string();
    assert!(!everything.contains("password\":\""), "{everything}");
    let listed = world.scim(&admin, "GET", "/Users?attributes=title&filter=title+pr", None).ok();
    assert_eq!(listed.json()["Resources"][0], get("attributes=title"));
}

#[test]
fn the_groups_of_a_user_are_shown_where_they_are_asked_for() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({}));
    let group = world.group("testers");
    world.join(&ann["ocid"].as_str().unwrap().into(), &group);
    let shown = world.scim(&admin, "GET", &format!("{}?attributes=groups", path(&ann)), None).ok();
    let groups = shown.json()["groups"].clone();
    assert_eq!(groups[0]["display"], "testers");
    assert_eq!(groups[0]["ocid"], group);
    let filter = encoded(&format!("groups.value eq \"{}\"", groups[0]["value"].as_str().unwrap()));
    let members = world.scim(&admin, "GET", &format!("/Users?filter={filter}"), None).ok();
    assert_eq!(names(&members.json()), (vec!["ann"], 1));
    assert_eq!(members.json()["Resources"][0].get("groups"), None);
}

#[test]
fn a_patch_changes_what_it_names() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({"title": "Ms.", "nickName": "A"}));
    let patched = world.patch(&admin, &path(&ann), &json!([
        {"op": "REPLACE", "path": "title", "value": "Dr."},
        {"op": "remove", "path": "nickName"},
        {"op": "add", "path": "name.familyName", "value": "Bee"},
        {"op": "add", "value": {"displayName": "Ann B."}},
        {"op": "add", "path": "phoneNumbers", "value": [{"value": "+1", "type": "mobile"}]},
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@example.com"},
        {"op": "add", "path": "emails", "value": {"value": "a@home.example", "type": "home"}},
        {"op": "add", "path": format!("{ENTERPRISE_URN}:employeeNumber"), "value": "7"},
        {"op": "replace", "path": "userName", "value": "anna"},
    ])).ok();
    assert_ne!(patched.etag(), ann["meta"]["version"].as_str().unwrap());
    let user = patched.json();
    assert_eq!(user["title"], "Dr.");
    assert_eq!(user.get("nickName"), None);
    assert_eq!(user["name"], json!({"familyName": "Bee", "formatted": "Bee"}));
    assert_eq!(user["displayName"], "Ann B.");
    assert_eq!(user["phoneNumbers"], json!([{"value": "+1", "type": "mobile"}]));
    assert_eq!(
        user["emails"],
        json!([
        {"value": "new@example.com", "type": "work", "primary": true, "verified": false},
        {"value": "a@home.example", "type": "home"}])
    );
    assert_eq!(user[ENTERPRISE_URN], json!({"employeeNumber": "7"}));
    assert!(user["schemas"].as_array().unwrap()[1..].contains(&json!(ENTERPRISE_URN)));
    let classic = world.get(&admin, &format!("/users/{}", ann["ocid"].as_str().unwrap())).ok();
    assert_eq!(classic.json()["name"], "anna");
    assert_eq!(classic.json()["email"], "new@example.com");
    assert_eq!(world.scim(&admin, "GET", &path(&ann), None).ok().json(), user);
    world.scim_user("ann", &json!({})); // the old name is free again
}

#[test]
fn a_patch_that_is_refused_changes_nothing() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({"title": "Ms."}));
    world.scim_user("bob", &json!({}));
    let state = extension("userState");
    for (operation, scim_type, part) in [
        (json!({"op": "replace", "path": "id", "value": "x"}), "mutability", "id is set by"),
        (json!({"op": "replace", "path": "ocid", "value": "x"}), "mutability", "ocid"),
        (json!({"op": "remove", "path": "userName"}), "invalidValue", "userName is missing"),
        (json!({"op": "replace", "path": "userName", "value": "BOB"}), "uniqueness", "BOB"),
        (json!({"op": "replace", "path": "userName", "value": "a b"}), "", "user name"),
        (json!({"op": "replace", "path": "colour", "value": 1}), "invalidPath", "colour"),
        (
            json!({"op": "replace", "path": "emails[type eq \"work\"].value",
                   "value": "bob@example.com"}),
            "uniqueness",
            "e-mail address",
        ),
        (json!({"op": "remove", "path": "emails"}), "", "email is missing"),
        (
            json!({"op": "replace", "path": "emails[type eq \"work\"].verified", "value": true}),
            "",
            "verified cannot be set to true",
        ),
        (
            json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x"}),
            "",
            "is not an e-mail address",
        ),
        (
            json!({"op": "replace", "path": format!("{state}:locked.on"), "value": true}),
            "",
            "has no effect here yet",
        ),
        (
            json!({"op": "add", "path": format!("{state}:loginAttempts"), "value": 0}),
            "mutability",
            "loginAttempts",
        ),
        (
            json!({"op": "replace", "path": "description", "value": "x".repeat(401)}),
            "",
            "description size",
        ),
        (
            json!({"op": "replace", "path": "title", "value": "x".repeat(20_000)}),
            "",
            "the user's attributes take",
        ),
    ] {
        let operations = json!([{"op": "replace", "path": "title", "value": "Dr."}, operation]);
        let refused = world.patch(&admin, &path(&ann), &operations);
        assert_eq!(refused.scim_refusal().1, scim_type, "{operation}: {refused:?}");
        assert!(refused.detail().contains(part), "{operation}: {refused:?}");
    }
    assert_eq!(world.scim(&admin, "GET", &path(&ann), None).ok().json(), ann);
}

#[test]
fn a_put_takes_away_what_it_leaves_out_but_not_extensions() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user(
        "ann",
        &json!({"title": "Ms.", "description": "x",
        "active": false, extension("capabilities"): {"canUseApiKeys": false}}),
    );
    let same = world.scim(&admin, "PUT", &path(&ann), Some(&ann)).ok().json();
    let mut expected = ann.clone();
    expected["meta"] = same["meta"].clone();
    assert_eq!(same, expected, "what was read can be written");
    let body = json!({"schemas": [USER_URN], "userName": "ann", "displayName": "Ann",
                      "emails": [{"value": "ann@example.com", "type": "home"}]});
    let put = world.scim(&admin, "PUT", &path(&ann), Some(&body)).ok().json();
    assert_eq!(put["displayName"], "Ann");
    assert_eq!((put.get("title"), put.get("description")), (None, None));
    assert_eq!(put["active"], false);
    assert_eq!(put[extension("capabilities")]["canUseApiKeys"], false);
    assert_eq!(
        put["emails"],
        json!([{"value": "ann@example.com", "type": "home",
                                      "primary": true, "verified": false}])
    );
    let partial = json!({"schemas": [USER_URN], "displayName": "Ann"});
    let refused = world.scim(&admin, "PUT", &path(&ann), Some(&partial));
    assert_eq!(refused.detail(), "userName is missing");
}

#[test]
fn names_and_addresses_are_unique_in_both_interfaces() {
    let world = World::with_domains();
    let admin = world.administrator();
    let bob = world.user_at("bob", "bob@example.com");
    for (name, email) in [("BOB", "x@example.com"), ("x", "BOB@example.com")] {
        let body = json!({"schemas": [USER_URN], "userName": name,
                          "emails": [{"value": email, "type": "work"}]});
        let refused = world.scim(&admin, "POST", "/Users", Some(&body));
        let expected = (409, "uniqueness".into(), "UserAlreadyExists".into());
        assert_eq!(refused.scim_refusal(), expected, "{name}");
    }
    world.delete(&admin, &format!("/users/{bob}"), &[]).ok();
    world.scim_user("bob", &json!({}));
}

#[test]
fn a_user_of_a_domain_needs_an_address() {
    let world = World::with_domains();
    let body = json!({"schemas": [USER_URN], "userName": "ann"});
    let refused = world.scim(&world.administrator(), "POST", "/Users", Some(&body));
    assert!(refused.detail().starts_with("email is missing"), "{refused:?}");
}

#[test]
fn whose_an_address_is_only_a_mailed_link_shows() {
    let world = World::with_domains();
    let admin = world.administrator();
    let emails = json!([{"value": "ann@example.com", "type": "work", "primary": true,
                         "verified": true}]);
    let ann = world.scim_user("ann", &json!({"emails": emails}));
    assert_eq!(ann["emails"][0]["verified"], false, "not by who makes the user");
    let token = world.letters()[0].link.as_deref().unwrap().split_once("t=").unwrap().1.to_owned();
    let choose = json!({"schemas": [super::schema("MePasswordResetter")], "token": token,
                        "password": crate::console::CHOSEN});
    world.scim(&admin, "POST", "/MePasswordResetter", Some(&choose)).ok();
    let ann = world.scim(&admin, "GET", &path(&ann), None).ok().json();
    assert_eq!(ann["emails"][0]["verified"], true);
    world.letters();
    let forgot = || {
        let body = json!({"schemas": [super::schema("MePasswordResetRequestor")],
                          "userName": "ann", "notificationType": "email"});
        world.scim(&admin, "POST", "/MePasswordResetRequestor", Some(&body)).ok();
        world.work_off();
        let letters = world.letters().into_iter();
        letters.map(|letter| format!("{} {}", letter.event, letter.to)).collect::<Vec<String>>()
    };
    assert_eq!(forgot(), ["PasswordRecovery ann@example.com"]);
    // Who may change users cannot send themselves a link to another's password.
    let eve = json!([{"value": "eve@example.com", "type": "work", "primary": true,
                      "verified": true}]);
    let moved = json!([{"op": "replace", "path": "emails", "value": eve}]);
    let moved = world.patch(&admin, &path(&ann), &moved).ok().json();
    assert_eq!(moved["emails"][0]["verified"], false);
    let told: Vec<String> =
        world.letters().iter().map(|letter| format!("{} {}", letter.event, letter.to)).collect();
    assert_eq!(told, ["EmailChanged ann@example.com", "VerifyEmail eve@example.com"]);
    let claim = json!([{"op": "replace", "path": "emails", "value": eve}]);
    let refused = world.patch(&admin, &path(&ann), &claim);
    assert!(refused.detail().contains("verified cannot be set to true"), "{refused:?}");
    assert_eq!(forgot(), Vec::<String>::new());
}

#[test]
fn an_inactive_user_can_neither_sign_nor_sign_in() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({}));
    let ocid = ann["ocid"].as_str().unwrap();
    let signs = world.give_key(&ocid.into(), 1);
    world.get(&signs, &format!("/users/{ocid}")).ok();
    let active = |value: bool| {
        let operations = json!([{"op": "replace", "path": "active", "value": value}]);
        world.patch(&admin, &path(&ann), &operations).ok().json()["active"].clone()
    };
    assert_eq!(active(false), false);
    assert_eq!(world.get(&signs, &format!("/users/{ocid}")).status, 401);
    let classic = world.get(&admin, &format!("/users/{ocid}")).ok();
    assert_eq!(classic.json()["lifecycleState"], "INACTIVE");
    assert_eq!(classic.json()["inactiveStatus"], 2);
    assert_eq!(active(true), true);
    world.get(&signs, &format!("/users/{ocid}")).ok();
}

#[test]
fn a_change_of_oneself_must_be_meant() {
    let world = World::with_domains();
    let admin = world.administrator();
    let me = format!("/Users/{}", world.installed.admin);
    let title = json!({"op": "add", "path": "title", "value": "Dr."});
    let refused = world.patch(&admin, &me, &json!([title]));
    assert_eq!(refused.scim_refusal(), (403, String::new(), "NotAuthorized".into()));
    assert!(refused.detail().contains(&self_change()), "{refused:?}");
    let flag = |value: bool| json!({"op": "add", "path": self_change(), "value": value});
    assert_eq!(world.patch(&admin, &me, &json!([title, flag(false)])).status, 403);
    let patched = world.patch(&admin, &me, &json!([title, flag(true)])).ok();
    assert_eq!(patched.json()["title"], "Dr.");
    assert!(!patched.text.contains("selfChange"), "{patched:?}");

    let mut body = patched.json();
    assert_eq!(world.scim(&admin, "PUT", &me, Some(&body)).status, 403);
    body[self_change()] = json!(true);
    world.scim(&admin, "PUT", &me, Some(&body)).ok();
    body.as_object_mut().unwrap().remove(&self_change());
    body[extension("selfChange")] = json!({"allowSelfChange": true});
    world.scim(&admin, "PUT", &me, Some(&body)).ok();
    world.scim(&admin, "GET", &me, None).ok();

    assert_eq!(world.scim(&admin, "DELETE", &me, None).status, 403);
    let refused = world.scim(&admin, "DELETE", &format!("{me}?allowSelfChange=true"), None);
    assert_eq!(refused.status, 409, "an administrator is in a group: {refused:?}");
}

#[test]
fn a_user_in_a_group_is_deleted_only_by_force() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({"title": "Ms."}));
    let group = world.group("testers");
    world.join(&ann["ocid"].as_str().unwrap().into(), &group);
    let refused = world.scim(&admin, "DELETE", &path(&ann), None);
    assert_eq!(refused.scim_refusal().0, 409);
    let gone = world.scim(&admin, "DELETE", &format!("{}?forceDelete=true", path(&ann)), None);
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(world.scim(&admin, "GET", &path(&ann), None).status, 404);
    assert_eq!(world.get(&admin, &format!("/users/{}", ann["ocid"].as_str().unwrap())).status, 404);
    assert_eq!(world.scim_user("ann", &json!({})).get("title"), None);
    let me = format!("/Users/{}?forceDelete=true&allowSelfChange=true", world.installed.admin);
    let last = world.scim(&admin, "DELETE", &me, None);
    assert_eq!(last.scim_refusal().0, 409, "the last administrator stays: {last:?}");
}

#[test]
fn users_see_themselves_and_nobody_else_without_a_policy() {
    let world = World::with_domains();
    let ann = world.scim_user("ann", &json!({}));
    let eve = world.scim_user("eve", &json!({}));
    let signs = world.give_key(&eve["ocid"].as_str().unwrap().into(), 1);
    world.scim(&signs, "GET", &path(&eve), None).ok();
    assert_eq!(world.scim(&signs, "GET", &path(&ann), None).status, 404);
    assert_eq!(world.scim(&signs, "GET", "/Users", None).status, 404);
    let operations = json!([{"op": "add", "path": "title", "value": "x"}]);
    assert_eq!(world.patch(&signs, &path(&eve), &operations).status, 404);
    assert_eq!(world.patch(&signs, &path(&ann), &operations).status, 404);
}
