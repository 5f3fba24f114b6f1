//! What two sets of statements grant and deny differently: who gets or loses which permissions,
//! where, and under which condition.
//!
//! The one idea: what is compared is what the statements come to, not how they are written. What a
//! broader statement gives anyway (to everyone, in a compartment above, without the condition) is
//! neither new where it is said again nor lost where it is said no longer. Both sides are compared
//! by names, so that two tenancies can be. What is denied is compared by itself: it is a matter of
//! all groups of a caller, and not of one, whether it takes away what another statement grants.
//! What crosses tenancies is left out: half of it is said elsewhere.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::ast::{Action, GroupName, Location, Resource};
use crate::compile::{Compiled, Grantee};
use crate::explain::narrowest;
use crate::fold::fold;
use crate::permissions::{Family, PermissionSet, Verb};

/// One of the two sets, with what its OCIDs mean.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its statements.
    pub statements: &'a [&'a Compiled],
    /// The name of a group or dynamic group, where it has one.
    pub name_of: &'a dyn Fn(&str) -> Option<String>,
    /// The names from the root, which is not named, down to a compartment; nothing where there is
    /// no such compartment, and then nothing is granted there.
    pub path_of: &'a dyn Fn(&str) -> Option<Vec<String>>,
}

/// A name, which is compared without regard to case.
#[derive(Clone, Debug)]
struct Name {
    folded: String,
    shown: String,
}

impl Name {
    fn new(shown: String) -> Self {
        Self { folded: fold(&shown), shown }
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for Name {}

/// Whom statements speak of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    AnyUser,
    AnyGroup,
    Group(Name),
    DynamicGroup(Name),
    Service(Name),
}

impl Who {
    /// Those that whatever is said of them is said of this one too, itself not among them.
    fn broader(&self) -> &'static [Self] {
        match self {
            Self::AnyUser | Self::Service(_) => &[],
            Self::AnyGroup => &[Self::AnyUser],
            Self::Group(_) | Self::DynamicGroup(_) => &[Self::AnyUser, Self::AnyGroup],
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, name) = match self {
            Self::AnyUser => return f.write_str("any-user"),
            Self::AnyGroup => return f.write_str("any-group"),
            Self::Group(name) => ("group", name),
            Self::DynamicGroup(name) => ("dynamic-group", name),
            Self::Service(name) => ("service", name),
        };
        // No name holds a `/`: before one stands an identity domain.
        let (domain, name) = match name.shown.split_once('/') {
            Some((domain, name)) => (Some(domain.to_owned()), name),
            None => (None, name.shown.as_str()),
        };
        write!(f, "{word} {}", GroupName { domain, name: name.to_owned() })
    }
}

/// What one statement is about, the place and the permissions left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct About {
    who: Who,
    denies: bool,
    condition: Option<String>,
}

impl About {
    /// What is broader: the same of more people, or without the condition.
    fn broader(&self) -> impl Iterator<Item = Self> {
        let mut whos = self.who.broader().to_vec();
        whos.push(self.who.clone());
        let always = Self { condition: None, ..self.clone() };
        let same = |who: &Who| Self { who: who.clone(), ..self.clone() };
        let free = |who: &Who| Self { who: who.clone(), ..always.clone() };
        let mut all: Vec<Self> = whos.iter().map(same).chain(whos.iter().map(free)).collect();
        all.sort();
        all.dedup();
        all.retain(|other| other != self);
        all.into_iter()
    }
}

type Path = Vec<Name>;

/// What the statements of one side say, place by place.
#[derive(Default)]
struct Sayings(BTreeMap<About, BTreeMap<Path, PermissionSet>>);

impl Sayings {
    fn of(side: &Side<'_>) -> Self {
        let mut all = Self::default();
        let path_of = |id: &str| -> Option<Path> {
            Some((side.path_of)(id)?.into_iter().map(Name::new).collect())
        };
        for statement in side.statements.iter().filter(|one| one.crossing.is_none()) {
            let Some(path) = path_of(&statement.compartment) else { continue };
            let above = path_of(&statement.attached_to);
            // A policy that is no longer above what it speaks of takes nothing along.
            if !above.is_some_and(|above| path.starts_with(&above)) {
                continue;
            }
            let condition = statement.condition.as_ref().map(ToString::to_string);
            for who in whom(&statement.to, side) {
                let denies = statement.denies;
                let about = About { who, denies, condition: condition.clone() };
                let here = all.0.entry(about).or_default().entry(path.clone()).or_default();
                *here = here.union(statement.permissions());
            }
        }
        all
    }

