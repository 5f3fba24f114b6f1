//! Identity domains: a tenancy that has them leaves its users to its Default domain, and may have
//! others with users of their own. How domains are changed, which takes work requests, is in
//! `domain_work.rs`.
//!
//! A user's row is in the tenancy where they are of the Default domain, else in their domain: so
//! names are unique in each domain, and what is asked for by a name is of one. Whoever reads a user
//! for something that only those do whose domain is in use asks `is_open_to`.

use crate::call::{Call, Principal, Reply, store_problem};
use crate::{identity_settings, page, scim, tenancies};
use iam_api::domains::{
    AllowedDomainLicenseTypeSummary, Domain, DomainChange, DomainState, DomainSummary, DomainType,
    ReplicatedRegionDetails, ReplicationState,
};
use iam_api::{DefinedTags, FreeformTags, LifecycleState, Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use serde::{Deserialize, Serialize};

/// The name of the domain that a tenancy starts with; the Identity API speaks of its users.
pub const DEFAULT: &str = "Default";

/// What a domain's own address has before the paths of its interface, and before its SCIM id.
pub const PREFIX: &str = "/domains/";

/// The parameter that says which domain a request was sent to; without it, the Default domain.
pub const ADDRESSED: &str = "addressedDomain";

/// The licenses that domains have: the word for each, its name, what it is for. The words are
/// OCI's; here they are kept and shown, and limit nothing.
const LICENSES: [(&str, &str, &str); 5] = [
    ("free", "Free", "For the users of a tenancy and of its own services."),
    ("oracle-apps", "Oracle Apps", "For the users of Oracle's applications."),
    ("oracle-apps-premium", "Oracle Apps Premium", "The same, with what Premium has."),
    ("premium", "Premium", "For the users of a company and of applications of all kinds."),
    ("external-user", "External User", "For those whom a company serves, and not its own."),
];

/// Shows a domain.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Domain>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(model(call, &resource)?).etag(resource.etag))
}

/// Lists the domains of a compartment.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<DomainSummary>>, Problem> {
    let compartment = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    let (rows, next) = page::resources(call, ResourceKind::Domain, &compartment)?;
    let mut domains = Vec::new();
    for row in &rows {
        let domain = model(call, row)?;
        if is_asked_for(call, &domain) {
            domains.push(DomainSummary(domain));
        }
    }
    Ok(Reply::of(domains).next_page(next))
}

/// Lists the licenses that a domain can have, or can change to.
pub fn list_licenses(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<AllowedDomainLicenseTypeSummary>>, Problem> {
    let current = call.params.get("currentLicenseTypeName").filter(|name| !name.is_empty());
    let current = current.map(check_license).transpose()?;
    let others = LICENSES.iter().filter(|(word, ..)| Some(*word) != current);
    let model = |(word, name, what): &(&str, &str, &str)| AllowedDomainLicenseTypeSummary {
        name: (*name).to_owned(),
        license_type: (*word).to_owned(),
        description: (*what).to_owned(),
    };
    Ok(Reply::of(others.map(model).collect()))
}

/// The word of a license that is given by it, or by its name.
pub(crate) fn check_license(text: &str) -> Result<&'static str, Problem> {
    let is_it = |(word, name, _): &&(&str, &str, &str)| {
        word.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text)
    };
    LICENSES.iter().find(is_it).map(|(word, ..)| *word).ok_or_else(|| {
        let words: Vec<&str> = LICENSES.iter().map(|(word, ..)| *word).collect();
        Problem::invalid(format!(
            "there is no license `{}`; give one of {}",
            text.escape_debug(),
            words.join(", ")
        ))
    })
}

/// Whether the domain passes the filters of the request that a page does not know.
fn is_asked_for(call: &Call<'_, '_>, domain: &Domain) -> bool {
    let kind = match domain.domain_type {
        DomainType::Default => "DEFAULT",
        DomainType::Secondary => "SECONDARY",
    };
    let hidden = if domain.is_hidden_on_login { "true" } else { "false" };
    [
        ("displayName", domain.display_name.as_str()),
        ("url", &domain.url),
        ("homeRegionUrl", &domain.home_region_url),
        ("type", kind),
        ("licenseType", &domain.license_type),
        ("isHiddenOnLogin", hidden),
    ]
    .iter()
    .all(|(name, value)| {
        call.params.get(name).is_none_or(|asked| asked.is_empty() || asked == *value)
    })
}

