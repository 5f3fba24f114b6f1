//! `/20160918/users` and below: users, their state and their capabilities.

use crate::world::{HOST, NOON, World};
use iam_api::{BLOCKED, Ocid};
use iam_core::context::Limits;
use serde_json::{Value, json};

fn details(world: &World, name: &str) -> Value {
    json!({"compartmentId": world.tenancy(), "name": name, "description": "test"})
}

#[test]
fn a_new_user_is_answered_whole_with_etag_and_location() {
    let world = World::new();
    let mut body = details(&world, "Ann.Smith+x@example.com");
    body["email"] = json!("ann@example.com");
    body["freeformTags"] = json!({"team": "blue"});
    let answer = world.post(&world.administrator(), "/users", &body);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-cache, no-store, must-revalidate"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let location = format!("http://{HOST}/20160918/users/{}", answer.id());
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let etag = answer.etag();
    let id = Ocid::from(answer.id());
    assert_eq!(id.kind(), Some("user"));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "name": "Ann.Smith+x@example.com",
        "description": "test", "email": "ann@example.com", "emailVerified": false,
        "identityProviderId": null, "externalIdentifier": null,
        "timeCreated": "2026-11-23T12:00:00.000Z", "timeModified": "2026-11-23T12:00:00.000Z",
        "lifecycleState": "ACTIVE", "freeformTags": {"team": "blue"}, "definedTags": {},
        "capabilities": {
            "canUseConsolePassword": true, "canUseApiKeys": true, "canUseAuthTokens": true,
            "canUseSmtpCredentials": true, "canUseDbCredentials": true,
            "canUseCustomerSecretKeys": true, "canUseOAuth2ClientCredentials": true,
        },
        "isMfaActivated": false, "lastSuccessfulLoginTime": null,
        "previousSuccessfulLoginTime": null,
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&world.administrator(), &format!("/users/{id}"));
    assert_eq!((read.json(), read.etag()), (expected, etag));
    assert_eq!(read.header("location"), None);
}

#[test]
fn the_request_id_is_the_callers_and_two_segments_of_ours() {
    let world = World::new();
    let admin = world.administrator();
    let id = "0123456789ABCDEF0123456789ABCDEF";
    let headers = [("opc-request-id", id)];
    let target = format!("/20160918/users/{}", admin.user);
    let answer = world.send_with(&admin, "GET", &target, None, &headers);
    let segments: Vec<&str> = answer.header("opc-request-id").unwrap().split('/').collect();
    assert_eq!(segments.len(), 3);
    assert_eq!(segments[0], id);
    let is_hex = |text: &&&str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    assert_eq!(segments[1..].iter().filter(is_hex).count(), 2);
    assert_ne!(segments[1], segments[2]);
}

