//! Availability domains, the data centres of the home region under names of the tenancy's own, and
//! the fault domains in each.

use crate::call::{Call, Reply};
use crate::tenancies;
use iam_api::availability_domains::{AvailabilityDomain, FaultDomain};
use iam_api::{Code, Ocid, Problem};

/// The regions that have three; every other has one.
const THREE: [&str; 4] = ["IAD", "PHX", "FRA", "LHR"];

/// How many fault domains there are in each.
const FAULT_DOMAINS: u8 = 3;

/// Lists the availability domains of the home region.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<AvailabilityDomain>>, Problem> {
    Ok(Reply::of(all(call)?))
}

/// Lists the fault domains of one of them.
pub fn list_fault_domains(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<FaultDomain>>, Problem> {
    let name = call
        .params
        .get("availabilityDomain")
        .ok_or_else(|| Problem::new(Code::MissingParameter, "availabilityDomain is missing"))?;
    let found = all(call)?.into_iter().find(|domain| domain.name == name);
    let domain = found.ok_or_else(Problem::not_found)?;
    let part = |number: u8| FaultDomain {
        name: format!("FAULT-DOMAIN-{number}"),
        id: Ocid::new("faultdomain", &seed(&domain.id, number)),
        compartment_id: domain.compartment_id.clone(),
        availability_domain: domain.name.clone(),
    };
    Ok(Reply::of((1..=FAULT_DOMAINS).map(part).collect()))
}

fn all(call: &mut Call<'_, '_>) -> Result<Vec<AvailabilityDomain>, Problem> {
    let home = tenancies::home(call)?;
    let key = &home.home_region_key;
    let count: u8 = if THREE.contains(&key.as_str()) { 3 } else { 1 };
    // The same data centre has another name in each tenancy: four letters, drawn from its OCID.
    let mut prefix: String =
        home.id.as_str().chars().rev().filter(char::is_ascii_alphabetic).take(4).collect();
    if let Some(first) = prefix.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let domain = |number: u8| AvailabilityDomain {
        name: format!("{prefix}:{key}-AD-{number}"),
        id: Ocid::new("availabilitydomain", &seed(&home.id, number)),
        compartment_id: home.id.clone(),
    };
    Ok((1..=count).map(domain).collect())
}

/// What the OCID of a part is made from: the same each time, and another for each part.
fn seed(whole: &Ocid, number: u8) -> [u8; 32] {
    let mut seed = [number; 32];
    for (place, byte) in seed.iter_mut().zip(whole.as_str().bytes().rev()) {
        *place ^= byte;
    }
    seed
}
