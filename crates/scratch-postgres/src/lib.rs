//! A PostgreSQL server for a run of tests.
//!
//! The first test of a run that asks for a database starts the server, in a directory of its own
//! and reached by a socket in it alone. All tests of the run share it: whoever started them (the
//! parent of each test's process) is whom the server lives for, and a watchdog ends it and removes
//! the directory a moment after that process is gone, however it went. What is written there need
//! not outlive anything, so nothing is flushed to the disk.

use std::error::Error;
use std::fs::{self, File, TryLockError};
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
/// What every server is started with: nothing listens on a network.
const SERVER: &str = "-c listen_addresses= -c max_connections=300";
/// And one for tests, which flushes nothing.
const FLEETING: &str = "-c fsync=off -c full_page_writes=off -c autovacuum=off";

/// Keeps what is in each table of a schema in a table beside it.
const REMEMBER: &str = "DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('CREATE TABLE %I.%I AS TABLE %I', current_schema() || '_made', name, name);
    END LOOP;
END $$";
/// Gives each table of a schema what was kept of it, and each sequence its beginning. What has
/// become large is made anew, so that nobody has to read through what was deleted.
const EMPTY: &str = "DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        IF pg_relation_size(name::regclass) > 1000000 THEN EXECUTE format('TRUNCATE %I', name);
        ELSE EXECUTE format('DELETE FROM %I', name);
        END IF;
        EXECUTE format('INSERT INTO %I TABLE %I.%I', name, current_schema() || '_made', name);
    END LOOP;
    PERFORM setval(sequencename::regclass, start_value, false) FROM pg_sequences
        WHERE schemaname = current_schema();
END $$";

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The URL of an empty database that no other caller has.
pub fn database() -> Result<String> {
    database_in(&server()?)
}

fn database_in(dir: &Path) -> Result<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("scratch_{}_{number}", std::process::id());
    sql(dir, &format!("CREATE SCHEMA {name}"))?;
    Ok(url(dir, &name))
}

fn url(dir: &Path, schema: &str) -> String {
    let host = encoded(dir);
    format!("postgres://postgres@{host}/postgres?options=-csearch_path%3D{schema}")
}

/// A database that others have had before, and has what it was made with again. To empty tables
/// costs a fraction of what it costs to make them, in a catalogue that no longer grows.
pub struct Lent {
    url: String,
    /// Whoever has it locked has the database.
    _lock: File,
}

