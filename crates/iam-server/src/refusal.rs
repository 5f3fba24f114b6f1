//! The time of refusals that must not tell why they were given.
//!
//! What does not exist is refused sooner than what is forbidden, and a key that nobody has at
//! another moment than a wrong signature. Work for show, to make all ways equally long, would have
//! to be kept up with every change of each; so instead such a refusal waits for the next of the
//! moments at which refusals are given. It costs a timer, and only those who are refused.
//!
//! The timer is a thread of its own. The runtime's count whole milliseconds from when a worker
//! falls asleep, and so are late by what the way to the refusal took: just what is not to be told.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// From one such moment to the next: many times what the ways to one refusal differ by.
const STEP: Duration = Duration::from_millis(5);

/// A moment, and who waits for it.
type Asked = (Instant, oneshot::Sender<()>);

/// Where to ask to be told of a moment; nowhere where the system gives no thread.
static CLOCK: LazyLock<Option<Sender<Asked>>> = LazyLock::new(|| {
    let (asking, asked) = mpsc::channel();
    let thread = std::thread::Builder::new().name("refusals".to_owned());
    thread.spawn(move || tell(&asked)).ok().map(|_ends_with_the_program| asking)
});

/// Waits for the next moment at which a request that came at `begun` may be refused.
pub(crate) async fn wait(begun: Instant) {
    let steps = begun.elapsed().as_micros() / STEP.as_micros() + 1;
    let moment = begun + STEP * u32::try_from(steps).unwrap_or(u32::MAX);
    let (asks, told) = oneshot::channel();
    let asked = CLOCK.as_ref().is_some_and(|clock| clock.send((moment, asks)).is_ok());
    if !asked || told.await.is_err() {
        tokio::time::sleep_until(moment.into()).await;
    }
}

/// Tells everybody who asks when their moment has come.
fn tell(asked: &Receiver<Asked>) {
    // By the moment, and where several wait for one, by who came first.
    let mut waiting = BTreeMap::new();
    for number in 0_u64.. {
        let next = match waiting.first_key_value() {
            Some(((moment, _), _)) => {
                asked.recv_timeout(Instant::saturating_duration_since(moment, Instant::now()))
            }
            None => asked.recv().map_err(RecvTimeoutError::from),
        };
        match next {
            Ok((moment, asks)) => {
                waiting.insert((moment, number), asks);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        while let Some(first) = waiting.first_entry()
            && first.key().0 <= Instant::now()
        {
            let _who_went_away = first.remove().send(());
        }
    }
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

    /// Whoever asks last may be the first to be told.
    #[tokio::test]
    async fn each_of_many_waits_for_a_moment_of_its_own() {
        let now = Instant::now();
        let waits = (0..200_u32).rev().map(|one| async move {
            let begun = now - Duration::from_micros(100) * one;
            wait(begun).await;
            begun.elapsed()
        });
        for took in futures_util::future::join_all(waits).await {
            assert!(took >= STEP, "{took:?}");
        }
    }
}
