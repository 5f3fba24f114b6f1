//! Durward's server: HTTP in front of `iam-core`, and the Console.
//!
//! `http` takes connections and gives each request its id; `api` answers those of the Identity API:
//! `authn` finds out who asks, `spine` does everything between that and the reply, once for all
//! operations; `bindings` ties each operation to its handler. `console` serves pages, and enters the
//! same spine.

pub mod api;
pub mod app;
mod authn;
mod bindings;
mod body;
pub mod console;
pub mod http;
mod reply;
pub mod spine;
