//! What is the embedded engine's alone: its files, its lock, its queue, its thread.

use crate::scratch::{HERE, file_in, reopen, revision, user};
use iam_api::LifecycleState;
use iam_store::{ResourceKind, Selection, Sort, Store, StoreError, TenancyNo};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(30);

fn refusal(opened: Result<Store, StoreError>) -> String {
    opened.err().map(|cause| cause.to_string()).unwrap()
}

fn change(store: &Store, name: &'static str) {
    store.write(move |tx| tx.set_meta(name, 1)).wait().unwrap().unwrap();
}

fn meta(store: &Store, name: &str) -> i64 {
    store.read(|tx| tx.meta(name)).unwrap().unwrap()
}

#[test]
fn what_was_committed_is_there_after_opening_again_and_the_revision_goes_on() {
    let dir = TempDir::new().unwrap();
    let store = Store::create(&file_in(&dir)).unwrap();
    change(&store, "name");
    store.write(|tx| tx.revise()).wait().unwrap().unwrap();
    let before = revision(&store);
    drop(store);
    let store = reopen(&file_in(&dir)).unwrap();
    assert_eq!((meta(&store, "name"), revision(&store)), (1, before));
}

#[test]
fn creating_over_a_file_refuses_and_leaves_it_alone() {
    let dir = TempDir::new().unwrap();
    fs::write(file_in(&dir), "precious").unwrap();
    refusal(Store::create(&file_in(&dir)));
    assert_eq!(fs::read(file_in(&dir)).unwrap(), b"precious");
}

#[test]
fn opening_what_is_not_there_refuses_and_makes_no_store() {
    let dir = TempDir::new().unwrap();
    refusal(Store::open(&file_in(&dir)));
    assert!(!file_in(&dir).exists());
}

#[test]
fn a_second_open_refuses_until_the_first_is_dropped() {
    let dir = TempDir::new().unwrap();
    let first = Store::create(&file_in(&dir)).unwrap();
    let text = refusal(Store::open(&file_in(&dir)));
    assert!(text.contains("another process has"), "{text}");
    change(&first, "name");
    drop(first);
    drop(reopen(&file_in(&dir)).unwrap());
}

#[test]
fn a_store_of_another_version_or_program_is_refused_and_left_alone() {
    for (pragma, part) in [
        ("user_version = 999", "are of version 999, and this program knows"),
        ("application_id = 7", "is not a store of this program's"),
    ] {
        let dir = TempDir::new().unwrap();
        drop(Store::create(&file_in(&dir)).unwrap());
        let tampered = Connection::open(file_in(&dir)).unwrap();
        tampered.execute_batch(&format!("PRAGMA {pragma}")).unwrap();
        drop(tampered);
        let before = fs::read(file_in(&dir)).unwrap();
        let text = refusal(reopen(&file_in(&dir)));
        assert!(text.contains(part), "{text}");
        assert_eq!(fs::read(file_in(&dir)).unwrap(), before);
    }
}

/// A closed store with a few hundred users.
fn filled(file: &Path) {
    let store = Store::create(file).unwrap();
    let fill = |tx: &mut iam_store::Tx<'_>| {
        (0..300).try_for_each(|number| tx.insert(HERE, &user(&number.to_string())).map(|_| ()))
    };
    store.write(fill).wait().unwrap().unwrap();
}

#[test]
fn what_is_no_store_at_all_is_refused() {
    let dir = TempDir::new().unwrap();
    filled(&file_in(&dir));
    let whole = fs::read(file_in(&dir)).unwrap();
    let mut no_head = whole.clone();
    no_head[..64].fill(b'x');
    for damaged in [&whole[..whole.len() / 2], &no_head, &[], b"text"] {
        fs::write(file_in(&dir), damaged).unwrap();
        refusal(reopen(&file_in(&dir)));
    }
    fs::write(file_in(&dir), &whole).unwrap();
    drop(reopen(&file_in(&dir)).unwrap());
}

