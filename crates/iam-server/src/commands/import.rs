//! `durward import`: a new installation that is a twin of a tenancy in OCI, under the same OCIDs,
//! so that a change can be tried before it is made.
//!
//! First everything is read, into a journal beside the data directory; then the installation is
//! made of it, whole or not at all. Nothing is ever sent but GET (`iam_cli::reader`).

mod crawl;
mod journal;

use super::init::{fill, finish, new_server_key, put_in_place, unfinished};
use super::{quoted, say, warn};
use crate::authority::Written;
use crate::config::{DatabaseArgs, TestingArgs};
use crate::data_dir::{ClientProfile, DataDir};
use crate::failure::Failure;
use crate::made::Made;
use crate::system::SystemClock;
use crate::trail::HOST;
use crawl::Crawl;
use iam_api::Ocid;
use iam_cli::reader::{Reader, Signer, Unread, Way, reading};
use iam_core::audit::{self, Event, Source};
use iam_core::call::store_problem;
use iam_core::context::Clock;
use iam_core::twin::{self, Planted, Twin};
use journal::Journal;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

/// What the audit trail calls it.
const EVENT: &str = "ImportTenancy";
/// The most things of a kind that are named on the screen; the report names all.
const TOLD_MAX: usize = 20;

/// Make an installation that is a local twin of a tenancy in OCI
///
/// Compartments, users, groups, memberships, dynamic groups, network sources, tags, the
/// authentication policy, identity domains and policies are read with the profile's key, and kept
/// here under the same OCIDs. Only GET is sent: nothing is changed there. No secret is read: no
/// password, no key, no other credential.
///
/// An import that was interrupted goes on where it was, when the same command is run again; until
/// all is read, there is nothing to serve. A statement that this version refuses is kept with its
/// policy, grants nothing, and is named in the report.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The profile whose tenancy is read [default: DEFAULT]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// The OCI configuration file that the profile is in [default: ~/.oci/config]
    #[arg(long, value_name = "FILE")]
    config_file: Option<String>,

    /// The region to ask, in the place of the profile's
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// The address of the service, in the place of the region's
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,

    /// A PEM file of certificate authorities to trust, and no others
    #[arg(long, value_name = "FILE")]
    cert_bundle: Option<String>,

    /// The proxy to go through
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,

    /// How many times a request is sent at most [default: 8]
    #[arg(long, value_name = "COUNT")]
    max_retries: Option<u64>,

    /// The data directory to make; it must be empty or not exist yet
    #[arg(long, env = "DURWARD_DATA_DIR", hide_env_values = true, value_name = "DIR")]
    data_dir: PathBuf,

    #[command(flatten)]
    database: DatabaseArgs,

    /// Where to put the server's own secret key [default: DIR/durward.key]
    #[arg(long, env = "DURWARD_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// Where to write what was brought, left out and refused, in JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  durward import --profile PROD --data-dir ./twin --report twin.json
  durward import --profile PROD --region eu-frankfurt-1 --data-dir ./twin
  durward import --data-dir /var/lib/twin --database-url postgres://durward@localhost/twin";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let dir = DataDir::at(&args.data_dir)?;
    dir.must_be_free()?;
    if let Some(report) = args.report.as_deref().filter(|report| report.exists()) {
        return Err(Failure::new(format!("`{}` exists; give another --report", report.display())));
    }
    let way = Way {
        config_file: args.config_file.clone(),
        profile: args.profile.clone(),
        region: args.region.clone(),
        endpoint: args.endpoint.clone(),
        cert_bundle: args.cert_bundle.clone(),
        proxy: args.proxy.clone(),
        max_retries: args.max_retries,
    };
    reading(&way, |reader| import(args, &dir, reader))
        .map_err(|Unread { message, .. }| Failure::new(message))?
}

fn import(args: &Args, dir: &DataDir, reader: &Reader<'_>) -> Result<(), Failure> {
    let path = journal_of(dir);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(Failure::file("make", parent))?;
    }
    let now = SystemClock.now();
    let mut journal = Journal::open(&path, reader.origin(), reader.tenancy(), now)?;
    if journal.is_begun() {
        warn(&format!("going on with what `{}` has", path.display()));
    }
    let mut twin = Crawl::new(reader, &mut journal).all()?;
    twin.key = reader.signer().map(|one| (Ocid::from(one.user.as_str()), one.public_key.clone()));
    let (name, tenancy) = (reader.origin().to_owned(), twin.tenancy.id.clone());
    let client = reader.signer().map(client).transpose()?.flatten();
    let signs = client.is_some();
    let planted = install(args, dir, twin, client)?;
    if let Some(report) = &args.report {
        let text = serde_json::to_string_pretty(&planted);
        let text = text.map_err(|cause| Failure::new(cause.to_string()))?;
        let mut made = Made::default();
        made.new_file(report, &format!("{text}\n"))?;
        made.keep();
    }
    journal.end()?;
    say(&told(args, dir, &planted, &format!("`{tenancy}` at {name}"), signs))
}

