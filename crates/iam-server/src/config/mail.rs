//! What the configuration says of e-mail: how the mail server is reached, whom mail is from, and
//! where the links in it lead.

use super::Options;
use crate::data_dir::read_secret;
use crate::failure::Failure;
use axum::http::Uri;
use clap::ValueEnum;
use iam_api::Secret;
use iam_core::mail::WAITING_MAX;
use iam_mail::{Address, Smtp, SmtpSettings, Tls};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::num::{NonZeroU8, NonZeroU16, NonZeroU32};
use std::path::PathBuf;

/// When TLS begins on a connection to the mail server.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum SmtpTls {
    /// After a few words in the clear; never sent without
    #[default]
    Starttls,
    /// At once
    Implicit,
    /// Never; to a mail server on loopback alone
    None,
    /// Never, also across a network
    NoneAnywhere,
}

impl SmtpTls {
    const fn usual_port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Implicit => 465,
            Self::None | Self::NoneAnywhere => 25,
        }
    }
}

/// E-mail.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is described at the option of its name")]
pub struct MailSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    #[serde(flatten)]
    pub smtp: Option<ServerSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
    pub mail_queue_max: NonZeroU32,
}

/// A mail server.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is described at the option of its name")]
pub struct ServerSettings {
    pub smtp_host: String,
    pub smtp_port: u16,
    pub smtp_tls: SmtpTls,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_password_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_ca_file: Option<PathBuf>,
    pub smtp_connections: NonZeroU8,
}

impl MailSettings {
    /// Takes what the options say of e-mail, and refuses what does not go together.
    pub(super) fn new(options: &Options) -> Result<Self, Failure> {
        let public_url = options.public_url.as_deref().map(check_url).transpose()?;
        let smtp = ServerSettings::new(options)?;
        if let Some(from) = &options.mail_from {
            from.parse::<Address>()
                .map_err(|cause| Failure::new(format!("mail-from is not valid: {cause}")))?;
        } else if smtp.is_some() {
            return Err(Failure::new(
                "smtp-host needs mail-from beside it: the address that mail is sent from",
            ));
        }
        let default_max = NonZeroU32::new(WAITING_MAX).unwrap_or(NonZeroU32::MAX);
        Ok(Self {
            public_url,
            smtp,
            mail_from: options.mail_from.clone(),
            mail_queue_max: options.mail_queue_max.unwrap_or(default_max),
        })
    }

    /// The host that people reach the server by, if the configuration names it.
    pub(crate) fn public_host(&self) -> Option<String> {
        let url: Uri = self.public_url.as_deref()?.parse().ok()?;
        Some(url.host()?.trim_matches(['[', ']']).to_owned())
    }
}

impl ServerSettings {
    fn new(options: &Options) -> Result<Option<Self>, Failure> {
        let Some(smtp_host) = options.smtp_host.clone() else {
            let alone = [
                ("smtp-port", options.smtp_port.is_some()),
                ("smtp-tls", options.smtp_tls.is_some()),
                ("smtp-user", options.smtp_user.is_some()),
                ("smtp-password-file", options.smtp_password_file.is_some()),
                ("smtp-ca-file", options.smtp_ca_file.is_some()),
                ("smtp-connections", options.smtp_connections.is_some()),
            ];
            return match alone.iter().find(|(_, is_given)| *is_given) {
                None => Ok(None),
                Some((name, _)) => Err(Failure::new(format!("{name} needs smtp-host beside it"))),
            };
        };
        let smtp_tls = options.smtp_tls.unwrap_or_default();
        let settings = Self {
            smtp_port: options.smtp_port.map_or(smtp_tls.usual_port(), NonZeroU16::get),
            smtp_host,
            smtp_tls,
            smtp_user: options.smtp_user.clone(),
            smtp_password_file: options.smtp_password_file.clone(),
            smtp_ca_file: options.smtp_ca_file.clone(),
            smtp_connections: options.smtp_connections.unwrap_or(NonZeroU8::MIN),
        };
        settings.check()?;
        Ok(Some(settings))
    }

