//! Tag namespaces: created, retired, moved, locked, deleted when empty.

use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_tag_name};
use crate::locks::{self, Deed};
use crate::users::limit_exceeded;
use crate::{page, tagging, tags, tree};
use iam_api::locks::{AddLockDetails, RemoveLockDetails, ResourceLock};
use iam_api::tag_namespaces::{
    CREATE_TAG_NAMESPACE, ChangeTagNamespaceCompartmentDetail, CreateTagNamespaceDetails,
    TagNamespace, TagNamespaceSummary, TagState, UpdateTagNamespaceDetails,
};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, Walk};
use std::collections::HashMap;

/// The rows that a walk reads at a time.
const BATCH: i64 = 100;

/// Creates a tag namespace.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateTagNamespaceDetails,
) -> Result<Reply<TagNamespace>, Problem> {
    check_tag_name("tag namespace name", &details.name)?;
    check_description(&details.description)?;
    let (at, limit, kind) =
        (call.at(), call.context.limits.tag_namespaces, ResourceKind::TagNamespace);
    if call.tx.count_up_to(at, kind, limit).map_err(store_problem)? >= limit {
        return Err(limit_exceeded("tag-namespace-count"));
    }
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let namespace = TagNamespace {
        id: call.new_id(kind.as_str()),
        compartment_id: details.compartment_id,
        name: details.name,
        description: details.description,
        freeform_tags,
        defined_tags,
        is_retired: false,
        lifecycle_state: TagState::Active,
        time_created: call.now,
        locks: locks::of_new(call.now, details.locks)?,
    };
    let resource = Resource {
        id: namespace.id.clone(),
        kind,
        parent: namespace.compartment_id.clone(),
        name: namespace.name.clone(),
        folded: fold(&namespace.name),
        state: LifecycleState::Active,
        created: call.now,
        etag: call.context.etag(),
        body: serde_json::to_string(&namespace).map_err(Problem::internal)?,
        compiled: None,
    };
    if !call.tx.insert(at, &resource).map_err(store_problem)? {
        return Err(Problem::new(
            Code::TagNamespaceAlreadyExists,
            format!("TagNamespace '{}' already exists", namespace.name),
        ));
    }
    let location = format!("{}/{}", CREATE_TAG_NAMESPACE.spec.path, resource.id);
    Ok(Reply::of(namespace).etag(resource.etag).made(resource.id.as_str()).location(location))
}

/// Shows a tag namespace.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<TagNamespace>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(resource.model().map_err(store_problem)?).etag(resource.etag))
}

/// Lists the tag namespaces in a compartment; also those below it, where that is asked for.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<TagNamespaceSummary>>, Problem> {
    let compartment = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    let (rows, next) = if call.params.get("includeSubcompartments") == Some("true") {
        let state = page::state(call)?;
        let read = |call: &mut Call<'_, '_>, after: &str, limit: i64| {
            below(call, &compartment, state, after, limit)
        };
        page::keyed(call, "tag-namespaces-below", read, |row: &Resource| row.folded.clone())?
    } else {
        page::resources(call, ResourceKind::TagNamespace, &compartment)?
    };
    let models = rows.iter().map(|row| row.model::<TagNamespace>().map(Into::into));
    let summaries: Result<Vec<TagNamespaceSummary>, _> = models.collect();
    Ok(Reply::of(summaries.map_err(store_problem)?).next_page(next))
}

/// The tag namespaces in a compartment and below it, in the order of their names.
fn below(
    call: &mut Call<'_, '_>,
    compartment: &Ocid,
    state: Option<LifecycleState>,
    after: &str,
    limit: i64,
) -> Result<Vec<Resource>, Problem> {
    let (at, root) = (call.at(), call.principal.tenancy_id.clone());
    let (mut after, mut found) = (after.to_owned(), Vec::new());
    let mut is_below: HashMap<Ocid, bool> = HashMap::new();
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    loop {
        let walk = Walk { after: &after, limit: BATCH, ..Walk::default() };
        let kind = ResourceKind::TagNamespace;
        let rows = call.tx.walk(at, kind, &root, &walk).map_err(store_problem)?;
        let Some(last) = rows.last() else { return Ok(found) };
        after.clone_from(&last.folded);
        for row in rows {
            if !is_below.contains_key(&row.parent) {
                let path = tree::path_to_root(call.tx, at, &row.parent)?.unwrap_or_default();
                is_below.insert(row.parent.clone(), path.contains(compartment));
            }
            let fits = state.is_none_or(|state| row.state == state);
            if fits && is_below.get(&row.parent) == Some(&true) {
                found.push(row);
            }
            if found.len() >= wanted {
                return Ok(found);
            }
        }
    }
}

