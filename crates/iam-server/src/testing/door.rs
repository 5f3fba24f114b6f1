//! Where tests ask: an address of its own on loopback, that nobody else finds or may use.
//!
//! Whoever asks shows the token that is in the data directory, and so can read the installation's
//! files anyway. No page in a browser gets that far: it sends `Origin` or `Sec-Fetch-…`, and a name
//! that was made to mean this machine is no name of loopback's.

use super::faults::Wanted;
use super::states::START;
use super::{Testing, refused};
use crate::api::no_operation;
use crate::app::{App, Reach, Shared};
use crate::dialect::{plain_headers, problem};
use crate::http::is_own_host;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use iam_api::{Code, Dialect, Problem, Timestamp};
use iam_core::audit::Source;
use iam_core::server_key::Use;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// What every path begins with.
pub(crate) const ROOT: &str = "/testing";

/// What is served there.
pub(crate) fn router(app: &Shared) -> Router {
    let paths = Router::new()
        .route("/snapshot", post(snapshot))
        .route("/reset", post(reset))
        .route("/clock", get(clock).post(move_clock))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .with_state(Arc::clone(app));
    let nothing_here = || async { problem(Dialect::Identity, &no_operation()) };
    Router::new()
        .nest(ROOT, paths)
        .fallback(nothing_here)
        .layer(from_fn_with_state(Arc::clone(app), guard))
}

async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    match admit(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(refused) => problem(Dialect::Identity, &refused),
    }
}

/// Refuses whoever is not a test of this machine's that may read the installation's files.
fn admit(app: &App, request: &Request) -> Result<(), Problem> {
    let forbidden = |message: &str| Err(Problem::new(Code::NotAuthorized, message));
    let headers = request.headers();
    let text = |name: header::HeaderName| headers.get(name).and_then(|text| text.to_str().ok());
    let source = request.extensions().get::<Source>();
    if !source.and_then(Source::ip).is_some_and(|ip| ip.is_loopback()) {
        return forbidden("A server for tests is steered from its own machine alone.");
    }
    if !is_own_host(&Reach::default(), text(header::HOST).unwrap_or_default()) {
        return forbidden("A server for tests is steered at a name of loopback's alone.");
    }
    let by_browsers = ["origin", "cookie", "sec-fetch-site", "sec-fetch-mode"];
    if by_browsers.iter().any(|name| headers.contains_key(*name)) {
        return forbidden("A server for tests is not steered by a browser.");
    }
    let shown = text(header::AUTHORIZATION).and_then(|shown| shown.strip_prefix("Bearer "));
    let hash = |token: &str| app.context.key.hash(Use::Session, &[b"testing", token.as_bytes()]);
    let wanted = app.testing.as_ref().map(|testing| hash(&testing.token));
    if wanted.is_none() || wanted != shown.map(hash) {
        let message = "Show the token that is in testing.json in the data directory: \
                       Authorization: Bearer TOKEN";
        return Err(Problem::new(Code::NotAuthenticated, message));
    }
    if request.method() == Method::POST && text(header::CONTENT_TYPE) != Some("application/json") {
        return Err(refused("the body has to be JSON: say Content-Type: application/json"));
    }
    Ok(())
}

/// The name of a state.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(default = "start")]
    name: String,
}

fn start() -> String {
    START.to_owned()
}

/// Where the clock is to go.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Movement {
    advance_seconds: Option<u32>,
    set: Option<Timestamp>,
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    serde_json::from_slice(body)
        .map_err(|cause| refused(format!("the body is not what is taken here: {cause}")))
}

fn testing(app: &App) -> Result<&Testing, Problem> {
    app.testing.as_ref().ok_or_else(no_operation)
}

fn answer<T: Serialize>(done: Result<T, Problem>) -> Response {
    let text = done.and_then(|done| serde_json::to_string(&done).map_err(Problem::internal));
    match text {
        Ok(text) => {
            let mut response = (StatusCode::OK, text).into_response();
            plain_headers(Dialect::Identity, response.headers_mut());
            response
        }
        Err(refused) => problem(Dialect::Identity, &refused),
    }
}

async fn snapshot(State(app): State<Shared>, body: Bytes) -> Response {
    let keep = async {
        let Named { name } = read(&body)?;
        let rows = testing(&app)?.snapshot(&app, &name).await?;
        Ok(json!({"name": name, "rows": rows}))
    };
    answer(keep.await)
}

async fn reset(State(app): State<Shared>, body: Bytes) -> Response {
    let go_back = async {
        let Named { name } = read(&body)?;
        let rows = testing(&app)?.reset(&app, &name).await?;
        Ok(json!({"name": name, "rows": rows}))
    };
    answer(go_back.await)
}

fn time(app: &App) -> Result<Value, Problem> {
    let (now, ahead) = (app.context.now(), testing(app)?.seconds_ahead());
    Ok(json!({"now": now, "secondsAhead": ahead}))
}

async fn clock(State(app): State<Shared>) -> Response {
    answer(time(&app))
}

async fn move_clock(State(app): State<Shared>, body: Bytes) -> Response {
    let go = async {
        match read(&body)? {
            Movement { advance_seconds: Some(seconds), set: None } => {
                testing(&app)?.advance(&app, seconds).await?;
            }
            Movement { advance_seconds: None, set: Some(moment) } => {
                testing(&app)?.set_clock(&app, moment).await?;
            }
            _ => return Err(refused("give one of advanceSeconds and set, which is a time")),
        }
        time(&app)
    };
    answer(go.await)
}

async fn faults(State(app): State<Shared>) -> Response {
    answer(testing(&app).map(|testing| testing.faults().list()))
}

async fn add_fault(State(app): State<Shared>, body: Bytes) -> Response {
    let add = || {
        let wanted: Wanted = read(&body)?;
        let testing = testing(&app)?;
        testing.faults().add(wanted)?;
        Ok(testing.faults().list())
    };
    answer(add())
}

async fn clear_faults(State(app): State<Shared>) -> Response {
    answer(testing(&app).map(|testing| {
        testing.faults().clear();
        testing.faults().list()
    }))
}
