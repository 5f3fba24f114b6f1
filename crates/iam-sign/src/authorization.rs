//! The grammar of `Authorization: Signature …`.
//!
//! Takes the header's value apart and judges its form; whether the signature is good is decided in
//! `verify.rs`. Stricter than the draft on purpose: values are always quoted and have no escapes,
//! nothing is unknown and nothing is given twice, so that no two programs can read one header
//! differently.
//!
//! The one idea: there are only five parameters, so each has its own place and a second value has
//! none.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{signature_error::SignatureError, signing_string::REQUEST_TARGET};

/// A signature by the largest key has 1,368 characters, and so has the key's modulus in a session's
/// token, which is encoded once more there; the rest is what else a token says, and header names.
const LENGTH_MAX: usize = 6_144;
/// What the key id of a session begins with.
const TOKEN_PREFIX: &str = "ST$";
/// How long a name may be to stand in an error.
const NAME_MAX: usize = 64;
/// The official clients list three or six headers.
const LISTED_MAX: usize = 32;

/// Who claims to have signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeyId<'text> {
    /// Who has an API key.
    ApiKey {
        /// The OCID of the tenancy.
        tenancy: &'text str,
        /// The OCID of the user.
        user: &'text str,
        /// The fingerprint of the key.
        fingerprint: &'text str,
    },
    /// Whoever a session's token names, with the key that it is bound to. The token comes without
    /// the `ST$` before it; that its parts are what they should be is not known yet.
    Token(&'text str),
}

impl fmt::Debug for KeyId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiKey { tenancy, user, fingerprint } => {
                write!(f, "{tenancy}/{user}/{fingerprint}")
            }
            Self::Token(_) => write!(f, "{TOKEN_PREFIX}…"), // it opens what its key opens
        }
    }
}

/// What an `Authorization` header says.
pub(crate) struct Authorization<'text> {
    pub(crate) key_id: KeyId<'text>,
    pub(crate) signature: Vec<u8>,
    /// The signed headers' names in lower case, in their order, with `(request-target)` among them.
    pub(crate) names: Vec<String>,
}

impl<'text> Authorization<'text> {
    pub(crate) fn parse(value: &'text [u8]) -> Result<Self, SignatureError> {
        if value.len() > LENGTH_MAX {
            return Err(SignatureError::AuthorizationLong);
        }
        let (scheme, parameters) = match value.iter().position(|&byte| byte == b' ') {
            Some(space) => value.split_at(space),
            None => (value, &[][..]),
        };
        if !scheme.eq_ignore_ascii_case(b"Signature") {
            return Err(SignatureError::Scheme);
        }
        let is_text = parameters.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
        let text = std::str::from_utf8(parameters).ok().filter(|_| is_text);
        Parameters::read(text.ok_or(SignatureError::Grammar)?)?.check()
    }
}

/// The values as given, before any of them is judged.
#[derive(Default)]
struct Parameters<'text> {
    key_id: Option<&'text str>,
    algorithm: Option<&'text str>,
    headers: Option<&'text str>,
    signature: Option<&'text str>,
    version: Option<&'text str>,
}

impl<'text> Parameters<'text> {
    fn read(text: &'text str) -> Result<Self, SignatureError> {
        let mut parameters = Self::default();
        let mut rest = text.trim_matches(is_blank);
        // Ends after five rounds at most: a sixth parameter is unknown or repeated.
        loop {
            let (name, after) = rest.split_once("=\"").ok_or(SignatureError::Grammar)?;
            let (value, after) = after.split_once('"').ok_or(SignatureError::Grammar)?;
            if value.contains('\\') {
                return Err(SignatureError::Grammar);
            }
            let (name, place) = parameters.place(name)?;
            if place.replace(value).is_some() {
                return Err(SignatureError::ParameterRepeated(name));
            }
            rest = after.trim_start_matches(is_blank);
            if rest.is_empty() {
                return Ok(parameters);
            }
            rest = rest.strip_prefix(',').ok_or(SignatureError::Grammar)?;
            rest = rest.trim_start_matches(is_blank);
        }
    }

    fn place(
        &mut self,
        name: &str,
    ) -> Result<(&'static str, &mut Option<&'text str>), SignatureError> {
        match name {
            "keyId" => Ok(("keyId", &mut self.key_id)),
            "algorithm" => Ok(("algorithm", &mut self.algorithm)),
            "headers" => Ok(("headers", &mut self.headers)),
            "signature" => Ok(("signature", &mut self.signature)),
            "version" => Ok(("version", &mut self.version)),
            _ if is_token(name) => Err(SignatureError::ParameterUnknown(name.to_owned())),
            _ => Err(SignatureError::Grammar),
        }
    }

    fn check(self) -> Result<Authorization<'text>, SignatureError> {
        let absent = SignatureError::ParameterAbsent;
        let key_id = self.key_id.ok_or(absent("keyId"))?;
        let algorithm = self.algorithm.ok_or(absent("algorithm"))?;
        let headers = self.headers.ok_or(absent("headers"))?;
        let signature = self.signature.ok_or(absent("signature"))?;
        if self.version.is_some_and(|version| version != "1") {
            return Err(SignatureError::Version);
        }
        if algorithm != "rsa-sha256" {
            return Err(SignatureError::Algorithm);
        }
        let key_id = KeyId::parse(key_id)?;
        let signature =
            STANDARD.decode(signature).map_err(|_| SignatureError::SignatureEncoding)?;
        Ok(Authorization { key_id, signature, names: listed_names(headers)? })
    }
}

impl<'text> KeyId<'text> {
    fn parse(text: &'text str) -> Result<Self, SignatureError> {
        if let Some(token) = text.strip_prefix(TOKEN_PREFIX) {
            let is_letter =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            let is_token = !token.is_empty() && token.bytes().all(is_letter);
            return is_token.then_some(Self::Token(token)).ok_or(SignatureError::SessionToken);
        }
        let is_part = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic());
        let mut parts = text.split('/').filter(is_part);
        let parsed = (parts.next(), parts.next(), parts.next());
        match parsed {
            (Some(tenancy), Some(user), Some(fingerprint)) if text.split('/').count() == 3 => {
                Ok(Self::ApiKey { tenancy, user, fingerprint })
            }
            _ => Err(SignatureError::KeyId),
        }
    }
}

/// The names listed. The draft wants them in lower case, but Oracle's SDK for TypeScript lists some
/// as `Content-Type`; what it signs has them in lower case all the same.
fn listed_names(headers: &str) -> Result<Vec<String>, SignatureError> {
    let mut names = Vec::with_capacity(6);
    for name in headers.split(' ') {
        if !(name == REQUEST_TARGET || is_token(name)) || names.len() == LISTED_MAX {
            return Err(SignatureError::HeaderList);
        }
        let name = name.to_ascii_lowercase();
        if names.contains(&name) {
            return Err(SignatureError::HeaderListedTwice(name));
        }
        names.push(name);
    }
    Ok(names)
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// Whether this is a short token of HTTP (RFC 9110 section 5.6.2).
fn is_token(name: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(is_token_byte)
}
