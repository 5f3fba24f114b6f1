//! The configuration of `durward serve`: flags, then environment, then file, then defaults.
//!
//! This is the one place that reads the environment. [`Options`] is one list for all three sources,
//! so that a flag, its variable and its key in the file cannot drift apart; [`Settings`] is what
//! they come to, checked. An unknown key is an error, wherever it stands.

mod database;
mod mail;
mod rate_limits;
mod testing;
mod tls;

use crate::app::Reach;
use crate::failure::Failure;
use crate::syslog::SyslogServer;
use crate::traces;
use clap::{Args, Command, ValueEnum};
pub(crate) use database::DatabaseArgs;
pub use database::DatabaseSettings;
use iam_core::context::{AUDIT_RETENTION_DAYS, Limits};
pub(crate) use mail::is_loopback;
pub use mail::{MailSettings, ServerSettings, SmtpTls};
pub use rate_limits::RateLimitSettings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::{NonZeroU8, NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};
pub(crate) use testing::TestingArgs;
pub use tls::{TlsSettings, TlsSource};

/// Where plain HTTP is listened to, unless told otherwise.
const PORT: u16 = 7070;
/// Where TLS of the development authority is.
pub(crate) const DEV_PORT: u16 = 7443;

/// What `durward serve` can be told, by flag, by variable, or in the file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The data directory that `durward init` made
    #[arg(long, env = "DURWARD_DATA_DIR", hide_env_values = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// A PostgreSQL database that the installation is kept in: postgres://USER@HOST:PORT/NAME
    #[arg(long, env = "DURWARD_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,

    /// A file with the password for it, readable by its owner alone
    #[arg(
        long,
        env = "DURWARD_DATABASE_PASSWORD_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub database_password_file: Option<PathBuf>,

    /// The server's own secret key, the same on every node [default: DIR/durward.key]
    #[arg(long, env = "DURWARD_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:7070; with --tls dev :7443]
    #[arg(long, env = "DURWARD_LISTEN", hide_env_values = true, value_name = "IP:PORT")]
    pub listen: Option<SocketAddr>,

    /// A host name that people reach the server by (repeat for more); loopback's always work
    #[arg(
        long,
        env = "DURWARD_HOST",
        hide_env_values = true,
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub host: Option<Vec<String>>,

    /// Speak TLS with a certificate of the development authority, DIR/tls/ca.pem
    #[arg(long, env = "DURWARD_TLS", hide_env_values = true, value_name = "dev")]
    pub tls: Option<TlsSource>,

    /// The TLS certificate, with those above it, in PEM
    #[arg(long, env = "DURWARD_TLS_CERT", hide_env_values = true, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// The private key of the TLS certificate, in PEM
    #[arg(long, env = "DURWARD_TLS_KEY", hide_env_values = true, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// A proxy in front ends TLS: allows plain HTTP beyond loopback
    #[arg(
        long,
        env = "DURWARD_BEHIND_PROXY",
        hide_env_values = true,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub behind_proxy: Option<bool>,

    /// A proxy whose X-Forwarded-For is believed (repeat for more)
    #[arg(
        long,
        env = "DURWARD_TRUSTED_PROXY",
        hide_env_values = true,
        value_name = "IP",
        value_delimiter = ','
    )]
    pub trusted_proxy: Option<Vec<IpAddr>>,

    /// Whether a user whom failed sign-ins have blocked may go on signing requests [default: true]
    #[arg(
        long,
        env = "DURWARD_BLOCKED_USERS_SIGN",
        hide_env_values = true,
        value_name = "true|false",
        hide_possible_values = true
    )]
    pub blocked_users_sign: Option<bool>,

    /// What becomes of requests that policies do not allow: refuse them, or let them through and
    /// record them as refused (`log`: only for trying) [default: enforce]
    #[arg(long, env = "DURWARD_ENFORCEMENT", hide_env_values = true, value_name = "HOW")]
    pub enforcement: Option<Enforcement>,

    /// Where people reach the server: what links in e-mail begin with [default: host, or listen]
    #[arg(long, env = "DURWARD_PUBLIC_URL", hide_env_values = true, value_name = "URL")]
    pub public_url: Option<String>,

    /// The mail server; without one, e-mail waits, or on loopback can be read at /mailbox
    #[arg(long, env = "DURWARD_SMTP_HOST", hide_env_values = true, value_name = "HOST")]
    pub smtp_host: Option<String>,

    /// Its port [default: 587, with implicit TLS 465, without TLS 25]
    #[arg(long, env = "DURWARD_SMTP_PORT", hide_env_values = true, value_name = "PORT")]
    pub smtp_port: Option<NonZeroU16>,

    /// When TLS begins [default: starttls]
    #[arg(long, env = "DURWARD_SMTP_TLS", hide_env_values = true, value_name = "WHEN")]
    pub smtp_tls: Option<SmtpTls>,

    /// The user name that the mail server asks for
    #[arg(long, env = "DURWARD_SMTP_USER", hide_env_values = true, value_name = "NAME")]
    pub smtp_user: Option<String>,

    /// A file with the password that goes with it, readable by its owner alone
    #[arg(long, env = "DURWARD_SMTP_PASSWORD_FILE", hide_env_values = true, value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,

    /// The authorities that sign its certificate, in PEM [default: the system's]
    #[arg(long, env = "DURWARD_SMTP_CA_FILE", hide_env_values = true, value_name = "FILE")]
    pub smtp_ca_file: Option<PathBuf>,

    /// How many connections carry e-mail at once, each with one mail [default: 1]
    #[arg(long, env = "DURWARD_SMTP_CONNECTIONS", hide_env_values = true, value_name = "NUMBER")]
    pub smtp_connections: Option<NonZeroU8>,

    /// The address that e-mail is sent from
    #[arg(long, env = "DURWARD_MAIL_FROM", hide_env_values = true, value_name = "ADDRESS")]
    pub mail_from: Option<String>,

    /// The most e-mails that may wait; what would add one is refused then [default: 250000]
    #[arg(long, env = "DURWARD_MAIL_QUEUE_MAX", hide_env_values = true, value_name = "NUMBER")]
    pub mail_queue_max: Option<NonZeroU32>,

    /// Where metrics are served, apart from all else; port 0 takes a free one [default: nowhere]
    #[arg(long, env = "DURWARD_METRICS_LISTEN", hide_env_values = true, value_name = "IP:PORT")]
    pub metrics_listen: Option<SocketAddr>,

    /// A collector that is told of each request's time, by OTLP over HTTP [default: none]
    #[arg(long, env = "DURWARD_OTLP_ENDPOINT", hide_env_values = true, value_name = "URL")]
    pub otlp_endpoint: Option<String>,

    /// How long to go on serving when told to stop, no longer ready [default: 0]
    #[arg(long, env = "DURWARD_DRAIN_SECONDS", hide_env_values = true, value_name = "SECONDS")]
    pub drain_seconds: Option<u16>,

    /// For how many days the audit trail is kept; 0 keeps all of it [default: 365]
    #[arg(long, env = "DURWARD_AUDIT_RETENTION_DAYS", hide_env_values = true, value_name = "DAYS")]
    pub audit_retention_days: Option<u16>,

    /// A syslog server on this machine to send the audit trail to: udp://, tcp:// or unix://
    #[arg(long, env = "DURWARD_AUDIT_SYSLOG", hide_env_values = true, value_name = "URL")]
    pub audit_syslog: Option<SyslogServer>,

    /// How log lines are written to stderr [default: text]
    #[arg(long, env = "DURWARD_LOG_FORMAT", hide_env_values = true, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,

    /// The least grave log lines that are written [default: info]
    #[arg(long, env = "DURWARD_LOG_LEVEL", hide_env_values = true, value_name = "LEVEL")]
    pub log_level: Option<LogLevel>,

    /// How many of each thing there may be: in the file alone.
    #[arg(skip)]
    pub limits: Limits,

    /// How many requests there may be in a second: in the file alone.
    #[arg(skip)]
    pub rate_limits: RateLimitSettings,
}

