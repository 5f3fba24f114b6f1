//! The explanation: why a question is answered as it is, statement by statement and clause by
//! clause.
//!
//! Nothing of this is done to decide. It is for whoever may see the policies, when they ask: it
//! looks at each statement by itself, in the order in which they stand, and so comes to the answer
//! on another way than [`decide`](crate::decide()); tests hold the two against each other.

mod advice;
mod text;
mod unknown;

use serde::Serialize;

use crate::compile::{Compiled, Grantee};
use crate::condition::{self, Asked, Condition, Test};
use crate::decide::Question;
use crate::logic::Logic;
use crate::network::NetworkSource;
use crate::permissions::{EVERYTHING, PermissionSet, ResourceType, Verb, known_permission};

pub use advice::{Recipient, narrowest};
pub use unknown::unknown;

/// The most statements that are told of as near.
pub const NEAR_MAX: usize = 5;
/// The most statements that are told of as granting one permission.
const GRANTING_MAX: usize = 3;
/// The most permissions, tests and things that are told of one by one.
const LISTED_MAX: usize = 24;

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The OCID of the policy, or the file.
    pub policy_id: String,
    /// The name of the policy; empty where it has none.
    pub policy_name: String,
    /// Which of its statements this is, from 1.
    pub number: usize,
    /// The statement as it was written.
    pub text: String,
}

/// A statement that counts, with where it stands.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where it stands.
    pub origin: Origin,
    /// What it means.
    pub compiled: Compiled,
}

/// What an explanation is made from.
#[derive(Clone, Copy)]
pub struct Grounds<'a> {
    /// Every statement of the tenancy, in the order of its policies.
    pub statements: &'a [Written],
    /// The network sources of the tenancy.
    pub network_sources: &'a [NetworkSource],
    /// The group whose members nothing is denied.
    pub exempt: Option<&'a str>,
    /// The name that an OCID has now, where it has one.
    pub name_of: &'a dyn Fn(&str) -> Option<String>,
}

/// Why a question is answered as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether it may be done.
    pub is_allowed: bool,
    /// What the answer hangs on.
    pub reason: Reason,
    /// Each permission that is needed.
    pub permissions: Vec<Needed>,
    /// The statements that came nearest to granting what is missing, the nearest first.
    pub near: Vec<Near>,
    /// How many more came near.
    pub near_left_out: usize,
    /// The narrowest statements that would grant what is missing, for a policy of the tenancy.
    pub proposals: Vec<String>,
}

/// What an answer hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The statements.
    Statements,
    /// Everyone may do this to what is their own.
    Own,
    /// Nobody is asking.
    Nobody,
    /// No permission is said to be needed, and then nothing grants it.
    NothingNeeded,
}

/// A permission that is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Needed {
    /// Its name.
    pub permission: String,
    /// Whether it is granted, and not denied.
    pub is_granted: bool,
    /// Statements that grant it, not all where they are many.
    pub granted_by: Vec<Origin>,
    /// Statements that deny it, whoever grants it; not all where they are many.
    pub denied_by: Vec<Origin>,
}

/// A part of a statement that must hold for it to grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Whether it speaks of the caller.
    Subject,
    /// Whether it reaches the target.
    Place,
    /// Whether it gives what is missing.
    Permission,
    /// Whether its condition holds.
    Condition,
}

/// One clause of a statement, held against the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clause {
    /// Which part of the statement it is.
    pub part: Part,
    /// Whether it holds.
    pub holds: bool,
    /// Why not; empty where it holds.
    pub why: String,
}

/// A test of a condition that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// The test.
    pub test: String,
    /// What the request had for its variable; empty where that says nothing of the request.
    pub had: Vec<String>,
}

/// A statement that came near.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Near {
    /// Where it stands.
    pub statement: Origin,
    /// What it would have given of what is missing.
    pub would_give: Vec<String>,
    /// Its clauses.
    pub clauses: Vec<Clause>,
    /// The tests of its condition that are why that does not hold.
    pub failed_tests: Vec<Failed>,
}

