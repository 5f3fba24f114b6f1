//! What every answer of the Console goes through: the host is one of ours, the headers that keep a
//! browser from doing anything else with a page, and pages for what went wrong.

use super::Seat;
use super::fault::{Fault, Told};
use crate::http::is_own_host;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use iam_core::audit::Source;
use std::borrow::Cow;

/// No script, style, picture or form but our own, and in nobody's frame (security.md WEB-1).
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// What a page is allowed instead of what all pages are.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Policy(Cow<'static, str>);

impl Policy {
    /// A mail may bring its own styles, and nothing else; only our own pages may frame it.
    pub(crate) const MAIL: Self = Self(Cow::Borrowed(
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'self'; sandbox",
    ));
    /// A page around a mail may show it in a frame.
    pub(crate) const FRAMING: Self = Self(Cow::Borrowed(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ));

    /// The answer to a form of this page may send the browser to that origin.
    pub(crate) fn form_to(origin: &str) -> Self {
        let own = "form-action 'self'";
        Self(CONTENT_SECURITY_POLICY.replace(own, &format!("{own} {origin}")).into())
    }
}

/// Everything that a page could ask a browser for, refused.
const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
     encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), \
     microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), \
     screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

const TWO_YEARS: &str = "max-age=63072000";

/// Runs a page.
pub(crate) async fn run(State(seat): State<Seat>, request: Request, next: Next) -> Response {
    let source = request.extensions().get::<Source>().cloned().unwrap_or_default();
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let mut response = match host.filter(|host| is_own_host(&seat.app.reach, host)) {
        None => Fault::misdirected().into_response(),
        Some(_) => next.run(request).await,
    };
    finish(&mut response, seat.app.reach.is_tls, &source.request_id);
    response
}

/// Writes the page of what went wrong, if something did, and the headers.
pub(crate) fn finish(response: &mut Response, is_tls: bool, request_id: &str) {
    if let Some(told) = response.extensions_mut().remove::<Told>() {
        let page = told.page(request_id);
        for (name, value) in page.headers() {
            response.headers_mut().insert(name, value.clone());
        }
        *response.body_mut() = page.into_body();
    }
    let policy = response.extensions_mut().remove::<Policy>();
    let frames = if policy == Some(Policy::MAIL) { "SAMEORIGIN" } else { "DENY" };
    let Policy(policy) = policy.unwrap_or(Policy(CONTENT_SECURITY_POLICY.into()));
    let headers = response.headers_mut();
    // One that is no text of a header would be nobody's: nothing at all is then allowed.
    let policy = HeaderValue::from_str(&policy);
    let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, frames),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TWO_YEARS));
    }
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
}
