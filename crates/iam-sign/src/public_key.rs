//! The public key of an API key: read from an upload, kept, and used to verify.
//!
//! An upload is read with every check there is ([`PublicKey::from_spki_pem`]); what was stored
//! after that is read without the costly ones ([`PublicKey::from_accepted_pem`]). Whether a modulus
//! is weak is in `weak.rs`.
//!
//! The one idea: only the one strict DER encoding of an RSA key is accepted, so a key has one
//! fingerprint, and text that two parsers could read differently never gets in.

use std::fmt;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use num_bigint::BigUint;

use crate::{
    der::{self, Reader},
    fingerprint::fingerprint,
    pem,
    weak::{Weakness, weakness},
};

const BITS_MIN: usize = 2048;
const BITS_MAX: usize = 8192;
/// 65537 has 17 bits; more than 33 is beyond what the cryptographic library takes.
const EXPONENT_BITS_MIN: usize = 17;
const EXPONENT_BITS_MAX: usize = 33;
/// A key of 8192 bits has 1,500 characters; the rest is room for line breaks.
const PEM_LENGTH_MAX: usize = 4_096;
const LABEL: &str = "PUBLIC KEY";

/// An RSA public key, ready to verify.
#[derive(Clone)]
pub struct PublicKey {
    parsed: ParsedPublicKey,
    spki: Vec<u8>,
    bits: usize,
}

/// Why a public key was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKeyError {
    /// Not exactly one PEM block, or something else around it.
    NotPem,
    /// A PEM block that is no public key; a private key, most often.
    Kind,
    /// Not the strict DER encoding of a public key.
    Malformed,
    /// A key of another algorithm than RSA.
    NotRsa,
    /// An RSA key of so many bits.
    Size(usize),
    /// A public exponent that is even, less than 65537 or more than 33 bits long.
    Exponent,
    /// A modulus that can be factored.
    Weak(Weakness),
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// Reads an uploaded key: one PEM block `PUBLIC KEY` and nothing else, RSA of 2048 to 8192 bits
    /// with an odd exponent of at least 65537, and a modulus without a known weakness.
    ///
    /// # Errors
    ///
    /// A [`PublicKeyError`] that says what to change.
    pub fn from_spki_pem(text: &str) -> Result<Self, PublicKeyError> {
        let (before, block, after) = pem::first(text).ok_or(PublicKeyError::NotPem)?;
        let is_alone = before.trim().is_empty() && after.trim().is_empty();
        if !is_alone || text.len() > PEM_LENGTH_MAX {
            return Err(PublicKeyError::NotPem);
        }
        if block.label != LABEL {
            return Err(PublicKeyError::Kind);
        }
        let spki = pem::decode(block.body).ok_or(PublicKeyError::Malformed)?;
        let key = Self::from_spki_der(&spki)?;
        let (modulus, _) = modulus_and_exponent(&spki)?;
        match weakness(&BigUint::from_bytes_be(modulus)) {
            Some(weakness) => Err(PublicKeyError::Weak(weakness)),
            None => Ok(key),
        }
    }

    /// Reads text that [`PublicKey::from_spki_pem`] accepted before, without looking for
    /// weaknesses again: that takes longer than all else, and keys are read for requests.
    ///
    /// # Errors
    ///
    /// A [`PublicKeyError`] where this is not the encoding of an RSA key of the sizes allowed.
    pub fn from_accepted_pem(text: &str) -> Result<Self, PublicKeyError> {
        let (_, block, _) = pem::first(text).ok_or(PublicKeyError::NotPem)?;
        Self::from_spki_der(&pem::decode(block.body).ok_or(PublicKeyError::Malformed)?)
    }

    /// The same for the DER that the text holds.
    ///
    /// # Errors
    ///
    /// A [`PublicKeyError`] where this is not the encoding of an RSA key of the sizes allowed.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, PublicKeyError> {
        let (modulus, exponent) = modulus_and_exponent(spki)?;
        let bits = der::bits(modulus);
        if !(BITS_MIN..=BITS_MAX).contains(&bits) {
            return Err(PublicKeyError::Size(bits));
        }
        let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
        let exponent_bits = EXPONENT_BITS_MIN..=EXPONENT_BITS_MAX;
        if !is_odd(exponent) || !exponent_bits.contains(&der::bits(exponent)) {
            return Err(PublicKeyError::Exponent);
        }
        if !is_odd(modulus) {
            return Err(PublicKeyError::Weak(Weakness::SmallFactor(2)));
        }
        let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki)
            .map_err(|_| PublicKeyError::Malformed)?;
        Ok(Self { parsed, spki: spki.to_vec(), bits })
    }

    /// The key of these two numbers, big-endian and without leading zeros, as a JSON Web Key has
    /// them. It is not looked for weaknesses.
    ///
    /// # Errors
    ///
    /// A [`PublicKeyError`] where these are not those of an RSA key of the sizes allowed.
    pub fn from_numbers(modulus: &[u8], exponent: &[u8]) -> Result<Self, PublicKeyError> {
        let key = der::rsa_public_key(modulus, exponent);
        let spki = key.and_then(|key| der::subject_public_key_info(&key));
        Self::from_spki_der(&spki.ok_or(PublicKeyError::Malformed)?)
    }

    /// Whether `signature` is the RSASSA-PKCS1-v1_5 SHA-256 signature of `message` by this key.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }

    /// The key as PEM, in lines of 64 characters whatever the lines of the upload were.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode(LABEL, &self.spki).to_string()
    }

    /// The key as DER, to be stored and read by [`PublicKey::from_spki_der`].
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// Modulus and exponent, big-endian.
    #[must_use]
    pub fn numbers(&self) -> (&[u8], &[u8]) {
        modulus_and_exponent(&self.spki).unwrap_or_default() // was read before
    }

    /// The fingerprint by which OCI names the key: MD5 of the DER, as pairs joined by `:`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.spki)
    }

    /// How many bits the modulus has.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.bits
    }
}