    fn check(&self) -> Result<(), Failure> {
        let host = &self.smtp_host;
        let is_loopback = is_loopback(host);
        let is_plain = matches!(self.smtp_tls, SmtpTls::None | SmtpTls::NoneAnywhere);
        if self.smtp_tls == SmtpTls::None && !is_loopback {
            return Err(Failure::new(format!(
                "smtp-host `{host}` is not loopback, and without TLS the links in mail would cross \
                 the network in the clear: let smtp-tls be `starttls` or `implicit`, or say \
                 `none-anywhere`"
            )));
        }
        if is_plain && !is_loopback && self.smtp_user.is_some() {
            return Err(Failure::new(format!(
                "smtp-user would have its password cross the network to `{host}` in the clear: let \
                 smtp-tls be `starttls` or `implicit`"
            )));
        }
        match (&self.smtp_user, &self.smtp_password_file) {
            (Some(_), None) => Err(Failure::new("smtp-user needs smtp-password-file beside it")),
            (None, Some(_)) => Err(Failure::new("smtp-password-file needs smtp-user beside it")),
            _ => Ok(()),
        }
    }

    /// The mail server that they name. `hello` is what we call ourselves.
    pub(crate) fn server(&self, hello: String) -> Result<Smtp, Failure> {
        let login = match (&self.smtp_user, &self.smtp_password_file) {
            (Some(user), Some(file)) => {
                let password = read_secret(file)?.trim_end_matches(['\r', '\n']).to_owned();
                Some((user.clone(), Secret::new(password)))
            }
            _ => None,
        };
        let authorities = match &self.smtp_ca_file {
            None => None,
            Some(file) => Some(std::fs::read(file).map_err(Failure::file("read", file))?),
        };
        let tls = match self.smtp_tls {
            SmtpTls::Starttls => Tls::StartTls,
            SmtpTls::Implicit => Tls::Implicit,
            SmtpTls::None | SmtpTls::NoneAnywhere => Tls::None,
        };
        let (host, port) = (self.smtp_host.clone(), self.smtp_port);
        Smtp::new(SmtpSettings { host, port, tls, authorities, login, hello })
            .map_err(|cause| Failure::new(format!("the mail server cannot be used: {cause}")))
    }
}

/// Refuses what is no address of a server alone; answers it without a slash at its end.
fn check_url(text: &str) -> Result<String, Failure> {
    let refused = |why: &str| {
        Failure::new(format!("public-url `{}` is not valid: {why}", text.escape_debug()))
    };
    let form = "give it as https://HOST or https://HOST:PORT";
    let url: Uri = text.parse().map_err(|_| refused(form))?;
    let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else {
        return Err(refused(form));
    };
    let host = authority.host().trim_matches(['[', ']']);
    if authority.as_str().contains('@') || url.path() != "/" || url.query().is_some() {
        return Err(refused(form));
    }
    match scheme {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => return Err(refused("links in mail must be https beyond loopback")),
        _ => return Err(refused(form)),
    }
    Ok(format!("{scheme}://{authority}"))
}

