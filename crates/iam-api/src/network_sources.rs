//! Network sources: the addresses that policies and the authentication policy trust.

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIFECYCLE_STATE, LIMIT, Method, NAME, Operation, PAGE, Param,
    RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec, Target,
};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, LifecycleState, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// Ranges of addresses in a virtual cloud network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkSourcesVirtualSourceList {
    /// The OCID of the virtual cloud network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vcn_id: Option<String>,
    /// The ranges; 0.0.0.0/0 is the whole network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_ranges: Option<Vec<String>>,
}

/// A network source: addresses under one name.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct NetworkSources {
    /// The OCID of the network source.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The name; unique in the tenancy, and never changed.
    pub name: String,
    /// What the network source is for.
    pub description: String,
    /// The public addresses and ranges in it, such as 203.0.113.0/24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_source_list: Option<Vec<String>>,
    /// The ranges of virtual cloud networks in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_source_list: Option<Vec<NetworkSourcesVirtualSourceList>>,
    /// Kept and without effect: OCI reserves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<String>>,
    /// When the network source was created.
    pub time_created: Timestamp,
    /// Where the network source is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the network source is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// Free-form tags of the network source.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the network source.
    #[serde(default)]
    pub defined_tags: DefinedTags,
}

/// A network source as lists have it.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct NetworkSourcesSummary {
    /// The OCID of the network source.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The name; unique in the tenancy, and never changed.
    pub name: String,
    /// What the network source is for.
    pub description: String,
    /// The public addresses and ranges in it, such as 203.0.113.0/24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_source_list: Option<Vec<String>>,
    /// The ranges of virtual cloud networks in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_source_list: Option<Vec<NetworkSourcesVirtualSourceList>>,
    /// Kept and without effect: OCI reserves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<String>>,
    /// Where the network source is in its life.
    pub lifecycle_state: String,
    /// When the network source was created.
    pub time_created: Timestamp,
    /// Free-form tags of the network source.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the network source.
    #[serde(default)]
    pub defined_tags: DefinedTags,
}

/// What CreateNetworkSource is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateNetworkSourceDetails {
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The name: 1 to 100 letters, digits and `. - _`. It must be unique, and it stays.
    pub name: String,
    /// The public addresses and ranges in it, such as 203.0.113.0/24.
    pub public_source_list: Option<Vec<String>>,
    /// The ranges of virtual cloud networks in it.
    pub virtual_source_list: Option<Vec<NetworkSourcesVirtualSourceList>>,
    /// Kept and without effect: OCI reserves it.
    pub services: Option<Vec<String>>,
    /// What the network source is for, in at most 400 characters.
    pub description: String,
    /// Free-form tags: an object of keys and values.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values.
    pub defined_tags: Option<DefinedTags>,
}

/// What UpdateNetworkSource is told; what is left out stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateNetworkSourceDetails {
    /// What the network source is for, in at most 400 characters.
    pub description: Option<String>,
    /// The public addresses and ranges in it, such as 203.0.113.0/24. It replaces all.
    pub public_source_list: Option<Vec<String>>,
    /// The ranges of virtual cloud networks in it. It replaces all.
    pub virtual_source_list: Option<Vec<NetworkSourcesVirtualSourceList>>,
    /// Kept and without effect: OCI reserves it.
    pub services: Option<Vec<String>>,
    /// Free-form tags: an object of keys and values. It replaces all that the network source has.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values. It replaces all.
    pub defined_tags: Option<DefinedTags>,
}

/// `networkSourceId` in a path.
pub const NETWORK_SOURCE_ID: Param =
    Param::path("networkSourceId", Kind::Ocid, "The OCID of the network source.");

/// Creates a network source.
pub static CREATE_NETWORK_SOURCE: Operation<CreateNetworkSourceDetails, NetworkSources> =
    Operation::new(Spec {
        id: "CreateNetworkSource",
        method: Method::Post,
        path: "/20160918/networkSources",
        command: "iam network-sources create",
        needs: &["NETWORK_SOURCE_CREATE"],
        target: Target::Body("compartmentId"),
        params: &[RETRY_TOKEN],
        doc: "Creates a network source: addresses that policies and the authentication policy can \
              name. It restricts nothing until one of them does.",
        ..Spec::BLANK
    });

/// Reads a network source.
pub static GET_NETWORK_SOURCE: Operation<(), NetworkSources> = Operation::new(Spec {
    id: "GetNetworkSource",
    path: "/20160918/networkSources/{networkSourceId}",
    command: "iam network-sources get",
    needs: &["NETWORK_SOURCE_INSPECT"],
    target: Target::Path("networkSourceId"),
    params: &[NETWORK_SOURCE_ID],
    doc: "Shows a network source and its addresses.",
    ..Spec::BLANK
});

/// Lists network sources.
pub static LIST_NETWORK_SOURCES: Operation<(), Vec<NetworkSourcesSummary>> = Operation::new(Spec {
    id: "ListNetworkSources",
    path: "/20160918/networkSources",
    command: "iam network-sources list",
    needs: &["NETWORK_SOURCE_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[COMPARTMENT_ID, PAGE, LIMIT, NAME, SORT_BY, SORT_ORDER, LIFECYCLE_STATE],
    doc: "Lists the network sources of the tenancy.",
    ..Spec::BLANK
});

/// Updates a network source.
pub static UPDATE_NETWORK_SOURCE: Operation<UpdateNetworkSourceDetails, NetworkSources> =
    Operation::new(Spec {
        id: "UpdateNetworkSource",
        method: Method::Put,
        path: "/20160918/networkSources/{networkSourceId}",
        command: "iam network-sources update",
        needs: &["NETWORK_SOURCE_UPDATE"],
        target: Target::Path("networkSourceId"),
        params: &[NETWORK_SOURCE_ID, IF_MATCH],
        doc: "Changes a network source's description, addresses or tags. It counts from the next \
              request, and the next sign-in, on.",
        ..Spec::BLANK
    });

/// Deletes a network source.
pub static DELETE_NETWORK_SOURCE: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteNetworkSource",
    method: Method::Delete,
    path: "/20160918/networkSources/{networkSourceId}",
    command: "iam network-sources delete",
    needs: &["NETWORK_SOURCE_DELETE"],
    target: Target::Path("networkSourceId"),
    params: &[NETWORK_SOURCE_ID, IF_MATCH],
    doc: "Deletes a network source. The authentication policy must not name it.",
    ..Spec::BLANK
});
