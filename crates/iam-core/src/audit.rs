//! The audit trail: a line for every change, every refusal and every sign-in, in the transaction of
//! what it tells of.

use crate::call::store_problem;
use crate::context::Context;
use iam_api::Problem;
use iam_store::{AuditRecord, TenancyNo, Tx};
use std::net::IpAddr;

/// What stands after an operation's id where a line tells how its work request ended.
pub const END: &str = ".end";

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Where a request came from, and what it is called.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The peer's address.
    pub address: String,
    /// The request's id.
    pub request_id: String,
}

impl Source {
    /// The peer's address, where it is one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.address.parse().ok()
    }
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// In whose tenancy.
    pub at: TenancyNo,
    /// The OCID of the compartment, or empty for the root.
    pub compartment: &'a str,
    /// The OCID of who did it, or empty.
    pub actor: &'a str,
    /// An operation's id, or an event of our own.
    pub name: &'a str,
    /// The OCID of what it was done to, or empty.
    pub target: &'a str,
}

/// Adds a line; where it cannot be written, what it tells of must not happen.
pub fn record(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    event: &Event<'_>,
    outcome: &str,
) -> Result<(), Problem> {
    let line = AuditRecord {
        time: context.now(),
        tenancy: event.at,
        compartment: event.compartment.to_owned(),
        actor: event.actor.to_owned(),
        source: source.address.clone(),
        event: event.name.to_owned(),
        target: event.target.to_owned(),
        outcome: outcome.to_owned(),
        request_id: source.request_id.clone(),
    };
    tx.add_audit(line, context.key.audit()).map_err(store_problem)
}

/// The most lines that are dropped at once.
const FORGOTTEN_MAX: i64 = 1_000;

/// Drops some of the lines that have been kept for long enough; answers how many.
pub fn forget(tx: &mut Tx<'_>, context: &Context) -> Result<usize, Problem> {
    let days = i64::from(context.audit_retention_days);
    if days == 0 {
        return Ok(0);
    }
    let before = context.now().plus_seconds(-days * DAY_SECONDS);
    tx.forget_audit(before, FORGOTTEN_MAX, context.key.audit()).map_err(store_problem)
}
