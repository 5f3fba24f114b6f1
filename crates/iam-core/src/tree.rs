//! The tree of compartments: from one of them up to the root.

use crate::call::store_problem;
use iam_api::{Ocid, Problem};
use iam_store::{ResourceKind, TenancyNo, Tx};

/// The root and the six levels below it (facts 3.2).
const DEPTH_MAX: usize = 7;

/// The OCIDs of the compartments from that one up to the root; none where it is no compartment of
/// the tenancy.
pub(crate) fn path_to_root(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    compartment: &Ocid,
) -> Result<Option<Vec<Ocid>>, Problem> {
    let mut path = Vec::with_capacity(DEPTH_MAX);
    let mut next = compartment.clone();
    while path.len() < DEPTH_MAX {
        let Some(found) = tx.resource(at, &next).map_err(store_problem)? else { return Ok(None) };
        path.push(found.id);
        match found.kind {
            ResourceKind::Tenancy => return Ok(Some(path)),
            ResourceKind::Compartment => next = found.parent,
            _ => return Ok(None),
        }
    }
    Err(Problem::internal("the tree of compartments is deeper than it may be"))
}
