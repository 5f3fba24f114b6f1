//! The way in: connections that tokio-postgres begins, and that go on without it.
//!
//! To connect is where most can go wrong: what a server must prove, TLS and what binds a password
//! to it, SCRAM. That is done by a client that many others stand on. It is given a stream that is
//! lent, and when the server has let us in, the stream is taken back. A server says nothing then
//! until it is asked, but that it is about to go away: where part of that was read with the rest,
//! what follows is no message, and the connection is given up as any that is lost.

use super::wire::Duplex;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, NoTls, TlsConnect, TlsStream};
use tokio_postgres::{Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

/// After how much silence it is asked whether the host is still there.
const KEEPALIVE: Duration = Duration::from_secs(5);

type Raw = Box<dyn Duplex>;

/// Connects to a host, without a word yet.
pub(super) async fn reach(host: &Host, port: u16) -> io::Result<Raw> {
    match host {
        Host::Unix(dir) => Ok(Box::new(UnixStream::connect(socket_in(dir, port)).await?)),
        Host::Tcp(name) => {
            let stream = TcpStream::connect((name.as_str(), port)).await?;
            stream.set_nodelay(true)?;
            rustix::net::sockopt::set_socket_keepalive(&stream, true)?;
            rustix::net::sockopt::set_tcp_keepidle(&stream, KEEPALIVE)?;
            Ok(Box::new(stream))
        }
    }
}

fn socket_in(dir: &Path, port: u16) -> std::path::PathBuf {
    dir.join(format!(".s.PGSQL.{port}"))
}

/// Has the server prove who it is, where `config` asks for that, and proves to it who we are.
pub(super) async fn enter(
    config: &Config,
    host: &Host,
    mut tls: MakeRustlsConnect,
    raw: Raw,
) -> Result<Raw, Box<dyn std::error::Error + Send + Sync>> {
    let lost = "the connection was lost on the way in";
    if config.get_ssl_mode() == SslMode::Disable {
        let (lent, owner) = Lent::new(raw);
        drop(config.connect_raw(lent, NoTls).await?);
        return Ok(owner.take_back().ok_or(lost)?);
    }
    let name = match host {
        Host::Tcp(name) => name.as_str(),
        Host::Unix(_) => return Err("a directory of sockets cannot be reached by TLS".into()),
    };
    let inner = MakeTlsConnect::<Raw>::make_tls_connect(&mut tls, name)?;
    let slot = Arc::new(Mutex::new(None));
    let lending = Lending { inner, slot: Arc::clone(&slot) };
    drop(config.connect_raw(raw, lending).await?);
    let owner: Option<Lent<_>> = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(Box::new(owner.and_then(Lent::take_back).ok_or(lost)?))
}

/// The SQLSTATE of an error on the way in, if the server gave it.
pub(super) fn code_of(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    let code = cause.downcast_ref::<Error>()?.code()?;
    Some(code.code().to_owned())
}

/// A stream that two hold, of whom one uses it.
struct Lent<S>(Arc<Mutex<S>>);

impl<S> Lent<S> {
    /// One to lend, and one for the owner.
    fn new(stream: S) -> (Self, Self) {
        let shared = Arc::new(Mutex::new(stream));
        (Self(Arc::clone(&shared)), Self(shared))
    }

    /// The stream, where nobody else holds it any more.
    fn take_back(self) -> Option<S> {
        Arc::into_inner(self.0).map(|all| all.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn stream(&self) -> MutexGuard<'_, S> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lent<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Lent<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream()).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_shutdown(context)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Lent<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream().channel_binding()
    }
}

/// Makes TLS as `inner` does, and lends what it makes.
struct Lending<C, S> {
    inner: C,
    slot: Arc<Mutex<Option<Lent<S>>>>,
}

impl<C> TlsConnect<Raw> for Lending<C, C::Stream>
where
    C: TlsConnect<Raw>,
    C::Future: 'static,
    C::Stream: Send + 'static,
{
    type Stream = Lent<C::Stream>;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, Self::Error>>>>;

    fn connect(self, raw: Raw) -> Self::Future {
        let Self { inner, slot } = self;
        let connecting = inner.connect(raw);
        Box::pin(async move {
            let (lent, owner) = Lent::new(connecting.await?);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(owner);
            Ok(lent)
        })
    }
}