/// The model of a stored domain. The Default domain is reached at the server's own address, where
/// the signature of a request tells whose is meant; another one below it.
fn model(call: &mut Call<'_, '_>, resource: &Resource) -> Result<Domain, Problem> {
    let kept: Kept = resource.model().map_err(store_problem)?;
    let mut url = call.context.public_url().to_owned();
    let is_default = is_default(resource);
    if !is_default {
        url.push_str(&path_of(resource)?);
    }
    let home_region = match kept.home_region {
        Some(region) => region,
        None => tenancies::home(call)?.home_region,
    };
    let replica = |region: String| ReplicatedRegionDetails {
        region: Some(region),
        url: Some(url.clone()),
        regional_url: Some(url.clone()),
        state: Some(ReplicationState::Enabled),
    };
    Ok(Domain {
        id: resource.id.clone(),
        compartment_id: resource.parent.clone(),
        display_name: resource.name.clone(),
        description: kept.description,
        home_region_url: url.clone(),
        home_region,
        replica_regions: kept.replica_regions.into_iter().map(replica).collect(),
        domain_type: if is_default { DomainType::Default } else { DomainType::Secondary },
        license_type: kept.license_type,
        is_hidden_on_login: kept.is_hidden_on_login,
        time_created: resource.created,
        lifecycle_state: match resource.state {
            LifecycleState::Creating => DomainState::Creating,
            LifecycleState::Active => DomainState::Active,
            LifecycleState::Inactive => DomainState::Inactive,
            LifecycleState::Deleting | LifecycleState::Deleted => DomainState::Deleting,
        },
        lifecycle_details: kept.change,
        freeform_tags: kept.freeform_tags,
        defined_tags: kept.defined_tags,
        url,
    })
}

/// The path of a domain's own address.
pub(crate) fn path_of(domain: &Resource) -> Result<String, Problem> {
    Ok(format!("{PREFIX}{}", scim::scim_id(&domain.id)?))
}

/// What is kept of a domain besides what every resource has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// What it is for.
    pub description: String,
    #[serde(default = "Kept::free")]
    pub(crate) license_type: String,
    /// None, where it is the tenancy's.
    #[serde(default)]
    pub(crate) home_region: Option<String>,
    #[serde(default)]
    pub(crate) replica_regions: Vec<String>,
    #[serde(default)]
    pub(crate) is_hidden_on_login: bool,
    /// Of the Default domain, its identity settings say it.
    #[serde(default)]
    pub(crate) is_primary_email_required: Option<bool>,
    #[serde(default)]
    pub(crate) freeform_tags: FreeformTags,
    #[serde(default)]
    pub(crate) defined_tags: DefinedTags,
    /// What is under way.
    #[serde(default)]
    pub(crate) change: Option<DomainChange>,
}

impl Kept {
    /// That of a new domain that is for this.
    pub(crate) fn new(description: String) -> Self {
        Self {
            description,
            license_type: Self::free(),
            home_region: None,
            replica_regions: Vec::new(),
            is_hidden_on_login: false,
            is_primary_email_required: None,
            freeform_tags: FreeformTags::new(),
            defined_tags: DefinedTags::new(),
            change: None,
        }
    }

    fn free() -> String {
        "free".to_owned()
    }
}

/// The tenancy's Default domain, where it has domains.
pub fn of(tx: &mut Tx<'_>, at: TenancyNo, tenancy_id: &Ocid) -> Result<Option<Resource>, Problem> {
    tx.resource_by_name(at, ResourceKind::Domain, tenancy_id, &fold(DEFAULT)).map_err(store_problem)
}

