//! The decision: may this caller do what needs these permissions, on this target?
//!
//! Everything is refused unless it is granted, and what is denied is refused whoever grants it. A
//! permission is granted by a statement that reaches the caller and one of the compartments from
//! the target up to the root; several needed permissions may come from several statements. There is
//! no order among statements, so they are merged by compartment and group into sets of permissions
//! when the set is made, and a decision costs a few look-ups however many statements there are.
//! Those that deny are kept apart: a tenancy that has none pays nothing for them.

mod across;

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::compile::{Compiled, Grantee};
use crate::condition::{
    self, Asked, Condition, Variable, VariableName, is_by_permission, note_variables,
};
use crate::facts::Facts;
use crate::network::NetworkSource;
use crate::permissions::{PermissionSet, known_permission};
use crate::tail_map::TailMap;

pub use across::{Across, Rules};

/// All compiled statements of one tenancy, ready to decide, with what their conditions speak of.
#[derive(Debug, Default)]
pub struct PolicySet {
    compartments: TailMap<Box<str>, Grants>,
    denials: Option<Box<Denials>>,
    /// What crosses tenancies, which no question within one looks at.
    crossings: Vec<across::Crossed>,
    /// The group whose members nothing is denied.
    exempt: Option<Box<str>>,
    variables: BTreeSet<Variable>,
    network_sources: Vec<NetworkSource>,
}

/// What is denied.
#[derive(Debug, Default)]
struct Denials {
    compartments: TailMap<Box<str>, Grants>,
    /// Compartments in which, and below which, everything is denied.
    closed: Vec<Box<str>>,
}

/// What is granted, or denied, on one compartment and below it.
#[derive(Debug, Default)]
struct Grants {
    any_user: Vec<Grant>,
    any_group: Vec<Grant>,
    groups: TailMap<Box<str>, Vec<Grant>>,
}

/// What the policies that are attached to one compartment grant or deny, under one condition.
#[derive(Clone, Debug)]
struct Grant {
    attached_to: Box<str>,
    condition: Option<Box<Condition>>,
    /// Whether the condition is another one for each permission.
    by_permission: bool,
    permissions: PermissionSet,
}

impl PolicySet {
    /// Indexes the statements of a tenancy.
    pub fn new(compiled: impl IntoIterator<Item = Compiled>) -> Self {
        let mut set = Self::default();
        for statement in compiled {
            if statement.crossing.is_some() {
                set.crossings.extend(across::Crossed::of(statement));
                continue;
            }
            if let Some(condition) = &statement.condition {
                note_variables(condition, &mut set.variables);
            }
            let grant = Grant {
                permissions: statement.permissions(),
                by_permission: statement.condition.as_ref().is_some_and(is_by_permission),
                attached_to: statement.attached_to.into(),
                condition: statement.condition.map(Box::new),
            };
            let compartments = match statement.denies {
                true => &mut set.denials.get_or_insert_default().compartments,
                false => &mut set.compartments,
            };
            let here = compartments.entry(statement.compartment.into()).or_default();
            match statement.to {
                Grantee::AnyUser => add(&mut here.any_user, &grant),
                Grantee::AnyGroup => add(&mut here.any_group, &grant),
                Grantee::Groups(groups) => {
                    for group in groups {
                        add(here.groups.entry(group.into()).or_default(), &grant);
                    }
                }
                Grantee::Services(_) => {}
            }
        }
        set
    }

    /// What the conditions of the statements look at: the facts that a question needs.
    #[must_use]
    pub fn variables(&self) -> &BTreeSet<Variable> {
        &self.variables
    }

    /// Whether a condition looks at network sources, so that the set must know the tenancy's.
    #[must_use]
    pub fn looks_at_network_sources(&self) -> bool {
        let mut crossing = BTreeSet::new();
        self.crossings.iter().for_each(|one| one.note_variables(&mut crossing));
        let source = VariableName::NetworkSource.into();
        self.variables.contains(&source) || crossing.contains(&source)
    }

