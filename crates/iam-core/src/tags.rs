//! Tags: the keys of a tag namespace. A row's parent is the tag namespace, so that a tag is in
//! whatever compartment its namespace is.

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::fields::{check_description, check_tag_name};
use crate::kept::{self, Model, Place, limit_exceeded};
use crate::locks::Deed;
use crate::{page, tag_defaults, tag_namespaces, tagging};
use iam_api::tag_namespaces::{TagNamespace, TagState};
use iam_api::tags::{
    CreateTagDetails, Tag, TagSummary, UpdateTagDetails, Validator, ValidatorType,
};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_store::{Resource, ResourceKind, Setting, TenancyNo, Tx, Walk};
use std::collections::HashSet;

/// The rows that a walk reads at a time.
const BATCH: i64 = 100;
/// The most values of a list.
const VALUES_MAX: usize = 100;
/// What a tag is called in work requests.
pub(crate) const ENTITY: &str = "TagDefinition";
/// The setting that holds the OCIDs of the tags by which costs are tracked.
const COST_TRACKING: &str = "cost-tracking-tags";

/// Creates a tag.
pub fn create(call: &mut Call<'_, '_>, details: CreateTagDetails) -> Result<Reply<Tag>, Problem> {
    check_tag_name("tag name", &details.name)?;
    check_description(&details.description)?;
    let validator = details.validator.map(check_validator).transpose()?.flatten();
    let row = call.target()?;
    let namespace: TagNamespace = row.model().map_err(store_problem)?;
    tag_namespaces::must_allow(call, &namespace, Deed::Change)?;
    must_be_active(&namespace)?;
    let at = call.at();
    must_have_room(call.tx, call.context, at, &namespace.id)?;
    let (freeform_tags, defined_tags) =
        tagging::of_new(call, &row.parent, details.freeform_tags, details.defined_tags)?;
    let tag = Tag {
        compartment_id: namespace.compartment_id,
        tag_namespace_id: namespace.id,
        tag_namespace_name: namespace.name,
        id: call.new_id(ResourceKind::Tag.as_str()),
        name: details.name,
        description: details.description,
        freeform_tags,
        defined_tags,
        is_retired: false,
        lifecycle_state: TagState::Active,
        time_created: call.now,
        is_cost_tracking: details.is_cost_tracking.unwrap_or(false),
        validator,
    };
    if tag.is_cost_tracking {
        track_costs(call, &tag.id, true)?;
    }
    let resource = kept::resource(&tag, call.context.etag())?;
    if !call.tx.insert(at, &resource).map_err(store_problem)? {
        return Err(Problem::new(
            Code::TagDefinitionAlreadyExists,
            format!("TagDefinition '{}' already exists", tag.name),
        ));
    }
    Ok(Reply::of(tag).etag(resource.etag).made(resource.id.as_str()))
}

/// Refuses one more tag in a tag namespace than there may be.
pub(crate) fn must_have_room(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    namespace: &Ocid,
) -> Result<(), Problem> {
    let limit = (context.limits.tags_per_namespace, "tags-per-namespace-count");
    kept::must_have_room_in(tx, at, Tag::KIND, namespace, limit)
}

impl Model for Tag {
    const KIND: ResourceKind = ResourceKind::Tag;
    const DECIDES: bool = true;

    fn place(&self) -> Place<'_> {
        Place {
            id: &self.id,
            parent: &self.tag_namespace_id,
            name: self.name.as_str().into(),
            state: state_of(self.lifecycle_state),
            created: self.time_created,
        }
    }
}

/// Shows a tag.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Tag>, Problem> {
    let namespace = call.target()?;
    let row = named(call, &namespace)?;
    Ok(Reply::of(model(&row, &namespace)?).etag(row.etag))
}

/// Lists the tags of a tag namespace.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<TagSummary>>, Problem> {
    let namespace = call.target()?;
    let (rows, next) = page::resources(call, ResourceKind::Tag, &namespace.id)?;
    let models = rows.iter().map(|row| model(row, &namespace).map(Into::into));
    Ok(Reply::of(models.collect::<Result<_, Problem>>()?).next_page(next))
}

