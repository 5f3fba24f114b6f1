//! Many nodes on one database: what holds within a process holds among them.

use crate::scratch::{HERE, at_second, password, revision, user};
use iam_store::{Database, Store, StoreError, Tx};
use std::sync::Arc;
use std::thread;

/// Nodes of one installation.
fn nodes<const N: usize>() -> [Store; N] {
    let database: Database = scratch_postgres::database().unwrap().parse().unwrap();
    drop(Store::create_in(&database).unwrap());
    std::array::from_fn(|_| Store::open_in(&database).unwrap())
}

fn change<R: Send + 'static>(
    store: &Store,
    work: impl FnMut(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
) -> R {
    store.write(work).wait().unwrap().unwrap()
}

#[test]
fn changes_of_many_nodes_are_one_after_the_other() {
    const EACH: i64 = 200;
    let nodes = nodes::<3>();
    let writers = nodes.map(|node| {
        thread::spawn(move || {
            let one = |number: i64| {
                node.write(move |tx| {
                    let count = tx.meta("count")?;
                    tx.set_meta("count", count + 1)?;
                    // Every third is undone.
                    if number % 3 == 0 { Err(StoreError::Busy) } else { Ok(()) }
                })
            };
            let pending: Vec<_> = (0..EACH).map(one).collect();
            let kept = pending.into_iter().map(|one| one.wait().unwrap());
            (kept.filter(Result::is_ok).count(), node)
        })
    });
    let ended = writers.map(|writer| writer.join().unwrap());
    let kept: usize = ended.iter().map(|(kept, _)| kept).sum();
    let count = ended[0].1.read(|tx| tx.meta("count")).unwrap().unwrap();
    assert_eq!((kept, count), (3 * 133, 3 * 133));
}

#[test]
fn a_revision_is_seen_on_every_node_as_soon_as_it_is_answered() {
    let nodes = nodes::<2>();
    for round in 0..300 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let before = revision(there);
        change(here, |tx| tx.revise());
        assert_eq!(revision(there), before + 1);
        assert_eq!(there.read(|tx| tx.revision_seen()).unwrap(), Some(before + 1));
        assert_eq!(change(there, |tx| Ok(tx.revision_seen())), Some(before + 1));
    }
}

#[test]
fn what_a_node_was_answered_is_what_another_reads() {
    let nodes = nodes::<2>();
    let ann = user("ann");
    let (new, id) = (ann.clone(), ann.id.clone());
    assert!(change(&nodes[0], move |tx| tx.insert(HERE, &new)));
    let again = ann.clone();
    assert!(!change(&nodes[1], move |tx| tx.insert(HERE, &again)), "the name is taken");
    for round in 0..100 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let (hash, id) = (format!("hash {round}"), id.clone());
        let new = password(&hash);
        let of = id.clone();
        change(here, move |tx| tx.set_ui_password(HERE, &of, &new));
        let read = there.read(|tx| tx.ui_password(HERE, &id)).unwrap().unwrap().unwrap();
        assert_eq!(read.hash, hash);
    }
}

#[test]
fn a_letter_is_taken_by_one_node() {
    let nodes = nodes::<2>().map(Arc::new);
    let due = at_second(10);
    for number in 0..50 {
        let mail = iam_store::StoredMail {
            id: format!("mail {number}"),
            tenancy: HERE,
            user: user("ann").id,
            event: "event".to_owned(),
            payload: Vec::new(),
            created: due,
            due,
            attempts: 0,
            expires: at_second(1_000_000),
            error: None,
        };
        change(&nodes[0], move |tx| tx.add_mail(&mail));
    }
    let takers = nodes.map(|node| {
        thread::spawn(move || {
            let mut taken = Vec::new();
            let take = || change(&node, move |tx| tx.take_mail(at_second(20), at_second(500)));
            while let Some(one) = take() {
                taken.push(one.mail.id);
            }
            taken
        })
    });
    let mut taken = takers.map(|taker| taker.join().unwrap()).concat();
    taken.sort();
    let count = taken.len();
    taken.dedup();
    assert_eq!((count, taken.len()), (50, 50));
}

#[test]
fn a_database_holds_one_installation_and_says_where_there_is_none() {
    let database: Database = scratch_postgres::database().unwrap().parse().unwrap();
    let missing = Store::open_in(&database).err().unwrap().to_string();
    assert!(missing.contains("holds no installation"), "{missing}");
    let store = Store::create_in(&database).unwrap();
    change(&store, |tx| tx.set_meta("name", 1));
    let refused = Store::create_in(&database).err().unwrap().to_string();
    assert!(refused.contains("already holds an installation"), "{refused}");
    assert_eq!(store.read(|tx| tx.meta("name")).unwrap().unwrap(), 1);
    change(&store, |tx| tx.set_meta("schema", 999));
    let newer = Store::open_in(&database).err().unwrap().to_string();
    assert!(newer.contains("are of version 999"), "{newer}");
}

#[test]
fn a_database_that_is_not_there_is_away() {
    let database: Database = "postgres://ann@127.0.0.1:1/iam".parse().unwrap();
    assert!(matches!(Store::open_in(&database), Err(StoreError::Away(_))));
}
