//! The way to the server: timeouts, proxies and trust, as `ureq` wants them told.
//!
//! Nothing of TLS is touched before a connection needs it, so that plain HTTP on this machine costs
//! nothing of it.

use crate::config::Environment;
use crate::config::Settings;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::from_json::read_text;
use crate::send::Silence;
use std::io;
use std::path::Path;
use std::time::Duration;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Error, Proxy, Timeout};

/// How long connecting may take, unless told otherwise.
const CONNECT_SECONDS: u64 = 10;
/// How long an answer may take, unless told otherwise.
const READ_SECONDS: u64 = 60;

/// What sends requests to that address.
pub(crate) fn agent(settings: &Settings<'_>, endpoint: &Endpoint) -> Result<Agent, Failure> {
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
        .proxy(proxy(globals.proxy.as_deref(), endpoint, settings.env)?);
    if endpoint.is_https()
        && let Some(path) = settings.cert_bundle()?
    {
        config = config.tls_config(trusting(&path)?);
    }
    Ok(config.build().new_agent())
}

/// The proxy that was named, or that the environment names for this scheme.
fn proxy(
    given: Option<&str>,
    endpoint: &Endpoint,
    env: &dyn Environment,
) -> Result<Option<Proxy>, Failure> {
    let var = |name: &str| env.var(&name.to_lowercase()).or_else(|| env.var(name));
    let named = given.map(str::to_owned).or_else(|| {
        let scheme = if endpoint.is_https() { "HTTPS_PROXY" } else { "HTTP_PROXY" };
        let passed_by = var("NO_PROXY").is_some_and(|list| passes_by(&endpoint.host, &list));
        var(scheme).or_else(|| var("ALL_PROXY")).filter(|_| !passed_by)
    });
    let Some(named) = named else { return Ok(None) };
    let proxy = Proxy::new(&named)
        .map_err(|_| Failure::Client(format!("invalid proxy `{}`", masked(&named))))?;
    Ok(Some(proxy))
}

/// Whether `NO_PROXY` names the host: itself, a domain that it is in, or `*`.
fn passes_by(host: &str, list: &str) -> bool {
    let bare = host.rsplit_once(':').map_or(host, |(name, _)| name);
    list.split(',').map(|entry| entry.trim().to_lowercase()).any(|entry| {
        let domain = entry.trim_start_matches("*.").trim_start_matches('.');
        entry == "*"
            || (!domain.is_empty()
                && (bare == domain
                    || host == domain
                    || bare.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))))
    })
}

/// The address of a proxy without a password that may stand in it.
fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => address.to_owned(),
    }
}

/// Trusts the authorities in this file, and no others.
fn trusting(path: &Path) -> Result<TlsConfig, Failure> {
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
    Ok(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots)).build())
}

/// Why there is no answer, in our words.
pub(crate) fn silence(error: Error) -> Silence {
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => Silence::ConnectTimeout,
        Error::Timeout(_) => Silence::Broken("no answer in time".to_owned()),
        Error::Io(error) => io_silence(&error),
        Error::HostNotFound => Silence::Unreachable("the host name is not known".to_owned()),
        Error::ConnectionFailed => Silence::Unreachable("cannot connect".to_owned()),
        Error::Protocol(error) => Silence::Unusable(format!("the answer is not HTTP: {error}")),
        Error::Rustls(error) => Silence::Untrusted(error.to_string()),
        Error::Tls(why) => Silence::Untrusted(why.to_owned()),
        Error::ConnectProxyFailed(why) => Silence::Broken(format!("the proxy refused: {why}")),
        other => Silence::Unusable(other.to_string()),
    }
}

fn io_silence(error: &io::Error) -> Silence {
    match error.kind() {
        io::ErrorKind::TimedOut => Silence::ConnectTimeout,
        // `rustls` reports an untrusted certificate through the socket.
        io::ErrorKind::InvalidData => Silence::Untrusted(error.to_string()),
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable => Silence::Unreachable(error.to_string()),
        io::ErrorKind::UnexpectedEof => {
            Silence::Broken("the server closed the connection before it had answered".to_owned())
        }
        _ => Silence::Broken(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_names_hosts_and_domains() {
        for (host, list, passes) in [
            ("iam.example.org", "example.org", true),
            ("iam.example.org:8443", ".example.org, other", true),
            ("iam.example.org", "*.example.org", true),
            ("127.0.0.1:7070", "127.0.0.1", true),
            ("iam.example.org", "*", true),
            ("badexample.org", "example.org", false),
            ("iam.example.org", "", false),
        ] {
            assert_eq!(passes_by(host, list), passes, "{host} {list}");
        }
    }
}
