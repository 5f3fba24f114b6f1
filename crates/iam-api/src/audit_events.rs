//! The audit trail as OCI's Audit service tells of it: events, version 2.

use crate::operation::{COMPARTMENT_ID, Operation, PAGE, Param, Spec, Target};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The base path of the Audit API: the version that its paths start with.
pub const BASE_PATH: &str = "/20190901";

/// Something that happened, in an envelope that all services share.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// What happened, with the service that it happened in.
    pub event_type: String,
    /// The version of the envelope.
    pub cloud_events_version: String,
    /// The version of what is in it.
    pub event_type_version: String,
    /// The service.
    pub source: String,
    /// What no other event has: made of the line's chain, so the same whenever it is asked for.
    pub event_id: String,
    /// When it happened.
    pub event_time: Timestamp,
    /// What is in the envelope: JSON.
    pub content_type: String,
    /// What is in the envelope.
    pub data: Data,
}

/// What an event tells.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// Always null here: no event is a part of another.
    pub event_grouping_id: Option<String>,
    /// The operation.
    pub event_name: String,
    /// The OCID of the compartment.
    pub compartment_id: Ocid,
    /// The name that the compartment has now.
    pub compartment_name: Option<String>,
    /// The name that the resource has now, if it is still there.
    pub resource_name: Option<String>,
    /// The OCID of what it was done to.
    pub resource_id: Option<String>,
    /// Always null here.
    pub availability_domain: Option<String>,
    /// Always null here: tags are the resource's own.
    pub freeform_tags: Option<FreeformTags>,
    /// Always null here: tags are the resource's own.
    pub defined_tags: Option<DefinedTags>,
    /// Who did it.
    pub identity: Identity,
    /// The request.
    pub request: Request,
    /// How it was answered.
    pub response: Response,
    /// What was changed: bodies are not kept.
    pub state_change: StateChange,
    /// The line's number in the trail, and its chain.
    pub additional_details: BTreeMap<String, Value>,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The name that the user has now, if they are still there.
    pub principal_name: Option<String>,
    /// The OCID of the user; null where nobody was known.
    pub principal_id: Option<String>,
    /// `natv`: a user of the tenancy's own.
    pub auth_type: Option<String>,
    /// Always null here.
    pub caller_name: Option<String>,
    /// Always null here.
    pub caller_id: Option<String>,
    /// The OCID of the tenancy.
    pub tenant_id: Option<Ocid>,
    /// The address that the request came from.
    pub ip_address: Option<String>,
    /// Always null here.
    pub credentials: Option<String>,
    /// Always null here.
    pub user_agent: Option<String>,
    /// Always null here.
    pub console_session_id: Option<String>,
}

/// The request that an event tells of.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Its id: the `opc-request-id` of the answer.
    pub id: Option<String>,
    /// Its path, if it was one of the API's.
    pub path: Option<String>,
    /// Its method, if it was one of the API's.
    pub action: Option<String>,
    /// Always empty here: parameters are not kept.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// Always empty here: headers are not kept.
    pub headers: BTreeMap<String, Vec<String>>,
}

/// How a request was answered.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status.
    pub status: Option<String>,
    /// When it was answered.
    pub response_time: Option<Timestamp>,
    /// Always empty here: headers are not kept.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Always empty here: answers are not kept.
    pub payload: BTreeMap<String, Value>,
    /// The error's code, if it was one.
    pub message: Option<String>,
}

/// What was changed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct StateChange {
    /// Always null here.
    pub previous: Option<BTreeMap<String, Value>>,
    /// Always null here.
    pub current: Option<BTreeMap<String, Value>>,
}

/// How long the audit trail is kept.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// In days. It is set where the server is started.
    pub retention_period_days: i64,
}

const START_TIME: Param = Param::query(
    "startTime",
    Kind::Timestamp,
    "Only what happened at this moment or later: an RFC 3339 time, such as 2026-01-15T11:30:00Z.",
)
.required();

const END_TIME: Param = Param::query(
    "endTime",
    Kind::Timestamp,
    "Only what happened before this moment: an RFC 3339 time, such as 2026-01-16T00:00:00Z.",
)
.required();

/// Lists what happened in a compartment.
pub static LIST_EVENTS: Operation<(), Vec<AuditEvent>> = Operation::new(Spec {
    id: "ListEvents",
    path: "/20190901/auditEvents",
    command: "audit event list",
    needs: &["AUDIT_EVENT_READ"],
    target: Target::Query("compartmentId"),
    params: &[COMPARTMENT_ID, START_TIME, END_TIME, PAGE],
    is_audited: true,
    doc: "Lists what happened in a compartment in a span of time: changes, refusals, sign-ins. The \
          oldest comes first.",
    ..Spec::BLANK
});

/// Says how long the audit trail is kept.
pub static GET_CONFIGURATION: Operation<(), Configuration> = Operation::new(Spec {
    id: "GetConfiguration",
    path: "/20190901/configuration",
    command: "audit config get",
    needs: &["AUDIT_EVENT_READ"],
    target: Target::Query("compartmentId"),
    params: &[COMPARTMENT_ID],
    doc: "Says for how many days the audit trail is kept.",
    ..Spec::BLANK
});
