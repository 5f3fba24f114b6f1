//! Database: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/databasepolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Database",
    types: &[
        Row(
            "autonomous-backups",
            [
                &["AUTONOMOUS_DB_BACKUP_INSPECT"],
                &["AUTONOMOUS_DB_BACKUP_CONTENT_READ"],
                &[],
                &["AUTONOMOUS_DB_BACKUP_CREATE", "AUTONOMOUS_DB_BACKUP_DELETE"],
            ],
        ),
        Row(
            "autonomous-container-databases",
            [
                &["AUTONOMOUS_CONTAINER_DATABASE_INSPECT"],
                &[],
                &["AUTONOMOUS_CONTAINER_DATABASE_UPDATE"],
                &["AUTONOMOUS_CONTAINER_DATABASE_CREATE", "AUTONOMOUS_CONTAINER_DATABASE_DELETE"],
            ],
        ),
        Row(
            "autonomous-databases",
            [
                &["AUTONOMOUS_DATABASE_INSPECT"],
                &["AUTONOMOUS_DATABASE_CONTENT_READ"],
                &["AUTONOMOUS_DATABASE_CONTENT_WRITE"],
                &["AUTONOMOUS_DATABASE_CREATE", "AUTONOMOUS_DATABASE_DELETE"],
            ],
        ),
        Row(
            "autonomous-exadata-infrastructures",
            [
                &["AUTONOMOUS_EXADATA_INFRASTRUCTURE_INSPECT"],
                &[],
                &["AUTONOMOUS_EXADATA_INFRASTRUCTURE_UPDATE"],
                &[
                    "AUTONOMOUS_EXADATA_INFRASTRUCTURE_CREATE",
                    "AUTONOMOUS_EXADATA_INFRASTRUCTURE_DELETE",
                ],
            ],
        ),
        Row(
            "databases",
            [
                &["DATABASE_INSPECT"],
                &["DATABASE_CONTENT_READ"],
                &["DATABASE_CONTENT_WRITE", "DATABASE_UPDATE"],
                &["DATABASE_CREATE", "DATABASE_DELETE"],
            ],
        ),
        Row(
            "db-backups",
            [
                &["DB_BACKUP_INSPECT"],
                &["DB_BACKUP_CONTENT_READ"],
                &[],
                &["DB_BACKUP_CREATE", "DB_BACKUP_DELETE"],
            ],
        ),
        Row(
            "db-homes",
            [&["DB_HOME_INSPECT"], &[], &["DB_HOME_UPDATE"], &["DB_HOME_CREATE", "DB_HOME_DELETE"]],
        ),
        Row(
            "db-nodes",
            [&["DB_NODE_INSPECT", "DB_NODE_QUERY"], &[], &[], &["DB_NODE_POWER_ACTIONS"]],
        ),
        Row(
            "db-systems",
            [
                &["DB_SYSTEM_INSPECT"],
                &[],
                &["DB_SYSTEM_UPDATE"],
                &["DB_SYSTEM_CREATE", "DB_SYSTEM_DELETE"],
            ],
        ),
    ],
    families: &[
        FamilyRow(
            "database-family",
            &["db-systems", "db-nodes", "db-homes", "databases", "db-backups"],
            [&[], &[], &[], &[]],
        ),
        FamilyRow(
            "autonomous-database-family",
            &[
                "autonomous-databases",
                "autonomous-backups",
                "autonomous-container-databases",
                "autonomous-exadata-infrastructures",
            ],
            [&[], &[], &[], &[]],
        ),
    ],
    also: &[("backups", "db-backups")],
};
