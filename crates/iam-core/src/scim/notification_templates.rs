//! The templates of a domain's mail: what it says about each event, in our words or in its own.

use super::list::Wanted;
use super::{Document, Identity, View, text};
use crate::call::{Call, Reply};
use crate::mail_templates;
use iam_api::Problem;
use iam_api::scim::ListResponse;
use iam_api::scim::notification_templates::{NOTIFICATION_TEMPLATES, NotificationTemplate};
use iam_mail::{Event, Template};
use serde_json::json;

/// The etag of a template that nobody has changed.
const ETAG_AT_FIRST: &str = "0000000000000000000000000000000000000000";

/// Lists the templates, one for each event.
pub fn list(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<ListResponse<NotificationTemplate>>, Problem> {
    let wanted = Wanted::of_params(call, &NOTIFICATION_TEMPLATES)?;
    let view = wanted.view(call)?;
    let mut all = Vec::new();
    for event in Event::ALL {
        all.push(document(call, &view, *event)?.0);
    }
    let page = wanted.choose(all);
    wanted.answer(call, &view, &page, NotificationTemplate)
}

/// Shows what mail about an event says.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<NotificationTemplate>, Problem> {
    let event = of_path(call)?;
    show(call, event)
}

/// Replaces what mail about an event says.
pub fn put(
    call: &mut Call<'_, '_>,
    body: NotificationTemplate,
) -> Result<Reply<NotificationTemplate>, Problem> {
    let event = of_path(call)?;
    must_match(call, event)?;
    let part = |name: &str| text(&body.0, name).map(str::to_owned);
    let own = Template { subject: part("subject"), text: part("text"), html: part("html") };
    // What says just what ours does is ours, and changes when ours does.
    let template = if own == event.template() { Template::default() } else { own };
    let (at, etag) = (call.at(), call.context.etag());
    mail_templates::write(call.tx, at, event, &template, etag)?;
    show(call, event)
}

/// Goes back to our words.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let event = of_path(call)?;
    must_match(call, event)?;
    let (at, etag) = (call.at(), call.context.etag());
    mail_templates::write(call.tx, at, event, &Template::default(), etag)?;
    Ok(Reply::of(()))
}

fn of_path(call: &Call<'_, '_>) -> Result<Event, Problem> {
    Event::from_id(call.path("notificationTemplateId")?).ok_or_else(Problem::not_found)
}

fn must_match(call: &mut Call<'_, '_>, event: Event) -> Result<(), Problem> {
    let at = call.at();
    let (_, etag) = mail_templates::read(call.tx, at, event)?;
    call.if_match(event.id(), etag.as_deref().unwrap_or(ETAG_AT_FIRST))
}

/// A template's whole document, and its etag.
fn document(
    call: &mut Call<'_, '_>,
    view: &View,
    event: Event,
) -> Result<(Document, String), Problem> {
    let at = call.at();
    let (own, etag) = mail_templates::read(call.tx, at, event)?;
    let ours = event.template();
    let etag = etag.unwrap_or_else(|| ETAG_AT_FIRST.to_owned());
    let own = [
        ("eventId", json!(event.id())),
        ("isDefault", json!(own == Template::default())),
        ("subject", json!(own.subject.or(ours.subject))),
        ("text", json!(own.text.or(ours.text))),
        ("html", json!(own.html.or(ours.html))),
    ];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let identity = Identity {
        id: event.id().to_owned(),
        ocid: None,
        created: None,
        modified: None,
        version: &etag,
    };
    Ok((view.dress(call, &identity, own), etag))
}

fn show(call: &mut Call<'_, '_>, event: Event) -> Result<Reply<NotificationTemplate>, Problem> {
    let view = View::of(call, &NOTIFICATION_TEMPLATES)?;
    let (document, etag) = document(call, &view, event)?;
    Ok(Reply::of(NotificationTemplate(view.show(&document))).etag(etag))
}
