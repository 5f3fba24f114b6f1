//! Refusals, kept for whoever may ask why.

use crate::engine::{Row, StoreError};
use crate::tx::{TenancyNo, Tx};
use iam_api::Timestamp;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRefusal {
    /// When.
    pub time: Timestamp,
    /// Of which request.
    pub request_id: String,
    /// The question that was answered so, as data.
    pub asked: String,
}

fn refusal_in(row: &dyn Row) -> Result<StoredRefusal, StoreError> {
    Ok(StoredRefusal {
        time: Timestamp::from_micros(row.must_int(0)?),
        request_id: row.must_text(1)?,
        asked: row.must_text(2)?,
    })
}

impl Tx<'_> {
    /// Keeps a refusal.
    pub fn add_refusal(&mut self, at: TenancyNo, new: &StoredRefusal) -> Result<(), StoreError> {
        let sql = "INSERT INTO refusals (tenancy, time, request_id, asked) \
                   VALUES (?1, ?2, ?3, ?4) ON CONFLICT (tenancy, time, request_id) DO NOTHING";
        let time = new.time.as_micros().into();
        let args = [at.0.into(), time, new.request_id.as_str().into(), new.asked.as_str().into()];
        self.run(sql, &args)?;
        Ok(())
    }

    /// The refusal of that request.
    pub fn refusal(
        &mut self,
        at: TenancyNo,
        request_id: &str,
    ) -> Result<Option<StoredRefusal>, StoreError> {
        let sql = "SELECT time, request_id, asked FROM refusals \
                   WHERE tenancy = ?1 AND request_id = ?2 ORDER BY time DESC LIMIT 1";
        self.row(sql, &[at.0.into(), request_id.into()], refusal_in)
    }

    /// The newest refusals of a tenancy that came before one of them.
    pub fn refusals(
        &mut self,
        at: TenancyNo,
        before: (Timestamp, &str),
        limit: i64,
    ) -> Result<Vec<StoredRefusal>, StoreError> {
        let sql = "SELECT time, request_id, asked FROM refusals \
                   WHERE tenancy = ?1 AND (time, request_id) < (?2, ?3) \
                   ORDER BY time DESC, request_id DESC LIMIT ?4";
        let (time, id) = before;
        let args = [at.0.into(), time.as_micros().into(), id.into(), limit.into()];
        self.rows(sql, &args, refusal_in)
    }

    /// Drops the refusals of a tenancy that are older than a moment, and those before the newest
    /// `kept`; answers how many.
    pub fn drop_refusals(
        &mut self,
        at: TenancyNo,
        before: Timestamp,
        kept: i64,
    ) -> Result<usize, StoreError> {
        let sql = "SELECT time FROM refusals WHERE tenancy = ?1 ORDER BY time DESC \
                   LIMIT 1 OFFSET ?2";
        let oldest = self.row(sql, &[at.0.into(), kept.into()], |row| row.must_int(0))?;
        // Of that moment too: several of one moment are not told apart.
        let until = oldest.map_or(before.as_micros(), |time| before.as_micros().max(time + 1));
        let sql = "DELETE FROM refusals WHERE tenancy = ?1 AND time < ?2";
        self.run(sql, &[at.0.into(), until.into()])
    }
}
