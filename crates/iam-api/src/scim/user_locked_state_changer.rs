//! The change of whether a user is locked. Nothing is kept under this path.

use super::common::SELF_CHANGE;
use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The change of whether a user is locked.
    pub USER_LOCKED_STATE_CHANGERS of UserLockedStateChanger = USER_LOCKED_STATE_CHANGER {
        one: "UserLockedStateChanger";
        path: "UserLockedStateChanger";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:UserLockedStateChanger";
        all: Target::Body("userId");
    }
    create CREATE_USER_LOCKED_STATE_CHANGER (bare) needs ["USER_UPDATE", "USER_UNBLOCK"]:
        "Unlocks a user who was locked after too many failed sign-ins, or locks one.";
}

model! {
    /// The change of whether a user is locked.
    pub USER_LOCKED_STATE_CHANGER = "UserLockedStateChanger": resource {
        /// The id of the user: its SCIM id, or its OCID.
        "userId": String, required;
        /// Whether the user is to be locked.
        "locked": Boolean, required;
        /// Whether the change is meant for oneself.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User": SELF_CHANGE;
    }
}
