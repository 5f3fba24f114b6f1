//! What an operation acts on: found before it is decided whether the caller may.
//!
//! Absent, of another kind, malformed and in another tenancy are one answer here, and the spine
//! gives the same one for forbidden.

use crate::call::{Params, Principal, store_problem};
use crate::retry_tokens::RetryToken;
use crate::{credentials, domains, scim, tree};
use iam_api::{BASE_PATH, Code, Dialect, LifecycleState, Ocid, Own, Problem, Spec, Target};
use iam_store::{Resource, ResourceKind, Tx};
use serde_json::Value;

/// How the paths begin that lead to users in a domain's interface.
const USERS: &str = "/admin/v1/User";

/// What an operation acts on.
pub struct Found {
    /// The resource, where it is one that has a row of its own.
    pub resource: Option<Resource>,
    /// The OCID that names it.
    pub id: Ocid,
    /// The OCIDs of the compartments from its own up to the root.
    pub compartments: Vec<Ocid>,
    /// The user who owns it, where users may do this to what is their own.
    pub owner: Option<Ocid>,
}

/// Finds what the operation acts on, from path, query or body.
pub fn find(
    tx: &mut Tx<'_>,
    spec: &Spec,
    principal: &Principal,
    params: &Params,
    body: &Value,
) -> Result<Found, Problem> {
    if spec.dialect == Dialect::Scim && !principal.has_domain {
        return Err(Problem::not_found());
    }
    let home = home(tx, spec, principal, params)?;
    match spec.target {
        Target::Tenancy => compartment(tx, principal, principal.tenancy_id.clone()),
        Target::Domain => compartment(tx, principal, home.compartment),
        Target::Query(name) => {
            let id = params.get(name).ok_or_else(|| missing(name))?;
            compartment(tx, principal, not_empty(name, id)?)
        }
        Target::QueryOrTenancy(name) => {
            let id = params.get(name).unwrap_or_else(|| principal.tenancy_id.as_str());
            compartment(tx, principal, not_empty(name, id)?)
        }
        Target::Body(name) => {
            let id = body.get(name).and_then(Value::as_str).ok_or_else(|| missing(name))?;
            let id = not_empty(name, id)?;
            if name == "compartmentId" {
                return compartment_in_use(tx, principal, id);
            }
            if spec.dialect == Dialect::Scim {
                return user(tx, spec, principal, &home, id.as_str(), body);
            }
            resource(tx, spec, principal, id, name, body)
        }
        Target::TagsInBody(name) => tags(tx, principal, body, name),
        Target::Between(one, other) => between(tx, principal, params, body, (one, other)),
        Target::Path(name) => {
            let id = Ocid::from(params.get(name).unwrap_or_default());
            match name {
                "userGroupMembershipId" => return membership(tx, principal, id),
                "workRequestId" | "iamWorkRequestId" => {
                    return work_request(tx, principal, spec, id);
                }
                _ => {}
            }
            resource(tx, spec, principal, id, name, body)
        }
        Target::User(name) => {
            user(tx, spec, principal, &home, params.get(name).unwrap_or_default(), body)
        }
        Target::Caller => resource(tx, spec, principal, principal.user.clone(), "userId", body),
    }
}

/// The OCID that [`find`] will look up first, where that is known before anything is.
pub fn first(spec: &Spec, principal: &Principal, params: &Params, body: &Value) -> Option<Ocid> {
    match spec.target {
        Target::Tenancy | Target::Domain => Some(principal.tenancy_id.clone()),
        Target::Caller => Some(principal.user.clone()),
        Target::Query(name) | Target::Path(name) | Target::Between(name, _) => {
            params.get(name).map(Ocid::from)
        }
        Target::Body(name) => body.get(name).and_then(Value::as_str).map(Ocid::from),
        Target::QueryOrTenancy(name) => {
            Some(params.get(name).map_or_else(|| principal.tenancy_id.clone(), Ocid::from))
        }
        Target::TagsInBody(name) => listed(body, name).first().map(|id| Ocid::from(*id)),
        Target::User(_) => None,
    }
}

/// The texts that a field of the body lists.
fn listed<'a>(body: &'a Value, name: &str) -> Vec<&'a str> {
    let items = body.get(name).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn missing(name: &str) -> Problem {
    Problem::new(Code::MissingParameter, format!("{name} is missing"))
}

