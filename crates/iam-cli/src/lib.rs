//! `oci`: a drop-in for the official command line, for the operations in the table of `iam-api`.
//!
//! The way of a run: `parse` takes the global options out, `config` adds environment and files,
//! `command` finds the command in the table, `call` fills in its options and sends, `output` shows.
//! Every failure comes back here and is printed here, once. [`reader`] is the same way for a
//! program that reads from a tenancy, and nothing else.

mod about;
mod call;
mod clock;
mod command;
mod commands;
mod complete;
mod config;
mod confirm;
mod dialogue;
mod endpoint;
mod failure;
mod from_json;
mod globals;
mod help;
mod json;
mod literal;
mod names;
mod output;
mod pages;
mod parse;
mod progress;
mod prompting;
mod proxy;
mod query;
pub mod reader;
mod report;
mod request;
mod retry;
mod send;
mod shape;
mod skeleton;
mod suggest;
mod table;
mod terminal;
mod trace;
mod transport;
mod wait;
mod width;

use command::{find, next_words};
use config::{Process, Settings};
use dialogue::Dialogue;
use failure::Failure;
use parse::Line;
use std::process::ExitCode;
use suggest::did_you_mean;
use terminal::{note, print};

/// Runs `oci` with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Told(_)) {
                note(&failure.to_string());
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run() -> Result<(), Failure> {
    let args = arguments()?;
    if let [first, rest @ ..] = args.as_slice()
        && first == "__complete"
    {
        return complete::complete(rest);
    }
    let line = parse::take_globals(args)?;
    line.notes.iter().for_each(|text| note(text));
    match &line.globals {
        globals if globals.version => print(&about::version()),
        globals if globals.release_info => about::release_info(),
        globals if globals.latest_version => Err(about::latest_version()),
        _ => dispatch(&line),
    }
}

/// The arguments as text.
fn arguments() -> Result<Vec<String>, Failure> {
    let texts = std::env::args_os().skip(1).map(std::ffi::OsString::into_string);
    texts.collect::<Result<_, _>>().map_err(|argument| Failure::Usage {
        command: "oci".to_owned(),
        message: format!("the argument `{}` is not text in UTF-8", argument.to_string_lossy()),
        hint: None,
    })
}

/// Finds out which command is meant, and runs it or shows its help.
fn dispatch(line: &Line) -> Result<(), Failure> {
    let env = Process;
    if let [first, rest @ ..] = line.rest.as_slice() {
        match (commands::group::group(first), first.as_str()) {
            (Some(group), _) if line.globals.help => return print(group.help(rest).trim_end()),
            (Some(group), _) => return group.run(rest, &line.globals, &env),
            (None, "completion") if !line.globals.help => return complete::completion(rest),
            _ => {}
        }
    }
    let mut settings = config::load(&line.globals, &env)?;
    let (mut words, args) = resolve(&settings, &line.rest)?;
    if !line.globals.help && find(&words).is_none() && prompting::is_wanted(&settings)? {
        prompting::ask_words(&mut words, &mut Dialogue::on_stderr())?;
    }
    if line.globals.help || words.is_empty() {
        return match help::of(&words) {
            Some(text) => print(text.trim_end()),
            None => Err(unknown_command(&[], &words.join(" "))),
        };
    }
    let Some(command) = find(&words) else {
        // As in the official command line, a group on its own is no command.
        note(help::group(&words).trim_end());
        return Err(Failure::Told(2));
    };
    settings.apply_defaults(&words.iter().map(String::as_str).collect::<Vec<_>>());
    call::call(&settings, command, args)
}

/// The words of the command, aliases replaced, and the arguments that follow them.
fn resolve<'a>(
    settings: &Settings<'_>,
    rest: &'a [String],
) -> Result<(Vec<String>, &'a [String]), Failure> {
    let mut words: Vec<String> = Vec::new();
    let mut args = rest;
    while let [word, after @ ..] = args {
        let extra = words.is_empty() && help::EXTRAS.iter().any(|(name, _)| name == word);
        let known = extra || next_words(&words).contains(&word.as_str());
        let before: Vec<_> = words.iter().map(String::as_str).collect();
        let real = match settings.command_alias(&before, word) {
            _ if known => word,
            Some(real) => real,
            None => return Err(unknown_command(&words, word)),
        };
        words.push(real.to_owned());
        args = after;
        if extra || find(&words).is_some() {
            break;
        }
        if next_words(&words).is_empty() {
            return Err(unknown_command(&[], word));
        }
    }
    Ok((words, args))
}

fn unknown_command(words: &[String], word: &str) -> Failure {
    let path = words.iter().fold("oci".to_owned(), |path, word| format!("{path} {word}"));
    let ending = if words.is_empty() { "[OPTIONS] [COMMAND]" } else { "[OPTIONS] COMMAND" };
    let (what, mut hint) = ("command", format!("Run `{path} --help` to see the commands."));
    let (what, near) = if word.starts_with('-') {
        hint.push_str(" The options of a command stand after its last word.");
        let names = globals::GLOBALS.iter().flat_map(|row| row.names);
        ("option", did_you_mean(word, names.map(|name| (*name).to_owned())))
    } else {
        (what, near_command(words, word))
    };
    Failure::Usage {
        command: format!("{path} {ending} [ARGS]..."),
        message: format!("No such {what} '{word}'.{near}"),
        hint: Some(hint),
    }
}

/// The command that was probably meant after these words, in a sentence.
fn near_command(words: &[String], word: &str) -> String {
    let candidates = next_words(words).into_iter();
    let extras = help::EXTRAS.iter().filter(|_| words.is_empty()).map(|(name, _)| *name);
    let asked = ["--help", "--version"];
    let near = did_you_mean(word, candidates.chain(extras).chain(asked).map(str::to_owned));
    if !near.is_empty() || !words.is_empty() {
        return near;
    }
    // The name of the service is what people leave out.
    let is_one = |service: &&str| next_words(&[(*service).to_owned()]).contains(&word);
    let service = next_words(&[]).into_iter().find(is_one);
    service.map_or_else(String::new, |service| format!(" Did you mean '{service} {word}'?"))
}
