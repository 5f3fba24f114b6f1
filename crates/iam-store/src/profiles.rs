//! What only a domain's interface tells of a user: names, numbers, addresses, as one JSON document
//! beside the user's row, so that what does not show it does not read it.

use crate::engine::StoreError;
use crate::resources::containing;
use crate::tx::{TenancyNo, Tx};
use iam_api::Ocid;

impl Tx<'_> {
    /// The user's document, if there is one.
    pub fn profile(&mut self, at: TenancyNo, user: &Ocid) -> Result<Option<String>, StoreError> {
        let sql = "SELECT body FROM profiles WHERE tenancy = ?1 AND user_id = ?2";
        self.row(sql, &[at.0.into(), user.as_str().into()], |row| row.must_text(0))
    }

    /// The users whose documents have that text in them, written in any case, at most `limit`. All
    /// documents of the tenancy are looked at.
    pub fn profiles_with(
        &mut self,
        at: TenancyNo,
        text: &str,
        limit: i64,
    ) -> Result<Vec<Ocid>, StoreError> {
        let sql = "SELECT user_id FROM profiles WHERE tenancy = ?1 \
                   AND lower(body) LIKE ?2 ESCAPE '!' LIMIT ?3";
        let like = containing(&text.to_ascii_lowercase());
        let args = [at.0.into(), like.as_str().into(), limit.into()];
        self.rows(sql, &args, |row| Ok(Ocid::from(row.must_text(0)?)))
    }

    /// Keeps a document in the place of the user's older one.
    pub fn set_profile(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        body: &str,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO profiles (tenancy, user_id, body) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (tenancy, user_id) DO UPDATE SET body = excluded.body";
        self.run(sql, &[at.0.into(), user.as_str().into(), body.into()])?;
        Ok(())
    }

    /// Drops the user's document.
    pub fn drop_profile(&mut self, at: TenancyNo, user: &Ocid) -> Result<(), StoreError> {
        let sql = "DELETE FROM profiles WHERE tenancy = ?1 AND user_id = ?2";
        self.run(sql, &[at.0.into(), user.as_str().into()])?;
        Ok(())
    }
}
