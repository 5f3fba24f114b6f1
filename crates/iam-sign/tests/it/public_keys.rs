//! Uploaded public keys: which are accepted, and why the others are not.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use iam_sign::{PublicKey, PublicKeyError, Weakness};

use crate::scene::{FINGERPRINT, PUBLIC_KEY, file};

/// The content of the `AlgorithmIdentifier` of RSA.
const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// One DER element.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let header = match length {
        [0, low @ 0..=0x7f] => vec![tag, low],
        [0, low] => vec![tag, 0x81, low],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [header.as_slice(), content].concat()
}

/// An integer with the zero in front that DER wants.
fn integer(magnitude: &[u8]) -> Vec<u8> {
    let needs_zero = magnitude.first().is_none_or(|byte| byte & 0x80 != 0);
    element(2, &[if needs_zero { &[0][..] } else { &[] }, magnitude].concat())
}

fn info(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let key = element(3, &[&[0], key].concat());
    element(0x30, &[element(0x30, algorithm), key].concat())
}

/// The `SubjectPublicKeyInfo` of an RSA key.
pub(crate) fn spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    info(RSA, &element(0x30, &[integer(modulus), integer(exponent)].concat()))
}

pub(crate) fn pem(der: &[u8]) -> String {
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

/// The modulus of the test key, which is sound.
fn sound() -> Vec<u8> {
    let der = PUBLIC_KEY.spki_der();
    // Before it: three sequences, the algorithm and the header of the integer; after it: the
    // exponent.
    der[33..33 + 256].to_vec()
}

fn refusal(der: &[u8]) -> PublicKeyError {
    PublicKey::from_spki_pem(&pem(der)).unwrap_err()
}

#[test]
fn a_sound_key_keeps_its_size_fingerprint_and_text() {
    for (name, bits) in [("public.pem", 2048), ("rsa4096-public.pem", 4096)] {
        let key = PublicKey::from_spki_pem(&file(name)).unwrap();
        assert_eq!(key.bits(), bits);
        assert_eq!(key.to_pem(), file(name));
        let again = PublicKey::from_accepted_pem(&file(name)).unwrap();
        assert_eq!(again.fingerprint(), key.fingerprint());
    }
    assert_eq!(PUBLIC_KEY.fingerprint(), FINGERPRINT);
    assert_eq!(
        pem(&spki(&sound(), &[1, 0, 1])).replace('\n', ""),
        file("public.pem").replace('\n', "")
    );
}

#[test]
fn a_key_is_made_of_its_numbers_again() {
    for name in ["public.pem", "rsa4096-public.pem"] {
        let key = PublicKey::from_spki_pem(&file(name)).unwrap();
        let (modulus, exponent) = key.numbers();
        assert_eq!(PublicKey::from_numbers(modulus, exponent).unwrap(), key);
        let longer = [&[0, 0], modulus].concat();
        for (modulus, exponent) in
            [(&longer[..], exponent), (modulus, &[][..]), (&[][..], exponent), (modulus, &[3][..])]
        {
            assert!(PublicKey::from_numbers(modulus, exponent).is_err());
        }
    }
    let private = iam_sign::PrivateKey::from_pem(file("pkcs8.pem").as_bytes(), None).unwrap();
    let (modulus, exponent) = private.numbers();
    let public = PublicKey::from_numbers(&modulus, &exponent).unwrap();
    assert_eq!(public.to_pem(), private.public_key_pem());
}

#[test]
fn line_ends_and_line_lengths_do_not_matter_and_are_made_regular() {
    let text = file("public.pem");
    let one_line = pem(PUBLIC_KEY.spki_der());
    for other in [text.replace('\n', "\r\n"), one_line, format!("\n  {text}\n\n")] {
        assert_eq!(PublicKey::from_spki_pem(&other).unwrap().to_pem(), text);
    }
}

#[test]
fn anything_but_one_block_is_refused() {
    let text = file("public.pem");
    let long = text.replace("\n-----END", &format!("{}\n-----END", "\n".repeat(4_096)));
    for other in [
        "",
        "ssh-rsa AAAAB3NzaC1yc2E test",
        &format!("{text}{text}"),
        &format!("{text}OCI_API_KEY"),
        &format!("a comment\n{text}"),
        text.trim_end().trim_end_matches('-'),
        &text.replace("END PUBLIC", "END RSA PUBLIC"),
        &long,
    ] {
        assert_eq!(PublicKey::from_spki_pem(other).unwrap_err(), PublicKeyError::NotPem, "{other}");
    }
}

#[test]
fn a_block_of_another_kind_is_refused() {
    for other in [file("pkcs8.pem"), file("pkcs1.pem"), file("pkcs8-aes256.pem")] {
        assert_eq!(PublicKey::from_spki_pem(&other).unwrap_err(), PublicKeyError::Kind);
    }
    let certificate = file("public.pem").replace("PUBLIC KEY", "CERTIFICATE");
    assert_eq!(PublicKey::from_spki_pem(&certificate).unwrap_err(), PublicKeyError::Kind);
}

#[test]
fn a_key_of_another_algorithm_is_refused() {
    for name in ["ec-public.pem", "rsa-pss-public.pem"] {
        let error = PublicKey::from_spki_pem(&file(name)).unwrap_err();
        assert_eq!(error, PublicKeyError::NotRsa, "{name}");
    }
}

#[test]
fn a_size_outside_the_limits_is_refused() {
    let error = PublicKey::from_spki_pem(&file("rsa1024-public.pem")).unwrap_err();
    assert_eq!(error, PublicKeyError::Size(1024));
    let mut modulus = sound();
    modulus[0] = 0x7f;
    assert_eq!(refusal(&spki(&modulus, &[1, 0, 1])), PublicKeyError::Size(2047));
    let larger = [&[1][..], &[0; 1024]].concat();
    assert_eq!(refusal(&spki(&larger, &[1, 0, 1])), PublicKeyError::Size(8193));
    assert_eq!(refusal(&spki(&[0xff; 2048], &[1, 0, 1])), PublicKeyError::Size(16384));
    assert_eq!(refusal(&spki(&[], &[1, 0, 1])), PublicKeyError::Size(0));
}

#[test]
fn an_exponent_that_is_even_small_or_huge_is_refused() {
    let text = file("rsa2048-e3-public.pem");
    assert_eq!(PublicKey::from_spki_pem(&text).unwrap_err(), PublicKeyError::Exponent);
    for exponent in [
        &[][..],
        &[1],
        &[3],
        &[17],
        &[0xff, 0xff],
        &[1, 0, 0],
        &[3, 0xff, 0xff, 0xff, 0xff],
        &sound(),
    ] {
        assert_eq!(refusal(&spki(&sound(), exponent)), PublicKeyError::Exponent, "{exponent:?}");
    }
    for exponent in [&[1, 0, 1][..], &[1, 0, 3], &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert!(PublicKey::from_spki_pem(&pem(&spki(&sound(), exponent))).is_ok(), "{exponent:?}");
    }
}

#[test]
fn an_even_modulus_is_refused_on_both_ways_in() {
    let mut modulus = sound();
    *modulus.last_mut().unwrap() &= 0xfe;
    let der = spki(&modulus, &[1, 0, 1]);
    let weak = PublicKeyError::Weak(Weakness::SmallFactor(2));
    assert_eq!(refusal(&der), weak);
    assert_eq!(PublicKey::from_spki_der(&der).unwrap_err(), weak);
}

#[test]
fn any_other_encoding_of_a_sound_key_is_refused() {
    let (modulus, exponent) = (integer(&sound()), integer(&[1, 0, 1]));
    let key = element(0x30, &[modulus.clone(), exponent.clone()].concat());
    let good = info(RSA, &key);
    assert!(PublicKey::from_spki_der(&good).is_ok());

    let negative = element(2, &sound());
    let zero_in_front = element(2, &[&[0, 0][..], &sound()].concat());
    let third = element(0x30, &[modulus.clone(), exponent.clone(), exponent.clone()].concat());
    let unused_bits = element(3, &[&[1][..], &key].concat());
    let mut long_length = element(0x30, &[modulus.clone(), exponent.clone()].concat());
    long_length.splice(1..2, [0x83, 0]);
    let mut indefinite = good.clone();
    indefinite.splice(1..4, [0x80]);
    indefinite.extend([0, 0]);
    for der in [
        vec![],
        good[..good.len() - 1].to_vec(),
        [good.as_slice(), &[0]].concat(),
        info(RSA, &[key.as_slice(), &[0]].concat()),
        info(RSA, &element(0x30, &[negative, exponent.clone()].concat())),
        info(RSA, &element(0x30, &[zero_in_front, exponent.clone()].concat())),
        info(RSA, &element(0x30, &modulus)),
        info(RSA, &third),
        info(RSA, &long_length),
        element(0x30, &[element(0x30, RSA), unused_bits].concat()),
        element(0x30, &[element(0x30, RSA), element(3, &key[..0])].concat()),
        element(0x30, &[element(0x30, RSA), element(4, &key)].concat()),
        indefinite,
        key.clone(),
    ] {
        assert_eq!(PublicKey::from_spki_der(&der).unwrap_err(), PublicKeyError::Malformed);
    }
    // Without the NULL, or with something else in its place, it is not the algorithm's one name.
    let error = PublicKey::from_spki_der(&info(&RSA[..11], &key)).unwrap_err();
    assert_eq!(error, PublicKeyError::NotRsa);
}

#[test]
fn base64_that_is_not_canonical_is_refused() {
    let text = file("public.pem");
    for other in [text.replace("AQAB\n", "AQAB=\n"), text.replacen("MIIB", "MII-", 1)] {
        assert_ne!(other, text);
        assert_eq!(PublicKey::from_spki_pem(&other).unwrap_err(), PublicKeyError::Malformed);
    }
}
