//! `durward verify`: whether an installation, or a backup, is whole.

use super::{backup, say};
use crate::data_dir::{KEY_CHECK, key_check, read_key};
use crate::failure::Failure;
use crate::place::{Place, PlaceArgs};
use crate::progress::Progress;
use crate::testing;
use iam_core::hex;
use iam_core::server_key::ServerKey;
use iam_core::verify::{Known, Noted, Trail, verify};
use iam_store::{Nowhere, StoreError, Sum, Tx, all, pour};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// Check that an installation is whole, also while it is served
///
/// One state of it is read, and nothing is changed: the file is sound and has the tables of this
/// version; each row can be read, and what it names is there (the users of credentials, users and
/// groups of memberships, tenancies); names are folded right, second names belong to who says so,
/// keys have their fingerprints, policies decide by what they say; the development authority is for
/// its owner alone. Lines of the audit trail must
/// follow one another from its first to its last, which are sealed: none is missing, changed, added
/// or elsewhere. A key file that is at hand must be the installation's; with it, seals are checked.
///
/// What no check can find in one place alone is a whole older state that was put back. Against
/// that, note the trail's head that this prints, and give it the next time with --audit-head.
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

    /// A line of the audit trail that this command printed before: it must still be there
    #[arg(long, value_name = "NUMBER:CHAIN", value_parser = noted, conflicts_with = "backup")]
    audit_head: Option<Noted>,

    /// A backup to check, in place of an installation
    #[arg(long, value_name = "FILE")]
    backup: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  durward verify --data-dir /var/lib/durward
  durward verify --database-url postgres://durward@db.example.com/durward
  durward verify --data-dir /var/lib/durward --audit-head 1204:5fd0…
  durward verify --backup /backup/durward-2026-11-26";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(file) = &args.backup {
        let sums = backup::read(file)?;
        return say(&format!("{}The backup is whole\n", listed(&sums)));
    }
    let place = args.place.place()?;
    let store = place.look()?;
    let key = key(args, &place)?;
    let look = |tx: &mut Tx<'_>| {
        let check = tx.meta(KEY_CHECK)?;
        let own = key.as_ref().filter(|key| key_check(key) == check);
        let known = Known { key: own.map(ServerKey::audit), noted: args.audit_head };
        let progress = Progress::new("checking", tx.count_all_rows()?);
        let findings = verify(tx, &known, &|done| progress.at(done))?;
        progress.end(findings.rows);
        let sums = pour(tx, &all, &mut Nowhere, &|_| {})?;
        let for_tests = testing::is_for_tests(tx)?;
        Ok::<_, StoreError>((findings, sums, own.is_some(), for_tests))
    };
    let (mut findings, sums, is_own, for_tests) = store.read(look)??;
    if key.is_some() && !is_own {
        findings.add(|| "the key is the key of another installation".to_owned());
    }
    for finding in open_files(&place) {
        findings.add(|| finding);
    }
    say(&listed(&sums))?;
    say(&told(&findings.trail, is_own))?;
    if for_tests {
        say("It was made for tests: what should be secret need not be\n")?;
    }
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

/// The audit trail, in a line.
fn told(trail: &Trail, is_checked: bool) -> String {
    let seals = if is_checked { "" } else { "; its seals were not checked, for want of a key" };
    match trail.last {
        Some(Noted { seq, chain }) => {
            let chain = hex::encode(&chain);
            format!("Audit trail  {} lines, head {seq}:{chain}{seals}\n", trail.count)
        }
        None => "Audit trail  without ends\n".to_owned(),
    }
}

fn noted(text: &str) -> Result<Noted, String> {
    let wrong = "give it as `durward verify` printed it: a number, a colon, 64 hexadecimal digits";
    let (seq, chain) = text.split_once(':').ok_or(wrong)?;
    let chain = hex::decode(chain).and_then(|bytes| bytes.try_into().ok());
    Ok(Noted { seq: seq.parse().map_err(|_| wrong)?, chain: chain.ok_or(wrong)? })
}

/// Which files of the development authority others could use. Of the rest, opening the directory
/// has seen to it already.
fn open_files(place: &Place) -> Vec<String> {
    let Place::Dir(dir) = place else { return Vec::new() };
    let files = [(dir.authority_key(), 0o077), (dir.authority(), 0o022)];
    let told = files.into_iter().filter_map(|(file, forbidden)| {
        let mode = fs::metadata(&file).ok()?.mode();
        (mode & forbidden != 0).then(|| {
            let (file, mode) = (file.display(), mode & 0o777);
            format!("`{file}` is open to others (mode {mode:03o}); run `chmod 600 {file}`")
        })
    });
    told.collect()
}

/// The key that is named, or lies in the directory.
fn key(args: &Args, place: &Place) -> Result<Option<ServerKey>, Failure> {
    let file = match (&args.key_file, place) {
        (Some(file), _) => file.clone(),
        (None, Place::Dir(dir)) if dir.key_file().exists() => dir.key_file(),
        (None, _) => return Ok(None),
    };
    read_key(&file).map(Some)
}
