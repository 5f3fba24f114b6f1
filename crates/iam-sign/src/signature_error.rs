//! Which check of a request signature failed.
//!
//! For the log alone: the caller gets one and the same refusal whatever the variant (security.md,
//! SIG-1). No variant holds the signature, the signing string or the value of a header; the names
//! that variants do hold were checked to be short tokens, so that a log line cannot be forged
//! through them.

use std::fmt;

/// Which check of a request signature failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// The method, the target or a signed header has a byte that no HTTP message may have there.
    Bytes,
    /// There is no `Authorization` header.
    AuthorizationAbsent,
    /// There is more than one `Authorization` header.
    AuthorizationRepeated,
    /// The `Authorization` header is longer than any signature makes it.
    AuthorizationLong,
    /// The scheme is not `Signature`.
    Scheme,
    /// The parameters are not `name="value"` joined by commas.
    Grammar,
    /// A parameter that the scheme does not have.
    ParameterUnknown(String),
    /// A parameter given twice.
    ParameterRepeated(&'static str),
    /// A parameter that is needed.
    ParameterAbsent(&'static str),
    /// A signature version other than 1.
    Version,
    /// An algorithm other than `rsa-sha256`.
    Algorithm,
    /// The key id is not `<tenancy>/<user>/<fingerprint>`.
    KeyId,
    /// The key id is `ST$` and something that is no token.
    SessionToken,
    /// The signature is not base64.
    SignatureEncoding,
    /// The list of signed headers is not names joined by single spaces.
    HeaderList,
    /// A header listed twice.
    HeaderListedTwice(String),
    /// A header that has to be signed and is not listed.
    HeaderUnsigned(&'static str),
    /// A header listed and not sent.
    HeaderAbsent(String),
    /// A signed header sent more than once.
    HeaderRepeated(String),
    /// The date is not in the form of HTTP.
    DateForm,
    /// The date is further from the server's clock than allowed: by so many seconds, negative when
    /// behind.
    DateSkew(i64),
    /// `content-length` is not a number.
    ContentLengthForm,
    /// `x-content-sha256` is not the base64 of a SHA-256 digest.
    DigestForm,
    /// The key id names no key that may be used.
    KeyUnknown,
    /// The signature was not made by this key over this request.
    Signature,
    /// A body came with a method that does not sign one.
    BodyUnsigned,
    /// The body is not as long as `content-length` says.
    BodyLength,
    /// The body is not the one that was signed.
    BodyDigest,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ParameterUnknown(name) => {
                write!(f, "unknown parameter `{name}` in the `Authorization` header")
            }
            Self::ParameterRepeated(name) => {
                write!(f, "parameter `{name}` given twice in the `Authorization` header")
            }
            Self::ParameterAbsent(name) => {
                write!(f, "no parameter `{name}` in the `Authorization` header")
            }
            Self::HeaderListedTwice(name) => {
                write!(f, "`{name}` listed twice among the signed headers")
            }
            Self::HeaderUnsigned(name) => write!(f, "`{name}` not among the signed headers"),
            Self::HeaderAbsent(name) => write!(f, "signed header `{name}` not sent"),
            Self::HeaderRepeated(name) => write!(f, "signed header `{name}` sent more than once"),
            Self::DateSkew(seconds) => {
                write!(f, "the date is off by `{seconds}` seconds: set the caller's clock")
            }
            other => f.write_str(other.text()),
        }
    }
}

impl SignatureError {
    /// The text of the variants that hold nothing.
    fn text(&self) -> &'static str {
        match self {
            Self::Bytes => "a byte in method, target or a signed header that HTTP does not allow",
            Self::AuthorizationAbsent => "no `Authorization` header",
            Self::AuthorizationRepeated => "more than one `Authorization` header",
            Self::AuthorizationLong => "the `Authorization` header is too long",
            Self::Scheme => "the scheme of the `Authorization` header is not `Signature`",
            Self::Grammar => "the `Authorization` header is not `name=\"value\"` joined by commas",
            Self::Version => "the signature's version is not `1`",
            Self::Algorithm => "the signature's algorithm is not `rsa-sha256`",
            Self::KeyId => "`keyId` is not `<tenancy>/<user>/<fingerprint>`",
            Self::SessionToken => "what follows `ST$` in `keyId` is no token",
            Self::SignatureEncoding => "the signature is not base64",
            Self::HeaderList => "the signed headers are not names joined by single spaces",
            Self::DateForm => "the date is not in the form `Sun, 06 Nov 1994 08:49:37 GMT`",
            Self::ContentLengthForm => "`content-length` is not a number",
            Self::DigestForm => "`x-content-sha256` is not the base64 of a SHA-256 digest",
            Self::KeyUnknown => "`keyId` names no key that may be used",
            Self::Signature => "the signature was not made by this key over this request",
            Self::BodyUnsigned => "a body came with a method that does not sign one",
            Self::BodyLength => "the body is not as long as `content-length` says",
            Self::BodyDigest => "the body is not the one that was signed",
            _ => "the signature was refused",
        }
    }
}

impl std::error::Error for SignatureError {}
