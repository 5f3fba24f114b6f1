//! Matching rules of dynamic groups: which resources are in one.
//!
//! `ANY {instance.compartment.id = '…', tag.ops.role.value = 'web'}`. A rule is checked when it is
//! written, and asked about one [`Candidate`] at a time. OCIDs in it are not looked up: OCI does
//! not either (facts 3.4). What a candidate does not have makes a test false, also with `!=`.

use crate::error::{PolicyError, quote};
use crate::fold::fold;
use crate::lex::Kind;
use crate::logic::{Braces, Logic};
use crate::parse::Parser;

/// The longest rule, in characters (facts 3.2).
pub const RULE_CHARS_MAX: usize = 100_000;

/// The variables, as errors suggest them.
const VARIABLES: [&str; 6] = [
    "instance.id",
    "instance.compartment.id",
    "resource.id",
    "resource.compartment.id",
    "resource.type",
    "tag.<namespace>.<key>.value",
];

/// A rule that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchingRule(Logic<Predicate>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Predicate {
    variable: Variable,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Variable {
    InstanceId,
    InstanceCompartment,
    ResourceId,
    ResourceCompartment,
    ResourceType,
    /// Namespace and key, folded.
    Tag(String, String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Is(String),
    IsNot(String),
    IsThere,
}

/// What may be in a dynamic group.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its OCID.
    pub id: &'a str,
    /// The OCID of its compartment.
    pub compartment: &'a str,
    /// What it is, such as `fnfunc`; none for a compute instance.
    pub resource_type: Option<&'a str>,
    /// Its defined tags: namespace, key, value.
    pub tags: &'a [(&'a str, &'a str, &'a str)],
}

impl MatchingRule {
    /// Reads a rule.
    ///
    /// # Errors
    ///
    /// Where the text is no rule, or one of more than [`RULE_CHARS_MAX`] characters.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let length = text.chars().count();
        if length > RULE_CHARS_MAX {
            let message = format!("a matching rule of {length} characters is too long");
            return Err(PolicyError::new(0..text.len(), message)
                .with_hint(format!("it may have {RULE_CHARS_MAX}")));
        }
        let mut parser = Parser::new(text, "matching rule")?;
        let rule = parser.logic(Braces::Free, &predicate)?;
        parser.must_end()?;
        Ok(Self(rule))
    }

    /// Whether the candidate is in the dynamic group.
    #[must_use]
    pub fn matches(&self, candidate: &Candidate<'_>) -> bool {
        self.0.holds(&|predicate| predicate.holds(candidate))
    }
}

impl Predicate {
    fn holds(&self, candidate: &Candidate<'_>) -> bool {
        let Some(has) = self.variable.of(candidate) else { return false };
        match &self.test {
            Test::Is(value) => has == value,
            Test::IsNot(value) => has != value,
            Test::IsThere => true,
        }
    }
}

impl Variable {
    /// What the candidate has of it.
    fn of<'a>(&self, candidate: &Candidate<'a>) -> Option<&'a str> {
        let is_instance = candidate.resource_type.is_none();
        match self {
            Self::InstanceId => is_instance.then_some(candidate.id),
            Self::InstanceCompartment => is_instance.then_some(candidate.compartment),
            Self::ResourceId => (!is_instance).then_some(candidate.id),
            Self::ResourceCompartment => (!is_instance).then_some(candidate.compartment),
            Self::ResourceType => candidate.resource_type,
            Self::Tag(namespace, key) => {
                let mut tags = candidate.tags.iter();
                let is_it =
                    |tag: &&(&str, &str, &str)| fold(tag.0) == *namespace && fold(tag.1) == *key;
                tags.find(is_it).map(|(_, _, value)| *value)
            }
        }
    }

    fn named(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "instance.id" => Self::InstanceId,
            "instance.compartment.id" => Self::InstanceCompartment,
            "resource.id" => Self::ResourceId,
            "resource.compartment.id" => Self::ResourceCompartment,
            "resource.type" => Self::ResourceType,
            other => {
                let mut parts = other.split('.');
                let (tag, namespace, key) = (parts.next()?, parts.next()?, parts.next()?);
                let (value, end) = (parts.next()?, parts.next());
                let is_tag = tag == "tag" && value == "value" && end.is_none();
                let is_named = !namespace.is_empty() && !key.is_empty();
                return (is_tag && is_named).then(|| Self::Tag(fold(namespace), fold(key)));
            }
        })
    }
}

fn predicate(parser: &mut Parser<'_>) -> Result<Predicate, PolicyError> {
    let token = parser.word("a variable, `ALL` or `ANY`")?;
    let variable = Variable::named(token.text).ok_or_else(|| {
        PolicyError::new(token.span, format!("unknown variable {}", quote(token.text)))
            .with_hint(
                "variables are instance.id, instance.compartment.id, resource.id, \
                        resource.compartment.id, resource.type and tag.<namespace>.<key>.value",
            )
            .suggest(token.text, VARIABLES)
    })?;
    parser.advance()?;
    let is_not = parser.is_next(Kind::Mark('!'));
    if is_not || parser.is_next(Kind::Mark('=')) {
        parser.advance()?;
        let value = parser.literal()?;
        let test = if is_not { Test::IsNot(value) } else { Test::Is(value) };
        return Ok(Predicate { variable, test });
    }
    match variable {
        Variable::Tag(..) => Ok(Predicate { variable, test: Test::IsThere }),
        _ => Err(parser.expected("`=` or `!=`")),
    }
}
