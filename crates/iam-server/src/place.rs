//! Where an installation is kept, as the commands for operators name it: a data directory, or a
//! database server.

use crate::config::DatabaseArgs;
use crate::data_dir::{DataDir, KEY_CHECK, key_check, read_key};
use crate::failure::Failure;
use iam_core::server_key::ServerKey;
use iam_store::{Database, Migrated, Store, StoreError, Tx};
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The name under which a database says that not all of the installation in it was made yet.
pub(crate) const UNFINISHED: &str = "unfinished";

/// A place for an installation.
pub(crate) enum Place {
    Dir(DataDir),
    Database(Box<Database>),
}

/// The place of an installation, as two options.
#[derive(clap::Args)]
pub(crate) struct PlaceArgs {
    /// The data directory of the installation
    #[arg(long, env = "DURWARD_DATA_DIR", hide_env_values = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}

impl PlaceArgs {
    /// Whether they name a place.
    pub(crate) fn is_some(&self) -> bool {
        self.data_dir.is_some() || self.database.database_url.is_some()
    }

    pub(crate) fn place(&self) -> Result<Place, Failure> {
        of(self.database.database()?, self.data_dir.as_deref())
    }

    /// The options that name the place, for a command line.
    pub(crate) fn options(&self) -> String {
        let mut said = String::new();
        let word = |path: &Path| crate::commands::quoted(&path.display().to_string());
        match (&self.database.database_url, &self.data_dir) {
            (Some(_), _) => said.push_str(&self.database.options()),
            (None, Some(dir)) => said.push_str(&format!(" --data-dir {}", word(dir))),
            (None, None) => {}
        }
        said
    }

    /// The file of the installation's key, where none is named: the one in its data directory.
    pub(crate) fn key_file(&self, named: Option<&Path>) -> Result<PathBuf, Failure> {
        match (named, &self.data_dir) {
            (Some(file), _) => Ok(file.to_owned()),
            (None, Some(dir)) => Ok(DataDir::at(dir)?.key_file()),
            (None, None) => Err(Failure::new(
                "there is no key file: give --key-file FILE, the one that `durward init` made",
            )),
        }
    }
}

/// The place of an installation and its key, as options.
#[derive(clap::Args)]
pub(crate) struct KeyedPlaceArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,

    /// The server's own secret key [default: DIR/durward.key]
    #[arg(long, env = "DURWARD_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyedPlaceArgs {
    /// The file of the installation's key.
    pub(crate) fn key_file(&self) -> Result<PathBuf, Failure> {
        self.place.key_file(self.key_file.as_deref())
    }

    /// Opens the installation to change it, with its key.
    pub(crate) fn open(&self) -> Result<(Place, Store, ServerKey), Failure> {
        let (place, key_file) = (self.place.place()?, self.key_file()?);
        let store = place.open()?;
        let key = key_of(&store, &key_file, &place)?;
        Ok((place, store, key))
    }
}

/// The place that a database or a directory is.
pub(crate) fn of(database: Option<Database>, dir: Option<&Path>) -> Result<Place, Failure> {
    let dir = dir.map(DataDir::at).transpose()?;
    match (database, dir) {
        (Some(database), dir) => {
            dir.map_or(Ok(()), |dir| dir.must_hold_no_store())?;
            Ok(Place::Database(Box::new(database)))
        }
        (None, Some(dir)) => Ok(Place::Dir(dir)),
        (None, None) => Err(Failure::new(
            "it is not said which installation: give --data-dir DIR or --database-url URL",
        )),
    }
}

/// What the options would say of a place that is named by one word: a directory, or a URL.
pub(crate) fn named(word: &str, password_file: Option<&Path>) -> PlaceArgs {
    if !word.contains("://") {
        return PlaceArgs { data_dir: Some(word.into()), database: DatabaseArgs::default() };
    }
    let database = DatabaseArgs {
        database_url: Some(word.to_owned()),
        database_password_file: password_file.map(Path::to_owned),
    };
    PlaceArgs { data_dir: None, database }
}

impl Place {
    /// Opens the installation to change it: no server may have its data directory open.
    pub(crate) fn open(&self) -> Result<Store, Failure> {
        match self {
            Self::Dir(dir) => {
                must_be_own(dir)?;
                Ok(Store::open(&dir.database())?)
            }
            Self::Database(database) => Ok(Store::open_in(database)?),
        }
    }

    /// Opens the installation to serve it, with its key. Where an older version wrote it, its
    /// tables are first brought to this version's; with another installation's key, nothing is
    /// changed.
    pub(crate) fn serve(&self, key_file: &Path) -> Result<(Store, ServerKey), Failure> {
        if let Self::Dir(dir) = self {
            dir.must_be_installed()?;
        }
        let key = read_key(key_file)?;
        let fits = |tx: &mut Tx<'_>| must_be_whole(tx, &key, key_file, self);
        let migrated = match self {
            Self::Dir(dir) => Store::migrate(&dir.database(), key.audit(), &fits)?,
            Self::Database(database) => Store::migrate_in(database, key.audit(), &fits)?,
        };
        if let Some(Migrated { from, to }) = migrated {
            tracing::info!(from, to, "brought the tables to this version");
        }
        let store = match self {
            Self::Dir(dir) => Store::open(&dir.database())?,
            Self::Database(database) => Store::open_in(database)?,
        };
        store.read(fits)??;
        Ok((store, key))
    }

    /// Opens the installation to read it, beside whoever has it open.
    pub(crate) fn look(&self) -> Result<Store, Failure> {
        match self {
            Self::Dir(dir) => {
                must_be_own(dir)?;
                Ok(Store::look(&dir.database())?)
            }
            Self::Database(database) => Ok(Store::open_in(database)?),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dir(dir) => dir.path().display().fmt(out),
            Self::Database(database) => database.fmt(out),
        }
    }
}

/// Refuses a directory of somebody else's: files that were made beside the server's own would be
/// closed to it, also where root made them.
fn must_be_own(dir: &DataDir) -> Result<(), Failure> {
    dir.must_be_installed()?;
    let owner = fs::metadata(dir.path()).map_err(Failure::file("read", dir.path()))?.uid();
    if owner == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{0}` belongs to the user with number {owner}; run this as that user, such as with `sudo -u \
         '#{owner}' durward …`",
        dir.path().display()
    )))
}

/// Reads the key of an installation; refuses one that is another's.
pub(crate) fn key_of(store: &Store, file: &Path, place: &Place) -> Result<ServerKey, Failure> {
    let key = read_key(file)?;
    store.read(|tx| must_be_whole(tx, &key, file, place))??;
    Ok(key)
}

/// Refuses an installation whose making was interrupted, and one that was made with another key.
fn must_be_whole(
    tx: &mut Tx<'_>,
    key: &ServerKey,
    file: &Path,
    place: &Place,
) -> Result<(), StoreError> {
    let check = tx.meta(KEY_CHECK)?;
    if check == 0 || tx.meta(UNFINISHED)? != 0 {
        return Err(StoreError::failed(format!(
            "`{place}` holds an installation whose making was interrupted; run the command that \
             was making it again, and it will say what to do"
        )));
    }
    must_fit(key, check, file, place).map_err(StoreError::failed)
}

/// Refuses a key that is not the one that the installation was made with.
pub(crate) fn must_fit(
    key: &ServerKey,
    check: i64,
    file: &Path,
    of: &dyn fmt::Display,
) -> Result<(), Failure> {
    if check == key_check(key) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the key in `{}` is not the one that `{of}` was made with; give the right --key-file",
        file.display()
    )))
}
