//! Memberships: which user is in which group.

use crate::engine::{Row, StoreError};
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

/// A user's membership in a group.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Its OCID.
    pub id: Ocid,
    /// The user.
    pub user: Ocid,
    /// The group.
    pub group: Ocid,
    /// When the user was added.
    pub created: Timestamp,
    /// Its etag.
    pub etag: String,
}

fn read(row: &dyn Row) -> Result<Membership, StoreError> {
    Ok(Membership {
        id: Ocid::from(row.must_text(0)?),
        user: Ocid::from(row.must_text(1)?),
        group: Ocid::from(row.must_text(2)?),
        created: Timestamp::from_micros(row.must_int(3)?),
        etag: row.must_text(4)?,
    })
}

impl Tx<'_> {
    /// The membership with that OCID.
    pub fn membership(
        &mut self,
        at: TenancyNo,
        id: &Ocid,
    ) -> Result<Option<Membership>, StoreError> {
        let sql = "SELECT id, user_id, group_id, created, etag FROM memberships \
                   WHERE tenancy = ?1 AND id = ?2";
        self.row(sql, &[at.0.into(), id.as_str().into()], read)
    }

    /// The membership of that user in that group.
    pub fn membership_of(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        group: &Ocid,
    ) -> Result<Option<Membership>, StoreError> {
        let sql = "SELECT id, user_id, group_id, created, etag FROM memberships \
                   WHERE tenancy = ?1 AND user_id = ?2 AND group_id = ?3";
        self.row(sql, &[at.0.into(), user.as_str().into(), group.as_str().into()], read)
    }

    /// A user's memberships in the order of groups, at most `limit`, beginning after that group.
    pub fn memberships_of_user(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Membership>, StoreError> {
        let sql = "SELECT id, user_id, group_id, created, etag FROM memberships \
                   WHERE tenancy = ?1 AND user_id = ?2 AND group_id > ?3 \
                   ORDER BY group_id LIMIT ?4";
        self.rows(sql, &[at.0.into(), user.as_str().into(), after.into(), limit.into()], read)
    }

    /// A group's memberships in the order of users, at most `limit`, beginning after that user.
    pub fn memberships_of_group(
        &mut self,
        at: TenancyNo,
        group: &Ocid,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Membership>, StoreError> {
        let sql = "SELECT id, user_id, group_id, created, etag FROM memberships \
                   WHERE tenancy = ?1 AND group_id = ?2 AND user_id > ?3 \
                   ORDER BY user_id LIMIT ?4";
        self.rows(sql, &[at.0.into(), group.as_str().into(), after.into(), limit.into()], read)
    }

    /// Adds a membership; false where the user is already in the group.
    pub fn add_membership(&mut self, at: TenancyNo, new: &Membership) -> Result<bool, StoreError> {
        let sql = "INSERT INTO memberships (tenancy, user_id, group_id, id, created, etag) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let args = [
            at.0.into(),
            new.user.as_str().into(),
            new.group.as_str().into(),
            new.id.as_str().into(),
            new.created.as_micros().into(),
            new.etag.as_str().into(),
        ];
        Ok(self.run(sql, &args)? == 1)
    }

    /// Removes a membership.
    pub fn remove_membership(
        &mut self,
        at: TenancyNo,
        gone: &Membership,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM memberships WHERE tenancy = ?1 AND user_id = ?2 AND group_id = ?3";
        self.run(sql, &[at.0.into(), gone.user.as_str().into(), gone.group.as_str().into()])?;
        Ok(())
    }

    /// How many groups a user is in, and how many users a group has.
    pub fn membership_counts(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        group: &Ocid,
    ) -> Result<(i64, i64), StoreError> {
        let of_user = "SELECT count(*) FROM memberships WHERE tenancy = ?1 AND user_id = ?2";
        let of_group = "SELECT count(*) FROM memberships WHERE tenancy = ?1 AND group_id = ?2";
        let groups =
            self.row(of_user, &[at.0.into(), user.as_str().into()], |row| row.must_int(0))?;
        let users =
            self.row(of_group, &[at.0.into(), group.as_str().into()], |row| row.must_int(0))?;
        Ok((groups.unwrap_or(0), users.unwrap_or(0)))
    }
}
