//! How long the head of a request may take, once it has begun.
//!
//! hyper has one bound for both: waiting for the next request of a connection, and reading its
//! head. A kept connection may be idle for longer than anybody needs to send a head, so hyper's
//! bound is the longer of the two, and the stream that hyper reads from keeps the shorter one:
//! [`HeadClock`]. It sees bytes and not requests; whose turn it is, it is told by way of [`Turn`].

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// Whose turn it is on a connection: the peer's, to ask, and ours, to answer. They alternate.
#[derive(Clone, Default)]
pub(crate) struct Turn(Arc<AtomicUsize>);

impl Turn {
    /// Passes the turn to the other side: a head has arrived, or its request is answered.
    pub(crate) fn pass(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the peer has asked nothing yet.
    pub(crate) fn is_first(&self) -> bool {
        self.number() == 0
    }

    fn number(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream that fails where a head takes too long.
pub(crate) struct HeadClock<S> {
    stream: S,
    turn: Turn,
    time_max: Duration,
    /// The turn whose head has begun, and when that has to be there.
    begun: Option<(usize, Instant)>,
    /// Made when a head does not come in one piece.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<S> HeadClock<S> {
    /// The clock of the first head starts now, since nobody connects to be silent.
    pub(crate) fn new(stream: S, turn: Turn, time_max: Duration) -> Self {
        let begun = Some((turn.number(), Instant::now() + time_max));
        Self { stream, turn, time_max, begun, sleep: None }
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
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let is_peers = turn.is_multiple_of(2); // what comes in our own turn is a body
        if begun.is_none() && is_peers && buffer.filled().len() > before {
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
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
