//! Refusals and why: an interface of Durward's own, for those who may see policies and the audit
//! trail. OCI tells nobody.

use crate::operation::{LIMIT, Operation, PAGE, Param, Spec, Target};
use crate::wire::Kind;
use crate::{Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A request that policies did not allow, or whose target was not there.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The `opc-request-id` of the answer.
    pub request_id: String,
    /// When it was refused.
    pub time_refused: Timestamp,
    /// The operation.
    pub operation: String,
    /// The OCID of who asked.
    pub caller_id: Ocid,
    /// The name that they have now, if they are still there.
    pub caller_name: Option<String>,
    /// What the request said that it is about.
    pub target: String,
    /// The OCID of the compartment that this is in, where it was found.
    pub compartment_id: Option<Ocid>,
    /// Whether policies refused it; else something was not there.
    pub was_refused: bool,
    /// Whether the request was let through all the same: by `durward serve --enforcement log`.
    pub was_let_through: bool,
}

/// Why a request was refused, as the policies are now.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct RefusalExplanation {
    /// The refusal.
    pub refusal: Refusal,
    /// Whether the same request would be allowed now.
    pub is_allowed_now: bool,
    /// Whether a policy was written or deleted since.
    pub have_policies_changed: bool,
    /// The permissions that nothing grants.
    pub missing: Vec<String>,
    /// The permissions that a statement denies.
    pub denied: Vec<String>,
    /// The statements that came nearest, the nearest first.
    pub near: Vec<NearStatement>,
    /// The least that would allow it: statements for a policy of the tenancy.
    pub proposals: Vec<String>,
    /// All of it for people.
    pub text: String,
}

/// A statement that came near.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct NearStatement {
    /// The OCID of its policy.
    pub policy_id: String,
    /// The name of its policy.
    pub policy_name: String,
    /// Which statement of it, from 1.
    pub number: i64,
    /// The statement.
    pub statement: String,
    /// What it would have given of what is missing.
    pub would_give: Vec<String>,
    /// Why it did not: a reason for each of its clauses that does not hold.
    pub failed: Vec<String>,
}

const REQUEST_ID: Param =
    Param::query("requestId", Kind::String, "The `opc-request-id` of the answer.").required();

/// Lists what was refused.
pub static LIST_REFUSALS: Operation<(), Vec<Refusal>> = Operation::new(Spec {
    id: "ListRefusals",
    path: "/durward/v1/refusals",
    needs: &["AUDIT_EVENT_READ", "POLICY_READ"],
    target: Target::Tenancy,
    params: &[LIMIT, PAGE],
    doc: "Lists the requests of the tenancy that were refused by its policies, or whose target was \
          not there, the newest first.",
    ..Spec::BLANK
});

/// Explains a refusal.
pub static GET_REFUSAL_EXPLANATION: Operation<(), RefusalExplanation> = Operation::new(Spec {
    id: "GetRefusalExplanation",
    path: "/durward/v1/refusals/explanation",
    needs: &["AUDIT_EVENT_READ", "POLICY_READ"],
    target: Target::Tenancy,
    params: &[REQUEST_ID],
    doc: "Says why a request was refused: what it needs, which statements come near, which of their \
          clauses fail, and the least that would allow it. It is explained by the policies as they \
          are now.",
    ..Spec::BLANK
});
