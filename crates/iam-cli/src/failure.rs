//! Why a run ended without success, and with which exit code.
//!
//! Nothing here prints: `main` alone writes a failure to stderr, with the text of [`Failure`]'s
//! `Display`. The one idea: wording and exit code stand side by side, so that a script can rely on
//! both. Codes are those of the official command line: 2 for a line that was not understood, 1 for
//! all else.

use crate::json::{Json, Layout};
use std::fmt;

/// How wide the official command line writes into a pipe.
const USAGE_COLUMNS: usize = 78;

/// Why a run ended without success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line was not understood.
    Usage {
        /// The command as far as it was understood, such as `oci iam user`.
        command: String,
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// The command was understood, but options are missing: the official command line exits with 1.
    Missing {
        /// The command, such as `oci iam user get`.
        command: String,
        /// What is wrong.
        message: String,
    },
    /// Something on this side: a file, a key, a value, the configuration.
    Client(String),
    /// What the service answered, or that it could not be reached: a kind, and a JSON object.
    Reported {
        /// `ServiceError`, `ConnectTimeout`, …
        kind: &'static str,
        /// The details, printed as JSON.
        details: Json,
    },
    /// The question was answered with no, or not at all.
    Aborted,
    /// All has been said already; the number is the exit code.
    Told(u8),
}

impl Failure {
    /// The exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            Self::Told(code) => *code,
            Self::Missing { .. } | Self::Client(_) | Self::Reported { .. } | Self::Aborted => 1,
        }
    }
}

/// What follows the command in a usage line: on a line of its own, where the official command line
/// has 20 columns too few left for it.
fn options(command: &str) -> &'static str {
    let is_long = "Usage: ".len() + command.len() + 1 + 20 > USAGE_COLUMNS;
    if is_long { " \n           [OPTIONS]" } else { " [OPTIONS]" }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { command, message, hint } => {
                // Some bring an ending of their own: `oci iam [OPTIONS] COMMAND [ARGS]...`.
                let whole = command.contains(['[', '|']);
                let options = if whole { "" } else { options(command) };
                write!(out, "Usage: {command}{options}\n\nError: {message}")?;
                hint.as_ref().map_or(Ok(()), |hint| write!(out, "\n\n{hint}"))
            }
            Self::Missing { command, message } => {
                write!(out, "Usage: {command}{}\n\nError: {message}", options(command))
            }
            Self::Client(message) => out.write_str(message),
            Self::Reported { kind, details } => {
                write!(out, "{kind}:\n{}", details.text(Layout::ERROR))
            }
            Self::Aborted => out.write_str("Aborted!"),
            Self::Told(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_long_command_has_a_line_of_its_own() {
        let said =
            |command: String| Failure::Missing { command, message: "m".to_owned() }.to_string();
        let (short, long) = ("o".repeat(50), "o".repeat(51));
        assert_eq!(said(short.clone()), format!("Usage: {short} [OPTIONS]\n\nError: m"));
        let expected = format!("Usage: {long} \n           [OPTIONS]\n\nError: m");
        assert_eq!(said(long), expected);
    }
}
