//! Certificates: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/certificatespolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Certificates",
    types: &[
        Row(
            "cabundle-associations",
            [
                &["CABUNDLE_ASSOCIATION_INSPECT"],
                &["CABUNDLE_ASSOCIATION_READ"],
                &[],
                &["CABUNDLE_ASSOCIATION_CREATE", "CABUNDLE_ASSOCIATION_DELETE"],
            ],
        ),
        Row(
            "cabundles",
            [
                &["CABUNDLE_INSPECT"],
                &["CABUNDLE_READ"],
                &["CABUNDLE_UPDATE"],
                &["CABUNDLE_CREATE", "CABUNDLE_DELETE", "CABUNDLE_MOVE"],
            ],
        ),
        Row(
            "certificate-associations",
            [
                &["CERTIFICATE_ASSOCIATION_INSPECT"],
                &["CERTIFICATE_ASSOCIATION_READ"],
                &[],
                &["CERTIFICATE_ASSOCIATION_CREATE", "CERTIFICATE_ASSOCIATION_DELETE"],
            ],
        ),
        Row(
            "certificate-authorities",
            [
                &["CERTIFICATE_AUTHORITY_INSPECT"],
                &["CERTIFICATE_AUTHORITY_READ"],
                &["CERTIFICATE_AUTHORITY_UPDATE"],
                &[
                    "CERTIFICATE_AUTHORITY_CREATE",
                    "CERTIFICATE_AUTHORITY_DELETE",
                    "CERTIFICATE_AUTHORITY_MOVE",
                ],
            ],
        ),
        Row(
            "certificate-authority-associations",
            [
                &["CERTIFICATE_AUTHORITY_ASSOCIATION_INSPECT"],
                &["CERTIFICATE_AUTHORITY_ASSOCIATION_READ"],
                &[],
                &[
                    "CERTIFICATE_AUTHORITY_ASSOCIATION_CREATE",
                    "CERTIFICATE_AUTHORITY_ASSOCIATION_DELETE",
                ],
            ],
        ),
        Row(
            "certificate-authority-bundles",
            [
                &["CERTIFICATE_AUTHORITY_BUNDLE_INSPECT"],
                &["CERTIFICATE_AUTHORITY_BUNDLE_READ"],
                &[],
                &[],
            ],
        ),
        Row("certificate-authority-delegates", [&[], &[], &["CERTIFICATE_AUTHORITY_APPLY"], &[]]),
        Row(
            "certificate-authority-versions",
            [
                &["CERTIFICATE_AUTHORITY_VERSION_INSPECT"],
                &["CERTIFICATE_AUTHORITY_VERSION_READ"],
                &[],
                &["CERTIFICATE_AUTHORITY_VERSION_DELETE", "CERTIFICATE_AUTHORITY_VERSION_REVOKE"],
            ],
        ),
        Row(
            "leaf-certificate-bundles",
            [&["CERTIFICATE_BUNDLE_INSPECT"], &["CERTIFICATE_BUNDLE_READ"], &[], &[]],
        ),
        Row(
            "leaf-certificate-versions",
            [
                &["CERTIFICATE_VERSION_INSPECT"],
                &["CERTIFICATE_VERSION_READ"],
                &[],
                &["CERTIFICATE_VERSION_REVOKE", "CERTIFICATE_VERSION_DELETE"],
            ],
        ),
        Row(
            "leaf-certificates",
            [
                &["CERTIFICATE_INSPECT"],
                &["CERTIFICATE_READ"],
                &["CERTIFICATE_UPDATE"],
                &["CERTIFICATE_CREATE", "CERTIFICATE_DELETE", "CERTIFICATE_MOVE"],
            ],
        ),
    ],
    families: &[
        FamilyRow(
            "leaf-certificate-family",
            &[
                "leaf-certificates",
                "leaf-certificate-versions",
                "leaf-certificate-bundles",
                "cabundles",
                "certificate-associations",
                "cabundle-associations",
            ],
            [&[], &[], &[], &[]],
        ),
        FamilyRow(
            "certificate-authority-family",
            &[
                "certificate-authorities",
                "certificate-authority-versions",
                "certificate-authority-bundles",
                "certificate-authority-delegates",
                "leaf-certificates",
                "leaf-certificate-versions",
                "leaf-certificate-bundles",
                "cabundles",
                "certificate-associations",
                "certificate-authority-associations",
                "cabundle-associations",
            ],
            [&[], &[], &[], &[]],
        ),
    ],
    also: &[],
};
