//! What a variable of a condition is compared with: a text, a pattern such as `/HR*/`, or a time.
//!
//! Patterns are those that OCI has: a text at the beginning, at the end, or anywhere. The one idea:
//! upper and lower case are alike, so values are folded when a statement is bound, and compared
//! without regard to the case of ASCII letters, which OCIDs and names of permissions consist of.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::condition::Time;
use crate::error::{PolicyError, quote};
use crate::fold::fold;
use crate::lex::Kind;
use crate::parse::Parser;

/// What a variable is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A text that is the whole of it.
    Text(String),
    /// A pattern.
    Pattern(Pattern),
    /// A time, where the variable is one.
    Time(Time),
}

/// A text that is a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// `/HR*/`: it begins so.
    Begins(String),
    /// `/*HR/`: it ends so.
    Ends(String),
    /// `/*HR*/`: it holds this.
    Holds(String),
}

impl Value {
    /// The same in the form in which it is compared.
    pub(crate) fn folded(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(fold(text)),
            Self::Pattern(Pattern::Begins(part)) => Self::Pattern(Pattern::Begins(fold(part))),
            Self::Pattern(Pattern::Ends(part)) => Self::Pattern(Pattern::Ends(fold(part))),
            Self::Pattern(Pattern::Holds(part)) => Self::Pattern(Pattern::Holds(fold(part))),
            Self::Time(time) => Self::Time(*time),
        }
    }

    /// Whether that is what is meant.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let alike = |part: Option<&[u8]>, wanted: &str| {
            part.is_some_and(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        match self {
            Self::Text(whole) => alike(Some(text), whole),
            Self::Pattern(Pattern::Begins(part)) => alike(text.get(..part.len()), part),
            Self::Pattern(Pattern::Ends(part)) => {
                alike(text.len().checked_sub(part.len()).and_then(|at| text.get(at..)), part)
            }
            Self::Pattern(Pattern::Holds(part)) => {
                text.windows(part.len().max(1)).any(|piece| alike(Some(piece), part))
            }
            Self::Time(_) => false, // times lie before or after one another, and are no texts
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Pattern(Pattern::Begins(part)) => write!(f, "/{part}*/"),
            Self::Pattern(Pattern::Ends(part)) => write!(f, "/*{part}/"),
            Self::Pattern(Pattern::Holds(part)) => write!(f, "/*{part}*/"),
            Self::Time(time) => time.fmt(f),
        }
    }
}

impl Parser<'_> {
    /// A text, in quotes or not, or a pattern.
    pub(crate) fn value(&mut self) -> Result<Value, PolicyError> {
        if self.is_next(Kind::Mark('/')) {
            return self.pattern().map(Value::Pattern);
        }
        Ok(Value::Text(self.name("a value")?.value))
    }

    fn pattern(&mut self) -> Result<Pattern, PolicyError> {
        let written = self.until_slash()?;
        let wrong = |message: String| {
            PolicyError::new(written.span.clone(), message)
                .with_hint("patterns are `/text*/`, `/*text/` and `/*text*/`")
        };
        let text = written.value.as_str();
        if let Some(bad) = text.chars().find(|c| c.is_control() || matches!(c, '\'' | '\\')) {
            return Err(wrong(format!("a pattern cannot hold U+{:04X}", u32::from(bad))));
        }
        let (begins, ends) = (text.starts_with('*'), text.ends_with('*'));
        let part = text.strip_prefix('*').unwrap_or(text);
        let part = part.strip_suffix('*').unwrap_or(part);
        if part.is_empty() {
            return Err(wrong("a pattern needs a text".to_owned()));
        }
        if part.contains('*') {
            return Err(wrong(format!("`*` stands inside the pattern {}", quote(text))));
        }
        match (begins, ends) {
            (false, true) => Ok(Pattern::Begins(part.to_owned())),
            (true, false) => Ok(Pattern::Ends(part.to_owned())),
            (true, true) => Ok(Pattern::Holds(part.to_owned())),
            (false, false) => Err(wrong(format!("the pattern {} has no `*`", quote(text)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Value};

    #[test]
    fn a_pattern_is_at_the_beginning_at_the_end_or_anywhere() {
        let part = || "hr".to_owned();
        for (value, yes, no) in [
            (Value::Text(part()), ["HR", "hr"], ["hrx", ""]),
            (Value::Pattern(Pattern::Begins(part())), ["HR", "HR-desk"], ["h", "the-hr"]),
            (Value::Pattern(Pattern::Ends(part())), ["hR", "the-HR"], ["r", "hr-desk"]),
            (Value::Pattern(Pattern::Holds(part())), ["Hr", "the-hr-desk"], ["h-r", ""]),
        ] {
            for text in yes {
                assert!(value.matches(text), "{value} {text}");
            }
            for text in no {
                assert!(!value.matches(text), "{value} {text}");
            }
        }
    }

    #[test]
    fn letters_of_several_bytes_are_compared_whole() {
        let begins = Value::Pattern(Pattern::Begins("ä".to_owned()));
        assert!(begins.matches("ärzte") && !begins.matches("å"));
        assert!(Value::Pattern(Pattern::Holds("ü".to_owned())).matches("tür"));
    }
}
