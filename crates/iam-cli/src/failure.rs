//! Why a run ended without success, and with which exit code.
//!
//! Nothing here prints: `main` alone writes a failure to stderr, with the text of [`Failure`]'s
//! `Display`. The one idea: wording and exit code stand side by side, so that a script can rely on
//! both. Codes are those of the official command line: 2 for a line that was not understood, 1 for
//! all else.

use crate::json::{Json, Layout};
use std::fmt;

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

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { command, message, hint } => {
                // Some bring an ending of their own: `oci iam [OPTIONS] COMMAND [ARGS]...`.
                let whole = command.contains(['[', '|']);
                let ending = if whole { "" } else { " [OPTIONS]" };
                write!(out, "Usage: {command}{ending}\n\nError: {message}")?;
                hint.as_ref().map_or(Ok(()), |hint| write!(out, "\n\n{hint}"))
            }
            Self::Missing { command, message } => {
                write!(out, "Usage: {command} [OPTIONS]\n\nError: {message}")
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
