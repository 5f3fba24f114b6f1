//! What is done to domains, all of it by work requests: made, changed, activated, deactivated,
//! moved, deleted.
//!
//! What is asked for is checked when it is asked for and noted in the domain, so that one change is
//! under way at a time; what could have come in between is checked again when it is done.

mod admin;

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::domains::{Kept, check_license, is_default};
use crate::fields::check_description;
use crate::groups::ADMINISTRATORS;
use crate::kept::must_have_room;
use crate::work_requests::{After, Task, Work, begin};
use crate::{domains, tagging, tenancies, tree, user_group_memberships, users};
use admin::Admin;
use iam_api::domains::{
    ACTIVATE_DOMAIN, CHANGE_DOMAIN_COMPARTMENT, CHANGE_DOMAIN_LICENSE_TYPE, CREATE_DOMAIN,
    ChangeDomainCompartmentDetails, ChangeDomainLicenseTypeDetails, CreateDomainDetails,
    DEACTIVATE_DOMAIN, DELETE_DOMAIN, DomainChange, ENABLE_REPLICATION_TO_REGION,
    EnableReplicationToRegionDetails, UPDATE_DOMAIN, UpdateDomainDetails,
};
use iam_api::iam_work_requests::DomainOperation;
use iam_api::regions::region;
use iam_api::work_requests::WorkAction;
use iam_api::{Code, LifecycleState, Ocid, Problem, Spec};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, Selection, Sort, TenancyNo, Tx};
use serde::{Deserialize, Serialize};

/// What a domain is called in work requests.
pub(crate) const ENTITY: &str = "Domain";
const NAME_MAX: usize = 100;
/// How many users one step of a deletion deletes.
const BATCH: i64 = 50;
/// The most administrators that are looked at for one who is of another domain.
const ADMINISTRATORS_MAX: i64 = 1_000;

/// A domain that is to be changed, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DomainTask {
    domain: Ocid,
    change: Change,
}

/// How a domain is to be changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Change {
    Create(Option<Box<Admin>>),
    /// What is kept of it is taken over whole, and its name.
    Update(String, Box<Kept>),
    Activate,
    Deactivate,
    Delete,
    Move(Ocid),
    License(String),
    Replicate(String),
}

impl DomainTask {
    /// The operation that asked for it.
    pub(crate) fn asked_by(&self) -> &'static Spec {
        match self.change {
            Change::Create(_) => &CREATE_DOMAIN.spec,
            Change::Update(..) => &UPDATE_DOMAIN.spec,
            Change::Activate => &ACTIVATE_DOMAIN.spec,
            Change::Deactivate => &DEACTIVATE_DOMAIN.spec,
            Change::Delete => &DELETE_DOMAIN.spec,
            Change::Move(_) => &CHANGE_DOMAIN_COMPARTMENT.spec,
            Change::License(_) => &CHANGE_DOMAIN_LICENSE_TYPE.spec,
            Change::Replicate(_) => &ENABLE_REPLICATION_TO_REGION.spec,
        }
    }

    pub(crate) const fn operation(&self) -> DomainOperation {
        match self.change {
            Change::Create(_) => DomainOperation::Create,
            Change::Update(..) => DomainOperation::Update,
            Change::Activate => DomainOperation::Activate,
            Change::Deactivate => DomainOperation::Deactivate,
            Change::Delete => DomainOperation::Delete,
            Change::Move(_) => DomainOperation::ChangeCompartment,
            Change::License(_) => DomainOperation::ChangeLicenseType,
            Change::Replicate(_) => DomainOperation::Replicate,
        }
    }
}

fn conflict<T>(message: String) -> Result<T, Problem> {
    Err(Problem::new(Code::Conflict, message))
}

fn exists(name: &str) -> Problem {
    let name = name.escape_debug();
    Problem::new(Code::Conflict, format!("a domain `{name}` exists already; choose another name"))
}

