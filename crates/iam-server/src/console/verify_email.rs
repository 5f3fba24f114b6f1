//! Asking for a mail that confirms one's own address.

use super::fault::Fault;
use super::forms::Form;
use super::user::read;
use super::visit::Member;
use axum::response::{IntoResponse, Redirect, Response};
use iam_core::recovery;

/// Where the button sends its form.
pub(crate) const PATH: &str = "/console/me/verify-email";

/// Mails the link, and goes back to the user's page.
pub(crate) async fn submit(Form(Member(visit), _): Form<Member>) -> Result<Response, Fault> {
    let (user, _) = read(&visit, visit.principal.user.as_str()).await?;
    let to = format!("/console/users/{}?done=asked", user.id);
    let (at, source) = (visit.principal.tenancy, visit.source.clone());
    visit
        .app
        .write(move |app, tx| recovery::ask_for_email(tx, &app.context, &source, at, &user))
        .await?;
    Ok(Redirect::to(&to).into_response())
}
