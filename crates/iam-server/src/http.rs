//! Connections and what every request goes through: limits, timeouts, ids, one shape of answer.
//!
//! HTTP/1.1 only: behind a proxy that is what is spoken, and HTTP/2 brings floods of its own. The
//! limits are security.md's API rows. Nothing here knows an operation.

use crate::api;
use crate::app::{Reach, Shared};
use crate::connection::{Line, requests};
use crate::console;
use crate::current::Current;
use crate::dialect::{self, Cause};
use crate::health;
use crate::metrics;
use crate::oauth;
use crate::session_tokens;
use crate::system;
use crate::testing;
use crate::traces;
use axum::Router;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use futures_util::FutureExt;
use iam_api::{Code, Problem};
use iam_core::audit::Source;
use iam_core::context::Context;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// The largest body.
pub const BODY_MAX: usize = 1024 * 1024;
const REQUEST_LINE_MAX: usize = 8 * 1024;
const HEADERS_MAX: usize = 64;
const HEADER_BYTES_MAX: usize = 16 * 1024;
const CONNECTIONS_MAX: u32 = 12_288;
/// How many files and sockets the process keeps for what is no connection: the store, the mail
/// server, the operator.
const OTHER_FILES_MAX: u64 = 512;
const OPERATORS_MAX: u32 = 64;
const TLS_TIME_MAX: Duration = Duration::from_secs(10);
/// How long open requests may take to end when the server stops.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(10);
const REQUEST_ID_MAX: usize = 98;

/// How long a peer may keep the server waiting.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the head of a request, from its first byte; of the first one, from connecting.
    pub head: Duration,
    /// Between two requests of a connection.
    pub idle: Duration,
    /// For a body.
    pub body: Duration,
    /// For a request, once its head has arrived.
    pub request: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(30),
            request: Duration::from_secs(60),
        }
    }
}

/// The one service: the API and the Console.
pub fn service(app: &Shared) -> Router {
    let api = api::router(Arc::clone(app));
    let nothing_here = |request: Request| async move {
        dialect::problem(dialect::of(request.uri().path()), &api::no_operation())
    };
    let pages = console::router(Arc::clone(app));
    let others = health::router(Arc::clone(app))
        .merge(oauth::router(Arc::clone(app)))
        .merge(session_tokens::router(Arc::clone(app)));
    api.merge(pages).merge(others).fallback(nothing_here)
}

/// Where connections come in, and what answers them.
pub(crate) struct Door {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) router: Router,
    /// How many there may be at once; whoever comes on top waits.
    pub(crate) connections_max: u32,
}

/// The door for what the operator asks for. Its places are its own, so that it is open when all
/// others are taken.
pub(crate) fn operators_door(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    app: &Shared,
) -> Door {
    let router = metrics::router(Arc::clone(app));
    Door { listener, tls, router, connections_max: OPERATORS_MAX }
}

/// The door for tests, where this server is for those.
pub(crate) fn testing_door(listener: TcpListener, app: &Shared) -> Door {
    let router = testing::router(app);
    Door { listener, tls: None, router, connections_max: OPERATORS_MAX }
}

/// Serves connections until `shutdown` is done; then takes no more, and waits for open requests.
///
/// # Errors
///
/// None so far that ends serving: what fails for one connection ends that one alone.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    app: Shared,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let router = service(&app);
    let connections_max = connections_max(system::open_files_max());
    attend(Door { listener, tls, router, connections_max }, app, shutdown).await;
    Ok(())
}

/// How many connections there may be, where the process may open that many files: those that come
/// on top wait, and what the server needs itself is never refused to it.
fn connections_max(files_max: u64) -> u32 {
    let left = files_max.saturating_sub(OTHER_FILES_MAX).max(1);
    u32::try_from(left).unwrap_or(u32::MAX).min(CONNECTIONS_MAX)
}

