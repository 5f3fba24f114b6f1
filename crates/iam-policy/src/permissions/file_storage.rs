//! File Storage: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/filestoragepolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "File Storage",
    types: &[
        Row(
            "export-sets",
            [
                &["EXPORT_SET_INSPECT"],
                &["EXPORT_SET_READ"],
                &[],
                &["EXPORT_SET_CREATE", "EXPORT_SET_UPDATE", "EXPORT_SET_DELETE"],
            ],
        ),
        // OCI writes NFSv3; names of permissions are upper case here, since they are found so.
        Row(
            "file-systems",
            [
                &["FILE_SYSTEM_INSPECT"],
                &["FILE_SYSTEM_READ"],
                &[
                    "FILE_SYSTEM_NFSV3_EXPORT",
                    "FILE_SYSTEM_NFSV3_UNEXPORT",
                    "FILE_SYSTEM_CLONE",
                    "FILE_SYSTEM_REPLICATION_SOURCE",
                    "FILE_SYSTEM_UPDATE_FILESYSTEM_SNAPSHOT_POLICY",
                ],
                &[
                    "FILE_SYSTEM_CREATE",
                    "FILE_SYSTEM_UPDATE",
                    "FILE_SYSTEM_DELETE",
                    "FILE_SYSTEM_MOVE",
                    "FILE_SYSTEM_CREATE_SNAPSHOT",
                    "FILE_SYSTEM_DELETE_SNAPSHOT",
                    "FILE_SYSTEM_REPLICATION_TARGET",
                ],
            ],
        ),
        Row(
            "filesystem-snapshot-policies",
            [
                &["FILESYSTEM_SNAPSHOT_POLICY_INSPECT"],
                &["FILESYSTEM_SNAPSHOT_POLICY_READ"],
                &["FILE_SYSTEM_UPDATE_FILESYSTEM_SNAPSHOT_POLICY"],
                &[
                    "FILESYSTEM_SNAPSHOT_POLICY_CREATE",
                    "FILESYSTEM_SNAPSHOT_POLICY_UPDATE",
                    "FILESYSTEM_SNAPSHOT_POLICY_MOVE",
                    "FILESYSTEM_SNAPSHOT_POLICY_DELETE",
                ],
            ],
        ),
        Row(
            "mount-targets",
            [
                &["MOUNT_TARGET_INSPECT"],
                &["MOUNT_TARGET_READ"],
                &[],
                &[
                    "MOUNT_TARGET_CREATE",
                    "MOUNT_TARGET_UPDATE",
                    "MOUNT_TARGET_SHAPE_UPGRADE",
                    "MOUNT_TARGET_SHAPE_DOWNGRADE",
                    "MOUNT_TARGET_DELETE",
                    "MOUNT_TARGET_MOVE",
                ],
            ],
        ),
        Row(
            "outbound-connectors",
            [
                &["OUTBOUND_CONNECTOR_INSPECT"],
                &["OUTBOUND_CONNECTOR_READ"],
                &[],
                &[
                    "OUTBOUND_CONNECTOR_CREATE",
                    "OUTBOUND_CONNECTOR_UPDATE",
                    "OUTBOUND_CONNECTOR_DELETE",
                    "OUTBOUND_CONNECTOR_MOVE",
                ],
            ],
        ),
        Row(
            "replication-targets",
            [
                &["REPLICATION_INSPECT"],
                &["REPLICATION_READ"],
                &[],
                &[
                    "REPLICATION_CREATE",
                    "REPLICATION_UPDATE",
                    "REPLICATION_DELETE",
                    "REPLICATION_MOVE",
                ],
            ],
        ),
        Row(
            "replications",
            [
                &["REPLICATION_INSPECT"],
                &["REPLICATION_READ"],
                &[],
                &[
                    "REPLICATION_CREATE",
                    "REPLICATION_UPDATE",
                    "REPLICATION_DELETE",
                    "REPLICATION_MOVE",
                ],
            ],
        ),
    ],
    families: &[FamilyRow(
        "file-family",
        &[
            "file-systems",
            "filesystem-snapshot-policies",
            "mount-targets",
            "outbound-connectors",
            "export-sets",
            "replications",
            "replication-targets",
            "work-requests",
        ],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};
