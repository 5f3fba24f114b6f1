//! The tenancy, and the regions that it is in.

use crate::call::{Call, Reply, store_problem};
use iam_api::Problem;
use iam_api::regions::{REGIONS, region};
use iam_api::tenancies::{Region, RegionSubscription, SubscriptionStatus, Tenancy};

/// Shows the tenancy.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Tenancy>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(resource.model().map_err(store_problem)?).etag(resource.etag))
}

/// Lists the regions of the realm that the tenancy's home region is in.
pub fn list_regions(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Region>>, Problem> {
    let home = home(call)?;
    let realm = region(&home.home_region).map_or("oc1", |home| home.realm);
    let regions = REGIONS.iter().filter(|row| row.realm == realm);
    let model = |key: &str, name: &str| Region { key: key.to_owned(), name: name.to_owned() };
    let mut regions: Vec<Region> = regions.map(|row| model(row.key, row.name)).collect();
    if !regions.iter().any(|region| region.name == home.home_region) {
        regions.push(model(&home.home_region_key, &home.home_region));
    }
    Ok(Reply::of(regions))
}

/// Lists the regions that the tenancy is in: its home region.
pub fn list_subscriptions(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<RegionSubscription>>, Problem> {
    let home = home(call)?;
    Ok(Reply::of(vec![RegionSubscription {
        region_key: home.home_region_key,
        region_name: home.home_region,
        status: SubscriptionStatus::Ready,
        is_home_region: true,
    }]))
}

pub(crate) fn home(call: &mut Call<'_, '_>) -> Result<Tenancy, Problem> {
    let (at, id) = (call.at(), call.principal.tenancy_id.clone());
    let found = call.tx.resource(at, &id).map_err(store_problem)?;
    found.ok_or_else(Problem::not_found)?.model().map_err(store_problem)
}
