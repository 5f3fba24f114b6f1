//! The audit trail on its way to a syslog server: messages of RFC 5424, each with a line of the
//! trail as JSON.
//!
//! How far it was sent is kept in the store, and one node at a time sends: it says so before each
//! batch, for a few seconds. A batch that may not have arrived is sent again, so a line may come
//! twice and none is left out. While the server is away, lines wait where they are.

use crate::app::Shared;
use crate::trail;
use iam_api::Problem;
use iam_core::audit_events::Names;
use iam_core::call::store_problem;
use iam_store::{AuditLine, StoreError, Tx};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpStream, UdpSocket, UnixDatagram};
use tokio::time::{sleep, timeout};

/// How often it is looked for new lines.
const LOOK: Duration = Duration::from_millis(500);
/// How long to wait where the server is away.
const PAUSE: Duration = Duration::from_secs(2);
/// How long sending a batch may take.
const SEND_MAX: Duration = Duration::from_secs(4);
/// For how long a node has said that it sends. Another goes on after it at the latest.
const LEASE_SECONDS: i64 = 8;
/// The lines that are sent at a time.
const BATCH: i64 = 200;

/// Names under which the store keeps how far the trail was sent, who sends, and until when.
const SENT: &str = "audit-syslog-sent";
const SENDER: &str = "audit-syslog-sender";
const UNTIL: &str = "audit-syslog-until";

/// Facility 13, the audit of a system, with severity 6 for what went well and 5 for what did not.
const WELL: u8 = 13 * 8 + 6;
const REFUSED: u8 = 13 * 8 + 5;

/// A syslog server on this machine. To send farther, let it pass messages on, over TLS.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum SyslogServer {
    /// Datagrams to a port of loopback.
    Udp(SocketAddr),
    /// A connection to a port of loopback, each message behind its length.
    Tcp(SocketAddr),
    /// Datagrams to a socket in the file system, such as `/dev/log`.
    Unix(PathBuf),
}

impl FromStr for SyslogServer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no syslog server: give udp://127.0.0.1:514, tcp://127.0.0.1:601 or \
                 unix:///dev/log"
            )
        };
        let (scheme, place) = text.split_once("://").ok_or_else(wrong)?;
        if scheme == "unix" && place.starts_with('/') {
            return Ok(Self::Unix(place.into()));
        }
        let address: SocketAddr = place.parse().map_err(|_| wrong())?;
        if !address.ip().is_loopback() {
            return Err(format!(
                "`{text}` is beyond this machine, and messages are in the clear: give a syslog \
                 server on loopback, and let that one pass them on over TLS"
            ));
        }
        match scheme {
            "udp" => Ok(Self::Udp(address)),
            "tcp" => Ok(Self::Tcp(address)),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for SyslogServer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<SyslogServer> for String {
    fn from(server: SyslogServer) -> Self {
        server.to_string()
    }
}

impl fmt::Display for SyslogServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(address) => write!(out, "udp://{address}"),
            Self::Tcp(address) => write!(out, "tcp://{address}"),
            Self::Unix(path) => write!(out, "unix://{}", path.display()),
        }
    }
}

/// A way to the server that is open.
enum Way {
    Udp(UdpSocket),
    Tcp(TcpStream),
    Unix(UnixDatagram),
}

impl Way {
    async fn open(server: &SyslogServer) -> io::Result<Self> {
        match server {
            SyslogServer::Udp(address) => {
                let own: SocketAddr = if address.is_ipv4() {
                    ([127, 0, 0, 1], 0).into()
                } else {
                    (std::net::Ipv6Addr::LOCALHOST, 0).into()
                };
                let socket = UdpSocket::bind(own).await?;
                socket.connect(address).await?;
                Ok(Self::Udp(socket))
            }
            SyslogServer::Tcp(address) => TcpStream::connect(address).await.map(Self::Tcp),
            SyslogServer::Unix(path) => {
                let socket = UnixDatagram::unbound()?;
                socket.connect(path)?;
                Ok(Self::Unix(socket))
            }
        }
    }

    async fn send(&mut self, message: &str) -> io::Result<()> {
        match self {
            Self::Udp(socket) => socket.send(message.as_bytes()).await.map(|_| ()),
            Self::Unix(socket) => socket.send(message.as_bytes()).await.map(|_| ()),
            // Octet counting (RFC 6587, section 3.4.1).
            Self::Tcp(stream) => {
                stream.write_all(format!("{} {message}", message.len()).as_bytes()).await
            }
        }
    }
}

