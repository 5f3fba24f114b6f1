//! A connection, driven by the thread that uses it.

use super::ahead::Ahead;
use super::database::Database;
use super::dialect;
use super::many::{Adding, Reading};
use super::message::{Answer, Prepared, Round, Type};
use super::open::Open;
use super::wanted::Wanted;
use super::wire::Wire;
use crate::engine::{Row, StoreError};
use crate::ledger::AuditKey;
use crate::lookups::Lookup;
use crate::migrations::{self, Admit, Migrated, of_place};
use crate::tables::{SCHEMA_VERSION, tables};
use crate::tally::{Connections, Raised};
use crate::tx::Tx;
use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

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
    wire: Wire,
    prepared: HashMap<&'static str, Prepared>,
    /// What does the same as each of these, many times; none where nothing does.
    many: HashMap<&'static str, Option<Prepared>>,
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
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let runtime = runtime.ok_or(StoreError::Corrupt("the connection was closed"))?;
    runtime
        .block_on(async { tokio::time::timeout(PATIENCE, answer).await })
        .unwrap_or_else(|_| Err(StoreError::Away("no answer came in time".into())))
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
        let wire = wait(Some(&runtime), async {
            let mut wire = database.connect().await?;
            let most = STATEMENT_MAX.as_millis();
            let limits = format!(
                "SET statement_timeout = {most}; SET idle_in_transaction_session_timeout = {most}"
            );
            wire.run_text(&limits).await?;
            Ok(wire)
        })?;
        let connections = database.connections.clone();
        connections.opened.add_one();
        Ok(Self {
            runtime: Some(runtime),
            wire,
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

    /// Asks, and waits for all answers.
    pub(super) fn run(&mut self, round: Round) -> Result<Vec<Answer>, StoreError> {
        wait(self.runtime.as_ref(), self.wire.run(round))
    }

    /// Runs statements in one text.
    pub(super) fn run_text(&mut self, sql: &str) -> Result<(), StoreError> {
        wait(self.runtime.as_ref(), self.wire.run_text(sql))
    }

    /// Adds a statement without arguments to what will be asked.
    pub(super) fn ask(&mut self, round: &mut Round, sql: &'static str) -> Result<(), StoreError> {
        round.ask(&self.prepare(sql)?, [].into_iter())
    }

    pub(super) fn prepare(&mut self, sql: &'static str) -> Result<Prepared, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.prepare_text(&dialect::statement(sql))?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    fn prepare_text(&mut self, text: &str) -> Result<Prepared, StoreError> {
        let name = format!("s{}", self.prepared.len() + self.many.len());
        wait(self.runtime.as_ref(), self.wire.prepare(name, text))
    }

    /// What does the same as a statement that adds a row, for many; none where there is nothing.
    pub(super) fn prepare_adding(
        &mut self,
        sql: &'static str,
    ) -> Result<Option<Prepared>, StoreError> {
        self.prepare_many(sql, |types| Adding::of(sql)?.of_many(types))
    }

    /// What does the same as a statement that reads by one key, for many.
    pub(super) fn prepare_reading(
        &mut self,
        sql: &'static str,
    ) -> Result<Option<Prepared>, StoreError> {
        self.prepare_many(sql, |types| Reading::of(sql)?.for_many(types))
    }

    fn prepare_many(
        &mut self,
        sql: &'static str,
        text: impl FnOnce(&[Type]) -> Option<String>,
    ) -> Result<Option<Prepared>, StoreError> {
        if let Some(many) = self.many.get(sql) {
            return Ok(many.clone());
        }
        let one = self.prepare(sql)?;
        let text = text(one.types()).map(|text| dialect::statement(&text));
        let many = text.map(|text| self.prepare_text(&text)).transpose()?;
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
        let wanted = self.wanted(lookups, &ahead)?;
        let mut round = Round::default();
        self.ask(&mut round, kind.begin())?;
        self.ask(&mut round, kind.revision())?;
        wanted.ask(&mut round)?;
        let mut answers = self.run(round)?.into_iter().skip(1);
        let revision = revision_in(answers.next())?;
        wanted.keep(answers, &mut ahead)?;
        Ok((revision, ahead))
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
        let mut round = Round::default();
        self.ask(&mut round, Kind::Read.revision())?;
        revision_in(self.run(round)?.into_iter().next())
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
        self.run_text(&format!(
            "BEGIN; {schema} INSERT INTO meta (name, value) VALUES ('revision', 1), \
             ('schema', {SCHEMA_VERSION}); COMMIT"
        ))
    }

    /// Takes away what [`Link::create_schema`] made.
    pub(super) fn remove_schema(&mut self) -> Result<(), StoreError> {
        let names: Vec<_> = tables().iter().map(|table| table.name).collect();
        self.run_text(&format!("DROP TABLE {}", names.join(", ")))
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
        self.run_text(Kind::Write.begin())?;
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
        let there = "SELECT count(*) FROM pg_catalog.pg_class AS tables \
                     JOIN pg_catalog.pg_namespace AS schemas ON schemas.oid = tables.relnamespace \
                     WHERE schemas.nspname = current_schema() AND tables.relname = 'meta'";
        if self.number(there)?.unwrap_or(0) == 0 {
            return Ok(None);
        }
        self.number("SELECT value FROM meta WHERE name = 'schema'")
    }

    /// The number that a statement finds, if it finds any.
    fn number(&mut self, sql: &'static str) -> Result<Option<i64>, StoreError> {
        let mut round = Round::default();
        self.ask(&mut round, sql)?;
        number_in(self.run(round)?.into_iter().next())
    }
}

fn number_in(answer: Option<Answer>) -> Result<Option<i64>, StoreError> {
    let row = answer.and_then(|answer| answer.rows.into_iter().next());
    row.map(|row| (&row as &dyn Row).must_int(0)).transpose()
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

fn revision_in(answer: Option<Answer>) -> Result<u64, StoreError> {
    let number = number_in(answer)?.ok_or(StoreError::Corrupt("the revision is missing"))?;
    u64::try_from(number).map_err(StoreError::failed)
}
