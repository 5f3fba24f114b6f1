//! Private keys, read from the files in which people keep them.

use iam_sign::{KeyError, PrivateKey};

use crate::scene::{FINGERPRINT, KEY, PUBLIC_KEY, file};

const PASSPHRASE: &str = "correct-horse";

const PLAIN: [&str; 2] = ["pkcs1.pem", "pkcs8.pem"];
const ENCRYPTED: [&str; 8] = [
    "pkcs1-aes128.pem",
    "pkcs1-aes192.pem",
    "pkcs1-aes256.pem",
    "pkcs1-des3.pem",
    "pkcs8-aes128-sha1.pem",
    "pkcs8-aes256.pem",
    "pkcs8-des3.pem",
    "pkcs8-scrypt.pem",
];

fn load(name: &str, passphrase: Option<&str>) -> Result<PrivateKey, KeyError> {
    PrivateKey::from_pem(file(name).as_bytes(), passphrase)
}

fn refusal(text: &str) -> KeyError {
    PrivateKey::from_pem(text.as_bytes(), None).unwrap_err()
}

#[test]
fn every_form_gives_the_same_key() {
    let message = b"a message";
    for (name, passphrase) in
        PLAIN.map(|name| (name, None)).into_iter().chain(ENCRYPTED.map(|n| (n, Some(PASSPHRASE))))
    {
        let key = load(name, passphrase).unwrap();
        assert_eq!(key.fingerprint(), FINGERPRINT, "{name}");
        assert_eq!(key.public_key_pem(), file("public.pem"), "{name}");
        assert!(PUBLIC_KEY.verifies(message, &key.sign(message).unwrap()), "{name}");
    }
}

#[test]
fn an_encrypted_key_without_a_passphrase_asks_for_it() {
    for name in ENCRYPTED {
        assert_eq!(load(name, None).unwrap_err(), KeyError::PassphraseNeeded, "{name}");
    }
}

#[test]
fn a_wrong_passphrase_is_called_wrong() {
    for name in ENCRYPTED {
        for wrong in ["", "correct-horsf", "Correct-horse", "pässword"] {
            let error = load(name, Some(wrong)).unwrap_err();
            assert_eq!(error, KeyError::PassphraseWrong, "{name} {wrong}");
        }
    }
}

#[test]
fn a_wrong_passphrase_is_called_wrong_even_where_the_padding_is_right_by_chance() {
    // One guess in 256 gives valid padding.
    for guess in 0..1_000 {
        let error = load("pkcs1-aes128.pem", Some(&guess.to_string())).unwrap_err();
        assert_eq!(error, KeyError::PassphraseWrong, "{guess}");
    }
}

#[test]
fn a_passphrase_that_is_not_needed_is_ignored() {
    for name in PLAIN {
        assert_eq!(load(name, Some("left over")).unwrap().fingerprint(), FINGERPRINT);
    }
}

#[test]
fn encryption_that_is_not_supported_is_named() {
    let cases =
        [("pkcs1-camellia128.pem", "CAMELLIA-128-CBC"), ("pkcs8-pbes1.pem", "an unknown scheme")];
    for (name, scheme) in cases {
        let error = load(name, Some(PASSPHRASE)).unwrap_err();
        assert_eq!(error, KeyError::Encryption(scheme.to_owned()));
        assert!(error.to_string().contains(scheme));
    }
}

#[test]
fn text_around_the_key_is_ignored() {
    for name in PLAIN {
        let labelled = format!("{}OCI_API_KEY", file(name));
        let noted = format!("Bag Attributes\n{}\nOCI_API_KEY\n\n", file(name));
        let second = format!("{}{}", file("public.pem"), file(name));
        let windows = file(name).replace('\n', "\r\n");
        for text in [labelled, noted, second, windows] {
            let key = PrivateKey::from_pem(text.as_bytes(), None).unwrap();
            assert_eq!(key.fingerprint(), FINGERPRINT);
        }
    }
    let windows = format!("{}OCI_API_KEY", file("pkcs1-aes256.pem")).replace('\n', "\r\n");
    let key = PrivateKey::from_pem(windows.as_bytes(), Some(PASSPHRASE)).unwrap();
    assert_eq!(key.fingerprint(), FINGERPRINT);
}

#[test]
fn what_holds_no_key_is_not_pem() {
    for text in ["", "a key", "-----BEGIN PRIVATE KEY-----\nMIIE", "{\"key\": 1}"] {
        assert_eq!(refusal(text), KeyError::NotPem);
    }
    assert_eq!(PrivateKey::from_pem(&[0x30, 0x82, 0xff], None).unwrap_err(), KeyError::NotPem);
}

#[test]
fn a_block_of_another_kind_is_named() {
    assert_eq!(refusal(&file("public.pem")), KeyError::Kind("PUBLIC KEY".to_owned()));
    let ssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n";
    assert_eq!(refusal(ssh), KeyError::Kind("OPENSSH PRIVATE KEY".to_owned()));
}

#[test]
fn a_key_of_another_algorithm_is_not_rsa() {
    assert_eq!(load("ec.pem", None).unwrap_err(), KeyError::NotRsa);
    assert_eq!(load("ec-sec1.pem", None).unwrap_err(), KeyError::NotRsa);
}

#[test]
fn an_rsa_key_of_another_size_is_refused_with_its_size() {
    assert_eq!(load("rsa1024.pem", None).unwrap_err(), KeyError::Size(1024));
    assert_eq!(load("rsa2560.pem", None).unwrap_err(), KeyError::Size(2560));
    assert!(load("rsa4096.pem", None).is_ok());
}

#[test]
fn a_damaged_key_is_refused() {
    assert_eq!(load("rsa2048-e3.pem", None).unwrap_err(), KeyError::Damaged);
    for name in ["pkcs1.pem", "pkcs8.pem"] {
        let text = file(name);
        let line = text.lines().nth(5).unwrap();
        assert_eq!(refusal(&text.replace(line, "")), KeyError::Damaged, "{name}");
        assert_eq!(refusal(&text.replace(line, "!")), KeyError::Damaged, "{name}");
    }
    let encrypted = file("pkcs8-aes256.pem");
    let cut = encrypted.replace(encrypted.lines().nth(5).unwrap(), "");
    let error = PrivateKey::from_pem(cut.as_bytes(), Some(PASSPHRASE)).unwrap_err();
    assert_eq!(error, KeyError::Damaged);
}

#[test]
fn a_printed_key_shows_its_fingerprint_and_nothing_else() {
    let text = format!("{:?}", *KEY);
    assert_eq!(text, format!("PrivateKey {{ fingerprint: \"{FINGERPRINT}\", .. }}"));
}
