//! The one thread of a node that writes. It takes all jobs that wait, runs one after the other
//! under the lock that one node has at a time, and commits them together.
//!
//! A group is run without savepoints. Where a job has to be undone that changed something, all are
//! undone and run again, each in a transaction of its own.

use super::ahead::Ahead;
use super::database::Database;
use super::link::{Kind, Link};
use super::revisions::Seen;
use crate::engine::StoreError;
use crate::group::{self, GROUP_MAX, Ran};
use crate::ledger;
use crate::lookups::Lookups;
use crate::pending::Job;
use std::sync::mpsc::Receiver;

/// How often a group is begun anew when the database undid it.
const TRIES_MAX: usize = 3;

pub(super) struct Writer {
    database: Database,
    link: Option<Link>,
    jobs: Receiver<Box<dyn Job>>,
    seen: Seen,
    end_of_trail: Lookups,
}

/// How a transaction ended.
enum Ended {
    Committed,
    Undone,
}

impl Writer {
    pub(super) fn new(
        database: Database,
        link: Link,
        jobs: Receiver<Box<dyn Job>>,
        seen: Seen,
    ) -> Self {
        Self { database, link: Some(link), jobs, seen, end_of_trail: ledger::lookups() }
    }

    /// Writes until nobody can queue work any more.
    pub(super) fn run(mut self) {
        while let Ok(first) = self.jobs.recv() {
            let mut group = vec![Ran::new(first)];
            match again(|| self.together(&mut group)) {
                Ok(Ended::Committed) => group::committed(group),
                Ok(Ended::Undone) | Err(StoreError::Failed(_)) => self.apart(group),
                Err(cause) => lose(group, &cause),
            }
        }
    }

    /// Runs the first job and those that wait behind it, and commits them.
    fn together(&mut self, group: &mut Vec<Ran>) -> Result<Ended, StoreError> {
        self.gather(group);
        let (mut link, (seen, ahead)) = self.begin(group)?;
        let mut open = link.open(Kind::Write, ahead);
        let (mut revised, mut number) = (None, 0);
        while let Some(ran) = group.get_mut(number) {
            let _before = open.take_changed();
            let attempt = ran.attempt(&mut open, seen, &mut revised);
            if !attempt.keep && (open.take_changed() || attempt.failed) {
                if open.end().is_ok() {
                    self.link = Some(link);
                }
                return Ok(Ended::Undone);
            }
            number += 1;
            if number == group.len() {
                self.gather(group);
                open.look_ahead(group.iter().skip(number).flat_map(Ran::lookups))?;
            }
        }
        group::write_down(&mut open, group)?;
        open.commit()?;
        self.link = Some(link);
        self.seen.is(revised.unwrap_or(seen));
        Ok(Ended::Committed)
    }

    /// Takes the jobs that wait into the group.
    fn gather(&self, group: &mut Vec<Ran>) {
        let room = GROUP_MAX.saturating_sub(group.len());
        group.extend(self.jobs.try_iter().take(room).map(Ran::new));
    }

    /// Runs each job in a transaction of its own. Where the database is away, the rest is not
    /// tried.
    fn apart(&mut self, group: Vec<Ran>) {
        let mut jobs = group.into_iter();
        for mut ran in jobs.by_ref() {
            match again(|| self.alone(&mut ran)) {
                Ok(()) => group::committed(vec![ran]),
                Err(StoreError::Away(cause)) => {
                    let text = cause.to_string();
                    ran.done(Some(StoreError::Away(cause)));
                    return lose(jobs.collect(), &StoreError::Away(text.into()));
                }
                Err(cause) => ran.done(Some(cause)),
            }
        }
    }

    fn alone(&mut self, ran: &mut Ran) -> Result<(), StoreError> {
        let (mut link, (seen, ahead)) = self.begin(std::slice::from_ref(ran))?;
        let mut open = link.open(Kind::Write, ahead);
        let mut revised = None;
        if ran.attempt(&mut open, seen, &mut revised).keep {
            group::write_down(&mut open, std::slice::from_ref(ran))?;
            open.commit()?;
            self.link = Some(link);
            self.seen.is(revised.unwrap_or(seen));
        } else if open.end().is_ok() {
            self.link = Some(link);
        }
        Ok(())
    }

    /// Takes the lock, and fetches what these will look up, and where they will be written down.
    fn begin(&mut self, group: &[Ran]) -> Result<(Link, (u64, Ahead)), StoreError> {
        let begin = |link: &mut Link| {
            let of_jobs = group.iter().flat_map(Ran::lookups);
            link.begin(Kind::Write, of_jobs.chain(self.end_of_trail.iter()))
        };
        Link::begin_on(self.link.take(), &self.database, begin)
    }
}

/// Does it again where the database undid it for reasons of its own.
fn again<T>(mut work: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    for _ in 1..TRIES_MAX {
        match work() {
            Err(StoreError::Conflict) => {}
            done => return done,
        }
    }
    work()
}

/// Tells all of a group that nobody knows what became of it.
fn lose(group: Vec<Ran>, cause: &StoreError) {
    tracing::error!(%cause, "a group of changes could not be committed");
    for ran in group {
        ran.done(Some(StoreError::Away(cause.to_string().into())));
    }
}
