//! The authentication policy: what a Console password must be like, and where people may sign in
//! from.
//!
//! In a tenancy with identity domains the rules are those of the Default domain's default password
//! policy, seen through this interface (docs/decisions/0004): there is no second copy of them.

use crate::call::{Call, Reply, store_problem};
use crate::password_policies::DEFAULT;
use crate::password_rules::Requirements;
use crate::{network_sources, scim};
use iam_api::authentication_policies::{
    AuthenticationPolicy, NetworkPolicy, PasswordPolicy, UpdateAuthenticationPolicyDetails,
};
use iam_api::{Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, Setting, TenancyNo, Tx};
use std::net::IpAddr;

/// The setting's name in the store.
pub(crate) const NAME: &str = "authentication-policy";
/// What OCI allows for the fewest characters (facts 1.6).
const MINIMUM_LENGTHS: std::ops::RangeInclusive<i64> = 8..=100;

/// The most network sources that people may be made to sign in from (facts 1.6).
const SOURCES_MAX: usize = 1;
/// The most in a tenancy that was read elsewhere.
const IMPORTED_SOURCES_MAX: usize = 100;

/// What a new tenancy asks of passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProfile {
    /// OCI's published defaults: 12 characters of all four classes.
    Oci,
    /// NIST SP 800-63B: 15 characters, and no rule about which.
    Nist,
}

impl PasswordProfile {
    /// The policy that a new tenancy starts with.
    #[must_use]
    pub fn policy(self) -> PasswordPolicy {
        let (length, classes) = match self {
            Self::Oci => (12, true),
            Self::Nist => (15, false),
        };
        PasswordPolicy {
            minimum_password_length: Some(length),
            is_uppercase_characters_required: Some(classes),
            is_lowercase_characters_required: Some(classes),
            is_numeric_characters_required: Some(classes),
            is_special_characters_required: Some(classes),
            is_username_containment_allowed: Some(false),
        }
    }
}

/// Shows the tenancy's authentication policy.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<AuthenticationPolicy>, Problem> {
    Ok(shown(of_target(call)?))
}

/// Changes the rules that the body names; the others stay.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateAuthenticationPolicyDetails,
) -> Result<Reply<AuthenticationPolicy>, Problem> {
    let (mut policy, etag) = of_target(call)?;
    let tenancy = call.principal.tenancy_id.clone();
    call.if_match(tenancy.as_str(), &etag)?;
    let sources = details.network_policy.and_then(|new| new.network_source_ids);
    if let Some(sources) = &sources {
        check_sources(call, sources)?;
        policy.network_policy = Some(NetworkPolicy { network_source_ids: Some(sources.clone()) });
    }
    if let Some(new) = &details.password_policy {
        check(new)?;
    }
    if call.principal.has_domain {
        if let Some(new) = details.password_policy {
            scim::password_policies::change_default(call, &new)?;
        }
        if sources.is_some() {
            set_network_policy_of_domain(call, policy.network_policy)?;
        }
        return Ok(shown(of_domain(call)?));
    }
    if let Some(new) = details.password_policy {
        policy.password_policy = Some(merge(policy.password_policy.unwrap_or_default(), new));
    }
    let etag = call.context.etag();
    store(call.tx, call.principal.tenancy, &policy, &etag)?;
    Ok(shown((policy, etag)))
}

/// Refuses more than one network source, and one that the tenancy does not have.
fn check_sources(call: &mut Call<'_, '_>, sources: &[String]) -> Result<(), Problem> {
    if sources.len() > SOURCES_MAX {
        return Err(Problem::invalid(format!(
            "networkSourceIds may name {SOURCES_MAX} network source, and names {}",
            sources.len()
        )));
    }
    let at = call.at();
    for source in sources {
        if network_sources::one(call.tx, at, &Ocid::from(source.as_str()))?.is_none() {
            let shown: String = source.chars().take(100).collect();
            return Err(Problem::invalid(format!(
                "networkSourceIds names the network source `{}`, which does not exist",
                shown.escape_debug()
            )));
        }
    }
    Ok(())
}

/// Keeps where people may sign in from, which a domain's password policy has no place for. Both are
/// one policy in this interface, so the etag moves.
fn set_network_policy_of_domain(
    call: &mut Call<'_, '_>,
    network_policy: Option<NetworkPolicy>,
) -> Result<(), Problem> {
    let (at, compartment_id) = (call.at(), Some(call.principal.tenancy_id.clone()));
    let mut row = default_of_domain(call)?;
    row.etag = call.context.etag();
    call.tx.update(at, &row).map_err(store_problem)?;
    let policy = AuthenticationPolicy { password_policy: None, compartment_id, network_policy };
    store(call.tx, at, &policy, &row.etag)
}

/// The OCIDs of the network sources that people may sign in from; none allows every address.
pub(crate) fn network_sources(tx: &mut Tx<'_>, at: TenancyNo) -> Result<Vec<String>, Problem> {
    let Some(setting) = tx.setting(at, NAME).map_err(store_problem)? else {
        return Ok(Vec::new());
    };
    let policy: AuthenticationPolicy =
        serde_json::from_str(&setting.body).map_err(Problem::internal)?;
    Ok(policy.network_policy.and_then(|policy| policy.network_source_ids).unwrap_or_default())
}

