//! A map by OCID or by permission, hashed by the last characters only.
//!
//! A decision is a handful of look-ups, and hashing 80 characters with the standard hasher costs
//! more than all the rest of it. The end of an OCID is drawn at random by the server, never chosen
//! by a caller, so sixteen characters of it are as good as a hash. Where they are not (OCIDs made
//! by hand) the map only becomes slower: keys are compared in full.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys are strings that differ at their ends.
pub(crate) type TailMap<K, V> = HashMap<K, V, BuildHasherDefault<TailHasher>>;

/// Hashes one string by its last sixteen bytes.
#[derive(Default)]
pub(crate) struct TailHasher(u64);

impl Hasher for TailHasher {
    fn write(&mut self, bytes: &[u8]) {
        let tail = bytes.last_chunk::<16>().map_or(bytes, <[u8; 16]>::as_slice);
        if let (Some(first), Some(last)) = (tail.first_chunk(), tail.last_chunk()) {
            self.write_u64(u64::from_le_bytes(*first));
            self.write_u64(u64::from_le_bytes(*last));
        } else {
            tail.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
        }
    }

    /// Multiplies, so that each bit reaches the high ones, and folds those down: the map looks at
    /// both ends.
    fn write_u64(&mut self, word: u64) {
        let product = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ (product >> 32);
    }

    /// The mark that the standard library puts after a string; there is one string a hash, so it
    /// says nothing.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::{BuildHasher, BuildHasherDefault};

    use super::TailHasher;

    #[test]
    fn both_ends_of_the_hashes_differ_from_string_to_string() {
        let build = BuildHasherDefault::<TailHasher>::default();
        let hashes: Vec<u64> = (0..4096_u32)
            .map(|n| {
                build.hash_one(format!(
                    "ocid1.group.oc1..aaaaaaaa{:a>20}",
                    n.wrapping_mul(2_654_435_761)
                ))
            })
            .collect();
        let low: HashSet<u64> = hashes.iter().map(|hash| hash & 0xffff).collect();
        let high: HashSet<u64> = hashes.iter().map(|hash| hash >> 48).collect();
        assert!(low.len() > 3_000 && high.len() > 3_000, "{} {}", low.len(), high.len());
    }

    #[test]
    fn short_strings_hash_too() {
        let build = BuildHasherDefault::<TailHasher>::default();
        let hashes: HashSet<u64> =
            ["", "a", "b", "ab", "ba", "abcdefgh", "hgfedcba"].map(|s| build.hash_one(s)).into();
        assert_eq!(hashes.len(), 7);
    }
}
