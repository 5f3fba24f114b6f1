//! `oci completion SHELL`, and what the printed script calls: `oci __complete WORD…`.
//!
//! The one idea: the script is a few lines that never change; candidates come from the tables, with
//! no file read and nothing sent.

use crate::command::{Shape, find, next_words};
use crate::commands::setup;
use crate::failure::Failure;
use crate::globals::{GLOBALS, GlobalRow, Takes, global};
use crate::help::EXTRAS;
use crate::terminal::print;

/// The shells that a script can be printed for.
const SHELLS: &[(&str, &str)] = &[("bash", BASH), ("zsh", ZSH), ("fish", FISH)];

const BASH: &str = r#"# bash completion for oci: eval "$(oci completion bash)"
_oci() {
  local IFS=$'\n' word
  COMPREPLY=()
  while read -r word; do COMPREPLY+=("${word%%$'\t'*}"); done \
    < <(oci __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _oci oci"#;

const ZSH: &str = r#"#compdef oci
# zsh completion for oci: eval "$(oci completion zsh)"
_oci() {
  local -a lines values
  lines=("${(@f)$(oci __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local line
  for line in $lines; do values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}"); done
  if (( ${#values} )); then _describe -o 'oci' values; else _files; fi
}
compdef _oci oci"#;

const FISH: &str = r#"# fish completion for oci: oci completion fish | source
complete -c oci -f -a '(oci __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'"#;

/// The help of `completion`.
pub(crate) const HELP: &str = "\
Prints what makes a shell complete commands, options and their values.

Usage: oci completion bash|zsh|fish

Examples:
  eval \"$(oci completion bash)\"       in ~/.bashrc
  eval \"$(oci completion zsh)\"        in ~/.zshrc, after compinit
  oci completion fish | source        in ~/.config/fish/config.fish
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
            command: "oci completion bash|zsh|fish".to_owned(),
            message: "name one shell: bash, zsh or fish".to_owned(),
            hint: None,
        }),
    }
}

/// Prints what the last word, which is not finished, can become.
pub(crate) fn complete(words: &[String]) -> Result<(), Failure> {
    let (current, before) = match words {
        [before @ .., current] => (current.as_str(), before),
        [] => ("", [].as_slice()),
    };
    let lines: Vec<_> = candidates(before, current)
        .into_iter()
        .filter(|(word, _)| word.starts_with(current))
        .map(|(word, doc)| format!("{word}\t{doc}"))
        .collect();
    if lines.is_empty() { Ok(()) } else { print(&lines.join("\n")) }
}

fn candidates(before: &[String], current: &str) -> Vec<(String, String)> {
    let path: Vec<String> = path(before);
    let command = find(&path);
    if let Some(last) = before.last().filter(|last| last.starts_with('-')) {
        if let Some(words) = global(last).map(values_of) {
            if let Some(words) = words {
                return words.iter().map(|word| plain(word)).collect();
            }
        } else if let Some(opt) =
            command.and_then(|command| command.options().into_iter().find(|opt| opt.is(last)))
        {
            match opt.shape {
                Shape::Choice(words) => return words.iter().map(|word| plain(word)).collect(),
                Shape::Boolean => return vec![plain("true"), plain("false")],
                Shape::Flag => {}
                _ => return Vec::new(),
            }
        }
    }
    if current.starts_with('-') {
        let own = command.map(|command| command.options()).unwrap_or_default();
        let own = own.iter().map(|opt| (opt.dashed(), opt.doc.to_owned()));
        let globals = GLOBALS.iter().filter_map(|row| Some((row.names.first()?, row.doc)));
        let globals = globals.map(|(name, doc)| ((*name).to_owned(), doc.to_owned()));
        return own.chain(globals).collect();
    }
    match path.as_slice() {
        [first] if first == "setup" => {
            setup::COMMANDS.iter().map(|one| described(one.name, one.doc)).collect()
        }
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
        let found = candidates(&words, &current);
        found.into_iter().map(|(word, _)| word).filter(|word| word.starts_with(&current)).collect()
    }

    #[test]
    fn commands_options_and_values_are_completed() {
        assert_eq!(words("ia"), ["iam"]);
        assert_eq!(words("--profile x iam us"), ["user"]);
        assert_eq!(words("iam user ui-password cr"), ["create-or-reset"]);
        assert_eq!(words("iam user get --user"), ["--user-id"]);
        assert_eq!(words("iam user list --sort-by T"), ["TIMECREATED"]);
        assert_eq!(words("iam user list --output t"), ["table"]);
        assert_eq!(words("iam user get --user-id "), Vec::<String>::new());
        assert_eq!(words("completion z"), ["zsh"]);
    }
}
