//! Questions and answers: what `oci setup` and `--cli-auto-prompt` ask, and what they are told on
//! stdin.
//!
//! Works the same with a person and with a pipe; only a passphrase is read differently, so that it
//! does not appear on a terminal. The one idea: an answer that will not do is asked for again, and
//! the end of the input ends the dialogue.

use crate::failure::Failure;
use std::io::{self, BufRead, IsTerminal as _, Read as _, Write};
use zeroize::Zeroizing;

/// A longer line answers no question here.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// What stands for no passphrase; nothing at all is asked again, since it is easily an accident.
const NO_PASSPHRASE: &str = "N/A";

/// Two ends of a conversation.
pub(crate) struct Dialogue<'a> {
    input: Box<dyn BufRead + 'a>,
    out: Box<dyn Write + 'a>,
    /// Whether a person sits there, whose typing can be hidden.
    terminal: bool,
}

impl<'a> Dialogue<'a> {
    /// Whether a person can be asked: stdin and stderr are a terminal.
    pub(crate) fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// The dialogue on stdin and stderr, for commands that have an answer on stdout.
    pub(crate) fn on_stderr() -> Self {
        let terminal = io::stdin().is_terminal();
        Self { input: Box::new(io::stdin().lock()), out: Box::new(io::stderr()), terminal }
    }

    /// A dialogue that a test wrote down.
    #[cfg(test)]
    pub(crate) fn of(input: &'a str, out: &'a mut Vec<u8>) -> Self {
        Self { input: Box::new(input.as_bytes()), out: Box::new(out), terminal: false }
    }

    /// The dialogue on stdin and stdout.
    pub(crate) fn of_process() -> Self {
        let terminal = io::stdin().is_terminal();
        Self { input: Box::new(io::stdin().lock()), out: Box::new(io::stdout().lock()), terminal }
    }

    /// Says a line.
    pub(crate) fn say(&mut self, text: &str) -> Result<(), Failure> {
        self.write(&format!("{text}\n"))
    }

    /// Asks until there is an answer that `check` takes; nothing means `default`, if there is one.
    pub(crate) fn ask<T>(
        &mut self,
        question: &str,
        default: Option<&str>,
        mut check: impl FnMut(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let default_shown = default.map(|text| format!(" [{text}]")).unwrap_or_default();
        loop {
            self.write(&format!("{question}{default_shown}: "))?;
            let line = self.line()?;
            let answer = if line.is_empty() { default.unwrap_or_default() } else { &line };
            if answer.is_empty() {
                continue;
            }
            match check(answer) {
                Ok(value) => return Ok(value),
                Err(why) => self.say(&format!("Error: {why}"))?,
            }
        }
    }

    /// Asks for yes or no; nothing means `default`.
    pub(crate) fn confirm(&mut self, question: &str, default: bool) -> Result<bool, Failure> {
        let choices = if default { "[Y/n]" } else { "[y/N]" };
        loop {
            self.write(&format!("{question} {choices}: "))?;
            match self.line()?.trim().to_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.say("Error: invalid input")?,
            }
        }
    }

