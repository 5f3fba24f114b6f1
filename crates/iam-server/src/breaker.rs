//! Whether the mail server is believed to take mail. While it is not, one mail or one connection at
//! a time tries it, at growing intervals, and all others wait: a queue of thousands must not run
//! against a server that is down.
//!
//! `at` is the moment that pauses are measured with, which no clock on the wall can move.

use iam_api::Timestamp;
use std::time::{Duration, Instant};

/// The longest time between two tries. With the longest that a mail is put off, a mail still leaves
/// within a minute after the server is back.
const PAUSE_SECONDS_MAX: u64 = 10;
/// So many mails in a row that are refused mean that it is not the mails.
const REFUSALS_MAX: u32 = 5;
/// Longer than one try can take; then another may be made, whatever became of it.
const TRY_MAX: Duration = Duration::from_secs(90);

/// Whether the mail server is believed to take mail.
#[derive(Default)]
pub(crate) struct Breaker {
    failing: Option<Failing>,
    refusals: u32,
}

struct Failing {
    since: Timestamp,
    began: Instant,
    tries: u32,
    next: Instant,
    is_tried: bool,
}

/// What an outcome changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing.
    None,
    /// Until now all was well.
    Fails,
    /// Until now it was not, for that long.
    Recovers(Duration),
}

impl Breaker {
    /// Whether the mail server may be tried now. Where it fails, who is told so is the only one
    /// until the outcome is known.
    pub(crate) fn may_try(&mut self, at: Instant) -> bool {
        match &mut self.failing {
            None => true,
            Some(failing) if at < failing.next => false,
            Some(failing) => {
                failing.next = at + TRY_MAX;
                failing.is_tried = true;
                true
            }
        }
    }

    /// Whether mail may follow on mail.
    pub(crate) const fn is_closed(&self) -> bool {
        self.failing.is_none()
    }

    /// Since when the mail server fails.
    pub(crate) fn failing_since(&self) -> Option<Timestamp> {
        self.failing.as_ref().map(|failing| failing.since)
    }

    /// Who was allowed to try did not: there was nothing to try with.
    pub(crate) fn not_tried(&mut self, at: Instant) {
        if let Some(failing) = &mut self.failing {
            failing.next = at;
            failing.is_tried = false;
        }
    }

    /// The mail server could not be reached, or was lost.
    pub(crate) fn lost(&mut self, at: Instant, now: Timestamp) -> Change {
        let is_new = self.failing.is_none();
        let failing = self.failing.get_or_insert(Failing {
            since: now,
            began: at,
            tries: 0,
            next: at,
            is_tried: true,
        });
        // What was under way on other connections when it began to fail says nothing new.
        if !std::mem::take(&mut failing.is_tried) {
            return Change::None;
        }
        let pause = 1_u64.checked_shl(failing.tries).unwrap_or(PAUSE_SECONDS_MAX);
        failing.next = at + Duration::from_secs(pause.min(PAUSE_SECONDS_MAX));
        failing.tries = failing.tries.saturating_add(1);
        if is_new { Change::Fails } else { Change::None }
    }

    /// The mail server was there, and refused a mail.
    pub(crate) fn refused(&mut self, at: Instant, now: Timestamp) -> Change {
        self.refusals = self.refusals.saturating_add(1);
        if self.refusals < REFUSALS_MAX && self.is_closed() {
            return Change::None;
        }
        self.lost(at, now)
    }

    /// The mail server took a mail.
    pub(crate) fn taken(&mut self, at: Instant) -> Change {
        self.refusals = 0;
        match self.failing.take() {
            None => Change::None,
            Some(failing) => Change::Recovers(at.saturating_duration_since(failing.began)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(7);

    /// Moments by the second.
    fn seconds() -> impl Fn(u64) -> Instant {
        let start = Instant::now();
        move |second| start + Duration::from_secs(second)
    }

    #[test]
    fn while_the_server_is_away_one_at_a_time_tries_at_growing_intervals() {
        let (at, mut breaker) = (seconds(), Breaker::default());
        assert!(breaker.may_try(at(0)) && breaker.may_try(at(0)));
        assert_eq!(breaker.lost(at(0), NOW), Change::Fails);
        assert_eq!(breaker.failing_since(), Some(NOW));
        let mut second = 0;
        for pause in [1, 2, 4, 8, 10, 10] {
            assert!(!breaker.may_try(at(second + pause - 1)), "{pause}");
            second += pause;
            assert!(breaker.may_try(at(second)) && !breaker.may_try(at(second)), "{pause}");
            assert_eq!(breaker.lost(at(second), NOW), Change::None);
        }
        second += 10;
        assert!(breaker.may_try(at(second)));
        breaker.not_tried(at(second));
        assert!(breaker.may_try(at(second)));
        let lasted = Duration::from_secs(second);
        assert_eq!(breaker.taken(at(second)), Change::Recovers(lasted));
        assert!(breaker.is_closed() && breaker.may_try(at(second)) && breaker.may_try(at(second)));
    }

    #[test]
    fn what_fails_at_once_on_many_connections_is_one_failure() {
        let (at, mut breaker) = (seconds(), Breaker::default());
        assert_eq!(breaker.lost(at(0), NOW), Change::Fails);
        for _ in 0..8 {
            assert_eq!(breaker.lost(at(0), NOW), Change::None);
        }
        assert!(breaker.may_try(at(1)));
    }

    #[test]
    fn a_try_that_nobody_heard_of_again_is_made_again() {
        let (at, mut breaker) = (seconds(), Breaker::default());
        breaker.lost(at(0), NOW);
        assert!(breaker.may_try(at(1)));
        assert!(!breaker.may_try(at(90)) && breaker.may_try(at(91)));
    }

    #[test]
    fn a_few_mails_may_be_refused_and_many_in_a_row_may_not() {
        let (at, mut breaker) = (seconds(), Breaker::default());
        for _ in 0..3 {
            for _ in 1..REFUSALS_MAX {
                assert_eq!(breaker.refused(at(0), NOW), Change::None);
            }
            assert_eq!(breaker.taken(at(0)), Change::None);
        }
        for _ in 1..REFUSALS_MAX {
            breaker.refused(at(0), NOW);
        }
        assert_eq!(breaker.refused(at(0), NOW), Change::Fails);
        assert!(!breaker.may_try(at(0)) && breaker.may_try(at(1)));
        assert_eq!(breaker.refused(at(1), NOW), Change::None);
        assert!(!breaker.may_try(at(2)) && breaker.may_try(at(3)));
    }
}
