//! Notification templates: what the domain's mail says about each event. OCI has no such interface;
//! this one is Durward's own, under an URN of its own.

use super::resource::resource;
use super::schema::model;

resource! {
    /// What the domain's mail says about each event.
    pub NOTIFICATION_TEMPLATES of NotificationTemplate = NOTIFICATION_TEMPLATE {
        one: "NotificationTemplate";
        path: "NotificationTemplates";
        schema: "urn:durward:params:scim:schemas:NotificationTemplate";
        id: "notificationTemplateId", "The event, such as `admin.user.create.success`.";
    }
    list LIST_NOTIFICATION_TEMPLATES needs ["DOMAIN_READ"]:
        "Lists the templates of the domain's mail, one for each event.";
    get GET_NOTIFICATION_TEMPLATE needs ["DOMAIN_READ"]:
        "Shows what the domain's mail says about an event.";
    put PUT_NOTIFICATION_TEMPLATE needs ["DOMAIN_UPDATE"]:
        "Replaces what the domain's mail says about an event. A template that does not work, or \
         leaves out the link, is refused.";
    delete DELETE_NOTIFICATION_TEMPLATE needs ["DOMAIN_UPDATE"]:
        "Goes back to what mail about the event says in every new domain.";
}

model! {
    /// What the domain's mail says about an event.
    pub NOTIFICATION_TEMPLATE = "NotificationTemplate": resource {
        /// The event, as it is called in `eventSettings` of the notification settings.
        "eventId": String, read_only, exact, searchable;
        /// The template of the subject, in one line.
        "subject": String, required;
        /// The template of the plain text.
        "text": String, required;
        /// The template of the HTML.
        "html": String, required;
        /// Whether it is as in every new domain.
        "isDefault": Boolean, read_only, searchable;
    }
}