    /// Asks for something that must not be seen, until `check` takes it.
    pub(crate) fn ask_hidden<T>(
        &mut self,
        question: &str,
        mut check: impl FnMut(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        loop {
            let answer = self.hidden(question)?;
            if answer.is_empty() {
                continue;
            }
            match check(&answer) {
                Ok(value) => return Ok(value),
                Err(why) => self.say(&format!("Error: {why}"))?,
            }
        }
    }

    /// Asks for the passphrase of a new key, twice; none where the answer says so.
    pub(crate) fn new_passphrase(&mut self) -> Result<Option<Zeroizing<String>>, Failure> {
        let question = format!(
            "Enter a passphrase for your private key (\"{NO_PASSPHRASE}\" for no passphrase)"
        );
        loop {
            let passphrase =
                self.ask_hidden(&question, |text| Ok(Zeroizing::new(text.to_owned())))?;
            let again = self.hidden("Repeat for confirmation")?;
            if *passphrase != *again {
                self.say("Error: The two entered values do not match.")?;
            } else if passphrase.as_str() == NO_PASSPHRASE {
                return Ok(None);
            } else if let Err(why) = check_passphrase(&passphrase) {
                self.say(&format!("Error: {why}"))?;
            } else {
                return Ok(Some(passphrase));
            }
        }
    }

    /// One line of the input, without its end.
    pub(crate) fn line(&mut self) -> Result<Zeroizing<String>, Failure> {
        let mut line = Zeroizing::new(Vec::with_capacity(256));
        let read = self.input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        match read {
            Ok(0) => {
                // The prompt stands on a line of its own then.
                self.write("\n")?;
                Err(Failure::Aborted)
            }
            Ok(_) => {
                let text = std::str::from_utf8(&line).map_err(|_| {
                    Failure::Client("ERROR: The answer on stdin is not UTF-8".to_owned())
                })?;
                let text = text.strip_suffix('\n').unwrap_or(text);
                Ok(Zeroizing::new(text.strip_suffix('\r').unwrap_or(text).to_owned()))
            }
            Err(error) => Err(Failure::Client(format!("ERROR: Cannot read from stdin: {error}"))),
        }
    }

    fn hidden(&mut self, question: &str) -> Result<Zeroizing<String>, Failure> {
        self.write(&format!("{question}: "))?;
        if !self.terminal {
            let line = self.line()?;
            // Nobody pressed a key that would have ended the line of the prompt.
            self.write("\n")?;
            return Ok(line);
        }
        match rpassword::read_password() {
            Ok(text) => Ok(Zeroizing::new(text)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Failure::Aborted),
            Err(error) => {
                Err(Failure::Client(format!("ERROR: Cannot read the passphrase: {error}")))
            }
        }
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        written
            .map_err(|error| Failure::Client(format!("ERROR: Cannot write the question: {error}")))
    }
}

/// Whether all tools that read key files could open a key under this passphrase.
pub(crate) fn check_passphrase(passphrase: &str) -> Result<(), String> {
    if passphrase.chars().all(|c| c.is_ascii() && !c.is_ascii_control()) {
        return Ok(());
    }
    Err("a passphrase may hold the characters of ASCII alone: the official tools open no other"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converse<T>(input: &str, with: impl FnOnce(&mut Dialogue<'_>) -> T) -> (T, String) {
        let mut out = Vec::new();
        let result = with(&mut Dialogue::of(input, &mut out));
        (result, String::from_utf8(out).unwrap())
    }

    #[test]
    fn an_answer_that_will_not_do_is_asked_for_again() {
        let (answer, out) = converse("\nx\n7\n", |dialogue| {
            dialogue.ask("Number", None, |text| text.parse::<u8>().map_err(|e| e.to_string()))
        });
        assert_eq!(answer.unwrap(), 7);
        assert_eq!(out, "Number: Number: Error: invalid digit found in string\nNumber: ");
    }

    #[test]
    fn nothing_means_the_default() {
        let (answer, out) = converse("\r\n", |dialogue| {
            dialogue.ask("Place", Some("here"), |text| Ok(text.to_owned()))
        });
        assert_eq!(answer.unwrap(), "here");
        assert_eq!(out, "Place [here]: ");
        assert!(converse("\n", |dialogue| dialogue.confirm("Sure?", true)).0.unwrap());
        assert!(!converse("maybe\nNO\n", |dialogue| dialogue.confirm("Sure?", true)).0.unwrap());
    }

    #[test]
    fn the_end_of_the_input_ends_the_dialogue() {
        let (answer, _) = converse("", |dialogue| dialogue.confirm("Sure?", true));
        assert!(matches!(answer, Err(Failure::Aborted)));
    }

    #[test]
    fn a_new_passphrase_is_typed_twice_and_can_be_none() {
        let passphrase = |input| {
            let (passphrase, _) = converse(input, |dialogue| dialogue.new_passphrase());
            passphrase.unwrap().map(|text| text.to_string())
        };
        assert_eq!(passphrase("N/A\nN/A\n"), None);
        assert_eq!(passphrase("\none\ntwo\nthree\nthree\n").as_deref(), Some("three"));
        assert_eq!(passphrase("é\né\nabc\nabc\n").as_deref(), Some("abc"));
    }
}
