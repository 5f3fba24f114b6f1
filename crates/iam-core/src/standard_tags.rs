//! Standard tags: templates that everybody has, and tag namespaces that are made after them.
//!
//! OCI tells its templates to who asks, and publishes them in parts; what is written here is what
//! is published of the one whose tags are known (docs/decisions/0021). The descriptions are ours.

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::kept;
use crate::locks::Deed;
use crate::work_requests::{After, Task, Work, begin};
use crate::{page, tag_namespaces, tagging, tags};
use iam_api::standard_tags::{
    EnumMutability, ImportStandardTagsDetails, StandardTagDefinitionTemplate,
    StandardTagNamespaceTemplate, StandardTagNamespaceTemplateSummary, StandardTagType,
};
use iam_api::tag_namespaces::{TagNamespace, TagState};
use iam_api::tags::{Tag, Validator, ValidatorType};
use iam_api::work_requests::WorkAction;
use iam_api::{Code, DefinedTags, FreeformTags, LifecycleState, Ocid, Problem};
use iam_policy::fold;
use iam_store::{ResourceKind, Tx};
use serde::{Deserialize, Serialize};

/// A tag of a template: its name, what it is for, and its values; none where it takes all.
struct Row(&'static str, &'static str, &'static [&'static str]);

/// A template: its name, what it is for, and its tags.
struct Template(&'static str, &'static str, &'static [Row]);

static TEMPLATES: [Template; 1] = [Template(
    "Oracle-Standard",
    "What Oracle recommends to tag everything by",
    &[
        Row("CostCenter", "Who pays", &[]),
        Row("Criticality", "How bad it is when it fails", &["Extreme", "High", "Medium", "Low"]),
        Row(
            "EndUserCount",
            "For about how many people it is",
            &["1", "10", "100", "1000", "10000"],
        ),
        Row(
            "Environment",
            "What it is used for on the way to production",
            &["Dev", "Test", "Prod", "Pre-prod", "Staging", "Trial", "Sandbox", "User Testing"],
        ),
        Row("OwnerEmail", "Whom to write to about it", &[]),
        Row("RecoveryPointObjectiveMinutes", "How many minutes of data may be lost", &[]),
        Row("RecoveryTimeObjectiveMinutes", "In how many minutes it must be back", &[]),
        Row(
            "TargetUsers",
            "Whom it is for",
            &["Public", "Customers", "Partners", "Company", "Division", "Department", "Workgroup"],
        ),
    ],
)];

/// Of what is always so, the word.
const ACTIVE: &str = "ACTIVE";

fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| fold(template.0) == fold(name))
}

fn model(template: &Template) -> StandardTagNamespaceTemplate {
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let tag = |Row(name, description, values): &Row| {
        let listed = Some(*values).filter(|values| !values.is_empty());
        StandardTagDefinitionTemplate {
            description: (*description).to_owned(),
            tag_definition_name: (*name).to_owned(),
            kind: listed.map_or(StandardTagType::String, |_| StandardTagType::Enum),
            possible_values: listed.map(texts),
            is_cost_tracking: false,
            enum_mutability: listed.map(|_| EnumMutability::Mutable),
        }
    };
    let Template(name, description, rows) = template;
    StandardTagNamespaceTemplate {
        description: (*description).to_owned(),
        standard_tag_namespace_name: (*name).to_owned(),
        tag_definition_templates: rows.iter().map(tag).collect(),
        status: ACTIVE.to_owned(),
    }
}

