//! Availability domains: the data centres of a region.

use crate::Ocid;
use crate::operation::{COMPARTMENT_ID, Operation, Spec, Target};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A data centre of the home region, under the name that the tenancy knows it by.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityDomain {
    /// Its name: four letters of the tenancy's own, then region and number.
    pub name: String,
    /// The OCID of the availability domain.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
}

/// Lists the availability domains.
pub static LIST_AVAILABILITY_DOMAINS: Operation<(), Vec<AvailabilityDomain>> =
    Operation::new(Spec {
        id: "ListAvailabilityDomains",
        path: "/20160918/availabilityDomains",
        command: "iam availability-domain list",
        needs: &["COMPARTMENT_INSPECT"],
        target: Target::Query("compartmentId"),
        params: &[COMPARTMENT_ID],
        tenancy_by_default: true,
        doc: "Lists the availability domains of the tenancy's home region.",
        ..Spec::BLANK
    });
