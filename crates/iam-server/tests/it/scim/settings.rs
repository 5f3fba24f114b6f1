//! `/admin/v1/IdentitySettings` and `/admin/v1/NotificationSettings`.

use super::{SEARCH_URN, schema};
use crate::world::World;
use serde_json::{Value, json};

const IDENTITY: &str = "/IdentitySettings/IdentitySettings";
const NOTIFICATION: &str = "/NotificationSettings/NotificationSettings";

fn minutes(settings: &Value, kind: &str) -> Value {
    let tokens = settings["tokens"].as_array().unwrap();
    tokens.iter().find(|token| token["type"] == kind).unwrap()["expiresAfter"].clone()
}

#[test]
fn the_only_settings_are_listed_searched_and_shown() {
    let world = World::with_domains();
    let admin = world.administrator();
    for (path, id) in [(IDENTITY, "IdentitySettings"), (NOTIFICATION, "NotificationSettings")] {
        let shown = world.scim(&admin, "GET", path, None).ok();
        assert_eq!(shown.json()["id"], id);
        assert_eq!(shown.json()["schemas"], json!([schema(id)]));
        assert_eq!(shown.json()["meta"]["version"], shown.etag());
        let list = world.scim(&admin, "GET", &format!("/{id}"), None).ok().json();
        assert_eq!(list["totalResults"], 1);
        assert_eq!(list["Resources"], json!([shown.json()]));
        let body = json!({"schemas": [SEARCH_URN], "attributes": ["id"]});
        let found = world.scim(&admin, "POST", &format!("/{id}/.search"), Some(&body)).ok().json();
        assert_eq!(found["Resources"], json!([{"id": id}]));
        assert_eq!(world.scim(&admin, "GET", &format!("/{id}/Other"), None).status, 404);
    }
}

#[test]
fn token_lifetimes_are_patched_within_their_bounds() {
    let world = World::with_domains();
    let admin = world.administrator();
    let shown = world.scim(&admin, "GET", IDENTITY, None).ok().json();
    assert_eq!(minutes(&shown, "passwordReset"), 60);
    let set = |minutes: i64| {
        let path = r#"tokens[type eq "passwordReset"].expiresAfter"#;
        let change = json!([{"op": "REPLACE", "path": path, "value": minutes}]);
        world.patch(&admin, IDENTITY, &change)
    };
    for bad in [0, 43_201, -5] {
        assert!(set(bad).detail().contains("give 1 to 43200 minutes"));
    }
    let changed = set(5).ok();
    assert_eq!(minutes(&changed.json(), "passwordReset"), 5);
    assert_eq!(minutes(&changed.json(), "createUser"), 7 * 24 * 60);
    let again = world.scim(&admin, "GET", IDENTITY, None).ok();
    assert_eq!((again.json(), again.etag()), (changed.json(), changed.etag()));
    set(43_200).ok();
}

#[test]
fn a_put_leaves_what_it_does_not_name_as_in_a_new_domain() {
    let world = World::with_domains();
    let admin = world.administrator();
    let first = world.scim(&admin, "GET", IDENTITY, None).ok().json();
    let body = json!({"schemas": [schema("IdentitySettings")], "primaryEmailRequired": false,
                      "tokens": [{"type": "createUser", "expiresAfter": 30}]});
    let put = world.scim(&admin, "PUT", IDENTITY, Some(&body)).ok().json();
    assert_eq!(put["primaryEmailRequired"], false);
    assert_eq!(
        (minutes(&put, "createUser"), minutes(&put, "passwordReset")),
        (json!(30), json!(60))
    );
    // Now a user needs no address.
    let user = json!({"schemas": [super::USER_URN], "userName": "ann"});
    assert_eq!(world.scim(&admin, "POST", "/Users", Some(&user)).status, 201);
    let bare = json!({"schemas": [schema("IdentitySettings")]});
    let put = world.scim(&admin, "PUT", IDENTITY, Some(&bare)).ok().json();
    assert_eq!(put["primaryEmailRequired"], true);
    assert_eq!(put["tokens"], first["tokens"]);
    let same = world.scim(&admin, "PUT", IDENTITY, Some(&first)).ok().json();
    assert_eq!(same["myProfile"], first["myProfile"], "what was read can be written");
    for (attribute, value) in [
        ("returnInactiveOverLockedMessage", json!(true)),
        ("POSIXUid", json!({"manualAssignmentStartsFrom": 1})),
        ("myProfile", json!({"allowEndUsersToChangeTheirPassword": false})),
        (
            "tokens",
            json!([{"type": "createUser", "expiresAfter": 1},
                          {"type": "createUser", "expiresAfter": 2}]),
        ),
    ] {
        let mut body = bare.clone();
        body[attribute] = value;
        let refused = world.scim(&admin, "PUT", IDENTITY, Some(&body));
        assert_eq!(refused.scim_refusal().0, 400, "{attribute}: {refused:?}");
    }
}

