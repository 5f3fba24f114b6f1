//! Where requests go: the address that was given, or that of a service in a region.
//!
//! The one idea: a region that nobody knows yet still has an address, in the first realm, so that a
//! new region needs no new program.

use crate::config::{Environment, expand_home};
use crate::failure::Failure;
use crate::from_json::read_text;
use crate::json::Json;
use iam_api::BASE_PATH;
use iam_api::regions::{realm_domain, region};

/// The domain of a region that is not in the table.
const FIRST_REALM: &str = "oraclecloud.com";

/// The address of a service in a region, which is given by name or by its three letters.
fn of_region(service: &str, name: &str, env: &dyn Environment) -> String {
    let name = name.trim().to_lowercase();
    if name.contains('.') {
        // A region that brings its own domain.
        return format!("https://{service}.{name}");
    }
    let (name, domain) = match region(&name) {
        Some(row) => (row.name.to_owned(), realm_domain(row.realm).map(str::to_owned)),
        None => described(&name, env).unwrap_or_else(|| (name, env.var("OCI_DEFAULT_REALM"))),
    };
    let domain = domain.unwrap_or_else(|| FIRST_REALM.to_owned());
    // Older services have no `oci.` in their names.
    let oci = if matches!(service, "audit" | "auth" | "login") { "" } else { "oci." };
    format!("https://{service}.{name}.{oci}{domain}")
}

/// A region that the user describes.
struct Described {
    name: String,
    key: String,
    realm: String,
    domain: String,
}

impl Described {
    /// What does not say all of it describes no region, and is passed over, as officially.
    fn of(json: &Json) -> Option<Self> {
        let text = |key| json.get(key).and_then(Json::as_text).map(str::to_lowercase);
        let text = |key| text(key).filter(|text| !text.is_empty());
        Some(Self {
            name: text("regionIdentifier")?,
            key: text("regionKey")?,
            realm: text("realmKey")?,
            domain: text("realmDomainComponent")?,
        })
    }
}

/// Name and domain of a region that the user describes: in `~/.oci/regions-config.json`, an array,
/// or in `OCI_REGION_METADATA`, one of its objects.
fn described(wanted: &str, env: &dyn Environment) -> Option<(String, Option<String>)> {
    let file = expand_home("~/.oci/regions-config.json", env);
    let file = if file.exists() { read_text(&file).ok() } else { None };
    let file = file.and_then(|text| Json::parse(text.as_bytes()).ok());
    let variable = env.var("OCI_REGION_METADATA");
    let variable = variable.and_then(|text| Json::parse(text.as_bytes()).ok());
    let regions = match file {
        Some(Json::List(regions)) => regions,
        _ => Vec::new(),
    };
    let all = regions.iter().chain(&variable).filter_map(Described::of);
    let all: Vec<Described> = all.collect();
    let found = all.iter().find(|region| region.name == wanted || region.key == wanted)?;
    // The domain is the realm's, not the region's: a realm that is known keeps the one it has, and
    // of two descriptions of one realm the first counts.
    let domain = match realm_domain(&found.realm) {
        Some(domain) => domain.to_owned(),
        None => all.iter().find(|region| region.realm == found.realm)?.domain.clone(),
    };
    Some((found.name.clone(), Some(domain)))
}

/// An address in the parts that a request needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Scheme and host, such as `http://127.0.0.1:7070`.
    pub(crate) origin: String,
    /// The host as the `host` header names it: without the scheme's own port.
    pub(crate) host: String,
    /// What stands before an operation's path.
    prefix: String,
}

impl Endpoint {
    /// The given address, or that of a service in the region.
    pub(crate) fn choose(
        service: &str,
        given: Option<&str>,
        region: Option<&str>,
        env: &dyn Environment,
    ) -> Result<Self, Failure> {
        match (given, region) {
            (Some(address), _) => Self::parse(address),
            (None, Some(region)) => Self::parse(&of_region(service, region, env)),
            (None, None) => Err(Failure::Client(
                "ERROR: neither an endpoint nor a region is known; give --endpoint or --region"
                    .to_owned(),
            )),
        }
    }

