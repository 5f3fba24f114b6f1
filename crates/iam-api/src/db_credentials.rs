//! Database credentials: passwords that users choose for databases that ask the identity service.

use crate::operation::{
    IF_MATCH, LIMIT, Method, Operation, Own, PAGE, Param, RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec,
    Target,
};
use crate::users::USER_ID;
use crate::wire::{Kind, Wire};
use crate::{Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// Where a database credential is in its life: none of them is ever INACTIVE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
pub enum DbCredentialState {
    /// It is being made.
    #[serde(rename = "CREATING")]
    Creating,
    /// It may be used.
    #[serde(rename = "ACTIVE")]
    Active,
    /// It is being deleted.
    #[serde(rename = "DELETING")]
    Deleting,
    /// It is gone.
    #[serde(rename = "DELETED")]
    Deleted,
}

/// A database credential that was made. Its password is known to who chose it alone.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct DbCredential {
    /// The OCID of the database credential.
    pub id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// When the credential was made.
    pub time_created: Timestamp,
    /// When the credential ends; credentials that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the credential is in its life.
    pub lifecycle_state: DbCredentialState,
    /// More about its state, as a number; there is nothing to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle_details: Option<i64>,
}

/// What is known of a database credential.
#[derive(Clone, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct DbCredentialSummary {
    /// The OCID of the database credential.
    pub id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// What the credential is for.
    pub description: String,
    /// When the credential was made.
    pub time_created: Timestamp,
    /// When the credential ends; credentials that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the credential is in its life: one of the states that its making tells of.
    pub lifecycle_state: String,
}

/// What CreateDbCredential is told.
#[derive(Clone, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDbCredentialDetails {
    /// The password, which follows the rules of Console passwords and has no double quote in it.
    pub password: Secret,
    /// What the credential is for: at most 400 characters.
    pub description: String,
}

/// `dbCredentialId`.
const DB_CREDENTIAL_ID: Param =
    Param::path("dbCredentialId", Kind::Ocid, "The OCID of the database credential.");

/// `name` of the list: what it names is what there is.
const DESCRIPTION: Param =
    Param::query("name", Kind::String, "Only credentials with exactly this description.");

/// `lifecycleState`, as a filter.
const STATE: Param = Param::query(
    "lifecycleState",
    <DbCredentialState as Wire>::KIND,
    "Only credentials in this state; upper and lower case are alike.",
);

/// Gives a user another database credential.
pub static CREATE_DB_CREDENTIAL: Operation<CreateDbCredentialDetails, DbCredential> =
    Operation::new(Spec {
        id: "CreateDbCredential",
        method: Method::Post,
        path: "/20160918/users/{userId}/dbCredentials",
        command: "iam user create-db-credential",
        needs: &["CREDENTIAL_ADD"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID, RETRY_TOKEN],
        body_first: true,
        doc: "Gives a user another database credential, with a password that the caller chooses. \
              A user can have two.",
        ..Spec::BLANK
    });

/// Lists a user's database credentials.
pub static LIST_DB_CREDENTIALS: Operation<(), Vec<DbCredentialSummary>> = Operation::new(Spec {
    id: "ListDbCredentials",
    path: "/20160918/users/{userId}/dbCredentials",
    command: "iam user list-db-credentials",
    needs: &["CREDENTIAL_INSPECT"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, PAGE, LIMIT, DESCRIPTION, SORT_BY, SORT_ORDER, STATE],
    doc: "Lists a user's database credentials, the newest first, without the passwords.",
    ..Spec::BLANK
});

/// Takes a database credential from a user.
pub static DELETE_DB_CREDENTIAL: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteDbCredential",
    method: Method::Delete,
    path: "/20160918/users/{userId}/dbCredentials/{dbCredentialId}",
    command: "iam user delete-db-credential",
    needs: &["CREDENTIAL_REMOVE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, DB_CREDENTIAL_ID, IF_MATCH],
    doc: "Deletes one of a user's database credentials. It is refused from then on.",
    ..Spec::BLANK
});
