//! Logging: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/loggingpolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Logging",
    types: &[
        Row(
            "log-content",
            [
                &[],
                &["LOG_CONTENT_READ"],
                &["LOG_CONTENT_PUSH", "UNIFIED_AGENT_CONFIG_GENERATE"],
                &[],
            ],
        ),
        Row(
            "log-groups",
            [
                &["LOG_GROUP_INSPECT"],
                &["LOG_GROUP_READ"],
                &["LOG_GROUP_UPDATE"],
                &["LOG_GROUP_CREATE", "LOG_GROUP_DELETE"],
            ],
        ),
        Row(
            "unified-configuration",
            [
                &["UNIFIED_AGENT_CONFIG_INSPECT"],
                &["UNIFIED_AGENT_CONFIG_READ"],
                &["UNIFIED_AGENT_CONFIG_UPDATE"],
                &["UNIFIED_AGENT_CONFIG_CREATE", "UNIFIED_AGENT_CONFIG_DELETE"],
            ],
        ),
    ],
    families: &[FamilyRow(
        "logging-family",
        &["log-groups", "log-content", "unified-configuration"],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};