#[test]
fn a_damaged_store_gives_errors_and_nothing_worse() {
    let dir = TempDir::new().unwrap();
    filled(&file_in(&dir));
    let whole = fs::read(file_in(&dir)).unwrap();
    let mut damaged_seen = 0;
    for page in (1..whole.len() / 4096).step_by(3) {
        let mut damaged = whole.clone();
        damaged[page * 4096..][..64].fill(0xA5);
        fs::write(file_in(&dir), &damaged).unwrap();
        let Ok(store) = reopen(&file_in(&dir)) else {
            damaged_seen += 1;
            continue;
        };
        let selection = Selection {
            kind: ResourceKind::User,
            parent: &crate::scratch::root(),
            name: None,
            state: Some(LifecycleState::Active),
            sort: Sort::Name,
            after: None,
            limit: 1_000,
        };
        let read = store.read(|tx| tx.resources(HERE, &selection)).unwrap();
        let wrote = store.write(|tx| tx.insert(HERE, &user("new"))).wait();
        damaged_seen += usize::from(read.is_err() || !matches!(wrote, Ok(Ok(_))));
    }
    assert!(damaged_seen > 5, "the damage was never met: {damaged_seen}");
}

#[test]
fn a_full_queue_refuses_and_everything_that_was_accepted_happens() {
    let dir = TempDir::new().unwrap();
    let store = Store::create(&file_in(&dir)).unwrap();
    let (open, opened) = mpsc::channel::<()>();
    let first = store.write(move |_| {
        opened.recv_timeout(LONG).unwrap();
        Ok::<_, StoreError>(())
    });
    let count = |tx: &mut iam_store::Tx<'_>| {
        let count = tx.meta("count")? + 1;
        tx.set_meta("count", count)
    };
    let queued: Vec<_> = (0..10_000).map(|_| store.write(count)).collect();
    open.send(()).unwrap();
    first.wait().unwrap().unwrap();
    let mut accepted = 0;
    for pending in queued {
        match pending.wait() {
            Ok(Ok(())) => accepted += 1,
            Err(StoreError::Busy) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!((1_000..10_000).contains(&accepted), "{accepted}");
    assert_eq!(meta(&store, "count"), accepted);
}

#[test]
fn dropping_the_store_waits_for_everything_that_was_accepted() {
    let dir = TempDir::new().unwrap();
    let store = Store::create(&file_in(&dir)).unwrap();
    for number in 0..1_000 {
        drop(store.write(move |tx| tx.set_meta(&number.to_string(), 1)));
    }
    drop(store);
    let store = reopen(&file_in(&dir)).unwrap();
    assert!((0..1_000).all(|number| meta(&store, &number.to_string()) == 1));
    assert!(!dir.path().join("test.db-wal").metadata().is_ok_and(|log| log.len() > 0));
}

#[test]
fn work_may_hold_the_last_handle_on_the_store() {
    let dir = TempDir::new().unwrap();
    let store = Arc::new(Store::create(&file_in(&dir)).unwrap());
    let (dropped, is_dropped) = mpsc::channel::<()>();
    let handle = Arc::clone(&store);
    let first = store.write(move |tx| {
        is_dropped.recv_timeout(LONG).unwrap();
        tx.set_meta("first", i64::from(Arc::strong_count(&handle) > 0))
    });
    let second = store.write(|tx| tx.set_meta("second", 1));
    drop(store);
    dropped.send(()).unwrap();
    first.wait().unwrap().unwrap();
    second.wait().unwrap().unwrap();
    let store = reopen(&file_in(&dir)).unwrap();
    assert_eq!((meta(&store, "first"), meta(&store, "second")), (1, 1));
}

#[test]
fn a_reader_that_panics_leaves_the_store_as_it_was() {
    let dir = TempDir::new().unwrap();
    let store = Store::create(&file_in(&dir)).unwrap();
    for _ in 0..50 {
        let panics = || store.read(|_| -> () { panic!("on purpose") });
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
    }
    change(&store, "name");
    assert_eq!(meta(&store, "name"), 1);
    assert!(store.read(|tx| tx.resource(TenancyNo(1), &user("x").id)).unwrap().unwrap().is_none());
}
