//! Dynamic groups: computers and other resources that share what policies grant, found by a rule.

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIFECYCLE_STATE, LIMIT, Method, NAME, Operation, PAGE, Param,
    RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec, Target,
};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, LifecycleState, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A group of resources that a rule describes.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct DynamicGroup {
    /// The OCID of the dynamic group.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The name; unique among groups and dynamic groups of the tenancy, and never changed.
    pub name: String,
    /// What the dynamic group is for.
    pub description: String,
    /// The rule that says what is in the dynamic group, as it was written.
    pub matching_rule: String,
    /// When the dynamic group was created.
    pub time_created: Timestamp,
    /// Where the dynamic group is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the dynamic group is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// Free-form tags of the dynamic group.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the dynamic group.
    #[serde(default)]
    pub defined_tags: DefinedTags,
}

/// What CreateDynamicGroup is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDynamicGroupDetails {
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The name: 1 to 100 letters, digits and `. - _`. No group may have it, and it stays.
    pub name: String,
    /// The rule that says what is in the dynamic group, such as ANY {instance.id = 'ocid1...'}.
    pub matching_rule: String,
    /// What the dynamic group is for, in at most 400 characters.
    pub description: String,
    /// Free-form tags: an object of keys and values.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values.
    pub defined_tags: Option<DefinedTags>,
}

/// What UpdateDynamicGroup is told; what is left out stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateDynamicGroupDetails {
    /// What the dynamic group is for, in at most 400 characters.
    pub description: Option<String>,
    /// The rule that says what is in the dynamic group from now on.
    pub matching_rule: Option<String>,
    /// Free-form tags: an object of keys and values. It replaces all that the dynamic group has.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values. It replaces all.
    pub defined_tags: Option<DefinedTags>,
}

/// `dynamicGroupId` in a path.
pub const DYNAMIC_GROUP_ID: Param =
    Param::path("dynamicGroupId", Kind::Ocid, "The OCID of the dynamic group.");

/// Creates a dynamic group.
pub static CREATE_DYNAMIC_GROUP: Operation<CreateDynamicGroupDetails, DynamicGroup> =
    Operation::new(Spec {
        id: "CreateDynamicGroup",
        method: Method::Post,
        path: "/20160918/dynamicGroups",
        command: "iam dynamic-group create",
        needs: &["DYNAMIC_GROUP_CREATE"],
        target: Target::Body("compartmentId"),
        params: &[RETRY_TOKEN],
        waits_on: Some("GetDynamicGroup"),
        tenancy_by_default: true,
        doc: "Creates a dynamic group. It grants nothing until a policy names it.",
        ..Spec::BLANK
    });

/// Reads a dynamic group.
pub static GET_DYNAMIC_GROUP: Operation<(), DynamicGroup> = Operation::new(Spec {
    id: "GetDynamicGroup",
    path: "/20160918/dynamicGroups/{dynamicGroupId}",
    command: "iam dynamic-group get",
    needs: &["DYNAMIC_GROUP_INSPECT"],
    target: Target::Path("dynamicGroupId"),
    params: &[DYNAMIC_GROUP_ID],
    doc: "Shows a dynamic group and its rule.",
    ..Spec::BLANK
});

/// Lists dynamic groups.
pub static LIST_DYNAMIC_GROUPS: Operation<(), Vec<DynamicGroup>> = Operation::new(Spec {
    id: "ListDynamicGroups",
    path: "/20160918/dynamicGroups",
    command: "iam dynamic-group list",
    needs: &["DYNAMIC_GROUP_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[COMPARTMENT_ID, PAGE, LIMIT, NAME, SORT_BY, SORT_ORDER, LIFECYCLE_STATE],
    tenancy_by_default: true,
    doc: "Lists the dynamic groups of the tenancy.",
    ..Spec::BLANK
});

/// Updates a dynamic group.
pub static UPDATE_DYNAMIC_GROUP: Operation<UpdateDynamicGroupDetails, DynamicGroup> =
    Operation::new(Spec {
        id: "UpdateDynamicGroup",
        method: Method::Put,
        path: "/20160918/dynamicGroups/{dynamicGroupId}",
        command: "iam dynamic-group update",
        needs: &["DYNAMIC_GROUP_UPDATE"],
        target: Target::Path("dynamicGroupId"),
        params: &[DYNAMIC_GROUP_ID, IF_MATCH],
        waits_on: Some("GetDynamicGroup"),
        doc: "Changes a dynamic group's description, rule or tags.",
        ..Spec::BLANK
    });

/// Deletes a dynamic group.
pub static DELETE_DYNAMIC_GROUP: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteDynamicGroup",
    method: Method::Delete,
    path: "/20160918/dynamicGroups/{dynamicGroupId}",
    command: "iam dynamic-group delete",
    needs: &["DYNAMIC_GROUP_DELETE"],
    target: Target::Path("dynamicGroupId"),
    params: &[DYNAMIC_GROUP_ID, IF_MATCH],
    waits_on: Some("GetDynamicGroup"),
    doc: "Deletes a dynamic group. What policies grant it is granted to nobody from then on.",
    ..Spec::BLANK
});
