//! Whole tables as rows: read, counted, hashed, written; in batches, so that memory is bounded
//! whatever they hold.
//!
//! [`pour`] lets all rows of a [`Rows`] run into a [`Sink`] and tells what went through: how many
//! of each table, and a SHA-256 over them in the order of their keys. Two places that hold the same
//! have the same sums, whatever engine or file they are.

use crate::engine::{Row, StoreError, Value};
use crate::tables::{Kind, TOGETHER, Table, tables};
use crate::tx::Tx;
use aws_lc_rs::digest::{Context, SHA256};
use std::fmt;

/// The rows that are read at once.
const BATCH: i64 = 512;
/// The longest text or bytes that a row may hold: more than anything that is written.
const CELL_MAX: usize = 16 * 1024 * 1024;

/// What a row holds in one column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A number; a time in microseconds.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Cell {
    /// The number, if it is one.
    #[must_use]
    pub const fn int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }

    /// Adds its bytes: a letter that tells the kind, then the number, or the length and what it is.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), StoreError> {
        let (letter, bytes) = match self {
            Self::Null => {
                out.push(b'n');
                return Ok(());
            }
            Self::Int(number) => {
                out.push(b'i');
                out.extend(number.to_be_bytes());
                return Ok(());
            }
            Self::Text(text) => (b't', text.as_bytes()),
            Self::Blob(bytes) => (b'b', bytes.as_slice()),
        };
        let length = u32::try_from(bytes.len()).map_err(StoreError::failed)?;
        out.push(letter);
        out.extend(length.to_be_bytes());
        out.extend(bytes);
        Ok(())
    }

    /// Takes one from the bytes of a row.
    fn read(rest: &mut &[u8]) -> Option<Self> {
        let letter = *rest.split_off_first()?;
        if letter == b'n' {
            return Some(Self::Null);
        }
        if letter == b'i' {
            let bytes = rest.split_off(..8)?;
            return Some(Self::Int(i64::from_be_bytes(bytes.try_into().ok()?)));
        }
        let length = rest.split_off(..4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?);
        let length = usize::try_from(length).ok().filter(|length| *length <= CELL_MAX)?;
        let bytes = rest.split_off(..length)?.to_vec();
        match letter {
            b't' => String::from_utf8(bytes).ok().map(Self::Text),
            b'b' => Some(Self::Blob(bytes)),
            _ => None,
        }
    }
}

/// The bytes of a row.
pub(crate) fn write_row(row: &[Cell]) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::new();
    row.iter().try_for_each(|cell| cell.write(&mut out))?;
    Ok(out)
}

/// The row of that table that has these bytes.
pub(crate) fn read_row(table: &Table, mut bytes: &[u8]) -> Option<Vec<Cell>> {
    let row: Option<Vec<Cell>> = table.columns.iter().map(|_| Cell::read(&mut bytes)).collect();
    row.filter(|_| bytes.is_empty())
}

/// What a table holds, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The table's name.
    pub table: &'static str,
    /// How many rows.
    pub count: u64,
    /// SHA-256 over the rows in the order of their keys.
    pub sha256: [u8; 32],
}

impl Sum {
    /// The hash, in hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.sha256.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} {}", self.table, self.count, self.hex())
    }
}

/// A sum in the making.
pub(crate) struct Summing {
    table: &'static str,
    count: u64,
    hash: Context,
}

impl Summing {
    pub(crate) fn new(table: &'static Table) -> Self {
        Self { table: table.name, count: 0, hash: Context::new(&SHA256) }
    }

    /// Counts a row in.
    pub(crate) fn add(&mut self, row: &[u8]) -> Result<(), StoreError> {
        let length = u32::try_from(row.len()).map_err(StoreError::failed)?;
        self.hash.update(&length.to_be_bytes());
        self.hash.update(row);
        self.count += 1;
        Ok(())
    }

    pub(crate) fn end(self) -> Result<Sum, StoreError> {
        let sha256 = self.hash.finish().as_ref().try_into().map_err(StoreError::failed)?;
        Ok(Sum { table: self.table, count: self.count, sha256 })
    }
}

/// What is done with a row.
pub type Each<'a> = dyn FnMut(Vec<Cell>) -> Result<(), StoreError> + 'a;

/// Where rows come from.
pub trait Rows {
    /// Hands over each row of a table, in the order of its key. Tables are asked for in the order
    /// of the schema, each once.
    fn each(&mut self, table: &'static Table, each: &mut Each<'_>) -> Result<(), StoreError>;
}

