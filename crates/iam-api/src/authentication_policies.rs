//! The authentication policy: what a Console password must be like.

use crate::Ocid;
use crate::compartments::COMPARTMENT_IN_PATH;
use crate::operation::{IF_MATCH, Method, Operation, Spec, Target};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// What the tenancy asks of Console passwords and of where people sign in from.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationPolicy {
    /// The rules for Console passwords.
    pub password_policy: Option<PasswordPolicy>,
    /// The OCID of the tenancy.
    pub compartment_id: Option<Ocid>,
    /// Where people may sign in from.
    pub network_policy: Option<NetworkPolicy>,
}

/// The rules for Console passwords; they count when a password is chosen.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordPolicy {
    /// The fewest characters: 8 to 100.
    pub minimum_password_length: Option<i64>,
    /// Whether one of A to Z must be in it.
    pub is_uppercase_characters_required: Option<bool>,
    /// Whether one of a to z must be in it.
    pub is_lowercase_characters_required: Option<bool>,
    /// Whether a digit must be in it.
    pub is_numeric_characters_required: Option<bool>,
    /// Whether a special character must be in it.
    pub is_special_characters_required: Option<bool>,
    /// Whether the user's name may be in it.
    pub is_username_containment_allowed: Option<bool>,
}

/// Where people may sign in from.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkPolicy {
    /// The OCIDs of network sources, at most one; none allows every address.
    pub network_source_ids: Option<Vec<String>>,
}

/// What UpdateAuthenticationPolicy is told; what is left out stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAuthenticationPolicyDetails {
    /// The rules for Console passwords: an object; rules that it leaves out stay as they are.
    pub password_policy: Option<PasswordPolicy>,
    /// Where people may sign in from: an object.
    pub network_policy: Option<NetworkPolicy>,
}

/// Reads the authentication policy.
pub static GET_AUTHENTICATION_POLICY: Operation<(), AuthenticationPolicy> = Operation::new(Spec {
    id: "GetAuthenticationPolicy",
    path: "/20160918/authenticationPolicies/{compartmentId}",
    command: "iam authentication-policy get",
    needs: &["AUTHENTICATION_POLICY_INSPECT"],
    target: Target::Path("compartmentId"),
    params: &[COMPARTMENT_IN_PATH],
    doc: "Shows the tenancy's rules for Console passwords.",
    ..Spec::BLANK
});

/// Updates the authentication policy.
pub static UPDATE_AUTHENTICATION_POLICY: Operation<
    UpdateAuthenticationPolicyDetails,
    AuthenticationPolicy,
> = Operation::new(Spec {
    id: "UpdateAuthenticationPolicy",
    method: Method::Put,
    path: "/20160918/authenticationPolicies/{compartmentId}",
    command: "iam authentication-policy update",
    needs: &["AUTHENTICATION_POLICY_UPDATE"],
    target: Target::Path("compartmentId"),
    params: &[COMPARTMENT_IN_PATH, IF_MATCH],
    doc: "Changes the tenancy's rules for Console passwords. Passwords that people already have \
          stay valid; the rules count when the next one is chosen.",
    ..Spec::BLANK
});
