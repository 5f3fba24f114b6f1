//! A transaction: what handlers read and write through. The typed tables add their calls to it,
//! each in the file of its name.

use crate::engine::{Row, Statements, StoreError, Value};
use crate::ledger::Lines;
use crate::tally::Counter;

/// The number that stands for a tenancy in every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TenancyNo(pub i64);

/// One transaction. What it changes is seen by others when the store has committed it, and not at
/// all where the work answers an error.
pub struct Tx<'a> {
    pub(crate) statements: &'a mut dyn Statements,
    /// The revision that was committed when it began.
    begun: u64,
    /// Whether work that is committed together with this has revised.
    pub(crate) is_upon_uncommitted: bool,
    revision: Option<u64>,
    /// What grows when this is committed.
    pub(crate) counts: Vec<Counter>,
    /// What is written down when this is committed; none where it only reads.
    pub(crate) lines: Option<Lines>,
}

impl<'a> Tx<'a> {
    /// `begun` is the revision that was committed when the transaction began.
    pub(crate) fn new(statements: &'a mut dyn Statements, begun: u64) -> Self {
        let (is_upon_uncommitted, counts) = (false, Vec::new());
        Self { statements, begun, is_upon_uncommitted, revision: None, counts, lines: None }
    }

    /// Says that what authentication or authorization reads was changed, so that caches of it are
    /// dropped before the change is acknowledged.
    pub fn revise(&mut self) -> Result<(), StoreError> {
        if self.revision.is_none() {
            let sql = "UPDATE meta SET value = value + 1 WHERE name = 'revision' RETURNING value";
            let value = self.row(sql, &[], |row| row.must_int(0))?;
            let value = value.ok_or(StoreError::Corrupt("the revision is missing"))?;
            self.revision = Some(u64::try_from(value).map_err(StoreError::failed)?);
        }
        Ok(())
    }

    /// The revision that this transaction made, if it made one.
    pub(crate) fn revision_made(&self) -> Option<u64> {
        self.revision
    }

    /// The revision of what this transaction reads, under which it may be kept for others. None
    /// where that is not committed yet, and may never be.
    #[must_use]
    pub fn revision_seen(&self) -> Option<u64> {
        Some(self.begun).filter(|_| !self.is_upon_uncommitted && self.revision.is_none())
    }

    /// The revision that was committed when the transaction began. What was true at it was true
    /// then, and nothing that contradicts it has been acknowledged since.
    #[must_use]
    pub fn revision_begun(&self) -> u64 {
        self.begun
    }

    pub(crate) fn run(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<usize, StoreError> {
        self.statements.execute(sql, args)
    }

    /// Runs a statement whose count nobody asks for. An engine that is far away may run it a little
    /// later; where it fails, so does the transaction.
    pub(crate) fn send(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<(), StoreError> {
        self.statements.send(sql, args)
    }

    /// Has the next row of a table numbered behind those that came with their numbers.
    pub(crate) fn number_on(&mut self, table: &str, column: &str) -> Result<(), StoreError> {
        self.statements.number_on(table, column)
    }

    /// Makes or removes tables, in the words of the one schema.
    pub(crate) fn make(&mut self, sql: &str) -> Result<(), StoreError> {
        self.statements.make(sql)
    }

    /// What the engine finds wrong with what it keeps.
    pub(crate) fn find_damage(&mut self) -> Result<Vec<String>, StoreError> {
        self.statements.damage()
    }

    /// The rows of an answer, each read by `read`.
    pub(crate) fn rows<T>(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.statements.query(sql, args, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row of an answer.
    pub(crate) fn row<T>(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.statements.query(sql, args, &mut |row| {
            if found.is_none() {
                found = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// A number that the installation keeps under a name; 0 where it keeps none.
    pub fn meta(&mut self, name: &str) -> Result<i64, StoreError> {
        let found = self
            .row("SELECT value FROM meta WHERE name = ?1", &[name.into()], |row| row.must_int(0))?;
        Ok(found.unwrap_or(0))
    }

    /// Keeps a number under a name.
    pub fn set_meta(&mut self, name: &str, value: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.run(sql, &[name.into(), value.into()])?;
        Ok(())
    }
}
