//! What is counted: what was committed, once, however often its work ran.

use crate::scratch::file_in;
use iam_store::{Counter, Database, Store, StoreError, Tx};
use rusqlite::Connection;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier};
use std::thread;
use tempfile::TempDir;

fn set(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.set_meta(name, 1)
}

#[test]
fn what_is_undone_is_not_counted_and_what_is_run_again_is_counted_once() {
    let dir = TempDir::new().unwrap();
    let store = Store::create(&file_in(&dir)).unwrap();
    let (counter, runs) = (Counter::default(), Arc::new(AtomicU64::new(0)));
    let (hold, held) = mpsc::channel::<()>();
    let first = store.write(move |tx| {
        let _again = held.recv(); // so that the next two are of its group
        set(tx, "first")
    });
    let (counted, ran) = (counter.clone(), Arc::clone(&runs));
    let good = store.write(move |tx| {
        ran.fetch_add(1, Ordering::Relaxed);
        tx.tally(&counted);
        set(tx, "good")
    });
    let counted = counter.clone();
    let bad = store.write(move |tx| {
        tx.tally(&counted);
        set(tx, "bad")?;
        Err::<(), _>(StoreError::Corrupt("the work refuses after it has changed something"))
    });
    assert_eq!(store.tally().waiting(), 3);
    drop(hold);
    assert!(first.wait().unwrap().is_ok() && good.wait().unwrap().is_ok());
    assert!(bad.wait().unwrap().is_err());
    assert_eq!(runs.load(Ordering::Relaxed), 2, "the group was run again");
    assert_eq!(counter.value(), 1);
    let tally = store.tally();
    assert_eq!((tally.committed.value(), tally.undone.value(), tally.waiting()), (2, 1, 0));
    assert_eq!(tally.group_sizes.sum(), 3);
    assert_eq!(tally.change_micros.buckets().map(|(_, count)| count).sum::<u64>(), 2);
}

#[test]
fn what_only_reads_counts_nothing() {
    let dir = TempDir::new().unwrap();
    let store = Store::create(&file_in(&dir)).unwrap();
    let counter = Counter::default();
    store.read(|tx| tx.tally(&counter)).unwrap();
    assert_eq!((counter.value(), store.tally().committed.value()), (0, 0));
}

#[test]
fn tables_of_another_version_are_noticed_while_the_store_is_open() {
    let dir = TempDir::new().unwrap();
    let store = Store::create(&file_in(&dir)).unwrap();
    assert!(store.knows_schema().unwrap());
    let other = Connection::open(file_in(&dir)).unwrap();
    let version: i64 = other.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    other.pragma_update(None, "user_version", version + 1).unwrap();
    assert!(!store.knows_schema().unwrap());
}

#[test]
fn on_a_database_another_node_may_change_the_tables_and_counts_are_each_nodes_own() {
    let database: Database = scratch_postgres::database().unwrap().parse().unwrap();
    let store = Store::create_in(&database).unwrap();
    let other = Store::open_in(&database).unwrap();
    assert!(store.knows_schema().unwrap() && other.knows_schema().unwrap());
    let newer = other.write(|tx| {
        let version = tx.meta("schema")?;
        tx.set_meta("schema", version + 1)
    });
    newer.wait().unwrap().unwrap();
    assert!(!store.knows_schema().unwrap());
    let counts = |store: &Store| {
        let tally = store.tally();
        (tally.committed.value(), tally.group_sizes.sum(), tally.waiting())
    };
    assert_eq!((counts(&store), counts(&other)), ((0, 0, 0), (1, 1, 0)));
}

#[test]
fn connections_to_a_database_are_counted_while_they_are_open_and_busy() {
    let database: Database = scratch_postgres::database().unwrap().parse().unwrap();
    let store = Store::create_in(&database).unwrap();
    let counted = |store: &Store| {
        let connections = store.connections();
        (connections.open.value(), connections.busy.value(), connections.waits.value())
    };
    assert_eq!(counted(&store), (1, 0, 0), "the writer's");
    assert_eq!(store.read(|_| counted(&store)).unwrap(), (2, 1, 0));
    assert_eq!(counted(&store), (2, 0, 0));
    let opened = store.connections().opened.value();
    let end = Barrier::new(17);
    thread::scope(|scope| {
        let (begun, all_begun) = mpsc::channel();
        for _ in 0..16 {
            let (begun, end, store) = (begun.clone(), &end, &store);
            scope.spawn(move || {
                store.read(|_| {
                    begun.send(()).unwrap();
                    end.wait();
                })
            });
        }
        (0..16).for_each(|_| all_begun.recv().unwrap());
        assert_eq!(counted(&store), (17, 16, 0));
        let late = scope.spawn(|| store.read(|_| ()).unwrap());
        while counted(&store).2 == 0 {
            thread::yield_now();
        }
        end.wait();
        late.join().unwrap();
    });
    assert_eq!(counted(&store), (17, 0, 1));
    assert_eq!(store.connections().opened.value(), opened + 15);
}
