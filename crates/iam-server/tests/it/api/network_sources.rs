//! `/20160918/networkSources` and below: network sources, and the conditions that name them.

use crate::world::{Answer, Caller, HOST, World};
use iam_api::Ocid;
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

fn details(world: &World, name: &str) -> Value {
    json!({"compartmentId": world.tenancy(), "name": name, "description": "test"})
}

fn create(world: &World, name: &str, ranges: &[&str]) -> String {
    let mut body = details(world, name);
    body["publicSourceList"] = json!(ranges);
    world.post(&world.administrator(), "/networkSources", &body).ok().id()
}

#[test]
fn a_new_network_source_is_answered_whole_with_etag_and_location() {
    let world = World::new();
    let admin = world.administrator();
    let mut body = details(&world, "Office.1-a_b");
    let ranges = json!(["203.0.113.0/24", "198.51.100.7", "2001:db8::/32"]);
    let networks = json!([{"vcnId": "ocid1.vcn.oc1.iad.a", "ipRanges": ["0.0.0.0/0"]}]);
    body["publicSourceList"] = ranges.clone();
    body["virtualSourceList"] = networks.clone();
    let answer = world.post(&admin, "/networkSources", &body);
    assert_eq!(answer.status, 200);
    let (id, etag) = (answer.id(), answer.etag());
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("networksource"));
    let location = format!("http://{HOST}/20160918/networkSources/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "name": "Office.1-a_b", "description": "test",
        "publicSourceList": ranges, "virtualSourceList": networks, "services": [],
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&admin, &format!("/networkSources/{id}")).ok();
    assert_eq!((read.json(), read.etag()), (expected.clone(), etag));
    let list = format!("/networkSources?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &list).ok().json(), json!([expected]));
    let answer = world.post(&admin, "/networkSources", &details(&world, "OFFICE.1-a_b"));
    assert_eq!(answer.code(), (409, "NetworkSourceAlreadyExists".into()));
}

#[test]
fn an_update_replaces_the_lists_that_it_names_and_keeps_the_others() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/networkSources/{}", create(&world, "office", &["203.0.113.0/24"]));
    let before = world.get(&admin, &path).ok();
    let body = json!({"publicSourceList": ["198.51.100.7"], "freeformTags": {"a": "b"}});
    let after = world.put(&admin, &path, &body, &[("if-match", &before.etag())]).ok();
    let mut expected = before.json();
    expected["publicSourceList"] = json!(["198.51.100.7"]);
    expected["freeformTags"] = json!({"a": "b"});
    assert_eq!(after.json(), expected);
    assert_ne!(after.etag(), before.etag());
    let stale = world.put(&admin, &path, &body, &[("if-match", &before.etag())]);
    assert_eq!(stale.code(), (412, "NoEtagMatch".into()));
    expected["publicSourceList"] = json!([]);
    let body = json!({"publicSourceList": []});
    assert_eq!(world.put(&admin, &path, &body, &[]).ok().json(), expected);
}

#[test]
fn what_is_no_range_no_name_or_too_much_is_refused() {
    let world = World::new();
    let admin = world.administrator();
    let shelf = world.compartment_in(world.tenancy(), "shelf");
    let path = format!("/networkSources/{}", create(&world, "office", &["203.0.113.0/24"]));
    let before = world.get(&admin, &path).ok();
    for (field, value, words) in [
        ("publicSourceList", json!(["203.0.113.0/33"]), "publicSourceList has `203.0.113.0/33`"),
        ("publicSourceList", json!(["10.0.0.1", "example.com"]), "`example.com`, which is neither"),
        ("publicSourceList", json!([""]), "publicSourceList has ``"),
        ("virtualSourceList", json!([{"vcnId": "x", "ipRanges": ["y"]}]), "ipRanges has `y`"),
        ("virtualSourceList", json!([{"vcnId": ""}]), "vcnId size must be between 1 and 255"),
        ("virtualSourceList", json!([{"ip": []}]), "virtualSourceList"),
        ("services", json!(["x".repeat(256)]), "services size must be between 1 and 255"),
        ("description", json!("x".repeat(401)), "description size"),
    ] {
        let mut body = details(&world, "other");
        body[field] = value.clone();
        let answer = world.post(&admin, "/networkSources", &body);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{field} {value}");
        assert!(answer.text("message").contains(words), "{}", answer.text);
        let changed = world.put(&admin, &path, &json!({field: value}), &[]);
        assert_eq!(changed.seen(), answer.seen(), "{field}");
    }
    let mut body = details(&world, "other");
    body["virtualSourceList"] = json!([{"ipRanges": []}]);
    let answer = world.post(&admin, "/networkSources", &body);
    assert_eq!(answer.code(), (400, "MissingParameter".into()));
    for (field, value) in [("name", "a b"), ("compartmentId", shelf.as_str())] {
        let mut body = details(&world, "other");
        body[field] = json!(value);
        let answer = world.post(&admin, "/networkSources", &body);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{field}");
    }
    assert_eq!(world.get(&admin, &path).ok().seen(), before.seen());
}

