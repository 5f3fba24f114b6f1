//! Bastion: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Bastion/Reference/bastionpolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Bastion",
    types: &[
        Row(
            "bastion",
            [
                &["BASTION_INSPECT"],
                &["BASTION_READ"],
                &["BASTION_USE"],
                &["BASTION_CREATE", "BASTION_UPDATE", "BASTION_DELETE", "BASTION_MOVE"],
            ],
        ),
        Row(
            "bastion-session",
            [
                &["BASTION_SESSION_INSPECT"],
                &["BASTION_SESSION_READ"],
                &["BASTION_SESSION_UPDATE"],
                &["BASTION_SESSION_CREATE", "BASTION_SESSION_DELETE"],
            ],
        ),
    ],
    families: &[FamilyRow("bastion-family", &["bastion", "bastion-session"], [&[], &[], &[], &[]])],
    also: &[],
};
