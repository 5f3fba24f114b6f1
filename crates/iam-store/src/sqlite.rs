//! The embedded engine: SQLite in one file.
//!
//! One thread writes (`writer`); readers run in parallel, on the threads that ask and on
//! connections of their own. A lock beside the file keeps a second process out.

mod writer;

use crate::engine::{Row, Statements, StoreError, Value};
use crate::ledger::AuditKey;
use crate::migrations::{self, Admit, Migrated, of_place};
use crate::pending::{Job, gone};
use crate::queue::Queue;
use crate::tables::SCHEMA_VERSION;
use crate::tx::Tx;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, TransactionBehavior};
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use writer::Writer;

/// Marks a file as a store of ours, among all that SQLite can open: `IAMs`.
const APPLICATION: i64 = 0x4941_4d73;
/// The most readers' connections that are kept for the next who reads.
const READERS_KEPT_MAX: usize = 16;
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
    /// None where it is only read.
    queue: Option<Queue>,
    readers: Mutex<Vec<Connection>>,
    revision: Arc<AtomicU64>,
}

impl Sqlite {
    pub(crate) fn create(file: &Path) -> Result<Self, StoreError> {
        let _new = private().create_new(true).open(file).map_err(StoreError::failed)?;
        let mut connection = connect(file)?;
        keep_log(&connection)?;
        let schema = connection.transaction()?;
        schema.execute_batch(include_str!("schema.sql"))?;
        schema.execute("INSERT INTO meta (name, value) VALUES ('revision', 1)", [])?;
        schema.pragma_update(None, "application_id", APPLICATION)?;
        schema.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        schema.commit()?;
        drop(connection);
        Self::open(file)
    }

    pub(crate) fn open(file: &Path) -> Result<Self, StoreError> {
        let lock = lock(file)?;
        let connection = connect(file)?;
        check_schema(&connection, file)?; // before anything could change what is not ours
        keep_log(&connection)?;
        let sql = "SELECT value FROM meta WHERE name = 'revision'";
        let stored: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        let revision = u64::try_from(stored).map_err(StoreError::failed)?;
        let revision = Arc::new(AtomicU64::new(revision));
        let queue = Queue::start(|jobs| {
            let writer = Writer::new(connection, jobs, Arc::clone(&revision), lock)?;
            Ok(|| writer.run())
        })?;
        Ok(Self { file: file.to_owned(), queue: Some(queue), readers: Mutex::default(), revision })
    }

    /// Brings the file to this version of the tables, if it is of an older one.
    pub(crate) fn migrate(
        file: &Path,
        key: &AuditKey,
        admit: &Admit<'_>,
    ) -> Result<Option<Migrated>, StoreError> {
        let _lock = lock(file)?;
        let mut connection = connect(file)?;
        must_be_ours(&connection, file)?;
        let version = version_of(&connection)?;
        if version == SCHEMA_VERSION {
            return Ok(None);
        }
        keep_log(&connection)?;
        let changing = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut prepared = Prepared::new(&changing);
        let no_revision = 0; // nobody keeps what is read here
        let mut tx = Tx::new(&mut prepared, no_revision);
        let migrated = migrations::migrate(&mut tx, version, key, admit)
            .map_err(|cause| of_place(&file.display(), cause))?;
        changing.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        changing.commit()?;
        Ok(migrated)
    }

    /// Opens it to read alone, beside whichever process has it open: it takes no lock, and has no
    /// writer.
    pub(crate) fn look(file: &Path) -> Result<Self, StoreError> {
        let connection = connect_to_read(file)?;
        check_schema(&connection, file)?;
        let revision = Arc::new(AtomicU64::new(0)); // nobody keeps what is read by its revision
        let readers = Mutex::new(vec![connection]);
        Ok(Self { file: file.to_owned(), queue: None, readers, revision })
    }

    pub(crate) fn submit(&self, job: Box<dyn Job>) {
        match &self.queue {
            Some(queue) => queue.submit(job),
            None => job.done(Err(gone())),
        }
    }

