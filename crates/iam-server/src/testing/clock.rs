//! A clock that runs as the one on the wall does, from another moment on.

use crate::system::SystemClock;
use iam_api::Timestamp;
use iam_core::context::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How far it can be moved, in microseconds: a hundred years of 365 days.
const MOVED_MAX: i64 = 100 * 365 * 86_400 * 1_000_000;

/// A clock that can be moved. Its clones are the same clock.
#[derive(Clone)]
pub(super) struct MovedClock(Arc<AtomicI64>);

impl MovedClock {
    /// One that is that many microseconds ahead; behind, where negative.
    pub(super) fn by(micros: i64) -> Self {
        Self(Arc::new(AtomicI64::new(micros)))
    }

    /// How far it is ahead.
    pub(super) fn moved(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Has it be that far ahead.
    pub(super) fn set(&self, micros: i64) {
        self.0.store(micros, Ordering::Relaxed);
    }

    /// How far it would be ahead where it was moved by that many seconds; none where that is too
    /// far.
    pub(super) fn advanced(&self, seconds: u32) -> Option<i64> {
        let moved = self.moved().checked_add(i64::from(seconds) * 1_000_000)?;
        is_near(moved).then_some(moved)
    }

    /// The same, where it was set to that moment.
    pub(super) fn to(moment: Timestamp) -> Option<i64> {
        let moved = moment.as_micros().checked_sub(SystemClock.now().as_micros())?;
        is_near(moved).then_some(moved)
    }
}

fn is_near(moved: i64) -> bool {
    (-MOVED_MAX..=MOVED_MAX).contains(&moved)
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(SystemClock.now().as_micros().saturating_add(self.moved()))
    }
}
