//! Groups: users who share what policies grant.

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIFECYCLE_STATE, LIMIT, Method, NAME, Operation, PAGE, Param,
    RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec, Target,
};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, LifecycleState, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A group of users.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The OCID of the group.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The group's name; unique in the tenancy, and never changed.
    pub name: String,
    /// What the group is for.
    pub description: String,
    /// When the group was created.
    pub time_created: Timestamp,
    /// Where the group is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the group is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// Free-form tags of the group.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the group.
    #[serde(default)]
    pub defined_tags: DefinedTags,
}

/// What CreateGroup is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateGroupDetails {
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The group's name: 1 to 100 letters, digits and `. - _`. It must be unique in the tenancy
    /// and cannot be changed.
    pub name: String,
    /// What the group is for, in at most 400 characters.
    pub description: String,
    /// Free-form tags: an object of keys and values.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values.
    pub defined_tags: Option<DefinedTags>,
}

/// What UpdateGroup is told; what is left out stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateGroupDetails {
    /// What the group is for, in at most 400 characters.
    pub description: Option<String>,
    /// Free-form tags: an object of keys and values. It replaces all that the group has.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values. It replaces all.
    pub defined_tags: Option<DefinedTags>,
}

/// `groupId` in a path.
pub const GROUP_ID: Param = Param::path("groupId", Kind::Ocid, "The OCID of the group.");

/// Creates a group.
pub static CREATE_GROUP: Operation<CreateGroupDetails, Group> = Operation::new(Spec {
    id: "CreateGroup",
    method: Method::Post,
    path: "/20160918/groups",
    command: "iam group create",
    needs: &["GROUP_CREATE"],
    target: Target::Body("compartmentId"),
    params: &[RETRY_TOKEN],
    waits_on: Some("GetGroup"),
    tenancy_by_default: true,
    doc: "Creates a group. It grants nothing until a policy names it.",
    ..Spec::BLANK
});

/// Reads a group.
pub static GET_GROUP: Operation<(), Group> = Operation::new(Spec {
    id: "GetGroup",
    path: "/20160918/groups/{groupId}",
    command: "iam group get",
    needs: &["GROUP_INSPECT"],
    target: Target::Path("groupId"),
    params: &[GROUP_ID],
    doc: "Shows a group. Its members are listed by `iam group list-users`.",
    ..Spec::BLANK
});

/// Lists groups.
pub static LIST_GROUPS: Operation<(), Vec<Group>> = Operation::new(Spec {
    id: "ListGroups",
    path: "/20160918/groups",
    command: "iam group list",
    needs: &["GROUP_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[COMPARTMENT_ID, PAGE, LIMIT, NAME, SORT_BY, SORT_ORDER, LIFECYCLE_STATE],
    tenancy_by_default: true,
    doc: "Lists the groups of the tenancy.",
    ..Spec::BLANK
});

/// Updates a group.
pub static UPDATE_GROUP: Operation<UpdateGroupDetails, Group> = Operation::new(Spec {
    id: "UpdateGroup",
    method: Method::Put,
    path: "/20160918/groups/{groupId}",
    command: "iam group update",
    needs: &["GROUP_UPDATE"],
    target: Target::Path("groupId"),
    params: &[GROUP_ID, IF_MATCH],
    waits_on: Some("GetGroup"),
    doc: "Changes a group's description or tags.",
    ..Spec::BLANK
});

/// Deletes a group.
pub static DELETE_GROUP: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteGroup",
    method: Method::Delete,
    path: "/20160918/groups/{groupId}",
    command: "iam group delete",
    needs: &["GROUP_DELETE"],
    target: Target::Path("groupId"),
    params: &[GROUP_ID, IF_MATCH],
    waits_on: Some("GetGroup"),
    doc: "Deletes a group. It must be empty.",
    ..Spec::BLANK
});
