//! Bulk edits of tags: the same done to the tags of several resources, one step for each. One whose
//! tags cannot be edited is told of, and does not keep the others.
//!
//! Who asks must be allowed to update each of the resources, and to use each of the tag namespaces:
//! the work request does nothing that they could not do one by one. The rights are found when it is
//! asked for, and what has been put elsewhere since stays as it is.

use crate::call::{Call, Reply, store_problem};
use crate::compartments::must_be;
use crate::context::Context;
use crate::locks::{self, Deed};
use crate::scim::Profile;
use crate::work_requests::{After, Task, Work, begin};
use crate::{domain_work, page, policies, tag_namespaces, tagging, tags, tree};
use iam_api::tag_bulk_actions::{
    BulkEditOperation, BulkEditOperationDetails, BulkEditResource, BulkEditTagsDetails,
    BulkEditTagsResourceType, BulkEditTagsResourceTypeCollection,
};
use iam_api::tag_namespaces::TagNamespace;
use iam_api::work_requests::WorkAction;
use iam_api::{Code, DefinedTags, LifecycleState, Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The most resources of one request.
const RESOURCES_MAX: usize = 100;
/// The kinds of resources whose tags can be edited, and what updating one needs.
const KINDS: [(&str, ResourceKind, &str); 10] = [
    ("Compartment", ResourceKind::Compartment, "COMPARTMENT_UPDATE"),
    (domain_work::ENTITY, ResourceKind::Domain, "DOMAIN_UPDATE"),
    ("DynamicGroup", ResourceKind::DynamicGroup, "DYNAMIC_GROUP_UPDATE"),
    ("Group", ResourceKind::Group, "GROUP_UPDATE"),
    ("IdentityProvider", ResourceKind::IdentityProvider, "IDENTITY_PROVIDER_UPDATE"),
    ("NetworkSource", ResourceKind::NetworkSource, "NETWORK_SOURCE_UPDATE"),
    ("Policy", ResourceKind::Policy, "POLICY_UPDATE"),
    (tags::ENTITY, ResourceKind::Tag, "TAG_NAMESPACE_USE"),
    (tag_namespaces::ENTITY, ResourceKind::TagNamespace, "TAG_NAMESPACE_UPDATE"),
    ("User", ResourceKind::User, "USER_UPDATE"),
];

/// What is to be done to the tags of several resources.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Edits {
    changes: Vec<Change>,
    resources: Vec<Place>,
    /// Who asked, where there is a domain that tells who has changed its users.
    signer: Option<Ocid>,
    done: usize,
}

/// What is to be done with one tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Change {
    operation: BulkEditOperation,
    space: String,
    key: String,
    /// The value, unless it is to be taken away.
    value: Option<String>,
    tag: Ocid,
    namespace: Place,
}

/// Something, and the compartments from its own up to the root in which it was allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    id: Ocid,
    within: Vec<Ocid>,
}

