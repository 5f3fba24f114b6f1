//! The audit trail under somebody's hands who can write to the store but has not the key: whatever
//! they do to it, `verify` finds it.

use crate::moving::{HERE, admin, change, store_of, word};
use crate::process::{Serving, durward, end_of, init, refusal, run};
use iam_core::server_key::ServerKey;
use iam_core::verify::{Findings, Known, Noted, verify};
use iam_store::{
    AuditRecord, Cell, Each, Filling, Rows, Store, StoreError, Table, Tx, all, pour, tables,
};
use std::io::Read;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const LINES: i64 = 40;
const ROUNDS: u64 = 150;
const ROUNDS_LONG: u64 = 1_000;

/// All rows of an installation, table by table.
#[derive(Clone)]
struct Held(Vec<(&'static Table, Vec<Vec<Cell>>)>);

impl Held {
    fn of(store: &Store) -> Self {
        let read = |tx: &mut Tx<'_>| {
            let table = |table: &'static Table| {
                let mut rows = Vec::new();
                tx.each(table, &mut |row| {
                    rows.push(row);
                    Ok(())
                })?;
                Ok((table, rows))
            };
            tables().iter().map(table).collect::<Result<_, StoreError>>()
        };
        Self(store.read(read).unwrap().unwrap())
    }

    fn rows(&mut self, name: &str) -> &mut Vec<Vec<Cell>> {
        &mut self.0.iter_mut().find(|(table, _)| table.name == name).unwrap().1
    }

    /// What is found in a store with these rows.
    fn verified(&self, known: &Known<'_>) -> Findings {
        let dir = TempDir::new().unwrap();
        let store = Store::create(&dir.path().join("durward.db")).unwrap();
        let mut rows = self.clone();
        change(&store, move |tx| {
            let mut filling = Filling::new(tx)?;
            pour(&mut rows, &all, &mut filling, &|_| {})
        });
        store.read(|tx| verify(tx, known, &|_| {})).unwrap().unwrap()
    }
}

impl Rows for Held {
    fn each(&mut self, table: &'static Table, each: &mut Each<'_>) -> Result<(), StoreError> {
        let (_, rows) = self.0.iter().find(|(of, _)| of.name == table.name).unwrap();
        rows.iter().cloned().try_for_each(each)
    }
}

/// Numbers that look drawn, and are the same in every run.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// A new installation with some lines, and its key.
fn written(root: &Path) -> (std::path::PathBuf, ServerKey) {
    let dir = init(root, &[]);
    let text = std::fs::read_to_string(dir.join("durward.key")).unwrap();
    let key = ServerKey::from_text(&text).unwrap();
    let (store, user) = (store_of(&dir), admin(&dir));
    let sealing = key.audit().clone();
    change(&store, move |tx| {
        (0..LINES).try_for_each(|number| {
            let line = AuditRecord {
                time: iam_api::Timestamp::from_micros(1_700_000_000_000_000 + number),
                tenancy: HERE,
                compartment: String::new(),
                actor: user.to_string(),
                source: "127.0.0.1".to_owned(),
                event: "GetUser".to_owned(),
                target: format!("target {number}"),
                outcome: "OK".to_owned(),
                request_id: number.to_string(),
            };
            tx.add_audit(line, &sealing)
        })
    });
    (dir, key)
}

/// Numbers rows anew from the first, as somebody would to leave no gap.
fn number(lines: &mut [Vec<Cell>]) {
    for (seq, line) in (1..).zip(lines) {
        line[0] = Cell::Int(seq);
    }
}

