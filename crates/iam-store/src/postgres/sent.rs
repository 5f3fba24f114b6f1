//! Statements that wait to be sent together, in the order that they came in but for this: rows that
//! the same statement adds are added by one, where nothing in between has to do with their table.

use super::link::Link;
use super::many::{Adding, touched};
use super::message::Round;
use crate::engine::{Owned, StoreError, Value};
use std::collections::HashSet;

/// What waits.
#[derive(Default)]
pub(super) struct Sent {
    steps: Vec<Step>,
    len: usize,
}

/// A statement, and the arguments of each time that it is to be run.
struct Step {
    sql: &'static str,
    /// The one table that it has to do with; none where that cannot be told.
    table: Option<&'static str>,
    rows: Vec<Vec<Owned>>,
    /// Which rows that are there before it each of them replaces, where it may.
    keys: HashSet<Vec<Owned>>,
}

impl Sent {
    /// How many statements wait, each counted as often as it is to be run.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Adds one.
    pub(super) fn add(&mut self, sql: &'static str, args: &[Value<'_>]) {
        let row: Vec<Owned> = args.iter().map(Owned::from).collect();
        let adding = Adding::of(sql);
        let key = adding.as_ref().and_then(|adding| adding.key(&row));
        self.len += 1;
        let joined = adding.and_then(|adding| self.last_of(sql, adding.table));
        match joined {
            // A row that replaces another of the same statement is one that it refuses.
            Some(step) if key.as_ref().is_none_or(|key| !step.keys.contains(key)) => {
                step.keys.extend(key);
                step.rows.push(row);
            }
            _ => {
                let keys = key.into_iter().collect();
                let table = touched(sql);
                self.steps.push(Step { sql, table, rows: vec![row], keys });
            }
        }
    }

    /// The last step that runs the statement, which adds to a table; none, where one after it has
    /// to do with that table, or may have.
    fn last_of(&mut self, sql: &str, table: &str) -> Option<&mut Step> {
        for step in self.steps.iter_mut().rev() {
            if step.sql == sql {
                return Some(step);
            }
            if step.table.is_none_or(|touched| touched == table) {
                return None;
            }
        }
        None
    }

    /// Adds all of it to what will be asked.
    pub(super) fn ask(&self, link: &mut Link, round: &mut Round) -> Result<(), StoreError> {
        for Step { sql, rows, .. } in &self.steps {
            let many = if rows.len() > 1 { link.prepare_adding(sql)? } else { None };
            if let Some(statement) = many {
                round.ask_for_all(&statement, rows)?;
                continue;
            }
            let statement = link.prepare(sql)?;
            for row in rows {
                round.ask(&statement, row.iter().map(Owned::lent))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &str = "INSERT INTO passwords (id, hash) VALUES (?1, ?2) \
                       ON CONFLICT (id) DO UPDATE SET hash = excluded.hash";
    const END: &str = "DELETE FROM sessions WHERE id = ?1";
    const NOTE: &str = "INSERT INTO audit (what, id) VALUES (?1, ?2)";

    /// In how many rows each step ends up.
    fn steps(statements: &[(&'static str, i64)]) -> Vec<(&'static str, usize)> {
        let mut sent = Sent::default();
        statements.iter().for_each(|&(sql, id)| sent.add(sql, &[id.into(), Value::Null]));
        assert_eq!(sent.len(), statements.len());
        sent.steps.iter().map(|step| (step.sql, step.rows.len())).collect()
    }

    #[test]
    fn rows_that_the_same_statement_adds_are_added_by_one() {
        let of_two = [(SET, 1), (END, 1), (NOTE, 1), (SET, 2), (END, 2), (NOTE, 2)];
        assert_eq!(steps(&of_two), [(SET, 2), (END, 1), (NOTE, 2), (END, 1)]);
    }

    #[test]
    fn what_depends_on_the_order_keeps_it() {
        assert_eq!(steps(&[(SET, 1), (SET, 1)]), [(SET, 1), (SET, 1)], "the same row");
        let again = [(SET, 1), (SET, 1), (SET, 2), (SET, 1)];
        assert_eq!(steps(&again), [(SET, 1), (SET, 2), (SET, 1)]);
        for between in [
            "DELETE FROM passwords WHERE id = ?1",
            "UPDATE passwords SET hash = ?2 WHERE id = ?1",
            "INSERT INTO others (a, b) SELECT id, hash FROM passwords WHERE id = ?1",
            "DELETE FROM others WHERE id = (SELECT id FROM passwords)",
            "SAVEPOINT job",
        ] {
            let found = steps(&[(SET, 1), (between, 1), (SET, 2)]);
            assert_eq!(found, [(SET, 1), (between, 1), (SET, 1)], "{between}");
        }
    }
}