/// Explains the answer to a question.
#[must_use]
pub fn explain(grounds: &Grounds<'_>, question: &Question<'_>) -> Explanation {
    let answered = |is_allowed, reason| Explanation {
        is_allowed,
        reason,
        permissions: Vec::new(),
        near: Vec::new(),
        near_left_out: 0,
        proposals: Vec::new(),
    };
    if question.caller.is_empty() {
        return answered(false, Reason::Nobody);
    }
    let ground = Ground { grounds, question };
    let wanted = ground.wanted();
    let denied = ground.said_of(wanted, true);
    let is_own = question.owner == Some(question.caller);
    if is_own && denied.is_empty() {
        return answered(true, Reason::Own);
    }
    if question.needs.is_empty() {
        return answered(false, Reason::NothingNeeded);
    }
    let granted = if is_own { wanted } else { ground.said_of(wanted, false) };
    let missing = wanted.without(granted);
    let unknown = question.needs.iter().any(|need| *need != EVERYTHING && !known_permission(need));
    let is_allowed = !unknown && missing.is_empty() && denied.is_empty();
    let mut permissions = ground.needed(missing.union(denied));
    // What is one's own is not granted by a statement, only denied by one.
    permissions.retain(|need| !(is_own && need.is_granted));
    let (near, near_left_out) = ground.near(missing);
    let proposals = match unknown {
        true => Vec::new(),
        false => Recipient::of(question, grounds.name_of).statements(missing),
    };
    Explanation {
        permissions,
        near,
        near_left_out,
        proposals,
        ..answered(is_allowed, Reason::Statements)
    }
}

/// Which parts of a statement hold for one permission.
struct Held {
    subject: bool,
    place: bool,
    permission: bool,
    condition: bool,
}

impl Held {
    fn all(&self) -> bool {
        self.subject && self.place && self.permission && self.condition
    }

    /// How many do not hold, and of as many, the ones that are easier to put right first.
    fn distance(&self) -> (u8, u8) {
        let failed = [!self.condition, !self.permission, !self.place, !self.subject];
        let count = failed.iter().map(|failed| u8::from(*failed)).sum();
        let weight = failed.iter().fold(0, |weight, failed| weight << 1 | u8::from(*failed));
        (count, u8::MAX - weight)
    }
}

/// The grounds with the question.
struct Ground<'a> {
    grounds: &'a Grounds<'a>,
    question: &'a Question<'a>,
}

