//! A statement as canonical text: one spelling for all statements that say the same.
//!
//! Policies keep and return what their author wrote; this form is for comparing, for messages and
//! for tests. It parses back to the same statement.

use std::fmt;

use crate::ast::{
    Action, Define, Effect, GroupName, GroupRef, Location, Place, Reach, Resource, Rule, Spanned,
    Statement, Subject, TenancyRef, With,
};
use crate::lex::in_word;
use crate::parse::{WITH, is_reserved};

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(rule) => rule.fmt(f),
            Self::Define(define) => define.fmt(f),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match (self.effect.value, &self.reach.value) {
            (Effect::Allow, Reach::Within) => "Allow",
            (Effect::Allow, Reach::Endorse) => "Endorse",
            (Effect::Allow, Reach::Admit(_)) => "Admit",
            (Effect::Deny, Reach::Within) => "Deny",
            (Effect::Deny, Reach::Endorse) => "Deny endorse",
            (Effect::Deny, Reach::Admit(_)) => "Deny admit",
        };
        write!(f, "{word} {}", self.subject)?;
        if let Reach::Admit(Some(tenancy)) = &self.reach.value {
            write!(f, " of {tenancy}")?;
        }
        write!(f, " to {} in {}", self.action, self.place.value)?;
        if let Some(With { resource, place }) = &self.with {
            write!(f, " with {resource} in {}", place.value)?;
        }
        self.condition.as_ref().map_or(Ok(()), |condition| write!(f, " where {condition}"))
    }
}

impl fmt::Display for Define {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Define {} {} as {}", self.kind.word(), self.name.value, self.id.value)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyUser => f.write_str("any-user"),
            Self::AnyGroup => f.write_str("any-group"),
            Self::Groups(groups) => named(f, "group", groups),
            Self::DynamicGroups(groups) => named(f, "dynamic-group", groups),
            Self::Services(services) => {
                f.write_str("service ")?;
                list(f, ", ", services.iter().map(|service| Name(&service.value)))
            }
        }
    }
}

fn named(f: &mut fmt::Formatter<'_>, word: &str, groups: &[Spanned<GroupRef>]) -> fmt::Result {
    write!(f, "{word} ")?;
    list(f, ", ", groups.iter().map(|group| &group.value))
}

impl fmt::Display for GroupRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Id(ocid) => write!(f, "id {ocid}"),
        }
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(domain) = &self.domain {
            write!(f, "{}/", Name(domain))?;
        }
        Name(&self.name).fmt(f)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verb(verb, resource) => write!(f, "{} {resource}", verb.name()),
            Self::Associate(resource) => write!(f, "associate {resource}"),
            Self::Permissions(permissions) => {
                f.write_str("{")?;
                list(f, ", ", permissions.names())?;
                f.write_str("}")
            }
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.location, &self.tenancy) {
            (location, None) => location.fmt(f),
            (Location::Tenancy, Some(tenancy)) => tenancy.fmt(f),
            (location, Some(tenancy)) => write!(f, "{location} of {tenancy}"),
        }
    }
}

impl fmt::Display for TenancyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any-tenancy"),
            Self::Alias(alias) => write!(f, "tenancy {}", Name(alias)),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenancy => f.write_str("tenancy"),
            Self::Id(ocid) => write!(f, "compartment id {ocid}"),
            Self::Path(names) => {
                f.write_str("compartment ")?;
                list(f, ":", names.iter().map(|name| Name(name)))
            }
        }
    }
}

/// A name, in quotes where it could not stand without.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_keyword = is_reserved(self.0) || self.0.eq_ignore_ascii_case(WITH);
        if self.0.chars().all(in_word) && !is_keyword {
            f.write_str(self.0)
        } else {
            write!(f, "'{}'", self.0)
        }
    }
}

fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    separator: &str,
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}
