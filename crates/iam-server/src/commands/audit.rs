//! `durward audit …`: the audit trail on the host, to be sent elsewhere, and to go on with after it
//! was damaged.

use super::say;
use crate::failure::Failure;
use crate::place::{KeyedPlaceArgs, PlaceArgs};
use crate::system::SystemClock;
use crate::trail;
use clap::{Subcommand, ValueEnum};
use iam_core::audit_events::Names;
use iam_core::context::Clock;
use iam_store::{StoreError, TenancyNo, Tx};
use std::io::{self, Write};

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
    Seal(KeyedPlaceArgs),
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

fn seal(args: &KeyedPlaceArgs) -> Result<(), Failure> {
    let (_, store, key) = args.open()?;
    let now = SystemClock.now();
    let work = move |tx: &mut Tx<'_>| {
        let sealed = tx.seal_audit_as_found(key.audit())?;
        let line = trail::by_host(now, TenancyNo(0), "SealAuditTrail", String::new());
        tx.add_audit(line, key.audit())?;
        Ok::<_, StoreError>(sealed)
    };
    let (from, to) = store.write(work).wait()??;
    say(&format!(
        "The trail is sealed as it was found: lines {from} to {to}. That is noted in it.\n"
    ))
}
