//! The development authority: it signs the server's certificate, for clients that insist on TLS.
//!
//! An installation has one of its own, in two files of its data directory: `tls/ca.pem`, which
//! clients are told to trust, and `tls/ca.key`. The one idea: it can sign for this machine's own
//! names and for those that it was made with, and clients hold it to that, so that whoever steals
//! its key gets no further. The server's certificate is in no file: it is made when the server
//! starts, and anew while it runs, so that none ever ends.

use crate::config::is_loopback;
use crate::data_dir::{DataDir, read_secret};
use crate::failure::Failure;
use crate::made::Made;
use iam_api::Timestamp;
use iam_core::context::Clock;
use iam_core::hex;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zeroize::Zeroizing;

/// The domain whose names lead to one's own machine, wherever they are asked for (RFC 6761).
pub(crate) const DOMAIN: &str = "localhost";
/// What clients have to do with here: each is a host of its own in a region.
const SERVICES: [&str; 4] = ["identity", "audit", "auth", "login"];
const DAY: i64 = 24 * 60 * 60;
/// Clients have to be told of each new authority, so that there are few.
const AUTHORITY_SECONDS: i64 = 3650 * DAY;
/// Apple's programs take no more than 825 days.
const CERTIFICATE_SECONDS: i64 = 90 * DAY;
/// How long before its end a certificate is made anew.
const RENEWAL_SECONDS: i64 = 60 * DAY;
/// How far the clock of a client may be behind ours.
const BEHIND_SECONDS: i64 = DAY;

/// The names by which clients call services of these regions, of which only regions of one's own
/// can be called here: `identity.local-1.oci.localhost`. Older services have no `oci` in their
/// names, and of a domain that a client was told outright, no region either.
pub(crate) fn names(regions: &[String]) -> Vec<String> {
    let mut names = vec![DOMAIN.to_owned()];
    for service in SERVICES {
        names.push(format!("{service}.{DOMAIN}"));
        for region in regions {
            names.push(format!("{service}.{region}.{DOMAIN}"));
            names.push(format!("{service}.{region}.oci.{DOMAIN}"));
        }
    }
    names
}

/// An authority as it is written to its files.
pub(crate) struct Written {
    pub(crate) certificate: String,
    pub(crate) key: Zeroizing<String>,
}

impl Written {
    /// Makes an authority for this machine's own names and these hosts.
    pub(crate) fn new(hosts: &[String], now: Timestamp) -> Result<Self, Failure> {
        let key = KeyPair::generate().map_err(unmade)?;
        let mut params = subject(&key);
        set_times(&mut params, now, AUTHORITY_SECONDS);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.name_constraints = Some(constraints(hosts));
        let certificate = params.self_signed(&key).map_err(unmade)?.pem();
        Ok(Self { certificate, key: Zeroizing::new(key.serialize_pem()) })
    }

    /// Writes it below a data directory that has none.
    pub(crate) fn write(&self, made: &mut Made, dir: &DataDir) -> Result<(), Failure> {
        made.missing_dirs(&dir.tls())?;
        made.new_file(&dir.authority_key(), &self.key)?;
        made.new_file(&dir.authority(), &self.certificate)
    }
}

/// What every certificate of that key's authority says of its issuer.
fn subject(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    // Who has told a machine to trust several of them can tell them apart.
    let id: String = hex::encode(&params.key_identifier(key)).chars().take(8).collect();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("Durward development CA {id}"));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

/// What it may sign for: nothing but this machine, and these hosts.
fn constraints(hosts: &[String]) -> NameConstraints {
    let loopback_v4 = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0));
    let loopback_v6 = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let mut permitted = vec![
        GeneralSubtree::DnsName(DOMAIN.to_owned()),
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(loopback_v4, 8)),
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(loopback_v6, 128)),
    ];
    for host in hosts.iter().filter(|host| !is_loopback(host)) {
        permitted.push(match host.parse::<IpAddr>() {
            Ok(ip) => {
                let bits = if ip.is_ipv4() { 32 } else { 128 };
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, bits))
            }
            Err(_) => GeneralSubtree::DnsName(host.to_ascii_lowercase()),
        });
    }
    NameConstraints { permitted_subtrees: permitted, excluded_subtrees: Vec::new() }
}

/// An authority that can sign.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    dir: DataDir,
}

