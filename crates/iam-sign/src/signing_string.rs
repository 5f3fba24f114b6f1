//! The text that a request signature covers (draft-cavage-http-signatures-08).
//!
//! Used by both sides, so that they cannot differ. It neither chooses the header names nor checks
//! them: the client fixes them in `sign.rs`, the server reads them from the `Authorization` header
//! in `verify.rs`.
//!
//! The one idea: one line `name: value` for each listed name, in the order listed, joined by `\n`;
//! a name and its value are on the same line, so neither can be exchanged for another.

/// The name that stands for the request line in a list of signed headers.
pub const REQUEST_TARGET: &str = "(request-target)";

/// Whether a request of this method signs its body, even an empty one.
#[must_use]
pub fn carries_body(method: &str) -> bool {
    matches!(method, "POST" | "PUT" | "PATCH")
}

/// Builds the signing string; `target` is the path and query exactly as sent, and values come
/// without blanks around them.
///
/// # Errors
///
/// The first listed name for which `value_of` has no value.
pub fn signing_string<'name, 'value>(
    method: &str,
    target: &str,
    names: &[&'name str],
    value_of: impl Fn(&str) -> Option<&'value [u8]>,
) -> Result<Vec<u8>, &'name str> {
    let mut text = Vec::with_capacity(512);
    for &name in names {
        if !text.is_empty() {
            text.push(b'\n');
        }
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(b": ");
        if name == REQUEST_TARGET {
            text.extend(method.bytes().map(|byte| byte.to_ascii_lowercase()));
            text.push(b' ');
            text.extend_from_slice(target.as_bytes());
        } else {
            text.extend_from_slice(value_of(name).ok_or(name)?);
        }
    }
    Ok(text)
}
