//! Bulk actions: what is done to several resources of a compartment by one work request.

use crate::Ocid;
use crate::compartments::COMPARTMENT_IN_PATH;
use crate::operation::{
    LIMIT, MANAGE_ALL_RESOURCES, Method, Operation, PAGE, Param, RETRY_TOKEN, Spec, Target,
};
use crate::wire::Kind;
use iam_derive::Wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A resource that something is to be done to.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkActionResource {
    /// The OCID of the resource.
    pub identifier: String,
    /// What kind of resource it is, as `ListBulkActionResourceTypes` names it.
    pub entity_type: String,
    /// What else is needed to find it; nothing, for resources with an OCID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

/// The resources that are to be deleted.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkDeleteResourcesDetails {
    /// The resources: 1 to 100 that are in the compartment.
    pub resources: Vec<BulkActionResource>,
}

/// The resources that are to be moved, and where.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkMoveResourcesDetails {
    /// The resources: 1 to 100 that are in the compartment.
    pub resources: Vec<BulkActionResource>,
    /// The OCID of the compartment that they are to be in.
    pub target_compartment_id: Ocid,
}

/// A kind of resource that something can be done to.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkActionResourceType {
    /// What the kind is called.
    pub name: String,
    /// What else is needed to find one.
    pub metadata_keys: Option<Vec<String>>,
}

/// The kinds of resources that something can be done to.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkActionResourceTypeCollection {
    /// The kinds.
    pub items: Vec<BulkActionResourceType>,
}

/// Lists what bulk actions can be done to.
pub static LIST_BULK_ACTION_RESOURCE_TYPES: Operation<(), BulkActionResourceTypeCollection> =
    Operation::new(Spec {
        id: "ListBulkActionResourceTypes",
        path: "/20160918/compartments/bulkActionResourceTypes",
        command: "iam bulk-action-resource-type-collection list",
        needs: &["COMPARTMENT_INSPECT"],
        target: Target::Tenancy,
        params: &[
            Param::query(
                "bulkActionType",
                Kind::Choice(&["BULK_MOVE_RESOURCES", "BULK_DELETE_RESOURCES"]),
                "What is to be done.",
            )
            .required(),
            PAGE,
            LIMIT,
        ],
        doc: "Lists the kinds of resources that a bulk action can be done to.",
        ..Spec::BLANK
    });

/// Deletes several resources.
pub static BULK_DELETE_RESOURCES: Operation<BulkDeleteResourcesDetails, ()> =
    Operation::new(Spec {
        id: "BulkDeleteResources",
        method: Method::Post,
        path: "/20160918/compartments/{compartmentId}/actions/bulkDeleteResources",
        command: "iam compartment bulk-delete-resources",
        needs: &["COMPARTMENT_DELETE", "POLICY_DELETE"],
        target: Target::Path("compartmentId"),
        params: &[COMPARTMENT_IN_PATH, RETRY_TOKEN],
        waits_on: Some("GetWorkRequest"),
        is_accepted: true,
        doc: "Deletes several resources of a compartment, one after the other, by a work request. \
              One that cannot be deleted does not keep the others.",
        ..Spec::BLANK
    });

/// Moves several resources.
pub static BULK_MOVE_RESOURCES: Operation<BulkMoveResourcesDetails, ()> = Operation::new(Spec {
    id: "BulkMoveResources",
    method: Method::Post,
    path: "/20160918/compartments/{compartmentId}/actions/bulkMoveResources",
    command: "iam compartment bulk-move-resources",
    needs: &[MANAGE_ALL_RESOURCES],
    target: Target::Between("compartmentId", "targetCompartmentId"),
    params: &[COMPARTMENT_IN_PATH, RETRY_TOKEN],
    waits_on: Some("GetWorkRequest"),
    is_accepted: true,
    doc: "Moves several resources of a compartment into another one, one after the other, by a \
          work request. One that cannot be moved does not keep the others.",
    ..Spec::BLANK
});
