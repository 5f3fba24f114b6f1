//! Users, as the domain knows them. They are those of the Identity API: an OCID names the same
//! user, and the SCIM id is part of it.

use super::common::SELF_CHANGE;
use super::resource::resource;
use super::schema::model;
use super::user_attributes::{
    ADDRESS, CERTIFICATE, EMAIL, ENTITLEMENT, GROUP, IM, NAME, PHONE_NUMBER, PHOTO, ROLE,
};
use super::user_extensions::{ENTERPRISE, USER_EXTENSION};
use super::user_factors::{
    ADAPTIVE, DB_USER, KERBEROS_USER, MFA, PASSWORDLESS, POSIX, SECURITY_QUESTIONS,
    SELF_REGISTRATION, SFF, SOCIAL_ACCOUNTS, TERMS_OF_USE,
};
use super::user_states::{
    CAPABILITIES, DB_CREDENTIALS, OCI_TAGS, PASSWORD_STATE, USER_CREDENTIALS, USER_STATE,
};
use crate::operation::Target;

resource! {
    /// The users of the domain: people, and programs that act for themselves.
    pub USERS of User = USER {
        one: "User", "user";
        path: "Users", "users";
        schema: "urn:ietf:params:scim:schemas:core:2.0:User";
        id: "userId", "The id of the user: its SCIM id, or its OCID.";
        each: Target::User("userId");
    }
    list LIST_USERS needs ["USER_INSPECT"]:
        "Lists the users of the domain, all of them or those that a filter fits.";
    create CREATE_USER needs ["USER_CREATE"]:
        "Creates a user, and mails them a link with which they choose a password.";
    get GET_USER needs ["USER_INSPECT"] own everything:
        "Shows a user. Users may always look at themselves.";
    put PUT_USER needs ["USER_UPDATE"]:
        "Replaces what is known of a user. What is left out is taken away.";
    patch PATCH_USER needs ["USER_UPDATE"]:
        "Changes parts of what is known of a user. All of the changes are made, or none.";
    delete DELETE_USER needs ["USER_DELETE"]:
        "Deletes a user with all their credentials. The user must not be in any group, unless \
         deletion is forced.";
    search SEARCH_USERS needs ["USER_INSPECT"]:
        "Lists the users that a filter fits. The filter is in the body, so it may be long.";
}

model! {
    /// A user of the identity domain: a person or a program.
    pub USER = "User": resource {
        /// The identifier under which the client that made the resource knows it.
        "externalId": String, searchable;
        /// The name that the user signs in with; unique in the domain, without regard to case.
        "userName": String, required, always, global, searchable;
        /// What the user is for.
        "description": String;
        /// The name of the user as it is shown to others.
        "displayName": String, searchable;
        /// What the user is casually called.
        "nickName": String, searchable;
        /// The address of a page about the user.
        "profileUrl": String, searchable, reference;
        /// The job title of the user.
        "title": String, searchable;
        /// How the user stands to the organization.
        "userType": {
            "Contractor", "Employee", "Intern", "Temp", "External", "Service", "Generic"
        }, searchable;
        /// The user's locale for dates, currencies and numbers, such as `en-US`.
        "locale": String, searchable;
        /// The language that the user likes to read.
        "preferredLanguage": String, searchable;
        /// The user's time zone, such as `Europe/Berlin`.
        "timezone": String, searchable;
        /// Whether the user may sign in and use credentials.
        "active": Boolean, searchable;
        /// The user's password, in plain text; it is kept as a salted hash.
        "password": Secret, write_only, never;
        /// The parts of the user's name.
        "name": NAME;
        /// The user's e-mail addresses.
        "emails": [EMAIL];
        /// The user's phone numbers.
        "phoneNumbers": [PHONE_NUMBER];
        /// The user's addresses for instant messages.
        "ims": [IM];
        /// The addresses of the user's photos.
        "photos": [PHOTO];
        /// The user's postal addresses.
        "addresses": [ADDRESS];
        /// The groups that the user is in; change them through the groups.
        "groups": [GROUP], read_only, request, searchable;
        /// What the user is entitled to, in words that the domain does not read.
        "entitlements": [ENTITLEMENT];
        /// The user's roles, in words that the domain does not read.
        "roles": [ROLE];
        /// The user's certificates.
        "x509Certificates": [CERTIFICATE];
        /// The user's place in an enterprise.
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": ENTERPRISE;
        /// How the domain treats the user.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User": USER_EXTENSION;
        /// The state of the user's password.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User": PASSWORD_STATE,
            read_only;
        /// When the user signed in, and whether the user is locked.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User": USER_STATE;
        /// The user's account on Unix hosts.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:posix:User": POSIX;
        /// The user's Kerberos principals.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:kerberosUser:User": KERBEROS_USER;
        /// The user's further factors of authentication.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:mfa:User": MFA;
        /// How risky the user's behaviour is.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:adaptive:User": ADAPTIVE;
        /// The user's keys for sign-in without a password.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:sff:User": SFF;
        /// The user's security questions.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:securityQuestions:User":
            SECURITY_QUESTIONS;
        /// How the user registered.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfRegistration:User":
            SELF_REGISTRATION;
        /// The user's accounts at social networks.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:socialAccount:User": SOCIAL_ACCOUNTS,
            read_only;
        /// The user's account in databases.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:dbUser:User": DB_USER, read_only;
        /// The terms of use that the user agreed to.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:termsOfUse:User": TERMS_OF_USE;
        /// The factor with which the user signs in without a password.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordless:User": PASSWORDLESS;
        /// The tags of the user that policies and cost reports see.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:OCITags": OCI_TAGS;
        /// The user's credentials for programs.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:userCredentials:User": USER_CREDENTIALS,
            read_only;
        /// What kinds of credentials the user may use.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:capabilities:User": CAPABILITIES;
        /// The user's name in databases.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:dbCredentials:User": DB_CREDENTIALS;
        /// Whether the change is meant for oneself.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User": SELF_CHANGE;
    }
}
