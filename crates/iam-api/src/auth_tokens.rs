//! Auth tokens: passwords of a user's own for services that take no signatures.

use crate::operation::{IF_MATCH, Method, Operation, Own, Param, RETRY_TOKEN, Spec, Target};
use crate::users::USER_ID;
use crate::wire::Kind;
use crate::{LifecycleState, Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A token that a user shows to services that take no signed requests.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct AuthToken {
    /// The token. Keep it safe: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// The OCID of the auth token.
    pub id: Ocid,
    /// The OCID of the tenancy.
    #[wire(unlisted)]
    pub compartment_id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// What the token is for.
    pub description: String,
    /// When the token was made.
    pub time_created: Timestamp,
    /// When the token ends; tokens that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the token is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the token is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// What CreateAuthToken is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAuthTokenDetails {
    /// What the token is for: at most 400 characters.
    pub description: String,
}

/// What UpdateAuthToken is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAuthTokenDetails {
    /// What the token is for: at most 400 characters.
    pub description: Option<String>,
}

/// `authTokenId`.
const AUTH_TOKEN_ID: Param = Param::path("authTokenId", Kind::Ocid, "The OCID of the auth token.");

/// Gives a user another auth token.
pub static CREATE_AUTH_TOKEN: Operation<CreateAuthTokenDetails, AuthToken> = Operation::new(Spec {
    id: "CreateAuthToken",
    method: Method::Post,
    path: "/20160918/users/{userId}/authTokens",
    command: "iam auth-token create",
    needs: &["USER_UPDATE", "USER_AUTHTOKEN_SET"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, RETRY_TOKEN],
    doc: "Gives a user another auth token, for services that take no signed requests. The answer \
          shows the token this once. A user can have two; they do not expire.",
    body_first: true,
    ..Spec::BLANK
});

/// Lists a user's auth tokens.
pub static LIST_AUTH_TOKENS: Operation<(), Vec<AuthToken>> = Operation::new(Spec {
    id: "ListAuthTokens",
    path: "/20160918/users/{userId}/authTokens",
    command: "iam auth-token list",
    needs: &["USER_READ"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID],
    doc: "Lists a user's auth tokens, without the tokens themselves.",
    ..Spec::BLANK
});

/// Changes what is told of an auth token.
pub static UPDATE_AUTH_TOKEN: Operation<UpdateAuthTokenDetails, AuthToken> = Operation::new(Spec {
    id: "UpdateAuthToken",
    method: Method::Put,
    path: "/20160918/users/{userId}/authTokens/{authTokenId}",
    command: "iam auth-token update",
    needs: &["USER_UPDATE", "USER_AUTHTOKEN_RESET"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, AUTH_TOKEN_ID, IF_MATCH],
    doc: "Changes the description of an auth token. The token stays the same and is not shown.",
    ..Spec::BLANK
});

/// Takes an auth token from a user.
pub static DELETE_AUTH_TOKEN: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteAuthToken",
    method: Method::Delete,
    path: "/20160918/users/{userId}/authTokens/{authTokenId}",
    command: "iam auth-token delete",
    needs: &["USER_UPDATE", "USER_AUTHTOKEN_REMOVE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, AUTH_TOKEN_ID, IF_MATCH],
    doc: "Deletes one of a user's auth tokens. It is refused everywhere from then on.",
    ..Spec::BLANK
});
