//! The notification settings of a domain: which mail is sent, to whom in test mode, and as whom.
//! `crate::notification_settings` reads what the mail goes by.

use super::settings::{Settings, must_stay};
use super::{Document, text};
use crate::call::{Call, Reply};
use crate::fields::check_email;
use crate::notification_settings::{self, NotificationSettings};
use iam_api::Problem;
use iam_api::scim::notification_settings::{NOTIFICATION_SETTINGS, NotificationSetting};
use iam_api::scim::{ListResponse, SearchRequest};
use iam_mail::Event;
use serde_json::{Value, json};

/// The most addresses that mail goes to in test mode.
const RECIPIENTS_MAX: usize = 20;
/// The longest name of a sender, in characters.
const NAME_MAX: usize = 100;

static SETTINGS: Settings = Settings {
    resource: &NOTIFICATION_SETTINGS,
    id: "NotificationSettings",
    name: notification_settings::NAME,
    at_first,
};

/// What a new domain has.
fn at_first() -> Document {
    let settings = serde_json::to_value(NotificationSettings::default());
    let mut document = match settings {
        Ok(Value::Object(document)) => document,
        _ => Document::new(),
    };
    for (name, value) in [
        ("sendNotificationsToSecondaryEmail", false),
        ("sendNotificationToOldAndNewPrimaryEmailsWhenAdminChangesPrimaryEmail", true),
    ] {
        document.insert(name.to_owned(), json!(value));
    }
    document
}

/// Lists the settings, which are one.
pub fn list(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<ListResponse<NotificationSetting>>, Problem> {
    SETTINGS.list(call, NotificationSetting)
}

/// Searches among them.
pub fn search(
    call: &mut Call<'_, '_>,
    search: SearchRequest<NotificationSetting>,
) -> Result<Reply<ListResponse<NotificationSetting>>, Problem> {
    SETTINGS.search(call, &search, NotificationSetting)
}

/// Shows the settings.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<NotificationSetting>, Problem> {
    SETTINGS.get(call, NotificationSetting)
}

/// Replaces the settings.
pub fn put(
    call: &mut Call<'_, '_>,
    body: NotificationSetting,
) -> Result<Reply<NotificationSetting>, Problem> {
    SETTINGS.change(call, |before| settled(&before, body.0), NotificationSetting)
}

/// The settings as they are kept: all that a new domain has, and what is different.
fn settled(before: &Document, given: Document) -> Result<Document, Problem> {
    let mut document = at_first();
    let inert = [
        "externalId",
        "tags",
        "sendNotificationsToSecondaryEmail",
        "sendNotificationToOldAndNewPrimaryEmailsWhenAdminChangesPrimaryEmail",
    ];
    must_stay(&given, &document, &inert)?;
    let recipients = given.get("testRecipients").and_then(Value::as_array);
    let recipients: Vec<&str> =
        recipients.into_iter().flatten().filter_map(Value::as_str).collect();
    if recipients.len() > RECIPIENTS_MAX {
        let message = format!("testRecipients has more than {RECIPIENTS_MAX} addresses");
        return Err(Problem::invalid(message));
    }
    recipients.iter().try_for_each(|address| check_email(address))?;
    let in_test_mode = given.get("testModeEnabled") == Some(&Value::Bool(true));
    if in_test_mode && recipients.is_empty() {
        return Err(Problem::invalid(
            "testRecipients is missing: in test mode all mail goes to them; name at least one",
        ));
    }
    let mut sender = given.get("fromEmailAddress").and_then(Value::as_object).cloned();
    if let Some(sender) = &mut sender {
        check_sender(before, sender)?;
    }
    check_events(&given)?;
    document.extend(given);
    if let Some(sender) = sender {
        document.insert("fromEmailAddress".to_owned(), Value::Object(sender));
    }
    Ok(document)
}

/// Nobody can show here that an address is the domain's, so a new one is PENDING: it is used where
/// it is of the mail domain that this server sends from. One that was known stays so as long as it
/// is the same.
fn check_sender(before: &Document, sender: &mut Document) -> Result<(), Problem> {
    let address = text(sender, "value").unwrap_or_default().to_owned();
    if !address.is_empty() {
        check_email(&address)?;
    }
    let name = text(sender, "displayName").unwrap_or_default();
    if name.chars().count() > NAME_MAX || name.contains(char::is_control) {
        return Err(Problem::invalid(format!(
            "displayName is not valid: use at most {NAME_MAX} characters, all of them visible"
        )));
    }
    let known = before.get("fromEmailAddress").and_then(Value::as_object);
    let known = known.filter(|known| text(known, "value") == Some(&address));
    let status = known.and_then(|known| text(known, "validationStatus")).unwrap_or("PENDING");
    if !address.is_empty() {
        sender.insert("validationStatus".to_owned(), json!(status));
    }
    Ok(())
}

/// Every event is one that there is mail about, and none comes twice.
fn check_events(given: &Document) -> Result<(), Problem> {
    let mut seen: Vec<Event> = Vec::new();
    let settings = given.get("eventSettings").and_then(Value::as_array);
    for setting in settings.into_iter().flatten() {
        let id = setting.get("eventId").and_then(Value::as_str).unwrap_or_default();
        let Some(event) = Event::from_id(id) else {
            let shown: String = id.chars().take(128).collect();
            let known: Vec<&str> = Event::ALL.iter().map(|event| event.id()).collect();
            return Err(Problem::invalid(format!(
                "eventSettings names `{}`, which no mail is about; the events are {}",
                shown.escape_debug(),
                known.join(", ")
            )));
        };
        if seen.contains(&event) {
            return Err(Problem::invalid(format!("eventSettings names `{event}` twice")));
        }
        seen.push(event);
    }
    Ok(())
}
