//! OCIDs: the names that OCI gives to everything, `ocid1.<kind>.oc1..<unique part>`.
//!
//! An identifier that arrives from outside is kept as it came: one that is malformed simply names
//! nothing, and is answered like one that does not exist.
//!
//! A resource has one name: the id that SCIM knows it by is the first 128 random bits of its OCID.

use crate::wire::{Kind, Wire};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Length of the unique part; every OCID of the identity service that was ever recorded has it.
const UNIQUE_LENGTH: usize = 60;
/// What every unique part starts with.
const UNIQUE_PREFIX: &str = "aaaaaaaa";
/// Base32 of RFC 4648 in lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Length of a SCIM id, in hexadecimal digits.
const SCIM_LENGTH: usize = 32;
/// How many symbols of the random part lie wholly in the SCIM id; of the next, three bits do.
const SCIM_SYMBOLS: usize = 25;

/// An identifier of a resource. Compared as text, exactly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ocid(String);

impl Ocid {
    /// Makes the OCID of a new resource of `kind` (such as `user`) from 32 random bytes.
    #[must_use]
    pub fn new(kind: &str, random: &[u8; 32]) -> Self {
        let mut text = format!("ocid1.{kind}.oc1..{UNIQUE_PREFIX}");
        let (mut bits, mut held) = (0_u32, 0_u32);
        for byte in random {
            bits = (bits << 8) | u32::from(*byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                push_symbol(&mut text, bits >> held);
            }
        }
        push_symbol(&mut text, bits << (5 - held));
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind that a well-formed OCID names, such as `user`; none where the text is malformed.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        let mut parts = self.0.split('.');
        let (version, kind) = (parts.next()?, parts.next()?);
        let (realm, region, unique) = (parts.next()?, parts.next()?, parts.next()?);
        let well_formed = version == "ocid1"
            && realm == "oc1"
            && region.is_empty()
            && parts.next().is_none()
            && unique.len() == UNIQUE_LENGTH
            && unique.bytes().all(|byte| ALPHABET.contains(&byte));
        well_formed.then_some(kind)
    }

    /// The id that SCIM knows the resource by: 32 hexadecimal digits in lower case. None where the
    /// text is malformed.
    #[must_use]
    pub fn scim_id(&self) -> Option<String> {
        self.kind()?;
        let (_, unique) = self.0.rsplit_once('.')?;
        let mut symbols = unique.strip_prefix(UNIQUE_PREFIX)?.bytes().filter_map(|symbol| {
            let index = ALPHABET.iter().position(|known| *known == symbol)?;
            u128::try_from(index).ok()
        });
        let whole = symbols.by_ref().take(SCIM_SYMBOLS);
        let bits = whole.fold(0_u128, |bits, symbol| (bits << 5) | symbol);
        let bits = (bits << 3) | (symbols.next()? >> 2);
        Some(format!("{bits:0SCIM_LENGTH$x}"))
    }

    /// The lowest and the highest text that an OCID of that kind with that SCIM id can have, so
    /// that a sorted table finds it. None where the id is malformed.
    ///
    /// An OCID between them may still have another SCIM id, as the order of texts is not that of
    /// the bits; it then has the first 125 bits in common, which chance does not bring about.
    #[must_use]
    pub fn scim_range(kind: &str, scim_id: &str) -> Option<(Self, Self)> {
        let hexadecimal = scim_id.bytes().all(|digit| digit.is_ascii_hexdigit());
        if scim_id.len() != SCIM_LENGTH || !hexadecimal {
            return None;
        }
        let bits = u128::from_str_radix(scim_id, 16).ok()?;
        let mut start = format!("ocid1.{kind}.oc1..{UNIQUE_PREFIX}");
        for place in (0..SCIM_SYMBOLS).rev() {
            push_symbol(&mut start, low_bits(bits >> (3 + 5 * place)));
        }
        // The next symbol may be any of the four that begin with the last three bits.
        let first = low_bits((bits & 7) << 2);
        let mut next: Vec<String> = Vec::new();
        for symbol in first..first + 4 {
            let mut text = start.clone();
            push_symbol(&mut text, symbol);
            next.push(text);
        }
        let length = "ocid1..oc1..".len() + kind.len() + UNIQUE_LENGTH;
        let filled = |start: &String, symbol: &str| {
            start.clone() + &symbol.repeat(length.saturating_sub(start.len()))
        };
        // Digits come before letters in a text, and after them in the alphabet.
        Some((Self(filled(next.iter().min()?, "2")), Self(filled(next.iter().max()?, "z"))))
    }
}

