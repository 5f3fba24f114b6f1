//! The keys that tokens are signed with: a few of each tenancy, in one of its settings, the
//! private halves sealed. What is in the store, every node signs and publishes.
//!
//! A key signs for [`LIFE_SECONDS`]; its successor is published for an hour before it signs, and a
//! key stays published until the last token that it can have signed has expired.

use super::TOKEN_SECONDS;
use crate::call::store_problem;
use crate::context::Context;
use crate::hex;
use crate::server_key::Use;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use iam_api::{Ocid, Problem, Timestamp};
use iam_sign::PublicKey;
use iam_store::{Setting, TenancyNo, Tx};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The setting's name.
const NAME: &str = "access-token-keys";
/// How long a key signs before another takes its place.
pub const LIFE_SECONDS: i64 = 30 * 24 * 60 * 60;
/// How long a key is published before it signs, so that who keeps keys for a while has it by then.
pub const AHEAD_SECONDS: i64 = 60 * 60;

/// A key that was just made, for whichever tenancy needs one. Making it is slow.
#[derive(Clone)]
pub struct NewKey {
    private: Zeroizing<Vec<u8>>,
    spki: Vec<u8>,
}

impl NewKey {
    /// Makes one: RSA of 2048 bits, which every reader of tokens has to take (RFC 9068, 2.1).
    pub fn generate() -> Result<Self, Problem> {
        let failed = |_| Problem::internal("a key for access tokens could not be made");
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
        let private = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(failed)?;
        let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(failed)?;
        Ok(Self {
            private: Zeroizing::new(private.as_ref().to_vec()),
            spki: spki.as_ref().to_vec(),
        })
    }
}

/// A key as it is stored.
#[derive(Serialize, Deserialize)]
struct Kept {
    kid: String,
    made: i64,
    sealed: String,
    spki: String,
}

/// The keys of a tenancy, the oldest first.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Keys(Vec<Kept>);

/// A public key, as JWKS has it (RFC 7517).
#[derive(Serialize)]
pub struct PublicJwk {
    kty: &'static str,
    r#use: &'static str,
    alg: &'static str,
    kid: String,
    n: String,
    e: String,
}

/// The key that signs now.
pub(crate) struct Signer {
    pub(crate) kid: String,
    pub(crate) private: Zeroizing<Vec<u8>>,
}

impl Keys {
    pub(crate) fn load(tx: &mut Tx<'_>, at: TenancyNo) -> Result<Self, Problem> {
        let Some(setting) = tx.setting(at, NAME).map_err(store_problem)? else {
            return Ok(Self::default());
        };
        serde_json::from_str(&setting.body).map_err(Problem::internal)
    }

    /// The tenancy's keys, where one of them signs: `fresh` is added, if one was made and is
    /// needed. None where one has to be made first; then nothing was changed.
    pub(crate) fn ready(
        tx: &mut Tx<'_>,
        context: &Context,
        place: (TenancyNo, &Ocid),
        fresh: Option<&NewKey>,
    ) -> Result<Option<Signer>, Problem> {
        let mut keys = Self::load(tx, place.0)?;
        if keys.is_due(context.now()) {
            let Some(fresh) = fresh else { return Ok(None) };
            keys.add(tx, context, place, fresh)?;
        }
        keys.signer(context, place.1)
    }