/// Lists the kinds of resources whose tags can be edited in bulk.
pub fn list_types(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<BulkEditTagsResourceTypeCollection>, Problem> {
    let read = |_: &mut Call<'_, '_>, after: &str, limit: i64| {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let names = KINDS.iter().map(|(name, ..)| *name).filter(|name| *name > after);
        Ok(names.take(limit).collect::<Vec<_>>())
    };
    let (names, next) = page::keyed(call, "bulkEditResourceTypes", read, |name| name.to_string())?;
    let kind = |name: &str| BulkEditTagsResourceType {
        resource_type: name.to_owned(),
        metadata_keys: Some(Vec::new()),
    };
    let items = names.into_iter().map(kind).collect();
    Ok(Reply::of(BulkEditTagsResourceTypeCollection { items }).next_page(next))
}

/// Asks for the tags of several resources to be edited.
pub fn bulk_edit(
    call: &mut Call<'_, '_>,
    details: BulkEditTagsDetails,
) -> Result<Reply<()>, Problem> {
    let changes = plan(call, details.bulk_edit_operations)?;
    let resources = find_all(call, &details.resources)?;
    let signer = call.principal.has_domain.then(|| call.principal.user.clone());
    let edits = Edits { changes, resources, signer, done: 0 };
    let about = details.resources.into_iter().map(|asked| (asked.id, asked.resource_type));
    let id = begin(call, &Task::EditTags(edits), &details.compartment_id, about)?;
    Ok(Reply::of(()).work_request(&id))
}

/// What is to be done with each tag, with the values that they would be applied with now.
fn plan(
    call: &mut Call<'_, '_>,
    operations: Vec<BulkEditOperationDetails>,
) -> Result<Vec<Change>, Problem> {
    let (mut changes, mut seen) = (Vec::new(), HashSet::new());
    for details in operations {
        let operation = details.operation_type;
        let tags = details.defined_tags.into_iter();
        let tags =
            tags.flat_map(|(space, tags)| tags.into_iter().map(move |tag| (space.clone(), tag)));
        for (space, (key, value)) in tags {
            if !seen.insert((fold(&space), fold(&key))) {
                return Err(Problem::invalid(format!(
                    "bulkEditOperations names `{}.{}` twice: one thing is done with a tag",
                    space.escape_debug(),
                    key.escape_debug()
                )));
            }
            let (namespace, tag) = tagging::usable_tag(call, &space, &key)?;
            let value = match operation {
                BulkEditOperation::Remove => None,
                _ => Some(tagging::applied(call, (&namespace, &tag), (&space, &key), &value)?),
            };
            let at = call.at();
            let within = tree::path_to_root(call.tx, at, &namespace.parent)?.unwrap_or_default();
            let namespace = Place { id: namespace.id, within };
            changes.push(Change { operation, space, key, value, tag: tag.id, namespace });
        }
    }
    if changes.is_empty() || changes.len() > tagging::DEFINED_TAGS_MAX {
        return Err(Problem::invalid(format!(
            "bulkEditOperations must name 1 to {} tags, and names {}",
            tagging::DEFINED_TAGS_MAX,
            changes.len()
        )));
    }
    Ok(changes)
}

/// The resources that a request names, all of them the caller's to update.
fn find_all(call: &mut Call<'_, '_>, asked: &[BulkEditResource]) -> Result<Vec<Place>, Problem> {
    if asked.is_empty() || asked.len() > RESOURCES_MAX {
        return Err(Problem::invalid(format!(
            "resources must have 1 to {RESOURCES_MAX} items, and has {}",
            asked.len()
        )));
    }
    let mut places: Vec<Place> = Vec::with_capacity(asked.len());
    for BulkEditResource { id, resource_type, .. } in asked {
        let known = KINDS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(resource_type));
        let Some((_, kind, needs)) = known else {
            return Err(Problem::invalid(format!(
                "resourceType `{}` is not known; give one of {}",
                resource_type.escape_debug(),
                KINDS.map(|(name, ..)| name).join(", ")
            )));
        };
        let (at, id) = (call.at(), Ocid::from(id.as_str()));
        if places.iter().any(|place| place.id == id) {
            return Err(Problem::invalid(format!("resources names `{id}` twice")));
        }
        let found = call.tx.resource(at, &id).map_err(store_problem)?;
        let found = found.filter(|row| row.kind == *kind);
        let within = match &found {
            Some(row) => path_of(call.tx, at, row)?,
            None => Vec::new(),
        };
        let may = found.map(|row| call.may(needs, &within, &row)).transpose()?;
        if may != Some(true) {
            return Err(Problem::new(
                Code::RelatedResourceNotAuthorizedOrNotFound,
                format!("resources names `{id}`, which is not there or not yours to update"),
            ));
        }
        places.push(Place { id, within });
    }
    Ok(places)
}

/// The compartments in which it is decided who may update that: a compartment's own is its own.
fn path_of(tx: &mut Tx<'_>, at: TenancyNo, row: &Resource) -> Result<Vec<Ocid>, Problem> {
    let from = match row.kind {
        ResourceKind::Compartment => row.id.clone(),
        ResourceKind::Tag => {
            let namespace = tx.resource(at, &row.parent).map_err(store_problem)?;
            namespace.ok_or_else(|| Problem::internal("a tag is in no namespace"))?.parent
        }
        _ => row.parent.clone(),
    };
    Ok(tree::path_to_root(tx, at, &from)?.unwrap_or_default())
}

/// Edits the tags of the next resource.
pub(crate) fn do_next(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    edits: &mut Edits,
) -> Result<After, Problem> {
    let Some(place) = edits.resources.get(edits.done) else { return Ok(After::Nothing) };
    match do_one(tx, context, work, edits, place) {
        Ok(()) => {}
        Err(problem) if problem.code.status() >= 429 => return Err(problem),
        Err(problem) => {
            work.became(place.id.as_str(), WorkAction::Failed);
            work.failed(&problem);
        }
    }
    edits.done += 1;
    work.progress(edits.done, edits.resources.len());
    Ok(if edits.done < edits.resources.len() { After::More } else { After::Nothing })
}

