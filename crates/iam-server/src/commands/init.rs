//! `durward init`: makes an installation, whole or not at all.
//!
//! The store is filled in a directory of its own and moved to its place when everything else is
//! there, so that no moment exists at which `durward serve` could find half of it.

use super::new_profile::NewProfile;
use super::seeding::Seed;
use super::tenancy::TenancyArgs;
use super::{quoted, say, warn};
use crate::authority::Written;
use crate::config::{DatabaseArgs, TestingArgs, check_host};
use crate::data_dir::{ClientProfile, DataDir, KEY_CHECK, key_check};
use crate::failure::Failure;
use crate::made::Made;
use crate::place::UNFINISHED;
use crate::system::{SystemClock, SystemRandom};
use crate::testing;
use clap::ValueEnum;
use iam_api::Timestamp;
use iam_core::call::store_problem;
use iam_core::context::{Clock, Context, HIGH_WATER, Limits, Random};
use iam_core::installation::{self, Installed};
use iam_core::server_key::ServerKey;
use iam_store::{Database, Store, Tx};
use serde::Serialize;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Make an installation: the data directory, the tenancy, and its first administrator
///
/// There is no default password or key: the first administrator gets an API key of their own, and
/// an OCI configuration profile that the official tools read as it is. What is made is private to
/// the user who runs this.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The data directory to make; it must be empty or not exist yet
    #[arg(long, env = "DURWARD_DATA_DIR", hide_env_values = true, value_name = "DIR")]
    pub(crate) data_dir: PathBuf,

    #[command(flatten)]
    pub(crate) tenancy: TenancyArgs,

    /// A host that the development authority may sign for, besides this machine (repeat for more)
    #[arg(
        long,
        env = "DURWARD_HOST",
        hide_env_values = true,
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub(crate) host: Vec<String>,

    /// The OCI configuration file to write the profile to [default: DIR/config]
    #[arg(long, value_name = "FILE")]
    pub(crate) config_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// Where to put the server's own secret key [default: DIR/durward.key]
    #[arg(long, env = "DURWARD_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) tests: TestingArgs,

    /// How to say what was made
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

const EXAMPLES: &str = "\
Examples:
  durward init --data-dir ./durward-data
  durward init --data-dir /var/lib/durward --tenancy-name acme \\
      --admin-name ann --admin-email ann@example.com --region eu-frankfurt-1
  durward init --data-dir ./durward-data --region local-1
  durward init --data-dir /var/lib/durward --key-file /etc/durward/durward.key \\
      --config-file ~/.oci/config --profile acme
  durward init --data-dir ./durward-data --database-url postgres://durward@localhost/durward";

/// How to say what was made.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// What was made. There is no secret in it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Report {
    pub(crate) data_dir: PathBuf,
    pub(crate) server_key_file: PathBuf,
    pub(crate) tenancy_name: String,
    pub(crate) tenancy_id: String,
    pub(crate) region: String,
    pub(crate) user_name: String,
    pub(crate) user_id: String,
    pub(crate) fingerprint: String,
    pub(crate) config_file: PathBuf,
    pub(crate) profile: String,
    pub(crate) api_key_file: PathBuf,
    pub(crate) ca_file: PathBuf,
    pub(crate) next: [String; 3],
    /// How the database could lose what is kept in it.
    #[serde(skip)]
    pub(crate) doubts: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let report = install(args)?;
    for doubt in &report.doubts {
        warn(doubt);
    }
    match args.output {
        Output::Text => say(&report.text()),
        Output::Json => {
            let json = serde_json::to_string_pretty(&report)
                .map_err(|cause| Failure::new(cause.to_string()))?;
            say(&format!("{json}\n"))
        }
    }
}

/// Makes an installation; where that fails, nothing of it is left.
pub(crate) fn install(args: &Args) -> Result<Report, Failure> {
    let places = Places::of(args)?;
    args.tests.check(places.database.is_some())?;
    let seed = args.tests.seed_file.as_deref().map(Seed::read).transpose()?;
    let mut made = Made::default();
    made.private_dir(places.dir.path())?;
    let plan = args.tenancy.plan(places.profile.public_key());
    let authority = Written::new(&args.host, SystemClock.now())?;
    let key = new_server_key();
    let key_text = key.to_text();
    let store = match &places.database {
        Some(database) => made.new_store(database)?,
        None => unfinished(&mut made, &places.dir)?,
    };
    let doubts = store.doubts();
    let installed =
        fill(store, key, &args.tests, places.database.is_some(), move |tx, context| {
            let installed = installation::install(tx, context, &plan)?;
            if let Some(seed) = &seed {
                seed.plant(tx, context, &installed)?;
            }
            Ok(installed)
        })?;

    made.new_file(&places.server_key, &key_text)?;
    authority.write(&mut made, &places.dir)?;
    made.new_file(&places.dir.client_file(), &places.client_json()?)?;
    places.profile.write(&mut made, &installed)?;
    match &places.database {
        None => put_in_place(&mut made, &places.dir)?,
        Some(database) => finish(database)?,
    }
    made.keep();
    Ok(Report { doubts, ..report(args, places, &installed) })
}

/// Where things go.
struct Places {
    dir: DataDir,
    /// Where the store is, unless it is in the directory.
    database: Option<Database>,
    server_key: PathBuf,
    profile: NewProfile,
}

impl Places {
    fn of(args: &Args) -> Result<Self, Failure> {
        args.host.iter().try_for_each(|host| check_host(host))?;
        let dir = DataDir::at(&args.data_dir)?;
        dir.must_be_free()?;
        let absolute = |path: &Path| std::path::absolute(path).map_err(Failure::file("find", path));
        let server_key = match &args.key_file {
            Some(path) => absolute(path)?,
            None => dir.key_file(),
        };
        let config = match &args.config_file {
            Some(path) => absolute(path)?,
            None => dir.path().join("config"),
        };
        let profile = args.tenancy.profile(config)?;
        let database = args.database.database()?;
        Ok(Self { dir, database, server_key, profile })
    }

