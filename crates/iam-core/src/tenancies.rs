//! The tenancy, and the regions that it is in.

use crate::call::{Call, Reply, store_problem};
use iam_api::regions::{REGIONS, RegionRow, region};
use iam_api::tenancies::{
    CreateRegionSubscriptionDetails, Region, RegionSubscription, SubscriptionStatus, Tenancy,
};
use iam_api::{Code, Problem};
use iam_store::{Setting, StoreError, Tx};

/// The name of the setting that holds the regions besides the home region.
pub(crate) const SUBSCRIPTIONS: &str = "region-subscriptions";

/// Shows the tenancy.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Tenancy>, Problem> {
    call.show()
}

/// Lists the regions of the realm that the tenancy's home region is in.
pub fn list_regions(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Region>>, Problem> {
    let home = home(call)?;
    Ok(Reply::of(regions_for(&home)))
}

/// The regions that a tenancy with that home can be in.
fn regions_for(home: &Tenancy) -> Vec<Region> {
    let model = |key: &str, name: &str| Region { key: key.to_owned(), name: name.to_owned() };
    match region(&home.home_region) {
        Some(RegionRow { realm, .. }) => {
            let regions = REGIONS.iter().filter(|row| row.realm == *realm);
            regions.map(|row| model(row.key, row.name)).collect()
        }
        // It is alone in its realm: nobody who goes through the list is led to Oracle's regions.
        None => vec![model(&home.home_region_key, &home.home_region)],
    }
}

/// The home regions that OCI does not have, of all tenancies.
pub fn own_regions(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    let mut regions = Vec::new();
    for (at, id) in tx.tenancies()? {
        let Some(found) = tx.resource(at, &id)? else { continue };
        let home = found.model::<Tenancy>()?.home_region;
        if region(&home).is_none() && !regions.contains(&home) {
            regions.push(home);
        }
    }
    Ok(regions)
}

/// Lists the regions that the tenancy is in: its home region, then others in the order of time.
pub fn list_subscriptions(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<RegionSubscription>>, Problem> {
    let home = home(call)?;
    let mut all = vec![RegionSubscription {
        region_key: home.home_region_key,
        region_name: home.home_region,
        status: SubscriptionStatus::Ready,
        is_home_region: true,
    }];
    all.extend(others(call)?);
    Ok(Reply::of(all))
}

/// Notes that the tenancy is in one region more. Nothing has to be brought there, so it is ready.
pub fn create_subscription(
    call: &mut Call<'_, '_>,
    details: CreateRegionSubscriptionDetails,
) -> Result<Reply<RegionSubscription>, Problem> {
    let (home, mut others) = (home(call)?, others(call)?);
    let wanted = details.region_key.as_str();
    let found = regions_for(&home).into_iter().find(|row| row.key.eq_ignore_ascii_case(wanted));
    let Some(Region { key, name }) = found else {
        let shown: String = wanted.chars().take(100).collect();
        return Err(Problem::invalid(format!(
            "regionKey `{}` is no region of this realm; `oci iam region list` shows them",
            shown.escape_debug()
        )));
    };
    if name == home.home_region || others.iter().any(|known| known.region_key == key) {
        let text = format!("the tenancy is subscribed to region `{name}` already");
        return Err(Problem::new(Code::Conflict, text));
    }
    let new = RegionSubscription {
        region_key: key,
        region_name: name,
        status: SubscriptionStatus::Ready,
        is_home_region: false,
    };
    others.push(new.clone());
    let body = serde_json::to_string(&others).map_err(Problem::internal)?;
    let (at, etag) = (call.at(), call.context.etag());
    call.tx.set_setting(at, SUBSCRIPTIONS, &Setting { etag, body }).map_err(store_problem)?;
    Ok(Reply::of(new))
}

/// The regions besides the home region.
fn others(call: &mut Call<'_, '_>) -> Result<Vec<RegionSubscription>, Problem> {
    let at = call.at();
    let Some(kept) = call.tx.setting(at, SUBSCRIPTIONS).map_err(store_problem)? else {
        return Ok(Vec::new());
    };
    serde_json::from_str(&kept.body).map_err(Problem::internal)
}

/// The caller's tenancy.
pub(crate) fn home(call: &mut Call<'_, '_>) -> Result<Tenancy, Problem> {
    let (at, id) = (call.at(), call.principal.tenancy_id.clone());
    let found = call.tx.resource(at, &id).map_err(store_problem)?;
    found.ok_or_else(Problem::not_found)?.model().map_err(store_problem)
}
