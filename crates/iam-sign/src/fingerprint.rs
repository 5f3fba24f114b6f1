//! The fingerprint by which OCI names an API key.
//!
//! It identifies a key and protects nothing: OCI fixed it as MD5 long ago, and whoever presents a
//! fingerprint must still hold the private key.

use crate::pem;
use md5::{Digest as _, Md5};

/// MD5 of the DER `SubjectPublicKeyInfo`: 16 lower-case hexadecimal pairs joined by `:`.
pub(crate) fn fingerprint(spki: &[u8]) -> String {
    let pairs: Vec<String> = Md5::digest(spki).iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

/// The fingerprint of a public key in PEM; none where the text is not one block of that kind.
/// Whether the key is sound is not looked into.
#[must_use]
pub fn public_pem_fingerprint(text: &str) -> Option<String> {
    let (_, block, _) = pem::first(text)?;
    let spki = pem::decode(block.body).filter(|_| block.label == "PUBLIC KEY")?;
    Some(fingerprint(&spki))
}
