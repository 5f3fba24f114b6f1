//! The two dialects that are spoken: the Identity API's, and SCIM's under `/admin/v1`. They differ
//! in content type, in how JSON is laid out, and in how they say what went wrong; all else is one.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use iam_api::{Dialect, Problem, scim};
use iam_core::domains::PREFIX;
use serde::Serialize;

/// The longest message of a refusal: what a message quotes came from the caller.
const MESSAGE_MAX: usize = 1_000;

/// The dialect that is spoken at a path, whether anything is served there or not.
pub(crate) fn of(path: &str) -> Dialect {
    let below =
        path.strip_prefix(PREFIX).and_then(|rest| rest.find('/').map(|at| rest.split_at(at)));
    let path = below.map_or(path, |(_, path)| path);
    match path.strip_prefix(scim::BASE_PATH) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => Dialect::Scim,
        _ => Dialect::Identity,
    }
}

/// A body, laid out as the dialect does.
pub(crate) fn write<T: Serialize>(dialect: Dialect, value: &T) -> Result<String, Problem> {
    match dialect {
        Dialect::Identity => crate::json::write(value),
        Dialect::Scim => serde_json::to_string(value).map_err(Problem::internal),
    }
}

/// What is sent with every answer (facts 4.1).
pub(crate) fn plain_headers(dialect: Dialect, headers: &mut HeaderMap) {
    let content = match dialect {
        Dialect::Identity => "application/json",
        Dialect::Scim => "application/scim+json",
    };
    let fixed = [
        (header::CONTENT_TYPE, content),
        (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
        (header::PRAGMA, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A problem in the dialect's shape. What lies beneath it goes to the log when the request's id is
/// known.
pub(crate) fn problem(dialect: Dialect, refused: &Problem) -> Response {
    let status = StatusCode::from_u16(refused.code.status());
    let message: String = refused.message.chars().take(MESSAGE_MAX).collect();
    let body = match dialect {
        Dialect::Identity => write(dialect, &Shape { code: refused.code.to_string(), message }),
        Dialect::Scim => {
            write(dialect, &scim::Error { detail: message, ..scim::Error::of(refused) })
        }
    };
    let body = body.unwrap_or_default();
    let mut response = (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body).into_response();
    plain_headers(dialect, response.headers_mut());
    if let Some(seconds) = refused.retry_after_seconds {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(cause) = &refused.cause {
        response.extensions_mut().insert(Cause(cause.to_string()));
    }
    response
}

/// A problem as the Identity API tells of it.
#[derive(Serialize)]
struct Shape {
    code: String,
    message: String,
}

/// What lies beneath a refusal, on its way to the log.
#[derive(Clone)]
pub(crate) struct Cause(pub(crate) String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scim_is_spoken_below_its_base_path_alone() {
        for path in ["/admin/v1", "/admin/v1/", "/admin/v1/Users", "/domains/ab/admin/v1/Users"] {
            assert_eq!(of(path), Dialect::Scim, "{path}");
        }
        for path in
            ["/", "/admin", "/admin/v10/Users", "/20160918/users", "/x/admin/v1", "/domains/ab"]
        {
            assert_eq!(of(path), Dialect::Identity, "{path}");
        }
    }
}
