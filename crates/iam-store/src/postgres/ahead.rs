//! Rows that were fetched before they were asked for, and how long they are true.
//!
//! Nobody else changes anything during a transaction that does, so a row stays as it was fetched
//! until the transaction itself writes. Which rows a statement writes cannot be told from its text,
//! with one exception: so each write forgets all that was fetched of its table, but for an `INSERT`
//! whose values are all placeholders. That one makes a row of just these values, or replaces the
//! one that has the same key: so of what was looked up by that key, or where it replaces nothing by
//! any of its columns, it spares all but what was looked up with the values that it has there.

use super::many::{Adding, Reading, is_name};
use super::message::Row;
use crate::engine::{Owned, Value};
use crate::lookups::Lookup;
use std::collections::HashMap;

/// What was fetched, by statement.
#[derive(Default)]
pub(super) struct Ahead(HashMap<&'static str, Fetched>);

/// What was fetched by one statement, by its arguments.
struct Fetched {
    table: &'static str,
    by: Vec<&'static str>,
    rows: HashMap<Vec<Owned>, Vec<Row>>,
}

impl Ahead {
    /// Whether it is there already.
    pub(super) fn has(&self, lookup: &Lookup) -> bool {
        self.rows(lookup.sql, &lookup.args).is_some()
    }

    /// Keeps what was found. What cannot be told to be true for long is not kept.
    pub(super) fn keep(&mut self, Lookup { sql, args }: Lookup, rows: Vec<Row>) {
        let Some(Reading { table, by, in_order: true, .. }) = Reading::of(sql) else { return };
        let fetched = Fetched { table, by, rows: HashMap::new() };
        self.0.entry(sql).or_insert(fetched).rows.insert(args, rows);
    }

    /// What was found by that statement, if it was fetched and is still so.
    pub(super) fn find(&self, sql: &'static str, args: &[Value<'_>]) -> Option<&[Row]> {
        if !self.0.contains_key(sql) {
            return None;
        }
        let args: Vec<Owned> = args.iter().map(Owned::from).collect();
        self.rows(sql, &args)
    }

    fn rows(&self, sql: &'static str, args: &[Owned]) -> Option<&[Row]> {
        self.0.get(sql)?.rows.get(args).map(Vec::as_slice)
    }

    /// Forgets what a statement may have changed.
    pub(super) fn forget(&mut self, sql: &str, args: &[Value<'_>]) {
        if self.0.is_empty() {
            return;
        }
        let Some(table) = written_table(sql) else { return self.0.clear() };
        let is_of_it = |fetched: &&mut Fetched| fetched.table == table;
        for Fetched { by, rows, .. } in self.0.values_mut().filter(is_of_it) {
            let values = Adding::of(sql).and_then(|adding| {
                let replaces = adding.replaces_by;
                let spares_others = replaces.is_empty() || by.join(", ") == replaces;
                adding.values_of(by, args).filter(|_| spares_others)
            });
            match values {
                Some(values) => drop(rows.remove(&values)),
                None => rows.clear(),
            }
        }
    }
}

/// The one table that a statement writes; none where that cannot be told.
fn written_table(sql: &str) -> Option<&str> {
    let rest = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
    let rest = rest.iter().find_map(|verb| sql.strip_prefix(verb))?;
    let table = rest.split([' ', '(']).next()?;
    is_name(table).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY_KEY: &str = "SELECT a, b FROM things WHERE tenancy = ?1 AND id = ?2";
    const ADD: &str = "INSERT INTO things (tenancy, id, a) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (tenancy, id) DO UPDATE SET a = excluded.a";

    /// Whether what was fetched of thing `1, x` outlives a statement.
    fn outlives(sql: &str, args: &[Value<'_>]) -> bool {
        let sought = [Value::from(1), Value::from("x")];
        let mut ahead = Ahead::default();
        ahead.keep(Lookup::new(BY_KEY, &sought), Vec::new());
        assert!(ahead.find(BY_KEY, &sought).is_some());
        ahead.forget(sql, args);
        ahead.find(BY_KEY, &sought).is_some()
    }

    #[test]
    fn what_was_fetched_is_true_until_its_row_may_be_another() {
        let row = |id| [Value::from(1), Value::from(id), Value::from("a")];
        assert!(!outlives(ADD, &row("x")), "it is this row");
        assert!(outlives(ADD, &row("y")), "it is another row");
        for unclear in [
            "INSERT INTO things (tenancy, id, a) VALUES (?1, 'x', ?2)",
            "INSERT INTO things (tenancy, id, a) VALUES (?1, ?2, ?3) \
             ON CONFLICT (a) DO UPDATE SET id = excluded.id",
            "INSERT INTO things (tenancy, id, a) VALUES (?1, ?2, ?3), (1, 'x', 'a')",
            "INSERT INTO things (tenancy, id, a) SELECT tenancy, id, a FROM others",
            "UPDATE things SET a = ?3 WHERE tenancy = ?1",
            "DELETE FROM things WHERE a = ?1",
            "WITH gone AS (DELETE FROM things) SELECT 1",
            "TRUNCATE things",
        ] {
            assert!(!outlives(unclear, &row("y")), "{unclear}");
        }
        let new = "INSERT INTO things (tenancy, id, a) VALUES (?1, ?2, ?3)";
        assert!(!outlives(new, &row("x")), "it is there now");
        assert!(outlives(new, &row("y")), "another is");
        let of_others = "INSERT INTO things (tenancy, a, id) VALUES (?1, ?2, ?3)";
        let values = [Value::from(1), Value::from("x"), Value::from("y")];
        assert!(outlives(of_others, &values), "it has that value in another column");
        let unknown = "INSERT INTO things (tenancy, a) VALUES (?1, ?2)";
        assert!(!outlives(unknown, &row("y")[..2]), "nobody knows its key");
        assert!(outlives("DELETE FROM others WHERE id = ?1", &row("x")), "it is another table");
        assert!(outlives("DELETE FROM things_of_others WHERE id = ?1", &row("x")));
    }
}
