//! Groups: created, described, deleted when empty.

use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_name};
use crate::kept::{self, Model, must_have_room};
use crate::{idp_group_mappings, tagging};
use iam_api::groups::{CREATE_GROUP, CreateGroupDetails, Group, UpdateGroupDetails};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_store::ResourceKind;

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
    must_have_room(call.tx, at, Group::KIND, (limit, "group-count"))?;
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
    let resource = kept::resource(&group, call.context.etag())?;
    call.add(&CREATE_GROUP.spec, resource, group, |group| {
        let message = format!("Group '{}' already exists", group.name);
        Problem::new(Code::GroupAlreadyExists, message)
    })
}

/// Shows a group.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Group>, Problem> {
    call.show()
}

/// Lists groups.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Group>>, Problem> {
    let tenancy = call.principal.tenancy_id.clone();
    call.list_in(&tenancy)
}

/// Changes a group's description or tags.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateGroupDetails,
) -> Result<Reply<Group>, Problem> {
    let (resource, mut group): (_, Group) = call.target_with_model()?;
    if let Some(description) = details.description {
        check_description(&description)?;
        group.description = description;
    }
    tagging::change(
        call,
        (&mut group.freeform_tags, details.freeform_tags),
        (&mut group.defined_tags, details.defined_tags),
    )?;
    call.keep(resource, group)
}

/// Deletes a group that is empty. What policies granted it is granted to nobody from then on.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let resource = call.target_as_seen()?;
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
    call.tx.revise().map_err(store_problem)?;
    call.erase::<Group>(&resource)
}

/// Gives a group another etag, because its members were changed.
pub(crate) fn touch(call: &mut Call<'_, '_>, group: &Ocid) -> Result<(), Problem> {
    let mut resource = call.resource(ResourceKind::Group, group)?;
    call.renew(&mut resource)
}
