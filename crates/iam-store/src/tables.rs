//! Every table as the schema has it, for what carries whole installations.
//!
//! Names, columns and keys are read from the one SQL text that makes the tables, so a table cannot
//! be forgotten: what the schema makes is carried.

use crate::rows::Cell;
use std::sync::LazyLock;

/// The version of the schema: one more whenever a table changes.
pub(crate) const SCHEMA_VERSION: i64 = 7;
/// The rows that go into one statement.
pub(crate) const TOGETHER: usize = 64;

/// What the engines keep in `meta` for themselves: it is not part of an installation.
const OWN: &str = "name <> 'schema'";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Blob,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// A table of the schema.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    pub(crate) columns: Vec<Column>,
    /// The columns that its key is made of, by their places.
    pub(crate) key: Vec<usize>,
    /// The number that an engine gives to each row, if it does.
    pub(crate) numbered: Option<&'static str>,
    pub(crate) sql: Statements,
}

/// The statements on a table: each is written once and kept, as engines want it.
#[derive(Debug)]
pub(crate) struct Statements {
    pub(crate) clear: String,
    pub(crate) count: String,
    pub(crate) first: String,
    pub(crate) next: String,
    pub(crate) add: String,
    pub(crate) add_many: String,
}

/// The tables, in the order of the schema.
#[must_use]
pub fn tables() -> &'static [Table] {
    static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| read(include_str!("schema.sql")));
    &TABLES
}

/// The table of that name.
#[must_use]
pub fn table(name: &str) -> Option<&'static Table> {
    tables().iter().find(|table| table.name == name)
}

impl Table {
    /// The names of its columns, in their order.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// What a row is found by.
    #[must_use]
    pub fn key_of(&self, row: &[Cell]) -> Vec<Cell> {
        self.key.iter().filter_map(|place| row.get(*place).cloned()).collect()
    }

    /// What a row holds in that column.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a [Cell], name: &str) -> Option<&'a Cell> {
        row.get(self.column(name)?)
    }

    /// The text that a row holds in that column, or an empty one.
    #[must_use]
    pub fn text<'a>(&self, row: &'a [Cell], name: &str) -> &'a str {
        self.cell(row, name).and_then(Cell::text).unwrap_or_default()
    }

    /// The number that a row holds in that column.
    #[must_use]
    pub fn int(&self, row: &[Cell], name: &str) -> Option<i64> {
        self.cell(row, name).and_then(Cell::int)
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// The statements that make a table, and what is found by in it.
pub(crate) fn making(table: &str) -> String {
    let heads = [format!("CREATE TABLE {table} ("), format!(" ON {table} (")];
    let schema = include_str!("schema.sql");
    let is_wanted = |text: &&str| {
        let first = text.lines().find(|line| line.starts_with("CREATE "));
        first.is_some_and(|line| heads.iter().any(|head| line.contains(head)))
    };
    schema.split_inclusive(";\n").filter(is_wanted).collect()
}

/// Reads the schema, which has a column or a constraint on each line.
fn read(schema: &'static str) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut lines = schema.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("CREATE TABLE ") else { continue };
        let name = name.trim_end_matches(" (");
        let mut columns: Vec<Column> = Vec::new();
        let mut key = Vec::new();
        let mut numbered = None;
        for line in lines.by_ref().map(str::trim).take_while(|line| !line.starts_with(')')) {
            let line = line.trim_end_matches(',');
            if let Some(names) = line.strip_prefix("PRIMARY KEY (") {
                let names = names.trim_end_matches(')').split(", ");
                let place = |name| columns.iter().position(|column| column.name == name);
                key = names.filter_map(place).collect();
                continue;
            }
            let mut words = line.split(' ');
            let (Some(name), Some(word)) = (words.next(), words.next()) else { continue };
            let kind = match word {
                "TEXT" => Kind::Text,
                "BLOB" => Kind::Blob,
                _ => Kind::Int,
            };
            if line.contains(" PRIMARY KEY") {
                key = vec![columns.len()];
                numbered = Some(name).filter(|_| word == "INTEGER");
            }
            columns.push(Column { name, kind });
        }
        let sql = statements(name, &columns, &key);
        tables.push(Table { name, columns, key, numbered, sql });
    }
    tables
}

fn statements(table: &str, columns: &[Column], key: &[usize]) -> Statements {
    let names = |places: &mut dyn Iterator<Item = usize>| {
        let names: Vec<&str> =
            places.filter_map(|place| columns.get(place).map(|column| column.name)).collect();
        names.join(", ")
    };
    let marks = |from: usize, count: usize| {
        let marks: Vec<String> = (from..from + count).map(|mark| format!("?{mark}")).collect();
        format!("({})", marks.join(", "))
    };
    let all = names(&mut (0..columns.len()));
    let order = names(&mut key.iter().copied());
    let is_meta = table == "meta";
    let own = |word| if is_meta { format!(" {word} {OWN}") } else { String::new() };
    let again = match is_meta {
        true => " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        false => "",
    };
    let rows = |count: usize| {
        let rows: Vec<String> =
            (0..count).map(|row| marks(1 + row * columns.len(), columns.len())).collect();
        format!("INSERT INTO {table} ({all}) VALUES {}{again}", rows.join(", "))
    };
    Statements {
        clear: format!("DELETE FROM {table}{}", own("WHERE")),
        count: format!("SELECT count(*) FROM {table}{}", own("WHERE")),
        first: format!("SELECT {all} FROM {table}{} ORDER BY {order} LIMIT ?1", own("WHERE")),
        next: format!(
            "SELECT {all} FROM {table} WHERE ({order}) > {}{} ORDER BY {order} LIMIT ?{}",
            marks(1, key.len()),
            own("AND"),
            key.len() + 1
        ),
        add: rows(1),
        add_many: rows(TOGETHER),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_schema_is_there_with_a_key() {
        let schema = include_str!("schema.sql");
        assert_eq!(tables().len(), schema.matches("CREATE TABLE").count());
        for table in tables() {
            assert!(!table.key.is_empty(), "{}", table.name);
            let (_, body) = schema.split_once(&format!("CREATE TABLE {} (", table.name)).unwrap();
            let (body, _) = body.split_once("\n)").unwrap();
            let lines = body.lines().filter(|line| !line.trim().is_empty());
            let columns = lines.filter(|line| !line.trim().starts_with("PRIMARY KEY")).count();
            assert_eq!(table.columns.len(), columns, "{}", table.name);
        }
    }

    #[test]
    fn statements_name_columns_and_key() {
        let memberships = &table("memberships").unwrap().sql;
        assert_eq!(
            memberships.next,
            "SELECT tenancy, user_id, group_id, id, created, etag FROM memberships WHERE (tenancy, \
             user_id, group_id) > (?1, ?2, ?3) ORDER BY tenancy, user_id, group_id LIMIT ?4"
        );
        let audit = table("audit").unwrap();
        assert_eq!((audit.numbered, audit.key.as_slice()), (Some("seq"), &[0][..]));
        assert_eq!(table("tenancies").unwrap().numbered, None);
        assert_eq!(
            table("meta").unwrap().sql.count,
            "SELECT count(*) FROM meta WHERE name <> 'schema'"
        );
    }
}
