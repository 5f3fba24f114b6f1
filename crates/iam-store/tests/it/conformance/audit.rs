//! The audit trail: nothing is missing from it, and nobody can change it unseen.

use crate::scratch::{HERE, Scratch, THERE, at_second, line, sealing};
use iam_store::{AuditLine, AuditRecord, AuditSpan, StoreError, chain};

/// Writes lines in one transaction.
fn write(store: &Scratch, lines: Vec<AuditRecord>) {
    let key = sealing(b"key");
    store.change(move |tx| lines.iter().try_for_each(|line| tx.add_audit(line.clone(), &key)));
}

fn begin(store: &Scratch) {
    let key = sealing(b"key");
    store.change(move |tx| tx.begin_audit(&key));
}

fn all(store: &Scratch) -> Vec<AuditLine> {
    store.look(|tx| tx.audit_lines(0, 1_000))
}

fn numbers(lines: &[AuditLine]) -> Vec<&str> {
    lines.iter().map(|line| line.record.request_id.as_str()).collect()
}

/// Whether each line follows the one before, from an end to the other.
fn is_whole(store: &Scratch) -> bool {
    let ends = store.look(|tx| tx.audit_ends()).unwrap();
    let mut last = (ends.first.seq, ends.first.chain);
    for AuditLine { seq, record, chain: told } in all(store) {
        if seq != last.0 + 1 || told != chain(&last.1, seq, &record) {
            return false;
        }
        last = (seq, told);
    }
    (ends.last.seq, ends.last.chain) == last && ends.are_sealed(&sealing(b"key"))
}

pub(super) fn lines_are_in_the_order_of_writing(store: &Scratch) {
    begin(store);
    let mut lines: Vec<AuditRecord> = (0..10).map(|number| line(number, HERE)).collect();
    lines.push(line(10, THERE));
    write(store, lines.clone());
    let tail = store.look(|tx| tx.audit_tail(HERE, 4));
    assert_eq!(tail, [9, 8, 7, 6].map(|number| line(number, HERE)));
    let written: Vec<AuditRecord> = all(store).into_iter().map(|line| line.record).collect();
    assert_eq!(written, lines);
    assert_eq!(numbers(&store.look(|tx| tx.audit_lines(8, 2))), ["8", "9"]);
}

pub(super) fn lines_follow_one_another_and_their_end_is_sealed(store: &Scratch) {
    begin(store);
    assert!(is_whole(store), "an empty one");
    write(store, vec![line(1, HERE), line(2, THERE)]);
    write(store, vec![line(3, HERE)]);
    assert!(is_whole(store));
    let ends = store.look(|tx| tx.audit_ends()).unwrap();
    assert_eq!((ends.first.seq, ends.last.seq), (0, 3));
    assert!(!ends.are_sealed(&sealing(b"another")));
}

pub(super) fn work_that_is_undone_leaves_no_gap(store: &Scratch) {
    begin(store);
    let key = sealing(b"key");
    let works: Vec<_> = (0..200)
        .map(|number| {
            let key = key.clone();
            store.write(move |tx| {
                tx.set_meta("number", number).unwrap();
                tx.add_audit(line(number, HERE), &key).unwrap();
                if number % 3 == 0 { Err(number) } else { Ok(()) }
            })
        })
        .collect();
    for (number, work) in (0..).zip(works) {
        assert_eq!(work.wait().unwrap().is_err(), number % 3 == 0);
    }
    assert_eq!(all(store).len(), 133);
    assert!(is_whole(store));
}

pub(super) fn nothing_is_written_behind_an_end_that_is_not_sealed(store: &Scratch) {
    let refused = |store: &Scratch, secret: &[u8]| {
        let key = sealing(secret);
        let work = store.write(move |tx| {
            tx.set_meta("mine", 7)?;
            tx.add_audit(line(1, HERE), &key)
        });
        assert_eq!(store.look(|tx| tx.meta("mine")), 0, "what it tells of does not happen either");
        work.wait().unwrap_err().to_string()
    };
    assert!(refused(store, b"key").contains("is missing"));
    begin(store);
    assert!(refused(store, b"another").contains("is not sealed"));
    write(store, vec![line(1, HERE)]);
    assert!(is_whole(store));
}

pub(super) fn a_trail_is_sealed_as_it_is_found(store: &Scratch) {
    begin(store);
    write(store, (1..=3).map(|number| line(number, HERE)).collect());
    let key = sealing(b"key");
    // Somebody has put both ends elsewhere.
    store.change(move |tx| tx.seal_audit((1, [7; 32]), (2, [7; 32]), &sealing(b"another")));
    assert!(!is_whole(store));
    let sealed = store.change(move |tx| {
        let sealed = tx.seal_audit_as_found(&key)?;
        tx.add_audit(line(4, HERE), &key)?;
        Ok(sealed)
    });
    assert_eq!(sealed, (1, 3));
    assert!(is_whole(store));
    assert_eq!(numbers(&all(store)), ["1", "2", "3", "4"]);
}

pub(super) fn what_only_reads_writes_no_line(store: &Scratch) {
    begin(store);
    let refused = store.read(|tx| tx.add_audit(line(1, HERE), &sealing(b"key"))).unwrap();
    assert!(matches!(refused, Err(StoreError::Failed(_))));
}

pub(super) fn old_lines_are_taken_from_the_beginning_alone(store: &Scratch) {
    begin(store);
    let at = |second: i64| AuditRecord { time: at_second(second), ..line(second, HERE) };
    write(store, [1, 2, 9, 3, 10].map(at).to_vec());
    let forget = |before: i64, limit: i64, secret: &'static [u8]| {
        let key = sealing(secret);
        store.change(move |tx| tx.forget_audit(at_second(before), limit, &key))
    };
    assert_eq!(forget(5, 100, b"another"), 0, "not by who has not the key");
    assert_eq!(forget(5, 1, b"key"), 1);
    assert_eq!(forget(5, 100, b"key"), 1);
    assert_eq!(forget(5, 100, b"key"), 0, "a younger one stands before the other old one");
    assert_eq!(numbers(&all(store)), ["9", "3", "10"]);
    assert!(is_whole(store));
    write(store, vec![at(11)]);
    assert_eq!(forget(99, 100, b"key"), 4);
    assert!(is_whole(store), "without any line");
    write(store, vec![at(12)]);
    assert_eq!(all(store)[0].seq, 7);
    assert!(is_whole(store));
}

pub(super) fn lines_of_a_span_come_in_the_order_of_time(store: &Scratch) {
    begin(store);
    let at = |second: i64, compartment: &str| AuditRecord {
        time: at_second(second),
        compartment: compartment.to_owned(),
        ..line(second, HERE)
    };
    let mut lines: Vec<AuditRecord> = [5, 3, 4, 4, 9].map(|second| at(second, "")).to_vec();
    lines.extend([at(4, "other"), AuditRecord { tenancy: THERE, ..at(4, "") }]);
    write(store, lines);
    let page = |after: (i64, i64), limit: i64| {
        let span = AuditSpan { compartment: "", from: at_second(3), until: at_second(9) };
        store.look(|tx| tx.audit_in_time(HERE, &span, (at_second(after.0), after.1), limit))
    };
    assert_eq!(numbers(&page((0, 0), 3)), ["3", "4", "4"]);
    let first = page((0, 0), 2);
    let last = &first[1];
    assert_eq!(numbers(&page((4, last.seq), 9)), ["4", "5"]);
}
