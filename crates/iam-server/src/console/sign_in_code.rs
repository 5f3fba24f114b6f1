//! The second page of signing in: the code of the user's device, after the right password.
//!
//! Whatever is not right about a code, the answer is the same. Where the password has to be shown
//! again, so is the page that asks for it.

use super::fault::Fault;
use super::forms::Form;
use super::frame::page;
use super::query::encode;
use super::sign_in::{self, after, set_cookie};
use super::visit::{Halfway, Visit};
use super::{cookies, next};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use iam_core::second_factor::{self, Shown};
use iam_core::sessions;

/// The page's address.
pub(crate) const PATH: &str = "/console/sign-in/code";

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    next: &'a str,
    token: String,
    again: String,
    refused: bool,
}

/// Where somebody goes on who has shown the password.
pub(crate) fn address(next: &str) -> String {
    if next.is_empty() { PATH.to_owned() } else { format!("{PATH}?next={}", encode(next)) }
}

/// Asks for the code.
pub(crate) async fn show(Halfway(visit): Halfway) -> Result<Response, Fault> {
    let next = next::own_path(visit.query.text("next")).unwrap_or_default();
    form(&visit, next, false).await
}

/// Takes the code.
pub(crate) async fn submit(Form(Halfway(visit), fields): Form<Halfway>) -> Result<Response, Fault> {
    let next = next::own_path(fields.text("next")).unwrap_or_default();
    let (session, source, app) = (visit.session.clone(), visit.source.clone(), &visit.app);
    let _place = app.place()?;
    let reserve =
        app.write(move |app, tx| second_factor::reserve(tx, &app.context, &source, &session));
    let Some(attempt) = reserve.await? else { return Ok(over()) };
    tokio::time::sleep(attempt.delay()).await;
    let (session, source) = (visit.session.clone(), visit.source.clone());
    let code = fields.secret("code");
    let conclude = app.write(move |app, tx| {
        second_factor::conclude(tx, &app.context, &source, &session, &attempt, &code)
    });
    Ok(match conclude.await? {
        Shown::Over => over(),
        Shown::Wrong => (StatusCode::FORBIDDEN, form(&visit, next, true).await?).into_response(),
        Shown::Right(new) => {
            let mut response = Redirect::to(&after(new.purpose, next)).into_response();
            set_cookie(&mut response, cookies::set(cookies::SESSION, &new.token));
            response
        }
    })
}

async fn form(visit: &Visit, next: &str, refused: bool) -> Result<Response, Fault> {
    let session = visit.session.clone();
    let tenancy = visit.app.read(move |_, tx| sessions::tenancy_name(tx, &session));
    let tenancy = tenancy.await?;
    let again = format!("{}?tenant={}", sign_in::PATH, encode(&tenancy));
    page(&CodePage { next, token: visit.form_token(), again, refused })
}

fn over() -> Response {
    let to = format!("{}?done={}", sign_in::PATH, sign_in::CODE_OVER);
    let mut response = Redirect::to(&to).into_response();
    set_cookie(&mut response, cookies::clear(cookies::SESSION));
    response
}
