//! SCIM 2.0 as OCI speaks it: what filters, patches, projections, orders and pages mean, and
//! whether a body is what its schema says.
//!
//! Pure: no I/O, no store, no clock. Resources are JSON objects, and their schemas those of
//! `iam_api::scim`; nothing here knows a resource type. Base: RFC 7643 and RFC 7644; what OCI does
//! differently is said where it is done.
//!
//! The one idea: what a request says is understood, or refused with the place that is wrong, before
//! the first resource is looked at. So a [`Filter`] becomes a [`Condition`], a list's parameters a
//! [`Query`], and what comes after cannot fail.

mod ast;
mod check;
mod condition;
mod fault;
mod lex;
mod list;
mod parse;
mod patch;
mod print;
mod projection;
mod schema;

pub use ast::{AttributePath, Filter, Operator, PatchPath};
pub use check::{VALUES_MAX, check_message};
pub use condition::Condition;
pub use fault::{Fault, FaultKind};
pub use list::{Asked, COUNT_DEFAULT, COUNT_MAX, Order, Query};
pub use parse::{FILTER_BYTES_MAX, FILTER_DEPTH_MAX};
pub use patch::{OPERATIONS_MAX, Patch};
pub use projection::Projection;
pub use schema::Schema;
