//! The list of e-mail that a server without a mail server keeps in memory, as pages and as JSON.
//!
//! It shows links that let whoever follows them in, so it is there only where `config` says that
//! nobody but this machine reaches the server, and each request is looked at once more: a proxy
//! that nobody spoke of leaves its mark.

use super::fault::Fault;
use super::frame::page;
use super::guard::Policy;
use super::text::{Moment, shown};
use super::{Seat, guard};
use crate::http::is_own_host;
use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use iam_api::Timestamp;
use iam_core::audit::Source;
use iam_mail::{Kept, Mailbox};
use serde::Serialize;
use std::net::IpAddr;
use std::sync::Arc;

/// The list's address.
pub(crate) const PATH: &str = "/mailbox";
const JSON_PATH: &str = "/mailbox.json";

/// What a proxy writes into the requests that it passes on.
const MARKS: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/// The routes of the list.
pub(super) fn router(seat: Seat) -> Router {
    Router::new()
        .route(PATH, get(list))
        .route(JSON_PATH, get(json))
        .route("/mailbox/{number}", get(mail))
        .route("/mailbox/{number}/html", get(html))
        .method_not_allowed_fallback(|| async { Fault::method() })
        .layer(from_fn_with_state(Arc::clone(&seat), run))
        .with_state(seat)
}

/// Whether a path is one of the list's.
pub(super) fn serves(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
}

/// Lets through who is on this machine, and puts the headers on the answer.
async fn run(State(seat): State<Seat>, request: Request, next: Next) -> Response {
    let source = request.extensions().get::<Source>().cloned().unwrap_or_default();
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_near = source.address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        && !MARKS.iter().any(|mark| headers.contains_key(*mark));
    let is_there = is_near && seat.app.post.mailbox().is_some();
    let mut response = match host.filter(|host| is_own_host(&seat.app.reach, host)) {
        None => Fault::misdirected().into_response(),
        Some(_) if !is_there => Fault::nothing_here().into_response(),
        Some(_) => next.run(request).await,
    };
    guard::finish(&mut response, seat.app.reach.is_tls, &source.request_id);
    response
}

fn mailbox(seat: &Seat) -> Result<&Mailbox, Fault> {
    seat.app.post.mailbox().ok_or_else(Fault::nothing_here)
}

fn find(seat: &Seat, number: &str) -> Result<Arc<Kept>, Fault> {
    let number = number.parse().map_err(|_| Fault::nothing_here())?;
    mailbox(seat)?.get(number).ok_or_else(Fault::nothing_here)
}

/// A mail in the list.
struct Row {
    number: u64,
    to: String,
    subject: String,
    date: Moment,
}

impl Row {
    fn of(kept: &Kept) -> Self {
        Self {
            number: kept.number,
            to: shown(&kept.to.join(", ")),
            subject: shown(&kept.letter.subject),
            date: kept.date.into(),
        }
    }
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    rows: Vec<Row>,
}

async fn list(State(seat): State<Seat>) -> Result<Response, Fault> {
    let rows = mailbox(&seat)?.list().iter().map(|kept| Row::of(kept)).collect();
    page(&MailboxPage { rows })
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage<'a> {
    row: Row,
    event: &'static str,
    links: Vec<&'a str>,
    text: &'a str,
    source: &'a str,
}

async fn mail(State(seat): State<Seat>, Path(number): Path<String>) -> Result<Response, Fault> {
    let kept = find(&seat, &number)?;
    let mut response = page(&MailPage {
        row: Row::of(&kept),
        event: kept.event.id(),
        links: kept.links(),
        text: &kept.letter.text,
        source: &kept.source,
    })?;
    response.extensions_mut().insert(Policy::FRAMING);
    Ok(response)
}

async fn html(State(seat): State<Seat>, Path(number): Path<String>) -> Result<Response, Fault> {
    let html = find(&seat, &number)?.letter.html.clone();
    let mut response = axum::response::Html(html).into_response();
    response.extensions_mut().insert(Policy::MAIL);
    Ok(response)
}

/// A mail, for programs.
#[derive(Serialize)]
struct Item<'a> {
    number: u64,
    to: &'a [String],
    subject: &'a str,
    date: Timestamp,
    event: &'static str,
    text: &'a str,
    html: &'a str,
    links: Vec<&'a str>,
}

async fn json(State(seat): State<Seat>) -> Result<Response, Fault> {
    let mails = mailbox(&seat)?.list();
    let items: Vec<Item<'_>> = mails
        .iter()
        .map(|kept| Item {
            number: kept.number,
            to: &kept.to,
            subject: &kept.letter.subject,
            date: kept.date,
            event: kept.event.id(),
            text: &kept.letter.text,
            html: &kept.letter.html,
            links: kept.links(),
        })
        .collect();
    let text = serde_json::to_string_pretty(&items).map_err(iam_api::Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
