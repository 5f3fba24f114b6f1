//! `/20160918/compartments` and below: the root, and what is in it.

use crate::world::World;
use serde_json::json;

#[test]
fn the_root_is_the_tenancy() {
    let world = World::new();
    let path = format!("/compartments/{}", world.tenancy());
    let answer = world.get(&world.administrator(), &path).ok();
    answer.etag();
    let expected = json!({
        "id": world.tenancy(), "compartmentId": null, "name": "acme", "description": "acme",
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn nothing_is_in_the_root_and_the_root_is_not_in_itself() {
    let world = World::new();
    let admin = world.administrator();
    for more in [
        "",
        "&accessLevel=ANY",
        "&accessLevel=ACCESSIBLE&compartmentIdInSubtree=true",
        "&compartmentIdInSubtree=false&sortBy=NAME&sortOrder=DESC&name=acme",
    ] {
        let path = format!("/compartments?compartmentId={}{more}", world.tenancy());
        assert_eq!(world.get(&admin, &path).ok().json(), json!([]), "{more}");
    }
}

#[test]
fn parameters_of_another_form_are_refused() {
    let world = World::new();
    for bad in ["accessLevel=ALL", "compartmentIdInSubtree=yes", "compartmentIdInSubtree=1"] {
        let path = format!("/compartments?compartmentId={}&{bad}", world.tenancy());
        let answer = world.get(&world.administrator(), &path);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad}");
    }
}

#[test]
fn what_is_no_compartment_is_not_found() {
    let world = World::new();
    let (admin, team) = (world.administrator(), world.group("team"));
    for id in [team.as_str(), "ocid1.compartment.oc1..x", "x"] {
        for path in [format!("/compartments/{id}"), format!("/compartments?compartmentId={id}")] {
            let answer = world.get(&admin, &path);
            assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()), "{path}");
        }
    }
}
