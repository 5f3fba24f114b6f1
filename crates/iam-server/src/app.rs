//! What all requests share: the store, the context, the caches, and what the configuration says of
//! the address that people use.

use crate::config::Enforcement;
use crate::current::Current;
use crate::health::Health;
use crate::http::Timeouts;
use crate::metrics::Metrics;
use crate::post::Post;
use crate::rates::Rates;
use crate::testing::Testing;
use crate::traces::{During, Traces};
use iam_api::{Code, Problem, Secret, Timestamp};
use iam_core::access::Access;
use iam_core::call::store_problem;
use iam_core::context::Context;
use iam_core::sign_in::{Attempt, Verdict};
use iam_core::strangers::Strangers;
use iam_store::{Lookups, Store, StoreError, Tx};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{RwLockReadGuard, Semaphore, SemaphorePermit};

/// The most sign-ins and password changes that wait to be weighed; what comes on top is refused.
const HASHING_WAITS_MAX: usize = 128;
/// How long one of them waits for its turn.
const HASHING_WAIT: Duration = Duration::from_secs(10);

/// How the server is reached.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// The host names (without port) that requests may be addressed to, besides loopback's.
    pub hosts: Vec<String>,
    /// Whether people reach it by TLS, here or at a proxy in front.
    pub is_tls: bool,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
}

/// What all requests share.
pub struct App {
    /// What the installation keeps.
    pub store: Store,
    /// Clock, randomness, the server's key, limits.
    pub context: Context,
    /// Caches of what authentication and authorization read.
    pub access: Access,
    /// Failed sign-ins of names that nobody has.
    pub strangers: Strangers,
    /// How the server is reached.
    pub reach: Reach,
    /// How long a peer may keep the server waiting.
    pub timeouts: Timeouts,
    /// E-mail.
    pub post: Post,
    /// What is counted of requests.
    pub metrics: Metrics,
    /// How many of them there may be.
    pub rates: Rates,
    /// Whether what policies refuse is refused.
    pub enforcement: Enforcement,
    /// Where their time goes.
    pub(crate) traces: Traces,
    /// What tests steer, where this server is for those alone.
    pub(crate) testing: Option<Testing>,
    /// Whether this process is ready for them.
    pub health: Health,
    attempts: Semaphore,
    hashing: Semaphore,
    waiting: Semaphore,
}

/// What a server may do without.
#[derive(Default)]
pub(crate) struct Outfit {
    /// E-mail.
    pub(crate) post: Post,
    /// How many requests there may be.
    pub(crate) rates: Rates,
    /// Whether what policies refuse is refused.
    pub(crate) enforcement: Enforcement,
    /// Where their time goes.
    pub(crate) traces: Traces,
    /// What tests steer.
    pub(crate) testing: Option<Testing>,
}

/// The one [`App`] of a process.
pub type Shared = Arc<App>;

impl App {
    /// Puts together what requests share, with no way for e-mail to leave.
    #[must_use]
    pub fn new(store: Store, context: Context, reach: Reach) -> Shared {
        Self::with(store, context, reach, Outfit::default())
    }

    /// Puts together what requests share.
    #[must_use]
    pub(crate) fn with(store: Store, context: Context, reach: Reach, outfit: Outfit) -> Shared {
        let Outfit { post, rates, enforcement, traces, testing } = outfit;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let metrics = Metrics::new(context.now());
        Arc::new(Self {
            store,
            context,
            access: Access::default(),
            strangers: Strangers::default(),
            reach,
            timeouts: Timeouts::default(),
            post,
            metrics,
            rates,
            enforcement,
            traces,
            testing,
            health: Health::default(),
            attempts: Semaphore::new(HASHING_WAITS_MAX),
            hashing: Semaphore::new(cores),
            waiting: Semaphore::new(HASHING_WAITS_MAX),
        })
    }

