//! The audit trail: who did what to what, from where, and how it ended. Never a secret, never a
//! body.

use crate::engine::StoreError;
use crate::tx::{TenancyNo, Tx};
use iam_api::Timestamp;

/// One line of the audit trail.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    /// When.
    pub time: Timestamp,
    /// In whose tenancy; 0 where none is known.
    pub tenancy: TenancyNo,
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

impl Tx<'_> {
    /// Adds a line.
    pub fn add_audit(&mut self, new: &AuditRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO audit \
                   (time, tenancy, actor, source, event, target, outcome, request_id) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let args = [
            new.time.as_micros().into(),
            new.tenancy.0.into(),
            new.actor.as_str().into(),
            new.source.as_str().into(),
            new.event.as_str().into(),
            new.target.as_str().into(),
            new.outcome.as_str().into(),
            new.request_id.as_str().into(),
        ];
        self.send(sql, &args)
    }

    /// The last `limit` lines of a tenancy, the newest first.
    pub fn audit_tail(
        &mut self,
        at: TenancyNo,
        limit: i64,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let sql = "SELECT time, tenancy, actor, source, event, target, outcome, request_id \
                   FROM audit WHERE tenancy = ?1 ORDER BY seq DESC LIMIT ?2";
        self.rows(sql, &[at.0.into(), limit.into()], |row| {
            Ok(AuditRecord {
                time: Timestamp::from_micros(row.must_int(0)?),
                tenancy: TenancyNo(row.must_int(1)?),
                actor: row.must_text(2)?,
                source: row.must_text(3)?,
                event: row.must_text(4)?,
                target: row.must_text(5)?,
                outcome: row.must_text(6)?,
                request_id: row.must_text(7)?,
            })
        })
    }
}
