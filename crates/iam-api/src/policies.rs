//! Policies: statements that say who may do what, and where.

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIFECYCLE_STATE, LIMIT, Method, NAME, Operation, PAGE, Param,
    RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec, Target,
};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, LifecycleState, Ocid, PolicyDate, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A policy, attached to a compartment.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// The OCID of the policy.
    pub id: Ocid,
    /// The OCID of the compartment that the policy is attached to.
    pub compartment_id: Ocid,
    /// The policy's name; unique in its compartment, and never changed.
    pub name: String,
    /// The statements, exactly as they were written.
    pub statements: Vec<String>,
    /// What the policy is for.
    pub description: String,
    /// When the policy was created.
    pub time_created: Timestamp,
    /// Where the policy is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the policy is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// The day whose definitions of verbs and resource types count; null follows the present ones.
    pub version_date: Option<PolicyDate>,
    /// Free-form tags of the policy.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the policy.
    #[serde(default)]
    pub defined_tags: DefinedTags,
}

/// What CreatePolicy is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreatePolicyDetails {
    /// The OCID of the compartment to attach the policy to: the tenancy, or one below it.
    pub compartment_id: Ocid,
    /// The policy's name: at most 100 letters, digits, spaces and `. - _`; unique in its
    /// compartment.
    pub name: String,
    /// The statements: an array of 1 to 50.
    pub statements: Vec<String>,
    /// What the policy is for, in at most 400 characters.
    pub description: String,
    /// The day, as YYYY-MM-DD, whose definitions of verbs and resource types shall count; leave it
    /// out to follow the present ones.
    pub version_date: Option<PolicyDate>,
    /// Free-form tags: an object of keys and values.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values.
    pub defined_tags: Option<DefinedTags>,
}

/// What UpdatePolicy is told; what is left out stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdatePolicyDetails {
    /// What the policy is for, in at most 400 characters.
    pub description: Option<String>,
    /// The statements: an array of 1 to 50. It replaces all that the policy has.
    pub statements: Option<Vec<String>>,
    /// The day, as YYYY-MM-DD, whose definitions shall count; an empty text follows the present.
    pub version_date: Option<PolicyDate>,
    /// Free-form tags: an object of keys and values. It replaces all that the policy has.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values. It replaces all.
    pub defined_tags: Option<DefinedTags>,
}

/// `policyId` in a path.
pub const POLICY_ID: Param = Param::path("policyId", Kind::Ocid, "The OCID of the policy.");

/// Creates a policy.
pub static CREATE_POLICY: Operation<CreatePolicyDetails, Policy> = Operation::new(Spec {
    id: "CreatePolicy",
    method: Method::Post,
    path: "/20160918/policies",
    command: "iam policy create",
    needs: &["POLICY_CREATE"],
    target: Target::Body("compartmentId"),
    params: &[RETRY_TOKEN],
    waits_on: Some("GetPolicy"),
    doc: "Creates a policy. Its statements count from the first request that starts after the \
          answer.",
    ..Spec::BLANK
});

/// Reads a policy.
pub static GET_POLICY: Operation<(), Policy> = Operation::new(Spec {
    id: "GetPolicy",
    path: "/20160918/policies/{policyId}",
    command: "iam policy get",
    needs: &["POLICY_READ"],
    target: Target::Path("policyId"),
    params: &[POLICY_ID],
    doc: "Shows a policy with its statements.",
    ..Spec::BLANK
});

/// Lists policies.
pub static LIST_POLICIES: Operation<(), Vec<Policy>> = Operation::new(Spec {
    id: "ListPolicies",
    path: "/20160918/policies",
    command: "iam policy list",
    needs: &["POLICY_READ"],
    target: Target::Query("compartmentId"),
    params: &[COMPARTMENT_ID, PAGE, LIMIT, NAME, SORT_BY, SORT_ORDER, LIFECYCLE_STATE],
    doc: "Lists the policies attached to a compartment; not those of compartments below it.",
    ..Spec::BLANK
});

/// Updates a policy.
pub static UPDATE_POLICY: Operation<UpdatePolicyDetails, Policy> = Operation::new(Spec {
    id: "UpdatePolicy",
    method: Method::Put,
    path: "/20160918/policies/{policyId}",
    command: "iam policy update",
    needs: &["POLICY_UPDATE"],
    target: Target::Path("policyId"),
    params: &[POLICY_ID, IF_MATCH],
    doc: "Changes a policy's statements, description or tags.",
    ..Spec::BLANK
});

/// Deletes a policy.
pub static DELETE_POLICY: Operation<(), ()> = Operation::new(Spec {
    id: "DeletePolicy",
    method: Method::Delete,
    path: "/20160918/policies/{policyId}",
    command: "iam policy delete",
    needs: &["POLICY_DELETE"],
    target: Target::Path("policyId"),
    params: &[POLICY_ID, IF_MATCH],
    waits_on: Some("GetPolicy"),
    doc: "Deletes a policy. What it granted is refused from then on.",
    ..Spec::BLANK
});
