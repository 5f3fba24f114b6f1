//! PostgreSQL, and engines that speak its protocol: one database for any number of nodes.
//!
//! As in the embedded engine there is one writer at a time, here among all nodes: a transaction
//! that changes begins by locking the row of the revision, and holds it until it is committed
//! (`writer`). So changes are one after the other in any engine that has row locks, nothing has to
//! be run again because another node was faster, and whoever has the lock knows the revision. Many
//! changes share one lock and one commit. Readers run beside it, each on one state (`link`).

mod database;
mod dialect;
mod link;
mod revisions;
mod writer;

use crate::engine::StoreError;
use crate::pending::{Job, gone};
use crate::tables::SCHEMA_VERSION;
use crate::tx::Tx;
pub use database::Database;
use link::{Kind, Link};
use revisions::Revisions;
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use writer::Writer;

/// The most changes that wait for the writer; what comes on top is refused as busy.
const QUEUE_MAX: usize = 4096;
/// The most connections of a node that read at once; whoever comes on top waits for one.
const READERS_MAX: usize = 16;
/// How long to wait for one of them.
const READER_WAIT: Duration = Duration::from_secs(5);

/// The engine of many nodes.
pub(crate) struct Postgres {
    readers: Readers,
    revisions: Revisions,
    queue: Option<SyncSender<Box<dyn Job>>>,
    writer: Option<JoinHandle<()>>,
}

impl Postgres {
    pub(crate) fn create(database: &Database) -> Result<Self, StoreError> {
        Link::connect(database)?.create_schema(database)?;
        Self::open(database)
    }

    pub(crate) fn remove(database: &Database) -> Result<(), StoreError> {
        Link::connect(database)?.remove_schema()
    }

    pub(crate) fn open(database: &Database) -> Result<Self, StoreError> {
        let mut link = Link::connect(database)?;
        link.check_schema(database)?;
        let (queue, jobs) = mpsc::sync_channel(QUEUE_MAX);
        let writer = Writer::new(database.clone(), link, jobs);
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let writer = thread.spawn(move || writer.run()).map_err(StoreError::failed)?;
        Ok(Self {
            readers: Readers::new(database.clone()),
            revisions: Revisions::start(database.clone())?,
            queue: Some(queue),
            writer: Some(writer),
        })
    }

    pub(crate) fn submit(&self, job: Box<dyn Job>) {
        let Some(queue) = &self.queue else { return };
        match queue.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => job.done(Err(StoreError::Busy)),
            Err(TrySendError::Disconnected(job)) => job.done(Err(gone())),
        }
    }

    pub(crate) fn read(&self, work: &mut dyn FnMut(&mut Tx<'_>)) -> Result<(), StoreError> {
        let (mut link, seen) = self.readers.take()?;
        let mut open = link.open(Kind::Read);
        work(&mut Tx::new(&mut open, Some(seen)));
        let ended = open.end();
        self.readers.give_back(Some(link).filter(|_| ended.is_ok()));
        Ok(()) // the work knows of failures by its own statements
    }

    pub(crate) fn knows_schema(&self) -> Result<bool, StoreError> {
        let mut version = None;
        self.read(&mut |tx| version = Some(tx.meta("schema")))?;
        Ok(version.transpose()? == Some(SCHEMA_VERSION))
    }

    pub(crate) async fn revision(&self) -> Result<u64, StoreError> {
        self.revisions.ask().await
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.queue.take()); // the writer ends when its queue does
        // Work that holds the last handle on the store drops it on the writer's own thread.
        let writer = self.writer.take();
        let others = |writer: &JoinHandle<()>| writer.thread().id() != std::thread::current().id();
        if let Some(writer) = writer.filter(others) {
            let _panicked = writer.join();
        }
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

    /// A connection with a transaction that has begun, and the revision that it sees.
    fn take(&self) -> Result<(Link, u64), StoreError> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |kept: &mut Kept| kept.taken >= READERS_MAX;
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
        Link::begin_on(idle, &self.database, |link| link.begin(Kind::Read))
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
