//! Email Delivery: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/emailpolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Email Delivery",
    types: &[
        Row(
            "approved-senders",
            [
                &["APPROVED_SENDER_INSPECT"],
                &["APPROVED_SENDER_READ"],
                &["APPROVED_SENDER_USE"],
                &[
                    "APPROVED_SENDER_CREATE",
                    "APPROVED_SENDER_DELETE",
                    "APPROVED_SENDER_UPDATE",
                    "APPROVED_SENDER_MOVE",
                ],
            ],
        ),
        Row(
            "custom-return-path",
            [
                &["EMAIL_RETURN_PATH_INSPECT"],
                &["EMAIL_RETURN_PATH_READ"],
                &["EMAIL_RETURN_PATH_UPDATE"],
                &["EMAIL_RETURN_PATH_CREATE", "EMAIL_RETURN_PATH_DELETE"],
            ],
        ),
        Row(
            "dkims",
            [&["DKIM_INSPECT"], &["DKIM_READ"], &["DKIM_UPDATE"], &["DKIM_CREATE", "DKIM_DELETE"]],
        ),
        Row(
            "email-domains",
            [
                &["EMAIL_DOMAIN_INSPECT"],
                &["EMAIL_DOMAIN_READ"],
                &["EMAIL_DOMAIN_UPDATE"],
                &["EMAIL_DOMAIN_CREATE", "EMAIL_DOMAIN_DELETE", "EMAIL_DOMAIN_MOVE"],
            ],
        ),
        Row(
            "email-work-requests",
            [&["EMAIL_WORK_REQUEST_INSPECT"], &["EMAIL_WORK_REQUEST_READ"], &[], &[]],
        ),
        Row(
            "suppressions",
            [
                &["SUPPRESSION_INSPECT"],
                &["SUPPRESSION_READ"],
                &[],
                &["SUPPRESSION_CREATE", "SUPPRESSION_DELETE"],
            ],
        ),
    ],
    families: &[
        // The page prints a table of its own for the family, which lets `use` do more than its
        // types do.
        FamilyRow(
            "email-family",
            &[
                "approved-senders",
                "email-domains",
                "email-work-requests",
                "suppressions",
                "custom-return-path",
            ],
            [&[], &["EMAIL_CONFIGURATION_READ"], &["APPROVED_SENDER_UPDATE"], &[]],
        ),
    ],
    also: &[],
};
