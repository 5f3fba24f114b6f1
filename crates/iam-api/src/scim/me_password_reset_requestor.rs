//! The request for a link with which a forgotten password is replaced. Nothing is kept under this
//! path.

use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The request for a link with which a forgotten password is replaced.
    pub ME_PASSWORD_RESET_REQUESTORS of MePasswordResetRequestor = ME_PASSWORD_RESET_REQUESTOR {
        one: "MePasswordResetRequestor";
        path: "MePasswordResetRequestor";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:MePasswordResetRequestor";
        all: Target::Caller;
    }
    create CREATE_ME_PASSWORD_RESET_REQUESTOR (bare) needs [] own everything:
        "Asks for a mail with a link to choose a new password, as the sign-in page does for who \
         forgot theirs. The answer never tells whether there is such a user.";
}

model! {
    /// The request for a link with which a forgotten password is replaced.
    pub ME_PASSWORD_RESET_REQUESTOR = "MePasswordResetRequestor": resource {
        /// The name of the user who forgot the password.
        "userName": String, required;
        /// How the user is reached: `email` is the only way that is served.
        "notificationType": {"email", "sms", "secquestions"}, required;
        /// The address to mail to, if not the primary one: one of the user's that is verified. It
        /// may be masked, as in `****@example.com`.
        "notificationEmailAddress": String, write_only, never;
        /// Where the user goes after choosing a password; only pages of this domain are allowed.
        "notificationRedirectUrl": String, write_only, never, reference;
    }
}