/// Whether a host is this machine, whoever asks (RFC 6761, 6.3).
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Where people reach a server that listens there, if the configuration does not say it.
pub(super) fn default_url(is_tls: bool, is_proxied: bool, host: &str, port: u16) -> String {
    let scheme = if is_tls { "https" } else { "http" };
    let host = match host.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => format!("[{address}]"),
        _ => host.to_owned(),
    };
    let is_usual = port == if is_tls { 443 } else { 80 };
    // A proxy in front is where its scheme is at home, whatever port we listen on.
    if is_usual || is_proxied {
        return format!("{scheme}://{host}");
    }
    format!("{scheme}://{host}:{port}")
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    fn settings(text: &str) -> Result<Settings, String> {
        let options: Options = toml::from_str(&format!("data-dir = \"/d\"\n{text}"))
            .map_err(|cause: toml::de::Error| cause.to_string())?;
        Settings::new(options).map_err(|failure| failure.to_string())
    }

    const SERVER: &str = "smtp-host = \"mail.example.com\"\nmail-from = \"no-reply@example.com\"\n";

    #[test]
    fn a_mail_server_is_reached_by_starttls_unless_told_otherwise() {
        let of = |text: &str| settings(&format!("{SERVER}{text}")).unwrap().mail.smtp.unwrap();
        let usual = of("");
        assert_eq!((usual.smtp_tls, usual.smtp_port), (SmtpTls::Starttls, 587));
        assert_eq!(usual.smtp_connections.get(), 1);
        assert_eq!(of("smtp-tls = \"implicit\"").smtp_port, 465);
        assert_eq!(of("smtp-tls = \"none-anywhere\"").smtp_port, 25);
        assert_eq!(of("smtp-port = 2525").smtp_port, 2525);
        let local =
            settings("smtp-host = \"127.0.0.1\"\nmail-from = \"a@b.example\"\nsmtp-tls = \"none\"");
        assert!(local.is_ok());
    }

    #[test]
    fn what_does_not_go_together_is_refused_by_name() {
        let login = "smtp-user = \"u\"\nsmtp-password-file = \"p\"";
        for (text, named) in [
            ("smtp-port = 25".to_owned(), "smtp-host"),
            ("smtp-host = \"mail.example.com\"".to_owned(), "mail-from"),
            ("mail-from = \"a@b@c\"".to_owned(), "mail-from"),
            (format!("{SERVER}smtp-port = 0"), "smtp-port"),
            (format!("{SERVER}smtp-tls = \"none\""), "none-anywhere"),
            (format!("{SERVER}smtp-tls = \"none-anywhere\"\n{login}"), "smtp-user"),
            (format!("{SERVER}smtp-user = \"u\""), "smtp-password-file"),
            (format!("{SERVER}smtp-password-file = \"p\""), "smtp-user"),
            (format!("{SERVER}smtp-connections = 0"), "smtp-connections"),
            ("mail-queue-max = 0".to_owned(), "mail-queue-max"),
        ] {
            let refused = settings(&text).unwrap_err();
            assert!(refused.contains(named), "{text}: {refused}");
        }
    }

    #[test]
    fn the_effective_configuration_holds_it() {
        let text = format!(
            "{SERVER}public-url = \"https://iam.example.com/\"\nsmtp-user = \"u\"\n\
             smtp-password-file = \"/p\"\nsmtp-ca-file = \"/c\"\n"
        );
        let written = toml::to_string(&settings(&text).unwrap()).unwrap();
        assert!(written.contains("public-url = \"https://iam.example.com\"\n"), "{written}");
        let options: Options = toml::from_str(&written).unwrap();
        assert_eq!(toml::to_string(&Settings::new(options).unwrap()).unwrap(), written);
    }

    #[test]
    fn links_begin_with_what_the_configuration_says() {
        let url =
            |text: &str, bound: &str| settings(text).unwrap().public_url(bound.parse().unwrap());
        let local = "127.0.0.1:7070";
        assert_eq!(url("", local), "http://127.0.0.1:7070");
        assert_eq!(url("listen = \"[::1]:0\"", "[::1]:80"), "http://[::1]");
        assert_eq!(url("host = [\"localhost\", \"x\"]", local), "http://localhost:7070");
        let proxied = "host = [\"iam.example.com\"]\nbehind-proxy = true";
        assert_eq!(url(proxied, local), "https://iam.example.com");
        let tls = "host = [\"iam.example.com\"]\ntls-cert = \"c\"\ntls-key = \"k\"";
        assert_eq!(url(tls, "192.0.2.1:443"), "https://iam.example.com");
        assert_eq!(url(tls, "192.0.2.1:8443"), "https://iam.example.com:8443");
        let given = "public-url = \"https://id.example.com:8443/\"\nhost = [\"x\"]";
        assert_eq!(url(given, local), "https://id.example.com:8443");
        assert!(settings(given).unwrap().reach().hosts.contains(&"id.example.com".to_owned()));
    }

    #[test]
    fn a_public_url_is_a_server_and_nothing_more() {
        for good in ["https://a.example", "https://a.example:1/", "http://localhost:7070"] {
            assert!(check_url(good).is_ok(), "{good}");
        }
        for bad in [
            "a.example",
            "https://",
            "ftp://a.example",
            "http://a.example",
            "https://a.example/console",
            "https://a.example?x",
            "https://user@a.example",
            "https://a.example\r\n",
        ] {
            assert!(check_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn mail_is_kept_in_memory_only_where_nobody_else_can_look() {
        for (text, keeps) in [
            ("", true),
            ("host = [\"identity.local-1.oci.localhost\"]", true),
            ("public-url = \"http://localhost:7070\"", true),
            ("listen = \"192.0.2.1:80\"\nbehind-proxy = true", false),
            ("behind-proxy = true", false),
            ("listen = \"192.0.2.1:443\"\ntls-cert = \"c\"\ntls-key = \"k\"", false),
            ("trusted-proxy = [\"127.0.0.1\"]", false),
            ("host = [\"iam.example.com\"]", false),
            ("public-url = \"https://iam.example.com\"", false),
            ("smtp-host = \"localhost\"\nmail-from = \"a@b.example\"", false),
        ] {
            assert_eq!(settings(text).unwrap().keeps_mail(), keeps, "{text}");
        }
    }
}
