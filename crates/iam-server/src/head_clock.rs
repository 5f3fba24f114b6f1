//! How long the head of a request may take, once it has begun.
//!
//! hyper has one bound for both: waiting for the next request of a connection, and reading its
//! head. A kept connection may be idle for longer than anybody needs to send a head, so hyper's
//! bound is the longer of the two, and the stream that hyper reads from keeps the shorter one:
//! [`HeadClock`]. It sees bytes and not requests; whose turn it is, it is told by way of [`Turn`].

use crate::turn::Turn;
use hyper::body::Bytes;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A stream that fails where a head takes too long.
pub(crate) struct HeadClock<S> {
    stream: S,
    /// What was read of the stream before, and comes first.
    early: Bytes,
    turn: Turn,
    time_max: Duration,
    /// The turn whose head has begun, and when that has to be there.
    begun: Option<(usize, Instant)>,
    /// Made when a head does not come in one piece.
    sleep: Option<Pin<Box<Sleep>>>,
    /// Whether anything was written since all was sent.
    is_unsent: bool,
}

impl<S> HeadClock<S> {
    /// The clock of the first head ends at the deadline; without one, it starts with the first
    /// byte. `early` is what has come before.
    pub(crate) fn new(
        stream: S,
        early: Bytes,
        turn: Turn,
        time_max: Duration,
        deadline: Option<Instant>,
    ) -> Self {
        let begun = deadline.map(|deadline| (turn.number(), deadline));
        Self { stream, early, turn, time_max, begun, sleep: None, is_unsent: false }
    }

    /// The stream, and what was read of it and not used: `unused`, and after that what is here.
    pub(crate) fn into_inner(self, unused: Bytes) -> (S, Bytes) {
        let early = match (unused.is_empty(), self.early.is_empty()) {
            // Of its own, since an empty part of a buffer keeps the whole of it.
            (true, true) => Bytes::new(),
            (false, true) => unused,
            (_, false) => [unused, self.early].concat().into(),
        };
        (self.stream, early)
    }

    /// Whether the head that has begun is late; if it is not, the task is woken when it will be.
    fn is_late(&mut self, cx: &mut Context<'_>, deadline: Instant) -> bool {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx).is_ready()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadClock<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let turn = self.turn.number();
        let begun = self.begun.filter(|(begun, _)| *begun == turn);
        if let Some((_, deadline)) = begun
            && self.is_late(cx, deadline)
        {
            let text = "the head of a request did not arrive in time";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, text)));
        }
        let before = buffer.filled().len();
        if self.early.is_empty() {
            ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        } else {
            let count = self.early.len().min(buffer.remaining());
            buffer.put_slice(&self.early.split_to(count));
        }
        // What comes in our own turn is a body.
        if begun.is_none() && self.turn.is_peers() && buffer.filled().len() > before {
            self.begun = Some((turn, Instant::now() + self.time_max));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadClock<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.is_unsent = true;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.is_unsent = true;
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        if std::mem::take(&mut self.is_unsent) {
            self.turn.sent();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
