//! Makes files and folders that only their owner can read.
//!
//! The one idea: what is secret is never readable by others, not for a moment, and a file that is
//! replaced is either the old one or the new one whole. So a file is born with mode 0600 and takes
//! its name last.

use crate::failure::Failure;
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// Makes a folder, and those above it that are missing, for the owner alone.
pub(crate) fn create_folder(path: &Path) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| {
        Failure::Client(format!("ERROR: Cannot create the directory {}: {error}", path.display()))
    })
}

/// Writes a file for the owner alone; one of that name is replaced only if `replace` says so.
pub(crate) fn write_private(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    let written = if replace { write_over(path, bytes) } else { write_new(path, bytes) };
    written.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => "a file of that name exists".to_owned(),
            _ => error.to_string(),
        };
        Failure::Client(format!("ERROR: Cannot write {}: {why}", path.display()))
    })
}

fn write_over(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Where a link leads to the file, the file is replaced and the link stays.
    let path = match fs::canonicalize(path) {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let (draft, file) = draft(&path)?;
    let replaced = write(file, bytes).and_then(|()| fs::rename(&draft, &path));
    if replaced.is_err() {
        let _ = fs::remove_file(&draft);
    }
    replaced
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = write(create(path)?, bytes);
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

fn write(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a file that was not there, nor any link of its name.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes a file beside the one that it will replace.
fn draft(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Names that are taken were left behind by a run that was cut off.
    for number in 0..100 {
        let draft = path.with_file_name(format!(".{name}.{}.{number}", std::process::id()));
        match create(&draft) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|file| (draft, file)),
        }
    }
    Err(io::Error::other("too many drafts were left behind in the directory"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn files_and_folders_are_for_the_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("a/b");
        create_folder(&folder).unwrap();
        create_folder(&folder).unwrap();
        assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
        let file = folder.join("x");
        write_private(&file, b"one", false).unwrap();
        assert_eq!(mode(&file), 0o600);
        assert!(write_private(&file, b"two", false).is_err());
        assert_eq!(fs::read(&file).unwrap(), b"one");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        write_private(&file, b"two", true).unwrap();
        assert_eq!((fs::read(&file).unwrap().as_slice(), mode(&file)), (&b"two"[..], 0o600));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn a_link_is_followed_to_replace_and_refused_to_create() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        symlink(&real, &link).unwrap();
        assert!(write_private(&link, b"one", false).is_err());
        assert!(!real.exists());
        fs::write(&real, "old").unwrap();
        write_private(&link, b"new", true).unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(link.symlink_metadata().unwrap().is_symlink());
    }
}
