//! Work requests: begun in the transaction of the request that asks for them, done later by any
//! node, step by step. What each step does stands with what it is done to.
//!
//! A step is one transaction, which also writes down how far the work is. So a node that dies in
//! the middle leaves nothing half done, and whoever goes on does no step twice.

use crate::audit::{self, Event, Source};
use crate::bulk_actions::{self, Bulk};
use crate::call::{Call, Reply, store_problem};
use crate::compartment_work::{self, Move};
use crate::context::Context;
use crate::domain_work::{self, DomainTask};
use crate::page;
use crate::standard_tags::{self, Import};
use crate::tag_deletion::{self, Deletion};
use crate::tag_edits::{self, Edits};
use iam_api::compartments::{DELETE_COMPARTMENT, MOVE_COMPARTMENT};
use iam_api::standard_tags::IMPORT_STANDARD_TAGS;
use iam_api::tag_bulk_actions::BULK_EDIT_TAGS;
use iam_api::work_requests::{
    WorkAction, WorkOperation, WorkRequest, WorkRequestError, WorkRequestLogEntry,
    WorkRequestResource, WorkRequestSummary, WorkStatus,
};
use iam_api::{Code, Ocid, Problem, Spec, Timestamp};
use iam_store::{ResourceKind, StoredWork, TenancyNo, Tx, WorkSelection};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;

/// The work requests that `/workRequests` tells of.
pub(crate) const FAMILY: &str = "workRequests";
/// Those that `/taggingWorkRequests` tells of.
pub(crate) const TAGGING: &str = "taggingWorkRequests";
/// Those that `/iamWorkRequests` tells of, which change domains.
pub(crate) const DOMAINS: &str = "iamWorkRequests";
/// How long a work request that was taken belongs to who took it.
const LEASE_SECONDS: i64 = 8;
/// How often a step is tried that fails for no reason of its own.
const ATTEMPTS_MAX: i64 = 10;
/// After how many seconds it is worth asking again how far one is (facts 3.4).
const RETRY_AFTER_SECONDS: i64 = 60;
/// For how long work requests are kept.
const KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;
/// The most that a log or the errors of one hold.
const LINES_MAX: usize = 1_000;

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Task {
    /// Deletes a compartment.
    DeleteCompartment(Ocid),
    /// Moves a compartment.
    MoveCompartment(Move),
    /// Does something to several resources.
    Bulk(Bulk),
    /// Deletes tags, and perhaps the tag namespace that they are in.
    DeleteTags(Deletion),
    /// Edits the tags of several resources.
    EditTags(Edits),
    /// Makes a standard tag namespace.
    ImportTags(Import),
    /// Changes a domain.
    Domain(DomainTask),
}

impl Task {
    /// The operation that asked for it.
    fn asked_by(&self) -> &'static Spec {
        match self {
            Self::DeleteCompartment(_) => &DELETE_COMPARTMENT.spec,
            Self::MoveCompartment(_) => &MOVE_COMPARTMENT.spec,
            Self::Bulk(bulk) => bulk.asked_by(),
            Self::DeleteTags(deletion) => deletion.asked_by(),
            Self::EditTags(_) => &BULK_EDIT_TAGS.spec,
            Self::ImportTags(_) => &IMPORT_STANDARD_TAGS.spec,
            Self::Domain(task) => task.asked_by(),
        }
    }

    /// What `/workRequests` calls it, where it is one of those.
    const fn operation(&self) -> Option<WorkOperation> {
        Some(match self {
            Self::DeleteCompartment(_) => WorkOperation::DeleteCompartment,
            Self::MoveCompartment(_) => WorkOperation::MoveCompartment,
            Self::Bulk(bulk) => bulk.operation(),
            Self::DeleteTags(_) | Self::EditTags(_) | Self::ImportTags(_) | Self::Domain(_) => {
                return None;
            }
        })
    }

    const fn family(&self) -> &'static str {
        match self {
            Self::DeleteCompartment(_) | Self::MoveCompartment(_) | Self::Bulk(_) => FAMILY,
            Self::DeleteTags(_) | Self::EditTags(_) | Self::ImportTags(_) => TAGGING,
            Self::Domain(_) => DOMAINS,
        }
    }
}

