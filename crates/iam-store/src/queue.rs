//! The way of changes to the thread that writes them, the same in every engine.

use crate::engine::StoreError;
use crate::pending::{Job, gone};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::JoinHandle;

/// The most changes that wait for the writer; what comes on top is refused as busy.
const WAITING_MAX: usize = 4096;

/// Changes on their way to the writer. Dropping it waits for those that were accepted.
pub(crate) struct Queue {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    writer: Option<JoinHandle<()>>,
}

impl Queue {
    /// Starts the writer that `make` makes; it ends when nobody can queue work any more.
    pub(crate) fn start<W: FnOnce() + Send + 'static>(
        make: impl FnOnce(Receiver<Box<dyn Job>>) -> Result<W, StoreError>,
    ) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::sync_channel(WAITING_MAX);
        let write = make(jobs)?;
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let writer = thread.spawn(write).map_err(StoreError::failed)?;
        Ok(Self { jobs: Some(queue), writer: Some(writer) })
    }

    pub(crate) fn submit(&self, job: Box<dyn Job>) {
        let Some(jobs) = &self.jobs else { return job.done(Err(gone())) };
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => job.done(Err(StoreError::Busy)),
            Err(TrySendError::Disconnected(job)) => job.done(Err(gone())),
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.jobs.take()); // the writer ends when its queue does
        // Work that holds the last handle on the store drops it on the writer's own thread.
        let writer = self.writer.take();
        let others = |writer: &JoinHandle<()>| writer.thread().id() != std::thread::current().id();
        if let Some(writer) = writer.filter(others) {
            let _panicked = writer.join();
        }
    }
}
