//! Tag defaults: tags for whatever is made in a compartment or below it.
//!
//! All of a tenancy are read at once and kept for one revision of the store, as policies are: to
//! make something where there are none costs one look at what is kept.

use crate::call::{Call, Reply, store_problem};
use crate::kept::{self, Model, Place, must_have_room_in};
use crate::locks::{self, Deed};
use crate::{page, tagging, tree};
use iam_api::locks::{AddLockDetails, RemoveLockDetails, ResourceLock};
use iam_api::tag_defaults::{
    CREATE_TAG_DEFAULT, CreateTagDefaultDetails, TagDefault, TagDefaultState, TagDefaultSummary,
    UpdateTagDefaultDetails,
};
use iam_api::tags::{Tag, Validator};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A tag default with what it takes to apply it.
#[derive(Debug)]
pub(crate) struct Preset {
    pub(crate) model: TagDefault,
    /// The name of its tag's namespace.
    pub(crate) namespace: String,
    /// Whether its tag can be applied.
    is_active: bool,
}

/// The tag defaults of tenancies, as they were at one revision of the store.
#[derive(Default)]
pub struct Known(Mutex<Generation>);

#[derive(Default)]
struct Generation {
    revision: u64,
    defaults: HashMap<i64, Arc<[Preset]>>,
}

impl Known {
    /// The tenancy's tag defaults in the order of their OCIDs, as the transaction sees them.
    fn of(&self, tx: &mut Tx<'_>, at: TenancyNo) -> Result<Arc<[Preset]>, Problem> {
        let Some(revision) = tx.revision_seen() else { return read(tx, at) };
        let known = self.with(revision, |kept| kept.defaults.get(&at.0).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let defaults = read(tx, at)?;
        self.with(revision, |kept| kept.defaults.insert(at.0, Arc::clone(&defaults)));
        Ok(defaults)
    }

    fn with<R>(&self, revision: u64, ask: impl FnOnce(&mut Generation) -> R) -> R {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.revision != revision {
            *kept = Generation { revision, ..Generation::default() };
        }
        ask(&mut kept)
    }
}

fn read(tx: &mut Tx<'_>, at: TenancyNo) -> Result<Arc<[Preset]>, Problem> {
    let rows = tx.all_of(at, ResourceKind::TagDefault).map_err(store_problem)?;
    let mut defaults = Vec::with_capacity(rows.len());
    for row in rows {
        let model: TagDefault = row.model().map_err(store_problem)?;
        let tag = tx.resource(at, &model.tag_definition_id).map_err(store_problem)?;
        let namespace = tx.resource(at, &model.tag_namespace_id).map_err(store_problem)?;
        let (Some(tag), Some(namespace)) = (tag, namespace) else { continue };
        // A namespace that is retired has no tag that is not.
        let is_active = tag.state == LifecycleState::Active;
        defaults.push(Preset { model, namespace: namespace.name, is_active });
    }
    defaults.sort_by(|a, b| a.model.id.cmp(&b.model.id));
    Ok(defaults.into())
}

/// The tag defaults that count in a compartment: for each tag the nearest on the way to the root.
pub(crate) fn in_force(
    call: &mut Call<'_, '_>,
    compartment: &Ocid,
) -> Result<(Arc<[Preset]>, Vec<usize>), Problem> {
    let at = call.at();
    let all = call.context.tag_defaults.of(call.tx, at)?;
    if all.is_empty() {
        return Ok((all, Vec::new()));
    }
    let path = tree::path_to_root(call.tx, at, compartment)?.unwrap_or_default();
    let mut nearest: HashMap<&Ocid, (usize, usize)> = HashMap::new();
    for (index, default) in all.iter().enumerate().filter(|(_, default)| default.is_active) {
        let level = path.iter().position(|id| *id == default.model.compartment_id);
        let Some(level) = level else { continue };
        let known = nearest.entry(&default.model.tag_definition_id).or_insert((level, index));
        if level < known.0 {
            *known = (level, index);
        }
    }
    let mut chosen: Vec<usize> = nearest.into_values().map(|(_, index)| index).collect();
    chosen.sort_unstable();
    Ok((all, chosen))
}

/// Refuses values for a tag that leave out one which a tag default of it gives.
pub(crate) fn must_keep_values(
    call: &mut Call<'_, '_>,
    tag: &Tag,
    validator: Option<&Validator>,
) -> Result<(), Problem> {
    let at = call.at();
    let all = call.context.tag_defaults.of(call.tx, at)?;
    for default in all.iter().filter(|default| default.model.tag_definition_id == tag.id) {
        let value = &default.model.value;
        if tagging::check_value(value, validator, &tag.name).is_err() {
            return Err(Problem::new(
                Code::Conflict,
                format!(
                    "the tag default `{}` gives the value `{}`; change it first",
                    default.model.id,
                    value.escape_debug()
                ),
            ));
        }
    }
    Ok(())
}

/// Creates a tag default.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateTagDefaultDetails,
) -> Result<Reply<TagDefault>, Problem> {
    let at = call.at();
    let (tag, namespace) = usable(call, &details.tag_definition_id)?;
    if tag.is_retired {
        let message = format!("the tag `{}` is retired; make it active again first", tag.name);
        return Err(Problem::new(Code::Conflict, message));
    }
    tagging::check_value(&details.value, tag.validator.as_ref(), &tag.name)?;
    let limit = call.context.limits.tag_defaults_per_compartment;
    let limit = (limit, "tag-defaults-per-compartment-count");
    must_have_room_in(call.tx, at, TagDefault::KIND, &details.compartment_id, limit)?;
    let default = TagDefault {
        id: call.new_id(TagDefault::KIND.as_str()),
        compartment_id: details.compartment_id,
        tag_namespace_id: namespace.id,
        tag_definition_id: tag.id,
        tag_definition_name: tag.name,
        value: details.value,
        time_created: call.now,
        lifecycle_state: TagDefaultState::Active,
        is_required: details.is_required.unwrap_or(false),
        locks: locks::of_new(call.now, details.locks)?,
    };
    let resource = kept::resource(&default, call.context.etag())?;
    call.add(&CREATE_TAG_DEFAULT.spec, resource, default, |new| {
        let tag = &new.tag_definition_name;
        let message =
            format!("the compartment has a tag default for `{tag}` already; update that one");
        Problem::new(Code::Conflict, message)
    })
}

