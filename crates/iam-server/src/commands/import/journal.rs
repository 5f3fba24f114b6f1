//! What an import has read so far, in a file beside the data directory: an import that was
//! interrupted goes on from there.
//!
//! A line for each page, appended when it has come whole; a line that was not finished is cut off.

use crate::failure::Failure;
use iam_api::Timestamp;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The most bytes of all pages together.
const BYTES_MAX: u64 = 512 * 1024 * 1024;
/// How old a page may be: what is older says little about what is there now.
const AGE_SECONDS_MAX: i64 = 24 * 60 * 60;

/// Whose pages these are, and since when.
#[derive(Serialize, Deserialize)]
struct Head {
    origin: String,
    tenancy: String,
    begun: i64,
}

/// A page of a list, or the answer about one thing.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Saved {
    /// What was asked.
    pub(super) asked: String,
    /// Which page it is, from 0; that one begins the list anew.
    pub(super) number: usize,
    /// The answer.
    pub(super) reply: Value,
    /// Where the next page is.
    pub(super) next: Option<String>,
}

/// The file, and what is in it.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    bytes: u64,
    pages: HashMap<String, Vec<Saved>>,
}

impl Journal {
    /// Opens the journal of an import of that tenancy from there, or begins one. One that is too
    /// old is begun anew; one of something else is refused.
    pub(super) fn open(
        path: &Path,
        origin: &str,
        tenancy: &str,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
        let mut file = options.open(path).map_err(Failure::file("open", path))?;
        flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| {
            Failure::new(format!("another import is writing `{}`; let it end", path.display()))
        })?;
        must_be_own(path, &file)?;
        let mut bytes = Vec::new();
        let read = (&mut file).take(BYTES_MAX + 1).read_to_end(&mut bytes);
        read.map_err(Failure::file("read", path))?;
        let text = String::from_utf8_lossy(&bytes); // a line that was torn may end within a letter
        let first = text.split_inclusive('\n').next().filter(|line| line.ends_with('\n'));
        let head = first.and_then(|line| serde_json::from_str::<Head>(line).ok());
        if first.is_some() && head.is_none() {
            return Err(Failure::new(format!(
                "`{}` is in the way: it is no file of an import; move it elsewhere",
                path.display()
            )));
        }
        let mut journal = Self { path: path.to_owned(), file, bytes: 0, pages: HashMap::new() };
        match head {
            Some(head) if head.origin != origin || head.tenancy != tenancy => {
                Err(Failure::new(format!(
                    "`{}` has pages of `{}` at {}, and this is another tenancy; remove it, or give \
                     another --data-dir",
                    path.display(),
                    head.tenancy.escape_debug(),
                    head.origin.escape_debug()
                )))
            }
            Some(head) if now.as_seconds() - head.begun <= AGE_SECONDS_MAX => {
                journal.replay(&text)?;
                Ok(journal)
            }
            _ => {
                journal.cut(0)?;
                let (origin, tenancy) = (origin.to_owned(), tenancy.to_owned());
                journal.append(&Head { origin, tenancy, begun: now.as_seconds() })?;
                Ok(journal)
            }
        }
    }

    /// Takes over what was written whole, and cuts off the rest.
    fn replay(&mut self, text: &str) -> Result<(), Failure> {
        let mut whole = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if !line.ends_with('\n') {
                break;
            }
            if index > 0 {
                let Ok(saved) = serde_json::from_str::<Saved>(line) else { break };
                self.take(saved);
            }
            whole += line.len() as u64;
        }
        self.cut(whole)
    }

    fn take(&mut self, saved: Saved) {
        let pages = self.pages.entry(saved.asked.clone()).or_default();
        pages.truncate(saved.number);
        pages.push(saved);
    }

    fn cut(&mut self, length: u64) -> Result<(), Failure> {
        let cut = self.file.set_len(length);
        let cut = cut.and_then(|()| self.file.seek(SeekFrom::Start(length)).map(|_| ()));
        self.bytes = length;
        cut.map_err(Failure::file("write", &self.path))
    }

    fn append(&mut self, line: &impl Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_string(line).map_err(|why| Failure::new(why.to_string()))?;
        text.push('\n');
        self.bytes += text.len() as u64;
        if self.bytes > BYTES_MAX {
            return Err(Failure::new(format!(
                "the tenancy has more than {} MiB to read, and was left; remove `{}`",
                BYTES_MAX / 1024 / 1024,
                self.path.display()
            )));
        }
        self.file.write_all(text.as_bytes()).map_err(Failure::file("write", &self.path))
    }

    /// The pages that were read of what is asked.
    pub(super) fn pages(&self, asked: &str) -> &[Saved] {
        self.pages.get(asked).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether something was read before this run.
    pub(super) fn is_begun(&self) -> bool {
        !self.pages.is_empty()
    }

    /// Keeps a page.
    pub(super) fn keep(&mut self, saved: Saved) -> Result<(), Failure> {
        self.append(&saved)?;
        self.take(saved);
        Ok(())
    }

    /// Removes the file: everything in it is where it belongs.
    pub(super) fn end(self) -> Result<(), Failure> {
        fs::remove_file(&self.path).map_err(Failure::file("remove", &self.path))
    }
}