/// Serves the connections of one door, as [`serve`] does.
pub(crate) async fn attend(door: Door, app: Shared, shutdown: impl Future<Output = ()>) {
    let Door { listener, tls, router, connections_max } = door;
    let (stop, stopping) = watch::channel(());
    let connections = Arc::new(Semaphore::new(connections_max as usize));
    tokio::pin!(shutdown);
    loop {
        let place = Arc::clone(&connections).acquire_owned();
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = async { (place.await, listener.accept().await) } => accepted,
        };
        let (Ok(place), Ok((stream, peer))) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await; // out of descriptors, most often
            continue;
        };
        let _quick = stream.set_nodelay(true);
        // On a socket for both, an IPv4 address comes as an IPv6 one.
        let peer = peer.ip().to_canonical();
        let line = Line { peer, router: router.clone(), app: Arc::clone(&app) };
        let (tls, mut stopping) = (tls.clone(), stopping.clone());
        tokio::spawn(async move {
            connection(stream, line, tls, stopping.changed().map(drop)).await;
            drop(place);
        });
    }
    drop(listener);
    let _nobody_listens = stop.send(());
    let all = connections.acquire_many(connections_max);
    let _late = tokio::time::timeout(DRAIN_TIME_MAX, all).await;
}

async fn connection(
    stream: TcpStream,
    line: Line,
    tls: Option<TlsAcceptor>,
    stopping: impl Future<Output = ()> + Send,
) {
    let counting = Arc::clone(&line.app);
    let _open = counting.metrics.connected();
    let Some(tls) = tls else { return requests(stream, line, stopping).await };
    // In boxes, so that a connection without TLS is not as large as one with it.
    let shaken = Box::pin(tokio::time::timeout(TLS_TIME_MAX, tls.accept(stream))).await;
    if let Ok(Ok(stream)) = shaken {
        Box::pin(requests(Box::new(stream), line, stopping)).await;
    }
}

/// Answers one request, whatever happens.
pub async fn answer(router: Router, app: &Shared, peer: IpAddr, mut request: Request) -> Response {
    let begun = Instant::now();
    let which = app.metrics.which(request.method(), request.uri().path());
    let id = request_id(&app.context, request.headers());
    let request_id: Arc<str> = Arc::from(id.as_str());
    let address = address(&app.reach, peer, request.headers());
    let method = request.method().clone();
    let source = Source { address, request_id: id };
    let trace = match app.metrics.is_for_operator(&which) {
        true => None, // it comes every second, and is nothing to look into
        false => app.traces.begin(&app.context, request.headers()),
    };
    let current = Current { request_id: Arc::clone(&request_id), trace: trace.clone() };
    request.extensions_mut().insert(source);
    request.extensions_mut().insert(which.clone());
    let is_page = console::serves(request.uri().path());
    let dialect = dialect::of(request.uri().path());
    let _unchanged_meanwhile = match request.uri().path().starts_with(testing::ROOT) {
        true => None, // it may be what changes everything
        false => app.shared().await,
    };
    let answered = match check(&request) {
        Err(problem) => Err(problem),
        Ok(()) => current.answered_by(bounded(router, request, app.timeouts.request)).await,
    };
    let mut response = answered.unwrap_or_else(|problem| match is_page {
        true => console::early(problem, app.reach.is_tls, &request_id),
        false => dialect::problem(dialect, &problem),
    });
    if let Some(Cause(cause)) = response.extensions_mut().remove() {
        let status = response.status().as_u16();
        if status >= 500 {
            tracing::error!(request = %request_id, %method, status, %cause, "failed");
        } else {
            tracing::info!(request = %request_id, %method, status, %cause, "refused");
        }
    }
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(HeaderName::from_static("opc-request-id"), id);
    }
    app.metrics.answered(&which, response.status(), begun.elapsed());
    if let Some(trace) = trace {
        let (api, operation) = app.metrics.name(&which);
        let (method, status) = (metrics::method_name(&method), response.status().as_u16());
        let operation = operation.to_owned();
        app.traces.end(&trace, traces::Request { api, operation, method, status, id: request_id });
    }
    response
}

