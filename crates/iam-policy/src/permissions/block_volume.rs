//! Block Volume: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/corepolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Block Volume",
    types: &[
        // The tables of verbs and of operations name the first permission differently; both are
        // known.
        Row(
            "backup-policies",
            [
                &["BACKUP_POLICY_INSPECT", "BACKUP_POLICIES_INSPECT"],
                &[],
                &["BACKUP_POLICIES_UPDATE"],
                &["BACKUP_POLICIES_CREATE", "BACKUP_POLICIES_DELETE"],
            ],
        ),
        Row(
            "backup-policy-assignments",
            [
                &["BACKUP_POLICY_ASSIGNMENT_INSPECT"],
                &[],
                &[],
                &["BACKUP_POLICY_ASSIGNMENT_CREATE", "BACKUP_POLICY_ASSIGNMENT_DELETE"],
            ],
        ),
        Row(
            "boot-volume-backups",
            [
                &["BOOT_VOLUME_BACKUP_INSPECT"],
                &["BOOT_VOLUME_BACKUP_READ"],
                &["BOOT_VOLUME_BACKUP_UPDATE", "BOOT_VOLUME_BACKUP_COPY"],
                &[
                    "BOOT_VOLUME_BACKUP_CREATE",
                    "BOOT_VOLUME_BACKUP_DELETE",
                    "BOOT_VOLUME_BACKUP_MOVE",
                ],
            ],
        ),
        Row(
            "volume-attachments",
            [
                &["VOLUME_ATTACHMENT_INSPECT"],
                &["VOLUME_ATTACHMENT_READ"],
                &["VOLUME_ATTACHMENT_UPDATE"],
                &["VOLUME_ATTACHMENT_CREATE", "VOLUME_ATTACHMENT_DELETE"],
            ],
        ),
        Row(
            "volume-backups",
            [
                &["VOLUME_BACKUP_INSPECT"],
                &["VOLUME_BACKUP_READ"],
                &["VOLUME_BACKUP_COPY", "VOLUME_BACKUP_UPDATE"],
                &["VOLUME_BACKUP_CREATE", "VOLUME_BACKUP_DELETE", "VOLUME_BACKUP_MOVE"],
            ],
        ),
        Row(
            "volume-group-backups",
            [
                &["VOLUME_GROUP_BACKUP_INSPECT"],
                &[],
                &[],
                &[
                    "VOLUME_GROUP_BACKUP_UPDATE",
                    "VOLUME_GROUP_BACKUP_CREATE",
                    "VOLUME_GROUP_BACKUP_DELETE",
                    "VOLUME_GROUP_BACKUP_MOVE",
                ],
            ],
        ),
        Row(
            "volume-groups",
            [
                &["VOLUME_GROUP_INSPECT"],
                &[],
                &[],
                &[
                    "VOLUME_GROUP_UPDATE",
                    "VOLUME_GROUP_CREATE",
                    "VOLUME_GROUP_DELETE",
                    "VOLUME_GROUP_MOVE",
                ],
            ],
        ),
        Row(
            "volumes",
            [
                &["VOLUME_INSPECT"],
                &[],
                &["VOLUME_UPDATE", "VOLUME_WRITE"],
                &["VOLUME_CREATE", "VOLUME_DELETE", "VOLUME_MOVE"],
            ],
        ),
    ],
    families: &[FamilyRow(
        "volume-family",
        &[
            "volumes",
            "volume-attachments",
            "volume-backups",
            "boot-volume-backups",
            "backup-policies",
            "backup-policy-assignments",
            "volume-groups",
            "volume-group-backups",
        ],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};
