//! `/20160918/users/{userId}/authTokens`, `swiftPasswords`, `customerSecretKeys`,
//! `smtpCredentials` and below: what users show to other services.

use crate::world::{Caller, World};
use serde_json::{Value, json};

/// A kind of credential, as it is seen from outside.
struct Kind {
    path: &'static str,
    /// The field that describes it.
    words: &'static str,
    /// The field that holds its secret when it is made.
    secret: &'static str,
    secret_length: usize,
    id_start: &'static str,
    has_etag: bool,
    capability: &'static str,
    /// What is on the wire besides what all have.
    extra: &'static [&'static str],
}

const KINDS: [Kind; 4] = [
    Kind {
        path: "authTokens",
        words: "description",
        secret: "token",
        secret_length: 20,
        id_start: "ocid1.credential.oc1..",
        has_etag: true,
        capability: "canUseAuthTokens",
        extra: &[],
    },
    Kind {
        path: "swiftPasswords",
        words: "description",
        secret: "password",
        secret_length: 20,
        id_start: "ocid1.credential.oc1..",
        has_etag: true,
        capability: "canUseAuthTokens",
        extra: &[],
    },
    Kind {
        path: "customerSecretKeys",
        words: "displayName",
        secret: "key",
        secret_length: 44,
        id_start: "",
        has_etag: false,
        capability: "canUseCustomerSecretKeys",
        extra: &["name"],
    },
    Kind {
        path: "smtpCredentials",
        words: "description",
        secret: "password",
        secret_length: 20,
        id_start: "ocid1.credential.oc1..",
        has_etag: true,
        capability: "canUseSmtpCredentials",
        extra: &["username"],
    },
];

impl Kind {
    fn of(&self, user: impl std::fmt::Display) -> String {
        format!("/users/{user}/{}", self.path)
    }

    fn body(&self, words: &str) -> Value {
        json!({self.words: words})
    }

    fn make(&self, world: &World, caller: &Caller, user: impl std::fmt::Display) -> Value {
        world.post(caller, &self.of(user), &self.body("backup job")).ok().json()
    }
}

#[test]
fn a_new_credential_shows_its_secret_this_once_and_is_told_of_without_it() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    for kind in KINDS {
        let answer = world.post(&admin, &kind.of(&ann), &kind.body("backup job"));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("etag").is_some(), kind.has_etag, "{}", kind.path);
        let cached = answer.header("cache-control");
        assert_eq!(cached, Some("no-cache, no-store, must-revalidate"), "{}", kind.path);
        let mut made = answer.json();
        let secret = made.as_object_mut().unwrap().remove(kind.secret).unwrap();
        assert_eq!(secret.as_str().unwrap().len(), kind.secret_length);
        let id = made["id"].as_str().unwrap();
        assert!(id.starts_with(kind.id_start), "{id}");
        let mut expected = json!({
            "id": id, kind.words: "backup job", "userId": ann, "compartmentId": world.tenancy(),
            "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        });
        for extra in kind.extra {
            expected[*extra] = made[*extra].clone();
        }
        assert_eq!(made, expected);
        let list = world.get(&admin, &kind.of(&ann)).ok();
        assert_eq!((list.json(), list.header("etag")), (json!([expected]), None));
        assert_eq!(list.header("opc-next-page"), None);
    }
}

#[test]
fn names_have_the_forms_that_were_recorded_of_the_live_service() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let [.., secret_keys, smtp] = KINDS;
    let made = secret_keys.make(&world, &admin, &ann);
    let id = made["id"].as_str().unwrap();
    assert!(id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(made["name"], id);
    let made = smtp.make(&world, &admin, &ann);
    let username = made["username"].as_str().unwrap();
    let rest = username.strip_prefix(&format!("{ann}@{}.", world.tenancy())).unwrap();
    assert_eq!(username.len(), 163);
    let letters = rest.strip_suffix(".com").unwrap();
    assert!(letters.len() == 2 && letters.bytes().all(|byte| byte.is_ascii_lowercase()), "{rest}");
}

#[test]
fn a_change_of_the_words_leaves_the_secret_and_shows_it_to_nobody() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    for kind in KINDS {
        let made = kind.make(&world, &admin, &ann);
        let path = format!("{}/{}", kind.of(&ann), made["id"].as_str().unwrap());
        let answer = world.put(&admin, &path, &kind.body("another job"), &[]).ok();
        let mut expected = made.clone();
        expected.as_object_mut().unwrap().remove(kind.secret);
        expected[kind.words] = json!("another job");
        assert_eq!(answer.json(), expected);
        let etag = answer.header("etag").unwrap();
        let stale = world.put(&admin, &path, &kind.body("x"), &[("if-match", "stale")]);
        assert_eq!(stale.code(), (412, "NoEtagMatch".into()));
        let kept = world.put(&admin, &path, &json!({}), &[("if-match", etag)]).ok();
        assert_eq!(kept.json(), expected, "nothing said, nothing changed");
        let long = kind.body(&"x".repeat(401));
        for answer in
            [world.put(&admin, &path, &long, &[]), world.post(&admin, &kind.of(&ann), &long)]
        {
            assert_eq!(answer.code(), (400, "InvalidParameter".into()));
        }
        assert_eq!(world.get(&admin, &kind.of(&ann)).ok().json(), json!([expected]));
        let gone = world.delete(&admin, &path, &[("if-match", etag)]);
        assert_eq!(gone.code(), (412, "NoEtagMatch".into()), "the second change moved it");
    }
}

