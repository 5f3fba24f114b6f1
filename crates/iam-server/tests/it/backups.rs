//! `durward backup` and `durward restore`: one state in one file, and what comes back of it.

use crate::crash::Administrator;
use crate::moving::{
    HERE, change, credential, furnish, furnished, key, scratch_url, store_at, store_of, sums, word,
};
use crate::process::{Serving, durward, end_of, init, refusal, run};
use iam_store::{Cell, CredentialKind, Rows, Store, table};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

/// Tables of which nothing comes back.
const ENDED: [&str; 3] = ["sessions", "links", "retry_tokens"];

fn backup(dir: &Path, to: &Path) -> String {
    end_of(&mut durward(&["backup", "--data-dir", word(dir), "--to", word(to)]))
}

/// Restores into a directory beside, with the key of the first.
fn restore(from: &Path, dir: &Path, to: &Path, more: &[&str]) -> String {
    let key = dir.join("durward.key");
    let args = ["restore", "--from", word(from), "--data-dir", word(to), "--key-file", word(&key)];
    end_of(&mut durward(&[&args, more].concat()))
}

fn refused_restore(from: &Path, to: &Path, key: &Path) -> String {
    let args = ["restore", "--from", word(from), "--data-dir", word(to), "--key-file", word(key)];
    refusal(&mut durward(&args))
}

fn count(store: &Store, name: &str) -> u64 {
    store.read(|tx| tx.count_rows(table(name).unwrap())).unwrap().unwrap()
}

/// The names of all users.
fn users(store: &Store) -> BTreeSet<String> {
    let table = table("resources").unwrap();
    let mut names = BTreeSet::new();
    let mut take = |row: Vec<Cell>| {
        if table.text(&row, "kind") == "user" {
            names.insert(table.text(&row, "name").to_owned());
        }
        Ok(())
    };
    store.read(|tx| tx.each(table, &mut take)).unwrap().unwrap();
    names
}

#[test]
fn a_backup_of_what_is_served_holds_all_that_was_answered_before() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--tenancy-name", "acme"]);
    let serving = Arc::new(Serving::start(&dir, &[]));
    let done = Arc::new(AtomicBool::new(false));
    let (first, writer) = {
        let (sender, receiver) = std::sync::mpsc::channel();
        let (serving, done) = (Arc::clone(&serving), Arc::clone(&done));
        let admin = Administrator::of(&dir);
        let writer = std::thread::spawn(move || {
            for number in 0..1_500 {
                let body = format!(
                    r#"{{"compartmentId":"{}","name":"user-{number}","description":"x"}}"#,
                    admin.tenancy
                );
                admin.send(&serving, "POST", "/20160918/users", "", &body).unwrap();
                let _nobody_waits = sender.send(number);
                if done.load(Ordering::Relaxed) {
                    return number;
                }
            }
            panic!("the backup took too long");
        });
        (receiver, writer)
    };
    let mut answered = 0;
    while answered < 40 {
        answered = first.recv().unwrap();
    }
    let file = root.path().join("backup");
    let said = backup(&dir, &file);
    done.store(true, Ordering::Relaxed);
    let last = writer.join().unwrap();
    assert!(last > answered, "changes went on meanwhile");
    assert!(said.contains("key file is not in it"), "{said}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    Arc::into_inner(serving).unwrap().stop();

    let to = root.path().join("restored");
    restore(&file, &dir, &to, &[]);
    let names = users(&store_of(&to));
    for number in 0..=answered {
        assert!(names.contains(&format!("user-{number}")), "user-{number}");
    }
    // One state: who came later is there only with everyone before.
    let made = names.iter().filter(|name| name.starts_with("user-")).count();
    assert!((0..made).all(|number| names.contains(&format!("user-{number}"))), "{names:?}");
    Serving::start(&to, &["--key-file", word(&dir.join("durward.key"))]).stop();
}

#[test]
fn what_is_short_of_life_does_not_come_back_and_the_rest_does() {
    let root = TempDir::new().unwrap();
    let (dir, user) = furnished(root.path());
    let file = root.path().join("backup");
    backup(&dir, &file);
    let (to, url) = (root.path().join("restored"), scratch_url());
    let said = restore(&file, &dir, &to, &[]);
    let ended = "1 one-time passwords, 1 Console sessions, 1 mailed links, 1 retry tokens";
    assert!(said.contains(ended), "{said}");
    assert!(said.contains("do it again with --compare"), "{said}");
    let key = dir.join("durward.key");
    let args = ["restore", "--from", word(&file), "--key-file", word(&key), "--database-url", &url];
    end_of(&mut durward(&args));

    let before = sums(&store_of(&dir));
    for store in [store_of(&to), store_at(&url)] {
        let after = sums(&store);
        for (before, after) in before.iter().zip(&after) {
            match before.table {
                name if ENDED.contains(&name) => assert_eq!((before.count, after.count), (1, 0)),
                "ui_passwords" => assert_eq!((before.count, after.count), (1, 0)),
                "audit" => assert_eq!(after.count, before.count + 1),
                "audit_ends" => assert_ne!(before, after, "that line is the last now"),
                _ => assert_eq!(before, after),
            }
        }
        let last = store.read(|tx| tx.audit_tail(HERE, 1)).unwrap().unwrap().remove(0);
        assert_eq!((last.actor.as_str(), last.event.as_str()), ("host", "Restore"));
    }
    // A password that somebody chose stays.
    let chooser = user.clone();
    change(&store_of(&dir), move |tx| furnish_again(tx, &chooser));
    let second = root.path().join("second");
    backup(&dir, &second);
    let to = root.path().join("with-password");
    restore(&second, &dir, &to, &[]);
    assert_eq!(count(&store_of(&to), "ui_passwords"), 1);
}

