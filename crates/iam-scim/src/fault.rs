//! What is wrong with a filter, a patch or a body: what, where, and what to do about it.
//!
//! One type for all that a caller can get wrong here. Its kind is the keyword that RFC 7644 (table
//! 9) has for it; `Display` is the one line that a caller gets.

use iam_api::{Keyword, Problem};
use std::fmt;
use std::ops::Range;

/// The longest word quoted in a message, in characters.
const QUOTED_CHARS: usize = 60;

/// RFC 7644's keyword for what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A filter is not one, or asks for what cannot be compared.
    InvalidFilter,
    /// The request is not built as it must be.
    InvalidSyntax,
    /// A path of a patch names nothing.
    InvalidPath,
    /// A path of a patch picks no value.
    NoTarget,
    /// A value is of the wrong type, not one of those known, or missing.
    InvalidValue,
    /// An attribute that callers do not write, or write once, was to be changed.
    Mutability,
    /// The request asks for more than one request may.
    TooMany,
}

impl FaultKind {
    /// The keyword, as it is written in `scimType`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::Mutability => "mutability",
            Self::TooMany => "tooMany",
        }
    }
}

/// Why something is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
    message: String,
    hint: Option<String>,
    span: Option<Range<usize>>,
    column: Option<usize>,
}

impl Fault {
    /// A fault of that kind: what is wrong, and with what.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, span: None, column: None }
    }

    /// A value that is wrong.
    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new(FaultKind::InvalidValue, message)
    }

    /// An attribute that must not be written.
    pub(crate) fn mutability(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Mutability, message)
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Says in which part of a body it is.
    pub(crate) fn inside(self, path: &str) -> Self {
        Self { message: format!("{} ({path})", self.message), ..self }
    }

    /// Says where in a text it is: bytes of it. Empty at the end, where something is missing.
    pub(crate) fn at(self, span: Range<usize>) -> Self {
        Self { span: Some(span), ..self }
    }

    /// Counts the characters up to the place in this text, for people.
    pub(crate) fn located(mut self, text: &str) -> Self {
        let before = self.span.as_ref().and_then(|span| text.get(..span.start));
        self.column = before.map(|before| before.chars().count() + 1);
        self
    }

    /// What it is called in an answer.
    #[must_use]
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }

    /// What is wrong, without the hint.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Where in the text of a filter or path it is wrong, in bytes.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(column) = self.column {
            write!(f, " at character {column}")?;
        }
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::invalid(fault.to_string()).keyword(Keyword::Scim(fault.kind.as_str()))
    }
}

/// A word of the caller's as a message quotes it: in backticks, harmless, and cut where it is long.
pub(crate) fn quote(word: &str) -> String {
    let shown: String = word.chars().take(QUOTED_CHARS).collect();
    let cut = if shown.len() < word.len() { "…" } else { "" };
    format!("`{}{cut}`", shown.escape_debug())
}
