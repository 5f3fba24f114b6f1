//! Codes that change with the time (RFC 6238): six digits, a new one every 30 seconds, drawn from a
//! seed by HMAC-SHA-1, which is what authenticator apps do.
//!
//! Who accepts one must remember its step, so that no code is accepted twice: see
//! `accepted_step`.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use iam_api::Timestamp;

/// How many bytes a seed has: as many as the hash (RFC 4226, 4).
pub(crate) const SEED_BYTES: usize = 20;
/// How long a code is shown.
pub const STEP_SECONDS: i64 = 30;
const DIGITS: usize = 6;
const CODES: u32 = 1_000_000;
/// How many steps the device's clock may be off, or its user slow.
const STEPS_OFF: i64 = 1;

/// The step that a moment is in.
#[must_use]
pub fn step_of(now: Timestamp) -> i64 {
    now.as_micros().div_euclid(STEP_SECONDS * 1_000_000)
}

/// The code of a step.
#[must_use]
pub fn code(seed: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, seed);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    // RFC 4226, 5.3: the last byte tells where the four bytes begin that count.
    let at = bytes.last().map_or(0, |last| usize::from(last & 0x0f));
    let chosen = bytes.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; 4]);
    let number = (u32::from_be_bytes(chosen) & 0x7fff_ffff) % CODES;
    format!("{number:0DIGITS$}")
}

/// The step of which that is the code, if it is of about now and later than the last one that was
/// accepted. People type codes with a space in the middle, as apps show them.
#[must_use]
pub(crate) fn accepted_step(
    seed: &[u8],
    now: Timestamp,
    last: i64,
    presented: &str,
) -> Option<i64> {
    let presented: String = presented.chars().filter(|letter| *letter != ' ').collect();
    let here = step_of(now);
    let mut found = None;
    for step in here - STEPS_OFF..=here + STEPS_OFF {
        let right = code(seed, step);
        if verify_slices_are_equal(right.as_bytes(), presented.as_bytes()).is_ok() && step > last {
            found = Some(step);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    /// RFC 6238, appendix B: the last six of the eight digits that are printed there.
    #[test]
    fn the_published_codes_are_drawn() {
        for (seconds, printed) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SEED, step_of(at(seconds))), printed, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_from_one_step_before_to_one_after_and_only_once() {
        let (now, shown) = (at(1_234_567_890), "005924");
        let step = step_of(now);
        assert_eq!(accepted_step(SEED, now, 0, shown), Some(step));
        assert_eq!(accepted_step(SEED, now, 0, "005 924"), Some(step));
        for seconds in [-STEP_SECONDS, STEP_SECONDS] {
            assert_eq!(accepted_step(SEED, now.plus_seconds(seconds), 0, shown), Some(step));
        }
        for seconds in [-2 * STEP_SECONDS, 2 * STEP_SECONDS] {
            assert_eq!(accepted_step(SEED, now.plus_seconds(seconds), 0, shown), None);
        }
        assert_eq!(accepted_step(SEED, now, step, shown), None, "accepted before");
        assert_eq!(accepted_step(SEED, now, step + 1, shown), None, "a later one was accepted");
        for wrong in ["", "05924", "0059240", "005925", "-05924", "００５９２４"] {
            assert_eq!(accepted_step(SEED, now, 0, wrong), None, "{wrong}");
        }
    }
}
