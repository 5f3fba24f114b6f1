//! API keys: the public halves of the keys that users sign requests with.

use crate::operation::{IF_MATCH, Method, Operation, Own, Param, RETRY_TOKEN, Spec, Target};
use crate::users::USER_ID;
use crate::wire::Kind;
use crate::{LifecycleState, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A public key that a user's signed requests are checked against.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// The key's name in signatures: tenancy, user and fingerprint, joined by `/`.
    pub key_id: String,
    /// The public key in PEM.
    pub key_value: String,
    /// The key's fingerprint: 16 pairs of hexadecimal digits with colons.
    pub fingerprint: String,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// When the key was uploaded.
    pub time_created: Timestamp,
    /// Where the key is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the key is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// What UploadApiKey is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApiKeyDetails {
    /// The public key in PEM: RSA, 2048 bits or more.
    pub key: String,
}

/// Gives a user another API key.
pub static UPLOAD_API_KEY: Operation<CreateApiKeyDetails, ApiKey> = Operation::new(Spec {
    id: "UploadApiKey",
    method: Method::Post,
    path: "/20160918/users/{userId}/apiKeys",
    command: "iam user api-key upload",
    needs: &["USER_UPDATE", "USER_APIKEY_ADD"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, RETRY_TOKEN],
    doc: "Uploads the public half of an API key for a user: RSA in PEM, 2048 bits or more. A \
          user can have three.",
    ..Spec::BLANK
});

/// Lists a user's API keys.
pub static LIST_API_KEYS: Operation<(), Vec<ApiKey>> = Operation::new(Spec {
    id: "ListApiKeys",
    path: "/20160918/users/{userId}/apiKeys",
    command: "iam user api-key list",
    needs: &["USER_READ"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID],
    doc: "Lists a user's API keys.",
    ..Spec::BLANK
});

/// Takes an API key from a user.
pub static DELETE_API_KEY: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteApiKey",
    method: Method::Delete,
    path: "/20160918/users/{userId}/apiKeys/{fingerprint}",
    command: "iam user api-key delete",
    needs: &["USER_UPDATE", "USER_APIKEY_REMOVE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[
        USER_ID,
        Param::path("fingerprint", Kind::String, "The fingerprint of the key to delete."),
        IF_MATCH,
    ],
    doc: "Deletes one of a user's API keys. Requests signed with it are refused from then on.",
    ..Spec::BLANK
});
