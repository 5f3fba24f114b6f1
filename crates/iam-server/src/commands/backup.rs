//! `durward backup`: one state of an installation in one file, while it is served.

use super::say;
use crate::failure::Failure;
use crate::place::{Place, PlaceArgs};
use crate::progress::Progress;
use crate::system::SystemClock;
use iam_core::context::Clock;
use iam_store::{ArchiveReader, ArchiveWriter, Head, Nowhere, StoreError, Sum, Tx, all, pour};
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Write an installation into one file, also while it is served
///
/// The file holds one state of the installation: what was acknowledged before the backup began, and
/// nothing that came later. It is read back before it gets its name, and no file of that name is
/// overwritten. Only its owner can read it.
///
/// The server's key file is NOT in it, on purpose: without the key nobody can use the hashes and
/// the sealed answers in a backup that is lost. Keep a copy of the key, once and elsewhere: a
/// backup without its key is of no use to you either. What else is in the file is as the database
/// has it: names, e-mail addresses and policies can be read in it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    place: PlaceArgs,

    /// The file to write; it must not exist yet
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  durward backup --data-dir /var/lib/durward --to /backup/durward-$(date +%F)
  durward backup --database-url postgres://durward@db.example.com/durward --to ./durward.backup";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let place = args.place.place()?;
    let to = std::path::absolute(&args.to).map_err(Failure::file("find", &args.to))?;
    let exists = || {
        Failure::new(format!(
            "`{}` exists already and was left as it is; give another --to",
            to.display()
        ))
    };
    let (Some(dir), false) = (to.parent(), to.exists()) else { return Err(exists()) };
    let file = NamedTempFile::new_in(dir).map_err(Failure::file("make a file in", dir))?;
    let (sums, rate) = write(&place, &file)?;
    if read(file.path())? != sums {
        return Err(Failure::new(format!(
            "what was read back of the backup is not what was written to `{}`, and was removed; look \
             at the disk",
            dir.display()
        )));
    }
    let size = file.as_file().metadata().map_err(Failure::file("read", &to))?.len();
    file.persist_noclobber(&to).map_err(|cause| match to.exists() {
        true => exists(),
        false => Failure::file("make", &to)(cause.error),
    })?;
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(Failure::file("write", dir))?;
    let rows: u64 = sums.iter().map(|sum| sum.count).sum();
    say(&format!(
        "Backup of `{place}` in `{}`: {rows} rows of {} tables, {size} bytes, {rate} rows a second\n\
         Read back: each table has the same count and the same SHA-256\n\
         The server's key file is not in it: keep a copy of that too, elsewhere.\n",
        to.display(),
        sums.len()
    ))
}

/// Writes one state of the installation; answers what it holds, and how fast it was.
fn write(place: &Place, file: &NamedTempFile) -> Result<(Vec<Sum>, u64), Failure> {
    let store = place.look()?;
    let head = Head::new(env!("CARGO_PKG_VERSION"), SystemClock.now().as_micros());
    let write = |tx: &mut Tx<'_>| {
        let total = tx.count_all_rows()?;
        let progress = Progress::new("writing", total);
        let mut archive = ArchiveWriter::new(BufWriter::new(file.as_file()), &head)?;
        let sums = pour(tx, &all, &mut archive, &|done| progress.at(done))?;
        archive.end()?;
        file.as_file().sync_all().map_err(StoreError::failed)?;
        Ok::<_, StoreError>((sums, progress.end(total)))
    };
    Ok(store.read(write)??)
}

/// Reads a whole backup; answers what it holds.
pub(super) fn read(file: &Path) -> Result<Vec<Sum>, Failure> {
    let opened = File::open(file).map_err(Failure::file("read", file))?;
    let mut archive = ArchiveReader::new(BufReader::new(opened))?;
    let sums = pour(&mut archive, &all, &mut Nowhere, &|_| {})?;
    archive.end()?;
    Ok(sums)
}
