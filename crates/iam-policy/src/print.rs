//! A statement as canonical text: one spelling for all statements that say the same.
//!
//! Policies keep and return what their author wrote; this form is for comparing, for messages and
//! for tests. It parses back to the same statement.

use std::fmt;

use crate::ast::{Action, GroupRef, Location, Resource, Spanned, Statement, Subject};
use crate::lex::in_word;
use crate::parse::is_reserved;

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Allow {} to {} in {}", self.subject, self.action, self.location.value)?;
        self.condition.as_ref().map_or(Ok(()), |condition| write!(f, " where {condition}"))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyUser => f.write_str("any-user"),
            Self::AnyGroup => f.write_str("any-group"),
            Self::Groups(groups) => named(f, "group", groups),
            Self::DynamicGroups(groups) => named(f, "dynamic-group", groups),
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
            Self::Name(name) => Name(name).fmt(f),
            Self::Id(ocid) => write!(f, "id {ocid}"),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verb(verb, resource) => write!(f, "{} {resource}", verb.name()),
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
        if self.0.chars().all(in_word) && !is_reserved(self.0) {
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
