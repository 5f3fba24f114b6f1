//! Look-ups that are to be run in one round: those of one statement as one.

use super::ahead::Ahead;
use super::link::Link;
use super::message::{Answer, Prepared, Round, Row};
use crate::engine::{Owned, Row as Read, StoreError};
use crate::lookups::Lookup;
use std::collections::HashSet;

/// What is to be looked up.
pub(super) struct Wanted(Vec<Question>);

/// A statement that looks something up, and for what keys.
struct Question {
    sql: &'static str,
    statement: Prepared,
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

    /// Adds them to what will be asked.
    pub(super) fn ask(&self, round: &mut Round) -> Result<(), StoreError> {
        self.0.iter().try_for_each(|Question { statement, keys, .. }| match keys.as_slice() {
            [key] => round.ask(statement, key.iter().map(Owned::lent)),
            keys => round.ask_for_all(statement, keys),
        })
    }

    /// Keeps what was found, each row with the look-up that it belongs to.
    pub(super) fn keep(
        self,
        found: impl Iterator<Item = Answer>,
        ahead: &mut Ahead,
    ) -> Result<(), StoreError> {
        for (Question { sql, keys, .. }, Answer { rows, .. }) in self.0.into_iter().zip(found) {
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
    let number = (row as &dyn Read).must_int(row.width().saturating_sub(1))?;
    usize::try_from(number).map_err(StoreError::failed)
}
