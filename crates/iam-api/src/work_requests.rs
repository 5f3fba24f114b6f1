//! Work requests: what goes on after its request was answered.

use crate::operation::{COMPARTMENT_ID, LIMIT, Operation, PAGE, Param, Spec, Target};
use crate::wire::Kind;
use crate::{Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// What a work request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum WorkOperation {
    /// Deletes a compartment.
    #[serde(rename = "DELETE_COMPARTMENT")]
    DeleteCompartment,
    /// Deletes the definition of a tag.
    #[serde(rename = "DELETE_TAG_DEFINITION")]
    DeleteTagDefinition,
    /// Moves a compartment.
    #[serde(rename = "MOVE_COMPARTMENT")]
    MoveCompartment,
    /// Deletes several resources.
    #[serde(rename = "BULK_DELETE_RESOURCES")]
    BulkDeleteResources,
    /// Moves several resources.
    #[serde(rename = "BULK_MOVE_RESOURCES")]
    BulkMoveResources,
}

/// How far a work request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum WorkStatus {
    /// Nothing is done yet.
    Accepted,
    /// It is being done.
    #[serde(rename = "IN_PROGRESS")]
    InProgress,
    /// It could not be done; the errors say why.
    Failed,
    /// It is done.
    Succeeded,
    /// It is being called off.
    Canceling,
    /// It was called off.
    Canceled,
}

/// What became of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum WorkAction {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
    /// It has to do with it.
    Related,
    /// It waits for its turn.
    #[serde(rename = "IN_PROGRESS")]
    InProgress,
    /// It stayed as it was.
    Failed,
}

/// A resource that a work request is about.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct WorkRequestResource {
    /// The OCID of the resource.
    pub identifier: String,
    /// What kind of resource it is.
    pub entity_type: String,
    /// What became of it.
    pub action_type: WorkAction,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_uri: Option<String>,
}

/// Why something could not be done.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct WorkRequestError {
    /// The code that a request would have been refused with.
    pub code: String,
    /// What happened, to what, and what to do next.
    pub message: String,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
}

/// A step that was taken.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct WorkRequestLogEntry {
    /// What was done.
    pub message: String,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
}

/// What goes on after its request was answered.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct WorkRequest {
    /// The OCID of the work request.
    pub id: Ocid,
    /// What it does.
    pub operation_type: WorkOperation,
    /// The OCID of the compartment that it belongs to.
    pub compartment_id: Option<Ocid>,
    /// How far it is.
    pub status: WorkStatus,
    /// What it is about.
    pub resources: Option<Vec<WorkRequestResource>>,
    /// Why something could not be done.
    pub errors: Option<Vec<WorkRequestError>>,
    /// The steps that were taken.
    pub logs: Option<Vec<WorkRequestLogEntry>>,
    /// When it was asked for.
    pub time_accepted: Option<Timestamp>,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_started: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_finished: Option<Timestamp>,
    /// How much of it is done, of a hundred.
    pub percent_complete: Option<f64>,
}

/// A work request in a list: all but the steps that were taken.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct WorkRequestSummary {
    /// The OCID of the work request.
    pub id: Ocid,
    /// What it does.
    pub operation_type: WorkOperation,
    /// The OCID of the compartment that it belongs to.
    pub compartment_id: Option<Ocid>,
    /// How far it is.
    pub status: WorkStatus,
    /// What it is about.
    pub resources: Option<Vec<WorkRequestResource>>,
    /// Why something could not be done.
    pub errors: Option<Vec<WorkRequestError>>,
    /// When it was asked for.
    pub time_accepted: Option<Timestamp>,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_started: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_finished: Option<Timestamp>,
    /// How much of it is done, of a hundred.
    pub percent_complete: Option<f64>,
}

impl From<WorkRequest> for WorkRequestSummary {
    fn from(whole: WorkRequest) -> Self {
        Self {
            id: whole.id,
            operation_type: whole.operation_type,
            compartment_id: whole.compartment_id,
            status: whole.status,
            resources: whole.resources,
            errors: whole.errors,
            time_accepted: whole.time_accepted,
            time_started: whole.time_started,
            time_finished: whole.time_finished,
            percent_complete: whole.percent_complete,
        }
    }
}

/// Reads a work request.
pub static GET_WORK_REQUEST: Operation<(), WorkRequest> = Operation::new(Spec {
    id: "GetWorkRequest",
    path: "/20160918/workRequests/{workRequestId}",
    command: "iam work-request get",
    needs: &["COMPARTMENT_READ"],
    target: Target::Path("workRequestId"),
    params: &[Param::path("workRequestId", Kind::Ocid, "The OCID of the work request.")],
    doc: "Shows a work request: how far it is, what it did, and what it could not do.",
    ..Spec::BLANK
});

/// Lists work requests.
pub static LIST_WORK_REQUESTS: Operation<(), Vec<WorkRequestSummary>> = Operation::new(Spec {
    id: "ListWorkRequests",
    path: "/20160918/workRequests",
    command: "iam work-request list",
    needs: &["COMPARTMENT_READ"],
    target: Target::Query("compartmentId"),
    params: &[
        COMPARTMENT_ID,
        PAGE,
        LIMIT,
        Param::query(
            "resourceIdentifier",
            Kind::String,
            "Only work requests about the resource with this OCID.",
        ),
    ],
    doc: "Lists the work requests of a compartment, the newest first.",
    ..Spec::BLANK
});
