//! `--wait-for-state`: looks again and again until the resource is as it should be.
//!
//! The one idea: first after one second, then after twice as long each time up to the interval; a
//! resource that is gone counts as deleted.

use crate::command::{operation, state_field};
use crate::failure::Failure;
use crate::json::Json;
use crate::parse::Values;
use crate::progress::Progress;
use crate::request::Input;
use crate::retry::{Called, Caller};
use crate::terminal::note;
use iam_api::operation::Place;
use iam_api::{Kind, Method, Spec};
use std::time::Duration;

const WAIT_SECONDS_MAX: u64 = 1200;
const INTERVAL_SECONDS_MAX: u64 = 30;

/// What a work request is told by.
const WORK_REQUEST: &str = "opc-work-request-id";

/// How waiting ended.
pub(crate) enum Waited {
    /// Nobody asked for it; the reply stays as it is.
    NotAsked(Called),
    /// The resource is in one of the states; what it looks like now.
    Reached(Called),
    /// It is gone, or as far on its way there as was asked; the reply of the operation.
    Gone(Called),
    /// It is not, and time is up; the reply of the operation.
    TimedOut(Called),
    /// It could not be told; the reply of the operation, and why.
    Failed(Called, Failure),
}

/// Waits, if the command was asked to.
pub(crate) fn wait(
    caller: &Caller<'_>,
    values: &Values,
    input: &Input,
    called: Called,
) -> Result<Waited, Failure> {
    let (Some(Json::List(states)), Some(read)) =
        (values.get("wait-for-state"), values.command.spec.waits_on.and_then(operation))
    else {
        return Ok(Waited::NotAsked(called));
    };
    let Some(look) = look(values.command.spec, read, input, &called) else {
        return Ok(Waited::NotAsked(called));
    };
    let field = read.reply.model().map_or("lifecycleState", state_field);
    let by_work = waits_on_work(values.command.spec);
    let deletes = !by_work && values.command.spec.method == Method::Delete;
    note(&format!(
        "Action completed. Waiting until the {} has entered state: {}",
        if by_work { "work request" } else { "resource" },
        python_tuple(states)
    ));
    let most = Duration::from_secs(values.number("max-wait-seconds").unwrap_or(WAIT_SECONDS_MAX));
    let interval = values.number("wait-interval-seconds").unwrap_or(INTERVAL_SECONDS_MAX);
    let interval = Duration::from_secs(interval);
    let mut progress = Progress::new(states);
    let mut pause = Duration::from_secs(1).min(interval);
    loop {
        match caller.call(read, &look) {
            Ok(now) => {
                let told = |field: &str| now.reply.as_ref().and_then(|reply| reply.get(field));
                let state = told(field);
                if state.is_some_and(|state| states.contains(state)) {
                    return Ok(if deletes { Waited::Gone(called) } else { Waited::Reached(now) });
                }
                progress.saw(state, told("percentComplete"));
            }
            Err(refused) if refused.status == Some(404) && deletes => {
                return Ok(Waited::Gone(called));
            }
            Err(refused) => return Ok(Waited::Failed(called, refused.failure)),
        }
        let left = most.saturating_sub(progress.elapsed());
        if left.is_zero() {
            return Ok(Waited::TimedOut(called));
        }
        progress.pause(pause.max(Duration::from_millis(100)));
        pause = (pause * 2).min(interval);
    }
}

/// What is read of what the operation is waited for by.
pub(crate) fn waited_for(spec: &'static Spec) -> &'static Kind {
    spec.waits_on.and_then(operation).map_or(&spec.reply, |read| &read.reply)
}

/// Whether the operation's work request is waited for, and not what it works on.
pub(crate) fn waits_on_work(spec: &Spec) -> bool {
    let read = spec.waits_on.and_then(operation);
    let model = read.and_then(|read| read.reply.model());
    model.is_some_and(|model| state_field(model) == "status")
}

/// What to ask for, to see what was made or changed: its work request, where there is one; else by
/// its OCID where that is all there is to say; else by what the command named, and by the name or
/// OCID that it got.
fn look(spec: &Spec, read: &Spec, input: &Input, called: &Called) -> Option<Input> {
    let told = |field: &str| called.reply.as_ref()?.get(field)?.as_text().map(str::to_owned);
    let named = |name: &str| input.get(name).map(str::to_owned);
    let mut path = read.params.iter().filter(|param| param.place == Place::Path);
    let first = path.next()?;
    if waits_on_work(spec) {
        return Some(Input::param(first.name, called.header(WORK_REQUEST)?));
    }
    let Some(second) = path.next() else {
        return Some(Input::param(first.name, &told("id").or(named(first.name))?));
    };
    let mut look = Input::param(first.name, &named(first.name)?);
    look.set(
        second.name,
        Some(named(second.name).or_else(|| told("name")).or_else(|| told("id"))?),
    );
    Some(look)
}

/// `('ACTIVE',)`: the states as the official command line prints them.
fn python_tuple(states: &[Json]) -> String {
    let quoted: Vec<_> =
        states.iter().filter_map(Json::as_text).map(|state| format!("'{state}'")).collect();
    match quoted.as_slice() {
        [one] => format!("({one},)"),
        several => format!("({})", several.join(", ")),
    }
}
