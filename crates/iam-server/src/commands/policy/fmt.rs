//! `durward policy fmt`: one spelling for statements that say the same.

use super::counted;
use super::source::{Placed, Source};
use crate::commands::say;
use crate::failure::Failure;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Write statements in their canonical form
///
/// Files are changed in place; comments, empty lines and the form of JSON stay. Without a file, or
/// with `-`, standard input goes to standard output. A file with a statement that is none is left
/// alone, and the exit code is 1.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Files of statements: one a line, or the JSON of OCI
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Change nothing; name the files that would change, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  durward policy fmt policies/*.txt
  durward policy fmt --check policies/*.txt policies.json
  oci iam policy list --compartment-id \"$TENANCY\" --all | durward policy fmt > policies.json";

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    let (mut refused, mut changed) = (0, 0);
    for file in files {
        let source = Source::read(file)?;
        let texts: Vec<String> = source.statements.iter().filter_map(canonical(&source)).collect();
        if texts.len() < source.statements.len() {
            refused += 1;
            continue;
        }
        let text = source.with(&texts);
        let is_same = text == source.text;
        changed += usize::from(!is_same);
        match &source.path {
            _ if args.check && is_same => {}
            _ if args.check => say(&format!("{}\n", source.name))?,
            None => say(&text)?,
            Some(_) if is_same => {}
            Some(path) => replace(path, &text)?,
        }
    }
    if refused > 0 {
        let files = counted(refused, "file");
        return Err(Failure::new(format!("{files} left alone: a statement there is none")));
    }
    if args.check && changed > 0 {
        let files = counted(changed, "file");
        return Err(Failure::new(format!("{files} would change; run `durward policy fmt`")));
    }
    Ok(())
}

/// Puts another file in the place of this one, whole: who reads it sees the one or the other.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let put = || {
        let path = path.canonicalize()?; // so that a link stays one
        let mut new = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        new.write_all(text.as_bytes())?;
        new.as_file().set_permissions(path.metadata()?.permissions())?;
        new.persist(&path).map_err(|failed| failed.error)
    };
    put().map(|_| ()).map_err(Failure::file("write", path))
}

/// The canonical text of a statement; one that is none is told on standard error.
fn canonical(source: &Source) -> impl Fn(&Placed) -> Option<String> {
    move |placed| match iam_policy::parse(&placed.text) {
        Ok(statement) => Some(statement.to_string()),
        Err(error) => {
            let drawn = super::check::drawn(source, placed, &error);
            let _nobody_reads = writeln!(io::stderr().lock(), "{drawn}");
            None
        }
    }
}
