//! Letters that wait for a mail server: none is lost, none is taken twice at once.

use crate::scratch::{HERE, Scratch, at_second, new_id};
use iam_api::Ocid;
use iam_store::{MailQueue, StoredMail, TakenMail};

fn mail(id: &str, due: i64) -> StoredMail {
    StoredMail {
        id: id.to_owned(),
        tenancy: HERE,
        user: Ocid::from("ocid1.user.oc1..ann"),
        event: "admin.user.create.success".to_owned(),
        payload: vec![1, 2, 3],
        created: at_second(due),
        due: at_second(due),
        attempts: 0,
        expires: at_second(due + 3_600),
        error: None,
    }
}

fn queue(store: &Scratch, mails: Vec<StoredMail>) {
    store.change(move |tx| mails.iter().try_for_each(|mail| tx.add_mail(mail)));
}

fn take(store: &Scratch, now: i64) -> Option<TakenMail> {
    store.change(move |tx| tx.take_mail(at_second(now), at_second(now + 30)))
}

fn ids(store: &Scratch, now: i64) -> Vec<String> {
    std::iter::from_fn(|| take(store, now)).map(|taken| taken.mail.id).collect()
}

pub(super) fn the_letter_that_is_due_the_longest_is_taken_first(store: &Scratch) {
    let user = new_id("user");
    let first = StoredMail { user, ..mail("b", 1) };
    queue(store, vec![mail("a", 2), first.clone(), mail("later", 50)]);
    let taken = take(store, 10).unwrap();
    let expected = StoredMail { due: at_second(40), attempts: 1, ..first };
    assert_eq!(format!("{:?}", taken.mail), format!("{expected:?}"));
    assert_eq!(ids(store, 10), ["a"]);
}

pub(super) fn a_letter_that_was_taken_comes_back_when_its_time_is_over(store: &Scratch) {
    queue(store, vec![mail("a", 0)]);
    assert_eq!(take(store, 0).unwrap().mail.attempts, 1);
    assert_eq!(store.look(|tx| tx.next_mail()), Some(at_second(30)));
    assert!(take(store, 29).is_none());
    assert_eq!(take(store, 30).unwrap().mail.attempts, 2);
}

pub(super) fn a_letter_is_put_back_only_by_who_has_it(store: &Scratch) {
    queue(store, vec![mail("a", 0)]);
    let slow = take(store, 0).unwrap();
    let quick = take(store, 30).unwrap();
    store.change(move |tx| tx.put_mail_back(&slow, at_second(31), "too slow"));
    assert!(take(store, 40).is_none(), "the other has it until 60");
    store.change(move |tx| tx.put_mail_back(&quick, at_second(35), "refused"));
    let taken = take(store, 40).unwrap();
    assert_eq!((taken.mail.attempts, taken.mail.error.as_deref()), (3, Some("refused")));
    store.change(move |tx| tx.forget_mail(&taken));
    assert_eq!(store.look(|tx| tx.mail_queue()), MailQueue::default());
}

pub(super) fn forgetting_a_letter_leaves_one_that_came_into_its_place(store: &Scratch) {
    queue(store, vec![mail("old", 0)]);
    let (slow, quick) = (take(store, 0).unwrap(), take(store, 30).unwrap());
    store.change(move |tx| tx.forget_mail(&quick));
    queue(store, vec![mail("new", 40)]);
    store.change(move |tx| {
        tx.forget_mail(&slow)?;
        tx.put_mail_back(&slow, at_second(9_999), "late")
    });
    assert_eq!(ids(store, 40), ["new"]);
}

pub(super) fn the_queue_tells_its_length_and_age(store: &Scratch) {
    assert_eq!(store.look(|tx| tx.mail_queue()), MailQueue::default());
    assert_eq!(store.look(|tx| tx.next_mail()), None);
    queue(store, vec![mail("a", 7), mail("b", 3), mail("c", 9)]);
    let queue = store.look(|tx| tx.mail_queue());
    let (oldest, last_due) = (Some(at_second(7)), Some(at_second(9)));
    assert_eq!(queue, MailQueue { waiting: 3, oldest, last_due });
    assert_eq!(store.look(|tx| tx.next_mail()), Some(at_second(3)));
}

pub(super) fn letters_that_it_is_too_late_for_are_found(store: &Scratch) {
    queue(store, vec![mail("a", 0), mail("b", 1), mail("c", 2), mail("d", 9_000)]);
    let expired = |now: i64, limit| -> Vec<String> {
        let found = store.look(|tx| tx.expired_mails(at_second(now), limit));
        found.into_iter().map(|taken| taken.mail.id).collect()
    };
    assert_eq!(expired(3_599, 9), [""; 0]);
    assert_eq!(expired(3_601, 9), ["a", "b"]);
    assert_eq!(expired(3_602, 2).len(), 2);
    for taken in store.look(|tx| tx.expired_mails(at_second(3_602), 9)) {
        store.change(move |tx| tx.forget_mail(&taken));
    }
    assert_eq!(ids(store, 9_000), ["d"]);
}

pub(super) fn letters_that_are_due_too_late_can_be_made_due_now(store: &Scratch) {
    queue(store, vec![mail("a", 0), mail("b", 3_600)]);
    assert_eq!(store.change(|tx| tx.hasten_mails(at_second(70), at_second(10))), 1);
    assert_eq!(ids(store, 10), ["a", "b"]);
}
