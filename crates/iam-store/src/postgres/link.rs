//! A connection, driven by the thread that uses it, and a transaction on it.

use super::database::Database;
use super::dialect;
use crate::engine::{Row, Statements, StoreError, Value};
use crate::ledger::AuditKey;
use crate::migrations::{self, Admit, Migrated, of_place};
use crate::tables::{SCHEMA_VERSION, tables};
use crate::tx::Tx;
use futures_util::future::{join, join_all};
use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use tokio_postgres::{Client, Statement};

/// How long a statement may take, the wait for a lock included. The server ends it then, and a
/// little later the connection is given up: nobody may be at the other end.
const STATEMENT_MAX: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_millis(5_500);

/// A connection that was cut says so at once.
const CUT_IS_SEEN_IN: Duration = Duration::from_secs(1);

/// The most statements that wait to be sent together.
const SENT_MAX: usize = 16;

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It reads one state.
    Read,
    /// It changes, and nobody else does meanwhile.
    Write,
}

impl Kind {
    const fn begin(self) -> &'static str {
        match self {
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            // Every statement sees what was committed before the lock was had.
            Self::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    const fn revision(self) -> &'static str {
        match self {
            Self::Read => "SELECT value FROM meta WHERE name = 'revision'",
            Self::Write => "SELECT value FROM meta WHERE name = 'revision' FOR UPDATE",
        }
    }
}

