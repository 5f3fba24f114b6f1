//! `durward policy …`: policies outside of a server, for whoever writes them.

mod can;
mod check;
mod diff;
mod enable_deny;
mod explain;
mod fmt;
mod junit;
mod question;
mod source;
mod suggest;
mod test;
mod world;

use crate::failure::Failure;
use clap::Subcommand;

/// Check policies, try them, and find out why something was refused
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Check(check::Args),
    Fmt(fmt::Args),
    Can(Box<can::Args>),
    Test(Box<test::Args>),
    Diff(diff::Args),
    Explain(explain::Args),
    Suggest(suggest::Args),
    EnableDeny(enable_deny::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Check(args) => check::run(args),
        Action::Fmt(args) => fmt::run(args),
        Action::Can(args) => answered(can::run(args)),
        Action::Test(args) => answered(test::run(args)),
        Action::Diff(args) => answered(diff::run(args)),
        Action::Explain(args) => explain::run(args),
        Action::Suggest(args) => suggest::run(args),
        Action::EnableDeny(args) => enable_deny::run(args),
    }
}

/// Ends a command whose exit code is an answer: 0 for yes, 1 for no, 2 for none.
fn answered(answer: Result<bool, Failure>) -> Result<(), Failure> {
    match answer {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::no()),
        Err(failure) => Err(failure.unanswered()),
    }
}

/// So many of those, in words.
fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
