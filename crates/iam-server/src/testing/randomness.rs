//! Numbers that are the same in every run. Nothing that is drawn here is a secret.
//!
//! Draws of each length are a stream of their own. The id of a request is longer than an OCID, and
//! an etag shorter: so it does not matter to the OCIDs who asked for what else in between.

use iam_core::context::Random;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The odd constant of SplitMix64.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// How far each stream has come, by the length of its draws.
pub(super) type Streams = BTreeMap<usize, u64>;

/// Randomness from a seed. Its clones draw from the same streams.
#[derive(Clone)]
pub(super) struct SeededRandom {
    root: u64,
    streams: Arc<Mutex<Streams>>,
}

impl SeededRandom {
    /// What that seed brings at that start of a server; `init` is start 0. Each start draws other
    /// numbers, as what was drawn before may be in use.
    pub(super) fn new(seed: u32, start: i64) -> Self {
        let root = mixed(u64::from(seed).wrapping_add(STEP));
        let root = mixed(root ^ u64::from_ne_bytes(start.to_ne_bytes()).wrapping_mul(STEP));
        Self { root, streams: Arc::default() }
    }

    /// How far it has come.
    pub(super) fn streams(&self) -> Streams {
        self.lock().clone()
    }

    /// Has it go on from there.
    pub(super) fn go_back_to(&self, streams: &Streams) {
        self.lock().clone_from(streams);
    }

    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last two rounds of SplitMix64.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut streams = self.lock();
        let length = bytes.len();
        let first = mixed(self.root ^ u64::try_from(length).unwrap_or_default().wrapping_mul(STEP));
        let drawn = streams.entry(length).or_default();
        for chunk in bytes.chunks_mut(8) {
            *drawn = drawn.wrapping_add(1);
            let number = mixed(first.wrapping_add(drawn.wrapping_mul(STEP)));
            for (place, byte) in chunk.iter_mut().zip(number.to_le_bytes()) {
                *place = byte;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw<const N: usize>(random: &SeededRandom) -> [u8; N] {
        let mut bytes = [0; N];
        random.fill(&mut bytes);
        bytes
    }

    #[test]
    fn a_seed_brings_the_same_again_whatever_is_drawn_in_between() {
        let (one, two) = (SeededRandom::new(42, 1), SeededRandom::new(42, 1));
        let first: [u8; 32] = draw(&one);
        assert_eq!(first, draw(&two));
        let _request_id: [u8; 48] = draw(&two);
        let second: [u8; 32] = draw(&one);
        assert_eq!(second, draw(&two));
        assert_ne!(first, second);
        for other in [SeededRandom::new(43, 1), SeededRandom::new(42, 2)] {
            assert_ne!(first, draw::<32>(&other));
        }
    }

    #[test]
    fn it_goes_on_from_where_it_is_told_to() {
        let random = SeededRandom::new(7, 1);
        let _before: [u8; 20] = draw(&random);
        let streams = random.streams();
        let drawn: ([u8; 20], [u8; 32]) = (draw(&random), draw(&random));
        random.go_back_to(&streams);
        assert_eq!(drawn, (draw(&random), draw(&random)));
    }

    #[test]
    fn a_thousand_draws_are_a_thousand_numbers() {
        let random = SeededRandom::new(0, 0);
        let drawn: std::collections::BTreeSet<[u8; 32]> =
            (0..1000).map(|_| draw(&random)).collect();
        assert_eq!(drawn.len(), 1000);
    }
}
