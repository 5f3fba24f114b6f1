//! The change of whether a user is active. Nothing is kept under this path.

use super::common::SELF_CHANGE;
use super::resource::resource;
use super::schema::model;
use crate::operation::Target;

resource! {
    /// The change of whether a user is active.
    pub USER_STATUS_CHANGERS of UserStatusChanger = USER_STATUS_CHANGER {
        one: "UserStatusChanger", "user-status-changer";
        path: "UserStatusChanger";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:UserStatusChanger";
        id: "userStatusChangerId", "The id of the user: its SCIM id, or its OCID.";
        each: Target::User("userStatusChangerId");
    }
    put PUT_USER_STATUS_CHANGER needs ["USER_UPDATE"]:
        "Deactivates a user, who can then neither sign in nor use credentials, or activates one.";
}

model! {
    /// The change of whether a user is active.
    pub USER_STATUS_CHANGER = "UserStatusChanger": resource {
        /// The identifier under which the client that made the resource knows it.
        "externalId": String, searchable;
        /// Whether the user may sign in and use credentials.
        "active": Boolean, searchable;
        /// Whether the change is meant for oneself.
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User": SELF_CHANGE;
    }
}
