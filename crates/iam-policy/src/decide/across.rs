//! The decision on a request that crosses from one tenancy into another: it needs what its own
//! tenancy endorses and the other one admits, both of it (facts 5.2), and nothing that either of
//! them denies.
//!
//! What a tenancy allows its own people, it does not allow strangers, `any-user` included; what it
//! denies everyone, it denies them too. Nothing is their own there.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Allowed, Decision, Grant, PolicySet, Question, Refusal, is_granted_something};
use crate::compile::{Compiled, Crossing, Grantee, Tenancies};
use crate::condition::{Variable, is_by_permission, note_variables};
use crate::permissions::{PermissionSet, known_permission};

/// A statement that crosses tenancies. There are few, so they are looked at one by one.
#[derive(Debug)]
pub(super) struct Crossed {
    denies: bool,
    to: Grantee,
    crossing: Crossing,
    /// The compartment on which, and below which, it holds; empty where it holds everywhere.
    compartment: String,
    grant: Grant,
}

impl Crossed {
    /// A statement, if it crosses.
    pub(super) fn of(statement: Compiled) -> Option<Self> {
        Some(Self {
            denies: statement.denies,
            grant: Grant {
                permissions: statement.permissions(),
                by_permission: statement.condition.as_ref().is_some_and(is_by_permission),
                attached_to: statement.attached_to.into(),
                condition: statement.condition.map(Box::new),
            },
            to: statement.to,
            crossing: statement.crossing?,
            compartment: statement.compartment,
        })
    }

    pub(super) fn denies(&self) -> bool {
        self.denies
    }

    /// Adds what its condition looks at.
    pub(super) fn note_variables(&self, all: &mut BTreeSet<Variable>) {
        if let Some(condition) = &self.grant.condition {
            note_variables(condition, all);
        }
    }

    fn speaks_of(&self, question: &Question<'_>) -> bool {
        match &self.to {
            Grantee::AnyUser => true,
            Grantee::AnyGroup => !question.groups.is_empty(),
            Grantee::Groups(groups) => groups.iter().any(|id| question.groups.contains(id)),
            Grantee::Services(_) => false,
        }
    }
}

impl PolicySet {
    /// Whether anybody is endorsed anything in the tenancy of that OCID.
    #[must_use]
    pub fn endorses(&self, tenancy: &str) -> bool {
        self.endorsements().any(|into| into.holds(tenancy))
    }

    /// Whether anybody is endorsed anything in any other tenancy.
    #[must_use]
    pub fn endorses_any(&self) -> bool {
        self.endorsements().next().is_some()
    }

    fn endorsements(&self) -> impl Iterator<Item = &Tenancies> {
        self.crossings.iter().filter(|one| !one.denies).filter_map(|one| match &one.crossing {
            Crossing::Endorse(into) => Some(into),
            Crossing::Admit(_) => None,
        })
    }
}

/// A request that crosses.
#[derive(Clone, Copy, Debug)]
pub struct Across<'a> {
    /// The policies of the caller's tenancy.
    pub home: &'a PolicySet,
    /// The OCID of the caller's tenancy.
    pub from: &'a str,
    /// The policies of the target's tenancy.
    pub there: &'a PolicySet,
    /// The OCID of the target's tenancy.
    pub into: &'a str,
}

