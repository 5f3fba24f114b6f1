//! The data directory: what lies where in it, and who may read it.
//!
//! `durward.db` is the store, `durward.lock` keeps a second process out, `durward.key` is the
//! server's own secret key (it may be kept elsewhere), `client.json` remembers where the first
//! administrator's profile was written, and `tls` holds the development authority. Everything is
//! for the owner alone.

use crate::failure::Failure;
use iam_core::server_key::{ServerKey, Use};
use serde::{Deserialize, Serialize};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The name under which the store keeps the number that its key is known by.
pub(crate) const KEY_CHECK: &str = "key";

/// A data directory.
#[derive(Clone)]
pub(crate) struct DataDir(PathBuf);

/// Where the first administrator's profile was written.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct ClientProfile {
    /// The configuration file.
    pub(crate) config_file: PathBuf,
    /// The profile in it.
    pub(crate) profile: String,
}

impl DataDir {
    /// The data directory at that path, made absolute.
    pub(crate) fn at(path: &Path) -> Result<Self, Failure> {
        std::path::absolute(path).map(Self).map_err(Failure::file("find", path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("durward.db")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.0.join("durward.key")
    }

    pub(crate) fn client_file(&self) -> PathBuf {
        self.0.join("client.json")
    }

    /// Where tests find their way to a server that is for them.
    pub(crate) fn testing_file(&self) -> PathBuf {
        self.0.join("testing.json")
    }

    /// Where the development authority is.
    pub(crate) fn tls(&self) -> PathBuf {
        self.0.join("tls")
    }

    /// What clients are told to trust.
    pub(crate) fn authority(&self) -> PathBuf {
        self.tls().join("ca.pem")
    }

    /// What signs in its name.
    pub(crate) fn authority_key(&self) -> PathBuf {
        self.tls().join("ca.key")
    }

    /// Where a new store is filled before it takes its place.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.0.join("unfinished")
    }

    /// The store there.
    pub(crate) fn unfinished_database(&self) -> PathBuf {
        self.unfinished().join("durward.db")
    }

    /// Refuses a directory that is in use already, or used for something else.
    pub(crate) fn must_be_free(&self) -> Result<(), Failure> {
        let shown = self.0.display();
        if self.database().exists() {
            return Err(Failure::new(format!(
                "`{shown}` already holds an installation, and nothing was changed; start it with \
                 `durward serve`, or give another --data-dir"
            )));
        }
        if self.unfinished().exists() {
            return Err(Failure::new(format!(
                "`{shown}` holds an installation that is being made, or that was interrupted; if \
                 no other `durward init` is running, remove the directory and try again"
            )));
        }
        if !self.0.exists() {
            return Ok(());
        }
        let entries = fs::read_dir(&self.0).map_err(Failure::file("read", &self.0))?;
        // A file system that was mounted for this has `lost+found` in it.
        match entries.flatten().find(|entry| entry.file_name() != "lost+found") {
            None => Ok(()),
            Some(entry) => Err(Failure::new(format!(
                "`{shown}` is not empty: it holds `{}`; give a --data-dir that is empty or does \
                 not exist yet",
                entry.file_name().to_string_lossy()
            ))),
        }
    }

    /// Refuses a directory with an installation of its own, where another is meant.
    pub(crate) fn must_hold_no_store(&self) -> Result<(), Failure> {
        if self.database().exists() {
            return Err(Failure::new(format!(
                "`{}` holds an installation, and so may the database: give data-dir or \
                 database-url, not both",
                self.0.display()
            )));
        }
        Ok(())
    }

    /// Refuses a directory without an installation, and one that others may look into.
    pub(crate) fn must_be_installed(&self) -> Result<(), Failure> {
        let shown = self.0.display();
        if !self.database().exists() {
            return Err(Failure::new(format!(
                "`{shown}` holds no installation; make one with `durward init --data-dir {shown}`, \
                 or give database-url where a database holds it"
            )));
        }
        let found = fs::metadata(&self.0).map_err(Failure::file("read", &self.0))?;
        if found.mode() & 0o077 != 0 {
            return Err(Failure::new(format!(
                "`{shown}` is open to others (mode {:03o}); run `chmod 700 {shown}`",
                found.mode() & 0o777
            )));
        }
        Ok(())
    }

    /// Where the first administrator's profile was written.
    pub(crate) fn client_profile(&self) -> Result<ClientProfile, Failure> {
        let path = self.client_file();
        let text = fs::read_to_string(&path).map_err(Failure::file("read", &path))?;
        serde_json::from_str(&text)
            .map_err(|cause| Failure::new(format!("cannot read `{}`: {cause}", path.display())))
    }
}

/// Reads the server's own secret key.
pub(crate) fn read_key(path: &Path) -> Result<ServerKey, Failure> {
    if !path.exists() {
        return Err(Failure::new(format!(
            "the key file `{}` does not exist; give the one that `durward init` made with \
             --key-file, or bring it back from a backup: the database is of no use without it",
            path.display()
        )));
    }
    let text = read_secret(path)?;
    ServerKey::from_text(&text).ok_or_else(|| {
        Failure::new(format!(
            "`{}` is not a key file of durward's: it must hold 32 bytes in base64",
            path.display()
        ))
    })
}

/// Reads a file with a secret; refuses one that others can read.
pub(crate) fn read_secret(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let found = fs::metadata(path).map_err(Failure::file("read", path))?;
    // A secret that root puts in place for this process is given to it through its group.
    let by_group = found.uid() == 0 && !rustix::process::geteuid().is_root();
    let forbidden = if by_group { 0o037 } else { 0o077 };
    if found.mode() & forbidden != 0 {
        return Err(Failure::new(format!(
            "`{0}` can be read or changed by others (mode {1:03o}); run `chmod 600 {0}`",
            path.display(),
            found.mode() & 0o777
        )));
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(Failure::file("read", path))
}

/// The number that the store knows its key by; it tells nothing of the key.
pub(crate) fn key_check(key: &ServerKey) -> i64 {
    let digits: String = key.hash(Use::Check, &[]).chars().take(15).collect();
    i64::from_str_radix(&digits, 16).unwrap_or_default()
}
