//! Deleting tags: one, several of a tag namespace, or all of one together with it.
//!
//! From the moment that it is asked for they are DELETING, and can be neither applied nor changed;
//! no costs are tracked by them, and their tag defaults are gone. Then a walk over all resources of
//! the tenancy takes them away, some resources in each step, and at its end their rows go: what was
//! passed cannot get them again, because they are retired.

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::locks::Deed;
use crate::work_requests::{self, After, TAGGING, Task, Work, begin};
use crate::{tag_defaults, tag_namespaces, tagging, tags};
use iam_api::tag_bulk_actions::{BULK_DELETE_TAGS, BulkDeleteTagsDetails};
use iam_api::tag_namespaces::{CASCADE_DELETE_TAG_NAMESPACE, TagNamespace, TagState};
use iam_api::tagging_work_requests::TaggingOperation;
use iam_api::tags::{DELETE_TAG, Tag};
use iam_api::work_requests::WorkAction;
use iam_api::{Code, Ocid, Problem, Spec};
use iam_store::{Resource, ResourceKind, Setting, TenancyNo, Tx};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The most tags that one request names.
const TAGS_MAX: usize = 100;
/// The resources that a step looks at.
const BATCH: i64 = 200;
/// The setting that holds the OCID of the work request that deleted tags last.
const LAST: &str = "tag-deletion";

/// What a deletion was asked for as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Extent {
    One,
    Several,
    /// All tags, and the tag namespace.
    All,
}

/// Tags that are to be deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Deletion {
    extent: Extent,
    namespace: Ocid,
    /// The tags' OCIDs, and their names in the form that makes names equal.
    tags: Vec<(Ocid, String)>,
    /// The tag namespace's name in that form.
    space: String,
    /// The last resource that was looked at.
    after: String,
    seen: usize,
    /// How many resources there were when the walk began.
    all: usize,
    /// How many had one of the tags.
    had: usize,
}

impl Deletion {
    pub(crate) fn asked_by(&self) -> &'static Spec {
        match self.extent {
            Extent::One => &DELETE_TAG.spec,
            Extent::Several => &BULK_DELETE_TAGS.spec,
            Extent::All => &CASCADE_DELETE_TAG_NAMESPACE.spec,
        }
    }

    pub(crate) const fn operation(&self) -> TaggingOperation {
        match self.extent {
            Extent::One => TaggingOperation::DeleteTagDefinition,
            Extent::Several => TaggingOperation::BulkDeleteTagDefinition,
            Extent::All => TaggingOperation::DeleteNonEmptyTagNamespace,
        }
    }
}

/// Asks for the deletion of a tag.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let namespace = call.target()?;
    let tag = tags::named(call, &namespace)?;
    call.if_match(tag.id.as_str(), &tag.etag)?;
    start(call, namespace, vec![tag], Extent::One)
}

/// Asks for the deletion of several tags of one tag namespace.
pub fn bulk_delete(
    call: &mut Call<'_, '_>,
    details: BulkDeleteTagsDetails,
) -> Result<Reply<()>, Problem> {
    let (at, namespace) = (call.at(), call.target()?);
    let ids = details.tag_definition_ids;
    if ids.len() > TAGS_MAX {
        return Err(Problem::invalid(format!(
            "tagDefinitionIds must have 1 to {TAGS_MAX} items, and has {}",
            ids.len()
        )));
    }
    let mut rows = Vec::with_capacity(ids.len());
    let mut seen = HashSet::new();
    for id in &ids {
        if !seen.insert(id) {
            return Err(Problem::invalid(format!("tagDefinitionIds names `{id}` twice")));
        }
        let found = call.tx.resource(at, id).map_err(store_problem)?;
        let found = found.filter(|row| row.kind == ResourceKind::Tag && row.parent == namespace.id);
        rows.push(found.ok_or_else(|| {
            Problem::new(
                Code::RelatedResourceNotAuthorizedOrNotFound,
                format!(
                    "tagDefinitionIds names `{id}`, which is no tag of the tag namespace `{}` that \
                     the first one is in",
                    namespace.name.escape_debug()
                ),
            )
        })?);
    }
    start(call, namespace, rows, Extent::Several)
}

/// Asks for the deletion of a tag namespace with all its tags.
pub fn cascade(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let namespace = call.target_as_seen()?;
    let rows = tags::all_in(call, &namespace.id)?;
    start(call, namespace, rows, Extent::All)
}

