//! What is reported of a request that failed: the JSON object that the official command line prints
//! on stderr, in our words.

use crate::clock::now;
use crate::failure::Failure;
use crate::json::Json;
use crate::names::snake;
use crate::request::Request;
use crate::send::{Answer, Sender, Silence, USER_AGENT};
use iam_sign::parse_http_date;

/// How far apart two clocks may be: a signature whose date is farther off is refused.
const SKEW_SECONDS_MAX: i64 = 300;

const LOGGING_TIPS: &str = "Run the command again with --debug to see what is sent and answered; \
                            secrets are masked.";

/// What a failed request was, as far as it is told.
pub(crate) struct About<'a> {
    /// The operation's id.
    pub(crate) operation: &'a str,
    /// The service that was asked.
    pub(crate) service: &'a str,
    /// The method.
    pub(crate) method: &'a str,
    /// The path, and the query.
    pub(crate) target: &'a str,
}

impl<'a> From<&'a Request> for About<'a> {
    fn from(request: &'a Request) -> Self {
        Self {
            operation: request.spec.id,
            service: request.spec.service(),
            method: request.spec.method.as_str(),
            target: &request.target,
        }
    }
}

/// The failure that an answer with an error stands for.
pub(crate) fn service_error(sender: &Sender<'_>, about: &About<'_>, answer: &Answer) -> Failure {
    let body = Json::parse(&answer.body).ok();
    let field = |name| body.as_ref().and_then(|body| body.get(name)).and_then(Json::as_text);
    let code = field("code");
    let request_id = answer.header("opc-request-id").map_or(Json::Null, Json::text_of);
    let mut details = vec![
        ("client_version", Json::text_of(USER_AGENT)),
        ("code", code.map_or(Json::Null, Json::text_of)),
        ("logging_tips", Json::text_of(LOGGING_TIPS)),
        ("message", Json::Text(message(answer, body.as_ref()))),
        ("opc-request-id", request_id),
        ("operation_name", Json::Text(snake(about.operation))),
        ("request_endpoint", Json::Text(request_endpoint(sender, about))),
        ("status", Json::Int(answer.status.into())),
        ("target_service", Json::text_of(about.service)),
        ("timestamp", Json::Text(timestamp())),
        ("troubleshooting_tips", Json::Text(tips(sender, answer))),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect::<Vec<_>>();
    // What else the service says, such as SCIM's `detail`.
    if let Some(Json::Object(pairs)) = &body {
        for (name, value) in pairs.iter().map(|(name, value)| (snake(name), value)) {
            if details.iter().all(|(known, _)| *known != name) {
                details.push((name, value.clone()));
            }
        }
    }
    let details = Json::Object(details);
    let passing = is_passing(answer.status, code);
    Failure::Reported {
        kind: if passing { "TransientServiceError" } else { "ServiceError" },
        details,
    }
}

/// What the service says is wrong, in a sentence.
fn message(answer: &Answer, body: Option<&Json>) -> String {
    let said = body.and_then(|body| body.get("message")).and_then(Json::as_text);
    match (said, body) {
        (Some(said), _) => said.to_owned(),
        (None, Some(Json::Object(_))) => {
            format!("The service returned error code {}", answer.status)
        }
        _ => String::from_utf8_lossy(answer.body.get(..1000).unwrap_or(&answer.body)).into_owned(),
    }
}

/// Whether the same request may well succeed a little later.
pub(crate) fn is_passing(status: u16, code: Option<&str>) -> bool {
    match status {
        409 => matches!(code, Some("IncorrectState" | "LockConflict")),
        429 => true,
        501 => false,
        status => status >= 500,
    }
}

/// The failure that no answer stands for.
pub(crate) fn no_answer(sender: &Sender<'_>, about: &About<'_>, silence: Silence) -> Failure {
    let place = sender.place();
    let (kind, message, tips) = match silence {
        Silence::Unsent(failure) => return failure,
        Silence::ConnectTimeout => (
            "ConnectTimeout",
            format!("The connection to endpoint timed out while trying to reach {place}"),
            "Check the address and the network; --connection-timeout waits longer.",
        ),
        Silence::Unreachable(why) => (
            "RequestException",
            format!("cannot connect to {place}: {why}"),
            "Check that the server runs, and that the address is right: --endpoint names it, or \
             --region.",
        ),
        Silence::Broken(why) => (
            "RequestException",
            format!("no answer from {place}: {why}"),
            "Try again; --read-timeout waits longer. Whether the request was carried out is not \
             known: look before you repeat a change.",
        ),
        Silence::Unusable(why) => (
            "RequestException",
            format!("no usable answer from {place}: {why}"),
            "Check that the service runs at this address (--endpoint or --region), and that no \
             proxy answers in its place.",
        ),
        Silence::Untrusted(why) => (
            "SSLException",
            format!("the certificate of {place} is not trusted: {why}"),
            "Name the file with the certificate of its authority: --cert-bundle or \
             REQUESTS_CA_BUNDLE.",
        ),
    };
    let details = Json::object([
        ("client_version", Json::text_of(USER_AGENT)),
        ("logging_tips", Json::text_of(LOGGING_TIPS)),
        ("message", Json::Text(message)),
        ("request_endpoint", Json::Text(request_endpoint(sender, about))),
        ("target_service", Json::text_of("CLI")),
        ("timestamp", Json::Text(timestamp())),
        ("troubleshooting_tips", Json::text_of(tips)),
    ]);
    Failure::Reported { kind, details }
}

fn request_endpoint(sender: &Sender<'_>, about: &About<'_>) -> String {
    let path = about.target.split_once('?').map_or(about.target, |(path, _)| path);
    let path = sender.endpoint.path(path);
    format!("{} {}{path}", about.method, sender.endpoint.origin)
}

/// What to do about an answer that is an error.
fn tips(sender: &Sender<'_>, answer: &Answer) -> String {
    let mut tips = advice(answer.status).to_owned();
    if answer.status != 401 {
        return tips;
    }
    let theirs = answer.header("date").and_then(parse_http_date);
    if let Some(ahead) = theirs.map(|theirs| now().as_seconds().saturating_sub(theirs))
        && ahead.abs() > SKEW_SECONDS_MAX
    {
        let (minutes, side) = (ahead.abs() / 60, if ahead > 0 { "ahead of" } else { "behind" });
        tips = format!(
            "This computer's clock is {minutes} minutes {side} the server's: set it right. {tips}"
        );
    }
    if sender.account.ignores_token {
        tips.push_str(
            " The profile names a `security_token_file`, which signs with --auth security_token \
             only.",
        );
    }
    tips
}

/// The present moment as Python writes it.
fn timestamp() -> String {
    let now = now();
    let seconds = iam_api::Timestamp::from_micros(now.as_seconds().saturating_mul(1_000_000));
    let seconds = seconds.to_string();
    let seconds = seconds.split_once('.').map_or(seconds.as_str(), |(seconds, _)| seconds);
    format!("{seconds}.{:06}+00:00", now.as_micros().rem_euclid(1_000_000))
}

/// What to do about an error of that status.
fn advice(status: u16) -> &'static str {
    match status {
        400 => "The message names what the service did not accept.",
        401 => {
            "Check that the profile's user, tenancy and fingerprint belong to its key, that the \
             key is uploaded, and that this computer's clock is right to five minutes."
        }
        403 => "The request is known, but not allowed here; the message says why.",
        404 => {
            "Check the OCID, and that a policy allows this to you: what you may not see answers \
             as if it did not exist."
        }
        407 => {
            "The proxy asks who you are: give it a user name and a password, as in --proxy \
             http://USER:PASSWORD@HOST:PORT."
        }
        409 => "The resource is in a state, or has a name, that does not allow this.",
        412 => "The resource was changed since you read it: read it again, and use its new etag.",
        413 => "The request is too large.",
        429 => "Too many requests: try again a little later.",
        status if status >= 500 => {
            "The service failed. Try again later; if it stays so, give its operator the \
             opc-request-id."
        }
        _ => "Give the operator of the service the opc-request-id to find this request.",
    }
}
