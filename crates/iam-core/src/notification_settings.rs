//! Which letters a tenancy's users get, and whom they are from: `NotificationSettings` of OCI's
//! identity domains, kept as one setting of the tenancy.
//!
//! Reading is lenient, since the same document holds attributes that nothing here needs; what is
//! not said is as in a new tenancy: every letter is sent, to the user.

use crate::call::store_problem;
use iam_api::Problem;
use iam_mail::Event;
use iam_store::{TenancyNo, Tx};
use serde::{Deserialize, Serialize};

/// The setting's name in the store.
pub const NAME: &str = "notification-settings";
/// What `validationStatus` says of an address that may be used.
pub const VERIFIED: &str = "VERIFIED";

/// Which letters are sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NotificationSettings {
    /// Whether any letter is sent at all.
    pub notification_enabled: bool,
    /// Whether letters go to the test recipients, and to nobody else.
    pub test_mode_enabled: bool,
    /// Where letters go in test mode.
    pub test_recipients: Vec<String>,
    /// Whom letters are from.
    pub from_email_address: FromEmailAddress,
    /// Which events have a letter; one that is not listed has.
    pub event_settings: Vec<EventSetting>,
}

/// Whom letters are from.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FromEmailAddress {
    /// The address; none where empty.
    pub value: String,
    /// The name beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What of it has to be shown to be the tenancy's: `email` or `domain`.
    pub validate: String,
    /// Whether that was shown: `VERIFIED` or `PENDING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_status: Option<String>,
}

/// Whether an event has a letter.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventSetting {
    /// The event's id.
    pub event_id: String,
    /// Whether it has a letter.
    #[serde(default = "yes")]
    pub enabled: bool,
}

const fn yes() -> bool {
    true
}

impl Default for FromEmailAddress {
    fn default() -> Self {
        Self {
            value: String::new(),
            display_name: None,
            validate: "email".to_owned(),
            validation_status: None,
        }
    }
}

impl Default for NotificationSettings {
    fn default() -> Self {
        let setting = |event: &Event| EventSetting { event_id: event.to_string(), enabled: true };
        Self {
            notification_enabled: true,
            test_mode_enabled: false,
            test_recipients: Vec::new(),
            from_email_address: FromEmailAddress::default(),
            event_settings: Event::ALL.iter().map(setting).collect(),
        }
    }
}

impl NotificationSettings {
    /// Whether a letter of that event is sent.
    #[must_use]
    pub fn sends(&self, event: Event) -> bool {
        let is_it = |setting: &&EventSetting| setting.event_id.eq_ignore_ascii_case(event.id());
        let setting = self.event_settings.iter().find(is_it);
        self.notification_enabled && setting.is_none_or(|setting| setting.enabled)
    }
}

/// The tenancy's settings.
pub fn read(tx: &mut Tx<'_>, at: TenancyNo) -> Result<NotificationSettings, Problem> {
    match tx.setting(at, NAME).map_err(store_problem)? {
        Some(setting) => serde_json::from_str(&setting.body).map_err(Problem::internal),
        None => Ok(NotificationSettings::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> NotificationSettings {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_said_is_sent() {
        assert_eq!(settings("{}"), NotificationSettings::default());
        for event in Event::ALL {
            assert!(settings(r#"{"eventSettings": []}"#).sends(*event));
        }
    }

    #[test]
    fn an_event_can_be_switched_off_and_so_can_all() {
        let one = settings(
            r#"{"schemas": ["x"], "eventSettings": [
                {"eventId": "ADMIN.user.create.success", "enabled": false},
                {"eventId": "admin.me.locked.success"}]}"#,
        );
        assert!(!one.sends(Event::Welcome) && one.sends(Event::AccountLocked));
        assert!(!settings(r#"{"notificationEnabled": false}"#).sends(Event::AccountLocked));
    }
}
