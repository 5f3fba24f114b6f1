//! What people asked for who cannot sign in, until it is worked off.

use crate::engine::StoreError;
use crate::tx::Tx;
use iam_api::Timestamp;

/// One request.
#[derive(Clone, Debug)]
pub struct RecoveryRequest {
    /// Its place in the queue; what the store gives is not read when one is added.
    pub seq: i64,
    /// When it was made.
    pub created: Timestamp,
    /// The address that it came from.
    pub source: String,
    /// The id of the HTTP request.
    pub request_id: String,
    /// The names that were given, sealed.
    pub names: Vec<u8>,
}

impl Tx<'_> {
    /// Writes a request down.
    pub fn add_recovery_request(&mut self, new: &RecoveryRequest) -> Result<(), StoreError> {
        let sql = "INSERT INTO recovery_requests (created, source, request_id, names) \
                   VALUES (?1, ?2, ?3, ?4)";
        let args = [
            new.created.as_micros().into(),
            new.source.as_str().into(),
            new.request_id.as_str().into(),
            new.names.as_slice().into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// The oldest requests.
    pub fn recovery_requests(&mut self, limit: i64) -> Result<Vec<RecoveryRequest>, StoreError> {
        let sql = "SELECT seq, created, source, request_id, names FROM recovery_requests \
                   ORDER BY seq LIMIT ?1";
        self.rows(sql, &[limit.into()], |row| {
            Ok(RecoveryRequest {
                seq: row.must_int(0)?,
                created: Timestamp::from_micros(row.must_int(1)?),
                source: row.must_text(2)?,
                request_id: row.must_text(3)?,
                names: row.blob(4)?.unwrap_or_default(),
            })
        })
    }

    /// Takes a request out; answers whether it was still there.
    pub fn drop_recovery_request(&mut self, seq: i64) -> Result<bool, StoreError> {
        Ok(self.run("DELETE FROM recovery_requests WHERE seq = ?1", &[seq.into()])? == 1)
    }
}
