//! Why a command could not do what it was asked, in words for the person who ran it.

use iam_api::Problem;
use iam_store::StoreError;
use std::fmt;
use std::io;
use std::path::Path;

/// Why a command could not do what it was asked. `commands::run` prints it, and nothing else does.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with that text: what happened, to what, and what to do next.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What to say when `doing` something to a file failed.
    pub(crate) fn file(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self(format!("cannot {doing} `{}`: {cause}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<StoreError> for Failure {
    fn from(cause: StoreError) -> Self {
        match cause {
            StoreError::Failed(cause) => Self(cause.to_string()),
            other => Self(other.to_string()),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem.cause {
            Some(cause) => Self(cause.to_string()),
            None => Self(problem.message),
        }
    }
}
