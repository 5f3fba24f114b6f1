//! What kinds of credentials a user may use: looked at and changed.

use super::fault::Fault;
use super::forms::Form;
use super::frame::{Frame, page};
use super::user::{Capability, Shown, list_capabilities, params, read};
use super::visit::{Member, Visit};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::operation::IF_MATCH;
use iam_api::users::{UPDATE_USER_CAPABILITIES, UpdateUserCapabilitiesDetails};
use iam_api::{Code, Ocid, Problem};

#[derive(Template)]
#[template(path = "capabilities.html")]
struct CapabilitiesPage {
    frame: Frame,
    user: Shown,
    etag: String,
    capabilities: Vec<Capability>,
    refused: bool,
}

/// Shows the form, to those who may use it.
pub(crate) async fn show(
    Member(visit): Member,
    Path(user_id): Path<String>,
) -> Result<Response, Fault> {
    form(&visit, &user_id, false).await
}

/// Changes what was chosen, unless someone else changed the user meanwhile.
pub(crate) async fn submit(
    Path(user_id): Path<String>,
    Form(Member(visit), fields): Form<Member>,
) -> Result<Response, Fault> {
    let chosen = |id| Some(fields.text(id) == "on");
    let details = UpdateUserCapabilitiesDetails {
        can_use_console_password: chosen("console-password"),
        can_use_api_keys: chosen("api-keys"),
        can_use_auth_tokens: chosen("auth-tokens"),
        can_use_smtp_credentials: chosen("smtp-credentials"),
        can_use_db_credentials: chosen("db-credentials"),
        can_use_customer_secret_keys: chosen("customer-secret-keys"),
        can_use_oauth2_client_credentials: chosen("oauth2-client-credentials"),
    };
    let params = params(&user_id).with(IF_MATCH.name, fields.text("etag"));
    match visit.perform(&UPDATE_USER_CAPABILITIES, params, &details).await {
        Ok(reply) => {
            let to = format!("/console/users/{}?done=capabilities", reply.body.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(problem) if problem.code == Code::NoEtagMatch => {
            let again = form(&visit, &user_id, true).await?;
            Ok((StatusCode::PRECONDITION_FAILED, again).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

async fn form(visit: &Visit, user_id: &str, refused: bool) -> Result<Response, Fault> {
    let [may] = visit.may_to(Some(&Ocid::from(user_id)), [&UPDATE_USER_CAPABILITIES.spec]).await?;
    if !may {
        return Err(Problem::not_found().into());
    }
    let (user, etag) = read(visit, user_id).await?;
    page(&CapabilitiesPage {
        frame: Frame::of(visit, "users").await?,
        capabilities: list_capabilities(&user),
        user: Shown::from(&user),
        etag,
        refused,
    })
}