/// What becomes of requests that policies do not allow.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcement {
    /// They are refused
    #[default]
    Enforce,
    /// They are let through and recorded as refused: then whoever can sign may do anything
    Log,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// How grave a log line is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it, and the help lists them")]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

impl Options {
    /// Reads the file.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(file).map_err(Failure::file("read", file))?;
        toml::from_str(&text).map_err(|cause| {
            Failure::new(format!("`{}` is not a valid configuration: {cause}", file.display()))
        })
    }

    /// These options, and where they say nothing, those of the file.
    #[must_use]
    pub fn or(self, file: Self) -> Self {
        Self {
            data_dir: self.data_dir.or(file.data_dir),
            database_url: self.database_url.or(file.database_url),
            database_password_file: self.database_password_file.or(file.database_password_file),
            key_file: self.key_file.or(file.key_file),
            listen: self.listen.or(file.listen),
            host: self.host.or(file.host),
            tls: self.tls.or(file.tls),
            tls_cert: self.tls_cert.or(file.tls_cert),
            tls_key: self.tls_key.or(file.tls_key),
            behind_proxy: self.behind_proxy.or(file.behind_proxy),
            trusted_proxy: self.trusted_proxy.or(file.trusted_proxy),
            blocked_users_sign: self.blocked_users_sign.or(file.blocked_users_sign),
            enforcement: self.enforcement.or(file.enforcement),
            public_url: self.public_url.or(file.public_url),
            smtp_host: self.smtp_host.or(file.smtp_host),
            smtp_port: self.smtp_port.or(file.smtp_port),
            smtp_tls: self.smtp_tls.or(file.smtp_tls),
            smtp_user: self.smtp_user.or(file.smtp_user),
            smtp_password_file: self.smtp_password_file.or(file.smtp_password_file),
            smtp_ca_file: self.smtp_ca_file.or(file.smtp_ca_file),
            smtp_connections: self.smtp_connections.or(file.smtp_connections),
            mail_from: self.mail_from.or(file.mail_from),
            mail_queue_max: self.mail_queue_max.or(file.mail_queue_max),
            metrics_listen: self.metrics_listen.or(file.metrics_listen),
            otlp_endpoint: self.otlp_endpoint.or(file.otlp_endpoint),
            drain_seconds: self.drain_seconds.or(file.drain_seconds),
            audit_retention_days: self.audit_retention_days.or(file.audit_retention_days),
            audit_syslog: self.audit_syslog.or(file.audit_syslog),
            log_format: self.log_format.or(file.log_format),
            log_level: self.log_level.or(file.log_level),
            limits: file.limits, // there are no flags for these
            rate_limits: file.rate_limits,
        }
    }
}

