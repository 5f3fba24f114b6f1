//! Requests that cross from the caller's tenancy into another one of the installation, where the
//! first endorses that and the second admits it (facts 5.2).
//!
//! A request says nowhere which tenancy it is about: its target is looked for in the caller's own,
//! and only where it is not there, in those that the own one endorses requests into. Whoever is
//! endorsed nowhere pays for one look at their policies.

use crate::access::Access;
use crate::call::{Params, Principal, store_problem};
use crate::domains;
use crate::target::{self, Found};
use iam_api::{BASE_PATH, Code, Dialect, Ocid, Problem, Spec, Target};
use iam_policy::{Across, PolicySet, Rules};
use iam_store::Tx;
use serde_json::Value;
use std::sync::Arc;

/// The policies that a request is decided by.
pub enum Law {
    /// Those of the tenancy that caller and target are of.
    Within(Arc<PolicySet>),
    /// Those of both tenancies.
    Across {
        /// Of the caller's.
        home: Arc<PolicySet>,
        /// The OCID of the caller's.
        from: Ocid,
        /// Of the target's.
        there: Arc<PolicySet>,
        /// The OCID of the target's.
        into: Ocid,
    },
}

impl Law {
    /// The same, to decide by.
    #[must_use]
    pub fn rules(&self) -> Rules<'_> {
        match self {
            Self::Within(set) => Rules::Within(set),
            Self::Across { home, from, there, into } => {
                Rules::Across(Across { home, from: from.as_str(), there, into: into.as_str() })
            }
        }
    }
}

/// A request in another tenancy than the caller's.
pub struct Guest {
    /// The caller, in that tenancy.
    pub principal: Arc<Principal>,
    /// What the request is about.
    pub found: Found,
    /// What decides.
    pub law: Law,
}

/// Looks for the target of a request in the tenancies that the caller's endorses requests into.
/// `request` is the id of the request, for the log.
///
/// # Errors
///
/// Where the store fails, or the request says of what it is about what cannot be.
pub fn find(
    tx: &mut Tx<'_>,
    access: &Access,
    (spec, params, body): (&Spec, &Params, &Value),
    principal: &Arc<Principal>,
    request: &str,
) -> Result<Option<Guest>, Problem> {
    if !crosses(spec, params) {
        return Ok(None);
    }
    let home = access.policies(tx, principal.tenancy, request)?;
    if !home.endorses_any() {
        return Ok(None);
    }
    for (at, root) in tx.tenancies().map_err(store_problem)? {
        if at == principal.tenancy || !home.endorses(root.as_str()) {
            continue;
        }
        let has_domain = domains::of(tx, at, &root)?.is_some();
        let principal = Arc::new(Principal {
            tenancy: at,
            tenancy_id: root.clone(),
            has_domain,
            at_home: Some(Arc::clone(principal)),
            ..Principal::clone(principal)
        });
        match target::find(tx, spec, &principal, params, body) {
            Ok(found) => {
                let there = access.policies(tx, at, request)?;
                let from = principal.home().tenancy_id.clone();
                let law = Law::Across { home, from, there, into: root };
                return Ok(Some(Guest { principal, found, law }));
            }
            Err(problem) if problem.code == Code::NotAuthorizedOrNotFound => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(None)
}

/// Whether an operation may be about another tenancy: one of the Identity API whose target the
/// request names. What is about the caller, or about whatever tenancy the caller is of, never is.
fn crosses(spec: &Spec, params: &Params) -> bool {
    let names_it = match spec.target {
        Target::Query(_) | Target::Body(_) | Target::Path(_) => true,
        Target::Between(..) | Target::TagsInBody(_) => true,
        Target::QueryOrTenancy(name) => params.get(name).is_some(),
        Target::Tenancy | Target::Domain | Target::User(_) | Target::Caller => false,
    };
    names_it && spec.dialect != Dialect::Scim && spec.path.starts_with(BASE_PATH)
}
