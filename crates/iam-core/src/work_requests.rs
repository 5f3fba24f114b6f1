//! Work requests: begun in the transaction of the request that asks for them, done later by any
//! node, step by step. What each step does stands with what it is done to.
//!
//! A step is one transaction, which also writes down how far the work is. So a node that dies in
//! the middle leaves nothing half done, and whoever goes on does no step twice.

use crate::bulk_actions::{self, Bulk};
use crate::call::{Call, Reply, store_problem};
use crate::compartment_work::{self, Move};
use crate::context::Context;
use crate::page;
use iam_api::work_requests::{
    WorkAction, WorkOperation, WorkRequest, WorkRequestError, WorkRequestLogEntry,
    WorkRequestResource, WorkRequestSummary, WorkStatus,
};
use iam_api::{Code, Ocid, Problem, Timestamp};
use iam_store::{StoredWork, TenancyNo, Tx, WorkSelection};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;

/// The work requests that `/workRequests` tells of.
pub(crate) const FAMILY: &str = "workRequests";
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
}

impl Task {
    const fn operation(&self) -> WorkOperation {
        match self {
            Self::DeleteCompartment(_) => WorkOperation::DeleteCompartment,
            Self::MoveCompartment(_) => WorkOperation::MoveCompartment,
            Self::Bulk(bulk) => bulk.operation(),
        }
    }
}

/// A work request that is under way.
pub struct Work {
    pub(crate) at: TenancyNo,
    pub(crate) now: Timestamp,
    request: WorkRequest,
}

impl Work {
    /// Adds a line to the log.
    pub(crate) fn log(&mut self, message: String) {
        let entry = WorkRequestLogEntry { message, timestamp: Some(self.now) };
        push(self.request.logs.get_or_insert_default(), entry);
    }

    /// Notes what became of a resource.
    pub(crate) fn became(&mut self, id: &str, action: WorkAction) {
        let all = self.request.resources.iter_mut().flatten();
        for resource in all.filter(|resource| resource.identifier == id) {
            resource.action_type = action;
        }
    }

    /// Notes why something could not be done.
    pub(crate) fn failed(&mut self, problem: &Problem) {
        let error = WorkRequestError {
            code: problem.code.to_string(),
            message: problem.message.clone(),
            timestamp: Some(self.now),
        };
        push(self.request.errors.get_or_insert_default(), error);
    }

    /// Notes how much is done.
    pub(crate) fn percent(&mut self, percent: f64) {
        self.request.percent_complete = Some(percent);
    }

    fn has_errors(&self) -> bool {
        self.request.errors.as_ref().is_some_and(|errors| !errors.is_empty())
    }

    fn end(&mut self) {
        let failed = self.has_errors();
        self.request.status = if failed { WorkStatus::Failed } else { WorkStatus::Succeeded };
        self.request.time_finished = Some(self.now);
        self.percent(100.0);
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
    let request = WorkRequest {
        id: call.new_id("identityworkrequest"),
        operation_type: task.operation(),
        compartment_id: Some(compartment.clone()),
        status: WorkStatus::Accepted,
        resources: Some(about.into_iter().map(resource).collect()),
        errors: Some(Vec::new()),
        logs: Some(Vec::new()),
        time_accepted: Some(call.now),
        time_started: None,
        time_finished: None,
        percent_complete: Some(0.0),
    };
    let stored = StoredWork {
        id: request.id.clone(),
        tenancy: call.at(),
        family: FAMILY.to_owned(),
        compartment: compartment.clone(),
        accepted: call.now,
        due: Some(call.now),
        attempts: 0,
        body: serde_json::to_string(&request).map_err(Problem::internal)?,
        task: serde_json::to_string(task).map_err(Problem::internal)?,
    };
    call.tx.add_work(&stored).map_err(store_problem)?;
    call.context.work_wanted.store(true, Ordering::Relaxed);
    Ok(request.id)
}

/// Shows a work request.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<WorkRequest>, Problem> {
    let (at, id) = (call.at(), Ocid::from(call.path("workRequestId")?));
    let stored = call.tx.work(at, FAMILY, &id).map_err(store_problem)?;
    let stored = stored.ok_or_else(Problem::not_found)?;
    let wait = stored.due.map(|_| RETRY_AFTER_SECONDS);
    Ok(Reply::of(read(&stored.body)?).retry_after(wait))
}

/// Lists the work requests of a compartment, the newest first.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<WorkRequestSummary>>, Problem> {
    let compartment = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    let about = call.params.get("resourceIdentifier");
    let page = |call: &mut Call<'_, '_>, after: &str, limit: i64| {
        let before = match after.split_once(' ') {
            Some((micros, id)) => (micros.parse().unwrap_or(i64::MAX), Ocid::from(id)),
            None => (i64::MAX, Ocid::from("")),
        };
        page_of(call, &compartment, about, before, limit)
    };
    let key = |work: &StoredWork| format!("{} {}", work.accepted.as_micros(), work.id);
    let (works, next) = page::keyed(call, FAMILY, page, key)?;
    let summaries: Result<Vec<WorkRequestSummary>, Problem> =
        works.iter().map(|work| read::<WorkRequest>(&work.body).map(Into::into)).collect();
    Ok(Reply::of(summaries?).next_page(next))
}

/// So many work requests as are asked for, where there are, whichever of all are passed over.
fn page_of(
    call: &mut Call<'_, '_>,
    compartment: &Ocid,
    about: Option<&str>,
    before: (i64, Ocid),
    limit: i64,
) -> Result<Vec<StoredWork>, Problem> {
    let at = call.at();
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut before = (Timestamp::from_micros(before.0), before.1);
    let mut found = Vec::new();
    loop {
        let selection =
            WorkSelection { family: FAMILY, compartment, before: before.clone(), limit };
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
    let request = read::<WorkRequest>(&work.body).ok();
    let resources = request.and_then(|request| request.resources).unwrap_or_default();
    resources.iter().any(|resource| resource.identifier == id)
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
    let mut request: WorkRequest = read(&taken.body)?;
    if request.status == WorkStatus::Accepted {
        request.status = WorkStatus::InProgress;
        request.time_started = Some(now);
        taken.body = serde_json::to_string(&request).map_err(Problem::internal)?;
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
    let mut work = Work { at: taken.tenancy, now, request: read(&taken.body)? };
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
    }
    taken.body = serde_json::to_string(&work.request).map_err(Problem::internal)?;
    taken.task = serde_json::to_string(&task).map_err(Problem::internal)?;
    tx.write_work(&taken).map_err(store_problem)?;
    Ok((after == After::More).then_some(taken))
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
        Task::Bulk(_) => Ok(()),
    }
}

/// Drops what has been kept for long enough.
pub fn forget(tx: &mut Tx<'_>, context: &Context) -> Result<(), Problem> {
    let before = context.now().plus_seconds(-KEPT_SECONDS);
    tx.drop_works_before(before).map_err(store_problem)?;
    compartment_work::erase(tx, before)
}
