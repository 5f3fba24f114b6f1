//! `/20160918/users/{userId}/mfaTotpDevices` and below. What a device does at the sign-in page is
//! in `console/second_factor.rs`.

use crate::world::{Answer, Caller, World};
use iam_core::totp::STEP_SECONDS;
use serde_json::{Value, json};

fn create(world: &World, caller: &Caller, path: &str) -> Answer {
    world.send(caller, "POST", &format!("/20160918{path}"), None)
}

fn activate(world: &World, caller: &Caller, device: &str, code: &str) -> Answer {
    world.post(caller, &format!("{device}/actions/activate"), &json!({"totpToken": code}))
}

fn is_on(world: &World, user: &str) -> bool {
    let user = world.get(&world.administrator(), &format!("/users/{user}")).ok().json();
    user["isMfaActivated"].as_bool().unwrap()
}

#[test]
fn a_device_shows_its_seed_once_and_counts_when_a_code_of_it_was_shown() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let path = format!("/users/{ann}/mfaTotpDevices");
    let made = create(&world, &admin, &path).ok();
    let (id, seed) = (made.id(), made.text("seed"));
    assert_eq!(seed.len(), 32, "160 bits in Base32");
    let mut told = made.json();
    told.as_object_mut().unwrap().remove("seed");
    let mut expected = json!({
        "id": id, "userId": ann, "timeCreated": "2026-11-23T12:00:00.000Z",
        "lifecycleState": "ACTIVE", "isActivated": false,
    });
    assert_eq!(told, expected);
    let device = format!("{path}/{id}");
    let seen = world.get(&admin, &device).ok();
    assert_eq!((seen.json(), seen.etag()), (expected.clone(), made.etag()));
    assert_eq!(world.get(&admin, &path).ok().json(), json!([expected]));
    assert_eq!(create(&world, &admin, &path).code(), (400, "LimitExceeded".into()), "there is one");
    assert!(!is_on(&world, ann.as_str()));

    let missing = world.post(&admin, &format!("{device}/actions/activate"), &json!({}));
    assert_eq!(missing.code(), (400, "MissingParameter".into()));
    let code = world.code(&seed);
    let wrong: String = code.chars().rev().collect();
    for wrong in [wrong.as_str(), "", "0"] {
        let refused = activate(&world, &admin, &device, wrong);
        assert_eq!(refused.code(), (400, "InvalidParameter".into()), "{wrong}");
        assert!(!refused.text.contains(&code));
    }
    let activated = activate(&world, &admin, &device, &code).ok();
    expected["isActivated"] = json!(true);
    assert_eq!(activated.json(), expected);
    assert_ne!(activated.etag(), made.etag());
    assert!(is_on(&world, ann.as_str()));
    world.pass(STEP_SECONDS);
    let again = activate(&world, &admin, &device, &world.code(&seed));
    assert_eq!(again.code(), (409, "Conflict".into()));

    world.delete(&admin, &device, &[("if-match", &activated.etag())]).ok();
    assert!(!is_on(&world, ann.as_str()));
    assert_eq!(world.get(&admin, &path).ok().json(), json!([]));
    assert_eq!(world.get(&admin, &device).status, 404);
}

#[test]
fn another_seed_ends_the_old_ones_codes_and_has_to_be_activated() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let (device, old) = world.device(&ann);
    let full = format!("/20160918{device}/actions/generateSeed");
    let made = world.send(&admin, "POST", &full, None).ok();
    let seed = made.text("seed");
    assert_eq!((made.json()["isActivated"].clone(), seed.len()), (json!(false), 32));
    assert!(seed != old && !is_on(&world, ann.as_str()));
    assert_eq!(activate(&world, &admin, &device, &world.code(&old)).status, 400);
    activate(&world, &admin, &device, &world.code(&seed)).ok();
    assert!(is_on(&world, ann.as_str()));
}

#[test]
fn a_repeated_request_shows_the_seed_only_as_long_as_nobody_has_used_it() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let path = format!("/users/{ann}/mfaTotpDevices");
    let token = [("opc-retry-token", "again")];
    let make = || world.send_with(&admin, "POST", &format!("/20160918{path}"), None, &token);
    let made = make().ok();
    assert_eq!(make().ok().text, made.text);
    let device = format!("{path}/{}", made.id());
    activate(&world, &admin, &device, &world.code(&made.text("seed"))).ok();
    assert_eq!(make().code(), (409, "InvalidatedRetryToken".into()));
}

#[test]
fn a_device_of_another_user_is_not_found_and_stays_as_it_is() {
    let world = World::new();
    let (ann, bob) = (world.user("ann"), world.user("bob"));
    let (device, seed) = world.device(&ann);
    let bob = world.give_key(&bob, 1);
    let foreign = device.replace(ann.as_str(), bob.user.as_str());
    for device in [device.as_str(), &foreign] {
        assert_eq!(world.get(&bob, device).status, 404);
        assert_eq!(activate(&world, &bob, device, &world.code(&seed)).status, 404);
        let full = format!("/20160918{device}/actions/generateSeed");
        assert_eq!(world.send(&bob, "POST", &full, None).status, 404);
        assert_eq!(world.delete(&bob, device, &[]).status, 404);
    }
    assert!(is_on(&world, ann.as_str()));
}

#[test]
fn no_seed_is_anywhere_on_the_disk() {
    let world = World::new();
    let ann = world.user("ann");
    let (_, seed) = world.device(&ann);
    let raw = data_encoding::BASE32_NOPAD.decode(seed.as_bytes()).unwrap();
    let raw: String = raw.iter().map(|byte| char::from(*byte)).collect();
    for (place, text) in world.on_disk() {
        assert!(!text.contains(&seed) && !text.contains(&raw), "{place}");
    }
}

#[test]
fn the_user_goes_with_the_device() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let (device, _) = world.device(&ann);
    world.delete(&admin, &format!("/users/{ann}"), &[]).ok();
    assert_eq!(world.get(&admin, &device).status, 404);
    let listed = world.get(&admin, &format!("/users/{ann}/mfaTotpDevices"));
    assert_eq!((listed.status, listed.json().get("seed")), (404, None::<&Value>));
}
