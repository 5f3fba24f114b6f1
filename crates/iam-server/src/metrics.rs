//! What this process counts for its operator, and how it is asked for it.
//!
//! Requests are counted here, in one place (`http::answer`): by operation and status, and how long
//! they took. What operations do is counted in `iam-core`, and what the store does in `iam-store`,
//! each where it happens; `text` puts all of it on one page. A label is one of a fixed set of
//! words: an operation's name, a page's, a status. Nothing of a user, and no path as it was sent.

mod text;

use crate::app::Shared;
use crate::bindings::BINDINGS;
use crate::console;
use crate::health;
use crate::http;
use crate::oauth;
use crate::session_tokens;
use axum::Router;
use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use iam_api::{Dialect, Spec, Timestamp};
use iam_store::{Counter, Histogram};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Where the page is.
pub(crate) const PATH: &str = "/metrics";
/// The form of the page: OpenMetrics, which Prometheus reads.
const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The statuses that are counted one by one; what is none of them is counted as one more.
const STATUSES: [u16; 23] = [
    200, 204, 404, 401, 201, 202, 303, 304, 307, 308, 400, 403, 405, 408, 409, 412, 413, 421, 429,
    431, 500, 501, 503,
];
/// How long requests take, in microseconds.
const REQUEST_MICROS: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000,
];
/// The row of what is none of ours.
const UNKNOWN: usize = 0;
/// The API of what the operator asks for.
const OPERATOR: &str = "operator";

/// The requests of one operation, or of one page.
struct Row {
    api: &'static str,
    operation: String,
    /// One for each of [`STATUSES`], and one for the rest.
    statuses: Vec<Counter>,
    micros: Histogram,
}

impl Row {
    fn new(api: &'static str, operation: impl Into<String>) -> Self {
        let statuses = (0..=STATUSES.len()).map(|_| Counter::default()).collect();
        Self { api, operation: operation.into(), statuses, micros: Histogram::new(&REQUEST_MICROS) }
    }
}

/// Which operation a request is for: an answer that has become late, or a panic, is counted too.
#[derive(Clone)]
pub(crate) struct Which(Arc<AtomicUsize>);

impl Which {
    /// Notes the row.
    pub(crate) fn is(&self, row: usize) {
        self.0.store(row, Ordering::Relaxed);
    }
}

/// What tokens for other services are counted as.
const OAUTH: &str = "oauth2";

/// What is asked for a session's tokens is counted as.
const SESSIONS: &str = "sessions";

/// What this process counts of requests and connections.
pub struct Metrics {
    rows: Vec<Row>,
    places: HashMap<(&'static str, String), usize>,
    connections: AtomicU64,
    started: Timestamp,
}

impl Metrics {
    /// Nothing has happened yet.
    pub(crate) fn new(started: Timestamp) -> Self {
        let mut specs: Vec<&Spec> = BINDINGS.values().map(|binding| binding.spec).collect();
        specs.sort_by_key(|spec| (api(spec), spec.id));
        let mut rows = vec![Row::new("none", "unknown")];
        rows.extend(specs.into_iter().map(|spec| Row::new(api(spec), spec.id)));
        rows.extend(
            console::PAGES
                .iter()
                .flat_map(|page| [page_name(false, page), page_name(true, page)])
                .map(|name| Row::new("console", name)),
        );
        rows.push(Row::new(OAUTH, "token"));
        rows.extend(session_tokens::COUNTED.map(|(_, name)| Row::new(SESSIONS, name)));
        let own = [health::ALIVE, health::READY, PATH];
        rows.extend(own.map(|path| Row::new(OPERATOR, path.trim_start_matches('/'))));
        let places = rows.iter().enumerate();
        let places = places.map(|(place, row)| ((row.api, row.operation.clone()), place)).collect();
        Self { rows, places, connections: AtomicU64::new(0), started }
    }

    /// The row of an operation.
    pub(crate) fn row(&self, spec: &Spec) -> usize {
        self.place(api(spec), spec.id)
    }

    /// Where it is noted which operation a request is for. Of a page, and of what the operator
    /// asks for, its path tells; of an operation, the router will.
    pub(crate) fn which(&self, method: &Method, path: &str) -> Which {
        let place = match (console::page(path), path) {
            (Some(page), _) => self.place("console", &page_name(method == Method::POST, page)),
            (None, health::ALIVE | health::READY | PATH) => {
                self.place(OPERATOR, path.trim_start_matches('/'))
            }
            (None, oauth::TOKEN) => self.place(OAUTH, "token"),
            (None, path) => {
                let mut counted = session_tokens::COUNTED.iter();
                let found = counted.find(|(known, _)| *known == path);
                found.map_or(UNKNOWN, |(_, name)| self.place(SESSIONS, name))
            }
        };
        Which(Arc::new(AtomicUsize::new(place)))
    }