impl Across<'_> {
    /// Decides a question whose target lies in the other tenancy.
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        let needs = PermissionSet::needed(question.needs).filter(|needs| !needs.is_empty());
        let Some(needs) = needs.filter(|_| !question.caller.is_empty()) else {
            let unknown = question.needs.iter().filter(|need| !known_permission(need));
            return Decision::Refused(Refusal {
                missing: unknown.copied().collect(),
                denied: Vec::new(),
            });
        };
        let denied = self.denied(question, needs);
        let missing = needs.without(self.granted(question, needs).without(denied));
        if missing.is_empty() {
            return Decision::Allowed(Allowed(()));
        }
        Decision::Refused(Refusal {
            missing: missing.names().collect(),
            denied: denied.names().collect(),
        })
    }

    /// Whether the caller is given anything at all on the target that is not denied.
    #[must_use]
    pub fn is_granted_something(&self, question: &Question<'_>) -> bool {
        let granted = self.granted(question, PermissionSet::all());
        let denied = self.denied(question, granted);
        !question.caller.is_empty() && !granted.without(denied).is_empty()
    }

    /// What the conditions look at that have a say in this.
    fn variables(&self) -> BTreeSet<Variable> {
        let mut all = self.there.variables.clone(); // those of what is denied everyone
        let crossings = self.home.crossings.iter().chain(&self.there.crossings);
        crossings.for_each(|one| one.note_variables(&mut all));
        all
    }

    fn granted(&self, question: &Question<'_>, wanted: PermissionSet) -> PermissionSet {
        self.endorsed(question, wanted, false).both(self.admitted(question, wanted, false))
    }

    fn denied(&self, question: &Question<'_>, wanted: PermissionSet) -> PermissionSet {
        let at_home = match self.home.exempts(question) {
            true => PermissionSet::default(),
            // One that cannot be read might deny anything, wherever it is attached.
            false if self.home.denials.as_ref().is_some_and(|all| !all.closed.is_empty()) => wanted,
            false => self.endorsed(question, wanted, true),
        };
        let there = self.admitted(question, wanted, true);
        wanted.both(at_home.union(there).union(self.there.denied(question, wanted)))
    }

    /// What the caller's tenancy endorses, or denies, of what is wanted.
    fn endorsed(&self, asked: &Question<'_>, wanted: PermissionSet, denies: bool) -> PermissionSet {
        let is_meant = |one: &Crossed| matches!(&one.crossing, Crossing::Endorse(into) if into.holds(self.into));
        said(self.home, asked, wanted, denies, is_meant)
    }

    /// What the target's tenancy admits, or denies. As within a tenancy, a compartment that is
    /// moved away takes nothing along of a policy above its old place.
    fn admitted(&self, asked: &Question<'_>, wanted: PermissionSet, denies: bool) -> PermissionSet {
        let is_meant = |one: &Crossed| {
            let mut below = asked.compartments.iter().skip_while(|id| **id != one.compartment);
            matches!(&one.crossing, Crossing::Admit(of) if of.holds(self.from))
                && below.any(|id| *id == &*one.grant.attached_to)
        };
        said(self.there, asked, wanted, denies, is_meant)
    }
}

/// What those statements of a tenancy say that are meant, of what is wanted.
fn said(
    set: &PolicySet,
    question: &Question<'_>,
    wanted: PermissionSet,
    denies: bool,
    is_meant: impl Fn(&Crossed) -> bool,
) -> PermissionSet {
    let is_there = |one: &&Crossed| {
        one.compartment.is_empty() || question.compartments.contains(&one.compartment.as_str())
    };
    let meant = set.crossings.iter().filter(|one| one.denies == denies && is_meant(one));
    let speaking = meant.filter(is_there).filter(|one| one.speaks_of(question));
    speaking.fold(PermissionSet::default(), |all, one| {
        all.union(set.given(&one.grant, question, wanted))
    })
}

/// The policies that a request is decided by.
#[derive(Clone, Copy, Debug)]
pub enum Rules<'a> {
    /// Those of the tenancy that caller and target are of.
    Within(&'a PolicySet),
    /// Those of both tenancies.
    Across(Across<'a>),
}

impl<'a> Rules<'a> {
    /// Decides a question.
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        match self {
            Self::Within(set) => super::decide(set, question),
            Self::Across(across) => across.decide(question),
        }
    }

    /// Whether the caller is given anything at all on the target that is not denied.
    #[must_use]
    pub fn is_granted_something(&self, question: &Question<'_>) -> bool {
        match self {
            Self::Within(set) => is_granted_something(set, question),
            Self::Across(across) => across.is_granted_something(question),
        }
    }

    /// What the conditions look at: the facts that a question needs.
    #[must_use]
    pub fn variables(&self) -> Cow<'a, BTreeSet<Variable>> {
        match self {
            Self::Within(set) => Cow::Borrowed(&set.variables),
            Self::Across(across) => Cow::Owned(across.variables()),
        }
    }
}