    /// Whether another key has to be made.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.0.last().is_none_or(|newest| now >= newest.made().plus_seconds(LIFE_SECONDS))
    }

    /// Adds a key, and forgets those that nothing needs any more.
    pub(crate) fn add(
        &mut self,
        tx: &mut Tx<'_>,
        context: &Context,
        (at, tenancy): (TenancyNo, &Ocid),
        new: &NewKey,
    ) -> Result<(), Problem> {
        let now = context.now();
        self.drop_retired(now);
        let kid = hex::encode(&context.random::<8>());
        let parts = [tenancy.as_str().as_bytes(), kid.as_bytes()];
        let sealed = context.key.seal(context, Use::TokenKey, &parts, &new.private)?;
        self.0.push(Kept {
            made: now.as_micros(),
            sealed: STANDARD.encode(sealed),
            spki: STANDARD.encode(&new.spki),
            kid,
        });
        let body = serde_json::to_string(self).map_err(Problem::internal)?;
        tx.set_setting(at, NAME, &Setting { etag: context.etag(), body }).map_err(store_problem)
    }

    fn drop_retired(&mut self, now: Timestamp) {
        let successors: Vec<Option<Timestamp>> =
            (1..=self.0.len()).map(|next| self.0.get(next).map(Kept::made)).collect();
        let mut successors = successors.into_iter();
        self.0.retain(|_| {
            let retired = successors.next().flatten().map(|successor| {
                successor.plus_seconds(AHEAD_SECONDS + TOKEN_SECONDS + AHEAD_SECONDS)
            });
            retired.is_none_or(|retired| now < retired)
        });
    }

    /// The newest key that was published for long enough, or else the oldest there is.
    pub(crate) fn signer(
        &self,
        context: &Context,
        tenancy: &Ocid,
    ) -> Result<Option<Signer>, Problem> {
        let is_known = |key: &&Kept| context.now() >= key.made().plus_seconds(AHEAD_SECONDS);
        let Some(key) = self.0.iter().rev().find(is_known).or(self.0.first()) else {
            return Ok(None);
        };
        let parts = [tenancy.as_str().as_bytes(), key.kid.as_bytes()];
        let sealed = STANDARD.decode(&key.sealed).map_err(Problem::internal)?;
        let private = context.key.open(Use::TokenKey, &parts, &sealed);
        let private =
            private.ok_or_else(|| Problem::internal("a key for access tokens cannot be opened"))?;
        Ok(Some(Signer { kid: key.kid.clone(), private }))
    }

    /// The public key of that name, as long as there is one.
    pub(crate) fn public_key(&self, kid: &str) -> Result<Option<PublicKey>, Problem> {
        self.0.iter().find(|key| key.kid == kid).map(Kept::key).transpose()
    }

    /// The public keys.
    pub(crate) fn public(mut self, now: Timestamp) -> Result<Vec<PublicJwk>, Problem> {
        self.drop_retired(now);
        self.0.iter().map(Kept::jwk).collect()
    }
}

impl Kept {
    fn made(&self) -> Timestamp {
        Timestamp::from_micros(self.made)
    }

    fn key(&self) -> Result<PublicKey, Problem> {
        let spki = STANDARD.decode(&self.spki).map_err(Problem::internal)?;
        PublicKey::from_spki_der(&spki)
            .map_err(|cause| Problem::internal(format!("a stored key cannot be read: {cause}")))
    }

    fn jwk(&self) -> Result<PublicJwk, Problem> {
        let key = self.key()?;
        let (modulus, exponent) = key.numbers();
        Ok(PublicJwk {
            kty: "RSA",
            r#use: "sig",
            alg: "RS256",
            kid: self.kid.clone(),
            n: URL_SAFE_NO_PAD.encode(modulus),
            e: URL_SAFE_NO_PAD.encode(exponent),
        })
    }
}

#[cfg(test)]
impl Keys {
    /// One key, and what signs with it.
    pub(crate) fn one(new: &NewKey) -> (Self, Signer) {
        let (kid, spki) = ("one".to_owned(), STANDARD.encode(&new.spki));
        let signer = Signer { kid: kid.clone(), private: new.private.clone() };
        (Self(vec![Kept { kid, made: 0, sealed: String::new(), spki }]), signer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(kid: &str, made: i64) -> Kept {
        let made = made * 1_000_000;
        Kept { kid: kid.to_owned(), made, sealed: String::new(), spki: String::new() }
    }

    #[test]
    fn a_key_stays_until_what_it_signed_last_has_expired() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let left = |now: i64| {
            let mut keys = Keys(vec![kept("a", 0), kept("b", LIFE_SECONDS)]);
            keys.drop_retired(at(now));
            keys.0.iter().map(|key| key.kid.clone()).collect::<Vec<_>>()
        };
        // `a` signs until an hour after `b` was made, and what it signs lives for an hour.
        let last = LIFE_SECONDS + AHEAD_SECONDS + TOKEN_SECONDS;
        assert_eq!(left(last), ["a", "b"]);
        assert_eq!(left(last + AHEAD_SECONDS), ["b"], "and an hour for clocks that are off");
        assert_eq!(left(i64::from(u32::MAX)), ["b"], "the newest has no successor");
    }
}
