//! The passwords that users chose before: hashes alone, and no more of them than a policy asks for.

use crate::engine::StoreError;
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

impl Tx<'_> {
    /// The hashes of the passwords that the user chose last, the newest first.
    pub fn password_history(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT hash FROM password_history WHERE tenancy = ?1 AND user_id = ?2 \
                   ORDER BY chosen DESC LIMIT ?3";
        self.rows(sql, &[at.0.into(), user.as_str().into(), limit.into()], |row| row.must_text(0))
    }

    /// Remembers a password, and forgets all but the newest `kept`.
    pub fn remember_password(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        chosen: Timestamp,
        hash: &str,
        kept: i64,
    ) -> Result<(), StoreError> {
        let (at, user) = (at.0.into(), user.as_str().into());
        let sql = "INSERT INTO password_history (tenancy, user_id, chosen, hash) \
                   VALUES (?1, ?2, ?3, ?4) \
                   ON CONFLICT (tenancy, user_id, chosen) DO UPDATE SET hash = excluded.hash";
        self.run(sql, &[at, user, chosen.as_micros().into(), hash.into()])?;
        let sql = "DELETE FROM password_history WHERE tenancy = ?1 AND user_id = ?2 \
                   AND chosen NOT IN (SELECT chosen FROM password_history \
                   WHERE tenancy = ?1 AND user_id = ?2 ORDER BY chosen DESC LIMIT ?3)";
        self.run(sql, &[at, user, kept.into()])?;
        Ok(())
    }
}
