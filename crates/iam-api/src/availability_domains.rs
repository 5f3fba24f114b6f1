//! Availability domains, the data centres of a region, and the fault domains in each.

use crate::Ocid;
use crate::operation::{COMPARTMENT_ID, Operation, Param, Spec, Target};
use crate::wire::Kind;
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

/// A part of a data centre that fails by itself.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct FaultDomain {
    /// Its name, such as FAULT-DOMAIN-1.
    pub name: String,
    /// The OCID of the fault domain.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The name of the availability domain that it is in.
    pub availability_domain: String,
}

const AVAILABILITY_DOMAIN: Param = Param::query(
    "availabilityDomain",
    Kind::String,
    "The name of the availability domain, as the list of them has it.",
)
.required();

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

/// Lists the fault domains of an availability domain.
pub static LIST_FAULT_DOMAINS: Operation<(), Vec<FaultDomain>> = Operation::new(Spec {
    id: "ListFaultDomains",
    path: "/20160918/faultDomains",
    command: "iam fault-domain list",
    needs: &["COMPARTMENT_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[COMPARTMENT_ID, AVAILABILITY_DOMAIN],
    doc: "Lists the fault domains of an availability domain.",
    ..Spec::BLANK
});
