//! Commands that are more than one operation, or none.

pub(crate) mod api_keys;
pub(crate) mod db_token;
pub(crate) mod group;
pub(crate) mod members;
pub(crate) mod policies;
pub(crate) mod raw_request;
pub(crate) mod session;
pub(crate) mod setup;
