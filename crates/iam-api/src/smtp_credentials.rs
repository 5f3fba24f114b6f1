//! SMTP credentials: the user name and password that a mail server is shown.

use crate::operation::{IF_MATCH, Method, Operation, Own, Param, RETRY_TOKEN, Spec, Target};
use crate::users::USER_ID;
use crate::wire::Kind;
use crate::{LifecycleState, Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A new user name and password for a mail server. The password is in this answer, and nowhere
/// else.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct SmtpCredential {
    /// The name to sign in to the mail server with.
    pub username: String,
    /// The password. Keep it safe: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The OCID of the SMTP credential.
    pub id: Ocid,
    /// The OCID of the tenancy.
    #[wire(unlisted)]
    pub compartment_id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// What the credential is for.
    pub description: String,
    /// When the credential was made.
    pub time_created: Timestamp,
    /// When the credential ends; credentials that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the credential is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the credential is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// What is known of an SMTP credential without the password.
#[derive(Clone, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct SmtpCredentialSummary {
    /// The name to sign in to the mail server with.
    pub username: String,
    /// The OCID of the SMTP credential.
    pub id: Ocid,
    /// The OCID of the tenancy.
    #[wire(unlisted)]
    pub compartment_id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// What the credential is for.
    pub description: String,
    /// When the credential was made.
    pub time_created: Timestamp,
    /// When the credential ends; credentials that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the credential is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the credential is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// What CreateSmtpCredential is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSmtpCredentialDetails {
    /// What the credential is for: at most 400 characters.
    pub description: String,
}

/// What UpdateSmtpCredential is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSmtpCredentialDetails {
    /// What the credential is for: at most 400 characters.
    pub description: Option<String>,
}

/// `smtpCredentialId`.
const SMTP_CREDENTIAL_ID: Param =
    Param::path("smtpCredentialId", Kind::Ocid, "The OCID of the SMTP credential.");

/// Gives a user another SMTP credential.
pub static CREATE_SMTP_CREDENTIAL: Operation<CreateSmtpCredentialDetails, SmtpCredential> =
    Operation::new(Spec {
        id: "CreateSmtpCredential",
        method: Method::Post,
        path: "/20160918/users/{userId}/smtpCredentials",
        command: "iam smtp-credential create",
        needs: &["CREDENTIAL_ADD"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID, RETRY_TOKEN],
        doc: "Gives a user another user name and password for sending mail. The answer shows the \
              password this once. A user can have two; they do not expire.",
        body_first: true,
        ..Spec::BLANK
    });

/// Lists a user's SMTP credentials.
pub static LIST_SMTP_CREDENTIALS: Operation<(), Vec<SmtpCredentialSummary>> =
    Operation::new(Spec {
        id: "ListSmtpCredentials",
        path: "/20160918/users/{userId}/smtpCredentials",
        command: "iam smtp-credential list",
        needs: &["CREDENTIAL_INSPECT"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID],
        doc: "Lists a user's SMTP credentials, without the passwords.",
        ..Spec::BLANK
    });

/// Changes what is told of an SMTP credential.
pub static UPDATE_SMTP_CREDENTIAL: Operation<UpdateSmtpCredentialDetails, SmtpCredentialSummary> =
    Operation::new(Spec {
        id: "UpdateSmtpCredential",
        method: Method::Put,
        path: "/20160918/users/{userId}/smtpCredentials/{smtpCredentialId}",
        command: "iam smtp-credential update",
        needs: &["CREDENTIAL_UPDATE"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID, SMTP_CREDENTIAL_ID, IF_MATCH],
        doc: "Changes the description of an SMTP credential. Name and password stay the same.",
        ..Spec::BLANK
    });

/// Takes an SMTP credential from a user.
pub static DELETE_SMTP_CREDENTIAL: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteSmtpCredential",
    method: Method::Delete,
    path: "/20160918/users/{userId}/smtpCredentials/{smtpCredentialId}",
    command: "iam smtp-credential delete",
    needs: &["CREDENTIAL_REMOVE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, SMTP_CREDENTIAL_ID, IF_MATCH],
    doc: "Deletes one of a user's SMTP credentials. It is refused everywhere from then on.",
    ..Spec::BLANK
});
