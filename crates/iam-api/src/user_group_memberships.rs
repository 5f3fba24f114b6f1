//! Memberships: which user is in which group.

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIMIT, Method, Operation, PAGE, Param, RETRY_TOKEN, Spec, Target,
};
use crate::wire::Kind;
use crate::{LifecycleState, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A user's membership in a group.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct UserGroupMembership {
    /// The OCID of the membership.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The OCID of the group.
    pub group_id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// When the user was added.
    pub time_created: Timestamp,
    /// Where the membership is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the membership is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// What AddUserToGroup is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddUserToGroupDetails {
    /// The OCID of the user.
    pub user_id: Ocid,
    /// The OCID of the group.
    pub group_id: Ocid,
}

const MEMBERSHIP_ID: Param =
    Param::path("userGroupMembershipId", Kind::Ocid, "The OCID of the membership.");

/// Adds a user to a group.
pub static ADD_USER_TO_GROUP: Operation<AddUserToGroupDetails, UserGroupMembership> =
    Operation::new(Spec {
        id: "AddUserToGroup",
        method: Method::Post,
        path: "/20160918/userGroupMemberships",
        command: "iam group add-user",
        needs: &["GROUP_UPDATE", "USER_UPDATE"],
        target: Target::Body("groupId"),
        params: &[RETRY_TOKEN],
        doc: "Adds a user to a group.",
        ..Spec::BLANK
    });

/// Reads a membership.
pub static GET_USER_GROUP_MEMBERSHIP: Operation<(), UserGroupMembership> = Operation::new(Spec {
    id: "GetUserGroupMembership",
    path: "/20160918/userGroupMemberships/{userGroupMembershipId}",
    needs: &["GROUP_INSPECT", "USER_INSPECT"],
    target: Target::Path("userGroupMembershipId"),
    params: &[MEMBERSHIP_ID],
    doc: "Shows a membership.",
    ..Spec::BLANK
});

/// Lists memberships of a user, of a group, or the one of both.
pub static LIST_USER_GROUP_MEMBERSHIPS: Operation<(), Vec<UserGroupMembership>> =
    Operation::new(Spec {
        id: "ListUserGroupMemberships",
        path: "/20160918/userGroupMemberships",
        needs: &["GROUP_INSPECT", "USER_INSPECT"],
        target: Target::Query("compartmentId"),
        params: &[
            COMPARTMENT_ID,
            Param::query("userId", Kind::Ocid, "Only memberships of the user with this OCID."),
            Param::query("groupId", Kind::Ocid, "Only memberships in the group with this OCID."),
            PAGE,
            LIMIT,
        ],
        tenancy_by_default: true,
        doc: "Lists the memberships of a user, or of a group; given both, it tells whether the \
              user is in the group.",
        ..Spec::BLANK
    });

/// Takes a user out of a group.
pub static REMOVE_USER_FROM_GROUP: Operation<(), ()> = Operation::new(Spec {
    id: "RemoveUserFromGroup",
    method: Method::Delete,
    path: "/20160918/userGroupMemberships/{userGroupMembershipId}",
    needs: &["GROUP_UPDATE", "USER_UPDATE"],
    target: Target::Path("userGroupMembershipId"),
    params: &[MEMBERSHIP_ID, IF_MATCH],
    doc: "Takes a user out of a group.",
    ..Spec::BLANK
});
