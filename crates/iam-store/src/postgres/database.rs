//! Where a database is, and how to connect to it: its URL, and what its server must prove.

use super::entrance;
use super::message::Round;
use super::standbys::DURABLE;
use super::wire::{Wire, failure};
use crate::engine::{Row, StoreError};
use crate::tally::Connections;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a host may take to take a connection.
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// Where a server listens whose port is not said.
const PORT: u16 = 5432;
/// Asks a server whether it follows another, and so takes no changes.
const IS_READ_ONLY: &str = "SHOW transaction_read_only";
/// What is no option of ours, though URLs may have it: how to reach a host is decided here, and
/// which one is told by its name alone, since that decides what it must prove.
const NOT_TAKEN: [&str; 4] = ["hostaddr", "keepalives", "load_balance_hosts", "tcp_user_timeout"];

/// A PostgreSQL database, as its URL names it: `postgres://USER:PASSWORD@HOST:PORT/NAME`. Several
/// hosts, with commas between them, are tried in turn until one takes changes.
///
/// Over a network the server must prove who it is (`sslmode=verify-full`, which is the default
/// there; `sslrootcert=FILE` names who vouches for it, in place of the system's authorities). On
/// this machine, by a loopback address or a directory of sockets, it need not.
#[derive(Clone)]
pub struct Database {
    config: Config,
    tls: MakeRustlsConnect,
    /// What is counted of the connections that this and its clones make.
    pub(super) connections: Connections,
}

impl FromStr for Database {
    type Err = StoreError;

    fn from_str(url: &str) -> Result<Self, StoreError> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(StoreError::failed(
                "the database's URL must begin with `postgres://`, such as \
                 `postgres://durward@localhost/durward`",
            ));
        }
        let (place, options) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut authorities, mut rest) = (None, None, Vec::new());
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => authorities = Some(Path::new(value)),
                Some((name, _)) if NOT_TAKEN.iter().any(|not| name.starts_with(not)) => {
                    return Err(StoreError::failed(format!(
                        "the database's URL has the option `{name}`, which is not taken; leave it \
                         out, and name each host by its name or address"
                    )));
                }
                _ => rest.push(option),
            }
        }
        let mut config = Config::from_str(&format!("{place}?{}", rest.join("&")))
            .map_err(|cause| StoreError::failed(format!("the database's URL is wrong: {cause}")))?;
        let is_near = config.get_hosts().iter().all(is_near);
        config.ssl_mode(tls_mode(mode, is_near)?);
        if config.get_application_name().is_none() {
            config.application_name("durward");
        }
        let roots = match config.get_ssl_mode() {
            SslMode::Disable => RootCertStore::empty(),
            _ => roots(authorities)?,
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(StoreError::failed)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (tls, connections) = (MakeRustlsConnect::new(tls), Connections::default());
        Ok(Self { config, tls, connections })
    }
}

/// Whether a host is on this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
    }
}

fn tls_mode(asked: Option<&str>, is_near: bool) -> Result<SslMode, StoreError> {
    match asked {
        Some("verify-full") => Ok(SslMode::Require),
        None if !is_near => Ok(SslMode::Require),
        None | Some("disable") if is_near => Ok(SslMode::Disable),
        Some(other) => Err(StoreError::failed(format!(
            "`sslmode={other}` would take any server for the database; use `sslmode=verify-full`, \
             with `sslrootcert=FILE` where an authority of your own vouches for it"
        ))),
        None => Ok(SslMode::Require),
    }
}

/// Who may vouch for the server: the authorities in the file, else those of the system.
fn roots(file: Option<&Path>) -> Result<RootCertStore, StoreError> {
    let mut roots = RootCertStore::empty();
    let Some(file) = file else {
        for authority in rustls_native_certs::load_native_certs().certs {
            let _unreadable_ones_vouch_for_nobody = roots.add(authority);
        }
        return Ok(roots);
    };
    let shown = file.display();
    let unreadable = |cause: &dyn fmt::Display| {
        StoreError::failed(format!("cannot read the authorities in `{shown}`: {cause}"))
    };
    let found = CertificateDer::pem_file_iter(file).map_err(|cause| unreadable(&cause))?;
    for authority in found {
        let authority = authority.map_err(|cause| unreadable(&cause))?;
        roots.add(authority).map_err(|cause| unreadable(&cause))?;
    }
    if roots.is_empty() {
        return Err(StoreError::failed(format!("`{shown}` holds no certificate")));
    }
    Ok(roots)
}

