//! Announcements, Budgets, Quotas and Resource Manager: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/resourcemanagerpolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/Reference/announcementspolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/policyreference/quotaspolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/users/about-managing-users.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Announcements, Budgets, Quotas and Resource Manager",
    types: &[
        Row(
            "announcement-subscriptions",
            [
                &["ANNOUNCEMENT_SUBSCRIPTION_INSPECT"],
                &["ANNOUNCEMENT_SUBSCRIPTION_READ"],
                &["ANNOUNCEMENT_SUBSCRIPTION_UPDATE"],
                &[
                    "ANNOUNCEMENT_SUBSCRIPTION_CREATE",
                    "ANNOUNCEMENT_SUBSCRIPTION_DELETE",
                    "ANNOUNCEMENT_SUBSCRIPTION_MOVE",
                ],
            ],
        ),
        Row("announcements", [&["ANNOUNCEMENT_LIST"], &["ANNOUNCEMENT_READ"], &[], &[]]),
        Row(
            "orm-config-source-providers",
            [
                &["ORM_CONFIG_SOURCE_PROVIDER_INSPECT"],
                &["ORM_CONFIG_SOURCE_PROVIDER_READ"],
                &[],
                &[
                    "ORM_CONFIG_SOURCE_PROVIDER_CREATE",
                    "ORM_CONFIG_SOURCE_PROVIDER_UPDATE",
                    "ORM_CONFIG_SOURCE_PROVIDER_MOVE",
                    "ORM_CONFIG_SOURCE_PROVIDER_DELETE",
                ],
            ],
        ),
        Row("orm-jobs", [&["ORM_JOB_INSPECT"], &["ORM_JOB_READ"], &[], &["ORM_JOB_MANAGE"]]),
        Row(
            "orm-private-endpoints",
            [
                &["ORM_PRIVATE_ENDPOINT_INSPECT"],
                &["ORM_PRIVATE_ENDPOINT_READ"],
                &["ORM_PRIVATE_ENDPOINT_UPDATE"],
                &[
                    "ORM_PRIVATE_ENDPOINT_CREATE",
                    "ORM_PRIVATE_ENDPOINT_DELETE",
                    "ORM_PRIVATE_ENDPOINT_MOVE",
                ],
            ],
        ),
        Row(
            "orm-stacks",
            [
                &["ORM_STACK_INSPECT"],
                &["ORM_STACK_READ"],
                &["ORM_STACK_USE"],
                &["ORM_STACK_CREATE", "ORM_STACK_UPDATE", "ORM_STACK_MOVE", "ORM_STACK_DELETE"],
            ],
        ),
        Row(
            "orm-templates",
            [
                &["ORM_TEMPLATE_INSPECT"],
                &["ORM_TEMPLATE_READ"],
                &["ORM_TEMPLATE_UPDATE"],
                &["ORM_TEMPLATE_CREATE", "ORM_TEMPLATE_DELETE", "ORM_TEMPLATE_MOVE"],
            ],
        ),
        Row(
            "orm-work-requests",
            [&["ORM_WORK_REQUEST_INSPECT"], &["ORM_WORK_REQUEST_READ"], &[], &[]],
        ),
        Row(
            "quotas",
            [
                &["QUOTA_INSPECT"],
                &["QUOTA_READ"],
                &[],
                &["QUOTA_CREATE", "QUOTA_DELETE", "QUOTA_UPDATE"],
            ],
        ),
        // There is no table of verbs for this type: three permissions are told, and stand where
        // their names put them.
        Row(
            "usage-budgets",
            [&["USAGE_BUDGET_INSPECT"], &["USAGE_BUDGET_READ"], &[], &["USAGE_BUDGET_MANAGE"]],
        ),
    ],
    families: &[FamilyRow(
        "orm-family",
        &[
            "orm-config-source-providers",
            "orm-jobs",
            "orm-private-endpoints",
            "orm-stacks",
            "orm-templates",
            "orm-work-requests",
        ],
        [&[], &[], &[], &[]],
    )],
    also: &[("orm-template", "orm-templates"), ("quota", "quotas")],
};