impl Authority {
    /// The authority of a data directory; where it has none, one is made for those hosts.
    pub(crate) fn of(dir: &DataDir, hosts: &[String], now: Timestamp) -> Result<Self, Failure> {
        match (dir.authority().exists(), dir.authority_key().exists()) {
            (true, true) => {}
            (false, false) => {
                let mut made = Made::default();
                Written::new(hosts, now)?.write(&mut made, dir)?;
                made.keep();
                let file = dir.authority();
                tracing::info!(file = %file.display(), "made a development authority");
            }
            (true, false) => return Err(useless(dir, "lacks its key, `ca.key`")),
            (false, true) => return Err(useless(dir, "lacks its certificate, `ca.pem`")),
        }
        let authority = Self::read(dir)?;
        match authority.end() {
            Some(end) if end > now => Ok(authority),
            Some(end) => Err(useless(dir, &format!("ended on {end}"))),
            None => Err(useless(dir, "does not say when it ends")),
        }
    }

    fn read(dir: &DataDir) -> Result<Self, Failure> {
        let (file, key_file) = (dir.authority(), dir.authority_key());
        let certificate = CertificateDer::from_pem_file(&file)
            .map_err(|cause| Failure::new(format!("cannot read `{}`: {cause}", file.display())))?;
        let key = KeyPair::from_pem(&read_secret(&key_file)?).map_err(|cause| {
            Failure::new(format!("cannot read `{}`: {cause}", key_file.display()))
        })?;
        let issuer = Issuer::new(subject(&key), key);
        Ok(Self { issuer, certificate, dir: dir.clone() })
    }

    /// The end of its own certificate.
    fn end(&self) -> Option<Timestamp> {
        not_after(&self.certificate)
    }

    /// Makes a certificate for these names, and looks at it as a client will.
    fn sign(&self, names: &[String], now: Timestamp) -> Result<CertifiedKey, Failure> {
        let signed = self.signed(names, now)?;
        let Err(cause) = self.check(&signed, names, now) else { return Ok(signed) };
        Err(match names.iter().find(|name| !self.is_good_for(name, now)) {
            Some(name) if self.is_good_for(DOMAIN, now) => useless(
                &self.dir,
                &format!("was not made for `{name}`, so that no client takes its word for it"),
            ),
            _ => useless(&self.dir, &format!("cannot be used: {cause}")),
        })
    }

    fn is_good_for(&self, name: &str, now: Timestamp) -> bool {
        let one = [name.to_owned()];
        self.signed(&one, now).is_ok_and(|alone| self.check(&alone, &one, now).is_ok())
    }

    fn signed(&self, names: &[String], now: Timestamp) -> Result<CertifiedKey, Failure> {
        let key = KeyPair::generate().map_err(unmade)?;
        let mut params = CertificateParams::new(names).map_err(unmade)?;
        set_times(&mut params, now, CERTIFICATE_SECONDS);
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Durward, for development");
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Clients that keep to RFC 5280 to the letter, such as Python 3.13, want it.
        params.use_authority_key_identifier_extension = true;
        let signed = params.signed_by(&key, &self.issuer).map_err(unmade)?;
        let der = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = aws_lc_rs::default_provider();
        CertifiedKey::from_der(vec![signed.der().clone()], der, &provider).map_err(unmade)
    }

    /// Whether a client that trusts the authority, and nobody else, takes the certificate for each
    /// of the names.
    fn check(
        &self,
        signed: &CertifiedKey,
        names: &[String],
        now: Timestamp,
    ) -> Result<(), rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|cause| rustls::Error::General(cause.to_string()))?;
        let now = UnixTime::since_unix_epoch(since_1970(now));
        let shown = signed.end_entity_cert()?;
        for name in names {
            let name = ServerName::try_from(name.as_str())
                .map_err(|cause| rustls::Error::General(cause.to_string()))?;
            verifier.verify_server_cert(shown, &[], &name, &[], now)?;
        }
        Ok(())
    }
}

fn useless(dir: &DataDir, why: &str) -> Failure {
    Failure::new(format!(
        "the development authority in `{0}` {why}; remove `{0}` and start again: a new one is made, \
         which clients have to be told to trust in its place",
        dir.tls().display()
    ))
}

/// The server's certificate, made anew in good time before its end.
pub(crate) struct Certificate {
    authority: Authority,
    names: Vec<String>,
    clock: Box<dyn Clock>,
    current: Mutex<Current>,
}

struct Current {
    signed: Arc<CertifiedKey>,
    /// When it is shown; a clock that was put back far enough leaves this, too.
    times: Range<Timestamp>,
}

impl Current {
    fn new(authority: &Authority, names: &[String], now: Timestamp) -> Result<Self, Failure> {
        let from = now.plus_seconds(-BEHIND_SECONDS);
        let until = now.plus_seconds(CERTIFICATE_SECONDS - RENEWAL_SECONDS);
        Ok(Self { signed: Arc::new(authority.sign(names, now)?), times: from..until })
    }
}