/// Shows a template.
pub fn get(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<StandardTagNamespaceTemplate>, Problem> {
    let found = template(call.path("standardTagNamespaceName")?);
    Ok(Reply::of(model(found.ok_or_else(Problem::not_found)?)))
}

/// Lists the templates.
pub fn list(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<StandardTagNamespaceTemplateSummary>>, Problem> {
    let read = |_: &mut Call<'_, '_>, after: &str, limit: i64| {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let found = TEMPLATES.iter().filter(|template| template.0 > after).take(limit);
        Ok(found.map(model).collect::<Vec<_>>())
    };
    let key = |seen: &StandardTagNamespaceTemplate| seen.standard_tag_namespace_name.clone();
    let (seen, next) = page::keyed(call, "standard-tags", read, key)?;
    Ok(Reply::of(seen.into_iter().map(Into::into).collect()).next_page(next))
}

/// A standard tag namespace that is to be made, or to get the tags that it lacks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Import {
    template: String,
    compartment: Ocid,
    /// Its OCID, which was drawn when it was asked for, unless it was there.
    namespace: Ocid,
    is_new: bool,
    /// The tags of what is made: the tag defaults of the compartment when it was asked for.
    freeform: FreeformTags,
    defined: DefinedTags,
    done: usize,
}

/// Asks for a standard tag namespace.
pub fn import(
    call: &mut Call<'_, '_>,
    details: ImportStandardTagsDetails,
) -> Result<Reply<()>, Problem> {
    let (compartment, name) = (details.compartment_id, &details.standard_tag_namespace_name);
    let template = template(name).ok_or_else(|| {
        Problem::invalid(format!(
            "standardTagNamespaceName `{}` is not known; give one of {}",
            name.escape_debug(),
            TEMPLATES.each_ref().map(|template| template.0).join(", ")
        ))
    })?;
    let found = tagging::find_namespace(call, template.0)?;
    let (namespace, is_new) = match found {
        None => {
            tag_namespaces::must_have_room(call)?;
            (call.new_id(ResourceKind::TagNamespace.as_str()), true)
        }
        Some(row) if row.parent != compartment => {
            return Err(tag_namespaces::exists(template.0));
        }
        Some(row) => {
            let namespace: TagNamespace = row.model().map_err(store_problem)?;
            tag_namespaces::must_allow(call, &namespace, Deed::Change)?;
            tags::must_be_active(&namespace)?;
            (namespace.id, false)
        }
    };
    let (freeform, defined) = tagging::of_new(call, &compartment, None, None)?;
    let about = [(namespace.to_string(), tag_namespaces::ENTITY.to_owned())];
    let import = Import {
        template: template.0.to_owned(),
        compartment: compartment.clone(),
        namespace,
        is_new,
        freeform,
        defined,
        done: 0,
    };
    let id = begin(call, &Task::ImportTags(import), &compartment, about)?;
    Ok(Reply::of(()).work_request(&id))
}

/// Makes the tag namespace, or the next of its tags.
pub(crate) fn do_next(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    import: &mut Import,
) -> Result<After, Problem> {
    let Template(_, description, rows) = template(&import.template)
        .ok_or_else(|| Problem::new(Code::Conflict, "the template is gone"))?;
    let at = work.at;
    let found = tx.resource(at, &import.namespace).map_err(store_problem)?;
    match found {
        None if import.is_new && import.done == 0 => make(tx, context, work, import, description)?,
        Some(row) if row.state == LifecycleState::Active && row.parent == import.compartment => {}
        _ => {
            let message = format!(
                "the tag namespace `{}` was retired, moved or deleted meanwhile; ask for it again",
                import.template
            );
            return Err(Problem::new(Code::Conflict, message));
        }
    }
    if let Some(row) = rows.get(import.done) {
        match add(tx, context, work, import, row) {
            Ok(()) => {}
            Err(problem) if problem.code.status() >= 429 => return Err(problem),
            Err(problem) => work.failed(&problem),
        }
    }
    import.done += 1;
    work.progress(import.done, rows.len());
    if import.done < rows.len() {
        return Ok(After::More);
    }
    let became = if import.is_new { WorkAction::Created } else { WorkAction::Updated };
    work.became(import.namespace.as_str(), became);
    Ok(After::Nothing)
}

fn make(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    import: &Import,
    description: &str,
) -> Result<(), Problem> {
    let namespace = TagNamespace {
        id: import.namespace.clone(),
        compartment_id: import.compartment.clone(),
        name: import.template.clone(),
        description: description.to_owned(),
        freeform_tags: import.freeform.clone(),
        defined_tags: import.defined.clone(),
        is_retired: false,
        lifecycle_state: TagState::Active,
        time_created: work.now,
        locks: Vec::new(),
    };
    let row = kept::resource(&namespace, context.etag())?;
    if !tx.insert(work.at, &row).map_err(store_problem)? {
        return Err(tag_namespaces::exists(&namespace.name));
    }
    work.log(format!("made the tag namespace `{}`", namespace.name));
    Ok(())
}

/// Makes a tag, unless there is one of that name: that one is its owner's.
fn add(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    import: &Import,
    Row(name, description, values): &Row,
) -> Result<(), Problem> {
    let (at, kind) = (work.at, ResourceKind::Tag);
    let found = tx.resource_by_name(at, kind, &import.namespace, &fold(name));
    if found.map_err(store_problem)?.is_some() {
        work.log(format!("the tag `{name}` is there already"));
        return Ok(());
    }
    tags::must_have_room(tx, context, at, &import.namespace)?;
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    let validator = (!values.is_empty())
        .then_some(Validator { validator_type: ValidatorType::Enum, values: Some(values) });
    let tag = Tag {
        compartment_id: import.compartment.clone(),
        tag_namespace_id: import.namespace.clone(),
        tag_namespace_name: import.template.clone(),
        id: Ocid::new(kind.as_str(), &context.random()),
        name: (*name).to_owned(),
        description: (*description).to_owned(),
        freeform_tags: import.freeform.clone(),
        defined_tags: import.defined.clone(),
        is_retired: false,
        lifecycle_state: TagState::Active,
        time_created: work.now,
        is_cost_tracking: false,
        validator,
    };
    tx.insert(at, &kept::resource(&tag, context.etag())?).map_err(store_problem)?;
    work.log(format!("made the tag `{name}`"));
    Ok(())
}
