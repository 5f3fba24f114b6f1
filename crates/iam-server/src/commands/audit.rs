//! `durward audit …`: the audit trail on the host, to be sent elsewhere, and to go on with after it
//! was damaged.

use super::restore::HOST;
use super::say;
use crate::failure::Failure;
use crate::place::{self, PlaceArgs};
use crate::system::SystemClock;
use crate::trail;
use clap::{Subcommand, ValueEnum};
use iam_api::Timestamp;
use iam_core::audit_events::Names;
use iam_core::context::Clock;
use iam_store::{AuditRecord, Chain, Store, StoreError, TenancyNo, Tx};
use std::io::{self, Write};
use std::path::PathBuf;

/// The lines that are read at a time.
const BATCH: i64 = 1_000;

/// Read the audit trail on the host, or seal it anew
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Write lines of the trail to stdout, the oldest first, a JSON object on each
    ///
    /// All tenancies are in it. The installation may be served meanwhile. To go on where the last
    /// export ended, give --after the number of its last line.
    Export(Export),
    /// Accept the trail as it is, after `durward verify` has found its ends broken
    ///
    /// While the last line is not the one that was sealed, nothing that has to be noted can be
    /// done: not even signing in. Look for who has done that first, and keep a copy. Then this
    /// seals the trail as it is found, and notes that it did. What is missing or was changed in it
    /// stays to be seen. A data directory must not be served meanwhile.
    Seal(Seal),
}

#[derive(clap::Args)]
struct Export {
    #[command(flatten)]
    place: PlaceArgs,

    /// What each line looks like
    #[arg(long, value_enum, default_value_t = Format::Lines)]
    format: Format,

    /// Only lines after the one of this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: i64,
}

/// What an exported line looks like.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Every field that is kept, and what the chain is made of
    Lines,
    /// An event of OCI's Audit service, version 2
    Events,
}

#[derive(clap::Args)]
struct Seal {
    #[command(flatten)]
    place: PlaceArgs,

    /// The server's own secret key [default: DIR/durward.key]
    #[arg(long, env = "DURWARD_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  durward audit export --data-dir /var/lib/durward > trail.jsonl
  durward audit export --data-dir /var/lib/durward --format events --after 1204
  durward audit seal --data-dir /var/lib/durward";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Export(args) => export(args),
        Action::Seal(args) => seal(args),
    }
}

fn export(args: &Export) -> Result<(), Failure> {
    let store = args.place.place()?.look()?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut names = Names::default();
    let mut after = args.after;
    loop {
        let read = |tx: &mut Tx<'_>| batch(tx, args.format, after, &mut names);
        let (text, last) = store.read(read)??;
        let Some(last) = last else { break };
        out.write_all(text.as_bytes()).map_err(unwritten)?;
        after = last;
    }
    out.flush().map_err(unwritten)
}

fn unwritten(cause: io::Error) -> Failure {
    Failure::new(format!("cannot write to stdout: {cause}"))
}

/// The next lines as they are written, and the number of the last.
fn batch(
    tx: &mut Tx<'_>,
    format: Format,
    after: i64,
    names: &mut Names,
) -> Result<(String, Option<i64>), StoreError> {
    let lines = tx.audit_lines(after, BATCH)?;
    let mut text = String::new();
    for line in &lines {
        text.push_str(&match format {
            Format::Lines => trail::line(tx, line, names)?,
            Format::Events => trail::event(tx, line, names)?,
        });
        text.push('\n');
    }
    Ok((text, lines.last().map(|line| line.seq)))
}

fn seal(args: &Seal) -> Result<(), Failure> {
    let place = args.place.place()?;
    let key_file = args.place.key_file(args.key_file.as_deref())?;
    let store = place.open()?;
    let key = place::key_of(&store, &key_file, &place)?;
    let now = SystemClock.now();
    let (first, last) = bounds(&store)?;
    let work = move |tx: &mut Tx<'_>| {
        tx.seal_audit(first, last, key.audit())?;
        tx.add_audit(note(now), key.audit())
    };
    store.write(work).wait()??;
    let (from, to) = (first.0 + 1, last.0);
    say(&format!(
        "The trail is sealed as it was found: lines {from} to {to}. That is noted in it.\n"
    ))
}

/// The number of a line, and its chain.
type Place = (i64, Chain);

/// Where the trail begins and ends by the lines that are there.
fn bounds(store: &Store) -> Result<(Place, Place), Failure> {
    let read = |tx: &mut Tx<'_>| {
        let ends = tx.audit_ends()?;
        let mut first = ends.map_or((0, [0; 32]), |ends| (ends.first.seq, ends.first.chain));
        let mut last = None;
        let mut after = i64::MIN;
        loop {
            let lines = tx.audit_lines(after, BATCH)?;
            let Some(end) = lines.last() else { break };
            if last.is_none()
                && let Some(begin) = lines.first()
                && begin.seq <= first.0
            {
                first = (begin.seq - 1, [0; 32]);
            }
            after = end.seq;
            last = Some((end.seq, end.chain));
        }
        Ok::<_, StoreError>((first, last.unwrap_or(first)))
    };
    Ok(store.read(read)??)
}

fn note(time: Timestamp) -> AuditRecord {
    AuditRecord {
        time,
        tenancy: TenancyNo(0),
        compartment: String::new(),
        actor: HOST.to_owned(),
        source: HOST.to_owned(),
        event: "SealAuditTrail".to_owned(),
        target: String::new(),
        outcome: "OK".to_owned(),
        request_id: String::new(),
    }
}
