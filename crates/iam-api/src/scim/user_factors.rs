//! The extensions of a user that tell of further factors, and of accounts elsewhere.

use super::schema::model;

model! {
    /// A user's account on Unix hosts.
    pub(super) POSIX = "ExtensionPosixUser" {
        /// The number of the user.
        "uidNumber": Integer, request, server, searchable;
        /// The number of the user's primary group.
        "gidNumber": Integer, request, searchable;
        /// The user's name as hosts show it.
        "gecos": String, request;
        /// The path of the home directory.
        "homeDirectory": String, request, exact;
        /// The path of the shell.
        "loginShell": String, request, exact;
    }

    /// A user's Kerberos principals.
    pub(super) KERBEROS_USER = "ExtensionKerberosUserUser" {
        /// The principals, one for each realm.
        "realmUsers": [REALM_USER], request;
    }

    /// A Kerberos principal of a user.
    pub(super) REALM_USER = "UserExtRealmUsers" {
        /// The id of the principal.
        "value": String, required, exact, searchable;
        /// The address of the principal.
        "$ref": String, read_only, reference;
        /// The name of the principal.
        "principalName": String, read_only, searchable;
        /// The name of the realm.
        "realmName": String, read_only, searchable;
    }

    /// A user's further factors of authentication.
    pub(super) MFA = "ExtensionMfaUser" {
        /// The factor that the user is asked for first.
        "preferredAuthenticationFactor": {
            "EMAIL", "SMS", "TOTP", "PUSH", "OFFLINETOTP", "USERNAME_PASSWORD",
            "SECURITY_QUESTIONS", "VOICE", "PHONE_CALL", "THIRDPARTY", "FIDO_AUTHENTICATOR",
            "YUBICO_OTP"
        }, exact, searchable;
        /// Whether the user has set up a factor.
        "mfaStatus": {
            "ENROLLED", "IGNORED", "UN_ENROLLED", "DISABLED"
        }, read_only, exact, searchable;
        /// Who provides the factor that the user is asked for first.
        "preferredThirdPartyVendor": String, exact, searchable;
        /// The method of the factor that the user is asked for first.
        "preferredAuthenticationMethod": String, exact;
        /// How many attempts with a factor have failed since the last that did not.
        "loginAttempts": Integer, read_only;
        /// When the user set up the first factor.
        "mfaEnabledOn": String, request, moment;
        /// The apps for which the user declined to set up a factor.
        "mfaIgnoredApps": [String], exact, searchable;
        /// The device that the user is asked for first.
        "preferredDevice": PREFERRED_DEVICE;
        /// The user's devices.
        "devices": [DEVICE], read_only, request;
        /// The codes that stand in for a device.
        "bypassCodes": [BYPASS_CODE], read_only, request;
        /// The browsers in which the user is not asked again.
        "trustedUserAgents": [TRUSTED_USER_AGENT], request;
    }

    /// The device that a user is asked for first.
    pub(super) PREFERRED_DEVICE = "UserExtPreferredDevice" {
        /// The id of the device.
        "value": String, required, exact, searchable;
        /// The address of the device.
        "$ref": String, read_only, reference;
        /// The name of the device.
        "display": String, read_only;
    }

    /// A device of a user that is a factor.
    pub(super) DEVICE = "UserExtDevices" {
        /// The id of the device.
        "value": String, required, read_only, always, exact, searchable;
        /// The address of the device.
        "$ref": String, read_only, reference;
        /// The name of the device.
        "display": String, read_only;
        /// Whether the device is set up.
        "status": String, read_only;
        /// When the device last synchronized.
        "lastSyncTime": String, read_only, moment;
        /// What kind of factor the device is.
        "factorType": String, read_only;
        /// Whether the factor is set up.
        "factorStatus": String, read_only;
        /// The method of the factor.
        "authenticationMethod": String, read_only;
        /// Who provides the factor.
        "thirdPartyVendorName": String, read_only;
    }

    /// A code that stands in for a device.
    pub(super) BYPASS_CODE = "UserExtBypassCodes" {
        /// The id of the code.
        "value": String, required, read_only, always, exact, searchable;
        /// The address of the code.
        "$ref": String, read_only, reference;
    }

    /// A browser in which a user is not asked again.
    pub(super) TRUSTED_USER_AGENT = "UserExtTrustedUserAgents" {
        /// The id of the browser.
        "value": String, required, always, exact, searchable;
        /// The address of the browser.
        "$ref": String, read_only, reference;
        /// The name of the browser.
        "display": String, read_only;
    }

    /// How risky a user's behaviour is.
    pub(super) ADAPTIVE = "ExtensionAdaptiveUser" {
        /// The level of risk.
        "riskLevel": {"LOW", "MEDIUM", "HIGH"}, request, searchable;
        /// The scores that the level is made of.
        "riskScores": [RISK_SCORE], request;
    }

    /// A score of a user's risk.
    pub(super) RISK_SCORE = "UserExtRiskScores" {
        /// The id of who scored it.
        "value": String, required, always, exact, searchable;
        /// The address of the scoring provider.
        "$ref": String, read_only, always, exact, reference;
        /// Where the score comes from.
        "source": String, read_only, always, searchable;
        /// Whether the score counts.
        "status": String, read_only, always, searchable;
        /// The score.
        "score": Integer, required, always, searchable;
        /// The level of risk that the score means.
        "riskLevel": {"LOW", "MEDIUM", "HIGH"}, required, always, searchable;
        /// When it was scored.
        "lastUpdateTimestamp": String, required, always, moment;
    }

    /// A user's keys for sign-in without a password.
    pub(super) SFF = "ExtensionSffUser" {
        /// The keys.
        "sffAuthKeys": Secret, request;
    }

    /// A user's security questions.
    pub(super) SECURITY_QUESTIONS = "ExtensionSecurityQuestionsUser" {
        /// The questions that the user has answered.
        "secQuestions": [SECURITY_QUESTION], request;
    }

    /// A security question that a user has answered.
    pub(super) SECURITY_QUESTION = "UserExtSecQuestions" {
        /// The id of the question.
        "value": String, required, always, exact, searchable;
        /// The address of the question.
        "$ref": String, read_only, reference;
        /// The answer.
        "answer": Secret, required, write_only, never;
        /// A hint at the answer.
        "hintText": String;
    }

    /// How a user registered.
    pub(super) SELF_REGISTRATION = "ExtensionSelfRegistrationUser" {
        /// Whether the user agreed to what was asked.
        "consentGranted": Boolean, immutable, searchable;
        /// The token of the mail that confirms the registration.
        "userToken": Secret, read_only;
        /// The profile with which the user registered.
        "selfRegistrationProfile": SELF_REGISTRATION_PROFILE, required;
    }

    /// The profile with which a user registered.
    pub(super) SELF_REGISTRATION_PROFILE = "UserExtSelfRegistrationProfile" {
        /// The id of the profile.
        "value": String, required, immutable, always, exact, searchable;
        /// The address of the profile.
        "$ref": String, read_only, reference;
        /// The name of the profile.
        "display": String, read_only, request;
    }

    /// A user's accounts at social networks.
    pub(super) SOCIAL_ACCOUNTS = "ExtensionSocialAccountUser" {
        /// The accounts.
        "socialAccounts": [SOCIAL_ACCOUNT], read_only, request, searchable;
    }

    /// An account of a user at a social network.
    pub(super) SOCIAL_ACCOUNT = "UserExtSocialAccounts" {
        /// The id of the account.
        "value": String, required;
        /// The name of the network.
        "display": String, read_only;
        /// The address of the account.
        "$ref": String, read_only, reference;
    }

    /// A user's account in databases.
    pub(super) DB_USER = "ExtensionDbUserUser" {
        /// Whether the user may sign in to databases.
        "isDbUser": Boolean, read_only, request, searchable;
        /// What databases check the user's password with.
        "passwordVerifiers": [PASSWORD_VERIFIER], read_only, request, searchable;
        /// The schema that the user has in the databases of the domain.
        "domainLevelSchema": String, read_only, request;
        /// The schema that the user has in one database.
        "instanceLevelSchema": String, read_only, request;
        /// The user's global roles in databases.
        "dbGlobalRoles": [String], read_only, request;
    }

    /// What databases check a user's password with.
    pub(super) PASSWORD_VERIFIER = "UserExtPasswordVerifiers" {
        /// The kind of verifier.
        "type": String, required, read_only, searchable;
        /// The verifier.
        "value": Secret, required, read_only, exact;
    }

    /// The terms of use that a user agreed to.
    pub(super) TERMS_OF_USE = "ExtensionTermsOfUseUser" {
        /// Where the user agreed.
        "termsOfUseConsents": [TERMS_OF_USE_CONSENT], request, searchable;
    }

    /// That a user agreed to terms of use.
    pub(super) TERMS_OF_USE_CONSENT = "UserExtTermsOfUseConsents" {
        /// The id of the consent.
        "value": String, required;
        /// The address of the consent.
        "$ref": String, read_only, reference;
    }

    /// The factor with which a user signs in without a password.
    pub(super) PASSWORDLESS = "ExtensionPasswordlessUser" {
        /// What kind of factor it is.
        "factorType": {
            "EMAIL", "SMS", "PHONE_CALL", "TOTP", "PUSH", "OFFLINETOTP", "SECURITY_QUESTIONS",
            "VOICE", "USERNAME_PASSWORD", "THIRDPARTY", "FIDO_AUTHENTICATOR"
        }, exact;
        /// The method of the factor.
        "factorMethod": String;
        /// Which factor it is.
        "factorIdentifier": FACTOR_IDENTIFIER;
    }

    /// Which factor stands in for a password.
    pub(super) FACTOR_IDENTIFIER = "UserExtFactorIdentifier" {
        /// The id of the factor.
        "value": String, required, exact, searchable;
        /// The address of the factor.
        "$ref": String, read_only, reference;
        /// The name of the factor.
        "display": String, read_only;
    }
}
