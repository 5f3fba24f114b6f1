//! The change of a user's password to a known one. Nothing is kept under this path.

use super::common::SELF_CHANGE;
use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The change of a user's password, by an administrator, to a known one.
    pub USER_PASSWORD_CHANGERS of UserPasswordChanger = USER_PASSWORD_CHANGER {
        one: "UserPasswordChanger", "user-password-changer";
        path: "UserPasswordChanger";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:UserPasswordChanger";
        id: "userPasswordChangerId", "The id of the user: its SCIM id, or its OCID.";
        each: Target::User("userPasswordChangerId");
    }
    put PUT_USER_PASSWORD_CHANGER (bare) needs ["USER_UPDATE", "USER_UIPASS_SET"]:
        "Sets a user's password to a known one and tells the user by mail. Prefer a reset: nobody \
         but the user should know it. Ends older links and all Console sessions.";
}

model! {
    /// The change of a user's password to a known one.
    pub USER_PASSWORD_CHANGER = "UserPasswordChanger": resource {
        /// The identifier under which the client that made the resource knows it.
        "externalId": String;
        /// The new password.
        "password": Secret, required, write_only, never;
        /// Whether no mail is sent to the user.
        "bypassNotification": Boolean, immutable, never;
        /// The template of the mail, instead of the usual one.
        "notificationEmailTemplateId": String, write_only, never;
        /// Whether the change is meant for oneself.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User": SELF_CHANGE;
    }
}
