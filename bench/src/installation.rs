//! An installation to measure: made by `durward init`, in a directory that goes away with it.

use crate::Result;
use crate::process::{Programs, Server};
use iam_sign::PrivateKey;
use iam_store::Store;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(crate) struct Installation {
    dir: TempDir,
    pub(crate) tenancy: String,
    /// `<tenancy>/<user>/<fingerprint>` of the first administrator.
    pub(crate) key_id: String,
    pub(crate) key: PrivateKey,
}

impl Installation {
    pub(crate) fn new(programs: &Programs) -> Result<Self> {
        Self::made(programs, &[])
    }

    /// Made with these further options.
    pub(crate) fn made(programs: &Programs, options: &[&str]) -> Result<Self> {
        let dir = TempDir::new()?;
        let mut command = Command::new(programs.durward());
        let init = command.args(["init", "--data-dir"]).arg(dir.path().join("data"));
        let output = init.args(options).stdin(Stdio::null()).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let text = std::fs::read_to_string(dir.path().join("data/config"))?;
        let value = |name: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            found.map(str::to_owned).ok_or_else(|| format!("the profile has no {name}"))
        };
        let (tenancy, user) = (value("tenancy")?, value("user")?);
        let key_id = format!("{tenancy}/{user}/{}", value("fingerprint")?);
        let pem = std::fs::read(value("key_file")?)?;
        let key = PrivateKey::from_pem(&pem, None)?;
        Ok(Self { dir, tenancy, key_id, key })
    }

    /// The profile that the tools read.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.dir.path().join("data/config")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir.path().join("data/durward.db")
    }

    /// The store, as long as nothing serves it.
    pub(crate) fn store(&self) -> Result<Store> {
        Ok(Store::open(&self.database())?)
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.dir.path().join("data/durward.key")
    }

    /// The administrator's public key, in a file.
    pub(crate) fn public_key_file(&self) -> Result<PathBuf> {
        let file = self.dir.path().join("public.pem");
        std::fs::write(&file, self.key.public_key_pem())?;
        Ok(file)
    }

    /// A directory for something else.
    pub(crate) fn other_dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dir.path().join(name);
        std::fs::create_dir(&dir)?;
        Ok(dir)
    }

    pub(crate) fn serve(&self, programs: &Programs) -> Result<Server> {
        self.serve_with(programs, &[])
    }

    /// Serves it with these further options.
    pub(crate) fn serve_with(&self, programs: &Programs, options: &[String]) -> Result<Server> {
        let mut command = Command::new(programs.durward());
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn", "--data-dir"]);
        Server::start(command.arg(self.dir.path().join("data")).args(options))
    }
}
