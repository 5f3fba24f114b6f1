//! Settings of a tenancy: one JSON document under a name, such as the authentication policy.

use crate::engine::StoreError;
use crate::tx::{TenancyNo, Tx};

/// A setting as it is stored.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its etag.
    pub etag: String,
    /// The document, in JSON.
    pub body: String,
}

impl Tx<'_> {
    /// The setting of that name.
    pub fn setting(&mut self, at: TenancyNo, name: &str) -> Result<Option<Setting>, StoreError> {
        let sql = "SELECT etag, body FROM settings WHERE tenancy = ?1 AND name = ?2";
        self.row(sql, &[at.0.into(), name.into()], |row| {
            Ok(Setting { etag: row.must_text(0)?, body: row.must_text(1)? })
        })
    }

    /// Sets it.
    pub fn set_setting(
        &mut self,
        at: TenancyNo,
        name: &str,
        new: &Setting,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO settings (tenancy, name, etag, body) VALUES (?1, ?2, ?3, ?4) \
                   ON CONFLICT (tenancy, name) DO UPDATE SET etag = excluded.etag, \
                   body = excluded.body";
        let args = [at.0.into(), name.into(), new.etag.as_str().into(), new.body.as_str().into()];
        self.run(sql, &args)?;
        Ok(())
    }
}
