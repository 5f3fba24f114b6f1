//! `/20160918/users/{userId}/apiKeys` and below: API keys.

use crate::world::{HOST, World, key};
use serde_json::{Value, json};

fn upload(number: usize) -> Value {
    json!({"key": key(number).public_key_pem()})
}

#[test]
fn a_new_key_is_answered_whole_without_an_etag() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let path = format!("/users/{ann}/apiKeys");
    let answer = world.post(&admin, &path, &upload(1));
    assert_eq!((answer.status, answer.header("etag")), (200, None));
    let fingerprint = key(1).fingerprint();
    let key_id = format!("{}/{ann}/{fingerprint}", world.tenancy());
    let location = format!("http://{HOST}/20160918/keys/{key_id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let expected = json!({
        "keyId": key_id, "keyValue": key(1).public_key_pem(), "fingerprint": fingerprint,
        "userId": ann, "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
    });
    assert_eq!(answer.json(), expected);
    let list = world.get(&admin, &path).ok();
    assert_eq!((list.json(), list.header("etag")), (json!([expected]), None));
    assert_eq!(list.header("opc-next-page"), None);
}

#[test]
fn a_user_has_three_keys_at_most_and_none_twice() {
    let world = World::new();
    let (admin, path) = (world.administrator(), format!("/users/{}/apiKeys", world.user("ann")));
    world.post(&admin, &path, &upload(0)).ok(); // the administrator's, too: keys are by user
    world.post(&admin, &path, &upload(1)).ok();
    let answer = world.post(&admin, &path, &upload(1));
    assert_eq!(answer.code(), (409, "ApiKeyAlreadyExists".into()));
    world.post(&admin, &path, &upload(2)).ok();
    let answer = world.post(&admin, &path, &upload(3));
    assert_eq!(answer.code(), (409, "ApiKeyLimitExceeded".into()));
    world.delete(&admin, &format!("{path}/{}", key(1).fingerprint()), &[]).ok();
    world.post(&admin, &path, &upload(3)).ok();
    let list = world.get(&admin, &path).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 3);
}

#[test]
fn a_key_works_from_its_upload_to_its_deletion() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.caller_with("ann", 1, &[]));
    let (own, path) = (format!("/users/{}", ann.user), format!("/users/{}/apiKeys", ann.user));
    let second = world.caller(ann.user.clone(), 2);
    assert_eq!(world.get(&second, &own).status, 401);
    world.post(&ann, &path, &upload(2)).ok();
    world.get(&second, &own).ok();
    let gone = world.delete(&second, &format!("{path}/{}", key(1).fingerprint()), &[]);
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(world.get(&ann, &own).status, 401);
    world.get(&second, &own).ok();
    let path = format!("{path}/{}", key(1).fingerprint());
    assert_eq!(world.delete(&admin, &path, &[]).code(), (404, "NotAuthorizedOrNotFound".into()));
}

#[test]
fn a_fingerprint_is_found_with_its_colons_encoded_and_as_they_are() {
    let world = World::new();
    let (admin, path) = (world.administrator(), format!("/users/{}/apiKeys", world.user("ann")));
    for colon in [":", "%3A", "%3a"] {
        world.post(&admin, &path, &upload(1)).ok();
        let fingerprint = key(1).fingerprint().replace(':', colon);
        assert_eq!(world.delete(&admin, &format!("{path}/{fingerprint}"), &[]).status, 204);
    }
}

#[test]
fn what_is_no_strong_rsa_public_key_is_refused() {
    let world = World::new();
    let (admin, path) = (world.administrator(), format!("/users/{}/apiKeys", world.user("ann")));
    let good = key(1).public_key_pem();
    let weak = include_str!("../../../../iam-sign/tests/keys/rsa1024-public.pem");
    let curve = include_str!("../../../../iam-sign/tests/keys/ec-public.pem");
    let private = include_str!("../../keys/two.pem");
    let two = format!("{good}{good}");
    for bad in ["", "ssh-rsa AAAA", weak, curve, private, &two, &good.replace("MII", "MIJ")] {
        let answer = world.post(&admin, &path, &json!({"key": bad}));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad}");
        assert!(!answer.text.contains("PRIVATE"), "{}", answer.text);
    }
    assert_eq!(world.get(&admin, &path).ok().json(), json!([]));
}