/// The two numbers of a `SubjectPublicKeyInfo`, which must be one RSA key from its first byte to
/// its last.
fn modulus_and_exponent(spki: &[u8]) -> Result<(&[u8], &[u8]), PublicKeyError> {
    let parts = || {
        let mut outer = Reader::new(spki);
        let mut info = outer.sequence()?;
        let algorithm = info.sequence()?;
        let key = info.bit_string()?;
        outer.end()?;
        info.end()?;
        Some((algorithm.rest(), key))
    };
    let numbers = |key| {
        let mut outer = Reader::new(key);
        let mut numbers = outer.sequence()?;
        let (modulus, exponent) = (numbers.natural()?, numbers.natural()?);
        outer.end()?;
        numbers.end()?;
        Some((modulus, exponent))
    };
    let (algorithm, key) = parts().ok_or(PublicKeyError::Malformed)?;
    if algorithm != der::RSA_ENCRYPTION {
        return Err(PublicKeyError::NotRsa);
    }
    numbers(key).ok_or(PublicKeyError::Malformed)
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("fingerprint", &self.fingerprint())
            .field("bits", &self.bits)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for PublicKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => f.write_str(
                "the key must be one PEM block, from `-----BEGIN PUBLIC KEY-----` to \
                 `-----END PUBLIC KEY-----`, and nothing else",
            ),
            Self::Kind => f.write_str(
                "the key must be a `PUBLIC KEY`: make one from a private key with \
                 `openssl rsa -pubout`",
            ),
            Self::Malformed => f.write_str(
                "the key is damaged: make it anew from the private key with `openssl rsa -pubout`",
            ),
            Self::NotRsa => f.write_str("the key must be an RSA key of 2048 bits or more"),
            Self::Size(bits) => write!(
                f,
                "the key has `{bits}` bits: an RSA key must have {BITS_MIN} to {BITS_MAX}"
            ),
            Self::Exponent => f.write_str(
                "the key's public exponent must be odd and at least 65537: make a new key with \
                 `oci setup keys`",
            ),
            Self::Weak(weakness) => {
                write!(f, "the key can be broken, {weakness}: make a new key with `oci setup keys`")
            }
        }
    }
}

impl std::error::Error for PublicKeyError {}
