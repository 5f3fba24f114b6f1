//! What an operator is told at the start of standbys that would lose what was acknowledged.

use crate::process::{Serving, durward};
use scratch_postgres::{Pair, program};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A primary, asked by its socket.
struct Primary {
    dir: String,
}

impl Primary {
    fn of(url: &str) -> Self {
        let (_, rest) = url.split_once('@').unwrap();
        let first = rest.split([',', '/']).next().unwrap();
        Self { dir: first.replace("%2F", "/") }
    }

    fn ask(&self, sql: &str) -> String {
        let mut psql = Command::new(program("psql"));
        psql.args(["-qXAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "postgres", "-h"]);
        let told = psql.arg(&self.dir).arg("-c").arg(sql).stdin(Stdio::null()).output().unwrap();
        assert!(told.status.success(), "{sql}: {}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).unwrap().trim().to_owned()
    }

    /// Waits until the standby follows in that way.
    fn wait_for(&self, state: &str) {
        let began = Instant::now();
        while self.ask("SELECT sync_state FROM pg_stat_replication") != state {
            assert!(began.elapsed() < Duration::from_secs(30), "no standby is {state}");
            std::thread::yield_now();
        }
    }
}

/// What a server says at its start in that database.
fn log_of(url: &str, dir: &Path) -> String {
    let key = dir.join("durward.key");
    let place = ["--database-url", url, "--key-file", key.to_str().unwrap()];
    let args = [&["serve", "--listen", "127.0.0.1:0"], &place[..]].concat();
    Serving::run(&mut durward(&args)).stop()
}

#[test]
fn an_asynchronous_standby_is_warned_of_at_the_start_and_a_synchronous_one_is_not() {
    let pair = Pair::start().unwrap();
    let url = pair.database().unwrap();
    let primary = Primary::of(&url);
    primary.wait_for("sync");
    let root = TempDir::new().unwrap();
    let dir = root.path().join("data");
    let made = durward(&["init", "--data-dir", dir.to_str().unwrap(), "--database-url", &url])
        .output()
        .unwrap();
    let told = String::from_utf8(made.stderr).unwrap();
    assert!(made.status.success(), "{told}");
    assert!(told.contains("warning: the database's server does not flush"), "{told}");
    assert!(!told.contains("standby"), "it is synchronous: {told}");
    assert!(!log_of(&url, &dir).contains("standby"));

    // A role that may not see how the standby follows is told so.
    let (_, schema) = url.rsplit_once("%3D").unwrap();
    primary.ask(&format!(
        "CREATE ROLE plain LOGIN; GRANT USAGE ON SCHEMA {schema} TO plain; \
         GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO plain; \
         GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO plain"
    ));
    let plain = url.replace("postgres://postgres@", "postgres://plain@");
    let log = log_of(&plain, &dir);
    assert_eq!(log.matches("pg_monitor").count(), 1, "{log}");

    primary.ask("ALTER SYSTEM RESET synchronous_standby_names");
    primary.ask("SELECT pg_reload_conf()");
    primary.wait_for("async");
    for url in [&url, &plain] {
        let log = log_of(url, &dir);
        let line = log.lines().find(|line| line.contains("follow the database asynchronously"));
        let line = line.unwrap_or_else(|| panic!("{log}"));
        assert!(line.contains("WARN") && line.contains("synchronous_standby_names"), "{line}");
        assert_eq!(log.matches("asynchronously").count(), 1, "{log}");
    }
}
