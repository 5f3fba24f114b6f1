//! Why a private key could not be read, used or made.
//!
//! Written for the person at the command line; no variant holds anything of the key or of its
//! passphrase.

use std::fmt;

/// Why a private key could not be read, used or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// There is no PEM block with a key in it.
    NotPem,
    /// The PEM block holds something else than a private key that is understood here; its label.
    Kind(String),
    /// The key is not an RSA key.
    NotRsa,
    /// The RSA key has this many bits, which is not one of the sizes that can be used.
    Size(usize),
    /// The PEM block is fine, and what it holds is not a sound key.
    Damaged,
    /// The key is encrypted and no passphrase was given.
    PassphraseNeeded,
    /// The key does not decrypt with the passphrase given.
    PassphraseWrong,
    /// The key is encrypted in a way that is not understood here; the name of that way.
    Encryption(String),
    /// The cryptographic library failed, which does not depend on the key.
    Failed,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => f.write_str(
                "not a private key in PEM form: the file must hold a line \
                 `-----BEGIN PRIVATE KEY-----` and what follows it up to the END line",
            ),
            Self::Kind(label) if label == "PUBLIC KEY" => f.write_str(
                "a `PUBLIC KEY`, and the private key is needed: name the file that was made \
                 with it",
            ),
            Self::Kind(label) => write!(
                f,
                "`{label}` is not a kind of private key that can be used: convert it with \
                 `openssl pkcs8 -topk8`, or make a new key with `oci setup keys`"
            ),
            Self::NotRsa => f.write_str(
                "not an RSA key, and requests are signed with RSA: make one with `oci setup keys`",
            ),
            Self::Size(bits) => write!(
                f,
                "an RSA key of `{bits}` bits: use one of 2048, 3072 or 4096, as `oci setup keys` \
                 makes"
            ),
            Self::Damaged => f.write_str(
                "the private key is damaged or of a form that is not supported (two primes of \
                 equal length and an exponent of 65537 or more are needed): take it from a \
                 backup, or make a new one with `oci setup keys`",
            ),
            Self::PassphraseNeeded => f.write_str(
                "the private key is encrypted: give its passphrase as `pass_phrase` in the profile",
            ),
            Self::PassphraseWrong => f.write_str(
                "the passphrase does not open the private key: correct `pass_phrase` in the \
                 profile",
            ),
            Self::Encryption(name) => write!(
                f,
                "the private key is encrypted with `{name}`, which is not supported: encrypt it \
                 anew with `openssl pkcs8 -topk8 -v2 aes256`"
            ),
            Self::Failed => f.write_str("the cryptographic library failed: try again"),
        }
    }
}

impl std::error::Error for KeyError {}
