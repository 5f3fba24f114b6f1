//! JSON Web Tokens as they are written and read here: signed with RS256 by one of a tenancy's
//! keys, each kind under a name of its own (RFC 8725, 3.11), so that none can be shown in
//! another's place.

use super::keys::{Keys, Signer};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_api::{Problem, Secret};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The one algorithm.
const ALGORITHM: &str = "RS256";

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// It is shown to other services (RFC 9068).
    Access,
    /// It is shown to databases, by who has the key that it names.
    Database,
    /// It names a session that signs requests to this one.
    Session,
}

impl TokenKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Database => "db+jwt",
            Self::Session => "st+jwt",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// A token that is granted, and has to be signed.
pub struct Unsigned {
    signer: Signer,
    kind: TokenKind,
    claims: Vec<u8>,
}

impl Unsigned {
    pub(crate) fn new(
        signer: Signer,
        kind: TokenKind,
        claims: &impl Serialize,
    ) -> Result<Self, Problem> {
        let claims = serde_json::to_vec(claims).map_err(Problem::internal)?;
        Ok(Self { signer, kind, claims })
    }

    /// The token. Slow: not for inside of a transaction.
    pub fn sign(&self) -> Result<Secret, Problem> {
        let (alg, typ) = (ALGORITHM.to_owned(), self.kind.name().to_owned());
        let header = Header { alg, typ, kid: self.signer.kid.clone() };
        let header = serde_json::to_vec(&header).map_err(Problem::internal)?;
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let signed = format!("{}.{}", encode(&header), encode(&self.claims));
        let failed = || Problem::internal("a token could not be signed");
        let key = RsaKeyPair::from_pkcs8(&self.signer.private).map_err(|_| failed())?;
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| failed())?;
        Ok(Secret::new(format!("{signed}.{}", encode(&signature))))
    }
}

/// The claims of a token of that kind that one of the keys has signed.
pub(crate) fn read<C: DeserializeOwned>(
    keys: &Keys,
    kind: TokenKind,
    token: &str,
) -> Result<Option<C>, Problem> {
    let Some((signed, signature)) = token.rsplit_once('.') else { return Ok(None) };
    let Some((header, claims)) = signed.split_once('.') else { return Ok(None) };
    let (Some(header), Ok(signature)) = (part::<Header>(header), URL_SAFE_NO_PAD.decode(signature))
    else {
        return Ok(None);
    };
    if header.alg != ALGORITHM || header.typ != kind.name() {
        return Ok(None);
    }
    let Some(key) = keys.public_key(&header.kid)? else { return Ok(None) };
    Ok(key.verifies(signed.as_bytes(), &signature).then(|| part(claims)).flatten())
}

/// What a token claims that nobody has verified: good for finding out whose keys to verify it with.
pub(crate) fn unverified<C: DeserializeOwned>(token: &str) -> Option<C> {
    let mut parts = token.split('.');
    part(parts.nth(1)?)
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::keys::NewKey;
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_token_is_read_as_what_it_was_written_as_alone() {
        let (keys, signer) = Keys::one(&NewKey::generate().unwrap());
        let (other_keys, _) = Keys::one(&NewKey::generate().unwrap());
        let claims = json!({"sub": "ann"});
        let kinds = [TokenKind::Access, TokenKind::Database, TokenKind::Session];
        for (kind, other) in kinds.into_iter().zip(kinds.into_iter().cycle().skip(1)) {
            let signer = Signer { kid: signer.kid.clone(), private: signer.private.clone() };
            let token = Unsigned::new(signer, kind, &claims).unwrap().sign().unwrap();
            let read = |keys: &Keys, kind| read::<Value>(keys, kind, token.expose()).unwrap();
            assert_eq!(read(&keys, kind), Some(claims.clone()));
            assert_eq!(read(&keys, other), None, "{other:?}");
            assert_eq!(read(&other_keys, kind), None, "keys of others");
            assert_eq!(unverified::<Value>(token.expose()), Some(claims.clone()));
        }
    }
}
