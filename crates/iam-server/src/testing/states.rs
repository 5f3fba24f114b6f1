//! States of a server for tests: kept, and gone back to while it is served.

use super::clock::MovedClock;
use super::randomness::Streams;
use super::{MOVED, Testing, refused};
use crate::app::Shared;
use crate::{postman, upkeep};
use iam_api::{Code, Problem, Timestamp};
use iam_core::call::store_problem;
use iam_core::clock::{self, Mark};
use iam_store::Kept;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The name of the state that a server began with, until another is kept under it.
pub(super) const START: &str = "start";
/// The most states that are kept at once.
const STATES_MAX: usize = 16;
const NAME_MAX: usize = 100;

/// All that a server has, as it was.
pub(super) struct State {
    kept: Kept,
    moved: i64,
    streams: Option<Streams>,
}

impl Testing {
    /// The state with these rows and with the clock and the randomness as they are.
    pub(super) fn state(&self, kept: Kept) -> State {
        let streams = self.random.as_ref().map(|random| random.streams());
        State { kept, moved: self.clock.moved(), streams }
    }

    /// Keeps the present state under that name; answers how many rows it has.
    pub(super) async fn snapshot(&self, app: &Shared, name: &str) -> Result<usize, Problem> {
        if name.is_empty() || name.len() > NAME_MAX {
            return Err(refused(format!("a name of a snapshot has 1 to {NAME_MAX} bytes")));
        }
        let _alone = self.gate.write().await;
        let kept = app.read(|_, tx| tx.keep_all().map_err(store_problem)).await?;
        let too_large = || {
            let message = "The server holds too much to be kept in memory; use durward backup.";
            Problem::new(Code::LimitExceeded, message)
        };
        let state = self.state(kept.ok_or_else(too_large)?);
        let rows = state.kept.rows();
        let mut states = self.states();
        if states.len() >= STATES_MAX && !states.contains_key(name) {
            let message = format!("{STATES_MAX} snapshots are kept; give the name of one of them");
            return Err(Problem::new(Code::LimitExceeded, message));
        }
        states.insert(name.to_owned(), Arc::new(state));
        Ok(rows)
    }

    /// Goes back to the state of that name, with everything: rows, clock, randomness, and what is
    /// in memory alone; answers how many rows it has. Faults that wait are gone.
    pub(super) async fn reset(&self, app: &Shared, name: &str) -> Result<usize, Problem> {
        let _alone = self.gate.write().await;
        let state = self.known(name)?;
        // First the clock: what is noted meanwhile must not be from a time that never was.
        let before = self.clock.moved();
        self.clock.set(state.moved);
        let again = Arc::clone(&state);
        let put_back = app.write(move |_, tx| {
            let mark = Mark::read(tx)?;
            tx.put_back(&again.kept).map_err(store_problem)?;
            clock::go_back(tx, mark)
        });
        let mark = put_back.await.inspect_err(|_| self.clock.set(before))?;
        app.context.learn(mark);
        if let (Some(random), Some(streams)) = (&self.random, &state.streams) {
            random.go_back_to(streams);
        }
        self.faults().clear();
        app.strangers.forget();
        app.rates.forget();
        if let Some(mailbox) = app.post.mailbox() {
            mailbox.clear();
        }
        let sweeps = false;
        postman::count_once(app, sweeps).await?;
        wake(app);
        Ok(state.kept.rows())
    }

    fn known(&self, name: &str) -> Result<Arc<State>, Problem> {
        let states = self.states();
        states.get(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = states.keys().map(String::as_str).collect();
            let (name, known) = (name.escape_debug(), known.join(", "));
            refused(format!("no snapshot is called `{name}`; there are: {known}"))
        })
    }

    /// Moves the clock by so many seconds.
    pub(super) async fn advance(&self, app: &Shared, seconds: u32) -> Result<(), Problem> {
        self.have_moved(app, self.clock.advanced(seconds)).await
    }

    /// Sets the clock.
    pub(super) async fn set_clock(&self, app: &Shared, moment: Timestamp) -> Result<(), Problem> {
        self.have_moved(app, MovedClock::to(moment)).await
    }

    /// Has the clock be that far ahead of the one on the wall, and sees to what that brings.
    async fn have_moved(&self, app: &Shared, moved: Option<i64>) -> Result<(), Problem> {
        let moved = moved.ok_or_else(|| refused("the clock moves by a hundred years at most"))?;
        let alone = self.gate.write().await;
        app.write(move |_, tx| tx.set_meta(MOVED, moved).map_err(store_problem)).await?;
        self.clock.set(moved);
        drop(alone);
        wake(app);
        upkeep::once(app).await
    }

    /// How many seconds the clock is ahead of the one on the wall.
    pub(super) fn seconds_ahead(&self) -> i64 {
        self.clock.moved() / 1_000_000
    }
}

/// Has those look at once who look now and then.
fn wake(app: &Shared) {
    app.context.recovery_wanted.store(true, Ordering::Relaxed);
    app.context.work_wanted.store(true, Ordering::Relaxed);
}
