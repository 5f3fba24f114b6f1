//! `--cli-auto-prompt`: asks for what the line lacks, first the words of a command, then what the
//! command requires.
//!
//! The one idea: what was asked for is shown at the end as it would have been typed, so that the
//! next line needs no questions. All of it stands on stderr; stdout holds the answer alone.

use crate::command::{Action, Opt, Shape, find, next_words};
use crate::config::{Environment, Settings};
use crate::dialogue::Dialogue;
use crate::failure::Failure;
use crate::from_json::complex;
use crate::help;
use crate::json::Json;
use crate::parse::{Values, read};
use crate::suggest::did_you_mean;
use crate::terminal::note;
use iam_api::Kind;

/// Whether questions are wanted; fails where nobody could answer.
pub(crate) fn is_wanted(settings: &Settings<'_>) -> Result<bool, Failure> {
    let wanted = settings.globals.auto_prompt || settings.env.var("OCI_CLI_AUTO_PROMPT").is_some();
    if wanted && !Dialogue::can_ask() {
        return Err(Failure::Client(
            "--cli-auto-prompt (or OCI_CLI_AUTO_PROMPT) asks questions, and there is no terminal \
             to answer them: give all options on the line, or with --from-json"
                .to_owned(),
        ));
    }
    Ok(wanted)
}

/// Asks for words until they name a command.
pub(crate) fn ask_words(
    words: &mut Vec<String>,
    dialogue: &mut Dialogue<'_>,
) -> Result<(), Failure> {
    let known = words.len();
    while find(words).is_none() {
        let path = words.iter().fold("oci".to_owned(), |path, word| format!("{path} {word}"));
        dialogue.say(&format!("What may follow `{path}`:\n{}", help::next(words)))?;
        let more = dialogue.ask(&path, None, |answer| {
            let mut longer = words.clone();
            for word in answer.split_whitespace() {
                follow(&mut longer, word)?;
            }
            Ok(longer.split_off(words.len()))
        })?;
        words.extend(more);
    }
    if let Some(asked) = words.get(known..).filter(|asked| !asked.is_empty()) {
        note(&format!("note: next time, write: {}", asked.join(" ")));
    }
    Ok(())
}

/// Adds a word, if it may follow.
fn follow(words: &mut Vec<String>, word: &str) -> Result<(), String> {
    let next = next_words(words);
    if next.contains(&word) {
        words.push(word.to_owned());
        return Ok(());
    }
    if next.is_empty() {
        return Err(format!(
            "`{}` is a command already, so `{word}` cannot follow; what it requires is asked for \
             next",
            words.join(" ")
        ));
    }
    let near = did_you_mean(word, next.into_iter().map(str::to_owned));
    Err(format!("No such command '{word}'.{near}"))
}

/// Asks for what the command requires and was not given.
pub(crate) fn ask_missing(
    values: &mut Values,
    env: &dyn Environment,
    dialogue: &mut Dialogue<'_>,
) -> Result<(), Failure> {
    let no_key = matches!(values.command.action, Action::KeyFile)
        && values.get("key").is_none()
        && values.get("key-file").is_none();
    let mut asked = Vec::new();
    for (opt, place) in values.opts.iter().zip(&mut values.values) {
        let wanted = opt.required || (no_key && opt.name == "key-file");
        if !wanted || place.is_some() {
            continue;
        }
        dialogue.say(help::option(opt).trim_end())?;
        let (value, text) = ask(opt, env, dialogue)?;
        *place = Some(value);
        asked.push(format!("{} {text}", opt.dashed()));
    }
    if !asked.is_empty() {
        note(&format!("note: next time, write: {}", asked.join(" ")));
    }
    Ok(())
}

/// One value, and how it is typed.
fn ask(
    opt: &Opt,
    env: &dyn Environment,
    dialogue: &mut Dialogue<'_>,
) -> Result<(Json, String), Failure> {
    let check = |text: &str| {
        let value = read(opt, text)?;
        if let Shape::Complex(kind) = opt.shape {
            complex(&opt.name, &value, kind, env).map_err(|failure| failure.to_string())?;
        }
        let value = if opt.multiple { Json::List(vec![value]) } else { value };
        Ok((value, quoted(text)))
    };
    let prompt = opt.dashed();
    if opt.goes.kind().is_some_and(|kind| matches!(kind, Kind::Secret)) {
        let (value, _) = dialogue.ask_hidden(&prompt, check)?;
        return Ok((value, "'…'".to_owned()));
    }
    dialogue.ask(&prompt, None, check)
}

/// A value as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@%+=,".contains(letter);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Process;
    use crate::parse::options;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// Asks with these answers for what this line lacks; the values, and what was said.
    fn asked(line: &str, args: &str, answers: &str) -> (Values, String) {
        let mut out = Vec::new();
        let command = find(&words(line)).unwrap();
        let mut values = options(command, &words(args), &|_| None).unwrap();
        let mut dialogue = Dialogue::of(answers, &mut out);
        ask_missing(&mut values, &Process, &mut dialogue).unwrap();
        drop(dialogue);
        (values, String::from_utf8(out).unwrap())
    }

    #[test]
    fn words_are_asked_for_until_they_name_a_command() {
        let mut out = Vec::new();
        let mut path = words("iam");
        let answers = "usr\nuser frobnicate\nuser\nget --user-id x\nget\n";
        ask_words(&mut path, &mut Dialogue::of(answers, &mut out)).unwrap();
        assert_eq!(path, words("iam user get"));
        let said = String::from_utf8(out).unwrap();
        for part in [
            "What may follow `oci iam`:\n",
            "  user                        ",
            "oci iam: Error: No such command 'usr'. Did you mean 'user'?\n",
            "Error: No such command 'frobnicate'.\n",
            "What may follow `oci iam user`:\n",
            "Error: `iam user get` is a command already, so `--user-id` cannot follow",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn only_what_is_required_and_missing_is_asked_for() {
        let (values, said) = asked("iam user create", "--name ada", "ocid1.t\n\nAda L\n");
        assert_eq!(values.text("name"), Some("ada"));
        assert_eq!(values.text("description"), Some("Ada L"));
        assert!(said.contains("  --description TEXT"), "{said}");
        assert!(!said.contains("--name") && !said.contains("--email"), "{said}");
        let (values, said) = asked("iam user get", "--user-id u", "");
        assert_eq!((values.text("user-id"), said.as_str()), (Some("u"), ""));
    }

    #[test]
    fn an_answer_must_be_what_the_option_takes() {
        let line = "iam policy create";
        let args = "--compartment-id c --name n --description d";
        let (values, said) = asked(line, args, "Allow\n[\"Allow\"]\n");
        assert!(said.contains("Error: Parameter 'statements' must be in JSON format."), "{said}");
        assert_eq!(values.text("statements"), Some("[\"Allow\"]"));
    }

    #[test]
    fn a_key_is_asked_for_as_a_file() {
        let (values, _) = asked("iam user api-key upload", "--user-id u", "k.pem\n");
        assert_eq!(values.text("key-file"), Some("k.pem"));
        let (_, said) = asked("iam user api-key upload", "--user-id u --key k", "");
        assert_eq!(said, "");
    }

    #[test]
    fn values_are_shown_as_a_shell_takes_them() {
        assert_eq!(quoted("a@b.c"), "a@b.c");
        assert_eq!(quoted("it's $x"), r"'it'\''s $x'");
        assert_eq!(quoted("é"), "'é'");
    }
}