impl Model for TagDefault {
    const KIND: ResourceKind = ResourceKind::TagDefault;
    const DECIDES: bool = true;

    fn place(&self) -> Place<'_> {
        Place {
            id: &self.id,
            parent: &self.compartment_id,
            // There is one for each tag in a compartment, so the tag is what it is known by.
            name: self.tag_definition_id.as_str().into(),
            state: LifecycleState::Active,
            created: self.time_created,
        }
    }
}

/// The tag of that OCID with its namespace, where the caller may use it.
fn usable(call: &mut Call<'_, '_>, tag: &Ocid) -> Result<(Tag, Resource), Problem> {
    let unknown = || {
        Problem::new(
            Code::RelatedResourceNotAuthorizedOrNotFound,
            "tagDefinitionId names no tag, or one that you may not use",
        )
    };
    let at = call.at();
    let found = call.tx.resource(at, tag).map_err(store_problem)?;
    let row = found.filter(|row| row.kind == ResourceKind::Tag).ok_or_else(unknown)?;
    let namespace = call.resource(ResourceKind::TagNamespace, &row.parent)?;
    if !tagging::may_use(call, &namespace)? {
        return Err(unknown());
    }
    Ok((row.model().map_err(store_problem)?, namespace))
}

/// Shows a tag default.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<TagDefault>, Problem> {
    call.show()
}