/// The same user once more, with a password of their own choice.
fn furnish_again(
    tx: &mut iam_store::Tx<'_>,
    user: &iam_api::Ocid,
) -> Result<(), iam_store::StoreError> {
    furnish(tx, user, "second", false)
}

#[test]
fn what_was_revoked_since_is_listed_where_a_newer_state_is_named() {
    let root = TempDir::new().unwrap();
    let (dir, user) = furnished(root.path());
    let id = user.clone();
    change(&store_of(&dir), move |tx| furnish_again(tx, &id));
    let file = root.path().join("backup");
    backup(&dir, &file);
    let id = user.clone();
    change(&store_of(&dir), move |tx| {
        tx.remove_api_key(HERE, &id, "fingerprint of admin")?;
        tx.remove_credential(HERE, "auth-token of admin")?;
        let mut replaced = credential(&id, CredentialKind::SmtpCredential, "admin");
        replaced.secret = b"another".to_vec();
        tx.update_credential(HERE, &replaced)?;
        let mut renamed = credential(&id, CredentialKind::SwiftPassword, "admin");
        (renamed.etag, renamed.body) = ("later".to_owned(), renamed.body.replace('}', " }"));
        tx.update_credential(HERE, &renamed)?;
        tx.drop_ui_password(HERE, &id)?;
        // Made after the backup: it is in no backup, and nothing has to be told of it.
        tx.add_api_key(HERE, &key(&id, "newer")).map(|_| ())
    });
    let to = root.path().join("restored");
    let said = restore(&file, &dir, &to, &["--compare", word(&dir)]);
    assert!(said.contains("4 were revoked since"), "{said}");
    assert!(said.contains("auth token, of user: auth-token of admin  admin"), "{said}");
    assert!(said.contains("SMTP credential, of user: smtp-credential of admin"), "{said}");
    assert!(said.contains("fingerprint of admin") && said.contains(user.as_str()), "{said}");
    assert!(said.contains("Console password, removed, of user  admin"), "{said}");
    assert!(!said.contains("fingerprint of second") && !said.contains("newer"), "{said}");

    let same = root.path().join("same");
    let said = restore(&file, &dir, &same, &["--compare", word(&to)]);
    assert!(said.contains("Nothing was revoked since"), "{said}");
}

#[test]
fn the_key_is_not_in_a_backup() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let file = root.path().join("backup");
    backup(&dir, &file);
    let (bytes, key) = (fs::read(&file).unwrap(), fs::read(dir.join("durward.key")).unwrap());
    let key = key.trim_ascii();
    assert!(!bytes.windows(key.len()).any(|window| window == key));
    assert!(bytes.windows(5).any(|window| window == b"admin"), "as the database has it");
}

#[test]
fn a_file_that_exists_is_not_overwritten_and_nothing_is_left_of_a_failure() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let file = root.path().join("backup");
    fs::write(&file, "mine").unwrap();
    let args = ["backup", "--data-dir", word(&dir), "--to", word(&file)];
    assert!(refusal(&mut durward(&args)).contains("exists already"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let nowhere = root.path().join("nowhere");
    let other = root.path().join("other");
    let args = ["backup", "--data-dir", word(&nowhere), "--to", word(&other)];
    assert!(refusal(&mut durward(&args)).contains("holds no installation"));
    let left: Vec<PathBuf> =
        fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_restore_that_is_refused_leaves_nothing() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let other = init(&root.path().join("other"), &[]);
    let (file, torn) = (root.path().join("backup"), root.path().join("torn"));
    backup(&dir, &file);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&torn, &bytes).unwrap();
    let (to, key) = (root.path().join("to"), dir.join("durward.key"));
    for (from, key, words) in [
        (&torn, key.clone(), "the backup is damaged"),
        (&key, key.clone(), "is not a backup"),
        (&file, other.join("durward.key"), "is not the one that"),
        (&file, root.path().join("no-key"), "does not exist"),
    ] {
        let said = refused_restore(from, &to, &key);
        assert!(said.contains(words), "{said}");
        assert!(!to.exists(), "{words}");
    }
    let before = sums(&store_of(&other));
    let said = refused_restore(&file, &other, &key);
    assert!(said.contains("already holds an installation"), "{said}");
    assert_eq!(sums(&store_of(&other)), before);
}

#[test]
fn a_directory_with_the_key_alone_is_restored_into() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let file = root.path().join("backup");
    backup(&dir, &file);
    let to = root.path().join("to");
    fs::create_dir(&to).unwrap();
    fs::copy(dir.join("durward.key"), to.join("durward.key")).unwrap();
    let ended = run(&["restore", "--from", word(&file), "--data-dir", word(&to)]);
    assert!(ended.status.success(), "{ended:?}");
    assert!(String::from_utf8(ended.stdout).unwrap().contains("durward serve --data-dir"));
    Serving::start(&to, &[]).stop();
    assert_eq!(users(&store_of(&to)), BTreeSet::from(["admin".to_owned()]));
}

#[test]
fn a_database_is_backed_up_as_a_directory_is() {
    let root = TempDir::new().unwrap();
    let (dir, _) = furnished(root.path());
    let url = scratch_url();
    end_of(&mut durward(&["move", "--from", word(&dir), "--to", &url]));
    let [here, there] = ["here", "there"].map(|name| root.path().join(name));
    backup(&dir, &here);
    end_of(&mut durward(&["backup", "--database-url", &url, "--to", word(&there)]));
    // But for the head, which tells the time, and the sum over everything.
    let body = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        let length = u32::from_be_bytes(bytes[17..21].try_into().unwrap()) as usize;
        bytes[21 + length..bytes.len() - 32].to_vec()
    };
    assert!(body(&here) == body(&there));
}
