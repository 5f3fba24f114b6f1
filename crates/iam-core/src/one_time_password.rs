//! One-time passwords: drawn, hashed, compared. What users show to other services is drawn alike.
//!
//! 20 symbols out of 80 have 126 bits; leaving out the draws that lack one of the four classes
//! costs less than a third of a bit. That is enough for a fast keyed hash: nobody can try them all.

use crate::context::Context;
use crate::server_key::{ServerKey, Use};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use iam_api::{Ocid, Secret};

const LENGTH: usize = 20;
/// Letters, digits, and the special characters that were ever recorded in passwords of OCI's (facts
/// 1.3).
const SYMBOLS: &[u8; 80] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&()+-.:;<>[]_{}";
const CLASSES: [fn(&u8) -> bool; 4] =
    [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit, u8::is_ascii_punctuation];
/// Draws before giving up on all four classes in one; the chance to need more is below 2^-100.
const DRAWS_MAX: usize = 64;

/// Draws a one-time password: 20 symbols, each of the four classes at least once.
pub(crate) fn generate(context: &Context) -> Secret {
    let mut text = String::with_capacity(LENGTH);
    for _ in 0..DRAWS_MAX {
        text.clear();
        while text.len() < LENGTH {
            let bytes = zeroize::Zeroizing::new(context.random::<32>());
            let symbols = bytes.iter().filter_map(|byte| symbol(*byte));
            text.extend(symbols.take(LENGTH - text.len()).map(char::from));
        }
        if CLASSES.iter().all(|is_in| text.bytes().any(|byte| is_in(&byte))) {
            break;
        }
    }
    Secret::new(text)
}

/// The symbol of a random byte, each equally likely; none for the bytes that would favour some.
fn symbol(byte: u8) -> Option<u8> {
    let even = (256 / SYMBOLS.len()) * SYMBOLS.len();
    let index = Some(usize::from(byte)).filter(|index| *index < even)?;
    SYMBOLS.get(index % SYMBOLS.len()).copied()
}

/// What is kept of a one-time password.
pub(crate) fn hash(key: &ServerKey, user: &Ocid, password: &Secret) -> String {
    let parts = [user.as_str().as_bytes(), password.expose().as_bytes()];
    key.hash(Use::OneTimePassword, &parts)
}

/// Whether this is the one-time password that was kept; takes the same time for every answer.
pub(crate) fn matches(key: &ServerKey, user: &Ocid, presented: &Secret, kept: &str) -> bool {
    let presented = hash(key, user, presented);
    verify_slices_are_equal(presented.as_bytes(), kept.as_bytes()).is_ok()
}
