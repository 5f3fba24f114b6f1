//! Key files that we write.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use iam_sign::{KeyError, PrivateKey, PublicKey, encrypt_private_pem, generate};
use pkcs8::EncryptedPrivateKeyInfoRef;

use crate::scene::{FINGERPRINT, file};

#[test]
fn a_new_key_signs_and_its_public_half_is_accepted_and_verifies() {
    let made = generate(2048).unwrap();
    let private = PrivateKey::from_pem(made.private_pem.as_bytes(), None).unwrap();
    let public = PublicKey::from_spki_pem(&made.public_pem).unwrap();
    assert_eq!(public.bits(), 2048);
    assert_eq!(public.fingerprint(), made.fingerprint);
    assert_eq!(private.fingerprint(), made.fingerprint);
    assert_eq!(private.public_key_pem(), made.public_pem);
    assert!(public.verifies(b"text", &private.sign(b"text").unwrap()));
}

#[test]
fn two_new_keys_differ() {
    assert_ne!(generate(2048).unwrap().fingerprint, generate(2048).unwrap().fingerprint);
}

#[test]
fn a_key_of_another_size_is_not_made() {
    for bits in [0, 512, 1024, 2047, 2049, 8192, usize::MAX] {
        assert_eq!(generate(bits).unwrap_err(), KeyError::Size(bits));
    }
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_alone() {
    let passphrase = "mit Umlaut ä, and a \" quote";
    let encrypted = encrypt_private_pem(&file("pkcs8.pem"), passphrase).unwrap();
    assert!(encrypted.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    let open = |passphrase| PrivateKey::from_pem(encrypted.as_bytes(), passphrase);
    assert_eq!(open(Some(passphrase)).unwrap().fingerprint(), FINGERPRINT);
    assert_eq!(open(Some("another")).unwrap_err(), KeyError::PassphraseWrong);
    assert_eq!(open(None).unwrap_err(), KeyError::PassphraseNeeded);
}

#[test]
fn salt_and_initialization_vector_are_new_each_time() {
    let encrypt = || {
        let pem = encrypt_private_pem(&file("pkcs8.pem"), "a passphrase").unwrap();
        let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(lines).unwrap();
        let info = EncryptedPrivateKeyInfoRef::try_from(der.as_slice()).unwrap();
        info.encryption_algorithm.pbes2().unwrap().clone()
    };
    let (first, second) = (encrypt(), encrypt());
    let (a, b) = (first.kdf.pbkdf2().unwrap(), second.kdf.pbkdf2().unwrap());
    assert_ne!(a.salt, b.salt);
    assert_ne!(first.encryption, second.encryption);
    assert_eq!(a.iteration_count, 600_000);
}

#[test]
fn only_an_unencrypted_pkcs8_key_is_encrypted() {
    let refusal = |text: &str| encrypt_private_pem(text, "a passphrase").unwrap_err();
    assert_eq!(refusal("a key"), KeyError::NotPem);
    assert_eq!(refusal(&file("pkcs1.pem")), KeyError::Kind("RSA PRIVATE KEY".to_owned()));
    let damaged = file("pkcs8.pem").replace(file("pkcs8.pem").lines().nth(5).unwrap(), "");
    assert_eq!(refusal(&damaged), KeyError::Damaged);
}

#[test]
fn a_printed_new_key_shows_its_fingerprint_and_nothing_else() {
    let made = generate(2048).unwrap();
    let text = format!("{made:?}");
    assert_eq!(text, format!("GeneratedKey {{ fingerprint: \"{}\", .. }}", made.fingerprint));
}
