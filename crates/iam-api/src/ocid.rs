//! OCIDs: the names that OCI gives to everything, `ocid1.<kind>.oc1..<unique part>`.
//!
//! An identifier that arrives from outside is kept as it came: one that is malformed simply names
//! nothing, and is answered like one that does not exist.

use crate::wire::{Kind, Wire};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Length of the unique part; every OCID of the identity service that was ever recorded has it.
const UNIQUE_LENGTH: usize = 60;
/// What every unique part starts with.
const UNIQUE_PREFIX: &str = "aaaaaaaa";
/// Base32 of RFC 4648 in lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

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
