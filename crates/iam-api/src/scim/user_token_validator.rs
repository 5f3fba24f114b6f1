//! The question whether the token of a mailed link still counts. Nothing is kept under this path.

use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The question whether the token of a mailed link still counts.
    pub USER_TOKEN_VALIDATORS of UserTokenValidator = USER_TOKEN_VALIDATOR {
        one: "UserTokenValidator";
        path: "UserTokenValidator";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:UserTokenValidator";
        all: Target::Caller;
    }
    create CREATE_USER_TOKEN_VALIDATOR (bare) needs [] own everything:
        "Tells whether the token of a mailed link still counts, and whose it is. The token is not \
         used up by this.";
}

model! {
    /// The question whether the token of a mailed link still counts.
    pub USER_TOKEN_VALIDATOR = "UserTokenValidator": resource {
        /// The token of the link.
        "token": Secret, required, write_only, never;
        /// The name of the user whom the link was mailed to.
        "userName": String, read_only;
    }
}