impl Certificate {
    /// A certificate for this machine's addresses and these names, signed by the authority of the
    /// data directory.
    pub(crate) fn new(
        dir: &DataDir,
        mut names: Vec<String>,
        clock: Box<dyn Clock>,
    ) -> Result<Self, Failure> {
        let now = clock.now();
        names.extend([DOMAIN.to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()]);
        names.iter_mut().for_each(|name| name.make_ascii_lowercase());
        names.sort_unstable();
        names.dedup();
        let authority = Authority::of(dir, &names, now)?;
        let current = Mutex::new(Current::new(&authority, &names, now)?);
        Ok(Self { authority, names, clock, current })
    }

    fn at_hand(&self) -> Arc<CertifiedKey> {
        let now = self.clock.now();
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if !current.times.contains(&now) {
            match Current::new(&self.authority, &self.names, now) {
                Ok(new) => *current = new,
                Err(cause) => tracing::warn!(%cause, "the certificate was not made anew"),
            }
        }
        Arc::clone(&current.signed)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.at_hand())
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Certificate").field("names", &self.names).finish_non_exhaustive()
    }
}

fn unmade(cause: impl fmt::Display) -> Failure {
    Failure::new(format!("cannot make a certificate: {cause}"))
}

/// Makes a certificate good from now on, for that long.
fn set_times(params: &mut CertificateParams, now: Timestamp, seconds: i64) {
    let moment = |at: Timestamp| date_time_ymd(1970, 1, 1) + since_1970(at);
    params.not_before = moment(now.plus_seconds(-BEHIND_SECONDS));
    params.not_after = moment(now.plus_seconds(seconds));
}

fn since_1970(at: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(at.as_seconds()).unwrap_or_default())
}

/// The end that a certificate says (RFC 5280, 4.1.2.5): the second of two times, in its fifth
/// field.
fn not_after(certificate: &[u8]) -> Option<Timestamp> {
    const UTC_TIME: u8 = 0x17; // two digits of the year, which are in this century
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    for _before in ["version", "serial number", "algorithm", "issuer"] {
        (_, _, fields) = element(fields)?;
    }
    let (_, times, _) = element(fields)?;
    let (_, _, end) = element(times)?;
    let (kind, end, _) = element(end)?;
    let end = std::str::from_utf8(end).ok()?;
    let century = if kind == UTC_TIME { "20" } else { "" };
    let end = jiff::civil::DateTime::strptime("%Y%m%d%H%M%SZ", format!("{century}{end}")).ok()?;
    let end = end.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp::from_micros(end.as_microsecond()))
}

