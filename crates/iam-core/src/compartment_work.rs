//! What takes a work request: deleting a compartment and moving it. And what undoes the first:
//! recovering it.
//!
//! What is asked for is checked twice: when it is asked for, to refuse at once what cannot be, and
//! when it is done, because the tree may have changed in between.

use crate::call::{Call, Reply, store_problem};
use crate::compartments::{exists, must_be, too_deep};
use crate::context::Context;
use crate::kept::limit_exceeded;
use crate::policies::{STATEMENTS_PER_PATH, weights};
use crate::tree::{LEVELS_MAX, Tree};
use crate::work_requests::{Task, Work, begin};
use iam_api::compartments::{Compartment, MoveCompartmentDetails};
use iam_api::work_requests::WorkAction;
use iam_api::{Code, LifecycleState, Ocid, Problem, Timestamp};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use serde::{Deserialize, Serialize};

/// What a compartment is called in work requests.
pub(crate) const ENTITY: &str = "Compartment";
/// What is drawn to put after the name of a deleted compartment, and how much of it.
const SUFFIX: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const SUFFIX_LENGTH: usize = 8;

/// A compartment that is to be moved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Move {
    pub(crate) compartment: Ocid,
    pub(crate) target: Ocid,
    /// The lowest compartment that both were in when it was asked for: there it was allowed.
    pub(crate) within: Ocid,
}

/// Asks for the deletion of a compartment. From then on, nothing new can be put into it.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let mut resource = call.target_as_seen()?;
    must_be(&resource, LifecycleState::Active, "deleted")?;
    let etag = call.context.etag();
    put(call.tx, call.principal.tenancy, &mut resource, LifecycleState::Deleting, etag)?;
    let task = Task::DeleteCompartment(resource.id.clone());
    let about = [(resource.id.to_string(), ENTITY.to_owned())];
    let id = begin(call, &task, &resource.parent, about)?;
    Ok(Reply::of(()).work_request(&id))
}

/// Deletes a compartment that nothing is in.
pub(crate) fn do_delete(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    id: &Ocid,
) -> Result<(), Problem> {
    let mut resource = find(tx, work.at, id)?;
    must_be(&resource, LifecycleState::Deleting, "deleted")?;
    must_be_empty(tx, work.at, &resource)?;
    let was = resource.name.clone();
    resource.name = format!("{was}.{}", suffix(context));
    resource.folded = fold(&resource.name);
    if !tx.rename(work.at, &resource).map_err(store_problem)? {
        return Err(Problem::internal("a name that was drawn at random is taken"));
    }
    resource.compiled = Some(work.now.as_micros().to_string());
    put(tx, work.at, &mut resource, LifecycleState::Deleted, context.etag())?;
    work.became(id.as_str(), WorkAction::Deleted);
    work.log(format!("deleted compartment `{was}`, which is called `{}` now", resource.name));
    Ok(())
}

/// Refuses where something is in the compartment.
pub(crate) fn must_be_empty(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    compartment: &Resource,
) -> Result<(), Problem> {
    let Some(inside) = tx.any_in(at, &compartment.id).map_err(store_problem)? else {
        return Ok(());
    };
    Err(Problem::new(
        Code::Conflict,
        format!(
            "compartment `{}` is not empty: {} `{}` is in it; move or delete what is in it first",
            compartment.name,
            inside.kind.as_str(),
            inside.name,
        ),
    ))
}

/// Gives a compartment back that was not deleted after all.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    id: &Ocid,
) -> Result<(), Problem> {
    let Some(mut resource) = tx.resource(at, id).map_err(store_problem)? else { return Ok(()) };
    if resource.state == LifecycleState::Deleting {
        put(tx, at, &mut resource, LifecycleState::Active, context.etag())?;
    }
    Ok(())
}

/// Brings a deleted compartment back, under the name that it has now.
pub fn recover(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Compartment>, Problem> {
    let mut resource = call.target_as_seen()?;
    must_be(&resource, LifecycleState::Deleted, "recovered")?;
    let at = call.at();
    let parent = call.tx.resource(at, &resource.parent).map_err(store_problem)?;
    let parent = parent.ok_or_else(Problem::not_found)?;
    if parent.state != LifecycleState::Active {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "compartment `{}` is in `{}`, which is {}; recover that one first",
                resource.name,
                parent.name,
                parent.state.as_str()
            ),
        ));
    }
    resource.compiled = None;
    let etag = call.context.etag();
    put(call.tx, at, &mut resource, LifecycleState::Active, etag)?;
    let compartment = resource.model().map_err(store_problem)?;
    Ok(Reply::of(compartment).etag(resource.etag))
}

/// Asks for a compartment to be moved. (`move` is a word of the language.)
pub fn relocate(
    call: &mut Call<'_, '_>,
    details: MoveCompartmentDetails,
) -> Result<Reply<()>, Problem> {
    let (mut resource, at) = (call.target_as_seen()?, call.at());
    let to = plan(call.tx, call.context, at, &resource, details.target_compartment_id)?;
    // Of those who saw it as it was, one moves it.
    call.renew(&mut resource)?;
    let about = [(resource.id.to_string(), ENTITY.to_owned())];
    let id = begin(call, &Task::MoveCompartment(to), &resource.parent, about)?;
    Ok(Reply::of(()).work_request(&id))
}

