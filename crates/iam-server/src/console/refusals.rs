//! What was refused, and why, for those who may see policies and the audit trail.

use super::fault::Fault;
use super::frame::{Frame, page};
use super::query::encode;
use super::text::{Moment, shown};
use super::visit::Member;
use askama::Template;
use axum::response::Response;
use iam_api::operation::{LIMIT, PAGE};
use iam_api::refusals::{GET_REFUSAL_EXPLANATION, LIST_REFUSALS, NearStatement, Refusal};
use iam_core::call::Params;

/// The page's address.
pub(crate) const PATH: &str = "/console/refusals";
/// The address of the page of one refusal.
pub(crate) const ONE: &str = "/console/refusals/one";

const PAGE_LIMIT: &str = "50";
/// The parameter that names a request.
const REQUEST_ID: &str = "requestId";

/// A refusal in words.
struct Row {
    link: String,
    request_id: String,
    at: Moment,
    who: String,
    operation: String,
    target: String,
    /// What became of it.
    state: &'static str,
}

impl From<Refusal> for Row {
    fn from(refusal: Refusal) -> Self {
        let who = refusal.caller_name.as_deref().unwrap_or(refusal.caller_id.as_str());
        Self {
            link: format!("{ONE}?{REQUEST_ID}={}", encode(&refusal.request_id)),
            at: refusal.time_refused.into(),
            who: shown(who),
            operation: refusal.operation,
            target: shown(&refusal.target),
            state: match () {
                () if refusal.was_let_through => "Let through",
                () if refusal.was_refused => "Refused",
                () => "Not found",
            },
            request_id: refusal.request_id,
        }
    }
}

#[derive(Template)]
#[template(path = "refusals.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    is_first: bool,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct OnePage {
    frame: Frame,
    row: Row,
    is_allowed_now: bool,
    have_policies_changed: bool,
    missing: Vec<String>,
    denied: Vec<String>,
    near: Vec<NearStatement>,
    proposals: Vec<String>,
    /// All of it as the command line says it.
    text: String,
}

/// Shows the list.
pub(crate) async fn list(Member(visit): Member) -> Result<Response, Fault> {
    let token = visit.query.text("page");
    let mut params = Params::default().with(LIMIT.name, PAGE_LIMIT);
    if !token.is_empty() {
        params.set(PAGE.name, token);
    }
    let reply = visit.perform(&LIST_REFUSALS, params, &()).await?;
    page(&ListPage {
        frame: Frame::of(&visit, "refusals").await?,
        rows: reply.body.into_iter().map(Row::from).collect(),
        is_first: token.is_empty(),
        next: reply.next_page.map(|token| format!("{PATH}?page={}", encode(&token))),
    })
}

/// Shows one, explained.
pub(crate) async fn one(Member(visit): Member) -> Result<Response, Fault> {
    let params = Params::default().with(REQUEST_ID, visit.query.text(REQUEST_ID));
    let why = visit.perform(&GET_REFUSAL_EXPLANATION, params, &()).await?.body;
    page(&OnePage {
        frame: Frame::of(&visit, "refusals").await?,
        row: why.refusal.into(),
        is_allowed_now: why.is_allowed_now,
        have_policies_changed: why.have_policies_changed,
        missing: why.missing,
        denied: why.denied,
        near: why.near,
        proposals: why.proposals,
        text: why.text,
    })
}
