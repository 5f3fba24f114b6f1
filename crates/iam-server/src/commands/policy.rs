//! `durward policy …`: policies outside of a server, for whoever writes them.

mod check;
mod enable_deny;
mod explain;
mod fmt;
mod names;
mod source;
mod suggest;

use crate::failure::Failure;
use clap::Subcommand;

/// Check policies and write them well, without a server
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Check(check::Args),
    EnableDeny(enable_deny::Args),
    Explain(explain::Args),
    Fmt(fmt::Args),
    Suggest(suggest::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Check(args) => check::run(args),
        Action::EnableDeny(args) => enable_deny::run(args),
        Action::Explain(args) => explain::run(args),
        Action::Fmt(args) => fmt::run(args),
        Action::Suggest(args) => suggest::run(args),
    }
}

/// So many of those, in words.
fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
