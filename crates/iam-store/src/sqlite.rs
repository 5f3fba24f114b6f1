//! The embedded engine: SQLite in one file.
//!
//! One thread writes. It takes all jobs that wait, runs each under a savepoint of its own, and
//! commits them together: one flush of the disk for many changes (`WAL`, `synchronous=FULL`, so
//! nothing acknowledged is ever lost). Readers run in parallel on connections of their own. A third
//! thread copies the log back into the file, so that no request waits for that.

use crate::engine::{Row, Statements, StoreError, Value};
use crate::pending::Job;
use crate::tx::Tx;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, OptionalExtension, ToSql};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The schema's version, in the file's `user_version`.
const SCHEMA_VERSION: i64 = 1;
/// The most changes that wait for the writer; what comes on top is refused as busy.
const QUEUE_MAX: usize = 4096;
/// The most changes in one commit, so that the first of them does not wait for ever.
const GROUP_MAX: usize = 256;
/// Log pages after which the log is copied back into the file.
const CHECKPOINT_PAGES: i64 = 1000;
/// Log pages after which writers are held up until the log can begin anew (64 MiB).
const LOG_PAGES_MAX: i64 = 16_384;
/// How long a connection waits for a lock that another holds.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// Statements that a connection keeps prepared; there are fewer than this.
const STATEMENTS_MAX: usize = 128;

impl From<rusqlite::Error> for StoreError {
    fn from(cause: rusqlite::Error) -> Self {
        Self::failed(cause)
    }
}

/// The embedded engine.
pub(crate) struct Sqlite {
    file: PathBuf,
    queue: Option<SyncSender<Job>>,
    readers: Mutex<Vec<Connection>>,
    revision: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
    _lock: File,
}

impl Sqlite {
    pub(crate) fn create(file: &Path) -> Result<Self, StoreError> {
        let _new = private().create_new(true).open(file).map_err(StoreError::failed)?;
        let mut connection = connect(file)?;
        let schema = connection.transaction()?;
        schema.execute_batch(include_str!("schema.sql"))?;
        schema.execute("INSERT INTO meta (name, value) VALUES ('revision', 1)", [])?;
        schema.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        schema.commit()?;
        drop(connection);
        Self::open(file)
    }

    pub(crate) fn open(file: &Path) -> Result<Self, StoreError> {
        let lock = lock(&file.with_extension("lock"))?;
        let writer = connect(file)?;
        let version: i64 = writer.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != SCHEMA_VERSION {
            let message = format!(
                "the store has schema version {version}, and this program knows {SCHEMA_VERSION}"
            );
            return Err(StoreError::failed(message));
        }
        let revision = Arc::new(AtomicU64::new(stored_revision(&writer)?));
        let (queue, jobs) = mpsc::sync_channel(QUEUE_MAX);
        let (log_grew, log_growth) = mpsc::sync_channel(1);
        let copier = connect(file)?;
        let published = Arc::clone(&revision);
        let threads = vec![
            spawn("store-writer", move || write_loop(writer, &jobs, &published, &log_grew))?,
            spawn("store-copier", move || copy_loop(&copier, &log_growth))?,
        ];
        let readers = Mutex::default();
        Ok(Self {
            file: file.to_owned(),
            queue: Some(queue),
            readers,
            revision,
            threads,
            _lock: lock,
        })
    }

    pub(crate) fn submit(&self, job: Job) {
        let Some(queue) = &self.queue else { return };
        match queue.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => (job.done)(Err(StoreError::Busy)),
            Err(TrySendError::Disconnected(job)) => {
                (job.done)(Err(StoreError::failed("the writer has stopped")));
            }
        }
    }

    pub(crate) fn read(&self, work: &mut dyn FnMut(&mut Tx<'_>)) -> Result<(), StoreError> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => connect(&self.file)?,
        };
        connection.prepare_cached("BEGIN")?.execute([])?;
        let mut statements = Prepared { connection: &connection };
        work(&mut Tx::new(&mut statements, false));
        connection.prepare_cached("ROLLBACK")?.execute([])?;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(())
    }

    pub(crate) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        drop(self.queue.take()); // the writer ends when its queue does, and the copier after it
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

