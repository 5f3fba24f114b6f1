//! Monitoring and Notifications: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/monitoringpolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/policyreference/notificationpolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Monitoring and Notifications",
    types: &[
        Row(
            "alarms",
            [
                &["ALARM_INSPECT"],
                &["ALARM_READ"],
                &[],
                &["ALARM_CREATE", "ALARM_UPDATE", "ALARM_DELETE", "ALARM_MOVE"],
            ],
        ),
        Row("metrics", [&["METRIC_INSPECT"], &["METRIC_READ"], &["METRIC_WRITE"], &[]]),
        Row(
            "ons-subscriptions",
            [
                &["ONS_SUBSCRIPTION_INSPECT"],
                &[],
                &[],
                &["ONS_SUBSCRIPTION_MOVE", "ONS_TOPIC_SUBSCRIBE"],
            ],
        ),
        Row(
            "ons-topics",
            [
                &["ONS_TOPIC_INSPECT"],
                &["ONS_TOPIC_READ"],
                &["ONS_TOPIC_PUBLISH", "ONS_TOPIC_SUBSCRIBE"],
                &["ONS_TOPIC_CREATE", "ONS_TOPIC_MOVE", "ONS_TOPIC_UPDATE", "ONS_TOPIC_DELETE"],
            ],
        ),
    ],
    families: &[FamilyRow(
        "ons-family",
        &["ons-topics", "ons-subscriptions"],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};
