//! The time of refusals that must not tell why they were given.
//!
//! What does not exist is refused sooner than what is forbidden, and a key that nobody has at
//! another moment than a wrong signature. Work for show, to make all ways equally long, would have
//! to be kept up with every change of each; so instead such a refusal waits for the next of the
//! moments at which refusals are given. It costs a timer, and only those who are refused.

use std::time::Duration;
use tokio::time::Instant;

/// From one such moment to the next: many times what the ways to one refusal differ by.
const STEP: Duration = Duration::from_millis(5);

/// Waits for the next moment at which a request that came at `begun` may be refused.
pub(crate) async fn wait(begun: Instant) {
    let steps = begun.elapsed().as_micros() / STEP.as_micros() + 1;
    tokio::time::sleep_until(begun + STEP * u32::try_from(steps).unwrap_or(u32::MAX)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refusal_comes_no_sooner_than_the_next_step() {
        for (took, at_least) in [(0, 5), (4, 5), (5, 10), (7, 10)] {
            let begun = Instant::now() - Duration::from_millis(took);
            wait(begun).await;
            assert!(begun.elapsed() >= Duration::from_millis(at_least), "{took}");
        }
    }
}
