//! Which request is being worked for, here: so that a panic's line in the log names it, and what
//! takes time in it can be traced, without every function being handed both.
//!
//! A request is answered by one task, and its transactions run on other threads. What is current
//! follows it there by [`Current::during`]; nothing is decided by it.

use crate::traces::Trace;
use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static OF_TASK: Current;
}

thread_local! {
    static OF_THREAD: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// A request that is being answered.
#[derive(Clone)]
pub(crate) struct Current {
    /// Its id.
    pub(crate) request_id: Arc<str>,
    /// Where its time goes, if that is asked for.
    pub(crate) trace: Option<Arc<Trace>>,
}

impl Current {
    /// Answers it by that work.
    pub(crate) async fn answered_by<F: Future>(self, work: F) -> F::Output {
        OF_TASK.scope(self, work).await
    }

    /// The one that this task answers.
    pub(crate) fn of_task() -> Option<Self> {
        OF_TASK.try_with(Clone::clone).ok()
    }

    /// The id of the one that this thread works for.
    pub(crate) fn id_here() -> Option<Arc<str>> {
        let id = |current: &Self| Arc::clone(&current.request_id);
        let of_thread = OF_THREAD.try_with(|here| here.try_borrow().ok()?.as_ref().map(id));
        of_thread.ok().flatten().or_else(|| OF_TASK.try_with(id).ok())
    }

    /// Where the time goes of the one that this thread works for.
    pub(crate) fn trace_here() -> Option<Arc<Trace>> {
        let trace = |current: &Self| current.trace.clone();
        let of_thread = OF_THREAD.try_with(|here| here.try_borrow().ok()?.as_ref().and_then(trace));
        of_thread.ok().flatten().or_else(|| OF_TASK.try_with(trace).ok().flatten())
    }

    /// Does some of its work on this thread, in a transaction for instance.
    pub(crate) fn during<R>(current: Option<&Self>, work: impl FnOnce() -> R) -> R {
        let before = OF_THREAD.replace(current.cloned());
        let _back = Back(before);
        work()
    }
}

/// Puts back what was current, however the work ends.
struct Back(Option<Current>);

impl Drop for Back {
    fn drop(&mut self) {
        OF_THREAD.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_current_ends_with_its_work_also_by_a_panic() {
        let current = Current { request_id: "one".into(), trace: None };
        let panicked = std::panic::catch_unwind(|| {
            Current::during(Some(&current), || {
                assert_eq!(Current::id_here().as_deref(), Some("one"));
                panic!("on purpose");
            })
        });
        assert!(panicked.is_err());
        assert_eq!(Current::id_here(), None);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let seen = runtime.block_on(current.answered_by(async { Current::id_here() }));
        assert_eq!(seen.as_deref(), Some("one"));
    }
}
