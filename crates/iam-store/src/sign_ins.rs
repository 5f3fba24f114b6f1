//! Sign-in counters: failures in a row, and when the last sign-ins went well.

use crate::engine::StoreError;
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

/// What is known of a user's attempts to sign in.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignIns {
    /// Failures in a row.
    pub failures: i64,
    /// When the last sign-in went well.
    pub last_success: Option<Timestamp>,
    /// When the one before it did.
    pub previous_success: Option<Timestamp>,
    /// When the last attempt failed.
    pub last_failure: Option<Timestamp>,
    /// Since when the user is blocked for failures.
    pub blocked: Option<Timestamp>,
}

impl Tx<'_> {
    /// What is known of the user's attempts.
    pub fn sign_ins(&mut self, at: TenancyNo, user: &Ocid) -> Result<SignIns, StoreError> {
        let sql = "SELECT failures, last_success, previous_success, last_failure, blocked \
                   FROM sign_ins WHERE tenancy = ?1 AND user_id = ?2";
        let found = self.row(sql, &[at.0.into(), user.as_str().into()], |row| {
            Ok(SignIns {
                failures: row.must_int(0)?,
                last_success: row.int(1)?.map(Timestamp::from_micros),
                previous_success: row.int(2)?.map(Timestamp::from_micros),
                last_failure: row.int(3)?.map(Timestamp::from_micros),
                blocked: row.int(4)?.map(Timestamp::from_micros),
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Keeps what is now known of them.
    pub fn set_sign_ins(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        known: &SignIns,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO sign_ins \
                   (tenancy, user_id, failures, last_success, previous_success, last_failure, \
                   blocked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                   ON CONFLICT (tenancy, user_id) DO UPDATE SET \
                   failures = excluded.failures, \
                   last_success = excluded.last_success, \
                   previous_success = excluded.previous_success, \
                   last_failure = excluded.last_failure, blocked = excluded.blocked";
        let args = [
            at.0.into(),
            user.as_str().into(),
            known.failures.into(),
            known.last_success.map(Timestamp::as_micros).into(),
            known.previous_success.map(Timestamp::as_micros).into(),
            known.last_failure.map(Timestamp::as_micros).into(),
            known.blocked.map(Timestamp::as_micros).into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }
}
