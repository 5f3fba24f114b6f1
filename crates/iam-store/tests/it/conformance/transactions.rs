//! Transactions: all or nothing, one after the other, and seen by others when they are over.

use crate::scratch::{HERE, Scratch, THERE, at_second, new_id, user};
use iam_store::{Lookups, Pending, Revision, StoreError, StoredPassword, StoredRetry, Tx};
use std::collections::HashMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(30);

/// Holds the writer up inside a change, so that what is queued meanwhile is taken together. Once it
/// is open it stays open: the change may run more than once.
struct Gate {
    gate: Sender<()>,
    first: Pending<Result<(), StoreError>>,
}

impl Gate {
    fn close(store: &Scratch) -> Self {
        let (running, is_running) = mpsc::channel();
        let (gate, opened) = mpsc::channel();
        let first = store.write(move |_| {
            let _nobody_listens_again = running.send(());
            wait_for(&opened);
            Ok(())
        });
        wait_for(&is_running);
        Self { gate, first }
    }

    fn open(self) {
        drop(self.gate);
        self.first.wait().unwrap().unwrap();
    }
}

/// Waits for a message, or for the other end to be dropped.
fn wait_for(signal: &Receiver<()>) {
    assert_ne!(signal.recv_timeout(LONG), Err(mpsc::RecvTimeoutError::Timeout));
}

fn set(
    store: &Scratch,
    name: &'static str,
    end: impl Fn() -> Result<(), StoreError> + Send + 'static,
) -> Pending<Result<(), StoreError>> {
    store.write(move |tx| {
        tx.set_meta(name, 1)?;
        end()
    })
}

fn meta(store: &Scratch, name: &str) -> i64 {
    store.look(|tx| tx.meta(name))
}

pub(super) fn work_that_errs_is_undone_alone(store: &Scratch) {
    let gate = Gate::close(store);
    let before = set(store, "before", || Ok(()));
    let errs = set(store, "errs", || Err(StoreError::Conflict));
    let after = set(store, "after", || Ok(()));
    gate.open();
    assert!(matches!(errs.wait(), Ok(Err(StoreError::Conflict))));
    assert!(matches!((before.wait(), after.wait()), (Ok(Ok(())), Ok(Ok(())))));
    assert_eq!([meta(store, "before"), meta(store, "errs"), meta(store, "after")], [1, 0, 1]);
}

pub(super) fn work_that_panics_is_undone_alone(store: &Scratch) {
    let gate = Gate::close(store);
    let before = set(store, "before", || Ok(()));
    let panics = set(store, "panics", || panic!("on purpose"));
    let after = set(store, "after", || Ok(()));
    gate.open();
    assert!(matches!(panics.wait(), Err(StoreError::Panicked)));
    assert!(matches!((before.wait(), after.wait()), (Ok(Ok(())), Ok(Ok(())))));
    assert_eq!([meta(store, "before"), meta(store, "panics"), meta(store, "after")], [1, 0, 1]);
    assert!(matches!(set(store, "later", || Ok(())).wait(), Ok(Ok(()))));
}

pub(super) fn work_that_goes_on_after_a_failed_statement_is_undone(store: &Scratch) {
    store.change(|tx| tx.add_tenancy(&new_id("tenancy"), "acme"));
    let gate = Gate::close(store);
    let before = set(store, "before", || Ok(()));
    let goes_on = store.write(|tx| {
        tx.set_meta("goes on", 1)?;
        assert!(tx.add_tenancy(&new_id("tenancy"), "acme").is_err());
        assert!(tx.set_meta("even now", 1).is_err());
        Ok::<_, StoreError>(())
    });
    let after = set(store, "after", || Ok(()));
    gate.open();
    assert!(matches!(goes_on.wait(), Err(StoreError::Failed(_))));
    assert!(matches!((before.wait(), after.wait()), (Ok(Ok(())), Ok(Ok(())))));
    assert_eq!([meta(store, "before"), meta(store, "goes on"), meta(store, "after")], [1, 0, 1]);
}

pub(super) fn the_revision_has_grown_when_the_answer_arrives(store: &Scratch) {
    for _ in 0..100 {
        let before = store.revision();
        store.change(|tx| tx.set_meta("name", 1));
        assert_eq!(store.revision(), before, "nothing was revised");
        store.change(|tx| {
            tx.revise()?;
            tx.revise()
        });
        assert_eq!(store.revision(), before + 1);
    }
}

