//! A connection, driven by the thread that uses it.

use super::ahead::Ahead;
use super::database::Database;
use super::dialect;
use super::many::{Adding, Reading};
use super::open::Open;
use super::wanted::Wanted;
use crate::engine::{Row, StoreError};
use crate::ledger::AuditKey;
use crate::lookups::Lookup;
use crate::migrations::{self, Admit, Migrated, of_place};
use crate::tables::{SCHEMA_VERSION, tables};
use crate::tally::{Connections, Raised};
use crate::tx::Tx;
use futures_util::future::{join3, maybe_done};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Statement};

/// How long a statement may take, the wait for a lock included. The server ends it then, and a
/// little later the connection is given up: nobody may be at the other end.
const STATEMENT_MAX: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_millis(5_500);

/// A connection that was cut says so at once.
const CUT_IS_SEEN_IN: Duration = Duration::from_secs(1);

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
    /// What does the same as each of these, many times; none where nothing does.
    many: HashMap<&'static str, Option<Statement>>,
    connections: Connections,
    _is_open: Raised,
    is_busy: Option<Raised>,
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

/// Begins all of these in their order, before any of them is waited for, and waits for all.
pub(super) async fn in_turn<F: Future>(all: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut begun: Vec<_> = all.into_iter().map(|one| Box::pin(maybe_done(one))).collect();
    poll_fn(|context| {
        for one in &mut begun {
            let _sent = one.as_mut().poll(context);
        }
        Poll::Ready(())
    })
    .await;
    let mut ended = Vec::with_capacity(begun.len());
    for mut one in begun {
        one.as_mut().await;
        ended.extend(one.as_mut().take_output());
    }
    ended
}

/// What an error of the database means to who asked.
pub(super) fn failure(cause: tokio_postgres::Error) -> StoreError {
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
        let connections = database.connections.clone();
        connections.opened.add_one();
        Ok(Self {
            runtime: Some(runtime),
            client,
            prepared: HashMap::new(),
            many: HashMap::new(),
            _is_open: connections.open.raise(),
            is_busy: None,
            connections,
        })
    }

    /// Says that no transaction is open on it any more.
    pub(super) fn rest(&mut self) {
        self.is_busy = None;
    }

    /// What is driven by this thread while it waits.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Waits for an answer of the database.
    pub(super) fn wait<T>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, StoreError> {
        wait(self.runtime.as_ref(), answer)
    }

    pub(super) fn prepare(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let text = dialect::statement(sql);
        let statement = wait(self.runtime.as_ref(), self.client.prepare(&text))?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    /// What does the same as a statement that adds a row, for many; none where there is nothing.
    pub(super) fn prepare_adding(
        &mut self,
        sql: &'static str,
    ) -> Result<Option<Statement>, StoreError> {
        self.prepare_many(sql, |types| Adding::of(sql)?.of_many(types))
    }

    /// What does the same as a statement that reads by one key, for many.
    pub(super) fn prepare_reading(
        &mut self,
        sql: &'static str,
    ) -> Result<Option<Statement>, StoreError> {
        self.prepare_many(sql, |types| Reading::of(sql)?.for_many(types))
    }

    fn prepare_many(
        &mut self,
        sql: &'static str,
        text: impl FnOnce(&[Type]) -> Option<String>,
    ) -> Result<Option<Statement>, StoreError> {
        if let Some(many) = self.many.get(sql) {
            return Ok(many.clone());
        }
        let one = self.prepare(sql)?;
        let text = text(one.params()).map(|text| dialect::statement(&text));
        let prepare = text.map(|text| wait(self.runtime.as_ref(), self.client.prepare(&text)));
        let many = prepare.transpose()?;
        self.many.insert(sql, many.clone());
        Ok(many)
    }

    /// Begins a transaction; answers the revision that it sees, and what will be looked up in it. A
    /// connection that this fails on is of no more use.
    pub(super) fn begin<'l>(
        &mut self,
        kind: Kind,
        lookups: impl Iterator<Item = &'l Lookup>,
    ) -> Result<(u64, Ahead), StoreError> {
        self.is_busy = Some(self.connections.busy.raise());
        let mut ahead = Ahead::default();
        let statement = self.prepare(kind.revision())?;
        let wanted = self.wanted(lookups, &ahead)?;
        let all = async {
            let begun = self.client.batch_execute(kind.begin());
            let revision = self.client.query_one(&statement, &[]);
            let (begun, revision, found) = join3(begun, revision, wanted.fetch(&self.client)).await;
            begun?;
            Ok((revision?, found?))
        };
        let (revision, found) = self.wait(all)?;
        wanted.keep(found, &mut ahead)?;
        Ok((revision_in(&revision)?, ahead))
    }

    /// The look-ups that are not there yet, ready to be run.
    pub(super) fn wanted<'l>(
        &mut self,
        lookups: impl Iterator<Item = &'l Lookup>,
        there: &Ahead,
    ) -> Result<Wanted, StoreError> {
        Wanted::new(self, lookups.filter(|lookup| !there.has(lookup)))
    }

    /// The transaction that has begun.
    pub(super) fn open(&mut self, kind: Kind, ahead: Ahead) -> Open<'_> {
        Open::new(self, kind, ahead)
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
        let mut open = self.open(Kind::Write, Ahead::default());
        let no_revision = 0; // nobody keeps what is read here
        let migrated = migrate_in(&mut Tx::new(&mut open, no_revision), key, admit);
        match migrated.map_err(|cause| of_place(database, cause)) {
            Ok(migrated) => open.commit().map(|()| migrated),
            Err(cause) => open.end().and(Err(cause)),
        }
    }

    /// The version of the tables that are there.
    fn version(&mut self) -> Result<Option<i64>, StoreError> {
        let find = async {
            let there = "SELECT count(*) FROM pg_catalog.pg_class AS tables \
                         JOIN pg_catalog.pg_namespace AS schemas \
                         ON schemas.oid = tables.relnamespace \
                         WHERE schemas.nspname = current_schema() AND tables.relname = 'meta'";
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
