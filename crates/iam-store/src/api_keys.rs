//! API keys: public halves, by user and fingerprint.

use crate::engine::{Row, StoreError};
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

/// An API key as it is stored.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// Whose it is.
    pub user: Ocid,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The public key in PEM.
    pub pem: String,
    /// When it was uploaded.
    pub created: Timestamp,
    /// Its etag.
    pub etag: String,
}

fn read(row: &dyn Row) -> Result<StoredKey, StoreError> {
    Ok(StoredKey {
        user: Ocid::from(row.must_text(0)?),
        fingerprint: row.must_text(1)?,
        pem: row.must_text(2)?,
        created: Timestamp::from_micros(row.must_int(3)?),
        etag: row.must_text(4)?,
    })
}

impl Tx<'_> {
    /// A user's key with that fingerprint.
    pub fn api_key(
        &mut self,
        at: TenancyNo,
        user: &str,
        fingerprint: &str,
    ) -> Result<Option<StoredKey>, StoreError> {
        let sql = "SELECT user_id, fingerprint, pem, created, etag FROM api_keys \
                   WHERE tenancy = ?1 AND user_id = ?2 AND fingerprint = ?3";
        self.row(sql, &[at.0.into(), user.into(), fingerprint.into()], read)
    }

    /// A user's keys, the oldest first.
    pub fn api_keys(&mut self, at: TenancyNo, user: &Ocid) -> Result<Vec<StoredKey>, StoreError> {
        let sql = "SELECT user_id, fingerprint, pem, created, etag FROM api_keys \
                   WHERE tenancy = ?1 AND user_id = ?2 ORDER BY created, fingerprint";
        self.rows(sql, &[at.0.into(), user.as_str().into()], read)
    }

    /// Adds a key; false where the user already has it.
    pub fn add_api_key(&mut self, at: TenancyNo, new: &StoredKey) -> Result<bool, StoreError> {
        let sql = "INSERT INTO api_keys (tenancy, user_id, fingerprint, pem, created, etag) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let args = [
            at.0.into(),
            new.user.as_str().into(),
            new.fingerprint.as_str().into(),
            new.pem.as_str().into(),
            new.created.as_micros().into(),
            new.etag.as_str().into(),
        ];
        Ok(self.run(sql, &args)? == 1)
    }

    /// Removes a key.
    pub fn remove_api_key(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        fingerprint: &str,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM api_keys \
                   WHERE tenancy = ?1 AND user_id = ?2 AND fingerprint = ?3";
        self.run(sql, &[at.0.into(), user.as_str().into(), fingerprint.into()])?;
        Ok(())
    }
}
