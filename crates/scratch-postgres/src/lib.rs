//! A PostgreSQL server for a run of tests.
//!
//! The first test of a run that asks for a database starts the server, in a directory of its own
//! and reached by a socket in it alone. All tests of the run share it: whoever started them (the
//! parent of each test's process) is whom the server lives for, and a watchdog ends it and removes
//! the directory a moment after that process is gone, however it went. What is written there need
//! not outlive anything, so nothing is flushed to the disk.

use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::{CommandExt, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where Debian keeps the server's programs, by version; elsewhere they are on the path.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Waits for the process of the first argument to be gone, then ends the server.
const WATCHDOG: &str = r#"while kill -0 "$1"; do sleep 1; done
pid=$(head -n 1 "$2/data/postmaster.pid") && kill -QUIT "$pid"
sleep 1; rm -rf "$2" "$2.lock""#;
/// What the server is started with: nothing is flushed, and nothing listens on a network.
const SERVER: [&str; 10] = [
    "-c",
    "fsync=off",
    "-c",
    "listen_addresses=",
    "-c",
    "max_connections=300",
    "-c",
    "full_page_writes=off",
    "-c",
    "autovacuum=off",
];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The URL of an empty database that no other caller has.
pub fn database() -> Result<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let dir = server()?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("scratch_{}_{number}", std::process::id());
    let mut psql = Command::new(program("psql"));
    psql.args(["-qX", "-U", "postgres", "-d", "postgres", "-h"]).arg(&dir);
    run(psql.arg("-c").arg(format!("CREATE SCHEMA {name}")))?;
    let host = dir.display().to_string().replace('/', "%2F");
    Ok(format!("postgres://postgres@{host}/postgres?options=-csearch_path%3D{name}"))
}

/// All that a database holds, as text; bytes in hexadecimal.
pub fn dump(url: &str) -> Result<String> {
    let schema = url.rsplit_once("%3D").map_or(url, |(_, schema)| schema);
    let mut pg_dump = Command::new(program("pg_dump"));
    pg_dump.args(["-U", "postgres", "-d", "postgres", "-n", schema, "-h"]).arg(server()?);
    let told = pg_dump.stdin(Stdio::null()).output()?;
    if !told.status.success() {
        return Err(String::from_utf8_lossy(&told.stderr).into());
    }
    Ok(String::from_utf8(told.stdout)?)
}

/// The directory of the server for this run, which is started if need be.
fn server() -> Result<PathBuf> {
    let run_of = parent_id();
    // Not the directory for temporary files: the path of a socket may have no more than 107 bytes.
    let dir = PathBuf::from(format!("/tmp/durward-postgres-{run_of}"));
    let lock = File::create(dir.with_extension("lock"))?;
    lock.lock()?;
    if !dir.join("ready").exists() {
        let _left_by_an_older_run = fs::remove_dir_all(&dir);
        start(&dir, run_of)?;
        File::create(dir.join("ready"))?;
    }
    Ok(dir)
}

fn start(dir: &Path, run_of: u32) -> Result<()> {
    let data = dir.join("data");
    fs::create_dir(dir)?;
    let user = account()?;
    if let Some((uid, gid)) = user {
        chown(dir, Some(uid), Some(gid))?;
    }
    let as_user = |name: &str| {
        let mut command = Command::new(program(name));
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
        command.current_dir(dir);
        command
    };
    let mut initdb = as_user("initdb");
    initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
    run(initdb.arg(&data))?;
    Command::new("setsid")
        .args(["sh", "-c", WATCHDOG, "watchdog"])
        .arg(run_of.to_string())
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut pg_ctl = as_user("pg_ctl");
    pg_ctl.args(["start", "-w", "-s", "-l"]).arg(dir.join("log")).arg("-D").arg(&data);
    run(pg_ctl.arg("-o").arg(format!("-k {} {}", dir.display(), SERVER.join(" "))))
}

/// Whom the server runs as: not as root, which it refuses.
fn account() -> Result<Option<(u32, u32)>> {
    let number = |option: &str, name: &str| -> Result<u32> {
        let told = Command::new("id").args([option, name]).output()?;
        Ok(String::from_utf8(told.stdout)?.trim().parse()?)
    };
    let own = String::from_utf8(Command::new("id").arg("-u").output()?.stdout)?;
    if own.trim() != "0" {
        return Ok(None);
    }
    let of = |name| Ok((number("-u", name)?, number("-g", name)?));
    of("postgres").or_else(|_: Box<dyn Error>| of("nobody")).map(Some)
}

/// A program of the server's: the newest that Debian has installed, or the one on the path.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin").join(name));
    found.filter(|path| path.exists()).max().unwrap_or_else(|| PathBuf::from(name))
}

fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let missing = |cause: io::Error| {
        format!("cannot run {shown}: {cause}; `scripts/install.sh postgres` installs it")
    };
    // A server that is started holds on to what it is given, and a test's output ends with it.
    let told = command.stdin(Stdio::null()).stdout(Stdio::null()).status().map_err(missing)?;
    if told.success() { Ok(()) } else { Err(format!("{shown} failed: {told}").into()) }
}
