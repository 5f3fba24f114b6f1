//! Why a command could not do what it was asked, in words for the person who ran it.

use iam_api::Problem;
use iam_store::StoreError;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Why a command could not do what it was asked. `commands::run` prints it, and nothing else does.
#[derive(Debug)]
pub struct Failure {
    text: String,
    /// What the process ends with.
    code: u8,
}

impl Failure {
    /// A failure with that text: what happened, to what, and what to do next.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 1 }
    }

    /// What to say when `doing` something to a file failed.
    pub(crate) fn file(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::new(format!("cannot {doing} `{}`: {cause}", path.display()))
    }

    /// The answer no, of which all is said: it is the exit code alone, 1.
    pub(crate) fn no() -> Self {
        Self::new("")
    }

    /// The same of a command whose exit code 1 is an answer: this is none, so it is 2.
    pub(crate) fn unanswered(self) -> Self {
        Self { code: 2, ..self }
    }

    /// What the process ends with.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }

    /// Whether all is said already.
    pub(crate) fn is_said(&self) -> bool {
        self.text.is_empty()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}

impl From<StoreError> for Failure {
    fn from(cause: StoreError) -> Self {
        match cause {
            StoreError::Failed(cause) => Self::new(cause.to_string()),
            other => Self::new(other.to_string()),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem.cause {
            Some(cause) => Self::new(cause.to_string()),
            None => Self::new(problem.message),
        }
    }
}
