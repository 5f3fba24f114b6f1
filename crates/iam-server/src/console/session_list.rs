//! One's own sessions, and how to end those that are open elsewhere.

use super::fault::Fault;
use super::forms::Form;
use super::frame::{Frame, page};
use super::text::Moment;
use super::visit::Member;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use iam_core::session_tokens::SESSION_SECONDS;
use iam_core::sessions;
use iam_store::Purpose;

/// The page's address.
pub(crate) const PATH: &str = "/console/sessions";
/// Where the form of one session goes.
pub(crate) const END_ONE: &str = "/console/sessions/end";
/// Where the form of all others goes.
pub(crate) const END_OTHERS: &str = "/console/sessions/end-others";

/// The most sessions that are shown.
const SHOWN_MAX: usize = 50;

struct ShownSession {
    began: Moment,
    seen: Moment,
    is_this: bool,
    signs: bool,
    hash: String,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    frame: Frame,
    sessions: Vec<ShownSession>,
    count: usize,
    idle_minutes: i64,
    absolute_hours: i64,
    signing_hours: i64,
}

/// Shows the sessions.
pub(crate) async fn show(Member(visit): Member) -> Result<Response, Fault> {
    let frame = Frame::of(&visit, "me").await?;
    let session = visit.session.clone();
    let found = visit.app.read(move |app, tx| sessions::list(tx, &app.context, &session)).await?;
    let count = found.len();
    let shown = found.into_iter().take(SHOWN_MAX).map(|stored| ShownSession {
        began: stored.created.into(),
        seen: stored.seen.into(),
        is_this: stored.hash == visit.session.hash,
        signs: stored.purpose == Purpose::Signing,
        hash: stored.hash,
    });
    page(&SessionsPage {
        frame,
        sessions: shown.collect(),
        count,
        idle_minutes: sessions::IDLE_SECONDS / 60,
        absolute_hours: sessions::ABSOLUTE_SECONDS / 3_600,
        signing_hours: SESSION_SECONDS / 3_600,
    })
}

/// Ends one session.
pub(crate) async fn end_one(Form(Member(visit), fields): Form<Member>) -> Result<Response, Fault> {
    let (session, source) = (visit.session.clone(), visit.source.clone());
    let which = fields.text("session").to_owned();
    let end = visit
        .app
        .write(move |app, tx| sessions::end_one(tx, &app.context, &source, &session, &which));
    end.await?;
    Ok(Redirect::to(&format!("{PATH}?done=ended-one")).into_response())
}

/// Ends all sessions but this one.
pub(crate) async fn end_others(Form(Member(visit), _): Form<Member>) -> Result<Response, Fault> {
    let (session, source) = (visit.session.clone(), visit.source.clone());
    let end =
        visit.app.write(move |app, tx| sessions::end_others(tx, &app.context, &source, &session));
    end.await?;
    Ok(Redirect::to(&format!("{PATH}?done=ended")).into_response())
}