#[test]
fn settings_have_versions() {
    let world = World::with_domains();
    let admin = world.administrator();
    let etag = world.scim(&admin, "GET", IDENTITY, None).ok().etag();
    let body = json!({"schemas": [schema("IdentitySettings")], "primaryEmailRequired": false});
    let target = format!("/admin/v1{IDENTITY}");
    let put = || world.send_with(&admin, "PUT", &target, Some(&body), &[("if-match", &etag)]);
    put().ok();
    assert_eq!(put().scim_refusal().0, 412);
}

#[test]
fn mail_is_switched_off_by_event_and_goes_to_recipients_in_test_mode() {
    let world = World::with_domains();
    let admin = world.administrator();
    let first = world.scim(&admin, "GET", NOTIFICATION, None).ok().json();
    assert_eq!(first["notificationEnabled"], true);
    let put = |change: &dyn Fn(&mut Value)| {
        let mut body = first.clone();
        change(&mut body);
        world.scim(&admin, "PUT", NOTIFICATION, Some(&body))
    };
    let changed = put(&|body| {
        body["eventSettings"] = json!([{"eventId": "ADMIN.user.create.success", "enabled": false}]);
        body["testModeEnabled"] = json!(true);
        body["testRecipients"] = json!(["qa@example.com"]);
        body["fromEmailAddress"] = json!({"value": "iam@acme.example", "validate": "email",
                                          "displayName": "Acme"});
    })
    .ok()
    .json();
    assert_eq!(changed["testRecipients"], json!(["qa@example.com"]));
    assert_eq!(changed["fromEmailAddress"]["validationStatus"], "PENDING");
    for (what, change) in [
        ("recipient", json!({"testRecipients": ["a@b, c@d"]})),
        ("no recipients", json!({"testModeEnabled": true})),
        ("sender", json!({"fromEmailAddress": {"value": "x\r\nBcc: y@z", "validate": "email"}})),
        (
            "name",
            json!({"fromEmailAddress": {"value": "", "validate": "email",
                                             "displayName": "A\r\nBcc: x@y"}}),
        ),
        ("event", json!({"eventSettings": [{"eventId": "admin.user.sing.success"}]})),
        (
            "twice",
            json!({"eventSettings": [{"eventId": "admin.user.create.success"},
                                           {"eventId": "admin.user.CREATE.success"}]}),
        ),
        ("secondary", json!({"sendNotificationsToSecondaryEmail": true})),
    ] {
        let refused = put(&|body| {
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        });
        assert_eq!(refused.scim_refusal().0, 400, "{what}: {refused:?}");
    }
    // What a client says of the address is not believed.
    let claimed = put(&|body| {
        body["fromEmailAddress"] = json!({"value": "ceo@bank.example", "validate": "email",
                                          "validationStatus": "VERIFIED"});
    });
    assert_eq!(claimed.ok().json()["fromEmailAddress"]["validationStatus"], "PENDING");
}