fn do_one(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    edits: &Edits,
    place: &Place,
) -> Result<(), Problem> {
    let mut row = still_there(tx, work.at, place)?;
    must_be_editable(tx, work.at, &row)?;
    for change in &edits.changes {
        must_be_applicable(tx, work.at, change)?;
    }
    let changed = tagging::edit_stored(&mut row, work.now, |freeform, tags| {
        let before = tags.clone();
        edits.changes.iter().for_each(|change| apply(change, tags));
        tagging::check(freeform, tags)?;
        Ok(*tags != before)
    })?;
    if !changed {
        work.became(place.id.as_str(), WorkAction::Related);
        work.log(format!("the tags of `{}` are as they should be", row.name));
        return Ok(());
    }
    row.etag = context.etag();
    tx.update(work.at, &row).map_err(store_problem)?;
    if let Some(signer) = edits.signer.clone().filter(|_| row.kind == ResourceKind::User) {
        Profile::sign_as(tx, work.at, &row.id, signer, false)?;
    }
    work.became(place.id.as_str(), WorkAction::Updated);
    work.log(format!("edited the tags of `{}`", row.name));
    Ok(())
}

/// What is named there, as long as it is where it was when it was allowed.
fn still_there(tx: &mut Tx<'_>, at: TenancyNo, place: &Place) -> Result<Resource, Problem> {
    let gone = |what: &str| {
        let message = format!("`{}` {what} meanwhile; ask for it again", place.id);
        Problem::new(Code::Conflict, message)
    };
    let found = tx.resource(at, &place.id).map_err(store_problem)?;
    let row = found.ok_or_else(|| gone("was deleted"))?;
    if path_of(tx, at, &row)? != place.within {
        return Err(gone("was moved elsewhere"));
    }
    Ok(row)
}

/// Refuses what no update may change.
fn must_be_editable(tx: &mut Tx<'_>, at: TenancyNo, row: &Resource) -> Result<(), Problem> {
    let namespace = match row.kind {
        ResourceKind::Policy => return policies::must_be_changeable(row),
        ResourceKind::Domain => return domain_work::must_be_settled(row).map(drop),
        ResourceKind::Compartment => return must_be(row, LifecycleState::Active, "changed"),
        ResourceKind::TagNamespace => Some(row.clone()),
        ResourceKind::Tag => tx.resource(at, &row.parent).map_err(store_problem)?,
        _ => return Ok(()),
    };
    let Some(namespace) = namespace else { return Ok(()) };
    let namespace: TagNamespace = namespace.model().map_err(store_problem)?;
    tag_namespaces::must_stay(&namespace)?;
    if row.kind == ResourceKind::Tag {
        tags::must_stay(row)?;
    }
    locks::must_not_forbid(&tag_namespaces::shown(&namespace), &namespace.locks, Deed::Change)
}

/// Refuses a tag that was retired, deleted or put elsewhere since it was asked for.
fn must_be_applicable(tx: &mut Tx<'_>, at: TenancyNo, change: &Change) -> Result<(), Problem> {
    let namespace = still_there(tx, at, &change.namespace)?;
    let tag = tx.resource(at, &change.tag).map_err(store_problem)?;
    let is_active = |row: &Resource| row.state == LifecycleState::Active;
    let applicable = is_active(&namespace) && tag.as_ref().is_some_and(is_active);
    if applicable || change.value.is_none() {
        return Ok(());
    }
    Err(Problem::new(
        Code::Conflict,
        format!("the tag `{}.{}` was retired or deleted meanwhile", change.space, change.key),
    ))
}

/// Does what is to be done with one tag, wherever and however it is written.
fn apply(change: &Change, tags: &mut DefinedTags) {
    let (space, key) = (fold(&change.space), fold(&change.key));
    let is_there = tagging::has(tags, &space, &key);
    let Some(value) = &change.value else {
        tagging::take_off(tags, &space, &[&key]);
        return;
    };
    let wanted = match change.operation {
        BulkEditOperation::AddWhereAbsent => !is_there,
        BulkEditOperation::SetWherePresent => is_there,
        BulkEditOperation::AddOrSet => true,
        BulkEditOperation::Remove => false,
    };
    if wanted {
        tagging::put_on(tags, (&change.space, &change.key), value);
    }
}
