//! Work requests: none is lost, none is taken by two at once, none is written back by who lost it.

use crate::scratch::{HERE, Scratch, THERE, at_second, new_id};
use iam_api::Ocid;
use iam_store::{StoredWork, WorkSelection};

const FAMILY: &str = "workRequests";

fn work(id: &str, accepted: i64) -> StoredWork {
    StoredWork {
        id: Ocid::from(id),
        tenancy: HERE,
        family: FAMILY.to_owned(),
        compartment: Ocid::from("ocid1.compartment.oc1..a"),
        accepted: at_second(accepted),
        due: Some(at_second(accepted)),
        attempts: 0,
        body: "{}".to_owned(),
        task: "[]".to_owned(),
    }
}

fn add(store: &Scratch, works: Vec<StoredWork>) {
    store.change(move |tx| works.iter().try_for_each(|work| tx.add_work(work)));
}

fn take(store: &Scratch, now: i64) -> Option<StoredWork> {
    store.change(move |tx| tx.take_work(at_second(now), at_second(now + 8)))
}

pub(super) fn work_is_taken_in_turn_and_comes_back_when_its_time_is_over(store: &Scratch) {
    let elsewhere = StoredWork { tenancy: THERE, ..work("c", 3) };
    add(store, vec![work("b", 2), work("a", 1), elsewhere]);
    let taken = take(store, 5).unwrap();
    let expected = StoredWork { due: Some(at_second(13)), attempts: 1, ..work("a", 1) };
    assert_eq!(format!("{taken:?}"), format!("{expected:?}"));
    assert_eq!(take(store, 5).unwrap().id.as_str(), "b");
    assert_eq!(take(store, 5).unwrap().tenancy, THERE);
    assert!(take(store, 5).is_none());
    assert!(!store.look(|tx| tx.is_work_due(at_second(12), at_second(20))));
    assert!(store.look(|tx| tx.is_work_due(at_second(13), at_second(21))));
    assert_eq!(take(store, 13).unwrap().attempts, 2);
    // The clock has gone back: what is due so late was put off by nobody.
    assert!(take(store, 1).is_some());
}

pub(super) fn work_is_written_back_by_who_took_it_last_alone(store: &Scratch) {
    add(store, vec![work("a", 0)]);
    let slow = take(store, 0).unwrap();
    let quick = take(store, 8).unwrap();
    let ended = StoredWork { due: None, body: "[1]".to_owned(), task: "[2]".to_owned(), ..quick };
    let (late, done) = (slow, ended.clone());
    assert!(!store.change(move |tx| tx.write_work(&late)));
    assert!(store.change(move |tx| tx.write_work(&done)));
    let kept = store.look(|tx| tx.work(HERE, FAMILY, &Ocid::from("a"))).unwrap();
    assert_eq!(format!("{kept:?}"), format!("{ended:?}"));
    assert!(take(store, 1_000).is_none());
    assert!(store.look(|tx| tx.work(THERE, FAMILY, &Ocid::from("a"))).is_none());
    assert!(store.look(|tx| tx.work(HERE, "another", &Ocid::from("a"))).is_none());
}

pub(super) fn lists_of_work_are_of_one_compartment_and_newest_first(store: &Scratch) {
    let other = StoredWork { compartment: new_id("compartment"), ..work("other", 9) };
    let family = StoredWork { family: "another".to_owned(), ..work("family", 9) };
    add(store, vec![work("a", 1), work("b", 2), work("c", 2), other, family]);
    let list = |before: (i64, &str), limit: i64| -> Vec<String> {
        let (compartment, before) =
            (work("", 0).compartment, (at_second(before.0), before.1.into()));
        let selection = WorkSelection { family: FAMILY, compartment: &compartment, before, limit };
        let found = store.look(|tx| tx.works(HERE, &selection));
        found.into_iter().map(|work| work.id.to_string()).collect()
    };
    assert_eq!(list((100, ""), 9), ["c", "b", "a"]);
    assert_eq!(list((100, ""), 1), ["c"]);
    assert_eq!(list((2, "c"), 9), ["b", "a"]);
}

pub(super) fn only_work_that_has_ended_is_dropped(store: &Scratch) {
    let ended = StoredWork { due: None, ..work("ended", 1) };
    let new = StoredWork { due: None, ..work("new", 5) };
    add(store, vec![ended, new, work("waits", 1)]);
    assert_eq!(store.change(|tx| tx.drop_works_before(at_second(5))), 1);
    let is_there = |id: &str| store.look(|tx| tx.work(HERE, FAMILY, &Ocid::from(id))).is_some();
    assert!(!is_there("ended") && is_there("new") && is_there("waits"));
}
