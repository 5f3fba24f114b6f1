//! Mail servers of every temper, and what comes of handing mail to them.
#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect has to fail")]

#[expect(dead_code, reason = "the tests of the server use the rest")]
mod server;
mod smtp;
