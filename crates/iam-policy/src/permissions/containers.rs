//! Kubernetes Engine and Container Registry: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/contengpolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/Reference/registrypolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Kubernetes Engine and Container Registry",
    types: &[
        Row(
            "cluster-node-pools",
            [
                &["CLUSTER_NODE_POOL_INSPECT"],
                &["CLUSTER_NODE_POOL_READ"],
                &[],
                &[
                    "CLUSTER_NODE_POOL_CREATE",
                    "CLUSTER_NODE_POOL_DELETE",
                    "CLUSTER_NODE_POOL_UPDATE",
                ],
            ],
        ),
        Row("cluster-pod-shapes", [&["CLUSTER_VIRTUAL_NODE_POOL_INSPECT"], &[], &[], &[]]),
        Row(
            "cluster-virtualnode-pools",
            [
                &["CLUSTER_VIRTUAL_NODE_POOL_INSPECT"],
                &["CLUSTER_VIRTUAL_NODE_POOL_READ"],
                &[],
                &[
                    "CLUSTER_VIRTUAL_NODE_POOL_CREATE",
                    "CLUSTER_VIRTUAL_NODE_POOL_UPDATE",
                    "CLUSTER_VIRTUAL_NODE_POOL_DELETE",
                ],
            ],
        ),
        Row(
            "cluster-work-requests",
            [
                &["CLUSTER_WORK_REQUEST_INSPECT"],
                &["CLUSTER_WORK_REQUEST_READ"],
                &[],
                &["CLUSTER_WORK_REQUEST_DELETE"],
            ],
        ),
        Row(
            "cluster-workload-mappings",
            [
                &["CLUSTER_WORKLOAD_MAPPING_INSPECT"],
                &["CLUSTER_WORKLOAD_MAPPING_READ"],
                &[
                    "CLUSTER_WORKLOAD_MAPPING_UPDATE",
                    "CLUSTER_WORKLOAD_COMPARTMENT_BIND",
                    "CLUSTER_WORKLOAD_COMPARTMENT_UNBIND",
                ],
                &["CLUSTER_WORKLOAD_MAPPING_CREATE", "CLUSTER_WORKLOAD_MAPPING_DELETE"],
            ],
        ),
        Row(
            "clusters",
            [
                &["CLUSTER_INSPECT"],
                &["CLUSTER_READ"],
                &["CLUSTER_USE"],
                &[
                    "CLUSTER_CREATE",
                    "CLUSTER_DELETE",
                    "CLUSTER_UPDATE",
                    "CLUSTER_MANAGE",
                    "CLUSTER_JOIN",
                ],
            ],
        ),
        Row(
            "repos",
            [
                &["REPOSITORY_INSPECT"],
                &["REPOSITORY_READ"],
                &[],
                &[
                    "REPOSITORY_CREATE",
                    "REPOSITORY_DELETE",
                    "REPOSITORY_UPDATE",
                    "REPOSITORY_MANAGE",
                ],
            ],
        ),
    ],
    families: &[FamilyRow(
        "cluster-family",
        &[
            "clusters",
            "cluster-node-pools",
            "cluster-pod-shapes",
            "cluster-virtualnode-pools",
            "cluster-work-requests",
            "cluster-workload-mappings",
        ],
        [&[], &[], &[], &[]],
    )],
    also: &[("cluster-virtual-node-pools", "cluster-virtualnode-pools")],
};
