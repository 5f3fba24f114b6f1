//! The verification that stands in for the one with a key that does not exist.
//!
//! Decides nothing: its result is thrown away. It costs what a real key costs whose signatures are
//! as long as the presented one, so it takes the caller's signature to choose the size.
//!
//! The one idea: the modulus is drawn from SHA-256 rather than from two primes, so nobody has its
//! private key.

use std::{hint::black_box, sync::LazyLock};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rsa::PublicKeyComponents,
    signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256},
};

/// How long the signatures of 2048, 3072, 4096 and 8192 bits are; the first also serves all other
/// lengths.
const LENGTHS_BYTES: [usize; 4] = [256, 384, 512, 1024];

static KEYS: LazyLock<Vec<ParsedPublicKey>> =
    LazyLock::new(|| LENGTHS_BYTES.iter().filter_map(|length| key(*length)).collect());

fn key(length_bytes: usize) -> Option<ParsedPublicKey> {
    let blocks = (0..length_bytes / 32).map(|index| {
        digest(&SHA256, format!("a modulus of {length_bytes} bytes, block {index}").as_bytes())
    });
    let mut modulus: Vec<u8> = blocks.flat_map(|block| block.as_ref().to_vec()).collect();
    // The full size, and odd.
    *modulus.first_mut()? |= 0x80;
    *modulus.last_mut()? |= 1;
    let components = PublicKeyComponents { n: modulus, e: vec![1, 0, 1] };
    components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()
}

/// Verifies the signature with a key that nobody has.
pub(crate) fn verify(message: &[u8], signature: &[u8]) {
    let place = LENGTHS_BYTES.iter().position(|length| *length == signature.len());
    if let Some(key) = KEYS.get(place.unwrap_or_default()) {
        let _ = black_box(key.verify_sig(message, signature));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public_key::PublicKey;

    #[test]
    fn there_is_a_key_of_each_common_size() {
        let bits = |key: &ParsedPublicKey| PublicKey::from_spki_der(key.as_ref()).unwrap().bits();
        assert_eq!(KEYS.iter().map(bits).collect::<Vec<_>>(), [2048, 3072, 4096, 8192]);
    }
}
