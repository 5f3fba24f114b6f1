//! `durward user …`: what the host does for a user, when nobody can sign in.

use crate::moving::{HERE, admin, change, scratch_url, store_at, store_of, sums, word};
use crate::process::{Serving, durward, end_of, init, refusal};
use iam_api::users::User;
use iam_api::{BLOCKED, LifecycleState, Ocid, Timestamp};
use iam_store::{AuditRecord, CredentialKind, SignIns, Store, StoredCredential};
use std::path::Path;
use tempfile::TempDir;

fn user(action: &str, name: &str, dir: &Path) -> String {
    end_of(&mut durward(&["user", action, name, "--data-dir", word(dir)]))
}

fn last_line(store: &Store) -> AuditRecord {
    store.read(|tx| tx.audit_tail(HERE, 1)).unwrap().unwrap().remove(0)
}

/// Blocks a user as ten failed sign-ins do.
fn block(store: &Store, id: &Ocid) {
    let id = id.clone();
    change(store, move |tx| {
        let mut row = tx.resource(HERE, &id)?.unwrap();
        let mut user: User = row.model()?;
        user.inactive_status = Some(BLOCKED);
        user.lifecycle_state = LifecycleState::Inactive;
        row.state = user.lifecycle_state;
        row.set_model(&user)?;
        tx.update(HERE, &row)?;
        let blocked = Some(Timestamp::from_micros(5));
        tx.set_sign_ins(HERE, &id, &SignIns { failures: 10, blocked, ..SignIns::default() })
    });
}

#[test]
fn a_blocked_user_is_unblocked_and_it_is_noted() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let id = admin(&dir);
    block(&store_of(&dir), &id);
    let said = user("unblock", "ADMIN", &dir);
    assert_eq!(said, "User `admin` is not blocked; the state is ACTIVE\n");
    let store = store_of(&dir);
    let row = store.read(|tx| tx.resource(HERE, &id)).unwrap().unwrap().unwrap();
    let kept = store.read(|tx| tx.sign_ins(HERE, &id)).unwrap().unwrap();
    assert_eq!((row.state, kept.failures), (LifecycleState::Active, 0));
    let line = last_line(&store);
    let told = [&line.actor, &line.source, &line.event, &line.target, &line.outcome];
    assert_eq!(told, ["host", "host", "UpdateUserState", id.as_str(), "OK"]);
    assert!(!line.request_id.is_empty());
}

#[test]
fn a_reset_shows_a_password_once_that_the_console_takes() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--tenancy-name", "acme"]);
    let said = user("reset", "admin", &dir);
    let password = said.lines().next().unwrap().strip_prefix("One-time password of `admin`: ");
    let password = password.unwrap();
    assert_eq!(password.len(), 20);
    let line = last_line(&store_of(&dir));
    assert_eq!((line.actor.as_str(), line.event.as_str()), ("host", "CreateOrResetUIPassword"));
    let bytes = std::fs::read(dir.join("durward.db")).unwrap();
    let in_clear = bytes.windows(password.len()).any(|window| window == password.as_bytes());
    assert!(!in_clear, "what is kept of it is a hash");

    let serving = Serving::start(&dir, &[]);
    let led_to = crate::crash::sign_in(&serving, "admin", password);
    assert_eq!(led_to.as_deref(), Some("/console/change-password"));
    serving.stop();
    assert_ne!(user("reset", "admin", &dir), said, "each is another");
}

#[test]
fn in_a_tenancy_with_domains_the_password_is_shown_too() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--identity-domains", "--admin-email", "ann@example.com"]);
    let said = user("reset", "admin", &dir);
    assert_eq!(said.lines().next().unwrap().len(), "One-time password of `admin`: ".len() + 20);
    let waiting = iam_store::table("outbox").unwrap();
    assert_eq!(store_of(&dir).read(|tx| tx.count_rows(waiting)).unwrap().unwrap(), 0);
}

