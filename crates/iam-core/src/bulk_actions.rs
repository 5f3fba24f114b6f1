//! Bulk actions: the same done to several resources of a compartment, one step for each. One that
//! cannot be done is told of, and does not keep the others.

use crate::call::{Call, Reply, store_problem};
use crate::compartment_work::{self, ENTITY as COMPARTMENT, Move, must_be_empty, put};
use crate::compartments::must_be;
use crate::context::Context;
use crate::locks::{self, Deed};
use crate::page;
use crate::policies;
use crate::tag_namespaces::{self, ENTITY as TAG_NAMESPACE};
use crate::tree;
use crate::work_requests::{After, Task, Work, begin};
use iam_api::bulk_actions::{
    BULK_DELETE_RESOURCES, BULK_MOVE_RESOURCES, BulkActionResource, BulkActionResourceType,
    BulkActionResourceTypeCollection, BulkDeleteResourcesDetails, BulkMoveResourcesDetails,
};
use iam_api::operation::MANAGE_ALL_RESOURCES;
use iam_api::tag_namespaces::TagNamespace;
use iam_api::work_requests::{WorkAction, WorkOperation};
use iam_api::{Code, LifecycleState, Ocid, Problem, Spec};
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use serde::{Deserialize, Serialize};

/// The most resources of one bulk action.
const RESOURCES_MAX: usize = 100;
/// What a policy is called in bulk actions.
const POLICY: &str = "Policy";
/// What can be deleted in bulk, and what can be moved; a policy means what it does where it is.
const DELETED: &[&str] = &[COMPARTMENT, POLICY, TAG_NAMESPACE];
const MOVED: &[&str] = &[COMPARTMENT, TAG_NAMESPACE];

/// What is to be done to several resources.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bulk {
    compartment: Ocid,
    /// Where they are moved; none where they are deleted.
    target: Option<Ocid>,
    /// The lowest compartment that both were in when it was asked for.
    within: Option<Ocid>,
    resources: Vec<Ocid>,
    done: usize,
}

impl Bulk {
    pub(crate) fn asked_by(&self) -> &'static Spec {
        match self.target {
            None => &BULK_DELETE_RESOURCES.spec,
            Some(_) => &BULK_MOVE_RESOURCES.spec,
        }
    }

    pub(crate) const fn operation(&self) -> WorkOperation {
        match self.target {
            None => WorkOperation::BulkDeleteResources,
            Some(_) => WorkOperation::BulkMoveResources,
        }
    }
}

/// Lists the kinds of resources that a bulk action can be done to.
pub fn list_types(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<BulkActionResourceTypeCollection>, Problem> {
    let action = call.params.get("bulkActionType").unwrap_or_default();
    let names = if action.eq_ignore_ascii_case("BULK_MOVE_RESOURCES") { MOVED } else { DELETED };
    let read = |_: &mut Call<'_, '_>, after: &str, limit: i64| {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(names.iter().filter(|name| **name > after).take(limit).copied().collect::<Vec<_>>())
    };
    let (names, next) =
        page::keyed(call, "bulkActionResourceTypes", read, |name| (*name).to_owned())?;
    let kind = |name: &str| BulkActionResourceType {
        name: name.to_owned(),
        metadata_keys: Some(Vec::new()),
    };
    let items = names.into_iter().map(kind).collect();
    Ok(Reply::of(BulkActionResourceTypeCollection { items }).next_page(next))
}

/// Asks for several resources to be deleted.
pub fn delete(
    call: &mut Call<'_, '_>,
    details: BulkDeleteResourcesDetails,
) -> Result<Reply<()>, Problem> {
    start(call, details.resources, None, DELETED)
}

/// Asks for several resources to be moved.
pub fn relocate(
    call: &mut Call<'_, '_>,
    details: BulkMoveResourcesDetails,
) -> Result<Reply<()>, Problem> {
    start(call, details.resources, Some(details.target_compartment_id), MOVED)
}

fn start(
    call: &mut Call<'_, '_>,
    resources: Vec<BulkActionResource>,
    target: Option<Ocid>,
    kinds: &[&str],
) -> Result<Reply<()>, Problem> {
    let compartment = call.target()?;
    if resources.is_empty() || resources.len() > RESOURCES_MAX {
        return Err(Problem::invalid(format!(
            "resources must have 1 to {RESOURCES_MAX} items, and has {}",
            resources.len()
        )));
    }
    let at = call.at();
    let path = tree::path_to_root(call.tx, at, &compartment.id)?.unwrap_or_default();
    let within = match &target {
        None => path,
        Some(target) => {
            let to = tree::path_to_root(call.tx, at, target)?.unwrap_or_default();
            tree::common(&path, &to)
        }
    };
    let mut ids: Vec<Ocid> = Vec::with_capacity(resources.len());
    for asked in &resources {
        if !kinds.contains(&asked.entity_type.as_str()) {
            return Err(Problem::invalid(format!(
                "entityType `{}` is not known; give one of {}",
                asked.entity_type.escape_debug(),
                kinds.join(", ")
            )));
        }
        let id = Ocid::from(asked.identifier.as_str());
        let found = tx_find(call.tx, at, &compartment.id, &id)?;
        let found = found.filter(|row| entity(row) == Some(asked.entity_type.as_str()));
        let found = found.ok_or_else(Problem::not_found)?;
        if !may_be_done(call, &found, &within, target.is_some())? {
            return Err(Problem::not_found());
        }
        if ids.contains(&id) {
            return Err(Problem::invalid(format!("resources names `{id}` twice")));
        }
        ids.push(id);
    }
    let within = within.into_iter().next().filter(|_| target.is_some());
    let bulk =
        Bulk { compartment: compartment.id.clone(), target, within, resources: ids, done: 0 };
    let about = resources.into_iter().map(|asked| (asked.identifier, asked.entity_type));
    let id = begin(call, &Task::Bulk(bulk), &compartment.id, about)?;
    Ok(Reply::of(()).work_request(&id))
}

/// Whether the caller may do it to that one: that they may do it to what is in the compartment, is
/// decided by then, but not whether a condition speaks of this one.
fn may_be_done(
    call: &mut Call<'_, '_>,
    resource: &Resource,
    within: &[Ocid],
    moves: bool,
) -> Result<bool, Problem> {
    if moves {
        return call.may(MANAGE_ALL_RESOURCES, within, resource);
    }
    match resource.kind {
        ResourceKind::Compartment => {
            let path = [std::slice::from_ref(&resource.id), within].concat();
            call.may("COMPARTMENT_DELETE", &path, resource)
        }
        ResourceKind::Policy => call.may("POLICY_DELETE", within, resource),
        _ => call.may("TAG_NAMESPACE_DELETE", within, resource),
    }
}

/// The resource of that OCID, as long as it is in that compartment.
fn tx_find(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    compartment: &Ocid,
    id: &Ocid,
) -> Result<Option<Resource>, Problem> {
    let found = tx.resource(at, id).map_err(store_problem)?;
    Ok(found.filter(|row| row.parent == *compartment && row.state != LifecycleState::Deleted))
}

fn entity(resource: &Resource) -> Option<&'static str> {
    match resource.kind {
        ResourceKind::Compartment => Some(COMPARTMENT),
        ResourceKind::Policy => Some(POLICY),
        ResourceKind::TagNamespace => Some(TAG_NAMESPACE),
        _ => None,
    }
}