impl Database {
    /// Whether the URL holds a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// The same database, with the password to sign in to it.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.config.password(password);
        self
    }

    /// How many hosts are tried.
    pub(super) fn hosts(&self) -> usize {
        self.config.get_hosts().len()
    }

    /// Connects to the first host that takes changes, and has commits be durable.
    pub(super) async fn connect(&self) -> Result<Wire, StoreError> {
        let mut last = StoreError::failed("the database's URL names no host");
        for (number, host) in self.config.get_hosts().iter().enumerate() {
            match self.connect_to(host, self.port(number).unwrap_or(PORT)).await {
                Ok(wire) => return Ok(wire),
                Err(cause) => last = cause,
            }
        }
        Err(last)
    }

    async fn connect_to(&self, host: &Host, port: u16) -> Result<Wire, StoreError> {
        let reached = timeout(CONNECT_MAX, entrance::reach(host, port)).await;
        let reached = reached.map_err(|_| StoreError::Away("no host answered in time".into()))?;
        let raw = reached.map_err(|cause| StoreError::Away(cause.into()))?;
        let entered = entrance::enter(&self.config, host, self.tls.clone(), raw).await;
        let mut wire =
            Wire::new(entered.map_err(|cause| match entrance::code_of(cause.as_ref()) {
                Some(code) => failure(&code, cause),
                None => StoreError::Away(cause),
            })?);
        let mut round = Round::default();
        round.ask(&wire.prepare("is_read_only".to_owned(), IS_READ_ONLY).await?, [].into_iter())?;
        let answers = wire.run(round).await?;
        let row = answers.first().and_then(|answer| answer.rows.first());
        if row.map(|row| row.text(0)).transpose()?.flatten().as_deref() == Some("on") {
            return Err(StoreError::Away("the database does not allow writes".into()));
        }
        wire.run_text(DURABLE).await?;
        Ok(wire)
    }

    /// The port of a host, where the URL gives one.
    fn port(&self, number: usize) -> Option<u16> {
        let ports = self.config.get_ports();
        ports.get(number).or_else(|| ports.first()).copied()
    }
}

/// Without what is secret: hosts and name.
impl fmt::Display for Database {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("postgres://")?;
        for (number, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(out, "{comma}{name}")?,
                Host::Unix(path) => write!(out, "{comma}{}", path.display())?,
            }
            if let Some(port) = self.port(number) {
                write!(out, ":{port}")?;
            }
        }
        write!(out, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Result<SslMode, String> {
        let read = url.parse::<Database>().map_err(|cause| cause.to_string())?;
        Ok(read.config.get_ssl_mode())
    }

    #[test]
    fn over_a_network_the_server_must_prove_who_it_is() {
        for far in ["db.example.com", "192.0.2.7", "localhost.example.com", "127.0.0.1,192.0.2.7"] {
            assert_eq!(mode(&format!("postgres://a@{far}/b")), Ok(SslMode::Require));
            for weak in ["disable", "allow", "prefer", "require", "verify-ca", ""] {
                let refused = mode(&format!("postgres://a@{far}/b?sslmode={weak}"));
                assert!(refused.is_err_and(|text| text.contains("verify-full")), "{far} {weak}");
            }
        }
        for near in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql"] {
            assert_eq!(mode(&format!("postgres://a@{near}/b")), Ok(SslMode::Disable), "{near}");
            let asked = format!("postgres://a@{near}/b?sslmode=verify-full");
            assert_eq!(mode(&asked), Ok(SslMode::Require));
        }
    }

    #[test]
    fn what_is_shown_holds_no_password() {
        let database: Database = "postgres://ann:s3cret@127.0.0.1:5433/iam".parse().unwrap();
        assert_eq!(format!("{database} {database:?}").matches("s3cret").count(), 0);
        assert_eq!(database.to_string(), "postgres://127.0.0.1:5433/iam");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        let elsewhere = "postgres://a@localhost/c?hostaddr=192.0.2.7";
        for wrong in ["", "durward", "mysql://a@b/c", "postgres://a@b:port/c", elsewhere] {
            assert!(wrong.parse::<Database>().is_err(), "{wrong}");
        }
        let missing = "postgres://a@b/c?sslrootcert=/nowhere".parse::<Database>();
        assert!(missing.is_err_and(|cause| cause.to_string().contains("`/nowhere`")));
    }
}
