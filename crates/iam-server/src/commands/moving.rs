//! `durward move`: copies a whole installation to another place, and proves that it is the same.

use super::filling::{self, Filled};
use super::{quoted, say};
use crate::data_dir::{key_check, read_key};
use crate::failure::Failure;
use crate::place::{self, Place, PlaceArgs};
use crate::progress::Progress;
use iam_core::server_key::ServerKey;
use iam_store::{Filling, Nowhere, Store, Sum, all, pour};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Move an installation: from a data directory to a database server, back, or to another of either
///
/// Everything is copied in one transaction, read back, and compared by the count and the SHA-256 of
/// each table. The place to move to must be empty; where anything goes wrong it is empty again. The
/// place to move from is left as it is.
///
/// Stop every `durward serve` of the installation first: a data directory that is served cannot be
/// moved, and a database that changes meanwhile is noticed, and the move undone.
///
/// The server's key file is not part of what a database holds. One that lies in the data directory
/// is copied along to another data directory; else it stays where it is, and is named with
/// `--key-file` from then on.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where the installation is: its data directory, or the URL of its database
    #[arg(long, value_name = "PLACE")]
    from: String,

    /// Where it is to be: a directory that is empty or does not exist, or the URL of an empty
    /// database
    #[arg(long, value_name = "PLACE")]
    to: String,

    /// The server's own secret key [default: durward.key in the directory to move from]
    #[arg(long, env = "DURWARD_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// A file with the password for the database, readable by its owner alone
    #[arg(
        long,
        env = "DURWARD_DATABASE_PASSWORD_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    database_password_file: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  durward move --from /var/lib/durward --to postgres://durward@db.example.com/durward
  durward move --from postgres://durward@localhost/durward --to ./copy \\
      --key-file /etc/durward/durward.key";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let password_file = args.database_password_file.as_deref();
    let [from_args, to_args] = [&args.from, &args.to].map(|word| place::named(word, password_file));
    let (from, to) = (from_args.place()?, to_args.place()?);
    filling::must_be_empty(&to)?;
    let key_file = from_args.key_file(args.key_file.as_deref())?;
    let source = Arc::new(from.open()?);
    let key = place::key_of(&source, &key_file, &from)?;

    let total = source.read(|tx| tx.count_all_rows())??;
    let progress = Arc::new(Progress::new("moving", total));
    let mut filled = fill(&to, &source, &progress)?;
    let rate = progress.end(total);
    must_be_unchanged(&from, &source, &filled.sums)?;
    let key_there = bring_along(&mut filled, args, &key, &from, &to)?;
    let tables = filled.sums.len();
    let rows: u64 = filled.sums.iter().map(|sum| sum.count).sum();
    filled.keep(&to)?;

    let serve = serve_there(&to_args, key_there.as_deref().or(Some(&key_file)));
    say(&format!(
        "Moved {rows} rows of {tables} tables from `{from}` to `{to}`, {rate} a second\n\
         Read back: each table has the same count and the same SHA-256\n\
         \n\
         Serve it there:\n  {serve}\n\
         `{from}` is as it was. Do not serve it any more: the two would go apart. Remove it when you \
         are sure of the new one, and have a backup.\n"
    ))
}

fn fill(to: &Place, source: &Arc<Store>, progress: &Arc<Progress>) -> Result<Filled, Failure> {
    let (source, progress) = (Arc::clone(source), Arc::clone(progress));
    filling::fill(to, move |tx| {
        let watch = |done| progress.at(done);
        source.read(|from| pour(from, &all, &mut Filling::new(tx)?, &watch))?
    })
}

/// Refuses to go on where the source has changed meanwhile. A data directory cannot have: nobody
/// else has it open.
fn must_be_unchanged(from: &Place, source: &Store, moved: &[Sum]) -> Result<(), Failure> {
    if let Place::Dir(_) = from {
        return Ok(());
    }
    let now = source.read(|tx| pour(tx, &all, &mut Nowhere, &|_| {}))??;
    match now.iter().zip(moved).find(|(now, moved)| now != moved) {
        None => Ok(()),
        Some((now, _)) => Err(Failure::new(format!(
            "`{from}` was changed while it was moved (table `{}`), so the copy was removed; stop every \
             `durward serve` of it and move again",
            now.table
        ))),
    }
}

/// Copies what belongs to a data directory into another: the key, where the first administrator's
/// profile is, and the development authority. Answers where the key is then.
fn bring_along(
    filled: &mut Filled,
    args: &Args,
    key: &ServerKey,
    from: &Place,
    to: &Place,
) -> Result<Option<PathBuf>, Failure> {
    let (Place::Dir(from), Place::Dir(to)) = (from, to) else { return Ok(None) };
    let made = filled.made();
    if from.tls().exists() {
        made.missing_dirs(&to.tls())?;
    }
    let mut copy = |from: &Path, to: &Path| {
        let text = fs::read_to_string(from).map(Zeroizing::new);
        made.new_file(to, &text.map_err(Failure::file("read", from))?)
    };
    for (from, to) in [
        (from.client_file(), to.client_file()),
        (from.authority_key(), to.authority_key()),
        (from.authority(), to.authority()),
    ] {
        if from.exists() {
            copy(&from, &to)?;
        }
    }
    if to.key_file().exists() {
        let there = read_key(&to.key_file())?;
        place::must_fit(&there, key_check(key), &to.key_file(), &from.path().display())?;
        return Ok(Some(to.key_file()));
    }
    if args.key_file.is_some() {
        return Ok(None);
    }
    copy(&from.key_file(), &to.key_file())?;
    Ok(Some(to.key_file()))
}

/// How an installation is served from its new place.
pub(super) fn serve_there(to: &PlaceArgs, key_file: Option<&Path>) -> String {
    let mut line = format!("durward serve{}", to.options());
    let own = to.key_file(None).ok();
    if let Some(file) = key_file.filter(|file| own.as_deref() != Some(*file)) {
        line.push_str(&format!(" --key-file {}", quoted(&file.display().to_string())));
    }
    line
}
