//! E-mail addresses, as they are told to a mail server.
//!
//! A domain in another script becomes the ASCII form that DNS knows, and is refused where that
//! would be the form of a domain that looks different: what is written down is what is mailed to. A
//! local part in another script stays as it is, and needs a server with SMTPUTF8.

use std::fmt;
use std::str::FromStr;

/// An e-mail address that a mail server can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(pub(crate) lettre::Address);

/// Why a text is no address that mail can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError(String);

impl fmt::Display for AddressError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` is not an address that mail can be sent to", self.0)
    }
}

impl std::error::Error for AddressError {}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let refused = || AddressError(text.escape_debug().take(320).collect());
        // Commands to a mail server are lines: whatever the parser makes of these, they end here.
        let breaks = |letter: char| letter.is_control() || letter.is_whitespace();
        if text.contains(breaks) || text.contains(['<', '>', ',', ';', '"']) {
            return Err(refused());
        }
        let (local, domain) = text.split_once('@').ok_or_else(refused)?;
        let domain = ascii_domain(domain).ok_or_else(refused)?;
        lettre::Address::new(local, domain).map(Self).map_err(|_| refused())
    }
}

fn ascii_domain(domain: &str) -> Option<String> {
    if domain.is_ascii() {
        return Some(domain.to_owned());
    }
    let ascii = idna::domain_to_ascii(domain).ok()?;
    let (read_back, outcome) = idna::domain_to_unicode(&ascii);
    (outcome.is_ok() && read_back == domain.to_lowercase()).then_some(ascii)
}

impl Address {
    /// What stands behind the sign `@`, in ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.domain()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address() {
        for text in ["ann@example.com", "o'neil+x@a.example", "ann@localhost", "änn@example.com"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "ann@b@example.com",
            "ann@example.com,eve@example.com",
            "ann@example.com\r\nRCPT TO:<eve@example.com>",
            "ann@example.com> SIZE=1",
            "a n@example.com",
            "\"a\\\"b\"@example.com",
            "ann@exa mple.com",
            "ann@\u{2028}example.com",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_domain_in_another_script_is_told_in_ascii_and_never_becomes_another() {
        let address: Address = "ann@exämple.com".parse().unwrap();
        assert_eq!(address.to_string(), "ann@xn--exmple-cua.com");
        assert_eq!(address.domain(), "xn--exmple-cua.com");
        // These map to `example.com`, which may be somebody else's.
        for text in ["ann@ｅxample.com", "ann@example\u{3002}com", "ann@ex\u{ad}ample.com"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
