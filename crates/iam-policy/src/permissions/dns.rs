//! DNS: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/dnspolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "DNS",
    types: &[
        Row(
            "dns-records",
            [
                &["DNS_RECORD_INSPECT"],
                &["DNS_RECORD_READ"],
                &["DNS_RECORD_UPDATE"],
                &["DNS_RECORD_CREATE", "DNS_RECORD_DELETE"],
            ],
        ),
        Row(
            "dns-resolver-endpoint",
            [
                &["DNS_RESOLVER_ENDPOINT_INSPECT"],
                &["DNS_RESOLVER_ENDPOINT_READ"],
                &["DNS_RESOLVER_ENDPOINT_UPDATE"],
                &["DNS_RESOLVER_ENDPOINT_CREATE", "DNS_RESOLVER_ENDPOINT_DELETE"],
            ],
        ),
        Row(
            "dns-resolvers",
            [
                &["DNS_RESOLVER_INSPECT"],
                &["DNS_RESOLVER_READ"],
                &["DNS_RESOLVER_UPDATE"],
                &["DNS_RESOLVER_CREATE", "DNS_RESOLVER_DELETE", "DNS_RESOLVER_MOVE"],
            ],
        ),
        // The tables of verbs and of operations name the permission of the update differently;
        // both are known.
        Row(
            "dns-steering-policies",
            [
                &["DNS_STEERING_POLICY_INSPECT"],
                &["DNS_STEERING_POLICY_READ"],
                &["DNS_POLICY_STEERING_UPDATE", "DNS_STEERING_POLICY_UPDATE"],
                &[
                    "DNS_STEERING_POLICY_CREATE",
                    "DNS_STEERING_POLICY_DELETE",
                    "DNS_STEERING_POLICY_MOVE",
                ],
            ],
        ),
        Row(
            "dns-steering-policy-attachments",
            [&["DNS_STEERING_ATTACHMENT_INSPECT"], &["DNS_STEERING_ATTACHMENT_READ"], &[], &[]],
        ),
        Row(
            "dns-tsig-keys",
            [
                &["DNS_TSIG_KEY_INSPECT"],
                &["DNS_TSIG_KEY_READ"],
                &["DNS_TSIG_KEY_UPDATE"],
                &["DNS_TSIG_KEY_CREATE", "DNS_TSIG_KEY_DELETE", "DNS_TSIG_KEY_MOVE"],
            ],
        ),
        Row(
            "dns-views",
            [
                &["DNS_VIEW_INSPECT"],
                &["DNS_VIEW_READ"],
                &["DNS_VIEW_UPDATE"],
                &["DNS_VIEW_CREATE", "DNS_VIEW_DELETE", "DNS_VIEW_MOVE"],
            ],
        ),
        Row(
            "dns-zones",
            [
                &["DNS_ZONE_INSPECT"],
                &["DNS_ZONE_READ"],
                &["DNS_ZONE_UPDATE"],
                &["DNS_ZONE_CREATE", "DNS_ZONE_DELETE", "DNS_ZONE_MOVE"],
            ],
        ),
    ],
    families: &[FamilyRow(
        "dns",
        &[
            "dns-zones",
            "dns-records",
            "dns-steering-policies",
            "dns-steering-policy-attachments",
            "dns-tsig-keys",
            "dns-views",
            "dns-resolvers",
        ],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};
