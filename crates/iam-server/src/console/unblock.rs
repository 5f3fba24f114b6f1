//! Unblocking a user who failed to sign in ten times in a row.

use super::fault::Fault;
use super::forms::Form;
use super::user::params;
use super::visit::Member;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::users::{UPDATE_USER_STATE, UpdateStateDetails};

/// Unblocks, and goes back to the user's page.
pub(crate) async fn submit(
    Path(user_id): Path<String>,
    Form(Member(visit), _): Form<Member>,
) -> Result<Response, Fault> {
    let details = UpdateStateDetails { blocked: Some(false) };
    let user = visit.perform(&UPDATE_USER_STATE, params(&user_id), &details).await?.body;
    Ok(Redirect::to(&format!("/console/users/{}?done=unblocked", user.id)).into_response())
}