/// Changes a tag namespace; retires it with all its tags, or makes it active again without them.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateTagNamespaceDetails,
) -> Result<Reply<TagNamespace>, Problem> {
    let mut resource = call.target()?;
    let mut namespace: TagNamespace = resource.model().map_err(store_problem)?;
    must_allow(call, &namespace, Deed::Change)?;
    if let Some(description) = details.description {
        check_description(&description)?;
        namespace.description = description;
    }
    tagging::change(
        call,
        (&mut namespace.freeform_tags, details.freeform_tags),
        (&mut namespace.defined_tags, details.defined_tags),
    )?;
    let is_retired = details.is_retired.unwrap_or(namespace.is_retired);
    if is_retired && !namespace.is_retired {
        tags::retire_all(call, &namespace.id)?;
    }
    namespace.is_retired = is_retired;
    namespace.lifecycle_state = TagState::of(is_retired);
    keep(call, &mut resource, &namespace)?;
    Ok(Reply::of(namespace).etag(resource.etag))
}

/// Writes a changed tag namespace back.
fn keep(
    call: &mut Call<'_, '_>,
    resource: &mut Resource,
    namespace: &TagNamespace,
) -> Result<(), Problem> {
    resource.state = tags::state_of(namespace.is_retired);
    resource.etag = call.context.etag();
    resource.set_model(namespace).map_err(store_problem)?;
    let at = call.at();
    call.tx.update(at, resource).map_err(store_problem)?;
    call.tx.revise().map_err(store_problem)
}

/// Moves a tag namespace with its tags to another compartment, in which the caller may do so too.
pub fn change_compartment(
    call: &mut Call<'_, '_>,
    details: ChangeTagNamespaceCompartmentDetail,
) -> Result<Reply<()>, Problem> {
    let at = call.at();
    let path = tree::path_to_root(call.tx, at, &details.compartment_id)?;
    let may = path.is_some_and(|path| call.may("TAG_NAMESPACE_MOVE", &path));
    if !may {
        return Err(Problem::not_found());
    }
    let mut resource = call.target()?;
    let mut namespace: TagNamespace = resource.model().map_err(store_problem)?;
    must_allow(call, &namespace, Deed::Change)?;
    namespace.compartment_id = details.compartment_id.clone();
    resource.parent = details.compartment_id;
    // Its name is unique in the tenancy, so there is nothing in the way where it goes.
    call.tx.relocate(at, &resource).map_err(store_problem)?;
    keep(call, &mut resource, &namespace)?;
    Ok(Reply::of(()))
}

/// Adds a lock.
pub fn add_lock(
    call: &mut Call<'_, '_>,
    details: AddLockDetails,
) -> Result<Reply<TagNamespace>, Problem> {
    let now = call.now;
    change_locks(call, |locks| locks::add(now, locks, details))
}

/// Removes a lock.
pub fn remove_lock(
    call: &mut Call<'_, '_>,
    details: RemoveLockDetails,
) -> Result<Reply<TagNamespace>, Problem> {
    change_locks(call, |locks| locks::remove(locks, details.kind))
}

fn change_locks(
    call: &mut Call<'_, '_>,
    edit: impl FnOnce(&mut Vec<ResourceLock>) -> Result<(), Problem>,
) -> Result<Reply<TagNamespace>, Problem> {
    let mut resource = call.target()?;
    call.if_match(resource.id.as_str(), &resource.etag)?;
    let mut namespace: TagNamespace = resource.model().map_err(store_problem)?;
    edit(&mut namespace.locks)?;
    keep(call, &mut resource, &namespace)?;
    Ok(Reply::of(namespace).etag(resource.etag))
}

/// Refuses what a lock of the tag namespace forbids, to it or to its tags.
pub(crate) fn must_allow(
    call: &Call<'_, '_>,
    namespace: &TagNamespace,
    deed: Deed,
) -> Result<(), Problem> {
    let what = format!("tag namespace `{}`", namespace.name.escape_debug());
    locks::must_allow(call, &what, &namespace.locks, deed)
}

/// Deletes a tag namespace that is retired and has no tags.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let resource = call.target()?;
    call.if_match(resource.id.as_str(), &resource.etag)?;
    let namespace: TagNamespace = resource.model().map_err(store_problem)?;
    must_allow(call, &namespace, Deed::Deletion)?;
    let at = call.at();
    let tags = call.tx.count_in(at, ResourceKind::Tag, &namespace.id, 1).map_err(store_problem)?;
    let why = match (namespace.is_retired, tags) {
        (true, 0) => None,
        (true, _) => Some("has tags; delete them first"),
        (false, _) => Some("is not retired; retire it first"),
    };
    if let Some(why) = why {
        let message = format!("tag namespace `{}` {why}", namespace.name.escape_debug());
        return Err(Problem::new(Code::Conflict, message));
    }
    call.tx.delete(at, &namespace.id).map_err(store_problem)?;
    call.tx.revise().map_err(store_problem)?;
    Ok(Reply::of(()))
}
