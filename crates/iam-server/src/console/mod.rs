//! The Console: pages for people, rendered here, usable without JavaScript.
//!
//! It is not a second way in. What a page does to resources goes through [`crate::spine`] with the
//! session's principal, so policy, audit and idempotency hold there too; only what no operation of
//! the API does (signing in and out, choosing a password, one's own sessions) calls `iam-core`
//! itself. `visit` and `forms` decide who gets as far as a page's function; `guard` puts the same
//! headers on every answer.

mod assets;
mod authorize;
mod capabilities;
mod change_password;
mod cookies;
mod delete;
mod fault;
mod forgot_password;
mod forms;
mod frame;
mod guard;
mod home;
mod link;
mod mail;
mod mailbox;
mod new_user;
mod next;
mod one_time_password;
mod origin;
mod password_form;
pub(crate) mod query;
mod refusals;
mod session_list;
mod sign_in;
mod sign_in_code;
mod sign_out;
mod text;
mod unblock;
mod user;
mod users;
mod verify_email;
mod visit;

use crate::app::Shared;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{any, get, post};
use std::sync::Arc;

pub(crate) use fault::early;

/// What all pages share.
struct Console {
    app: Shared,
}

/// The one [`Console`] of a process.
type Seat = Arc<Console>;

/// Whether a path is one of the Console's: whatever happens to its request, a page tells of it.
pub(crate) fn serves(path: &str) -> bool {
    path == "/"
        || path == "/console"
        || path == authorize::PATH
        || path.starts_with(home::PATH)
        || mailbox::serves(path)
}

/// The pages as they are counted: by the first word of their path.
pub(crate) const PAGES: [&str; 16] = [
    "home",
    "sign-in",
    "sign-out",
    "forgot-password",
    "link",
    "change-password",
    "sessions",
    "me",
    "verify-email",
    "users",
    "mail",
    "refusals",
    "static",
    "mailbox",
    "authorize",
    "other",
];

/// Which of [`PAGES`] a path is one of.
pub(crate) fn page(path: &str) -> Option<&'static str> {
    if !serves(path) {
        return None;
    }
    if mailbox::serves(path) {
        return Some("mailbox");
    }
    if path == authorize::PATH {
        return Some("authorize");
    }
    let word = path.strip_prefix(home::PATH).unwrap_or_default();
    match word.split('/').next().unwrap_or_default() {
        "" => Some("home"),
        word => PAGES.into_iter().find(|page| *page == word).or(Some("other")),
    }
}

/// Where people of that tenancy sign in, for letters to them.
pub(crate) fn sign_in_url(public_url: &str, tenancy: &str) -> String {
    format!("{public_url}{}?tenant={}", sign_in::PATH, query::encode(tenancy))
}

/// The Console's routes.
pub fn router(app: Shared) -> Router {
    let seat = Arc::new(Console { app });
    let mailbox = mailbox::router(Arc::clone(&seat));
    Router::new()
        .route("/", get(|| async { Redirect::to(home::PATH) }))
        .route("/console", get(|| async { Redirect::to(home::PATH) }))
        .route(
            "/.well-known/change-password",
            get(|| async { Redirect::to(change_password::PATH) }),
        )
        .route(home::PATH, get(home::show))
        .route(sign_in::PATH, get(sign_in::show).post(sign_in::submit))
        .route(sign_in_code::PATH, get(sign_in_code::show).post(sign_in_code::submit))
        .route(sign_out::PATH, post(sign_out::submit))
        .route(forgot_password::PATH, get(forgot_password::show).post(forgot_password::submit))
        .route(link::PATH, get(link::show).post(link::submit))
        .route(change_password::PATH, get(change_password::show).post(change_password::submit))
        .route(session_list::PATH, get(session_list::show))
        .route(session_list::END_ONE, post(session_list::end_one))
        .route(session_list::END_OTHERS, post(session_list::end_others))
        .route("/console/me", get(user::me))
        .route(verify_email::PATH, post(verify_email::submit))
        .route(authorize::PATH, get(authorize::show).post(authorize::submit))
        .route("/console/users", get(users::show))
        .route("/console/users/new", get(new_user::show).post(new_user::submit))
        .route("/console/users/{userId}", get(user::show))
        .route(
            "/console/users/{userId}/password",
            get(one_time_password::show).post(one_time_password::submit),
        )
        .route("/console/users/{userId}/unblock", post(unblock::submit))
        .route(
            "/console/users/{userId}/capabilities",
            get(capabilities::show).post(capabilities::submit),
        )
        .route("/console/users/{userId}/delete", get(delete::show).post(delete::submit))
        .route(refusals::PATH, get(refusals::list))
        .route(refusals::ONE, get(refusals::one))
        .route(mail::PATH, get(mail::list))
        .route("/console/mail/{event}", get(mail::show).post(mail::submit))
        .route("/console/mail/{event}/preview", post(mail::preview))
        .route("/console/static/{name}", get(assets::serve))
        .route("/console/{*rest}", any(|| async { fault::Fault::nothing_here() }))
        .method_not_allowed_fallback(|| async { fault::Fault::method() })
        .layer(from_fn_with_state(Arc::clone(&seat), guard::run))
        .with_state(seat)
        .merge(mailbox)
}
