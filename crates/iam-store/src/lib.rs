//! Resources under serializable transactions.
//!
//! [`Store`] runs work in transactions: [`Store::read`] beside others, [`Store::write`] one after
//! the other, durable when its answer arrives. Work speaks to typed tables on [`Tx`], each in the
//! file of its name; below them, `engine` is the seam that an engine fills. No engine's name stands
//! above that seam, and no rule of OCI's stands here.

mod aliases;
mod api_keys;
mod archive;
mod audit;
mod counters;
mod credentials;
mod engine;
mod group;
mod kept;
mod ledger;
mod links;
mod lookups;
mod memberships;
mod migrations;
mod outbox;
mod password_history;
mod pending;
mod postgres;
mod profiles;
mod queue;
mod recovery_requests;
mod refusals;
mod resources;
mod retry_tokens;
mod rows;
mod sessions;
mod settings;
mod sign_ins;
mod sqlite;
mod tables;
mod tally;
mod tenancies;
mod timed;
mod tx;
mod ui_passwords;
mod work_requests;

use std::path::Path;
use std::sync::Arc;

pub use aliases::Alias;
pub use api_keys::StoredKey;
pub use archive::{ArchiveReader, ArchiveWriter, Head};
pub use audit::{AuditLine, AuditRecord, AuditSpan};
pub use credentials::{CredentialKind, StoredCredential};
pub use engine::StoreError;
pub use kept::Kept;
pub use ledger::{AuditEnd, AuditEnds, AuditKey, Chain, chain};
pub use links::{LinkPurpose, StoredLink};
pub use lookups::Lookups;
pub use memberships::Membership;
pub use migrations::{Admit, Migrated};
pub use outbox::{MailQueue, StoredMail, TakenMail};
pub use pending::Pending;
pub use postgres::Database;
pub use recovery_requests::RecoveryRequest;
pub use refusals::StoredRefusal;
pub use resources::{After, Resource, ResourceKind, Selection, Sort, Walk};
pub use retry_tokens::StoredRetry;
pub use rows::{Cell, Cursor, Each, Filling, Nowhere, Rows, Sink, Sum, all, pour};
pub use sessions::{Purpose, StoredSession};
pub use settings::Setting;
pub use sign_ins::SignIns;
pub use tables::{Table, table, tables};
pub use tally::{Connections, Counter, Histogram, Level, Tally};
pub use timed::EndedTimed;
pub use tx::{TenancyNo, Tx};
pub use ui_passwords::StoredPassword;
pub use work_requests::{StoredWork, WorkSelection};

/// What an installation keeps. Dropping it waits for what was accepted to be committed.
pub struct Store {
    engine: Engine,
    tally: Arc<Tally>,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

impl Store {
    /// Makes the store of a new installation in the file; refuses where the file exists.
    pub fn create(file: &Path) -> Result<Self, StoreError> {
        Ok(Self::on(Engine::Sqlite(sqlite::Sqlite::create(file)?)))
    }

    /// Opens the store of an installation; refuses where another process has it open, or where a
    /// newer version wrote it.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        Ok(Self::on(Engine::Sqlite(sqlite::Sqlite::open(file)?)))
    }

    /// Brings the store of an installation to the tables of this version, if they are of an older
    /// one; answers from which. Refuses what [`Store::open`] refuses, and what `admit` does.
    pub fn migrate(
        file: &Path,
        key: &AuditKey,
        admit: &Admit<'_>,
    ) -> Result<Option<Migrated>, StoreError> {
        sqlite::Sqlite::migrate(file, key, admit)
    }

    /// The same in a database. One node does it, while others wait.
    pub fn migrate_in(
        database: &Database,
        key: &AuditKey,
        admit: &Admit<'_>,
    ) -> Result<Option<Migrated>, StoreError> {
        postgres::Postgres::migrate(database, key, admit)
    }

    /// Opens the store of an installation to read alone, beside whoever has it open. Work that
    /// changes is refused.
    pub fn look(file: &Path) -> Result<Self, StoreError> {
        Ok(Self::on(Engine::Sqlite(sqlite::Sqlite::look(file)?)))
    }

    /// Makes the store of a new installation in a database that holds nothing yet.
    pub fn create_in(database: &Database) -> Result<Self, StoreError> {
        Ok(Self::on(Engine::Postgres(Box::new(postgres::Postgres::create(database)?))))
    }

    /// Takes all tables of an installation away from a database, with what is in them.
    pub fn remove_from(database: &Database) -> Result<(), StoreError> {
        postgres::Postgres::remove(database)
    }

