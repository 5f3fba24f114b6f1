//! The list of users: a page at a time, or the one with a name.

use super::fault::Fault;
use super::frame::{Frame, page};
use super::query::encode;
use super::text::{Moment, shown};
use super::visit::Member;
use askama::Template;
use axum::response::Response;
use iam_api::operation::{COMPARTMENT_ID, LIMIT, NAME, PAGE, SORT_BY};
use iam_api::users::{CREATE_USER, LIST_USERS, User};
use iam_core::call::Params;

const PAGE_LIMIT: &str = "50";

/// A user in the list.
struct Row {
    id: String,
    name: String,
    description: String,
    state: &'static str,
    created: Moment,
    signed_in: Option<Moment>,
}

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    frame: Frame,
    rows: Vec<Row>,
    name: String,
    is_first: bool,
    next: Option<String>,
    may_create_users: bool,
}

/// Shows the list.
pub(crate) async fn show(Member(visit): Member) -> Result<Response, Fault> {
    let name = visit.query.text("name").trim();
    let token = visit.query.text("page");
    let mut params = Params::default()
        .with(COMPARTMENT_ID.name, visit.principal.tenancy_id.as_str())
        .with(LIMIT.name, PAGE_LIMIT)
        .with(SORT_BY.name, "NAME");
    if !name.is_empty() {
        params.set(NAME.name, name);
    }
    if !token.is_empty() {
        params.set(PAGE.name, token);
    }
    let reply = visit.perform(&LIST_USERS, params, &()).await?;
    let [may_create_users] = visit.may([&CREATE_USER.spec]).await?;
    let next = reply.next_page.map(|token| {
        let filter =
            if name.is_empty() { String::new() } else { format!("name={}&", encode(name)) };
        format!("/console/users?{filter}page={}", encode(&token))
    });
    page(&UsersPage {
        frame: Frame::of(&visit, "users").await?,
        rows: reply.body.into_iter().map(row).collect(),
        name: name.to_owned(),
        is_first: token.is_empty(),
        next,
        may_create_users,
    })
}

fn row(user: User) -> Row {
    Row {
        state: state(&user),
        id: user.id.to_string(),
        name: shown(&user.name),
        description: shown(&user.description),
        created: user.time_created.into(),
        signed_in: user.last_successful_login_time.map(Into::into),
    }
}

/// Where a user is in their life, in a word.
pub(crate) fn state(user: &User) -> &'static str {
    use iam_api::LifecycleState::{Active, Creating, Deleted, Deleting, Inactive};
    match user.lifecycle_state {
        Active => "Active",
        Inactive if is_blocked(user) => "Blocked",
        Inactive => "Inactive",
        Creating => "Being created",
        Deleting => "Being deleted",
        Deleted => "Deleted",
    }
}

/// Whether the user is blocked after too many failed sign-ins.
pub(crate) fn is_blocked(user: &User) -> bool {
    user.inactive_status.is_some_and(|bits| bits & iam_api::BLOCKED != 0)
}
