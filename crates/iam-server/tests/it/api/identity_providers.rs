//! `/20160918/identityProviders`, and the group mappings below it.

use crate::objects::{metadata, provider_in};
use crate::world::{Answer, World};
use serde_json::{Value, json};

fn body(world: &World, more: &Value) -> Value {
    let mut body = json!({"compartmentId": world.tenancy(), "name": "Corp", "description": "test",
                          "productType": "IDCS", "protocol": "SAML2", "metadata": metadata(),
                          "metadataUrl": "https://idp.example.com/metadata"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn make(world: &World, more: &Value) -> Answer {
    world.post(&world.administrator(), "/identityProviders", &body(world, more))
}

/// A mapping of that provider, or why it is none.
fn map(world: &World, provider: &str, name: &str, group: &str) -> Answer {
    let body = json!({"idpGroupName": name, "groupId": group});
    let path = format!("/identityProviders/{provider}/groupMappings");
    world.post(&world.administrator(), &path, &body)
}

#[test]
fn a_provider_is_kept_with_what_its_metadata_says() {
    let world = World::new();
    let admin = world.administrator();
    let more = json!({"freeformAttributes": {"clientId": "app"}, "freeformTags": {"a": "b"}});
    let made = make(&world, &more).ok();
    let provider = made.json();
    let certificate = provider["signingCertificate"].as_str().unwrap().to_owned();
    assert!(metadata().contains(&certificate));
    let id = provider["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("ocid1.saml2idp.oc1.."), "{id}");
    assert_eq!(
        provider,
        json!({"id": id, "compartmentId": world.tenancy(), "name": "Corp", "description": "test",
               "productType": "IDCS", "protocol": "SAML2", "lifecycleState": "ACTIVE",
               "timeCreated": "2026-11-23T12:00:00.000Z", "freeformTags": {"a": "b"},
               "definedTags": {}, "metadataUrl": "https://idp.example.com/metadata",
               "metadata": metadata(), "signingCertificate": certificate,
               "redirectUrl": "https://idp.example.com/sso",
               "freeformAttributes": {"clientId": "app"}})
    );
    let path = format!("/identityProviders/{id}");
    let seen = world.get(&admin, &path).ok();
    assert_eq!((seen.json(), seen.etag()), (provider.clone(), made.etag()));
    let list = format!("/identityProviders?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &list).code(), (400, "MissingParameter".into()));
    let wrong = world.get(&admin, &format!("{list}&protocol=ADFS"));
    assert_eq!(wrong.code(), (400, "InvalidParameter".into()));
    assert_eq!(world.get(&admin, &format!("{list}&protocol=SAML2")).ok().json(), json!([provider]));

    let moved = metadata().replace("https://idp.example.com/sso", "https://idp.example.com/new");
    let change = json!({"protocol": "SAML2", "description": "new", "metadata": moved});
    let changed = world.put(&admin, &path, &change, &[("if-match", &made.etag())]).ok().json();
    assert_eq!(changed["redirectUrl"], "https://idp.example.com/new");
    assert_eq!((&changed["description"], &changed["name"]), (&json!("new"), &json!("Corp")));
    assert_eq!(
        world.put(&admin, &path, &change, &[("if-match", &made.etag())]).code().1,
        "NoEtagMatch"
    );
    let broken = json!({"protocol": "SAML2", "metadata": "<a/>"});
    assert_eq!(world.put(&admin, &path, &broken, &[]).code(), (400, "InvalidParameter".into()));
    assert_eq!(world.get(&admin, &path).ok().json(), changed);
    world.delete(&admin, &path, &[]).ok();
    assert_eq!(world.get(&admin, &path).status, 404);
}

#[test]
fn what_is_no_provider_is_refused() {
    let world = World::new();
    let compartment = world.compartment_in(world.tenancy(), "there");
    for more in [
        json!({"protocol": "ADFS"}),
        json!({"name": "a/b"}),
        json!({"description": "x".repeat(401)}),
        json!({"metadataUrl": "http://idp.example.com/"}),
        json!({"metadata": metadata().replace("IDPSSODescriptor", "SPSSODescriptor")}),
        json!({"metadata": format!("<!DOCTYPE a SYSTEM \"file:///etc/passwd\">{}", metadata())}),
        json!({"freeformAttributes": {"": "x"}}),
        json!({"freeformAttributes": {"x": "y".repeat(1_001)}}),
        json!({"compartmentId": compartment}),
    ] {
        assert_eq!(make(&world, &more).code(), (400, "InvalidParameter".into()), "{more}");
    }
    let mut without = body(&world, &json!({}));
    without.as_object_mut().unwrap().remove("metadata");
    let refused = world.post(&world.administrator(), "/identityProviders", &without);
    assert_eq!(refused.code(), (400, "MissingParameter".into()));
    make(&world, &json!({})).ok();
    assert_eq!(make(&world, &json!({"name": "CORP"})).code(), (409, "Conflict".into()));
    for name in ["second", "third"] {
        make(&world, &json!({"name": name})).ok();
    }
    assert_eq!(make(&world, &json!({"name": "fourth"})).code(), (400, "LimitExceeded".into()));
}

#[test]
fn groups_of_a_provider_stand_for_groups_of_the_tenancy() {
    let world = World::new();
    let admin = world.administrator();
    let (one, other) = (provider_in(&world, &admin, "One"), provider_in(&world, &admin, "Other"));
    let (staff, guests) = (world.group("staff"), world.group("guests"));
    let first = map(&world, &one, "Employees", &staff).ok();
    let mapping = first.json();
    let id = mapping["id"].as_str().unwrap();
    assert_eq!(
        mapping,
        json!({"id": id, "idpId": one, "idpGroupName": "Employees", "groupId": staff,
               "compartmentId": world.tenancy(), "timeCreated": "2026-11-23T12:00:00.000Z",
               "lifecycleState": "ACTIVE"})
    );
    assert_eq!(map(&world, &one, "employees", &staff).code(), (409, "Conflict".into()));
    world.pass(60);
    let second = map(&world, &one, "Employees", &guests).ok().id();
    map(&world, &one, "Visitors", &guests).ok();
    map(&world, &other, "Employees", &staff).ok();
    let path = format!("/identityProviders/{one}/groupMappings");
    let mine = format!("{path}/{id}");
    assert_eq!(world.get(&admin, &mine).ok().json(), mapping);
    let elsewhere = format!("/identityProviders/{other}/groupMappings/{id}");
    assert_eq!(world.get(&admin, &elsewhere).status, 404, "it is another provider's");
    assert_eq!(world.delete(&admin, &elsewhere, &[]).status, 404);
    let page = world.get(&admin, &format!("{path}?limit=2")).ok();
    assert_eq!(page.json().as_array().unwrap().len(), 2);
    let next = page.header("opc-next-page").unwrap();
    let rest = world.get(&admin, &format!("{path}?limit=2&page={next}")).ok();
    assert_eq!(rest.json(), json!([mapping]));

    let groups = format!("/identityProviders/{one}/groups");
    let seen = world.get(&admin, &groups).ok().json();
    assert_eq!(
        seen[0],
        json!({"id": null, "identityProviderId": one, "displayName": "Employees",
               "name": "Employees", "externalIdentifier": null,
               "timeCreated": "2026-11-23T12:00:00.000Z",
               "timeModified": "2026-11-23T12:01:00.000Z"})
    );
    assert_eq!((seen.as_array().unwrap().len(), &seen[1]["name"]), (2, &json!("Visitors")));
    let found = world.get(&admin, &format!("{groups}?name=Visitors")).ok().json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    for none in ["name=visitors", "lifecycleState=DELETED"] {
        assert_eq!(world.get(&admin, &format!("{groups}?{none}")).ok().json(), json!([]));
    }

    let change = json!({"idpGroupName": "Visitors"});
    let taken = world.put(&admin, &format!("{path}/{second}"), &change, &[]);
    assert_eq!(taken.code(), (409, "Conflict".into()));
    let change = json!({"idpGroupName": "Bosses", "groupId": guests});
    let changed = world.put(&admin, &mine, &change, &[("if-match", &first.etag())]).ok().json();
    assert_eq!((&changed["idpGroupName"], &changed["groupId"]), (&json!("Bosses"), &json!(guests)));
    let absent = json!({"groupId": admin.user});
    assert_eq!(world.put(&admin, &mine, &absent, &[]).status, 404);
    for name in ["", "x\u{0}", &"x".repeat(256)] {
        assert_eq!(map(&world, &one, name, &staff).code().0, 400, "{name}");
    }
}

#[test]
fn neither_a_provider_with_mappings_nor_a_group_in_one_can_be_deleted() {
    let limits =
        iam_core::context::Limits { mappings_per_identity_provider: 1, ..Default::default() };
    let world = World::with_domains_and(limits);
    let admin = world.administrator();
    let (provider, staff) = (provider_in(&world, &admin, "One"), world.group("staff"));
    let mapping = map(&world, &provider, "Employees", &staff).ok().id();
    assert_eq!(map(&world, &provider, "More", &staff).code(), (400, "LimitExceeded".into()));
    let (path, group) = (format!("/identityProviders/{provider}"), format!("/groups/{staff}"));
    for kept in [&path, &group] {
        assert_eq!(world.delete(&admin, kept, &[]).code(), (409, "Conflict".into()), "{kept}");
    }
    world.delete(&admin, &format!("{path}/groupMappings/{mapping}"), &[]).ok();
    for gone in [&group, &path] {
        world.delete(&admin, gone, &[]).ok();
    }
}

#[test]
fn a_reset_shows_a_secret_once_and_keeps_a_hash_of_it() {
    let world = World::new();
    let admin = world.administrator();
    let provider = provider_in(&world, &admin, "One");
    let path = format!("/20160918/identityProviders/{provider}/actions/resetScimClient");
    let reset = || world.send(&admin, "POST", &path, None).ok().json();
    let (first, second) = (reset(), reset());
    assert_eq!(first["clientId"], json!(provider));
    let secret = second["clientSecret"].as_str().unwrap();
    assert!(secret.len() >= 40 && second["clientSecret"] != first["clientSecret"]);
    for (name, bytes) in world.on_disk() {
        assert!(!bytes.contains(secret), "{name}");
    }
    let seen = world.get(&admin, &format!("/identityProviders/{provider}")).ok();
    assert!(!seen.text.contains(secret));
}
