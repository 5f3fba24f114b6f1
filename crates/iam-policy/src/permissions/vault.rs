//! Vault: keys and secrets: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/keypolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Vault: keys and secrets",
    types: &[
        Row(
            "hsm-cluster",
            [
                &["HSM_CLUSTER_INSPECT"],
                &["HSM_CLUSTER_READ"],
                &["HSM_CLUSTER_UPDATE"],
                &["HSM_CLUSTER_DELETE", "HSM_CLUSTER_CREATE", "HSM_CLUSTER_MOVE"],
            ],
        ),
        Row("key-delegate", [&[], &[], &["KEY_ASSOCIATE", "KEY_DISASSOCIATE"], &[]]),
        Row(
            "keys",
            [
                &["KEY_INSPECT"],
                &["KEY_READ"],
                &["KEY_ENCRYPT", "KEY_DECRYPT", "KEY_EXPORT", "KEY_SIGN", "KEY_VERIFY"],
                &[
                    "KEY_CREATE",
                    "KEY_UPDATE",
                    "KEY_ROTATE",
                    "KEY_DELETE",
                    "KEY_MOVE",
                    "KEY_IMPORT",
                    "KEY_BACKUP",
                    "KEY_RESTORE",
                ],
            ],
        ),
        Row("secret-bundles", [&["SECRET_BUNDLE_INSPECT"], &["SECRET_BUNDLE_READ"], &[], &[]]),
        Row(
            "secret-versions",
            [
                &["SECRET_VERSION_INSPECT"],
                &["SECRET_VERSION_READ"],
                &[],
                &["SECRET_VERSION_DELETE"],
            ],
        ),
        Row(
            "secrets",
            [
                &["SECRET_INSPECT"],
                &["SECRET_READ"],
                &["SECRET_UPDATE"],
                &["SECRET_CREATE", "SECRET_DELETE", "SECRET_MOVE"],
            ],
        ),
        Row(
            "vaults",
            [
                &["VAULT_INSPECT"],
                &["VAULT_READ"],
                &["VAULT_CREATE_KEY", "VAULT_IMPORT_KEY", "VAULT_CREATE_SECRET"],
                &[
                    "VAULT_CREATE",
                    "VAULT_UPDATE",
                    "VAULT_DELETE",
                    "VAULT_MOVE",
                    "VAULT_BACKUP",
                    "VAULT_RESTORE",
                    "VAULT_REPLICATE",
                ],
            ],
        ),
    ],
    families: &[
        // Its types are told on the page of common policies.
        FamilyRow(
            "secret-family",
            &["secrets", "secret-versions", "secret-bundles"],
            [&[], &[], &[], &[]],
        ),
    ],
    also: &[],
};
