//! The extensions of a user that tell of passwords, locks and credentials.

use super::schema::model;

model! {
    /// The state of a user's password.
    pub(super) PASSWORD_STATE = "ExtensionPasswordStateUser" {
        /// When the password was last set.
        "lastSuccessfulSetDate": String, read_only, request, moment;
        /// Whether the user may not change the password.
        "cantChange": Boolean, read_only, request;
        /// Whether the password never expires.
        "cantExpire": Boolean, read_only, request;
        /// Whether the user must change the password at the next sign-in.
        "mustChange": Boolean, read_only, request;
        /// Whether the password has expired.
        "expired": Boolean, read_only, request;
        /// When the password was last given right.
        "lastSuccessfulValidationDate": String, read_only, request, searchable, moment;
        /// When the password was last given wrong.
        "lastFailedValidationDate": String, read_only, request, searchable, moment;
        /// The password policy that counts for the user.
        "applicablePasswordPolicy": APPLICABLE_POLICY, read_only;
    }

    /// The password policy that counts for a user.
    pub(super) APPLICABLE_POLICY = "UserExtApplicablePasswordPolicy" {
        /// The id of the policy.
        "value": String, required, read_only, always, exact, searchable;
        /// The address of the policy.
        "$ref": String, read_only, reference;
        /// The name of the policy.
        "display": String, read_only;
        /// The priority of the policy: of those that could count, the lowest number does.
        "priority": Integer, read_only;
    }

    /// When a user signed in, and whether the user is locked.
    pub(super) USER_STATE = "ExtensionUserStateUser" {
        /// When the user last signed in.
        "lastSuccessfulLoginDate": String, read_only, request, searchable, moment;
        /// When the user signed in before that.
        "previousSuccessfulLoginDate": String, read_only, request, moment;
        /// When somebody last failed to sign in as the user.
        "lastFailedLoginDate": String, read_only, request, moment;
        /// How many sign-ins have failed since the last that did not.
        "loginAttempts": Integer, read_only, request;
        /// How many attempts to recover the account have failed since the last that did not.
        "recoveryAttempts": Integer, read_only, request;
        /// How many attempts to set up recovery have failed since the last that did not.
        "recoveryEnrollAttempts": Integer, read_only, request;
        /// How many sessions the user may have at the same time: 1 to 999.
        "maxConcurrentSessions": Integer;
        /// Whether recovery of the account is locked.
        "recoveryLocked": RECOVERY_LOCKED;
        /// Whether the user is locked.
        "locked": LOCKED;
    }

    /// Whether recovery of a user's account is locked.
    pub(super) RECOVERY_LOCKED = "UserExtRecoveryLocked" {
        /// Whether it is locked.
        "on": Boolean, searchable;
        /// When it was locked.
        "lockDate": String, moment;
    }

    /// Whether a user is locked, and why.
    pub(super) LOCKED = "UserExtLocked" {
        /// Why: 0 failed passwords, 1 an administrator, 2 failed resets, 3 and 4 failed second
        /// factors, 5 failed sign-ins to databases.
        "reason": Integer;
        /// Whether the user is locked.
        "on": Boolean, searchable;
        /// When the user was locked.
        "lockDate": String, moment;
        /// Whether the lock has ended by itself.
        "expired": Boolean, request;
    }

    /// What kinds of credentials a user may use.
    pub(super) CAPABILITIES = "ExtensionCapabilitiesUser" {
        /// Whether the user may use API keys.
        "canUseApiKeys": Boolean;
        /// Whether the user may use auth tokens.
        "canUseAuthTokens": Boolean;
        /// Whether the user may sign in to the Console with a password.
        "canUseConsolePassword": Boolean;
        /// Whether the user may use customer secret keys.
        "canUseCustomerSecretKeys": Boolean;
        /// Whether the user may use OAuth 2.0 client credentials.
        "canUseOAuth2ClientCredentials": Boolean;
        /// Whether the user may use SMTP credentials.
        "canUseSmtpCredentials": Boolean;
        /// Whether the user may use database passwords.
        "canUseDbCredentials": Boolean;
        /// Whether the user may use the Console at all.
        "canUseConsole": Boolean;
    }

    /// A user's name in databases.
    pub(super) DB_CREDENTIALS = "ExtensionDbCredentialsUser" {
        /// The user's name in databases.
        "dbUserName": String, request, searchable;
        /// How many sign-ins to databases have failed since the last that did not.
        "dbLoginAttempts": Integer, read_only, request;
    }

    /// A user's credentials for programs.
    pub(super) USER_CREDENTIALS = "ExtensionUserCredentialsUser" {
        /// The user's database passwords.
        "dbCredentials": [DB_CREDENTIAL], read_only, request, searchable;
        /// The user's customer secret keys.
        "customerSecretKeys": [CUSTOMER_SECRET_KEY], read_only, request, searchable;
        /// The user's auth tokens.
        "authTokens": [AUTH_TOKEN], read_only, request, searchable;
        /// The user's SMTP credentials.
        "smtpCredentials": [SMTP_CREDENTIAL], read_only, request, searchable;
        /// The user's API keys.
        "apiKeys": [API_KEY], read_only, request, searchable;
        /// The user's OAuth 2.0 client credentials.
        "oAuth2ClientCredentials": [OAUTH2_CLIENT_CREDENTIAL], read_only, request, searchable;
    }

    /// A database password of a user.
    pub(super) DB_CREDENTIAL = "UserExtDbCredentials" {
        /// The id of the password.
        "value": String, read_only, always, exact, searchable;
        /// The address of the password.
        "$ref": String, read_only, reference;
        /// The OCID of the password.
        "ocid": String, read_only, always, exact, searchable;
    }

    /// A customer secret key of a user.
    pub(super) CUSTOMER_SECRET_KEY = "UserExtCustomerSecretKeys" {
        /// The id of the key.
        "value": String, read_only, always, exact, searchable;
        /// The OCID of the key.
        "ocid": String, read_only, always, exact, searchable;
        /// The address of the key.
        "$ref": String, read_only, reference;
    }

    /// An auth token of a user.
    pub(super) AUTH_TOKEN = "UserExtAuthTokens" {
        /// The id of the token.
        "value": String, read_only, always, exact, searchable;
        /// The OCID of the token.
        "ocid": String, read_only, always, exact, searchable;
        /// The address of the token.
        "$ref": String, read_only, reference;
    }

    /// An SMTP credential of a user.
    pub(super) SMTP_CREDENTIAL = "UserExtSmtpCredentials" {
        /// The id of the credential.
        "value": String, read_only, always, exact, searchable;
        /// The OCID of the credential.
        "ocid": String, read_only, always, exact, searchable;
        /// The address of the credential.
        "$ref": String, read_only, reference;
    }

    /// An API key of a user.
    pub(super) API_KEY = "UserExtApiKeys" {
        /// The fingerprint of the key.
        "key": String, read_only, always, exact;
        /// The id of the key.
        "value": String, read_only, always, exact, searchable;
        /// The OCID of the key.
        "ocid": String, read_only, always, exact, searchable;
        /// The address of the key.
        "$ref": String, read_only, reference;
    }

    /// An OAuth 2.0 client credential of a user.
    pub(super) OAUTH2_CLIENT_CREDENTIAL = "UserExtOAuth2ClientCredentials" {
        /// The id of the credential.
        "value": String, read_only, always, exact, searchable;
        /// The OCID of the credential.
        "ocid": String, read_only, always, exact, searchable;
        /// The address of the credential.
        "$ref": String, read_only, reference;
    }

    /// The tags of a resource that policies and cost reports see.
    pub(super) OCI_TAGS = "ExtensionOCITags" {
        /// Free-form tags.
        "freeformTags": [FREEFORM_TAG], searchable;
        /// Defined tags.
        "definedTags": [DEFINED_TAG], searchable;
        /// The tags as the service keeps them.
        "tagSlug": Any, read_only, request, binary;
    }

    /// A free-form tag.
    pub(super) FREEFORM_TAG = "FreeformTags" {
        /// The key of the tag.
        "key": String, required, searchable;
        /// The value of the tag.
        "value": String, required, searchable;
    }

    /// A defined tag.
    pub(super) DEFINED_TAG = "DefinedTags" {
        /// The namespace of the tag.
        "namespace": String, required, searchable;
        /// The key of the tag.
        "key": String, required, searchable;
        /// The value of the tag.
        "value": String, required, searchable;
    }
}