/// Whether people may sign in from that address. Where the network source is gone that they must
/// come from, they may not.
pub(crate) fn may_sign_in_from(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    address: Option<IpAddr>,
) -> Result<bool, Problem> {
    let sources = network_sources(tx, at)?;
    if sources.is_empty() {
        return Ok(true);
    }
    let Some(address) = address else { return Ok(false) };
    for id in sources {
        let source = network_sources::one(tx, at, &Ocid::from(id))?;
        if source.is_some_and(|source| source.holds(address)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn shown((policy, etag): (AuthenticationPolicy, String)) -> Reply<AuthenticationPolicy> {
    Reply::of(policy).etag(etag)
}

/// The rules for passwords in that tenancy, which has no domains.
pub fn password_policy(tx: &mut Tx<'_>, at: TenancyNo) -> Result<PasswordPolicy, Problem> {
    Ok(load(tx, at)?.0.password_policy.unwrap_or_default())
}

/// Keeps a new tenancy's policy.
pub(crate) fn install(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    tenancy: &Ocid,
    profile: PasswordProfile,
    etag: &str,
) -> Result<(), Problem> {
    store(tx, at, &of(tenancy, profile.policy()), etag)
}

/// Keeps the policy of a tenancy that begins with it. What it leaves out is as in a new tenancy.
pub(crate) fn import(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    tenancy: &Ocid,
    policy: AuthenticationPolicy,
    etag: &str,
) -> Result<(), Problem> {
    let usual = PasswordProfile::Oci.policy();
    let rules = merge(usual, policy.password_policy.unwrap_or_default());
    check(&rules)?;
    let network_policy = policy.network_policy;
    let sources = network_policy.and_then(|policy| policy.network_source_ids).unwrap_or_default();
    if sources.len() > IMPORTED_SOURCES_MAX {
        return Err(Problem::invalid(format!(
            "networkSourceIds names {} network sources, more than {IMPORTED_SOURCES_MAX}",
            sources.len()
        )));
    }
    let network_policy = Some(NetworkPolicy { network_source_ids: Some(sources) });
    let policy = AuthenticationPolicy { network_policy, ..of(tenancy, rules) };
    store(tx, at, &policy, etag)
}

/// A tenancy's policy with these rules; people may sign in from anywhere.
fn of(tenancy: &Ocid, rules: PasswordPolicy) -> AuthenticationPolicy {
    AuthenticationPolicy {
        password_policy: Some(rules),
        compartment_id: Some(tenancy.clone()),
        network_policy: Some(NetworkPolicy { network_source_ids: Some(Vec::new()) }),
    }
}

fn of_target(call: &mut Call<'_, '_>) -> Result<(AuthenticationPolicy, String), Problem> {
    if call.target()?.id != call.principal.tenancy_id {
        return Err(Problem::not_found());
    }
    match call.principal.has_domain {
        true => of_domain(call),
        false => load(call.tx, call.principal.tenancy),
    }
}

/// The rules of the default password policy, in this interface's words.
fn of_domain(call: &mut Call<'_, '_>) -> Result<(AuthenticationPolicy, String), Problem> {
    let row = default_of_domain(call)?;
    let asked: Requirements = row.model().map_err(store_problem)?;
    let (at, tenancy) = (call.at(), &call.principal.tenancy_id);
    let mut policy = of(tenancy, PasswordPolicy::from(&asked));
    let network_source_ids = Some(network_sources(call.tx, at)?);
    policy.network_policy = Some(NetworkPolicy { network_source_ids });
    Ok((policy, row.etag))
}

/// The default password policy of the Default domain.
fn default_of_domain(call: &mut Call<'_, '_>) -> Result<Resource, Problem> {
    let (at, tenancy) = (call.at(), &call.principal.tenancy_id);
    let found = call
        .tx
        .resource_by_name(at, ResourceKind::PasswordPolicy, tenancy, &fold(DEFAULT))
        .map_err(store_problem)?;
    found.ok_or_else(|| Problem::internal("a domain has no default password policy"))
}

fn load(tx: &mut Tx<'_>, at: TenancyNo) -> Result<(AuthenticationPolicy, String), Problem> {
    let found = tx.setting(at, NAME).map_err(store_problem)?;
    let setting = found.ok_or_else(|| Problem::internal("a tenancy has no password rules"))?;
    Ok((serde_json::from_str(&setting.body).map_err(Problem::internal)?, setting.etag))
}

fn store(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    policy: &AuthenticationPolicy,
    etag: &str,
) -> Result<(), Problem> {
    let body = serde_json::to_string(policy).map_err(Problem::internal)?;
    tx.set_setting(at, NAME, &Setting { etag: etag.to_owned(), body }).map_err(store_problem)
}

pub(crate) fn check(new: &PasswordPolicy) -> Result<(), Problem> {
    if let Some(length) = new.minimum_password_length
        && !MINIMUM_LENGTHS.contains(&length)
    {
        return Err(Problem::invalid(format!(
            "minimumPasswordLength `{length}` is not valid: give {} to {}",
            MINIMUM_LENGTHS.start(),
            MINIMUM_LENGTHS.end()
        )));
    }
    Ok(())
}

fn merge(old: PasswordPolicy, new: PasswordPolicy) -> PasswordPolicy {
    PasswordPolicy {
        minimum_password_length: new.minimum_password_length.or(old.minimum_password_length),
        is_uppercase_characters_required: new
            .is_uppercase_characters_required
            .or(old.is_uppercase_characters_required),
        is_lowercase_characters_required: new
            .is_lowercase_characters_required
            .or(old.is_lowercase_characters_required),
        is_numeric_characters_required: new
            .is_numeric_characters_required
            .or(old.is_numeric_characters_required),
        is_special_characters_required: new
            .is_special_characters_required
            .or(old.is_special_characters_required),
        is_username_containment_allowed: new
            .is_username_containment_allowed
            .or(old.is_username_containment_allowed),
    }
}