impl Lent {
    /// Lends one that nobody has at the moment; `make` makes its tables where it is a new one. All
    /// callers of a run must make the same.
    pub fn take(make: impl FnOnce(&str) -> Result<()>) -> Result<Self> {
        let dir = server()?;
        for number in 0_u32.. {
            let lock = File::create(dir.join(format!("lent-{number}.lock")))?;
            match lock.try_lock() {
                Err(TryLockError::WouldBlock) => continue,
                locked => locked?,
            }
            let name = format!("lent_{number}");
            let (url, made) = (url(&dir, &name), dir.join(format!("lent-{number}.made")));
            if made.exists() {
                sql(&dir, &format!("SET search_path = {name}; {EMPTY}"))?;
            } else {
                let again = format!("DROP SCHEMA IF EXISTS {name}, {name}_made CASCADE");
                sql(&dir, &format!("{again}; CREATE SCHEMA {name}; CREATE SCHEMA {name}_made"))?;
                make(&url)?;
                sql(&dir, &format!("SET search_path = {name}; {REMEMBER}"))?;
                File::create(made)?;
            }
            return Ok(Self { url, _lock: lock });
        }
        Err("there is no number left".into())
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A directory of a socket, as a URL takes it.
fn encoded(dir: &Path) -> String {
    dir.display().to_string().replace('/', "%2F")
}

fn sql(dir: &Path, text: &str) -> Result<()> {
    let mut psql = Command::new(program("psql"));
    psql.args(["-qX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "postgres", "-h"]).arg(dir);
    run(psql.arg("-c").arg(text))
}

/// A server that flushes what it is given, as one in earnest does; it lives as long as this
/// process.
pub struct Durable(PathBuf);

impl Durable {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let own = std::process::id();
        let dir = PathBuf::from(format!("/tmp/durward-postgres-{own}-durable"));
        start(&dir, own, "")?;
        Ok(Self(dir))
    }

    /// Where its socket is.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.0
    }

    /// The URL of an empty database in it.
    pub fn database(&self) -> Result<String> {
        database_in(&self.0)
    }

    /// Runs statements, outside any of those databases.
    pub fn run(&self, text: &str) -> Result<()> {
        sql(&self.0, text)
    }
}

/// A server, and another that has all that the first has acknowledged and can take its place.
/// Both live as long as this process.
pub struct Pair {
    first: PathBuf,
    second: PathBuf,
}

impl Pair {
    /// Starts both; the first acknowledges nothing from then on that the second does not have.
    pub fn start() -> Result<Self> {
        let own = std::process::id();
        let place = |name| PathBuf::from(format!("/tmp/durward-postgres-{own}-{name}"));
        let (first, second) = (place("first"), place("second"));
        start(&first, own, FLEETING)?;
        let by = Owner::of(&second)?;
        let mut copy = by.command("pg_basebackup");
        copy.args(["-U", "postgres", "-R", "-X", "stream", "-c", "fast", "-h"]).arg(&first);
        run(copy.arg("-D").arg(second.join("data")))?;
        by.watch(own)?;
        by.start_server(&format!("{FLEETING} -c cluster_name=second"))?;
        sql(&first, "ALTER SYSTEM SET synchronous_standby_names = second")?;
        sql(&first, "SELECT pg_reload_conf()")?;
        Ok(Self { first, second })
    }

    /// The URL of an empty database that is looked for on both.
    pub fn database(&self) -> Result<String> {
        let [first, second] = [&self.first, &self.second].map(|dir: &PathBuf| encoded(dir));
        Ok(database_in(&self.first)?.replace(&first, &format!("{first},{second}")))
    }

    /// Ends the first as a crash would.
    pub fn kill_first(&self) -> Result<()> {
        let mut stop = Owner::of_made(&self.first)?.command("pg_ctl");
        run(stop.args(["stop", "-s", "-m", "immediate", "-D"]).arg(self.first.join("data")))
    }

    /// Has the second take its place.
    pub fn promote_second(&self) -> Result<()> {
        let mut promote = Owner::of_made(&self.second)?.command("pg_ctl");
        run(promote.args(["promote", "-s", "-w", "-D"]).arg(self.second.join("data")))
    }
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
        start(&dir, run_of, FLEETING)?;
        File::create(dir.join("ready"))?;
    }
    Ok(dir)
}

fn start(dir: &Path, run_of: u32, more: &str) -> Result<()> {
    let by = Owner::of(dir)?;
    let mut initdb = by.command("initdb");
    initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
    run(initdb.arg(dir.join("data")))?;
    by.watch(run_of)?;
    by.start_server(more)
}

/// A directory for a server, and whom the server's programs run as.
struct Owner {
    dir: PathBuf,
    account: Option<(u32, u32)>,
}

impl Owner {
    /// Makes the directory.
    fn of(dir: &Path) -> Result<Self> {
        fs::create_dir(dir)?;
        let by = Self::of_made(dir)?;
        if let Some((uid, gid)) = by.account {
            chown(dir, Some(uid), Some(gid))?;
        }
        Ok(by)
    }

    fn of_made(dir: &Path) -> Result<Self> {
        Ok(Self { dir: dir.to_owned(), account: account()? })
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        if let Some((uid, gid)) = self.account {
            command.uid(uid).gid(gid);
        }
        command.current_dir(&self.dir);
        command
    }

    /// Has the server ended, and the directory removed, when that process is gone.
    fn watch(&self, run_of: u32) -> Result<()> {
        let mut watchdog = Command::new("setsid");
        watchdog.args(["sh", "-c", WATCHDOG, "watchdog", &run_of.to_string()]).arg(&self.dir);
        watchdog.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(())
    }

    fn start_server(&self, more: &str) -> Result<()> {
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.args(["start", "-w", "-s", "-l"]).arg(self.dir.join("log"));
        pg_ctl.arg("-D").arg(self.dir.join("data")).arg("-o");
        run(pg_ctl.arg(format!("-k {} {SERVER} {more}", self.dir.display())))
    }
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
    of("postgres").or_else(|_: Box<dyn Error + Send + Sync>| of("nobody")).map(Some)
}

/// A program of the server's: the newest that Debian has installed, or the one on the path.
#[must_use]
pub fn program(name: &str) -> PathBuf {
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
