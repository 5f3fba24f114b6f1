//! `/admin/v1/UserStatusChanger`, `/admin/v1/UserCapabilitiesChanger` and
//! `/admin/v1/UserLockedStateChanger`.

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
fn a_lock_ends_only_by_who_may_unlock() {
    let world = World::with_domains();
    let admin = world.administrator();
    let ann = world.scim_user("ann", &json!({}));
    let ocid = ann["ocid"].as_str().unwrap();
    let signs = world.give_key(&ocid.into(), 1);
    world.letters();
    let set = |locked: bool, id: &str| {
        let body = json!({"schemas": [schema("UserLockedStateChanger")], "userId": id,
                          "locked": locked});
        world.scim(&admin, "POST", "/UserLockedStateChanger", Some(&body))
    };
    let state = || {
        let path = format!("/Users/{}", ann["id"].as_str().unwrap());
        let user = world.scim(&admin, "GET", &path, None).ok().json();
        (user["active"].clone(), user[extension("userState")]["locked"].clone())
    };
    assert_eq!(set(true, ann["id"].as_str().unwrap()).status, 201);
    let (active, locked) = state();
    assert_eq!((active, &locked["on"], &locked["reason"]), (json!(true), &json!(true), &json!(1)));
    assert_eq!(locked["lockDate"], json!(world.now()));
    assert_eq!(world.get(&signs, &format!("/users/{ocid}")).status, 401);
    // Neither a mailed link nor the other interface's unblocking is a way out.
    assert!(world.letters().is_empty());
    let reset = json!({"schemas": [schema("UserPasswordResetter")]});
    let refused = world.scim(&admin, "PUT", &path("UserPasswordResetter", &ann), Some(&reset));
    assert!(refused.detail().contains("deactivated or locked"), "{refused:?}");
    let unblock = format!("/users/{ocid}/state");
    world.put(&admin, &unblock, &json!({"blocked": false}), &[]).ok();
    assert_eq!(state().1["on"], true);
    set(true, ocid).ok();
    set(false, ocid).ok();
    assert_eq!(state().1, json!({"on": false}));
    world.get(&signs, &format!("/users/{ocid}")).ok();
    assert_eq!(set(false, "nobody").scim_refusal().0, 404);
    assert_eq!(set(true, world.installed.admin.as_str()).scim_refusal().0, 403);
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
