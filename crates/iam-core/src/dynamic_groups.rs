//! Dynamic groups: resources that share what policies grant, described by a matching rule.
//!
//! A rule is checked when it is written, and [`of`] asks the rules which dynamic groups a resource
//! is in. Nothing that comes by network is a resource yet: requests are signed by users
//! (docs/decisions/0023).

use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_name};
use crate::kept::{self, Model, must_have_room};
use crate::tagging;
use iam_api::dynamic_groups::{
    CREATE_DYNAMIC_GROUP, CreateDynamicGroupDetails, DynamicGroup, UpdateDynamicGroupDetails,
};
use iam_api::{Code, LifecycleState, Problem};
use iam_policy::{Candidate, MatchingRule};
use iam_store::{TenancyNo, Tx};

/// Creates a dynamic group.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateDynamicGroupDetails,
) -> Result<Reply<DynamicGroup>, Problem> {
    call.must_be_tenancy("dynamic groups", &details.compartment_id)?;
    check_name("dynamic group name", &details.name, ".-_")?;
    check_description(&details.description)?;
    check_rule(&details.matching_rule)?;
    let (at, limit) = (call.at(), call.context.limits.dynamic_groups);
    must_have_room(call.tx, at, DynamicGroup::KIND, (limit, "dynamic-group-count"))?;
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let group = DynamicGroup {
        id: call.new_id(DynamicGroup::KIND.as_str()),
        compartment_id: details.compartment_id,
        name: details.name,
        description: details.description,
        matching_rule: details.matching_rule,
        time_created: call.now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags,
        defined_tags,
    };
    let resource = kept::resource(&group, call.context.etag())?;
    call.add(&CREATE_DYNAMIC_GROUP.spec, resource, group, |group| {
        let message = format!("a group or dynamic group '{}' already exists", group.name);
        Problem::new(Code::DynamicGroupAlreadyExists, message)
    })
}

/// Shows a dynamic group.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<DynamicGroup>, Problem> {
    call.show()
}

/// Lists dynamic groups.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<DynamicGroup>>, Problem> {
    let tenancy = call.principal.tenancy_id.clone();
    call.list_in(&tenancy)
}

/// Changes a dynamic group's description, rule or tags.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateDynamicGroupDetails,
) -> Result<Reply<DynamicGroup>, Problem> {
    let (resource, mut group): (_, DynamicGroup) = call.target_with_model()?;
    if let Some(description) = details.description {
        check_description(&description)?;
        group.description = description;
    }
    if let Some(rule) = details.matching_rule {
        check_rule(&rule)?;
        group.matching_rule = rule;
    }
    tagging::change(
        call,
        (&mut group.freeform_tags, details.freeform_tags),
        (&mut group.defined_tags, details.defined_tags),
    )?;
    call.keep(resource, group)
}

/// Deletes a dynamic group. What policies granted it is granted to nobody from then on.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let resource = call.target_as_seen()?;
    call.erase::<DynamicGroup>(&resource)
}

/// The OCIDs of the dynamic groups that a resource of the tenancy is in.
pub fn of(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    candidate: &Candidate<'_>,
) -> Result<Vec<String>, Problem> {
    let mut found = Vec::new();
    for row in tx.all_of(at, DynamicGroup::KIND).map_err(store_problem)? {
        let group: DynamicGroup = row.model().map_err(store_problem)?;
        match MatchingRule::parse(&group.matching_rule) {
            Ok(rule) if rule.matches(candidate) => found.push(group.id.to_string()),
            Ok(_) => {}
            Err(cause) => tracing::error!(
                dynamic_group = %group.id, %cause,
                "a matching rule cannot be read, so nothing is in its group; write it again",
            ),
        }
    }
    Ok(found)
}

/// Refuses what is no matching rule, and says where.
fn check_rule(text: &str) -> Result<(), Problem> {
    let Err(cause) = MatchingRule::parse(text) else { return Ok(()) };
    let before = text.get(..cause.span().start).unwrap_or(text);
    let place = before.chars().count() + 1;
    Err(Problem::invalid(format!("matchingRule is not valid: {cause} (character {place})")))
}