/// The next element of DER: its kind, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&kind, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0x00..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (length.iter().fold(0, |sum, &byte| (sum << 8) | usize::from(byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((kind, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    /// The first of January 2027.
    const NOW: Timestamp = Timestamp::from_micros(1_798_761_600_000_000);

    #[derive(Clone)]
    struct Hand(Arc<AtomicI64>);

    impl Hand {
        fn at(moment: Timestamp) -> Self {
            Self(Arc::new(AtomicI64::new(moment.as_micros())))
        }

        fn forward(&self, days: i64) {
            self.0.fetch_add(days * DAY * 1_000_000, Ordering::Relaxed);
        }
    }

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.load(Ordering::Relaxed))
        }
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    /// A data directory with nothing in it but an authority for these hosts.
    fn made(hosts: &[&str]) -> (tempfile::TempDir, DataDir) {
        let root = tempfile::tempdir().unwrap();
        let dir = DataDir::at(root.path()).unwrap();
        let mut made = Made::default();
        Written::new(&words(hosts), NOW).unwrap().write(&mut made, &dir).unwrap();
        made.keep();
        (root, dir)
    }

    fn refusal(signed: Result<Certificate, Failure>) -> String {
        signed.map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_certificate_is_good_for_each_name_of_a_region_and_for_loopback() {
        let (_root, dir) = made(&[]);
        let names = names(&words(&["local-1"]));
        let certificate = Certificate::new(&dir, names.clone(), Box::new(Hand::at(NOW))).unwrap();
        let (authority, signed) = (&certificate.authority, certificate.at_hand());
        let taken = |name: &str| authority.check(&signed, &words(&[name]), NOW).is_ok();
        for name in [
            "localhost",
            "127.0.0.1",
            "::1",
            "identity.local-1.oci.localhost",
            "audit.local-1.localhost",
            "auth.local-1.localhost",
            "login.local-1.localhost",
            "identity.localhost",
        ] {
            assert!(taken(name), "{name}");
        }
        for name in ["iaas.local-1.localhost", "127.0.0.2", "oci.localhost", "example.com"] {
            assert!(!taken(name), "{name}");
        }
    }

    #[test]
    fn whoever_has_the_key_can_sign_for_nothing_but_this_machine_and_its_own_hosts() {
        let (_root, dir) = made(&["iam.example.com", "192.0.2.7"]);
        let authority = Authority::read(&dir).unwrap();
        let taken = |name: &str| {
            let one = words(&[name]);
            // Not by `sign`, which a thief would not call.
            let signed = authority.signed(&one, NOW).unwrap();
            authority.check(&signed, &one, NOW).is_ok()
        };
        for name in ["x.y.localhost", "127.1.2.3", "::1", "iam.example.com", "a.iam.example.com"] {
            assert!(taken(name), "{name}");
        }
        assert!(taken("192.0.2.7"));
        for name in [
            "identity.us-ashburn-1.oci.oraclecloud.com",
            "example.com",
            "notiam.example.com",
            "localhost.example.com",
            "192.0.2.8",
            "10.0.0.1",
            "::2",
        ] {
            assert!(!taken(name), "{name}");
        }
    }

    #[test]
    fn a_host_that_the_authority_was_not_made_for_is_named() {
        let (_root, dir) = made(&["iam.example.com"]);
        let signed = |host: &str| {
            Certificate::new(&dir, words(&["localhost", host]), Box::new(Hand::at(NOW)))
        };
        assert!(signed("IAM.example.com").is_ok());
        let said = refusal(signed("other.example.com"));
        assert!(said.contains("`other.example.com`") && said.contains("remove"), "{said}");
    }

    #[test]
    fn a_certificate_is_made_anew_a_good_while_before_its_end() {
        let (_root, dir) = made(&[]);
        let clock = Hand::at(NOW);
        let certificate = Certificate::new(&dir, Vec::new(), Box::new(clock.clone())).unwrap();
        let der = || certificate.at_hand().end_entity_cert().unwrap().clone().into_owned();
        let first = der();
        clock.forward(29);
        assert_eq!(der(), first);
        let mut seen = vec![first];
        for _month in 0..12 {
            clock.forward(31);
            let new = der();
            assert!(!seen.contains(&new), "it is another one");
            let left = not_after(&new).unwrap().as_seconds() - clock.now().as_seconds();
            assert_eq!(left, CERTIFICATE_SECONDS);
            seen.push(new);
        }
        clock.forward(-2);
        assert!(!seen.contains(&der()), "it does not begin in the future");
    }

    #[test]
    fn an_authority_that_has_ended_is_refused_with_its_end() {
        let (_root, dir) = made(&[]);
        let clock = Hand::at(NOW);
        clock.forward(3649);
        assert!(Certificate::new(&dir, Vec::new(), Box::new(clock.clone())).is_ok());
        clock.forward(1);
        let said = refusal(Certificate::new(&dir, Vec::new(), Box::new(clock)));
        assert!(said.contains("ended on 2036-12-29T00:00:00.000Z"), "{said}");
    }

    #[test]
    fn half_an_authority_or_two_halves_are_refused() {
        let (_root, dir) = made(&[]);
        let (_other_root, other) = made(&[]);
        let new = || Certificate::new(&dir, Vec::new(), Box::new(Hand::at(NOW)));
        std::fs::copy(other.authority(), dir.authority()).unwrap();
        let said = refusal(new());
        assert!(said.contains("cannot be used"), "{said}");
        std::fs::remove_file(dir.authority()).unwrap();
        assert!(refusal(new()).contains("lacks its certificate"));
        std::fs::remove_file(dir.authority_key()).unwrap();
        std::fs::remove_dir(dir.tls()).unwrap();
        assert!(new().is_ok(), "where there is none, one is made");
        std::fs::remove_file(dir.authority_key()).unwrap();
        assert!(refusal(new()).contains("lacks its key"));
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        let (_root, dir) = made(&[]);
        let der = Authority::read(&dir).unwrap().certificate;
        assert_eq!(not_after(&der), Some(NOW.plus_seconds(AUTHORITY_SECONDS)));
        // Times are in the first half: what is cut off before has none, and none of it panics.
        for length in 0..100 {
            assert_eq!(not_after(der.get(..length).unwrap()), None);
        }
        for wrong in [&[][..], &[0x30, 0x85, 1, 1, 1, 1, 1], &[0x30, 0x80], &[0x30; 300]] {
            assert_eq!(not_after(wrong), None);
        }
    }
}