/// Does it to the next resource.
pub(crate) fn do_next(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    bulk: &mut Bulk,
) -> Result<After, Problem> {
    let Some(id) = bulk.resources.get(bulk.done).cloned() else { return Ok(After::Nothing) };
    match do_one(tx, context, work, bulk, &id) {
        Ok(()) => {}
        Err(problem) if problem.code.status() >= 429 => return Err(problem),
        Err(problem) => {
            work.became(id.as_str(), WorkAction::Failed);
            work.failed(&problem);
        }
    }
    bulk.done += 1;
    work.progress(bulk.done, bulk.resources.len());
    Ok(if bulk.done < bulk.resources.len() { After::More } else { After::Nothing })
}

/// Does it to one resource, whole or not at all: whatever can be refused comes before any change.
fn do_one(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    bulk: &Bulk,
    id: &Ocid,
) -> Result<(), Problem> {
    let found = tx_find(tx, work.at, &bulk.compartment, id)?;
    let mut resource = found.ok_or_else(|| {
        let message = format!("`{id}` is no longer in compartment `{}`", bulk.compartment);
        Problem::new(Code::Conflict, message)
    })?;
    if resource.kind == ResourceKind::TagNamespace {
        return do_namespace(tx, context, work, bulk, resource);
    }
    if let (Some(target), Some(within)) = (&bulk.target, &bulk.within) {
        let to = Move { compartment: id.clone(), target: target.clone(), within: within.clone() };
        return compartment_work::do_move(tx, context, work, &to);
    }
    if resource.kind == ResourceKind::Policy {
        policies::erase(tx, work.at, &resource)?;
        work.became(id.as_str(), WorkAction::Deleted);
        work.log(format!("deleted policy `{}`", resource.name));
        return Ok(());
    }
    must_be(&resource, LifecycleState::Active, "deleted")?;
    must_be_empty(tx, work.at, &resource)?;
    put(tx, work.at, &mut resource, LifecycleState::Deleting, context.etag())?;
    compartment_work::do_delete(tx, context, work, id)
}

/// Deletes a tag namespace that is retired and has no tags, or moves one; not in spite of a lock.
fn do_namespace(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    bulk: &Bulk,
    row: Resource,
) -> Result<(), Problem> {
    let (id, namespace): (Ocid, TagNamespace) =
        (row.id.clone(), row.model().map_err(store_problem)?);
    tag_namespaces::must_stay(&namespace)?;
    let shown = tag_namespaces::shown(&namespace);
    let Some(target) = &bulk.target else {
        locks::must_not_forbid(&shown, &namespace.locks, Deed::Deletion)?;
        tag_namespaces::erase(tx, work.at, &namespace)?;
        work.became(id.as_str(), WorkAction::Deleted);
        work.log(format!("deleted {shown}"));
        return Ok(());
    };
    locks::must_not_forbid(&shown, &namespace.locks, Deed::Change)?;
    let from = tree::path_to_root(tx, work.at, &row.parent)?.unwrap_or_default();
    let to = tree::path_in_use(tx, work.at, target)?.unwrap_or_default();
    let both = |within: &Ocid| from.contains(within) && to.contains(within);
    if !bulk.within.as_ref().is_some_and(both) {
        return Err(Problem::new(
            Code::Conflict,
            format!("{shown} or `{target}` was moved or deleted meanwhile; ask for it again"),
        ));
    }
    tag_namespaces::put_into(tx, work.at, (row, namespace), target.clone(), context.etag())?;
    work.became(id.as_str(), WorkAction::Updated);
    work.log(format!("moved {shown} into `{target}`"));
    Ok(())
}