/// Lists the tags of the tenancy by which costs are tracked.
pub fn list_cost_tracking(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Tag>>, Problem> {
    call.must_be_tenancy(
        "cost-tracking tags",
        &Ocid::from(call.params.get("compartmentId").unwrap_or_default()),
    )?;
    let read = |call: &mut Call<'_, '_>, after: &str, limit: i64| {
        let mut ids = cost_tracking(call)?;
        ids.sort_unstable();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let ids = ids.into_iter().filter(|id| id.as_str() > after).take(limit);
        ids.map(|id| {
            let row = call.resource(ResourceKind::Tag, &Ocid::from(id))?;
            let namespace = call.resource(ResourceKind::TagNamespace, &row.parent)?;
            model(&row, &namespace)
        })
        .collect()
    };
    let (tags, next) = page::keyed(call, "cost-tracking-tags", read, |tag| tag.id.to_string())?;
    Ok(Reply::of(tags).next_page(next))
}

/// Changes a tag; retires it, or makes it active again.
pub fn update(call: &mut Call<'_, '_>, details: UpdateTagDetails) -> Result<Reply<Tag>, Problem> {
    let namespace_row = call.target()?;
    let namespace: TagNamespace = namespace_row.model().map_err(store_problem)?;
    let row = named(call, &namespace_row)?;
    call.if_match(row.id.as_str(), &row.etag)?;
    tag_namespaces::must_allow(call, &namespace, Deed::Change)?;
    must_stay(&row)?;
    let mut tag = model(&row, &namespace_row)?;
    if let Some(description) = details.description {
        check_description(&description)?;
        tag.description = description;
    }
    tagging::change(
        call,
        (&mut tag.freeform_tags, details.freeform_tags),
        (&mut tag.defined_tags, details.defined_tags),
    )?;
    if let Some(validator) = details.validator {
        let validator = check_validator(validator)?;
        tag_defaults::must_keep_values(call, &tag, validator.as_ref())?;
        tag.validator = validator;
    }
    if details.is_retired == Some(false) && tag.is_retired {
        must_be_active(&namespace)?;
    }
    if let Some(tracks) = details.is_cost_tracking.filter(|tracks| *tracks != tag.is_cost_tracking)
    {
        track_costs(call, &tag.id, tracks)?;
        tag.is_cost_tracking = tracks;
    }
    set_retired(&mut tag, details.is_retired);
    call.keep(row, tag)
}

fn set_retired(tag: &mut Tag, is_retired: Option<bool>) {
    tag.is_retired = is_retired.unwrap_or(tag.is_retired);
    tag.lifecycle_state = TagState::of(tag.is_retired);
}

/// The state of a row whose model is in that one.
pub(crate) const fn state_of(state: TagState) -> LifecycleState {
    match state {
        TagState::Active => LifecycleState::Active,
        TagState::Inactive => LifecycleState::Inactive,
        TagState::Deleting => LifecycleState::Deleting,
        TagState::Deleted => LifecycleState::Deleted,
    }
}

/// Refuses to change a tag that is being deleted.
pub(crate) fn must_stay(row: &Resource) -> Result<(), Problem> {
    if row.state != LifecycleState::Deleting {
        return Ok(());
    }
    let message = format!("the tag `{}` is being deleted", row.name.escape_debug());
    Err(Problem::new(Code::Conflict, message))
}

/// Retires all tags of a tag namespace.
pub(crate) fn retire_all(call: &mut Call<'_, '_>, namespace: &Ocid) -> Result<(), Problem> {
    let rows = all_in(call, namespace)?;
    for row in rows.into_iter().filter(|row| row.state == LifecycleState::Active) {
        let mut tag: Tag = row.model().map_err(store_problem)?;
        set_retired(&mut tag, Some(true));
        call.keep(row, tag)?;
    }
    Ok(())
}

/// All tags of a tag namespace, of which there are as many as a limit allows.
pub(crate) fn all_in(call: &mut Call<'_, '_>, namespace: &Ocid) -> Result<Vec<Resource>, Problem> {
    let (at, mut all) = (call.at(), Vec::<Resource>::new());
    loop {
        let after = all.last().map_or_else(String::new, |last| last.folded.clone());
        let walk = Walk { after: &after, limit: BATCH, ..Walk::default() };
        let rows = call.tx.walk(at, ResourceKind::Tag, namespace, &walk).map_err(store_problem)?;
        if rows.is_empty() {
            return Ok(all);
        }
        all.extend(rows);
    }
}

/// The tag that the path names in the tag namespace that it names.
pub(crate) fn named(call: &mut Call<'_, '_>, namespace: &Resource) -> Result<Resource, Problem> {
    let name = call.path("tagName")?;
    tagging::find_tag(call, &namespace.id, name)?.ok_or_else(Problem::not_found)
}

/// The model of a stored tag: where its namespace is, only the namespace's row tells.
fn model(row: &Resource, namespace: &Resource) -> Result<Tag, Problem> {
    let tag: Tag = row.model().map_err(store_problem)?;
    Ok(Tag { compartment_id: namespace.parent.clone(), ..tag })
}

/// Refuses a tag namespace that is retired.
pub(crate) fn must_be_active(namespace: &TagNamespace) -> Result<(), Problem> {
    if !namespace.is_retired {
        return Ok(());
    }
    Err(Problem::new(
        Code::Conflict,
        format!(
            "tag namespace `{}` is retired; make it active again first",
            namespace.name.escape_debug()
        ),
    ))
}

/// The validator as it is kept: none at all, where every value is taken.
pub(crate) fn check_validator(validator: Validator) -> Result<Option<Validator>, Problem> {
    let values = match (validator.validator_type, &validator.values) {
        (ValidatorType::Default, None) => return Ok(None),
        (ValidatorType::Default, Some(_)) => {
            return Err(Problem::invalid(
                "validator of type DEFAULT has no values; leave them out",
            ));
        }
        (ValidatorType::Enum, values) => values.as_deref().unwrap_or_default(),
    };
    if values.is_empty() || values.len() > VALUES_MAX {
        return Err(Problem::invalid(format!(
            "validator.values must have 1 to {VALUES_MAX} items, and has {}",
            values.len()
        )));
    }
    let mut seen = HashSet::new();
    for value in values {
        if value.trim().is_empty() {
            return Err(Problem::invalid("validator.values has a blank value; take it out"));
        }
        tagging::check_value(value, None, "validator.values")?;
        if !seen.insert(value) {
            return Err(Problem::invalid(format!(
                "validator.values has `{}` twice",
                value.escape_debug()
            )));
        }
    }
    Ok(Some(validator))
}

/// The OCIDs of the tags by which costs are tracked.
fn cost_tracking(call: &mut Call<'_, '_>) -> Result<Vec<String>, Problem> {
    let at = call.at();
    match call.tx.setting(at, COST_TRACKING).map_err(store_problem)? {
        Some(setting) => serde_json::from_str(&setting.body).map_err(Problem::internal),
        None => Ok(Vec::new()),
    }
}

/// Tracks costs by these tags and no others, in a tenancy that begins with them.
pub(crate) fn import_cost_tracking(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    tags: &[&Ocid],
    etag: String,
) -> Result<(), Problem> {
    let body = serde_json::to_string(tags).map_err(Problem::internal)?;
    tx.set_setting(at, COST_TRACKING, &Setting { etag, body }).map_err(store_problem)
}

/// Begins to track costs by a tag, or ends it.
pub(crate) fn track_costs(
    call: &mut Call<'_, '_>,
    tag: &Ocid,
    tracks: bool,
) -> Result<(), Problem> {
    let mut ids = cost_tracking(call)?;
    ids.retain(|id| id != tag.as_str());
    if tracks {
        if ids.len() >= call.context.limits.cost_tracking_tags {
            return Err(limit_exceeded("cost-tracking-tag-count"));
        }
        ids.push(tag.to_string());
    }
    let body = serde_json::to_string(&ids).map_err(Problem::internal)?;
    let (at, new) = (call.at(), Setting { etag: call.context.etag(), body });
    call.tx.set_setting(at, COST_TRACKING, &new).map_err(store_problem)
}
