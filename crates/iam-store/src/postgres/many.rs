//! One statement in the place of many that differ in their arguments alone. The server works
//! through it in a fraction of the time, most of which is not the rows': each statement is taken
//! in, started, ended and answered by itself.
//!
//! What can be told from the text of a statement is told here. Of two kinds it is simple: an
//! `INSERT` whose values are all placeholders, and a `SELECT` of one table by values of columns.

use super::message::Type;
use crate::engine::{Owned, Value};

/// A `SELECT` of one table by the values of columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) table: &'static str,
    /// By which columns; the first by the first argument, and so on, where `in_order`.
    pub(super) by: Vec<&'static str>,
    what: &'static str,
    pub(super) in_order: bool,
}

impl Reading {
    /// None where the statement is of another kind.
    pub(super) fn of(sql: &'static str) -> Option<Self> {
        let (what, rest) = sql.strip_prefix("SELECT ")?.split_once(" FROM ")?;
        let (table, condition) = rest.split_once(" WHERE ")?;
        let (by, numbers): (Vec<_>, Vec<_>) = by_columns(condition)?.into_iter().unzip();
        let in_order = numbers.iter().copied().eq(1..=by.len());
        is_name(table).then_some(Self { table, by, what, in_order })
    }

    /// The same for many keys, of these types: with the number of the key as the last column, from
    /// 1 on. `OFFSET` has the server look up key by key, however large the table was when it made
    /// its plan.
    pub(super) fn for_many(&self, types: &[Type]) -> Option<String> {
        if !self.in_order || types.len() != self.by.len() {
            return None;
        }
        let Self { table, by, what, .. } = self;
        let arrays = arrays(types);
        let keys: Vec<_> = (1..=by.len()).map(|number| format!("key{number}")).collect();
        let equal: Vec<_> = by.iter().zip(&keys).map(|(by, key)| format!("{by} = {key}")).collect();
        let (keys, equal) = (keys.join(", "), equal.join(" AND "));
        Some(format!(
            "SELECT found.*, key0 FROM unnest({arrays}) WITH ORDINALITY AS keys ({keys}, key0), \
             LATERAL (SELECT {what} FROM {table} WHERE {equal} OFFSET 0) AS found"
        ))
    }
}

/// An `INSERT` of one row, made of the arguments alone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Adding<'s> {
    pub(super) table: &'s str,
    columns: Vec<&'s str>,
    /// By which columns it may come upon an older row, as they stand there; nothing, where it then
    /// fails or does nothing.
    pub(super) replaces_by: &'s str,
    in_order: bool,
    head: &'s str,
    then: &'s str,
}

impl<'s> Adding<'s> {
    /// None where the statement is of another kind.
    pub(super) fn of(sql: &'s str) -> Option<Self> {
        let (head, rest) = sql.split_once(" VALUES (")?;
        let (table, columns) = head.strip_prefix("INSERT INTO ")?.split_once(' ')?;
        let columns = columns.trim_start().strip_prefix('(')?.strip_suffix(')')?;
        let columns: Vec<&str> = columns.split(',').map(str::trim).collect();
        let (values, then) = rest.split_once(')')?;
        let numbers = values.split(", ").map(placeholder).collect::<Option<Vec<_>>>()?;
        let replaces_by = match then.strip_prefix(" ON CONFLICT ") {
            None => then.is_empty().then_some("")?,
            Some("DO NOTHING") => "",
            Some(conflict) => conflict.strip_prefix('(')?.split_once(')')?.0,
        };
        let in_order = numbers.into_iter().eq(1..=columns.len()) && !then.contains('?');
        is_name(table).then_some(Self { table, columns, replaces_by, in_order, head, then })
    }

    /// The arguments of a row that say which older one it replaces; none where it replaces none.
    pub(super) fn key(&self, row: &[Owned]) -> Option<Vec<Owned>> {
        let by = self.replaces_by.split(", ").filter(|by| !by.is_empty());
        let key = by.filter_map(|by| row.get(self.columns.iter().position(|name| *name == by)?));
        let key: Vec<Owned> = key.cloned().collect();
        (!key.is_empty()).then_some(key)
    }