    fn client_json(&self) -> Result<String, Failure> {
        let NewProfile { config, name, .. } = &self.profile;
        let client = ClientProfile { config_file: config.clone(), profile: name.clone() };
        serde_json::to_string(&client).map_err(|cause| Failure::new(cause.to_string()))
    }
}

pub(super) fn new_server_key() -> ServerKey {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes);
    ServerKey::new(bytes)
}

/// Makes the store of a data directory, in a directory of its own for as long as it is not whole.
pub(super) fn unfinished(made: &mut Made, dir: &DataDir) -> Result<Store, Failure> {
    let unfinished = dir.unfinished();
    made.new_dir(&unfinished)?;
    for file in ["durward.db", "durward.db-wal", "durward.db-shm", "durward.lock"] {
        made.expect_file(unfinished.join(file));
    }
    Ok(Store::create(&dir.unfinished_database())?)
}

/// Puts everything into the store by `work`; it is closed again when this returns. In a database it
/// says that it is not finished, until the key and the profile are in their files too.
pub(super) fn fill<R: Send + 'static>(
    store: Store,
    key: ServerKey,
    tests: &TestingArgs,
    is_unfinished: bool,
    work: impl Fn(&mut Tx<'_>, &Context) -> Result<R, Failure> + Send + 'static,
) -> Result<R, Failure> {
    let never = Timestamp::default();
    let (for_tests, number) = (tests.testing, tests.seed);
    let (clock, random) = (Box::new(SystemClock), testing::randomness(number));
    let context = Context::new(clock, random, key, Limits::default(), never);
    let whole = move |tx: &mut Tx<'_>| {
        let made = work(tx, &context)?;
        if for_tests {
            testing::mark(tx, number)?;
        }
        let seen = context.high_water().as_micros();
        tx.set_meta(HIGH_WATER, seen).map_err(store_problem)?;
        tx.set_meta(KEY_CHECK, key_check(&context.key)).map_err(store_problem)?;
        if is_unfinished {
            tx.set_meta(UNFINISHED, 1).map_err(store_problem)?;
        }
        Ok::<_, Failure>(made)
    };
    store.write(whole).wait()?
}

/// Says in the database that all of the installation was made.
pub(super) fn finish(database: &Database) -> Result<(), Failure> {
    let store = Store::open_in(database)?;
    Ok(store.write(|tx| tx.set_meta(UNFINISHED, 0)).wait()??)
}

/// Moves the store to its place, and sees to it that all of this outlives a loss of power.
pub(super) fn put_in_place(made: &mut Made, dir: &DataDir) -> Result<(), Failure> {
    let store = dir.unfinished_database();
    let database = dir.database();
    let log = store.with_extension("db-wal");
    if log.exists() {
        return Err(Failure::new(format!("`{}` was not closed", store.display())));
    }
    made.expect_file(database.clone());
    fs::rename(&store, &database).map_err(Failure::file("make", &database))?;
    let lock = store.with_extension("lock");
    fs::remove_file(&lock).map_err(Failure::file("remove", &lock))?;
    let unfinished = dir.unfinished();
    fs::remove_dir(&unfinished).map_err(Failure::file("remove", &unfinished))?;
    let synced = File::open(dir.path()).and_then(|dir| dir.sync_all());
    synced.map_err(Failure::file("write", dir.path()))
}

fn report(args: &Args, places: Places, installed: &Installed) -> Report {
    let dir = quoted(&places.dir.path().display().to_string());
    let mut serve = format!("durward serve --data-dir {dir}");
    serve.push_str(&args.database.options());
    if args.key_file.is_some() {
        let key = quoted(&places.server_key.display().to_string());
        serve.push_str(&format!(" --key-file {key}"));
    }
    if args.tests.testing {
        serve.push_str(" --testing");
    }
    let ca_file = places.dir.authority();
    let env = format!("eval \"$(durward env --data-dir {dir})\"");
    Report {
        data_dir: places.dir.path().to_owned(),
        server_key_file: places.server_key,
        tenancy_name: args.tenancy.tenancy_name.clone(),
        tenancy_id: installed.tenancy.as_str().to_owned(),
        region: installed.region.clone(),
        user_name: args.tenancy.admin_name.clone(),
        user_id: installed.admin.as_str().to_owned(),
        fingerprint: installed.fingerprint.clone(),
        config_file: places.profile.config,
        profile: places.profile.name,
        api_key_file: places.profile.key_file,
        ca_file,
        next: [serve, env, "oci iam user list".to_owned()],
        doubts: Vec::new(),
    }
}

impl Report {
    fn text(&self) -> String {
        let Self { tenancy_name, tenancy_id, region, user_name, user_id, profile, .. } = self;
        let [serve, env, list] = &self.next;
        format!(
            "Data directory  {}\n\
             Server key      {}  (back it up: without it the data is of no use)\n\
             Tenancy         {tenancy_name}  {tenancy_id}\n\
             Home region     {region}\n\
             Administrator   {user_name}  {user_id}\n\
             API key         {}\n\
             Fingerprint     {}\n\
             Profile         {profile} in {}\n\
             Development CA  {}  (for `durward serve --tls dev`)\n\
             \n\
             Start the server:\n  {serve}\n\
             Then, in another terminal, use it with any client:\n  {env}\n  {list}\n",
            self.data_dir.display(),
            self.server_key_file.display(),
            self.api_key_file.display(),
            self.fingerprint,
            self.config_file.display(),
            self.ca_file.display(),
        )
    }
}
