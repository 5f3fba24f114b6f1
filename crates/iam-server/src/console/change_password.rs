//! Choosing a new password: because a one-time password has to be changed, or because the user
//! wants to, and then only with the current one.

use super::fault::Fault;
use super::forms::Form;
use super::frame::{Frame, page};
use super::password_form::{CURRENT, NEW, PasswordForm, REPEATED, Wrong};
use super::query::encode;
use super::sign_in::{self, set_cookie};
use super::visit::{Changer, Visit};
use super::{cookies, home, next};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::Secret;
use iam_core::change_password::{self, Declined, Situation};
use iam_core::sessions::NewSession;
use iam_store::Purpose;
use std::sync::Arc;

/// The page's address.
pub(crate) const PATH: &str = "/console/change-password";

/// The page's address for who goes on to `next` then.
pub(crate) fn address(next: &str) -> String {
    match next::own_path(next) {
        Some(next) => format!("{PATH}?next={}", encode(next)),
        None => PATH.to_owned(),
    }
}

/// While nothing else of the Console may be reached.
#[derive(Template)]
#[template(path = "choose_password.html")]
struct ChoosePage {
    form: PasswordForm,
}

#[derive(Template)]
#[template(path = "change_password.html")]
struct ChangePage {
    frame: Frame,
    form: PasswordForm,
}

/// Shows the form.
pub(crate) async fn show(Changer(visit): Changer) -> Result<Response, Fault> {
    let next = visit.query.text("next");
    match situation(&visit).await {
        Ok(situation) => form(&visit, next, situation, Wrong::default()).await,
        Err(declined) => refuse(&visit, next, declined).await,
    }
}

/// Takes the new password.
pub(crate) async fn submit(Form(Changer(visit), fields): Form<Changer>) -> Result<Response, Fault> {
    let (new, repeated) = (fields.secret(NEW), fields.secret(REPEATED));
    let next = fields.text("next");
    match change(&visit, fields.secret(CURRENT), new, repeated).await {
        Err(declined) => refuse(&visit, next, declined).await,
        Ok(None) => {
            let text = "The current password is not right. After ten failures in a row an \
                        administrator has to unblock you.";
            again(&visit, next, Wrong::with(CURRENT, text)).await
        }
        Ok(Some(begun)) => {
            let home = format!("{}?done=changed", home::PATH);
            let mut response = Redirect::to(next::own_path(next).unwrap_or(&home)).into_response();
            set_cookie(&mut response, cookies::set(cookies::SESSION, &begun.token));
            Ok(response)
        }
    }
}

async fn situation(visit: &Visit) -> Result<Situation, Declined> {
    let session = visit.session.clone();
    visit.app.read(move |_, tx| change_password::situation(tx, &session)).await
}

/// Changes the password; none where the current one is not right, which counts as a failed sign-in.
/// It is asked for first: the rules would tell whether a new password is the current one.
async fn change(
    visit: &Visit,
    current: Secret,
    new: Secret,
    repeated: Secret,
) -> Result<Option<NewSession>, Declined> {
    let app = &visit.app;
    let _place = app.place()?;
    if visit.session.purpose == Purpose::Console {
        let principal = Arc::clone(&visit.principal);
        let attempt = app
            .write(move |app, tx| change_password::reserve_current(tx, &app.context, &principal))
            .await?;
        let verdict = app.weigh(&attempt, current).await?;
        let source = visit.source.clone();
        let knows = app.write(move |app, tx| {
            change_password::confirm_current(tx, &app.context, &source, &attempt, &verdict)
        });
        if !knows.await? {
            return Ok(None);
        }
    }
    let situation = situation(visit).await?;
    let prepared = app
        .hash(move |app| change_password::prepare(&app.context, &situation, &new, &repeated))
        .await??;
    let (session, source) = (visit.session.clone(), visit.source.clone());
    app.write(move |app, tx| {
        change_password::commit(tx, &app.context, &source, &session, &prepared).map(Some)
    })
    .await
}

async fn refuse(visit: &Visit, next: &str, declined: Declined) -> Result<Response, Fault> {
    match Wrong::of(declined) {
        Ok(wrong) => again(visit, next, wrong).await,
        Err(Declined::Failed(problem)) => Err(problem.into()),
        Err(_) => {
            let to = format!("{}?done=over", sign_in::PATH);
            let mut response = Redirect::to(&to).into_response();
            set_cookie(&mut response, cookies::clear(cookies::SESSION));
            Ok(response)
        }
    }
}

async fn again(visit: &Visit, next: &str, wrong: Wrong) -> Result<Response, Fault> {
    match situation(visit).await {
        Ok(situation) => {
            let page = form(visit, next, situation, wrong).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Declined::Failed(problem)) => Err(problem.into()),
        Err(_) => Err(Fault::SignIn(None)),
    }
}

async fn form(
    visit: &Visit,
    next: &str,
    situation: Situation,
    wrong: Wrong,
) -> Result<Response, Fault> {
    let next = next::own_path(next).unwrap_or_default();
    let form = |button| {
        PasswordForm::new(PATH, visit.form_token(), button, &situation, wrong).going_on_to(next)
    };
    if visit.session.purpose == Purpose::Console {
        let form = form("Change password").asking_current();
        return page(&ChangePage { frame: Frame::of(visit, "me").await?, form });
    }
    page(&ChoosePage { form: form("Set password and go on") })
}