/// Sends lines as they come, for ever.
pub(crate) async fn run(app: Shared, server: SyslogServer) {
    let own = i64::from_be_bytes(app.context.random());
    let (mut way, mut is_away) = (None, false);
    loop {
        match batch(&app, &server, own, &mut way).await {
            Ok(0) => sleep(LOOK).await,
            Ok(_) => {
                if std::mem::take(&mut is_away) {
                    tracing::info!(%server, "the audit trail is sent again");
                }
            }
            Err(cause) => {
                way = None;
                if !std::mem::replace(&mut is_away, true) {
                    tracing::warn!(%server, cause, "the audit trail cannot be sent; it waits");
                }
                sleep(PAUSE).await;
            }
        }
    }
}

/// Sends the next lines, if it is for this node to do so; answers how many.
async fn batch(
    app: &Shared,
    server: &SyslogServer,
    own: i64,
    way: &mut Option<Way>,
) -> Result<usize, String> {
    let told = |problem: Problem| problem.to_string();
    let next = app.read(|_, tx| waiting(tx).map_err(store_problem)).await.map_err(told)?;
    if !next || !app.write(move |app, tx| claim(tx, app, own)).await.map_err(told)? {
        return Ok(0);
    }
    let read = app.read(|_, tx| messages(tx).map_err(store_problem)).await.map_err(told)?;
    let (messages, last) = read;
    let sending = async {
        let mut open = match way.take() {
            Some(open) => open,
            None => Way::open(server).await?,
        };
        for message in &messages {
            open.send(message).await?;
        }
        Ok::<_, io::Error>(open)
    };
    let sent = timeout(SEND_MAX, sending).await.map_err(|_| "it takes too long".to_owned())?;
    *way = Some(sent.map_err(|cause| cause.to_string())?);
    app.write(move |_, tx| note(tx, own, last).map_err(store_problem)).await.map_err(told)?;
    Ok(messages.len())
}

/// The line that was sent last, or the one before the first that is kept.
fn sent(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let first = tx.audit_ends()?.map_or(0, |ends| ends.first.seq);
    Ok(tx.meta(SENT)?.max(first))
}

fn waiting(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let last = tx.audit_ends()?.map_or(0, |ends| ends.last.seq);
    Ok(sent(tx)? < last)
}

/// Says that this node sends, unless another has said so.
fn claim(tx: &mut Tx<'_>, app: &crate::app::App, own: i64) -> Result<bool, Problem> {
    let now = app.context.now();
    let (sender, until) = (tx.meta(SENDER), tx.meta(UNTIL));
    let (sender, until) = (sender.map_err(store_problem)?, until.map_err(store_problem)?);
    if sender != own && until > now.as_micros() {
        return Ok(false);
    }
    tx.set_meta(SENDER, own).map_err(store_problem)?;
    tx.set_meta(UNTIL, now.plus_seconds(LEASE_SECONDS).as_micros()).map_err(store_problem)?;
    Ok(true)
}

fn note(tx: &mut Tx<'_>, own: i64, last: i64) -> Result<(), StoreError> {
    if tx.meta(SENDER)? == own { tx.set_meta(SENT, last) } else { Ok(()) }
}

/// The next messages, and the number of the last line in them.
fn messages(tx: &mut Tx<'_>) -> Result<(Vec<String>, i64), StoreError> {
    let after = sent(tx)?;
    let lines = tx.audit_lines(after, BATCH)?;
    let last = lines.last().map_or(after, |line| line.seq);
    let mut names = Names::default();
    let message = |line: &AuditLine| {
        let priority = if line.record.outcome == "OK" { WELL } else { REFUSED };
        let (time, event) = (line.record.time, &line.record.event);
        let own = std::process::id();
        let json = trail::line(tx, line, &mut names)?;
        Ok(format!("<{priority}>1 {time} - durward {own} {event} - {json}"))
    };
    Ok((lines.iter().map(message).collect::<Result<_, StoreError>>()?, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_on_this_machine() {
        for text in ["udp://127.0.0.1:514", "tcp://[::1]:601", "unix:///dev/log"] {
            assert_eq!(text.parse::<SyslogServer>().unwrap().to_string(), text);
        }
        for (text, part) in [
            ("udp://192.0.2.7:514", "over TLS"),
            ("udp://localhost:514", "is no syslog server"),
            ("unix://dev/log", "is no syslog server"),
            ("127.0.0.1:514", "is no syslog server"),
            ("http://127.0.0.1:514", "is no syslog server"),
        ] {
            let refused = text.parse::<SyslogServer>().unwrap_err();
            assert!(refused.contains(part), "{refused}");
        }
    }
}
