//! Conditions of statements: `where request.networkSource.name = 'office'`.
//!
//! OCI knows many variables; only those that can be enforced here are taken, the others are refused
//! by name. A variable that says nothing of a request makes its test false, also with `!=`
//! (facts 5.2): a statement that grants must not do so for want of knowledge.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decide::Question;
use crate::error::{PolicyError, quote};
use crate::lex::Kind;
use crate::logic::{Braces, Logic};
use crate::network::NetworkSource;
use crate::parse::Parser;
use crate::value::Value;

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
    pub values: Vec<Value>,
}

/// What a condition can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Variable {
    /// The names of the network sources that the request's address is in.
    #[serde(rename = "request.networkSource.name")]
    NetworkSource,
    /// The OCIDs of the caller's groups.
    #[serde(rename = "request.groups.id")]
    Groups,
    /// The permission that is asked for: each that an operation needs is looked at by itself.
    #[serde(rename = "request.permission")]
    Permission,
    /// The OCID of the caller.
    #[serde(rename = "request.principal.id")]
    Principal,
    /// The OCID of the caller, who is a user.
    #[serde(rename = "request.user.id")]
    User,
}

impl Variable {
    const ALL: [Self; 5] =
        [Self::NetworkSource, Self::Groups, Self::Permission, Self::Principal, Self::User];

    /// The variable as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NetworkSource => "request.networkSource.name",
            Self::Groups => "request.groups.id",
            Self::Permission => "request.permission",
            Self::Principal => "request.principal.id",
            Self::User => "request.user.id",
        }
    }
}

/// The variables of OCI that cannot be enforced here yet, as far as they are IAM's or general ones.
const NOT_YET: &[&str] = &[
    "request.ad",
    "request.domain.id",
    "request.domain.name",
    "request.dynamicgroup.id",
    "request.dynamicgroup.name",
    "request.groups.name",
    "request.instance.compartment.id",
    "request.instance.id",
    "request.operation",
    "request.principal.compartment.id",
    "request.principal.type",
    "request.region",
    "request.resource.compartment.id",
    "request.user.authn-type",
    "request.user.mfaTotpVerified",
    "request.user.name",
    "request.utc-timestamp",
    "request.utc-timestamp.day-of-month",
    "request.utc-timestamp.day-of-week",
    "request.utc-timestamp.month-of-year",
    "request.utc-timestamp.time-of-day",
    "target.compartment.id",
    "target.compartment.name",
    "target.credential.type",
    "target.domain.id",
    "target.domain.name",
    "target.dynamicgroup.id",
    "target.dynamicgroup.name",
    "target.group.id",
    "target.group.member",
    "target.group.name",
    "target.policy.autoupdate",
    "target.policy.id",
    "target.policy.name",
    "target.policy.type",
    "target.resource.domain.id",
    "target.resource.domain.name",
    "target.tag-namespace.id",
    "target.tag-namespace.name",
    "target.tenant.id",
    "target.tenant.name",
    "target.user.id",
    "target.user.name",
];

/// What the variables of tags begin with; a namespace and a key follow.
const OF_TAGS: &[&str] = &[
    "request.principal.compartment.tag.",
    "request.principal.group.tag.",
    "target.resource.compartment.tag.",
    "target.resource.tag.",
];

/// Whether OCI has a variable of that name.
fn is_of_oci(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NOT_YET.iter().any(|known| known.eq_ignore_ascii_case(&name))
        || OF_TAGS.iter().any(|start| name.starts_with(start))
}

impl Test {
    /// The same with values in the form in which they are compared.
    pub(crate) fn folded(&self) -> Self {
        let values = self.values.iter().map(Value::folded).collect();
        Self { values, ..self.clone() }
    }

    /// Whether it holds for what is asked.
    fn holds(&self, asked: &Asked<'_>) -> bool {
        let question = asked.question;
        match self.variable {
            Variable::NetworkSource => {
                let Some(address) = question.address else { return false };
                let inside = asked.sources.iter().filter(|source| source.holds(address));
                self.says(inside.map(|source| source.name.as_str()))
            }
            Variable::Groups => {
                let groups = question.groups.iter().map(String::as_str);
                self.says(groups.filter(|group| group.starts_with("ocid1.group.")))
            }
            Variable::Permission => self.says(asked.permission.into_iter()),
            Variable::Principal | Variable::User => self.says([question.caller].into_iter()),
        }
    }

    /// Whether one of the things that the variable stands for is one of the values, or none is
    /// where that is asked; nothing holds where it stands for nothing.
    fn says<'t>(&self, things: impl Iterator<Item = &'t str>) -> bool {
        let mut things = things.peekable();
        let is_one = |thing: &str| self.values.iter().any(|value| value.matches(thing));
        things.peek().is_some() && things.any(is_one) != self.negated
    }
}

/// What a condition is held against.
pub(crate) struct Asked<'a> {
    /// The network sources of the tenancy.
    pub(crate) sources: &'a [NetworkSource],
    /// The question.
    pub(crate) question: &'a Question<'a>,
    /// The one permission that is looked at; none where any would do.
    pub(crate) permission: Option<&'a str>,
}

/// Whether a condition whose tests are folded holds for what is asked.
pub(crate) fn holds(condition: &Condition, asked: &Asked<'_>) -> bool {
    condition.holds(&|test| test.holds(asked))
}

/// Whether a condition is to be held against each permission by itself.
pub(crate) fn is_by_permission(condition: &Condition) -> bool {
    match condition {
        Logic::Test(test) => test.variable == Variable::Permission,
        Logic::All(parts) | Logic::Any(parts) => parts.iter().any(is_by_permission),
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.variable.name())?;
        if let [value] = self.values.as_slice() {
            let sign = if self.negated { "!=" } else { "=" };
            return write!(f, " {sign} {value}");
        }
        let not = if self.negated { " not" } else { "" };
        let values: Vec<_> = self.values.iter().map(ToString::to_string).collect();
        write!(f, "{not} in ({})", values.join(", "))
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
            let name = quote(token.text);
            if is_of_oci(token.text) {
                let message = format!("the variable {name} is not supported yet");
                return PolicyError::new(token.span, message);
            }
            PolicyError::new(token.span, format!("unknown variable {name}"))
                .suggest(token.text, known.map(Variable::name).chain(NOT_YET.iter().copied()))
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
}
