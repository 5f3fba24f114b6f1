//! The authentication policy: what a Console password must be like.

use crate::call::{Call, Reply, store_problem};
use iam_api::Problem;
use iam_api::authentication_policies::{
    AuthenticationPolicy, NetworkPolicy, PasswordPolicy, UpdateAuthenticationPolicyDetails,
};
use iam_store::{Setting, TenancyNo, Tx};

/// The setting's name in the store.
const NAME: &str = "authentication-policy";
/// What OCI allows for the fewest characters (facts 1.6).
const MINIMUM_LENGTHS: std::ops::RangeInclusive<i64> = 8..=100;

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
    let (policy, etag) = of_target(call)?;
    Ok(Reply::of(policy).etag(etag))
}

/// Changes the rules that the body names; the others stay.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateAuthenticationPolicyDetails,
) -> Result<Reply<AuthenticationPolicy>, Problem> {
    let (mut policy, etag) = of_target(call)?;
    let tenancy = call.principal.tenancy_id.clone();
    call.if_match(tenancy.as_str(), &etag)?;
    if let Some(new) = details.password_policy {
        policy.password_policy = Some(merge(policy.password_policy.unwrap_or_default(), new)?);
    }
    if let Some(new) = details.network_policy {
        let sources = new.network_source_ids.unwrap_or_default();
        if let Some(source) = sources.first() {
            return Err(Problem::invalid(format!(
                "networkSourceIds names the network source `{}`, which does not exist",
                source.escape_debug()
            )));
        }
    }
    let etag = call.context.etag();
    store(call.tx, call.principal.tenancy, &policy, &etag)?;
    Ok(Reply::of(policy).etag(etag))
}

/// The rules for passwords in that tenancy.
pub fn password_policy(tx: &mut Tx<'_>, at: TenancyNo) -> Result<PasswordPolicy, Problem> {
    Ok(load(tx, at)?.0.password_policy.unwrap_or_default())
}

/// Keeps a new tenancy's policy.
pub(crate) fn install(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    tenancy: &iam_api::Ocid,
    profile: PasswordProfile,
    etag: &str,
) -> Result<(), Problem> {
    let policy = AuthenticationPolicy {
        password_policy: Some(profile.policy()),
        compartment_id: Some(tenancy.clone()),
        network_policy: Some(NetworkPolicy { network_source_ids: Some(Vec::new()) }),
    };
    store(tx, at, &policy, etag)
}

fn of_target(call: &mut Call<'_, '_>) -> Result<(AuthenticationPolicy, String), Problem> {
    if call.target()?.id != call.principal.tenancy_id {
        return Err(Problem::not_found());
    }
    load(call.tx, call.principal.tenancy)
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

fn merge(old: PasswordPolicy, new: PasswordPolicy) -> Result<PasswordPolicy, Problem> {
    if let Some(length) = new.minimum_password_length
        && !MINIMUM_LENGTHS.contains(&length)
    {
        return Err(Problem::invalid(format!(
            "minimumPasswordLength `{length}` is not valid: give {} to {}",
            MINIMUM_LENGTHS.start(),
            MINIMUM_LENGTHS.end()
        )));
    }
    Ok(PasswordPolicy {
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
    })
}
