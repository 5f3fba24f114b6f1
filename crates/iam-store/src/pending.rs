//! Work on its way through the writer, and the answer to wait for.

use crate::engine::StoreError;
use crate::lookups::Lookups;
use crate::tally::Tally;
use crate::tx::Tx;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::oneshot;

/// Work that waits for the writer.
pub(crate) trait Job: Send {
    /// Runs the work; answers whether to keep what it did.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;

    /// Hands over the answer, now that it is known what became of the work.
    fn done(self: Box<Self>, outcome: Result<(), StoreError>);

    /// Where it is counted.
    fn tally(&self) -> &Tally;

    /// What it will look up first.
    fn lookups(&self) -> &Lookups;
}

struct Work<F, R> {
    work: F,
    lookups: Lookups,
    answer: Option<R>,
    sender: oneshot::Sender<Result<R, StoreError>>,
    kept: bool,
    tally: Arc<Tally>,
    queued: Instant,
}

impl<F, T, E> Job for Work<F, Result<T, E>>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let answer = (self.work)(tx);
        self.kept = self.answer.insert(answer).is_ok();
        self.kept
    }

    fn done(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { work, answer, sender, kept, tally, queued, .. } = *self;
        tally.end(outcome.as_ref().copied(), kept, queued);
        // Whoever has the answer may rely on it that the work holds nothing of theirs any more.
        drop(work);
        let missing = StoreError::Corrupt("the work did not run");
        let _nobody_waits = sender.send(outcome.and_then(|()| answer.ok_or(missing)));
    }

    fn tally(&self) -> &Tally {
        &self.tally
    }

    fn lookups(&self) -> &Lookups {
        &self.lookups
    }
}

/// Makes a job of work, and the answer to wait for.
pub(crate) fn job<T, E>(
    work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    lookups: Lookups,
    tally: Arc<Tally>,
) -> (Box<dyn Job>, Pending<Result<T, E>>)
where
    T: Send + 'static,
    E: Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let queued = tally.queue();
    let work = Work { work, lookups, answer: None, sender, kept: false, tally, queued };
    (Box::new(work), Pending(receiver))
}

/// The answer of queued work. Dropping it does not undo the work.
#[must_use = "the change is durable only when its answer has arrived"]
pub struct Pending<R>(oneshot::Receiver<Result<R, StoreError>>);

impl<R> Pending<R> {
    /// Blocks this thread until the answer arrives; not for async code.
    pub fn wait(self) -> Result<R, StoreError> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(gone()))
    }
}

impl<R> Future for Pending<R> {
    type Output = Result<R, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or_else(|_| Err(gone())))
    }
}

/// What work is answered that the writer can no longer run.
pub(crate) fn gone() -> StoreError {
    StoreError::failed("the writer has stopped")
}
