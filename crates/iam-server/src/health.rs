//! Whether the process is alive, and whether it is ready: for what restarts it, and for what sends
//! requests to it.
//!
//! To be alive is to answer at all. Readiness is looked at in the background, once a second, and
//! whoever asks is told what was seen last: so nobody can load the store by asking, and a store
//! that hangs holds one thread, not one for each who asks. Where changes fail, or wait and none
//! gets done, it is seen by making one: a disk that is full still reads.

use crate::app::{App, Shared};
use crate::config::Enforcement;
use crate::upkeep;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use iam_api::Code;
use iam_core::context::CLOCK_SLACK_SECONDS;
use std::fmt;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};

/// Where it is asked whether the process is alive.
pub(crate) const ALIVE: &str = "/healthz";
/// Where it is asked whether it is ready.
pub(crate) const READY: &str = "/readyz";

const PERIOD: Duration = Duration::from_secs(1);
/// How long the store may take to answer.
pub(crate) const LOOK_MAX: Duration = Duration::from_secs(2);
/// How old what was seen may be: then nobody looks any more, whatever the cause.
const SEEN_MAX: Duration = Duration::from_secs(5);

/// Why the server is not ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unready {
    /// Nobody has looked yet.
    Starting,
    /// It was told to stop.
    Draining,
    /// The store does not answer in time.
    StoreSilent,
    /// The store fails; the log has the cause.
    StoreFails,
    /// The store is read, and takes no changes; the log has the cause.
    StoreUnchanging,
    /// The store's tables are not those that this version knows.
    OtherSchema,
    /// The clock has gone back.
    ClockBehind,
}

impl fmt::Display for Unready {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Starting => "starting",
            Self::Draining => "draining",
            Self::StoreSilent => "the store does not answer",
            Self::StoreFails => "the store fails",
            Self::StoreUnchanging => "the store takes no changes",
            Self::OtherSchema => "the store is of another version",
            Self::ClockBehind => "the clock has gone back",
        })
    }
}

/// How the process is doing.
pub struct Health {
    draining: AtomicBool,
    /// Whether the last change that anybody tried failed for a cause of the store's.
    doubts_changes: AtomicBool,
    /// How many changes were done when it was last looked.
    done: AtomicU64,
    seen: Mutex<Result<Instant, Unready>>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            draining: AtomicBool::new(false),
            doubts_changes: AtomicBool::new(false),
            done: AtomicU64::new(0),
            seen: Mutex::new(Err(Unready::Starting)),
        }
    }
}

impl Health {
    /// Whether requests should be sent here, as far as is known.
    pub fn readiness(&self) -> Result<(), Unready> {
        if self.draining.load(Ordering::Relaxed) {
            return Err(Unready::Draining);
        }
        let at = self.seen().clone()?;
        if at.elapsed() > SEEN_MAX { Err(Unready::StoreSilent) } else { Ok(()) }
    }

    /// From here on the server is not ready, for ever: it was told to stop.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Takes note of whether the store has just taken a change.
    pub(crate) fn changed(&self, taken: bool) {
        // Nearly always it is as it was, and a line of memory that is only read is cheap.
        if self.doubts_changes.load(Ordering::Relaxed) == taken {
            self.doubts_changes.store(!taken, Ordering::Relaxed);
        }
    }

    fn seen(&self) -> MutexGuard<'_, Result<Instant, Unready>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was seen, and tells of it where it is news.
    fn note(&self, seen: Result<(), Unready>) {
        let seen = seen.map(|()| Instant::now());
        let before = std::mem::replace(&mut *self.seen(), seen.clone());
        match (before, seen) {
            (Ok(_), Err(why)) => tracing::error!(%why, "not ready for requests"),
            (Err(Unready::Starting), Ok(_)) | (Ok(_), Ok(_)) => {}
            (Err(before), Err(why)) if before == why => {}
            (Err(_), Err(why)) => tracing::error!(%why, "still not ready for requests"),
            (Err(_), Ok(_)) => tracing::info!("ready for requests again"),
        }
    }
}

