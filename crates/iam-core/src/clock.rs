//! The clock's high-water mark as the store keeps it, for all processes of an installation.
//!
//! It only grows, but for one way: an operator whose clock ran ahead accepts the present time. Each
//! time that is done is counted beside the mark, so that a process which has seen the wrong time
//! itself learns that it is to be forgotten, and does not write it back.

use crate::call::store_problem;
use crate::context::{Context, HIGH_WATER};
use iam_api::{Problem, Timestamp};
use iam_store::{EndedTimed, Tx};

/// The name under which the store keeps how often an earlier time was accepted.
const ACCEPTED: &str = "clock-accepted";

/// The mark that the store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The latest moment that any process of this installation saw.
    pub latest: Timestamp,
    /// How often an earlier time was accepted.
    pub accepted: i64,
}

impl Mark {
    /// Reads it.
    pub fn read(tx: &mut Tx<'_>) -> Result<Self, Problem> {
        let latest = tx.meta(HIGH_WATER).map_err(store_problem)?;
        let accepted = tx.meta(ACCEPTED).map_err(store_problem)?;
        Ok(Self { latest: Timestamp::from_micros(latest), accepted })
    }
}

/// Brings the mark of this process and that of the store together, in a transaction that changes:
/// so what has expired stays expired after a restart, and on other nodes.
pub fn keep(tx: &mut Tx<'_>, context: &Context) -> Result<(), Problem> {
    let mark = Mark::read(tx)?;
    if context.is_outdated_by(mark) {
        tracing::warn!(time = %mark.latest, "an earlier time was accepted on the host");
    }
    context.learn(mark);
    let _this_moment_counts = context.now();
    tx.set_meta(HIGH_WATER, context.high_water().as_micros()).map_err(store_problem)
}

/// Has every process take the mark that the store holds now for the latest moment it saw: as when
/// another state was put back, where the one before held `before`.
pub fn go_back(tx: &mut Tx<'_>, before: Mark) -> Result<Mark, Problem> {
    tx.set_meta(ACCEPTED, before.accepted.saturating_add(1)).map_err(store_problem)?;
    Mark::read(tx)
}

/// Accepts an earlier time than the mark, and ends all that is good for a time only: what the later
/// time had made expire must not come back to life. What was made meanwhile may say that it is from
/// the future, and would live too long.
pub fn accept(tx: &mut Tx<'_>, now: Timestamp) -> Result<EndedTimed, Problem> {
    let mark = Mark::read(tx)?;
    let ended = tx.end_all_timed().map_err(store_problem)?;
    tx.set_meta(HIGH_WATER, now.as_micros()).map_err(store_problem)?;
    tx.set_meta(ACCEPTED, mark.accepted.saturating_add(1)).map_err(store_problem)?;
    Ok(ended)
}
