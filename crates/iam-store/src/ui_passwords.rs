//! Console passwords: hashes alone, at most one a user.

use crate::engine::{Row, StoreError};
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

/// A Console password as it is stored.
#[derive(Clone, Debug)]
pub struct StoredPassword {
    /// A keyed hash of a one-time password, or the PHC string of one that a person chose.
    pub hash: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops to be valid; none for a password that a person chose.
    pub expires: Option<Timestamp>,
    /// The clock's high-water mark when it was made.
    pub anchor: Timestamp,
    /// The hash of the retry token whose stored answer holds it.
    pub retry: Option<Vec<u8>>,
    /// Its etag.
    pub etag: String,
}

impl StoredPassword {
    /// Whether it was set by somebody else, and must be changed at the next sign-in.
    #[must_use]
    pub const fn must_change(&self) -> bool {
        self.expires.is_some()
    }
}

fn read(row: &dyn Row) -> Result<StoredPassword, StoreError> {
    Ok(StoredPassword {
        hash: row.must_text(0)?,
        created: Timestamp::from_micros(row.must_int(1)?),
        expires: row.int(2)?.map(Timestamp::from_micros),
        anchor: Timestamp::from_micros(row.must_int(3)?),
        retry: row.blob(4)?,
        etag: row.must_text(5)?,
    })
}

impl Tx<'_> {
    /// The user's Console password.
    pub fn ui_password(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
    ) -> Result<Option<StoredPassword>, StoreError> {
        let sql = "SELECT hash, created, expires, anchor, retry, etag FROM ui_passwords \
                   WHERE tenancy = ?1 AND user_id = ?2";
        self.row(sql, &[at.0.into(), user.as_str().into()], read)
    }

    /// Sets the user's Console password in the place of an older one.
    pub fn set_ui_password(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        new: &StoredPassword,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO ui_passwords \
                   (tenancy, user_id, hash, created, expires, anchor, retry, etag) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
                   ON CONFLICT (tenancy, user_id) DO UPDATE SET hash = excluded.hash, \
                   created = excluded.created, expires = excluded.expires, \
                   anchor = excluded.anchor, retry = excluded.retry, etag = excluded.etag";
        let args = [
            at.0.into(),
            user.as_str().into(),
            new.hash.as_str().into(),
            new.created.as_micros().into(),
            new.expires.map(Timestamp::as_micros).into(),
            new.anchor.as_micros().into(),
            new.retry.as_deref().into(),
            new.etag.as_str().into(),
        ];
        self.send(sql, &args)
    }

    /// Leaves the user without a Console password.
    pub fn drop_ui_password(&mut self, at: TenancyNo, user: &Ocid) -> Result<(), StoreError> {
        let sql = "DELETE FROM ui_passwords WHERE tenancy = ?1 AND user_id = ?2";
        self.run(sql, &[at.0.into(), user.as_str().into()])?;
        Ok(())
    }

    /// Forgets all that a user signs in with: passwords, links, counters, sessions, API
    /// keys, and what they show to other services.
    pub fn forget_credentials(&mut self, at: TenancyNo, user: &Ocid) -> Result<(), StoreError> {
        let args = [at.0.into(), user.as_str().into()];
        self.run("DELETE FROM password_history WHERE tenancy = ?1 AND user_id = ?2", &args)?;
        self.run("DELETE FROM links WHERE tenancy = ?1 AND user_id = ?2", &args)?;
        self.run("DELETE FROM ui_passwords WHERE tenancy = ?1 AND user_id = ?2", &args)?;
        self.run("DELETE FROM sign_ins WHERE tenancy = ?1 AND user_id = ?2", &args)?;
        self.run("DELETE FROM sessions WHERE tenancy = ?1 AND user_id = ?2", &args)?;
        self.run("DELETE FROM credentials WHERE tenancy = ?1 AND user_id = ?2", &args)?;
        self.run("DELETE FROM api_keys WHERE tenancy = ?1 AND user_id = ?2", &args)?;
        Ok(())
    }
}