/// Looks for ever.
pub(crate) async fn run(app: Shared) {
    let mut tick = tokio::time::interval(PERIOD);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        look(&app).await;
    }
}

/// Looks once, and keeps what it sees: also while the store takes its time.
pub async fn look(app: &Shared) {
    let mut looking = pin!(see(app));
    let seen = match tokio::time::timeout(LOOK_MAX, &mut looking).await {
        Ok(seen) => seen,
        Err(_) => {
            app.health.note(Err(Unready::StoreSilent));
            looking.await
        }
    };
    app.health.note(seen);
}

async fn see(app: &Shared) -> Result<(), Unready> {
    let asked = app.clone();
    let known = tokio::task::spawn_blocking(move || asked.store.knows_schema()).await;
    match known {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => return Err(Unready::OtherSchema),
        Ok(Err(cause)) => {
            tracing::warn!(%cause, "the store does not answer a read");
            return Err(Unready::StoreFails);
        }
        Err(_) => return Err(Unready::StoreFails),
    }
    takes_changes(app).await?;
    let slack = u64::try_from(CLOCK_SLACK_SECONDS).unwrap_or_default();
    let behind = Duration::from_micros(micros_behind(app));
    if behind > Duration::from_secs(slack) { Err(Unready::ClockBehind) } else { Ok(()) }
}

/// Makes a change where one has failed, or some wait and none was done for a while: so that what is
/// seen does not depend on anyone who asks for more. An idle server writes nothing, and one that is
/// busy writes nothing besides.
async fn takes_changes(app: &Shared) -> Result<(), Unready> {
    let tally = app.store.tally();
    let done = tally.committed.value() + tally.undone.value();
    let rests = app.health.done.swap(done, Ordering::Relaxed) == done && tally.waiting() > 0;
    if !rests && !app.health.doubts_changes.load(Ordering::Relaxed) {
        return Ok(());
    }
    match upkeep::keep_clock(app).await {
        Ok(()) => Ok(()),
        Err(problem) if problem.code == Code::TooManyRequests => Ok(()), // it is busy with others
        Err(problem) => {
            tracing::warn!(cause = ?problem.cause, "the store takes no changes");
            Err(Unready::StoreUnchanging)
        }
    }
}

/// How far the clock is behind the latest moment that this installation ever saw.
pub(crate) fn micros_behind(app: &App) -> u64 {
    let now = app.context.now().as_micros();
    u64::try_from(app.context.high_water().as_micros().saturating_sub(now)).unwrap_or_default()
}

/// What is said where it is ready. Policies that cannot be read, or are not enforced, make no node
/// less ready than others, and must not be overlooked either.
fn ready_text(app: &App) -> String {
    let read = match app.access.unreadable_policies() {
        0 => String::new(),
        1 => ", but 1 policy cannot be read; the log names it".to_owned(),
        many => format!(", but {many} policies cannot be read; the log names them"),
    };
    let enforced = match app.enforcement {
        Enforcement::Enforce => "",
        Enforcement::Log => {
            ", but policies are not enforced: it was started with --enforcement log"
        }
    };
    format!("ready{read}{enforced}\n")
}

/// The two questions. They ask for no signature and no host name, and say nothing of what is kept:
/// so they may be asked wherever the server listens.
pub(crate) fn router(app: Shared) -> Router {
    let alive = || async { plain(StatusCode::OK, "alive\n".to_owned()) };
    let ready = |State(app): State<Shared>| async move {
        match app.health.readiness() {
            Ok(()) => plain(StatusCode::OK, ready_text(&app)),
            Err(why) => plain(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")),
        }
    };
    Router::new().route(ALIVE, get(alive)).route(READY, get(ready)).with_state(app)
}

fn plain(status: StatusCode, text: String) -> impl IntoResponse {
    let form = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
    (status, [form, (header::CACHE_CONTROL, "no-store")], text)
}
