//! Customer secret keys: what requests to S3-compatible services are signed with.

use crate::operation::{IF_MATCH, Method, Operation, Own, Param, RETRY_TOKEN, Spec, Target};
use crate::users::USER_ID;
use crate::wire::Kind;
use crate::{LifecycleState, Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A new pair of access key and secret key. The secret key is in this answer, and nowhere else.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct CustomerSecretKey {
    /// The secret key. Keep it safe: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Secret>,
    /// The access key.
    pub id: String,
    /// The access key once more.
    #[wire(unlisted)]
    pub name: String,
    /// The OCID of the tenancy.
    #[wire(unlisted)]
    pub compartment_id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// What people call the key.
    pub display_name: String,
    /// When the key was made.
    pub time_created: Timestamp,
    /// When the key ends; keys that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the key is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the key is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// What is known of a customer secret key without the secret.
#[derive(Clone, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct CustomerSecretKeySummary {
    /// The access key.
    pub id: String,
    /// The access key once more.
    #[wire(unlisted)]
    pub name: String,
    /// The OCID of the tenancy.
    #[wire(unlisted)]
    pub compartment_id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// What people call the key.
    pub display_name: String,
    /// When the key was made.
    pub time_created: Timestamp,
    /// When the key ends; keys that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the key is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the key is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// What CreateCustomerSecretKey is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateCustomerSecretKeyDetails {
    /// What people shall call the key: at most 400 characters.
    pub display_name: String,
}

/// What UpdateCustomerSecretKey is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateCustomerSecretKeyDetails {
    /// What people shall call the key: at most 400 characters.
    pub display_name: Option<String>,
}

/// `customerSecretKeyId`.
const CUSTOMER_SECRET_KEY_ID: Param =
    Param::path("customerSecretKeyId", Kind::String, "The access key of the customer secret key.");

/// Gives a user another customer secret key.
pub static CREATE_CUSTOMER_SECRET_KEY: Operation<
    CreateCustomerSecretKeyDetails,
    CustomerSecretKey,
> = Operation::new(Spec {
    id: "CreateCustomerSecretKey",
    method: Method::Post,
    path: "/20160918/users/{userId}/customerSecretKeys",
    command: "iam customer-secret-key create",
    needs: &["USER_UPDATE", "USER_SECRETKEY_ADD"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, RETRY_TOKEN],
    doc: "Gives a user another pair of access key and secret key, for services that take requests \
          signed as Amazon S3 does. The answer shows the secret key this once. A user can have \
          two; they do not expire.",
    body_first: true,
    ..Spec::BLANK
});

/// Lists a user's customer secret keys.
pub static LIST_CUSTOMER_SECRET_KEYS: Operation<(), Vec<CustomerSecretKeySummary>> =
    Operation::new(Spec {
        id: "ListCustomerSecretKeys",
        path: "/20160918/users/{userId}/customerSecretKeys",
        command: "iam customer-secret-key list",
        needs: &["USER_READ"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID],
        doc: "Lists a user's customer secret keys, without the secret keys themselves.",
        ..Spec::BLANK
    });

/// Changes what is told of a customer secret key.
pub static UPDATE_CUSTOMER_SECRET_KEY: Operation<
    UpdateCustomerSecretKeyDetails,
    CustomerSecretKeySummary,
> = Operation::new(Spec {
    id: "UpdateCustomerSecretKey",
    method: Method::Put,
    path: "/20160918/users/{userId}/customerSecretKeys/{customerSecretKeyId}",
    command: "iam customer-secret-key update",
    needs: &["USER_UPDATE", "USER_SECRETKEY_UPDATE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, CUSTOMER_SECRET_KEY_ID, IF_MATCH],
    doc: "Changes the display name of a customer secret key. The key stays the same.",
    ..Spec::BLANK
});

/// Takes a customer secret key from a user.
pub static DELETE_CUSTOMER_SECRET_KEY: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteCustomerSecretKey",
    method: Method::Delete,
    path: "/20160918/users/{userId}/customerSecretKeys/{customerSecretKeyId}",
    command: "iam customer-secret-key delete",
    needs: &["USER_UPDATE", "USER_SECRETKEY_REMOVE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, CUSTOMER_SECRET_KEY_ID, IF_MATCH],
    doc: "Deletes one of a user's customer secret keys. What it signs is refused from then on.",
    ..Spec::BLANK
});
