//! Sessions, at the Console and of programs that sign: the hash of what names one, and whose it is.
//!
//! Requests are answered by what is remembered of a session that signs, under a revision of the
//! store. So whatever ends one of them here revises, and no caller has to think of it.

use crate::engine::{Row, StoreError};
use crate::lookups::Lookups;
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

/// What a session may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// All that the user may do.
    Console,
    /// To change a one-time password, and nothing else.
    ChangePassword,
    /// To show a code besides the password, and nothing else.
    SecondFactor,
    /// To sign requests with the keys that its tokens are bound to. No cookie leads to it.
    Signing,
}

impl Purpose {
    const fn number(self) -> i64 {
        match self {
            Self::Console => 0,
            Self::ChangePassword => 1,
            Self::SecondFactor => 2,
            Self::Signing => 3,
        }
    }
}

/// A session as it is stored.
#[derive(Clone, Debug)]
pub struct StoredSession {
    /// The hash of its token, or of the name that its tokens have for it.
    pub hash: String,
    /// Whose tenancy.
    pub tenancy: TenancyNo,
    /// Whose session.
    pub user: Ocid,
    /// What it may be used for.
    pub purpose: Purpose,
    /// Whether a code of a device was shown when it began; of one that signs, its tokens say it.
    pub second_factor: bool,
    /// When the user signed in.
    pub created: Timestamp,
    /// When it was last used, to about a minute; of one that signs, when it was last given a token.
    pub seen: Timestamp,
}

/// What is added to the number of a purpose where a code was shown. Who does not know it takes the
/// session for one that waits for a code, which leads nowhere else.
const CODE_SHOWN: i64 = 8;

fn read(row: &dyn Row) -> Result<StoredSession, StoreError> {
    let number = row.must_int(3)?;
    let second_factor = number >= CODE_SHOWN;
    let purpose = if second_factor { number - CODE_SHOWN } else { number };
    Ok(StoredSession {
        hash: row.must_text(0)?,
        tenancy: TenancyNo(row.must_int(1)?),
        user: Ocid::from(row.must_text(2)?),
        purpose: match purpose {
            0 => Purpose::Console,
            1 => Purpose::ChangePassword,
            3 => Purpose::Signing,
            _ => Purpose::SecondFactor, // what this version does not know may do the least
        },
        second_factor,
        created: Timestamp::from_micros(row.must_int(4)?),
        seen: Timestamp::from_micros(row.must_int(5)?),
    })
}

const OF_USER: &str = "SELECT purpose FROM sessions WHERE tenancy = ?1 AND user_id = ?2";

impl Lookups {
    /// And what [`Tx::end_sessions`] asks.
    #[must_use]
    pub fn sessions(self, at: TenancyNo, user: &Ocid) -> Self {
        self.with(OF_USER, &[at.0.into(), user.as_str().into()])
    }
}

impl Tx<'_> {
    /// The session whose token has that hash.
    pub fn session(&mut self, hash: &str) -> Result<Option<StoredSession>, StoreError> {
        let sql = "SELECT hash, tenancy, user_id, purpose, created, seen FROM sessions \
                   WHERE hash = ?1";
        self.row(sql, &[hash.into()], read)
    }

    /// A user's sessions, the newest first.
    pub fn sessions(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let sql = "SELECT hash, tenancy, user_id, purpose, created, seen FROM sessions \
                   WHERE tenancy = ?1 AND user_id = ?2 ORDER BY created DESC";
        self.rows(sql, &[at.0.into(), user.as_str().into()], read)
    }

    /// Begins a session.
    pub fn add_session(&mut self, new: &StoredSession) -> Result<(), StoreError> {
        let sql = "INSERT INTO sessions (hash, tenancy, user_id, purpose, created, seen) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let shown = if new.second_factor { CODE_SHOWN } else { 0 };
        let args = [
            new.hash.as_str().into(),
            new.tenancy.0.into(),
            new.user.as_str().into(),
            (new.purpose.number() + shown).into(),
            new.created.as_micros().into(),
            new.seen.as_micros().into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// Notes that a session was used.
    pub fn touch_session(&mut self, hash: &str, seen: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET seen = ?2 WHERE hash = ?1";
        self.run(sql, &[hash.into(), seen.as_micros().into()])?;
        Ok(())
    }

    /// Ends one session.
    pub fn end_session(&mut self, hash: &str) -> Result<(), StoreError> {
        if self.session(hash)?.is_some_and(|session| session.purpose == Purpose::Signing) {
            self.revise()?;
        }
        self.run("DELETE FROM sessions WHERE hash = ?1", &[hash.into()])?;
        Ok(())
    }

    /// Ends all sessions of the users of a domain that is not the Default domain.
    pub fn end_sessions_in(&mut self, at: TenancyNo, domain: &Ocid) -> Result<(), StoreError> {
        let sql = "DELETE FROM sessions WHERE tenancy = ?1 AND user_id IN \
                   (SELECT id FROM resources WHERE tenancy = ?1 AND kind = 'user' AND parent = ?2)";
        self.run(sql, &[at.0.into(), domain.as_str().into()])?;
        self.revise()
    }

    /// Ends those sessions of a user that sign.
    pub fn end_signing_sessions(&mut self, at: TenancyNo, user: &Ocid) -> Result<(), StoreError> {
        let sql = "DELETE FROM sessions WHERE tenancy = ?1 AND user_id = ?2 AND purpose = ?3";
        let signing = Purpose::Signing.number();
        self.run(sql, &[at.0.into(), user.as_str().into(), signing.into()])?;
        self.revise()
    }

    /// Ends all sessions of a user.
    pub fn end_sessions(&mut self, at: TenancyNo, user: &Ocid) -> Result<(), StoreError> {
        let args = [at.0.into(), user.as_str().into()];
        // Most users have none, which can be looked up with what else is.
        let purposes = self.rows(OF_USER, &args, |row| row.must_int(0))?;
        if purposes.is_empty() {
            return Ok(());
        }
        if purposes.contains(&Purpose::Signing.number()) {
            self.revise()?;
        }
        self.send("DELETE FROM sessions WHERE tenancy = ?1 AND user_id = ?2", &args)
    }

    /// Drops sessions that began before that moment.
    pub fn drop_sessions_before(&mut self, moment: Timestamp) -> Result<(), StoreError> {
        self.run("DELETE FROM sessions WHERE created < ?1", &[moment.as_micros().into()])?;
        Ok(())
    }
}
