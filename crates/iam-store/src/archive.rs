//! An installation in one file: what a backup is.
//!
//! The format, all numbers big-endian:
//!
//! ```text
//! "DURWARD BACKUP 1\n"
//! u32 length, then that many bytes of JSON: the head
//! for each table of the head, in its order:
//!   for each row: u32 length, then its cells
//!     'n' | 'i' i64 | 't' u32 length, UTF-8 | 'b' u32 length, bytes
//!   u32 0, u64 count of rows, 32 bytes SHA-256 over the rows with their lengths
//! 32 bytes SHA-256 over everything before
//! ```

use crate::engine::StoreError;
use crate::rows::{Cell, Each, Rows, Sink, Sum, Summing, read_row, write_row};
use crate::tables::{SCHEMA_VERSION, Table, tables};
use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

const OPENING: &[u8; 17] = b"DURWARD BACKUP 1\n";
/// The version since which the schema has got tables, and nothing else about it was changed.
const TABLES_CAME_SINCE: i64 = 5;
const HEAD_MAX: usize = 64 * 1024;
const ROW_MAX: usize = 64 * 1024 * 1024;

/// What an archive says of itself.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The version of the schema.
    pub schema: i64,
    /// The version of the program that wrote it.
    pub program: String,
    /// When it was written, in microseconds since 1970.
    pub created: i64,
    tables: Vec<Columns>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Columns {
    name: String,
    columns: Vec<String>,
}

impl Head {
    /// The head of what this program writes.
    #[must_use]
    pub fn new(program: &str, created: i64) -> Self {
        let tables = tables().iter().map(|table| Columns {
            name: table.name.to_owned(),
            columns: table.columns().map(str::to_owned).collect(),
        });
        Self {
            schema: SCHEMA_VERSION,
            program: program.to_owned(),
            created,
            tables: tables.collect(),
        }
    }

    /// Refuses what this program cannot read. An older archive may lack tables: they are empty.
    fn check(&self) -> Result<(), StoreError> {
        if !(TABLES_CAME_SINCE..=SCHEMA_VERSION).contains(&self.schema) {
            return Err(StoreError::failed(format!(
                "the backup has schema version {}, and this program knows {TABLES_CAME_SINCE} to \
                 {SCHEMA_VERSION}; use the version of the program that wrote it, which is {}",
                self.schema, self.program
            )));
        }
        let is_there = |own: &Columns| self.schema == SCHEMA_VERSION || self.has(&own.name);
        let own = Self::new(&self.program, self.created).tables;
        if !self.tables.iter().eq(own.iter().filter(|own| is_there(own))) {
            return Err(damaged("its tables are not those of its schema version"));
        }
        Ok(())
    }

    fn has(&self, table: &str) -> bool {
        self.tables.iter().any(|there| there.name == table)
    }
}

fn damaged(what: &str) -> StoreError {
    StoreError::failed(format!("the backup is damaged: {what}; use another one"))
}

/// An archive that is being written.
pub struct ArchiveWriter<W> {
    out: W,
    hash: Context,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins an archive.
    pub fn new(out: W, head: &Head) -> Result<Self, StoreError> {
        let mut new = Self { out, hash: Context::new(&SHA256) };
        new.put(OPENING)?;
        let head = serde_json::to_vec(head).map_err(StoreError::failed)?;
        new.put_with_length(&head)?;
        Ok(new)
    }

    /// Ends the archive, which is not whole without; gives back what it was written to.
    pub fn end(mut self) -> Result<W, StoreError> {
        let sum = self.hash.clone().finish();
        self.put(sum.as_ref())?;
        self.out.flush().map_err(StoreError::failed)?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.hash.update(bytes);
        self.out.write_all(bytes).map_err(StoreError::failed)
    }

    fn put_with_length(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let length = u32::try_from(bytes.len()).map_err(StoreError::failed)?;
        self.put(&length.to_be_bytes())?;
        self.put(bytes)
    }
}

impl<W: Write> Sink for ArchiveWriter<W> {
    fn take(&mut self, _table: &'static Table, row: Vec<Cell>) -> Result<(), StoreError> {
        self.put_with_length(&write_row(&row)?)
    }

    fn end(&mut self, _table: &'static Table, sum: &Sum) -> Result<(), StoreError> {
        self.put_with_length(&[])?;
        self.put(&sum.count.to_be_bytes())?;
        self.put(&sum.sha256)
    }
}