/// Does one thing to the trail; says what.
fn tamper(held: &mut Held, drawn: &mut Drawn) -> &'static str {
    let kind = drawn.below(8);
    let lines = held.rows("audit");
    let (one, other) = (drawn.below(lines.len() - 1), lines.len() - 1);
    match kind {
        0 => {
            lines.remove(one);
            "a line was deleted"
        }
        1 => {
            lines.remove(one);
            number(lines);
            "a line was deleted, and the others numbered anew"
        }
        2 => {
            let column = 1 + drawn.below(10);
            lines[one][column] = match &lines[one][column] {
                Cell::Int(number) => Cell::Int(number + 1),
                Cell::Blob(bytes) => Cell::Blob(bytes.iter().map(|byte| byte ^ 1).collect()),
                _ => Cell::Text("changed".to_owned()),
            };
            "a field was changed"
        }
        3 => {
            lines.swap(one, other);
            number(lines);
            "lines changed places"
        }
        4 => {
            lines.truncate(one + 1);
            "the last lines were cut off"
        }
        5 => {
            lines.truncate(one + 1);
            let (seq, chain) = (lines[one][0].clone(), lines[one][10].clone());
            let last =
                held.rows("audit_ends").iter_mut().find(|end| end[0] == Cell::Text("last".into()));
            let last = last.unwrap();
            (last[1], last[2]) = (seq, chain);
            "the last lines were cut off, and the end put there"
        }
        6 => {
            lines.drain(..=one);
            "the first lines were cut off"
        }
        _ => {
            let mut line = lines[one].clone();
            line[0] = Cell::Int(i64::try_from(lines.len()).unwrap() + 1);
            lines.push(line);
            "a line was added"
        }
    }
}

#[test]
fn whatever_is_done_to_it_is_found() {
    let root = TempDir::new().unwrap();
    let (dir, key) = written(root.path());
    let held = Held::of(&store_of(&dir));
    let known = Known { key: Some(key.audit()), noted: None };
    let whole = held.verified(&known);
    assert_eq!((whole.count, whole.trail.count), (0, u64::try_from(LINES).unwrap()));
    let rounds = if std::env::var_os("DURWARD_LONG").is_some() { ROUNDS_LONG } else { ROUNDS };
    for round in 0..rounds {
        let (mut tampered, mut drawn) = (held.clone(), Drawn(round));
        let what = tamper(&mut tampered, &mut drawn);
        let found = tampered.verified(&known);
        assert!(found.told.iter().any(|line| line.starts_with("audit")), "{what}, {round}");
    }
}

#[test]
fn an_older_state_that_was_put_back_is_found_by_who_noted_a_line() {
    let root = TempDir::new().unwrap();
    let (dir, key) = written(root.path());
    let older = Held::of(&store_of(&dir));
    let sealing = key.audit().clone();
    let store = store_of(&dir);
    change(&store, move |tx| {
        let line = tx.audit_tail(HERE, 1)?.remove(0);
        tx.add_audit(line, &sealing)
    });
    let head = store.read(|tx| verify(tx, &Known::default(), &|_| {})).unwrap().unwrap();
    let noted = head.trail.last;
    let known = Known { key: Some(key.audit()), noted };
    assert_eq!(Held::of(&store).verified(&known).count, 0);
    let found = older.verified(&known);
    assert_eq!(found.told, ["audit 41: the line that was noted is not there"]);
    let other = Noted { seq: 7, chain: [7; 32] };
    let known = Known { key: Some(key.audit()), noted: Some(other) };
    assert_eq!(older.verified(&known).told, ["audit 7: it is not the line that was noted"]);
}

#[test]
fn a_broken_end_stops_all_that_has_to_be_noted_until_it_is_sealed_anew() {
    let root = TempDir::new().unwrap();
    let (dir, _) = written(root.path());
    let place = ["--data-dir", word(&dir)];
    let verified = |more: &[&str]| run(&[&["verify"], &place[..], more].concat());
    let said = String::from_utf8(verified(&[]).stdout).unwrap();
    let head = said.lines().find_map(|line| line.strip_prefix("Audit trail  40 lines, head "));
    let head = head.unwrap().to_owned();
    let store = store_of(&dir);
    change(&store, |tx| {
        tx.seal_audit((0, [0; 32]), (30, [1; 32]), ServerKey::new([1; 32]).audit())
    });
    drop(store);
    let said = String::from_utf8(verified(&[]).stdout).unwrap();
    assert!(said.contains("are not sealed with this installation's key"), "{said}");
    assert!(said.contains("audit 31 to 40: written by nobody who has the key"), "{said}");
    let refused = refusal(&mut durward(&[&["user", "unblock", "admin"], &place[..]].concat()));
    assert!(refused.contains("durward audit seal"), "{refused}");

    let sealed = end_of(&mut durward(&[&["audit", "seal"], &place[..]].concat()));
    assert!(sealed.contains("lines 1 to 40"), "{sealed}");
    let again = verified(&["--audit-head", &head]);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    end_of(&mut durward(&[&["user", "unblock", "admin"], &place[..]].concat()));
    let exported =
        end_of(&mut durward(&[&["audit", "export", "--after", "40"], &place[..]].concat()));
    let events: Vec<String> = exported
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(events, ["SealAuditTrail", "UpdateUserState"]);
}

