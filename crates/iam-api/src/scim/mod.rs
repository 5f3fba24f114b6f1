//! The interface of an identity domain (SCIM 2.0) as data: a row for each resource type, from which
//! its operations follow.
//!
//! [`RESOURCES`] is the table and [`OPERATIONS`] what follows from it, rows like those of the
//! Identity API; what is not served yet stands in `facts/not-served-domains.txt`. The same user,
//! seen here and in the Identity API, is one record.
//!
//! To add a resource: declare its attributes and its row in a file of its own, and list it below.

mod common;
pub mod identity_settings;
pub mod me_password_changer;
pub mod me_password_reset_requestor;
pub mod me_password_resetter;
mod messages;
pub mod notification_settings;
pub mod notification_templates;
mod params;
pub mod password_policies;
mod resource;
mod schema;
mod shapes;
mod user_attributes;
pub mod user_capabilities_changer;
mod user_extensions;
mod user_factors;
pub mod user_locked_state_changer;
pub mod user_password_changer;
pub mod user_password_resetter;
mod user_states;
pub mod user_status_changer;
pub mod user_token_validator;
pub mod users;

pub use common::SELF_CHANGE_URN;
pub use messages::{
    ERROR_EXTENSION_URN, ERROR_URN, Error, ErrorExtension, LIST_URN, ListResponse, Listed,
    PATCH_URN, PatchOp, PatchOperation, SEARCH_URN, SearchRequest, Searched,
};
pub use resource::{BASE_PATH, Resource};
pub use schema::{Format, Mutability, Returned, Traits, Uniqueness};

use crate::Spec;
use std::sync::LazyLock;

/// Every resource type that is served.
pub static RESOURCES: &[&Resource] = &[
    &users::USERS,
    &user_password_resetter::USER_PASSWORD_RESETTERS,
    &user_password_changer::USER_PASSWORD_CHANGERS,
    &user_status_changer::USER_STATUS_CHANGERS,
    &user_locked_state_changer::USER_LOCKED_STATE_CHANGERS,
    &user_capabilities_changer::USER_CAPABILITIES_CHANGERS,
    &me_password_changer::ME_PASSWORD_CHANGERS,
    &me_password_reset_requestor::ME_PASSWORD_RESET_REQUESTORS,
    &user_token_validator::USER_TOKEN_VALIDATORS,
    &me_password_resetter::ME_PASSWORD_RESETTERS,
    &password_policies::PASSWORD_POLICIES,
    &notification_settings::NOTIFICATION_SETTINGS,
    &notification_templates::NOTIFICATION_TEMPLATES,
    &identity_settings::IDENTITY_SETTINGS,
];

/// Every operation that is served, in the order of the rows.
pub static OPERATIONS: LazyLock<Vec<&'static Spec>> = LazyLock::new(|| {
    RESOURCES.iter().flat_map(|resource| resource.operations.iter().copied()).collect()
});