pub(super) fn work_that_is_undone_leaves_the_revision_as_it_was(store: &Scratch) {
    let before = store.revision();
    let revise = |end: fn() -> Result<(), StoreError>| {
        store.write(move |tx| tx.revise().and_then(|()| end()))
    };
    assert!(revise(|| Err(StoreError::Conflict)).wait().unwrap().is_err());
    assert!(revise(|| panic!("on purpose")).wait().is_err());
    assert_eq!(store.revision(), before);
    let gate = Gate::close(store);
    let kept = revise(|| Ok(()));
    let undone = revise(|| Err(StoreError::Conflict));
    gate.open();
    assert!(kept.wait().unwrap().is_ok());
    assert!(undone.wait().unwrap().is_err());
    assert_eq!(store.revision(), before + 1);
}

pub(super) fn work_is_told_of_a_revision_that_is_not_committed_yet(store: &Scratch) {
    let sees = |tx: &mut Tx<'_>| Ok::<_, StoreError>(tx.revision_seen().is_none());
    assert!(!store.change(sees));
    assert!(store.change(move |tx| {
        tx.revise()?;
        sees(tx)
    }));
    let gate = Gate::close(store);
    let revision = store.revision();
    let revises = store.write(|tx| tx.revise());
    let after = store.write(move |tx| Ok::<_, StoreError>(tx.revision_seen().is_none()));
    gate.open();
    revises.wait().unwrap().unwrap();
    let told = after.wait().unwrap().unwrap();
    // Where both were committed together, the second saw what was not committed; where each was
    // committed alone, it began after the first.
    assert!(told || store.revision() > revision);
    assert!(!store.look(|tx| Ok(tx.revision_seen().is_none())));
}

pub(super) fn readers_see_nothing_that_is_not_committed(store: &Scratch) {
    let (written, is_written) = mpsc::channel();
    let (open, opened) = mpsc::channel();
    let (ann, revision) = (user("ann"), store.revision());
    let new = ann.clone();
    let pending = store.write(move |tx| {
        tx.insert(HERE, &new)?;
        tx.revise()?;
        let _nobody_listens_again = written.send(());
        wait_for(&opened);
        Ok::<_, StoreError>(())
    });
    wait_for(&is_written);
    assert!(store.look(|tx| tx.resource(HERE, &ann.id)).is_none());
    assert_eq!(store.revision(), revision);
    open.send(()).unwrap();
    pending.wait().unwrap().unwrap();
    assert!(store.look(|tx| tx.resource(HERE, &ann.id)).is_some());
}

pub(super) fn a_reader_sees_one_state_to_its_end(store: &Scratch) {
    store.look(|tx| {
        assert_eq!(tx.meta("name")?, 0);
        store.change(|tx| tx.set_meta("name", 1));
        assert_eq!(tx.meta("name")?, 0);
        Ok(())
    });
    assert_eq!(meta(store, "name"), 1);
}

pub(super) fn a_reader_cannot_write(store: &Scratch) {
    let answer = store.read(|tx| tx.set_meta("name", 1)).unwrap();
    assert!(answer.is_err());
    assert_eq!(meta(store, "name"), 0);
}

pub(super) fn changes_are_one_after_the_other(store: &Scratch) {
    const THREADS: i64 = 8;
    const CHANGES: i64 = 200;
    let count = |tx: &mut Tx<'_>| {
        let count = tx.meta("count")? + 1;
        tx.set_meta("count", count)?;
        Ok::<_, StoreError>(count)
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..CHANGES {
                    let mine = store.change(count);
                    assert!(meta(store, "count") >= mine, "an answered change is there");
                }
            });
        }
    });
    assert_eq!(meta(store, "count"), THREADS * CHANGES);
}

pub(super) fn a_change_happens_whether_or_not_anybody_waits_for_it(store: &Scratch) {
    drop(set(store, "name", || Ok(())));
    store.change(|_| Ok(())); // what comes later is answered later
    assert_eq!(meta(store, "name"), 1);
}

