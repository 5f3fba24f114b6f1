//! One connection, from its first byte to its last.
//!
//! The one idea: hyper is there only while there is something to answer. Its buffers take 16 KiB
//! for as long as it has a connection, and most connections are idle most of the time; so between
//! two requests a connection rests: a task that waits for the next byte, and nothing more (0006).

use crate::app::Shared;
use crate::head_clock::HeadClock;
use crate::http::{Timeouts, answer};
use crate::turn::Turn;
use axum::Router;
use axum::body::Body;
use hyper::body::{Bytes, Incoming};
use hyper::http::{HeaderMap, Version, header};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::server::TlsStream;

/// What the parser takes before the checks behind it can answer in OCI's shape.
const PARSER_HEADERS_MAX: usize = 256;
const PARSER_BYTES_MAX: usize = 64 * 1024;

/// A stream that can be waited for without a buffer.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Ready when a read would find bytes, or the stream's end, or an error.
    fn poll_arrived(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

impl Stream for TcpStream {
    fn poll_arrived(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // By a look at it: that it is ready to be read is what a new socket always says.
        self.poll_peek(cx, &mut ReadBuf::new(&mut [0])).map(drop)
    }
}

impl Stream for Box<TlsStream<TcpStream>> {
    fn poll_arrived(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut **self).poll_fill_buf(cx).map(drop)
    }
}

/// Whom a connection is with, and what answers there.
pub(crate) struct Line {
    pub(crate) peer: IpAddr,
    pub(crate) router: Router,
    pub(crate) app: Shared,
}

/// Answers the requests of a connection until either side ends it, or `stopping` is done.
pub(crate) async fn requests(
    mut stream: impl Stream,
    line: Line,
    stopping: impl Future<Output = ()> + Send,
) {
    let Timeouts { head, idle, .. } = line.app.timeouts;
    let mut stopping = pin!(stopping);
    let mut wait = head;
    // Nobody connects to be silent: the first head has its time from here on.
    let mut deadline = Some(Instant::now() + head);
    let mut early = Bytes::new();
    loop {
        if early.is_empty() {
            let arrived = timeout(wait, poll_fn(|cx| stream.poll_arrived(cx)));
            let is_late = tokio::select! {
                arrived = arrived => arrived.is_err(),
                () = stopping.as_mut() => true,
            };
            if is_late {
                return;
            }
        }
        let come = Come { stream, early, deadline: deadline.take() };
        // In a box, so that a connection that rests is not as large as one that is answered.
        match Box::pin(while_asked(come, &line, stopping.as_mut())).await {
            Ok(Some(kept)) => (stream, early) = kept,
            Ok(None) => return,
            Err(cause) => {
                tracing::debug!(peer = %line.peer, %cause, "a connection ended");
                return;
            }
        }
        wait = idle;
    }
}

/// A stream on which something has come.
struct Come<S> {
    stream: S,
    /// What was read of it already.
    early: Bytes,
    /// When the head has to be there, if that was said before it began.
    deadline: Option<Instant>,
}

/// Lets hyper answer what comes, until nothing of it is left to do. Answers the stream where it may
/// be asked again, with what has come early of the next request.
async fn while_asked<S: Stream>(
    come: Come<S>,
    line: &Line,
    stopping: Pin<&mut (impl Future<Output = ()> + Send)>,
) -> Result<Option<(S, Bytes)>, hyper::Error> {
    let Timeouts { head, idle, .. } = line.app.timeouts;
    let turn = Turn::default();
    let stream = HeadClock::new(come.stream, come.early, turn.clone(), head, come.deadline);
    let turns = turn.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        turns.asked(is_kept(request.version(), request.headers()));
        let (router, app, turns) = (line.router.clone(), Arc::clone(&line.app), turns.clone());
        let request = request.map(|body| Body::new(turns.hear(body)));
        Box::pin(async move {
            let response = answer(router, &app, line.peer, request).await;
            turns.answered();
            Ok::<_, Infallible>(response)
        })
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(idle) // the head itself is timed by `HeadClock`
        .max_headers(PARSER_HEADERS_MAX)
        .max_buf_size(PARSER_BYTES_MAX)
        .half_close(false);
    let mut serving = builder.serve_connection(TokioIo::new(stream), service);
    let mut is_over = false;
    let until_over = poll_fn(|cx| match serving.poll_without_shutdown(cx) {
        Poll::Pending if turn.is_over() => {
            // hyper has nothing to do any more, and lets go at once.
            is_over = true;
            Pin::new(&mut serving).graceful_shutdown();
            serving.poll_without_shutdown(cx)
        }
        polled => polled,
    });
    let ended = tokio::select! {
        ended = until_over => Some(ended),
        () = stopping => None,
    };
    match ended {
        Some(ended) => ended?,
        // A connection that has asked nothing yet would be waited for, up to its bound.
        None if turn.is_first() => return Ok(None),
        None => {
            is_over = false;
            Pin::new(&mut serving).graceful_shutdown();
            poll_fn(|cx| serving.poll_without_shutdown(cx)).await?;
        }
    }
    let parts = serving.into_parts();
    let mut stream = parts.io.into_inner();
    if !is_over {
        let _gone = stream.shutdown().await;
        return Ok(None);
    }
    Ok(Some(stream.into_inner(parts.read_buf)))
}

/// Whether a connection is kept after such a request, as far as that is plain.
fn is_kept(version: Version, headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONNECTION);
    version == Version::HTTP_11
        && said.is_none_or(|said| said.as_bytes().eq_ignore_ascii_case(b"keep-alive"))
}