    /// The API and the operation of a request.
    pub(crate) fn name(&self, which: &Which) -> (&'static str, &str) {
        let row = self.rows.get(which.0.load(Ordering::Relaxed)).or_else(|| self.rows.first());
        row.map_or(("none", "unknown"), |row| (row.api, row.operation.as_str()))
    }

    /// Whether it is for what the operator asks, again and again.
    pub(crate) fn is_for_operator(&self, which: &Which) -> bool {
        self.name(which).0 == OPERATOR
    }

    fn place(&self, api: &'static str, operation: &str) -> usize {
        self.places.get(&(api, operation.to_owned())).copied().unwrap_or(UNKNOWN)
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(&self, which: &Which, status: StatusCode, time: Duration) {
        let Some(row) = self.rows.get(which.0.load(Ordering::Relaxed)) else { return };
        let known = STATUSES.iter().position(|known| *known == status.as_u16());
        if let Some(counter) = row.statuses.get(known.unwrap_or(STATUSES.len())) {
            counter.add_one();
        }
        row.micros.see_time(time);
    }

    /// Counts a connection as open, as long as the answer is kept.
    pub(crate) fn connected(&self) -> Connected<'_> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        Connected(self)
    }
}

/// An open connection.
pub(crate) struct Connected<'a>(&'a Metrics);

impl Drop for Connected<'_> {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A method by its name, where it is one of HTTP's.
pub(crate) fn method_name(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("_OTHER")
}

/// The two APIs have operations of the same name.
fn api(spec: &Spec) -> &'static str {
    match spec.dialect {
        Dialect::Identity => "identity",
        Dialect::Scim => "domains",
    }
}

/// A page that is looked at costs other than one that is sent in.
fn page_name(is_submitted: bool, page: &str) -> String {
    format!("{} {page}", if is_submitted { "submit" } else { "show" })
}

/// What is served to the operator, apart from all else.
pub(crate) fn router(app: Shared) -> Router {
    let nothing_here = || async { (StatusCode::NOT_FOUND, "metrics are at /metrics\n") };
    let page = Router::new().route(PATH, get(show)).with_state(Arc::clone(&app));
    page.merge(health::router(app)).fallback(nothing_here)
}

async fn show(State(app): State<Shared>, headers: HeaderMap) -> Response {
    // A page of somebody else's, whose name was made to mean this machine, is not answered.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_address = host.parse::<Authority>().is_ok_and(|host| {
        let bare = host.host().trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok()
    });
    if !is_address && !http::is_own_host(&app.reach, host) {
        let text = "metrics are not served under this name: ask by address, or give it as host\n";
        return (StatusCode::MISDIRECTED_REQUEST, text).into_response();
    }
    match text::page(&app) {
        Ok(page) => ([(header::CONTENT_TYPE, FORM)], page).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam_api::Code;

    #[test]
    fn every_status_of_an_error_is_counted_by_itself() {
        for code in Code::ALL {
            assert!(STATUSES.contains(&code.status()), "{code}");
        }
    }

    #[test]
    fn every_operation_and_page_has_a_row_of_its_own() {
        let metrics = Metrics::new(Timestamp::default());
        assert_eq!(metrics.places.len(), metrics.rows.len(), "two rows have one name");
        assert!(BINDINGS.values().all(|binding| metrics.row(binding.spec) != UNKNOWN));
        for (method, path, name) in [
            (Method::GET, "/console/", "show home"),
            (Method::GET, "/console", "show home"),
            (Method::POST, "/console/sign-in", "submit sign-in"),
            (Method::HEAD, "/console/users/ocid1.user/password", "show users"),
            (Method::GET, "/console/nothing-of-ours", "show other"),
            (Method::GET, "/mailbox.json", "show mailbox"),
            (Method::GET, "/healthz", "healthz"),
            (Method::GET, "/20160918/users", "unknown"),
        ] {
            let place = metrics.which(&method, path).0.load(Ordering::Relaxed);
            assert_eq!(metrics.rows[place].operation, name, "{path}");
        }
    }
}