/// An archive that is being read. What it hands over is whole only when [`ArchiveReader::end`] has
/// said so.
pub struct ArchiveReader<R> {
    from: R,
    hash: Context,
    /// What the archive says of itself.
    pub head: Head,
}

impl<R: Read> ArchiveReader<R> {
    /// Reads the head; refuses what this program cannot read.
    pub fn new(from: R) -> Result<Self, StoreError> {
        let blank = Head { schema: 0, program: String::new(), created: 0, tables: Vec::new() };
        let mut new = Self { from, hash: Context::new(&SHA256), head: blank };
        let opening = new.get(OPENING.len());
        if !opening.is_ok_and(|opening| opening == OPENING) {
            return Err(StoreError::failed("it is not a backup of this program's"));
        }
        let head = new.get_with_length(HEAD_MAX)?;
        new.head = serde_json::from_slice(&head).map_err(|_| damaged("its head is no JSON"))?;
        new.head.check()?;
        Ok(new)
    }

    /// Checks that nothing is missing, changed, or added.
    pub fn end(mut self) -> Result<(), StoreError> {
        let sum = self.hash.clone().finish();
        if self.get(32)? != sum.as_ref() {
            return Err(damaged("its sum is another"));
        }
        match self.from.read(&mut [0]).map_err(StoreError::failed)? {
            0 => Ok(()),
            _ => Err(damaged("something follows its end")),
        }
    }

    fn get(&mut self, length: usize) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        let most = u64::try_from(length).map_err(StoreError::failed)?;
        let got = self.from.by_ref().take(most).read_to_end(&mut bytes);
        if got.map_err(StoreError::failed)? != length {
            return Err(damaged("it ends too early"));
        }
        self.hash.update(&bytes);
        Ok(bytes)
    }

    fn get_with_length(&mut self, most: usize) -> Result<Vec<u8>, StoreError> {
        let length: [u8; 4] = self.get(4)?.try_into().map_err(|_| damaged("it ends too early"))?;
        let length = usize::try_from(u32::from_be_bytes(length)).map_err(StoreError::failed)?;
        if length > most {
            return Err(damaged("something in it is too long"));
        }
        self.get(length)
    }
}

impl<R: Read> Rows for ArchiveReader<R> {
    fn each(&mut self, table: &'static Table, each: &mut Each<'_>) -> Result<(), StoreError> {
        if !self.head.has(table.name) {
            return Ok(());
        }
        let mut summing = Summing::new(table);
        loop {
            let bytes = self.get_with_length(ROW_MAX)?;
            if bytes.is_empty() {
                break;
            }
            summing.add(&bytes)?;
            each(read_row(table, &bytes).ok_or_else(|| damaged("a row has the wrong shape"))?)?;
        }
        let sum = summing.end()?;
        let (count, sha256) = (self.get(8)?, self.get(32)?);
        if count != sum.count.to_be_bytes() || sha256 != sum.sha256 {
            return Err(damaged(&format!("the rows of `{}` have another sum", table.name)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(head: &Head) -> Result<ArchiveReader<std::io::Cursor<Vec<u8>>>, String> {
        let written = ArchiveWriter::new(Vec::new(), head).and_then(ArchiveWriter::end).unwrap();
        let reader = ArchiveReader::new(std::io::Cursor::new(written));
        reader.map_err(|cause| cause.to_string())
    }

    #[test]
    fn an_older_archive_may_lack_tables_and_nothing_else() {
        let mut head = Head::new("0.0.0", 0);
        assert!(opened(&head).is_ok());
        let gone = head.tables.remove(3).name;
        assert!(
            opened(&head).err().unwrap().contains("its tables are not those"),
            "its own version"
        );
        for (schema, is_read) in
            [(4, false), (TABLES_CAME_SINCE, TABLES_CAME_SINCE < SCHEMA_VERSION), (99, false)]
        {
            head.schema = schema;
            assert_eq!(opened(&head).is_ok(), is_read, "{schema}");
        }
        if TABLES_CAME_SINCE < SCHEMA_VERSION {
            head.schema = TABLES_CAME_SINCE;
            let mut reader = opened(&head).unwrap();
            let table = tables().iter().find(|table| table.name == gone).unwrap();
            reader.each(table, &mut |_| panic!("it has no rows of `{gone}`")).unwrap();
            head.tables.swap(0, 1);
            assert!(opened(&head).is_err(), "in another order");
        }
    }
}