/// The file beside the data directory that holds what was read.
fn journal_of(dir: &DataDir) -> PathBuf {
    let mut name = dir.path().file_name().unwrap_or_default().to_owned();
    name.push(".import");
    dir.path().with_file_name(name)
}

/// Makes the installation; where that fails, nothing of it is left.
fn install(
    args: &Args,
    dir: &DataDir,
    twin: Twin,
    client: Option<String>,
) -> Result<Planted, Failure> {
    let database = args.database.database()?;
    let mut made = Made::default();
    made.private_dir(dir.path())?;
    let authority = Written::new(&[], SystemClock.now())?;
    let key = new_server_key();
    let key_text = key.to_text();
    let store = match &database {
        Some(database) => made.new_store(database)?,
        None => unfinished(&mut made, dir)?,
    };
    for doubt in store.doubts() {
        warn(&doubt);
    }
    let tests = TestingArgs::default();
    let planted = fill(store, key, &tests, database.is_some(), move |tx, context| {
        let planted = twin::plant(tx, context, &twin)?;
        let source = Source { address: HOST.to_owned(), request_id: context.etag() };
        let root = twin.tenancy.id.as_str();
        let at = tx.tenancy(root).map_err(store_problem)?;
        let at = at.ok_or_else(|| Failure::new("the tenancy was not made"))?;
        let event = Event { at, compartment: "", actor: HOST, name: EVENT, target: root };
        audit::record(tx, context, &source, &event, "OK")?;
        Ok(planted)
    })?;
    let key_file = match &args.key_file {
        Some(path) => std::path::absolute(path).map_err(Failure::file("find", path))?,
        None => dir.key_file(),
    };
    made.new_file(&key_file, &key_text)?;
    authority.write(&mut made, dir)?;
    if let Some(client) = client {
        made.new_file(&dir.client_file(), &client)?;
    }
    match &database {
        None => put_in_place(&mut made, dir)?,
        Some(database) => finish(database)?,
    }
    made.keep();
    Ok(planted)
}

/// Where the profile is that signed there: it signs here too.
fn client(signer: &Signer) -> Result<Option<String>, Failure> {
    let Some(file) = &signer.config_file else { return Ok(None) };
    let config_file = std::path::absolute(file).map_err(Failure::file("find", file))?;
    let client = ClientProfile { config_file, profile: signer.profile.clone() };
    let text = serde_json::to_string(&client);
    Ok(Some(text.map_err(|cause| Failure::new(cause.to_string()))?))
}

/// What to tell the person who waits.
fn told(args: &Args, dir: &DataDir, planted: &Planted, from: &str, signs: bool) -> String {
    let mut text = format!("Imported {from}\n");
    for (what, count) in &planted.brought {
        let _ = writeln!(text, "  {count:>7}  {what}");
    }
    let mut told = |title: &str, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        let _ = writeln!(text, "\n{title}: {}", lines.len());
        for line in lines.iter().take(TOLD_MAX) {
            let _ = writeln!(text, "  {line}");
        }
        if lines.len() > TOLD_MAX {
            let _ =
                writeln!(text, "  and {} more: --report FILE names all", lines.len() - TOLD_MAX);
        }
    };
    let noted = |notes: &[twin::Note]| {
        let line = |note: &twin::Note| {
            let name = note.name.escape_debug();
            format!("{} `{name}` ({}): {}", note.what, note.id.escape_debug(), note.why)
        };
        notes.iter().map(line).collect::<Vec<_>>()
    };
    told("Left out", noted(&planted.left_out));
    told("Not as it is there", noted(&planted.differs));
    let refused = planted.refused.iter().map(|one| {
        let (name, statement) = (one.name.escape_debug(), one.statement.escape_debug());
        format!("policy `{name}`, statement {}: {} — {statement}", one.number, one.why)
    });
    told("Statements that are kept and grant nothing", refused.collect());
    let place = format!(" --data-dir {}", quoted(&dir.path().display().to_string()));
    let mut whole = place.clone();
    whole.push_str(&args.database.options());
    if let Some(key_file) = &args.key_file {
        let _ = write!(whole, " --key-file {}", quoted(&key_file.display().to_string()));
    }
    let _ = write!(
        text,
        "\nPasswords, keys, MFA devices and other credentials stay where they are. Serve it:\n  \
         durward serve{whole}\nA way in at the Console, for any user (stop the server first):\n  \
         durward user reset NAME{whole}\n  durward user make-admin NAME{whole}\n"
    );
    if signs {
        let _ = write!(
            text,
            "The profile that read it signs here too:\n  eval \"$(durward env{place})\"\n  oci iam \
             user list\n"
        );
    }
    text
}
