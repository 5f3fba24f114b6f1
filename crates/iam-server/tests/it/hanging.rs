//! A database that hangs, and work that a node left behind: seen from outside.

use crate::moving::{change, store_at};
use crate::process::{Serving, durward, end_of};
use iam_api::Timestamp;
use iam_store::{RecoveryRequest, table};
use rustix::process::{Pid, Signal, kill_process};
use scratch_postgres::Durable;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A node on a database of its own, which lives as long as the directory.
fn node(url: &str, dir: &Path) -> Serving {
    end_of(&mut durward(&["init", "--data-dir", dir.to_str().unwrap(), "--database-url", url]));
    let key = dir.join("durward.key");
    let place = ["--database-url", url, "--key-file", key.to_str().unwrap()];
    Serving::run(&mut durward(&[&["serve", "--listen", "127.0.0.1:0"], &place[..]].concat()))
}

/// A server all of whose processes stand still, until this is dropped.
struct Hung(Vec<Pid>);

impl Hung {
    fn new(server: &Durable) -> Self {
        let file = fs::read_to_string(server.dir().join("data/postmaster.pid")).unwrap();
        let main = file.lines().next().unwrap().to_owned();
        let children = fs::read_to_string(format!("/proc/{main}/task/{main}/children")).unwrap();
        let pid = |text: &str| Pid::from_raw(text.parse().unwrap()).unwrap();
        let all = std::iter::once(main.as_str()).chain(children.split_whitespace());
        let hung = Self(all.map(pid).collect());
        hung.signal(Signal::STOP);
        hung
    }

    fn signal(&self, signal: Signal) {
        for pid in &self.0 {
            let _already_gone = kill_process(*pid, signal);
        }
    }
}

impl Drop for Hung {
    fn drop(&mut self) {
        self.signal(Signal::CONT);
    }
}

fn wait_for(longest: Duration, mut is_so: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < longest, "it did not come to be so in {longest:?}");
        std::thread::yield_now();
    }
    began.elapsed()
}

#[test]
fn a_database_that_hangs_makes_a_node_unready_within_seconds_and_no_probe_waits() {
    let server = Durable::start().unwrap();
    let root = TempDir::new().unwrap();
    let node = node(&server.database().unwrap(), &root.path().join("data"));
    let asked = || {
        let began = Instant::now();
        let answer = node.get("/readyz");
        assert!(began.elapsed() < Duration::from_secs(1), "a probe waits: {:?}", began.elapsed());
        answer
    };
    assert!(asked().starts_with("HTTP/1.1 200 "));
    let hung = Hung::new(&server);
    // Looked at once a second, and two seconds are waited for the answer.
    let is_unready = || asked().starts_with("HTTP/1.1 503 ");
    wait_for(Duration::from_millis(4_500), is_unready);
    assert!(asked().ends_with("not ready: the store does not answer\n"));
    assert!(node.get("/healthz").starts_with("HTTP/1.1 200 "), "it is alive all the same");
    drop(hung);
    wait_for(Duration::from_secs(20), || asked().starts_with("HTTP/1.1 200 "));
    let log = node.stop();
    assert!(log.contains("not ready for requests") && log.contains("ready for requests again"));
}

#[test]
fn who_asked_a_node_that_died_for_a_way_back_in_is_answered_by_another() {
    let root = TempDir::new().unwrap();
    let url = scratch_postgres::database().unwrap();
    let node = node(&url, &root.path().join("data"));
    let store = store_at(&url);
    // What a node writes down that is asked, just before it dies.
    let created = Timestamp::from_micros(jiff::Timestamp::now().as_microsecond());
    change(&store, move |tx| {
        tx.add_recovery_request(&RecoveryRequest {
            seq: 0,
            created,
            source: "192.0.2.1".to_owned(),
            request_id: "OF-THE-DEAD".to_owned(),
            names: Vec::new(),
        })
    });
    let left = || {
        let requests = table("recovery_requests").unwrap();
        store.read(|tx| tx.count_rows(requests)).unwrap().unwrap()
    };
    // It was there when the change was acknowledged; the other node may have come at once.
    wait_for(Duration::from_secs(10), || left() == 0);
    node.stop();
}
