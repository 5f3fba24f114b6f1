//! The narrowest statements that would grant what is missing: nothing more than that, no higher
//! than the target, to a group that the caller is in.

use crate::ast::{Action, GroupName, GroupRef, Location, Resource};
use crate::decide::Question;
use crate::permissions::{PermissionSet, ResourceType, Verb};

/// What stands for a group in a proposal to somebody who is in none.
pub(super) const SOME_GROUP: &str = "GROUP";

/// What statements must say to grant exactly these: a verb on a resource type where that is the
/// same, and all others by name.
#[must_use]
pub fn narrowest(permissions: PermissionSet) -> Vec<Action> {
    if permissions == PermissionSet::all() {
        return vec![Action::Verb(Verb::Manage, Resource::All)];
    }
    let mut rest = permissions;
    let mut actions = Vec::new();
    for resource in ResourceType::all() {
        let wanted = rest.both(resource.grants(Verb::Manage));
        let is_all = |verb: &Verb| !wanted.is_empty() && resource.grants(*verb) == wanted;
        if let Some(verb) = Verb::ALL.into_iter().find(is_all) {
            actions.push(Action::Verb(verb, Resource::Type(resource)));
            rest = rest.without(wanted);
        }
    }
    if !rest.is_empty() {
        actions.push(Action::Permissions(rest));
    }
    actions
}

/// To whom, and where, what a question lacks would be granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient {
    /// One group of the caller, as statements name it; `None` where the caller is in none.
    pub group: Option<String>,
    /// The target's compartment, as statements name it.
    pub place: String,
}

impl Recipient {
    /// The recipient of what that question lacks. Of several groups, which one is for people to
    /// say: the first by name is at least always the same.
    #[must_use]
    pub fn of(question: &Question<'_>, name_of: &dyn Fn(&str) -> Option<String>) -> Self {
        let groups = question.groups.iter().filter(|id| id.starts_with("ocid1.group."));
        let named = groups.map(|id| match name_of(id) {
            Some(name) => GroupRef::Name(GroupName { domain: None, name }).to_string(),
            None => GroupRef::Id(id.clone()).to_string(),
        });
        let place = match question.compartments {
            [] | [_] => Location::Tenancy,
            [target, ..] => Location::Id((*target).to_owned()),
        };
        Self { group: named.min(), place: place.to_string() }
    }

    /// The narrowest statements that grant these to the recipient, for a policy that is attached to
    /// the tenancy. One in no group is stood for by `GROUP`.
    #[must_use]
    pub fn statements(&self, missing: PermissionSet) -> Vec<String> {
        let (group, place) = (self.group.as_deref().unwrap_or(SOME_GROUP), &self.place);
        let statement = |action: Action| format!("Allow group {group} to {action} in {place}");
        narrowest(missing).into_iter().map(statement).collect()
    }
}
