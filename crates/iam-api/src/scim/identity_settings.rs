//! Identity settings: how the domain treats its users and the links that it mails to them. There is
//! one.

use super::resource::resource;
use super::schema::model;

resource! {
    /// The identity settings of the domain.
    pub IDENTITY_SETTINGS of IdentitySetting = IDENTITY_SETTING {
        one: "IdentitySetting", "identity-setting";
        path: "IdentitySettings", "identity-settings";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:IdentitySettings";
        id: "identitySettingId", "The id of the settings: `IdentitySettings`.";
    }
    list LIST_IDENTITY_SETTINGS (whole) needs ["DOMAIN_READ"]:
        "Lists the identity settings of the domain, which are one.";
    get GET_IDENTITY_SETTING needs ["DOMAIN_READ"]:
        "Shows how the domain treats its users, and how long mailed links stay valid.";
    put PUT_IDENTITY_SETTING needs ["DOMAIN_UPDATE"]:
        "Replaces how the domain treats its users. What is left out is as it was at first.";
    patch PATCH_IDENTITY_SETTING needs ["DOMAIN_UPDATE"]:
        "Changes parts of how the domain treats its users, such as how long links stay valid.";
    search SEARCH_IDENTITY_SETTINGS (whole) needs ["DOMAIN_READ"]:
        "Lists the identity settings of the domain, which are one.";
}

model! {
    /// How the domain treats its users and the links that it mails to them.
    pub IDENTITY_SETTING = "IdentitySetting": resource {
        /// The identifier under which the client that made the resource knows it.
        "externalId": String;
        /// Whether users may change their recovery address.
        "userAllowedToSetRecoveryEmail": Boolean;
        /// Whether a locked user who signs in is told so; if not, the answer is that of a wrong
        /// password.
        "emitLockedMessageWhenUserIsLocked": Boolean;
        /// Whether every user must have a primary e-mail address.
        "primaryEmailRequired": Boolean;
        /// Whether a new user's addresses that are none are left out, instead of refused.
        "removeInvalidEmails": Boolean, read_only;
        /// Whether a user who is inactive and locked is told of the first.
        "returnInactiveOverLockedMessage": Boolean;
        /// What users may do to themselves.
        "myProfile": MY_PROFILE;
        /// The numbers of Unix users that are given by hand.
        "POSIXUid": POSIX_UIDS;
        /// The numbers of Unix groups that are given by hand.
        "POSIXGid": POSIX_GIDS;
        /// How long mailed links stay valid, by what they are for.
        "tokens": [TOKEN_LIFETIME];
    }

    /// What users may do to themselves.
    MY_PROFILE = "IdentitySettingsMyProfile" {
        /// Whether users may change their password.
        "allowEndUsersToChangeTheirPassword": Boolean;
        /// Whether users may link an account for support.
        "allowEndUsersToLinkTheirSupportAccount": Boolean;
        /// Whether users may change their security settings.
        "allowEndUsersToUpdateTheirSecuritySettings": Boolean;
        /// Whether users may change what credentials they may use.
        "allowEndUsersToManageTheirCapabilities": Boolean;
    }

    /// The numbers of Unix users that are given by hand.
    POSIX_UIDS = "IdentitySettingsPOSIXUid" {
        /// The lowest of them.
        "manualAssignmentStartsFrom": Integer;
        /// The highest of them.
        "manualAssignmentEndsAt": Integer;
    }

    /// The numbers of Unix groups that are given by hand.
    POSIX_GIDS = "IdentitySettingsPOSIXGid" {
        /// The lowest of them.
        "manualAssignmentStartsFrom": Integer;
        /// The highest of them.
        "manualAssignmentEndsAt": Integer;
    }

    /// How long mailed links of one kind stay valid.
    TOKEN_LIFETIME = "IdentitySettingsTokens" {
        /// For how many minutes: 1 to 43200.
        "expiresAfter": Integer;
        /// What the links are for.
        "type": {"emailVerification", "passwordReset", "createUser"}, required, exact;
    }
}
