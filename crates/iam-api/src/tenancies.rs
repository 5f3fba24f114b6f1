//! The tenancy, and the regions that it is in.

use crate::operation::{Method, Operation, Param, RETRY_TOKEN, Spec, Target};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, LifecycleState, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A tenancy: the root of everything that one customer has.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Tenancy {
    /// The OCID of the tenancy.
    pub id: Ocid,
    /// The OCID of the root compartment, which is the tenancy's.
    #[wire(unlisted)]
    pub compartment_id: Ocid,
    /// The tenancy's name: what the Console's sign-in page asks for.
    pub name: String,
    /// What the tenancy is for.
    pub description: String,
    /// The three letters of the home region, such as IAD.
    pub home_region_key: String,
    /// The name of the home region, such as us-ashburn-1.
    #[wire(unlisted)]
    pub home_region: String,
    /// Always null here.
    #[wire(unlisted)]
    pub oracle_my_services_identifier: Option<String>,
    /// Always null here.
    pub upi_idcs_compatibility_layer_endpoint: Option<String>,
    /// When the tenancy was created.
    #[wire(unlisted)]
    pub time_created: Timestamp,
    /// Where the tenancy is in its life.
    #[wire(unlisted)]
    pub lifecycle_state: LifecycleState,
    /// Free-form tags of the tenancy.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the tenancy.
    #[serde(default)]
    pub defined_tags: DefinedTags,
}

/// A region of OCI.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// Its three letters, such as IAD.
    pub key: String,
    /// Its name, such as us-ashburn-1.
    pub name: String,
}

/// A region that the tenancy is in.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct RegionSubscription {
    /// The region's three letters, such as IAD.
    pub region_key: String,
    /// The region's name, such as us-ashburn-1.
    pub region_name: String,
    /// READY, or IN_PROGRESS while the tenancy is brought there.
    pub status: SubscriptionStatus,
    /// Whether it is the home region, where identity is administered.
    pub is_home_region: bool,
}

/// Whether a region can be used yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
pub enum SubscriptionStatus {
    /// It can be used.
    #[serde(rename = "READY")]
    Ready,
    /// The tenancy is being brought there.
    #[serde(rename = "IN_PROGRESS")]
    InProgress,
}

/// What CreateRegionSubscription is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRegionSubscriptionDetails {
    /// The region's three letters, such as PHX.
    pub region_key: String,
}

const TENANCY_ID: Param = Param::path("tenancyId", Kind::Ocid, "The OCID of the tenancy.");

/// Reads the tenancy.
pub static GET_TENANCY: Operation<(), Tenancy> = Operation::new(Spec {
    id: "GetTenancy",
    path: "/20160918/tenancies/{tenancyId}",
    command: "iam tenancy get",
    needs: &["TENANCY_INSPECT"],
    target: Target::Path("tenancyId"),
    params: &[TENANCY_ID],
    doc: "Shows the tenancy: its name, and its home region.",
    ..Spec::BLANK
});

/// Lists the regions that the tenancy is in.
pub static LIST_REGION_SUBSCRIPTIONS: Operation<(), Vec<RegionSubscription>> =
    Operation::new(Spec {
        id: "ListRegionSubscriptions",
        path: "/20160918/tenancies/{tenancyId}/regionSubscriptions",
        command: "iam region-subscription list",
        needs: &["TENANCY_INSPECT"],
        target: Target::Path("tenancyId"),
        params: &[TENANCY_ID],
        tenancy_by_default: true,
        doc: "Lists the regions that the tenancy is in, the home region among them.",
        ..Spec::BLANK
    });

/// Brings the tenancy to a region.
pub static CREATE_REGION_SUBSCRIPTION: Operation<
    CreateRegionSubscriptionDetails,
    RegionSubscription,
> = Operation::new(Spec {
    id: "CreateRegionSubscription",
    method: Method::Post,
    path: "/20160918/tenancies/{tenancyId}/regionSubscriptions",
    command: "iam region-subscription create",
    needs: &["TENANCY_UPDATE"],
    target: Target::Path("tenancyId"),
    params: &[TENANCY_ID, RETRY_TOKEN],
    body_first: true,
    doc: "Notes that the tenancy is in a region, too. It stays there: OCI has no way back.",
    ..Spec::BLANK
});

/// Lists all regions.
pub static LIST_REGIONS: Operation<(), Vec<Region>> = Operation::new(Spec {
    id: "ListRegions",
    path: "/20160918/regions",
    command: "iam region list",
    needs: &["TENANCY_INSPECT"],
    target: Target::Tenancy,
    doc: "Lists all regions that OCI has, with their three letters.",
    ..Spec::BLANK
});
