//! Conditions of statements: `where request.networkSource.name = 'office'`.
//!
//! OCI knows many variables; only those that can be enforced here are taken, the others are refused
//! by name. A variable that says nothing of a request makes its test false, also with `!=`
//! (facts 5.2): a statement that grants must not do so for want of knowledge.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::error::{PolicyError, quote};
use crate::fold::fold;
use crate::lex::Kind;
use crate::logic::{Braces, Logic};
use crate::network::NetworkSource;
use crate::parse::Parser;

/// When a statement grants.
pub type Condition = Logic<Test>;

/// One test of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What is looked at.
    pub variable: Variable,
    /// Whether it must not be any of the values.
    pub negated: bool,
    /// The values, at least one.
    pub values: Vec<String>,
}

/// What a condition can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Variable {
    /// The names of the network sources that the request's address is in.
    #[serde(rename = "request.networkSource.name")]
    NetworkSource,
}

impl Variable {
    const ALL: [Self; 1] = [Self::NetworkSource];

    /// The variable as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NetworkSource => "request.networkSource.name",
        }
    }
}

impl Test {
    /// The same with values in the form in which they are compared.
    pub(crate) fn folded(&self) -> Self {
        let values = self.values.iter().map(|value| fold(value)).collect();
        Self { values, ..self.clone() }
    }

    /// Whether it holds for a request from that address.
    fn holds(&self, sources: &[NetworkSource], address: Option<IpAddr>) -> bool {
        let Some(address) = address else { return false };
        let mut inside = sources.iter().filter(|source| source.holds(address)).peekable();
        inside.peek().is_some()
            && inside.any(|source| self.values.contains(&source.name)) != self.negated
    }
}

/// Whether a condition whose tests are folded holds for a request from that address.
pub(crate) fn holds(
    condition: &Condition,
    sources: &[NetworkSource],
    address: Option<IpAddr>,
) -> bool {
    condition.holds(&|test| test.holds(sources, address))
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.variable.name())?;
        if let [value] = self.values.as_slice() {
            let sign = if self.negated { "!=" } else { "=" };
            return write!(f, " {sign} '{value}'");
        }
        let not = if self.negated { " not" } else { "" };
        write!(f, "{not} in ('{}')", self.values.join("', '"))
    }
}

impl Parser<'_> {
    /// What follows `where`.
    pub(crate) fn condition(&mut self) -> Result<Condition, PolicyError> {
        self.logic(Braces::Strict, &Self::test)
    }

    fn test(&mut self) -> Result<Test, PolicyError> {
        let token = self.word("a variable, `all` or `any`")?;
        let known = Variable::ALL.into_iter();
        let found = known.clone().find(|known| known.name().eq_ignore_ascii_case(token.text));
        let variable = found.ok_or_else(|| {
            let message = format!("the variable {} is not supported yet", quote(token.text));
            PolicyError::new(token.span, message).suggest(token.text, known.map(Variable::name))
        })?;
        self.advance()?;
        if self.is_next(Kind::Mark('=')) || self.is_next(Kind::Mark('!')) {
            let negated = self.is_next(Kind::Mark('!'));
            self.advance()?;
            return Ok(Test { variable, negated, values: vec![self.value()?] });
        }
        let negated = self.skip("not")?;
        if !self.skip("in")? {
            let wanted = if negated { "`in`" } else { "`=`, `!=`, `in` or `not in`" };
            return Err(self.expected(wanted));
        }
        self.mark('(', "`(`")?;
        let values = self.list("values", Self::value)?;
        self.mark(')', "`,` or `)`")?;
        Ok(Test { variable, negated, values })
    }

    fn value(&mut self) -> Result<String, PolicyError> {
        if self.is_next(Kind::Mark('/')) {
            return Err(self.unsupported("patterns (`/…/`) are".to_owned()));
        }
        Ok(self.name("a value")?.value)
    }
}