    /// The values that a row has in these columns; none where one of them is not given, or it
    /// cannot be told by which argument.
    pub(super) fn values_of(&self, columns: &[&str], args: &[Value<'_>]) -> Option<Vec<Owned>> {
        let value = |column: &&str| args.get(self.columns.iter().position(|name| name == column)?);
        let values = columns.iter().map(|column| value(column).map(Owned::from));
        values.collect::<Option<_>>().filter(|_| self.in_order)
    }

    /// The same for many rows, of values of these types.
    pub(super) fn of_many(&self, types: &[Type]) -> Option<String> {
        let fits = self.in_order && types.len() == self.columns.len();
        let arrays = arrays(fits.then_some(types)?);
        let Self { head, then, .. } = self;
        Some(format!("{head} SELECT * FROM unnest({arrays}){then}"))
    }
}

/// The one table that a statement has to do with, whether it reads or writes it; none where that
/// cannot be told.
pub(super) fn touched(sql: &'static str) -> Option<&'static str> {
    if let Some(adding) = Adding::of(sql) {
        return Some(adding.table);
    }
    let (table, condition) = sql.strip_prefix("DELETE FROM ")?.split_once(" WHERE ")?;
    by_columns(condition).and(is_name(table).then_some(table))
}

/// The columns that a condition asks the values of, and the numbers of the arguments that these
/// are; none where it asks for something else.
fn by_columns(condition: &str) -> Option<Vec<(&str, usize)>> {
    let parts = condition.split(" AND ").map(|part| {
        let (name, value) = part.split_once(" = ")?;
        Some((is_name(name).then_some(name)?, placeholder(value)?))
    });
    parts.collect()
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The number of a placeholder.
fn placeholder(text: &str) -> Option<usize> {
    text.strip_prefix('?')?.parse().ok()
}

/// Placeholders for as many arrays.
fn arrays(types: &[Type]) -> String {
    let arrays = types.iter().enumerate().map(|(index, of)| {
        let name = match of {
            Type::Int => "BIGINT",
            Type::Text => "TEXT",
            Type::Bytes => "BYTEA",
        };
        format!("?{}::{name}[]", index + 1)
    });
    arrays.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADD: &str = "INSERT INTO things (tenancy, id, a) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (tenancy, id) DO UPDATE SET a = excluded.a";

    #[test]
    fn many_rows_are_added_by_one_statement() {
        let types = [Type::Int, Type::Text, Type::Bytes];
        assert_eq!(
            Adding::of(ADD).and_then(|adding| adding.of_many(&types)).as_deref(),
            Some(
                "INSERT INTO things (tenancy, id, a) \
                 SELECT * FROM unnest(?1::BIGINT[], ?2::TEXT[], ?3::BYTEA[]) \
                 ON CONFLICT (tenancy, id) DO UPDATE SET a = excluded.a"
            )
        );
        for other in [
            "INSERT INTO things (a, b, c) VALUES (?2, ?1, ?3)",
            "INSERT INTO things (a, b, c) VALUES (?1, ?2, ?3) ON CONFLICT (a) DO UPDATE SET b = ?2",
            "INSERT INTO things (a, b, c) VALUES (?1, ?2, 3)",
            "INSERT INTO things (a, b) VALUES (?1, ?2)",
            "INSERT INTO things (a, b, c) SELECT a, b, ?3 FROM others WHERE d = ?1",
            "UPDATE things SET a = ?1 WHERE b = ?2 AND c = ?3",
        ] {
            let made = Adding::of(other).and_then(|adding| adding.of_many(&types));
            assert_eq!(made, None, "{other}");
        }
    }

    #[test]
    fn what_a_row_replaces_is_told_by_its_key() {
        let row = [Owned::Int(1), Owned::Text("x".to_owned()), Owned::Null];
        let key = |sql| Adding::of(sql).and_then(|adding| adding.key(&row).map(|key| key.len()));
        assert_eq!(key(ADD), Some(2));
        assert_eq!(key("INSERT INTO things (a, b, c) VALUES (?1, ?2, ?3)"), None);
        let nothing = "INSERT INTO things (a, b, c) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        assert_eq!(key(nothing), None);
    }

    #[test]
    fn many_keys_are_looked_up_by_one_statement() {
        let types = [Type::Int, Type::Text];
        let by_key = "SELECT a, b FROM things WHERE tenancy = ?1 AND id = ?2";
        assert_eq!(
            Reading::of(by_key).and_then(|reading| reading.for_many(&types)).as_deref(),
            Some(
                "SELECT found.*, key0 FROM unnest(?1::BIGINT[], ?2::TEXT[]) \
                 WITH ORDINALITY AS keys (key1, key2, key0), \
                 LATERAL (SELECT a, b FROM things WHERE tenancy = key1 AND id = key2 OFFSET 0) \
                 AS found"
            )
        );
        let reversed = "SELECT a, b FROM things WHERE tenancy = ?2 AND id = ?1";
        assert_eq!(Reading::of(reversed).and_then(|reading| reading.for_many(&types)), None);
    }

    #[test]
    fn only_what_reads_one_table_by_columns_is_a_reading() {
        for other in [
            "SELECT a FROM things",
            "SELECT a FROM things WHERE id > ?1",
            "SELECT a FROM things WHERE id = ?1 OR a = ?2",
            "SELECT a FROM things WHERE id = ?1 ORDER BY a",
            "SELECT a FROM things, others WHERE id = ?1",
            "SELECT a FROM things WHERE id = (SELECT id FROM others)",
            "DELETE FROM things WHERE id = ?1 RETURNING a",
        ] {
            assert_eq!(Reading::of(other), None, "{other}");
        }
    }
}
