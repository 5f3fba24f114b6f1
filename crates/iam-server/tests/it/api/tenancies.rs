//! `/20160918/tenancies/{tenancyId}`, `/regions`, `/availabilityDomains` and `/faultDomains`: the
//! tenancy and where it is.

use crate::world::{Answer, World};
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

fn subscribe(world: &World, key: &str) -> Answer {
    let path = format!("/tenancies/{}/regionSubscriptions", world.tenancy());
    world.post(&world.administrator(), &path, &json!({"regionKey": key}))
}

#[test]
fn a_tenancy_comes_to_a_region_once_and_stays_there() {
    let world = World::new();
    let phoenix = json!({"regionKey": "PHX", "regionName": "us-phoenix-1", "status": "READY",
                         "isHomeRegion": false});
    let answer = subscribe(&world, "PHX").ok();
    assert_eq!((answer.status, answer.json()), (200, phoenix.clone()));
    let frankfurt = subscribe(&world, "fra").ok().json();
    assert_eq!(frankfurt["regionKey"], "FRA");
    for again in ["PHX", "phx", "IAD"] {
        assert_eq!(subscribe(&world, again).code(), (409, "Conflict".into()), "{again}");
    }
    let world = world.restart();
    let path = format!("/tenancies/{}/regionSubscriptions", world.tenancy());
    let list = world.get(&world.administrator(), &path).ok().json();
    assert_eq!(list[0]["regionKey"], "IAD", "the home region comes first");
    assert_eq!(list[0]["isHomeRegion"], true);
    assert_eq!(list.as_array().unwrap()[1..], [phoenix, frankfurt]);
}

#[test]
fn a_region_must_be_one_of_the_realm_by_its_three_letters() {
    let world = World::new();
    for bad in ["", "ZZZ", "us-phoenix-1", "LFI", "PHX ", "PIA"] {
        let answer = subscribe(&world, bad);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
        assert!(answer.text("message").starts_with("regionKey `"), "{bad:?}");
    }
}

#[test]
fn of_many_who_subscribe_at_once_one_does() {
    let world = World::new();
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let racing: Vec<_> =
            (0..6).map(|_| threads.spawn(|| subscribe(&world, "PHX").status)).collect();
        racing.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
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
fn a_region_of_ones_own_is_alone_in_its_realm() {
    let world = World::in_region("local-1");
    let admin = world.administrator();
    let region = json!([{"key": "LOCAL-1", "name": "local-1"}]);
    assert_eq!(world.get(&admin, "/regions").ok().json(), region);
    let tenancy = world.get(&admin, &format!("/tenancies/{}", world.tenancy())).ok().json();
    assert_eq!(tenancy["homeRegionKey"], "LOCAL-1");
    let path = format!("/tenancies/{}/regionSubscriptions", world.tenancy());
    let subscribed = world.get(&admin, &path).ok().json();
    assert_eq!(subscribed.as_array().unwrap().len(), 1);
    assert_eq!(subscribed[0]["regionName"], "local-1");
    assert_eq!(subscribed[0]["isHomeRegion"], true);
    for key in ["IAD", "PHX"] {
        assert_eq!(subscribe(&world, key).code(), (400, "InvalidParameter".into()), "{key}");
    }
    assert_eq!(subscribe(&world, "local-1").status, 409);
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

#[test]
fn an_availability_domain_has_three_fault_domains() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/availabilityDomains?compartmentId={}", world.tenancy());
    let domains = world.get(&admin, &path).ok().json();
    let of = |domain: &str| {
        let query = format!("compartmentId={}&availabilityDomain={domain}", world.tenancy());
        world.get(&admin, &format!("/faultDomains?{query}"))
    };
    let mut ids = std::collections::HashSet::new();
    for domain in domains.as_array().unwrap() {
        let name = domain["name"].as_str().unwrap();
        let list = of(name).ok().json();
        for (number, part) in (1..=3).zip(list.as_array().unwrap()) {
            assert_eq!(part["name"], format!("FAULT-DOMAIN-{number}"));
            assert_eq!(part["availabilityDomain"], name);
            assert_eq!(part["compartmentId"], world.tenancy());
            let id = part["id"].as_str().unwrap();
            assert_eq!(Ocid::from(id).kind(), Some("faultdomain"));
            ids.insert(id.to_owned());
        }
        assert_eq!(list.as_array().unwrap().len(), 3);
        assert_eq!(of(name).ok().json(), list, "they never change");
    }
    assert_eq!(ids.len(), 9);
    for absent in ["", "IAD-AD-1", "Xxxx:IAD-AD-1"] {
        assert_eq!(of(absent).code(), (404, "NotAuthorizedOrNotFound".into()), "{absent}");
    }
    let answer = world.get(&admin, &format!("/faultDomains?compartmentId={}", world.tenancy()));
    assert_eq!(answer.code(), (400, "MissingParameter".into()));
}
