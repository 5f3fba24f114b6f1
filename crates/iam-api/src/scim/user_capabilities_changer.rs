//! The change of what kinds of credentials a user may use. Nothing is kept under this path.

use super::common::SELF_CHANGE;
use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The change of what kinds of credentials a user may use.
    pub USER_CAPABILITIES_CHANGERS of UserCapabilitiesChanger = USER_CAPABILITIES_CHANGER {
        one: "UserCapabilitiesChanger", "user-capabilities-changer";
        path: "UserCapabilitiesChanger";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:UserCapabilitiesChanger";
        id: "userCapabilitiesChangerId", "The id of the user: its SCIM id, or its OCID.";
        each: Target::User("userCapabilitiesChangerId");
    }
    put PUT_USER_CAPABILITIES_CHANGER (bare) needs ["USER_UPDATE"]:
        "Changes what kinds of credentials a user may use. What is left out stays as it is.";
}

model! {
    /// The change of what kinds of credentials a user may use.
    pub USER_CAPABILITIES_CHANGER = "UserCapabilitiesChanger": resource {
        /// Whether the user may use API keys.
        "canUseApiKeys": Boolean, searchable;
        /// Whether the user may use auth tokens.
        "canUseAuthTokens": Boolean, searchable;
        /// Whether the user may sign in to the Console with a password.
        "canUseConsolePassword": Boolean, searchable;
        /// Whether the user may use customer secret keys.
        "canUseCustomerSecretKeys": Boolean, searchable;
        /// Whether the user may use OAuth 2.0 client credentials.
        "canUseOAuth2ClientCredentials": Boolean, searchable;
        /// Whether the user may use SMTP credentials.
        "canUseSmtpCredentials": Boolean, searchable;
        /// Whether the user may use database passwords.
        "canUseDbCredentials": Boolean, searchable;
        /// Whether the user may use the Console at all.
        "canUseConsole": Boolean, searchable;
        /// Whether the change is meant for oneself.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User": SELF_CHANGE;
    }
}
