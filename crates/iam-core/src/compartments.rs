//! Compartments: the root, and what is in it.

use crate::call::{Call, Reply, store_problem};
use crate::page;
use iam_api::compartments::Compartment;
use iam_api::tenancies::Tenancy;
use iam_api::{Ocid, Problem};
use iam_store::{Resource, ResourceKind};

/// Shows a compartment; the root is the tenancy.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Compartment>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(model(&resource)?).etag(resource.etag))
}

/// Lists the compartments in a compartment. At every depth, for the tenancy alone, is as yet the
/// same as at the next: compartments below the root are not made.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Compartment>>, Problem> {
    let parent = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    let subtree = call.params.get("compartmentIdInSubtree") == Some("true");
    if subtree && parent != call.principal.tenancy_id {
        return Err(Problem::invalid(
            "compartmentIdInSubtree can be true for the tenancy only; give its OCID as \
             compartmentId",
        ));
    }
    let (rows, next) = page::resources(call, ResourceKind::Compartment, &parent)?;
    let compartments: Result<Vec<Compartment>, Problem> = rows.iter().map(model).collect();
    Ok(Reply::of(compartments?).next_page(next))
}

fn model(resource: &Resource) -> Result<Compartment, Problem> {
    if resource.kind != ResourceKind::Tenancy {
        return resource.model().map_err(store_problem);
    }
    let tenancy: Tenancy = resource.model().map_err(store_problem)?;
    Ok(Compartment {
        id: tenancy.id,
        compartment_id: None,
        name: tenancy.name,
        description: tenancy.description,
        time_created: tenancy.time_created,
        lifecycle_state: tenancy.lifecycle_state,
        inactive_status: None,
        is_accessible: None,
        freeform_tags: tenancy.freeform_tags,
        defined_tags: tenancy.defined_tags,
    })
}