/// Asks for a domain to be made.
pub fn create(call: &mut Call<'_, '_>, details: CreateDomainDetails) -> Result<Reply<()>, Problem> {
    if !call.principal.has_domain {
        return conflict(
            "the tenancy has no identity domains; that is chosen when it is made, by \
             `durward init --identity-domains`"
                .to_owned(),
        );
    }
    check_display_name(&details.display_name)?;
    check_description(&details.description)?;
    let (at, limit) = (call.at(), call.context.limits.domains);
    must_have_room(call.tx, at, ResourceKind::Domain, (limit, "domain-count"))?;
    let admin = Admin::asked_for(&details)?.map(Box::new);
    let mut kept = Kept::new(details.description);
    check_license(&details.license_type)?.clone_into(&mut kept.license_type);
    kept.home_region = Some(check_region(call, "homeRegion", &details.home_region)?);
    kept.is_hidden_on_login = details.is_hidden_on_login == Some(true);
    kept.is_primary_email_required = details.is_primary_email_required;
    let compartment = details.compartment_id;
    (kept.freeform_tags, kept.defined_tags) =
        tagging::of_new(call, &compartment, details.freeform_tags, details.defined_tags)?;
    let mut resource = Resource {
        id: call.new_id(ResourceKind::Domain.as_str()),
        kind: ResourceKind::Domain,
        parent: compartment,
        folded: fold(&details.display_name),
        name: details.display_name,
        state: LifecycleState::Creating,
        created: call.now,
        etag: call.context.etag(),
        body: String::new(),
        compiled: None,
    };
    resource.set_model(&kept).map_err(store_problem)?;
    if !call.tx.insert(at, &resource).map_err(store_problem)? {
        return Err(exists(&resource.name));
    }
    let made = resource.id.to_string();
    let reply = order(call, &resource, Change::Create(admin))?;
    Ok(reply.made(made))
}

/// Asks for a domain's name, description or tags to be changed.
pub fn update(call: &mut Call<'_, '_>, details: UpdateDomainDetails) -> Result<Reply<()>, Problem> {
    let (resource, kept) = settled(call)?;
    let (mut name, mut new) = (resource.name.clone(), kept.clone());
    if let Some(given) = details.display_name
        && given != name
    {
        check_display_name(&given)?;
        must_not_be_default(&resource, "renamed")?;
        let (at, kind) = (call.at(), ResourceKind::Domain);
        let owner = call.tx.resource_by_name(at, kind, &resource.parent, &fold(&given));
        if owner.map_err(store_problem)?.is_some_and(|owner| owner.id != resource.id) {
            return Err(exists(&given));
        }
        name = given;
    }
    if let Some(description) = details.description {
        check_description(&description)?;
        new.description = description;
    }
    new.is_hidden_on_login = details.is_hidden_on_login.unwrap_or(new.is_hidden_on_login);
    tagging::change(
        call,
        (&mut new.freeform_tags, details.freeform_tags),
        (&mut new.defined_tags, details.defined_tags),
    )?;
    accept(call, resource, kept, DomainChange::Updating, Change::Update(name, Box::new(new)))
}

/// Asks for a domain to be activated.
pub fn activate(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (resource, kept) = settled(call)?;
    must_be(&resource, LifecycleState::Inactive, "activated")?;
    accept(call, resource, kept, DomainChange::Activating, Change::Activate)
}

/// Asks for a domain to be deactivated.
pub fn deactivate(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (resource, kept) = settled(call)?;
    must_not_be_default(&resource, "deactivated")?;
    must_be(&resource, LifecycleState::Active, "deactivated")?;
    must_leave_an_administrator(call.tx, call.principal.tenancy, &resource)?;
    accept(call, resource, kept, DomainChange::Deactivating, Change::Deactivate)
}

/// Asks for a domain to be deleted with all its users.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (mut resource, kept) = settled(call)?;
    must_not_be_default(&resource, "deleted")?;
    must_be(&resource, LifecycleState::Inactive, "deleted")?;
    // Of an inactive domain nobody can ask for anything, so the caller is a user of another one.
    must_leave_an_administrator(call.tx, call.principal.tenancy, &resource)?;
    resource.state = LifecycleState::Deleting;
    put(call.tx, call.context, call.principal.tenancy, &mut resource, &kept)?;
    order(call, &resource, Change::Delete)
}

