//! Whose turn it is on a connection, and when both sides are done with a request.

use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

/// Whose turn it is on a connection: the peer's, to ask, and ours, to answer. They alternate. What
/// happens in them is told by who sees it: the service, the request's body, and the stream.
#[derive(Clone, Default)]
pub(crate) struct Turn(Arc<Seen>);

#[derive(Default)]
struct Seen {
    number: AtomicUsize,
    /// Whether the connection may be kept after the request, and its body has come to its end.
    is_kept: AtomicBool,
    is_heard: AtomicBool,
    /// Whether what was written since the request was answered is all on its way.
    is_sent: AtomicBool,
}

impl Turn {
    /// A head has arrived: now we answer. Afterwards the connection may be kept, or not.
    pub(crate) fn asked(&self, is_kept: bool) {
        self.0.is_kept.store(is_kept, Ordering::Relaxed);
        self.0.is_heard.store(false, Ordering::Relaxed);
        self.0.number.fetch_add(1, Ordering::Relaxed);
    }

    /// The request is answered: now the peer asks.
    pub(crate) fn answered(&self) {
        self.0.is_sent.store(false, Ordering::Relaxed);
        self.0.number.fetch_add(1, Ordering::Relaxed);
    }

    /// Nothing of what was written is left to send.
    pub(crate) fn sent(&self) {
        self.0.is_sent.store(true, Ordering::Relaxed);
    }

    /// Whether the peer has asked nothing yet.
    pub(crate) fn is_first(&self) -> bool {
        self.number() == 0
    }

    /// Whether it is the peer's turn.
    pub(crate) fn is_peers(&self) -> bool {
        self.number().is_multiple_of(2)
    }

    /// Whether a request was heard to its end and its answer is sent to its end, so that nothing of
    /// it is in any buffer, and another may come on the same connection.
    pub(crate) fn is_over(&self) -> bool {
        let seen = [&self.0.is_kept, &self.0.is_heard, &self.0.is_sent];
        !self.is_first() && self.is_peers() && seen.iter().all(|seen| seen.load(Ordering::Relaxed))
    }

    /// How many turns there were.
    pub(crate) fn number(&self) -> usize {
        self.0.number.load(Ordering::Relaxed)
    }

    /// The body of a request, which tells when it has been heard.
    pub(crate) fn hear(&self, body: Incoming) -> Heard {
        let heard = Heard { body, turn: self.clone() };
        heard.tell();
        heard
    }
}

/// A request's body that tells when it has come to its end.
pub(crate) struct Heard {
    body: Incoming,
    turn: Turn,
}

impl Heard {
    fn tell(&self) {
        if self.body.is_end_stream() {
            self.turn.0.is_heard.store(true, Ordering::Relaxed);
        }
    }
}

impl Body for Heard {
    type Data = hyper::body::Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match frame {
            None => self.turn.0.is_heard.store(true, Ordering::Relaxed),
            Some(_) => self.tell(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
