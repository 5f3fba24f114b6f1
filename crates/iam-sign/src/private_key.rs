//! The private key that signs requests, read from a PEM file.
//!
//! Reads the four forms in which API keys are kept: PKCS#8 and PKCS#1, each plain or encrypted; how
//! the encrypted ones are opened is in `encrypted_key.rs`. A key is not validated beyond what ring
//! does, since every command of the CLI waits for it.
//!
//! What this crate holds of the key's text is wiped when dropped. The numbers inside ring are not:
//! ring does not offer it, and the key lives as long as the process does.

use std::fmt;

use ring::{
    rand::SystemRandom,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};

use crate::{
    der::{self, Reader},
    encrypted_key,
    fingerprint::fingerprint,
    key_error::KeyError,
    pem::{self, Block},
};

/// The sizes that ring signs with.
const SIZES_BITS: [usize; 3] = [2048, 3072, 4096];

/// An RSA private key, ready to sign.
pub struct PrivateKey {
    pair: RsaKeyPair,
    spki: Vec<u8>,
}

impl PrivateKey {
    /// Reads the first private key of a PEM file; text around it, such as a label line, is ignored,
    /// and so is the passphrase when the key is not encrypted.
    ///
    /// # Errors
    ///
    /// A [`KeyError`] that says what to change.
    pub fn from_pem(pem: &[u8], passphrase: Option<&str>) -> Result<Self, KeyError> {
        let mut text = std::str::from_utf8(pem).map_err(|_| KeyError::NotPem)?;
        let mut error = KeyError::NotPem;
        while let Some((_, block, after)) = pem::first(text) {
            if block.label.ends_with("PRIVATE KEY") {
                return Self::from_block(&block, passphrase);
            }
            error = KeyError::Kind(block.label.to_owned());
            text = after;
        }
        Err(error)
    }

    fn from_block(block: &Block<'_>, passphrase: Option<&str>) -> Result<Self, KeyError> {
        match block.label {
            "PRIVATE KEY" => Self::from_pkcs8(&pem::decode(block.body).ok_or(KeyError::Damaged)?),
            "RSA PRIVATE KEY" => {
                Self::from_pkcs1(&encrypted_key::open_pkcs1(block.body, passphrase)?)
            }
            "ENCRYPTED PRIVATE KEY" => {
                Self::from_pkcs8(&encrypted_key::open_pkcs8(block.body, passphrase)?)
            }
            "EC PRIVATE KEY" | "DSA PRIVATE KEY" => Err(KeyError::NotRsa),
            label => Err(KeyError::Kind(label.to_owned())),
        }
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let mut info = Reader::new(der).sequence().ok_or(KeyError::Damaged)?;
        info.natural().ok_or(KeyError::Damaged)?;
        let algorithm = info.sequence().ok_or(KeyError::Damaged)?;
        if algorithm.rest() != der::RSA_ENCRYPTION {
            return Err(KeyError::NotRsa);
        }
        Self::from_pkcs1(info.octet_string().ok_or(KeyError::Damaged)?)
    }

    fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        let mut key = Reader::new(der).sequence().ok_or(KeyError::Damaged)?;
        key.natural().ok_or(KeyError::Damaged)?;
        let bits = der::bits(key.natural().ok_or(KeyError::Damaged)?);
        if !SIZES_BITS.contains(&bits) {
            return Err(KeyError::Size(bits));
        }
        let pair = RsaKeyPair::from_der(der).map_err(|_| KeyError::Damaged)?;
        let spki = der::subject_public_key_info(pair.public_key().as_ref());
        Ok(Self { pair, spki: spki.ok_or(KeyError::Damaged)? })
    }

    /// The public half, as it is uploaded.
    #[must_use]
    pub fn public_key_pem(&self) -> String {
        pem::encode("PUBLIC KEY", &self.spki).to_string()
    }

    /// Modulus and exponent, big-endian, without leading zeros.
    #[must_use]
    pub fn numbers(&self) -> (Vec<u8>, Vec<u8>) {
        let numbers = || {
            let mut key = Reader::new(self.pair.public_key().as_ref()).sequence()?;
            Some((key.natural()?.to_vec(), key.natural()?.to_vec()))
        };
        numbers().unwrap_or_default() // ring has written them
    }

    /// The fingerprint by which OCI names the key: MD5 of the public half, as pairs joined by `:`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.spki)
    }

    /// Signs a message: RSASSA-PKCS1-v1_5 with SHA-256.
    ///
    /// # Errors
    ///
    /// [`KeyError::Damaged`] where the parts of the key do not fit each other, which shows only
    /// here.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| KeyError::Damaged)?;
        Ok(signature)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("fingerprint", &self.fingerprint())
            .finish_non_exhaustive()
    }
}
