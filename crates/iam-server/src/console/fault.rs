//! What goes wrong, as a page: the status, what happened, and what to do next.
//!
//! A page's function answers a [`Fault`]; the page itself is written by [`guard`],
//! which knows the request's id.

use super::query::encode;
use super::text::sentence;
use super::{change_password, guard, sign_in};
use crate::dialect::Cause;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use iam_api::{Code, Problem};

/// Why a page is not shown.
pub(crate) enum Fault {
    /// Nobody is signed in; where to go on afterwards, or nowhere where a form was sent.
    SignIn(Option<String>),
    /// The one-time password has to be changed first.
    ChangeFirst,
    /// Something is wrong.
    Told(Told),
}

/// What a person is told.
#[derive(Clone)]
pub(crate) struct Told {
    status: StatusCode,
    title: &'static str,
    text: String,
    cause: Option<String>,
}

impl Fault {
    fn told(status: StatusCode, title: &'static str, text: impl Into<String>) -> Self {
        Self::Told(Told { status, title, text: text.into(), cause: None })
    }

    /// There is no page at this address.
    pub(crate) fn nothing_here() -> Self {
        Self::told(StatusCode::NOT_FOUND, "Page not found", "There is no page at this address.")
    }

    /// The page is there, but not for this method.
    pub(crate) fn method() -> Self {
        let text = "This address answers a form only, or only a link. Go back to where you were.";
        Self::told(StatusCode::METHOD_NOT_ALLOWED, "This cannot be opened like that", text)
    }

    /// The form did not come from a page of ours, or not from this session.
    pub(crate) fn foreign_form() -> Self {
        let text = "Nothing was changed, because the form did not come from a current page of this \
                    Console. Open the page again and repeat what you did. Cookies must be allowed.";
        Self::told(StatusCode::FORBIDDEN, "The form was not accepted", text)
    }

    /// What was sent cannot be read.
    pub(crate) fn bad(text: &str) -> Self {
        Self::told(StatusCode::BAD_REQUEST, "The request cannot be read", text)
    }

    /// What was sent is too large.
    pub(crate) fn too_large() -> Self {
        let text = "The form is larger than any of this Console.";
        Self::told(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large", text)
    }

    /// The request was meant for a host that we are not.
    pub(crate) fn misdirected() -> Self {
        let text = "This server is not set up to be reached under this name. Its administrator can \
                    add the name to its configuration.";
        Self::told(StatusCode::MISDIRECTED_REQUEST, "Not known under this name", text)
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        let title = match problem.code {
            Code::NotAuthorizedOrNotFound => {
                let text = "What you are looking for does not exist, or you are not allowed to see \
                            or do it. An administrator can tell which.";
                let title = "Not found, or not allowed";
                return Self::told(StatusCode::NOT_FOUND, title, text);
            }
            Code::TooManyRequests => "Busy just now",
            Code::InternalServerError => "Something went wrong here",
            Code::ServiceUnavailable | Code::RequestTimeout => "Not available just now",
            _ => "This could not be done",
        };
        let status = StatusCode::from_u16(problem.code.status());
        Self::Told(Told {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            title,
            text: sentence(&problem.message),
            cause: problem.cause.map(|cause| cause.to_string()),
        })
    }
}

impl From<askama::Error> for Fault {
    fn from(cause: askama::Error) -> Self {
        Problem::internal(cause).into()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(None) => {
                Redirect::to(&format!("{}?done={}", sign_in::PATH, sign_in::ENDED)).into_response()
            }
            Self::SignIn(Some(next)) => {
                Redirect::to(&format!("{}?next={}", sign_in::PATH, encode(&next))).into_response()
            }
            Self::ChangeFirst => Redirect::to(change_password::PATH).into_response(),
            Self::Told(told) => {
                let mut response = told.status.into_response();
                if let Some(cause) = &told.cause {
                    response.extensions_mut().insert(Cause(cause.clone()));
                }
                response.extensions_mut().insert(told);
                response
            }
        }
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    status: u16,
    title: &'a str,
    text: &'a str,
    request_id: &'a str,
}

impl Told {
    /// The page. It needs nothing but itself, so it can be shown whatever else fails.
    pub(crate) fn page(&self, request_id: &str) -> Response {
        let (title, text) = (self.title, self.text.as_str());
        let page = FaultPage { status: self.status.as_u16(), title, text, request_id };
        let html = page.render().unwrap_or_else(|_| title.to_owned());
        (self.status, Html(html)).into_response()
    }
}

/// The page for a request that did not get as far as the Console's router: too large, too late, or
/// ended by a panic.
pub(crate) fn early(problem: Problem, is_tls: bool, request_id: &str) -> Response {
    let mut response = Fault::from(problem).into_response();
    guard::finish(&mut response, is_tls, request_id);
    response
}