/// Where rows go.
pub trait Sink {
    /// Takes a row; those of a table come in the order of its key.
    fn take(&mut self, table: &'static Table, row: Vec<Cell>) -> Result<(), StoreError>;

    /// Knows that these were all rows of a table.
    fn end(&mut self, table: &'static Table, sum: &Sum) -> Result<(), StoreError>;
}

/// Keeps nothing: what goes there is only counted and hashed.
pub struct Nowhere;

impl Sink for Nowhere {
    fn take(&mut self, _table: &'static Table, _row: Vec<Cell>) -> Result<(), StoreError> {
        Ok(())
    }

    fn end(&mut self, _table: &'static Table, _sum: &Sum) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Lets every row that `keep` wants run from one to the other; answers what went through. `watch`
/// is told of the number of rows so far.
pub fn pour(
    from: &mut dyn Rows,
    keep: &dyn Fn(&'static Table, &[Cell]) -> bool,
    to: &mut dyn Sink,
    watch: &dyn Fn(u64),
) -> Result<Vec<Sum>, StoreError> {
    let (mut sums, mut done) = (Vec::new(), 0);
    for table in tables() {
        let mut summing = Summing::new(table);
        from.each(table, &mut |row| {
            done += 1;
            if done % 1024 == 0 {
                watch(done);
            }
            if !keep(table, &row) {
                return Ok(());
            }
            summing.add(&write_row(&row)?)?;
            to.take(table, row)
        })?;
        let sum = summing.end()?;
        to.end(table, &sum)?;
        sums.push(sum);
    }
    watch(done);
    Ok(sums)
}

/// Wants every row.
#[must_use]
pub fn all(_table: &'static Table, _row: &[Cell]) -> bool {
    true
}

impl Rows for Tx<'_> {
    fn each(&mut self, table: &'static Table, each: &mut Each<'_>) -> Result<(), StoreError> {
        let mut cursor = Cursor::new(table);
        while let Some(row) = cursor.next(self)? {
            each(row)?;
        }
        Ok(())
    }
}

/// A place in a table, to go on from in the order of its key.
pub struct Cursor {
    table: &'static Table,
    batch: std::vec::IntoIter<Vec<Cell>>,
    /// The key of the last row of the batch.
    last: Option<Vec<Cell>>,
}

impl Cursor {
    /// Before the first row.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        Self { table, batch: Vec::new().into_iter(), last: None }
    }

    /// The next row; all rows are read in one transaction.
    pub fn next(&mut self, tx: &mut Tx<'_>) -> Result<Option<Vec<Cell>>, StoreError> {
        if self.batch.len() == 0 {
            let batch = tx.batch(self.table, self.last.as_deref())?;
            self.last = batch.last().map(|row| self.table.key_of(row));
            self.batch = batch.into_iter();
        }
        Ok(self.batch.next())
    }
}

impl Tx<'_> {
    /// How many rows a table has.
    pub fn count_rows(&mut self, table: &'static Table) -> Result<u64, StoreError> {
        let count = self.row(&table.sql.count, &[], |row| row.must_int(0))?.unwrap_or_default();
        u64::try_from(count).map_err(StoreError::failed)
    }

    /// How many rows all tables have.
    pub fn count_all_rows(&mut self) -> Result<u64, StoreError> {
        tables().iter().map(|table| self.count_rows(table)).sum()
    }

    /// Whether there is nothing but what a new store begins with.
    pub fn is_blank(&mut self) -> Result<bool, StoreError> {
        for table in tables() {
            let own = u64::from(table.name == "meta"); // the revision
            if self.count_rows(table)? > own {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What the engine itself finds wrong with what it keeps.
    pub fn damage(&mut self) -> Result<Vec<String>, StoreError> {
        self.find_damage()
    }

    fn batch(
        &mut self,
        table: &'static Table,
        after: Option<&[Cell]>,
    ) -> Result<Vec<Vec<Cell>>, StoreError> {
        let sql = if after.is_some() { &table.sql.next } else { &table.sql.first };
        let mut args: Vec<Value<'_>> = after.unwrap_or_default().iter().map(Cell::value).collect();
        args.push(Value::Int(BATCH));
        self.rows(sql, &args, |row| cells(table, row))
    }
}

fn cells(table: &Table, row: &dyn Row) -> Result<Vec<Cell>, StoreError> {
    let read = |(place, kind)| {
        Ok(match kind {
            Kind::Int => row.int(place)?.map(Cell::Int),
            Kind::Text => row.text(place)?.map(Cell::Text),
            Kind::Blob => row.blob(place)?.map(Cell::Blob),
        }
        .unwrap_or(Cell::Null))
    };
    table.columns.iter().map(|column| column.kind).enumerate().map(read).collect()
}

/// A transaction that rows are written in, many with a statement. The store must hold nothing yet.
pub struct Filling<'a, 't> {
    tx: &'a mut Tx<'t>,
    waiting: Vec<Vec<Cell>>,
}

impl<'a, 't> Filling<'a, 't> {
    /// Refuses a store that holds something.
    pub fn new(tx: &'a mut Tx<'t>) -> Result<Self, StoreError> {
        if !tx.is_blank()? {
            return Err(StoreError::failed(
                "it already holds an installation, and nothing was changed; give an empty place",
            ));
        }
        Ok(Self { tx, waiting: Vec::new() })
    }

    fn add(&mut self, sql: &'static str, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
        let args: Vec<Value<'_>> = rows.iter().flatten().map(Cell::value).collect();
        self.tx.run(sql, &args).map(|_| ())
    }
}

impl Sink for Filling<'_, '_> {
    fn take(&mut self, table: &'static Table, row: Vec<Cell>) -> Result<(), StoreError> {
        self.waiting.push(row);
        if self.waiting.len() == TOGETHER {
            let rows = std::mem::take(&mut self.waiting);
            self.add(&table.sql.add_many, &rows)?;
        }
        Ok(())
    }

    fn end(&mut self, table: &'static Table, _sum: &Sum) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.waiting);
        rows.chunks(1).try_for_each(|row| self.add(&table.sql.add, row))?;
        match table.numbered {
            Some(column) => self.tx.number_on(table.name, column),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_was_written_and_never_by_half() {
        let table = crate::tables::table("retry_tokens").unwrap();
        let row = vec![
            Cell::Int(-1),
            Cell::Blob(vec![0, 255]),
            Cell::Text("a\0é".to_owned()),
            Cell::Null,
            Cell::Blob(Vec::new()),
        ];
        let bytes = write_row(&row).unwrap();
        assert_eq!(read_row(table, &bytes), Some(row));
        for end in 0..bytes.len() {
            assert_eq!(read_row(table, bytes.get(..end).unwrap()), None, "{end}");
        }
        let longer = [bytes, vec![b'n']].concat();
        assert_eq!(read_row(table, &longer), None);
    }
}
