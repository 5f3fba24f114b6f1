//! Load Balancing: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/lbpolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/Reference/nlbpolicyreference.htm

use super::{Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Load Balancing",
    types: &[
        Row(
            "load-balancers",
            [
                &["LOAD_BALANCER_INSPECT"],
                &["LOAD_BALANCER_READ"],
                &["LOAD_BALANCER_UPDATE", "LOAD_BALANCER_MOVE"],
                &["LOAD_BALANCER_CREATE", "LOAD_BALANCER_DELETE"],
            ],
        ),
        Row(
            "network-load-balancers",
            [
                &["NETWORK_LOAD_BALANCER_INSPECT"],
                &["NETWORK_LOAD_BALANCER_READ"],
                &["NETWORK_LOAD_BALANCER_UPDATE"],
                &[
                    "NETWORK_LOAD_BALANCER_CREATE",
                    "NETWORK_LOAD_BALANCER_DELETE",
                    "NETWORK_LOAD_BALANCER_MOVE",
                ],
            ],
        ),
    ],
    families: &[],
    also: &[],
};
