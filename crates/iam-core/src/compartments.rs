//! Compartments: the root, and the tree of those below it. How they are deleted and moved, which
//! takes work requests, is in `compartment_work.rs`.

use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_name};
use crate::kept::{self, Model, Place, must_have_room};
use crate::page;
use crate::tagging;
use crate::tree::{LEVELS_MAX, Tree, path_to_root};
use iam_api::compartments::{
    ACCESS_LEVEL, ACCESSIBLE, CREATE_COMPARTMENT, Compartment, CreateCompartmentDetails,
    UpdateCompartmentDetails,
};
use iam_api::tenancies::Tenancy;
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind};
use std::collections::HashSet;

/// Creates a compartment.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateCompartmentDetails,
) -> Result<Reply<Compartment>, Problem> {
    check_name("compartment name", &details.name, ".-_")?;
    check_description(&details.description)?;
    let (at, limit) = (call.at(), call.context.limits.compartments);
    must_have_room(call.tx, at, Compartment::KIND, (limit, "compartment-count"))?;
    let parent = details.compartment_id;
    let above = path_to_root(call.tx, at, &parent)?.ok_or_else(Problem::not_found)?;
    if above.len() > LEVELS_MAX {
        return Err(too_deep());
    }
    let (freeform_tags, defined_tags) =
        tagging::of_new(call, &parent, details.freeform_tags, details.defined_tags)?;
    let compartment = Compartment {
        id: call.new_id("compartment"),
        compartment_id: Some(parent),
        name: details.name,
        description: details.description,
        time_created: call.now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        is_accessible: None,
        freeform_tags,
        defined_tags,
    };
    let resource = kept::resource(&compartment, call.context.etag())?;
    call.add(&CREATE_COMPARTMENT.spec, resource, compartment, |new| exists(&new.name))
}

/// Shows a compartment; the root is the tenancy.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Compartment>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(model(&resource)?).etag(resource.etag))
}

/// Lists the compartments in a compartment: the next ones, or those at every depth; all, or those
/// that the caller may look into.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Compartment>>, Problem> {
    let parent = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    let is = |name: &str, word: &str| {
        call.params.get(name).is_some_and(|given| given.eq_ignore_ascii_case(word))
    };
    let (subtree, accessible) =
        (is("compartmentIdInSubtree", "true"), is(ACCESS_LEVEL, ACCESSIBLE));
    if subtree && parent != call.principal.tenancy_id {
        return Err(Problem::invalid(
            "compartmentIdInSubtree can be true for the tenancy only; give its OCID as \
             compartmentId",
        ));
    }
    if !subtree && !accessible {
        let (rows, next) = page::resources(call, ResourceKind::Compartment, &parent)?;
        let compartments: Result<Vec<Compartment>, Problem> = rows.iter().map(model).collect();
        return Ok(Reply::of(compartments?).next_page(next));
    }
    let at = call.at();
    let mut rows = call.tx.compartments(at).map_err(store_problem)?;
    let seen = if accessible { Some(seen(call, &rows)?) } else { None };
    rows.retain(|row| {
        (subtree || row.parent == parent)
            && seen.as_ref().is_none_or(|seen| seen.through.contains(&row.id))
    });
    let (rows, next) = page::chosen(call, ResourceKind::Compartment.as_str(), rows)?;
    let mut compartments = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut compartment = model(row)?;
        if let Some(seen) = &seen {
            compartment.is_accessible = Some(true);
            if !seen.direct.contains(&row.id) {
                restrict(&mut compartment);
            }
        }
        compartments.push(compartment);
    }
    Ok(Reply::of(compartments).next_page(next))
}

/// What the caller may look into: where something is granted to them, and where something below is.
struct Seen {
    direct: HashSet<Ocid>,
    through: HashSet<Ocid>,
}

fn seen(call: &mut Call<'_, '_>, compartments: &[Resource]) -> Result<Seen, Problem> {
    let facts = call.facts_of_caller()?;
    let tree = Tree::of(compartments);
    let mut seen = Seen { direct: HashSet::new(), through: HashSet::new() };
    for row in compartments {
        let path = tree.path(&row.id);
        let steps: Vec<&str> = path.iter().map(|step| step.as_str()).collect();
        if call.may_look_into(&steps, &facts) {
            seen.direct.insert(row.id.clone());
            seen.through.extend(path.into_iter().cloned());
        }
    }
    Ok(seen)
}

/// Leaves of a compartment what whoever goes through it has to know.
fn restrict(compartment: &mut Compartment) {
    compartment.description.clear();
    compartment.freeform_tags.clear();
    compartment.defined_tags.clear();
}

/// Changes a compartment's name, description or tags.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateCompartmentDetails,
) -> Result<Reply<Compartment>, Problem> {
    let (mut resource, at) = (call.target_as_seen()?, call.at());
    must_be(&resource, LifecycleState::Active, "changed")?;
    let mut compartment: Compartment = resource.model().map_err(store_problem)?;
    if let Some(name) = details.name {
        check_name("compartment name", &name, ".-_")?;
        resource.folded = fold(&name);
        resource.name.clone_from(&name);
        if !call.tx.rename(at, &resource).map_err(store_problem)? {
            return Err(exists(&name));
        }
        compartment.name = name;
    }
    if let Some(description) = details.description {
        check_description(&description)?;
        compartment.description = description;
    }
    tagging::change(
        call,
        (&mut compartment.freeform_tags, details.freeform_tags),
        (&mut compartment.defined_tags, details.defined_tags),
    )?;
    call.keep(resource, compartment)
}

/// Refuses the root, and a compartment that is in another state.
pub(crate) fn must_be(
    resource: &Resource,
    state: LifecycleState,
    what: &str,
) -> Result<(), Problem> {
    if resource.kind == ResourceKind::Tenancy {
        return Err(Problem::new(
            Code::Conflict,
            format!("the root compartment `{}` cannot be {what}: it is the tenancy", resource.name),
        ));
    }
    if resource.state != state {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "compartment `{}` is {} and cannot be {what}; it must be {}",
                resource.name,
                resource.state.as_str(),
                state.as_str(),
            ),
        ));
    }
    Ok(())
}

pub(crate) fn exists(name: &str) -> Problem {
    Problem::new(Code::CompartmentAlreadyExists, format!("Compartment '{name}' already exists"))
}

pub(crate) fn too_deep() -> Problem {
    Problem::new(
        Code::LimitExceeded,
        format!(
            "compartments can be at most {LEVELS_MAX} levels below the root; choose one that is \
             higher up"
        ),
    )
}

impl Model for Compartment {
    const KIND: ResourceKind = ResourceKind::Compartment;
    const DECIDES: bool = false; // where it lies does, and that changes by work requests

    fn place(&self) -> Place<'_> {
        Place {
            id: &self.id,
            parent: self.compartment_id.as_ref().unwrap_or(&self.id), // the root is in itself
            name: self.name.as_str().into(),
            state: self.lifecycle_state,
            created: self.time_created,
        }
    }
}

pub(crate) fn model(resource: &Resource) -> Result<Compartment, Problem> {
    if resource.kind != ResourceKind::Tenancy {
        return resource.model().map_err(store_problem);
    }
    let tenancy: Tenancy = resource.model().map_err(store_problem)?;
    Ok(Compartment {
        id: tenancy.id,
        compartment_id: None,
        name: tenancy.name,
        description: tenancy.description,
        time_created: tenancy.time_created,
        lifecycle_state: tenancy.lifecycle_state,
        inactive_status: None,
        is_accessible: None,
        freeform_tags: tenancy.freeform_tags,
        defined_tags: tenancy.defined_tags,
    })
}
