//! `durward verify`: whether an installation, or a backup, is whole.

use super::{backup, say};
use crate::data_dir::{KEY_CHECK, key_check, read_key};
use crate::failure::Failure;
use crate::place::{Place, PlaceArgs};
use crate::progress::Progress;
use iam_core::verify::{Findings, verify};
use iam_store::{Nowhere, StoreError, Sum, Tx, all, pour};
use std::path::PathBuf;

/// Check that an installation is whole, also while it is served
///
/// One state of it is read, and nothing is changed: the file is sound and has the tables of this
/// version; each row can be read, and what it names is there (the users of credentials, users and
/// groups of memberships, tenancies); names are folded right, second names belong to who says so,
/// keys have their fingerprints, policies decide by what they say. With a key file at hand, it must
/// be the installation's.
///
/// Ends with 0 where nothing is wrong, else with 1 and a list. With --backup it checks a backup's
/// sums instead.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    place: PlaceArgs,

    /// The server's own secret key [default: DIR/durward.key, if it is there]
    #[arg(long, env = "DURWARD_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// A backup to check, in place of an installation
    #[arg(long, value_name = "FILE")]
    backup: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  durward verify --data-dir /var/lib/durward
  durward verify --database-url postgres://durward@db.example.com/durward
  durward verify --backup /backup/durward-2026-11-26";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(file) = &args.backup {
        let sums = backup::read(file)?;
        return say(&format!("{}The backup is whole\n", listed(&sums)));
    }
    let place = args.place.place()?;
    let store = place.look()?;
    let look = |tx: &mut Tx<'_>| {
        let progress = Progress::new("checking", tx.count_all_rows()?);
        let findings = verify(tx, &|done| progress.at(done))?;
        progress.end(findings.rows);
        let sums = pour(tx, &all, &mut Nowhere, &|_| {})?;
        Ok::<_, StoreError>((findings, sums, tx.meta(KEY_CHECK)?))
    };
    let (mut findings, sums, check) = store.read(look)??;
    check_key(args, check, &place, &mut findings)?;
    say(&listed(&sums))?;
    say("Audit trail  not chained by this version: what was deleted from it cannot be seen\n")?;
    if findings.count == 0 {
        return say(&format!("{} rows of `{place}`, nothing wrong\n", findings.rows));
    }
    for finding in &findings.told {
        say(&format!("wrong: {finding}\n"))?;
    }
    Err(Failure::new(format!(
        "{} things are wrong in `{place}`; keep a copy of it as it is, and restore the last backup \
         that `durward verify` finds nothing wrong in",
        findings.count
    )))
}

/// What each table holds.
fn listed(sums: &[Sum]) -> String {
    let line = |sum: &Sum| {
        let (table, sha256) = (sum.table, sum.hex());
        format!("{table:<18} {:>9}  sha256 {sha256}\n", sum.count)
    };
    sums.iter().map(line).collect()
}

/// Where a key is named or lies in the directory, it must be the installation's.
fn check_key(
    args: &Args,
    check: i64,
    place: &Place,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let file = match (&args.key_file, place) {
        (Some(file), _) => file.clone(),
        (None, Place::Dir(dir)) if dir.key_file().exists() => dir.key_file(),
        (None, _) => return Ok(()),
    };
    if key_check(&read_key(&file)?) != check {
        findings.add(|| format!("`{}` is the key of another installation", file.display()));
    }
    Ok(())
}