    /// Takes an address apart. One that ends in the version of the API is as good as one without.
    pub(crate) fn parse(address: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| Failure::Client(format!("invalid endpoint `{address}`: {why}"));
        let (scheme, rest) = address
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
            .ok_or_else(|| wrong("it must start with http:// or https://"))?;
        let (host, path) = match rest.split_once('/') {
            Some((host, path)) => (host, path.trim_end_matches('/')),
            None => (rest, ""),
        };
        if rest.contains(['?', '#']) || host.contains('@') {
            return Err(wrong("it must not hold a user name, a query or a fragment"));
        }
        let (name, port) = split_port(host);
        let letters = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        };
        let named = match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !name.is_empty() && letters(name),
        };
        let port_is_number = port.is_none_or(|port| port.parse::<u16>().is_ok());
        if !named || !port_is_number {
            return Err(wrong("it must name a host, and a port where it is not the usual one"));
        }
        let usual = if scheme == "http" { "80" } else { "443" };
        let host = if port == Some(usual) { name } else { host };
        let base = BASE_PATH.trim_start_matches('/');
        let prefix = path.strip_suffix(base).map_or(path, |before| before.trim_end_matches('/'));
        let prefix = if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
        let host = host.to_lowercase();
        Ok(Self { origin: format!("{scheme}://{host}"), host, prefix })
    }

    /// The path of an operation as it is sent to this address.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Whether it is reached over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

/// A host and its port, if it names one.
fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// An environment that describes one region of its own.
    struct OneRegion;

    impl Environment for OneRegion {
        fn var(&self, name: &str) -> Option<String> {
            let own = r#"{"realmKey":"oc99","realmDomainComponent":"localhost:8443",
                          "regionKey":"LCL","regionIdentifier":"local-1"}"#;
            (name == "OCI_REGION_METADATA").then(|| own.to_owned())
        }
        fn home(&self) -> Option<PathBuf> {
            None
        }
    }

    #[test]
    fn regions_are_found_by_name_and_by_letters() {
        for (region, address) in [
            ("iad", "https://identity.us-ashburn-1.oci.oraclecloud.com"),
            ("IAD", "https://identity.us-ashburn-1.oci.oraclecloud.com"),
            ("US-ashburn-1", "https://identity.us-ashburn-1.oci.oraclecloud.com"),
            ("ltn", "https://identity.uk-gov-london-1.oci.oraclegovcloud.uk"),
            ("xx-new-1", "https://identity.xx-new-1.oci.oraclecloud.com"),
            ("local-1", "https://identity.local-1.oci.localhost:8443"),
            ("lcl", "https://identity.local-1.oci.localhost:8443"),
            ("iam.example.org", "https://identity.iam.example.org"),
        ] {
            assert_eq!(of_region("identity", region, &OneRegion), address);
        }
    }

    #[test]
    fn older_services_have_addresses_of_their_own() {
        let of = |region| of_region("audit", region, &OneRegion);
        assert_eq!(of("iad"), "https://audit.us-ashburn-1.oraclecloud.com");
        assert_eq!(of("iam.example.org"), "https://audit.iam.example.org");
        let of = |service| of_region(service, "local-1", &OneRegion);
        assert_eq!(of("auth"), "https://auth.local-1.localhost:8443");
        assert_eq!(of("login"), "https://login.local-1.localhost:8443");
    }

    #[test]
    fn an_address_may_name_port_and_version() {
        let at = |address| Endpoint::parse(address).unwrap();
        let local = at("http://127.0.0.1:7070");
        assert_eq!(local.host, "127.0.0.1:7070");
        assert_eq!(local.path("/20160918/users"), "/20160918/users");
        assert_eq!(at("http://127.0.0.1:7070/20160918/"), local);
        assert_eq!(at("http://127.0.0.1:7070/"), local);
        assert_eq!(at("https://iam.example.org:443").host, "iam.example.org");
        assert_eq!(at("https://h/a/20160918").path("/20160918/users"), "/a/20160918/users");
        assert_eq!(at("http://[::1]:80").host, "[::1]");
        for address in [
            "127.0.0.1:1",
            "ftp://h",
            "http://",
            "http://u@h",
            "http://h?x",
            "http://h:x",
            "http://a b",
        ] {
            assert!(Endpoint::parse(address).is_err(), "{address}");
        }
    }
}
