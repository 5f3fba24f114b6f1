//! Tagging work requests: what goes on with tags after its request was answered. They are kept like
//! other work requests; this interface tells errors and steps in lists of their own.

use crate::operation::{COMPARTMENT_ID, LIMIT, Operation, PAGE, Param, Spec, Target};
use crate::wire::{Field, Kind, Model, Wire};
use crate::work_requests::WorkRequestResource;
use crate::{Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// What a tagging work request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaggingOperation {
    /// Deletes a tag.
    #[serde(rename = "DELETE_TAG_DEFINITION")]
    DeleteTagDefinition,
    /// Deletes a tag namespace with its tags.
    #[serde(rename = "DELETE_NON_EMPTY_TAG_NAMESPACE")]
    DeleteNonEmptyTagNamespace,
    /// Deletes several tags.
    #[serde(rename = "BULK_DELETE_TAG_DEFINITION")]
    BulkDeleteTagDefinition,
    /// Edits the tags of several resources.
    #[serde(rename = "BULK_EDIT_OF_TAGS")]
    BulkEditOfTags,
    /// Makes a tag namespace after a template.
    #[serde(rename = "IMPORT_STANDARD_TAGS")]
    ImportStandardTags,
}

/// How far a tagging work request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaggingStatus {
    /// Nothing is done yet.
    Accepted,
    /// It is being done.
    #[serde(rename = "IN_PROGRESS")]
    InProgress,
    /// It could not be done; the errors say why.
    Failed,
    /// It is done.
    Succeeded,
    /// It is done to some of what it is about; the errors say why not to the rest.
    #[serde(rename = "PARTIALLY_SUCCEEDED")]
    PartiallySucceeded,
    /// It is being called off.
    Canceling,
    /// It was called off.
    Canceled,
}

/// What goes on with tags after its request was answered.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct TaggingWorkRequest {
    /// The OCID of the work request.
    pub id: Ocid,
    /// What it does.
    pub operation_type: TaggingOperation,
    /// The OCID of the compartment that it belongs to.
    pub compartment_id: Option<Ocid>,
    /// How far it is.
    pub status: TaggingStatus,
    /// What it is about.
    pub resources: Option<Vec<WorkRequestResource>>,
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

/// A tagging work request in a list, which tells the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaggingWorkRequestSummary(pub TaggingWorkRequest);

static SUMMARY: Model = Model {
    name: "TaggingWorkRequestSummary",
    doc: "A tagging work request in a list.",
    fields: FIELDS,
    variants: &[],
};

const FIELDS: &[Field] = match <TaggingWorkRequest as Wire>::KIND {
    Kind::Model(whole) => whole.fields,
    _ => &[],
};

impl Wire for TaggingWorkRequestSummary {
    const KIND: Kind = Kind::Model(&SUMMARY);
}

/// Why something could not be done to tags.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct TaggingWorkRequestErrorSummary {
    /// The code that a request would have been refused with.
    pub code: String,
    /// What happened, to what, and what to do next.
    pub message: String,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
}

/// A step that was taken with tags.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct TaggingWorkRequestLogSummary {
    /// What was done.
    pub message: String,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
}

const WORK_REQUEST_ID: Param =
    Param::path("workRequestId", Kind::Ocid, "The OCID of the tagging work request.");

/// Reads a tagging work request.
pub static GET_TAGGING_WORK_REQUEST: Operation<(), TaggingWorkRequest> = Operation::new(Spec {
    id: "GetTaggingWorkRequest",
    path: "/20160918/taggingWorkRequests/{workRequestId}",
    command: "iam tagging-work-request get",
    needs: &["TAG_NAMESPACE_INSPECT"],
    target: Target::Path("workRequestId"),
    params: &[WORK_REQUEST_ID],
    doc: "Shows a tagging work request: how far it is, and what it did. What it could not do and \
          its steps are listed by `iam tagging-work-request-error list` and `iam \
          tagging-work-request-log list`.",
    ..Spec::BLANK
});

/// Lists tagging work requests.
pub static LIST_TAGGING_WORK_REQUESTS: Operation<(), Vec<TaggingWorkRequestSummary>> =
    Operation::new(Spec {
        id: "ListTaggingWorkRequests",
        path: "/20160918/taggingWorkRequests",
        command: "iam tagging-work-request list",
        needs: &["TAG_NAMESPACE_INSPECT"],
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
        doc: "Lists the tagging work requests of a compartment, the newest first.",
        ..Spec::BLANK
    });

/// Lists what a tagging work request could not do.
pub static LIST_TAGGING_WORK_REQUEST_ERRORS: Operation<(), Vec<TaggingWorkRequestErrorSummary>> =
    Operation::new(Spec {
        id: "ListTaggingWorkRequestErrors",
        path: "/20160918/taggingWorkRequests/{workRequestId}/errors",
        command: "iam tagging-work-request-error list",
        needs: &["TAG_NAMESPACE_INSPECT"],
        target: Target::Path("workRequestId"),
        params: &[WORK_REQUEST_ID, PAGE, LIMIT],
        doc: "Lists what a tagging work request could not do, the first first.",
        ..Spec::BLANK
    });

/// Lists the steps of a tagging work request.
pub static LIST_TAGGING_WORK_REQUEST_LOGS: Operation<(), Vec<TaggingWorkRequestLogSummary>> =
    Operation::new(Spec {
        id: "ListTaggingWorkRequestLogs",
        path: "/20160918/taggingWorkRequests/{workRequestId}/logs",
        command: "iam tagging-work-request-log list",
        needs: &["TAG_NAMESPACE_INSPECT"],
        target: Target::Path("workRequestId"),
        params: &[WORK_REQUEST_ID, PAGE, LIMIT],
        doc: "Lists the steps that a tagging work request took, the first first.",
        ..Spec::BLANK
    });
