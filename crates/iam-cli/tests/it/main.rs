//! The binary `oci`, from the outside: arguments, environment, files and stdin in; stdout, stderr,
//! the exit code and files out.
//!
//! Each test has a home directory of its own and talks to nothing but loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod asking;
mod completion;
mod config;
mod domains;
mod facts;
mod home;
mod hostile;
mod input;
mod official;
mod proxies;
mod refusals;
mod server;
mod session;
mod session_commands;
mod setup;
mod signed;
mod story;
