//! Addresses: single ones, ranges of them, and ranges under one name.

use std::net::IpAddr;

use crate::fold::fold;

/// Addresses that begin with the same bits, such as `203.0.113.0/24`; or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Reads an address, or an address with the number of bits that count. None where the text is
    /// neither. An IPv4 address in IPv6's form is none: it is written as what it is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        if address.to_canonical() != address {
            return None;
        }
        let most = if address.is_ipv4() { u32::BITS } else { u128::BITS };
        let bits = match bits {
            None => most,
            Some(bits) => {
                let digits = (1..=3).contains(&bits.len());
                let digits = digits && bits.bytes().all(|digit| digit.is_ascii_digit());
                bits.parse().ok().filter(|bits| digits && *bits <= most)?
            }
        };
        Some(Self { address, bits })
    }

    /// Whether the address is one of these.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.checked_shr(u32::BITS - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.checked_shr(u128::BITS - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// A network source: ranges of addresses under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSource {
    /// Its name, folded.
    pub(crate) name: String,
    networks: Vec<Network>,
}

impl NetworkSource {
    /// The network source of that name.
    #[must_use]
    pub fn new(name: &str, networks: Vec<Network>) -> Self {
        Self { name: fold(name), networks }
    }

    /// Whether the address is in it.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.holds(address))
    }
}
