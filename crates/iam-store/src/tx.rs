//! A transaction: what handlers read and write through. The typed tables add their calls to it,
//! each in the file of its name.

use crate::engine::{Row, Statements, StoreError, Value};

/// The number that stands for a tenancy in every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TenancyNo(pub i64);

/// One transaction. What it changes is seen by others when the store has committed it, and not at
/// all where the work answers an error.
pub struct Tx<'a> {
    statements: &'a mut dyn Statements,
    group_revised: bool,
    revision: Option<u64>,
}

impl<'a> Tx<'a> {
    /// `group_revised` says that work which is committed together with this one has revised.
    pub(crate) fn new(statements: &'a mut dyn Statements, group_revised: bool) -> Self {
        Self { statements, group_revised, revision: None }
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
    pub(crate) fn revision(&self) -> Option<u64> {
        self.revision
    }

    /// Whether this transaction sees a revision that is not committed yet, and may never be: what
    /// it reads then must not be kept for others.
    #[must_use]
    pub fn sees_uncommitted_revision(&self) -> bool {
        self.revision.is_some() || self.group_revised
    }

    pub(crate) fn run(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<usize, StoreError> {
        self.statements.execute(sql, args)
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
