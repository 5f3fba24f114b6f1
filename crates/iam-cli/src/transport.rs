//! The connection to the server: timeouts and trust, as `ureq` wants them told.
//!
//! Which proxy stands between is for `proxy.rs`. Nothing of TLS is touched before an address needs
//! it, so that plain HTTP on this machine costs nothing of it.

use crate::config::Settings;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::from_json::read_text;
use crate::proxy::Way;
use crate::send::Silence;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Duration;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error, Timeout};

/// How long connecting may take, unless told otherwise.
const CONNECT_SECONDS: u64 = 10;
/// How long an answer may take, unless told otherwise.
const READ_SECONDS: u64 = 60;

/// What sends requests to that address, by way of a proxy if there is one.
pub(crate) fn agent(
    settings: &Settings<'_>,
    endpoint: &Endpoint,
    way: Option<&Way>,
) -> Result<Agent, Failure> {
    let globals = &settings.globals;
    let seconds = |given: Option<u64>, usual| {
        Some(Duration::from_secs(given.filter(|seconds| *seconds > 0).unwrap_or(usual)))
    };
    let read = seconds(globals.read_timeout, READ_SECONDS);
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(seconds(globals.connection_timeout, CONNECT_SECONDS))
        .timeout_recv_response(read)
        .timeout_recv_body(read)
        // Without this `ureq` would read the environment in its own way.
        .proxy(way.and_then(|way| way.tunnel(endpoint)));
    // One that is named must be there, also where no certificate will be looked at.
    let bundle = settings.cert_bundle()?;
    if endpoint.is_https() {
        let roots = match bundle {
            Some(path) => of_bundle(&path)?,
            None => of_system(settings)?,
        };
        config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
    }
    let config = config.build();
    Ok(match way.filter(|_| config.proxy().is_none()) {
        Some(way) => way.agent(config, endpoint),
        None => Agent::with_parts(config, DefaultConnector::default(), Local::default()),
    })
}

/// Asks the system for a name, and knows that those below `localhost` are this machine (RFC 6761)
/// where it does not: not every system has a resolver that does.
#[derive(Debug, Default)]
struct Local(DefaultResolver);

impl Resolver for Local {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.0.resolve(uri, config, timeout);
        let is_local = uri.host().is_some_and(|host| host.ends_with(".localhost"));
        if found.is_ok() || !is_local {
            return found;
        }
        let usual = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let port = uri.port_u16().unwrap_or(usual);
        let mut local = self.empty();
        local.push((Ipv4Addr::LOCALHOST, port).into());
        local.push((Ipv6Addr::LOCALHOST, port).into());
        Ok(local)
    }
}

/// The authorities that this system trusts; those that browsers trust, where it has none.
fn of_system(settings: &Settings<'_>) -> Result<RootCerts, Failure> {
    let found = rustls_native_certs::load_native_certs().certs;
    let roots: Vec<_> = found.iter().map(|found| Certificate::from_der(found).to_owned()).collect();
    if !roots.is_empty() {
        return Ok(RootCerts::new_with_certs(&roots));
    }
    // Who names a store wants no other.
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        if let Some(path) = settings.env.var(name) {
            return Err(Failure::Client(format!("{name} `{path}`: it holds no certificate")));
        }
    }
    Ok(RootCerts::WebPki)
}

/// The authorities in this file, and no others.
fn of_bundle(path: &Path) -> Result<RootCerts, Failure> {
    let wrong = |why: &str| Failure::Client(format!("--cert-bundle `{}`: {why}", path.display()));
    let text = read_text(path).map_err(|why| Failure::Client(format!("--cert-bundle: {why}")))?;
    let mut roots = Vec::new();
    for item in parse_pem(text.as_bytes()) {
        match item.map_err(|_| wrong("it is not PEM"))? {
            PemItem::Certificate(certificate) => roots.push(certificate),
            _ => continue,
        }
    }
    if roots.is_empty() {
        return Err(wrong("it holds no certificate"));
    }
    Ok(RootCerts::new_with_certs(&roots))
}

/// Why there is no answer, in our words.
pub(crate) fn silence(error: Error) -> Silence {
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => Silence::ConnectTimeout,
        Error::Timeout(_) => Silence::Broken("no answer in time".to_owned()),
        Error::Io(error) => io_silence(&error),
        Error::HostNotFound => Silence::Unreachable("its name is not known".to_owned()),
        Error::ConnectionFailed => Silence::Unreachable("no address of it answers".to_owned()),
        Error::Protocol(error) => Silence::Unusable(format!("the answer is not HTTP: {error}")),
        Error::Rustls(error) => tls_silence(&error),
        Error::Tls(why) => Silence::Unusable(format!("TLS failed: {why}")),
        Error::ConnectProxyFailed(why) => {
            Silence::Unusable(format!("the proxy does not connect to it: {why}"))
        }
        other => Silence::Unusable(other.to_string()),
    }
}

fn io_silence(error: &io::Error) -> Silence {
    // `rustls` reports what it finds through the socket.
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls_silence(error);
    }
    match error.kind() {
        io::ErrorKind::TimedOut => Silence::ConnectTimeout,
        io::ErrorKind::ConnectionRefused => {
            Silence::Unreachable("nobody listens there (connection refused)".to_owned())
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Silence::Unreachable(error.to_string())
        }
        io::ErrorKind::UnexpectedEof => {
            Silence::Broken("the server closed the connection before it had answered".to_owned())
        }
        // The kind that name lookups end with is not to be named in stable Rust.
        _ if error.to_string().starts_with("failed to lookup address") => {
            Silence::Unreachable(format!("its name is not known ({error})"))
        }
        _ => Silence::Broken(error.to_string()),
    }
}

/// What TLS found wrong: with the certificate, or with what speaks at the other end.
fn tls_silence(error: &rustls::Error) -> Silence {
    match error {
        rustls::Error::InvalidCertificate(_)
        | rustls::Error::NoCertificatesPresented
        | rustls::Error::UnsupportedNameType => Silence::Untrusted(error.to_string()),
        rustls::Error::InvalidMessage(_) => {
            Silence::Unusable(format!("it does not speak TLS, which https:// asks for ({error})"))
        }
        _ => Silence::Unusable(format!("TLS failed: {error}")),
    }
}