#[test]
fn a_name_is_letters_digits_and_five_signs_up_to_a_hundred() {
    let world = World::new();
    let admin = world.administrator();
    let hundred = "a".repeat(100);
    for good in ["a", "A-._+@9", &hundred] {
        world.post(&admin, "/users", &details(&world, good)).ok();
    }
    let more = "a".repeat(101);
    for bad in
        ["", " ", "a b", "ann ", "ä", "ann/bob", "a\u{0}", "ann\n", "ｂｏｂ", "ann\u{202e}", &more]
    {
        let answer = world.post(&admin, "/users", &details(&world, bad));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
}

#[test]
fn a_name_exists_once_in_whatever_case_and_is_free_again_after_the_user_is_gone() {
    let world = World::new();
    let admin = world.administrator();
    let first = world.user("Ann");
    for name in ["Ann", "ann", "ANN"] {
        let answer = world.post(&admin, "/users", &details(&world, name));
        assert_eq!(answer.code(), (409, "UserAlreadyExists".into()), "{name}");
    }
    assert_eq!(world.delete(&admin, &format!("/users/{first}"), &[]).status, 204);
    assert_ne!(world.user("Ann"), first);
}

#[test]
fn no_two_users_have_one_email_address() {
    let world = World::new();
    let admin = world.administrator();
    let mut body = details(&world, "ann");
    body["email"] = json!("ann@example.com");
    let ann = world.post(&admin, "/users", &body).ok().id();
    let mut body = details(&world, "bob");
    body["email"] = json!("ANN@example.com");
    let answer = world.post(&admin, "/users", &body);
    assert_eq!(answer.code(), (409, "UserAlreadyExists".into()));
    let bob = world.user("bob");
    let taken = json!({"email": "Ann@Example.com"});
    let answer = world.put(&admin, &format!("/users/{bob}"), &taken, &[]);
    assert_eq!(answer.code(), (409, "UserAlreadyExists".into()));
    world.put(&admin, &format!("/users/{ann}"), &json!({"email": ""}), &[]).ok();
    let answer = world.put(&admin, &format!("/users/{bob}"), &taken, &[]).ok();
    assert_eq!(answer.text("email"), "Ann@Example.com");
}

#[test]
fn no_two_users_have_one_database_name() {
    let world = World::new();
    let admin = world.administrator();
    let path = |name: &str| format!("/users/{}", world.user(name));
    let (ann, bob) = (path("ann"), path("bob"));
    let set = |path: &str, name: &str| world.put(&admin, path, &json!({"dbUserName": name}), &[]);
    set(&ann, "ann_db").ok();
    let refused = set(&bob, "ANN_db");
    assert_eq!(refused.code(), (409, "UserAlreadyExists".into()));
    assert!(refused.text("message").contains("dbUserName `ANN_db`"), "{}", refused.text);
    assert_eq!(world.get(&admin, &bob).ok().json().get("dbUserName"), None);
    assert_eq!(set(&ann, "Ann_DB").ok().text("dbUserName"), "Ann_DB", "its owner may respell it");
    set(&ann, "another").ok();
    set(&bob, "ANN_db").ok();
    world.delete(&admin, &bob, &[]).ok();
    set(&ann, "ann_db").ok();
}

#[test]
fn an_email_address_that_is_none_or_more_than_one_is_refused() {
    let world = World::new();
    for bad in ["ann", "ann@", "a@b,c@d", "a@b\r\nBcc: c@d", "a b@c"] {
        let mut body = details(&world, "ann");
        body["email"] = json!(bad);
        let answer = world.post(&world.administrator(), "/users", &body);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
}

#[test]
fn users_belong_to_the_tenancy_and_a_compartment_must_be_named() {
    let world = World::new();
    let admin = world.administrator();
    let mut body = details(&world, "ann");
    body["compartmentId"] = json!("");
    let answer = world.post(&admin, "/users", &body);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    assert_eq!(answer.text("message"), "compartmentId may not be empty");
    body["compartmentId"] = json!(world.group("team"));
    let answer = world.post(&admin, "/users", &body);
    assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
}

#[test]
fn a_description_has_up_to_400_characters_counted_as_characters() {
    let world = World::new();
    let admin = world.administrator();
    let mut body = details(&world, "ann");
    body["description"] = json!("ä".repeat(400));
    let ann = world.post(&admin, "/users", &body).ok().id();
    for (method, path) in [("POST", "/20160918/users"), ("PUT", &format!("/20160918/users/{ann}"))]
    {
        let long = "ä".repeat(401);
        let body = match method {
            "POST" => json!({"compartmentId": world.tenancy(), "name": "b", "description": long}),
            _ => json!({"description": long}),
        };
        let answer = world.send(&admin, method, path, Some(&body));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()));
        assert_eq!(answer.text("message"), "description size must be between 0 and 400");
    }
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let world = World::new();
    let admin = world.administrator();
    let mut body = details(&world, "ann");
    body["email"] = json!("ann@example.com");
    body["freeformTags"] = json!({"team": "blue"});
    let before = world.post(&admin, "/users", &body).ok();
    let path = format!("/users/{}", before.id());
    world.pass(60);
    let after = world.put(&admin, &path, &json!({"description": "new"}), &[]).ok();
    let mut expected = before.json();
    expected["description"] = json!("new");
    expected["timeModified"] = json!("2026-11-23T12:01:00.000Z");
    assert_eq!(after.json(), expected);
    assert_ne!(after.etag(), before.etag());
    let null = json!({"description": null, "email": null, "freeformTags": null});
    assert_eq!(world.put(&admin, &path, &null, &[]).ok().json(), expected);
    let body = json!({"freeformTags": {}, "dbUserName": "ann_db@x"});
    let after = world.put(&admin, &path, &body, &[]).ok().json();
    assert_eq!(after["freeformTags"], json!({}));
    assert_eq!(after["dbUserName"], "ann_db@x");
    let after = world.put(&admin, &path, &json!({"dbUserName": "", "email": ""}), &[]).ok().json();
    assert_eq!((&after["dbUserName"], &after["email"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_name_cannot_be_changed() {
    let world = World::new();
    let path = format!("/users/{}", world.user("ann"));
    let answer = world.put(&world.administrator(), &path, &json!({"name": "bob"}), &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    assert!(answer.text("message").contains("`name`"), "{}", answer.text);
}

#[test]
fn a_database_name_is_up_to_128_of_the_same_signs() {
    let world = World::new();
    let (admin, path) = (world.administrator(), format!("/users/{}", world.user("ann")));
    let update = |name: &str| world.put(&admin, &path, &json!({"dbUserName": name}), &[]);
    update(&"a".repeat(128)).ok();
    for bad in ["a b", "ä", &"a".repeat(129)] {
        assert_eq!(update(bad).code(), (400, "InvalidParameter".into()), "{bad}");
    }
}

#[test]
fn tags_are_ten_at_most_and_defined_ones_need_a_namespace() {
    let world = World::new();
    let admin = world.administrator();
    let tags =
        |count: usize| -> Value { (0..count).map(|n| (n.to_string(), json!("x"))).collect() };
    let mut cases = vec![(json!({"freeformTags": tags(10)}), 200)];
    cases.push((json!({"freeformTags": tags(11)}), 400));
    cases.push((json!({"freeformTags": {"": "x"}}), 400));
    cases.push((json!({"freeformTags": {"k".repeat(101): "x"}}), 400));
    cases.push((json!({"freeformTags": {"k": "x".repeat(257)}}), 400));
    cases.push((json!({"freeformTags": {"k".repeat(100): "x".repeat(256)}}), 200));
    cases.push((json!({"definedTags": {"ns": {"k": "v"}}}), 400));
    cases.push((json!({"definedTags": {"ns": {}}}), 200));
    cases.push((json!({"definedTags": {}}), 200));
    let path = format!("/users/{}", world.user("ann"));
    for (body, status) in cases {
        assert_eq!(world.put(&admin, &path, &body, &[]).status, status, "{body}");
    }
}

#[test]
fn a_tenancy_has_so_many_users_and_no_more() {
    let limits = Limits { users: 3, ..Limits::default() };
    let world = World::with(limits, iam_core::authentication_policies::PasswordProfile::Oci);
    let admin = world.administrator();
    let (ann, _) = (world.user("ann"), world.user("bob"));
    let answer = world.post(&admin, "/users", &details(&world, "carl"));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
    assert!(answer.text("message").contains("user-count"));
    world.delete(&admin, &format!("/users/{ann}"), &[]).ok();
    world.user("carl");
}

#[test]
fn only_a_user_in_no_group_can_be_deleted_and_then_is_gone_with_all_they_had() {
    let world = World::new();
    let admin = world.administrator();
    let ann = world.caller_with("ann", 1, &["allow group them to inspect groups in tenancy"]);
    let path = format!("/users/{}", ann.user);
    assert_eq!(world.delete(&admin, &path, &[]).code(), (409, "Conflict".into()));
    let list =
        format!("/userGroupMemberships?compartmentId={}&userId={}", world.tenancy(), ann.user);
    for membership in world.get(&admin, &list).ok().json().as_array().unwrap() {
        let path = format!("/userGroupMemberships/{}", membership["id"].as_str().unwrap());
        world.delete(&admin, &path, &[]).ok();
    }
    world.get(&ann, &path).ok();
    let gone = world.delete(&admin, &path, &[]);
    assert_eq!((gone.status, gone.text.as_str(), gone.header("content-type")), (204, "", None));
    assert_eq!(world.get(&admin, &path).status, 404);
    assert_eq!(world.get(&ann, &path).status, 401);
    let listed = world.get(&admin, &format!("/users?compartmentId={}", world.tenancy())).ok();
    assert_eq!(listed.json().as_array().unwrap().len(), 1);
    assert_eq!(world.delete(&admin, &path, &[]).status, 404);
}

#[test]
fn the_last_administrator_cannot_be_deleted() {
    let world = World::new();
    let admin = world.administrator();
    let answer = world.delete(&admin, &format!("/users/{}", admin.user), &[]);
    assert_eq!(answer.code(), (409, "Conflict".into()));
}

#[test]
fn unblocking_makes_a_blocked_user_active_and_leaves_others_as_they_are() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let (path, state) = (format!("/users/{ann}"), format!("/users/{ann}/state"));
    let unblock = json!({"blocked": false});
    let before = world.get(&admin, &path).ok();
    let after = world.put(&admin, &state, &unblock, &[]).ok();
    assert_eq!((after.json(), after.etag()), (before.json(), before.etag()));
    world.set_inactive(&ann, BLOCKED);
    let blocked = world.get(&admin, &path).ok();
    assert_eq!(blocked.text("lifecycleState"), "INACTIVE");
    assert_eq!(blocked.json()["inactiveStatus"], 4);
    let after = world.put(&admin, &state, &unblock, &[]).ok();
    assert_eq!(after.json(), before.json());
    assert_ne!(after.etag(), blocked.etag());
}

#[test]
fn unblocking_does_not_make_active_who_is_inactive_for_another_reason_too() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    world.set_inactive(&ann, BLOCKED | 2);
    let answer = world.put(&admin, &format!("/users/{ann}/state"), &json!({"blocked": false}), &[]);
    let json = answer.ok().json();
    assert_eq!((&json["lifecycleState"], &json["inactiveStatus"]), (&json!("INACTIVE"), &json!(2)));
}

#[test]
fn a_user_cannot_be_blocked_by_request() {
    let world = World::new();
    let (admin, path) = (world.administrator(), format!("/users/{}/state", world.user("ann")));
    let answer = world.put(&admin, &path, &json!({"blocked": true}), &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    for body in [json!({}), json!({"blocked": null})] {
        let answer = world.put(&admin, &path, &body, &[]);
        assert_eq!(answer.code(), (400, "MissingParameter".into()), "{body}");
    }
}

#[test]
fn capabilities_are_changed_under_one_spelling_and_answered_under_another() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let path = format!("/users/{ann}/capabilities");
    let body = json!({"canUseDBCredentials": false, "canUseSmtpCredentials": false});
    let answer = world.put(&admin, &path, &body, &[]).ok();
    assert_eq!(answer.text("name"), "ann");
    let capabilities = &answer.json()["capabilities"];
    assert_eq!(capabilities["canUseDbCredentials"], false);
    assert_eq!(capabilities["canUseSmtpCredentials"], false);
    assert_eq!(capabilities["canUseApiKeys"], true);
    assert_eq!(capabilities.as_object().unwrap().len(), 7);
    let answer = world.put(&admin, &path, &json!({"canUseDbCredentials": true}), &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    let answer = world.put(&admin, &path, &json!({"canUseSmtpCredentials": true}), &[]).ok();
    assert_eq!(answer.json()["capabilities"]["canUseDbCredentials"], false);
}

#[test]
fn users_see_themselves_and_change_their_own_address_but_not_their_description() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &[]);
    let path = format!("/users/{}", ann.user);
    assert_eq!(world.get(&ann, &path).ok().text("name"), "ann");
    let answer = world.put(&ann, &path, &json!({"email": "ann@example.com"}), &[]).ok();
    assert_eq!(answer.json()["emailVerified"], false);
    for body in [
        json!({"description": "boss"}),
        json!({"email": "b@example.com", "description": "boss"}),
        json!({"freeformTags": {"a": "b"}}),
    ] {
        assert_eq!(world.put(&ann, &path, &body, &[]).status, 404, "{body}");
    }
    assert_eq!(world.get(&ann, &path).ok().text("description"), "test");
}

#[test]
fn a_slash_at_the_end_makes_no_difference() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let made = world.post(&admin, "/users/", &details(&world, "bob")).ok();
    assert_eq!(made.text("timeCreated"), NOON.to_string());
    world.get(&admin, &format!("/users/?compartmentId={}", world.tenancy())).ok();
    world.get(&admin, &format!("/users/{ann}/")).ok();
    world.put(&admin, &format!("/users/{ann}/state/"), &json!({"blocked": false}), &[]).ok();
    world.put(&admin, &format!("/users/{ann}/capabilities/"), &json!({}), &[]).ok();
    world.get(&admin, &format!("/users/{ann}/apiKeys/")).ok();
}
