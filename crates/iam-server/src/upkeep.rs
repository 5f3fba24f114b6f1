//! What has to be done now and then while the server runs: the clock's high-water mark is kept, and
//! what has expired is dropped.

use crate::app::Shared;
use iam_api::Problem;
use iam_core::call::store_problem;
use iam_core::context::HIGH_WATER;
use iam_core::{retry_tokens, sessions};
use std::time::Duration;
use tokio::time::MissedTickBehavior;

const PERIOD: Duration = Duration::from_secs(60);
/// The most batches of expired retry tokens that are dropped at once.
const SWEEPS_MAX: usize = 100;

/// Does it at once and every minute, for ever.
pub(crate) async fn run(app: Shared) {
    let mut minute = tokio::time::interval(PERIOD);
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        minute.tick().await;
        if let Err(problem) = once(&app).await {
            tracing::error!(%problem, cause = ?problem.cause, "upkeep failed");
        }
    }
}

/// Does it once.
pub(crate) async fn once(app: &Shared) -> Result<(), Problem> {
    app.write(|app, tx| {
        let now = app.context.now();
        tx.set_meta(HIGH_WATER, app.context.high_water().as_micros()).map_err(store_problem)?;
        tx.drop_sessions_before(now.plus_seconds(-sessions::ABSOLUTE_SECONDS))
            .map_err(store_problem)
    })
    .await?;
    for _ in 0..SWEEPS_MAX {
        if !app.write(|app, tx| retry_tokens::sweep(tx, app.context.now())).await? {
            break;
        }
    }
    Ok(())
}
