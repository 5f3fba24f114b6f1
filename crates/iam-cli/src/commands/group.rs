//! Commands that work on this machine, or by themselves, in groups such as `oci setup`: the table
//! of a group, its help, and the reading of its options.
//!
//! They share nothing with the operations but the global options, which are taken out before.

use super::{session, setup};
use crate::{
    config::Environment,
    failure::Failure,
    globals::Globals,
    help::{describe, first_sentence, wrap},
    suggest::did_you_mean,
    terminal,
};
use std::fmt::Write as _;

/// The groups.
pub(crate) static GROUPS: [&Group; 2] = [&setup::GROUP, &session::GROUP];

/// A group of commands.
pub(crate) struct Group {
    /// The word after `oci`.
    pub(crate) name: &'static str,
    /// Its commands.
    pub(crate) commands: &'static [&'static Command],
    /// Commands of the official group that are not here yet.
    pub(crate) not_yet: &'static [&'static str],
}

/// A command of a group.
pub(crate) struct Command {
    /// The word after the group's.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) doc: &'static str,
    /// What it takes.
    pub(crate) options: &'static [Opt],
    /// Lines that show its use.
    pub(crate) examples: &'static [&'static str],
    /// Does it.
    pub(crate) run: fn(&mut Call<'_>) -> Result<(), Failure>,
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

/// One run of a command: what was typed, and where it runs.
pub(crate) struct Call<'a> {
    group: &'static Group,
    command: &'static Command,
    options: Vec<(&'static str, String)>,
    /// The global options as they were typed.
    pub(crate) globals: &'a Globals,
    /// Where variables come from.
    pub(crate) env: &'a dyn Environment,
}

impl Call<'_> {
    /// The value of an option; the last one, where it was given twice.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let mut given = self.options.iter().rev();
        given.find(|(option, _)| *option == name).map(|(_, value)| value.as_str())
    }

    /// The value of an option that must be given.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Failure> {
        self.value(name).ok_or_else(|| Failure::Missing {
            command: self.command(),
            message: format!("Missing option(s) {name}."),
        })
    }

    /// Whether a flag was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The command as it is typed.
    pub(crate) fn command(&self) -> String {
        format!("oci {} {}", self.group.name, self.command.name)
    }

    /// A command line that was not understood.
    pub(crate) fn usage(&self, message: String) -> Failure {
        let hint = Some(format!("Run `{} --help` to see what it takes.", self.command()));
        Failure::Usage { command: self.command(), message, hint }
    }
}

/// The group of that name.
pub(crate) fn group(name: &str) -> Option<&'static Group> {
    GROUPS.into_iter().find(|group| group.name == name)
}

impl Group {
    /// Runs what stands after the group's word.
    pub(crate) fn run(
        &'static self,
        rest: &[String],
        globals: &Globals,
        env: &dyn Environment,
    ) -> Result<(), Failure> {
        let Some((name, arguments)) = rest.split_first() else {
            terminal::note(self.help(rest).trim_end());
            return Err(Failure::Told(2));
        };
        let command = self.find(name)?;
        let mut call = Call { group: self, command, options: Vec::new(), globals, env };
        read_options(&mut call, arguments)?;
        (command.run)(&mut call)
    }

    /// The help for what stands after the group's word.
    pub(crate) fn help(&'static self, rest: &[String]) -> String {
        let (mut out, group) = (String::new(), self.name);
        let Some(Ok(command)) = rest.first().map(|name| self.find(name)) else {
            let _ = write!(out, "Usage: oci {group} COMMAND [OPTIONS]\n\nCommands:\n");
            for command in self.commands {
                describe(&mut out, command.name, first_sentence(command.doc));
            }
            let _ =
                write!(out, "\nRun `oci {group} COMMAND --help` to see what a command takes.\n");
            return out;
        };
        wrap(&mut out, command.doc, 0);
        let _ = write!(out, "\nUsage: oci {group} {}", command.name);
        out.push_str(if command.options.is_empty() { "\n" } else { " [OPTIONS]\n\nOptions:\n" });
        for Opt { name, value, doc } in command.options {
            let value = value.map(|value| format!(" {value}")).unwrap_or_default();
            describe(&mut out, &format!("{name}{value}"), doc);
        }
        let _ = writeln!(out, "\nExamples:");
        command.examples.iter().for_each(|line| out.push_str(&format!("  {line}\n")));
        out
    }

    fn find(&self, name: &str) -> Result<&'static Command, Failure> {
        if let Some(command) = self.commands.iter().find(|command| command.name == name) {
            return Ok(command);
        }
        let group = self.name;
        if self.not_yet.contains(&name) {
            return Err(Failure::Client(format!(
                "ERROR: `oci {group} {name}` is not supported yet: `oci setup config` and `oci setup \
                 keys` make a configuration file and keys"
            )));
        }
        let names = self.commands.iter().map(|command| command.name.to_owned());
        Err(Failure::Usage {
            command: format!("oci {group} [OPTIONS] COMMAND [ARGS]..."),
            message: format!("No such command '{name}'.{}", did_you_mean(name, names)),
            hint: Some(format!("Run `oci {group} --help` to see the commands.")),
        })
    }
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
