//! `durward verify`: what is whole is found whole, and each thing that is not is found.

use crate::moving::{HERE, admin, change, furnished, scratch_url, store_at, store_of, word};
use crate::process::{Serving, durward, end_of, init, refusal, run};
use iam_api::Ocid;
use iam_store::{
    Alias, Membership, Resource, ResourceKind, Setting, Store, StoreError, StoredPassword, Tx,
};
use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn verified(place: &[&str]) -> String {
    end_of(&mut durward(&[&["verify"], place].concat()))
}

/// What is found wrong in a data directory, line by line.
fn wrong(dir: &Path) -> Vec<String> {
    let ended = run(&["verify", "--data-dir", word(dir)]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = String::from_utf8(ended.stdout).unwrap();
    said.lines().filter_map(|line| line.strip_prefix("wrong: ").map(str::to_owned)).collect()
}

/// Spoils the store of a new installation, and looks for it.
fn spoilt(
    spoil: impl Fn(&mut Tx<'_>, Resource) -> Result<(), StoreError> + Send + 'static,
) -> Vec<String> {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--admin-email", "ann@example.com"]);
    let id = admin(&dir);
    change(&store_of(&dir), move |tx| {
        let row = tx.resource(HERE, &id)?.unwrap();
        spoil(tx, row)
    });
    wrong(&dir)
}

fn found(wrong: &[String], words: &[&str]) {
    for words in words {
        assert!(wrong.iter().any(|line| line.contains(words)), "{words}: {wrong:?}");
    }
    assert_eq!(wrong.len(), words.len(), "{wrong:?}");
}

#[test]
fn a_new_installation_is_whole_also_while_it_is_served_and_in_a_database() {
    let root = TempDir::new().unwrap();
    for (number, more) in
        [&[][..], &["--identity-domains", "--admin-email", "a@b.example"]].into_iter().enumerate()
    {
        let dir = init(&root.path().join(number.to_string()), more);
        let serving = Serving::start(&dir, &[]);
        let said = verified(&["--data-dir", word(&dir)]);
        assert!(said.contains("nothing wrong"), "{said}");
        serving.stop();
        let url = scratch_url();
        end_of(&mut durward(&["move", "--from", word(&dir), "--to", &url]));
        let there = verified(&["--database-url", &url]);
        // Table for table: counts and hashes.
        let sums = |said: &str| -> Vec<String> {
            said.lines().filter(|line| line.contains(" sha256 ")).map(str::to_owned).collect()
        };
        assert_eq!(sums(&there), sums(&verified(&["--data-dir", word(&dir)])));
    }
}

#[test]
fn what_belongs_to_nobody_is_found() {
    let wrong = spoilt(|tx, admin| {
        let gone = Ocid::from("ocid1.user.oc1..gone");
        let password = StoredPassword {
            hash: "hash".to_owned(),
            created: admin.created,
            expires: None,
            anchor: admin.created,
            retry: None,
            etag: "etag".to_owned(),
        };
        tx.set_ui_password(HERE, &gone, &password)?;
        let member = Membership {
            id: Ocid::from("ocid1.groupmembership.oc1..x"),
            user: admin.id,
            group: gone,
            created: admin.created,
            etag: "etag".to_owned(),
        };
        tx.add_membership(HERE, &member).map(|_| ())
    });
    found(&wrong, &["there is no user `ocid1.user.oc1..gone`", "there is no group"]);
}

#[test]
fn a_rule_that_is_none_and_a_place_to_sign_in_from_that_is_gone_are_found() {
    let wrong = spoilt(|tx, admin| {
        let (id, name) = (Ocid::from("ocid1.dynamicgroup.oc1..x"), "machines".to_owned());
        let body = json!({"id": id, "compartmentId": admin.parent, "name": name,
                          "description": "", "matchingRule": "ANY {",
                          "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE"});
        let (kind, body) = (ResourceKind::DynamicGroup, body.to_string());
        let folded = iam_policy::fold(&name);
        tx.insert(HERE, &Resource { id, kind, name, folded, body, ..admin })?;
        let mut setting = tx.setting(HERE, "authentication-policy")?.unwrap();
        let named = r#""networkSourceIds":["ocid1.networksource.oc1..gone"]"#;
        setting.body = setting.body.replace(r#""networkSourceIds":[]"#, named);
        tx.set_setting(HERE, "authentication-policy", &setting)
    });
    let words = ["its matching rule cannot be read", "there is no network source `ocid1"];
    found(&wrong, &words);
}

#[test]
fn names_that_do_not_fit_are_found() {
    let wrong = spoilt(|tx, admin| {
        tx.set_alias(HERE, Alias::UserEmail, &admin.id, Some("other@example.com"))?;
        let mut other = admin;
        other.id = Ocid::from("ocid1.user.oc1..other");
        other.name = "Bob".to_owned();
        other.folded = "BOB".to_owned();
        other.body = other.body.replace("ann@example.com", "bob@example.com");
        tx.insert(HERE, &other).map(|_| ())
    });
    found(
        &wrong,
        &[
            "its folded name is not that of its name",
            "its body says that its id is",
            "its body says that its name is `admin`",
            "its second name `ann@example.com` is not kept as its own",
            "its second name `bob@example.com` is not kept as its own",
            "`other@example.com` is no second name of that user",
        ],
    );
}

#[test]
fn what_cannot_be_read_is_found() {
    let wrong = spoilt(|tx, mut admin| {
        admin.body = "{".to_owned();
        tx.update(HERE, &admin)?;
        let mut policy = tx.policies(HERE)?.remove(0);
        policy.compiled = Some("[]".to_owned());
        tx.update(HERE, &policy)?;
        let mut key = tx.api_keys(HERE, &admin.id)?.remove(0);
        key.fingerprint = "00:11".to_owned();
        tx.add_api_key(HERE, &key)?;
        let setting = Setting { etag: "etag".to_owned(), body: "no".to_owned() };
        tx.set_setting(HERE, "mine", &setting)
    });
    found(
        &wrong,
        &[
            "its body cannot be read",
            "it has 1 statements, and 0 decide",
            "its key has the fingerprint",
            "its body is no JSON",
        ],
    );
}

#[test]
fn a_damaged_file_is_found() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    // An index that lacks what its table has: the file can be read, and answers wrong.
    let file = dir.join("durward.db");
    let bytes = fs::read(&file).unwrap();
    let at =
        bytes.windows(20).rposition(|window| window.starts_with(b"ocid1.groupmembershi")).unwrap();
    let mut spoilt = bytes;
    spoilt[at + 21] ^= 1;
    fs::write(&file, spoilt).unwrap();
    let wrong = wrong(&dir);
    assert!(wrong.iter().any(|line| line.contains("the store is damaged")), "{wrong:?}");
}

#[test]
fn another_installations_key_is_found() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let other = init(&root.path().join("other"), &[]);
    fs::copy(other.join("durward.key"), dir.join("durward.key")).unwrap();
    found(&wrong(&dir), &["is the key of another installation"]);
}

#[test]
fn a_backup_is_verified_too() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let file = root.path().join("backup");
    end_of(&mut durward(&["backup", "--data-dir", word(&dir), "--to", word(&file)]));
    assert!(verified(&["--backup", word(&file)]).contains("The backup is whole"));
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let said = refusal(&mut durward(&["verify", "--backup", word(&file)]));
    assert!(said.contains("the backup is damaged"), "{said}");
}

#[test]
fn credentials_without_a_user_are_found_in_a_database() {
    let root = TempDir::new().unwrap();
    let (dir, user) = furnished(root.path());
    let url = scratch_url();
    end_of(&mut durward(&["move", "--from", word(&dir), "--to", &url]));
    let store: Store = store_at(&url);
    change(&store, move |tx| tx.delete(HERE, &user));
    let ended = run(&["verify", "--database-url", &url]);
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stdout).unwrap();
    for table in ["api_keys", "ui_passwords", "sessions", "links", "memberships"] {
        assert!(said.contains(&format!("wrong: {table} ")), "{table}: {said}");
    }
}
