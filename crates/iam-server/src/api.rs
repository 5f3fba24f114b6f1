//! Both APIs over HTTP: a route for each operation of the tables, and OCI's shape for every answer.

use crate::app::Shared;
use crate::authn;
use crate::bindings::{BINDINGS, Binding};
use crate::body;
use crate::dialect::{plain_headers, problem};
use crate::http::{BODY_MAX, own_address};
use crate::metrics::Which;
use crate::refusal;
use crate::reply::RawReply;
use crate::spine::{self, Decided, Request};
use crate::traces::During;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use iam_api::{Code, Dialect, Kind, Method, Param, Place, Problem, Spec};
use iam_core::audit::Source;
use iam_core::call::Params;
use iam_core::domains::{ADDRESSED, PREFIX};
use iam_core::scim::ALLOW_SELF_CHANGE;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The routes of every operation, with and without a slash at the end.
pub fn router(app: Shared) -> Router {
    let mut paths: BTreeMap<&str, MethodRouter<Shared>> = BTreeMap::new();
    for binding in BINDINGS.values() {
        let methods =
            paths.remove(binding.spec.path).unwrap_or_else(|| nothing_at(binding.spec.dialect));
        let row = app.metrics.row(binding.spec);
        let handler = move |State(app): State<Shared>,
                            path: Result<RawPathParams, RawPathParamsRejection>,
                            request: axum::extract::Request| async move {
            if let Some(which) = request.extensions().get::<Which>() {
                which.is(row);
            }
            // A path that is not text names nothing.
            let dialect = binding.spec.dialect;
            let Ok(path) = path else { return problem(dialect, &no_operation()) };
            let begun = Instant::now();
            let fault = app.testing.as_ref().and_then(|tests| tests.fault(binding.spec.id));
            let answering = answer(&app, binding, &path, request);
            let answer = match fault {
                None => answering.await,
                Some(fault) => fault.around(answering).await,
            };
            if answer.as_ref().is_err_and(|refused| refused.code == Code::NotAuthenticated) {
                refusal::wait(begun).await;
            }
            answer.unwrap_or_else(|refused| problem(dialect, &refused))
        };
        paths.insert(binding.spec.path, methods.on(filter(binding.spec.method), handler));
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        if path.starts_with(iam_api::scim::BASE_PATH) {
            // The same, at the address of a domain that is not the Default one.
            let path = format!("{PREFIX}{{{ADDRESSED}}}{path}");
            router =
                router.route(&format!("{path}/"), methods.clone()).route(&path, methods.clone());
        }
        router = router.route(&format!("{path}/"), methods.clone()).route(path, methods);
    }
    router.with_state(app)
}

/// A path whose methods answer that nothing is served there.
fn nothing_at(dialect: Dialect) -> MethodRouter<Shared> {
    MethodRouter::new().fallback(move || async move { problem(dialect, &no_operation()) })
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
    let stage = During::begin("signature");
    let signed = authn::verify(app, parts.method.as_str(), &parts.uri, &parts.headers).await?;
    drop(stage);
    app.rates.admit(&app.context, &signed.caller.principal)?;
    let bytes = read_body(body, app.timeouts.body).await;
    let asked = bytes.and_then(|bytes| {
        signed.verify_body(&bytes)?;
        Ok((params(binding.spec, path, &parts)?, body::read(binding.spec, &bytes)?))
    });
    let (params, body) = match asked {
        Ok(asked) => asked,
        Err(problem) => {
            signed.caller.settle_alone(app).await?;
            return Err(problem);
        }
    };
    let source = parts.extensions.get::<Source>().cloned().unwrap_or_default();
    let address = address(app, binding.spec.dialect, &parts);
    let request = Request {
        binding,
        caller: signed.caller,
        params,
        body,
        source,
        address: address.clone(),
        decided: Decided::default(),
    };
    let reply = spine::enter(app, request).await?;
    Ok(respond(binding.spec.dialect, &reply, &address))
}

/// Scheme and host for links in the answer: of a domain's resources those of the domain's URL, if
/// that is known, else those that the request was sent to.
fn address(app: &Shared, dialect: Dialect, parts: &Parts) -> String {
    match (dialect, app.context.public_url()) {
        (Dialect::Scim, url) if !url.is_empty() => url.to_owned(),
        _ => own_address(app, &parts.headers),
    }
}

/// The body of a request, bounded in size and time.
pub(crate) async fn read_body(body: Body, time_max: Duration) -> Result<Bytes, Problem> {
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
        if name == ADDRESSED {
            params.set(ADDRESSED, value);
        }
        if let Some(param) = spec.param(name) {
            params.set(param.name, value);
        }
    }
    let query = parts.uri.query().unwrap_or_default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        // It takes the place of an attribute, where there is no body to have it (facts 2.3).
        if spec.dialect == Dialect::Scim && name == ALLOW_SELF_CHANGE {
            params.set(ALLOW_SELF_CHANGE, value);
            continue;
        }
        let param = spec.param(&name).filter(|param| param.place == Place::Query);
        let Some(param) = param else { continue };
        match (params.get(param.name), param.kind) {
            (None, _) => params.set(param.name, value),
            (Some(before), Kind::List(_)) => {
                let both = format!("{before},{value}");
                params.set(param.name, both);
            }
            (Some(_), _) => {
                return Err(Problem::invalid(format!("{} is given twice", param.name)));
            }
        }
    }
    // Who sends the request is known by now; how it was signed is no part of what it asks for.
    let header = |param: &&Param| param.place == Place::Header && param.name != "authorization";
    for param in spec.params.iter().filter(header) {
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

fn respond(dialect: Dialect, reply: &RawReply, address: &str) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, reply.body.clone()).into_response();
    let headers = response.headers_mut();
    plain_headers(dialect, headers);
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
    if let Some(id) = &reply.work_request {
        set(HeaderName::from_static("opc-work-request-id"), id);
    }
    if let Some(seconds) = reply.retry_after {
        set(header::RETRY_AFTER, &seconds.to_string());
    }
    if reply.body.is_empty() {
        headers.remove(header::CONTENT_TYPE);
    }
    response
}