fn start(
    call: &mut Call<'_, '_>,
    row: Resource,
    rows: Vec<Resource>,
    extent: Extent,
) -> Result<Reply<()>, Problem> {
    let namespace: TagNamespace = row.model().map_err(store_problem)?;
    tag_namespaces::must_allow(call, &namespace, Deed::Deletion)?;
    if extent == Extent::All && !namespace.is_retired {
        return Err(not_retired("tag namespace", &namespace.name));
    }
    must_be_the_only_one(call)?;
    for tag in &rows {
        tag_defaults::drop_for(call, &tag.id)?;
    }
    let mut doomed = Vec::with_capacity(rows.len());
    for row in rows {
        tags::must_stay(&row)?;
        let mut tag: Tag = row.model().map_err(store_problem)?;
        if !tag.is_retired {
            return Err(not_retired("tag", &tag.name));
        }
        if tag.is_cost_tracking {
            tags::track_costs(call, &tag.id, false)?;
            tag.is_cost_tracking = false;
        }
        tag.lifecycle_state = TagState::Deleting;
        doomed.push((row.id.clone(), row.folded.clone()));
        call.keep(row, tag)?;
    }
    let mut about: Vec<(String, String)> =
        doomed.iter().map(|(id, _)| (id.to_string(), tags::ENTITY.to_owned())).collect();
    if extent == Extent::All {
        about.insert(0, (row.id.to_string(), tag_namespaces::ENTITY.to_owned()));
        let deleting = TagNamespace { lifecycle_state: TagState::Deleting, ..namespace };
        call.keep(row.clone(), deleting)?;
    }
    let deletion = Deletion {
        extent,
        namespace: row.id,
        tags: doomed,
        space: row.folded,
        after: String::new(),
        seen: 0,
        all: 0,
        had: 0,
    };
    call.tx.revise().map_err(store_problem)?;
    let id = begin(call, &Task::DeleteTags(deletion), &row.parent, about)?;
    let body = serde_json::to_string(&id).map_err(Problem::internal)?;
    let (at, new) = (call.at(), Setting { etag: call.context.etag(), body });
    call.tx.set_setting(at, LAST, &new).map_err(store_problem)?;
    Ok(Reply::of(()).work_request(&id))
}

fn not_retired(what: &str, name: &str) -> Problem {
    let message = format!("{what} `{}` is not retired; retire it first", name.escape_debug());
    Problem::new(Code::Conflict, message)
}

/// Refuses where tags of the tenancy are being deleted: OCI does one such thing at a time.
fn must_be_the_only_one(call: &mut Call<'_, '_>) -> Result<(), Problem> {
    let at = call.at();
    let Some(last) = call.tx.setting(at, LAST).map_err(store_problem)? else { return Ok(()) };
    let last: Ocid = serde_json::from_str(&last.body).map_err(Problem::internal)?;
    if !work_requests::is_under_way(call.tx, at, TAGGING, &last)? {
        return Ok(());
    }
    Err(Problem::new(
        Code::Conflict,
        format!("tags are being deleted by the work request `{last}`; ask again when it has ended"),
    ))
}

/// Takes the tags away from some more resources; when there are none, deletes them.
pub(crate) fn do_next(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    deletion: &mut Deletion,
) -> Result<After, Problem> {
    let at = work.at;
    if deletion.after.is_empty() {
        let all = tx.resource_count(at).map_err(store_problem)?;
        deletion.all = usize::try_from(all).unwrap_or(usize::MAX);
    }
    // No OCID holds the characters that these end with.
    let from = Ocid::from(format!("{}\u{1}", deletion.after));
    let to = Ocid::from(char::MAX.to_string());
    let rows = tx.resources_between(at, &from, &to, BATCH).map_err(store_problem)?;
    let Some(last) = rows.last() else { return finish(tx, work, deletion) };
    deletion.after = last.id.to_string();
    deletion.seen += rows.len();
    let keys: Vec<&str> = deletion.tags.iter().map(|(_, key)| key.as_str()).collect();
    for mut row in rows {
        let had = tagging::edit_stored(&mut row, work.now, |_, tags| {
            Ok(tagging::take_off(tags, &deletion.space, &keys))
        })?;
        if had {
            row.etag = context.etag();
            tx.update(at, &row).map_err(store_problem)?;
            deletion.had += 1;
        }
    }
    work.progress(deletion.seen, deletion.all + 1);
    Ok(After::More)
}

fn finish(tx: &mut Tx<'_>, work: &mut Work, deletion: &Deletion) -> Result<After, Problem> {
    work.log(format!("took the tags away from {} of {} resources", deletion.had, deletion.seen));
    let namespace = (deletion.extent == Extent::All).then_some(&deletion.namespace);
    for id in deletion.tags.iter().map(|(id, _)| id).chain(namespace) {
        let Some(row) = tx.resource(work.at, id).map_err(store_problem)? else { continue };
        tx.delete(work.at, id).map_err(store_problem)?;
        work.became(id.as_str(), WorkAction::Deleted);
        work.log(format!("deleted `{}`", row.name));
    }
    tx.revise().map_err(store_problem)?;
    Ok(After::Nothing)
}

/// Gives tags back, retired, that were not deleted after all. Whatever has lost them stays so.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    deletion: &Deletion,
) -> Result<(), Problem> {
    for id in deletion.tags.iter().map(|(id, _)| id).chain([&deletion.namespace]) {
        let Some(mut row) = tx.resource(at, id).map_err(store_problem)? else { continue };
        let retired = TagState::Inactive;
        if row.kind == ResourceKind::Tag {
            let tag: Tag = row.model().map_err(store_problem)?;
            row.set_model(&Tag { lifecycle_state: retired, ..tag }).map_err(store_problem)?;
        } else if deletion.extent == Extent::All {
            let namespace: TagNamespace = row.model().map_err(store_problem)?;
            let namespace = TagNamespace { lifecycle_state: retired, ..namespace };
            row.set_model(&namespace).map_err(store_problem)?;
        } else {
            continue;
        }
        row.state = tags::state_of(retired);
        row.etag = context.etag();
        tx.update(at, &row).map_err(store_problem)?;
    }
    tx.revise().map_err(store_problem)
}
