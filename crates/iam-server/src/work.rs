//! The worker that sees to work requests. Every node has one; which of them takes a work request is
//! a matter of who looks first, and what a dead one has taken comes back by itself.

use crate::app::Shared;
use iam_api::Problem;
use iam_core::work_requests;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often it is looked at whether a request to this process has begun one.
const LOOK: Duration = Duration::from_millis(100);
/// Every so many looks the store is looked at: who was asked may have died since.
const LOOK_IN_STORE_EVERY: u32 = 20;

/// Sees to work requests for ever.
pub(crate) async fn run(app: Shared) {
    let mut round = 0_u32;
    loop {
        let asked = app.context.work_wanted.swap(false, Ordering::Relaxed);
        if (asked || round.is_multiple_of(LOOK_IN_STORE_EVERY))
            && let Err(problem) = all(&app).await
        {
            tracing::error!(%problem, cause = ?problem.cause, "a work request does not go on");
        }
        round = round.wrapping_add(1);
        tokio::time::sleep(LOOK).await;
    }
}

/// Sees to every work request that nobody else sees to, one after the other.
pub async fn all(app: &Shared) -> Result<(), Problem> {
    while app.read(|app, tx| work_requests::is_due(tx, &app.context)).await? {
        let _unchanged_meanwhile = app.shared().await;
        let mut taken = app.write(|app, tx| work_requests::take(tx, &app.context)).await?;
        while let Some(work) = taken {
            taken = app
                .write(move |app, tx| work_requests::step(tx, &app.context, work.clone()))
                .await?;
        }
    }
    Ok(())
}