/// A connection.
pub(super) struct Link {
    /// Always there until the connection is dropped, which may be where nothing may block.
    runtime: Option<Runtime>,
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Waits for an answer of the database, as long as it may take.
fn wait<T>(
    runtime: Option<&Runtime>,
    answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, StoreError> {
    let runtime = runtime.ok_or(StoreError::Corrupt("the connection was closed"))?;
    match runtime.block_on(async { tokio::time::timeout(PATIENCE, answer).await }) {
        Ok(answer) => answer.map_err(failure),
        Err(_) => Err(StoreError::Away("no answer came in time".into())),
    }
}

/// What an error of the database means to who asked.
fn failure(cause: tokio_postgres::Error) -> StoreError {
    match cause.code() {
        Some(&(SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED)) => {
            StoreError::Conflict
        }
        // Refused, cancelled, or being shut down: as if it were not there.
        Some(code) if matches!(code.code().get(..2), Some("57" | "53" | "08" | "25")) => {
            StoreError::Away(cause.into())
        }
        Some(_) => StoreError::failed(cause),
        None => StoreError::Away(cause.into()),
    }
}

impl Link {
    /// Begins something on the connection that there is, or on a new one where that was cut while
    /// it lay idle. Where it is silent, a new one would be too.
    pub(super) fn begin_on<T>(
        kept: Option<Self>,
        database: &Database,
        begin: impl Fn(&mut Self) -> Result<T, StoreError>,
    ) -> Result<(Self, T), StoreError> {
        if let Some(mut link) = kept {
            let began = Instant::now();
            match begin(&mut link) {
                Ok(begun) => return Ok((link, begun)),
                Err(cause) if began.elapsed() > CUT_IS_SEEN_IN => return Err(cause),
                Err(_) => {}
            }
        }
        let mut link = Self::connect(database)?;
        let begun = begin(&mut link)?;
        Ok((link, begun))
    }

    /// Connects, and sets how long things may take.
    pub(super) fn connect(database: &Database) -> Result<Self, StoreError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(StoreError::failed)?;
        let client = wait(Some(&runtime), async {
            let (client, connection) = database.connect().await?;
            tokio::spawn(async move {
                if let Err(cause) = connection.await {
                    tracing::debug!(%cause, "a connection to the database ended");
                }
            });
            let most = STATEMENT_MAX.as_millis();
            client
                .batch_execute(&format!(
                    "SET statement_timeout = {most}; \
                     SET idle_in_transaction_session_timeout = {most}"
                ))
                .await?;
            Ok(client)
        })?;
        Ok(Self { runtime: Some(runtime), client, prepared: HashMap::new() })
    }

    fn prepare(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let text = dialect::statement(sql);
        let statement = wait(self.runtime.as_ref(), self.client.prepare(&text))?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    /// Begins a transaction; answers the revision that it sees. A connection that this fails on is
    /// of no more use.
    pub(super) fn begin(&mut self, kind: Kind) -> Result<u64, StoreError> {
        let statement = self.prepare(kind.revision())?;
        let both = async {
            let begun = self.client.batch_execute(kind.begin());
            let (begun, row) = join(begun, self.client.query_one(&statement, &[])).await;
            begun.and(row)
        };
        revision_in(&wait(self.runtime.as_ref(), both)?)
    }

    /// The transaction that has begun.
    pub(super) fn open(&mut self, kind: Kind) -> Open<'_> {
        Open { link: self, kind, sent: Vec::new(), failed: false, lost: false, changed: false }
    }

    /// The revision that is committed.
    pub(super) fn revision(&mut self) -> Result<u64, StoreError> {
        let statement = self.prepare(Kind::Read.revision())?;
        revision_in(&wait(self.runtime.as_ref(), self.client.query_one(&statement, &[]))?)
    }

    /// Makes the tables of an installation; refuses where there are some.
    pub(super) fn create_schema(&mut self, database: &Database) -> Result<(), StoreError> {
        if self.version()?.is_some() {
            return Err(StoreError::failed(format!(
                "`{database}` already holds an installation, and nothing was changed; give another \
                 database"
            )));
        }
        let schema = dialect::schema(include_str!("../schema.sql"));
        wait(
            self.runtime.as_ref(),
            self.client.batch_execute(&format!(
                "BEGIN; {schema} INSERT INTO meta (name, value) VALUES ('revision', 1), \
                 ('schema', {SCHEMA_VERSION}); COMMIT"
            )),
        )
    }

    /// Takes away what [`Link::create_schema`] made.
    pub(super) fn remove_schema(&mut self) -> Result<(), StoreError> {
        let names: Vec<_> = tables().iter().map(|table| table.name).collect();
        let drop = format!("DROP TABLE {}", names.join(", "));
        wait(self.runtime.as_ref(), self.client.batch_execute(&drop))
    }

    /// Refuses a database whose tables this version does not know.
    pub(super) fn check_schema(&mut self, database: &Database) -> Result<(), StoreError> {
        match self.version()? {
            Some(SCHEMA_VERSION) => Ok(()),
            Some(version) => Err(of_place(database, migrations::unknown(version))),
            None => Err(holds_nothing(database)),
        }
    }

    /// Brings the tables to this version, if they are of an older one. One node does that; others
    /// wait for it here, as long as a statement may take.
    pub(super) fn migrate(
        &mut self,
        database: &Database,
        key: &AuditKey,
        admit: &Admit<'_>,
    ) -> Result<Option<Migrated>, StoreError> {
        match self.version()? {
            Some(SCHEMA_VERSION) => return Ok(None),
            Some(_) => {}
            None => return Err(holds_nothing(database)),
        }
        wait(self.runtime.as_ref(), self.client.batch_execute(Kind::Write.begin()))?;
        let mut open = self.open(Kind::Write);
        let migrated = migrate_in(&mut Tx::new(&mut open, None), key, admit);
        match migrated.map_err(|cause| of_place(database, cause)) {
            Ok(migrated) => open.commit().map(|()| migrated),
            Err(cause) => open.end().and(Err(cause)),
        }
    }

    /// The version of the tables that are there.
    fn version(&mut self) -> Result<Option<i64>, StoreError> {
        let find = async {
            let there = "SELECT count(*) FROM information_schema.tables \
                         WHERE table_schema = current_schema() AND table_name = 'meta'";
            let count: i64 = self.client.query_one(there, &[]).await?.try_get(0)?;
            if count == 0 {
                return Ok(None);
            }
            let version = "SELECT value FROM meta WHERE name = 'schema'";
            let row = self.client.query_opt(version, &[]).await?;
            row.map(|row| row.try_get(0)).transpose()
        };
        wait(self.runtime.as_ref(), find)
    }
}

fn holds_nothing(database: &Database) -> StoreError {
    StoreError::failed(format!(
        "`{database}` holds no installation; make one with `durward init --database-url`"
    ))
}

fn migrate_in(
    tx: &mut Tx<'_>,
    key: &AuditKey,
    admit: &Admit<'_>,
) -> Result<Option<Migrated>, StoreError> {
    let lock = "SELECT value FROM meta WHERE name = 'schema' FOR UPDATE";
    let version = tx.row(lock, &[], |row| row.must_int(0))?;
    let version = version.ok_or(StoreError::Corrupt("the version of the tables is missing"))?;
    let migrated = migrations::migrate(tx, version, key, admit)?;
    tx.set_meta("schema", SCHEMA_VERSION)?;
    Ok(migrated)
}

fn revision_in(row: &tokio_postgres::Row) -> Result<u64, StoreError> {
    u64::try_from((row as &dyn Row).must_int(0)?).map_err(StoreError::failed)
}

/// A value that outlives the call it came with.
#[derive(Debug)]
enum Owned {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&Value<'_>> for Owned {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(*number),
            Value::Text(text) => Self::Text((*text).to_owned()),
            Value::Blob(bytes) => Self::Blob((*bytes).to_owned()),
        }
    }
}

