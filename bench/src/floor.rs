//! The floor program: the least that a server could do for a reset and still deserve the name. It
//! takes HTTP, verifies the signature, and writes one row of about 200 bytes to SQLite, durably and
//! in groups. No policies, no retry tokens, no audit, no limits.
//!
//! It is built from the same parts as the server (axum, `iam-sign`, SQLite with the same settings),
//! so that what is between the two is the work, and not the libraries.

use crate::Result;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path as PathValues, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use iam_sign::{Presented, PublicKey};
use rusqlite::Connection;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const BODY_MAX: usize = 1024 * 1024;
const QUEUE_MAX: usize = 4096;
const GROUP_MAX: usize = 256;
/// With OCID, time and the rest of the row, about 200 bytes.
const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\
                    0123456789abcdef";
const WRITE: &str = "INSERT INTO passwords (user, created, hash) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (user) DO UPDATE SET created = excluded.created, \
                     hash = excluded.hash";

struct Floor {
    key: PublicKey,
    queue: SyncSender<Job>,
}

struct Job {
    user: String,
    created: i64,
    done: oneshot::Sender<()>,
}

/// Serves until the process is killed.
pub(crate) fn serve(public_key: &Path, dir: &Path) -> Result<()> {
    let key = PublicKey::from_spki_pem(&std::fs::read_to_string(public_key)?)?;
    let connection = open(&dir.join("floor.db"))?;
    let (queue, jobs) = mpsc::sync_channel(QUEUE_MAX);
    std::thread::spawn(move || write(&connection, &jobs));
    let floor = Arc::new(Floor { key, queue });
    let router = axum::Router::new()
        .route("/20160918/users/{user}/uiPassword", post(reset))
        .with_state(floor);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let http = hyper::server::conn::http1::Builder::new();
                let _ended = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}

async fn reset(
    State(floor): State<Arc<Floor>>,
    PathValues(user): PathValues<String>,
    request: Request,
) -> Response {
    match answer(&floor, user, request).await {
        Ok(response) => response,
        Err(cause) => (StatusCode::UNAUTHORIZED, cause.to_string()).into_response(),
    }
}

async fn answer(floor: &Floor, user: String, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    #[expect(clippy::disallowed_methods, reason = "a real server looks at the real clock")]
    let created = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let seconds = i64::try_from(created.as_secs())?;
    let presented = Presented::read(parts.method.as_str(), target, headers, seconds)?;
    presented.verify(&floor.key)?;
    let body: Bytes = to_bytes(body, BODY_MAX).await?;
    presented.verify_body(&body)?;
    let answer = format!("{{\"userId\":\"{user}\",\"password\":\"{}\"}}", "x".repeat(100));
    let (done, is_done) = oneshot::channel();
    let created = i64::try_from(created.as_micros())?;
    floor.queue.try_send(Job { user, created, done }).map_err(|_| "too much is waiting")?;
    is_done.await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4096)?;
    connection.execute_batch(
        "CREATE TABLE passwords (user TEXT PRIMARY KEY, created BIGINT NOT NULL, \
         hash TEXT NOT NULL) WITHOUT ROWID",
    )?;
    Ok(connection)
}

/// Commits what waits, a group at a time. A failure ends this thread, and with it every answer.
fn write(connection: &Connection, jobs: &Receiver<Job>) -> Result<()> {
    while let Ok(first) = jobs.recv() {
        let group: Vec<Job> =
            std::iter::once(first).chain(jobs.try_iter()).take(GROUP_MAX).collect();
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut statement = connection.prepare_cached(WRITE)?;
        for job in &group {
            statement.execute((&job.user, job.created, HASH))?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        for job in group {
            let _gone = job.done.send(());
        }
    }
    Ok(())
}