    /// Whether any statement denies something.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.denials.is_some() || self.crossings.iter().any(across::Crossed::denies)
    }

    /// The same, with everything denied in these compartments and below them: where a policy is
    /// attached that may deny, and cannot be read.
    #[must_use]
    pub fn closing(mut self, compartments: impl IntoIterator<Item = String>) -> Self {
        for compartment in compartments {
            self.denials.get_or_insert_default().closed.push(compartment.into());
        }
        self
    }

    /// The same, with nothing denied to the members of that group.
    #[must_use]
    pub fn exempting(self, group: String) -> Self {
        Self { exempt: Some(group.into()), ..self }
    }

    /// The same, with the tenancy's network sources.
    #[must_use]
    pub fn with_network_sources(self, network_sources: Vec<NetworkSource>) -> Self {
        Self { network_sources, ..self }
    }

    /// Whether nothing is denied the caller.
    fn exempts(&self, question: &Question<'_>) -> bool {
        let is_exempt = |exempt: &str| question.groups.iter().any(|group| group == exempt);
        self.exempt.as_deref().is_some_and(is_exempt)
    }

    /// What of the wanted is denied the caller on the target.
    fn denied(&self, question: &Question<'_>, wanted: PermissionSet) -> PermissionSet {
        let Some(denials) = &self.denials else { return PermissionSet::default() };
        if self.exempts(question) {
            return PermissionSet::default();
        }
        if denials.closed.iter().any(|closed| question.compartments.contains(&&**closed)) {
            return wanted;
        }
        wanted.both(self.reached(&denials.compartments, question, wanted))
    }

    /// What statements that are kept by compartment say of the target for the caller, looked up
    /// until that covers what is wanted.
    fn reached(
        &self,
        compartments: &TailMap<Box<str>, Grants>,
        question: &Question<'_>,
        wanted: PermissionSet,
    ) -> PermissionSet {
        let mut reached = PermissionSet::default();
        let mut path = question.compartments;
        while let Some((compartment, above)) = path.split_first() {
            if let Some(here) = compartments.get(*compartment) {
                for grant in reaching(here, question) {
                    if path.contains(&&*grant.attached_to) {
                        reached = reached.union(self.given(grant, question, wanted));
                    }
                    if reached.covers(wanted) {
                        return reached;
                    }
                }
            }
            path = above;
        }
        reached
    }

    /// What a grant gives of what is looked for.
    fn given(
        &self,
        grant: &Grant,
        question: &Question<'_>,
        wanted: PermissionSet,
    ) -> PermissionSet {
        let Some(condition) = &grant.condition else { return grant.permissions };
        let holds = |permission| {
            let sources = &self.network_sources;
            condition::holds(condition, &Asked { sources, question, permission })
        };
        if !grant.by_permission {
            return if holds(None) { grant.permissions } else { PermissionSet::default() };
        }
        let both = wanted.both(grant.permissions);
        PermissionSet::of(both.names().filter(|permission| holds(Some(permission))))
            .unwrap_or_default()
    }
}

fn add(grants: &mut Vec<Grant>, new: &Grant) {
    let is_alike = |grant: &&mut Grant| {
        grant.attached_to == new.attached_to && grant.condition == new.condition
    };
    match grants.iter_mut().find(is_alike) {
        Some(grant) => grant.permissions = grant.permissions.union(new.permissions),
        None => grants.push(new.clone()),
    }
}

/// What is to be decided.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The OCID of the user who asks.
    pub caller: &'a str,
    /// The OCIDs of the caller's groups and dynamic groups.
    pub groups: &'a [String],
    /// The permissions that the operation needs, all of them; `manage all-resources` among them
    /// stands for every permission there is.
    pub needs: &'a [&'static str],
    /// The OCIDs of the compartments from the target's up to the root.
    pub compartments: &'a [&'a str],
    /// The user whose credentials are acted on, where everyone may do this on their own.
    pub owner: Option<&'a str>,
    /// The address that the request came from, where that is known.
    pub address: Option<IpAddr>,
    /// What else conditions look at, as far as it is known.
    pub facts: &'a Facts,
}

/// The answer.
#[derive(Debug)]
#[must_use]
pub enum Decision {
    /// It may be done; here is the proof.
    Allowed(Allowed),
    /// It may not.
    Refused(Refusal),
}

