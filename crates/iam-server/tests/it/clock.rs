//! `durward clock …`: the mark that a clock which ran ahead has left, and how it is taken back.

use crate::crash::sign_in;
use crate::moving::{HERE, change, furnish, scratch_url, store_at, store_of, word};
use crate::process::{Serving, durward, end_of, init, refusal};
use iam_api::Ocid;
use iam_core::clock::Mark;
use iam_core::context::HIGH_WATER;
use iam_store::{Store, table};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const DAY: i64 = 86_400;

fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Leaves the mark of a clock that was so far ahead.
fn run_ahead(store: &Store, seconds: i64) {
    let mark = now().as_microsecond() + seconds * 1_000_000;
    change(store, move |tx| tx.set_meta(HIGH_WATER, mark));
}

fn is_ahead(store: &Store) -> bool {
    store.read(Mark::read).unwrap().unwrap().latest.as_micros() > now().as_microsecond()
}

fn clock(args: &[&str]) -> std::process::Command {
    durward(&[&["clock"], args].concat())
}

fn is_ready(serving: &Serving) -> bool {
    serving.get("/readyz").starts_with("HTTP/1.1 200 ")
}

/// What is left of what is good for a time only.
fn timed(store: &Store) -> [u64; 3] {
    ["sessions", "links", "ui_passwords"].map(|name| {
        let table = table(name).unwrap();
        store.read(|tx| tx.count_rows(table)).unwrap().unwrap()
    })
}

#[test]
fn an_earlier_time_is_accepted_and_nothing_that_had_expired_lives_again() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--tenancy-name", "acme"]);
    let place = ["--data-dir", word(&dir)];
    let said = end_of(&mut durward(&[&["user", "reset", "admin"], &place[..]].concat()));
    let expired = said.lines().next().unwrap().rsplit_once(": ").unwrap().1.to_owned();
    let other = Ocid::from("ocid1.user.oc1..other");
    change(&store_of(&dir), move |tx| furnish(tx, &other, "other", true));
    run_ahead(&store_of(&dir), 8 * DAY);

    let serving = Serving::start(&dir, &[]);
    assert!(!is_ready(&serving), "the clock seems to have gone back");
    assert_eq!(sign_in(&serving, "admin", &expired), None, "it expired");
    serving.stop();
    let shown = end_of(&mut clock(&[&["show"], &place[..]].concat()));
    assert!(shown.contains("run `durward clock accept TIME`"), "{shown}");

    let time = now().to_string();
    let said = end_of(&mut clock(&[&["accept", &time], &place[..]].concat()));
    let ended = "Ended: 1 Console sessions, 2 one-time passwords, 1 links";
    assert!(said.contains(ended), "{said}");
    let store = store_of(&dir);
    assert_eq!(timed(&store), [0, 0, 0]);
    assert!(!is_ahead(&store));
    let line = store.read(|tx| tx.audit_tail(HERE, 1)).unwrap().unwrap().remove(0);
    let told = [&line.actor, &line.source, &line.event, &line.outcome];
    assert_eq!(told, ["host", "host", "AcceptClock", "OK"]);
    assert!(line.target.contains(" instead of "), "{}", line.target);
    drop(store);

    let serving = Serving::start(&dir, &[]);
    assert!(is_ready(&serving));
    assert_eq!(sign_in(&serving, "admin", &expired), None, "it stays dead");
    serving.stop();
    assert!(!is_ahead(&store_of(&dir)), "and the server does not bring the mark back");
    let said = end_of(&mut durward(&[&["user", "reset", "admin"], &place[..]].concat()));
    let password = said.lines().next().unwrap().rsplit_once(": ").unwrap().1.to_owned();
    let serving = Serving::start(&dir, &[]);
    assert!(sign_in(&serving, "admin", &password).is_some());
    serving.stop();
}

#[test]
fn a_time_that_is_not_the_hosts_or_not_earlier_changes_nothing() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let accept = |time: &str, dir: &Path| {
        refusal(&mut clock(&["accept", time, "--data-dir", dir.to_str().unwrap()]))
    };
    let said = accept(&now().to_string(), &dir);
    assert!(said.contains("nothing to accept"), "{said}");
    run_ahead(&store_of(&dir), DAY);
    let said = accept("2026-01-01T00:00Z", &dir);
    assert!(said.contains("set it right first"), "{said}");
    assert!(is_ahead(&store_of(&dir)));
    let serving = Serving::start(&dir, &[]);
    let said = accept(&now().to_string(), &dir);
    assert!(said.contains("another process"), "it is served: {said}");
    serving.stop();
    assert!(is_ahead(&store_of(&dir)));
}

#[test]
fn nodes_on_a_database_take_notice_without_a_restart() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let url = scratch_url();
    end_of(&mut durward(&["move", "--from", word(&dir), "--to", &url]));
    run_ahead(&store_at(&url), DAY);
    let key = dir.join("durward.key");
    let place = ["--database-url", &url, "--key-file", word(&key)];
    let serve = [&["serve", "--listen", "127.0.0.1:0"], &place[..]].concat();
    let node = Serving::run(&mut durward(&serve));
    assert!(!is_ready(&node));
    end_of(&mut clock(&[&["accept", &now().to_string()], &place[..]].concat()));
    let began = Instant::now();
    while !is_ready(&node) {
        assert!(began.elapsed() < Duration::from_secs(30), "the node goes on with the old mark");
        std::thread::yield_now();
    }
    let log = node.stop();
    assert!(log.contains("an earlier time was accepted on the host"), "{log}");
    assert!(!is_ahead(&store_at(&url)), "the node has not written the old mark back");
}