/// What is kept of a work request, whichever interface tells of it. What it does, its task says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) id: Ocid,
    pub(crate) compartment_id: Ocid,
    pub(crate) status: WorkStatus,
    pub(crate) resources: Vec<WorkRequestResource>,
    pub(crate) errors: Vec<WorkRequestError>,
    pub(crate) logs: Vec<WorkRequestLogEntry>,
    pub(crate) time_accepted: Timestamp,
    pub(crate) time_started: Option<Timestamp>,
    pub(crate) time_finished: Option<Timestamp>,
    pub(crate) percent_complete: f64,
    /// Who asked for it; for those of older versions, nobody knows.
    #[serde(default)]
    asker: Asker,
}

/// Who asked for a work request, and by which request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asker {
    user: String,
    address: String,
    request_id: String,
}

/// A work request that was read: what is kept of it, and what it is to do.
pub(crate) type Read = (Record, Task);

/// A work request that is under way.
pub struct Work {
    pub(crate) at: TenancyNo,
    pub(crate) now: Timestamp,
    record: Record,
}

impl Work {
    /// Adds a line to the log.
    pub(crate) fn log(&mut self, message: String) {
        let entry = WorkRequestLogEntry { message, timestamp: Some(self.now) };
        push(&mut self.record.logs, entry);
    }

    /// Notes what became of a resource.
    pub(crate) fn became(&mut self, id: &str, action: WorkAction) {
        let all = self.record.resources.iter_mut();
        for resource in all.filter(|resource| resource.identifier == id) {
            resource.action_type = action;
        }
    }

    /// Notes that all resources stayed as they were.
    pub(crate) fn all_failed(&mut self) {
        for resource in &mut self.record.resources {
            resource.action_type = WorkAction::Failed;
        }
    }

    /// Notes why something could not be done.
    pub(crate) fn failed(&mut self, problem: &Problem) {
        let error = WorkRequestError {
            code: problem.code.to_string(),
            message: problem.message.clone(),
            timestamp: Some(self.now),
        };
        push(&mut self.record.errors, error);
    }

    /// Notes that so much of so much is done.
    pub(crate) fn progress(&mut self, done: usize, of: usize) {
        let count = |number: usize| u32::try_from(number).map_or(f64::MAX, f64::from);
        let percent = count(done) / count(of.max(1)) * 100.0;
        self.record.percent_complete = percent.floor().min(100.0);
    }

    fn end(&mut self) {
        let failed = !self.record.errors.is_empty();
        self.record.status = if failed { WorkStatus::Failed } else { WorkStatus::Succeeded };
        self.record.time_finished = Some(self.now);
        self.record.percent_complete = 100.0;
        self.log(if failed { "ended with errors" } else { "done" }.to_owned());
    }
}

fn push<T>(lines: &mut Vec<T>, line: T) {
    if lines.len() < LINES_MAX {
        lines.push(line);
    }
}

/// What is to come after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Another step.
    More,
    /// Nothing: all is done.
    Nothing,
}

