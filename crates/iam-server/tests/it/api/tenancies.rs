//! `/20160918/tenancies/{tenancyId}`, `/regions` and `/availabilityDomains`: the tenancy and where
//! it is.

use crate::world::World;
use iam_api::Ocid;
use serde_json::{Value, json};

#[test]
fn the_tenancy_is_shown_with_what_the_live_service_adds() {
    let world = World::new();
    let answer = world.get(&world.administrator(), &format!("/tenancies/{}", world.tenancy())).ok();
    answer.etag();
    let expected = json!({
        "id": world.tenancy(), "compartmentId": world.tenancy(), "name": "acme",
        "description": "acme", "homeRegionKey": "IAD", "homeRegion": "us-ashburn-1",
        "oracleMyServicesIdentifier": null, "upiIdcsCompatibilityLayerEndpoint": null,
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn the_home_region_is_the_one_region_of_the_tenancy() {
    let world = World::new();
    let path = format!("/tenancies/{}/regionSubscriptions", world.tenancy());
    let answer = world.get(&world.administrator(), &path).ok();
    let expected = json!([{"regionKey": "IAD", "regionName": "us-ashburn-1", "status": "READY",
                           "isHomeRegion": true}]);
    assert_eq!(answer.json(), expected);
}

#[test]
fn regions_are_those_of_the_realm_once_each() {
    let world = World::new();
    let list = world.get(&world.administrator(), "/regions").ok().json();
    let names: Vec<&Value> = list.as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert!(list.as_array().unwrap().contains(&json!({"key": "IAD", "name": "us-ashburn-1"})));
    assert!(list.as_array().unwrap().contains(&json!({"key": "FRA", "name": "eu-frankfurt-1"})));
    assert!(names.iter().all(|name| !name.as_str().unwrap().contains("gov")), "another realm's");
    let unique: std::collections::HashSet<&str> =
        names.iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(unique.len(), names.len());
}

#[test]
fn availability_domains_have_the_tenancys_own_names_and_never_change() {
    let world = World::new();
    let path = format!("/availabilityDomains?compartmentId={}", world.tenancy());
    let list = world.get(&world.administrator(), &path).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 3);
    let first = list[0]["name"].as_str().unwrap();
    let (prefix, rest) = first.split_once(':').unwrap();
    assert_eq!((prefix.len(), rest), (4, "IAD-AD-1"));
    assert!(prefix.starts_with(|letter: char| letter.is_ascii_uppercase()));
    let ids: std::collections::HashSet<&str> =
        (0..3).map(|place| list[place]["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| Ocid::from(*id).kind() == Some("availabilitydomain")));
    assert_eq!(world.get(&world.administrator(), &path).ok().json(), list);
    let other = world.other_tenancy();
    let path = format!("/availabilityDomains?compartmentId={}", other.tenancy);
    let others = world.get(&other, &path).ok().json();
    assert!(others[0]["name"].as_str().unwrap().ends_with(":FRA-AD-1"));
    assert!(!others[0]["name"].as_str().unwrap().starts_with(prefix));
}
