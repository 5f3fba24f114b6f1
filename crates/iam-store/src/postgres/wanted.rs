//! Look-ups that are to be run in one round: those of one statement as one.

use super::ahead::Ahead;
use super::link::{Link, failure, in_turn};
use super::many::Column;
use crate::engine::{Owned, StoreError};
use crate::lookups::Lookup;
use std::collections::HashSet;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

/// What is to be looked up.
pub(super) struct Wanted(Vec<Question>);

/// A statement that looks something up, and for what keys.
struct Question {
    sql: &'static str,
    statement: Statement,
    keys: Vec<Vec<Owned>>,
}

impl Question {
    /// Whether another key can be asked for with it; if so, it is ready for that.
    fn takes_more(&mut self, link: &mut Link) -> Result<bool, StoreError> {
        if self.keys.len() == 1 {
            let Some(many) = link.prepare_reading(self.sql)? else { return Ok(false) };
            self.statement = many;
        }
        Ok(true)
    }
}

impl Wanted {
    /// Prepares look-ups, each once.
    pub(super) fn new<'l>(
        link: &mut Link,
        lookups: impl Iterator<Item = &'l Lookup>,
    ) -> Result<Self, StoreError> {
        let mut seen = HashSet::new();
        let mut questions: Vec<Question> = Vec::new();
        for Lookup { sql, args } in lookups.filter(|lookup| seen.insert(*lookup)) {
            let same = questions.iter_mut().rev().find(|question| question.sql == *sql);
            if let Some(same) = same
                && same.takes_more(link)?
            {
                same.keys.push(args.clone());
                continue;
            }
            let (statement, keys) = (link.prepare(sql)?, vec![args.clone()]);
            questions.push(Question { sql, statement, keys });
        }
        Ok(Self(questions))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Runs them one behind the other, in one round; what each has found.
    pub(super) async fn fetch(
        &self,
        client: &Client,
    ) -> Result<Vec<Vec<Row>>, tokio_postgres::Error> {
        let found = in_turn(self.0.iter().map(async |Question { statement, keys, .. }| {
            let columns = Column::all(keys);
            let one: Vec<_> = keys.iter().flatten().map(Owned::lent).collect();
            let args: Vec<&(dyn ToSql + Sync)> = match keys.len() {
                1 => one.iter().map(|arg| arg as _).collect(),
                _ => columns.iter().map(|column| column as _).collect(),
            };
            client.query(statement, &args).await
        }));
        found.await.into_iter().collect()
    }

    /// Keeps what was found, each row with the look-up that it belongs to.
    pub(super) fn keep(self, found: Vec<Vec<Row>>, ahead: &mut Ahead) -> Result<(), StoreError> {
        for (Question { sql, keys, .. }, rows) in self.0.into_iter().zip(found) {
            let is_one = keys.len() == 1;
            let mut of_keys: Vec<(Lookup, Vec<Row>)> =
                keys.into_iter().map(|args| (Lookup { sql, args }, Vec::new())).collect();
            for row in rows {
                let number = if is_one { 1 } else { number(&row)? };
                let of_key = of_keys.get_mut(number.wrapping_sub(1));
                let (_, rows) = of_key.ok_or(StoreError::Corrupt("a row has no look-up"))?;
                rows.push(row);
            }
            of_keys.into_iter().for_each(|(lookup, rows)| ahead.keep(lookup, rows));
        }
        Ok(())
    }
}

/// Which key a row was found by, from 1 on: its last column.
fn number(row: &Row) -> Result<usize, StoreError> {
    let number: i64 = row.try_get(row.len().saturating_sub(1)).map_err(failure)?;
    usize::try_from(number).map_err(StoreError::failed)
}