/// Begins a work request about these resources, each with its kind; answers its OCID.
pub(crate) fn begin(
    call: &mut Call<'_, '_>,
    task: &Task,
    compartment: &Ocid,
    about: impl IntoIterator<Item = (String, String)>,
) -> Result<Ocid, Problem> {
    let resource = |(identifier, entity_type)| WorkRequestResource {
        identifier,
        entity_type,
        action_type: WorkAction::InProgress,
        entity_uri: None,
    };
    let record = Record {
        id: call.new_id("identityworkrequest"),
        compartment_id: compartment.clone(),
        status: WorkStatus::Accepted,
        resources: about.into_iter().map(resource).collect(),
        errors: Vec::new(),
        logs: Vec::new(),
        time_accepted: call.now,
        time_started: None,
        time_finished: None,
        percent_complete: 0.0,
        asker: Asker {
            user: call.principal.user.to_string(),
            address: call.source.address.clone(),
            request_id: call.source.request_id.clone(),
        },
    };
    let stored = StoredWork {
        id: record.id.clone(),
        tenancy: call.at(),
        family: task.family().to_owned(),
        compartment: compartment.clone(),
        accepted: call.now,
        due: Some(call.now),
        attempts: 0,
        body: serde_json::to_string(&record).map_err(Problem::internal)?,
        task: serde_json::to_string(task).map_err(Problem::internal)?,
    };
    call.tx.add_work(&stored).map_err(store_problem)?;
    call.context.work_wanted.store(true, Ordering::Relaxed);
    Ok(record.id)
}

/// Whether the work request of that OCID is under way.
pub(crate) fn is_under_way(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    family: &str,
    id: &Ocid,
) -> Result<bool, Problem> {
    let found = tx.work(at, family, id).map_err(store_problem)?;
    Ok(found.is_some_and(|work| work.due.is_some()))
}

/// Shows a work request.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<WorkRequest>, Problem> {
    let (seen, wait) = named(call, FAMILY)?;
    Ok(Reply::of(model(seen)?).retry_after(wait))
}

/// Lists the work requests of a compartment, the newest first.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<WorkRequestSummary>>, Problem> {
    let (seen, next) = listed(call, FAMILY)?;
    let summaries: Result<Vec<WorkRequestSummary>, Problem> =
        seen.into_iter().map(|seen| model(seen).map(Into::into)).collect();
    Ok(Reply::of(summaries?).next_page(next))
}

fn model((record, task): Read) -> Result<WorkRequest, Problem> {
    let operation = task.operation();
    Ok(WorkRequest {
        operation_type: operation.ok_or_else(|| Problem::internal("of another interface"))?,
        id: record.id,
        compartment_id: Some(record.compartment_id),
        status: record.status,
        resources: Some(record.resources),
        errors: Some(record.errors),
        logs: Some(record.logs),
        time_accepted: Some(record.time_accepted),
        time_started: record.time_started,
        time_finished: record.time_finished,
        percent_complete: Some(record.percent_complete),
    })
}

/// The work request of that interface that the path names; and after how many seconds it is worth
/// asking again, unless it has ended.
pub(crate) fn named(call: &mut Call<'_, '_>, family: &str) -> Result<(Read, Option<i64>), Problem> {
    let segment = if family == DOMAINS { "iamWorkRequestId" } else { "workRequestId" };
    let (at, id) = (call.at(), Ocid::from(call.path(segment)?));
    let stored = call.tx.work(at, family, &id).map_err(store_problem)?;
    let stored = stored.ok_or_else(Problem::not_found)?;
    let wait = stored.due.map(|_| RETRY_AFTER_SECONDS);
    Ok(((read(&stored.body)?, read(&stored.task)?), wait))
}

/// The page of that interface's work requests that is asked for, the newest first, and the token of
/// the next one.
pub(crate) fn listed(
    call: &mut Call<'_, '_>,
    family: &str,
) -> Result<(Vec<Read>, Option<String>), Problem> {
    let compartment = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    let about = call.params.get("resourceIdentifier");
    let page = |call: &mut Call<'_, '_>, after: &str, limit: i64| {
        let before = match after.split_once(' ') {
            Some((micros, id)) => (micros.parse().unwrap_or(i64::MAX), Ocid::from(id)),
            None => (i64::MAX, Ocid::from("")),
        };
        page_of(call, (family, &compartment), about, before, limit)
    };
    let key = |work: &StoredWork| format!("{} {}", work.accepted.as_micros(), work.id);
    let (works, next) = page::keyed(call, family, page, key)?;
    let seen = works.iter().map(|work| Ok((read(&work.body)?, read(&work.task)?)));
    Ok((seen.collect::<Result<_, Problem>>()?, next))
}

