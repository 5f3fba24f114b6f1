//! `/20160918/users/{userId}/dbCredentials` and below.

use crate::world::World;
use serde_json::{Value, json};

const PASSWORD: &str = "For-my-2-databases";

fn details(password: &str) -> Value {
    json!({"password": password, "description": "sales"})
}

#[test]
fn a_new_one_is_answered_without_its_password_and_a_user_has_two() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let path = format!("/users/{ann}/dbCredentials");
    let made = world.post(&admin, &path, &details(PASSWORD)).ok();
    let mut expected = json!({
        "id": made.id(), "userId": ann, "timeCreated": "2026-11-23T12:00:00.000Z",
        "lifecycleState": "ACTIVE",
    });
    assert_eq!(made.json(), expected);
    expected["description"] = json!("sales");
    assert_eq!(world.get(&admin, &path).ok().json(), json!([expected]));
    world.pass(1);
    let mut second = details(PASSWORD);
    second["description"] = json!("stock");
    let second = world.post(&admin, &path, &second).ok().id();
    let third = world.post(&admin, &path, &details(PASSWORD));
    assert_eq!(third.code(), (400, "LimitExceeded".into()));

    let ids = |query: &str| -> Vec<String> {
        let listed = world.get(&admin, &format!("{path}?{query}")).ok().json();
        let ids = listed.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().into());
        ids.collect()
    };
    assert_eq!(ids(""), [second.clone(), made.id()]);
    assert_eq!(ids("sortBy=TIMECREATED&sortOrder=ASC"), [made.id(), second.clone()]);
    assert_eq!(ids("name=stock"), std::slice::from_ref(&second));
    assert_eq!((ids("lifecycleState=active").len(), ids("lifecycleState=DELETED").len()), (2, 0));
    let page = world.get(&admin, &format!("{path}?limit=1")).ok();
    let token = page.header("opc-next-page").unwrap();
    let next = world.get(&admin, &format!("{path}?limit=1&page={token}")).ok();
    assert_eq!((next.id_of_first(), next.header("opc-next-page")), (made.id(), None));

    let one = format!("{path}/{}", made.id());
    assert_eq!(world.delete(&admin, &one, &[("if-match", "other")]).status, 412);
    world.delete(&admin, &one, &[("if-match", &made.etag())]).ok();
    assert_eq!(ids(""), [second]);
}

#[test]
fn passwords_follow_the_rules_and_have_no_double_quote() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/users/{}/dbCredentials", world.user("ann"));
    for bad in ["short-1A", "for-my-2-databases", "For-my-\"2\"-databases", ""] {
        let refused = world.post(&admin, &path, &details(bad));
        assert_eq!(refused.code(), (400, "InvalidParameter".into()), "{bad}");
        assert!(bad.is_empty() || !refused.text.contains(bad));
    }
    assert_eq!(world.get(&admin, &path).ok().json(), json!([]));
}

#[test]
fn who_may_not_use_any_gets_none_and_keeps_the_right_to_delete() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let path = format!("/users/{ann}/dbCredentials");
    let made = world.post(&admin, &path, &details(PASSWORD)).ok().id();
    let barred = json!({"canUseDBCredentials": false});
    world.put(&admin, &format!("/users/{ann}/capabilities"), &barred, &[]).ok();
    let refused = world.post(&admin, &path, &details(PASSWORD));
    assert_eq!(refused.code(), (400, "InvalidParameter".into()));
    assert!(refused.text.contains("canUseDbCredentials"));
    world.delete(&admin, &format!("{path}/{made}"), &[]).ok();
}

#[test]
fn of_the_password_only_a_slow_hash_is_kept() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    world.post(&admin, &format!("/users/{ann}/dbCredentials"), &details(PASSWORD)).ok();
    assert!(world.on_disk().iter().all(|(_, text)| !text.contains(PASSWORD)));
    let (at, kind) = (iam_store::TenancyNo(1), iam_store::CredentialKind::DbCredential);
    let kept = world.app.store.read(|tx| tx.credentials(at, &ann, kind)).unwrap().unwrap();
    assert!(String::from_utf8(kept[0].secret.clone()).unwrap().starts_with("$argon2id$"));
}
