//! Swift passwords: passwords of a user's own for OpenStack's Swift.

use crate::operation::{IF_MATCH, Method, Operation, Own, Param, RETRY_TOKEN, Spec, Target};
use crate::users::USER_ID;
use crate::wire::Kind;
use crate::{LifecycleState, Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A password that a user shows to services that speak OpenStack's Swift.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct SwiftPassword {
    /// The password. Keep it safe: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The OCID of the Swift password.
    pub id: Ocid,
    /// The OCID of the tenancy.
    #[wire(unlisted)]
    pub compartment_id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// What the password is for.
    pub description: String,
    /// When the password was made.
    pub time_created: Timestamp,
    /// When the password ends; passwords that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Timestamp>,
    /// Where the password is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the password is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// What CreateSwiftPassword is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSwiftPasswordDetails {
    /// What the password is for: at most 400 characters.
    pub description: String,
}

/// What UpdateSwiftPassword is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSwiftPasswordDetails {
    /// What the password is for: at most 400 characters.
    pub description: Option<String>,
}

/// `swiftPasswordId`.
const SWIFT_PASSWORD_ID: Param =
    Param::path("swiftPasswordId", Kind::Ocid, "The OCID of the Swift password.");

/// Gives a user another Swift password.
pub static CREATE_SWIFT_PASSWORD: Operation<CreateSwiftPasswordDetails, SwiftPassword> =
    Operation::new(Spec {
        id: "CreateSwiftPassword",
        method: Method::Post,
        path: "/20160918/users/{userId}/swiftPasswords",
        command: "iam user swift-password create",
        needs: &["USER_UPDATE", "USER_SWIFTPASS_SET"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID, RETRY_TOKEN],
        doc: "Gives a user another password for services that speak OpenStack's Swift; auth tokens \
              have taken their place. The answer shows it this once. A user can have two; they do \
              not expire.",
        body_first: true,
        ..Spec::BLANK
    });

/// Lists a user's Swift passwords.
pub static LIST_SWIFT_PASSWORDS: Operation<(), Vec<SwiftPassword>> = Operation::new(Spec {
    id: "ListSwiftPasswords",
    path: "/20160918/users/{userId}/swiftPasswords",
    command: "iam user swift-password list",
    needs: &["USER_READ"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID],
    doc: "Lists a user's Swift passwords, without the passwords themselves.",
    ..Spec::BLANK
});

/// Changes what is told of a Swift password.
pub static UPDATE_SWIFT_PASSWORD: Operation<UpdateSwiftPasswordDetails, SwiftPassword> =
    Operation::new(Spec {
        id: "UpdateSwiftPassword",
        method: Method::Put,
        path: "/20160918/users/{userId}/swiftPasswords/{swiftPasswordId}",
        command: "iam user swift-password update",
        needs: &["USER_UPDATE", "USER_SWIFTPASS_RESET"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID, SWIFT_PASSWORD_ID, IF_MATCH],
        doc: "Changes the description of a Swift password. The password stays the same and is not \
              shown.",
        ..Spec::BLANK
    });

/// Takes a Swift password from a user.
pub static DELETE_SWIFT_PASSWORD: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteSwiftPassword",
    method: Method::Delete,
    path: "/20160918/users/{userId}/swiftPasswords/{swiftPasswordId}",
    command: "iam user swift-password delete",
    needs: &["USER_UPDATE", "USER_SWIFTPASS_REMOVE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, SWIFT_PASSWORD_ID, IF_MATCH],
    doc: "Deletes one of a user's Swift passwords. It is refused everywhere from then on.",
    ..Spec::BLANK
});
