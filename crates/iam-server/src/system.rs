//! What the process takes from the operating system: its clock, its randomness, and the promise to
//! leave no secret behind in files or core dumps.

use crate::failure::Failure;
use iam_api::Timestamp;
use iam_core::context::{Clock, Random};
use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit};
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock on the wall.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Going on without it would make secrets that can be guessed; a panic ends this request.
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

/// Makes files private from here on, and keeps the memory out of core dumps and other processes.
pub(crate) fn keep_secrets() -> Result<(), Failure> {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let failed = |cause| Failure::new(format!("cannot switch core dumps off: {cause}"));
    rustix::process::setrlimit(Resource::Core, none).map_err(failed)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(failed)?;
    Ok(())
}

/// How many files the process may have open, after it has asked for as many as it may.
pub(crate) fn open_files_max() -> u64 {
    let most = rustix::process::getrlimit(Resource::Nofile).maximum;
    let all = Rlimit { current: most, maximum: most };
    let _else_as_before = rustix::process::setrlimit(Resource::Nofile, all);
    rustix::process::getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_past_2026_and_two_draws_differ() {
        assert!(SystemClock.now() > Timestamp::from_micros(1_767_225_600_000_000));
        let (mut first, mut second) = ([0; 32], [0; 32]);
        SystemRandom.fill(&mut first);
        SystemRandom.fill(&mut second);
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }
}
