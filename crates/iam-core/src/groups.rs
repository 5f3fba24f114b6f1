//! Groups: created, described, deleted when empty.

use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_name};
use crate::users::limit_exceeded;
use crate::{idp_group_mappings, page, tagging};
use iam_api::groups::{CreateGroupDetails, Group, UpdateGroupDetails};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind};

/// The group that every tenancy has: it cannot be deleted, and keeps at least one user.
pub const ADMINISTRATORS: &str = "Administrators";

/// Creates a group.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateGroupDetails,
) -> Result<Reply<Group>, Problem> {
    call.must_be_tenancy("groups", &details.compartment_id)?;
    check_name("group name", &details.name, ".-_")?;
    check_description(&details.description)?;
    let (at, limit) = (call.at(), call.context.limits.groups);
    if call.tx.count_up_to(at, ResourceKind::Group, limit).map_err(store_problem)? >= limit {
        return Err(limit_exceeded("group-count"));
    }
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let group = Group {
        id: call.new_id("group"),
        compartment_id: details.compartment_id,
        name: details.name,
        description: details.description,
        time_created: call.now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags,
        defined_tags,
    };
    let resource = resource(&group, call.context.etag())?;
    if !call.tx.insert(at, &resource).map_err(store_problem)? {
        return Err(Problem::new(
            Code::GroupAlreadyExists,
            format!("Group '{}' already exists", group.name),
        ));
    }
    let location = format!("{}/{}", iam_api::groups::CREATE_GROUP.spec.path, resource.id);
    Ok(Reply::of(group).etag(resource.etag).made(resource.id.as_str()).location(location))
}

/// Shows a group.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Group>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(resource.model().map_err(store_problem)?).etag(resource.etag))
}

/// Lists groups.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Group>>, Problem> {
    let tenancy = call.principal.tenancy_id.clone();
    let (rows, next) = page::resources(call, ResourceKind::Group, &tenancy)?;
    let groups: Result<Vec<Group>, _> = rows.iter().map(Resource::model).collect();
    Ok(Reply::of(groups.map_err(store_problem)?).next_page(next))
}

/// Changes a group's description or tags.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateGroupDetails,
) -> Result<Reply<Group>, Problem> {
    let mut resource = call.target()?;
    call.if_match(resource.id.as_str(), &resource.etag)?;
    let mut group: Group = resource.model().map_err(store_problem)?;
    if let Some(description) = details.description {
        check_description(&description)?;
        group.description = description;
    }
    tagging::change(
        call,
        (&mut group.freeform_tags, details.freeform_tags),
        (&mut group.defined_tags, details.defined_tags),
    )?;
    resource.set_model(&group).map_err(store_problem)?;
    resource.etag = call.context.etag();
    let at = call.at();
    call.tx.update(at, &resource).map_err(store_problem)?;
    Ok(Reply::of(group).etag(resource.etag))
}

/// Deletes a group that is empty. What policies granted it is granted to nobody from then on.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let resource = call.target()?;
    call.if_match(resource.id.as_str(), &resource.etag)?;
    if resource.name == ADMINISTRATORS {
        return Err(Problem::new(
            Code::Conflict,
            format!("group `{ADMINISTRATORS}` cannot be deleted: every tenancy has it"),
        ));
    }
    let at = call.at();
    let members = call.tx.memberships_of_group(at, &resource.id, "", 1).map_err(store_problem)?;
    if !members.is_empty() {
        return Err(Problem::new(
            Code::Conflict,
            format!("group `{}` has members; remove them first", resource.name),
        ));
    }
    idp_group_mappings::must_not_name(call, &resource)?;
    call.tx.delete(at, &resource.id).map_err(store_problem)?;
    call.tx.revise().map_err(store_problem)?;
    Ok(Reply::of(()))
}

/// Gives a group another etag, because its members were changed.
pub(crate) fn touch(call: &mut Call<'_, '_>, group: &Ocid) -> Result<(), Problem> {
    let mut resource = call.resource(ResourceKind::Group, group)?;
    resource.etag = call.context.etag();
    let at = call.at();
    call.tx.update(at, &resource).map_err(store_problem)?;
    Ok(())
}

/// A group as it is stored.
pub(crate) fn resource(group: &Group, etag: String) -> Result<Resource, Problem> {
    Ok(Resource {
        id: group.id.clone(),
        kind: ResourceKind::Group,
        parent: group.compartment_id.clone(),
        name: group.name.clone(),
        folded: fold(&group.name),
        state: group.lifecycle_state,
        created: group.time_created,
        etag,
        body: serde_json::to_string(group).map_err(Problem::internal)?,
        compiled: None,
    })
}