/// All of these are queued before the first of them runs, so an engine that fetches what they look
/// up does so for all of them at once.
pub(super) fn what_work_looks_up_first_is_what_the_work_before_it_left(store: &Scratch) {
    let ann = user("ann");
    let (id, new) = (ann.id.clone(), ann);
    assert!(store.change(move |tx| tx.insert(HERE, &new)));
    let gate = Gate::close(store);
    let round = |number: u8| {
        let (id, of) = (id.clone(), id.clone());
        let token = [number / 2]; // each is used twice
        let lookups = move || Lookups::default().resource(HERE, &of).retry_token(HERE, &token);
        store.write_with(lookups, move |tx| {
            let kept = tx.retry_token(HERE, &token)?.map(|kept| kept.answer);
            let answer =
                StoredRetry { request: vec![number], created: at_second(1), answer: vec![number] };
            tx.keep_retry_token(HERE, &token, &answer)?;
            let mut user = tx.resource(HERE, &id)?.unwrap();
            let etag = std::mem::replace(&mut user.etag, format!("{number}"));
            if number.is_multiple_of(3) {
                tx.update(HERE, &user)?;
            }
            Ok::<_, StoreError>((kept, etag))
        })
    };
    let rounds: Vec<_> = (0..40).map(|number| (number, round(number))).collect();
    gate.open();
    let mut etag = "etag of ann".to_owned();
    for (number, answer) in rounds {
        let before = (number % 2 == 1).then(|| vec![number - 1]);
        assert_eq!(answer.wait().unwrap().unwrap(), (before, etag.clone()), "round {number}");
        if number.is_multiple_of(3) {
            etag = format!("{number}");
        }
    }
}

/// All of these are committed together, so an engine that sends like statements as one does so.
pub(super) fn what_is_written_together_is_as_if_written_in_turn(store: &Scratch) {
    let users = [user("ann").id, user("bob").id, user("cid").id];
    let kept = |number: usize| StoredPassword {
        hash: format!("hash {number}, with \0 in it"),
        created: at_second(1),
        expires: number.is_multiple_of(2).then(|| at_second(2)),
        anchor: at_second(3),
        retry: (!number.is_multiple_of(5)).then(|| vec![0, 1, 255]),
        etag: format!("etag {number}"),
    };
    let gate = Gate::close(store);
    let changes: Vec<_> = (0..30)
        .map(|number| {
            // In another order each time, and now and then one user twice running.
            let user = users[number * number % 7 % 3].clone();
            let change = store.write({
                let user = user.clone();
                move |tx| {
                    if number == 20 {
                        tx.drop_ui_password(HERE, &user)?;
                    } else {
                        tx.set_ui_password(HERE, &user, &kept(number))?;
                    }
                    tx.end_sessions(HERE, &user)
                }
            });
            (number, user, change)
        })
        .collect();
    gate.open();
    let mut last = HashMap::new();
    for (number, user, change) in changes {
        change.wait().unwrap().unwrap();
        last.insert(user, number);
    }
    assert_eq!(last.len(), users.len());
    for (user, number) in last {
        let found = store.look(|tx| tx.ui_password(HERE, &user));
        assert_eq!(format!("{found:?}"), format!("{:?}", Some(kept(number))));
    }
}

pub(super) fn what_is_read_together_is_of_one_state(store: &Scratch) {
    let ann = user("ann");
    let (id, new) = (ann.id.clone(), ann.clone());
    assert!(store.change(move |tx| tx.insert(HERE, &new)));
    let lookups = || Lookups::default().resource(HERE, &id).retry_token(HERE, b"nobody's");
    let read = store.read_with(lookups, |tx| {
        let of_another = tx.resource(THERE, &id)?.is_some();
        let nobodys = tx.retry_token(HERE, b"nobody's")?.is_some();
        Ok::<_, StoreError>((tx.resource(HERE, &id)?.unwrap().etag, of_another, nobodys))
    });
    assert_eq!(read.unwrap().unwrap(), (ann.etag, false, false));
}

pub(super) fn work_behind_a_revision_knows_what_was_committed(store: &Scratch) {
    let before = store.revision();
    let gate = Gate::close(store);
    let revises = store.write(|tx| tx.revise());
    let behind = store.write(|tx| Ok::<_, StoreError>((tx.revision_begun(), tx.revision_seen())));
    gate.open();
    revises.wait().unwrap().unwrap();
    let (begun, seen) = behind.wait().unwrap().unwrap();
    // Together with it, or after it.
    assert!([(before, None), (before + 1, Some(before + 1))].contains(&(begun, seen)));
    let at_hand = match store.revision_at_hand() {
        Revision::Committed(revision) | Revision::Believed(revision) => revision,
    };
    assert_eq!(at_hand, before + 1, "its own changes a node has heard of");
}
