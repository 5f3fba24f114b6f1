//! `oci raw-request`: a signed request of the user's own making.
//!
//! Any status is an answer here, as in the official command line: it is shown, and is no error.

use crate::call::Run;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::from_json::complex;
use crate::json::{Json, Layout};
use crate::send::{Answer, Sender, Silence};
use crate::terminal::print;
use iam_api::Kind;

/// The headers that the signature makes.
const SIGNED: &[&str] =
    &["authorization", "content-length", "content-type", "date", "host", "x-content-sha256"];

/// Sends the request and shows the answer.
pub(crate) fn send(run: &Run<'_>) -> Result<(), Failure> {
    if run.settings.globals.output.as_deref() == Some("table") {
        return Err(Failure::Client(
            "UsageError: The table output format is not supported with this command".to_owned(),
        ));
    }
    let uri = run.values.text("target-uri").unwrap_or_default();
    let (origin, target) = split(uri);
    let endpoint = Endpoint::parse(origin)?;
    let method = run.values.text("http-method").unwrap_or("GET");
    let json = |option: &str| {
        let value = run.values.get(option).filter(|value| !value.is_empty());
        value.map(|value| complex(option, value, &Kind::Any, run.settings.env)).transpose()
    };
    let body = json("request-body")?.map(|body| body.text(Layout::WIRE).into_bytes());
    let carries_body = matches!(method, "POST" | "PUT" | "PATCH");
    if body.is_some() && !carries_body {
        return Err(run.values.usage(format!("a {method} request cannot carry a body")));
    }
    let body = carries_body.then(|| body.unwrap_or_default());
    let headers = headers(json("request-headers")?).map_err(|why| run.values.usage(why))?;
    let sender = Sender::to(run.settings, endpoint)?;
    match sender.send_to(method, target, &headers, body.as_deref()) {
        Ok(answer) => show(run, &answer),
        Err(Silence::Unsent(failure)) => Err(failure),
        Err(Silence::ConnectTimeout) => {
            Err(Failure::Client(format!("cannot reach {} in time", sender.place())))
        }
        Err(Silence::Untrusted(why)) => Err(Failure::Client(format!(
            "the certificate of {} is not trusted: {why}",
            sender.place()
        ))),
        Err(Silence::Unreachable(why) | Silence::Broken(why) | Silence::Unusable(why)) => {
            Err(Failure::Client(format!("no usable answer from {}: {why}", sender.place())))
        }
    }
}

/// An address in its origin, and its path with the query.
fn split(uri: &str) -> (&str, &str) {
    let after_scheme = uri.find("://").map_or(0, |at| at + "://".len());
    let path = uri.get(after_scheme..).and_then(|rest| rest.find('/'));
    path.and_then(|at| uri.split_at_checked(after_scheme + at)).unwrap_or((uri, "/"))
}

fn headers(given: Option<Json>) -> Result<Vec<(String, String)>, String> {
    let pairs = match given {
        None => return Ok(Vec::new()),
        Some(Json::Object(pairs)) => pairs,
        Some(_) => return Err("--request-headers must be a JSON object".to_owned()),
    };
    let mut headers = Vec::new();
    for (name, value) in pairs {
        let name = name.to_lowercase();
        let Json::Text(value) = value else {
            return Err(format!("--request-headers: the value of `{name}` must be a text"));
        };
        if SIGNED.contains(&name.as_str()) {
            return Err(format!("--request-headers: `{name}` is made by the signature"));
        }
        headers.push((name, value));
    }
    Ok(headers)
}

fn show(run: &Run<'_>, answer: &Answer) -> Result<(), Failure> {
    let data = match Json::parse(&answer.body) {
        Ok(body) => run.view.choose(&body)?,
        Err(_) => Json::Text(String::from_utf8_lossy(&answer.body).into_owned()),
    };
    let headers = answer.headers.iter().map(|(name, value)| (name.as_str(), Json::text_of(value)));
    let reason = ureq::http::StatusCode::from_u16(answer.status).ok();
    let reason = reason.and_then(|status| status.canonical_reason()).unwrap_or_default();
    let whole = Json::object([
        ("data", data),
        ("headers", Json::object(headers)),
        ("status", Json::Text(format!("{} {reason}", answer.status))),
    ]);
    print(&whole.text(Layout::ANSWER))
}
