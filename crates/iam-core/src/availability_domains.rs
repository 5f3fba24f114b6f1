//! Availability domains: the data centres of the home region, under names of the tenancy's own.

use crate::call::{Call, Reply};
use crate::tenancies;
use iam_api::availability_domains::AvailabilityDomain;
use iam_api::{Ocid, Problem};

/// The regions that have three; every other has one.
const THREE: [&str; 4] = ["IAD", "PHX", "FRA", "LHR"];

/// Lists the availability domains of the home region.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<AvailabilityDomain>>, Problem> {
    let home = tenancies::home(call)?;
    let key = &home.home_region_key;
    let count: u8 = if THREE.contains(&key.as_str()) { 3 } else { 1 };
    // The same data centre has another name in each tenancy: four letters, drawn from its OCID.
    let mut prefix: String =
        home.id.as_str().chars().rev().filter(char::is_ascii_alphabetic).take(4).collect();
    if let Some(first) = prefix.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let domain = |number: u8| {
        let mut seed = [number; 32];
        for (place, byte) in seed.iter_mut().zip(home.id.as_str().bytes().rev()) {
            *place ^= byte;
        }
        AvailabilityDomain {
            name: format!("{prefix}:{key}-AD-{number}"),
            id: Ocid::new("availabilitydomain", &seed),
            compartment_id: home.id.clone(),
        }
    };
    Ok(Reply::of((1..=count).map(domain).collect()))
}