    /// Opens the store of an installation in a database, which other nodes may have open too;
    /// refuses where a newer version wrote it.
    pub fn open_in(database: &Database) -> Result<Self, StoreError> {
        Ok(Self::on(Engine::Postgres(Box::new(postgres::Postgres::open(database)?))))
    }

    fn on(engine: Engine) -> Self {
        Self { engine, tally: Arc::default() }
    }

    /// Runs work that only reads, at once and on this thread. It sees one state of the store.
    pub fn read<R>(&self, work: impl FnOnce(&mut Tx<'_>) -> R) -> Result<R, StoreError> {
        self.read_with(Lookups::default, work)
    }

    /// The same, of which is known what it will look up first.
    pub fn read_with<R>(
        &self,
        lookups: impl FnOnce() -> Lookups,
        work: impl FnOnce(&mut Tx<'_>) -> R,
    ) -> Result<R, StoreError> {
        let mut work = Some(work);
        let mut answer = None;
        let mut run = |tx: &mut Tx<'_>| answer = work.take().map(|work| work(tx));
        match &self.engine {
            Engine::Sqlite(engine) => engine.read(&mut run),
            Engine::Postgres(engine) => engine.read(&lookups(), &mut run),
        }?;
        answer.ok_or(StoreError::Corrupt("the work did not run"))
    }

    /// Queues work that changes. Its answer arrives when the change is on the disk; where the work
    /// answers an error, it is undone. It may run more than once, so it must touch nothing outside
    /// the transaction.
    pub fn write<R, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
    ) -> Pending<Result<R, E>>
    where
        R: Send + 'static,
        E: Send + 'static,
    {
        self.write_with(Lookups::default, work)
    }

    /// The same, of which is known what it will look up first.
    pub fn write_with<R, E>(
        &self,
        lookups: impl FnOnce() -> Lookups,
        work: impl FnMut(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
    ) -> Pending<Result<R, E>>
    where
        R: Send + 'static,
        E: Send + 'static,
    {
        let lookups = match &self.engine {
            Engine::Sqlite(_) => Lookups::default(),
            Engine::Postgres(_) => lookups(),
        };
        let (job, pending) = pending::job(work, lookups, Arc::clone(&self.tally));
        match &self.engine {
            Engine::Sqlite(engine) => engine.submit(job),
            Engine::Postgres(engine) => engine.submit(job),
        }
        pending
    }

    /// What the store has counted of itself.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What is counted of its connections to a database server.
    #[must_use]
    pub fn connections(&self) -> Connections {
        match &self.engine {
            Engine::Sqlite(_) => Connections::default(),
            Engine::Postgres(engine) => engine.connections(),
        }
    }

    /// Whether a read is answered at all, and the tables are still of the version that this program
    /// knows: on a database that other nodes have open too, a newer one may have changed them.
    pub fn knows_schema(&self) -> Result<bool, StoreError> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.knows_schema(),
            Engine::Postgres(engine) => engine.knows_schema(),
        }
    }

    /// How what was acknowledged could still be lost, as the database is set up: each in a sentence
    /// that tells what to do. It is as much as can be seen now; where nothing can, nothing is told.
    #[must_use]
    pub fn doubts(&self) -> Vec<String> {
        match &self.engine {
            Engine::Sqlite(_) => Vec::new(), // a file of our own, flushed by us
            Engine::Postgres(engine) => engine.doubts(),
        }
    }

    /// A number that grows with every change to what authentication and authorization read: users'
    /// states and capabilities, keys, memberships, policies. Caches of those are good as long as it
    /// stays the same. It has grown before such a change is acknowledged, on whatever node, and
    /// what this answers was so after it was asked.
    pub async fn revision(&self) -> Result<u64, StoreError> {
        match &self.engine {
            Engine::Sqlite(engine) => Ok(engine.revision()),
            Engine::Postgres(engine) => engine.revision().await,
        }
    }

    /// The same, as far as this process knows without asking anybody.
    #[must_use]
    pub fn revision_at_hand(&self) -> Revision {
        match &self.engine {
            Engine::Sqlite(engine) => Revision::Committed(engine.revision()),
            Engine::Postgres(engine) => Revision::Believed(engine.revision_seen()),
        }
    }
}

/// What a process knows of the revision without asking anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    /// It is this one: nobody else changes anything.
    Committed(u64),
    /// It was this one a moment ago. What is concluded from it holds where the transaction that
    /// answers has begun at the same ([`Tx::revision_begun`]).
    Believed(u64),
}
