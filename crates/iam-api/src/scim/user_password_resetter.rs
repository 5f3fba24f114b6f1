//! The reset of a user's password: a link by mail. Nothing is kept under this path.

use super::common::SELF_CHANGE;
use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The reset of a user's password: a link by mail, or a one-time password.
    pub USER_PASSWORD_RESETTERS of UserPasswordResetter = USER_PASSWORD_RESETTER {
        one: "UserPasswordResetter", "user-password-resetter";
        path: "UserPasswordResetter";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:UserPasswordResetter";
        id: "userPasswordResetterId", "The id of the user: its SCIM id, or its OCID.";
        each: Target::User("userPasswordResetterId");
    }
    put PUT_USER_PASSWORD_RESETTER (bare) needs ["USER_UPDATE", "USER_UIPASS_RESET"] own everything:
        "Resets a user's password: the user gets a mail with a link and chooses a new one. Ends \
         the old password, older links and all Console sessions. A user without e-mail gets a \
         one-time password, which is in the answer.";
}

model! {
    /// The reset of a user's password.
    pub USER_PASSWORD_RESETTER = "UserPasswordResetter": resource {
        /// The identifier under which the client that made the resource knows it.
        "externalId": String;
        /// Whether no mail is sent to the user.
        "bypassNotification": Boolean, immutable, never;
        /// Whether the client leads the user on: no mail is sent, and the answer holds the token
        /// that the link would hold.
        "userFlowControlledByExternalClient": Boolean, immutable, never;
        /// The token of a link that was not mailed, because the client asked for it.
        "userToken": RESET_TOKEN, read_only;
        /// The template of the mail, instead of the usual one.
        "notificationEmailTemplateId": String, write_only, never;
        /// A one-time password, for a user who has no e-mail address. It is shown this once.
        "oneTimePassword": Secret, read_only, request;
        /// Whether the change is meant for oneself.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User": SELF_CHANGE;
    }

    /// The token of a link that was not mailed.
    RESET_TOKEN = "UserPasswordResetterUserToken" {
        /// The token. Whoever has it can set the user's password.
        "value": Secret, read_only, exact;
        /// The address of the token.
        "$ref": String, read_only, reference;
    }
}
