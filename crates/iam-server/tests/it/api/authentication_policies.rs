//! `/20160918/authenticationPolicies/{compartmentId}`: what Console passwords must be like.

use crate::world::World;
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use serde_json::{Value, json};

fn path(world: &World) -> String {
    format!("/authenticationPolicies/{}", world.tenancy())
}

fn expected(world: &World, length: i64, classes: bool) -> Value {
    json!({
        "compartmentId": world.tenancy(),
        "passwordPolicy": {
            "minimumPasswordLength": length,
            "isUppercaseCharactersRequired": classes, "isLowercaseCharactersRequired": classes,
            "isNumericCharactersRequired": classes, "isSpecialCharactersRequired": classes,
            "isUsernameContainmentAllowed": false,
        },
        "networkPolicy": {"networkSourceIds": []},
    })
}

#[test]
fn a_tenancy_starts_with_the_rules_of_its_profile() {
    for (profile, length, classes) in
        [(PasswordProfile::Oci, 12, true), (PasswordProfile::Nist, 15, false)]
    {
        let world = World::with(Limits::default(), profile);
        let answer = world.get(&world.administrator(), &path(&world)).ok();
        answer.etag();
        assert_eq!(answer.json(), expected(&world, length, classes));
    }
}

#[test]
fn an_update_changes_the_rules_that_it_names_and_keeps_the_others() {
    let world = World::new();
    let admin = world.administrator();
    let before = world.get(&admin, &path(&world)).ok();
    let body = json!({"passwordPolicy": {"minimumPasswordLength": 20,
                                         "isSpecialCharactersRequired": false}});
    let after = world.put(&admin, &path(&world), &body, &[]).ok();
    let mut wanted = expected(&world, 20, true);
    wanted["passwordPolicy"]["isSpecialCharactersRequired"] = json!(false);
    assert_eq!(after.json(), wanted);
    assert_ne!(after.etag(), before.etag());
    let read = world.get(&admin, &path(&world)).ok();
    assert_eq!((read.json(), read.etag()), (wanted.clone(), after.etag()));
    for nothing in [json!({}), json!({"passwordPolicy": null}), json!({"networkPolicy": {}})] {
        assert_eq!(world.put(&admin, &path(&world), &nothing, &[]).ok().json(), wanted);
    }
}

#[test]
fn the_fewest_characters_are_8_to_100() {
    let world = World::new();
    for (length, status) in [(7, 400), (8, 200), (100, 200), (101, 400), (-1, 400)] {
        let body = json!({"passwordPolicy": {"minimumPasswordLength": length}});
        let answer = world.put(&world.administrator(), &path(&world), &body, &[]);
        assert_eq!(answer.status, status, "{length}");
    }
}

#[test]
fn a_network_source_that_does_not_exist_is_refused() {
    let world = World::new();
    let body = json!({"networkPolicy": {"networkSourceIds": ["ocid1.networksource.oc1..x"]}});
    let answer = world.put(&world.administrator(), &path(&world), &body, &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
}

#[test]
fn unknown_rules_are_refused_by_name() {
    let world = World::new();
    let body = json!({"passwordPolicy": {"isPasswordResetEnabled": true}});
    let answer = world.put(&world.administrator(), &path(&world), &body, &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    assert!(answer.text("message").contains("passwordPolicy.isPasswordResetEnabled"));
}

#[test]
fn only_the_tenancy_has_one() {
    let world = World::new();
    let path = format!("/authenticationPolicies/{}", world.group("team"));
    let answer = world.get(&world.administrator(), &path);
    assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
}
