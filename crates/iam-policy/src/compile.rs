//! A statement bound to what its names mean where its policy is attached.
//!
//! This happens when a policy is written: names become OCIDs, verbs become permissions. A group or
//! compartment that is renamed later is still meant; one that is deleted and made again under the
//! same name is not. [`Compiled`] is what the store keeps and what decides; one that this version
//! cannot read entirely does not load at all.

mod across;

use serde::{Deserialize, Serialize};

use crate::ast::{
    Action, Definable, Effect, GroupName, GroupRef, Location, Resource, Rule, Spanned, Statement,
    Subject,
};
use crate::condition::{Condition, Test};
use crate::error::PolicyError;
use crate::fold::fold;
use crate::permissions::{PermissionSet, Verb};

pub use across::Definitions;
pub(crate) use across::{Crossing, Tenancies};

/// What names mean where a policy is attached. What is not said otherwise, there is not.
pub trait Names {
    /// The OCID of the tenancy's group of that name, compared by [`fold`](crate::fold()).
    fn group(&self, _name: &GroupName) -> Option<String> {
        None
    }
    /// Whether the tenancy has a group of that OCID.
    fn group_exists(&self, _ocid: &str) -> bool {
        false
    }
    /// The OCID of the tenancy's dynamic group of that name, compared likewise.
    fn dynamic_group(&self, _name: &GroupName) -> Option<String> {
        None
    }
    /// Whether the tenancy has a dynamic group of that OCID.
    fn dynamic_group_exists(&self, _ocid: &str) -> bool {
        false
    }
    /// The OCID of the compartment at that path: a first name is the attachment compartment or one
    /// of its children, each further one a child of the one before.
    fn compartment(&self, _path: &[&str]) -> Option<String> {
        None
    }
    /// Whether this is the attachment compartment or one below it.
    fn compartment_in_subtree(&self, ocid: &str) -> bool;
    /// The OCID of the compartment that the policy is attached to.
    fn attached_to(&self) -> &str;
    /// The OCID of the tenancy, which is its root compartment.
    fn tenancy(&self) -> &str;
    /// Whether the tenancy has chosen to have `Deny` statements.
    fn may_deny(&self) -> bool {
        false
    }
    /// The OCID for which the same policy defines a name.
    fn defined(&self, _kind: Definable, _name: &str) -> Option<String> {
        None
    }
}

/// A statement bound to OCIDs and permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compiled {
    format: Format,
    /// Whether this takes what others give.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) denies: bool,
    pub(crate) to: Grantee,
    grants: Grants,
    /// How this crosses tenancies, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) crossing: Option<Crossing>,
    /// The compartment on which, and below which, this holds; empty where it holds in all of any
    /// tenancy.
    pub(crate) compartment: String,
    /// Where the policy is attached: a compartment that moves away takes nothing of it along.
    pub(crate) attached_to: String,
    /// When this holds; its values are folded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<Condition>,
}

impl Compiled {
    /// Whether this takes what others give.
    #[must_use]
    pub const fn denies(&self) -> bool {
        self.denies
    }

    /// What grants nothing to nobody: a definition, of which other statements make use.
    fn nothing(names: &dyn Names) -> Self {
        Self {
            format: Format,
            denies: false,
            to: Grantee::Groups(Vec::new()),
            grants: Grants::Permissions(PermissionSet::default()),
            crossing: None,
            compartment: names.attached_to().to_owned(),
            attached_to: names.attached_to().to_owned(),
            condition: None,
        }
    }

    pub(crate) fn permissions(&self) -> PermissionSet {
        match self.grants {
            Grants::Everything => PermissionSet::all(),
            Grants::Permissions(permissions) => permissions,
        }
    }
}

/// Who is granted something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Grantee {
    AnyUser,
    AnyGroup,
    /// The OCIDs of groups and dynamic groups: whoever asks says which of either they are in.
    Groups(Vec<String>),
    /// Services, by their folded names: nobody who asks here is one.
    Services(Vec<String>),
}

/// What is granted, or denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Grants {
    /// `manage all-resources`, also for permissions that a later version adds: the first
    /// administrator's policy cannot be edited, and must not fall behind the server it administers.
    /// Denied, it is `inspect all-resources`, and nothing that a later version adds slips through.
    Everything,
    /// Exactly these, whatever a later version puts under the verb.
    Permissions(PermissionSet),
}

/// The version of this form: reading any other fails, and with it the statement grants nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct Format;

impl Format {
    const NUMBER: u32 = 1;
}

impl From<Format> for u32 {
    fn from(_: Format) -> Self {
        Format::NUMBER
    }
}

impl TryFrom<u32> for Format {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if number == Self::NUMBER {
            Ok(Self)
        } else {
            Err("a format of compiled statements that this version does not know")
        }
    }
}

