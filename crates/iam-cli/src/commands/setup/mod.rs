//! `oci setup …`: makes what the other commands need, configuration files and keys.
//!
//! Holds the table of the commands, their help, and the reading of their options; what each does is
//! in the file of its name. The one idea: these commands work on this machine alone, so they share
//! nothing with the operations but the global options, which are taken out before.

mod config;
pub(crate) mod files;
mod keys;
mod permissions;

use crate::{
    config::Environment,
    failure::Failure,
    globals::Globals,
    help::{describe, first_sentence, wrap},
    suggest::did_you_mean,
    terminal,
};
use std::fmt::Write as _;

/// A command of the group.
pub(crate) struct Command {
    /// The word after `oci setup`.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) doc: &'static str,
    /// What it takes.
    pub(crate) options: &'static [Opt],
    /// Lines that show its use.
    pub(crate) examples: &'static [&'static str],
    run: fn(&mut Call<'_>) -> Result<(), Failure>,
}

/// An option of a command.
pub(crate) struct Opt {
    /// Its name, with dashes.
    pub(crate) name: &'static str,
    /// What its value is called in help; none for a flag.
    pub(crate) value: Option<&'static str>,
    /// What it does.
    pub(crate) doc: &'static str,
}

/// The commands of the group.
pub(crate) static COMMANDS: [&Command; 3] =
    [&config::COMMAND, &keys::COMMAND, &permissions::COMMAND];

/// Commands of the official group that are not here yet.
const NOT_YET: [&str; 6] = [
    "autocomplete",
    "bootstrap",
    "find-installations",
    "instance-principal",
    "oci-cli-rc",
    "pkcs11-auth",
];

/// One run of a command: what was typed, and where it runs.
struct Call<'a> {
    command: &'static Command,
    options: Vec<(&'static str, String)>,
    globals: &'a Globals,
    env: &'a dyn Environment,
}

impl Call<'_> {
    /// The value of an option; the last one, where it was given twice.
    fn value(&self, name: &str) -> Option<&str> {
        let mut given = self.options.iter().rev();
        given.find(|(option, _)| *option == name).map(|(_, value)| value.as_str())
    }

    /// Whether a flag was given.
    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The command as it is typed.
    fn command(&self) -> String {
        format!("oci setup {}", self.command.name)
    }

    /// A command line that was not understood.
    fn usage(&self, message: String) -> Failure {
        let hint = Some(format!("Run `{} --help` to see what it takes.", self.command()));
        Failure::Usage { command: self.command(), message, hint }
    }
}

/// Runs what stands after `oci setup`.
pub(crate) fn run(
    rest: &[String],
    globals: &Globals,
    env: &dyn Environment,
) -> Result<(), Failure> {
    let Some((name, arguments)) = rest.split_first() else {
        terminal::note(help(rest).trim_end());
        return Err(Failure::Told(2));
    };
    let command = find(name)?;
    let mut call = Call { command, options: Vec::new(), globals, env };
    read_options(&mut call, arguments)?;
    (command.run)(&mut call)
}

/// The help for what stands after `oci setup`.
pub(crate) fn help(rest: &[String]) -> String {
    let mut out;
    if let Some(Ok(command)) = rest.first().map(|name| find(name)) {
        out = String::new();
        wrap(&mut out, command.doc, 0);
        let _ = write!(out, "\nUsage: oci setup {}", command.name);
        out.push_str(if command.options.is_empty() { "\n" } else { " [OPTIONS]\n\nOptions:\n" });
        for Opt { name, value, doc } in command.options {
            let value = value.map(|value| format!(" {value}")).unwrap_or_default();
            describe(&mut out, &format!("{name}{value}"), doc);
        }
        let _ = writeln!(out, "\nExamples:");
        command.examples.iter().for_each(|line| out.push_str(&format!("  {line}\n")));
    } else {
        out = "Usage: oci setup COMMAND [OPTIONS]\n\nCommands:\n".to_owned();
        for command in COMMANDS {
            describe(&mut out, command.name, first_sentence(command.doc));
        }
        out.push_str("\nRun `oci setup COMMAND --help` to see what a command takes.\n");
    }
    out
}

fn find(name: &str) -> Result<&'static Command, Failure> {
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        return Ok(command);
    }
    if NOT_YET.contains(&name) {
        return Err(Failure::Client(format!(
            "ERROR: `oci setup {name}` is not supported yet: `oci setup config` and `oci setup \
             keys` make a configuration file and keys"
        )));
    }
    let names = COMMANDS.iter().map(|command| command.name.to_owned());
    Err(unknown(format!("No such command '{name}'.{}", did_you_mean(name, names))))
}

fn unknown(message: String) -> Failure {
    let hint = Some("Run `oci setup --help` to see the commands.".to_owned());
    Failure::Usage { command: "oci setup [OPTIONS] COMMAND [ARGS]...".to_owned(), message, hint }
}

fn read_options(call: &mut Call<'_>, arguments: &[String]) -> Result<(), Failure> {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if !argument.starts_with('-') || argument.len() == 1 {
            return Err(call.usage(format!("Got unexpected extra argument ({argument})")));
        }
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let Some(option) = call.command.options.iter().find(|option| option.name == name) else {
            let names = call.command.options.iter().map(|option| option.name.to_owned());
            let hint = did_you_mean(name, names);
            return Err(call.usage(format!("No such option '{name}'.{hint}")));
        };
        let value = match (option.value, attached) {
            (Some(_), Some(value)) => value,
            (Some(_), None) => arguments
                .next()
                .cloned()
                .ok_or_else(|| call.usage(format!("Option '{name}' requires an argument.")))?,
            (None, None) => String::new(),
            (None, Some(_)) => {
                return Err(call.usage(format!("Option '{name}' does not take a value.")));
            }
        };
        call.options.push((option.name, value));
    }
    Ok(())
}
