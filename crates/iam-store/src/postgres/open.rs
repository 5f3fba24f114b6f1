//! A transaction on a connection.

use super::ahead::Ahead;
use super::dialect;
use super::link::{Kind, Link};
use super::message::{Answer, Prepared, Round};
use super::sent::Sent;
use crate::engine::{Row, Statements, StoreError, Value};
use crate::lookups::Lookup;
use crate::tables::tables;

/// The most statements that wait to be sent together.
const SENT_MAX: usize = 256;

/// A transaction. Statements that were only sent go out with the next one that is waited for, all
/// in one round.
pub(super) struct Open<'a> {
    link: &'a mut Link,
    kind: Kind,
    ahead: Ahead,
    sent: Sent,
    failed: bool,
    /// Whether the connection is of no more use.
    lost: bool,
    changed: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.link.rest();
    }
}

impl<'a> Open<'a> {
    pub(super) fn new(link: &'a mut Link, kind: Kind, ahead: Ahead) -> Self {
        let sent = Sent::default();
        Self { link, kind, ahead, sent, failed: false, lost: false, changed: false }
    }

    /// Fetches what will be looked up, in one round with what was sent.
    pub(super) fn look_ahead<'l>(
        &mut self,
        lookups: impl Iterator<Item = &'l Lookup>,
    ) -> Result<(), StoreError> {
        let wanted = self.link.wanted(lookups, &self.ahead).inspect_err(|_| self.failed = true)?;
        if wanted.is_empty() {
            return Ok(());
        }
        let found = self.run(|_, round| wanted.ask(round))?;
        wanted.keep(found.into_iter(), &mut self.ahead)
    }

    /// Whether something was changed since this was asked last.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Runs what was sent and then `last`, in that order and in one round. What `last` is answered.
    fn run(
        &mut self,
        last: impl FnOnce(&mut Link, &mut Round) -> Result<(), StoreError>,
    ) -> Result<Vec<Answer>, StoreError> {
        if self.failed {
            return Err(StoreError::failed("an earlier statement of this transaction failed"));
        }
        let answers = self.run_in_round(last);
        self.failed = answers.is_err();
        self.lost = matches!(answers, Err(StoreError::Away(_)));
        answers
    }

    fn run_in_round(
        &mut self,
        last: impl FnOnce(&mut Link, &mut Round) -> Result<(), StoreError>,
    ) -> Result<Vec<Answer>, StoreError> {
        let mut round = Round::default();
        std::mem::take(&mut self.sent).ask(self.link, &mut round)?;
        let before = round.asked();
        last(self.link, &mut round)?;
        let mut answers = self.link.run(round)?;
        Ok(answers.split_off(before.min(answers.len())))
    }

    /// Runs what was sent, and then statements in one text.
    fn run_text(&mut self, sql: &str) -> Result<(), StoreError> {
        self.run(|_, _| Ok(()))?;
        let ran = self.link.run_text(sql);
        self.failed = ran.is_err();
        self.lost = matches!(ran, Err(StoreError::Away(_)));
        ran
    }

    fn prepare(&mut self, sql: &'static str) -> Result<Prepared, StoreError> {
        if self.failed {
            return Err(StoreError::failed("an earlier statement of this transaction failed"));
        }
        self.link.prepare(sql).inspect_err(|_| self.failed = true)
    }

    /// Commits. Nothing was changed where this fails, but for [`StoreError::Away`]: then nobody
    /// knows.
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        // Where something fails that was sent before it, the server does not come to it.
        self.run(|link, round| link.ask(round, "COMMIT")).map(|_| ())
    }

    /// Ends a transaction without keeping anything of it. The connection is of no more use where
    /// this fails.
    pub(super) fn end(self) -> Result<(), StoreError> {
        if self.lost {
            return Err(StoreError::Away("the connection is lost".into()));
        }
        self.link.run_text("ROLLBACK")
    }
}

impl Statements for Open<'_> {
    fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<usize, StoreError> {
        let statement = self.prepare(sql)?;
        self.changed = true;
        self.ahead.forget(sql, args);
        let answers = self.run(|_, round| round.ask(&statement, args.iter().copied()))?;
        let count = answers.first().map_or(0, |answer| answer.count);
        usize::try_from(count).map_err(StoreError::failed)
    }

    fn send(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<(), StoreError> {
        self.changed = true;
        self.ahead.forget(sql, args);
        self.sent.add(sql, args);
        let is_due = self.kind == Kind::Read || self.sent.len() >= SENT_MAX;
        if is_due { self.run(|_, _| Ok(())).map(|_| ()) } else { Ok(()) }
    }

    fn has_failed(&self) -> bool {
        self.failed
    }

    fn make(&mut self, sql: &str) -> Result<(), StoreError> {
        let text = dialect::schema(sql);
        self.changed = true;
        self.ahead = Ahead::default();
        self.run_text(&text)
    }

    fn query(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if let Some(rows) = self.ahead.find(sql, args) {
            return rows.iter().try_for_each(|row| each(row));
        }
        let statement = self.prepare(sql)?;
        if !sql.starts_with("SELECT") {
            self.changed = true;
            self.ahead.forget(sql, args);
        }
        let answers = self.run(|_, round| round.ask(&statement, args.iter().copied()))?;
        answers.iter().flat_map(|answer| &answer.rows).try_for_each(|row| each(row))
    }

    /// The server looks after its files; what is looked at here is that the tables are there.
    fn damage(&mut self) -> Result<Vec<String>, StoreError> {
        let mut columns = std::collections::HashSet::new();
        let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns \
                   WHERE table_schema = current_schema()";
        self.query(sql, &[], &mut |row| {
            columns.insert((row.must_text(0)?, row.must_text(1)?));
            Ok(())
        })?;
        let all = tables().iter().flat_map(|table| table.columns().map(|name| (table.name, name)));
        let is_there = |(table, column): (&str, &str)| {
            columns.contains(&(table.to_owned(), column.to_owned()))
        };
        let missing = all.filter(|column| !is_there(*column));
        Ok(missing.map(|(table, column)| format!("`{table}` has no `{column}`")).collect())
    }

    fn number_on(&mut self, table: &str, column: &str) -> Result<(), StoreError> {
        let next = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), \
             (SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"
        );
        self.run_text(&next)
    }
}