/// Binds a statement to what its names mean.
///
/// # Errors
///
/// Where a group, dynamic group or compartment does not exist, or is not below the compartment that
/// the policy is attached to; where something of another tenancy is named that the policy does not
/// define; and where it is `Deny` in a tenancy that has not chosen to have that.
pub fn compile(statement: &Statement, names: &dyn Names) -> Result<Compiled, PolicyError> {
    let rule = match statement {
        Statement::Define(define) => {
            across::check(define, names)?;
            return Ok(Compiled::nothing(names));
        }
        Statement::Rule(rule) => rule,
    };
    let denies = rule.effect.value == Effect::Deny;
    if denies && !names.may_deny() {
        let message = "`Deny` statements are not enabled in this tenancy";
        return Err(PolicyError::new(rule.effect.span.clone(), message)
            .with_hint("`durward policy enable-deny` enables them, on the host and for good"));
    }
    // To associate is no permission of its own, and nothing that is served here is associated.
    if matches!(rule.action, Action::Associate(_)) {
        return Ok(Compiled::nothing(names));
    }
    let (to, crossing, compartment) = across::bind(rule, names)?;
    Ok(Compiled {
        format: Format,
        denies,
        to,
        grants: if denies { takes(&rule.action) } else { grants(&rule.action) },
        crossing,
        compartment,
        attached_to: names.attached_to().to_owned(),
        condition: rule.condition.as_ref().map(|condition| condition.map(&Test::folded)),
    })
}

fn grantee(subject: &Subject, names: &dyn Names) -> Result<Grantee, PolicyError> {
    Ok(match subject {
        Subject::AnyUser => Grantee::AnyUser,
        Subject::AnyGroup => Grantee::AnyGroup,
        Subject::Groups(groups) => Grantee::Groups(bound(
            ("group", groups),
            |name| match across::defined(Definable::Group, name, names) {
                Some(ocid) => names.group_exists(&ocid).then_some(ocid),
                None => names.group(name),
            },
            |ocid| names.group_exists(ocid),
        )?),
        Subject::DynamicGroups(groups) => Grantee::Groups(bound(
            ("dynamic group", groups),
            |name| match across::defined(Definable::DynamicGroup, name, names) {
                Some(ocid) => names.dynamic_group_exists(&ocid).then_some(ocid),
                None => names.dynamic_group(name),
            },
            |ocid| names.dynamic_group_exists(ocid),
        )?),
        Subject::Services(services) => {
            Grantee::Services(each_once(services.iter().map(|service| fold(&service.value))))
        }
    })
}

/// The OCIDs of groups, each of which must exist.
fn bound(
    (kind, groups): (&str, &[Spanned<GroupRef>]),
    named: impl Fn(&GroupName) -> Option<String>,
    exists: impl Fn(&str) -> bool,
) -> Result<Vec<String>, PolicyError> {
    let bound = groups.iter().map(|group| {
        let found = match &group.value {
            GroupRef::Name(name) => named(name),
            GroupRef::Id(ocid) => exists(ocid).then(|| ocid.clone()),
        };
        found
            .ok_or_else(|| PolicyError::new(group.span.clone(), absent(kind, &group.value.plain())))
    });
    Ok(each_once(bound.collect::<Result<Vec<_>, _>>()?))
}

impl GroupRef {
    /// The name or OCID without any quotes.
    fn plain(&self) -> String {
        match self {
            Self::Name(GroupName { domain: None, name }) => name.clone(),
            Self::Name(GroupName { domain: Some(domain), name }) => format!("{domain}/{name}"),
            Self::Id(ocid) => ocid.clone(),
        }
    }
}

fn each_once(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn grants(action: &Action) -> Grants {
    match action {
        Action::Verb(Verb::Manage, Resource::All) => Grants::Everything,
        Action::Verb(verb, resource) => Grants::Permissions(resource.grants(*verb)),
        Action::Permissions(permissions) => Grants::Permissions(*permissions),
        Action::Associate(_) => Grants::Permissions(PermissionSet::default()),
    }
}

/// What is denied: verbs mean the opposite of what they grant. `deny manage` takes what only
/// `manage` gives, `deny inspect` takes all that any verb does (facts 5.2).
fn takes(action: &Action) -> Grants {
    match action {
        Action::Verb(Verb::Inspect, Resource::All) => Grants::Everything,
        Action::Verb(verb, resource) => Grants::Permissions(resource.takes(*verb)),
        Action::Permissions(_) | Action::Associate(_) => grants(action),
    }
}

fn compartment(rule: &Rule, names: &dyn Names) -> Result<String, PolicyError> {
    let refuse = |message: String| PolicyError::new(rule.place.span.clone(), message);
    let outside = |ocid: &str| {
        refuse(format!(
            "Compartment {ocid} does not exist or is not part of the policy compartment subtree"
        ))
    };
    let found = match &rule.place.value.location {
        Location::Tenancy if names.attached_to() == names.tenancy() => names.tenancy().to_owned(),
        Location::Tenancy => {
            return Err(refuse("`in tenancy` needs a policy attached to the tenancy".to_owned())
                .with_hint("name the compartment, or attach the policy to the tenancy"));
        }
        Location::Id(ocid) => ocid.clone(),
        Location::Path(path) => {
            let (name, path) =
                (path.join(":"), path.iter().map(String::as_str).collect::<Vec<_>>());
            let found = names.defined(Definable::Compartment, &name);
            let found = found.or_else(|| names.compartment(&path));
            found.ok_or_else(|| refuse(absent("compartment", &name)))?
        }
    };
    if names.compartment_in_subtree(&found) { Ok(found) } else { Err(outside(&found)) }
}

/// OCI's words for a name that means nothing here.
fn absent(kind: &str, name: &str) -> String {
    format!(
        "The {kind} {name} specified in the policy statement does not exist \
         under current compartment hierarchy."
    )
}
