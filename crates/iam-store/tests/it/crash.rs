//! Killing the process at random moments: every change that was answered is there afterwards, and
//! every change is there as a whole or not at all.
//!
//! The test runs itself once more as a child that writes until it is killed.

use crate::scratch::reopen;
use iam_store::{Setting, Store, StoreError, TenancyNo};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CHILD: &str = "crash::a_child_that_writes_until_it_is_killed";
const DIRECTORY: &str = "IAM_STORE_CRASH_DIRECTORY";
const WRITERS: usize = 4;
const KILLS: u64 = 25;

/// What one change writes, in two places.
fn mark(writer: usize, number: i64) -> String {
    format!("{writer}-{number}")
}

fn is_there(store: &Store, writer: usize, number: i64) -> (bool, bool) {
    let name = mark(writer, number);
    let read = store.read(|tx| {
        let setting = tx.setting(TenancyNo(1), &name)?;
        Ok::<_, StoreError>((tx.meta(&name)? == number, setting.is_some()))
    });
    read.unwrap().unwrap()
}

fn write_forever(store: &Store, writer: usize) {
    let last = store.read(|tx| tx.meta(&format!("last of {writer}"))).unwrap().unwrap();
    for number in last + 1.. {
        let answer = store.write(move |tx| {
            let name = mark(writer, number);
            let setting = Setting { etag: name.clone(), body: "x".repeat(300) };
            tx.set_meta(&name, number)?;
            tx.set_setting(TenancyNo(1), &name, &setting)?;
            tx.set_meta(&format!("last of {writer}"), number)
        });
        answer.wait().unwrap().unwrap();
        // One write, so that lines of several threads do not mix.
        std::io::stdout().write_all(format!("\nkept {writer} {number}\n").as_bytes()).unwrap();
    }
}

#[test]
#[ignore = "the other half of the test below, which kills it"]
fn a_child_that_writes_until_it_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "how the test tells its child where to write")]
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let store = reopen(&Path::new(&directory).join("test.db")).unwrap();
    let store = &store;
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || write_forever(store, writer));
        }
    });
}

/// Starts the child with a umask that forbids nothing.
fn start(directory: &Path) -> Child {
    let own = std::env::current_exe().unwrap();
    Command::new("sh")
        .args(["-c", r#"umask 000; exec "$0" "$@""#])
        .arg(own)
        .args([CHILD, "--exact", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets the child write for a while and kills it; answers the last number that each writer printed.
fn run_and_kill(directory: &Path, life: Duration, last: &mut [i64; WRITERS]) {
    let mut child = start(directory);
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            let _nobody_listens = sender.send(line);
        }
    });
    let mut note = |line: String| {
        let Some(kept) = line.strip_prefix("kept ") else { return false };
        let (writer, number) = kept.split_once(' ').unwrap();
        last[writer.parse::<usize>().unwrap()] = number.parse().unwrap();
        true
    };
    while !note(lines.recv_timeout(Duration::from_secs(60)).unwrap()) {}
    let end = Instant::now() + life;
    while let Ok(line) = lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
        note(line);
        if Instant::now() >= end {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    for line in lines {
        note(line);
    }
}

#[test]
fn nothing_that_was_answered_is_lost_when_the_process_is_killed() {
    let dir = TempDir::new().unwrap();
    drop(Store::create(&dir.path().join("test.db")).unwrap());
    let mut checked = [0; WRITERS];
    let mut last = [0; WRITERS];
    for kill in 0..KILLS {
        // Any moment will do; these differ, and a run can be repeated.
        let life = Duration::from_micros(kill.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 120_000);
        run_and_kill(dir.path(), life, &mut last);
        let store = reopen(&dir.path().join("test.db")).unwrap();
        for writer in 0..WRITERS {
            for number in checked[writer] + 1..=last[writer] {
                assert_eq!(is_there(&store, writer, number), (true, true), "{writer} {number}");
            }
            let (one, other) = is_there(&store, writer, last[writer] + 1);
            assert_eq!(one, other, "half a change");
            let seen = store.read(|tx| tx.meta(&format!("last of {writer}"))).unwrap().unwrap();
            assert!(seen - last[writer] <= 1, "the child goes on only when it was answered");
            (checked[writer], last[writer]) = (seen, seen);
        }
    }
    assert!(last.iter().all(|last| *last > 100), "hardly anything was written: {last:?}");
}

#[test]
fn every_file_is_for_its_owner_alone_whatever_the_umask() {
    let dir = TempDir::new().unwrap();
    drop(Store::create(&dir.path().join("test.db")).unwrap());
    run_and_kill(dir.path(), Duration::from_millis(20), &mut [0; WRITERS]);
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{entry:?}");
        seen.push(entry.file_name().into_string().unwrap());
    }
    seen.sort();
    assert_eq!(seen, ["test.db", "test.db-shm", "test.db-wal", "test.lock"]);
}
