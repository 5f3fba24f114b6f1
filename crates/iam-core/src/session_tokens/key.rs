//! The key that a token is bound to: as it is uploaded, as a JSON Web Key (RFC 7517).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_api::Problem;
use iam_sign::PublicKey;
use serde::{Deserialize, Serialize};

/// What is read of a key. Clients write a `kid` too, which names nothing here.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    n: String,
    e: String,
}

/// What is written of one, as OCI's clients look for it.
#[derive(Serialize)]
struct Written {
    kty: &'static str,
    n: String,
    e: String,
    kid: &'static str,
    alg: &'static str,
    r#use: &'static str,
}

/// The key of an upload, in PEM.
pub fn of_pem(text: &str) -> Result<PublicKey, Problem> {
    PublicKey::from_spki_pem(text).map_err(|why| Problem::invalid(format!("publicKey: {why}")))
}

/// The key of a JSON Web Key in base64 for addresses, as `oci session authenticate` sends it. It is
/// looked into as an upload is.
pub fn of_jwk(text: &str) -> Result<PublicKey, Problem> {
    let wrong = |why: &str| Problem::invalid(format!("public_key: {why}"));
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
    let bytes = bytes.map_err(|_| wrong("it is not base64 as in addresses"))?;
    let jwk: Jwk = serde_json::from_slice(&bytes)
        .map_err(|_| wrong("it is no JSON Web Key with `kty`, `n` and `e`"))?;
    let key = read(&jwk).ok_or_else(|| wrong("it is not an RSA key of 2048 bits or more"))?;
    PublicKey::from_spki_pem(&key.to_pem()).map_err(|why| wrong(&why.to_string()))
}

/// The key as it stands in a token.
pub(crate) fn jwk(key: &PublicKey) -> String {
    let (n, e) = key.numbers();
    let (n, e) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
    let written = Written { kty: "RSA", n, e, kid: "Ignored", alg: "RS256", r#use: "sig" };
    serde_json::to_string(&written).unwrap_or_default() // texts alone: it does not fail
}

/// The key in a token of ours, which was looked into before.
pub(super) fn of_token(text: &str) -> Option<PublicKey> {
    read(&serde_json::from_str(text).ok()?)
}

fn read(jwk: &Jwk) -> Option<PublicKey> {
    let number = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let is_rsa = jwk.kty == "RSA";
    let (modulus, exponent) = (number(&jwk.n)?, number(&jwk.e)?);
    PublicKey::from_numbers(&modulus, &exponent).ok().filter(|_| is_rsa)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = include_str!("../../../iam-sign/tests/keys/public.pem");

    fn sent(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = of_pem(PEM).unwrap();
        assert_eq!(of_token(&jwk(&key)), Some(key.clone()));
        assert_eq!(of_jwk(&sent(&jwk(&key))).unwrap(), key);
        let padded = base64::engine::general_purpose::URL_SAFE.encode(jwk(&key));
        assert_eq!(of_jwk(&padded).unwrap(), key);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let key = of_pem(PEM).unwrap();
        let good = jwk(&key);
        for (json, why) in [
            ("", "no JSON Web Key"),
            ("{}", "no JSON Web Key"),
            (r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, "not an RSA key"),
            (&good.replace("\"RSA\"", "\"EC\""), "not an RSA key"),
            (&good.replace("\"e\":\"AQAB\"", "\"e\":\"Aw\""), "not an RSA key"),
        ] {
            let problem = of_jwk(&sent(json)).unwrap_err();
            assert!(problem.message.contains(why), "{json}: {}", problem.message);
        }
        assert!(of_jwk("%").unwrap_err().message.contains("not base64"));
    }
}
