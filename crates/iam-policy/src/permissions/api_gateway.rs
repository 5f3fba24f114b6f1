//! API Gateway: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/apigatewaypolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "API Gateway",
    types: &[
        Row(
            "api-certificates",
            [
                &["API_CERTIFICATE_LIST"],
                &["API_CERTIFICATE_READ"],
                &["API_CERTIFICATE_APPLY_TO_GATEWAY"],
                &[
                    "API_CERTIFICATE_CREATE",
                    "API_CERTIFICATE_DELETE",
                    "API_CERTIFICATE_UPDATE",
                    "API_CERTIFICATE_MOVE",
                ],
            ],
        ),
        // The table of verbs has API_DEPLOYMENT_MOVE here, that of operations
        // API_DEFINITION_MOVE; both are known.
        Row(
            "api-definitions",
            [
                &["API_DEFINITION_LIST"],
                &["API_DEFINITION_READ"],
                &["API_DEFINITION_UPDATE"],
                &[
                    "API_DEFINITION_CREATE",
                    "API_DEFINITION_DELETE",
                    "API_DEFINITION_MOVE",
                    "API_DEPLOYMENT_MOVE",
                ],
            ],
        ),
        Row(
            "api-deployments",
            [
                &["API_DEPLOYMENT_LIST"],
                &["API_DEPLOYMENT_READ"],
                &["API_DEPLOYMENT_UPDATE"],
                &["API_DEPLOYMENT_CREATE", "API_DEPLOYMENT_DELETE", "API_DEPLOYMENT_MOVE"],
            ],
        ),
        Row(
            "api-gateways",
            [
                &["API_GATEWAY_LIST"],
                &["API_GATEWAY_READ"],
                &["API_GATEWAY_ADD_DEPLOYMENT", "API_GATEWAY_REMOVE_DEPLOYMENT"],
                &[
                    "API_GATEWAY_CREATE",
                    "API_GATEWAY_DELETE",
                    "API_GATEWAY_UPDATE",
                    "API_GATEWAY_MOVE",
                ],
            ],
        ),
        Row(
            "api-sdks",
            [
                &["API_SDK_LIST"],
                &["API_SDK_READ"],
                &["API_SDK_UPDATE"],
                &["API_SDK_CREATE", "API_SDK_DELETE"],
            ],
        ),
        Row(
            "api-subscribers",
            [
                &["API_SUBSCRIBER_LIST"],
                &["API_SUBSCRIBER_READ"],
                &["API_SUBSCRIBER_UPDATE"],
                &["API_SUBSCRIBER_CREATE", "API_SUBSCRIBER_DELETE", "API_SUBSCRIBER_MOVE"],
            ],
        ),
        Row(
            "api-usage-plans",
            [
                &["API_USAGE_PLAN_LIST"],
                &["API_USAGE_PLAN_READ"],
                &["API_USAGE_PLAN_UPDATE"],
                &["API_USAGE_PLAN_CREATE", "API_USAGE_PLAN_DELETE", "API_USAGE_PLAN_MOVE"],
            ],
        ),
        Row(
            "api-workrequests",
            [
                &["API_WORK_REQUEST_LIST"],
                &["API_WORK_REQUEST_READ"],
                &["API_WORK_REQUEST_CANCEL"],
                &[],
            ],
        ),
    ],
    families: &[FamilyRow(
        "api-gateway-family",
        &[
            "api-gateways",
            "api-deployments",
            "api-definitions",
            "api-workrequests",
            "api-certificates",
            "api-sdks",
            "api-subscribers",
            "api-usage-plans",
        ],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};
