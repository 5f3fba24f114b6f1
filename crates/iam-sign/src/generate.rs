//! Makes RSA key files: a new pair, and the encrypted form of a private key.
//!
//! Kept apart from signing, because ring cannot make RSA keys and the CLI should not load a second
//! library to sign. The randomness is the cryptographic library's own; nothing else here is random.

use std::fmt;

use aws_lc_rs::{
    encoding::AsDer as _,
    rand,
    rsa::KeySize,
    signature::{KeyPair as _, RsaKeyPair},
};
use pkcs8::{
    PrivateKeyInfoRef,
    pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, Pbkdf2Params},
};
use zeroize::Zeroizing;

use crate::{fingerprint::fingerprint, key_error::KeyError, pem};

/// OWASP's figure for PBKDF2 with SHA-256. It costs each command with an encrypted key about
/// 140 milliseconds, and is what stands between a copied key file and its use.
const PBKDF2_ROUNDS: u32 = 600_000;

/// A new key pair.
pub struct GeneratedKey {
    /// The private key as PKCS#8 in PEM; wiped when dropped.
    pub private_pem: Zeroizing<String>,
    /// The public key as it is uploaded.
    pub public_pem: String,
    /// The fingerprint by which OCI names the pair.
    pub fingerprint: String,
}

impl fmt::Debug for GeneratedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GeneratedKey")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

/// Makes a key pair of 2048, 3072 or 4096 bits with the public exponent 65537.
///
/// # Errors
///
/// [`KeyError::Size`] for any other size.
pub fn generate(bits: usize) -> Result<GeneratedKey, KeyError> {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        4096 => KeySize::Rsa4096,
        _ => return Err(KeyError::Size(bits)),
    };
    let pair = RsaKeyPair::generate(size).map_err(|_| KeyError::Failed)?;
    let private = pair.as_der().map_err(|_| KeyError::Failed)?;
    let public = pair.public_key().as_der().map_err(|_| KeyError::Failed)?;
    Ok(GeneratedKey {
        private_pem: pem::encode("PRIVATE KEY", private.as_ref()),
        public_pem: pem::encode("PUBLIC KEY", public.as_ref()).to_string(),
        fingerprint: fingerprint(public.as_ref()),
    })
}

/// Encrypts a PKCS#8 private key under a passphrase (PBES2: PBKDF2 with SHA-256, AES-256-CBC), in
/// the form that OpenSSL and Oracle's own tools read.
///
/// # Errors
///
/// A [`KeyError`] where `pem` is not an unencrypted PKCS#8 key.
pub fn encrypt_private_pem(pem: &str, passphrase: &str) -> Result<Zeroizing<String>, KeyError> {
    let (_, block, _) = pem::first(pem).ok_or(KeyError::NotPem)?;
    if block.label != "PRIVATE KEY" {
        return Err(KeyError::Kind(block.label.to_owned()));
    }
    let der = pem::decode(block.body).ok_or(KeyError::Damaged)?;
    let info = PrivateKeyInfoRef::try_from(der.as_slice()).map_err(|_| KeyError::Damaged)?;
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    rand::fill(&mut salt).map_err(|_| KeyError::Failed)?;
    rand::fill(&mut iv).map_err(|_| KeyError::Failed)?;
    let kdf = Pbkdf2Params::hmac_sha256(PBKDF2_ROUNDS, &salt).map_err(|_| KeyError::Failed)?;
    let encryption = EncryptionScheme::Aes256Cbc { iv };
    let parameters = Parameters { kdf: Kdf::Pbkdf2(kdf), encryption };
    let encrypted =
        info.encrypt_with_params(parameters, passphrase).map_err(|_| KeyError::Failed)?;
    Ok(pem::encode("ENCRYPTED PRIVATE KEY", encrypted.as_bytes()))
}
