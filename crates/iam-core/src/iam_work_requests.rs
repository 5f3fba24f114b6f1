//! Work requests that change domains, as `/iamWorkRequests` tells of them. How they are begun and
//! done stands in `work_requests.rs`, what they do in `domain_work.rs`.

use crate::call::{Call, Reply};
use crate::page;
use crate::work_requests::{DOMAINS, Read, Task, listed, named};
use iam_api::Problem;
use iam_api::iam_work_requests::{
    IamWorkAction, IamWorkRequest, IamWorkRequestErrorSummary, IamWorkRequestLogSummary,
    IamWorkRequestResource, IamWorkRequestSummary,
};
use iam_api::work_requests::{WorkAction, WorkRequestResource};

/// Shows a work request.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<IamWorkRequest>, Problem> {
    let (seen, wait) = named(call, DOMAINS)?;
    Ok(Reply::of(model(seen)?).retry_after(wait))
}

/// Lists the work requests of a compartment, the newest first.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<IamWorkRequestSummary>>, Problem> {
    let (seen, next) = listed(call, DOMAINS)?;
    let summaries = seen.into_iter().map(|seen| model(seen).map(IamWorkRequestSummary));
    Ok(Reply::of(summaries.collect::<Result<_, Problem>>()?).next_page(next))
}

/// Lists what a work request could not do.
pub fn list_errors(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<IamWorkRequestErrorSummary>>, Problem> {
    let ((record, _), _) = named(call, DOMAINS)?;
    let errors = record.errors.into_iter().map(|error| IamWorkRequestErrorSummary {
        code: error.code,
        message: error.message,
        timestamp: error.timestamp.unwrap_or_default(),
    });
    lines(call, errors.collect())
}

/// Lists the steps that a work request has taken.
pub fn list_logs(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<IamWorkRequestLogSummary>>, Problem> {
    let ((record, _), _) = named(call, DOMAINS)?;
    let logs = record
        .logs
        .into_iter()
        .map(|log| IamWorkRequestLogSummary { message: log.message, timestamp: log.timestamp });
    lines(call, logs.collect())
}

fn model((record, task): Read) -> Result<IamWorkRequest, Problem> {
    let Task::Domain(task) = task else { return Err(Problem::internal("of another interface")) };
    Ok(IamWorkRequest {
        id: record.id,
        operation_type: task.operation(),
        status: record.status,
        compartment_id: Some(record.compartment_id),
        resources: Some(record.resources.into_iter().map(resource).collect()),
        percent_complete: Some(record.percent_complete),
        time_accepted: Some(record.time_accepted),
        time_started: record.time_started,
        time_finished: record.time_finished,
    })
}

fn resource(resource: WorkRequestResource) -> IamWorkRequestResource {
    IamWorkRequestResource {
        action_type: match resource.action_type {
            WorkAction::Created => IamWorkAction::Created,
            WorkAction::Updated => IamWorkAction::Updated,
            WorkAction::Deleted => IamWorkAction::Deleted,
            WorkAction::InProgress => IamWorkAction::InProgress,
            // Its interface has no word for what failed.
            WorkAction::Related | WorkAction::Failed => IamWorkAction::Related,
        },
        entity_type: resource.entity_type,
        identifier: resource.identifier,
        entity_uri: resource.entity_uri,
    }
}

/// The page that is asked for of lines that are kept in the order of their writing. A place in them
/// is how many were written before: lines are only added.
fn lines<T>(call: &mut Call<'_, '_>, all: Vec<T>) -> Result<Reply<Vec<T>>, Problem> {
    let order = call.params.get("sortOrder");
    let ascends = order.is_some_and(|order| order.eq_ignore_ascii_case("ASC"));
    let mut numbered: Vec<(usize, T)> = all.into_iter().enumerate().collect();
    if !ascends {
        numbered.reverse();
    }
    let (page, next) = page::of_numbered(call, "lines of a work request", numbered, ascends)?;
    Ok(Reply::of(page).next_page(next))
}