#[test]
fn a_tenancy_has_so_many_network_sources_and_no_more() {
    let limits = Limits { network_sources: 2, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci);
    create(&world, "one", &[]);
    create(&world, "two", &[]);
    let answer = world.post(&world.administrator(), "/networkSources", &details(&world, "three"));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
}

#[test]
fn one_that_the_authentication_policy_names_stays() {
    let world = World::new();
    let admin = world.administrator();
    let id = create(&world, "office", &["203.0.113.0/24"]);
    let (path, rules) =
        (format!("/networkSources/{id}"), format!("/authenticationPolicies/{}", world.tenancy()));
    let name = |ids: &[&str]| json!({"networkPolicy": {"networkSourceIds": ids}});
    world.put(&admin, &rules, &name(&[&id]), &[]).ok();
    let answer = world.delete(&admin, &path, &[]);
    assert_eq!(answer.code(), (409, "Conflict".into()));
    assert!(answer.text("message").contains("the authentication policy names"));
    world.get(&admin, &path).ok();
    world.put(&admin, &rules, &name(&[]), &[]).ok();
    assert_eq!(world.delete(&admin, &path, &[]).status, 204);
    assert_eq!(world.get(&admin, &path).status, 404);
}

/// A world behind a proxy on loopback, which tells where requests come from.
fn world_behind_a_proxy() -> World {
    World::made(Limits::default(), PasswordProfile::Oci, |app| {
        app.reach.proxies = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    })
}

/// Asks for the users from that address.
fn users_from(world: &World, caller: &Caller, address: &str) -> Answer {
    let target = format!("/20160918/users?compartmentId={}", world.tenancy());
    world.send_with(caller, "GET", &target, None, &[("x-forwarded-for", address)])
}

const FROM_OFFICE: &str = "allow group them to inspect users in tenancy \
                           where request.networkSource.name = 'OFFICE'";

#[test]
fn a_condition_lets_in_who_comes_from_the_network_source_and_nobody_else() {
    let world = world_behind_a_proxy();
    create(&world, "office", &["203.0.113.0/24", "2001:db8::/32"]);
    let eve = world.caller_with("eve", 1, &[FROM_OFFICE]);
    for inside in ["203.0.113.9", "2001:db8::9", "::ffff:203.0.113.9"] {
        assert_eq!(users_from(&world, &eve, inside).status, 200, "{inside}");
    }
    let list = format!("/users?compartmentId={}", world.tenancy());
    let direct = world.get(&eve, &list);
    assert_eq!(direct.code(), (404, "NotAuthorizedOrNotFound".into()));
    for outside in ["203.0.114.9", "2001:db9::9", "nonsense", "203.0.113.9, 192.0.2.1"] {
        assert_eq!(users_from(&world, &eve, outside).seen(), direct.seen(), "{outside}");
    }
}

#[test]
fn an_address_that_the_caller_writes_themselves_is_not_believed() {
    let world = World::new();
    create(&world, "office", &["203.0.113.0/24"]);
    let eve = world.caller_with("eve", 1, &[FROM_OFFICE]);
    assert_eq!(users_from(&world, &eve, "203.0.113.9").status, 404);
}

#[test]
fn a_changed_or_deleted_network_source_counts_for_the_next_request() {
    let world = world_behind_a_proxy();
    let admin = world.administrator();
    let path = format!("/networkSources/{}", create(&world, "office", &["203.0.113.0/24"]));
    let eve = world.caller_with("eve", 1, &[FROM_OFFICE]);
    let from = |address: &str| users_from(&world, &eve, address).status;
    assert_eq!((from("203.0.113.9"), from("192.0.2.1")), (200, 404));
    world.put(&admin, &path, &json!({"publicSourceList": ["192.0.2.1"]}), &[]).ok();
    assert_eq!((from("203.0.113.9"), from("192.0.2.1")), (404, 200));
    world.delete(&admin, &path, &[]).ok();
    assert_eq!((from("203.0.113.9"), from("192.0.2.1")), (404, 404));
    // A name is all that a condition has: one made again under it is meant.
    create(&world, "Office", &["203.0.113.0/24"]);
    assert_eq!((from("203.0.113.9"), from("192.0.2.1")), (200, 404));
}

#[test]
fn what_is_not_the_office_is_still_some_network_source() {
    let world = world_behind_a_proxy();
    create(&world, "office", &["203.0.113.0/24"]);
    create(&world, "vpn", &["198.51.100.0/24", "203.0.113.7"]);
    let statement = FROM_OFFICE.replace("= 'OFFICE'", "!= 'office'");
    let eve = world.caller_with("eve", 1, &[&statement]);
    for (address, status) in
        [("198.51.100.1", 200), ("203.0.113.7", 404), ("203.0.113.8", 404), ("192.0.2.1", 404)]
    {
        assert_eq!(users_from(&world, &eve, address).status, status, "{address}");
    }
}
