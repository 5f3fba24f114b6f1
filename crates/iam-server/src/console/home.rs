//! The first page after signing in: who is signed in, and what can be done next.

use super::fault::Fault;
use super::frame::{Frame, page};
use super::text::{Moment, shown};
use super::visit::Member;
use askama::Template;
use axum::response::Response;
use iam_api::ui_passwords::GET_USER_UI_PASSWORD_INFORMATION;
use iam_api::users::{CREATE_USER, USER_ID};
use iam_core::call::Params;
use iam_core::{password_policies, sessions};

/// The page's address.
pub(crate) const PATH: &str = "/console/";

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    tenancy: String,
    signed_in: Moment,
    signed_in_before: Option<Moment>,
    password_made: Moment,
    /// When the password has to be changed, where that is soon.
    password_ends: Option<Moment>,
    may_create_users: bool,
}

/// Shows the page.
pub(crate) async fn show(Member(visit): Member) -> Result<Response, Fault> {
    let (frame, user) = Frame::with_user(&visit, "home").await?;
    let session = visit.session.clone();
    let tenancy = visit.app.read(move |_, tx| sessions::tenancy_name(tx, &session)).await?;
    let [may_create_users] = visit.may([&CREATE_USER.spec]).await?;
    let params = Params::default().with(USER_ID.name, user.id.as_str());
    let password = visit.perform(&GET_USER_UI_PASSWORD_INFORMATION, params, &()).await?.body;
    let (at, id, now) = (visit.principal.tenancy, user.id.clone(), visit.app.context.now());
    let policy = visit.app.read(move |_, tx| password_policies::of_user(tx, at, &id)).await?;
    let chosen = password.time_created;
    let ends = policy.must_change(chosen).filter(|_| policy.warns(chosen, now));
    page(&HomePage {
        frame,
        tenancy: shown(&tenancy),
        signed_in: visit.session.created.into(),
        signed_in_before: user.previous_successful_login_time.map(Into::into),
        password_made: chosen.into(),
        password_ends: ends.map(Into::into),
        may_create_users,
    })
}
