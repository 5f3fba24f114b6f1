//! Sets of permissions: one bit for each permission of the table.

use std::fmt;
use std::iter;
use std::sync::LazyLock;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::SERVICES;
use super::table::names_of;
use crate::tail_map::TailMap;

/// How many words hold a bit for each permission: as many as the table needs, so that it can grow.
const WORDS: usize = count().div_ceil(u64::BITS as usize);

/// How many names stand in the table, those that stand there twice counted twice.
const fn count() -> usize {
    let (mut services, mut count) = (SERVICES, 0);
    while let [service, others @ ..] = services {
        let mut types = service.types;
        while let [row, others @ ..] = types {
            count += cells(&row.1);
            types = others;
        }
        let mut families = service.families;
        while let [row, others @ ..] = families {
            count += cells(&row.2);
            families = others;
        }
        services = others;
    }
    count
}

const fn cells(cells: &[&[&str]; 4]) -> usize {
    let [inspect, read, r#use, manage] = cells;
    inspect.len() + read.len() + r#use.len() + manage.len()
}

/// Every permission once, in alphabetical order; its place is its bit in a [`PermissionSet`].
static PERMISSIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let types = SERVICES.iter().flat_map(|service| service.types).map(|row| &row.1);
    let families = SERVICES.iter().flat_map(|service| service.families).map(|row| &row.2);
    let mut all: Vec<&str> = types.chain(families).flat_map(names_of).collect();
    all.sort_unstable();
    all.dedup();
    all
});

/// The place of each permission.
static PLACES: LazyLock<TailMap<&str, usize>> =
    LazyLock::new(|| PERMISSIONS.iter().copied().zip(0..).collect());

static ALL: LazyLock<PermissionSet> =
    LazyLock::new(|| PermissionSet::of(PERMISSIONS.iter().copied()).unwrap_or_default());

/// All permissions there are, in alphabetical order.
#[must_use]
pub fn permissions() -> &'static [&'static str] {
    &PERMISSIONS
}

/// Whether there is a permission of this name, which is case-sensitive here.
#[must_use]
pub fn known_permission(name: &str) -> bool {
    PLACES.contains_key(name)
}

/// The need of an operation that no set of single permissions covers.
pub(crate) const EVERYTHING: &str = "manage all-resources";

/// A set of permissions; kept as names, so that another version of the table reads the same.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct PermissionSet([u64; WORDS]);

impl PermissionSet {
    /// Every permission there is.
    #[must_use]
    pub fn all() -> Self {
        *ALL
    }

    /// The permissions of these names; `None` where one is unknown.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut set = Self::default();
        for name in names {
            let place = *PLACES.get(name)?;
            let bit = u32::try_from(place).ok()? % u64::BITS;
            *set.0.get_mut(place / u64::BITS as usize)? |= 1 << bit;
        }
        Some(set)
    }

    /// What an operation needs: the permissions of these names, or every one there is where it
    /// names `manage all-resources`; `None` where one is unknown.
    #[must_use]
    pub fn needed(needs: &[&str]) -> Option<Self> {
        match needs.contains(&EVERYTHING) {
            true => Some(Self::all()),
            false => Self::of(needs.iter().copied()),
        }
    }

    /// The permissions of either.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
        self
    }

    /// The permissions that are in both.
    #[must_use]
    pub fn both(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, kept)| *word &= kept);
        self
    }

    /// The permissions of this that are not in the other.
    #[must_use]
    pub fn without(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, less)| *word &= !less);
        self
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    /// Whether all of the other are in this.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        let pairs = self.0.iter().zip(other.0);
        // No early end: without a branch for each word the machine takes several words at once.
        pairs.fold(0, |lacking, (word, wanted)| lacking | (wanted & !word)) == 0
    }

    /// Their names, in alphabetical order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let words = self.0.into_iter().zip(PERMISSIONS.chunks(u64::BITS as usize));
        words.flat_map(|(mut word, names)| {
            iter::from_fn(move || {
                let name = names.get(word.trailing_zeros() as usize)?; // there is no 64th
                word &= word - 1;
                Some(*name)
            })
        })
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Self::of(names.iter().map(String::as_str))
            .ok_or_else(|| D::Error::custom("a permission that this version does not know"))
    }
}
