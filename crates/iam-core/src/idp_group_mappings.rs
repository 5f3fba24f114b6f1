//! Group mappings: which group of an identity provider's stands for which group of the tenancy.
//! Each pair of both there is once; a group may be in many pairs.

use crate::call::{Call, Reply, store_problem};
use crate::kept::{self, Model, Place, must_have_room_in};
use iam_api::identity_providers::{
    CreateIdpGroupMappingDetails, IdpGroupMapping, UpdateIdpGroupMappingDetails,
};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, Selection, Sort, TenancyNo, Tx};

const KIND: ResourceKind = ResourceKind::IdpGroupMapping;
const GROUP_NAME_MAX: usize = 255;
/// The most rows that are read of one identity provider, whatever the limit was before.
const READ_MAX: i64 = 10_000;

impl Model for IdpGroupMapping {
    const KIND: ResourceKind = KIND;
    const DECIDES: bool = false;

    fn place(&self) -> Place<'_> {
        Place {
            id: &self.id,
            parent: &self.idp_id,
            name: name_of(self).into(),
            state: self.lifecycle_state,
            created: self.time_created,
        }
    }
}

/// Creates a mapping.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateIdpGroupMappingDetails,
) -> Result<Reply<IdpGroupMapping>, Problem> {
    let provider = call.target()?;
    check_group_name(&details.idp_group_name)?;
    let group = call.resource(ResourceKind::Group, &details.group_id)?;
    let (at, limit) = (call.at(), call.context.limits.mappings_per_identity_provider);
    let limit = (limit, "mappings-per-identity-provider-count");
    must_have_room_in(call.tx, at, KIND, &provider.id, limit)?;
    let mapping = IdpGroupMapping {
        id: call.new_id(KIND.as_str()),
        idp_id: provider.id.clone(),
        idp_group_name: details.idp_group_name,
        group_id: group.id,
        compartment_id: call.principal.tenancy_id.clone(),
        time_created: call.now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
    };
    let resource = kept::resource(&mapping, call.context.etag())?;
    if !call.tx.insert(at, &resource).map_err(store_problem)? {
        return Err(exists(&mapping));
    }
    let made = mapping.id.to_string();
    let location = format!("/20160918/identityProviders/{}/groupMappings/{made}", mapping.idp_id);
    Ok(Reply::of(mapping).etag(resource.etag).made(made).location(location))
}

/// Shows a mapping.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<IdpGroupMapping>, Problem> {
    let resource = find(call)?;
    Ok(Reply::of(resource.model().map_err(store_problem)?).etag(resource.etag))
}

/// Lists the mappings of an identity provider, the newest first.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<IdpGroupMapping>>, Problem> {
    let provider = call.target()?.id;
    call.list_in(&provider)
}

/// Changes a mapping.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateIdpGroupMappingDetails,
) -> Result<Reply<IdpGroupMapping>, Problem> {
    let mut resource = find(call)?;
    call.if_match(resource.id.as_str(), &resource.etag)?;
    let mut mapping: IdpGroupMapping = resource.model().map_err(store_problem)?;
    if let Some(name) = details.idp_group_name {
        check_group_name(&name)?;
        mapping.idp_group_name = name;
    }
    if let Some(group) = details.group_id {
        mapping.group_id = call.resource(ResourceKind::Group, &group)?.id;
    }
    let at = call.at();
    resource.name = name_of(&mapping);
    resource.folded = fold(&resource.name);
    if !call.tx.rename(at, &resource).map_err(store_problem)? {
        return Err(exists(&mapping));
    }
    call.keep(resource, mapping)
}

/// Deletes a mapping.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let resource = find(call)?;
    call.if_match(resource.id.as_str(), &resource.etag)?;
    call.erase::<IdpGroupMapping>(&resource)
}

/// The mapping of the target that the path names; one of another identity provider is none.
fn find(call: &mut Call<'_, '_>) -> Result<Resource, Problem> {
    let provider = call.target()?.id;
    let id = Ocid::from(call.path("mappingId")?);
    let found = call.resource(KIND, &id)?;
    if found.parent == provider { Ok(found) } else { Err(Problem::not_found()) }
}

/// The mappings of an identity provider.
pub(crate) fn of(call: &mut Call<'_, '_>, provider: &Ocid) -> Result<Vec<Resource>, Problem> {
    let at = call.at();
    read_all(call.tx, at, KIND, provider)
}

fn read_all(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    kind: ResourceKind,
    parent: &Ocid,
) -> Result<Vec<Resource>, Problem> {
    let selection = Selection {
        kind,
        parent,
        name: None,
        state: None,
        sort: Sort::Oldest,
        after: None,
        limit: READ_MAX,
    };
    tx.resources(at, &selection).map_err(store_problem)
}

/// Refuses where a mapping names the group: it would stand for nothing.
pub(crate) fn must_not_name(call: &mut Call<'_, '_>, group: &Resource) -> Result<(), Problem> {
    let (at, root) = (call.at(), call.principal.tenancy_id.clone());
    for provider in read_all(call.tx, at, ResourceKind::IdentityProvider, &root)? {
        for row in read_all(call.tx, at, KIND, &provider.id)? {
            let mapping: IdpGroupMapping = row.model().map_err(store_problem)?;
            if mapping.group_id == group.id {
                return Err(Problem::new(
                    Code::Conflict,
                    format!(
                        "group `{}` is named by a group mapping of identity provider `{}`; delete \
                         that first",
                        group.name, provider.name
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// What must be unique of a mapping in its identity provider.
fn name_of(mapping: &IdpGroupMapping) -> String {
    format!("{} {}", mapping.group_id, mapping.idp_group_name)
}

fn exists(mapping: &IdpGroupMapping) -> Problem {
    Problem::new(
        Code::Conflict,
        format!(
            "the group `{}` of the identity provider stands for that group already",
            mapping.idp_group_name.escape_debug()
        ),
    )
}

fn check_group_name(name: &str) -> Result<(), Problem> {
    let plain = name.chars().all(|letter| !letter.is_control());
    if plain && (1..=GROUP_NAME_MAX).contains(&name.chars().count()) {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "idpGroupName must have 1 to {GROUP_NAME_MAX} characters, and none that controls"
    )))
}