#[test]
fn a_user_becomes_an_administrator_once() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let said = refusal(&mut durward(&["user", "make-admin", "admin", "--data-dir", word(&dir)]));
    assert!(said.contains("is already a member of group `Administrators`"), "{said}");

    let id = admin(&dir);
    let store = store_of(&dir);
    let removed = id.clone();
    change(&store, move |tx| {
        let member = tx.memberships_of_user(HERE, &removed, "", 9)?.remove(0);
        tx.remove_membership(HERE, &member)
    });
    drop(store);
    assert!(user("make-admin", "admin", &dir).contains("is in the group Administrators"));
    let store = store_of(&dir);
    let groups = store.read(|tx| tx.memberships_of_user(HERE, &id, "", 9)).unwrap().unwrap();
    assert_eq!(groups.len(), 1);
    let line = last_line(&store);
    assert_eq!((line.actor.as_str(), line.event.as_str()), ("host", "AddUserToGroup"));
    assert_eq!(line.target, groups[0].id.as_str());
}

#[test]
fn in_a_database_the_nodes_take_notice() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--tenancy-name", "acme"]);
    let url = scratch_url();
    end_of(&mut durward(&["move", "--from", word(&dir), "--to", &url]));
    let key = dir.join("durward.key");
    let place = ["--database-url", &url, "--key-file", word(&key)];
    let node =
        Serving::run(&mut durward(&[&["serve", "--listen", "127.0.0.1:0"], &place[..]].concat()));
    let said = end_of(&mut durward(&[&["user", "reset", "admin"], &place[..]].concat()));
    let password = said.lines().next().unwrap().rsplit_once(": ").unwrap().1;
    let led_to = crate::crash::sign_in(&node, "admin", password);
    assert_eq!(led_to.as_deref(), Some("/console/change-password"));
    node.stop();
    let revision = |store: &Store| store.read(|tx| tx.meta("revision")).unwrap().unwrap();
    let store = store_at(&url);
    block(&store, &admin(&dir));
    let before = revision(&store);
    end_of(&mut durward(&[&["user", "unblock", "admin"], &place[..]].concat()));
    assert!(revision(&store) > before, "caches are dropped everywhere");
}

#[test]
fn what_is_served_and_what_is_unknown_is_left_alone() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let serving = Serving::start(&dir, &[]);
    let said = refusal(&mut durward(&["user", "reset", "admin", "--data-dir", word(&dir)]));
    assert!(said.contains("stop it first"), "{said}");
    serving.stop();
    let before = sums(&store_of(&dir));
    let said = refusal(&mut durward(&["user", "reset", "nobody", "--data-dir", word(&dir)]));
    assert!(said.contains("there is no user `nobody`") && said.contains("are: `admin`"), "{said}");
    let other = init(&root.path().join("other"), &[]);
    let key = other.join("durward.key");
    let args = ["user", "reset", "admin", "--data-dir", word(&dir), "--key-file", word(&key)];
    assert!(refusal(&mut durward(&args)).contains("is not the one that"));
    assert_eq!(sums(&store_of(&dir)), before);
}

#[test]
fn a_device_that_was_lost_is_taken_away_and_it_is_noted() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let id = admin(&dir);
    let owner = id.clone();
    change(&store_of(&dir), move |tx| {
        let mut row = tx.resource(HERE, &owner)?.unwrap();
        let mut user: User = row.model()?;
        user.is_mfa_activated = true;
        row.set_model(&user)?;
        tx.update(HERE, &row)?;
        tx.add_credential(HERE, &device(&owner))
    });
    assert_eq!(user("remove-device", "admin", &dir), "User `admin` has no MFA device\n");
    let store = store_of(&dir);
    let row = store.read(|tx| tx.resource(HERE, &id)).unwrap().unwrap().unwrap();
    assert!(!row.model::<User>().unwrap().is_mfa_activated);
    let kind = CredentialKind::MfaTotpDevice;
    assert!(store.read(|tx| tx.credentials(HERE, &id, kind)).unwrap().unwrap().is_empty());
    let line = last_line(&store);
    assert_eq!(
        [&line.actor, &line.event, &line.target],
        ["host", "DeleteMfaTotpDevice", id.as_str()]
    );
}

fn device(user: &Ocid) -> StoredCredential {
    let id = Ocid::new("credential", &[7; 32]).to_string();
    let created = Timestamp::from_micros(5);
    let body = serde_json::json!({
        "id": id, "userId": user, "timeCreated": created, "lifecycleState": "ACTIVE",
        "isActivated": true,
    });
    StoredCredential {
        user: user.clone(),
        kind: CredentialKind::MfaTotpDevice,
        id,
        created,
        etag: "e".to_owned(),
        state: "ACTIVE".to_owned(),
        body: body.to_string(),
        secret: vec![1],
        retry: None,
    }
}
