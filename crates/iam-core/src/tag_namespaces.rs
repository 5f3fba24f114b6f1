//! Tag namespaces: created, retired, moved, locked, deleted when empty.

use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_tag_name};
use crate::kept::{self, Model, Place};
use crate::locks::{self, Deed};
use crate::{page, tagging, tags, tree};
use iam_api::locks::{AddLockDetails, RemoveLockDetails, ResourceLock};
use iam_api::tag_namespaces::{
    CREATE_TAG_NAMESPACE, ChangeTagNamespaceCompartmentDetail, CreateTagNamespaceDetails,
    TagNamespace, TagNamespaceSummary, TagState, UpdateTagNamespaceDetails,
};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_store::{Resource, ResourceKind, TenancyNo, Tx, Walk};
use std::collections::HashMap;

/// What a tag namespace is called in work requests.
pub(crate) const ENTITY: &str = "TagNamespace";
/// The rows that a walk reads at a time.
const BATCH: i64 = 100;

/// Creates a tag namespace.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateTagNamespaceDetails,
) -> Result<Reply<TagNamespace>, Problem> {
    check_tag_name("tag namespace name", &details.name)?;
    check_description(&details.description)?;
    must_have_room(call)?;
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let namespace = TagNamespace {
        id: call.new_id(ResourceKind::TagNamespace.as_str()),
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
    let resource = kept::resource(&namespace, call.context.etag())?;
    call.add(&CREATE_TAG_NAMESPACE.spec, resource, namespace, |new| exists(&new.name))
}

/// Refuses one more tag namespace than there may be.
pub(crate) fn must_have_room(call: &mut Call<'_, '_>) -> Result<(), Problem> {
    let (at, limit) = (call.at(), call.context.limits.tag_namespaces);
    kept::must_have_room(call.tx, at, TagNamespace::KIND, (limit, "tag-namespace-count"))
}

pub(crate) fn exists(name: &str) -> Problem {
    let message = format!("TagNamespace '{name}' already exists");
    Problem::new(Code::TagNamespaceAlreadyExists, message)
}

impl Model for TagNamespace {
    const KIND: ResourceKind = ResourceKind::TagNamespace;
    const DECIDES: bool = true;

    fn place(&self) -> Place<'_> {
        Place {
            id: &self.id,
            parent: &self.compartment_id,
            name: self.name.as_str().into(),
            state: tags::state_of(self.lifecycle_state),
            created: self.time_created,
        }
    }
}

/// Shows a tag namespace.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<TagNamespace>, Problem> {
    call.show()
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
    let (resource, mut namespace): (_, TagNamespace) = call.target_with_model()?;
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
    call.keep(resource, namespace)
}

/// Moves a tag namespace with its tags to another compartment, in which the caller may do so too.
pub fn change_compartment(
    call: &mut Call<'_, '_>,
    details: ChangeTagNamespaceCompartmentDetail,
) -> Result<Reply<()>, Problem> {
    let at = call.at();
    let path = tree::path_to_root(call.tx, at, &details.compartment_id)?;
    let (path, resource) = (path.ok_or_else(Problem::not_found)?, call.target()?);
    if !call.may("TAG_NAMESPACE_MOVE", &path, &resource)? {
        return Err(Problem::not_found());
    }
    let namespace: TagNamespace = resource.model().map_err(store_problem)?;
    must_allow(call, &namespace, Deed::Change)?;
    let etag = call.context.etag();
    put_into(call.tx, at, (resource, namespace), details.compartment_id, etag)?;
    Ok(Reply::of(()))
}

/// Moves a tag namespace to another compartment.
pub(crate) fn put_into(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    (mut row, mut namespace): (Resource, TagNamespace),
    compartment: Ocid,
    etag: String,
) -> Result<(), Problem> {
    namespace.compartment_id = compartment.clone();
    row.parent = compartment;
    row.etag = etag;
    // Its name is unique in the tenancy, so there is nothing in the way where it goes.
    tx.relocate(at, &row).map_err(store_problem)?;
    row.set_model(&namespace).map_err(store_problem)?;
    tx.update(at, &row).map_err(store_problem)?;
    tx.revise().map_err(store_problem)
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
    let (resource, mut namespace): (_, TagNamespace) = call.target_with_model()?;
    must_stay(&namespace)?;
    edit(&mut namespace.locks)?;
    call.keep(resource, namespace)
}

/// Refuses what a lock of the tag namespace forbids, to it or to its tags, and everything where it
/// is being deleted.
pub(crate) fn must_allow(
    call: &Call<'_, '_>,
    namespace: &TagNamespace,
    deed: Deed,
) -> Result<(), Problem> {
    must_stay(namespace)?;
    locks::must_allow(call, &shown(namespace), &namespace.locks, deed)
}

/// Refuses to change a tag namespace that is being deleted.
pub(crate) fn must_stay(namespace: &TagNamespace) -> Result<(), Problem> {
    if namespace.lifecycle_state != TagState::Deleting {
        return Ok(());
    }
    Err(Problem::new(Code::Conflict, format!("{} is being deleted", shown(namespace))))
}

/// What errors call it.
pub(crate) fn shown(namespace: &TagNamespace) -> String {
    format!("tag namespace `{}`", namespace.name.escape_debug())
}

/// Deletes a tag namespace that is retired and has no tags.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (_, namespace): (_, TagNamespace) = call.target_with_model()?;
    must_allow(call, &namespace, Deed::Deletion)?;
    let at = call.at();
    erase(call.tx, at, &namespace)?;
    Ok(Reply::of(()))
}

/// Deletes a tag namespace, as long as it is retired and has no tags.
pub(crate) fn erase(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    namespace: &TagNamespace,
) -> Result<(), Problem> {
    let tags = tx.count_in(at, ResourceKind::Tag, &namespace.id, 1).map_err(store_problem)?;
    let why = match (namespace.is_retired, tags) {
        (true, 0) => None,
        (true, _) => Some("has tags; delete them first"),
        (false, _) => Some("is not retired; retire it first"),
    };
    if let Some(why) = why {
        return Err(Problem::new(Code::Conflict, format!("{} {why}", shown(namespace))));
    }
    tx.delete(at, &namespace.id).map_err(store_problem)?;
    tx.revise().map_err(store_problem)
}
