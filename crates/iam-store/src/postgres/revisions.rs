//! Which revision is committed, asked for by many at once.
//!
//! Each who asks is told of a state after their question: those who ask while an answer is on its
//! way are served by the next. So one round to the database serves all who wait.

use super::database::Database;
use super::link::Link;
use crate::engine::StoreError;
use crate::pending::gone;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;

/// The revision that was seen last. It may have been raised since, by this node or another: what is
/// believed under it must be compared with what a transaction sees.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<AtomicU64>);

impl Seen {
    pub(super) fn is(&self, revision: u64) {
        self.0.store(revision, Ordering::Relaxed);
    }

    pub(super) fn last(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

type Asked = oneshot::Sender<Result<u64, Arc<StoreError>>>;

/// Asks the database, as often as needed and not more often.
pub(super) struct Revisions(Sender<Asked>);

impl Revisions {
    /// Starts the thread that asks; it ends with this.
    pub(super) fn start(database: Database, seen: Seen) -> Result<Self, StoreError> {
        let (asking, asked) = mpsc::channel();
        let thread = std::thread::Builder::new().name("store-revisions".to_owned());
        let _ends_with_the_channel =
            thread.spawn(move || answer(&database, &asked, &seen)).map_err(StoreError::failed)?;
        Ok(Self(asking))
    }

    /// The revision that was committed at some moment after this was called.
    pub(super) async fn ask(&self) -> Result<u64, StoreError> {
        let (asks, answer) = oneshot::channel();
        self.0.send(asks).map_err(|_| gone())?;
        let answer = answer.await.map_err(|_| gone())?;
        answer.map_err(|cause| StoreError::Away(cause.into()))
    }
}

fn answer(database: &Database, asked: &Receiver<Asked>, seen: &Seen) {
    let mut link = None;
    while let Ok(first) = asked.recv() {
        let waiting: Vec<Asked> = std::iter::once(first).chain(asked.try_iter()).collect();
        let answer = match Link::begin_on(link.take(), database, Link::revision) {
            Ok((kept, revision)) => {
                link = Some(kept);
                seen.is(revision);
                Ok(revision)
            }
            Err(cause) => Err(Arc::new(cause)),
        };
        for one in waiting {
            let _nobody_waits = one.send(answer.clone());
        }
    }
}
