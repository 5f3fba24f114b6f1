//! The end of a reset: a new password by the token of a mailed link. Nothing is kept under this
//! path.

use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The end of a reset: a new password by the token of a mailed link.
    pub ME_PASSWORD_RESETTERS of MePasswordResetter = ME_PASSWORD_RESETTER {
        one: "MePasswordResetter";
        path: "MePasswordResetter";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:MePasswordResetter";
        all: Target::Caller;
    }
    create CREATE_ME_PASSWORD_RESETTER (bare) needs [] own everything:
        "Sets the password of the user whom a link was mailed to, by the token of the link. A \
         token does this once, and only before it expires.";
}

model! {
    /// The end of a reset: a new password by the token of a mailed link.
    pub ME_PASSWORD_RESETTER = "MePasswordResetter": resource {
        /// The token of the link.
        "token": Secret, required, write_only, never;
        /// The new password.
        "password": Secret, required, write_only, never;
    }
}
