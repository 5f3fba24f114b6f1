//! Lower-case hexadecimal, in one direction.

/// The bytes as lower-case hexadecimal digits.
#[must_use]
pub(crate) fn encode(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
