//! Retry tokens: the hash of a token, what it stood for, and the sealed answer.

use crate::engine::StoreError;
use crate::lookups::Lookups;
use crate::tx::{TenancyNo, Tx};
use iam_api::Timestamp;

/// What is kept of a retry token.
#[derive(Clone, Debug)]
pub struct StoredRetry {
    /// A hash of the request that it stood for.
    pub request: Vec<u8>,
    /// When the request was made.
    pub created: Timestamp,
    /// The answer, sealed under a key derived from the token.
    pub answer: Vec<u8>,
}

const BY_HASH: &str =
    "SELECT request, created, answer FROM retry_tokens WHERE tenancy = ?1 AND hash = ?2";

impl Lookups {
    /// And [`Tx::retry_token`].
    #[must_use]
    pub fn retry_token(self, at: TenancyNo, hash: &[u8]) -> Self {
        self.with(BY_HASH, &[at.0.into(), hash.into()])
    }
}

impl Tx<'_> {
    /// What is kept of the token with that hash.
    pub fn retry_token(
        &mut self,
        at: TenancyNo,
        hash: &[u8],
    ) -> Result<Option<StoredRetry>, StoreError> {
        self.row(BY_HASH, &[at.0.into(), hash.into()], |row| {
            Ok(StoredRetry {
                request: row.must_blob(0)?,
                created: Timestamp::from_micros(row.must_int(1)?),
                answer: row.must_blob(2)?,
            })
        })
    }

    /// Keeps a token's answer, in the place of one that was kept before.
    pub fn keep_retry_token(
        &mut self,
        at: TenancyNo,
        hash: &[u8],
        kept: &StoredRetry,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO retry_tokens (tenancy, hash, request, created, answer) \
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenancy, hash) DO UPDATE SET \
                   request = excluded.request, created = excluded.created, \
                   answer = excluded.answer";
        let args = [
            at.0.into(),
            hash.into(),
            kept.request.as_slice().into(),
            kept.created.as_micros().into(),
            kept.answer.as_slice().into(),
        ];
        self.send(sql, &args)
    }

    /// Drops at most `limit` tokens of requests made before that moment; answers how many.
    pub fn drop_retry_tokens_before(
        &mut self,
        moment: Timestamp,
        limit: i64,
    ) -> Result<usize, StoreError> {
        let sql = "DELETE FROM retry_tokens WHERE (tenancy, hash) IN \
                   (SELECT tenancy, hash FROM retry_tokens WHERE created < ?1 LIMIT ?2)";
        self.run(sql, &[moment.as_micros().into(), limit.into()])
    }
}
