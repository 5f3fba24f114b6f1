//! E-mail of a domain: how the queue is doing, and what the mails say, which can be put into other
//! words and looked at before it is kept.

use super::fault::Fault;
use super::forms::Form;
use super::frame::{Frame, page};
use super::guard::Policy;
use super::query::Fields;
use super::text::{Moment, sentence, shown};
use super::visit::{Member, Visit};
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use iam_api::scim::notification_templates::{
    DELETE_NOTIFICATION_TEMPLATE, GET_NOTIFICATION_TEMPLATE, LIST_NOTIFICATION_TEMPLATES,
    NotificationTemplate, PUT_NOTIFICATION_TEMPLATE,
};
use iam_api::{Code, Problem};
use iam_core::call::Params;
use iam_core::mail_templates;
use iam_mail::{Event, Template};
use serde_json::{Value, json};

/// The page's address.
pub(crate) const PATH: &str = "/console/mail";
/// The parameter that names the event.
const ID: &str = "notificationTemplateId";

/// What mail about an event says, as the API shows it.
struct Words {
    event: String,
    subject: String,
    text: String,
    html: String,
    is_default: bool,
}

impl From<&NotificationTemplate> for Words {
    fn from(template: &NotificationTemplate) -> Self {
        let text = |name: &str| {
            template.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        Self {
            event: text("id"),
            subject: text("subject"),
            text: text("text"),
            html: text("html"),
            is_default: template.0.get("isDefault") == Some(&Value::Bool(true)),
        }
    }
}

/// How the queue is doing.
struct Queue {
    waiting: i64,
    oldest: Option<Moment>,
    delivered: u64,
    dropped: u64,
    failing_since: Option<Moment>,
    last_error: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "mail_templates.html")]
struct ListPage {
    frame: Frame,
    queue: Queue,
    templates: Vec<Words>,
}

#[derive(askama::Template)]
#[template(path = "mail_template.html")]
struct EditPage {
    frame: Frame,
    words: Words,
    names: [(&'static str, &'static str); 10],
    may_change: bool,
    refused: Option<String>,
}

fn params(event: &str) -> Params {
    Params::default().with(ID, event)
}

/// Shows the queue, and a line for each event.
pub(crate) async fn list(Member(visit): Member) -> Result<Response, Fault> {
    let params = Params::default().with("count", "100");
    let listed = visit.perform(&LIST_NOTIFICATION_TEMPLATES, params, &()).await?.body;
    let status = visit.app.post.status();
    page(&ListPage {
        frame: Frame::of(&visit, "mail").await?,
        queue: Queue {
            waiting: status.waiting,
            oldest: status.oldest.map(Into::into),
            delivered: status.delivered,
            dropped: status.dropped,
            failing_since: status.failing_since.map(Into::into),
            last_error: status.last_error.as_deref().map(shown),
        },
        templates: listed.resources.iter().map(Words::from).collect(),
    })
}

/// Shows what mail about an event says.
pub(crate) async fn show(
    Member(visit): Member,
    Path(event): Path<String>,
) -> Result<Response, Fault> {
    let found = visit.perform(&GET_NOTIFICATION_TEMPLATE, params(&event), &()).await?.body;
    edit(&visit, Words::from(&found), None).await
}

/// Keeps other words, or goes back to ours.
pub(crate) async fn submit(
    Path(event): Path<String>,
    Form(Member(visit), fields): Form<Member>,
) -> Result<Response, Fault> {
    let done = format!("{PATH}?done=words");
    if fields.text("action") == "default" {
        visit.perform(&DELETE_NOTIFICATION_TEMPLATE, params(&event), &()).await?;
        return Ok(Redirect::to(&done).into_response());
    }
    let (subject, text, html) = typed(&fields);
    let body = json!({
        "schemas": [iam_api::scim::notification_templates::NOTIFICATION_TEMPLATES.schema],
        "subject": subject, "text": text, "html": html,
    });
    let body = NotificationTemplate(body.as_object().cloned().unwrap_or_default());
    match visit.perform(&PUT_NOTIFICATION_TEMPLATE, params(&event), &body).await {
        Ok(_) => Ok(Redirect::to(&done).into_response()),
        Err(problem) if problem.code == Code::InvalidParameter => {
            let found = visit.perform(&GET_NOTIFICATION_TEMPLATE, params(&event), &()).await?.body;
            let Words { is_default, .. } = Words::from(&found);
            let words = Words { event, subject, text, html, is_default };
            let again = edit(&visit, words, Some(sentence(&problem.message))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

/// Shows the mail that the words in the form make, to somebody who does not exist; it keeps
/// nothing.
pub(crate) async fn preview(
    Path(event): Path<String>,
    Form(Member(visit), fields): Form<Member>,
) -> Result<Response, Fault> {
    // Who may not see the templates may not see what they make of a sample either.
    visit.perform(&GET_NOTIFICATION_TEMPLATE, params(&event), &()).await?;
    let event = Event::from_id(&event).ok_or_else(Problem::not_found)?;
    let (subject, text, html) = typed(&fields);
    let own = Template { subject: Some(subject), text: Some(text), html: Some(html) };
    let (status, body) = match mail_templates::preview(event, &own) {
        Ok(letter) if fields.text("action") == "text" => {
            let body = format!("Subject: {}\n\n{}", letter.subject, letter.text);
            let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            (StatusCode::OK, (plain, body).into_response())
        }
        Ok(letter) => (StatusCode::OK, Html(letter.html).into_response()),
        Err(problem) => {
            let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            let told = sentence(&problem.message);
            (StatusCode::UNPROCESSABLE_ENTITY, (plain, told).into_response())
        }
    };
    let mut response = (status, body).into_response();
    response.extensions_mut().insert(Policy::MAIL);
    Ok(response)
}

/// What was typed; browsers end lines with two characters.
fn typed(fields: &Fields) -> (String, String, String) {
    let text = |name: &str| fields.text(name).replace("\r\n", "\n");
    (text("subject").trim().to_owned(), text("text"), text("html"))
}

async fn edit(visit: &Visit, words: Words, refused: Option<String>) -> Result<Response, Fault> {
    let [may_change] = visit.may([&PUT_NOTIFICATION_TEMPLATE.spec]).await?;
    let frame = Frame::of(visit, "mail").await?;
    let names = iam_mail::Variables::NAMES;
    let mut response = page(&EditPage { frame, words, names, may_change, refused })?;
    response.extensions_mut().insert(Policy::FRAMING);
    Ok(response)
}