/// Runs the router with a bound on its time; a panic ends this request alone.
async fn bounded(
    router: Router,
    request: Request,
    time_max: Duration,
) -> Result<Response, Problem> {
    let running = AssertUnwindSafe(router.oneshot(request)).catch_unwind();
    match tokio::time::timeout(time_max, running).await {
        Ok(Ok(Ok(response))) => Ok(response),
        Ok(Err(_)) => Err(Problem::internal("a handler panicked")),
        Err(_) => {
            let message = "The request took too long. Try again.";
            Err(Problem::new(Code::ServiceUnavailable, message))
        }
    }
}

/// Refuses what is too large, and paths that could mean another one elsewhere.
fn check(request: &Request) -> Result<(), Problem> {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    if target.len() > REQUEST_LINE_MAX {
        return Err(Problem::new(
            Code::RequestHeaderFieldsTooLarge,
            format!("The request line is longer than {REQUEST_LINE_MAX} bytes."),
        ));
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > HEADERS_MAX || bytes > HEADER_BYTES_MAX {
        return Err(Problem::new(
            Code::RequestHeaderFieldsTooLarge,
            format!("There are more than {HEADERS_MAX} headers or {HEADER_BYTES_MAX} bytes."),
        ));
    }
    if is_ambiguous(request.uri().path()) {
        return Err(api::no_operation());
    }
    Ok(())
}

/// Whether a path has empty or dot segments, or hides separators behind percent signs: such a path
/// can be read in two ways.
fn is_ambiguous(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["//", "%2f", "%5c", "%2e", "%00", "\\"].iter().any(|sign| lower.contains(sign))
        || path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// `<client's or ours>/<ours>/<ours>`, as OCI's are (facts 4.4).
fn request_id(context: &Context, headers: &HeaderMap) -> String {
    const DIGITS: usize = 32; // of each part that is ours
    let random: [u8; 3 * DIGITS / 2] = context.random();
    let halves = random.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut digits = halves.filter_map(|half| char::from_digit(half.into(), 16));
    let mut add_ours = |text: &mut String| {
        text.extend(digits.by_ref().take(DIGITS).map(|digit| digit.to_ascii_uppercase()));
    };
    let client = headers.get("opc-request-id").and_then(|id| id.to_str().ok()).filter(|id| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        (1..=REQUEST_ID_MAX).contains(&id.len()) && id.bytes().all(plain)
    });
    let mut id = String::with_capacity(REQUEST_ID_MAX + 2 * (1 + DIGITS));
    match client {
        Some(client) => id.push_str(client),
        None => add_ours(&mut id),
    }
    for _ in 0..2 {
        id.push('/');
        add_ours(&mut id);
    }
    id
}

/// The address that a request came from: the peer's, or, where the peer is a proxy of ours, the
/// nearest address in `X-Forwarded-For` that is not.
fn address(reach: &Reach, peer: IpAddr, headers: &HeaderMap) -> String {
    if !reach.proxies.contains(&peer) {
        return peer.to_string();
    }
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|hops| hops.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|hops| hops.split(',')).map(str::trim).collect();
    let foreign = hops.iter().rev().map(|hop| hop.parse::<IpAddr>()).find(|hop| {
        // What cannot be read is not passed over: whoever wrote it is not believed.
        hop.as_ref().map_or(true, |hop| !reach.proxies.contains(hop))
    });
    match foreign {
        Some(Ok(client)) => client.to_string(),
        _ => peer.to_string(),
    }
}

/// Whether a host, as a request names it, is one of ours.
pub(crate) fn is_own_host(reach: &Reach, host: &str) -> bool {
    let authority = host.parse::<Authority>().ok().filter(|_| !host.contains('@'));
    let Some(authority) = authority else { return false };
    let bare = authority.host().trim_start_matches('[').trim_end_matches(']');
    let loopback = bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    loopback || reach.hosts.iter().any(|own| own.eq_ignore_ascii_case(bare))
}

/// Scheme and host that a request was sent to, for links to what it made.
pub(crate) fn own_address(app: &Shared, headers: &HeaderMap) -> String {
    let scheme = if app.reach.is_tls { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_to_the_rest_of_the_server() {
        for (files, connections) in [(u64::MAX, 12_288), (20_000, 12_288), (1024, 512), (64, 1)] {
            assert_eq!(connections_max(files), connections);
        }
    }
}
