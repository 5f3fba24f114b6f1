//! How often something happened lately.

use crate::engine::StoreError;
use crate::tx::Tx;
use iam_api::Timestamp;

impl Tx<'_> {
    /// Counts once more what has that name; answers how often it was counted since `since`, this
    /// time included. What was counted before then is forgotten.
    pub fn count(
        &mut self,
        name: &str,
        now: Timestamp,
        since: Timestamp,
    ) -> Result<i64, StoreError> {
        let sql = "INSERT INTO counters (name, since, count) VALUES (?1, ?2, 1) \
                   ON CONFLICT (name) DO UPDATE SET \
                   count = CASE WHEN counters.since < ?3 THEN 1 ELSE counters.count + 1 END, \
                   since = CASE WHEN counters.since < ?3 THEN ?2 ELSE counters.since END \
                   RETURNING count";
        let args = [name.into(), now.as_micros().into(), since.as_micros().into()];
        Ok(self.row(sql, &args, |row| row.must_int(0))?.unwrap_or(1))
    }

    /// Drops counters that began before that moment.
    pub fn drop_counters_before(&mut self, moment: Timestamp) -> Result<(), StoreError> {
        self.run("DELETE FROM counters WHERE since < ?1", &[moment.as_micros().into()])?;
        Ok(())
    }
}