    pub(crate) fn read(&self, work: &mut dyn FnMut(&mut Tx<'_>)) -> Result<(), StoreError> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => connect_to_read(&self.file)?,
        };
        let seen = self.revision(); // before what is read: at worst, it is read once more
        connection.prepare_cached("BEGIN")?.execute([])?;
        work(&mut Tx::new(&mut Prepared::new(&connection), seen));
        connection.prepare_cached("ROLLBACK")?.execute([])?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_KEPT_MAX {
            readers.push(connection);
        }
        Ok(())
    }

    pub(crate) fn knows_schema(&self) -> Result<bool, StoreError> {
        let mut version = None;
        self.read(&mut |tx| {
            let sql = "SELECT user_version FROM pragma_user_version";
            version = Some(tx.row(sql, &[], |row| row.must_int(0)));
        })?;
        Ok(version.transpose()?.flatten() == Some(SCHEMA_VERSION))
    }

    pub(crate) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

/// Takes the lock that keeps a second process out, as long as it is held.
fn lock(file: &Path) -> Result<File, StoreError> {
    let path = file.with_extension("lock");
    let lock = private().create(true).truncate(false).open(path).map_err(StoreError::failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::Error(cause)) => Err(StoreError::failed(cause)),
        Err(TryLockError::WouldBlock) => Err(StoreError::failed(format!(
            "another process has `{}` open; stop it first",
            file.display()
        ))),
    }
}

fn connect(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

/// Has changes written to a log first, so that readers and the writer do not wait for each other.
fn keep_log(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "journal_mode", "WAL")?)
}

fn connect_to_read(file: &Path) -> Result<Connection, StoreError> {
    let connection = connect(file)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn must_be_ours(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION {
        let file = file.display();
        return Err(StoreError::failed(format!("`{file}` is not a store of this program's")));
    }
    Ok(())
}

fn version_of(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn check_schema(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    must_be_ours(connection, file)?;
    match version_of(connection)? {
        SCHEMA_VERSION => Ok(()),
        version => Err(of_place(&file.display(), migrations::unknown(version))),
    }
}

/// A connection's prepared statements, inside a transaction.
struct Prepared<'a> {
    connection: &'a Connection,
    failed: bool,
}

impl<'a> Prepared<'a> {
    fn new(connection: &'a Connection) -> Self {
        Self { connection, failed: false }
    }

    /// Runs a statement, unless one before it failed: SQLite may then have undone the whole
    /// transaction, and what came after would stand alone.
    fn attempt<R>(
        &mut self,
        run: impl FnOnce(&Connection) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        if self.failed {
            return Err(StoreError::failed("an earlier statement of this transaction failed"));
        }
        let ran = run(self.connection);
        self.failed = ran.is_err();
        ran
    }
}

impl Statements for Prepared<'_> {
    fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<usize, StoreError> {
        self.attempt(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.execute(rusqlite::params_from_iter(args))?)
        })
    }

    fn has_failed(&self) -> bool {
        self.failed
    }

    fn make(&mut self, sql: &str) -> Result<(), StoreError> {
        self.attempt(|connection| Ok(connection.execute_batch(sql)?))
    }

    fn damage(&mut self) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        self.query("PRAGMA integrity_check", &[], &mut |row| {
            found.extend(row.text(0)?.filter(|said| said != "ok"));
            Ok(())
        })?;
        let blank = Connection::open_in_memory()?;
        blank.execute_batch(include_str!("schema.sql"))?;
        if schema_of(self.connection)? != schema_of(&blank)? {
            found.push("its tables and indexes are not those of its schema version".to_owned());
        }
        Ok(found)
    }

    fn query(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.attempt(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(rusqlite::params_from_iter(args))?;
            while let Some(row) = rows.next()? {
                each(row)?;
            }
            Ok(())
        })
    }
}

/// What the tables and indexes of a file were made by.
fn schema_of(connection: &Connection) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
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
