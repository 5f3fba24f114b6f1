//! What has to be done now and then while the server runs: the clock's high-water mark is kept,
//! what has expired is dropped, and people who asked for a way back in get one.

use crate::app::Shared;
use iam_api::Problem;
use iam_core::call::store_problem;
use iam_core::clock::{self, Mark};
use iam_core::{audit, recovery, refusals, retry_tokens, session_tokens, work_requests};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

const PERIOD: Duration = Duration::from_secs(60);
/// The most batches of expired retry tokens that are dropped at once.
const SWEEPS_MAX: usize = 100;

/// How often it is looked at whether somebody asked this process for a way back in.
const LOOK: Duration = Duration::from_millis(250);
/// How often the store is looked at: whoever was asked may have died since.
const LOOK_IN_STORE: Duration = Duration::from_secs(5);

/// Does it at once and every minute, and what people wait for much sooner, for ever.
pub(crate) async fn run(app: Shared) {
    let mut minute = tokio::time::interval(PERIOD);
    let mut look = tokio::time::interval(LOOK);
    let mut look_in_store = tokio::time::interval(LOOK_IN_STORE);
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    look_in_store.set_missed_tick_behavior(MissedTickBehavior::Delay);
    if let Err(problem) = look_at_policies(&app).await {
        tracing::error!(%problem, cause = ?problem.cause, "the policies could not be looked at");
    }
    loop {
        let done = tokio::select! {
            _ = minute.tick() => once(&app).await,
            _ = look.tick() => match app.context.recovery_wanted.swap(false, Ordering::Relaxed) {
                true => recover(&app).await,
                false => Ok(()),
            },
            _ = look_in_store.tick() => see_to_what_others_left(&app).await,
        };
        if let Err(problem) = done {
            app.health.changed(false); // if it was not a change that failed, that is seen soon
            tracing::error!(%problem, cause = ?problem.cause, "upkeep failed");
        }
    }
}

/// Keeps the clock's high-water mark: the least change that there is.
pub(crate) async fn keep_clock(app: &Shared) -> Result<(), Problem> {
    app.write(|app, tx| clock::keep(tx, &app.context)).await
}

/// Does it once.
pub(crate) async fn once(app: &Shared) -> Result<(), Problem> {
    app.write(|app, tx| {
        let now = app.context.now();
        clock::keep(tx, &app.context)?;
        tx.drop_counters_before(now.plus_seconds(-recovery::HOUR_SECONDS))
            .map_err(store_problem)?;
        tx.drop_sessions_before(now.plus_seconds(-session_tokens::SESSION_SECONDS))
            .map_err(store_problem)
    })
    .await?;
    recover(app).await?;
    app.write(|app, tx| work_requests::forget(tx, &app.context)).await?;
    app.write(|app, tx| refusals::forget(tx, &app.context)).await?;
    for _ in 0..SWEEPS_MAX {
        if !app.write(|app, tx| retry_tokens::sweep(tx, app.context.now())).await? {
            break;
        }
    }
    for _ in 0..SWEEPS_MAX {
        if app.write(|app, tx| audit::forget(tx, &app.context)).await? == 0 {
            break;
        }
    }
    Ok(())
}

/// Reads all policies before any request asks for them: so it is known from the start where one
/// cannot be read.
pub async fn look_at_policies(app: &Shared) -> Result<(), Problem> {
    let look = app.read(|app, tx| {
        for (at, _) in tx.tenancies().map_err(store_problem)? {
            app.access.policies(tx, at, "upkeep")?;
        }
        Ok::<_, Problem>(())
    });
    look.await
}

/// Work of a node that died, and a time that was accepted on the host.
async fn see_to_what_others_left(app: &Shared) -> Result<(), Problem> {
    let look = app.read(|_, tx| {
        let left = tx.recovery_requests(1).map_err(store_problem)?;
        Ok::<_, Problem>((left.is_empty(), Mark::read(tx)?))
    });
    let (nothing_left, mark) = look.await?;
    if app.context.is_outdated_by(mark) {
        app.write(|app, tx| clock::keep(tx, &app.context)).await?;
    }
    if nothing_left { Ok(()) } else { recover(app).await }
}

/// Looks at who has asked for a way back in.
pub async fn recover(app: &Shared) -> Result<(), Problem> {
    while app.write(|app, tx| recovery::work_off(tx, &app.context)).await? {}
    Ok(())
}
