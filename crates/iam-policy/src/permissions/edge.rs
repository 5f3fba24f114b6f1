//! Edge policies and Health Checks: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/wafpolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/policyreference/healthcheckpolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Edge policies and Health Checks",
    types: &[
        Row(
            "health-check-monitor",
            [
                &["HEALTH_CHECK_MONITOR_INSPECT"],
                &["HEALTH_CHECK_MONITOR_READ"],
                &[],
                &["HEALTH_CHECK_MONITOR_MANAGE", "HEALTH_CHECK_MONITOR_MOVE"],
            ],
        ),
        Row("health-check-results", [&["HEALTH_CHECK_RESULTS_INSPECT"], &[], &[], &[]]),
        Row(
            "http-redirects",
            [
                &["HTTPREDIRECT_INSPECT"],
                &["HTTPREDIRECT_READ"],
                &["HTTPREDIRECT_UPDATE"],
                &["HTTPREDIRECT_CREATE", "HTTPREDIRECT_DELETE", "HTTPREDIRECT_MOVE"],
            ],
        ),
        Row("on-demand-probe", [&[], &[], &[], &["ON_DEMAND_PROBE_MANAGE"]]),
        Row("vantage-points", [&["VANTAGE_POINTS_INSPECT"], &[], &[], &[]]),
        Row(
            "waas-address-list",
            [
                &["WAAS_ADDRESS_LIST_INSPECT"],
                &["WAAS_ADDRESS_LIST_READ"],
                &["WAAS_ADDRESS_LIST_UPDATE", "WAAS_ADDRESS_LIST_USE"],
                &["WAAS_ADDRESS_LIST_CREATE", "WAAS_ADDRESS_LIST_DELETE", "WAAS_ADDRESS_LIST_MOVE"],
            ],
        ),
        // Two names are misspelled in the table of verbs and not in that of operations; all are
        // known.
        Row(
            "waas-certificate",
            [
                &["WAAS_CERTIFICATE_INSPECT"],
                &["WAAS_CERTIFICATE_READ"],
                &[],
                &[
                    "WAAS_CERTIFICATE_CREATE",
                    "WAAS_CERTIFICATE_DELETE",
                    "WAAS_CERTIFICATE_MOVE",
                    "WAAS_CERTFICATE_DELETE",
                    "WAAS_CERTFICATE_MOVE",
                ],
            ],
        ),
        Row(
            "waas-custom-protection-rule",
            [
                &["WAAS_CUSTOM_PROTECTION_RULE_INSPECT"],
                &["WAAS_CUSTOM_PROTECTION_RULE_READ"],
                &["WAAS_CUSTOM_PROTECTION_RULE_UPDATE", "WAAS_CUSTOM_PROTECTION_RULE_USE"],
                &[
                    "WAAS_CUSTOM_PROTECTION_RULE_CREATE",
                    "WAAS_CUSTOM_PROTECTION_RULE_DELETE",
                    "WAAS_CUSTOM_PROTECTION_RULE_MOVE",
                ],
            ],
        ),
        Row("waas-metering", [&[], &["WAAS_METERING_READ"], &[], &[]]),
        Row(
            "waas-policy",
            [
                &["WAAS_POLICY_INSPECT"],
                &["WAAS_POLICY_READ"],
                &["WAAS_POLICY_UPDATE"],
                &["WAAS_POLICY_CREATE", "WAAS_POLICY_DELETE", "WAAS_POLICY_MOVE"],
            ],
        ),
        Row(
            "waas-work-request",
            [
                &["WAAS_WORK_REQUEST_INSPECT"],
                &["WAAS_WORK_REQUEST_READ"],
                &[],
                &["WAAS_WORK_REQUEST_DELETE"],
            ],
        ),
    ],
    families: &[
        FamilyRow(
            "health-check-family",
            &["health-check-monitor", "health-check-results", "on-demand-probe", "vantage-points"],
            [&[], &[], &[], &[]],
        ),
        FamilyRow(
            "waas-family",
            &[
                "waas-policy",
                "waas-certificate",
                "waas-work-request",
                "waas-metering",
                "waas-custom-protection-rule",
                "waas-address-list",
                "http-redirects",
            ],
            [&[], &[], &[], &[]],
        ),
    ],
    also: &[],
};