/// The effective configuration. Written as TOML, it is a file that says the same.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is described at the option of its name")]
pub struct Settings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    #[serde(flatten)]
    pub database: Option<DatabaseSettings>,
    pub key_file: PathBuf,
    pub listen: SocketAddr,
    pub host: Vec<String>,
    #[serde(flatten)]
    pub tls: Option<TlsSettings>,
    pub behind_proxy: bool,
    pub trusted_proxy: Vec<IpAddr>,
    pub blocked_users_sign: bool,
    pub enforcement: Enforcement,
    #[serde(flatten)]
    pub mail: MailSettings,
    pub metrics_listen: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<String>,
    pub drain_seconds: u16,
    pub audit_retention_days: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_syslog: Option<SyslogServer>,
    pub log_format: LogFormat,
    pub log_level: LogLevel,
    pub limits: Limits,
    pub rate_limits: RateLimitSettings,
    /// Whether the server is for tests: by `serve --testing` alone.
    #[serde(skip)]
    pub testing: bool,
}

impl Settings {
    /// Fills in the defaults, and refuses what does not go together.
    pub fn new(options: Options) -> Result<Self, Failure> {
        let mail = MailSettings::new(&options)?;
        let database = DatabaseSettings::new(&options)?;
        let key_file = match (&options.key_file, &options.data_dir) {
            (_, None) if database.is_none() => {
                return Err(Failure::new(
                    "there is no data directory: give --data-dir DIR, DURWARD_DATA_DIR, or \
                     `data-dir` in the configuration file",
                ));
            }
            (Some(file), _) => file.clone(),
            (None, Some(dir)) => dir.join("durward.key"),
            (None, None) => {
                return Err(Failure::new(
                    "there is no key file: give --key-file FILE, the one that `durward init` made \
                     beside the database",
                ));
            }
        };
        let tls = TlsSettings::new(&options)?;
        let port = if matches!(tls, Some(TlsSettings::Dev { .. })) { DEV_PORT } else { PORT };
        let settings = Self {
            data_dir: options.data_dir,
            database,
            key_file,
            listen: options.listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
            host: options.host.unwrap_or_default(),
            tls,
            behind_proxy: options.behind_proxy.unwrap_or_default(),
            trusted_proxy: options.trusted_proxy.unwrap_or_default(),
            blocked_users_sign: options.blocked_users_sign.unwrap_or(true),
            enforcement: options.enforcement.unwrap_or_default(),
            mail,
            metrics_listen: options.metrics_listen,
            otlp_endpoint: options.otlp_endpoint,
            drain_seconds: options.drain_seconds.unwrap_or_default(),
            audit_retention_days: options.audit_retention_days.unwrap_or(AUDIT_RETENTION_DAYS),
            audit_syslog: options.audit_syslog,
            log_format: options.log_format.unwrap_or_default(),
            log_level: options.log_level.unwrap_or_default(),
            limits: options.limits,
            rate_limits: options.rate_limits,
            testing: false,
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Failure> {
        let listen = self.listen;
        self.must_not_be_plain("listen", listen, "secrets")?;
        if let Some(metrics) = self.metrics_listen {
            self.must_not_be_plain("metrics-listen", metrics, "metrics")?;
            if metrics == listen && metrics.port() != 0 {
                return Err(Failure::new(format!(
                    "metrics-listen `{metrics}` is where the server listens: give another port"
                )));
            }
        }
        self.otlp_endpoint.as_deref().map(traces::endpoint).transpose()?;
        self.rate_limits.check()?;
        if listen.ip().is_unspecified() && self.host.is_empty() {
            return Err(Failure::new(format!(
                "listen `{listen}` is reached by names that only you know: give each as host"
            )));
        }
        self.host.iter().try_for_each(|host| check_host(host))
    }

    /// Refuses to show to the network what only this machine may see.
    fn must_not_be_plain(
        &self,
        name: &str,
        listen: SocketAddr,
        shown: &str,
    ) -> Result<(), Failure> {
        if listen.ip().is_loopback() || self.tls.is_some() || self.behind_proxy {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{name} `{listen}` is not loopback, and plain HTTP would show {shown} to the network: \
             give tls-cert and tls-key, or say behind-proxy where a proxy in front ends TLS"
        )))
    }