/// Refuses a file that others can read, or could have written.
fn must_be_own(path: &Path, file: &File) -> Result<(), Failure> {
    let found = file.metadata().map_err(Failure::file("read", path))?;
    let is_own = found.uid() == rustix::process::geteuid().as_raw();
    if is_own && found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{}` belongs to another user or is open to others; move it elsewhere",
        path.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn open(path: &Path, origin: &str, now: Timestamp) -> Result<Journal, Failure> {
        Journal::open(path, origin, "ocid1.tenancy.oc1..a", now)
    }

    fn page(number: usize, next: Option<&str>) -> Saved {
        let next = next.map(str::to_owned);
        Saved { asked: "ListUsers".to_owned(), number, reply: Value::from("ä"), next }
    }

    #[test]
    fn what_was_kept_is_there_again_without_what_was_torn() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("twin.import");
        let mut journal = open(&path, "http://a", NOW).unwrap();
        assert!(open(&path, "http://a", NOW).is_err(), "one at a time");
        journal.keep(page(0, Some("x"))).unwrap();
        journal.keep(page(1, None)).unwrap();
        drop(journal);
        let whole = fs::read(&path).unwrap();
        let torn = whole.len() - "ä\",\"next\":null}\n".len() + 1; // within the letter
        fs::write(&path, &whole[..torn]).unwrap();
        let mut journal = open(&path, "http://a", NOW).unwrap();
        assert_eq!(journal.pages("ListUsers").len(), 1);
        journal.keep(page(0, None)).unwrap(); // the list anew
        drop(journal);
        let journal = open(&path, "http://a", NOW).unwrap();
        assert_eq!(journal.pages("ListUsers").len(), 1);
        assert!(journal.pages("ListUsers")[0].next.is_none());
        drop(journal);
        let later = NOW.plus_seconds(AGE_SECONDS_MAX + 1);
        assert!(!open(&path, "http://a", later).unwrap().is_begun(), "it is too old");
    }

    #[test]
    fn a_file_of_something_else_or_of_others_is_refused_and_stays() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("twin.import");
        open(&path, "http://a", NOW).unwrap();
        assert!(open(&path, "http://b", NOW).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(open(&path, "http://a", NOW).is_err());
        let (mine, link) = (root.path().join("mine"), root.path().join("link"));
        fs::write(&mine, "mine\n").unwrap();
        fs::set_permissions(&mine, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(open(&mine, "http://a", NOW).is_err());
        std::os::unix::fs::symlink(root.path().join("target"), &link).unwrap();
        assert!(open(&link, "http://a", NOW).is_err());
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine\n");
        assert!(!root.path().join("target").exists());
    }
}
