//! Sends a request, again where that may help, and takes the answer apart.
//!
//! The one idea: a retried request carries the same retry token and is signed anew, so that nothing
//! is done twice and no date grows stale.

use crate::clock::{random_fraction, sleep};
use crate::config::Settings;
use crate::failure::Failure;
use crate::globals::Globals;
use crate::json::Json;
use crate::report::{is_passing, no_answer, service_error};
use crate::request::{Input, Request};
use crate::send::{Answer, Sender, Silence};
use crate::terminal::tell_watcher;
use iam_api::operation::RETRY_TOKEN;
use iam_api::{Kind, Spec};
use std::time::{Duration, Instant};

/// How often a request is sent at most, unless told otherwise.
const ATTEMPTS: u64 = 8;
/// How often where nobody listens: a server that restarts is given a few seconds, a wrong address
/// does not keep its user waiting.
const ATTEMPTS_UNREACHABLE: u64 = 3;
/// When no further attempt is begun.
const ELAPSED_MAX: Duration = Duration::from_secs(600);
/// The longest pause between two attempts.
const PAUSE_SECONDS_MAX: f64 = 30.0;

/// Calls operations.
pub(crate) struct Caller<'a> {
    sender: Sender<'a>,
    attempts: u64,
    /// Whether requests carry a retry token, which those that are never sent again do without.
    has_tokens: bool,
}

/// What an operation answered.
#[derive(Debug)]
pub(crate) struct Called {
    /// The reply, as it is on the wire; nothing where the operation gives none.
    pub(crate) reply: Option<Json>,
    /// The headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
}

impl Called {
    /// The header of that name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The page that follows this one.
    pub(crate) fn next_page(&self) -> Option<&str> {
        self.header("opc-next-page").filter(|page| !page.is_empty())
    }
}

/// Why an operation gave no reply.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The status of the answer, if there was one.
    pub(crate) status: Option<u16>,
    /// What to tell.
    pub(crate) failure: Failure,
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        refused.failure
    }
}

impl<'a> Caller<'a> {
    /// A caller of the service that an operation is part of, as the settings want it.
    pub(crate) fn new(settings: &'a Settings<'_>, spec: &Spec) -> Result<Self, Failure> {
        let sender = Sender::new(settings, spec.service())?;
        let has_tokens = !settings.globals.no_retry;
        Ok(Self { sender, attempts: attempts(&settings.globals), has_tokens })
    }

    /// Scheme and host of whom is called.
    pub(crate) fn origin(&self) -> &str {
        &self.sender.endpoint.origin
    }

    /// Calls an operation.
    pub(crate) fn call(&self, spec: &'static Spec, input: &Input) -> Result<Called, Refused> {
        let request = Request::of(spec, input);
        let mut request = request.map_err(|failure| Refused { status: None, failure })?;
        if !self.has_tokens {
            request.headers.retain(|(name, _)| *name != RETRY_TOKEN.name);
        }
        let started = Instant::now();
        let mut attempt = 1;
        loop {
            let sent = self.sender.send(&request);
            let attempts = match &sent {
                Ok(answer) if is_passing(answer.status, code(answer).as_deref()) => self.attempts,
                Err(Silence::ConnectTimeout | Silence::Broken(_)) => self.attempts,
                Err(Silence::Unreachable(_)) => self.attempts.min(ATTEMPTS_UNREACHABLE),
                Ok(_) | Err(Silence::Unsent(_) | Silence::Untrusted(_) | Silence::Unusable(_)) => 1,
            };
            if attempt >= attempts || started.elapsed() >= ELAPSED_MAX {
                return self.take_apart(&request, sent);
            }
            let pause = pause(attempt).max(asked(&sent));
            let seconds = pause.as_secs();
            tell_watcher(&format!("note: {}; trying again in {seconds} s", why(&sent)));
            sleep(pause);
            attempt += 1;
        }
    }

