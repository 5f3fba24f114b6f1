//! What tests of other projects may do to a server that is for those alone: move its clock, put its
//! state back, have it fail.
//!
//! None of it is there without `serve --testing`: a server without has no [`Testing`] and none of
//! these routes. An installation is made for tests (`init --testing`) or it is not, for ever; one
//! that is not is never served with the switch, and one that is never without. Requests of the API
//! and the Console share the gate, which whoever changes all at once has alone: so a reset comes
//! between two requests, never into one. docs/decisions/0028.

mod clock;
mod door;
mod faults;
mod randomness;
mod states;
mod told;

use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::system::{SystemClock, SystemRandom};
use clock::MovedClock;
pub(crate) use door::{ROOT, router};
use faults::{Fault, Faults};
use iam_api::{Problem, Timestamp};
use iam_core::context::{Clock, Random};
use iam_core::hex;
use iam_store::{Store, StoreError, Tx};
use randomness::SeededRandom;
use serde::{Deserialize, Serialize};
use states::{START, State};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{RwLock, RwLockReadGuard};
pub(crate) use told::Told;
use zeroize::Zeroizing;

/// The name under which the store keeps that it was made for tests.
const MADE_FOR_TESTS: &str = "testing";
/// The names under which it keeps one more than the seed, and how often it was served.
const SEED: &str = "testing-seed";
const STARTS: &str = "testing-starts";
/// The name under which it keeps how far its clock was moved, in microseconds.
const MOVED: &str = "testing-clock";

/// What steers a server that is for tests.
pub(crate) struct Testing {
    clock: MovedClock,
    random: Option<SeededRandom>,
    faults: Mutex<Faults>,
    states: Mutex<BTreeMap<String, Arc<State>>>,
    gate: RwLock<()>,
    token: Zeroizing<String>,
}

/// How tests find their way to a server: a file in its data directory, while it is served.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Way {
    /// Where it is asked.
    pub(crate) url: String,
    /// What has to be shown there.
    pub(crate) token: Zeroizing<String>,
}

/// Notes in a new store that it is for tests, and the seed that it was made with.
pub(crate) fn mark(tx: &mut Tx<'_>, seed: Option<u32>) -> Result<(), StoreError> {
    tx.set_meta(MADE_FOR_TESTS, 1)?;
    tx.set_meta(SEED, seed.map_or(0, |seed| i64::from(seed) + 1))
}

/// Whether a store was made for tests.
pub(crate) fn is_for_tests(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(tx.meta(MADE_FOR_TESTS)? != 0)
}

/// Where `init` draws what it draws.
pub(crate) fn randomness(seed: Option<u32>) -> Box<dyn Random> {
    match seed {
        Some(seed) => Box::new(SeededRandom::new(seed, 0)),
        None => Box::new(SystemRandom),
    }
}

/// Refuses to serve with the switch what was not made for tests, and without it what was.
pub(crate) fn must_be_meant(store: &Store, is_testing: bool) -> Result<(), Failure> {
    match (store.read(is_for_tests)??, is_testing) {
        (true, true) | (false, false) => Ok(()),
        (true, false) => Err(Failure::new(
            "this installation was made for tests, where what should be secret need not be; serve \
             it with --testing, or make another one with `durward init`",
        )),
        (false, true) => Err(Failure::new(
            "this installation was not made for tests, which would move its clock and throw away \
             what it holds; make one with `durward init --testing`, or serve it without --testing",
        )),
    }
}

impl Testing {
    /// Begins to steer a store that was made for tests, from the state that it is in.
    pub(crate) fn begin(store: &Store) -> Result<Self, Failure> {
        let count = |tx: &mut Tx<'_>| {
            let starts = tx.meta(STARTS)? + 1;
            tx.set_meta(STARTS, starts)?;
            Ok::<_, StoreError>((tx.meta(SEED)?, starts, tx.meta(MOVED)?))
        };
        let (seed, starts, moved) = store.write(count).wait()??;
        let seeded = u32::try_from(seed - 1).ok();
        let mut token = [0; 32];
        SystemRandom.fill(&mut token);
        let testing = Self {
            clock: MovedClock::by(moved),
            random: seeded.map(|seed| SeededRandom::new(seed, starts)),
            faults: Mutex::default(),
            states: Mutex::default(),
            gate: RwLock::default(),
            token: Zeroizing::new(hex::encode(&token)),
        };
        if let Some(kept) = store.read(|tx| tx.keep_all())?? {
            testing.states().insert(START.to_owned(), Arc::new(testing.state(kept)));
        }
        Ok(testing)
    }

    /// The clock that everything of this server goes by.
    pub(crate) fn clock(&self) -> Box<dyn Clock> {
        Box::new(self.clock.clone())
    }

    /// Where this server draws what it draws.
    pub(crate) fn random(&self) -> Box<dyn Random> {
        match &self.random {
            Some(random) => Box::new(random.clone()),
            None => Box::new(SystemRandom),
        }
    }

    /// The time by the clock on the wall, which those who sign requests go by.
    pub(crate) fn time_of_signers() -> Timestamp {
        SystemClock.now()
    }

    /// Waits until nobody changes all at once, and keeps everybody from it who would.
    pub(crate) async fn shared(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().await
    }

    /// The fault that a request for that operation meets, if it meets one.
    pub(crate) fn fault(&self, operation: &str) -> Option<Fault> {
        self.faults().next(operation)
    }

    /// Tells tests the way, by a file that its owner alone can read.
    pub(crate) fn tell(&self, dir: &Path, address: &str) -> Result<Told, Failure> {
        let way = Way { url: format!("{address}{ROOT}"), token: self.token.clone() };
        let text = serde_json::to_string(&way).map(Zeroizing::new);
        let text = text.map_err(|cause| Failure::new(cause.to_string()))?;
        Told::new(DataDir::at(dir)?.testing_file(), &text)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn states(&self) -> MutexGuard<'_, BTreeMap<String, Arc<State>>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a test asked for that cannot be.
fn refused(message: impl Into<String>) -> Problem {
    Problem::invalid(message)
}
