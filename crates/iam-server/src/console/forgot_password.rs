//! Asking for a way back in: who has forgotten their password names themselves, and if they may
//! have one a link is mailed to the address that is stored for them.
//!
//! The answer is the same for every name, and comes before anybody has looked who that is.

use super::fault::Fault;
use super::forms::Form;
use super::frame::page;
use super::query::encode;
use super::sign_in::{self, form_of, set_cookie};
use super::text::shown;
use super::visit::Stranger;
use super::{Seat, cookies};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use iam_core::recovery;

/// The page's address.
pub(crate) const PATH: &str = "/console/forgot-password";

#[derive(Template)]
#[template(path = "forgot_password.html")]
struct AskPage<'a> {
    tenancy: &'a str,
    token: String,
    sign_in: String,
}

#[derive(Template)]
#[template(path = "forgot_password_asked.html")]
struct AskedPage {
    tenancy: String,
    sign_in: String,
    again: String,
}

/// Shows the form, or what happens now that it was sent.
pub(crate) async fn show(stranger: Stranger) -> Result<Response, Fault> {
    let tenancy = stranger.query.text("tenant").trim();
    let at = |path: &str| match tenancy {
        "" => path.to_owned(),
        tenancy => format!("{path}?tenant={}", encode(tenancy)),
    };
    let sign_in = at(sign_in::PATH);
    if stranger.query.text("done") == "asked" {
        return page(&AskedPage { tenancy: shown(tenancy), sign_in, again: at(PATH) });
    }
    let (token, cookie) = form_of(&stranger);
    let mut response = page(&AskPage { tenancy, token, sign_in })?;
    set_cookie(&mut response, cookie);
    Ok(response)
}

/// Writes down who asks.
pub(crate) async fn submit(
    State(seat): State<Seat>,
    Form(stranger, fields): Form<Stranger>,
) -> Result<Response, Fault> {
    let (tenancy, user) = (fields.text("tenant").trim(), fields.text("username").trim());
    let to = format!("{PATH}?tenant={}&done=asked", encode(tenancy));
    let (tenancy, user) = (tenancy.to_owned(), user.to_owned());
    let source = stranger.source;
    let written = seat
        .app
        .write(move |app, tx| recovery::request(tx, &app.context, &source, &tenancy, &user));
    written.await?;
    let mut response = Redirect::to(&to).into_response();
    set_cookie(&mut response, cookies::clear(cookies::FORM));
    Ok(response)
}
