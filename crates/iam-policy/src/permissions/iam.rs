//! IAM and Audit, which Durward serves itself: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/iampolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/policyreference/auditpolicyreference.htm
//!
//! The table is OCI's, but for cells where OCI's own two tables leave a gap, and one permission of
//! our own; they are marked.

use super::{Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "IAM and Audit",
    types: &[
        Row("audit-events", [&[], &["AUDIT_EVENT_READ"], &[], &[]]),
        Row(
            "authentication-policies",
            [&["AUTHENTICATION_POLICY_INSPECT"], &[], &[], &["AUTHENTICATION_POLICY_UPDATE"]],
        ),
        Row(
            "compartments",
            [
                &["COMPARTMENT_INSPECT"],
                &[],
                // OCI's operations need COMPARTMENT_READ (GetWorkRequest), which its verb table
                // lacks but puts here.
                &["COMPARTMENT_READ", "COMPARTMENT_UPDATE"],
                &["COMPARTMENT_CREATE", "COMPARTMENT_DELETE", "COMPARTMENT_RECOVER"],
            ],
        ),
        Row(
            "credentials",
            [
                &["CREDENTIAL_INSPECT"],
                &[],
                // Durward's own: to ask whether what users show to a service is right.
                &["CREDENTIAL_VERIFY"],
                &["CREDENTIAL_ADD", "CREDENTIAL_REMOVE", "CREDENTIAL_UPDATE"],
            ],
        ),
        Row(
            "domains",
            [
                &["DOMAIN_INSPECT"],
                &["DOMAIN_LICENSETYPE_READ", "DOMAIN_READ"],
                &["DOMAIN_UPDATE", "IAM_WORKREQUEST_READ"],
                &[
                    "DOMAIN_ACTIVATE",
                    "DOMAIN_CREATE",
                    "DOMAIN_DEACTIVATE",
                    "DOMAIN_DELETE",
                    "DOMAIN_MOVE",
                    "DOMAIN_REPLICATE",
                ],
            ],
        ),
        Row(
            "dynamic-groups",
            [
                &["DYNAMIC_GROUP_INSPECT"],
                &[],
                &["DYNAMIC_GROUP_UPDATE"],
                &["DYNAMIC_GROUP_CREATE", "DYNAMIC_GROUP_DELETE"],
            ],
        ),
        Row(
            "groups",
            [&["GROUP_INSPECT"], &[], &["GROUP_UPDATE"], &["GROUP_CREATE", "GROUP_DELETE"]],
        ),
        // OCI names these two work request types but prints no row for them.
        Row("iamworkrequest", [&["IAM_WORKREQUEST_INSPECT"], &["IAM_WORKREQUEST_READ"], &[], &[]]),
        Row("workrequest", [&["COMPARTMENT_READ"], &[], &[], &[]]),
        Row(
            "identity-providers",
            [
                &["IDENTITY_PROVIDER_INSPECT"],
                &[],
                &[],
                &[
                    "IDENTITY_PROVIDER_CREATE",
                    "IDENTITY_PROVIDER_DELETE",
                    "IDENTITY_PROVIDER_UPDATE",
                ],
            ],
        ),
        Row(
            "network-sources",
            [
                &["NETWORK_SOURCE_INSPECT"],
                &[],
                &["NETWORK_SOURCE_UPDATE"],
                &["NETWORK_SOURCE_CREATE", "NETWORK_SOURCE_DELETE"],
            ],
        ),
        // `use policies` does not include the update: who may change a policy may grant everything.
        Row(
            "policies",
            [&["POLICY_READ"], &[], &[], &["POLICY_CREATE", "POLICY_DELETE", "POLICY_UPDATE"]],
        ),
        Row(
            "tag-defaults",
            [
                &["TAG_DEFAULT_INSPECT", "TAG_NAMESPACE_READ"],
                &[],
                &[],
                // OCI's operations need _MANAGE, its verb table gives the three others.
                &[
                    "TAG_DEFAULT_CREATE",
                    "TAG_DEFAULT_DELETE",
                    "TAG_DEFAULT_MANAGE",
                    "TAG_DEFAULT_UPDATE",
                ],
            ],
        ),
        Row(
            "tag-namespaces",
            [
                &["TAG_NAMESPACE_INSPECT"],
                &[],
                &["TAG_NAMESPACE_USE"],
                &[
                    "TAG_NAMESPACE_CREATE",
                    "TAG_NAMESPACE_DELETE",
                    "TAG_NAMESPACE_MOVE",
                    "TAG_NAMESPACE_UPDATE",
                ],
            ],
        ),
        // OCI prints it in both cells: so it is granted from `use` on, and taken by both.
        Row("tenancies", [&["TENANCY_INSPECT"], &[], &["TENANCY_UPDATE"], &["TENANCY_UPDATE"]]),
        Row(
            "users",
            [
                &["USER_INSPECT"],
                &["USER_READ"],
                &["USER_UPDATE"],
                &[
                    "USER_APIKEY_ADD",
                    "USER_APIKEY_REMOVE",
                    "USER_AUTHTOKEN_REMOVE",
                    "USER_AUTHTOKEN_RESET",
                    "USER_AUTHTOKEN_SET",
                    "USER_CREATE",
                    "USER_DELETE",
                    "USER_OAUTH2_CLIENT_CRED_CREATE",
                    "USER_OAUTH2_CLIENT_CRED_REMOVE",
                    "USER_OAUTH2_CLIENT_CRED_UPDATE",
                    "USER_SECRETKEY_ADD",
                    "USER_SECRETKEY_REMOVE",
                    "USER_SECRETKEY_UPDATE",
                    "USER_SUPPORT_ACCOUNT_LINK",
                    "USER_SUPPORT_ACCOUNT_UNLINK",
                    "USER_SWIFTPASS_REMOVE",
                    "USER_SWIFTPASS_RESET",
                    "USER_SWIFTPASS_SET",
                    "USER_TOTPDEVICE_ADD",
                    "USER_TOTPDEVICE_REMOVE",
                    "USER_TOTPDEVICE_UPDATE",
                    "USER_UIPASS_RESET",
                    "USER_UIPASS_SET",
                    "USER_UNBLOCK",
                ],
            ],
        ),
    ],
    families: &[],
    also: &[],
};
