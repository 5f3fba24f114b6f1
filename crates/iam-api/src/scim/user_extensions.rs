//! The extensions of a user: enterprise, and how the domain treats the user.

use super::schema::model;

model! {
    /// A user's place in an enterprise.
    pub(super) ENTERPRISE = "ExtensionEnterprise20User" {
        /// The number of the employee.
        "employeeNumber": String, searchable;
        /// The cost center that the user belongs to.
        "costCenter": String, searchable;
        /// The organization that the user belongs to.
        "organization": String, searchable;
        /// The division that the user belongs to.
        "division": String, searchable;
        /// The department that the user belongs to.
        "department": String, searchable;
        /// The user's manager.
        "manager": MANAGER;
    }

    /// The manager of a user.
    pub(super) MANAGER = "UserExtManager" {
        /// The id of the manager.
        "value": String, searchable;
        /// The address of the manager.
        "$ref": String, read_only, reference;
        /// The name of the manager as it is shown.
        "displayName": String, read_only;
    }

    /// How the domain treats a user.
    pub(super) USER_EXTENSION = "ExtensionUserUser" {
        /// Whether the user signs in at another identity provider.
        "isFederatedUser": Boolean, searchable;
        /// Whether another system checks the user's password.
        "isAuthenticationDelegated": Boolean, immutable, never;
        /// Whether the user has confirmed the registration.
        "status": {"pendingVerification", "verified"}, read_only, request, searchable;
        /// The social network, or the domain itself, that the user registered with.
        "provider": {"facebook", "google", "IDCS", "twitter"}, immutable, searchable;
        /// The page that the user sees first after sign-in.
        "preferredUiLandingPage": {"MyApps", "MyProfile", "OciConsole"};
        /// By what means the user was made.
        "creationMechanism": {
            "bulk", "api", "adsync", "idcsui", "import", "authsync", "selfreg", "samljit"
        }, immutable, request, searchable;
        /// When the user last came into a group or left one.
        "groupMembershipLastModified": String, read_only, request, moment;
        /// Whether the introduction is no longer shown to the user.
        "doNotShowGettingStarted": Boolean, searchable;
        /// Whether no mail is sent to the user about this change.
        "bypassNotification": Boolean, immutable, never;
        /// Whether the user has set up a way to recover the account.
        "isAccountRecoveryEnrolled": Boolean, read_only, request;
        /// Whether the user must set up a way to recover the account at the next sign-in.
        "accountRecoveryRequired": Boolean, request;
        /// Whether the client sends the mail itself: the answer then holds the token that the link
        /// would hold.
        "userFlowControlledByExternalClient": Boolean, immutable, never;
        /// Whether memberships are kept apart from the user.
        "isGroupMembershipNormalized": Boolean, immutable, never;
        /// Whether memberships that are kept apart are listed with the user too.
        "isGroupMembershipSyncedToUsersGroups": Boolean, immutable, never;
        /// The template of the mail about this change, instead of the usual one.
        "notificationEmailTemplateId": String, write_only, never;
        /// Whether the user is a program, which does not sign in to the Console.
        "serviceUser": Boolean, immutable, searchable;
        /// The user's accounts for support.
        "supportAccounts": [SUPPORT_ACCOUNT], read_only, request, searchable;
        /// The administrative roles that reach no further than some groups.
        "idcsAppRolesLimitedToGroups": [LIMITED_ROLE], read_only, request, searchable;
        /// The token of a link that was not mailed, because the client asked for it.
        "userToken": USER_TOKEN, read_only;
        /// The system that the user is copied from.
        "syncedFromApp": SYNCED_FROM;
        /// The system that may check the user's password.
        "applicableAuthenticationTargetApp": APPLICABLE_TARGET, read_only;
        /// The system that does check the user's password.
        "delegatedAuthenticationTargetApp": DELEGATED_TARGET;
        /// The user's accounts in apps.
        "accounts": [ACCOUNT], read_only, request, searchable;
        /// What the user was granted in apps.
        "grants": [GRANT], read_only, request, searchable;
        /// The user's roles in apps, also those that come from groups.
        "appRoles": [APP_ROLE], read_only, request;
    }

    /// An account of a user for support.
    pub(super) SUPPORT_ACCOUNT = "UserExtSupportAccounts" {
        /// The id of the account.
        "value": String, read_only, always, exact, searchable;
        /// Who gives the support.
        "provider": String, read_only, always;
        /// The user's id at whoever gives the support.
        "userId": String, read_only, always;
        /// The OCID of the account's user.
        "ocid": String, read_only, always, exact, searchable;
        /// The address of the account.
        "$ref": String, read_only, reference;
    }

    /// An administrative role that reaches no further than a group.
    pub(super) LIMITED_ROLE = "UserExtIdcsAppRolesLimitedToGroups" {
        /// The id of the role.
        "idcsAppRoleId": String, required, searchable;
        /// The id of the group.
        "value": String, required, searchable;
        /// The address of the group.
        "$ref": String, read_only, reference;
        /// The name of the group.
        "display": String, read_only;
        /// The OCID of the group.
        "ocid": String, searchable;
    }

    /// The token of a link that was not mailed.
    pub(super) USER_TOKEN = "UserExtUserToken" {
        /// The token. Whoever has it can do what the link does.
        "value": Secret, read_only, exact;
        /// The address of the token.
        "$ref": String, read_only, reference;
    }

    /// The system that a user is copied from.
    pub(super) SYNCED_FROM = "UserExtSyncedFromApp" {
        /// The id of the system.
        "value": String, required, exact, searchable;
        /// What kind of system it is.
        "type": {"IdentitySource", "App", "IdentityProvider"}, required, immutable;
        /// The address of the system.
        "$ref": String, read_only, reference;
        /// The name of the system.
        "display": String, read_only, exact, searchable;
    }

    /// A system that may check a user's password.
    pub(super) APPLICABLE_TARGET = "UserExtApplicableAuthenticationTargetApp" {
        /// The id of the system.
        "value": String, read_only, exact;
        /// The address of the system.
        "$ref": String, read_only, reference;
        /// What kind of system it is.
        "type": String, required, read_only;
        /// The name of the system.
        "display": String, read_only, exact, searchable;
        /// How long to wait for its answer, in seconds.
        "targetRequestTimeout": Integer, read_only;
    }

    /// The system that checks a user's password.
    pub(super) DELEGATED_TARGET = "UserExtDelegatedAuthenticationTargetApp" {
        /// The id of the system.
        "value": String, required, exact, searchable;
        /// The address of the system.
        "$ref": String, read_only, reference;
        /// What kind of system it is.
        "type": {"App", "IdentitySource"}, required;
        /// The name of the system.
        "display": String, read_only, exact, searchable;
    }

    /// An account of a user in an app.
    pub(super) ACCOUNT = "UserExtAccounts" {
        /// The id of the account.
        "value": String, read_only, always, exact, searchable;
        /// The address of the account.
        "$ref": String, read_only, reference;
        /// The id of the app.
        "appId": String, read_only, exact, searchable;
        /// The name of the account.
        "name": String, read_only, exact, searchable;
        /// Whether the account may be used.
        "active": Boolean, read_only, searchable;
    }

    /// Something that a user was granted in an app.
    pub(super) GRANT = "UserExtGrants" {
        /// The id of the grant.
        "value": String, read_only, exact, searchable;
        /// The address of the grant.
        "$ref": String, read_only, reference;
        /// The id of the app.
        "appId": String, read_only, exact, searchable;
        /// By what means it was granted.
        "grantMechanism": {
            "IMPORT_APPROLE_MEMBERS", "ADMINISTRATOR_TO_USER", "ADMINISTRATOR_TO_GROUP",
            "SERVICE_MANAGER_TO_USER", "ADMINISTRATOR_TO_APP", "SERVICE_MANAGER_TO_APP",
            "OPC_INFRA_TO_APP", "GROUP_MEMBERSHIP"
        }, read_only, exact, searchable;
        /// The id of who granted it.
        "grantorId": String, read_only, exact, searchable;
    }

    /// A role of a user in an app.
    pub(super) APP_ROLE = "UserExtAppRoles" {
        /// The id of the role.
        "value": String, required, read_only, always, exact, searchable;
        /// The address of the role.
        "$ref": String, read_only, reference;
        /// The name of the role.
        "display": String, read_only, searchable;
        /// Whether the user has the role directly, by a group, or as everybody does.
        "type": {"direct", "indirect", "implicit"}, read_only, request, exact, searchable;
        /// The id of the app.
        "appId": String, read_only, exact, searchable;
        /// The name of the app.
        "appName": String, read_only, searchable;
        /// Whether the role administers the app.
        "adminRole": Boolean, read_only, searchable;
        /// The name of the group that the role was, before roles were.
        "legacyGroupName": String, read_only, searchable;
    }
}
