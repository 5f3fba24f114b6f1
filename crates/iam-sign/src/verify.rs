//! Verifies the signature of a request.
//!
//! In three steps, so that the server can look the key up and read the body in between:
//! [`Presented::read`] judges all that needs no key, [`Presented::verify`] the signature,
//! [`Presented::verify_body`] the body. It neither finds keys nor limits sizes, and it does not
//! know what the caller may do.
//!
//! The one idea: what is read off a request is bound to it. The values that are checked here (date,
//! length, digest) are the same bytes that went into the signing string, taken from headers that
//! came exactly once.

use std::fmt;

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    authorization::{Authorization, KeyId},
    dummy,
    http_date::parse_http_date,
    public_key::PublicKey,
    signature_error::SignatureError,
    signing_string::{REQUEST_TARGET, carries_body, signing_string},
};

/// How far the date of a request may be from the server's clock, as OCI documents it.
const SKEW_MAX_SECONDS: u64 = 300;

const BODY_HEADERS: [&str; 3] = ["content-length", "content-type", "x-content-sha256"];

/// A request's signature, well formed and in time, that was not yet verified.
pub struct Presented {
    signer: Signer,
    signature: Vec<u8>,
    signing_string: Vec<u8>,
    body: SignedBody,
}

/// A [`KeyId`] of its own.
enum Signer {
    ApiKey { tenancy: String, user: String, fingerprint: String },
    Token(String),
}

/// What the signed headers say of the body.
struct SignedBody {
    allowed: bool,
    length: Option<u64>,
    sha256: Option<[u8; 32]>,
}

impl Presented {
    /// Reads the signature of a request and makes every check that needs neither key nor body.
    ///
    /// `target` is the path and query exactly as received; `headers` are all headers of the
    /// request, names in any case.
    ///
    /// # Errors
    ///
    /// The first check that failed.
    pub fn read<'header>(
        method: &str,
        target: &str,
        headers: impl IntoIterator<Item = (&'header str, &'header [u8])>,
        now_seconds: i64,
    ) -> Result<Self, SignatureError> {
        let headers = Headers(headers.into_iter().collect());
        let authorization = headers.only("authorization").map_err(|error| match error {
            SignatureError::HeaderAbsent(_) => SignatureError::AuthorizationAbsent,
            _ => SignatureError::AuthorizationRepeated,
        })?;
        let Authorization { key_id, signature, names } = Authorization::parse(authorization)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        require_signed(method, &names)?;
        let signed = headers.signed(&names)?;
        let signing_string = signing_text(method, target, &names, &signed)?;
        check_date(&signed, now_seconds)?;
        Ok(Self {
            signer: Signer::from(key_id),
            signature,
            signing_string,
            body: SignedBody::read(method, &signed)?,
        })
    }

    /// Who claims to have signed; look the key up by all that it says.
    #[must_use]
    pub fn key_id(&self) -> KeyId<'_> {
        match &self.signer {
            Signer::ApiKey { tenancy, user, fingerprint } => {
                KeyId::ApiKey { tenancy, user, fingerprint }
            }
            Signer::Token(token) => KeyId::Token(token),
        }
    }

    /// Verifies the signature with the key that the key id names.
    ///
    /// # Errors
    ///
    /// [`SignatureError::Signature`] unless this key signed exactly this request.
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        if key.verifies(&self.signing_string, &self.signature) {
            Ok(())
        } else {
            Err(SignatureError::Signature)
        }
    }

    /// Takes the place of [`Presented::verify`] where the key id names no key that may be used:
    /// costs the same time, so that an answer does not tell whether a key exists, and always
    /// refuses.
    #[must_use = "this is the refusal"]
    pub fn verify_unknown(&self) -> SignatureError {
        dummy::verify(&self.signing_string, &self.signature);
        SignatureError::KeyUnknown
    }

    /// Compares the body as received with what was signed; to be asked for every request, with an
    /// empty body where none came.
    ///
    /// # Errors
    ///
    /// Which of presence, length and digest is another one.
    pub fn verify_body(&self, body: &[u8]) -> Result<(), SignatureError> {
        if !self.body.allowed && !body.is_empty() {
            return Err(SignatureError::BodyUnsigned);
        }
        if self.body.length.is_some_and(|length| u64::try_from(body.len()) != Ok(length)) {
            return Err(SignatureError::BodyLength);
        }
        if let Some(sha256) = &self.body.sha256 {
            verify_slices_are_equal(sha256, digest(&SHA256, body).as_ref())
                .map_err(|_| SignatureError::BodyDigest)?;
        }
        Ok(())
    }
}

