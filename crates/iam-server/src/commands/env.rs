//! `durward env`: the lines that point an unmodified client at this server.
//!
//! Two ways. A client is given the address outright, by a variable or in the program that uses it.
//! Or it is told of a region whose services lie under a domain of our own: then every program works
//! as it is, but the server must speak TLS at `identity.REGION.oci.DOMAIN`. With `--tls dev` that
//! domain is `localhost`.

use super::{quoted, say};
use crate::authority;
use crate::config::{DEV_PORT, TlsSource};
use crate::data_dir::{ClientProfile, DataDir};
use crate::failure::Failure;
use crate::profile;
use clap::ValueEnum;
use http::Uri;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Print the lines that point a client at this server
///
/// The lines are for a shell: paste them, or evaluate them. What has to stand in a program of yours
/// is printed as comments.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The data directory that `durward init` made
    #[arg(long, env = "DURWARD_DATA_DIR", hide_env_values = true, value_name = "DIR")]
    data_dir: PathBuf,

    /// The client to point here
    #[arg(long, value_name = "CLIENT", default_value = "cli")]
    client: Client,

    /// The server is served with --tls dev: its development authority is trusted, and a region of
    /// your own needs no address
    #[arg(long, env = "DURWARD_TLS", hide_env_values = true, value_name = "dev")]
    tls: Option<TlsSource>,

    /// The server's address, as the client reaches it [default: http://127.0.0.1:7070; with --tls
    /// dev https://localhost:7443]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,

    /// The certificate authority that the client is to trust, in PEM
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  eval \"$(durward env --data-dir ./durward-data)\" && oci iam user list
  durward env --data-dir ./durward-data --client terraform
  durward env --data-dir ./durward-data --client ansible --tls dev
  durward env --data-dir ./durward-data --client python --ca-file ca.pem \\
      --endpoint https://identity.local-1.oci.iam.example.com";

/// A client that can be pointed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Client {
    /// The OCI command line
    Cli,
    /// The OCI SDK for Python
    Python,
    /// The OCI SDK for TypeScript and JavaScript
    Typescript,
    /// The OCI SDK for Go
    Go,
    /// The OCI provider of Terraform
    Terraform,
    /// The OCI collection of Ansible (needs TLS, and a region of your own)
    Ansible,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let endpoint = Endpoint::of(args)?;
    let dir = DataDir::at(&args.data_dir)?;
    let client = dir.client_profile()?;
    let file = &client.config_file;
    let text = std::fs::read_to_string(file).map_err(Failure::file("read", file))?;
    let values = profile::read(&text, &client.profile).ok_or_else(|| {
        let (name, file) = (&client.profile, file.display());
        Failure::new(format!("`{file}` has no profile `{name}` any more; write it again"))
    })?;
    let ca_file = match (&args.ca_file, args.tls) {
        (Some(path), _) => Some(std::path::absolute(path).map_err(Failure::file("find", path))?),
        (None, Some(TlsSource::Dev)) => Some(development_authority(&dir)?),
        (None, None) => None,
    };
    let target = Target { endpoint, client, values, ca_file };
    say(&target.lines(args.client)?)
}

fn development_authority(dir: &DataDir) -> Result<PathBuf, Failure> {
    let file = dir.authority();
    if file.exists() {
        return Ok(file);
    }
    Err(Failure::new(format!(
        "there is no development authority in `{}`; `durward serve --tls dev` makes one",
        dir.tls().display()
    )))
}

/// The server's address in its parts.
struct Endpoint {
    url: String,
    is_tls: bool,
    /// Host and port.
    authority: String,
    /// The names of this machine under which the services of every region are, if they are.
    local: Option<String>,
}

