//! What is counted, for whoever operates an installation: by the store of itself, and by work that
//! asks for it with [`Tx::tally`].
//!
//! To count is one atomic addition, and to time something two. Nothing here knows how counts are
//! shown.

use crate::engine::StoreError;
use crate::tx::Tx;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A number that only grows. Its clones are the same number.
#[derive(Clone, Debug, Default)]
pub struct Counter(Arc<AtomicU64>);

impl Counter {
    /// Adds one.
    pub fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How much it has come to.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up and down. Its clones are the same number.
#[derive(Clone, Debug, Default)]
pub struct Level(Arc<AtomicU64>);

impl Level {
    /// Raises it by one, as long as the answer is kept.
    pub(crate) fn raise(&self) -> Raised {
        self.0.fetch_add(1, Ordering::Relaxed);
        Raised(self.clone())
    }

    /// How high it is.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One of those who raise a [`Level`].
#[derive(Debug)]
pub(crate) struct Raised(Level);

impl Drop for Raised {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Connections to a database server. Nothing is counted where the store is in a file.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// How many are open.
    pub open: Level,
    /// How many of them are in a transaction, or wait to begin one.
    pub busy: Level,
    /// How many were opened.
    pub opened: Counter,
    /// How many reads had to wait for one.
    pub waits: Counter,
}

/// How many of the numbers that were seen are how large.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One for each bound, and one for what is larger than all of them.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// Nothing seen yet. Each bound is the largest number that counts below it; they grow.
    #[must_use]
    pub fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    /// Counts a number.
    pub fn see(&self, number: u64) {
        let place = self.bounds.partition_point(|bound| *bound < number);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(number, Ordering::Relaxed);
    }

    /// Counts a time, in microseconds.
    pub fn see_time(&self, time: Duration) {
        self.see(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// Each bound, and how many numbers were between the one before and it; at the end, without a
    /// bound, how many were larger than all.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        bounds.zip(self.counts.iter().map(|count| count.load(Ordering::Relaxed)))
    }

    /// The sum of all numbers.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.sum.load(Ordering::Relaxed)
    }
}

/// How many changes are committed together: up to the most that are.
const GROUP_BOUNDS: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// How long a change takes, from being queued to being durable, in microseconds.
const CHANGE_MICROS: [u64; 14] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000,
];

/// What the store has counted of itself since it was opened.
#[derive(Debug)]
pub struct Tally {
    /// Changes that were queued, whatever became of them since.
    queued: Counter,
    /// Changes that are durable.
    pub committed: Counter,
    /// Changes that were undone because their work refused.
    pub undone: Counter,
    /// Changes that were refused because too many were waiting.
    pub busy: Counter,
    /// Changes that failed, or of which nobody knows whether they were made.
    pub failed: Counter,
    /// How many changes were committed together.
    pub group_sizes: Histogram,
    /// How long it took from queueing a change until it was durable, in microseconds.
    pub change_micros: Histogram,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            queued: Counter::default(),
            committed: Counter::default(),
            undone: Counter::default(),
            busy: Counter::default(),
            failed: Counter::default(),
            group_sizes: Histogram::new(&GROUP_BOUNDS),
            change_micros: Histogram::new(&CHANGE_MICROS),
        }
    }
}

impl Tally {
    /// How many changes are on their way: queued, or in the writer's hands.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let ended = [&self.committed, &self.undone, &self.busy, &self.failed];
        let ended: u64 = ended.into_iter().map(Counter::value).sum();
        self.queued.value().saturating_sub(ended)
    }

    pub(crate) fn queue(&self) -> Instant {
        self.queued.add_one();
        Instant::now()
    }

    /// Notes what became of a change.
    pub(crate) fn end(&self, outcome: Result<(), &StoreError>, kept: bool, queued: Instant) {
        match outcome {
            Ok(()) if kept => {
                self.change_micros.see_time(queued.elapsed());
                self.committed.add_one();
            }
            Ok(()) => self.undone.add_one(),
            Err(StoreError::Busy) => self.busy.add_one(),
            Err(_) => self.failed.add_one(),
        }
    }
}

impl Tx<'_> {
    /// Adds one to a count if this transaction is committed, and when it is. So what is run more
    /// than once, or undone, is counted as often as it was done.
    pub fn tally(&mut self, counter: &Counter) {
        self.counts.push(counter.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_below_the_first_bound_that_is_not_smaller() {
        let histogram = Histogram::new(&[1, 10]);
        for number in [0, 1, 2, 10, 11, u64::from(u32::MAX)] {
            histogram.see(number);
        }
        let buckets: Vec<_> = histogram.buckets().collect();
        assert_eq!(buckets, [(Some(1), 2), (Some(10), 2), (None, 2)]);
        assert_eq!(histogram.sum(), 24 + u64::from(u32::MAX));
    }

    #[test]
    fn a_level_is_as_high_as_those_who_raise_it_are_many() {
        let level = Level::default();
        let one = level.raise();
        let other = level.clone().raise();
        assert_eq!(level.value(), 2);
        drop((one, other));
        assert_eq!(level.value(), 0);
    }
}