    /// A share of a server for tests, which is not changed as a whole as long as it is kept.
    pub(crate) async fn shared(&self) -> Option<RwLockReadGuard<'_, ()>> {
        match &self.testing {
            Some(testing) => Some(testing.shared().await),
            None => None,
        }
    }

    /// The moment that the dates of signed requests are compared with.
    pub(crate) fn time_of_signers(&self) -> Timestamp {
        match self.testing {
            Some(_) => Testing::time_of_signers(),
            None => self.context.now(),
        }
    }

    /// Runs work that only reads, off the threads that serve connections.
    pub async fn read<R, E>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self, &mut Tx<'_>) -> Result<R, E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<Problem> + Send + 'static,
    {
        self.read_with(|_| Lookups::default(), work).await
    }

    /// The same, of which is known what it will look up first.
    pub(crate) async fn read_with<R, E>(
        self: &Arc<Self>,
        lookups: impl FnOnce(&Self) -> Lookups + Send + 'static,
        work: impl FnOnce(&Self, &mut Tx<'_>) -> Result<R, E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<Problem> + Send + 'static,
    {
        let app = Arc::clone(self);
        let current = Current::of_task();
        let stage = During::begin("wait");
        let run = move || {
            Current::during(current.as_ref(), || {
                stage.at().then("transaction");
                let answer = app.store.read_with(|| lookups(&app), |tx| work(&app, tx));
                drop(stage);
                answer
            })
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(cause)) => Err(store_problem(cause).into()),
            Err(cause) => Err(Problem::internal(cause).into()),
        }
    }

    /// Runs work that changes; answers when the change is durable. It may run more than once.
    pub async fn write<R, E>(
        self: &Arc<Self>,
        work: impl FnMut(&Self, &mut Tx<'_>) -> Result<R, E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<Problem> + Send + 'static,
    {
        self.write_with(|_| Lookups::default(), work).await
    }

    /// The same, of which is known what it will look up first.
    pub(crate) async fn write_with<R, E>(
        self: &Arc<Self>,
        lookups: impl FnOnce(&Self) -> Lookups,
        mut work: impl FnMut(&Self, &mut Tx<'_>) -> Result<R, E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<Problem> + Send + 'static,
    {
        let app = Arc::clone(self);
        let current = Current::of_task();
        let stage = During::begin("wait");
        let at = stage.at();
        let work = move |tx: &mut Tx<'_>| {
            Current::during(current.as_ref(), || {
                at.then("transaction");
                let answer = work(&app, tx);
                at.then("commit");
                answer
            })
        };
        let written = self.store.write_with(|| lookups(self), work).await;
        drop(stage);
        if !matches!(written, Err(StoreError::Busy | StoreError::Conflict | StoreError::Panicked)) {
            self.health.changed(written.is_ok());
        }
        match written {
            Ok(answer) => answer,
            Err(cause) => Err(store_problem(cause).into()),
        }
    }

    /// A place for one attempt to show a password: as many as may wait to be weighed, so that none
    /// is counted and then refused for lack of room. Taken before the attempt is counted.
    pub(crate) fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let message = "Too many people are signing in at once. Wait a moment and try again.";
        self.attempts.try_acquire().map_err(|_| Problem::new(Code::TooManyRequests, message))
    }

    /// Waits as long as the failures before ask for, then weighs the password.
    pub(crate) async fn weigh(
        self: &Arc<Self>,
        attempt: &Attempt,
        password: Secret,
    ) -> Result<Verdict, Problem> {
        tokio::time::sleep(attempt.delay()).await;
        let attempt = attempt.clone();
        self.hash(move |app| attempt.weigh(&app.context, &password)).await
    }

    /// Runs work that hashes passwords: as many at once as there are cores, a bounded number
    /// waiting, and the rest refused at once.
    pub async fn hash<R: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> R + Send + 'static,
    ) -> Result<R, Problem> {
        let busy = || {
            let message = "Too many sign-ins at once. Wait a moment and try again.";
            Problem::new(Code::TooManyRequests, message)
        };
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let turn = tokio::time::timeout(HASHING_WAIT, self.hashing.acquire()).await;
        let _turn = turn.map_err(|_| busy())?.map_err(Problem::internal)?;
        let (app, current) = (Arc::clone(self), Current::of_task());
        let _stage = During::begin("hash");
        let run = move || Current::during(current.as_ref(), || work(&app));
        tokio::task::spawn_blocking(run).await.map_err(Problem::internal)
    }
}
