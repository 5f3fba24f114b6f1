//! Compute: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/corepolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Compute",
    types: &[
        Row(
            "app-catalog-listing",
            [
                &["APP_CATALOG_LISTING_INSPECT"],
                &["APP_CATALOG_LISTING_READ"],
                &[],
                &["APP_CATALOG_LISTING_SUBSCRIBE"],
            ],
        ),
        Row(
            "auto-scaling-configurations",
            [
                &["AUTO_SCALING_CONFIGURATION_INSPECT"],
                &["AUTO_SCALING_CONFIGURATION_READ"],
                &[],
                &[
                    "AUTO_SCALING_CONFIGURATION_CREATE",
                    "AUTO_SCALING_CONFIGURATION_UPDATE",
                    "AUTO_SCALING_CONFIGURATION_DELETE",
                    "AUTO_SCALING_CONFIGURATION_MOVE",
                ],
            ],
        ),
        Row(
            "cluster-networks",
            [
                &["CLUSTER_NETWORK_INSPECT"],
                &["CLUSTER_NETWORK_READ"],
                &[],
                &[
                    "CLUSTER_NETWORK_CREATE",
                    "CLUSTER_NETWORK_UPDATE",
                    "CLUSTER_NETWORK_DELETE",
                    "CLUSTER_NETWORK_MOVE",
                ],
            ],
        ),
        Row("compute-capacity-reports", [&[], &[], &[], &["COMPUTE_CAPACITY_REPORT_CREATE"]]),
        Row(
            "compute-capacity-reservations",
            [
                &["CAPACITY_RESERVATION_INSPECT"],
                &["CAPACITY_RESERVATION_READ"],
                &["CAPACITY_RESERVATION_LAUNCH_INSTANCE", "CAPACITY_RESERVATION_UPDATE"],
                &[
                    "CAPACITY_RESERVATION_CREATE",
                    "CAPACITY_RESERVATION_DELETE",
                    "CAPACITY_RESERVATION_MOVE",
                ],
            ],
        ),
        Row(
            "compute-clusters",
            [
                &["COMPUTE_CLUSTER_INSPECT"],
                &["COMPUTE_CLUSTER_READ"],
                &["COMPUTE_CLUSTER_UPDATE", "COMPUTE_CLUSTER_LAUNCH_INSTANCE"],
                &["COMPUTE_CLUSTER_CREATE", "COMPUTE_CLUSTER_MOVE", "COMPUTE_CLUSTER_DELETE"],
            ],
        ),
        Row(
            "compute-global-image-capability-schema",
            [
                &["COMPUTE_GLOBAL_IMAGE_CAPABILITY_SCHEMA_INSPECT"],
                &["COMPUTE_GLOBAL_IMAGE_CAPABILITY_SCHEMA_READ"],
                &[],
                &[],
            ],
        ),
        Row(
            "compute-image-capability-schema",
            [
                &["COMPUTE_IMAGE_CAPABILITY_SCHEMA_INSPECT"],
                &["COMPUTE_IMAGE_CAPABILITY_SCHEMA_READ"],
                &["COMPUTE_IMAGE_CAPABILITY_SCHEMA_UPDATE"],
                &[
                    "COMPUTE_IMAGE_CAPABILITY_SCHEMA_CREATE",
                    "COMPUTE_IMAGE_CAPABILITY_SCHEMA_MOVE",
                    "COMPUTE_IMAGE_CAPABILITY_SCHEMA_DELETE",
                ],
            ],
        ),
        Row(
            "console-histories",
            [
                &["CONSOLE_HISTORY_INSPECT"],
                &["CONSOLE_HISTORY_READ"],
                &[],
                &["CONSOLE_HISTORY_CREATE", "CONSOLE_HISTORY_DELETE"],
            ],
        ),
        Row(
            "dedicated-vm-hosts",
            [
                &["DEDICATED_VM_HOST_INSPECT"],
                &["DEDICATED_VM_HOST_READ"],
                &["DEDICATED_VM_HOST_LAUNCH_INSTANCE", "DEDICATED_VM_HOST_UPDATE"],
                &["DEDICATED_VM_HOST_CREATE", "DEDICATED_VM_HOST_MOVE", "DEDICATED_VM_HOST_DELETE"],
            ],
        ),
        Row(
            "instance-agent-commands",
            [
                &["INSTANCE_AGENT_COMMAND_INSPECT"],
                &["INSTANCE_AGENT_COMMAND_READ", "INSTANCE_AGENT_COMMAND_EXECUTION_INSPECT"],
                &["INSTANCE_AGENT_COMMAND_CREATE", "INSTANCE_AGENT_COMMAND_DELETE"],
                &[],
            ],
        ),
        Row(
            "instance-agent-plugins",
            [&["INSTANCE_AGENT_PLUGIN_INSPECT"], &["INSTANCE_AGENT_PLUGIN_READ"], &[], &[]],
        ),
        Row(
            "instance-configurations",
            [
                &["INSTANCE_CONFIGURATION_INSPECT"],
                &["INSTANCE_CONFIGURATION_READ"],
                &[],
                &[
                    "INSTANCE_CONFIGURATION_CREATE",
                    "INSTANCE_CONFIGURATION_UPDATE",
                    "INSTANCE_CONFIGURATION_LAUNCH",
                    "INSTANCE_CONFIGURATION_DELETE",
                    "INSTANCE_CONFIGURATION_MOVE",
                ],
            ],
        ),
        Row(
            "instance-console-connection",
            [
                &["INSTANCE_CONSOLE_CONNECTION_INSPECT"],
                &["INSTANCE_CONSOLE_CONNECTION_READ"],
                &[],
                &["INSTANCE_CONSOLE_CONNECTION_CREATE", "INSTANCE_CONSOLE_CONNECTION_DELETE"],
            ],
        ),
        Row(
            "instance-images",
            [
                &["INSTANCE_IMAGE_INSPECT"],
                &["INSTANCE_IMAGE_READ"],
                &["INSTANCE_IMAGE_UPDATE"],
                &["INSTANCE_IMAGE_CREATE", "INSTANCE_IMAGE_DELETE", "INSTANCE_IMAGE_MOVE"],
            ],
        ),
        Row(
            "instance-pools",
            [
                &["INSTANCE_POOL_INSPECT"],
                &["INSTANCE_POOL_READ"],
                &["INSTANCE_POOL_POWER_ACTIONS"],
                &[
                    "INSTANCE_POOL_CREATE",
                    "INSTANCE_POOL_UPDATE",
                    "INSTANCE_POOL_DELETE",
                    "INSTANCE_POOL_MOVE",
                    "INSTANCE_POOL_INSTANCE_ATTACH",
                    "INSTANCE_POOL_INSTANCE_DETACH",
                ],
            ],
        ),
        Row(
            "instances",
            [
                &["INSTANCE_INSPECT"],
                &["INSTANCE_READ"],
                &[
                    "INSTANCE_UPDATE",
                    "INSTANCE_CREATE_IMAGE",
                    "INSTANCE_POWER_ACTIONS",
                    "INSTANCE_ATTACH_VOLUME",
                    "INSTANCE_DETACH_VOLUME",
                ],
                &[
                    "INSTANCE_CREATE",
                    "INSTANCE_DELETE",
                    "INSTANCE_ATTACH_SECONDARY_VNIC",
                    "INSTANCE_DETACH_SECONDARY_VNIC",
                    "INSTANCE_MOVE",
                ],
            ],
        ),
        // One name for two services: the second permission is of File Storage (its page is named
        // in file_storage.rs).
        Row(
            "work-requests",
            [
                &["WORKREQUEST_INSPECT", "FSS_WORK_REQUEST_INSPECT"],
                &["FSS_WORK_REQUEST_READ"],
                &[],
                &[],
            ],
        ),
    ],
    families: &[
        // What this family grants beyond its types is on the page too.
        FamilyRow(
            "instance-family",
            &[
                "app-catalog-listing",
                "console-histories",
                "instances",
                "instance-console-connection",
                "instance-images",
                "volume-attachments",
            ],
            [&["VNIC_READ", "VNIC_ATTACHMENT_READ"], &[], &["VNIC_ATTACH", "VNIC_DETACH"], &[]],
        ),
        FamilyRow(
            "compute-management-family",
            &["instance-configurations", "instance-pools", "cluster-networks"],
            [&[], &[], &[], &[]],
        ),
        FamilyRow("instance-agent-family", &["instance-agent-plugins"], [&[], &[], &[], &[]]),
        FamilyRow(
            "instance-agent-command-family",
            &["instance-agent-commands"],
            [&[], &[], &[], &[]],
        ),
    ],
    also: &[],
};
