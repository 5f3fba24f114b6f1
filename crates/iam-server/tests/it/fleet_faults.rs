//! The way to the database goes wrong: connections cut, silent, or cut just when a commit was sent.

use crate::world::{Answer, World};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What a way does with what it is given.
const OPEN: u8 = 0;
/// It takes connections and bytes, and says nothing.
const SILENT: u8 = 1;
/// It carries all until the database answers a commit, and is cut then.
const LOSES_COMMIT: u8 = 2;
/// It takes no connection.
const CLOSED: u8 = 3;

/// A way to the database that can be cut.
struct Way {
    port: u16,
    mood: Arc<AtomicU8>,
    open: Arc<Mutex<Vec<TcpStream>>>,
    /// How often the node said something when the database had answered, or had nothing to.
    rounds: Arc<AtomicUsize>,
    told: Arc<Told>,
}

/// What a node tells its database.
#[derive(Default)]
struct Told {
    /// How many statements it has run.
    statements: AtomicUsize,
    /// How often it has had the database answer.
    ends: AtomicUsize,
}

impl Told {
    /// Takes the messages that are whole from what a node has said on a connection.
    fn hear(&self, said: &mut Vec<u8>) {
        while let Some((&[what, a, b, c, d], _)) = said.split_first_chunk() {
            // The first message of a connection has a length alone.
            let (head, length) = match what {
                0 => (0, [what, a, b, c]),
                _ => (1, [a, b, c, d]),
            };
            let length = head + u32::from_be_bytes(length) as usize;
            if said.len() < length {
                break;
            }
            said.drain(..length);
            let of = [(b'E', &self.statements), (b'S', &self.ends), (b'Q', &self.ends)];
            for (_, count) in of.iter().filter(|(kind, _)| *kind == what) {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

impl Way {
    fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Self {
            port,
            mood: Arc::new(AtomicU8::new(OPEN)),
            open: Arc::default(),
            rounds: Arc::default(),
            told: Arc::default(),
        };
        let (mood, open) = (Arc::clone(&way.mood), Arc::clone(&way.open));
        let (rounds, told) = (Arc::clone(&way.rounds), Arc::clone(&way.told));
        thread::spawn(move || {
            for node in listener.incoming().flatten() {
                if mood.load(Ordering::SeqCst) == CLOSED {
                    continue;
                }
                open.lock().unwrap().push(node.try_clone().unwrap());
                let database = UnixStream::connect(&socket).unwrap();
                let (mut from_node, mut to_node) =
                    (node.try_clone().unwrap(), node.try_clone().unwrap());
                let (mut from_database, mut to_database) =
                    (database.try_clone().unwrap(), database);
                let (there, back) = (Arc::clone(&mood), Arc::clone(&mood));
                let answered = Arc::new(AtomicBool::new(true));
                let (asks, answers) = (Arc::clone(&answered), answered);
                let (rounds, told) = (Arc::clone(&rounds), Arc::clone(&told));
                let mut said = Vec::new();
                thread::spawn(move || {
                    carry(&mut from_node, &mut to_database, |bytes| {
                        if asks.swap(false, Ordering::SeqCst) {
                            rounds.fetch_add(1, Ordering::SeqCst);
                        }
                        said.extend(bytes);
                        told.hear(&mut said);
                        there.load(Ordering::SeqCst) != SILENT
                    });
                    let _closed = to_database.shutdown(Shutdown::Both);
                });
                thread::spawn(move || {
                    carry(&mut from_database, &mut to_node, |bytes| {
                        answers.store(true, Ordering::SeqCst);
                        match back.load(Ordering::SeqCst) {
                            LOSES_COMMIT if answers_commit(bytes) => {
                                let _closed = node.shutdown(Shutdown::Both);
                                false
                            }
                            now => now != SILENT,
                        }
                    });
                    let _closed = node.shutdown(Shutdown::Both);
                });
            }
        });
        way
    }

    fn be(&self, mood: u8) {
        self.mood.store(mood, Ordering::SeqCst);
    }

    /// Ends all connections that there are.
    fn cut(&self) {
        for one in self.open.lock().unwrap().drain(..) {
            let _already = one.shutdown(Shutdown::Both);
        }
    }
}

/// Whether this tells that something was committed.
fn answers_commit(bytes: &[u8]) -> bool {
    bytes.windows(7).any(|part| part == b"COMMIT\0")
}

/// Carries bytes, as long as there are any; those that are not let through are lost.
fn carry(from: &mut impl Read, to: &mut impl Write, mut lets_through: impl FnMut(&[u8]) -> bool) {
    let mut bytes = [0; 16_384];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        let part = &bytes[..count];
        if lets_through(part) && to.write_all(part).is_err() {
            break;
        }
    }
}

/// A world whose way to its database can be cut.
fn world() -> (World, Way) {
    let url = scratch_postgres::database().unwrap();
    let (_, rest) = url.split_once('@').unwrap();
    let (host, rest) = rest.split_once('/').unwrap();
    let dir = host.replace("%2F", "/");
    let way = Way::to(PathBuf::from(dir).join(".s.PGSQL.5432"));
    let url = format!("postgres://postgres@127.0.0.1:{}/{rest}", way.port);
    (World::in_database(url), way)
}

fn asks(world: &World) -> Answer {
    let admin = world.administrator();
    world.send(&admin, "GET", &format!("/20160918/users/{}", admin.user), None)
}

#[test]
fn connections_that_were_cut_are_made_anew() {
    let (world, way) = world();
    let ann = world.user("ann");
    for _ in 0..20 {
        assert_eq!(asks(&world).status, 200);
        way.cut();
        assert_eq!(asks(&world).status, 200);
        way.cut();
        let reset = format!("/20160918/users/{ann}/uiPassword");
        world.send(&world.administrator(), "POST", &reset, None).ok();
    }
}

#[test]
fn while_the_database_is_away_nothing_is_granted_and_then_all_is_as_before() {
    let (world, way) = world();
    assert_eq!(asks(&world).status, 200);
    for (mood, longest) in [(CLOSED, 1), (SILENT, 7)] {
        way.be(mood);
        if mood == CLOSED {
            way.cut();
        }
        let began = Instant::now();
        let answer = asks(&world);
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(began.elapsed() < Duration::from_secs(longest), "{:?}", began.elapsed());
        assert_eq!(answer.json()["code"], "ServiceUnavailable");
        way.be(OPEN);
        way.cut(); // what is silent would be noticed after a while only
        assert_eq!(asks(&world).status, 200);
    }
}

#[test]
fn a_change_whose_answer_was_lost_is_made_once() {
    let (world, way) = world();
    let admin = world.administrator();
    let list = format!("/20160918/users?compartmentId={}", world.tenancy());
    for round in 0..6 {
        let name = format!("user-{round}");
        let body = serde_json::json!({
            "compartmentId": world.tenancy(), "name": name, "description": "test"
        });
        let token = format!("token-{round}");
        let header = [("opc-retry-token", token.as_str())];
        let create = || world.send_with(&admin, "POST", "/20160918/users", Some(&body), &header);
        way.be(LOSES_COMMIT);
        let lost = create();
        assert_eq!(lost.status, 503, "{}", lost.text);
        way.be(OPEN);
        let named = || {
            let users = world.send(&admin, "GET", &list, None).ok().json();
            let is_it = |user: &&Value| user["name"] == name.as_str();
            users.as_array().unwrap().iter().filter(is_it).count()
        };
        assert_eq!(named(), 1, "it was made, though nobody was told");
        create().ok();
        assert_eq!(named(), 1);
    }
}

/// Each round is the time of a way to the database and back, however little is said in it; and each
/// time that the database is to answer, it wakes the node up.
#[test]
fn a_signed_reset_takes_two_rounds_to_the_database_and_a_signed_read_as_many() {
    let (world, way) = world();
    let admin = world.administrator();
    let (ann, readers) = (world.user("ann"), world.group("readers"));
    let counts = || {
        let Told { statements, ends } = &*way.told;
        [&way.rounds, statements, ends].map(|count| count.load(Ordering::SeqCst))
    };
    let counts_of = |ask: &dyn Fn()| {
        let before = counts();
        ask();
        let mut after = counts().into_iter().zip(before).map(|(after, before)| after - before);
        (after.next().unwrap(), after.next().unwrap(), after.next().unwrap())
    };
    let reset = |number: usize| {
        let token = format!("token-{number}");
        let header = [("opc-retry-token", token.as_str())];
        let target = format!("/20160918/users/{ann}/uiPassword");
        world.send_with(&admin, "POST", &target, None, &header).ok();
    };
    let read = || {
        world.send(&admin, "GET", &format!("/20160918/groups/{readers}"), None).ok();
    };
    reset(0);
    read(); // from here on the connections are open, and know the statements
    for number in 1..10 {
        let of_reset = (2, 11, 2); // begin and look; change and commit
        assert_eq!(counts_of(&|| reset(number)), of_reset, "rounds, statements, answers");
        let (rounds, _, answers) = counts_of(&read); // begin and look; end
        assert_eq!((rounds, answers), (2, 2));
    }
}
