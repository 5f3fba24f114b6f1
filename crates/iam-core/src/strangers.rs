//! Failed sign-ins of names that nobody has, counted in memory so that they are delayed and refused
//! exactly like the names of users.
//!
//! Bounded: when the table is full, it forgets the oldest half.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The most names in each of the two halves.
const HALF_MAX: usize = 50_000;

/// Counters of names that nobody has.
#[derive(Default)]
pub struct Strangers(Mutex<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<u64, i64>,
    old: HashMap<u64, i64>,
}

impl Strangers {
    /// Counts another failure of that name; answers how many there were before.
    pub fn count(&self, name: u64) -> i64 {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = halves.young.get(&name).or_else(|| halves.old.get(&name)).copied();
        if halves.young.len() >= HALF_MAX {
            halves.old = std::mem::take(&mut halves.young);
        }
        let before = before.unwrap_or(0);
        halves.young.insert(name, before.saturating_add(1));
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_remembered_while_as_many_others_come_as_the_table_is_said_to_hold() {
        let strangers = Strangers::default();
        assert_eq!((strangers.count(0), strangers.count(0)), (0, 1));
        for name in 1..HALF_MAX as u64 {
            strangers.count(name);
        }
        assert_eq!(strangers.count(0), 2);
    }

    #[test]
    fn the_table_is_bounded() {
        let strangers = Strangers::default();
        for name in 0..1_000_000 {
            strangers.count(name);
        }
        let halves = strangers.0.lock().unwrap();
        assert!(halves.young.len() + halves.old.len() <= 2 * HALF_MAX);
    }
}
