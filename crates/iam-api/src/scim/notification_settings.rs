//! Notification settings: which mail the domain sends, and as whom. There is one.

use super::resource::resource;
use super::schema::model;

resource! {
    /// The notification settings of the domain.
    pub NOTIFICATION_SETTINGS of NotificationSetting = NOTIFICATION_SETTING {
        one: "NotificationSetting", "notification-setting";
        path: "NotificationSettings", "notification-settings";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:NotificationSettings";
        id: "notificationSettingId", "The id of the settings: `NotificationSettings`.";
    }
    list LIST_NOTIFICATION_SETTINGS (whole) needs ["DOMAIN_READ"]:
        "Lists the notification settings of the domain, which are one.";
    get GET_NOTIFICATION_SETTING needs ["DOMAIN_READ"]:
        "Shows which mail the domain sends, and as whom.";
    put PUT_NOTIFICATION_SETTING needs ["DOMAIN_UPDATE"]:
        "Replaces which mail the domain sends, and as whom.";
    search SEARCH_NOTIFICATION_SETTINGS (whole) needs ["DOMAIN_READ"]:
        "Lists the notification settings of the domain, which are one.";
}

model! {
    /// Which mail the domain sends, and as whom.
    pub NOTIFICATION_SETTING = "NotificationSetting": resource {
        /// The identifier under which the client that made the resource knows it.
        "externalId": String;
        /// Whether the domain sends mail at all.
        "notificationEnabled": Boolean, required;
        /// Whether all mail goes to the test recipients instead.
        "testModeEnabled": Boolean;
        /// The addresses that mail goes to in test mode.
        "testRecipients": [String];
        /// Whether mail goes to the secondary address too.
        "sendNotificationsToSecondaryEmail": Boolean;
        /// Whether a change of the primary address by an administrator is told to the old address
        /// as well as to the new.
        "sendNotificationToOldAndNewPrimaryEmailsWhenAdminChangesPrimaryEmail": Boolean;
        /// The sender of all mail.
        "fromEmailAddress": SENDER, required;
        /// The events, each with whether mail is sent about it.
        "eventSettings": [EVENT_SETTING], required;
    }

    /// The sender of a domain's mail.
    SENDER = "NotificationSettingsFromEmailAddress" {
        /// The address.
        "value": String, required;
        /// Whether the address is known to be the domain's.
        "validationStatus": {"VERIFIED", "PENDING"}, read_only;
        /// What is to be verified: the address, or all of its mail domain.
        "validate": {"email", "domain"}, required;
        /// The name that readers see.
        "displayName": String;
    }

    /// Whether mail is sent about an event.
    EVENT_SETTING = "NotificationSettingsEventSettings" {
        /// The event.
        "eventId": String, required;
        /// Whether mail is sent about it.
        "enabled": Boolean;
    }
}