impl Endpoint {
    fn of(args: &Args) -> Result<Self, Failure> {
        let default = match args.tls {
            Some(TlsSource::Dev) => format!("https://{}:{DEV_PORT}", authority::DOMAIN),
            None => "http://127.0.0.1:7070".to_owned(),
        };
        let text = args.endpoint.as_deref().unwrap_or(&default);
        let refused = || {
            Failure::new(format!(
                "endpoint `{}` is not a server's address: give scheme, host and port alone, such \
                 as {default}",
                text.escape_debug()
            ))
        };
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let is_tls = match (uri.scheme_str(), args.tls) {
            (Some("http"), None) => false,
            (Some("https"), _) => true,
            _ => return Err(refused()),
        };
        let authority = uri.authority().ok_or_else(refused)?;
        let bare = uri.path_and_query().is_none_or(|rest| rest.as_str() == "/");
        if !bare || authority.as_str().contains('@') {
            return Err(refused());
        }
        let host = authority.host().trim_matches(['[', ']']);
        let is_here = host == authority::DOMAIN
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let local = (is_here && args.tls == Some(TlsSource::Dev)).then(|| {
            let port = authority.port().map_or(String::new(), |port| format!(":{port}"));
            format!("{}{port}", authority::DOMAIN)
        });
        let url = text.trim_end_matches('/').to_owned();
        Ok(Self { url, is_tls, authority: authority.to_string(), local })
    }

    /// The domain under which a client finds the services of that region, if this is their address.
    fn domain(&self, region: &str) -> Option<&str> {
        let known = iam_api::regions::region(region).is_some();
        let domain = self.authority.strip_prefix(&format!("identity.{region}.oci."));
        domain.or(self.local.as_deref()).filter(|_| self.is_tls && !known)
    }
}

/// What the lines are made of.
struct Target {
    endpoint: Endpoint,
    client: ClientProfile,
    values: BTreeMap<String, String>,
    ca_file: Option<PathBuf>,
}

impl Target {
    fn lines(&self, client: Client) -> Result<String, Failure> {
        let mut lines = self.profile_lines(client);
        lines.extend(self.ca_lines(client));
        let (region, url) = (self.value("region"), &self.endpoint.url);
        let own_region = self.endpoint.domain(region);
        if let Some(domain) = own_region {
            lines.extend(own_region_lines(client, region, domain));
        }
        match (client, own_region) {
            (Client::Cli, None) => lines.push(export("OCI_CLI_ENDPOINT", url)),
            (Client::Terraform, None) => {
                let overrides = format!("oci_identity.IdentityClient={url}");
                lines.push(export("CLIENT_HOST_OVERRIDES", &overrides));
            }
            (Client::Ansible, None) => return Err(no_way_for_ansible(region)),
            (Client::Cli | Client::Terraform | Client::Ansible, Some(_)) => {}
            (Client::Python, _) => lines.extend(self.python(own_region.is_some())),
            (Client::Typescript, _) => lines.extend(self.typescript(own_region.is_some())),
            (Client::Go, _) => lines.extend(self.go(own_region.is_some())),
        }
        Ok(lines.join("\n") + "\n")
    }

