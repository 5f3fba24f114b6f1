//! The public key of a session as a JSON Web Key, and what a token says of it.

use crate::json::{Json, Layout};
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use iam_sign::PrivateKey;

/// The key as the address of the sign-in has it.
pub(super) fn for_address(key: &PrivateKey) -> String {
    let (n, e) = numbers(key);
    let jwk = Json::object([
        ("kty", Json::text_of("RSA")),
        ("n", Json::Text(n)),
        ("e", Json::Text(e)),
        ("kid", Json::text_of("Ignored")), // a field that is asked for, and not looked at
    ]);
    URL_SAFE.encode(jwk.text(Layout::WIRE))
}

/// Whether a token may be bound to that key: not, where it says that it is bound to another.
pub(super) fn is_bound_to(claims: &Json, key: &PrivateKey) -> bool {
    let Some(jwk) = claims.get("jwk").and_then(Json::as_text) else { return true };
    let Ok(jwk) = Json::parse(jwk.as_bytes()) else { return false };
    let text = |name| jwk.get(name).and_then(Json::as_text).unwrap_or_default();
    let (n, e) = numbers(key);
    (text("n"), text("e")) == (n.as_str(), e.as_str())
}

fn numbers(key: &PrivateKey) -> (String, String) {
    let (n, e) = key.numbers();
    (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e))
}
