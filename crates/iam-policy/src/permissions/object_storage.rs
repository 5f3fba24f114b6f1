//! Object Storage and Archive Storage: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/objectstoragepolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Object Storage and Archive Storage",
    types: &[
        Row(
            "buckets",
            [
                &["BUCKET_INSPECT"],
                &["BUCKET_READ"],
                &["BUCKET_UPDATE"],
                &[
                    "BUCKET_CREATE",
                    "BUCKET_DELETE",
                    "PAR_MANAGE",
                    "RETENTION_RULE_MANAGE",
                    "RETENTION_RULE_LOCK",
                ],
            ],
        ),
        Row(
            "objects",
            [
                &["OBJECT_INSPECT"],
                &["OBJECT_READ"],
                &["OBJECT_OVERWRITE"],
                &[
                    "OBJECT_CREATE",
                    "OBJECT_DELETE",
                    "OBJECT_VERSION_DELETE",
                    "OBJECT_RESTORE",
                    "OBJECT_UPDATE_TIER",
                ],
            ],
        ),
        Row(
            "objectstorage-namespaces",
            [&[], &[], &[], &["OBJECTSTORAGE_NAMESPACE_READ", "OBJECTSTORAGE_NAMESPACE_UPDATE"]],
        ),
    ],
    families: &[FamilyRow(
        "object-family",
        &["objectstorage-namespaces", "buckets", "objects"],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};
