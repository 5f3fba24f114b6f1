//! Tagging work requests, as their interface tells of them. What they do stands in `tag_deletion`,
//! `tag_edits` and `standard_tags`; how they are begun and seen to, in `work_requests`.

use crate::call::{Call, Reply};
use crate::page;
use crate::work_requests::{Read, Record, TAGGING, Task, listed, named};
use iam_api::Problem;
use iam_api::tagging_work_requests::{
    TaggingOperation, TaggingStatus, TaggingWorkRequest, TaggingWorkRequestErrorSummary,
    TaggingWorkRequestLogSummary, TaggingWorkRequestSummary,
};
use iam_api::work_requests::{WorkAction, WorkStatus};

/// Shows a tagging work request.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<TaggingWorkRequest>, Problem> {
    let (seen, wait) = named(call, TAGGING)?;
    Ok(Reply::of(model(seen)?).retry_after(wait))
}

/// Lists the tagging work requests of a compartment, the newest first.
pub fn list(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<TaggingWorkRequestSummary>>, Problem> {
    let (seen, next) = listed(call, TAGGING)?;
    let summaries = seen.into_iter().map(|seen| model(seen).map(TaggingWorkRequestSummary));
    Ok(Reply::of(summaries.collect::<Result<_, Problem>>()?).next_page(next))
}

/// Lists what a tagging work request could not do.
pub fn list_errors(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<TaggingWorkRequestErrorSummary>>, Problem> {
    let ((record, _), _) = named(call, TAGGING)?;
    let (errors, next) = lines(call, "tagging-errors", &record.errors)?;
    let summary = |error: iam_api::work_requests::WorkRequestError| {
        let (code, message, timestamp) = (error.code, error.message, error.timestamp);
        TaggingWorkRequestErrorSummary { code, message, timestamp }
    };
    Ok(Reply::of(errors.into_iter().map(summary).collect()).next_page(next))
}

/// Lists the steps that a tagging work request took.
pub fn list_logs(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<TaggingWorkRequestLogSummary>>, Problem> {
    let ((record, _), _) = named(call, TAGGING)?;
    let (logs, next) = lines(call, "tagging-logs", &record.logs)?;
    let summary = |line: iam_api::work_requests::WorkRequestLogEntry| {
        TaggingWorkRequestLogSummary { message: line.message, timestamp: line.timestamp }
    };
    Ok(Reply::of(logs.into_iter().map(summary).collect()).next_page(next))
}

/// A page of lines, which stay where they are: their numbers say where it begins.
fn lines<T: Clone>(
    call: &mut Call<'_, '_>,
    list: &str,
    all: &[T],
) -> Result<(Vec<T>, Option<String>), Problem> {
    let read = |_: &mut Call<'_, '_>, after: &str, limit: i64| {
        let begin = after.parse::<usize>().map_or(0, |last| last + 1);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(all.iter().cloned().enumerate().skip(begin).take(limit).collect::<Vec<_>>())
    };
    let (lines, next) = page::keyed(call, list, read, |(number, _)| number.to_string())?;
    Ok((lines.into_iter().map(|(_, line)| line).collect(), next))
}

fn model((record, task): Read) -> Result<TaggingWorkRequest, Problem> {
    Ok(TaggingWorkRequest {
        operation_type: operation(&task)?,
        status: status(&record),
        id: record.id,
        compartment_id: Some(record.compartment_id),
        resources: Some(record.resources),
        time_accepted: Some(record.time_accepted),
        time_started: record.time_started,
        time_finished: record.time_finished,
        percent_complete: Some(record.percent_complete),
    })
}

fn operation(task: &Task) -> Result<TaggingOperation, Problem> {
    Ok(match task {
        Task::DeleteTags(deletion) => deletion.operation(),
        Task::EditTags(_) => TaggingOperation::BulkEditOfTags,
        Task::ImportTags(_) => TaggingOperation::ImportStandardTags,
        Task::DeleteCompartment(_) | Task::MoveCompartment(_) | Task::Bulk(_) | Task::Domain(_) => {
            return Err(Problem::internal("a work request of another interface"));
        }
    })
}

/// What has failed has done so in part where something became of one of its resources.
fn status(record: &Record) -> TaggingStatus {
    let stayed = |action| matches!(action, WorkAction::Failed | WorkAction::InProgress);
    match record.status {
        WorkStatus::Accepted => TaggingStatus::Accepted,
        WorkStatus::InProgress => TaggingStatus::InProgress,
        WorkStatus::Failed if record.resources.iter().all(|one| stayed(one.action_type)) => {
            TaggingStatus::Failed
        }
        WorkStatus::Failed => TaggingStatus::PartiallySucceeded,
        WorkStatus::Succeeded => TaggingStatus::Succeeded,
        WorkStatus::Canceling => TaggingStatus::Canceling,
        WorkStatus::Canceled => TaggingStatus::Canceled,
    }
}
