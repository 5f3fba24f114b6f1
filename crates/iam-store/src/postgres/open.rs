//! A transaction on a connection.

use super::ahead::Ahead;
use super::dialect;
use super::link::{Kind, Link, failure, in_turn};
use super::sent::Sent;
use crate::engine::{Row, Statements, StoreError, Value};
use crate::lookups::Lookup;
use crate::tables::tables;
use futures_util::future::join;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

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
        let found = self.run(async |client| wanted.fetch(client).await)?;
        wanted.keep(found, &mut self.ahead)
    }

    /// Whether something was changed since this was asked last.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Runs what was sent and then `last`, in that order and in one round.
    fn run<T>(
        &mut self,
        last: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        if self.failed {
            return Err(StoreError::failed("an earlier statement of this transaction failed"));
        }
        let sent = std::mem::take(&mut self.sent);
        let ready = sent.ready(self.link).inspect_err(|_| self.failed = true)?;
        let client = self.link.client();
        let before = in_turn(
            ready
                .into_iter()
                .map(async |(statement, args)| client.execute_raw(&statement, args).await),
        );
        let all = async {
            let (before, last) = join(before, last(client)).await;
            before.into_iter().collect::<Result<Vec<u64>, _>>().and(last)
        };
        let answer = self.link.wait(all);
        self.failed = answer.is_err();
        self.lost = matches!(answer, Err(StoreError::Away(_)));
        answer
    }

    fn prepare(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        if self.failed {
            return Err(StoreError::failed("an earlier statement of this transaction failed"));
        }
        self.link.prepare(sql).inspect_err(|_| self.failed = true)
    }

    /// Commits. Nothing was changed where this fails, but for [`StoreError::Away`]: then nobody
    /// knows.
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        // A transaction in which something failed is undone by its commit, which does not say so;
        // that what was sent before it went well tells that it was kept.
        self.run(async |client| client.batch_execute("COMMIT").await)
    }

    /// Ends a transaction without keeping anything of it. The connection is of no more use where
    /// this fails.
    pub(super) fn end(self) -> Result<(), StoreError> {
        if self.lost {
            return Err(StoreError::Away("the connection is lost".into()));
        }
        self.link.wait(self.link.client().batch_execute("ROLLBACK"))
    }
}

impl Statements for Open<'_> {
    fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<usize, StoreError> {
        let statement = self.prepare(sql)?;
        self.changed = true;
        self.ahead.forget(sql, args);
        let run =
            async |client: &Client| client.execute_raw(&statement, args.iter().copied()).await;
        let count = self.run(run)?;
        usize::try_from(count).map_err(StoreError::failed)
    }

    fn send(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<(), StoreError> {
        self.changed = true;
        self.ahead.forget(sql, args);
        self.sent.add(sql, args);
        let is_due = self.kind == Kind::Read || self.sent.len() >= SENT_MAX;
        if is_due { self.run(async |_| Ok(())) } else { Ok(()) }
    }

    fn has_failed(&self) -> bool {
        self.failed
    }

    fn make(&mut self, sql: &str) -> Result<(), StoreError> {
        let text = dialect::schema(sql);
        self.changed = true;
        self.ahead = Ahead::default();
        self.run(async |client| client.batch_execute(&text).await)
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
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        let rows = self.run(async |client| client.query(&statement, &args).await)?;
        rows.iter().try_for_each(|row| each(row))
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
        self.run(async |client| client.batch_execute(&next).await)
    }
}

impl Row for tokio_postgres::Row {
    fn text(&self, column: usize) -> Result<Option<String>, StoreError> {
        let stored: Option<String> = self.try_get(column).map_err(failure)?;
        Ok(stored.map(dialect::read))
    }

    fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.try_get(column).map_err(failure)
    }

    fn blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        self.try_get(column).map_err(failure)
    }
}
