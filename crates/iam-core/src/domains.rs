//! Identity domains: a tenancy that has them leaves its users to its Default domain.

use crate::call::{Call, Reply, store_problem};
use crate::{page, tenancies};
use iam_api::domains::{Domain, DomainState, DomainSummary, DomainType};
use iam_api::{Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use serde::{Deserialize, Serialize};

/// The name of the domain that a tenancy starts with; the Identity API speaks of its users.
pub const DEFAULT: &str = "Default";

/// What every domain here may do: what OCI calls the free kind has its limits there.
const LICENSE: &str = "free";

/// Shows a domain.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Domain>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(model(call, &resource)?).etag(resource.etag))
}

/// Lists the domains of a compartment.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<DomainSummary>>, Problem> {
    let compartment = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    let (rows, next) = page::resources(call, ResourceKind::Domain, &compartment)?;
    let mut domains = Vec::new();
    for row in &rows {
        let domain = model(call, row)?;
        if is_asked_for(call, &domain) {
            domains.push(DomainSummary(domain));
        }
    }
    Ok(Reply::of(domains).next_page(next))
}

/// Whether the domain passes the filters of the request that a page does not know.
fn is_asked_for(call: &Call<'_, '_>, domain: &Domain) -> bool {
    let kind = match domain.domain_type {
        DomainType::Default => "DEFAULT",
        DomainType::Secondary => "SECONDARY",
    };
    let hidden = if domain.is_hidden_on_login { "true" } else { "false" };
    [
        ("displayName", domain.display_name.as_str()),
        ("url", &domain.url),
        ("homeRegionUrl", &domain.home_region_url),
        ("type", kind),
        ("licenseType", &domain.license_type),
        ("isHiddenOnLogin", hidden),
    ]
    .iter()
    .all(|(name, value)| {
        call.params.get(name).is_none_or(|asked| asked.is_empty() || asked == *value)
    })
}

/// The model of a stored domain. All are reached at the server's own address: whose domain is
/// meant, the signature of a request tells.
fn model(call: &mut Call<'_, '_>, resource: &Resource) -> Result<Domain, Problem> {
    let kept: Kept = resource.model().map_err(store_problem)?;
    let url = call.context.public_url().to_owned();
    Ok(Domain {
        id: resource.id.clone(),
        compartment_id: resource.parent.clone(),
        display_name: resource.name.clone(),
        description: kept.description,
        home_region_url: url.clone(),
        url,
        home_region: tenancies::home(call)?.home_region,
        replica_regions: Vec::new(),
        domain_type: DomainType::Default,
        license_type: LICENSE.to_owned(),
        is_hidden_on_login: false,
        time_created: resource.created,
        lifecycle_state: DomainState::Active,
        lifecycle_details: None,
        freeform_tags: Default::default(),
        defined_tags: Default::default(),
    })
}

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
