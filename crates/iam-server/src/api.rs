//! The Identity API over HTTP: a route for each operation of the table, and OCI's shape for every
//! answer.

use crate::app::Shared;
use crate::authn;
use crate::bindings::{BINDINGS, Binding};
use crate::body;
use crate::http::{BODY_MAX, own_address};
use crate::reply::RawReply;
use crate::spine::{self, Request};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use iam_api::{Code, Method, Place, Problem, Spec};
use iam_core::audit::Source;
use iam_core::call::Params;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest message of a refusal: what a message quotes came from the caller.
const MESSAGE_MAX: usize = 1_000;

/// The routes of every operation, with and without a slash at the end.
pub fn router(app: Shared) -> Router {
    let mut paths: BTreeMap<&str, MethodRouter<Shared>> = BTreeMap::new();
    for binding in BINDINGS.values() {
        let methods = paths
            .remove(binding.spec.path)
            .unwrap_or_else(|| MethodRouter::new().fallback(|| async { problem(&no_operation()) }));
        let handler = move |State(app): State<Shared>,
                            path: Result<RawPathParams, RawPathParamsRejection>,
                            request: axum::extract::Request| async move {
            // A path that is not text names nothing.
            let Ok(path) = path else { return problem(&no_operation()) };
            let answer = answer(&app, binding, &path, request).await;
            answer.unwrap_or_else(|refused| problem(&refused))
        };
        paths.insert(binding.spec.path, methods.on(filter(binding.spec.method), handler));
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        router = router.route(&format!("{path}/"), methods.clone()).route(path, methods);
    }
    router.with_state(app)
}

/// The answer where no operation is served at this method and path.
#[must_use]
pub fn no_operation() -> Problem {
    Problem::new(Code::NotFound, "No operation is served at this method and path.")
}

const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn answer(
    app: &Shared,
    binding: &'static Binding,
    path: &RawPathParams,
    request: axum::extract::Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let signed = authn::verify(app, parts.method.as_str(), &parts.uri, &parts.headers)?;
    let bytes = read_body(body, app.timeouts.body).await?;
    signed.verify_body(&bytes)?;
    let source = parts.extensions.get::<Source>().cloned().unwrap_or_default();
    let reply = spine::enter(
        app,
        Request {
            binding,
            principal: signed.principal.clone(),
            params: params(binding.spec, path, &parts)?,
            body: body::read(binding.spec, &bytes)?,
            source,
        },
    )
    .await?;
    Ok(respond(&reply, &own_address(app, &parts.headers)))
}

async fn read_body(body: Body, time_max: Duration) -> Result<Bytes, Problem> {
    let read = tokio::time::timeout(time_max, Limited::new(body, BODY_MAX).collect()).await;
    let slow = || Problem::new(Code::RequestTimeout, "The body did not arrive in time.");
    match read.map_err(|_| slow())? {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(cause) if cause.is::<LengthLimitError>() => Err(Problem::new(
            Code::PayloadTooLarge,
            format!("The body is larger than {BODY_MAX} bytes."),
        )),
        Err(_) => Err(Problem::new(Code::CannotParseRequest, "The body was cut off.")),
    }
}

/// The parameters of the operation, from path, query and headers; what it does not know is passed
/// over, as OCI does.
fn params(spec: &'static Spec, path: &RawPathParams, parts: &Parts) -> Result<Params, Problem> {
    let mut params = Params::default();
    for (name, value) in path {
        if let Some(param) = spec.param(name) {
            params.set(param.name, value);
        }
    }
    let query = parts.uri.query().unwrap_or_default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        let param = spec.param(&name).filter(|param| param.place == Place::Query);
        let Some(param) = param else { continue };
        if params.get(param.name).is_some() {
            return Err(Problem::invalid(format!("{} is given twice", param.name)));
        }
        params.set(param.name, value);
    }
    for param in spec.params.iter().filter(|param| param.place == Place::Header) {
        let mut values = parts.headers.get_all(param.name).iter();
        let Some(value) = values.next() else { continue };
        let text = value.to_str().ok().filter(|_| values.next().is_none());
        let text = text.ok_or_else(|| Problem::invalid(format!("{} is not valid", param.name)))?;
        params.set(param.name, text);
    }
    Ok(params)
}

fn decode(text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(String::from).map_err(|_| Problem::invalid("the query is not UTF-8"))
}

fn respond(reply: &RawReply, address: &str) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, reply.body.clone()).into_response();
    let headers = response.headers_mut();
    plain_headers(headers);
    let mut set = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    };
    if let Some(etag) = &reply.etag {
        set(header::ETAG, etag);
    }
    if let Some(path) = &reply.location {
        set(header::LOCATION, &format!("{address}{path}"));
    }
    if let Some(token) = &reply.next_page {
        set(HeaderName::from_static("opc-next-page"), token);
    }
    if reply.body.is_empty() {
        headers.remove(header::CONTENT_TYPE);
    }
    response
}

/// What OCI sends with every answer (facts 4.1).
fn plain_headers(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
        (header::PRAGMA, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A problem in OCI's shape. What lies beneath it goes to the log when the request's id is known.
#[must_use]
pub fn problem(refused: &Problem) -> Response {
    let status = StatusCode::from_u16(refused.code.status());
    let message = refused.message.chars().take(MESSAGE_MAX).collect();
    let shape = Shape { code: refused.code.to_string(), message };
    let body = crate::json::write(&shape).unwrap_or_default();
    let mut response = (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body).into_response();
    plain_headers(response.headers_mut());
    if let Some(cause) = &refused.cause {
        response.extensions_mut().insert(Cause(cause.to_string()));
    }
    response
}

/// A problem on the wire.
#[derive(Serialize)]
struct Shape {
    code: String,
    message: String,
}

/// What lies beneath a refusal, on its way to the log.
#[derive(Clone)]
pub(crate) struct Cause(pub(crate) String);
