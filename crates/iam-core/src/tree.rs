//! The tree of compartments: from one of them up to the root, and the whole of it.

use crate::call::store_problem;
use iam_api::{LifecycleState, Ocid, Problem};
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use std::collections::HashMap;

/// The levels below the root (facts 3.2).
pub(crate) const LEVELS_MAX: usize = 6;
/// The root and the levels below it.
const DEPTH_MAX: usize = LEVELS_MAX + 1;

/// The OCIDs of the compartments from that one up to the root; none where it is no compartment of
/// the tenancy.
pub(crate) fn path_to_root(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    compartment: &Ocid,
) -> Result<Option<Vec<Ocid>>, Problem> {
    Ok(climb(tx, at, compartment)?.map(|(path, _)| path))
}

/// The same, as long as the compartment is in use. Those above it are, then: none of them can be
/// deleted while something is in it.
pub(crate) fn path_in_use(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    compartment: &Ocid,
) -> Result<Option<Vec<Ocid>>, Problem> {
    let found = climb(tx, at, compartment)?;
    Ok(found.filter(|(_, in_use)| *in_use).map(|(path, _)| path))
}

fn climb(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    compartment: &Ocid,
) -> Result<Option<(Vec<Ocid>, bool)>, Problem> {
    let mut path = Vec::with_capacity(DEPTH_MAX);
    let mut in_use = None;
    let mut next = compartment.clone();
    while path.len() < DEPTH_MAX {
        let Some(found) = tx.resource(at, &next).map_err(store_problem)? else { return Ok(None) };
        path.push(found.id);
        let in_use = *in_use.get_or_insert(found.state == LifecycleState::Active);
        match found.kind {
            ResourceKind::Tenancy => return Ok(Some((path, in_use))),
            ResourceKind::Compartment => next = found.parent,
            _ => return Ok(None),
        }
    }
    Err(Problem::internal("the tree of compartments is deeper than it may be"))
}

/// What two paths to the root have in common: from the lowest compartment that both pass, up.
pub(crate) fn common(one: &[Ocid], other: &[Ocid]) -> Vec<Ocid> {
    one.iter().skip_while(|step| !other.contains(step)).cloned().collect()
}

/// All compartments of a tenancy, by what each is in.
pub(crate) struct Tree {
    parents: HashMap<Ocid, Ocid>,
}

impl Tree {
    /// The tree of these compartments. Those that are deleted are part of it: they may come back.
    pub(crate) fn of(compartments: &[Resource]) -> Self {
        let edge = |row: &Resource| (row.id.clone(), row.parent.clone());
        Self { parents: compartments.iter().map(edge).collect() }
    }

    /// The tenancy's tree.
    pub(crate) fn read(tx: &mut Tx<'_>, at: TenancyNo) -> Result<Self, Problem> {
        Ok(Self::of(&tx.compartments(at).map_err(store_problem)?))
    }

    /// From that compartment up to the root.
    pub(crate) fn path<'a>(&'a self, compartment: &'a Ocid) -> Vec<&'a Ocid> {
        let above = |at: &&'a Ocid| self.parents.get(*at);
        std::iter::successors(Some(compartment), above).take(DEPTH_MAX).collect()
    }

    /// How many levels there are from that compartment down, its own included.
    pub(crate) fn height(&self, compartment: &Ocid) -> usize {
        let below = |id: &Ocid| self.path(id).iter().position(|step| *step == compartment);
        self.parents.keys().filter_map(below).max().unwrap_or(0) + 1
    }

    /// The most that any way from the root to a leaf through that compartment weighs.
    pub(crate) fn heaviest(&self, through: &Ocid, weights: &HashMap<Ocid, usize>) -> usize {
        let weigh =
            |path: Vec<&Ocid>| -> usize { path.iter().filter_map(|step| weights.get(*step)).sum() };
        let ways = self.parents.keys().map(|id| self.path(id));
        let ways = ways.filter(|path| path.contains(&through));
        ways.map(weigh).max().unwrap_or(0).max(weigh(self.path(through)))
    }

    /// The same tree with one compartment in another place.
    pub(crate) fn moved(mut self, compartment: &Ocid, target: &Ocid) -> Self {
        self.parents.insert(compartment.clone(), target.clone());
        self
    }
}
