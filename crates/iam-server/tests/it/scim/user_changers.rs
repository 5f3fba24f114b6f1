//! `/admin/v1/UserStatusChanger` and `/admin/v1/UserCapabilitiesChanger`.

use super::{extension, schema, self_change};
use crate::world::World;
use serde_json::{Value, json};

fn path(changer: &str, user: &Value) -> String {
    format!("/{changer}/{}", user["id"].as_str().unwrap())
}

#[test]
fn the_status_changer_activates_and_deactivates() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({}));
    let set = |active: Value| {
        let body = json!({"schemas": [schema("UserStatusChanger")], "active": active});
        world.scim(&admin, "PUT", &path("UserStatusChanger", &ann), Some(&body))
    };
    let seen = || {
        let path = format!("/Users/{}", ann["id"].as_str().unwrap());
        world.scim(&admin, "GET", &path, None).ok().json()["active"].clone()
    };
    let off = set(json!(false)).ok();
    assert_eq!((off.status, &off.json()["active"]), (200, &json!(false)));
    assert_eq!(off.json()["id"], ann["id"]);
    assert_eq!(seen(), false);
    let again = set(json!(false)).ok();
    assert_eq!(again.etag(), off.etag(), "nothing is changed twice");
    set(json!(true)).ok();
    assert_eq!(seen(), true);
    assert!(set(Value::Null).detail().starts_with("active is missing"));
    assert!(set(json!("no")).detail().starts_with("active is not valid"));
}

#[test]
fn the_capabilities_changer_leaves_out_what_it_does_not_name() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({}));
    let put = |more: Value| {
        let mut body = json!({"schemas": [schema("UserCapabilitiesChanger")]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.scim(&admin, "PUT", &path("UserCapabilitiesChanger", &ann), Some(&body))
    };
    let changed = put(json!({"canUseApiKeys": false, "canUseAuthTokens": false})).ok().json();
    assert_eq!(changed["canUseApiKeys"], false);
    assert_eq!(changed["canUseConsolePassword"], true);
    let changed = put(json!({"canUseAuthTokens": true})).ok().json();
    assert_eq!(
        (&changed["canUseApiKeys"], &changed["canUseAuthTokens"]),
        (&json!(false), &json!(true))
    );
    let classic = world.get(&admin, &format!("/users/{}", ann["ocid"].as_str().unwrap())).ok();
    assert_eq!(classic.json()["capabilities"]["canUseApiKeys"], false);
    let user = format!("/Users/{}", ann["id"].as_str().unwrap());
    let seen = world.scim(&admin, "GET", &user, None).ok().json();
    assert_eq!(seen[extension("capabilities")]["canUseApiKeys"], false);
    assert!(put(json!({"canUseConsole": true})).detail().contains("no effect here yet"));
    assert!(put(json!({"canUseMagic": true})).detail().contains("`canUseMagic`"));
}

#[test]
fn changers_need_it_to_be_meant_for_oneself_too() {
    let world = World::with_domains();
    let admin = world.administrator();
    for (changer, attribute) in
        [("UserStatusChanger", "active"), ("UserCapabilitiesChanger", "canUseDbCredentials")]
    {
        let path = format!("/{changer}/{}", world.installed.admin);
        let mut body = json!({"schemas": [schema(changer)], attribute: true});
        let refused = world.scim(&admin, "PUT", &path, Some(&body));
        assert_eq!(refused.scim_refusal().0, 403, "{changer}");
        body[self_change()] = json!(true);
        world.scim(&admin, "PUT", &path, Some(&body)).ok();
    }
}