fn not_empty(name: &str, id: &str) -> Result<Ocid, Problem> {
    if id.is_empty() {
        return Err(Problem::invalid(format!("{name} may not be empty")));
    }
    Ok(Ocid::from(id))
}

fn compartment(tx: &mut Tx<'_>, principal: &Principal, id: Ocid) -> Result<Found, Problem> {
    let path = tree::path_to_root(tx, principal.tenancy, &id)?;
    let compartments = path.ok_or_else(Problem::not_found)?;
    Ok(Found { resource: None, id, compartments, owner: None })
}

/// A compartment in which something is to be made: one that is being deleted takes nothing in.
fn compartment_in_use(tx: &mut Tx<'_>, principal: &Principal, id: Ocid) -> Result<Found, Problem> {
    let path = tree::path_in_use(tx, principal.tenancy, &id)?;
    let compartments = path.ok_or_else(Problem::not_found)?;
    Ok(Found { resource: None, id, compartments, owner: None })
}

/// A compartment with another one that it has to do with. What is decided is decided in the lowest
/// compartment that both are in.
fn between(
    tx: &mut Tx<'_>,
    principal: &Principal,
    params: &Params,
    body: &Value,
    (one, other): (&str, &str),
) -> Result<Found, Problem> {
    let at = principal.tenancy;
    let id = Ocid::from(params.get(one).unwrap_or_default());
    let target = body.get(other).and_then(Value::as_str).ok_or_else(|| missing(other))?;
    let target = not_empty(other, target)?;
    let resource = tx.resource(at, &id).map_err(store_problem)?.ok_or_else(Problem::not_found)?;
    let from = tree::path_to_root(tx, at, &id)?.ok_or_else(Problem::not_found)?;
    let to = tree::path_to_root(tx, at, &target)?.ok_or_else(Problem::not_found)?;
    Ok(Found { resource: Some(resource), id, compartments: tree::common(&from, &to), owner: None })
}

/// The tag namespace of the first tag that the body lists. That the others are in it too, the
/// operation looks at.
fn tags(
    tx: &mut Tx<'_>,
    principal: &Principal,
    body: &Value,
    name: &str,
) -> Result<Found, Problem> {
    let at = principal.tenancy;
    let first = listed(body, name).first().map(|id| Ocid::from(*id));
    let first = first.ok_or_else(|| Problem::invalid(format!("{name} is empty; name a tag")))?;
    let tag = tx.resource(at, &first).map_err(store_problem)?;
    let tag = tag.filter(|tag| tag.kind == ResourceKind::Tag).ok_or_else(Problem::not_found)?;
    let namespace = tx.resource(at, &tag.parent).map_err(store_problem)?;
    let namespace = namespace.ok_or_else(Problem::not_found)?;
    let compartments = tree::path_to_root(tx, at, &namespace.parent)?;
    let compartments = compartments.ok_or_else(Problem::not_found)?;
    Ok(Found { id: namespace.id.clone(), resource: Some(namespace), compartments, owner: None })
}

fn membership(tx: &mut Tx<'_>, principal: &Principal, id: Ocid) -> Result<Found, Problem> {
    let found = tx.membership(principal.tenancy, &id).map_err(store_problem)?;
    found.ok_or_else(Problem::not_found)?;
    let compartments = vec![principal.tenancy_id.clone()];
    Ok(Found { resource: None, id, compartments, owner: None })
}

/// A work request belongs to the compartment that it says; to which interface, the path says.
fn work_request(
    tx: &mut Tx<'_>,
    principal: &Principal,
    spec: &Spec,
    id: Ocid,
) -> Result<Found, Problem> {
    let below = spec.path.strip_prefix(BASE_PATH).unwrap_or_default();
    let family = below.split('/').nth(1).unwrap_or_default();
    let found = tx.work(principal.tenancy, family, &id).map_err(store_problem)?;
    let work = found.ok_or_else(Problem::not_found)?;
    let path = tree::path_to_root(tx, principal.tenancy, &work.compartment)?;
    let compartments = path.ok_or_else(Problem::not_found)?;
    Ok(Found { resource: None, id, compartments, owner: None })
}