/// Whether that is the Default domain: no other one can have its name, and it has no other.
pub(crate) fn is_default(domain: &Resource) -> bool {
    domain.folded == fold(DEFAULT)
}

/// Whether that OCID is a domain's.
pub(crate) fn is_one(id: &Ocid) -> bool {
    id.kind() == Some(ResourceKind::Domain.as_str())
}

/// The compartment that a resource is in; of what is in a domain, that of the domain.
pub(crate) fn compartment_of(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    resource: &Resource,
) -> Result<Ocid, Problem> {
    if !is_one(&resource.parent) {
        return Ok(resource.parent.clone());
    }
    let domain = tx.resource(at, &resource.parent).map_err(store_problem)?;
    Ok(domain.ok_or_else(Problem::not_found)?.parent)
}

/// Whether the user's domain is in use: in no other one does anything count that stands for a user.
pub(crate) fn is_open_to(tx: &mut Tx<'_>, at: TenancyNo, user: &Resource) -> Result<bool, Problem> {
    if !is_one(&user.parent) {
        return Ok(true); // the Default domain is always in use
    }
    let domain = tx.resource(at, &user.parent).map_err(store_problem)?;
    Ok(domain.is_some_and(|domain| domain.state == LifecycleState::Active))
}

/// The user of that name, which is folded: of the Default domain, or with `domain/` before the name
/// of another one. No name of a user holds a slash.
pub(crate) fn user_named(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    root: &Ocid,
    name: &str,
) -> Result<Option<Resource>, Problem> {
    let (home, name) = match name.split_once('/') {
        None => (root.clone(), name),
        Some((domain, name)) => {
            let found = tx.resource_by_name(at, ResourceKind::Domain, root, domain);
            let Some(domain) = found.map_err(store_problem)? else { return Ok(None) };
            (if is_default(&domain) { root.clone() } else { domain.id }, name)
        }
    };
    tx.resource_by_name(at, ResourceKind::User, &home, name).map_err(store_problem)
}

/// The domain that is addressed by that SCIM id: one of the tenancy, in use, and not the Default
/// domain, which has an address of its own.
pub(crate) fn addressed(
    tx: &mut Tx<'_>,
    principal: &Principal,
    id: &str,
) -> Result<Resource, Problem> {
    let found = scim::find(tx, principal.tenancy, ResourceKind::Domain, id)?;
    let is_meant =
        |domain: &Resource| domain.state == LifecycleState::Active && !is_default(domain);
    found.filter(is_meant).ok_or_else(Problem::not_found)
}

/// The domain that a request was sent to.
pub(crate) fn here(call: &mut Call<'_, '_>) -> Result<Resource, Problem> {
    match call.params.get(ADDRESSED) {
        Some(id) => addressed(call.tx, call.principal, id),
        None => {
            let (at, tenancy) = (call.at(), &call.principal.tenancy_id);
            of(call.tx, at, tenancy)?.ok_or_else(Problem::not_found)
        }
    }
}

/// What the users are in whom a request is about: the tenancy, or the domain that it was sent to.
pub(crate) fn home(call: &mut Call<'_, '_>) -> Result<Ocid, Problem> {
    match call.params.get(ADDRESSED) {
        Some(id) => Ok(addressed(call.tx, call.principal, id)?.id),
        None => Ok(call.principal.tenancy_id.clone()),
    }
}

/// What the paths of the domain's interface begin with that a request was sent to.
pub(crate) fn prefix(call: &mut Call<'_, '_>) -> Result<String, Problem> {
    match call.params.get(ADDRESSED) {
        Some(_) => path_of(&here(call)?),
        None => Ok(String::new()),
    }
}

/// Whether new users of the domain that a request was sent to need an e-mail address.
pub(crate) fn requires_email(call: &mut Call<'_, '_>) -> Result<bool, Problem> {
    if call.params.get(ADDRESSED).is_some() {
        let kept: Kept = here(call)?.model().map_err(store_problem)?;
        return Ok(kept.is_primary_email_required != Some(false));
    }
    let at = call.at();
    Ok(identity_settings::load(call.tx, at)?.requires_email())
}
