//! `durward move`: a whole installation in another place, proved to be the same.

use crate::crash::Administrator;
use crate::process::{Serving, durward, end_of, init, refusal};
use iam_api::{Ocid, Timestamp};
use iam_store::{
    CredentialKind, Database, LinkPurpose, Nowhere, Purpose, Store, StoreError, StoredCredential,
    StoredKey, StoredLink, StoredPassword, StoredRetry, StoredSession, Sum, TenancyNo, Tx, all,
    pour,
};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tempfile::TempDir;

/// The tenancy of a new installation.
pub(crate) const HERE: TenancyNo = TenancyNo(1);

pub(crate) fn word(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn scratch_url() -> String {
    scratch_postgres::database().unwrap()
}

/// Opens the store of a data directory. Another test may be starting a process, which holds copies
/// of all open files for a moment, and so of the lock.
pub(crate) fn store_of(dir: &Path) -> Store {
    let (_never, wait) = std::sync::mpsc::channel::<()>();
    loop {
        match Store::open(&dir.join("durward.db")) {
            Err(cause) if cause.to_string().contains("another process has") => {
                let _moment = wait.recv_timeout(std::time::Duration::from_millis(10));
            }
            opened => return opened.unwrap(),
        }
    }
}

pub(crate) fn store_at(url: &str) -> Store {
    Store::open_in(&url.parse::<Database>().unwrap()).unwrap()
}

/// What is in it: the count and the hash of each table.
pub(crate) fn sums(store: &Store) -> Vec<Sum> {
    store.read(|tx| pour(tx, &all, &mut Nowhere, &|_| {})).unwrap().unwrap()
}

pub(crate) fn change<R: Send + 'static>(
    store: &Store,
    work: impl FnMut(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
) -> R {
    store.write(work).wait().unwrap().unwrap()
}

/// Gives a user what a user may have: a session, a link, a password, a key, a stored answer.
pub(crate) fn credential(user: &Ocid, kind: CredentialKind, name: &str) -> StoredCredential {
    let id = format!("{} of {name}", kind.as_str());
    StoredCredential {
        user: user.clone(),
        kind,
        body: format!(r#"{{"id":"{id}","lifecycleState":"ACTIVE","userId":"{user}"}}"#),
        id,
        created: Timestamp::from_micros(1_800_000_000_000_000),
        etag: "etag".to_owned(),
        state: "ACTIVE".to_owned(),
        secret: b"hash".to_vec(),
        retry: None,
    }
}

pub(crate) fn furnish(
    tx: &mut Tx<'_>,
    user: &Ocid,
    name: &str,
    one_time: bool,
) -> Result<(), StoreError> {
    let now = Timestamp::from_micros(1_800_000_000_000_000);
    let later = now.plus_seconds(1_000_000);
    tx.add_session(&StoredSession {
        hash: format!("session of {name}"),
        tenancy: HERE,
        user: user.clone(),
        purpose: Purpose::Console,
        second_factor: false,
        created: now,
        seen: now,
    })?;
    tx.set_link(&StoredLink {
        tenancy: HERE,
        user: user.clone(),
        purpose: LinkPurpose::ResetPassword,
        hash: format!("link of {name}"),
        created: now,
        expires: later,
        anchor: now,
        bound: "state".to_owned(),
    })?;
    let password = StoredPassword {
        hash: format!("password of {name}"),
        created: now,
        expires: Some(later).filter(|_| one_time),
        anchor: now,
        retry: None,
        etag: "etag".to_owned(),
    };
    tx.set_ui_password(HERE, user, &password)?;
    tx.add_api_key(HERE, &key(user, name))?;
    for kind in CredentialKind::ALL {
        tx.add_credential(HERE, &credential(user, kind, name))?;
    }
    let retry =
        StoredRetry { request: b"request".to_vec(), created: now, answer: b"answer".to_vec() };
    tx.keep_retry_token(HERE, name.as_bytes(), &retry)
}

pub(crate) fn key(user: &Ocid, name: &str) -> StoredKey {
    StoredKey {
        user: user.clone(),
        fingerprint: format!("fingerprint of {name}"),
        pem: "pem".to_owned(),
        created: Timestamp::from_micros(5),
        etag: "etag".to_owned(),
    }
}

/// An installation in which the first administrator has one of everything.
pub(crate) fn furnished(root: &Path) -> (PathBuf, Ocid) {
    let dir = init(root, &[]);
    let user = admin(&dir);
    let id = user.clone();
    change(&store_of(&dir), move |tx| furnish(tx, &id, "admin", true));
    (dir, user)
}

/// The OCID of the first administrator.
pub(crate) fn admin(dir: &Path) -> Ocid {
    let text = fs::read_to_string(dir.join("config")).unwrap();
    Ocid::from(text.lines().find_map(|line| line.strip_prefix("user=")).unwrap())
}

fn move_all(from: &str, to: &str, more: &[&str]) -> String {
    end_of(&mut durward(&[&["move", "--from", from, "--to", to], more].concat()))
}

fn refused_move(from: &str, to: &str, more: &[&str]) -> String {
    refusal(&mut durward(&[&["move", "--from", from, "--to", to], more].concat()))
}

#[test]
fn an_installation_goes_to_a_database_and_back_and_is_the_same() {
    let root = TempDir::new().unwrap();
    let (dir, _) = furnished(root.path());
    let key_file = dir.join("durward.key");
    let (url, back) = (scratch_url(), root.path().join("back"));
    let before = sums(&store_of(&dir));

    let said = move_all(word(&dir), &url, &[]);
    assert!(said.contains("the same count and the same SHA-256"), "{said}");
    assert!(said.contains("durward serve --database-url"), "{said}");
    assert!(said.contains("--key-file"), "{said}");
    assert_eq!(sums(&store_of(&dir)), before, "the source is as it was");
    assert_eq!(sums(&store_at(&url)), before);

    let key = ["--key-file", word(&key_file)];
    move_all(&url, word(&back), &key);
    assert_eq!(sums(&store_of(&back)), before);
    assert_eq!(fs::metadata(&back).unwrap().permissions().mode() & 0o777, 0o700);
    let made: Vec<_> =
        fs::read_dir(&back).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !made.contains(&"unfinished".into()) && made.contains(&"durward.db".into()),
        "{made:?}"
    );

    // Each of the three is served, and knows the administrator.
    let admin = Administrator::of(&dir);
    let in_database = ["serve", "--database-url", &url, "--listen", "127.0.0.1:0"];
    for serving in [
        Serving::start(&dir, &[]),
        Serving::start(&back, &key),
        Serving::run(&mut durward(&[&in_database[..], &key].concat())),
    ] {
        let path = format!("/20160918/users?compartmentId={}", admin.tenancy);
        let users = admin.send(&serving, "GET", &path, "", "").unwrap();
        assert_eq!(users[0]["name"], "admin");
        serving.stop();
    }
}

#[test]
fn from_directory_to_directory_the_key_comes_along() {
    let root = TempDir::new().unwrap();
    let (dir, _) = furnished(root.path());
    let to = root.path().join("deep/other");
    let said = move_all(word(&dir), word(&to), &[]);
    assert!(!said.contains("--key-file"), "{said}");
    for name in ["durward.key", "client.json"] {
        assert_eq!(fs::read(to.join(name)).unwrap(), fs::read(dir.join(name)).unwrap());
        assert_eq!(fs::metadata(to.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(sums(&store_of(&to)), sums(&store_of(&dir)));
    Serving::start(&to, &[]).stop();
}

#[test]
fn a_place_that_holds_something_is_left_as_it_is() {
    let root = TempDir::new().unwrap();
    let (dir, _) = furnished(root.path());
    let other = init(&root.path().join("other"), &["--tenancy-name", "other"]);
    let before = sums(&store_of(&other));
    let said = refused_move(word(&dir), word(&other), &[]);
    assert!(said.contains("already holds an installation"), "{said}");
    assert_eq!(sums(&store_of(&other)), before);

    let url = scratch_url();
    move_all(word(&other), &url, &[]);
    let said = refused_move(word(&dir), &url, &[]);
    assert!(said.contains("already holds an installation"), "{said}");
    assert_eq!(sums(&store_at(&url)), before);

    let letters = root.path().join("letters");
    fs::create_dir(&letters).unwrap();
    fs::write(letters.join("letter"), "dear").unwrap();
    assert!(refused_move(word(&dir), word(&letters), &[]).contains("`letter`"));
}

#[test]
fn tables_that_hold_nothing_yet_are_filled() {
    let root = TempDir::new().unwrap();
    let (dir, _) = furnished(root.path());
    let url = scratch_url();
    drop(Store::create_in(&url.parse().unwrap()).unwrap()); // as a move leaves it that was killed
    move_all(word(&dir), &url, &[]);
    assert_eq!(sums(&store_at(&url)), sums(&store_of(&dir)));
}

#[test]
fn what_is_served_from_a_directory_is_not_moved() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let to = root.path().join("to");
    let serving = Serving::start(&dir, &[]);
    let said = refused_move(word(&dir), word(&to), &[]);
    assert!(said.contains("another process has"), "{said}");
    assert!(!to.exists());
    serving.stop();
}

#[test]
fn with_another_key_nothing_is_made() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let other = init(&root.path().join("other"), &[]);
    let to = root.path().join("to");
    let wrong = other.join("durward.key");
    let said = refused_move(word(&dir), word(&to), &["--key-file", word(&wrong)]);
    assert!(said.contains("is not the one that"), "{said}");
    let said = refused_move(&scratch_url(), word(&to), &["--key-file", word(&wrong)]);
    assert!(said.contains("holds no installation"), "{said}");
    let said = refused_move(word(&root.path().join("nothing")), word(&to), &[]);
    assert!(said.contains("holds no installation"), "{said}");
    assert!(!to.exists());
}

#[test]
fn a_database_that_changes_meanwhile_is_noticed_and_nothing_is_left() {
    let root = TempDir::new().unwrap();
    let (dir, _) = furnished(root.path());
    let (url, to) = (scratch_url(), root.path().join("to"));
    move_all(word(&dir), &url, &[]);
    let store = store_at(&url);
    let done = Arc::new(AtomicBool::new(false));
    let writer = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let mut count = 0;
            while !done.load(Ordering::Relaxed) {
                count += 1;
                change(&store, move |tx| tx.set_meta("count", count));
            }
        }
    });
    let key = dir.join("durward.key");
    let said = refused_move(&url, word(&to), &["--key-file", word(&key)]);
    done.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    assert!(said.contains("was changed while it was moved (table `meta`)"), "{said}");
    assert!(!to.exists());
}
