//! Events, Connector Hub and Streaming: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/Reference/streamingpolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/policyreference/eventspolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/Reference/serviceconnectorhubpolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Events, Connector Hub and Streaming",
    types: &[
        Row(
            "cloudevents-rules",
            [
                &["EVENTRULE_LIST"],
                &["EVENTRULE_READ"],
                &[],
                &["EVENTRULE_CREATE", "EVENTRULE_DELETE", "EVENTRULE_MODIFY"],
            ],
        ),
        Row(
            "connect-harness",
            [
                &["CONNECT_HARNESS_INSPECT"],
                &["CONNECT_HARNESS_READ"],
                &["CONNECT_HARNESS_UPDATE", "CONNECT_HARNESS_MOVE", "CONNECT_HARNESS_USE"],
                &["CONNECT_HARNESS_CREATE", "CONNECT_HARNESS_DELETE"],
            ],
        ),
        Row(
            "serviceconnectors",
            [
                &["SERVICE_CONNECTOR_INSPECT"],
                &["SERVICE_CONNECTOR_READ"],
                &["SERVICE_CONNECTOR_UPDATE"],
                &["SERVICE_CONNECTOR_CREATE", "SERVICE_CONNECTOR_DELETE", "SERVICE_CONNECTOR_MOVE"],
            ],
        ),
        Row(
            "stream-pools",
            [
                &["STREAM_POOL_INSPECT"],
                &["STREAM_POOL_READ"],
                &["STREAM_POOL_UPDATE", "STREAM_POOL_MOVE"],
                &["STREAM_POOL_CREATE", "STREAM_POOL_DELETE"],
            ],
        ),
        Row("stream-pull", [&[], &[], &["STREAM_CONSUME"], &[]]),
        Row("stream-push", [&[], &[], &["STREAM_PRODUCE"], &[]]),
        Row(
            "streams",
            [
                &["STREAM_INSPECT"],
                &["STREAM_READ"],
                &["STREAM_UPDATE", "STREAM_MOVE", "STREAM_PRODUCE", "STREAM_CONSUME"],
                &["STREAM_CREATE", "STREAM_DELETE"],
            ],
        ),
    ],
    families: &[FamilyRow(
        "stream-family",
        &["streams", "stream-pull", "stream-push", "connect-harness", "stream-pools"],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};
