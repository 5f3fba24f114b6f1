//! Compartments: where resources live. The tenancy is the root.

use crate::operation::{
    COMPARTMENT_ID, LIFECYCLE_STATE, LIMIT, NAME, Operation, PAGE, Param, SORT_BY, SORT_ORDER,
    Spec, Target,
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

/// `compartmentId` in a path.
pub const COMPARTMENT_IN_PATH: Param =
    Param::path("compartmentId", Kind::Ocid, "The OCID of the compartment.");

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
            "accessLevel",
            Kind::Choice(&["ANY", "ACCESSIBLE"]),
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
