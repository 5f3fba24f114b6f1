//! The file that tells tests where a server is steered, as long as it is.

use crate::failure::Failure;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// A file that is gone when this is dropped.
pub(crate) struct Told(PathBuf);

impl Told {
    /// Writes it; one that a killed server has left goes first.
    pub(super) fn new(path: PathBuf, text: &str) -> Result<Self, Failure> {
        let _there_is_none = fs::remove_file(&path);
        let mut options = OpenOptions::new();
        let opened = options.write(true).create_new(true).mode(0o600).open(&path);
        let mut file = opened.map_err(Failure::file("make", &path))?;
        file.write_all(text.as_bytes()).map_err(Failure::file("write", &path))?;
        Ok(Self(path))
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        let _gone_already = fs::remove_file(&self.0);
    }
}