impl Owned {
    fn lent(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

/// A transaction. Statements that were only sent go out with the next one that is waited for, all
/// in one round.
pub(super) struct Open<'a> {
    link: &'a mut Link,
    kind: Kind,
    sent: Vec<(Statement, Vec<Owned>)>,
    failed: bool,
    /// Whether the connection is of no more use.
    lost: bool,
    changed: bool,
}

impl Open<'_> {
    /// Whether something was changed since this was asked last.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Runs what was sent and then `last`, in that order and in one round.
    fn run<T>(
        &mut self,
        last: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        if self.failed {
            return Err(StoreError::failed("an earlier statement of this transaction failed"));
        }
        let sent = std::mem::take(&mut self.sent);
        let client = &self.link.client;
        let before = join_all(sent.iter().map(|(statement, args)| {
            client.execute_raw(statement, args.iter().map(Owned::lent).collect::<Vec<_>>())
        }));
        let all = async {
            let (before, last) = join(before, last(client)).await;
            before.into_iter().collect::<Result<Vec<u64>, _>>().and(last)
        };
        let answer = wait(self.link.runtime.as_ref(), all);
        self.failed = answer.is_err();
        self.lost = matches!(answer, Err(StoreError::Away(_)));
        answer
    }

    fn prepare(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        if self.failed {
            return Err(StoreError::failed("an earlier statement of this transaction failed"));
        }
        self.link.prepare(sql).inspect_err(|_| self.failed = true)
    }

    /// Commits. Nothing was changed where this fails, but for [`StoreError::Away`]: then nobody
    /// knows.
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        // A transaction in which something failed is undone by its commit, which does not say so;
        // that what was sent before it went well tells that it was kept.
        self.run(async |client| client.batch_execute("COMMIT").await)
    }

    /// Ends a transaction without keeping anything of it. The connection is of no more use where
    /// this fails.
    pub(super) fn end(self) -> Result<(), StoreError> {
        if self.lost {
            return Err(StoreError::Away("the connection is lost".into()));
        }
        wait(self.link.runtime.as_ref(), self.link.client.batch_execute("ROLLBACK"))
    }
}

impl Statements for Open<'_> {
    fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<usize, StoreError> {
        let statement = self.prepare(sql)?;
        self.changed = true;
        let run =
            async |client: &Client| client.execute_raw(&statement, args.iter().copied()).await;
        let count = self.run(run)?;
        usize::try_from(count).map_err(StoreError::failed)
    }

    fn send(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<(), StoreError> {
        let statement = self.prepare(sql)?;
        self.changed = true;
        self.sent.push((statement, args.iter().map(Owned::from).collect()));
        let is_due = self.kind == Kind::Read || self.sent.len() >= SENT_MAX;
        if is_due { self.run(async |_| Ok(())) } else { Ok(()) }
    }

    fn has_failed(&self) -> bool {
        self.failed
    }

    fn make(&mut self, sql: &str) -> Result<(), StoreError> {
        let text = dialect::schema(sql);
        self.changed = true;
        self.run(async |client| client.batch_execute(&text).await)
    }

    fn query(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.prepare(sql)?;
        self.changed |= !sql.starts_with("SELECT");
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        let rows = self.run(async |client| client.query(&statement, &args).await)?;
        rows.iter().try_for_each(|row| each(row))
    }

    /// The server looks after its files; what is looked at here is that the tables are there.
    fn damage(&mut self) -> Result<Vec<String>, StoreError> {
        let mut columns = std::collections::HashSet::new();
        let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns \
                   WHERE table_schema = current_schema()";
        self.query(sql, &[], &mut |row| {
            columns.insert((row.must_text(0)?, row.must_text(1)?));
            Ok(())
        })?;
        let all = tables().iter().flat_map(|table| table.columns().map(|name| (table.name, name)));
        let is_there = |(table, column): (&str, &str)| {
            columns.contains(&(table.to_owned(), column.to_owned()))
        };
        let missing = all.filter(|column| !is_there(*column));
        Ok(missing.map(|(table, column)| format!("`{table}` has no `{column}`")).collect())
    }

    fn number_on(&mut self, table: &str, column: &str) -> Result<(), StoreError> {
        let next = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), \
             (SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"
        );
        self.run(async |client| client.batch_execute(&next).await)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(of, out),
            Self::Text(text) => dialect::stored(text).to_sql(of, out),
            Self::Blob(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(of: &Type) -> bool {
        matches!(*of, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}

impl Row for tokio_postgres::Row {
    fn text(&self, column: usize) -> Result<Option<String>, StoreError> {
        let stored: Option<String> = self.try_get(column).map_err(failure)?;
        Ok(stored.map(dialect::read))
    }

    fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.try_get(column).map_err(failure)
    }

    fn blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        self.try_get(column).map_err(failure)
    }
}