    /// How the server is reached.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let mut hosts = self.host.clone();
        hosts.extend(self.mail.public_host());
        if !self.listen.ip().is_unspecified() {
            hosts.push(self.listen.ip().to_string());
        }
        Reach {
            hosts,
            is_tls: self.tls.is_some() || self.behind_proxy,
            proxies: self.trusted_proxy.clone(),
        }
    }
}

impl Settings {
    /// Where people reach a server that came to listen on that address.
    #[must_use]
    pub fn public_url(&self, bound: SocketAddr) -> String {
        if let Some(url) = &self.mail.public_url {
            return url.clone();
        }
        let is_tls = self.tls.is_some() || self.behind_proxy;
        let host = self.host.first().cloned().unwrap_or_else(|| bound.ip().to_string());
        mail::default_url(is_tls, self.behind_proxy, &host, bound.port())
    }

    /// What the server calls itself to a mail server.
    #[must_use]
    pub(crate) fn hello(&self) -> String {
        let host = self.mail.public_host().or_else(|| self.host.first().cloned());
        host.unwrap_or_else(|| match self.listen.ip() {
            ip if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
            ip => ip.to_string(),
        })
    }

    /// Whether e-mail goes to a list in memory: there is no mail server, and nothing says that
    /// anybody but this machine reaches us, as through a proxy.
    #[must_use]
    pub fn keeps_mail(&self) -> bool {
        let is_local = self.listen.ip().is_loopback() && !self.behind_proxy;
        let hosts = self.host.iter().cloned().chain(self.mail.public_host());
        let mut foreign = hosts.filter(|host| !mail::is_loopback(host));
        let is_alone = self.trusted_proxy.is_empty() && foreign.next().is_none();
        self.mail.smtp.is_none() && is_local && is_alone
    }
}

/// Refuses what no client can mean by a host.
pub(crate) fn check_host(host: &str) -> Result<(), Failure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let valid = !host.is_empty() && host.bytes().all(plain);
    if valid || host.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "host `{}` is not a host name: give it without scheme and port",
        host.escape_debug()
    )))
}

/// Refuses a variable `DURWARD_…` that no command knows: a slip of the pen must not go unnoticed.
pub(crate) fn check_environment(commands: &Command) -> Result<(), Failure> {
    let known: Vec<_> = commands
        .get_subcommands()
        .flat_map(Command::get_arguments)
        .filter_map(clap::Arg::get_env)
        .collect();
    // Kubernetes sets these for every pod beside a service that is called `durward`.
    let by_others = ["DURWARD_SERVICE_", "DURWARD_PORT"];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let ours = text.starts_with("DURWARD_") && !by_others.iter().any(|by| text.starts_with(by));
        if ours && !known.contains(&name.as_os_str()) {
            let known: BTreeSet<_> = known.iter().map(|name| name.to_string_lossy()).collect();
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Failure::new(format!(
                "the environment variable `{text}` is not known; there are {known}"
            )));
        }
    }
    Ok(())
}

