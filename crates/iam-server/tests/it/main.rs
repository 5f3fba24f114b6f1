//! Durward's server, tested from outside: requests in, answers out.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect has to fail"
)]

mod api;
mod audit_trail;
mod authorization;
mod backups;
mod clock;
mod config;
mod connections;
mod console;
mod crash;
mod db_tokens;
mod demo;
mod denials;
mod development_tls;
mod failover;
mod fleet;
mod fleet_faults;
mod guests;
mod hanging;
mod host;
mod importing;
mod init;
mod init_faults;
mod limits;
mod logs;
mod mail;
mod metrics;
mod moving;
mod oauth;
mod objects;
mod operating;
mod policy_files;
mod policy_trials;
mod process;
mod races;
mod rate_limits;
mod refusals;
mod scim;
mod secrets;
mod secure_database;
mod seeding;
mod serve;
mod session_tokens;
mod signatures;
#[expect(dead_code, reason = "the tests of iam-mail use the rest")]
#[path = "../../../iam-mail/tests/it/server.rs"]
mod smtp_server;
mod standbys;
mod suggestions;
mod testing;
mod traces;
mod verifying;
mod world;