impl From<KeyId<'_>> for Signer {
    fn from(id: KeyId<'_>) -> Self {
        match id {
            KeyId::ApiKey { tenancy, user, fingerprint } => Self::ApiKey {
                tenancy: tenancy.to_owned(),
                user: user.to_owned(),
                fingerprint: fingerprint.to_owned(),
            },
            KeyId::Token(token) => Self::Token(token.to_owned()),
        }
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented").field("key_id", &self.key_id()).finish_non_exhaustive()
    }
}

/// All headers of a request, as received.
struct Headers<'header>(Vec<(&'header str, &'header [u8])>);

impl<'header> Headers<'header> {
    /// The value of a header that came exactly once.
    fn only(&self, wanted: &str) -> Result<&'header [u8], SignatureError> {
        let mut values = self.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let (_, value) =
            values.next().ok_or_else(|| SignatureError::HeaderAbsent(wanted.to_owned()))?;
        match values.next() {
            None => Ok(value.trim_ascii()),
            Some(_) => Err(SignatureError::HeaderRepeated(wanted.to_owned())),
        }
    }

    fn signed<'name>(
        &self,
        names: &[&'name str],
    ) -> Result<Signed<'name, 'header>, SignatureError> {
        let headers = names.iter().filter(|name| **name != REQUEST_TARGET);
        headers.map(|name| Ok((*name, self.only(name)?))).collect::<Result<_, _>>().map(Signed)
    }
}

/// The signed headers with their values.
struct Signed<'name, 'header>(Vec<(&'name str, &'header [u8])>);

impl<'header> Signed<'_, 'header> {
    fn value(&self, wanted: &str) -> Option<&'header [u8]> {
        self.0.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value)
    }

    fn text(&self, wanted: &str) -> Option<&'header str> {
        // What is not UTF-8 is neither a number, a digest nor a date, and neither is the empty
        // text.
        self.value(wanted).map(|value| std::str::from_utf8(value).unwrap_or_default())
    }
}

fn require_signed(method: &str, names: &[&str]) -> Result<(), SignatureError> {
    if !names.contains(&"date") && !names.contains(&"x-date") {
        return Err(SignatureError::HeaderUnsigned("date"));
    }
    let body_headers: &[&str] = if carries_body(method) { &BODY_HEADERS } else { &[] };
    let mut required = [REQUEST_TARGET, "host"].iter().chain(body_headers);
    match required.find(|name| !names.contains(name)) {
        Some(name) => Err(SignatureError::HeaderUnsigned(name)),
        None => Ok(()),
    }
}

fn signing_text(
    method: &str,
    target: &str,
    names: &[&str],
    signed: &Signed<'_, '_>,
) -> Result<Vec<u8>, SignatureError> {
    // A line break in any part could make one signing string stand for two requests.
    let is_visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let is_value =
        |value: &[u8]| !value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t');
    let is_clean = is_visible(method)
        && is_visible(target)
        && signed.0.iter().all(|(_, value)| is_value(value));
    if !is_clean {
        return Err(SignatureError::Bytes);
    }
    signing_string(method, target, names, |name| signed.value(name))
        .map_err(|name| SignatureError::HeaderAbsent(name.to_owned()))
}

fn check_date(signed: &Signed<'_, '_>, now_seconds: i64) -> Result<(), SignatureError> {
    // OCI lets `x-date` win, since browsers do not let a script set `date`.
    let date = signed.text("x-date").or_else(|| signed.text("date")).unwrap_or_default();
    let date_seconds = parse_http_date(date).ok_or(SignatureError::DateForm)?;
    if date_seconds.abs_diff(now_seconds) > SKEW_MAX_SECONDS {
        return Err(SignatureError::DateSkew(date_seconds.saturating_sub(now_seconds)));
    }
    Ok(())
}

impl SignedBody {
    fn read(method: &str, signed: &Signed<'_, '_>) -> Result<Self, SignatureError> {
        let length = signed.text("content-length").map(|text| {
            // Rust's parser would also take a plus sign.
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| is_number).ok_or(SignatureError::ContentLengthForm)
        });
        let sha256 = signed.text("x-content-sha256").map(|text| {
            let bytes = STANDARD.decode(text).unwrap_or_default();
            <[u8; 32]>::try_from(bytes).map_err(|_| SignatureError::DigestForm)
        });
        Ok(Self {
            allowed: carries_body(method),
            length: length.transpose()?,
            sha256: sha256.transpose()?,
        })
    }
}
