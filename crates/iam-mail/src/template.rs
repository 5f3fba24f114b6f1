//! A tenancy's own words in the place of ours, and the engine that fills templates.
//!
//! A tenancy's template is untrusted: it can reach the named variables and the layouts, has bounded
//! size, time and memory, and cannot switch off the escaping of HTML. Whatever it does wrong is an
//! error with a line, and our own template takes its place.

use crate::event::Event;
use crate::letter::{self, Part};
use crate::variables::Variables;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// What one filling may cost. One unit is an instruction, or 64 bytes of what is written or held:
/// our own letters take 600 at the most.
const FUEL: u64 = 8_000;
/// How deep blocks and layouts may be nested.
const DEPTH_MAX: usize = 16;

/// A tenancy's own template of a letter; what is left out is ours.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Template {
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The letter as plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The letter as HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

impl Template {
    /// Refuses a template that could not be used for that event, and says why.
    pub fn check(&self, event: Event) -> Result<(), TemplateError> {
        let sample = Variables::sample(event.has_link());
        let written = letter::write(event, &sample, Some(self))?;
        written.passed_over.into_iter().next().map_or(Ok(()), Err)
    }

    pub(crate) fn part(&self, part: Part) -> Option<&str> {
        match part {
            Part::Subject => self.subject.as_deref(),
            Part::Text => self.text.as_deref(),
            Part::Html => self.html.as_deref(),
        }
    }
}

/// Why a template could not be used.
#[derive(Debug)]
pub struct TemplateError {
    part: Part,
    line: Option<usize>,
    cause: String,
}

impl TemplateError {
    pub(crate) fn too_long(part: Part) -> Self {
        let cause = format!("it is longer than {} bytes", part.bytes_max());
        Self { part, line: None, cause }
    }

    pub(crate) fn no_link(part: Part) -> Self {
        let cause = "it does not show `{{ link }}`, without which this letter is of no use";
        Self { part, line: None, cause: cause.to_owned() }
    }

    pub(crate) fn new(part: Part, error: &Error) -> Self {
        let cause = match error.kind() {
            ErrorKind::OutOfFuel => "it takes too long, or writes too much".to_owned(),
            kind => error.detail().map_or_else(|| kind.to_string(), |it| format!("{kind}: {it}")),
        };
        Self { part, line: error.line(), cause }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the template's {} cannot be used: {}", self.part, self.cause)?;
        self.line.map_or(Ok(()), |line| write!(out, " (line {line})"))
    }
}

impl std::error::Error for TemplateError {}

/// The engine with our own templates: no function, no filter, no test but what is added here.
pub(crate) static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::empty();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    engine.set_syntax(syntax.unwrap_or_default());
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(DEPTH_MAX);
    engine.set_formatter(put);
    engine
});

/// Writes a value; into HTML always with its signs written out, whatever the template says.
fn put(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if !state.name().ends_with(Part::Html.ending()) || value.is_safe() {
        return Ok(write!(out, "{value}")?);
    }
    Ok(out.write_str(&escaped(&value.to_string()))?)
}

/// A text as it stands in HTML, between tags and in quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}