/// So many work requests as are asked for, where there are, whichever of all are passed over.
fn page_of(
    call: &mut Call<'_, '_>,
    (family, compartment): (&str, &Ocid),
    about: Option<&str>,
    before: (i64, Ocid),
    limit: i64,
) -> Result<Vec<StoredWork>, Problem> {
    let at = call.at();
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut before = (Timestamp::from_micros(before.0), before.1);
    let mut found = Vec::new();
    loop {
        let selection = WorkSelection { family, compartment, before: before.clone(), limit };
        let rows = call.tx.works(at, &selection).map_err(store_problem)?;
        let Some(last) = rows.last() else { return Ok(found) };
        before = (last.accepted, last.id.clone());
        for row in rows {
            if found.len() < wanted && about.is_none_or(|id| is_about(&row, id)) {
                found.push(row);
            }
        }
        if found.len() >= wanted {
            return Ok(found);
        }
    }
}

fn is_about(work: &StoredWork, id: &str) -> bool {
    let record = read::<Record>(&work.body).ok();
    record.is_some_and(|record| record.resources.iter().any(|one| one.identifier == id))
}

fn read<T: for<'a> Deserialize<'a>>(json: &str) -> Result<T, Problem> {
    serde_json::from_str(json).map_err(Problem::internal)
}

/// Whether there is a work request that nobody sees to.
pub fn is_due(tx: &mut Tx<'_>, context: &Context) -> Result<bool, Problem> {
    let now = context.now();
    tx.is_work_due(now, now.plus_seconds(LEASE_SECONDS)).map_err(store_problem)
}

/// Takes a work request that nobody sees to, if there is one, and notes that it is begun.
pub fn take(tx: &mut Tx<'_>, context: &Context) -> Result<Option<StoredWork>, Problem> {
    let now = context.now();
    let taken = tx.take_work(now, now.plus_seconds(LEASE_SECONDS)).map_err(store_problem)?;
    let Some(mut taken) = taken else { return Ok(None) };
    let mut record: Record = read(&taken.body)?;
    if record.status == WorkStatus::Accepted {
        record.status = WorkStatus::InProgress;
        record.time_started = Some(now);
        taken.body = serde_json::to_string(&record).map_err(Problem::internal)?;
        tx.write_work(&taken).map_err(store_problem)?;
    }
    Ok(Some(taken))
}

/// Takes the next step of a work request that was taken; answers it, where there are more.
pub fn step(
    tx: &mut Tx<'_>,
    context: &Context,
    mut taken: StoredWork,
) -> Result<Option<StoredWork>, Problem> {
    let now = context.now();
    let mut work = Work { at: taken.tenancy, now, record: read(&taken.body)? };
    // Who has lost it must not do it: this comes before what is done, and is undone with it.
    taken.due = Some(now.plus_seconds(LEASE_SECONDS));
    if !tx.write_work(&taken).map_err(store_problem)? {
        return Ok(None);
    }
    let mut task: Task = read(&taken.task)?;
    let done = if taken.attempts > ATTEMPTS_MAX {
        Err(Problem::new(
            Code::InternalServerError,
            format!("it was tried {ATTEMPTS_MAX} times in vain; the log of the server says why"),
        ))
    } else {
        run(tx, context, &mut work, &mut task)
    };
    let after = match done {
        // Of these the reason may pass: it comes again when nobody has it any more.
        Err(problem) if taken.attempts <= ATTEMPTS_MAX && problem.code.status() >= 429 => {
            return Err(problem);
        }
        Err(problem) => {
            give_up(tx, context, &mut work, &task)?;
            work.failed(&problem);
            After::Nothing
        }
        Ok(after) => after,
    };
    if after == After::Nothing {
        work.end();
        taken.due = None;
        note_end(tx, context, &work, &task)?;
    }
    taken.body = serde_json::to_string(&work.record).map_err(Problem::internal)?;
    taken.task = serde_json::to_string(&task).map_err(Problem::internal)?;
    tx.write_work(&taken).map_err(store_problem)?;
    Ok((after == After::More).then_some(taken))
}

