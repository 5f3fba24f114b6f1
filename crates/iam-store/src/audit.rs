//! The audit trail: who did what to what, from where, and how it ended. Never a secret, never a
//! body.
//!
//! A line is added when its group of changes is committed (`ledger`), so that lines are numbered
//! and chained in one order, and what is undone leaves no gap.

use crate::engine::{Row, StoreError};
use crate::ledger::{AuditKey, Chain, chain_in};
use crate::tx::{TenancyNo, Tx};
use iam_api::Timestamp;

/// One line of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// When.
    pub time: Timestamp,
    /// In whose tenancy; 0 where none is known.
    pub tenancy: TenancyNo,
    /// In which compartment: its OCID, or empty for the root.
    pub compartment: String,
    /// Who: the OCID of a user, or empty where nobody is known.
    pub actor: String,
    /// From where: the peer's address.
    pub source: String,
    /// What: an operation's id, or an event of our own such as `SignIn`.
    pub event: String,
    /// To what: an OCID, or empty.
    pub target: String,
    /// How it ended: `OK`, or an error code.
    pub outcome: String,
    /// In which request.
    pub request_id: String,
}

/// A line in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Its number: one more than that of the line before.
    pub seq: i64,
    /// What it says.
    pub record: AuditRecord,
    /// What stands for it and all lines before it.
    pub chain: Chain,
}

/// The columns of a line, in the order in which [`line_in`] reads them.
macro_rules! select_lines {
    ($rest:literal) => {
        concat!(
            "SELECT seq, time, tenancy, compartment, actor, source, event, target, outcome, \
             request_id, chain FROM audit ",
            $rest
        )
    };
}

fn line_in(row: &dyn Row) -> Result<AuditLine, StoreError> {
    Ok(AuditLine {
        seq: row.must_int(0)?,
        record: AuditRecord {
            time: Timestamp::from_micros(row.must_int(1)?),
            tenancy: TenancyNo(row.must_int(2)?),
            compartment: row.must_text(3)?,
            actor: row.must_text(4)?,
            source: row.must_text(5)?,
            event: row.must_text(6)?,
            target: row.must_text(7)?,
            outcome: row.must_text(8)?,
            request_id: row.must_text(9)?,
        },
        chain: chain_in(row, 10)?,
    })
}

/// Which lines of a tenancy are asked for.
#[derive(Clone, Copy, Debug)]
pub struct AuditSpan<'a> {
    /// Of which compartment: its OCID, and empty for the root.
    pub compartment: &'a str,
    /// From this moment on.
    pub from: Timestamp,
    /// Before this moment.
    pub until: Timestamp,
}

impl Tx<'_> {
    /// Adds a line when this transaction is committed, which fails where it cannot be added. The
    /// key seals the end of the trail.
    pub fn add_audit(&mut self, new: AuditRecord, key: &AuditKey) -> Result<(), StoreError> {
        let only_reads = || StoreError::failed("what only reads adds no line to the audit trail");
        self.lines.as_mut().ok_or_else(only_reads)?.add(new, key);
        Ok(())
    }

    /// The last `limit` lines of a tenancy, the newest first.
    pub fn audit_tail(
        &mut self,
        at: TenancyNo,
        limit: i64,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let sql = select_lines!("WHERE tenancy = ?1 ORDER BY seq DESC LIMIT ?2");
        self.rows(sql, &[at.0.into(), limit.into()], |row| Ok(line_in(row)?.record))
    }

    /// The first `limit` lines of all tenancies after one of them, in their order.
    pub fn audit_lines(&mut self, after: i64, limit: i64) -> Result<Vec<AuditLine>, StoreError> {
        let sql = select_lines!("WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        self.rows(sql, &[after.into(), limit.into()], line_in)
    }

    /// The first `limit` lines of a span after one of them, in the order of time.
    pub fn audit_in_time(
        &mut self,
        at: TenancyNo,
        span: &AuditSpan<'_>,
        after: (Timestamp, i64),
        limit: i64,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let sql = select_lines!(
            "WHERE tenancy = ?1 AND compartment = ?2 AND time >= ?3 AND time < ?4 \
             AND (time, seq) > (?5, ?6) ORDER BY time, seq LIMIT ?7"
        );
        let args = [
            at.0.into(),
            span.compartment.into(),
            span.from.as_micros().into(),
            span.until.as_micros().into(),
            after.0.as_micros().into(),
            after.1.into(),
            limit.into(),
        ];
        self.rows(sql, &args, line_in)
    }
}
