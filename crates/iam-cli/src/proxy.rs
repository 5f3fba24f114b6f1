//! The proxy on the way to the server: which one it is, and what goes through it.
//!
//! TLS goes through a tunnel, which `ureq` opens with CONNECT. Plain HTTP does not: most proxies
//! open tunnels to TLS ports alone, and take a plain request whose first line names the whole
//! address. `ureq` never writes such a line, so [`Forward`] completes the one that it writes. The
//! one idea: `ureq` believes that it speaks to the server; what differs is whom the connection is
//! made to, and that line.

use crate::config::Environment;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::io;
use std::net::IpAddr;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport,
};
use ureq::{Agent, Error, Proxy, ProxyProtocol};

/// A proxy that requests to one server go through.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    proxy: Proxy,
    /// Its address, without a password that may stand in it.
    pub(crate) shown: String,
}

impl Way {
    /// The proxy that was named, or the one that the environment names for this scheme.
    ///
    /// One that was named holds for every host; `NO_PROXY` makes exceptions from the environment's.
    pub(crate) fn choose(
        given: Option<&str>,
        endpoint: &Endpoint,
        env: &dyn Environment,
    ) -> Result<Option<Self>, Failure> {
        let var = |name: &str| env.var(&name.to_lowercase()).or_else(|| env.var(name));
        let named = given.filter(|named| !named.is_empty()).map(str::to_owned).or_else(|| {
            let scheme = if endpoint.is_https() { "HTTPS_PROXY" } else { "HTTP_PROXY" };
            let passed_by = var("NO_PROXY").is_some_and(|list| passes_by(&endpoint.host, &list));
            var(scheme).or_else(|| var("ALL_PROXY")).filter(|_| !passed_by)
        });
        named.map(|named| Self::parse(&named)).transpose()
    }

    fn parse(address: &str) -> Result<Self, Failure> {
        let shown = masked(address);
        let refuse = |why| Failure::Client(format!("invalid proxy `{shown}`: {why}"));
        let proxy = Proxy::new(address)
            .map_err(|_| refuse("give an address such as http://proxy.example.org:3128"))?;
        match proxy.protocol() {
            ProxyProtocol::Http | ProxyProtocol::Https => Ok(Self { proxy, shown }),
            _ => Err(refuse("SOCKS is not spoken here; name an HTTP proxy")),
        }
    }

    /// What sends requests to that server through this proxy.
    pub(crate) fn agent(&self, config: Config, endpoint: &Endpoint) -> Agent {
        let resolver =
            ToProxy { proxy: self.proxy.uri().clone(), inner: DefaultResolver::default() };
        let forward =
            Forward { origin: endpoint.origin.clone(), authorization: self.authorization() };
        Agent::with_parts(config, TcpConnector::default().chain(forward), resolver)
    }

    /// The proxy as `ureq` takes it, where a tunnel is needed.
    pub(crate) fn tunnel(&self, endpoint: &Endpoint) -> Option<Proxy> {
        let tunnels = endpoint.is_https() || self.proxy.protocol() == ProxyProtocol::Https;
        tunnels.then(|| self.proxy.clone())
    }

    /// The header that says to the proxy who asks, where its address says that.
    fn authorization(&self) -> String {
        let (user, password) = (self.proxy.username(), self.proxy.password());
        if user.is_none() && password.is_none() {
            return String::new();
        }
        let both = format!("{}:{}", user.unwrap_or_default(), password.unwrap_or_default());
        format!("proxy-authorization: Basic {}\r\n", STANDARD.encode(both))
    }
}

/// Whether `NO_PROXY` names the host: itself, a domain that it is in, a network such as
/// `10.0.0.0/8` that its address is in, or `*`.
fn passes_by(host: &str, list: &str) -> bool {
    let bare = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']'));
    let bare = bare.map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    let address = bare.parse::<IpAddr>().ok();
    list.split(',').map(|entry| entry.trim().to_lowercase()).any(|entry| {
        let domain = entry.trim_start_matches("*.").trim_start_matches('.');
        entry == "*"
            || address.is_some_and(|address| is_in(address, &entry))
            || (!domain.is_empty()
                && (bare == domain
                    || host == domain
                    || bare.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))))
    })
}

/// Whether an address is in a network, written `10.0.0.0/8` or `fd00::/8`.
fn is_in(address: IpAddr, network: &str) -> bool {
    let Some((base, length)) = network.split_once('/') else { return false };
    let (Ok(base), Ok(length)) = (base.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    // What remains of two addresses after their last bits are cut off; nothing, for a length of 0.
    match (address, base) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            let cut = |ip: u32| 32_u32.checked_sub(length).map(|bits| ip.checked_shr(bits));
            cut(address.to_bits()).is_some_and(|left| Some(left) == cut(base.to_bits()))
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => {
            let cut = |ip: u128| 128_u32.checked_sub(length).map(|bits| ip.checked_shr(bits));
            cut(address.to_bits()).is_some_and(|left| Some(left) == cut(base.to_bits()))
        }
        _ => false,
    }
}

