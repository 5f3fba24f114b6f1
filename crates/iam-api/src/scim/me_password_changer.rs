//! The change of one's own password. Nothing is kept under this path.

use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The change of one's own password, by who knows the old one.
    pub ME_PASSWORD_CHANGERS of MePasswordChanger = ME_PASSWORD_CHANGER {
        one: "MePasswordChanger", "me-password-changer";
        path: "MePasswordChanger";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:MePasswordChanger";
        each: Target::Caller;
    }
    put PUT_ME_PASSWORD_CHANGER (bare) needs [] own everything:
        "Changes the caller's own password. The old one must be given. Ends the caller's other \
         Console sessions.";
}

model! {
    /// The change of one's own password.
    pub ME_PASSWORD_CHANGER = "MePasswordChanger": resource {
        /// The identifier under which the client that made the resource knows it.
        "externalId": String;
        /// The new password.
        "password": Secret, required, write_only, never;
        /// The password up to now.
        "oldPassword": Secret, required, write_only, never;
    }
}
