//! The one thread that writes. It takes all jobs that wait, runs one after the other, and commits
//! them together: one flush of the disk for many changes.
//!
//! Write-ahead log and `synchronous=FULL`: what a commit answered for is on the disk. A job that
//! errs or panics is undone alone. For that a savepoint before each would do, but it costs a tenth
//! of all that the writer does; so a group is run without, and only where a job has to be undone
//! that changed something, all are undone and run again, each behind a savepoint. What goes wrong
//! around the jobs undoes the group, and each of them is told.

use super::Prepared;
use crate::engine::StoreError;
use crate::group::{self, Attempt, GROUP_MAX, Ran};
use crate::pending::Job;
use rusqlite::Connection;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

/// Log pages (of 4 KiB) after which the log is copied back into the file, and begins anew.
const LOG_PAGES_MAX: i64 = 4096;
/// Memory for pages that are read again, in KiB. More is slower: whenever a page of an index was
/// split, SQLite looks through all of them at the commit.
const CACHE_KIB: i64 = 8_192;

pub(super) struct Writer {
    connection: Connection,
    jobs: Receiver<Box<dyn Job>>,
    revision: Arc<AtomicU64>,
    /// Held until the last change is committed.
    _lock: File,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        jobs: Receiver<Box<dyn Job>>,
        revision: Arc<AtomicU64>,
        lock: File,
    ) -> Result<Self, StoreError> {
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES_MAX)?;
        Ok(Self { connection, jobs, revision, _lock: lock })
    }

    /// Writes until nobody can queue work any more.
    pub(super) fn run(self) {
        while let Ok(first) = self.jobs.recv() {
            let mut group = vec![Ran::new(first)];
            match self.write(&mut group) {
                Ok(made) => {
                    // Before any answer: whoever learns of a change finds the caches dropped.
                    if let Some(revision) = made {
                        self.revision.store(revision, Ordering::Release);
                    }
                    group::committed(group);
                }
                Err(cause) => {
                    tracing::error!(%cause, "a group of changes could not be committed");
                    if !self.connection.is_autocommit() {
                        let _already_gone = self.execute("ROLLBACK");
                    }
                    for ran in group {
                        ran.done(Some(StoreError::failed(cause.to_string())));
                    }
                }
            }
        }
        let _best_effort = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// Runs the first job and those that wait behind it, and commits them; answers the revision
    /// that they made, if they made one.
    fn write(&self, group: &mut Vec<Ran>) -> Result<Option<u64>, StoreError> {
        self.execute("BEGIN IMMEDIATE")?;
        let mut revision = None;
        if !self.run_together(group, &mut revision) {
            let _already_gone = self.execute("ROLLBACK");
            self.execute("BEGIN IMMEDIATE")?;
            revision = None;
            for ran in group.iter_mut() {
                self.run_apart(ran, &mut revision)?;
            }
        }
        group::write_down(&mut Prepared::new(&self.connection), group)?;
        self.execute("COMMIT")?;
        Ok(revision)
    }

    /// Runs jobs as they come, without a way back for each of them alone. False where one left
    /// something behind that must not stay; which is rare: most refuse before they change anything.
    fn run_together(&self, group: &mut Vec<Ran>, revision: &mut Option<u64>) -> bool {
        while let Some(ran) = group.last_mut() {
            let before = self.connection.total_changes();
            let attempt = self.attempt(ran, revision);
            let is_clean = self.connection.total_changes() == before && !attempt.failed;
            if !attempt.keep && !is_clean {
                return false;
            }
            if group.len() >= GROUP_MAX {
                break;
            }
            let Ok(job) = self.jobs.try_recv() else { break };
            group.push(Ran::new(job));
        }
        true
    }

    /// Runs a job so that it can be undone alone. Errs where the whole group is lost.
    fn run_apart(&self, ran: &mut Ran, revision: &mut Option<u64>) -> Result<(), StoreError> {
        self.execute("SAVEPOINT job")?;
        if !self.attempt(ran, revision).keep {
            self.execute("ROLLBACK TO job")?;
        }
        self.execute("RELEASE job")
    }

    fn attempt(&self, ran: &mut Ran, made: &mut Option<u64>) -> Attempt {
        let seen = self.revision.load(Ordering::Relaxed); // which this thread alone changes
        ran.attempt(&mut Prepared::new(&self.connection), seen, made)
    }

    fn execute(&self, sql: &'static str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}
