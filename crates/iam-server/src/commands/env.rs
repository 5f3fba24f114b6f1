//! `durward env`: the lines that point an unmodified client at this server.
//!
//! Two ways. A client is given the address outright, by a variable or in the program that uses it.
//! Or it is told of a region whose services lie under a domain of our own: then every program works
//! as it is, but the server must speak TLS at `identity.REGION.oci.DOMAIN`.

use super::{quoted, say};
use crate::data_dir::{ClientProfile, DataDir};
use crate::failure::Failure;
use crate::profile;
use clap::ValueEnum;
use http::Uri;
use serde_json::json;
use std::collections::BTreeMap;
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

    /// The server's address, as the client reaches it
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7070")]
    endpoint: String,

    /// The certificate authority that the client is to trust, in PEM
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  eval \"$(durward env --data-dir ./durward-data)\" && oci iam user list
  durward env --data-dir ./durward-data --client terraform
  durward env --data-dir ./durward-data --client ansible --ca-file ca.pem \\
      --endpoint https://identity.local-1.oci.localhost:7443";

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
    let endpoint = Endpoint::of(&args.endpoint)?;
    let client = DataDir::at(&args.data_dir)?.client_profile()?;
    let file = &client.config_file;
    let text = std::fs::read_to_string(file).map_err(Failure::file("read", file))?;
    let values = profile::read(&text, &client.profile).ok_or_else(|| {
        let (name, file) = (&client.profile, file.display());
        Failure::new(format!("`{file}` has no profile `{name}` any more; write it again"))
    })?;
    let ca_file = match &args.ca_file {
        Some(path) => Some(std::path::absolute(path).map_err(Failure::file("find", path))?),
        None => None,
    };
    let target = Target { endpoint, client, values, ca_file };
    say(&target.lines(args.client)?)
}

/// The server's address in its parts.
struct Endpoint {
    url: String,
    is_tls: bool,
    /// Host and port.
    authority: String,
}

impl Endpoint {
    fn of(text: &str) -> Result<Self, Failure> {
        let refused = || {
            Failure::new(format!(
                "endpoint `{}` is not a server's address: give scheme, host and port alone, such \
                 as http://127.0.0.1:7070",
                text.escape_debug()
            ))
        };
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let is_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(refused()),
        };
        let authority = uri.authority().ok_or_else(refused)?.to_string();
        let bare = uri.path_and_query().is_none_or(|rest| rest.as_str() == "/");
        if !bare || authority.contains('@') {
            return Err(refused());
        }
        let url = text.trim_end_matches('/').to_owned();
        Ok(Self { url, is_tls, authority })
    }

    /// The domain under which a client finds the services of that region, if this is their address.
    fn domain(&self, region: &str) -> Option<&str> {
        let known = iam_api::regions::region(region).is_some();
        let domain = self.authority.strip_prefix(&format!("identity.{region}.oci."))?;
        (self.is_tls && !known).then_some(domain)
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
        match (client, own_region) {
            (Client::Cli, _) => lines.push(export("OCI_CLI_ENDPOINT", url)),
            (Client::Terraform, None) => {
                let overrides = format!("oci_identity.IdentityClient={url}");
                lines.push(export("CLIENT_HOST_OVERRIDES", &overrides));
            }
            (_, Some(domain)) => {
                lines.push(export("OCI_REGION_METADATA", &region_metadata(region, domain)));
            }
            (Client::Python, None) => lines.extend(self.python()),
            (Client::Typescript, None) => lines.extend(self.typescript()),
            (Client::Go, None) => lines.extend(self.go()),
            (Client::Ansible, None) => return Err(no_way_for_ansible(region)),
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

    fn python(&self) -> Vec<String> {
        let (name, url) = (literal(&self.client.profile), literal(&self.endpoint.url));
        in_program(&[
            format!("config = oci.config.from_file(profile_name={name})"),
            format!("client = oci.identity.IdentityClient(config, service_endpoint={url})"),
        ])
    }

    fn typescript(&self) -> Vec<String> {
        let (file, name) = (literal(&self.config_file()), literal(&self.client.profile));
        let url = literal(&self.endpoint.url);
        in_program(&[
            format!(
                "const provider = new common.ConfigFileAuthenticationDetailsProvider({file}, {name})"
            ),
            "const client = new identity.IdentityClient({ authenticationDetailsProvider: provider })"
                .to_owned(),
            format!("client.endpoint = {url}"),
        ])
    }

    fn go(&self) -> Vec<String> {
        let (file, name) = (literal(&self.config_file()), literal(&self.client.profile));
        let url = literal(&self.endpoint.url);
        in_program(&[
            format!("provider := common.CustomProfileConfigProvider({file}, {name})"),
            "client, err := identity.NewIdentityClientWithConfigurationProvider(provider)"
                .to_owned(),
            format!("client.Host = {url}"),
        ])
    }
}

fn export(name: &str, value: &str) -> String {
    format!("export {name}={}", quoted(value))
}

/// A text as a literal, which is written alike in all these languages.
fn literal(text: &str) -> String {
    json!(text).to_string()
}

fn in_program(lines: &[String]) -> Vec<String> {
    let head = "# There is no variable for the address. In the program:".to_owned();
    std::iter::once(head).chain(lines.iter().map(|line| format!("#   {line}"))).collect()
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
         region of your own (`durward init --region {own}`), served with TLS and `--host {host}`, \
         and that address here as `--endpoint https://{host}:PORT`, where DOMAIN is yours"
    ))
}
