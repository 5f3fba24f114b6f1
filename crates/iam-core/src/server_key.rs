//! The server's own secret key, and the keys derived from it: one for each use.
//!
//! The key lives in a file beside the database, never in it, so that the database alone reveals
//! nothing: what is hashed is hashed under a key, what must be given back is sealed.

use crate::context::Context;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use iam_api::Problem;
use iam_store::AuditKey;
use zeroize::Zeroizing;

const SHA256_BLOCK_BYTES: usize = 64;

/// What a derived key is for. Each name is part of what is stored: never change one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Hashes of one-time passwords.
    OneTimePassword,
    /// Hashes of session tokens.
    Session,
    /// Tokens against forged forms.
    Form,
    /// Hashes of the tokens of mailed links.
    Link,
    /// What stands for the state of a user that a link was made in.
    LinkState,
    /// Sealing of the names that people give who cannot sign in.
    RecoveryNames,
    /// Names of counters.
    Counter,
    /// Hashes of retry tokens.
    RetryToken,
    /// Sealing of the answers that retry tokens stand for.
    RetryAnswer,
    /// Sealing of page tokens.
    Page,
    /// Sealing of letters that wait for a mail server.
    Mail,
    /// The pepper of passwords that people chose.
    Pepper,
    /// The number by which a database knows its key.
    Check,
    /// Sealing of the ends of the audit trail.
    Audit,
    /// Hashes of the secrets that users show to other services.
    Credential,
    /// Sealing of secrets that must be known to check what was signed with them.
    SigningSecret,
    /// Sealing of the seeds that codes are drawn from.
    TotpSeed,
    /// Sealing of the keys that tokens are signed with.
    TokenKey,
    /// Hashes of the names of sessions that sign: no token of a cookie has the same.
    SigningSession,
}

impl Use {
    /// Each of them.
    const ALL: [Self; 19] = [
        Self::OneTimePassword,
        Self::Session,
        Self::Form,
        Self::Link,
        Self::LinkState,
        Self::RecoveryNames,
        Self::Counter,
        Self::RetryToken,
        Self::RetryAnswer,
        Self::Page,
        Self::Mail,
        Self::Pepper,
        Self::Check,
        Self::Audit,
        Self::Credential,
        Self::SigningSecret,
        Self::TotpSeed,
        Self::TokenKey,
        Self::SigningSession,
    ];

    const fn label(self) -> &'static [u8] {
        match self {
            Self::OneTimePassword => b"durward one-time password v1",
            Self::Session => b"durward session v1",
            Self::Form => b"durward form v1",
            Self::Link => b"durward link v1",
            Self::LinkState => b"durward link state v1",
            Self::RecoveryNames => b"durward recovery names v1",
            Self::Counter => b"durward counter v1",
            Self::RetryToken => b"durward retry token v1",
            Self::RetryAnswer => b"durward retry answer v1",
            Self::Page => b"durward page v1",
            Self::Mail => b"durward mail v1",
            Self::Pepper => b"durward pepper v1",
            Self::Check => b"durward check v1",
            Self::Audit => b"durward audit v1",
            Self::Credential => b"durward credential v1",
            Self::SigningSecret => b"durward signing secret v1",
            Self::TotpSeed => b"durward totp seed v1",
            Self::TokenKey => b"durward token key v1",
            Self::SigningSession => b"durward signing session v1",
        }
    }
}

/// The server's own secret key: 32 bytes. It has no `Debug`.
pub struct ServerKey {
    secret: Zeroizing<[u8; 32]>,
    /// Derived once, because to derive a key costs more than to use it.
    derived: [(Use, hmac::Key); Use::ALL.len()],
    audit: AuditKey,
}

impl ServerKey {
    /// Takes the bytes over; the copy here is wiped when dropped.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        let secret = Zeroizing::new(bytes);
        let derived = Use::ALL.map(|usage| (usage, derive(&secret, usage)));
        let audit = AuditKey::new(derive(&secret, Use::Audit));
        Self { secret, derived, audit }
    }

    /// Reads the text of a key file: 32 bytes in base64.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        Some(Self::new(bytes.as_slice().try_into().ok()?))
    }

    /// The text of the key file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.secret.as_slice()) + "\n")
    }

    /// What seals the ends of the audit trail.
    #[must_use]
    pub const fn audit(&self) -> &AuditKey {
        &self.audit
    }

    /// A keyed hash of the parts, in hexadecimal; no two lists of parts are hashed alike.
    #[must_use]
    pub fn hash(&self, usage: Use, parts: &[&[u8]]) -> String {
        crate::hex::encode(self.mac(usage, parts).as_ref())
    }

    pub(crate) fn mac(&self, usage: Use, parts: &[&[u8]]) -> hmac::Tag {
        let derived = self.derived.iter().find(|(of, _)| *of == usage);
        let mut context = match derived {
            Some((_, key)) => hmac::Context::with_key(key),
            // A use that `ALL` forgets takes longer, and is not less right.
            None => hmac::Context::with_key(&derive(&self.secret, usage)),
        };
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        // What comes last stays in the context, and with it on the stack; let that be no secret.
        context.update(&[0; SHA256_BLOCK_BYTES]);
        context.sign()
    }

    /// Seals a text under a key that needs the server's key and `parts` to be made again.
    pub fn seal(
        &self,
        context: &Context,
        usage: Use,
        parts: &[&[u8]],
        plain: &[u8],
    ) -> Result<Vec<u8>, Problem> {
        let nonce: [u8; NONCE_LEN] = context.random();
        let mut text = plain.to_vec();
        self.aead(usage, parts)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(usage.label()),
                &mut text,
            )
            .map_err(|_| Problem::internal("sealing failed"))?;
        text.extend(nonce);
        Ok(text)
    }

    /// Opens what [`Self::seal`] sealed with the same parts; none where it was not.
    #[must_use]
    pub fn open(&self, usage: Use, parts: &[&[u8]], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (text, nonce) = sealed.split_at_checked(sealed.len().checked_sub(NONCE_LEN)?)?;
        let mut text = Zeroizing::new(text.to_vec());
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let key = self.aead(usage, parts).ok()?;
        let length =
            key.open_in_place(nonce, Aad::from(usage.label()), &mut text).ok().map(|t| t.len())?;
        text.truncate(length);
        Some(text)
    }

    fn aead(&self, usage: Use, parts: &[&[u8]]) -> Result<LessSafeKey, Problem> {
        let key = UnboundKey::new(&AES_256_GCM, self.mac(usage, parts).as_ref())
            .map_err(|_| Problem::internal("a sealing key could not be made"))?;
        Ok(LessSafeKey::new(key))
    }
}

fn derive(secret: &[u8; 32], usage: Use) -> hmac::Key {
    let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, usage.label()).as_ref())
}
