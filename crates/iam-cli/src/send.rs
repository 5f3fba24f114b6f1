//! Signs a request, sends it, and gives back the answer: once, with nothing tried again.
//!
//! The one idea: what comes back may be anything. It is bounded in size and time, no redirect is
//! followed (the signature would be sent to a stranger), and every way to fail has a kind.

use crate::clock::{UPPER_HEX, now, random_text};
use crate::config::{Account, Settings};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::proxy::Way;
use crate::request::Request;
use crate::{trace, transport};
use iam_api::Dialect;
use iam_sign::{format_http_date, sign_request};
use std::io::Read;
use ureq::Agent;
use ureq::http;

/// What is sent as the name of this program.
pub(crate) const USER_AGENT: &str = concat!("Durward-CLI/", env!("CARGO_PKG_VERSION"));

/// What answers are in.
const JSON: &str = "application/json";

/// The most that an answer may hold.
const ANSWER_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers in their order, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The header of that name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Silence {
    /// Nothing was sent: a fault on this side.
    Unsent(Failure),
    /// The server could not be reached in time.
    ConnectTimeout,
    /// Nobody listens there.
    Unreachable(String),
    /// It broke off, or did not answer in time.
    Broken(String),
    /// What it answered is of no use, and would be of none the next time.
    Unusable(String),
    /// Its certificate is not trusted.
    Untrusted(String),
}

/// Sends requests to one address, signed by one account.
pub(crate) struct Sender<'a> {
    agent: Agent,
    /// Where to.
    pub(crate) endpoint: Endpoint,
    way: Option<Way>,
    /// Who signs.
    pub(crate) account: &'a Account,
    request_id: Option<String>,
    debug: bool,
}

impl<'a> Sender<'a> {
    /// A sender to a service, as the settings want it.
    pub(crate) fn new(settings: &'a Settings<'_>, service: &str) -> Result<Self, Failure> {
        let account = settings.account()?;
        let globals = &settings.globals;
        let (given, region) = (globals.endpoint.as_deref(), account.region.as_deref());
        let endpoint = Endpoint::choose(service, given, region, settings.env)?;
        Self::to(settings, endpoint)
    }

    /// A sender to that address.
    pub(crate) fn to(settings: &'a Settings<'_>, endpoint: Endpoint) -> Result<Self, Failure> {
        let account = settings.account()?;
        let globals = &settings.globals;
        let way = Way::choose(globals.proxy.as_deref(), &endpoint, settings.env)?;
        let agent = transport::agent(settings, &endpoint, way.as_ref())?;
        let request_id = globals.request_id.clone();
        Ok(Self { agent, endpoint, way, account, request_id, debug: globals.debug })
    }

    /// Whom requests are sent to, as a message names it.
    pub(crate) fn place(&self) -> String {
        let origin = &self.endpoint.origin;
        match &self.way {
            Some(way) => format!("{origin} through the proxy `{}`", way.shown),
            None => origin.clone(),
        }
    }

    /// Sends the request of an operation, once.
    pub(crate) fn send(&self, request: &Request) -> Result<Answer, Silence> {
        let target = self.endpoint.path(&request.target);
        let method = request.spec.method.as_str();
        let accept = match request.spec.dialect {
            Dialect::Identity => JSON,
            Dialect::Scim => "application/scim+json, application/json",
        };
        self.send_accepting(accept, method, &target, &request.headers, request.body.as_deref())
    }

    /// Sends any request to that path and query, once.
    pub(crate) fn send_to(
        &self,
        method: &str,
        target: &str,
        own_headers: &[(impl AsRef<str>, String)],
        body: Option<&[u8]>,
    ) -> Result<Answer, Silence> {
        self.send_accepting(JSON, method, target, own_headers, body)
    }

    fn send_accepting(
        &self,
        accept: &str,
        method: &str,
        target: &str,
        own_headers: &[(impl AsRef<str>, String)],
        body: Option<&[u8]>,
    ) -> Result<Answer, Silence> {
        let mut headers = vec![
            ("accept", accept.to_owned()),
            ("user-agent", USER_AGENT.to_owned()),
            ("opc-request-id", self.request_id()),
        ];
        headers.extend(own_headers.iter().map(|(name, value)| (name.as_ref(), value.clone())));
        headers.extend(self.signature(method, target, body)?);
        let uri = format!("{}{target}", self.endpoint.origin);
        if self.debug {
            trace::request(method, &uri, &headers, body);
        }
        let answer = self.exchange(method, &uri, headers, body)?;
        if self.debug {
            trace::answer(&answer);
        }
        Ok(answer)
    }

    fn request_id(&self) -> String {
        self.request_id.clone().unwrap_or_else(|| random_text(32, UPPER_HEX))
    }

    fn signature(
        &self,
        method: &str,
        target: &str,
        body: Option<&[u8]>,
    ) -> Result<Vec<(&'static str, String)>, Silence> {
        let key = self.account.key().map_err(Silence::Unsent)?;
        let date = format_http_date(now().as_seconds());
        sign_request(key, &self.account.key_id, method, &self.endpoint.host, target, &date, body)
            .map_err(|error| Silence::Unsent(Failure::Client(format!("cannot sign: {error}"))))
    }

    fn exchange(
        &self,
        method: &str,
        uri: &str,
        headers: Vec<(&str, String)>,
        body: Option<&[u8]>,
    ) -> Result<Answer, Silence> {
        let mut builder = http::Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        let answer = match body {
            Some(body) => builder.body(body).map(|request| self.agent.run(request)),
            None => builder.body(()).map(|request| self.agent.run(request)),
        };
        let unsent = |error| Silence::Unsent(Failure::Client(format!("cannot send: {error}")));
        let answer = answer.map_err(unsent)?.map_err(transport::silence)?;
        read(answer)
    }
}

fn read(answer: http::Response<ureq::Body>) -> Result<Answer, Silence> {
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let mut body = Vec::new();
    let reader = answer.into_body().into_reader();
    let read = reader.take(ANSWER_BYTES_MAX + 1).read_to_end(&mut body);
    read.map_err(|error| Silence::Broken(format!("the answer broke off: {error}")))?;
    if body.len() as u64 > ANSWER_BYTES_MAX {
        return Err(Silence::Unusable("the answer is larger than 10 MiB".to_owned()));
    }
    Ok(Answer { status, headers, body })
}