/// The directories in which programs are looked for.
pub(crate) fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<Settings, String> {
        let options: Options = toml::from_str(text).map_err(|cause| cause.to_string())?;
        Settings::new(options).map_err(|failure| failure.to_string())
    }

    #[test]
    fn flags_come_before_the_file_and_the_file_before_defaults() {
        let file = "data-dir = \"/d\"\nlisten = \"127.0.0.1:1\"\nlog-level = \"warn\"\n\
                    [limits]\nusers = 7\n";
        let file: Options = toml::from_str(file).unwrap();
        let flags = Options { listen: "127.0.0.1:2".parse().ok(), ..Options::default() };
        let settings = Settings::new(flags.or(file)).unwrap();
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.log_level, LogLevel::Warn);
        assert_eq!(settings.log_format, LogFormat::Text);
        assert_eq!(settings.key_file, Path::new("/d/durward.key"));
        let limits = Limits { users: 7, ..Limits::default() };
        assert_eq!(settings.limits, limits);
    }

    #[test]
    fn the_effective_configuration_is_a_file_that_says_the_same() {
        let first = settings(
            "data-dir = \"/d\"\ntls-cert = \"c\"\ntls-key = \"k\"\nhost = [\"iam.example.com\"]\n\
             listen = \"0.0.0.0:443\"\n[limits]\nusers = 7\n\
             [rate-limits]\nprincipal-per-second = 50\nprincipal-burst = 200\n",
        );
        let dev = settings("data-dir = \"/d\"\ntls = \"dev\"");
        for first in [first, dev] {
            let text = toml::to_string(&first.unwrap()).unwrap();
            assert_eq!(toml::to_string(&settings(&text).unwrap()).unwrap(), text);
        }
    }

    #[test]
    fn tls_of_the_development_authority_has_a_port_of_its_own() {
        let settings = settings("data-dir = \"/d\"\ntls = \"dev\"").unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:7443");
        assert!(settings.reach().is_tls);
    }

    #[test]
    fn an_unknown_key_or_bad_value_is_named() {
        for (text, named) in [
            ("liste = \"x\"", "liste"),
            ("listen = \"localhost\"", "listen"),
            ("[limits]\nuser = 1", "user"),
            ("[limits]\nusers = 0", "users"),
            ("[limits]\nusers = \"many\"", "users"),
            ("[rate-limits]\nprincipal-per-second = 0", "principal-per-second"),
            ("data-dir = \"/d\"\n[rate-limits]\ntenancy-burst = 7", "tenancy-per-second"),
            ("behind-proxy = \"yes\"", "behind-proxy"),
            ("log-format = \"xml\"", "log-format"),
            ("data-dir = \"/d\"\ntls-cert = \"c\"", "tls-key"),
            ("data-dir = \"/d\"\ntls-key = \"k\"", "tls-cert"),
            ("data-dir = \"/d\"\ntls = \"self-signed\"", "self-signed"),
            ("data-dir = \"/d\"\ntls = \"dev\"\ntls-key = \"k\"", "two certificates"),
            ("database-url = \"postgres://d@h/d\"\nkey-file = \"k\"\ntls = \"dev\"", "data-dir"),
            ("data-dir = \"/d\"\nhost = [\"http://x\"]", "http://x"),
            ("data-dir = \"/d\"\nlisten = \"192.0.2.1:80\"", "192.0.2.1:80"),
            ("data-dir = \"/d\"\nlisten = \"0.0.0.0:80\"\nbehind-proxy = true", "host"),
            ("data-dir = \"/d\"\nmetrics-listen = \"192.0.2.1:80\"", "metrics-listen"),
            ("data-dir = \"/d\"\nmetrics-listen = \"127.0.0.1:7070\"", "another port"),
            ("data-dir = \"/d\"\ndrain-seconds = -1", "drain-seconds"),
            ("", "data-dir"),
        ] {
            let refused = settings(text).unwrap_err();
            assert!(refused.contains(named), "{text}: {refused}");
        }
    }

    #[test]
    fn the_address_listened_on_is_a_host_and_a_proxy_means_tls() {
        let text = "data-dir = \"/d\"\nlisten = \"192.0.2.1:80\"\nbehind-proxy = true";
        let reach = settings(text).unwrap().reach();
        assert_eq!(reach.hosts, ["192.0.2.1"]);
        assert!(reach.is_tls);
        assert!(!settings("data-dir = \"/d\"").unwrap().reach().is_tls);
    }
}
