//! All that a store holds, kept in memory and put back later: for tests that begin where others
//! began. It is no backup, and it is bounded.

use crate::engine::StoreError;
use crate::rows::{Cell, Each, Filling, Rows, Sink, Sum, all, pour};
use crate::tables::{Table, tables};
use crate::tx::Tx;
use std::collections::HashMap;

/// The most rows that are kept.
const ROWS_MAX: u64 = 100_000;
/// The name under which the store keeps the number of its revision, which only grows.
const REVISION: &str = "revision";

/// All rows of a store, as they were.
#[derive(Default)]
pub struct Kept(HashMap<&'static str, Vec<Vec<Cell>>>);

impl Kept {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

impl Sink for Kept {
    fn take(&mut self, table: &'static Table, row: Vec<Cell>) -> Result<(), StoreError> {
        self.0.entry(table.name).or_default().push(row);
        Ok(())
    }

    fn end(&mut self, _table: &'static Table, _sum: &Sum) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Rows for &Kept {
    fn each(&mut self, table: &'static Table, each: &mut Each<'_>) -> Result<(), StoreError> {
        self.0.get(table.name).into_iter().flatten().cloned().try_for_each(each)
    }
}

impl Tx<'_> {
    /// Keeps all that the store holds; none where that is too much.
    pub fn keep_all(&mut self) -> Result<Option<Kept>, StoreError> {
        if self.count_all_rows()? > ROWS_MAX {
            return Ok(None);
        }
        let mut kept = Kept::default();
        pour(self, &all, &mut kept, &|_| {})?;
        Ok(Some(kept))
    }

    /// Puts back what was kept, in the place of all that the store holds now. The revision goes on,
    /// so that nothing is believed any more that was read before.
    pub fn put_back(&mut self, mut kept: &Kept) -> Result<(), StoreError> {
        let revision = self.meta(REVISION)?;
        for table in tables() {
            self.run(&table.sql.clear, &[])?;
        }
        pour(&mut kept, &all, &mut Filling::new(self)?, &|_| {})?;
        self.set_meta(REVISION, revision)?;
        self.revise()
    }
}
