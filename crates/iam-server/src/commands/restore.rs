//! `durward restore`: an installation from a backup, without what must not live twice.

use super::filling::{self, Filled};
use super::moving::serve_there;
use super::{revoked, say};
use crate::data_dir::{KEY_CHECK, read_key};
use crate::failure::Failure;
use crate::place::{self, KeyedPlaceArgs};
use crate::progress::Progress;
use crate::system::SystemClock;
use crate::trail;
use iam_api::Timestamp;
use iam_core::context::Clock;
use iam_core::server_key::ServerKey;
use iam_store::{
    ArchiveReader, Cell, Filling, Head, Nowhere, StoreError, Sum, Table, Tx, all, pour,
};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Tables whose rows end with a restore: whoever was given what they stand for may have used it up
/// or lost it since, and nobody could tell.
const ENDED: [&str; 5] = ["sessions", "links", "retry_tokens", "outbox", "recovery_requests"];

/// Restore an installation from a backup, into a place that is empty
///
/// Everything is written in one transaction, read back, and compared with the backup. What is short
/// of life does not come back: Console sessions, one-time passwords, mailed links, retry tokens,
/// and letters that waited to be sent. Users who had a one-time password need a new one.
///
/// What was revoked after the backup was made is valid again: API keys, passwords, auth tokens and
/// other credentials, memberships, policies. Where the place that the backup was made of can still
/// be read, name it with --compare, and each of those is listed, so that you can revoke it again
/// before anybody is let in.
///
/// The installation's key file is not in a backup: bring it back first, as durward.key in the data
/// directory or where --key-file says.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,

    #[command(flatten)]
    place: KeyedPlaceArgs,

    /// A newer state of the same installation, to list what was revoked in it: a data directory, or
    /// the URL of a database
    #[arg(long, value_name = "PLACE")]
    compare: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  durward restore --from /backup/durward-2026-11-26 --data-dir /var/lib/durward-new \\
      --key-file /etc/durward/durward.key --compare /var/lib/durward
  durward restore --from ./durward.backup --key-file /etc/durward/durward.key \\
      --database-url postgres://durward@db.example.com/durward";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let to = args.place.place.place()?;
    let newer = args.compare.as_deref().map(|word| {
        place::named(word, args.place.place.database.database_password_file.as_deref()).place()
    });
    let newer = newer.transpose()?.map(|place| Ok::<_, Failure>((place.look()?, place)));
    let newer = newer.transpose()?;
    filling::must_be_empty(&to)?;
    let key_file = args.place.key_file()?;
    let key = read_key(&key_file)?;
    let (head, held) = look_over(&args.from)?;
    let filled = fill(args, &to, &held)?;
    let shown = format!("backup of {}", when(head.created));
    let check = filled.store().read(|tx| tx.meta(KEY_CHECK))??;
    place::must_fit(&key, check, &key_file, &shown)?;
    note(&filled, &head, key)?;

    let ended = ended(&held, &filled.sums);
    let rows: u64 = filled.sums.iter().map(|sum| sum.count).sum();
    let revoked = match &newer {
        Some((store, place)) => revoked::list(filled.store(), store, place)?,
        None => NOT_COMPARED.to_owned(),
    };
    filled.keep(&to)?;
    let serve = serve_there(&args.place.place, Some(&key_file));
    say(&format!(
        "Restored {rows} rows into `{to}`, as of {}\n\
         Read back: each table has the count and the SHA-256 that the backup says\n\
         Ended, and not restored: {ended}\n\
         \n\
         {revoked}\n\
         Serve it:\n  {serve}\n",
        when(head.created)
    ))
}

const NOT_COMPARED: &str = "\
What was revoked after that is valid again, and no newer state was named to find it in. If there is
one, remove this restore and do it again with --compare; else look through the API keys, auth tokens
and other credentials, and memberships before anybody is let in.
";

fn open(file: &Path) -> Result<ArchiveReader<BufReader<File>>, StoreError> {
    let opened = File::open(file).map_err(|cause| {
        StoreError::failed(format!("cannot read `{}`: {cause}", file.display()))
    })?;
    ArchiveReader::new(BufReader::new(opened))
}

/// Reads the whole backup before anything is made of it.
fn look_over(file: &Path) -> Result<(Head, Vec<Sum>), Failure> {
    let mut archive = open(file)?;
    let sums = pour(&mut archive, &all, &mut Nowhere, &|_| {})?;
    let head = archive.head.clone();
    archive.end()?;
    Ok((head, sums))
}

/// Whether a row comes back.
fn lives(table: &'static Table, row: &[Cell]) -> bool {
    let one_time = table.name == "ui_passwords" && table.int(row, "expires").is_some();
    !one_time && !ENDED.contains(&table.name)
}

fn fill(args: &Args, to: &place::Place, held: &[Sum]) -> Result<Filled, Failure> {
    let total = held.iter().map(|sum| sum.count).sum();
    let progress = Arc::new(Progress::new("restoring", total));
    let (file, shown) = (args.from.clone(), Arc::clone(&progress));
    let filled = filling::fill(to, move |tx| {
        let mut archive = open(&file)?;
        let sums = pour(&mut archive, &lives, &mut Filling::new(tx)?, &|done| shown.at(done))?;
        archive.end()?;
        Ok(sums)
    })?;
    progress.end(total);
    Ok(filled)
}

/// Notes in the audit trail of each tenancy that what follows comes after a restore.
fn note(filled: &Filled, head: &Head, key: ServerKey) -> Result<(), Failure> {
    let time = SystemClock.now();
    let target = format!("backup of {}", when(head.created));
    let note = move |tx: &mut Tx<'_>| {
        for (tenancy, _) in tx.tenancies()? {
            let line = trail::by_host(time, tenancy, "Restore", target.clone());
            tx.add_audit(line, key.audit())?;
        }
        Ok::<_, StoreError>(())
    };
    Ok(filled.store().write(note).wait()??)
}

/// What was in the backup and did not come back, in words.
fn ended(held: &[Sum], filled: &[Sum]) -> String {
    let pairs = held.iter().zip(filled);
    let gone = pairs.filter(|(held, filled)| held.count > filled.count);
    let words: Vec<String> = gone
        .map(|(held, filled)| {
            let what = match held.table {
                "ui_passwords" => "one-time passwords",
                "links" => "mailed links",
                "retry_tokens" => "retry tokens",
                "outbox" => "waiting letters",
                "recovery_requests" => "requests for a way back in",
                _ => "Console sessions",
            };
            format!("{} {what}", held.count - filled.count)
        })
        .collect();
    if words.is_empty() { "nothing was there".to_owned() } else { words.join(", ") }
}

fn when(micros: i64) -> String {
    Timestamp::from_micros(micros).to_string()
}