/// Asks for a domain to be moved to another compartment, in which the caller may do so too.
pub fn change_compartment(
    call: &mut Call<'_, '_>,
    details: ChangeDomainCompartmentDetails,
) -> Result<Reply<()>, Problem> {
    let (at, to) = (call.at(), details.compartment_id);
    let path = tree::path_in_use(call.tx, at, &to)?.ok_or_else(Problem::not_found)?;
    let domain = call.seen_target()?.clone();
    if !call.may("DOMAIN_MOVE", &path, &domain)? {
        return Err(Problem::not_found());
    }
    let (resource, kept) = settled(call)?;
    must_not_be_default(&resource, "moved")?;
    if resource.parent == to {
        let name = resource.name.escape_debug();
        return conflict(format!("domain `{name}` is in that compartment already"));
    }
    accept(call, resource, kept, DomainChange::Updating, Change::Move(to))
}

/// Asks for a domain to be given another license.
pub fn change_license_type(
    call: &mut Call<'_, '_>,
    details: ChangeDomainLicenseTypeDetails,
) -> Result<Reply<()>, Problem> {
    let license = check_license(&given(details.license_type, "licenseType")?)?;
    let (resource, kept) = settled(call)?;
    if kept.license_type == license {
        let name = resource.name.escape_debug();
        return conflict(format!("domain `{name}` has the license `{license}` already"));
    }
    let change = Change::License(license.to_owned());
    accept(call, resource, kept, DomainChange::Updating, change)
}

/// Asks for a domain to be copied to another region.
pub fn enable_replication(
    call: &mut Call<'_, '_>,
    details: EnableReplicationToRegionDetails,
) -> Result<Reply<()>, Problem> {
    let region = given(details.replica_region, "replicaRegion")?;
    let region = check_region(call, "replicaRegion", &region)?;
    let (resource, kept) = settled(call)?;
    let home = match &kept.home_region {
        Some(home) => home.clone(),
        None => tenancies::home(call)?.home_region,
    };
    if region == home || kept.replica_regions.contains(&region) {
        let name = resource.name.escape_debug();
        return conflict(format!("domain `{name}` is in the region `{region}` already"));
    }
    accept(call, resource, kept, DomainChange::Updating, Change::Replicate(region))
}

fn given(value: Option<String>, name: &str) -> Result<String, Problem> {
    value.ok_or_else(|| Problem::new(Code::MissingParameter, format!("{name} is missing")))
}

/// What the display name of a domain must be like: it stands before a slash where a user is named.
pub(crate) fn check_display_name(name: &str) -> Result<(), Problem> {
    let plain = |letter: char| !letter.is_control() && letter != '/';
    let is_trimmed = name.trim() == name && !name.is_empty();
    if is_trimmed && name.chars().count() <= NAME_MAX && name.chars().all(plain) {
        return Ok(());
    }
    let shown: String = name.chars().take(NAME_MAX).collect();
    Err(Problem::invalid(format!(
        "displayName `{}` is not valid: use 1 to {NAME_MAX} characters without a slash, and no \
         space at either end",
        shown.escape_debug()
    )))
}

/// The name of a region of the realm that the tenancy's home region is in.
fn check_region(call: &mut Call<'_, '_>, what: &str, text: &str) -> Result<String, Problem> {
    let home = tenancies::home(call)?.home_region;
    let realm = region(&home).map(|row| row.realm);
    match region(text).filter(|row| Some(row.realm) == realm) {
        Some(row) => Ok(row.name.to_owned()),
        None if text == home => Ok(home),
        None => Err(Problem::invalid(format!(
            "{what} `{}` is no region that this tenancy can be in; ListRegions tells which are",
            text.escape_debug()
        ))),
    }
}

