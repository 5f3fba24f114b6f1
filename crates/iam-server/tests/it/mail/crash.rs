//! `kill -9` of the real program while mail is under way: none is lost, and one comes twice at the
//! most.

use crate::mail::{TOKEN, at_second};
use crate::process::{Serving, durward, init};
use crate::smtp_server::{Mood, Script, Server};
use iam_api::users::User;
use iam_api::{Problem, Secret, Timestamp};
use iam_core::context::{Clock, Context, Limits, Random};
use iam_core::mail::{self, Letter, Link};
use iam_core::server_key::ServerKey;
use iam_mail::Event;
use iam_store::{ResourceKind, Store};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const LETTERS: usize = 60;

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
    }
}

struct Chance;

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}

/// Queues letters to the administrator of an installation that no process serves.
fn queue(dir: &Path) {
    let key = std::fs::read_to_string(dir.join("durward.key")).unwrap();
    let key = ServerKey::from_text(&key).unwrap();
    let (clock, random) = (Box::new(Now), Box::new(Chance));
    let context = Context::new(clock, random, key, Limits::default(), at_second(0));
    let store = Store::open(&dir.join("durward.db")).unwrap();
    let queued = store.write(move |tx| {
        let (at, root) = tx.tenancies().unwrap()[0].clone();
        let found = tx.resource_by_name(at, ResourceKind::User, &root, "admin").unwrap();
        let user: User = found.unwrap().model().unwrap();
        for _ in 0..LETTERS {
            let token = Secret::new(TOKEN.to_owned());
            let expires = Now.now().plus_seconds(3_600);
            let link = Some(Link { path: "/console/x#", token: &token, expires });
            let event = Event::ResetRequested;
            let letter = Letter { event, user: &user, display_name: None, link };
            assert!(mail::queue(tx, &context, at, &letter)?);
        }
        Ok::<_, Problem>(())
    });
    queued.wait().unwrap().unwrap();
}

fn serve(dir: &Path, server: &Server) -> Serving {
    let port = server.port.to_string();
    let args = ["serve", "--data-dir", dir.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let smtp = ["--smtp-host", "localhost", "--smtp-port", &port, "--smtp-tls", "none"];
    let from = ["--mail-from", "no-reply@example.com", "--public-url", "https://iam.example.com"];
    Serving::run(&mut durward(&[&args[..], &smtp, &from].concat()))
}

#[test]
fn a_process_that_is_killed_loses_no_mail_and_repeats_one_at_the_most() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--admin-email", "admin@example.com"]);
    queue(&dir);
    let server = Server::start(Script::default());
    server.set_mood(Mood::Slow(20));
    let serving = serve(&dir, &server);
    server.wait_for(LETTERS / 3);
    serving.signal(Signal::KILL);
    let (status, log) = serving.ended();
    assert!(!status.success() && !log.contains("ERROR"), "{log}");
    assert!(server.received().len() < LETTERS, "it was killed in the middle");
    server.set_mood(Mood::Takes);
    let again = Instant::now();
    let serving = serve(&dir, &server);
    server.wait_for(LETTERS);
    let ids = || {
        let mut times = BTreeMap::<String, usize>::new();
        for mail in server.received() {
            *times.entry(mail.header("message-id").unwrap()).or_default() += 1;
        }
        times
    };
    while ids().len() < LETTERS {
        assert!(again.elapsed() < Duration::from_secs(60), "{} of {LETTERS}", ids().len());
        server.wait_for(server.received().len() + 1);
    }
    assert!(serving.stop().contains("stopped"));
    let repeated: usize = ids().values().map(|times| times - 1).sum();
    assert!(repeated <= 1, "{repeated} came twice");
}