/// The lowest five bits.
fn low_bits(bits: u128) -> u32 {
    u32::try_from(bits & 31).unwrap_or_default()
}

fn push_symbol(text: &mut String, value: u32) {
    let index = usize::try_from(value & 31).unwrap_or_default();
    text.extend(ALPHABET.get(index).map(|byte| char::from(*byte)));
}

impl fmt::Display for Ocid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<&str> for Ocid {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Ocid {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl AsRef<str> for Ocid {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Wire for Ocid {
    const KIND: Kind = Kind::Ocid;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_scim_id_is_the_first_128_random_bits(random: [u8; 32]) {
            let ocid = Ocid::new("user", &random);
            let bits = u128::from_be_bytes(random[..16].try_into().unwrap());
            prop_assert_eq!(ocid.scim_id(), Some(format!("{bits:032x}")));
        }

        #[test]
        fn the_range_of_a_scim_id_holds_every_ocid_that_has_it(
            start: [u8; 16],
            rest: [u8; 16],
            other: [u8; 32],
        ) {
            let random: [u8; 32] = [start, rest].concat().try_into().unwrap();
            let ocid = Ocid::new("user", &random);
            let scim_id = ocid.scim_id().unwrap();
            let (lowest, highest) = Ocid::scim_range("user", &scim_id).unwrap();
            prop_assert!(lowest <= ocid && ocid <= highest);
            prop_assert_eq!((lowest.kind(), highest.kind()), (Some("user"), Some("user")));
            prop_assert_eq!(Some((lowest, highest)), Ocid::scim_range("user", &scim_id.to_uppercase()));
            prop_assert_ne!(ocid.scim_id(), Ocid::new("user", &other).scim_id());
        }

        #[test]
        fn the_range_of_a_scim_id_is_narrow(start: [u8; 16], bit in 0..125_usize, rest: [u8; 16]) {
            let ours = Ocid::new("user", &[start, rest].concat().try_into().unwrap());
            let mut other = start;
            other[bit / 8] ^= 0x80 >> (bit % 8);
            let other = Ocid::new("user", &[other, rest].concat().try_into().unwrap());
            let (lowest, highest) = Ocid::scim_range("user", &ours.scim_id().unwrap()).unwrap();
            prop_assert!(other < lowest || highest < other);
        }

        #[test]
        fn what_is_no_scim_id_has_no_range(text in "\\PC{0,40}") {
            prop_assume!(text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()));
            prop_assert_eq!(Ocid::scim_range("user", &text), None);
            prop_assert_eq!(Ocid::from(text).scim_id(), None);
        }
    }

    #[test]
    fn a_sign_is_no_digit_of_a_scim_id() {
        assert_eq!(Ocid::scim_range("user", &format!("+{}", "0".repeat(31))), None);
    }

    #[test]
    fn a_new_ocid_has_the_recorded_shape_and_names_its_kind() {
        let ocid = Ocid::new("user", &[0xA5; 32]);
        assert_eq!(ocid.as_str().len(), "ocid1.user.oc1..".len() + UNIQUE_LENGTH);
        assert!(ocid.as_str().starts_with("ocid1.user.oc1..aaaaaaaa"));
        assert_eq!(ocid.kind(), Some("user"));
    }

    #[test]
    fn different_randomness_gives_different_ocids_down_to_the_last_bit() {
        let mut last = [7; 32];
        last[31] ^= 1;
        assert_ne!(Ocid::new("user", &[7; 32]), Ocid::new("user", &last));
    }

    #[test]
    fn a_malformed_ocid_names_no_kind() {
        let good = Ocid::new("user", &[1; 32]).0;
        let upper = good.to_uppercase();
        let cut = good.trim_end_matches(|_: char| false).replace("aaaaaaaa", "aaaaaaa");
        for bad in ["", "user", "ocid1.user.oc1..", "../../x", &upper, &cut, &format!("{good}.x")] {
            assert_eq!(Ocid::from(bad).kind(), None, "{bad}");
        }
    }
}