/// The domain that a request is about, where nothing is under way with it.
fn settled(call: &mut Call<'_, '_>) -> Result<(Resource, Kept), Problem> {
    let resource = call.target_as_seen()?;
    let kept = must_be_settled(&resource)?;
    Ok((resource, kept))
}

/// Refuses a domain that a work request changes; answers what is kept of any other.
pub(crate) fn must_be_settled(resource: &Resource) -> Result<Kept, Problem> {
    let kept: Kept = resource.model().map_err(store_problem)?;
    let is_settled = matches!(resource.state, LifecycleState::Active | LifecycleState::Inactive);
    if is_settled && kept.change.is_none() {
        return Ok(kept);
    }
    conflict(format!(
        "another work request changes domain `{}`; wait until it has ended",
        resource.name.escape_debug()
    ))
}

fn must_be(resource: &Resource, state: LifecycleState, what: &str) -> Result<(), Problem> {
    if resource.state == state {
        return Ok(());
    }
    conflict(format!(
        "domain `{}` is {} and cannot be {what}; it must be {}",
        resource.name.escape_debug(),
        resource.state.as_str(),
        state.as_str()
    ))
}

fn must_not_be_default(resource: &Resource, what: &str) -> Result<(), Problem> {
    if !is_default(resource) {
        return Ok(());
    }
    conflict(format!("the Default domain cannot be {what}: the tenancy's own users are in it"))
}

/// Refuses where nobody would be left who administers the tenancy.
fn must_leave_an_administrator(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    domain: &Resource,
) -> Result<(), Problem> {
    let group = tx
        .resource_by_name(at, ResourceKind::Group, &domain.parent, &fold(ADMINISTRATORS))
        .map_err(store_problem)?;
    let Some(group) = group else { return Ok(()) };
    let members = tx.memberships_of_group(at, &group.id, "", ADMINISTRATORS_MAX);
    for member in members.map_err(store_problem)? {
        let user = tx.resource(at, &member.user).map_err(store_problem)?;
        let other = user.filter(|user| user.parent != domain.id);
        if let Some(user) = other
            && domains::is_open_to(tx, at, &user)?
        {
            return Ok(());
        }
    }
    conflict(format!(
        "all members of group `{ADMINISTRATORS}` are users of domain `{}`; add one of another \
         domain first",
        domain.name.escape_debug()
    ))
}

/// Notes what is under way, and begins the work request that does it.
fn accept(
    call: &mut Call<'_, '_>,
    mut resource: Resource,
    mut kept: Kept,
    under_way: DomainChange,
    change: Change,
) -> Result<Reply<()>, Problem> {
    kept.change = Some(under_way);
    put(call.tx, call.context, call.principal.tenancy, &mut resource, &kept)?;
    order(call, &resource, change)
}

fn order(
    call: &mut Call<'_, '_>,
    resource: &Resource,
    change: Change,
) -> Result<Reply<()>, Problem> {
    let task = Task::Domain(DomainTask { domain: resource.id.clone(), change });
    let about = [(resource.id.to_string(), ENTITY.to_owned())];
    let id = begin(call, &task, &resource.parent, about)?;
    Ok(Reply::of(()).work_request(&id))
}

/// Writes a domain in the state that its row says.
fn put(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    resource: &mut Resource,
    kept: &Kept,
) -> Result<(), Problem> {
    resource.set_model(kept).map_err(store_problem)?;
    resource.etag = context.etag();
    tx.update(at, resource).map_err(store_problem)?;
    // Whether the keys of its users count is read with them.
    tx.revise().map_err(store_problem)
}