/// Whether a compartment may be moved there; how, if it may.
pub(crate) fn plan(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    resource: &Resource,
    target: Ocid,
) -> Result<Move, Problem> {
    must_be(resource, LifecycleState::Active, "moved")?;
    let tree = Tree::read(tx, at)?;
    let (from, to) = (tree.path(&resource.id), tree.path(&target));
    let within = from.iter().find(|step| to.contains(step));
    let within = (*within.ok_or_else(Problem::not_found)?).clone();
    let planned = Move { compartment: resource.id.clone(), target, within };
    check_move(tx, context, at, resource, &planned)?;
    Ok(planned)
}

/// Refuses what would leave something that is no tree, or one that is too deep, or two of a name.
fn check_move(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    resource: &Resource,
    to: &Move,
) -> Result<(), Problem> {
    let conflict = |message: String| Err(Problem::new(Code::Conflict, message));
    let name = &resource.name;
    let target = tx.resource(at, &to.target).map_err(store_problem)?;
    let target = target.ok_or_else(Problem::not_found)?;
    if target.state != LifecycleState::Active {
        let state = target.state.as_str();
        return conflict(format!("compartment `{}` is {state}; nothing moves there", target.name));
    }
    let tree = Tree::read(tx, at)?;
    let path = tree.path(&target.id);
    if path.contains(&&resource.id) {
        return conflict(format!(
            "compartment `{name}` cannot be moved into `{}`, which is itself or in it",
            target.name
        ));
    }
    if resource.parent == target.id {
        return conflict(format!("compartment `{name}` is in `{}` already", target.name));
    }
    if resource.folded == target.folded {
        return conflict(format!("compartment `{name}` cannot be moved into one of its own name"));
    }
    if !path.contains(&&to.within) || !tree.path(&resource.id).contains(&&to.within) {
        return conflict(format!(
            "compartment `{name}` or `{}` was moved elsewhere meanwhile; ask for it again",
            target.name
        ));
    }
    let taken = tx.resource_by_name(at, ResourceKind::Compartment, &target.id, &resource.folded);
    if taken.map_err(store_problem)?.is_some() {
        return Err(exists(name));
    }
    if path.len() + tree.height(&resource.id) > LEVELS_MAX + 1 {
        return Err(too_deep());
    }
    let weights = weights(tx, at, None)?;
    let moved = tree.moved(&resource.id, &target.id);
    if moved.heaviest(&resource.id, &weights) > context.limits.statements_per_path {
        return Err(limit_exceeded(STATEMENTS_PER_PATH));
    }
    Ok(())
}

/// Moves a compartment.
pub(crate) fn do_move(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    to: &Move,
) -> Result<(), Problem> {
    let mut resource = find(tx, work.at, &to.compartment)?;
    must_be(&resource, LifecycleState::Active, "moved")?;
    check_move(tx, context, work.at, &resource, to)?;
    resource.parent = to.target.clone();
    if !tx.relocate(work.at, &resource).map_err(store_problem)? {
        return Err(exists(&resource.name));
    }
    put(tx, work.at, &mut resource, LifecycleState::Active, context.etag())?;
    work.became(resource.id.as_str(), WorkAction::Updated);
    work.log(format!("moved compartment `{}` into `{}`", resource.name, to.target));
    Ok(())
}

fn find(tx: &mut Tx<'_>, at: TenancyNo, id: &Ocid) -> Result<Resource, Problem> {
    let found = tx.resource(at, id).map_err(store_problem)?;
    found
        .filter(|row| row.kind == ResourceKind::Compartment)
        .ok_or_else(|| Problem::new(Code::Conflict, format!("compartment `{id}` is gone")))
}

/// Writes a compartment in that state, with what its row says of it.
pub(crate) fn put(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    resource: &mut Resource,
    state: LifecycleState,
    etag: String,
) -> Result<(), Problem> {
    let mut compartment: Compartment = resource.model().map_err(store_problem)?;
    compartment.lifecycle_state = state;
    compartment.name.clone_from(&resource.name);
    compartment.compartment_id = Some(resource.parent.clone());
    resource.set_model(&compartment).map_err(store_problem)?;
    (resource.state, resource.etag) = (state, etag);
    tx.update(at, resource).map_err(store_problem)
}

/// Eight letters and digits, as good as evenly drawn.
fn suffix(context: &Context) -> String {
    let bytes: [u8; SUFFIX_LENGTH] = context.random();
    let letter = |byte: &u8| SUFFIX.get(usize::from(*byte) % SUFFIX.len()).copied();
    bytes.iter().filter_map(letter).map(char::from).collect()
}

/// Erases compartments that were deleted before that moment and that nothing is in.
pub(crate) fn erase(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), Problem> {
    for (at, _) in tx.tenancies().map_err(store_problem)? {
        let all = tx.compartments(at).map_err(store_problem)?;
        for row in all.iter().filter(|row| row.state == LifecycleState::Deleted) {
            let deleted = row.compiled.as_deref().and_then(|micros| micros.parse().ok());
            let is_due = deleted.is_some_and(|micros: i64| micros < before.as_micros());
            // What is in it is deleted too, and comes first; this one then comes another time.
            if is_due && !all.iter().any(|other| other.parent == row.id) {
                tx.delete(at, &row.id).map_err(store_problem)?;
            }
        }
    }
    Ok(())
}