    /// What is said of that there and above, in just these words.
    fn direct(&self, about: &About, path: &[Name]) -> PermissionSet {
        let Some(places) = self.0.get(about) else { return PermissionSet::default() };
        let levels = (0..=path.len()).filter_map(|end| places.get(path.get(..end)?));
        levels.fold(PermissionSet::default(), |all, more| all.union(*more))
    }

    /// The same with what broader statements come to.
    fn all(&self, about: &About, path: &[Name]) -> PermissionSet {
        let broader = about.broader().map(|broader| self.direct(&broader, path));
        broader.fold(self.direct(about, path), PermissionSet::union)
    }
}

fn whom(to: &Grantee, side: &Side<'_>) -> Vec<Who> {
    let named = |id: &String| Name::new((side.name_of)(id).unwrap_or_else(|| id.clone()));
    match to {
        Grantee::AnyUser => vec![Who::AnyUser],
        Grantee::AnyGroup => vec![Who::AnyGroup],
        Grantee::Services(names) => {
            names.iter().cloned().map(Name::new).map(Who::Service).collect()
        }
        Grantee::Groups(ids) => ids
            .iter()
            .map(|id| match id.starts_with("ocid1.dynamicgroup.") {
                true => Who::DynamicGroup(named(id)),
                false => Who::Group(named(id)),
            })
            .collect(),
    }
}

/// Something that one set of statements says and the other does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether the new one says it; else the old one did.
    pub appears: bool,
    /// Of whom it is said, as a statement writes it: `group HelpDesk`.
    pub who: String,
    /// Whether it is denied; else it is granted.
    pub denies: bool,
    /// The names down to the compartment where, and below which, it is said; none for the tenancy.
    pub path: Vec<String>,
    /// When it holds, as a statement writes it; always, where there is none.
    pub condition: Option<String>,
    /// What is granted or denied.
    pub permissions: PermissionSet,
}

impl Change {
    /// Where it is said, as a statement writes it.
    #[must_use]
    pub fn place(&self) -> String {
        match self.path.as_slice() {
            [] => Location::Tenancy.to_string(),
            path => Location::Path(path.to_vec()).to_string(),
        }
    }
}

/// What the new set of statements says that the old one does not, and the other way around: by
/// whom, then by place. Nothing, where both come to the same.
#[must_use]
pub fn diff(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    let (old, new) = (Sayings::of(old), Sayings::of(new));
    let both = || old.0.iter().chain(&new.0);
    let abouts: BTreeSet<&About> = both().map(|(about, _)| about).collect();
    let paths: BTreeSet<&Path> = both().flat_map(|(_, places)| places.keys()).collect();
    let mut changes = Vec::new();
    for about in abouts {
        for path in &paths {
            for (appears, from, to) in [(false, &new, &old), (true, &old, &new)] {
                let permissions = told(from, to, about, path);
                if !permissions.is_empty() {
                    changes.push(Change {
                        appears,
                        who: about.who.to_string(),
                        denies: about.denies,
                        path: path.iter().map(|name| name.shown.clone()).collect(),
                        condition: about.condition.clone(),
                        permissions,
                    });
                }
            }
        }
    }
    changes
}

/// What the second says that the first does not, and that is not told already of the compartment
/// above or of something broader.
fn told(from: &Sayings, to: &Sayings, about: &About, path: &[Name]) -> PermissionSet {
    let more = |about: &About, path: &[Name]| to.all(about, path).without(from.all(about, path));
    let mut told = more(about, path);
    if let Some((_, above)) = path.split_last() {
        told = told.without(more(about, above));
    }
    about.broader().fold(told, |told, broader| told.without(more(&broader, path)))
}

/// What statements would say to grant exactly these: all resources, a family or a type by its verb
/// where that is the same, and the rest by name.
#[must_use]
pub fn worded(permissions: PermissionSet) -> Vec<Action> {
    let is_verb_of = |resource: Resource, wanted: PermissionSet| {
        let is_all = move |verb: &Verb| !wanted.is_empty() && resource.grants(*verb) == wanted;
        Verb::ALL.into_iter().find(is_all).map(|verb| Action::Verb(verb, resource))
    };
    if let Some(action) = is_verb_of(Resource::All, permissions) {
        return vec![action];
    }
    let (mut rest, mut actions) = (permissions, Vec::new());
    for family in Family::all() {
        let wanted = rest.both(family.grants(Verb::Manage));
        // A family of which only one type is meant is better told by that.
        if let Some(action) = is_verb_of(Resource::Family(family), wanted)
            && narrowest(wanted).len() > 1
        {
            actions.push(action);
            rest = rest.without(wanted);
        }
    }
    actions.extend((!rest.is_empty()).then(|| narrowest(rest)).into_iter().flatten());
    actions
}
