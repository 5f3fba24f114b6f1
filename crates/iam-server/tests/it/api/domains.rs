//! `/domains`: the Default domain of a tenancy that has domains.

use crate::world::World;
use serde_json::json;

#[test]
fn the_default_domain_is_listed_with_the_address_that_the_server_is_reached_at() {
    let world = World::with_domains();
    world.app.context.public_url.set("https://iam.example.com".to_owned()).unwrap();
    let admin = world.administrator();
    let path = format!("/domains?compartmentId={}", world.tenancy());
    let listed = world.get(&admin, &path).ok();
    let found = listed.json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    let domain = &found[0];
    assert_eq!(domain["displayName"], "Default");
    assert_eq!(domain["type"], "DEFAULT");
    assert_eq!(domain["url"], "https://iam.example.com");
    assert_eq!(domain["homeRegion"], "us-ashburn-1");
    let one = world.get(&admin, &format!("/domains/{}", listed.id_of_first())).ok();
    assert_eq!(&one.json(), domain);
    one.etag();
    for (filter, count) in [
        ("displayName=Default", 1),
        ("name=Default", 1),
        ("displayName=default", 0),
        ("type=SECONDARY", 0),
        ("isHiddenOnLogin=false&lifecycleState=active", 1),
        ("isHiddenOnLogin=true", 0),
        ("url=https%3A%2F%2Fiam.example.com", 1),
        ("lifecycleState=INACTIVE", 0),
    ] {
        let found = world.get(&admin, &format!("{path}&{filter}")).ok().json();
        assert_eq!(found.as_array().unwrap().len(), count, "{filter}");
    }
}

#[test]
fn a_tenancy_without_domains_lists_none_and_nothing_else_is_one() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/domains?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &path).ok().json(), json!([]));
    let user = world.user("ann");
    assert_eq!(world.get(&admin, &format!("/domains/{user}")).status, 404);
}
