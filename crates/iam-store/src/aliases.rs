//! Second names: what a resource may be called besides its name, and no other of the tenancy. They
//! stand in a table of their own, so that nobody reads or writes them who does not change one.

use crate::engine::StoreError;
use crate::tx::{TenancyNo, Tx};
use iam_api::Ocid;

/// What a second name is; two of one kind are never the same in a tenancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alias {
    /// A user's e-mail address.
    UserEmail,
    /// The name under which a user signs in to databases.
    UserDbName,
}

impl Alias {
    /// The word in rows.
    const fn space(self) -> &'static str {
        match self {
            Self::UserEmail => "user-email",
            Self::UserDbName => "user-db-name",
        }
    }
}

impl Tx<'_> {
    /// The resource that has that second name, given in the form that makes names equal.
    pub fn alias_owner(
        &mut self,
        at: TenancyNo,
        alias: Alias,
        folded: &str,
    ) -> Result<Option<Ocid>, StoreError> {
        let sql = "SELECT id FROM aliases WHERE tenancy = ?1 AND space = ?2 AND folded = ?3";
        let args = [at.0.into(), alias.space().into(), folded.into()];
        self.row(sql, &args, |row| Ok(Ocid::from(row.must_text(0)?)))
    }

    /// Gives a resource a second name in the place of an older one, or takes that away; false, and
    /// nothing is changed, where another resource has it.
    pub fn set_alias(
        &mut self,
        at: TenancyNo,
        alias: Alias,
        id: &Ocid,
        folded: Option<&str>,
    ) -> Result<bool, StoreError> {
        let Some(folded) = folded else {
            let sql = "DELETE FROM aliases WHERE tenancy = ?1 AND id = ?2 AND space = ?3";
            self.run(sql, &[at.0.into(), id.as_str().into(), alias.space().into()])?;
            return Ok(true);
        };
        if self.alias_owner(at, alias, folded)?.is_some_and(|owner| owner != *id) {
            return Ok(false);
        }
        let sql = "INSERT INTO aliases (tenancy, id, space, folded) VALUES (?1, ?2, ?3, ?4) \
                   ON CONFLICT (tenancy, id, space) DO UPDATE SET folded = excluded.folded";
        let args = [at.0.into(), id.as_str().into(), alias.space().into(), folded.into()];
        self.run(sql, &args)?;
        Ok(true)
    }

    /// Takes all second names from a resource.
    pub(crate) fn drop_aliases(&mut self, at: TenancyNo, id: &Ocid) -> Result<(), StoreError> {
        let sql = "DELETE FROM aliases WHERE tenancy = ?1 AND id = ?2";
        self.run(sql, &[at.0.into(), id.as_str().into()])?;
        Ok(())
    }
}
