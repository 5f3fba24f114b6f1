//! A filter as data: what was written, before attributes mean anything.
//!
//! Filters are equal when they say the same, wherever their parts stood in the text.

use serde_json::Value;
use std::ops::Range;

/// The name of an attribute as a filter or a path writes it.
#[derive(Clone, Debug)]
pub struct AttributePath {
    /// The URN of the schema before it, if one was written.
    pub urn: Option<String>,
    /// The attribute.
    pub name: String,
    /// The sub-attribute after the dot.
    pub sub: Option<String>,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

impl PartialEq for AttributePath {
    fn eq(&self, other: &Self) -> bool {
        (&self.urn, &self.name, &self.sub) == (&other.urn, &other.name, &other.sub)
    }
}

impl Eq for AttributePath {}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `eq`: they are the same.
    Equal,
    /// `ne`: they are not.
    NotEqual,
    /// `co`: the attribute has the value in it.
    Contains,
    /// `sw`: it starts with the value.
    StartsWith,
    /// `ew`: it ends with the value.
    EndsWith,
    /// `gt`: it is greater, or later.
    Greater,
    /// `ge`: the same, or equal.
    GreaterOrEqual,
    /// `lt`: it is less, or earlier.
    Less,
    /// `le`: the same, or equal.
    LessOrEqual,
}

impl Operator {
    /// Every operator that takes a value.
    pub const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    /// The two letters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }
}

/// What must hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// `userName eq "ann"`; the value is a string, a number, a boolean or null.
    Compare(AttributePath, Operator, Value),
    /// `title pr`.
    Present(AttributePath),
    /// `emails[type eq "work"]`: one of the values fulfils the whole filter.
    AnyValue(AttributePath, Box<Filter>),
    /// `not (…)`.
    Not(Box<Filter>),
    /// `… and …`: at least two.
    And(Vec<Filter>),
    /// `… or …`: at least two.
    Or(Vec<Filter>),
}

/// What an operation of a patch changes.
#[derive(Clone, Debug, PartialEq)]
pub struct PatchPath {
    /// The attribute; with its sub-attribute, where no value is picked.
    pub attribute: AttributePath,
    /// Which of its values, in brackets.
    pub values: Option<Filter>,
    /// The sub-attribute of the picked values, after the brackets.
    pub sub: Option<String>,
}
