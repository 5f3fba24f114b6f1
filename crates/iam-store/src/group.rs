//! A group of jobs that an engine commits together, and what becomes of each.

use crate::engine::{Statements, StoreError};
use crate::ledger::{self, Lines};
use crate::lookups::Lookup;
use crate::pending::Job;
use crate::tally::Counter;
use crate::tx::Tx;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most changes in one commit, so that the first of them does not wait for ever.
pub(crate) const GROUP_MAX: usize = 256;

/// A job of a group, and what to answer where the group is committed.
pub(crate) struct Ran {
    job: Box<dyn Job>,
    answer: Result<(), StoreError>,
    /// What grows when it is committed.
    counts: Vec<Counter>,
    /// What is written down with it.
    lines: Lines,
}

/// How a job went.
pub(crate) struct Attempt {
    /// Whether what it did is to stay.
    pub(crate) keep: bool,
    /// Whether a statement failed, after which the engine may have undone more than that.
    pub(crate) failed: bool,
}

impl Ran {
    pub(crate) fn new(job: Box<dyn Job>) -> Self {
        Self { job, answer: Ok(()), counts: Vec::new(), lines: Lines::default() }
    }

    /// What the job will look up first.
    pub(crate) fn lookups(&self) -> impl Iterator<Item = &Lookup> {
        self.job.lookups().iter()
    }

    /// Runs the job, and notes what to tell it. `seen` is the revision that was committed before
    /// the group began; `made` is the one that the group has made so far.
    pub(crate) fn attempt(
        &mut self,
        statements: &mut dyn Statements,
        seen: u64,
        made: &mut Option<u64>,
    ) -> Attempt {
        let mut tx = Tx::new(statements, seen);
        tx.is_upon_uncommitted = made.is_some();
        tx.lines = Some(Lines::default());
        let outcome = catch_unwind(AssertUnwindSafe(|| self.job.run(&mut tx)));
        let revision = tx.revision_made();
        let counts = std::mem::take(&mut tx.counts);
        let lines = tx.lines.take().unwrap_or_default();
        let failed = statements.has_failed();
        self.answer = match outcome {
            // The work passed over a failure, so what it did is not what it meant to do.
            Ok(true) if failed => {
                Err(StoreError::failed("a statement failed, and the work went on"))
            }
            Ok(_) => Ok(()),
            Err(_) => Err(StoreError::Panicked),
        };
        let keep = matches!(outcome, Ok(true)) && !failed;
        if keep {
            *made = revision.or(*made);
        }
        (self.counts, self.lines) = if keep { (counts, lines) } else { Default::default() };
        Attempt { keep, failed }
    }

    /// Hands over the answer, now that it is known whether the group was committed.
    pub(crate) fn done(self, lost: Option<StoreError>) {
        let Self { job, answer, counts, .. } = self;
        if lost.is_none() {
            counts.iter().for_each(Counter::add_one);
        }
        job.done(lost.map_or(answer, Err));
    }
}

/// Writes down what a group has done, as the last thing before it is committed.
pub(crate) fn write_down(statements: &mut dyn Statements, group: &[Ran]) -> Result<(), StoreError> {
    ledger::write(statements, group.iter().map(|ran| &ran.lines))
}

/// Tells all of a group that it is committed.
pub(crate) fn committed(group: Vec<Ran>) {
    if let Some(first) = group.first() {
        let size = u64::try_from(group.len()).unwrap_or(u64::MAX);
        first.job.tally().group_sizes.see(size);
    }
    group.into_iter().for_each(|ran| ran.done(None));
}
