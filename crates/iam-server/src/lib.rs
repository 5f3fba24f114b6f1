//! Durward's server: HTTP in front of `iam-core`, and the Console.
//!
//! `http` takes connections and gives each request its id; `api` answers those of the Identity API:
//! `authn` finds out who asks, `spine` does everything between that and the reply, once for all
//! operations; `bindings` ties each operation to its handler. `console` serves pages, and enters
//! the same spine. `commands` is the program `durward`.

pub mod api;
pub mod app;
mod authn;
mod authority;
mod bindings;
mod body;
mod breaker;
pub mod commands;
pub mod config;
mod connection;
pub mod console;
mod current;
mod data_dir;
mod dialect;
mod failure;
mod head_clock;
pub mod health;
pub mod http;
mod json;
mod made;
pub mod metrics;
mod new_password;
mod notify;
mod oauth;
mod place;
pub mod post;
pub mod postman;
mod profile;
mod progress;
pub mod rates;
mod refusal;
mod reply;
mod scim_bindings;
mod session_tokens;
pub mod spine;
pub mod syslog;
mod system;
mod testing;
mod tls;
mod traces;
mod trail;
mod turn;
pub mod upkeep;
pub mod work;
