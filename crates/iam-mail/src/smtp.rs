//! A mail server: reached by SMTP, its certificate always verified, every step bounded in time.
//!
//! TLS is begun here and not by `lettre`, so that there is one place that makes its configuration,
//! and so that nothing that came in the clear before TLS is taken for an answer after it.

use crate::failure::Failure;
use crate::mail::Mail;
use iam_api::Secret;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::ClientId;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf,
};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long it may take until the server's port answers.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// How long greeting, TLS and sign-in may take together, and how long one mail.
const DIALOGUE_MAX: Duration = Duration::from_secs(25);
/// How long the parting word may take; nothing depends on it.
const QUIT_MAX: Duration = Duration::from_secs(1);
/// The most that a server may say before TLS.
const PLAIN_BYTES_MAX: u64 = 16 * 1024;

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// After a few words in the clear, before anything that matters.
    StartTls,
    /// At once.
    Implicit,
    /// Never.
    None,
}

/// How a mail server is reached.
pub struct SmtpSettings {
    /// Its name, or its address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// When TLS begins.
    pub tls: Tls,
    /// The authorities that sign its certificate, in PEM; the system's where there are none.
    pub authorities: Option<Vec<u8>>,
    /// User name and password, where it asks for them.
    pub login: Option<(String, Secret)>,
    /// What we call ourselves: a host name, or an address.
    pub hello: String,
}

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Option<(Tls, TlsConnector, ServerName<'static>)>,
    login: Option<Credentials>,
    hello: ClientId,
}

/// A connection to it that is ready for mail.
pub struct Connection(AsyncSmtpConnection);

impl Smtp {
    /// Checks the settings; answers in words what is wrong with them.
    pub fn new(settings: SmtpSettings) -> Result<Self, String> {
        let SmtpSettings { host, port, tls, authorities, login, hello } = settings;
        let tls = match tls {
            Tls::None => None,
            _ => {
                let name = ServerName::try_from(host.clone());
                let name = name.map_err(|_| format!("`{host}` is not a host name"))?;
                Some((tls, connector(authorities.as_deref())?, name))
            }
        };
        let login =
            login.map(|(user, password)| Credentials::new(user, password.expose().to_owned()));
        let hello = match hello.parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(hello),
        };
        Ok(Self { host, port, tls, login, hello })
    }

    /// Connects, begins TLS and signs in, as far as the settings ask for it.
    pub async fn connect(&self) -> Result<Connection, Failure> {
        let lost = |cause: &dyn fmt::Display| {
            Failure::lost(&format!("connecting to {}:{}", self.host, self.port), cause)
        };
        let tcp = timeout(CONNECT_MAX, TcpStream::connect((self.host.as_str(), self.port))).await;
        let tcp = tcp.map_err(|_| lost(&"no answer"))?.map_err(|cause| lost(&cause))?;
        let _quick = tcp.set_nodelay(true);
        let ready = timeout(DIALOGUE_MAX, self.prepare(tcp)).await;
        ready.map_err(|_| lost(&"the server takes too long"))?
    }

    async fn prepare(&self, tcp: TcpStream) -> Result<Connection, Failure> {
        let io = |cause: io::Error| Failure::lost("beginning TLS", cause);
        let peer = tcp.peer_addr().map_err(io)?;
        let wire: Box<dyn AsyncTokioStream> = match &self.tls {
            None => Box::new(tcp),
            Some((Tls::StartTls, connector, name)) => {
                let tcp = self.ask_for_tls(tcp).await?;
                let stream = connector.connect(name.clone(), tcp).await.map_err(io)?;
                // Behind STARTTLS comes no greeting, and lettre waits for one.
                Box::new(Wire { ahead: b"220 TLS\r\n", stream, peer })
            }
            Some((_, connector, name)) => {
                let stream = connector.connect(name.clone(), tcp).await.map_err(io)?;
                Box::new(Wire { ahead: b"", stream, peer })
            }
        };
        let greeted = AsyncSmtpConnection::connect_with_transport(wire, &self.hello).await;
        let mut connection = greeted.map_err(|error| Failure::of("greeting", &error))?;
        if let Some(login) = &self.login {
            let signed_in = connection.auth(DEFAULT_MECHANISMS, login).await;
            signed_in.map_err(|error| {
                // A server that does not know us takes no mail at all.
                Failure::lost("signing in", Failure::of("the mail server", &error))
            })?;
        }
        Ok(Connection(connection))
    }

    /// Speaks in the clear until the server is ready for TLS.
    async fn ask_for_tls(&self, tcp: TcpStream) -> Result<TcpStream, Failure> {
        let mut plain = BufReader::new(tcp);
        expect(&mut plain, "220").await?;
        let hello = format!("EHLO {}\r\n", self.hello);
        say(&mut plain, &hello).await?;
        let offers = expect(&mut plain, "250").await?;
        if !offers.iter().any(|offer| offer.eq_ignore_ascii_case("STARTTLS")) {
            return Err(Failure::lost("beginning TLS", "the server does not offer STARTTLS"));
        }
        say(&mut plain, "STARTTLS\r\n").await?;
        expect(&mut plain, "220").await?;
        if !plain.buffer().is_empty() {
            let cause = "somebody put words into the connection before TLS";
            return Err(Failure::lost("beginning TLS", cause));
        }
        Ok(plain.into_inner())
    }
}

