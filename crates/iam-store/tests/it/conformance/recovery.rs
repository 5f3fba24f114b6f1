//! What leads people back who cannot sign in: links, requests for them, passwords of before, and
//! how often something was asked for.

use crate::scratch::{HERE, Scratch, THERE, at_second, new_id};
use iam_api::Ocid;
use iam_store::{LinkPurpose, RecoveryRequest, StoredLink};

fn link(hash: &str, user: &Ocid, purpose: LinkPurpose) -> StoredLink {
    StoredLink {
        hash: hash.to_owned(),
        tenancy: HERE,
        user: user.clone(),
        purpose,
        created: at_second(1),
        expires: at_second(61),
        anchor: at_second(0),
        bound: format!("state of {hash}"),
    }
}

pub(super) fn the_newer_link_of_a_purpose_takes_the_place_of_the_older(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    let reset = LinkPurpose::ResetPassword;
    let kept = link("newer", &ann, reset);
    let new = [
        link("older", &ann, reset),
        kept.clone(),
        link("other", &ann, LinkPurpose::Unblock),
        link("his", &bob, reset),
    ];
    store.change(move |tx| new.iter().try_for_each(|new| tx.set_link(new)));
    assert!(store.look(|tx| tx.link("older")).is_none());
    let found = store.look(|tx| tx.link("newer")).unwrap();
    assert_eq!(format!("{found:?}"), format!("{kept:?}"));
    let found = store.look(|tx| tx.link_of(HERE, &ann, reset)).unwrap();
    assert_eq!(found.hash, "newer");
    assert!(store.look(|tx| tx.link_of(THERE, &ann, reset)).is_none());
    assert_eq!(store.look(|tx| tx.link("other")).unwrap().purpose, LinkPurpose::Unblock);
    assert_eq!(store.look(|tx| tx.link("his")).unwrap().user, bob);
}

pub(super) fn a_link_is_dropped_once(store: &Scratch) {
    let ann = new_id("user");
    let new = [
        link("one", &ann, LinkPurpose::Activate),
        link("two", &ann, LinkPurpose::VerifyEmail),
        link("three", &ann, LinkPurpose::Unblock),
    ];
    store.change(move |tx| new.iter().try_for_each(|new| tx.set_link(new)));
    let dropped = store.change(|tx| Ok((tx.drop_link("one")?, tx.drop_link("one")?)));
    assert_eq!(dropped, (true, false));
    let user = ann.clone();
    store.change(move |tx| tx.drop_link_of(HERE, &user, LinkPurpose::VerifyEmail));
    assert!(store.look(|tx| tx.link("two")).is_none());
    assert!(store.look(|tx| tx.link("three")).is_some());
    let user = ann.clone();
    store.change(move |tx| tx.forget_credentials(HERE, &user));
    assert!(store.look(|tx| tx.link("three")).is_none());
}

pub(super) fn the_newest_passwords_are_remembered(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    let users = [ann.clone(), bob.clone()];
    store.change(move |tx| {
        for (second, hash) in [(1, "a"), (3, "c"), (2, "b"), (4, "d")] {
            tx.remember_password(HERE, &users[0], at_second(second), hash, 3)?;
        }
        tx.remember_password(HERE, &users[1], at_second(9), "his", 3)
    });
    assert_eq!(store.look(|tx| tx.password_history(HERE, &ann, 9)), ["d", "c", "b"]);
    assert_eq!(store.look(|tx| tx.password_history(HERE, &ann, 1)), ["d"]);
    assert_eq!(store.look(|tx| tx.password_history(HERE, &bob, 9)), ["his"]);
    let user = ann.clone();
    store.change(move |tx| tx.forget_credentials(HERE, &user));
    assert!(store.look(|tx| tx.password_history(HERE, &ann, 9)).is_empty());
    assert_eq!(store.look(|tx| tx.password_history(HERE, &bob, 9)).len(), 1);
}

pub(super) fn requests_are_worked_off_in_order_and_once(store: &Scratch) {
    let request = |second| RecoveryRequest {
        seq: 0,
        created: at_second(second),
        source: "127.0.0.1".to_owned(),
        request_id: format!("request {second}"),
        names: vec![0, 255, u8::try_from(second).unwrap()],
    };
    store
        .change(move |tx| (1..=3).try_for_each(|second| tx.add_recovery_request(&request(second))));
    let found = store.look(|tx| tx.recovery_requests(2));
    let ids: Vec<&str> = found.iter().map(|found| found.request_id.as_str()).collect();
    assert_eq!(ids, ["request 1", "request 2"]);
    assert_eq!(found[1].names, [0, 255, 2]);
    let seq = found[0].seq;
    let dropped = store
        .change(move |tx| Ok((tx.drop_recovery_request(seq)?, tx.drop_recovery_request(seq)?)));
    assert_eq!(dropped, (true, false));
    assert_eq!(store.look(|tx| tx.recovery_requests(9)).len(), 2);
}

pub(super) fn a_counter_begins_anew_when_its_time_is_over(store: &Scratch) {
    let count = |name: &'static str, now: i64| {
        store.change(move |tx| tx.count(name, at_second(now), at_second(now - 60)))
    };
    assert_eq!((count("a", 100), count("a", 130), count("b", 130), count("a", 160)), (1, 2, 1, 3));
    assert_eq!((count("a", 161), count("a", 162)), (1, 2));
    store.change(|tx| tx.drop_counters_before(at_second(161)));
    assert_eq!((count("b", 163), count("a", 163)), (1, 3));
}
