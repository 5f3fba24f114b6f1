//! The commands of `durward`, one file each, and what they share: how one is chosen, how its
//! failure is shown, how it says things.

mod audit;
mod backup;
mod clock;
mod demo;
mod env;
mod filling;
mod host;
mod import;
mod init;
mod moving;
mod new_profile;
mod policy;
mod restore;
mod revoked;
mod seeding;
mod serve;
mod states;
mod tenancy;
mod user;
mod verify;

use crate::config;
use crate::failure::Failure;
use crate::system;
use clap::{CommandFactory, Parser, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;

/// Identity and access management that speaks OCI's Identity API, in one program.
///
/// The official command line, SDKs and Terraform work with it unchanged. Everything it keeps is in
/// one directory.
#[derive(Parser)]
#[command(name = "durward", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  durward demo                                 look at it: a fresh server with one user
  durward init --data-dir ./durward-data       make an installation
  durward serve --data-dir ./durward-data      serve it on http://127.0.0.1:7070
  eval \"$(durward env --data-dir ./durward-data)\"
  oci iam user list                            use it, with any client";

#[derive(Subcommand)]
enum Command {
    Init(init::Args),
    Import(Box<import::Args>),
    Serve(Box<serve::Args>),
    Env(env::Args),
    Demo(demo::Args),
    Move(moving::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Verify(verify::Args),
    User(user::Args),
    Tenancy(tenancy::Args),
    Policy(policy::Args),
    Audit(audit::Args),
    Clock(clock::Args),
    Snapshot(states::SnapshotArgs),
    Reset(states::ResetArgs),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match perform(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_said() {
                let _nobody_reads = writeln!(io::stderr().lock(), "error: {failure}");
            }
            failure.code()
        }
    }
}

fn perform(command: Command) -> Result<(), Failure> {
    system::keep_secrets()?;
    config::check_environment(&Cli::command())?;
    match command {
        Command::Init(args) => init::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Serve(args) => serve::run(*args),
        Command::Env(args) => env::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Move(args) => moving::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::User(args) => user::run(&args),
        Command::Tenancy(args) => tenancy::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Clock(args) => clock::run(&args),
        Command::Snapshot(args) => states::snapshot(&args),
        Command::Reset(args) => states::reset(&args),
    }
}

/// Writes to stdout at once.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let said = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    said.map_err(|cause| Failure::new(format!("cannot write to stdout: {cause}")))
}

/// Tells people what they should know, though all went well.
fn warn(text: &str) {
    let _nobody_reads = writeln!(io::stderr().lock(), "warning: {text}");
}

/// A text as one word of a shell's, quoted where it has to be.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@+,%".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// The guide's words are people's, and its list of options is this program's.
    #[test]
    fn the_guide_names_every_option_of_serve() {
        let guide = include_str!("../../../../docs/guide/serving.md");
        let mut cli = Cli::command();
        for option in cli.find_subcommand_mut("serve").unwrap().get_arguments() {
            let name = option.get_long().unwrap_or_default();
            let named = [format!("`{name}`"), format!("--{name}")];
            assert!(named.iter().any(|name| guide.contains(name)), "{name}");
            let variable = option.get_env().and_then(|name| name.to_str()).unwrap_or_default();
            assert!(guide.contains(variable), "{variable}");
        }
        let (_, example) = guide.split_once("```toml\n").unwrap();
        let (example, _) = example.split_once("```").unwrap();
        let options: config::Options = toml::from_str(example).unwrap();
        assert!(config::Settings::new(options).is_ok());
        let limits = toml::to_string(&config::Options::default().limits).unwrap();
        assert!(example.contains(&limits), "the guide shows other limits than these:\n{limits}");
    }

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        for (text, word) in
            [("/a/b-c.d", "/a/b-c.d"), ("", "''"), ("a b", "'a b'"), ("it's", r"'it'\''s'")]
        {
            assert_eq!(quoted(text), word);
        }
        assert_eq!(quoted("$(reboot)`x`\n"), "'$(reboot)`x`\n'");
    }
}