/// The proof that something was allowed, which only [`decide`] makes, and
/// [`Refusal::let_through`].
///
/// ```compile_fail
/// let forged = iam_policy::Allowed(());
/// ```
#[derive(Debug)]
pub struct Allowed(());

/// Why something was refused: for the log and for explanations, never for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The needed permissions that the caller does not have; empty where the question needs none.
    pub missing: Vec<&'static str>,
    /// Those of them that are denied, granted or not.
    pub denied: Vec<&'static str>,
}

impl Refusal {
    /// Takes the refusal for a permission: the one way around a decision, for a server that is
    /// started to record refusals in place of enforcing them.
    pub fn let_through(self) -> Allowed {
        Allowed(())
    }
}

/// Decides a question.
///
/// What is the caller's own needs no grant, but what is denied is denied there too.
pub fn decide(set: &PolicySet, question: &Question<'_>) -> Decision {
    let refused = |missing, denied: Vec<_>| Decision::Refused(Refusal { missing, denied });
    // Nobody is not the owner of what belongs to nobody.
    if question.caller.is_empty() {
        return refused(question.needs.to_vec(), Vec::new());
    }
    let is_own = question.owner == Some(question.caller);
    if is_own && (set.denials.is_none() || question.needs.is_empty()) {
        return Decision::Allowed(Allowed(()));
    }
    let Some(needs) = PermissionSet::needed(question.needs) else {
        // What the table lacks, nothing grants.
        let unknown = question.needs.iter().filter(|need| !known_permission(need));
        return refused(unknown.copied().collect(), Vec::new());
    };
    let granted = if is_own { needs } else { granted(set, question, needs) };
    if set.denials.is_none() && granted.covers(needs) && !needs.is_empty() {
        return Decision::Allowed(Allowed(()));
    }
    let denied = set.denied(question, needs);
    let missing = needs.without(granted.without(denied));
    if missing.is_empty() && !needs.is_empty() {
        return Decision::Allowed(Allowed(()));
    }
    refused(missing.names().collect(), denied.names().collect())
}

/// Decides for a list that shows only what the caller is granted something on: that is allowed to
/// whoever is granted anything at all in the tenancy, and needs nothing else.
///
/// Of what is denied, only what is so in the very compartment of a grant or in the root is looked
/// at: the list itself leaves out what is denied on the way between.
pub fn decide_somewhere(set: &PolicySet, question: &Question<'_>) -> Decision {
    let root = question.compartments.last().copied().unwrap_or_default();
    let gives = |compartment: &str, grant: &Grant| {
        let given = set.given(grant, question, PermissionSet::all());
        let there = Question { compartments: &[compartment, root], ..*question };
        !given.without(set.denied(&there, given)).is_empty()
    };
    let mut places = set.compartments.iter();
    let is_anywhere = places
        .any(|(compartment, here)| reaching(here, question).any(|grant| gives(compartment, grant)));
    if !question.caller.is_empty() && is_anywhere {
        return Decision::Allowed(Allowed(()));
    }
    Decision::Refused(Refusal { missing: question.needs.to_vec(), denied: Vec::new() })
}

/// Whether the caller is granted anything at all on the target that is not denied.
#[must_use]
pub fn is_granted_something(set: &PolicySet, question: &Question<'_>) -> bool {
    if question.caller.is_empty() {
        return false;
    }
    let granted = granted(set, question, PermissionSet::all());
    !granted.without(set.denied(question, granted)).is_empty()
}

/// What the caller is granted on the target, looked up until it covers what is needed.
fn granted(set: &PolicySet, question: &Question<'_>, needs: PermissionSet) -> PermissionSet {
    set.reached(&set.compartments, question, needs)
}

/// The grants on a compartment that reach the caller: everyone's, any member's, their groups'.
fn reaching<'a>(
    here: &'a Grants,
    question: &Question<'a>,
) -> impl Iterator<Item = &'a Grant> + use<'a> {
    let groups = question.groups;
    let everyone = here.any_user.iter();
    let members = here.any_group.iter().filter(|_| !groups.is_empty());
    let own = groups.iter().filter_map(|group| here.groups.get(group.as_str()));
    everyone.chain(members).chain(own.flatten())
}
