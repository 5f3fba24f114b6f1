//! Identity domains: a tenancy that has them leaves its users to its Default domain.

use crate::call::store_problem;
use iam_api::{Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use serde::{Deserialize, Serialize};

/// The name of the domain that a tenancy starts with; the Identity API speaks of its users.
pub const DEFAULT: &str = "Default";

/// What is kept of a domain besides what every resource has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// What it is for.
    pub description: String,
}

/// The tenancy's Default domain, where it has domains.
pub fn of(tx: &mut Tx<'_>, at: TenancyNo, tenancy_id: &Ocid) -> Result<Option<Resource>, Problem> {
    tx.resource_by_name(at, ResourceKind::Domain, tenancy_id, &fold(DEFAULT)).map_err(store_problem)
}
