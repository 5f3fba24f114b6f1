//! Failed sign-ins of names that nobody has, counted in memory so that they are delayed, refused
//! and said to be locked exactly like the names of users.
//!
//! Bounded: when the table is full, it forgets the oldest half.

use iam_api::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The most names in each of the two halves.
const HALF_MAX: usize = 50_000;

/// Counters of names that nobody has.
#[derive(Default)]
pub struct Strangers(Mutex<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<u64, Tally>,
    old: HashMap<u64, Tally>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    failures: i64,
    /// Since when there are as many as would block a user.
    blocked: Option<Timestamp>,
}

impl Strangers {
    /// Counts another failure of that name, of which `most` in a row would block a user; answers
    /// how many there were before. After a block that `is_over`, they count from nothing again.
    pub fn count(
        &self,
        name: u64,
        now: Timestamp,
        most: Option<i64>,
        is_over: impl Fn(Timestamp) -> bool,
    ) -> i64 {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = halves.young.get(&name).or_else(|| halves.old.get(&name)).copied();
        if halves.young.len() >= HALF_MAX {
            halves.old = std::mem::take(&mut halves.young);
        }
        let known = known.filter(|tally| !tally.blocked.is_some_and(&is_over));
        let Tally { failures: before, blocked } = known.unwrap_or_default();
        let failures = before.saturating_add(1);
        let is_blocked = most.is_some_and(|most| failures >= most);
        let tally = Tally { failures, blocked: blocked.or(is_blocked.then_some(now)) };
        halves.young.insert(name, tally);
        before
    }

    /// Forgets them all.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Halves::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(strangers: &Strangers, name: u64) -> i64 {
        strangers.count(name, Timestamp::default(), Some(10), |_| false)
    }

    #[test]
    fn a_block_ends_as_a_users_does() {
        let (strangers, start) = (Strangers::default(), Timestamp::default());
        let at = |seconds| {
            let (now, is_over) = (start.plus_seconds(seconds), |began: Timestamp| {
                start.plus_seconds(seconds) >= began.plus_seconds(300)
            });
            strangers.count(7, now, Some(3), is_over)
        };
        assert_eq!([at(0), at(100), at(200), at(499)], [0, 1, 2, 3]);
        assert_eq!([at(500), at(501)], [0, 1], "300 seconds after the third");
    }

    #[test]
    fn a_name_is_remembered_while_as_many_others_come_as_the_table_is_said_to_hold() {
        let strangers = Strangers::default();
        assert_eq!((count(&strangers, 0), count(&strangers, 0)), (0, 1));
        for name in 1..HALF_MAX as u64 {
            count(&strangers, name);
        }
        assert_eq!(count(&strangers, 0), 2);
    }

    #[test]
    fn the_table_is_bounded() {
        let strangers = Strangers::default();
        for name in 0..1_000_000 {
            count(&strangers, name);
        }
        let halves = strangers.0.lock().unwrap();
        assert!(halves.young.len() + halves.old.len() <= 2 * HALF_MAX);
    }
}
