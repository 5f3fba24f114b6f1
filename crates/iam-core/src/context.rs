//! What every call may use besides its transaction: clock, randomness, the server's key, limits.
//!
//! The clock and the randomness are parameters, so that seven days pass in a millisecond in a test.
//! [`Context`] also keeps the clock's high-water mark: what has expired once stays expired when the
//! clock goes back.

use crate::clock::Mark;
use crate::counts::Counts;
pub use crate::limits::Limits;
use crate::mail::Outbox;
use crate::server_key::ServerKey;
use crate::tag_defaults::Known;
use iam_api::Timestamp;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Where randomness comes from.
pub trait Random: Send + Sync {
    /// Fills the bytes with what nobody can foretell.
    fn fill(&self, bytes: &mut [u8]);
}

/// What every call may use besides its transaction.
pub struct Context {
    clock: Box<dyn Clock>,
    random: Box<dyn Random>,
    high_water: AtomicI64,
    /// How often an operator has accepted an earlier time, as far as this process knows.
    accepted: AtomicI64,
    /// The server's own secret key.
    pub key: ServerKey,
    /// How many of each thing there may be.
    pub limits: Limits,
    /// Whether the API keys of a user who is blocked from the Console go on signing requests; true
    /// unless the configuration says otherwise (docs/decisions/0005).
    pub blocked_may_sign: bool,
    /// For how many days the audit trail is kept; 0 keeps all of it.
    pub audit_retention_days: u16,
    /// How many letters wait for a mail server, and how many may.
    pub outbox: Outbox,
    /// The tag defaults of tenancies.
    pub tag_defaults: Known,
    /// What operators want counted.
    pub counts: Counts,
    /// Whether somebody has asked for a way back in since that was last looked at.
    pub recovery_wanted: AtomicBool,
    /// Whether a work request was begun since that was last looked at.
    pub work_wanted: AtomicBool,
    /// Where people reach the server: what links begin with, and the address of domains. It comes
    /// from the configuration, never from a request, and is set when the port is known.
    pub public_url: OnceLock<String>,
}

/// For how many days the audit trail is kept unless the configuration says otherwise: as OCI does.
pub const AUDIT_RETENTION_DAYS: u16 = 365;

/// How far the clock may have gone back behind the making of something before it is over.
pub const CLOCK_SLACK_SECONDS: i64 = 300;

/// The name under which the store keeps the clock's high-water mark.
pub const HIGH_WATER: &str = "clock";

impl Context {
    /// `high_water` is the latest moment that this installation ever saw, from its store.
    #[must_use]
    pub fn new(
        clock: Box<dyn Clock>,
        random: Box<dyn Random>,
        key: ServerKey,
        limits: Limits,
        high_water: Timestamp,
    ) -> Self {
        let high_water = AtomicI64::new(high_water.as_micros());
        let outbox = Outbox::default();
        Self {
            clock,
            random,
            high_water,
            accepted: AtomicI64::new(0),
            key,
            limits,
            blocked_may_sign: true,
            audit_retention_days: AUDIT_RETENTION_DAYS,
            outbox,
            tag_defaults: Known::default(),
            counts: Counts::default(),
            recovery_wanted: AtomicBool::new(true),
            work_wanted: AtomicBool::new(true),
            public_url: OnceLock::new(),
        }
    }

    /// The present moment by the clock on the wall.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        self.high_water.fetch_max(now.as_micros(), Ordering::Relaxed);
        now
    }

    /// Takes note of the latest moment that another process of this installation saw; forgets what
    /// this one saw, where an operator has accepted an earlier time since.
    pub fn learn(&self, mark: Mark) {
        let known = self.accepted.swap(mark.accepted, Ordering::Relaxed);
        match known == mark.accepted {
            true => self.high_water.fetch_max(mark.latest.as_micros(), Ordering::Relaxed),
            false => self.high_water.swap(mark.latest.as_micros(), Ordering::Relaxed),
        };
    }

    /// Whether an operator has accepted an earlier time that this process has not learned of.
    #[must_use]
    pub fn is_outdated_by(&self, mark: Mark) -> bool {
        self.accepted.load(Ordering::Relaxed) != mark.accepted
    }

    /// The latest moment that this installation ever saw.
    #[must_use]
    pub fn high_water(&self) -> Timestamp {
        Timestamp::from_micros(self.high_water.load(Ordering::Relaxed))
    }

    /// Where people reach the server; empty while nothing listens.
    #[must_use]
    pub fn public_url(&self) -> &str {
        self.public_url.get().map_or("", String::as_str)
    }

    /// Whether what was made for a time is over. Time that was seen since it was made counts, also
    /// when the clock went back; a clock from before it was made is not believed. `anchor` is the
    /// high-water mark of its making.
    #[must_use]
    pub fn is_over(&self, created: Timestamp, expires: Timestamp, anchor: Timestamp) -> bool {
        let (now, mark) = (self.now(), self.high_water());
        let latest = if mark > anchor { now.max(mark) } else { now };
        latest >= expires || now < created.plus_seconds(-CLOCK_SLACK_SECONDS)
    }

    /// Fills the bytes with randomness.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }

    /// That many random bytes.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A new etag: 40 hexadecimal digits, as OCI's are.
    #[must_use]
    pub fn etag(&self) -> String {
        crate::hex::encode(&self.random::<20>())
    }
}
