//! Compartments: where resources live. The tenancy is the root.

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIFECYCLE_STATE, LIMIT, MANAGE_ALL_RESOURCES, Method, NAME,
    Operation, PAGE, Param, RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec, Target,
};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, LifecycleState, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A compartment; the tenancy is the root of them.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Compartment {
    /// The OCID of the compartment.
    pub id: Ocid,
    /// The OCID of the compartment that it is in.
    pub compartment_id: Option<Ocid>,
    /// The compartment's name; unique in the one that it is in.
    pub name: String,
    /// What the compartment is for.
    pub description: String,
    /// When the compartment was created.
    pub time_created: Timestamp,
    /// Where the compartment is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the compartment is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// Whether the caller may look into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_accessible: Option<bool>,
    /// Free-form tags of the compartment.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the compartment.
    #[serde(default)]
    pub defined_tags: DefinedTags,
}

/// A new compartment.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct CreateCompartmentDetails {
    /// The OCID of the compartment that the new one is to be in.
    pub compartment_id: Ocid,
    /// The compartment's name: 1 to 100 letters, digits, periods, hyphens and underscores.
    pub name: String,
    /// What the compartment is for, in at most 400 characters.
    pub description: String,
    /// Free-form tags: an object of keys and values.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values.
    pub defined_tags: Option<DefinedTags>,
}

/// Changes to a compartment; what is left out stays.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCompartmentDetails {
    /// What the compartment is for, in at most 400 characters.
    pub description: Option<String>,
    /// The compartment's new name; policies go on meaning the same compartment.
    pub name: Option<String>,
    /// Free-form tags: an object of keys and values. It replaces all that the compartment has.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values. It replaces all.
    pub defined_tags: Option<DefinedTags>,
}

/// Where a compartment is to be moved.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct MoveCompartmentDetails {
    /// The OCID of the compartment that it is to be in.
    pub target_compartment_id: Ocid,
}

/// `compartmentId` in a path.
pub const COMPARTMENT_IN_PATH: Param =
    Param::path("compartmentId", Kind::Ocid, "The OCID of the compartment.");

/// The parameter of a list that may be of what the caller may look into alone.
pub const ACCESS_LEVEL: &str = "accessLevel";

/// The value of [`ACCESS_LEVEL`] that asks for that.
pub const ACCESSIBLE: &str = "ACCESSIBLE";

/// Reads a compartment.
pub static GET_COMPARTMENT: Operation<(), Compartment> = Operation::new(Spec {
    id: "GetCompartment",
    path: "/20160918/compartments/{compartmentId}",
    command: "iam compartment get",
    needs: &["COMPARTMENT_INSPECT"],
    target: Target::Path("compartmentId"),
    params: &[COMPARTMENT_IN_PATH],
    doc: "Shows a compartment; given the tenancy's OCID, the root compartment.",
    ..Spec::BLANK
});

/// Lists compartments.
pub static LIST_COMPARTMENTS: Operation<(), Vec<Compartment>> = Operation::new(Spec {
    id: "ListCompartments",
    path: "/20160918/compartments",
    command: "iam compartment list",
    needs: &["COMPARTMENT_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[
        COMPARTMENT_ID,
        PAGE,
        LIMIT,
        Param::query(
            ACCESS_LEVEL,
            Kind::Choice(&["ANY", ACCESSIBLE]),
            "ANY lists all compartments, ACCESSIBLE only those that the caller may look into.",
        ),
        Param::query(
            "compartmentIdInSubtree",
            Kind::Boolean,
            "Whether compartments at every depth are listed, not only the next; for the tenancy \
             alone.",
        ),
        NAME,
        SORT_BY,
        SORT_ORDER,
        LIFECYCLE_STATE,
    ],
    tenancy_by_default: true,
    doc: "Lists the compartments in a compartment.",
    ..Spec::BLANK
});

/// Creates a compartment.
pub static CREATE_COMPARTMENT: Operation<CreateCompartmentDetails, Compartment> =
    Operation::new(Spec {
        id: "CreateCompartment",
        method: Method::Post,
        path: "/20160918/compartments",
        command: "iam compartment create",
        needs: &["COMPARTMENT_CREATE"],
        target: Target::Body("compartmentId"),
        params: &[RETRY_TOKEN],
        waits_on: Some("GetCompartment"),
        doc: "Creates a compartment in another one, at most six levels below the root.",
        ..Spec::BLANK
    });

/// Updates a compartment.
pub static UPDATE_COMPARTMENT: Operation<UpdateCompartmentDetails, Compartment> =
    Operation::new(Spec {
        id: "UpdateCompartment",
        method: Method::Put,
        path: "/20160918/compartments/{compartmentId}",
        command: "iam compartment update",
        needs: &["COMPARTMENT_UPDATE"],
        target: Target::Path("compartmentId"),
        params: &[COMPARTMENT_IN_PATH, IF_MATCH],
        waits_on: Some("GetCompartment"),
        doc: "Changes a compartment's name, description or tags. The root has its tenancy's name.",
        ..Spec::BLANK
    });

/// Deletes a compartment.
pub static DELETE_COMPARTMENT: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteCompartment",
    method: Method::Delete,
    path: "/20160918/compartments/{compartmentId}",
    command: "iam compartment delete",
    needs: &["COMPARTMENT_DELETE"],
    target: Target::Path("compartmentId"),
    params: &[COMPARTMENT_IN_PATH, IF_MATCH],
    waits_on: Some("GetWorkRequest"),
    is_accepted: true,
    doc: "Deletes a compartment, by a work request. Nothing may be in it. It is shown as DELETED, \
          under another name, for 90 days, and can be recovered.",
    ..Spec::BLANK
});

/// Recovers a compartment.
pub static RECOVER_COMPARTMENT: Operation<(), Compartment> = Operation::new(Spec {
    id: "RecoverCompartment",
    method: Method::Post,
    path: "/20160918/compartments/{compartmentId}/actions/recoverCompartment",
    command: "iam compartment recover",
    needs: &["COMPARTMENT_RECOVER"],
    target: Target::Path("compartmentId"),
    params: &[COMPARTMENT_IN_PATH, IF_MATCH],
    waits_on: Some("GetCompartment"),
    doc: "Brings a deleted compartment back. It keeps the name that it was given when deleted.",
    ..Spec::BLANK
});

/// Moves a compartment.
pub static MOVE_COMPARTMENT: Operation<MoveCompartmentDetails, ()> = Operation::new(Spec {
    id: "MoveCompartment",
    method: Method::Post,
    path: "/20160918/compartments/{compartmentId}/actions/moveCompartment",
    command: "iam compartment move",
    needs: &[MANAGE_ALL_RESOURCES],
    target: Target::Between("compartmentId", "targetCompartmentId"),
    params: &[COMPARTMENT_IN_PATH, IF_MATCH, RETRY_TOKEN],
    waits_on: Some("GetWorkRequest"),
    is_accepted: true,
    doc: "Moves a compartment with all that is in it into another one, by a work request. It takes \
          the right to manage all resources where both are.",
    ..Spec::BLANK
});
