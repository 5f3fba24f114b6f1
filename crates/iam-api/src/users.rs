//! Users: people and programs that sign in, or sign requests.

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIFECYCLE_STATE, LIMIT, Method, NAME, Operation, Own, PAGE, Param,
    RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec, Target,
};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, LifecycleState, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A user of the tenancy.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The OCID of the user.
    pub id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The name that the user signs in with; unique in the tenancy, and never changed.
    pub name: String,
    /// What the user is for.
    pub description: String,
    /// The user's e-mail address; unique in the tenancy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the address is known to be the user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// The user's name in databases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub db_user_name: Option<String>,
    /// The OCID of the identity provider that the user comes from, if any.
    pub identity_provider_id: Option<Ocid>,
    /// The user's identifier at that provider.
    pub external_identifier: Option<String>,
    /// When the user was created.
    pub time_created: Timestamp,
    /// When the user was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[wire(unlisted)]
    pub time_modified: Option<Timestamp>,
    /// Where the user is in its life. A blocked user is INACTIVE.
    pub lifecycle_state: LifecycleState,
    /// Why the user is INACTIVE, as bits: 4 is blocked after too many failed sign-ins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// Free-form tags of the user.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the user.
    #[serde(default)]
    pub defined_tags: DefinedTags,
    /// What kinds of credentials the user may use.
    pub capabilities: Option<UserCapabilities>,
    /// Whether the user signs in with a second factor.
    pub is_mfa_activated: bool,
    /// When the user last signed in to the Console.
    pub last_successful_login_time: Option<Timestamp>,
    /// When the user signed in before that.
    pub previous_successful_login_time: Option<Timestamp>,
}

/// What kinds of credentials a user may use.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct UserCapabilities {
    /// Whether the user may sign in to the Console with a password.
    pub can_use_console_password: Option<bool>,
    /// Whether the user may use API keys.
    pub can_use_api_keys: Option<bool>,
    /// Whether the user may use auth tokens.
    pub can_use_auth_tokens: Option<bool>,
    /// Whether the user may use SMTP credentials.
    pub can_use_smtp_credentials: Option<bool>,
    /// Whether the user may use database passwords.
    pub can_use_db_credentials: Option<bool>,
    /// Whether the user may use customer secret keys.
    pub can_use_customer_secret_keys: Option<bool>,
    /// Whether the user may use OAuth 2.0 client credentials.
    #[serde(rename = "canUseOAuth2ClientCredentials")]
    pub can_use_oauth2_client_credentials: Option<bool>,
}

/// What CreateUser is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateUserDetails {
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// The name that the user signs in with: letters, digits and `- . _ + @`, at most 100, no
    /// spaces. It must be unique in the tenancy and cannot be changed.
    pub name: String,
    /// What the user is for, in at most 400 characters.
    pub description: String,
    /// The user's e-mail address; no other user of the tenancy may have it.
    pub email: Option<String>,
    /// Free-form tags: an object of keys and values.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values.
    pub defined_tags: Option<DefinedTags>,
}

/// What UpdateUser is told; what is left out stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateUserDetails {
    /// What the user is for, in at most 400 characters.
    pub description: Option<String>,
    /// The user's e-mail address; no other user of the tenancy may have it.
    pub email: Option<String>,
    /// The user's name in databases: at most 128 letters, digits and `- . _ + @`.
    pub db_user_name: Option<String>,
    /// Free-form tags: an object of keys and values. It replaces all that the user has.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values. It replaces all.
    pub defined_tags: Option<DefinedTags>,
}

/// What UpdateUserState is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateStateDetails {
    /// `false` unblocks the user. A user cannot be blocked this way.
    pub blocked: Option<bool>,
}

/// What UpdateUserCapabilities is told; what is left out stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateUserCapabilitiesDetails {
    /// Whether the user may sign in to the Console with a password.
    pub can_use_console_password: Option<bool>,
    /// Whether the user may use API keys.
    pub can_use_api_keys: Option<bool>,
    /// Whether the user may use auth tokens.
    pub can_use_auth_tokens: Option<bool>,
    /// Whether the user may use SMTP credentials.
    pub can_use_smtp_credentials: Option<bool>,
    /// Whether the user may use database passwords.
    #[serde(rename = "canUseDBCredentials")]
    // sic: the user object spells it canUseDbCredentials
    pub can_use_db_credentials: Option<bool>,
    /// Whether the user may use customer secret keys.
    pub can_use_customer_secret_keys: Option<bool>,
    /// Whether the user may use OAuth 2.0 client credentials.
    #[serde(rename = "canUseOAuth2ClientCredentials")]
    pub can_use_oauth2_client_credentials: Option<bool>,
}

