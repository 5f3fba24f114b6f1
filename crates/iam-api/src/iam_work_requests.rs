//! Work requests that change identity domains: what goes on after its request was answered. Those
//! that change compartments are in `work_requests.rs`.

use crate::operation::{COMPARTMENT_ID, LIMIT, Operation, PAGE, Param, SORT_ORDER, Spec, Target};
use crate::wire::{Kind, Model, Wire};
use crate::work_requests::WorkStatus;
use crate::{Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// What a work request does to a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
pub enum DomainOperation {
    /// Creates it.
    #[serde(rename = "CREATE_DOMAIN")]
    Create,
    /// Copies it to a region.
    #[serde(rename = "REPLICATE_DOMAIN_TO_REGION")]
    Replicate,
    /// Changes it.
    #[serde(rename = "UPDATE_DOMAIN")]
    Update,
    /// Activates it.
    #[serde(rename = "ACTIVATE_DOMAIN")]
    Activate,
    /// Deactivates it.
    #[serde(rename = "DEACTIVATE_DOMAIN")]
    Deactivate,
    /// Deletes it.
    #[serde(rename = "DELETE_DOMAIN")]
    Delete,
    /// Moves it.
    #[serde(rename = "CHANGE_COMPARTMENT_FOR_DOMAIN")]
    ChangeCompartment,
    /// Gives it another license.
    #[serde(rename = "CHANGE_LICENSE_TYPE_FOR_DOMAIN")]
    ChangeLicenseType,
}

/// What became of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum IamWorkAction {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
    /// It stayed as it was.
    Related,
    /// It waits for its turn.
    #[serde(rename = "IN_PROGRESS")]
    InProgress,
}

/// A resource that a work request is about.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct IamWorkRequestResource {
    /// What became of it.
    pub action_type: IamWorkAction,
    /// What kind of resource it is.
    pub entity_type: String,
    /// The OCID of the resource.
    pub identifier: String,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_uri: Option<String>,
}

/// What goes on with a domain after its request was answered.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct IamWorkRequest {
    /// The OCID of the work request.
    pub id: Ocid,
    /// What it does.
    pub operation_type: DomainOperation,
    /// How far it is.
    pub status: WorkStatus,
    /// The OCID of the compartment that it belongs to.
    pub compartment_id: Option<Ocid>,
    /// What it is about.
    pub resources: Option<Vec<IamWorkRequestResource>>,
    /// How much of it is done, of a hundred.
    pub percent_complete: Option<f64>,
    /// When it was asked for.
    pub time_accepted: Option<Timestamp>,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_started: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_finished: Option<Timestamp>,
}

/// A work request in a list; the same is known of it as of one that is read alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IamWorkRequestSummary(pub IamWorkRequest);

impl Wire for IamWorkRequestSummary {
    const KIND: Kind = Kind::Model(&SUMMARY);
}

static SUMMARY: Model = Model {
    name: "IamWorkRequestSummary",
    doc: "A work request in a list.",
    fields: match IamWorkRequest::KIND {
        Kind::Model(whole) => whole.fields,
        _ => &[],
    },
    variants: &[],
};

/// Why something could not be done.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct IamWorkRequestErrorSummary {
    /// The code that a request would have been refused with.
    pub code: String,
    /// What happened, to what, and what to do next.
    pub message: String,
    /// When that was.
    pub timestamp: Timestamp,
}

/// A step that was taken.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct IamWorkRequestLogSummary {
    /// What was done.
    pub message: String,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
}

const ID: Param = Param::path("iamWorkRequestId", Kind::Ocid, "The OCID of the work request.");

/// Reads a work request.
pub static GET_IAM_WORK_REQUEST: Operation<(), IamWorkRequest> = Operation::new(Spec {
    id: "GetIamWorkRequest",
    path: "/20160918/iamWorkRequests/{iamWorkRequestId}",
    command: "iam iam-work-request get",
    needs: &["IAM_WORKREQUEST_READ"],
    target: Target::Path("iamWorkRequestId"),
    params: &[ID],
    doc: "Shows a work request that changes an identity domain: how far it is.",
    ..Spec::BLANK
});

/// Lists work requests.
pub static LIST_IAM_WORK_REQUESTS: Operation<(), Vec<IamWorkRequestSummary>> =
    Operation::new(Spec {
        id: "ListIamWorkRequests",
        path: "/20160918/iamWorkRequests",
        command: "iam iam-work-request list",
        needs: &["IAM_WORKREQUEST_INSPECT"],
        target: Target::Query("compartmentId"),
        params: &[
            COMPARTMENT_ID,
            PAGE,
            LIMIT,
            Param::query(
                "resourceIdentifier",
                Kind::String,
                "Only work requests about the domain with this OCID.",
            ),
        ],
        doc: "Lists the work requests of a compartment that change identity domains, the newest \
              first.",
        ..Spec::BLANK
    });

/// Lists the errors of a work request.
pub static LIST_IAM_WORK_REQUEST_ERRORS: Operation<(), Vec<IamWorkRequestErrorSummary>> =
    Operation::new(Spec {
        id: "ListIamWorkRequestErrors",
        path: "/20160918/iamWorkRequests/{iamWorkRequestId}/errors",
        command: "iam iam-work-request list-iam-work-request-errors",
        needs: &["IAM_WORKREQUEST_INSPECT"],
        target: Target::Path("iamWorkRequestId"),
        params: &[ID, LIMIT, PAGE, SORT_ORDER],
        doc: "Lists what a work request that changes an identity domain could not do, the newest \
              first if no order is given.",
        ..Spec::BLANK
    });

/// Lists the logs of a work request.
pub static LIST_IAM_WORK_REQUEST_LOGS: Operation<(), Vec<IamWorkRequestLogSummary>> =
    Operation::new(Spec {
        id: "ListIamWorkRequestLogs",
        path: "/20160918/iamWorkRequests/{iamWorkRequestId}/logs",
        command: "iam iam-work-request-log list",
        needs: &["IAM_WORKREQUEST_INSPECT"],
        target: Target::Path("iamWorkRequestId"),
        params: &[ID, LIMIT, PAGE, SORT_ORDER],
        doc: "Lists the steps that a work request which changes an identity domain has taken, the \
              newest first if no order is given.",
        ..Spec::BLANK
    });