/// The domain that a request is sent to.
struct Home {
    /// What its users are in.
    users: Ocid,
    /// What it is in itself.
    compartment: Ocid,
}

/// The domain that a request is sent to. What is not its users' own, all domains of a tenancy have
/// in common, and it is found at the address of the Default domain alone; so is what users do to
/// themselves.
fn home(
    tx: &mut Tx<'_>,
    spec: &Spec,
    principal: &Principal,
    params: &Params,
) -> Result<Home, Problem> {
    let Some(id) = params.get(domains::ADDRESSED) else {
        let root = &principal.tenancy_id;
        return Ok(Home { users: root.clone(), compartment: root.clone() });
    };
    let is_of_users = spec.path.starts_with(USERS)
        && matches!(spec.target, Target::Domain | Target::User(_) | Target::Body(_));
    if !is_of_users {
        return Err(Problem::not_found());
    }
    let domain = domains::addressed(tx, principal, id)?;
    Ok(Home { users: domain.id, compartment: domain.parent })
}

/// The user of that domain whom its client names, by OCID or by SCIM id.
fn user(
    tx: &mut Tx<'_>,
    spec: &Spec,
    principal: &Principal,
    home: &Home,
    id: &str,
    body: &Value,
) -> Result<Found, Problem> {
    let row = scim::find(tx, principal.tenancy, ResourceKind::User, id)?;
    let row = row.filter(|row| row.parent == home.users);
    let id = row.ok_or_else(Problem::not_found)?.id;
    resource(tx, spec, principal, id, "userId", body)
}

/// The resource that a parameter such as `userId` names; what it must be, its name says.
fn resource(
    tx: &mut Tx<'_>,
    spec: &Spec,
    principal: &Principal,
    id: Ocid,
    name: &str,
    body: &Value,
) -> Result<Found, Problem> {
    let found = tx.resource(principal.tenancy, &id).map_err(store_problem)?;
    let resource = found.ok_or_else(Problem::not_found)?;
    let kind = resource.kind;
    let fits = match name {
        "identityProviderId" => kind == ResourceKind::IdentityProvider,
        "compartmentId" => matches!(kind, ResourceKind::Compartment | ResourceKind::Tenancy),
        name => {
            name.strip_suffix("Id").is_some_and(|name| name.eq_ignore_ascii_case(kind.as_str()))
        }
    };
    if !fits {
        return Err(Problem::not_found());
    }
    let compartments = if matches!(kind, ResourceKind::Compartment | ResourceKind::Tenancy) {
        tree::path_to_root(tx, principal.tenancy, &id)?.ok_or_else(Problem::not_found)?
    } else if resource.parent == principal.tenancy_id {
        vec![resource.parent.clone()] // the common case, without a look-up
    } else {
        let compartment = domains::compartment_of(tx, principal.tenancy, &resource)?;
        let path = tree::path_to_root(tx, principal.tenancy, &compartment)?;
        path.ok_or_else(Problem::not_found)?
    };
    let own = match spec.own {
        Own::Nothing => false,
        Own::Everything => true,
        Own::Fields(fields) => {
            body.as_object().is_some_and(|set| set.keys().all(|key| fields.contains(&key.as_str())))
        }
    };
    let owner = (own && kind == ResourceKind::User).then(|| id.clone());
    Ok(Found { resource: Some(resource), id, compartments, owner })
}

/// Whether what an operation with this target made is still there: a resource or a membership by
/// its OCID, an API key of the target by its fingerprint, a credential with the secret that the
/// answer to this retry token holds.
pub fn is_there(
    tx: &mut Tx<'_>,
    principal: &Principal,
    target: &Ocid,
    made: &str,
    token: &RetryToken,
) -> Result<bool, Problem> {
    let (at, id) = (principal.tenancy, Ocid::from(made));
    // A compartment that is deleted is shown for a while, but is not what was made any more.
    let is_in_use =
        |row: Resource| !matches!(row.state, LifecycleState::Deleting | LifecycleState::Deleted);
    Ok(tx.resource(at, &id).map_err(store_problem)?.is_some_and(is_in_use)
        || tx.membership(at, &id).map_err(store_problem)?.is_some()
        || tx.api_key(at, target.as_str(), made).map_err(store_problem)?.is_some()
        || credentials::is_answered(tx, at, made, token)?)
}
