//! Sign-ins per second, as far as their price is the weighing of a password: Argon2id, which costs
//! the same for every answer.

use crate::Result;
use crate::report::Report;
use crate::seed::{Dice, Thrown};
use iam_api::{Secret, Timestamp};
use iam_core::audit::Source;
use iam_core::context::{Clock, Context, Limits};
use iam_core::server_key::ServerKey;
use iam_core::sign_in;
use iam_core::strangers::Strangers;
use iam_store::Store;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const TIME: Duration = Duration::from_secs(3);

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_795_435_200_000_000)
    }
}

/// Measures on one core and on all.
pub(crate) fn measure(report: &mut Report) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let store = Store::create(&dir.path().join("bench.db"))?;
    let context = Context::new(
        Box::new(Standing),
        Box::new(Thrown(Mutex::new(Dice(1)))),
        ServerKey::new([7; 32]),
        Limits::default(),
        Timestamp::default(),
    );
    let context = std::sync::Arc::new(context);
    let reserving = std::sync::Arc::clone(&context);
    let attempt = store
        .write(move |tx| {
            let (strangers, source) = (Strangers::default(), Source::default());
            sign_in::reserve(tx, &reserving, &strangers, &source, ("nobody", "at all"))
        })
        .wait()??;
    let cores = std::thread::available_parallelism()?.get();
    let rate = |threads: usize| {
        let count = AtomicU64::new(0);
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while start.elapsed() < TIME {
                        let _verdict = attempt.weigh(&context, &Secret::new("a guess".to_owned()));
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let count = u32::try_from(count.into_inner()).unwrap_or(u32::MAX);
        f64::from(count) / start.elapsed().as_secs_f64()
    };
    report.section(
        "Sign-ins per second",
        "What weighing a password costs (Argon2id, slow on purpose), and so the most sign-ins that \
         a machine can take; as many are weighed at once as there are cores.",
    );
    let rows = [1, cores].map(|threads| vec![threads.to_string(), format!("{:.0}", rate(threads))]);
    report.table(&["cores", "passwords weighed/s"], rows.to_vec());
    Ok(())
}