impl Ground<'_> {
    /// The permissions that are needed, as far as this version knows them.
    fn wanted(&self) -> PermissionSet {
        let needs = self.question.needs;
        if needs.contains(&EVERYTHING) {
            return PermissionSet::all();
        }
        let known = needs.iter().copied().filter(|need| known_permission(need));
        PermissionSet::of(known).unwrap_or_default()
    }

    fn asked(&self, permission: Option<&'static str>) -> Asked<'_> {
        let Self { grounds, question } = *self;
        Asked { sources: grounds.network_sources, question, permission }
    }

    /// Which parts of a statement hold for that permission.
    fn held(&self, statement: &Compiled, permission: &'static str) -> Held {
        let question = self.question;
        let granted = statement.permissions();
        let one = PermissionSet::of([permission]).unwrap_or_default();
        let is_on_path = |id: &String| question.compartments.contains(&id.as_str());
        Held {
            subject: match &statement.to {
                Grantee::AnyUser => true,
                Grantee::AnyGroup => !question.groups.is_empty(),
                Grantee::Groups(groups) => groups.iter().any(|id| question.groups.contains(id)),
                Grantee::Services(_) => false,
            },
            place: is_on_path(&statement.compartment)
                && self.is_still_above(&statement.attached_to, &statement.compartment),
            permission: one.without(granted).is_empty() && !one.is_empty(),
            condition: statement
                .condition
                .as_ref()
                .is_none_or(|condition| condition::holds(condition, &self.asked(Some(permission)))),
        }
    }

    /// Whether a policy is attached to the compartment that it grants on, or above it: one that
    /// was moved away since takes nothing along.
    fn is_still_above(&self, attached_to: &str, compartment: &str) -> bool {
        let path = self.question.compartments;
        let below = path.iter().position(|id| *id == compartment);
        let above = path.iter().position(|id| *id == attached_to);
        matches!((below, above), (Some(below), Some(above)) if above >= below)
    }

    /// What statements grant of these, or deny.
    fn said_of(&self, wanted: PermissionSet, denies: bool) -> PermissionSet {
        let said = wanted.names().filter(|permission| {
            self.of_kind(denies).any(|one| self.held(&one.compiled, permission).all())
        });
        PermissionSet::of(said).unwrap_or_default()
    }

    /// The statements that grant, or those that deny the caller something, in their own tenancy.
    fn of_kind(&self, denies: bool) -> impl Iterator<Item = &Written> {
        let groups = self.question.groups;
        let exempt = self.grounds.exempt.is_some_and(|exempt| groups.iter().any(|id| id == exempt));
        let statements = self.grounds.statements.iter();
        let within = statements.filter(|one| one.compiled.crossing.is_none());
        within.filter(move |one| one.compiled.denies == denies && !(denies && exempt))
    }

    /// Each need with what grants it, and what denies it.
    fn needed(&self, missing: PermissionSet) -> Vec<Needed> {
        let mut needs = self.question.needs.to_vec();
        needs.sort_unstable();
        needs.dedup();
        let told = needs.into_iter().take(LISTED_MAX).map(|need| {
            let set = PermissionSet::needed(&[need]);
            let is_granted = set.is_some_and(|set| set.both(missing).is_empty());
            let gives = |one: &&Written| match need {
                EVERYTHING => self.gives_everything(&one.compiled),
                need => self.held(&one.compiled, need).all(),
            };
            let takes = |one: &&Written| {
                set.unwrap_or_default().names().any(|need| self.held(&one.compiled, need).all())
            };
            let told = |one: &Written| one.origin.clone();
            let granted_by = self.of_kind(false).filter(gives).take(GRANTING_MAX).map(told);
            let denied_by = self.of_kind(true).filter(takes).take(GRANTING_MAX).map(told);
            Needed {
                permission: need.to_owned(),
                is_granted,
                granted_by: granted_by.collect(),
                denied_by: denied_by.collect(),
            }
        });
        told.collect()
    }

    fn gives_everything(&self, statement: &Compiled) -> bool {
        PermissionSet::all().names().all(|permission| self.held(statement, permission).all())
    }

    /// The statements that came nearest to giving what is missing, and how many more came near.
    fn near(&self, missing: PermissionSet) -> (Vec<Near>, usize) {
        let Some(first) = missing.names().next() else { return (Vec::new(), 0) };
        let alike = of_the_same_types(missing);
        let mut found = Vec::new();
        for one in self.of_kind(false) {
            let offered = one.compiled.permissions().both(missing);
            let held = self.held(&one.compiled, offered.names().next().unwrap_or(first));
            let (count, weight) = held.distance();
            let is_alike = !one.compiled.permissions().both(alike).is_empty();
            let is_near = match held.permission {
                true => count <= 2,
                false => count == 1 && is_alike,
            };
            if is_near {
                found.push(((count, weight), one, offered, held));
            }
        }
        found.sort_by_key(|(distance, ..)| *distance); // stable: of two alike, the first written
        let left_out = found.len().saturating_sub(NEAR_MAX);
        let told = found.into_iter().take(NEAR_MAX);
        (
            told.map(|(_, one, offered, held)| self.told(one, offered, &held, first)).collect(),
            left_out,
        )
    }

    /// A statement that came near, with why it does not grant.
    fn told(
        &self,
        one: &Written,
        offered: PermissionSet,
        held: &Held,
        first: &'static str,
    ) -> Near {
        let compiled = &one.compiled;
        let mut failed_tests = Vec::new();
        let permission = offered.names().next().unwrap_or(first);
        if let Some(condition) = &compiled.condition {
            self.failed(condition, permission, &mut failed_tests);
        }
        let clause = |part, holds: bool, why: &dyn Fn() -> String| Clause {
            part,
            holds,
            why: if holds { String::new() } else { why() },
        };
        let clauses = vec![
            clause(Part::Subject, held.subject, &|| why_subject(&compiled.to)),
            clause(Part::Place, held.place, &|| self.why_place(compiled)),
            clause(Part::Permission, held.permission, &|| why_permission(compiled, first)),
            clause(Part::Condition, held.condition, &|| text::why_condition(&failed_tests)),
        ];
        let would_give = offered.names().take(LISTED_MAX).map(str::to_owned).collect();
        Near { statement: one.origin.clone(), would_give, clauses, failed_tests }
    }

    /// The tests that are why a condition does not hold.
    fn failed(&self, condition: &Condition, permission: &'static str, found: &mut Vec<Failed>) {
        if found.len() >= LISTED_MAX || condition::holds(condition, &self.asked(Some(permission))) {
            return;
        }
        match condition {
            Logic::Test(test) => {
                found.push(Failed { test: test.to_string(), had: self.had(test, permission) })
            }
            Logic::All(parts) | Logic::Any(parts) => {
                parts.iter().for_each(|part| self.failed(part, permission, found));
            }
        }
    }

    /// What the request had for the variable of a test.
    fn had(&self, test: &Test, permission: &'static str) -> Vec<String> {
        let mut had = self.asked(Some(permission)).things(&test.variable);
        had.truncate(LISTED_MAX);
        had
    }

    fn why_place(&self, statement: &Compiled) -> String {
        let name = |id: &str| match (self.grounds.name_of)(id) {
            Some(name) => format!("`{name}`"),
            None => format!("`{id}`"),
        };
        let target = self.question.compartments.first().copied().unwrap_or_default();
        let place = statement.compartment.as_str();
        if !self.question.compartments.contains(&place) {
            let (place, target) = (name(place), name(target));
            return format!("it reaches {place} and below, and the target is in {target}");
        }
        let attached = name(&statement.attached_to);
        format!("its policy is attached to {attached}, which {} is not below any more", name(place))
    }
}

fn why_subject(to: &Grantee) -> String {
    match to {
        Grantee::AnyUser => "it speaks of no user".to_owned(),
        Grantee::AnyGroup => {
            "it speaks of everyone in a group, and the caller is in none".to_owned()
        }
        Grantee::Groups(groups) if groups.len() == 1 => "the caller is not in its group".to_owned(),
        Grantee::Groups(_) => "the caller is in none of its groups".to_owned(),
        Grantee::Services(_) => "it speaks of services, and the caller is none".to_owned(),
    }
}

fn why_permission(statement: &Compiled, missing: &str) -> String {
    let given: Vec<&str> = statement.permissions().names().take(LISTED_MAX).collect();
    match given.len() {
        0 => format!("it gives nothing, and so not {missing}"),
        LISTED_MAX => format!("it gives much, but not {missing}"),
        _ => format!("it gives {}, not {missing}", given.join(", ")),
    }
}

/// Every permission of the resource types that have one of these.
fn of_the_same_types(permissions: PermissionSet) -> PermissionSet {
    let all = ResourceType::all().map(|resource| resource.grants(Verb::Manage));
    let alike = all.filter(|granted| !granted.both(permissions).is_empty());
    alike.fold(PermissionSet::default(), PermissionSet::union)
}