/// `userId` in a path.
pub const USER_ID: Param = Param::path("userId", Kind::Ocid, "The OCID of the user.");

/// Creates a user.
pub static CREATE_USER: Operation<CreateUserDetails, User> = Operation::new(Spec {
    id: "CreateUser",
    method: Method::Post,
    path: "/20160918/users",
    command: "iam user create",
    needs: &["USER_CREATE"],
    target: Target::Body("compartmentId"),
    params: &[RETRY_TOKEN],
    waits_on: Some("GetUser"),
    tenancy_by_default: true,
    doc: "Creates a user. A new user has no rights but those over their own credentials: to sign \
          in to the Console they need a password (`iam user ui-password create-or-reset`), to \
          send requests an API key, and to do anything more membership in a group that a policy \
          names.",
    ..Spec::BLANK
});

/// Reads a user.
pub static GET_USER: Operation<(), User> = Operation::new(Spec {
    id: "GetUser",
    path: "/20160918/users/{userId}",
    command: "iam user get",
    needs: &["USER_INSPECT"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID],
    doc: "Shows a user. Users may always look at themselves.",
    ..Spec::BLANK
});

/// Lists users.
pub static LIST_USERS: Operation<(), Vec<User>> = Operation::new(Spec {
    id: "ListUsers",
    path: "/20160918/users",
    command: "iam user list",
    needs: &["USER_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[
        COMPARTMENT_ID,
        PAGE,
        LIMIT,
        Param::query(
            "identityProviderId",
            Kind::Ocid,
            "Only users who come from the identity provider with this OCID.",
        ),
        Param::query(
            "externalIdentifier",
            Kind::String,
            "Only the user whom the identity provider knows by this identifier.",
        ),
        NAME,
        SORT_BY,
        SORT_ORDER,
        LIFECYCLE_STATE,
    ],
    tenancy_by_default: true,
    doc: "Lists the users of the tenancy.",
    ..Spec::BLANK
});

/// Updates a user.
pub static UPDATE_USER: Operation<UpdateUserDetails, User> = Operation::new(Spec {
    id: "UpdateUser",
    method: Method::Put,
    path: "/20160918/users/{userId}",
    command: "iam user update",
    needs: &["USER_UPDATE"],
    target: Target::Path("userId"),
    own: Own::Fields(&["email"]),
    params: &[USER_ID, IF_MATCH],
    waits_on: Some("GetUser"),
    doc: "Changes a user's description, e-mail address, database name or tags. Users may change \
          their own e-mail address without a policy.",
    ..Spec::BLANK
});

/// Unblocks a user.
pub static UPDATE_USER_STATE: Operation<UpdateStateDetails, User> = Operation::new(Spec {
    id: "UpdateUserState",
    method: Method::Put,
    path: "/20160918/users/{userId}/state",
    command: "iam user update-user-state",
    needs: &["USER_UPDATE", "USER_UNBLOCK"],
    target: Target::Path("userId"),
    params: &[USER_ID, IF_MATCH],
    waits_on: Some("GetUser"),
    doc: "Unblocks a user who was blocked after ten failed sign-ins in a row.",
    ..Spec::BLANK
});

/// Changes what kinds of credentials a user may use.
pub static UPDATE_USER_CAPABILITIES: Operation<UpdateUserCapabilitiesDetails, User> =
    Operation::new(Spec {
        id: "UpdateUserCapabilities",
        method: Method::Put,
        path: "/20160918/users/{userId}/capabilities",
        command: "iam user update-user-capabilities",
        needs: &["USER_UPDATE"],
        target: Target::Path("userId"),
        params: &[USER_ID, IF_MATCH],
        waits_on: Some("GetUser"),
        doc: "Changes what kinds of credentials a user may use. What is left out stays as it is.",
        ..Spec::BLANK
    });

/// Deletes a user.
pub static DELETE_USER: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteUser",
    method: Method::Delete,
    path: "/20160918/users/{userId}",
    command: "iam user delete",
    needs: &["USER_DELETE"],
    target: Target::Path("userId"),
    params: &[USER_ID, IF_MATCH],
    waits_on: Some("GetUser"),
    doc: "Deletes a user with all their credentials. The user must not be in any group.",
    ..Spec::BLANK
});
