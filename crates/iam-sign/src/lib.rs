//! OCI request signatures, made and verified; key files.
//!
//! Holds the signing string that both sides build alike ([`signing_string()`]), the client's side
//! (feature `sign`), the server's side (feature `verify`) and the making of key files (feature
//! `generate`). Holds no HTTP, no clock and no storage: headers come as name and value pairs, the
//! time as a number, and the server looks a key up between [`Presented::read`] and
//! [`Presented::verify`].
//!
//! The one idea: a request is authentic when a text made of its own lines carries the caller's RSA
//! signature, so everything here is about both sides making that text from the same bytes, in one
//! place. What is checked, and in which order: `docs/decisions/0002-signature-verification.md`.

#[cfg(feature = "verify")]
mod authorization;
#[cfg(any(feature = "sign", feature = "verify"))]
mod der;
#[cfg(feature = "verify")]
mod dummy;
#[cfg(feature = "sign")]
mod encrypted_key;
#[cfg(any(feature = "sign", feature = "verify", feature = "generate"))]
mod fingerprint;
#[cfg(feature = "generate")]
mod generate;
mod http_date;
#[cfg(any(feature = "sign", feature = "generate"))]
mod key_error;
#[cfg(any(feature = "sign", feature = "verify", feature = "generate"))]
mod pem;
#[cfg(feature = "sign")]
mod private_key;
#[cfg(feature = "verify")]
mod public_key;
#[cfg(feature = "sign")]
mod sign;
#[cfg(feature = "verify")]
mod signature_error;
mod signing_string;
#[cfg(feature = "verify")]
mod verify;
#[cfg(feature = "verify")]
mod weak;

pub use http_date::{format_http_date, parse_http_date};
pub use signing_string::{REQUEST_TARGET, carries_body, signing_string};

#[cfg(any(feature = "sign", feature = "generate"))]
pub use key_error::KeyError;

#[cfg(any(feature = "sign", feature = "verify", feature = "generate"))]
pub use fingerprint::public_pem_fingerprint;

#[cfg(feature = "sign")]
pub use {private_key::PrivateKey, sign::sign_request};

#[cfg(feature = "generate")]
pub use generate::{GeneratedKey, encrypt_private_pem, generate};

#[cfg(feature = "verify")]
pub use {
    authorization::KeyId,
    public_key::{PublicKey, PublicKeyError},
    signature_error::SignatureError,
    verify::Presented,
    weak::Weakness,
};
