//! Nothing that comes from outside makes the crate panic, and nothing hostile is accepted.

use iam_sign::{Presented, PrivateKey, PublicKey, SignatureError};
use proptest::prelude::*;

use crate::{
    public_keys::{pem, spki},
    scene::{NOW, PUBLIC_KEY, file},
};

/// Texts near the grammar, as regular expressions.
const PARAMETERS: &str =
    "Signature ((keyId|algorithm|headers|signature|version|x)=\"[ -~]{0,9}\",? ?){0,6}";
const UNKNOWN_PARAMETER: &str = "Signature \\PC{0,90}=\"\\PC{0,20}\"";

fn bytes(length_max: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..length_max)
}

proptest! {
    #[test]
    fn random_bytes_are_no_key(der in bytes(600), text in "\\PC{0,200}") {
        prop_assert!(PublicKey::from_spki_der(&der).is_err());
        prop_assert!(PublicKey::from_spki_pem(&pem(&der)).is_err());
        prop_assert!(PublicKey::from_spki_pem(&text).is_err());
        prop_assert!(PrivateKey::from_pem(&der, Some("passphrase")).is_err());
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            let private = pem(&der).replace("PUBLIC KEY", label);
            prop_assert!(PrivateKey::from_pem(private.as_bytes(), Some("passphrase")).is_err());
        }
    }

    #[test]
    fn one_changed_byte_of_a_public_key_is_refused_or_gives_another_key(
        place: prop::sample::Index,
        change in 1..=255u8,
    ) {
        let mut der = PUBLIC_KEY.spki_der().to_vec();
        let place = place.index(der.len());
        der[place] ^= change;
        if let Ok(key) = PublicKey::from_spki_pem(&pem(&der)) {
            prop_assert_ne!(key.fingerprint(), PUBLIC_KEY.fingerprint());
            prop_assert_eq!(key.spki_der(), der);
        }
    }

    #[test]
    fn any_two_numbers_are_a_key_or_are_refused(
        head in bytes(1_100),
        tail in 0..=255u8,
        exponent in bytes(6),
    ) {
        let modulus = [head.as_slice(), &[tail]].concat();
        let first = PublicKey::from_spki_pem(&pem(&spki(&modulus, &exponent)));
        if let Ok(key) = first {
            prop_assert!((2048..=8192).contains(&key.bits()));
            prop_assert!(!key.verifies(b"text", &modulus));
        }
    }

    #[test]
    fn a_changed_private_key_file_never_panics(
        name in prop::sample::select(vec![
            "pkcs1.pem", "pkcs8.pem", "pkcs1-aes256.pem", "pkcs1-des3.pem", "pkcs8-aes256.pem",
        ]),
        place: prop::sample::Index,
        replacement in "\\PC|[A-Za-z0-9+/=]|\n",
    ) {
        let text = file(name);
        let place = place.index(text.len());
        let changed = format!("{}{replacement}{}", &text[..place], &text[place + 1..]);
        if let Ok(key) = PrivateKey::from_pem(changed.as_bytes(), Some("correct-horse")) {
            let signed = key.sign(b"text");
            prop_assert!(signed.is_err() || PUBLIC_KEY.verifies(b"text", &signed.unwrap()));
        }
    }

    #[test]
    fn a_random_authorization_header_is_refused(
        value in bytes(300),
        parameters in PARAMETERS,
    ) {
        for value in [value.as_slice(), parameters.as_bytes()] {
            let read = Presented::read("GET", "/", [("authorization", value)], NOW);
            prop_assert!(read.is_err());
        }
    }

    #[test]
    fn an_error_never_repeats_more_than_a_short_token(value in UNKNOWN_PARAMETER) {
        let read = Presented::read("GET", "/", [("authorization", value.as_bytes())], NOW);
        if let Err(SignatureError::ParameterUnknown(name)) = read {
            prop_assert!(name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
