//! Work requests: what goes on after its request was answered.
//!
//! Taking one moves the time at which it is due ahead. So no two nodes have one at once, and one
//! whose node died comes back by itself. Each time that one is taken has a number, and only who
//! took it last can write it back.

use crate::engine::{Row, StoreError};
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};

/// A work request as it is stored.
#[derive(Clone, Debug)]
pub struct StoredWork {
    /// Its OCID.
    pub id: Ocid,
    /// In whose tenancy.
    pub tenancy: TenancyNo,
    /// Which of the interfaces tells of it.
    pub family: String,
    /// The OCID of the compartment that it belongs to.
    pub compartment: Ocid,
    /// When it was asked for.
    pub accepted: Timestamp,
    /// From when on a node may take it; none where it has ended.
    pub due: Option<Timestamp>,
    /// How often one has.
    pub attempts: i64,
    /// Its model, in JSON.
    pub body: String,
    /// What is to be done, in JSON.
    pub task: String,
}

/// Which work requests a list holds: the newest first, those before that one alone.
#[derive(Clone, Debug)]
pub struct WorkSelection<'a> {
    /// Only of this interface.
    pub family: &'a str,
    /// Only of this compartment.
    pub compartment: &'a Ocid,
    /// Only older ones than the one of that time and OCID.
    pub before: (Timestamp, Ocid),
    /// The most rows.
    pub limit: i64,
}

macro_rules! columns {
    () => {
        "id, tenancy, family, compartment, accepted, due, attempts, body, task"
    };
}

fn read(row: &dyn Row) -> Result<StoredWork, StoreError> {
    Ok(StoredWork {
        id: Ocid::from(row.must_text(0)?),
        tenancy: TenancyNo(row.must_int(1)?),
        family: row.must_text(2)?,
        compartment: Ocid::from(row.must_text(3)?),
        accepted: Timestamp::from_micros(row.must_int(4)?),
        due: row.int(5)?.map(Timestamp::from_micros),
        attempts: row.must_int(6)?,
        body: row.must_text(7)?,
        task: row.must_text(8)?,
    })
}

impl Tx<'_> {
    /// Adds a work request.
    pub fn add_work(&mut self, new: &StoredWork) -> Result<(), StoreError> {
        let sql = concat!(
            "INSERT INTO work_requests (",
            columns!(),
            ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        );
        let args = [
            new.id.as_str().into(),
            new.tenancy.0.into(),
            new.family.as_str().into(),
            new.compartment.as_str().into(),
            new.accepted.as_micros().into(),
            new.due.map(Timestamp::as_micros).into(),
            new.attempts.into(),
            new.body.as_str().into(),
            new.task.as_str().into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// The work request of that interface with that OCID.
    pub fn work(
        &mut self,
        at: TenancyNo,
        family: &str,
        id: &Ocid,
    ) -> Result<Option<StoredWork>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM work_requests WHERE tenancy = ?1 AND id = ?2 AND family = ?3"
        );
        self.row(sql, &[at.0.into(), id.as_str().into(), family.into()], read)
    }

    /// A page of work requests.
    pub fn works(
        &mut self,
        at: TenancyNo,
        selection: &WorkSelection<'_>,
    ) -> Result<Vec<StoredWork>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM work_requests WHERE tenancy = ?1 AND family = ?2 AND compartment = ?3 \
             AND (accepted, id) < (?4, ?5) ORDER BY accepted DESC, id DESC LIMIT ?6"
        );
        let WorkSelection { family, compartment, before: (accepted, id), limit } = selection;
        let args = [
            at.0.into(),
            (*family).into(),
            compartment.as_str().into(),
            accepted.as_micros().into(),
            id.as_str().into(),
            (*limit).into(),
        ];
        self.rows(sql, &args, read)
    }

    /// Takes a work request that is due, until that moment; none where none is. One that is due
    /// later than anybody would have put it off to is due too: then the clock has gone back.
    pub fn take_work(
        &mut self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<StoredWork>, StoreError> {
        let sql = concat!(
            "UPDATE work_requests SET due = ?2, attempts = attempts + 1 WHERE (tenancy, id) = \
             (SELECT tenancy, id FROM work_requests WHERE due <= ?1 OR due > ?2 \
              ORDER BY due, accepted LIMIT 1) RETURNING ",
            columns!()
        );
        self.row(sql, &[now.as_micros().into(), until.as_micros().into()], read)
    }

    /// Whether a work request is due.
    pub fn is_work_due(&mut self, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT attempts FROM work_requests WHERE due <= ?1 OR due > ?2 LIMIT 1";
        let args = [now.as_micros().into(), until.as_micros().into()];
        Ok(self.row(sql, &args, |row| row.must_int(0))?.is_some())
    }

    /// Writes back what was taken; false, and nothing is written, where another node has taken it
    /// since.
    pub fn write_work(&mut self, taken: &StoredWork) -> Result<bool, StoreError> {
        let sql = "UPDATE work_requests SET due = ?4, body = ?5, task = ?6 \
                   WHERE tenancy = ?1 AND id = ?2 AND attempts = ?3";
        let args = [
            taken.tenancy.0.into(),
            taken.id.as_str().into(),
            taken.attempts.into(),
            taken.due.map(Timestamp::as_micros).into(),
            taken.body.as_str().into(),
            taken.task.as_str().into(),
        ];
        Ok(self.run(sql, &args)? == 1)
    }

    /// Drops work requests that have ended and were asked for before that moment.
    pub fn drop_works_before(&mut self, moment: Timestamp) -> Result<usize, StoreError> {
        let sql = "DELETE FROM work_requests WHERE due IS NULL AND accepted < ?1";
        self.run(sql, &[moment.as_micros().into()])
    }
}
