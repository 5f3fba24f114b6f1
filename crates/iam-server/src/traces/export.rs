//! The way of traces to a collector: a bounded queue, and a thread of its own that sends what is in
//! it. No request waits for it; what finds no place is dropped and counted.

use super::{Finished, otlp};
use crate::failure::Failure;
use axum::http::Uri;
use iam_store::Counter;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};
use ureq::Agent;

/// The most requests that wait to be told of.
const WAITING_MAX: usize = 2048;
/// The most that are told of at once, and how long the first of them waits for others.
const BATCH_MAX: usize = 256;
const BATCH_WAIT: Duration = Duration::from_secs(1);
/// How long a collector may take for them.
const SEND_MAX: Duration = Duration::from_secs(5);
/// How long the end of the process waits for what is left.
const FLUSH_MAX: Duration = Duration::from_secs(2);
/// Where a collector takes traces, below its address.
const PATH: &str = "/v1/traces";

enum Message {
    Finished(Box<Finished>),
    /// All that came before is to be sent now, and then this told.
    Flush(SyncSender<()>),
}

/// The queue, and what is counted of it.
pub(super) struct Exporter {
    queue: SyncSender<Message>,
    dropped: Counter,
}

/// Where the collector with that address takes traces; refuses what is no address for one.
pub(crate) fn endpoint(text: &str) -> Result<String, Failure> {
    let refused = |why: &str| {
        Failure::new(format!(
            "otlp-endpoint `{}` {why}: give the address of a collector that takes OTLP over HTTP, \
             such as `http://127.0.0.1:4318`",
            text.escape_debug()
        ))
    };
    let uri: Uri = text.parse().map_err(|_| refused("is not a URL"))?;
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") => return Err(refused("asks for TLS, which a collector nearby ends")),
        _ => return Err(refused("does not begin with `http://`")),
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if authority.contains('@') {
        return Err(Failure::new(
            "otlp-endpoint has a password in it, which every process on this machine could read: \
             give the address of a collector that asks for none",
        ));
    }
    if uri.host().unwrap_or_default().is_empty() || uri.query().is_some() {
        return Err(refused("is not the address of a host"));
    }
    Ok(format!("http://{authority}{}{PATH}", uri.path().trim_end_matches('/')))
}

impl Exporter {
    pub(super) fn start(endpoint: &str, sent: Counter, dropped: Counter) -> io::Result<Self> {
        let (queue, waiting) = sync_channel(WAITING_MAX);
        // No proxy of the environment's, and nowhere else than was said.
        let agent = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(true)
            .timeout_global(Some(SEND_MAX))
            .build()
            .new_agent();
        let sender = Sender {
            agent,
            endpoint: endpoint.to_owned(),
            sent,
            dropped: dropped.clone(),
            failing: false,
        };
        let thread = std::thread::Builder::new().name("traces".to_owned());
        let _ends_with_the_queue = thread.spawn(move || sender.run(&waiting))?;
        Ok(Self { queue, dropped })
    }

    /// Takes a request that was answered, or drops it where there is no place.
    pub(super) fn take(&self, finished: Finished) {
        let message = Message::Finished(Box::new(finished));
        if let Err(TrySendError::Full(message) | TrySendError::Disconnected(message)) =
            self.queue.try_send(message)
            && let Message::Finished(finished) = message
        {
            count(&self.dropped, finished.spans());
        }
    }

    /// Waits a moment for what was taken to be sent.
    pub(super) fn flush(&self) {
        let (done, is_done) = sync_channel(1);
        if self.queue.try_send(Message::Flush(done)).is_ok() {
            let _late = is_done.recv_timeout(FLUSH_MAX);
        }
    }
}

fn count(counter: &Counter, spans: usize) {
    for _ in 0..spans {
        counter.add_one();
    }
}

struct Sender {
    agent: Agent,
    endpoint: String,
    sent: Counter,
    dropped: Counter,
    failing: bool,
}

impl Sender {
    fn run(mut self, waiting: &Receiver<Message>) {
        let mut batch: Vec<Finished> = Vec::new();
        while let Ok(first) = waiting.recv() {
            let due = Instant::now() + BATCH_WAIT;
            let (mut next, mut flushed) = (Ok(first), None);
            loop {
                match next {
                    Ok(Message::Finished(finished)) => batch.push(*finished),
                    Ok(Message::Flush(done)) => flushed = Some(done),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
                if flushed.is_some() || batch.len() >= BATCH_MAX {
                    break;
                }
                next = waiting.recv_timeout(due.saturating_duration_since(Instant::now()));
            }
            self.send(&batch);
            batch.clear();
            if let Some(done) = flushed {
                let _nobody_waits = done.send(());
            }
        }
    }

    /// Sends a batch, once: what a collector does not take is not kept for it.
    fn send(&mut self, batch: &[Finished]) {
        if batch.is_empty() {
            return;
        }
        let spans = batch.iter().map(Finished::spans).sum();
        match self.post(batch) {
            Ok(()) => {
                count(&self.sent, spans);
                if std::mem::take(&mut self.failing) {
                    tracing::info!("the collector takes traces again");
                }
            }
            Err(cause) => {
                count(&self.dropped, spans);
                if !std::mem::replace(&mut self.failing, true) {
                    let to = self.endpoint.as_str();
                    tracing::warn!(to, %cause, "the collector takes no traces; they are dropped");
                }
            }
        }
    }

    fn post(&self, batch: &[Finished]) -> Result<(), ureq::Error> {
        let body = otlp::body(batch).map_err(io::Error::other)?;
        let post = self.agent.post(&self.endpoint).content_type("application/json");
        post.send(&body).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_named_by_its_address_and_nothing_else_is() {
        for (text, at) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://collector:4318/", "http://collector:4318/v1/traces"),
            ("http://[::1]/otlp", "http://[::1]/otlp/v1/traces"),
        ] {
            assert_eq!(endpoint(text).unwrap(), at);
        }
        for (text, said) in [
            ("127.0.0.1:4318", "does not begin with"),
            ("https://collector", "TLS"),
            ("http://", "URL"),
            ("http://ann:s3cret@collector", "password"),
            ("http://collector?key=s3cret", "address of a host"),
            ("", "URL"),
        ] {
            let refused = endpoint(text).unwrap_err().to_string();
            assert!(
                refused.contains(said) && refused.contains("otlp-endpoint"),
                "{text}: {refused}"
            );
        }
    }
}
