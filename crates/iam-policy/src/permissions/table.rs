//! The rows of the table as a program asks for them: resource types, families, and what verbs grant
//! on them, computed once.

use std::fmt;
use std::sync::LazyLock;

use super::{PermissionSet, SERVICES, Verb};
use crate::ast::Resource;
use crate::tail_map::TailMap;

/// What inspect, read, use and manage add, in this order.
pub(super) type Cells = [&'static [&'static str]; 4];

/// The permissions of all four cells.
pub(super) fn names_of(cells: &'static Cells) -> impl Iterator<Item = &'static str> {
    cells.iter().flat_map(|names| names.iter().copied())
}

/// A name that a verb can be followed by.
struct Known {
    name: &'static str,
    service: &'static str,
    /// The types of a family, by name; of a type, nothing.
    types: &'static [&'static str],
    /// What each verb grants, what weaker verbs grant included.
    grants: [PermissionSet; 4],
    /// What denying each verb takes, what stronger verbs grant included.
    takes: [PermissionSet; 4],
}

/// A resource type of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceType(&'static Known);

/// A family of resource types, such as `virtual-network-family`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family(&'static Known);

static TYPES: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let rows = SERVICES.iter().flat_map(|of| of.types.iter().map(move |row| (of.name, row)));
    rows.map(|(service, row)| Known {
        name: row.0,
        service,
        types: &[],
        grants: Verb::ALL.map(|verb| up_to(verb, &row.1)),
        takes: Verb::ALL.map(|verb| down_to(verb, &row.1)),
    })
    .collect()
});

static FAMILIES: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let rows = SERVICES.iter().flat_map(|of| of.families.iter().map(move |row| (of.name, row)));
    rows.map(|(service, row)| {
        let types = || TYPES.iter().filter(|known| row.1.contains(&known.name));
        let grants =
            |verb| types().fold(up_to(verb, &row.2), |all, known| all.union(known.grants(verb)));
        let takes =
            |verb| types().fold(down_to(verb, &row.2), |all, known| all.union(known.takes(verb)));
        let (grants, takes) = (Verb::ALL.map(grants), Verb::ALL.map(takes));
        Known { name: row.0, service, types: row.1, grants, takes }
    })
    .collect()
});

/// What means all of them.
static EVERYTHING: LazyLock<Known> = LazyLock::new(|| {
    let of_all = |of: fn(&Known, Verb) -> PermissionSet| {
        Verb::ALL.map(|verb| {
            let known = TYPES.iter().chain(FAMILIES.iter());
            known.fold(PermissionSet::default(), |all, known| all.union(of(known, verb)))
        })
    };
    let (grants, takes) = (of_all(Known::grants), of_all(Known::takes));
    Known { name: "all-resources", service: "", types: &[], grants, takes }
});

/// What every name that a verb can be followed by means, other spellings included; in lower case.
static NAMED: LazyLock<TailMap<&'static str, Resource>> = LazyLock::new(|| {
    let types = ResourceType::all().map(|found| (found.name(), Resource::Type(found)));
    let families = Family::all().map(|found| (found.name(), Resource::Family(found)));
    let all = [(Resource::All.name(), Resource::All)];
    let mut named: TailMap<_, _> = all.into_iter().chain(types).chain(families).collect();
    for (other, name) in SERVICES.iter().flat_map(|service| service.also) {
        if let Some(meant) = named.get(name).copied() {
            named.insert(other, meant);
        }
    }
    named
});

/// The permissions of the cells up to that of the verb.
fn up_to(verb: Verb, cells: &'static Cells) -> PermissionSet {
    of_cells(cells, |weaker| weaker <= verb)
}

/// The permissions of the cells from that of the verb on.
fn down_to(verb: Verb, cells: &'static Cells) -> PermissionSet {
    of_cells(cells, |stronger| stronger >= verb)
}

fn of_cells(cells: &'static Cells, is_meant: impl Fn(Verb) -> bool) -> PermissionSet {
    let meant = Verb::ALL.into_iter().zip(cells).filter(|(verb, _)| is_meant(*verb));
    PermissionSet::of(meant.flat_map(|(_, names)| names.iter().copied())).unwrap_or_default()
}

/// That of four which stands for the verb.
fn for_verb([inspect, read, r#use, manage]: &[PermissionSet; 4], verb: Verb) -> PermissionSet {
    *match verb {
        Verb::Inspect => inspect,
        Verb::Read => read,
        Verb::Use => r#use,
        Verb::Manage => manage,
    }
}

impl Known {
    fn grants(&self, verb: Verb) -> PermissionSet {
        for_verb(&self.grants, verb)
    }

    fn takes(&self, verb: Verb) -> PermissionSet {
        for_verb(&self.takes, verb)
    }
}

impl ResourceType {
    /// All resource types, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TYPES.iter().map(Self)
    }

    /// The resource type of that name, in whatever case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match Resource::named(name)? {
            Resource::Type(found) => Some(found),
            Resource::All | Resource::Family(_) => None,
        }
    }

    /// Its name, as it is written in statements.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The service that it belongs to.
    #[must_use]
    pub fn service(self) -> &'static str {
        self.0.service
    }

    /// What the verb grants on it, what weaker verbs grant included.
    #[must_use]
    pub fn grants(self, verb: Verb) -> PermissionSet {
        self.0.grants(verb)
    }
}

impl Family {
    /// All families, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        FAMILIES.iter().map(Self)
    }

    /// Its name, as it is written in statements.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The service that it belongs to.
    #[must_use]
    pub fn service(self) -> &'static str {
        self.0.service
    }

    /// The names of its resource types.
    #[must_use]
    pub fn types(self) -> &'static [&'static str] {
        self.0.types
    }

    /// What the verb grants on all of its types, and what it grants on the family alone.
    #[must_use]
    pub fn grants(self, verb: Verb) -> PermissionSet {
        self.0.grants(verb)
    }
}

impl Resource {
    /// What that name means, in whatever case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        NAMED.get(name.to_ascii_lowercase().as_str()).copied()
    }

    /// All names that mean a resource, other spellings included.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let known = TYPES.iter().chain(FAMILIES.iter()).map(|known| known.name);
        let also = SERVICES.iter().flat_map(|service| service.also).map(|(other, _)| *other);
        known.chain([Self::All.name()]).chain(also)
    }

    fn known(self) -> &'static Known {
        match self {
            Self::All => &EVERYTHING,
            Self::Family(family) => family.0,
            Self::Type(resource) => resource.0,
        }
    }

    /// The name, as it is written in statements.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.known().name
    }

    /// What the verb grants on it.
    #[must_use]
    pub fn grants(self, verb: Verb) -> PermissionSet {
        self.known().grants(verb)
    }

    /// What denying the verb takes: what it and stronger ones add, on each type by itself, since
    /// what is a matter of `use` on one may be one of `inspect` on another.
    #[must_use]
    pub fn takes(self, verb: Verb) -> PermissionSet {
        self.known().takes(verb)
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Known {}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
