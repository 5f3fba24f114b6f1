//! Where an installation is kept that has a database server for it.

use super::Options;
use crate::commands::quoted;
use crate::data_dir::read_secret;
use crate::failure::Failure;
use iam_store::Database;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A database server to keep an installation in, in place of the data directory.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct DatabaseArgs {
    /// A PostgreSQL database to keep it in, postgres://USER@HOST:PORT/NAME
    #[arg(long, env = "DURWARD_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,

    /// A file with the password for it, readable by its owner alone
    #[arg(
        long,
        env = "DURWARD_DATABASE_PASSWORD_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) database_password_file: Option<PathBuf>,
}

impl DatabaseArgs {
    /// The options that name it, for a command line.
    pub(crate) fn options(&self) -> String {
        let Some(url) = &self.database_url else { return String::new() };
        let mut said = format!(" --database-url {}", quoted(url));
        if let Some(file) = &self.database_password_file {
            let file = quoted(&file.display().to_string());
            said.push_str(&format!(" --database-password-file {file}"));
        }
        said
    }

    /// The database, if one is named.
    pub(crate) fn database(&self) -> Result<Option<Database>, Failure> {
        let (url, file) = (self.database_url.as_deref(), self.database_password_file.as_deref());
        DatabaseSettings::of(url, file)?.map(|settings| settings.database()).transpose()
    }
}

/// The database of an installation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is described at the option of its name")]
pub struct DatabaseSettings {
    pub database_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_password_file: Option<PathBuf>,
}

impl DatabaseSettings {
    pub(super) fn new(options: &Options) -> Result<Option<Self>, Failure> {
        Self::of(options.database_url.as_deref(), options.database_password_file.as_deref())
    }

    fn of(url: Option<&str>, password_file: Option<&Path>) -> Result<Option<Self>, Failure> {
        let Some(url) = url else {
            return match password_file {
                None => Ok(None),
                Some(_) => Err(Failure::new("database-password-file needs database-url beside it")),
            };
        };
        let settings = Self {
            database_url: url.to_owned(),
            database_password_file: password_file.map(Path::to_owned),
        };
        if settings.parsed()?.has_password() {
            return Err(Failure::new(
                "database-url has a password in it, which every process on this machine could \
                 read: put it into a file that only its owner can read, and name that as \
                 database-password-file",
            ));
        }
        Ok(Some(settings))
    }

    fn parsed(&self) -> Result<Database, Failure> {
        Ok(self.database_url.parse::<Database>()?)
    }

    /// The database, with its password.
    pub(crate) fn database(&self) -> Result<Database, Failure> {
        let database = self.parsed()?;
        Ok(match &self.database_password_file {
            None => database,
            Some(file) => database.with_password(read_secret(file)?.trim_end_matches(['\r', '\n'])),
        })
    }
}
