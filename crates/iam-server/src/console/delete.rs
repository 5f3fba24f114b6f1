//! Deleting a user, after a page that names them and what goes with them.

use super::fault::Fault;
use super::forms::Form;
use super::frame::{Frame, page};
use super::text::sentence;
use super::user::{Shown, params, read};
use super::visit::{Member, Visit};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::users::DELETE_USER;
use iam_api::{Code, Ocid, Problem};

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    frame: Frame,
    user: Shown,
    refused: Option<String>,
}

/// Shows what goes with the user, and asks.
pub(crate) async fn show(
    Member(visit): Member,
    Path(user_id): Path<String>,
) -> Result<Response, Fault> {
    confirm(&visit, &user_id, None).await
}

/// Deletes the user.
pub(crate) async fn submit(
    Path(user_id): Path<String>,
    Form(Member(visit), _): Form<Member>,
) -> Result<Response, Fault> {
    match visit.perform(&DELETE_USER, params(&user_id), &()).await {
        Ok(_) => Ok(Redirect::to("/console/users?done=deleted").into_response()),
        Err(problem) if problem.code == Code::Conflict => {
            let again = confirm(&visit, &user_id, Some(sentence(&problem.message))).await?;
            Ok((StatusCode::CONFLICT, again).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

async fn confirm(visit: &Visit, user_id: &str, refused: Option<String>) -> Result<Response, Fault> {
    let [may] = visit.may_to(Some(&Ocid::from(user_id)), [&DELETE_USER.spec]).await?;
    if !may {
        return Err(Problem::not_found().into());
    }
    let (user, _) = read(visit, user_id).await?;
    let frame = Frame::of(visit, "users").await?;
    page(&DeletePage { frame, user: Shown::from(&user), refused })
}
