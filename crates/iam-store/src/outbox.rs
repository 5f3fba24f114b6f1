//! Letters that wait for a mail server. A row is a promise: it goes away when its letter was handed
//! over, or when it is too late for it, and not before.
//!
//! Taking a letter moves the time at which it is due ahead. So no two workers have one at once, and
//! one whose worker died comes back by itself.

use crate::engine::{Row, StoreError};
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

/// A letter as it is stored.
#[derive(Clone, Debug)]
pub struct StoredMail {
    /// What no other letter has.
    pub id: String,
    /// In whose tenancy.
    pub tenancy: TenancyNo,
    /// The user whom it is about.
    pub user: Ocid,
    /// The id of the event that it tells of.
    pub event: String,
    /// What it says, sealed.
    pub payload: Vec<u8>,
    /// When it was queued.
    pub created: Timestamp,
    /// From when on a worker may take it.
    pub due: Timestamp,
    /// How often one has.
    pub attempts: i64,
    /// When it is too late for it.
    pub expires: Timestamp,
    /// Why it could not be handed over the last time.
    pub error: Option<String>,
}

/// A letter that was taken.
#[derive(Clone, Debug)]
pub struct TakenMail {
    /// The letter.
    pub mail: StoredMail,
    seq: i64,
}

/// The queue as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailQueue {
    /// How many letters wait.
    pub waiting: i64,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
    /// When the last of them is due.
    pub last_due: Option<Timestamp>,
}

fn read(row: &dyn Row) -> Result<TakenMail, StoreError> {
    let mail = StoredMail {
        id: row.must_text(1)?,
        tenancy: TenancyNo(row.must_int(2)?),
        user: Ocid::from(row.must_text(3)?),
        event: row.must_text(4)?,
        payload: row.blob(5)?.unwrap_or_default(),
        created: Timestamp::from_micros(row.must_int(6)?),
        due: Timestamp::from_micros(row.must_int(7)?),
        attempts: row.must_int(8)?,
        expires: Timestamp::from_micros(row.must_int(9)?),
        error: row.text(10)?,
    };
    Ok(TakenMail { mail, seq: row.must_int(0)? })
}

impl Tx<'_> {
    /// Queues a letter.
    pub fn add_mail(&mut self, new: &StoredMail) -> Result<(), StoreError> {
        let sql = "INSERT INTO outbox (id, tenancy, user_id, event, payload, created, due, \
                   attempts, expires, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let args = [
            new.id.as_str().into(),
            new.tenancy.0.into(),
            new.user.as_str().into(),
            new.event.as_str().into(),
            new.payload.as_slice().into(),
            new.created.as_micros().into(),
            new.due.as_micros().into(),
            new.attempts.into(),
            new.expires.as_micros().into(),
            new.error.as_deref().into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// Takes the letter that has been due for the longest, until that moment; none where none is.
    pub fn take_mail(
        &mut self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<TakenMail>, StoreError> {
        let sql = "UPDATE outbox SET due = ?2, attempts = attempts + 1 WHERE seq = \
                   (SELECT seq FROM outbox WHERE due <= ?1 ORDER BY due LIMIT 1) \
                   RETURNING seq, id, tenancy, user_id, event, payload, created, due, attempts, \
                   expires, error";
        self.row(sql, &[now.as_micros().into(), until.as_micros().into()], read)
    }

    /// Forgets a letter: it was handed over, or it is too late for it.
    pub fn forget_mail(&mut self, taken: &TakenMail) -> Result<(), StoreError> {
        let sql = "DELETE FROM outbox WHERE seq = ?1 AND id = ?2";
        self.run(sql, &[taken.seq.into(), taken.mail.id.as_str().into()])?;
        Ok(())
    }

    /// Keeps a letter for whoever has it until then; false where it is no longer theirs.
    pub fn keep_mail(&mut self, taken: &TakenMail, until: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET due = ?4 WHERE seq = ?1 AND id = ?2 AND attempts = ?3";
        let args = [
            taken.seq.into(),
            taken.mail.id.as_str().into(),
            taken.mail.attempts.into(),
            until.as_micros().into(),
        ];
        Ok(self.run(sql, &args)? == 1)
    }

    /// Puts a letter back that could not be handed over; nothing where another worker has taken it
    /// since.
    pub fn put_mail_back(
        &mut self,
        taken: &TakenMail,
        due: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET due = ?4, error = ?5 \
                   WHERE seq = ?1 AND id = ?2 AND attempts = ?3";
        let args = [
            taken.seq.into(),
            taken.mail.id.as_str().into(),
            taken.mail.attempts.into(),
            due.as_micros().into(),
            error.into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// When the next letter is due.
    pub fn next_mail(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let next = self.row("SELECT MIN(due) FROM outbox", &[], |row| row.int(0))?;
        Ok(next.flatten().map(Timestamp::from_micros))
    }

    /// The queue as a whole.
    pub fn mail_queue(&mut self) -> Result<MailQueue, StoreError> {
        let sql = "SELECT COUNT(*), MAX(due) FROM outbox";
        let counted = self.row(sql, &[], |row| Ok((row.must_int(0)?, row.int(1)?)))?;
        let (waiting, last_due) = counted.unwrap_or_default();
        let sql = "SELECT created FROM outbox ORDER BY seq LIMIT 1";
        let oldest = self.row(sql, &[], |row| row.must_int(0))?.map(Timestamp::from_micros);
        Ok(MailQueue { waiting, oldest, last_due: last_due.map(Timestamp::from_micros) })
    }

    /// At most `limit` letters that it is too late for.
    pub fn expired_mails(
        &mut self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<TakenMail>, StoreError> {
        let sql = "SELECT seq, id, tenancy, user_id, event, payload, created, due, attempts, \
                   expires, error FROM outbox WHERE seq IN \
                   (SELECT seq FROM outbox WHERE expires <= ?1 LIMIT ?2)";
        self.rows(sql, &[now.as_micros().into(), limit.into()], read)
    }

    /// Makes letters due now that are due after that moment, where no worker puts them off so far:
    /// then the clock has gone back. Answers how many.
    pub fn hasten_mails(&mut self, after: Timestamp, now: Timestamp) -> Result<usize, StoreError> {
        let sql = "UPDATE outbox SET due = ?2 WHERE due > ?1";
        self.run(sql, &[after.as_micros().into(), now.as_micros().into()])
    }
}