    fn take_apart(
        &self,
        request: &Request,
        sent: Result<Answer, Silence>,
    ) -> Result<Called, Refused> {
        let unusable = |why: String| Refused {
            status: None,
            failure: no_answer(&self.sender, &request.into(), Silence::Unusable(why)),
        };
        let answer = sent.map_err(|silence| Refused {
            status: None,
            failure: no_answer(&self.sender, &request.into(), silence),
        })?;
        let status = answer.status;
        match status {
            200..=299 => {}
            300..=399 => {
                let to = answer.header("location").unwrap_or("nowhere");
                return Err(unusable(format!(
                    "it redirects to `{to}` (status {status}), and redirects are not followed"
                )));
            }
            _ => {
                let failure = service_error(&self.sender, &request.into(), &answer);
                return Err(Refused { status: Some(status), failure });
            }
        }
        let reply = match request.spec.reply {
            Kind::Nothing => None,
            kind => Some(reply(&answer.body, &kind).map_err(unusable)?),
        };
        Ok(Called { reply, headers: answer.headers })
    }
}

/// Reads a reply, which must be what the operation gives.
fn reply(body: &[u8], kind: &Kind) -> Result<Json, String> {
    let value = Json::parse(body).map_err(|error| format!("the answer is not JSON: {error}"))?;
    match (&value, kind) {
        (Json::Object(_), Kind::Model(_)) | (Json::List(_), Kind::List(_)) => Ok(value),
        (_, Kind::Model(_)) => Err("the answer is not a JSON object".to_owned()),
        (_, Kind::List(_)) => Err("the answer is not a JSON array".to_owned()),
        _ => Ok(value),
    }
}

fn attempts(globals: &Globals) -> u64 {
    match globals.max_retries {
        _ if globals.no_retry => 1,
        None | Some(0) => ATTEMPTS,
        Some(most) => most,
    }
}

/// Why a request is sent again.
fn why(sent: &Result<Answer, Silence>) -> String {
    match sent {
        Ok(answer) => format!("the service answered with status {}", answer.status),
        Err(Silence::ConnectTimeout) => "connecting took too long".to_owned(),
        Err(Silence::Unreachable(why) | Silence::Broken(why)) => why.clone(),
        Err(_) => "no usable answer".to_owned(),
    }
}

fn code(answer: &Answer) -> Option<String> {
    Json::parse(&answer.body).ok()?.get("code")?.as_text().map(str::to_owned)
}

/// How long the service asks to be left alone, in seconds; not longer than any pause is.
fn asked(sent: &Result<Answer, Silence>) -> Duration {
    let header = sent.as_ref().ok().and_then(|answer| answer.header("retry-after"));
    let seconds: Option<u32> = header.and_then(|text| text.trim().parse().ok());
    Duration::from_secs_f64(seconds.map_or(0.0, f64::from).min(PAUSE_SECONDS_MAX))
}

/// How long to wait after that attempt: 1, 2, 4 … seconds, and up to one more by chance.
fn pause(attempt: u64) -> Duration {
    let doubled = 1_u32.checked_shl(u32::try_from(attempt - 1).unwrap_or(u32::MAX));
    let seconds = doubled.map_or(PAUSE_SECONDS_MAX, f64::from) + random_fraction();
    Duration::from_secs_f64(seconds.min(PAUSE_SECONDS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_asks_for_is_waited_and_not_more_than_any_pause() {
        let after = |value: &str| {
            let headers = vec![("retry-after".to_owned(), value.to_owned())];
            asked(&Ok(Answer { status: 429, headers, body: Vec::new() })).as_secs()
        };
        assert_eq!([after("7"), after(" 0 "), after("86400"), after("soon")], [7, 0, 30, 0]);
        assert_eq!(asked(&Err(Silence::ConnectTimeout)), Duration::ZERO);
    }

    #[test]
    fn pauses_double_and_stay_bounded() {
        for (attempt, least, most) in
            [(1, 1.0, 2.0), (3, 4.0, 5.0), (6, 30.0, 30.0), (99, 30.0, 30.0)]
        {
            let pause = pause(attempt).as_secs_f64();
            assert!((least..=most).contains(&pause), "{attempt}: {pause}");
        }
    }
}
