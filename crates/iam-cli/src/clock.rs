//! Time and chance: the only place that asks the operating system for either.

use iam_api::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Waits.
#[expect(clippy::disallowed_methods, reason = "between retries there is no event to wait for")]
pub(crate) fn sleep(time: Duration) {
    std::thread::sleep(time);
}

/// `length` random letters and digits; from fewer than 62 `letters` if so asked.
pub(crate) fn random_text(length: usize, letters: &[u8]) -> String {
    let mut text = String::with_capacity(length);
    let source = SystemRandom::new();
    let mut bytes = [0; 64];
    while text.len() < length {
        if source.fill(&mut bytes).is_err() {
            // No randomness: an id of zeros is still an id, and nothing secret is drawn here.
            bytes.fill(0);
        }
        // Bytes beyond a multiple of the alphabet are drawn again: no letter is likelier.
        let fair = 256 - 256 % letters.len();
        let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let drawn = drawn.filter_map(|byte| letters.get(byte % letters.len()));
        text.extend(drawn.take(length - text.len()).map(|letter| char::from(*letter)));
    }
    text
}

/// A number between 0 and 1.
pub(crate) fn random_fraction() -> f64 {
    let mut bytes = [0; 4];
    let _ = SystemRandom::new().fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// What retry tokens are drawn from.
pub(crate) const ALPHANUMERIC: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// What request ids are drawn from.
pub(crate) const UPPER_HEX: &[u8] = b"0123456789ABCDEF";