async fn say(plain: &mut BufReader<TcpStream>, line: &str) -> Result<(), Failure> {
    let said = plain.write_all(line.as_bytes()).await;
    said.map_err(|cause| Failure::lost("greeting", cause))
}

/// Reads an answer, which must have that code; its lines without it.
async fn expect(plain: &mut BufReader<TcpStream>, code: &str) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    let mut answer = plain.take(PLAIN_BYTES_MAX);
    loop {
        let mut line = String::new();
        let read = answer.read_line(&mut line).await;
        let read = read.map_err(|cause| Failure::lost("greeting", cause))?;
        let Some((found, text)) = line.trim_end().split_at_checked(3).filter(|_| read > 0) else {
            return Err(Failure::lost("greeting", "the connection ended"));
        };
        if found != code {
            return Err(Failure::lost("greeting", format!("the server said {line}")));
        }
        let (more, text) = text.split_at_checked(1).unwrap_or(("", ""));
        lines.push(text.to_owned());
        if more != "-" {
            return Ok(lines);
        }
    }
}

fn connector(authorities: Option<&[u8]>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(pem) => {
            for authority in CertificateDer::pem_slice_iter(pem) {
                let added = authority.map(|authority| roots.add(authority));
                added.map_err(|cause| cause.to_string())?.map_err(|cause| cause.to_string())?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err("there is no authority to verify the mail server's certificate with".to_owned());
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| cause.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl Connection {
    /// Hands over a mail. After a failure the connection is of no more use.
    pub async fn send(&mut self, mail: &Mail) -> Result<(), Failure> {
        match timeout(DIALOGUE_MAX, self.0.send(&mail.envelope, &mail.bytes)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure::of("sending", &error)),
            Err(_) => Err(Failure::lost("sending", "the server takes too long")),
        }
    }

    /// Whether the server is still there.
    pub async fn is_alive(&mut self) -> bool {
        timeout(CONNECT_MAX, self.0.test_connected()).await.unwrap_or(false)
    }

    /// Says goodbye.
    pub async fn quit(mut self) {
        let _nothing_depends_on_it = timeout(QUIT_MAX, self.0.quit()).await;
    }
}

/// A connection, and what is to be read before the first word of the other side.
#[derive(Debug)]
struct Wire<S> {
    ahead: &'static [u8],
    stream: S,
    peer: SocketAddr,
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let (now, later) = self.ahead.split_at(self.ahead.len().min(buffer.remaining()));
        buffer.put_slice(now);
        self.ahead = later;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        Poll::Ready(Ok(()))
    }
}

impl<S> AsyncTokioStream for Wire<S>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug,
{
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}
