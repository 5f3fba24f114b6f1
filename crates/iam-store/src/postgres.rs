//! PostgreSQL, and engines that speak its protocol: one database for any number of nodes.
//!
//! As in the embedded engine there is one writer at a time, here among all nodes: a transaction
//! that changes begins by locking the row of the revision, and holds it until it is committed
//! (`writer`). So changes are one after the other in any engine that has row locks, nothing has to
//! be run again because another node was faster, and whoever has the lock knows the revision. Many
//! changes share one lock and one commit. Readers run beside it, each on one state (`link`).

mod ahead;
mod database;
mod dialect;
mod entrance;
mod link;
mod many;
mod message;
mod open;
mod revisions;
mod sent;
mod standbys;
mod wanted;
mod wire;
mod writer;

use crate::engine::StoreError;
use crate::ledger::AuditKey;
use crate::lookups::Lookups;
use crate::migrations::{Admit, Migrated};
use crate::pending::Job;
use crate::queue::Queue;
use crate::tables::SCHEMA_VERSION;
use crate::tally::Connections;
use crate::tx::Tx;
use ahead::Ahead;
pub use database::Database;
use link::{Kind, Link};
use revisions::{Revisions, Seen};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use writer::Writer;

/// The most connections of a node that read at once; whoever comes on top waits for one.
const READERS_MAX: usize = 16;
/// How long to wait for one of them.
const READER_WAIT: Duration = Duration::from_secs(5);

/// The engine of many nodes.
pub(crate) struct Postgres {
    queue: Queue, // first, so that what was accepted is written before the rest goes
    readers: Readers,
    revisions: Revisions,
    seen: Seen,
}

impl Postgres {
    pub(crate) fn create(database: &Database) -> Result<Self, StoreError> {
        Link::connect(database)?.create_schema(database)?;
        Self::open(database)
    }

    pub(crate) fn remove(database: &Database) -> Result<(), StoreError> {
        Link::connect(database)?.remove_schema()
    }

    pub(crate) fn migrate(
        database: &Database,
        key: &AuditKey,
        admit: &Admit<'_>,
    ) -> Result<Option<Migrated>, StoreError> {
        Link::connect(database)?.migrate(database, key, admit)
    }

    pub(crate) fn open(database: &Database) -> Result<Self, StoreError> {
        let mut link = Link::connect(database)?;
        link.check_schema(database)?;
        let seen = Seen::default();
        let writer = |jobs| {
            let writer = Writer::new(database.clone(), link, jobs, seen.clone());
            Ok(|| writer.run())
        };
        Ok(Self {
            queue: Queue::start(writer)?,
            readers: Readers::new(database.clone()),
            revisions: Revisions::start(database.clone(), seen.clone())?,
            seen,
        })
    }

    pub(crate) fn submit(&self, job: Box<dyn Job>) {
        self.queue.submit(job);
    }

    pub(crate) fn read(
        &self,
        lookups: &Lookups,
        work: &mut dyn FnMut(&mut Tx<'_>),
    ) -> Result<(), StoreError> {
        let (mut link, (seen, ahead)) = self.readers.take(lookups)?;
        self.seen.is(seen);
        let mut open = link.open(Kind::Read, ahead);
        work(&mut Tx::new(&mut open, seen));
        let ended = open.end();
        self.readers.give_back(Some(link).filter(|_| ended.is_ok()));
        Ok(()) // the work knows of failures by its own statements
    }

    pub(crate) fn connections(&self) -> Connections {
        self.readers.database.connections.clone()
    }

    pub(crate) fn knows_schema(&self) -> Result<bool, StoreError> {
        let mut version = None;
        self.read(&Lookups::default(), &mut |tx| version = Some(tx.meta("schema")))?;
        Ok(version.transpose()? == Some(SCHEMA_VERSION))
    }

    pub(crate) fn doubts(&self) -> Vec<String> {
        standbys::doubts(self, self.readers.database.hosts())
    }

    /// The revision that was seen last.
    pub(crate) fn revision_seen(&self) -> u64 {
        self.seen.last()
    }

    pub(crate) async fn revision(&self) -> Result<u64, StoreError> {
        self.revisions.ask().await
    }
}

/// Connections to read on.
struct Readers {
    database: Database,
    kept: Mutex<Kept>,
    returned: Condvar,
}

#[derive(Default)]
struct Kept {
    idle: Vec<Link>,
    taken: usize,
}

impl Readers {
    fn new(database: Database) -> Self {
        Self { database, kept: Mutex::default(), returned: Condvar::new() }
    }

    /// A connection with a transaction that has begun, the revision that it sees, and what will be
    /// looked up in it.
    fn take(&self, lookups: &Lookups) -> Result<(Link, (u64, Ahead)), StoreError> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |kept: &mut Kept| kept.taken >= READERS_MAX;
        if kept.taken >= READERS_MAX {
            self.database.connections.waits.add_one();
        }
        let (mut kept, _) = self
            .returned
            .wait_timeout_while(kept, READER_WAIT, full)
            .unwrap_or_else(PoisonError::into_inner);
        if full(&mut kept) {
            return Err(StoreError::Busy);
        }
        kept.taken += 1;
        let idle = kept.idle.pop();
        drop(kept);
        Link::begin_on(idle, &self.database, |link| link.begin(Kind::Read, lookups.iter()))
            .inspect_err(|_| self.give_back(None))
    }

    /// Takes a connection back, if it is still of use.
    fn give_back(&self, link: Option<Link>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.taken = kept.taken.saturating_sub(1);
        match link {
            Some(link) => kept.idle.push(link),
            None => kept.idle.clear(), // they were made when that one was
        }
        drop(kept);
        self.returned.notify_one();
    }
}
