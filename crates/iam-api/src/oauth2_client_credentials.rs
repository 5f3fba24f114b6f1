//! OAuth 2.0 client credentials: a name and password that programs ask for access tokens with.

use crate::operation::{
    IF_MATCH, LIFECYCLE_STATE, LIMIT, Method, Operation, Own, PAGE, Param, RETRY_TOKEN, Spec,
    Target,
};
use crate::users::USER_ID;
use crate::wire::Kind;
use crate::{LifecycleState, Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A scope, and the service that it counts at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FullyQualifiedScope {
    /// The service that it counts at.
    pub audience: String,
    /// What it allows there.
    pub scope: String,
}

/// An OAuth 2.0 client credential, with its password where that is new.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct OAuth2ClientCredential {
    /// What access tokens may be asked for.
    pub scopes: Vec<FullyQualifiedScope>,
    /// The password. Keep it safe: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// When the credential ends; credentials that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Timestamp>,
    /// The OCID of the credential: the name of the client.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// What people call the credential.
    pub name: String,
    /// What the credential is for.
    pub description: String,
    /// Where the credential is in its life.
    pub lifecycle_state: LifecycleState,
    /// When the credential was made.
    pub time_created: Timestamp,
}

/// What is known of an OAuth 2.0 client credential without the password.
#[derive(Clone, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct OAuth2ClientCredentialSummary {
    /// What access tokens may be asked for.
    pub scopes: Vec<FullyQualifiedScope>,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// When the credential ends; credentials that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Timestamp>,
    /// The OCID of the credential: the name of the client.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// What people call the credential.
    pub name: String,
    /// What the credential is for.
    pub description: String,
    /// Where the credential is in its life.
    pub lifecycle_state: LifecycleState,
    /// When the credential was made.
    pub time_created: Timestamp,
}

/// What CreateOAuthClientCredential is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateOAuth2ClientCredentialDetails {
    /// What people shall call the credential: 1 to 100 letters, digits, spaces and - . _
    /// characters.
    pub name: String,
    /// What the credential is for: at most 400 characters.
    pub description: String,
    /// What access tokens may be asked for: 1 to 10 scopes.
    pub scopes: Vec<FullyQualifiedScope>,
}

/// What UpdateOAuthClientCredential is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateOAuth2ClientCredentialDetails {
    /// What the credential is for: at most 400 characters.
    pub description: String,
    /// What access tokens may be asked for from now on: 1 to 10 scopes.
    pub scopes: Vec<FullyQualifiedScope>,
    /// Whether the credential gets a new password, which the answer shows.
    pub is_reset_password: Option<bool>,
}

/// `oauth2ClientCredentialId`.
const OAUTH2_CLIENT_CREDENTIAL_ID: Param = Param::path(
    "oauth2ClientCredentialId",
    Kind::Ocid,
    "The OCID of the OAuth 2.0 client credential.",
);

/// Gives a user another OAuth 2.0 client credential.
pub static CREATE_OAUTH_CLIENT_CREDENTIAL: Operation<
    CreateOAuth2ClientCredentialDetails,
    OAuth2ClientCredential,
> = Operation::new(Spec {
    id: "CreateOAuthClientCredential",
    method: Method::Post,
    path: "/20160918/users/{userId}/oauth2ClientCredentials",
    command: "iam user oauth2-credential create",
    needs: &["USER_UPDATE", "USER_OAUTH2_CLIENT_CRED_CREATE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, RETRY_TOKEN],
    doc: "Gives a user another OAuth 2.0 client credential: the name and password of a program. \
          The answer shows the password this once. A user can have ten; they do not expire.",
    ..Spec::BLANK
});

/// Lists a user's OAuth 2.0 client credentials.
pub static LIST_OAUTH_CLIENT_CREDENTIALS: Operation<(), Vec<OAuth2ClientCredentialSummary>> =
    Operation::new(Spec {
        id: "ListOAuthClientCredentials",
        path: "/20160918/users/{userId}/oauth2ClientCredentials",
        command: "iam user oauth2-credential list",
        needs: &["USER_READ"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID, PAGE, LIMIT, LIFECYCLE_STATE],
        doc: "Lists a user's OAuth 2.0 client credentials, the oldest first, without the \
              passwords.",
        ..Spec::BLANK
    });

/// Changes an OAuth 2.0 client credential.
pub static UPDATE_OAUTH_CLIENT_CREDENTIAL: Operation<
    UpdateOAuth2ClientCredentialDetails,
    OAuth2ClientCredential,
> = Operation::new(Spec {
    id: "UpdateOAuthClientCredential",
    method: Method::Put,
    path: "/20160918/users/{userId}/oauth2ClientCredentials/{oauth2ClientCredentialId}",
    command: "iam user oauth2-credential update",
    needs: &["USER_UPDATE", "USER_OAUTH2_CLIENT_CRED_UPDATE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, OAUTH2_CLIENT_CREDENTIAL_ID, IF_MATCH],
    doc: "Changes description and scopes of an OAuth 2.0 client credential, both at once. With \
          isResetPassword it gets a new password, which the answer shows this once; the old one \
          ends.",
    ..Spec::BLANK
});

/// Takes an OAuth 2.0 client credential from a user.
pub static DELETE_OAUTH_CLIENT_CREDENTIAL: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteOAuthClientCredential",
    method: Method::Delete,
    path: "/20160918/users/{userId}/oauth2ClientCredentials/{oauth2ClientCredentialId}",
    command: "iam user oauth2-credential delete",
    needs: &["USER_UPDATE", "USER_OAUTH2_CLIENT_CRED_REMOVE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, OAUTH2_CLIENT_CREDENTIAL_ID, IF_MATCH],
    doc: "Deletes one of a user's OAuth 2.0 client credentials. It is refused everywhere from then \
          on.",
    ..Spec::BLANK
});
