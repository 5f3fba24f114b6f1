//! The tests of SCIM's engine from outside, one file per question they answer.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in tests a panic is the message; helpers outside of test functions need it too"
)]

mod bodies;
mod conditions;
mod filters;
mod hostile;
mod lists;
mod patches;
mod projections;
mod properties;
mod scene;