/// Lists tag defaults.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<TagDefaultSummary>>, Problem> {
    let read = |call: &mut Call<'_, '_>, after: &str, limit: i64| {
        let at = call.at();
        let all = call.context.tag_defaults.of(call.tx, at)?;
        let wants = |name: &str, has: &Ocid| {
            call.params.get(name).is_none_or(|wanted| wanted == has.as_str())
        };
        let fits = |default: &&Preset| {
            let model = &default.model;
            model.id.as_str() > after
                && wants("id", &model.id)
                && wants("compartmentId", &model.compartment_id)
                && wants("tagDefinitionId", &model.tag_definition_id)
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = all.iter().filter(fits).take(limit);
        Ok(page.map(|default| TagDefaultSummary(default.model.clone())).collect())
    };
    let key = |summary: &TagDefaultSummary| summary.0.id.to_string();
    let (page, next) = page::keyed(call, "tag-defaults", read, key)?;
    Ok(Reply::of(page).next_page(next))
}

/// Shows the tag defaults that count in a compartment.
pub fn assemble(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<TagDefaultSummary>>, Problem> {
    let compartment = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    let (all, chosen) = in_force(call, &compartment)?;
    let chosen = chosen.into_iter().filter_map(|index| all.get(index));
    Ok(Reply::of(chosen.map(|default| TagDefaultSummary(default.model.clone())).collect()))
}

/// Changes a tag default.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateTagDefaultDetails,
) -> Result<Reply<TagDefault>, Problem> {
    change(call, Some(Deed::Change), |call, default| {
        if details.value != default.value {
            let (tag, _) = usable(call, &default.tag_definition_id)?;
            tagging::check_value(&details.value, tag.validator.as_ref(), &tag.name)?;
            default.value = details.value;
        }
        default.is_required = details.is_required.unwrap_or(default.is_required);
        Ok(())
    })
}

/// Adds a lock.
pub fn add_lock(
    call: &mut Call<'_, '_>,
    details: AddLockDetails,
) -> Result<Reply<TagDefault>, Problem> {
    change(call, None, |call, default| locks::add(call.now, &mut default.locks, details))
}

/// Removes a lock.
pub fn remove_lock(
    call: &mut Call<'_, '_>,
    details: RemoveLockDetails,
) -> Result<Reply<TagDefault>, Problem> {
    change(call, None, |_, default| locks::remove(&mut default.locks, details.kind))
}

fn change(
    call: &mut Call<'_, '_>,
    deed: Option<Deed>,
    edit: impl FnOnce(&mut Call<'_, '_>, &mut TagDefault) -> Result<(), Problem>,
) -> Result<Reply<TagDefault>, Problem> {
    let (resource, mut default): (_, TagDefault) = call.target_with_model()?;
    if let Some(deed) = deed {
        must_allow(call, &default.locks, deed)?;
    }
    edit(call, &mut default)?;
    call.keep(resource, default)
}

/// Deletes the tag defaults for a tag that is going to be deleted, unless one is locked.
pub(crate) fn drop_for(call: &mut Call<'_, '_>, tag: &Ocid) -> Result<(), Problem> {
    let at = call.at();
    let all = call.context.tag_defaults.of(call.tx, at)?;
    for default in all.iter().filter(|default| default.model.tag_definition_id == *tag) {
        let what = format!("the tag default `{}`", default.model.id);
        locks::must_allow(call, &what, &default.model.locks, Deed::Deletion)?;
        call.tx.delete(at, &default.model.id).map_err(store_problem)?;
    }
    Ok(())
}

fn must_allow(call: &Call<'_, '_>, locks: &[ResourceLock], deed: Deed) -> Result<(), Problem> {
    locks::must_allow(call, "the tag default", locks, deed)
}

/// Deletes a tag default.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (resource, default): (_, TagDefault) = call.target_with_model()?;
    must_allow(call, &default.locks, Deed::Deletion)?;
    call.erase::<TagDefault>(&resource)
}
