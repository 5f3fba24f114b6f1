//! `oci completion SHELL`, and what the printed script calls: `oci __complete WORD…`.
//!
//! The one idea: the script is a few lines that never change; candidates come from the tables, with
//! no file read and nothing sent. OCIDs alone are not in the tables: `named.rs` knows some by name.

mod named;
mod shells;

use crate::command::{Command, Opt, Shape, find, next_words};
use crate::commands::group;
use crate::failure::Failure;
use crate::globals::{GLOBALS, GlobalRow, Takes, global};
use crate::help::EXTRAS;
use crate::parse::take_globals;
use crate::terminal::print;
use named::Thing;
use shells::SHELLS;

/// The help of `completion`.
pub(crate) const HELP: &str = "\
Prints what makes a shell complete commands, options and their values, and OCIDs of users and
compartments by a part of their names.

Usage: oci completion bash|zsh|fish|powershell

Examples:
  eval \"$(oci completion bash)\"       in ~/.bashrc
  eval \"$(oci completion zsh)\"        in ~/.zshrc, after compinit
  oci completion fish | source        in ~/.config/fish/config.fish
  oci completion powershell | Out-String | Invoke-Expression
                                      in the file that $PROFILE names
";

/// Prints the script for a shell.
pub(crate) fn completion(rest: &[String]) -> Result<(), Failure> {
    let script = match rest {
        [shell] => SHELLS.iter().find(|(name, _)| name == shell),
        _ => None,
    };
    match script {
        Some((_, script)) => print(script),
        None => Err(Failure::Usage {
            command: "oci completion bash|zsh|fish|powershell".to_owned(),
            message: "name one shell: bash, zsh, fish or powershell".to_owned(),
            hint: None,
        }),
    }
}

/// Prints what the word at the cursor can become: the last one, or the one of `--current=` before
/// all others.
pub(crate) fn complete(words: &[String]) -> Result<(), Failure> {
    let first = words.first().and_then(|first| first.strip_prefix("--current="));
    let (current, before) = match (first, words) {
        (Some(current), [_, before @ ..]) => (current, before),
        (_, [before @ .., current]) => (current.as_str(), before),
        (_, []) => ("", [].as_slice()),
    };
    let lines: Vec<_> = candidates(before, current)
        .into_iter()
        .map(|(word, doc)| format!("{word}\t{doc}"))
        .collect();
    if lines.is_empty() { Ok(()) } else { print(&lines.join("\n")) }
}

fn candidates(before: &[String], current: &str) -> Vec<(String, String)> {
    let path: Vec<String> = path(before);
    let command = find(&path);
    let last = before.last().filter(|last| last.starts_with('-'));
    let option = last.and_then(|last| {
        let opts = command.map(|command| command.options()).unwrap_or_default();
        opts.into_iter().find(|opt| opt.is(last))
    });
    let found = match (last.and_then(|last| global(last)).and_then(values_of), command, option) {
        (Some(words), ..) => words.iter().map(|word| plain(word)).collect(),
        (None, Some(command), Some(opt)) if !matches!(opt.shape, Shape::Flag) => {
            match Thing::of(&command, &opt) {
                Some(thing) => return named(thing, before, path, current),
                None => values(&opt),
            }
        }
        _ => words(command, &path, current),
    };
    found.into_iter().filter(|(word, _)| word.starts_with(current)).collect()
}

/// What may follow an option.
fn values(opt: &Opt) -> Vec<(String, String)> {
    match opt.shape {
        Shape::Choice(words) => words.iter().map(|word| plain(word)).collect(),
        Shape::Boolean => vec![plain("true"), plain("false")],
        _ => Vec::new(),
    }
}

/// The OCIDs of things whose names what was typed is a part of.
fn named(
    thing: Thing,
    before: &[String],
    path: Vec<String>,
    current: &str,
) -> Vec<(String, String)> {
    let Ok(line) = take_globals(before.to_vec()) else { return Vec::new() };
    let all = named::known(thing, line.globals, path);
    named::matching(all, current).into_iter().map(|one| (one.id, one.name)).collect()
}

/// What may stand where no option waits for its value.
fn words(command: Option<Command>, path: &[String], current: &str) -> Vec<(String, String)> {
    if current.starts_with('-') {
        let own = command.map(|command| command.options()).unwrap_or_default();
        let own = own.iter().map(|opt| (opt.dashed(), opt.doc.to_owned()));
        let globals = GLOBALS.iter().filter_map(|row| Some((row.names.first()?, row.doc)));
        let globals = globals.map(|(name, doc)| ((*name).to_owned(), doc.to_owned()));
        return own.chain(globals).collect();
    }
    if let [first] = path
        && let Some(group) = group::group(first)
    {
        return group.commands.iter().map(|one| described(one.name, one.doc)).collect();
    }
    match path {
        [first] if first == "completion" => SHELLS.iter().map(|(name, _)| plain(name)).collect(),
        path => {
            let extras = EXTRAS.iter().filter(|_| path.is_empty());
            let extras = extras.map(|(word, doc)| described(word, doc));
            next_words(path).into_iter().map(plain).chain(extras).collect()
        }
    }
}

/// The words of the command among the words so far, without global options and their values.
fn path(before: &[String]) -> Vec<String> {
    let mut path = Vec::new();
    let mut words = before.iter();
    while let Some(word) = words.next() {
        match global(word) {
            Some(row) if !matches!(row.takes, Takes::Nothing) => {
                words.next();
            }
            Some(_) => {}
            None if word.starts_with('-') => break,
            None => path.push(word.clone()),
        }
    }
    path
}

/// The words that may follow a global option; `None` for one that takes none, an empty list for
/// free text.
fn values_of(row: &GlobalRow) -> Option<&'static [&'static str]> {
    match row.takes {
        Takes::Nothing => None,
        Takes::Choice(words) => Some(words),
        Takes::Text | Takes::Number => Some(&[]),
    }
}

fn plain(word: &str) -> (String, String) {
    (word.to_owned(), String::new())
}

fn described(word: &str, doc: &str) -> (String, String) {
    (word.to_owned(), doc.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let mut words: Vec<_> = line.split(' ').map(str::to_owned).collect();
        let current = words.pop().unwrap();
        candidates(&words, &current).into_iter().map(|(word, _)| word).collect()
    }

    #[test]
    fn commands_options_and_values_are_completed() {
        assert_eq!(words("ia"), ["iam"]);
        assert_eq!(words("--profile x iam us"), ["user"]);
        assert_eq!(words("iam user ui-password cr"), ["create-or-reset"]);
        assert_eq!(words("iam user get --user"), ["--user-id"]);
        assert_eq!(words("iam user list --sort-by T"), ["TIMECREATED"]);
        assert_eq!(words("iam user list --output t"), ["table"]);
        assert_eq!(words("iam group create --name "), Vec::<String>::new());
        assert_eq!(words("iam user delete --force --us"), ["--user-id"]);
        assert_eq!(words("completion z"), ["zsh"]);
    }
}
