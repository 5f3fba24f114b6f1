//! The store, tested from outside.
//!
//! `conformance` is what every engine must do; `model` lets chance look for what nobody thought of;
//! `carry` is about whole installations; `embedded` and `crash` are about the embedded engine
//! alone.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect has to fail"
)]

mod carry;
mod conformance;
mod crash;
mod embedded;
mod fleet;
mod migrations;
mod model;
mod scratch;
mod tally;