#[test]
fn a_user_has_two_of_each_kind_at_most_and_another_when_one_was_deleted() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    for kind in KINDS {
        let first = kind.make(&world, &admin, &ann);
        let second = kind.make(&world, &admin, &ann);
        assert_ne!(first[kind.secret], second[kind.secret]);
        let answer = world.post(&admin, &kind.of(&ann), &kind.body("third"));
        assert_eq!(answer.code(), (400, "LimitExceeded".into()), "{}", kind.path);
        let path = format!("{}/{}", kind.of(&ann), first["id"].as_str().unwrap());
        assert_eq!(world.delete(&admin, &path, &[]).status, 204);
        assert_eq!(
            world.delete(&admin, &path, &[]).code(),
            (404, "NotAuthorizedOrNotFound".into())
        );
        kind.make(&world, &admin, &ann);
        kind.make(
            &world,
            &admin,
            world.user(&format!("bob-{}", kind.secret.len() + kind.path.len())),
        );
    }
}

#[test]
fn a_credential_is_found_at_its_own_user_and_kind_alone() {
    let world = World::new();
    let (admin, ann, bob) = (world.administrator(), world.user("ann"), world.user("bob"));
    for kind in KINDS {
        let made = kind.make(&world, &admin, &ann);
        let id = made["id"].as_str().unwrap();
        for wrong in [&KINDS[0], &KINDS[1], &KINDS[2], &KINDS[3]] {
            for user in [&ann, &bob] {
                if (user, wrong.path) == (&ann, kind.path) {
                    continue;
                }
                let path = format!("{}/{id}", wrong.of(user));
                let changed = world.put(&admin, &path, &wrong.body("x"), &[]);
                assert_eq!(changed.code(), (404, "NotAuthorizedOrNotFound".into()), "{path}");
                assert_eq!(world.delete(&admin, &path, &[]).status, 404, "{path}");
            }
        }
    }
}

#[test]
fn who_may_not_use_a_kind_gets_none_and_can_be_rid_of_what_there_is() {
    for kind in KINDS {
        let world = World::new();
        let (admin, ann) = (world.administrator(), world.user("ann"));
        let made = kind.make(&world, &admin, &ann);
        let capabilities = format!("/users/{ann}/capabilities");
        world.put(&admin, &capabilities, &json!({kind.capability: false}), &[]).ok();
        let answer = world.post(&admin, &kind.of(&ann), &kind.body("x"));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()));
        assert!(answer.text("message").contains(kind.capability), "{answer:?}");
        let path = format!("{}/{}", kind.of(&ann), made["id"].as_str().unwrap());
        world.delete(&admin, &path, &[]).ok();
    }
}

#[test]
fn a_repeated_request_gets_the_same_secret_until_the_credential_is_deleted() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    for kind in KINDS {
        let path = format!("/20160918{}", kind.of(&ann));
        let name = format!("again-{}", kind.path);
        let token = [("opc-retry-token", name.as_str())];
        let make = || world.send_with(&admin, "POST", &path, Some(&kind.body("x")), &token);
        let first = make().ok();
        assert_eq!(make().ok().text, first.text);
        let one = format!("{}/{}", kind.of(&ann), first.id());
        world.put(&admin, &one, &kind.body("y"), &[]).ok();
        assert_eq!(make().ok().text, first.text, "the secret is still the same");
        assert_eq!(world.get(&admin, &kind.of(&ann)).ok().json().as_array().unwrap().len(), 1);
        world.delete(&admin, &one, &[]).ok();
        assert_eq!(make().code(), (409, "InvalidatedRetryToken".into()));
    }
}

#[test]
fn credentials_go_with_their_user() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let made: Vec<Value> = KINDS.iter().map(|kind| kind.make(&world, &admin, &ann)).collect();
    world.delete(&admin, &format!("/users/{ann}"), &[]).ok();
    let read = world.app.store.read(|tx| {
        let at = tx.tenancies().unwrap()[0].0;
        made.iter().any(|made| tx.credential(at, made["id"].as_str().unwrap()).unwrap().is_some())
    });
    assert!(!read.unwrap());
}

#[test]
fn secrets_are_in_no_file_of_the_installation() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let secret = |kind: &Kind| {
        let token = [("opc-retry-token", kind.path)];
        let path = format!("/20160918{}", kind.of(&ann));
        let answer = world.send_with(&admin, "POST", &path, Some(&kind.body("x")), &token);
        answer.ok().text(kind.secret)
    };
    let secrets: Vec<String> = KINDS.iter().map(secret).collect();
    let files = world.on_disk();
    assert!(files.iter().any(|(_, text)| text.contains("auth-token")), "what is there is found");
    for secret in secrets {
        for form in crate::secrets::forms(&secret) {
            let form: String = form.iter().map(|byte| char::from(*byte)).collect();
            for (name, text) in &files {
                assert!(!text.contains(&form), "{secret} is in {name} as {form}");
            }
        }
    }
}