/// Does what was asked for; of a deletion, so much as one transaction should.
pub(crate) fn do_next(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    task: &DomainTask,
) -> Result<After, Problem> {
    let at = work.at;
    let mut domain = find(tx, at, &task.domain)?;
    let mut kept: Kept = domain.model().map_err(store_problem)?;
    let id = domain.id.clone();
    let mut action = WorkAction::Updated;
    let said = match &task.change {
        Change::Create(admin) => {
            if let Some(admin) = admin {
                admin.make(tx, context, work, &domain)?;
            }
            domain.state = LifecycleState::Active;
            action = WorkAction::Created;
            "made"
        }
        Change::Update(name, new) => {
            (domain.name, domain.folded) = (name.clone(), fold(name));
            if !tx.rename(at, &domain).map_err(store_problem)? {
                return Err(exists(name));
            }
            kept = Kept::clone(new);
            "changed"
        }
        Change::Activate => {
            domain.state = LifecycleState::Active;
            "activated"
        }
        Change::Deactivate => {
            must_leave_an_administrator(tx, at, &domain)?;
            domain.state = LifecycleState::Inactive;
            tx.end_sessions_in(at, &domain.id).map_err(store_problem)?;
            "deactivated"
        }
        Change::Delete => return delete_some(tx, context, work, &domain),
        Change::Move(to) => {
            if tree::path_in_use(tx, at, to)?.is_none() {
                return conflict(format!("compartment `{to}` is gone; move the domain elsewhere"));
            }
            domain.parent = to.clone();
            // Its name is unique in the tenancy, so there is nothing in the way where it goes.
            tx.relocate(at, &domain).map_err(store_problem)?;
            "moved"
        }
        Change::License(license) => {
            kept.license_type.clone_from(license);
            "given another license:"
        }
        Change::Replicate(region) => {
            kept.replica_regions.push(region.clone());
            "copied to another region:"
        }
    };
    kept.change = None;
    put(tx, context, at, &mut domain, &kept)?;
    work.became(id.as_str(), action);
    work.log(format!("{said} domain `{}`", domain.name.escape_debug()));
    Ok(After::Nothing)
}

fn find(tx: &mut Tx<'_>, at: TenancyNo, id: &Ocid) -> Result<Resource, Problem> {
    let found = tx.resource(at, id).map_err(store_problem)?;
    found
        .filter(|row| row.kind == ResourceKind::Domain)
        .ok_or_else(|| Problem::new(Code::Conflict, format!("domain `{id}` is gone")))
}

/// Deletes some of a domain's users, or the domain, if it has none any more.
fn delete_some(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    domain: &Resource,
) -> Result<After, Problem> {
    let at = work.at;
    must_leave_an_administrator(tx, at, domain)?;
    let selection = Selection {
        kind: ResourceKind::User,
        parent: &domain.id,
        name: None,
        state: None,
        sort: Sort::Oldest,
        after: None,
        limit: BATCH,
    };
    let users = tx.resources(at, &selection).map_err(store_problem)?;
    if !users.is_empty() {
        for user in &users {
            user_group_memberships::end_all(tx, context, at, &user.id)?;
            users::erase(tx, at, &user.id)?;
        }
        work.log(format!("deleted {} of its users", users.len()));
        return Ok(After::More);
    }
    tx.delete(at, &domain.id).map_err(store_problem)?;
    tx.revise().map_err(store_problem)?;
    work.became(domain.id.as_str(), WorkAction::Deleted);
    work.log(format!("deleted domain `{}`", domain.name.escape_debug()));
    Ok(After::Nothing)
}

/// Leaves a domain as it was, where what was asked for could not be done.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    context: &Context,
    work: &mut Work,
    task: &DomainTask,
) -> Result<(), Problem> {
    let at = work.at;
    work.became(task.domain.as_str(), WorkAction::Related);
    let Some(mut domain) = tx.resource(at, &task.domain).map_err(store_problem)? else {
        return Ok(());
    };
    if let Change::Create(_) = task.change {
        tx.delete(at, &domain.id).map_err(store_problem)?;
        return tx.revise().map_err(store_problem);
    }
    let mut kept: Kept = domain.model().map_err(store_problem)?;
    kept.change = None;
    if domain.state == LifecycleState::Deleting {
        domain.state = LifecycleState::Inactive;
    }
    put(tx, context, at, &mut domain, &kept)
}
