//! Work on its way through the writer, and the answer to wait for.

use crate::engine::StoreError;
use crate::tx::Tx;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// Work that waits for the writer. `run` answers whether to keep what it did.
pub(crate) struct Job {
    pub(crate) run: Box<dyn FnMut(&mut Tx<'_>) -> bool + Send>,
    pub(crate) done: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

impl Job {
    /// Wraps work that answers whether to keep what it did, and its result.
    pub(crate) fn new<R: Send + 'static>(
        mut work: impl FnMut(&mut Tx<'_>) -> (bool, R) + Send + 'static,
    ) -> (Self, Pending<R>) {
        let (sender, receiver) = oneshot::channel();
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        let run = Box::new(move |tx: &mut Tx<'_>| {
            let (keep, answer) = work(tx);
            *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            keep
        });
        let done = Box::new(move |committed: Result<(), StoreError>| {
            let answer = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            let missing = StoreError::Corrupt("the work did not run");
            let _gone = sender.send(committed.and_then(|()| answer.ok_or(missing)));
        });
        (Self { run, done }, Pending(receiver))
    }
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

fn gone() -> StoreError {
    StoreError::failed("the writer has stopped")
}