/// Notes in the audit trail how a work request ended, in the name of who asked for it.
fn note_end(tx: &mut Tx<'_>, context: &Context, work: &Work, task: &Task) -> Result<(), Problem> {
    let (at, record) = (work.at, &work.record);
    let found = tx.resource(at, &record.compartment_id).map_err(store_problem)?;
    let is_root = found.is_some_and(|found| found.kind == ResourceKind::Tenancy);
    let source = Source {
        address: record.asker.address.clone(),
        request_id: record.asker.request_id.clone(),
    };
    let event = Event {
        at,
        compartment: if is_root { "" } else { record.compartment_id.as_str() },
        actor: &record.asker.user,
        name: &format!("{}{}", task.asked_by().id, audit::END),
        target: match record.resources.as_slice() {
            [only] => &only.identifier,
            _ => record.id.as_str(),
        },
    };
    let outcome = record.errors.first().map_or("OK", |error| error.code.as_str());
    audit::record(tx, context, &source, &event, outcome)
}

fn run(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    task: &mut Task,
) -> Result<After, Problem> {
    match task {
        Task::DeleteCompartment(id) => compartment_work::do_delete(tx, context, work, id)?,
        Task::MoveCompartment(to) => compartment_work::do_move(tx, context, work, to)?,
        Task::Bulk(bulk) => return bulk_actions::do_next(tx, context, work, bulk),
        Task::DeleteTags(deletion) => return tag_deletion::do_next(tx, context, work, deletion),
        Task::EditTags(edits) => return tag_edits::do_next(tx, context, work, edits),
        Task::ImportTags(import) => return standard_tags::do_next(tx, context, work, import),
        Task::Domain(task) => return domain_work::do_next(tx, context, work, task),
    }
    Ok(After::Nothing)
}

/// Leaves things as they were before the work request was asked for.
fn give_up(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    task: &Task,
) -> Result<(), Problem> {
    match task {
        Task::DeleteCompartment(id) => {
            work.became(id.as_str(), WorkAction::Failed);
            compartment_work::keep(tx, context, work.at, id)
        }
        Task::MoveCompartment(to) => {
            work.became(to.compartment.as_str(), WorkAction::Failed);
            Ok(())
        }
        Task::DeleteTags(deletion) => {
            work.all_failed();
            tag_deletion::keep(tx, context, work.at, deletion)
        }
        Task::Domain(task) => domain_work::keep(tx, context, work, task),
        Task::Bulk(_) | Task::EditTags(_) | Task::ImportTags(_) => Ok(()),
    }
}

/// Drops what has been kept for long enough.
pub fn forget(tx: &mut Tx<'_>, context: &Context) -> Result<(), Problem> {
    let before = context.now().plus_seconds(-KEPT_SECONDS);
    tx.drop_works_before(before).map_err(store_problem)?;
    compartment_work::erase(tx, before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_version_kept_is_read_and_nobody_has_asked_for_it() {
        let kept = r#"{"id": "ocid1.identityworkrequest.oc1..a", "status": "IN_PROGRESS",
            "operationType": "DELETE_COMPARTMENT", "compartmentId": "ocid1.tenancy.oc1..a",
            "resources": [], "errors": [], "logs": [], "percentComplete": 0.0,
            "timeAccepted": "2026-11-23T12:00:00.000Z"}"#;
        let record: Record = read(kept).unwrap();
        assert_eq!((record.status, record.asker.user.as_str()), (WorkStatus::InProgress, ""));
        let task: Task = read(r#"{"deleteCompartment": "ocid1.compartment.oc1..a"}"#).unwrap();
        assert_eq!(model((record, task)).unwrap().operation_type, WorkOperation::DeleteCompartment);
    }
}
