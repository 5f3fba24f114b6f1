//! Dynamic groups: resources that share what policies grant, described by a matching rule.
//!
//! A rule is checked when it is written, and [`of`] asks the rules which dynamic groups a resource
//! is in. Nothing that comes by network is a resource yet: requests are signed by users
//! (docs/decisions/0023).

use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_name};
use crate::page;
use crate::tagging;
use crate::users::limit_exceeded;
use iam_api::dynamic_groups::{
    CREATE_DYNAMIC_GROUP, CreateDynamicGroupDetails, DynamicGroup, UpdateDynamicGroupDetails,
};
use iam_api::{Code, LifecycleState, Problem};
use iam_policy::{Candidate, MatchingRule, fold};
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};

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
    if call.tx.count_up_to(at, ResourceKind::DynamicGroup, limit).map_err(store_problem)? >= limit {
        return Err(limit_exceeded("dynamic-group-count"));
    }
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let group = DynamicGroup {
        id: call.new_id(ResourceKind::DynamicGroup.as_str()),
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
    let resource = resource(&group, call.context.etag())?;
    if !call.tx.insert(at, &resource).map_err(store_problem)? {
        return Err(Problem::new(
            Code::DynamicGroupAlreadyExists,
            format!("a group or dynamic group '{}' already exists", group.name),
        ));
    }
    call.tx.revise().map_err(store_problem)?;
    let location = format!("{}/{}", CREATE_DYNAMIC_GROUP.spec.path, resource.id);
    Ok(Reply::of(group).etag(resource.etag).made(resource.id.as_str()).location(location))
}

/// Shows a dynamic group.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<DynamicGroup>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(resource.model().map_err(store_problem)?).etag(resource.etag))
}

/// Lists dynamic groups.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<DynamicGroup>>, Problem> {
    let tenancy = call.principal.tenancy_id.clone();
    let (rows, next) = page::resources(call, ResourceKind::DynamicGroup, &tenancy)?;
    let groups: Result<Vec<DynamicGroup>, _> = rows.iter().map(Resource::model).collect();
    Ok(Reply::of(groups.map_err(store_problem)?).next_page(next))
}

/// Changes a dynamic group's description, rule or tags.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateDynamicGroupDetails,
) -> Result<Reply<DynamicGroup>, Problem> {
    let mut resource = call.target()?;
    call.if_match(resource.id.as_str(), &resource.etag)?;
    let mut group: DynamicGroup = resource.model().map_err(store_problem)?;
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
    resource.set_model(&group).map_err(store_problem)?;
    resource.etag = call.context.etag();
    let at = call.at();
    call.tx.update(at, &resource).map_err(store_problem)?;
    call.tx.revise().map_err(store_problem)?;
    Ok(Reply::of(group).etag(resource.etag))
}

/// Deletes a dynamic group. What policies granted it is granted to nobody from then on.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let resource = call.target()?;
    call.if_match(resource.id.as_str(), &resource.etag)?;
    let at = call.at();
    call.tx.delete(at, &resource.id).map_err(store_problem)?;
    call.tx.revise().map_err(store_problem)?;
    Ok(Reply::of(()))
}

/// The OCIDs of the dynamic groups that a resource of the tenancy is in.
pub fn of(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    candidate: &Candidate<'_>,
) -> Result<Vec<String>, Problem> {
    let mut found = Vec::new();
    for row in tx.all_of(at, ResourceKind::DynamicGroup).map_err(store_problem)? {
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

/// A dynamic group as it is stored.
fn resource(group: &DynamicGroup, etag: String) -> Result<Resource, Problem> {
    Ok(Resource {
        id: group.id.clone(),
        kind: ResourceKind::DynamicGroup,
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
