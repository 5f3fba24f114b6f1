//! Links that were mailed: the hash of the token, what it lets its holder do, and in which state of
//! the user.

use crate::engine::{Row, StoreError};
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

/// What a link lets its holder do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// To choose the first password of a new user.
    Activate,
    /// To choose a new password.
    ResetPassword,
    /// To show that an e-mail address is theirs.
    VerifyEmail,
    /// To end a block that failed sign-ins have made.
    Unblock,
}

impl LinkPurpose {
    const ALL: [Self; 4] = [Self::Activate, Self::ResetPassword, Self::VerifyEmail, Self::Unblock];

    /// The purpose of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }

    /// The word in rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::ResetPassword => "reset-password",
            Self::VerifyEmail => "verify-email",
            Self::Unblock => "unblock",
        }
    }
}

/// A link as it is stored.
#[derive(Clone, Debug)]
pub struct StoredLink {
    /// The hash of its token.
    pub hash: String,
    /// Whose tenancy.
    pub tenancy: TenancyNo,
    /// Whose link.
    pub user: Ocid,
    /// What it lets its holder do.
    pub purpose: LinkPurpose,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// The clock's high-water mark when it was made.
    pub anchor: Timestamp,
    /// Stands for the state of the user that it was made in.
    pub bound: String,
}

macro_rules! columns {
    () => {
        "hash, tenancy, user_id, purpose, created, expires, anchor, bound"
    };
}

fn read(row: &dyn Row) -> Result<StoredLink, StoreError> {
    let word = row.must_text(3)?;
    let purpose = LinkPurpose::from_word(&word);
    Ok(StoredLink {
        hash: row.must_text(0)?,
        tenancy: TenancyNo(row.must_int(1)?),
        user: Ocid::from(row.must_text(2)?),
        purpose: purpose.ok_or(StoreError::Corrupt("an unknown purpose of a link"))?,
        created: Timestamp::from_micros(row.must_int(4)?),
        expires: Timestamp::from_micros(row.must_int(5)?),
        anchor: Timestamp::from_micros(row.must_int(6)?),
        bound: row.must_text(7)?,
    })
}

impl Tx<'_> {
    /// The link whose token has that hash.
    pub fn link(&mut self, hash: &str) -> Result<Option<StoredLink>, StoreError> {
        let sql = concat!("SELECT ", columns!(), " FROM links WHERE hash = ?1");
        self.row(sql, &[hash.into()], read)
    }

    /// A user's link of that purpose.
    pub fn link_of(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        purpose: LinkPurpose,
    ) -> Result<Option<StoredLink>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM links WHERE tenancy = ?1 AND user_id = ?2 AND purpose = ?3"
        );
        self.row(sql, &[at.0.into(), user.as_str().into(), purpose.as_str().into()], read)
    }

    /// Keeps a link in the place of the user's older one of that purpose.
    pub fn set_link(&mut self, new: &StoredLink) -> Result<(), StoreError> {
        let sql = "INSERT INTO links \
                   (hash, tenancy, user_id, purpose, created, expires, anchor, bound) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
                   ON CONFLICT (tenancy, user_id, purpose) DO UPDATE SET hash = excluded.hash, \
                   created = excluded.created, expires = excluded.expires, \
                   anchor = excluded.anchor, bound = excluded.bound";
        let args = [
            new.hash.as_str().into(),
            new.tenancy.0.into(),
            new.user.as_str().into(),
            new.purpose.as_str().into(),
            new.created.as_micros().into(),
            new.expires.as_micros().into(),
            new.anchor.as_micros().into(),
            new.bound.as_str().into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// Drops the link whose token has that hash; answers whether there was one. Of any number of
    /// transactions that do so, one is answered yes.
    pub fn drop_link(&mut self, hash: &str) -> Result<bool, StoreError> {
        Ok(self.run("DELETE FROM links WHERE hash = ?1", &[hash.into()])? == 1)
    }

    /// Drops a user's link of that purpose.
    pub fn drop_link_of(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        purpose: LinkPurpose,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM links WHERE tenancy = ?1 AND user_id = ?2 AND purpose = ?3";
        self.run(sql, &[at.0.into(), user.as_str().into(), purpose.as_str().into()])?;
        Ok(())
    }
}
