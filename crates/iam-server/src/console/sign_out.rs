//! Signing out: the session ends here, and the browser forgets what it kept of it.

use super::cookies;
use super::fault::Fault;
use super::forms::Form;
use super::query::encode;
use super::sign_in::{self, set_cookie};
use super::visit::Changer;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use iam_core::sessions;

/// Where the button sends its form.
pub(crate) const PATH: &str = "/console/sign-out";

/// Ends the session. Not `"cookies"`, which would reach every port of this host.
pub(crate) async fn submit(Form(Changer(visit), _): Form<Changer>) -> Result<Response, Fault> {
    let (session, source) = (visit.session.clone(), visit.source.clone());
    let tenancy = visit
        .app
        .write(move |app, tx| {
            sessions::end(tx, &app.context, &source, &session)?;
            sessions::tenancy_name(tx, &session)
        })
        .await?;
    let to = format!("{}?tenant={}&done=signed-out", sign_in::PATH, encode(&tenancy));
    let mut response = Redirect::to(&to).into_response();
    set_cookie(&mut response, cookies::clear(cookies::SESSION));
    let clear = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), clear);
    Ok(response)
}
