//! The seam between typed tables and a database: two calls, and the values that go through them.
//!
//! Everything above speaks SQL that every engine understands, with `?1` placeholders; nothing above
//! knows an engine's name.

use std::error::Error;
use std::fmt;

/// A value bound to a placeholder.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// SQL's NULL.
    Null,
    /// A whole number; a time in microseconds.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A value that outlives the call it came with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owned {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&Value<'_>> for Owned {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(*number),
            Value::Text(text) => Self::Text((*text).to_owned()),
            Value::Blob(bytes) => Self::Blob((*bytes).to_owned()),
        }
    }
}

impl Owned {
    pub(crate) fn lent(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

/// One row of an answer, read by column number.
pub(crate) trait Row {
    /// A text, or NULL.
    fn text(&self, column: usize) -> Result<Option<String>, StoreError>;
    /// A number, or NULL.
    fn int(&self, column: usize) -> Result<Option<i64>, StoreError>;
    /// Bytes, or NULL.
    fn blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError>;
}

impl dyn Row + '_ {
    /// A text that is never NULL.
    pub(crate) fn must_text(&self, column: usize) -> Result<String, StoreError> {
        self.text(column)?.ok_or(StoreError::Corrupt("a text is missing"))
    }

    /// Bytes that are never NULL.
    pub(crate) fn must_blob(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.blob(column)?.ok_or(StoreError::Corrupt("bytes are missing"))
    }

    /// A number that is never NULL.
    pub(crate) fn must_int(&self, column: usize) -> Result<i64, StoreError> {
        self.int(column)?.ok_or(StoreError::Corrupt("a number is missing"))
    }
}

/// A transaction of some engine.
pub(crate) trait Statements {
    /// Runs a statement that changes; answers how many rows it touched.
    fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<usize, StoreError>;

    /// Runs a statement that changes, at the latest together with the next one of another kind or
    /// at the end of the transaction, which fails where this fails.
    fn send(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<(), StoreError> {
        self.execute(sql, args).map(|_| ())
    }

    /// Whether a statement failed. The transaction is then lost: the engine may have undone all of
    /// it, and what came after would stand alone.
    fn has_failed(&self) -> bool;

    /// Runs a statement that reads; hands over each row.
    fn query(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Makes or removes tables: statements of the schema, each ended by a semicolon.
    fn make(&mut self, sql: &str) -> Result<(), StoreError>;

    /// What is wrong with the file, if there is one, and with the tables.
    fn damage(&mut self) -> Result<Vec<String>, StoreError>;

    /// Sees to it that the next row of a table gets a number that none of its rows has, though they
    /// came with theirs. An engine that looks at the rows for that has nothing to do.
    fn number_on(&mut self, _table: &str, _column: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Why the store could not do what it was asked.
#[derive(Debug)]
pub enum StoreError {
    /// Another transaction was in the way; run the work again.
    Conflict,
    /// More work is waiting than the store takes on; try again later.
    Busy,
    /// The database cannot be reached, or went away: whether a change was made is not known.
    Away(Box<dyn Error + Send + Sync>),
    /// The engine failed: disk full, connection lost, file damaged.
    Failed(Box<dyn Error + Send + Sync>),
    /// What is stored is not what this version writes.
    Corrupt(&'static str),
    /// The work panicked; it was undone, and nothing else was touched.
    Panicked,
}

impl StoreError {
    /// A failure of the engine, or of what was found in it.
    pub fn failed(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => out.write_str("another transaction was in the way"),
            Self::Busy => out.write_str("too many changes are waiting"),
            Self::Away(cause) => write!(out, "the database is away: {cause}"),
            Self::Failed(cause) => write!(out, "the store failed: {cause}"),
            Self::Corrupt(what) => write!(out, "the store holds what it should not: {what}"),
            Self::Panicked => out.write_str("the work panicked and was undone"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(cause) | Self::Away(cause) => Some(cause.as_ref()),
            _ => None,
        }
    }
}
