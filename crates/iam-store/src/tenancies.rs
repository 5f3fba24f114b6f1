//! Tenancies: the number that stands for each in every key.

use crate::engine::StoreError;
use crate::tx::{TenancyNo, Tx};
use iam_api::Ocid;

impl Tx<'_> {
    /// The tenancy with that OCID.
    pub fn tenancy(&mut self, id: &str) -> Result<Option<TenancyNo>, StoreError> {
        let sql = "SELECT tenancy FROM tenancies WHERE id = ?1";
        self.row(sql, &[id.into()], |row| Ok(TenancyNo(row.must_int(0)?)))
    }

    /// The OCID of the tenancy that the number stands for.
    pub fn tenancy_id(&mut self, at: TenancyNo) -> Result<Option<Ocid>, StoreError> {
        let sql = "SELECT id FROM tenancies WHERE tenancy = ?1";
        self.row(sql, &[at.0.into()], |row| row.must_text(0).map(Ocid::from))
    }

    /// The tenancy with that folded name, and its OCID.
    pub fn tenancy_by_name(
        &mut self,
        folded: &str,
    ) -> Result<Option<(TenancyNo, Ocid)>, StoreError> {
        let sql = "SELECT tenancy, id FROM tenancies WHERE folded = ?1";
        self.row(sql, &[folded.into()], |row| {
            Ok((TenancyNo(row.must_int(0)?), Ocid::from(row.must_text(1)?)))
        })
    }

    /// Every tenancy.
    pub fn tenancies(&mut self) -> Result<Vec<(TenancyNo, Ocid)>, StoreError> {
        let sql = "SELECT tenancy, id FROM tenancies ORDER BY tenancy";
        self.rows(sql, &[], |row| Ok((TenancyNo(row.must_int(0)?), Ocid::from(row.must_text(1)?))))
    }

    /// Adds a tenancy.
    pub fn add_tenancy(&mut self, id: &Ocid, folded: &str) -> Result<TenancyNo, StoreError> {
        let highest = self
            .row("SELECT coalesce(max(tenancy), 0) FROM tenancies", &[], |row| row.must_int(0))?;
        let next = TenancyNo(highest.unwrap_or(0) + 1);
        let sql = "INSERT INTO tenancies (tenancy, id, folded) VALUES (?1, ?2, ?3)";
        self.run(sql, &[next.0.into(), id.as_str().into(), folded.into()])?;
        Ok(next)
    }
}
