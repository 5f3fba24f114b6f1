//! Filling an empty place with an installation that comes from elsewhere: whole, read back, or not
//! at all.

use super::init::{put_in_place, unfinished};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::made::Made;
use crate::place::Place;
use iam_store::{Nowhere, Store, StoreError, Sum, Tx, all, pour};
use std::fs;

/// What was made, which stays only where it is kept.
pub(super) struct Filled {
    made: Made,
    store: Store,
    /// What is in it, read back.
    pub(super) sums: Vec<Sum>,
}

/// Refuses a place that holds something. A key may lie in a directory already.
pub(super) fn must_be_empty(place: &Place) -> Result<(), Failure> {
    let Place::Dir(dir) = place else { return Ok(()) }; // a database tells when it is filled
    let key_alone = |dir: &DataDir| {
        let mut names = fs::read_dir(dir.path()).ok()?.flatten().map(|entry| entry.path());
        names.all(|path| path == dir.key_file() || path.ends_with("lost+found")).then_some(())
    };
    match key_alone(dir) {
        Some(()) => Ok(()),
        None => dir.must_be_free(),
    }
}

/// Fills the place by `work`, which answers the sums of what it wrote, and reads everything back.
pub(super) fn fill(
    place: &Place,
    work: impl FnMut(&mut Tx<'_>) -> Result<Vec<Sum>, StoreError> + Send + 'static,
) -> Result<Filled, Failure> {
    must_be_empty(place)?;
    let mut made = Made::default();
    let store = match place {
        Place::Dir(dir) => {
            made.private_dir(dir.path())?;
            unfinished(&mut made, dir)?
        }
        Place::Database(database) => {
            begun_before(place).map_or_else(|| made.new_store(database), Ok)?
        }
    };
    let written = store.write(work).wait()??;
    let sums = store.read(|tx| pour(tx, &all, &mut Nowhere, &|_| {}))??;
    if let Some((written, read)) = written.iter().zip(&sums).find(|(written, read)| written != read)
    {
        return Err(Failure::new(format!(
            "what was read back from `{place}` is not what was written, and was removed: `{written}` \
             came back as `{read}`"
        )));
    }
    Ok(Filled { made, store, sums })
}

/// The store of a database whose tables are there and hold nothing: somebody was interrupted.
fn begun_before(place: &Place) -> Option<Store> {
    let store = place.open().ok()?;
    let blank = store.read(|tx| tx.is_blank()).ok()?.ok()?;
    blank.then_some(store)
}

impl Filled {
    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    /// What is unmade with the rest where that is not kept.
    pub(super) const fn made(&mut self) -> &mut Made {
        &mut self.made
    }

    /// Puts it in its place for good.
    pub(super) fn keep(self, place: &Place) -> Result<(), Failure> {
        let Self { mut made, store, .. } = self;
        drop(store); // closed, before it is moved
        if let Place::Dir(dir) = place {
            put_in_place(&mut made, dir)?;
        }
        made.keep();
        Ok(())
    }
}
