//! The interface of an identity domain (SCIM 2.0) as data: a row for each resource type, from which
//! its operations follow.
//!
//! [`RESOURCES`] is the table and [`OPERATIONS`] what follows from it, rows like those of the
//! Identity API; what is not served yet stands in `facts/not-served-domains.txt`. The same user,
//! seen here and in the Identity API, is one record.
//!
//! To add a resource: declare its attributes and its row in a file of its own, and list it below.

mod common;
mod messages;
mod params;
mod resource;
mod schema;
mod shapes;
mod user_attributes;
mod user_extensions;
mod user_factors;
mod user_states;
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
pub static RESOURCES: &[&Resource] = &[&users::USERS];

/// Every operation that is served, in the order of the rows.
pub static OPERATIONS: LazyLock<Vec<&'static Spec>> = LazyLock::new(|| {
    RESOURCES.iter().flat_map(|resource| resource.operations.iter().copied()).collect()
});