/// Takes the lock that keeps a second process out, as long as the file lives.
fn lock(path: &Path) -> Result<File, StoreError> {
    let file = private().create(true).truncate(false).open(path).map_err(StoreError::failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(StoreError::failed(format!(
            "another process has `{}` open; stop it first",
            path.with_extension("db").display()
        ))),
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(StoreError::failed)
}

fn connect(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", -65_536)?; // KiB
    connection.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

fn stored_revision(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT value FROM meta WHERE name = 'revision'";
    let value: Option<i64> =
        connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    u64::try_from(value.unwrap_or(0)).map_err(StoreError::failed)
}

fn write_loop(
    connection: Connection,
    jobs: &Receiver<Job>,
    revision: &AtomicU64,
    log_grew: &SyncSender<()>,
) {
    let mut changes_before = connection.total_changes();
    while let Ok(first) = jobs.recv() {
        let mut ran = Vec::with_capacity(8);
        let outcome = write_group(&connection, first, jobs, &mut ran);
        if outcome.is_err() && !connection.is_autocommit() {
            let _already_gone = connection.execute_batch("ROLLBACK");
        }
        match &outcome {
            Ok(true) => match stored_revision(&connection) {
                Ok(now) => revision.store(now, Ordering::Release),
                // Caches must not outlive a change they cannot see: any other number will do.
                Err(_) => revision.store(u64::MAX, Ordering::Release),
            },
            Ok(false) => {}
            Err(cause) => tracing::error!(%cause, "a group of changes could not be committed"),
        }
        for (done, answer) in ran {
            done(match &outcome {
                Ok(_) => answer,
                Err(cause) => Err(StoreError::failed(cause.to_string())),
            });
        }
        let changes = connection.total_changes();
        if changes.wrapping_sub(changes_before) > CHECKPOINT_PAGES.unsigned_abs() / 4 {
            changes_before = changes;
            let _copier_is_at_it = log_grew.try_send(());
        }
    }
    let _best_effort = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
}

type Finished = (Box<dyn FnOnce(Result<(), StoreError>) + Send>, Result<(), StoreError>);

/// Runs the first job and those that wait behind it, and commits them; answers whether any of them
/// revised what caches hold.
fn write_group(
    connection: &Connection,
    first: Job,
    jobs: &Receiver<Job>,
    ran: &mut Vec<Finished>,
) -> Result<bool, StoreError> {
    let mut next = Some(first);
    let mut revised = false;
    let mut begun = connection.prepare_cached("BEGIN IMMEDIATE")?.execute([]).map(|_| ());
    while let Some(mut job) = next {
        let answer = match &begun {
            Ok(()) => run_job(connection, &mut job, &mut revised),
            Err(cause) => Err(StoreError::failed(cause.to_string())),
        };
        let lost = matches!(answer, Err(StoreError::Failed(_)));
        ran.push((job.done, answer));
        if lost || ran.len() >= GROUP_MAX {
            break;
        }
        next = jobs.try_recv().ok();
    }
    if begun.is_ok() {
        begun = connection.prepare_cached("COMMIT")?.execute([]).map(|_| ());
    }
    begun?;
    Ok(revised)
}

fn run_job(connection: &Connection, job: &mut Job, revised: &mut bool) -> Result<(), StoreError> {
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    let mut statements = Prepared { connection };
    let mut tx = Tx::new(&mut statements, *revised);
    let keep = catch_unwind(AssertUnwindSafe(|| (job.run)(&mut tx)));
    let job_revised = tx.is_revised();
    match keep {
        Ok(true) => *revised |= job_revised,
        Ok(false) | Err(_) => {
            connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
    }
    connection.prepare_cached("RELEASE job")?.execute([])?;
    keep.map(|_| ()).map_err(|_| StoreError::Panicked)
}

/// Copies the log into the file whenever it grew. A passive copy holds nobody up; only a log that
/// grew past its bound is brought to its end.
fn copy_loop(connection: &Connection, log_growth: &Receiver<()>) {
    while log_growth.recv().is_ok() {
        let copied = checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)").and_then(|pages| {
            if pages < LOG_PAGES_MAX {
                return Ok(pages);
            }
            checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)")
        });
        if let Err(cause) = copied {
            tracing::warn!(%cause, "the log could not be copied into the store's file");
        }
    }
}

fn checkpoint(connection: &Connection, sql: &str) -> Result<i64, StoreError> {
    Ok(connection.query_row(sql, [], |row| row.get(1))?)
}

/// A connection's prepared statements, inside a transaction.
struct Prepared<'a> {
    connection: &'a Connection,
}

impl Statements for Prepared<'_> {
    fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<usize, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.execute(rusqlite::params_from_iter(args))?)
    }

    fn query(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(args))?;
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.get(column)?)
    }

    fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.get(column)?)
    }

    fn blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.get(column)?)
    }
}
