//! Opens encrypted private keys: PKCS#8 with PBES2, and the older form that OpenSSL calls
//! traditional.
//!
//! The older form names its cipher in a `DEK-Info` line, and its key comes from one MD5 round over
//! passphrase and salt. It is read because such files are in use; it is never written.
//!
//! The one idea: neither form tells a wrong passphrase from a damaged file. Wrong padding, or a
//! plain text that is not one DER sequence from end to end, is taken as a wrong passphrase.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _};
use cbc::{Decryptor, cipher::block_padding::Pkcs7};
use des::TdesEde3;
use md5::{Digest as _, Md5};
use pkcs8::{EncryptedPrivateKeyInfoRef, pkcs5};
use zeroize::Zeroizing;

use crate::{der::Reader, key_error::KeyError, pem};

/// The bytes of an MD5 digest, which the older form chains.
const DIGEST_BYTES: usize = 16;
/// How much of the initialization vector the older form takes as salt.
const SALT_BYTES: usize = 8;

/// Opens the body of an `ENCRYPTED PRIVATE KEY` block.
pub(crate) fn open_pkcs8(
    body: &str,
    passphrase: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let der = pem::decode(body).ok_or(KeyError::Damaged)?;
    if !is_sequence(&der) {
        return Err(KeyError::Damaged);
    }
    let info = EncryptedPrivateKeyInfoRef::try_from(der.as_slice())
        .map_err(|_| KeyError::Encryption("an unknown scheme".to_owned()))?;
    let scheme = &info.encryption_algorithm;
    if scheme.pbes2().is_none() {
        return Err(KeyError::Encryption("PBES1".to_owned()));
    }
    let passphrase = passphrase.ok_or(KeyError::PassphraseNeeded)?;
    match scheme.decrypt(passphrase, info.encrypted_data.as_bytes()) {
        Ok(plain) => as_sequence(Zeroizing::new(plain)),
        Err(pkcs5::Error::DecryptFailed) => Err(KeyError::PassphraseWrong),
        Err(error) => Err(KeyError::Encryption(error.to_string())),
    }
}

/// Opens the body of an `RSA PRIVATE KEY` block, encrypted or not.
pub(crate) fn open_pkcs1(
    body: &str,
    passphrase: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    // `DEK-Info` is the last header line, and base64 has no colon.
    let Some((_, rest)) = body.split_once("DEK-Info:") else {
        return pem::decode(body).ok_or(KeyError::Damaged);
    };
    let (info, data) = rest.split_once('\n').ok_or(KeyError::Damaged)?;
    let (cipher, vector) = info.trim().split_once(',').ok_or(KeyError::Damaged)?;
    let (key_bytes, decrypt): (usize, Decrypt) = match cipher {
        "AES-128-CBC" => (16, decrypt::<Aes128>),
        "AES-192-CBC" => (24, decrypt::<Aes192>),
        "AES-256-CBC" => (32, decrypt::<Aes256>),
        "DES-EDE3-CBC" => (24, decrypt::<TdesEde3>),
        _ => return Err(KeyError::Encryption(cipher.to_owned())),
    };
    let vector = from_hex(vector).ok_or(KeyError::Damaged)?;
    let salt = vector.get(..SALT_BYTES).ok_or(KeyError::Damaged)?;
    let mut data = pem::decode(data).ok_or(KeyError::Damaged)?;
    let passphrase = passphrase.ok_or(KeyError::PassphraseNeeded)?;
    let key = traditional_key(passphrase, salt, key_bytes);
    let length = decrypt(&key, &vector, &mut data)?;
    data.truncate(length);
    as_sequence(data)
}

/// Decrypts in place and says how many bytes the plain text has.
type Decrypt = fn(key: &[u8], vector: &[u8], data: &mut [u8]) -> Result<usize, KeyError>;

fn decrypt<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    vector: &[u8],
    data: &mut [u8],
) -> Result<usize, KeyError> {
    Decryptor::<C>::new_from_slices(key, vector)
        .map_err(|_| KeyError::Damaged)?
        .decrypt_padded::<Pkcs7>(data)
        .map(<[u8]>::len)
        .map_err(|_| KeyError::PassphraseWrong)
}

/// Each digest covers the digest before it, the passphrase and the salt (OpenSSL's
/// `EVP_BytesToKey`).
fn traditional_key(passphrase: &str, salt: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(length + DIGEST_BYTES));
    while key.len() < length {
        let mut digest = Md5::new();
        digest.update(key.get(key.len().saturating_sub(DIGEST_BYTES)..).unwrap_or_default());
        digest.update(passphrase);
        digest.update(salt);
        key.extend_from_slice(&digest.finalize());
    }
    key.truncate(length);
    key
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let pair = |pair: &[u32]| match *pair {
        [high, low] => u8::try_from(high << 4 | low).ok(),
        _ => None,
    };
    digits?.chunks(2).map(pair).collect()
}

fn as_sequence(plain: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if is_sequence(&plain) { Ok(plain) } else { Err(KeyError::PassphraseWrong) }
}

fn is_sequence(der: &[u8]) -> bool {
    let mut reader = Reader::new(der);
    reader.sequence().is_some() && reader.end().is_some()
}