#[test]
fn what_is_exported_can_be_checked_by_anybody() {
    let root = TempDir::new().unwrap();
    let (dir, _) = written(root.path());
    let place = ["--data-dir", word(&dir)];
    let lines = end_of(&mut durward(&[&["audit", "export"], &place[..]].concat()));
    let file = root.path().join("trail.jsonl");
    std::fs::write(&file, &lines).unwrap();
    let guide = include_str!("../../../../docs/guide/audit.md");
    let program = guide.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let check = |lines: &str| {
        std::fs::write(&file, lines).unwrap();
        let mut python = std::process::Command::new("python3");
        python.args(["-c", program]).arg(&file).output().unwrap()
    };
    let checked = check(&lines);
    assert!(checked.status.success(), "{checked:?}");
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(said.starts_with("40 lines follow one another, to 40:"), "{said}");
    assert!(!check(&lines.replace("target 7", "target 8")).status.success());
    let events =
        end_of(&mut durward(&[&["audit", "export", "--format", "events"], &place[..]].concat()));
    let first: serde_json::Value = serde_json::from_str(events.lines().next().unwrap()).unwrap();
    assert_eq!(first["eventTypeVersion"], "2.0");
}

/// What is sent to a syslog server before it has this line, each message by its JSON.
fn lines_of(messages: &mut dyn FnMut() -> String, last: i64) -> Vec<i64> {
    let mut seen = Vec::new();
    while seen.last() != Some(&last) {
        let message = messages();
        let (head, json) = message.split_once('{').unwrap();
        assert!(
            head.starts_with("<110>1 2023-11-14T22:13:20.") || head.contains(" GetUser "),
            "{head}"
        );
        let json: serde_json::Value = serde_json::from_str(&format!("{{{json}")).unwrap();
        seen.push(json["seq"].as_i64().unwrap());
    }
    seen
}

#[test]
fn each_line_is_sent_to_a_syslog_server_once_it_is_there() {
    let root = TempDir::new().unwrap();
    let (dir, _) = written(root.path());
    let all: Vec<i64> = (1..=LINES).collect();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let url = format!("udp://{}", udp.local_addr().unwrap());
    let kept = ["--audit-retention-days", "0", "--audit-syslog"];
    let serving = Serving::start(&dir, &[&kept[..], &[&url]].concat());
    let mut buffer = [0; 4_096];
    let mut next = || {
        let length = udp.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    assert_eq!(lines_of(&mut next, LINES), all);
    serving.stop();

    // Another server, which was away: what came since the last one waits for it.
    let store = store_of(&dir);
    let key = std::fs::read_to_string(dir.join("durward.key")).unwrap();
    let key = ServerKey::from_text(&key).unwrap().audit().clone();
    change(&store, move |tx| {
        let line = tx.audit_tail(HERE, 1)?.remove(0);
        tx.add_audit(AuditRecord { actor: "\u{202e}\u{2028}\u{1b}".to_owned(), ..line }, &key)
    });
    drop(store);
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let serving = Serving::start(&dir, &[&kept[..], &[&format!("tcp://{address}")]].concat());
    let listener = TcpListener::bind(address).unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut next = || {
        let mut length = String::new();
        let mut byte = [0];
        loop {
            stream.read_exact(&mut byte).unwrap();
            match byte[0] {
                b' ' => break,
                digit => length.push(digit.into()),
            }
        }
        let mut message = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut message).unwrap();
        assert!(message.iter().all(|byte| (b' '..=b'~').contains(byte)), "{message:?}");
        String::from_utf8(message).unwrap()
    };
    assert_eq!(lines_of(&mut next, LINES + 1), [LINES + 1]);
    serving.stop();
}

#[test]
fn lines_that_are_old_enough_go_and_the_rest_is_whole() {
    let root = TempDir::new().unwrap();
    let (dir, _) = written(root.path());
    let place = ["--data-dir", word(&dir)];
    let verified = || end_of(&mut durward(&[&["verify"], &place[..]].concat()));
    Serving::start(&dir, &["--audit-retention-days", "0"]).stop();
    assert!(verified().contains("Audit trail  40 lines, head 40:"));
    Serving::start(&dir, &[]).stop();
    assert!(verified().contains("Audit trail  0 lines, head 40:"));
}