/// The address of a proxy without a password that may stand in it.
fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
            format!("{scheme}***@{host}")
        }
        None => address.to_owned(),
    }
}

/// Finds the proxy, whatever server is asked for: the server's name is the proxy's to look up.
#[derive(Debug)]
struct ToProxy {
    proxy: Uri,
    inner: DefaultResolver,
}

impl Resolver for ToProxy {
    fn resolve(
        &self,
        _: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.inner.resolve(&self.proxy, config, timeout)
    }
}

/// Completes the head of each request for the proxy that takes it on.
#[derive(Debug)]
struct Forward {
    /// Scheme and host of the server.
    origin: String,
    /// The header for the proxy, with its line's end; empty where there is none.
    authorization: String,
}

impl<In: Transport> Connector<In> for Forward {
    type Out = Forwarded<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let (origin, authorization) = (self.origin.clone(), self.authorization.clone());
        Ok(chained.map(|inner| Forwarded { inner, origin, authorization, begins: true }))
    }
}

/// A connection to a proxy.
struct Forwarded<In> {
    inner: In,
    origin: String,
    authorization: String,
    /// Whether what is sent next begins a request.
    begins: bool,
}

impl<In> std::fmt::Debug for Forwarded<In> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the authorization, which is a secret.
        write!(out, "Forwarded({})", self.origin)
    }
}

impl<In: Transport> Transport for Forwarded<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if !std::mem::take(&mut self.begins) {
            return self.inner.transmit_output(amount, timeout);
        }
        let output = self.inner.buffers().output();
        let begun = output.get(..amount).unwrap_or_default();
        let whole = complete(begun, &self.origin, &self.authorization);
        let too_long = || Error::Io(io::Error::other("the head of the request is too long"));
        output.get_mut(..whole.len()).ok_or_else(too_long)?.copy_from_slice(&whole);
        self.inner.transmit_output(whole.len(), timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // Once an answer is waited for, the next thing sent is another request.
        self.begins = true;
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }
}

/// The beginning of a request with the whole address in its first line, and a header after it.
fn complete(begun: &[u8], origin: &str, authorization: &str) -> Vec<u8> {
    let mut whole = Vec::with_capacity(begun.len() + origin.len() + authorization.len());
    let mut rest = begun.split_inclusive(|byte| *byte == b' ');
    whole.extend(rest.next().unwrap_or_default());
    whole.extend(origin.as_bytes());
    let after = begun.get(whole.len() - origin.len()..).unwrap_or_default();
    let line = after.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    whole.extend(line);
    whole.extend(authorization.as_bytes());
    whole.extend(after.get(line.len()..).unwrap_or_default());
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_names_hosts_domains_and_networks() {
        for (host, list, passes) in [
            ("iam.example.org", "example.org", true),
            ("iam.example.org:8443", ".example.org, other", true),
            ("iam.example.org", "*.example.org", true),
            ("iam.example.org", "IAM.Example.org", true),
            ("127.0.0.1:7070", "127.0.0.1", true),
            ("127.0.0.1:7070", "127.0.0.1:7070", true),
            ("127.0.0.1:7070", "127.0.0.1:7071", false),
            ("127.0.0.1:7070", "127.0.0.0/8", true),
            ("128.0.0.1:7070", "127.0.0.0/8", false),
            ("10.1.2.3", "10.1.2.3/32", true),
            ("10.1.2.4", "10.1.2.3/32", false),
            ("10.1.2.4", "0.0.0.0/0", true),
            ("10.1.2.4", "10.0.0.0/33", false),
            ("10.1.2.4", "::/0", false),
            ("[fd00::1]:7070", "fd00::/8", true),
            ("[fe00::1]", "fd00::/8", false),
            ("[::1]:7070", "::1", true),
            ("iam.example.org", "*", true),
            ("badexample.org", "example.org", false),
            ("iam.example.org", "", false),
            ("iam.example.org", ",", false),
        ] {
            assert_eq!(passes_by(host, list), passes, "{host} {list}");
        }
    }

    #[test]
    fn the_first_line_names_the_whole_address() {
        let whole =
            complete(b"GET /a HTTP/1.1\r\nhost: h\r\n\r\nGET / x\n", "http://h", "p: q\r\n");
        let expected = "GET http://h/a HTTP/1.1\r\np: q\r\nhost: h\r\n\r\nGET / x\n";
        assert_eq!(String::from_utf8(whole).unwrap(), expected);
    }

    #[test]
    fn the_password_of_a_proxy_is_never_shown() {
        for (address, shown) in [
            ("http://u:p@h:1/", "http://***@h:1/"),
            ("u:p@h", "***@h"),
            ("http://h:1", "http://h:1"),
        ] {
            assert_eq!(masked(address), shown);
        }
        let way = Way::parse("http://u:pa%40ss@h:1").unwrap();
        assert_eq!(way.authorization(), "proxy-authorization: Basic dTpwYUBzcw==\r\n");
        let refused = Way::parse("socks5://u:p@h:1").unwrap_err().to_string();
        assert_eq!(
            refused,
            "invalid proxy `socks5://***@h:1`: SOCKS is not spoken here; name an HTTP proxy"
        );
    }
}
