//! The benchmarks behind `docs/benchmarks.md`, all in one run and side by side.
//!
//! Everything is measured from outside, on the programs as they are released: a server in a
//! directory of its own on loopback, and load from this process. `floor` is what is compared with.
//! Nothing here is a test: a goal that is missed is written down, and only what makes a number
//! meaningless ends the run.

mod cli;
mod decisions;
mod fleet;
mod floor;
mod idle;
mod installation;
mod load;
mod machine;
mod mail;
mod pages;
mod process;
mod report;
mod requests;
mod resets;
mod seed;
mod sign_ins;
mod sink;

use clap::{Parser, Subcommand};
use report::Report;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

/// Whatever goes wrong ends the run.
type Failure = Box<dyn Error + Send + Sync>;
type Result<T> = std::result::Result<T, Failure>;

/// Measure Durward and write docs/benchmarks.md
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    /// Where the report goes
    #[arg(long, default_value = "docs/benchmarks.md")]
    output: PathBuf,

    /// The official command line
    #[arg(long, default_value = ".venv/bin/oci")]
    official: PathBuf,

    /// How long each level of load is measured, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,

    /// Runs of the official command line for a median
    #[arg(long, default_value_t = 15)]
    runs: usize,

    /// Only these parts: cli, resets, users, pages, idle, decisions, sign-ins, mail, fleet
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,

    /// Take the programs beside this one as they are, to see whether a measurement works at all
    #[arg(long)]
    as_built: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve as the floor program does
    Floor {
        /// The public key of the caller whose requests it verifies
        #[arg(long)]
        public_key: PathBuf,
        /// A directory for its database
        #[arg(long)]
        dir: PathBuf,
    },
}

fn main() -> Result<()> {
    let args = Args::parse();
    match &args.command {
        Some(Command::Floor { public_key, dir }) => floor::serve(public_key, dir),
        None => measure(&args),
    }
}

fn measure(args: &Args) -> Result<()> {
    let wanted = |part: &str| args.only.is_empty() || args.only.iter().any(|only| only == part);
    let programs = process::Programs::beside(args.as_built)?;
    let mut report = Report::default();
    report.begin(&machine::describe()?);
    if wanted("cli") {
        process::progress("the command line");
        cli::measure(&programs, &args.official, args.runs)?.write(&mut report);
    }
    let time = Duration::from_secs(args.seconds);
    if wanted("resets") {
        process::progress("resets, beside the floor program");
        resets::beside_floor(&programs, time)?.write(&mut report);
    }
    if wanted("users") {
        process::progress("resets among many users");
        resets::among_many(&programs, time)?.write(&mut report);
    }
    if wanted("pages") {
        process::progress("pages of lists");
        pages::measure(&programs, &mut report)?;
    }
    if wanted("idle") {
        process::progress("idle connections");
        idle::measure(&programs, time)?.write(&mut report);
    }
    if wanted("decisions") {
        process::progress("decisions");
        decisions::measure(&mut report)?;
    }
    if wanted("sign-ins") {
        process::progress("sign-ins");
        sign_ins::measure(&mut report)?;
    }
    if wanted("mail") {
        process::progress("resets that mail a link");
        mail::resets(&programs, time)?.write(&mut report);
        process::progress("a queue of letters");
        mail::drains(&programs)?.write(&mut report);
    }
    if wanted("fleet") {
        process::progress("resets on PostgreSQL");
        fleet::measure(&programs, time)?.write(&mut report);
    }
    std::fs::write(&args.output, report.text())?;
    process::progress(&format!("wrote {}", args.output.display()));
    Ok(())
}