    fn value(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    fn config_file(&self) -> String {
        self.client.config_file.display().to_string()
    }

    /// Where the client finds the credentials.
    fn profile_lines(&self, client: Client) -> Vec<String> {
        let (file, name) = (self.config_file(), self.client.profile.as_str());
        match client {
            Client::Cli => {
                vec![export("OCI_CLI_CONFIG_FILE", &file), export("OCI_CLI_PROFILE", name)]
            }
            Client::Python => vec![export("OCI_CONFIG_FILE", &file)],
            Client::Typescript | Client::Go => Vec::new(),
            Client::Ansible => {
                vec![export("OCI_CONFIG_FILE", &file), export("OCI_CONFIG_PROFILE", name)]
            }
            Client::Terraform => {
                let from = |(variable, key)| export(variable, self.value(key));
                let variables = [
                    ("TF_VAR_tenancy_ocid", "tenancy"),
                    ("TF_VAR_user_ocid", "user"),
                    ("TF_VAR_fingerprint", "fingerprint"),
                    ("TF_VAR_private_key_path", "key_file"),
                    ("TF_VAR_region", "region"),
                ];
                variables.into_iter().map(from).collect()
            }
        }
    }

    /// How the client is told to trust a certificate authority of one's own.
    fn ca_lines(&self, client: Client) -> Vec<String> {
        let Some(file) = self.ca_file.as_deref().map(Path::display) else { return Vec::new() };
        let variables: &[&str] = match client {
            Client::Cli | Client::Python | Client::Ansible => &["REQUESTS_CA_BUNDLE"],
            Client::Typescript => &["NODE_EXTRA_CA_CERTS"],
            Client::Go | Client::Terraform => &["OCI_DEFAULT_CERTS_PATH", "SSL_CERT_FILE"],
        };
        variables.iter().map(|variable| export(variable, &file.to_string())).collect()
    }

    fn python(&self, knows_region: bool) -> Vec<String> {
        let (name, url) = (literal(&self.client.profile), literal(&self.endpoint.url));
        let address =
            if knows_region { String::new() } else { format!(", service_endpoint={url}") };
        let lines = [
            format!("config = oci.config.from_file(profile_name={name})"),
            format!("client = oci.identity.IdentityClient(config{address})"),
        ];
        in_program(&lines, knows_region)
    }

    fn typescript(&self, knows_region: bool) -> Vec<String> {
        let (file, name) = (literal(&self.config_file()), literal(&self.client.profile));
        let mut lines = vec![
            format!(
                "const provider = new common.ConfigFileAuthenticationDetailsProvider({file}, {name})"
            ),
            "const client = new identity.IdentityClient({ authenticationDetailsProvider: provider })"
                .to_owned(),
        ];
        if !knows_region {
            lines.push(format!("client.endpoint = {}", literal(&self.endpoint.url)));
        }
        in_program(&lines, knows_region)
    }

    fn go(&self, knows_region: bool) -> Vec<String> {
        let (file, name) = (literal(&self.config_file()), literal(&self.client.profile));
        let mut lines = vec![
            format!("provider := common.CustomProfileConfigProvider({file}, {name})"),
            "client, err := identity.NewIdentityClientWithConfigurationProvider(provider)"
                .to_owned(),
        ];
        if !knows_region {
            lines.push(format!("client.Host = {}", literal(&self.endpoint.url)));
        }
        in_program(&lines, knows_region)
    }
}

/// What tells a client of a region of one's own, and its user what has to be so for it.
fn own_region_lines(client: Client, region: &str, domain: &str) -> Vec<String> {
    let mut lines = vec![export("OCI_REGION_METADATA", &region_metadata(region, domain))];
    match client {
        // What was said before would go on winning.
        Client::Cli => lines.push("unset OCI_CLI_ENDPOINT".to_owned()),
        Client::Terraform => lines.push("unset CLIENT_HOST_OVERRIDES".to_owned()),
        Client::Python | Client::Typescript | Client::Go | Client::Ansible => {}
    }
    let (host, _port) = domain.split_once(':').unwrap_or((domain, ""));
    if host == authority::DOMAIN {
        let mut names = authority::names(&[region.to_owned()]);
        names.retain(|name| name.contains(&format!(".{region}.")));
        lines.push("# Where this machine does not know these names, add to /etc/hosts:".to_owned());
        lines.push(format!("#   127.0.0.1 {}", names.join(" ")));
    }
    lines
}

fn export(name: &str, value: &str) -> String {
    format!("export {name}={}", quoted(value))
}

/// A text as a literal, which is written alike in all these languages.
fn literal(text: &str) -> String {
    json!(text).to_string()
}

fn in_program(lines: &[String], knows_region: bool) -> Vec<String> {
    let head = match knows_region {
        true => "# In the program, no address is needed:",
        false => "# There is no variable for the address. In the program:",
    };
    std::iter::once(head.to_owned()).chain(lines.iter().map(|line| format!("#   {line}"))).collect()
}

/// What tells a client of a region that Oracle does not have.
fn region_metadata(region: &str, domain: &str) -> String {
    json!({
        "realmKey": "durward",
        "realmDomainComponent": domain,
        "regionKey": region.to_uppercase(),
        "regionIdentifier": region,
    })
    .to_string()
}

fn no_way_for_ansible(region: &str) -> Failure {
    let own = if iam_api::regions::region(region).is_some() { "local-1" } else { region };
    let host = format!("identity.{own}.oci.DOMAIN");
    Failure::new(format!(
        "the Ansible collection takes no address, only regions: it needs an installation with a \
         region of your own (`durward init --region {own}`), served with TLS: with `--tls dev`, here \
         too, or with a certificate of yours and `--host {host}`, and that address here as \
         `--endpoint https://{host}:PORT`, where DOMAIN is yours"
    ))
}
