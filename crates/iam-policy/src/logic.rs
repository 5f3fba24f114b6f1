//! Tests that are joined by `all` and `any`: what conditions of statements and matching rules of
//! dynamic groups have in common.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::PolicyError;
use crate::lex::Kind;
use crate::parse::Parser;

/// The most braces that stand in each other, so that neither reading nor deciding goes deep.
pub const DEPTH_MAX: usize = 8;

/// Tests of one kind, joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Logic<T> {
    /// One test.
    Test(T),
    /// `all {…}`: every one of them.
    All(Vec<Logic<T>>),
    /// `any {…}`: at least one of them.
    Any(Vec<Logic<T>>),
}

impl<T> Logic<T> {
    /// Whether it holds, where `test` says so of each test.
    pub(crate) fn holds(&self, test: &impl Fn(&T) -> bool) -> bool {
        match self {
            Self::Test(one) => test(one),
            Self::All(parts) => parts.iter().all(|part| part.holds(test)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(test)),
        }
    }

    /// Every test in it.
    pub(crate) fn tests(&self) -> Box<dyn Iterator<Item = &T> + '_> {
        match self {
            Self::Test(one) => Box::new(std::iter::once(one)),
            Self::All(parts) | Self::Any(parts) => Box::new(parts.iter().flat_map(Self::tests)),
        }
    }

    /// The same with each test changed.
    pub(crate) fn map<U>(&self, change: &impl Fn(&T) -> U) -> Logic<U> {
        let all = |parts: &[Self]| parts.iter().map(|part| part.map(change)).collect();
        match self {
            Self::Test(one) => Logic::Test(change(one)),
            Self::All(parts) => Logic::All(all(parts)),
            Self::Any(parts) => Logic::Any(all(parts)),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Logic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, parts) = match self {
            Self::Test(one) => return one.fmt(f),
            Self::All(parts) => ("all", parts),
            Self::Any(parts) => ("any", parts),
        };
        write!(f, "{word} {{")?;
        for (index, part) in parts.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{part}")?;
        }
        f.write_str("}")
    }
}

/// How braces are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Braces {
    /// As in conditions: a word before them, and no comma after the last part.
    Strict,
    /// As in matching rules: alone they mean `all`, and a comma may follow the last part.
    Free,
}

impl Parser<'_> {
    /// A test, or braces with tests and braces in them.
    pub(crate) fn logic<T>(
        &mut self,
        braces: Braces,
        test: &impl Fn(&mut Self) -> Result<T, PolicyError>,
    ) -> Result<Logic<T>, PolicyError> {
        self.logic_in(braces, test, 0)
    }

    fn logic_in<T>(
        &mut self,
        braces: Braces,
        test: &impl Fn(&mut Self) -> Result<T, PolicyError>,
        depth: usize,
    ) -> Result<Logic<T>, PolicyError> {
        let is_any = self.at("any");
        let is_alone = braces == Braces::Free && self.is_next(Kind::Mark('{'));
        if !(is_any || is_alone || self.at("all")) {
            return Ok(Logic::Test(test(self)?));
        }
        if depth == DEPTH_MAX {
            return Err(self.too_many("braces in each other", DEPTH_MAX));
        }
        if !is_alone {
            self.advance()?;
        }
        self.mark('{', "`{`")?;
        let mut parts = vec![self.logic_in(braces, test, depth + 1)?];
        while self.is_next(Kind::Mark(',')) {
            self.advance()?;
            if braces == Braces::Free && self.is_next(Kind::Mark('}')) {
                break;
            }
            parts.push(self.logic_in(braces, test, depth + 1)?);
        }
        self.mark('}', "`,` or `}`")?;
        Ok(if is_any { Logic::Any(parts) } else { Logic::All(parts) })
    }
}
