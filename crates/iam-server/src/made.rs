//! Files and directories that are made for one purpose: all of them stay, or none does.
//!
//! Everything is made private and must be new: nothing is overwritten, and a symbolic link that
//! somebody put in the way is not followed.

use crate::failure::Failure;
use crate::place::UNFINISHED;
use iam_store::{Database, Store, StoreError, Tx, tables};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

enum Undo {
    RemoveFile(PathBuf),
    RemoveDir(PathBuf),
    Mode(PathBuf, Permissions),
    Length(File, u64),
    Database(Box<Database>),
}

/// What was made so far. Dropped before [`Made::keep`], it is unmade in reverse.
#[derive(Default)]
pub(crate) struct Made(Vec<Undo>);

impl Made {
    /// Makes a directory, and those above it that are missing; one that is there becomes private.
    pub(crate) fn private_dir(&mut self, dir: &Path) -> Result<(), Failure> {
        if let Ok(found) = fs::metadata(dir) {
            self.0.push(Undo::Mode(dir.to_owned(), found.permissions()));
            return fs::set_permissions(dir, Permissions::from_mode(0o700))
                .map_err(Failure::file("make private", dir));
        }
        self.missing_dirs(dir)
    }

    /// Makes a directory, and those above it, as far as they are missing.
    pub(crate) fn missing_dirs(&mut self, dir: &Path) -> Result<(), Failure> {
        if dir.is_dir() {
            return Ok(());
        }
        if let Some(parent) = dir.parent() {
            self.missing_dirs(parent)?;
        }
        self.new_dir(dir)
    }

    /// Makes a directory that must not be there yet.
    pub(crate) fn new_dir(&mut self, dir: &Path) -> Result<(), Failure> {
        DirBuilder::new().mode(0o700).create(dir).map_err(Failure::file("make", dir))?;
        self.0.push(Undo::RemoveDir(dir.to_owned()));
        Ok(())
    }

    /// Takes note of a file that something else is about to make.
    pub(crate) fn expect_file(&mut self, file: PathBuf) {
        self.0.push(Undo::RemoveFile(file));
    }

    /// Makes the store of a new installation in a database that holds nothing yet.
    pub(crate) fn new_store(&mut self, database: &Database) -> Result<Store, Failure> {
        let store = Store::create_in(database)
            .map_err(|cause| interrupted(database).unwrap_or_else(|| cause.into()))?;
        self.0.push(Undo::Database(Box::new(database.clone())));
        Ok(store)
    }

    /// Writes a file that must not be there yet.
    pub(crate) fn new_file(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        let mut options = OpenOptions::new();
        let opened = options.write(true).create_new(true).mode(0o600).open(path);
        let mut file = opened.map_err(Failure::file("make", path))?;
        self.0.push(Undo::RemoveFile(path.to_owned()));
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.map_err(Failure::file("write", path))
    }

    /// Writes at the end of a file that is there.
    pub(crate) fn append(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        let failed = || Failure::file("write", path);
        let mut file = OpenOptions::new().append(true).open(path).map_err(failed())?;
        let length = file.metadata().map_err(failed())?.len();
        self.0.push(Undo::Length(file.try_clone().map_err(failed())?, length));
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed())
    }

    /// Lets everything stay.
    pub(crate) fn keep(mut self) {
        self.0.clear();
    }
}

/// What to say where the database holds what an interrupted making has left: either nothing but
/// tables, or all of an installation whose key was never written to a file.
fn interrupted(database: &Database) -> Option<Failure> {
    let store = Store::open_in(database).ok()?;
    let look = |tx: &mut Tx<'_>| Ok::<_, StoreError>(tx.is_blank()? || tx.meta(UNFINISHED)? != 0);
    let is_left = store.read(look).ok()?.ok()?;
    let names: Vec<&str> = tables().iter().map(|table| table.name).collect();
    is_left.then(|| {
        Failure::new(format!(
            "`{database}` holds an installation whose making was interrupted, and nothing was \
             changed; if no other `durward` is making it right now, take its tables away and try \
             again: DROP TABLE {};",
            names.join(", ")
        ))
    })
}

impl Drop for Made {
    fn drop(&mut self) {
        while let Some(undo) = self.0.pop() {
            let _best_effort = match undo {
                Undo::RemoveFile(path) => fs::remove_file(path),
                Undo::RemoveDir(path) => fs::remove_dir(path),
                Undo::Mode(path, permissions) => fs::set_permissions(path, permissions),
                Undo::Length(file, length) => file.set_len(length),
                Undo::Database(database) => Store::remove_from(&database).map_err(io::Error::other),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_unmade_unless_it_is_kept() {
        let root = tempfile::tempdir().unwrap();
        let (old, dir) = (root.path().join("old"), root.path().join("a/b"));
        fs::write(&old, "old\n").unwrap();
        let make = || {
            let mut made = Made::default();
            made.missing_dirs(&dir).unwrap();
            made.new_file(&dir.join("file"), "text").unwrap();
            made.append(&old, "new\n").unwrap();
            made
        };
        drop(make());
        assert!(!root.path().join("a").exists());
        assert_eq!(fs::read_to_string(&old).unwrap(), "old\n");
        make().keep();
        assert_eq!(fs::read_to_string(dir.join("file")).unwrap(), "text");
        assert_eq!(fs::read_to_string(&old).unwrap(), "old\nnew\n");
    }

    #[test]
    fn a_file_or_link_in_the_way_is_neither_followed_nor_removed() {
        let root = tempfile::tempdir().unwrap();
        let (link, target) = (root.path().join("link"), root.path().join("target"));
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(Made::default().new_file(&link, "text").is_err());
        assert!(link.is_symlink() && !target.exists());
    }
}
