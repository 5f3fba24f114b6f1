//! `Deny` statements: whether a tenancy has chosen to have them, who is exempt from them, and what
//! a policy means there that cannot be read.
//!
//! A statement that denies can lock out whoever relies on one that allows, so a tenancy has none
//! until it is said on the host that it shall; then it has them for good, as in OCI.

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::groups::ADMINISTRATORS;
use crate::policies;
use iam_api::policies::CreatePolicyDetails;
use iam_api::{Code, Ocid, Problem, Timestamp};
use iam_policy::{Compiled, PolicySet, fold};
use iam_store::{Resource, ResourceKind, Setting, StoreError, TenancyNo, Tx};
use serde::{Deserialize, Serialize};

/// What the audit trail calls the choice.
pub const ENABLED: &str = "EnableDenyStatements";
/// The policy that leaves statements that deny to the one who enabled them, until they or another
/// administrator change it; OCI makes one too (facts 5.6). What OCI calls it is not known.
pub const WHO_MAY_DENY: &str = "Deny Policy Administration";
/// The setting that says that the tenancy has chosen.
const SETTING: &str = "deny-statements";

/// The choice, as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chosen {
    /// The OCID of the administrator in whose name it was made.
    by: Ocid,
    time: Timestamp,
}

/// Whether the tenancy has chosen to have statements that deny.
pub fn is_enabled(tx: &mut Tx<'_>, at: TenancyNo) -> Result<bool, Problem> {
    Ok(tx.setting(at, SETTING).map_err(store_problem)?.is_some())
}

/// Lets the tenancy have statements that deny, in the name of the administrator who is the target,
/// and to begin with lets nobody write such who is neither this one nor another administrator.
pub fn enable(call: &mut Call<'_, '_>) -> Result<Reply<()>, Problem> {
    let (at, root) = (call.at(), call.principal.tenancy_id.clone());
    let (user, name) = {
        let user = call.seen_target()?;
        (user.id.clone(), user.name.clone())
    };
    let group = administrators(call.tx, at, &root).map_err(store_problem)?;
    let group = group.ok_or_else(Problem::not_found)?;
    if call.tx.membership_of(at, &user, &group.id).map_err(store_problem)?.is_none() {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "user `{name}` is not in the group `{ADMINISTRATORS}`: name a user of it, whom \
                 nothing can be denied"
            ),
        ));
    }
    if is_enabled(call.tx, at)? {
        return Err(Problem::new(
            Code::Conflict,
            "`Deny` statements are enabled in this tenancy already".to_owned(),
        ));
    }
    choose(call.tx, call.context, at, user.clone())?;
    let statement = format!(
        "Deny any-user to manage policies in tenancy \
         where all {{target.policy.type = 'deny', request.principal.id != '{user}'}}"
    );
    let policy = CreatePolicyDetails {
        compartment_id: root.clone(),
        name: WHO_MAY_DENY.to_owned(),
        statements: vec![statement],
        description: "Who may write policies that deny, besides the administrators".to_owned(),
        version_date: None,
        freeform_tags: None,
        defined_tags: None,
    };
    policies::create(call, policy)?;
    Ok(Reply::of(()).made(root.as_str()))
}

/// Keeps that the tenancy has chosen, in whose name, and when.
pub fn choose(tx: &mut Tx<'_>, context: &Context, at: TenancyNo, by: Ocid) -> Result<(), Problem> {
    keep_choice(tx, at, &by, context.now(), context.etag())?;
    tx.revise().map_err(store_problem)
}

/// Keeps the choice in a store that nobody has read yet.
pub fn keep_choice(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    by: &Ocid,
    time: Timestamp,
    etag: String,
) -> Result<(), Problem> {
    let body = serde_json::to_string(&Chosen { by: by.clone(), time });
    let setting = Setting { etag, body: body.map_err(Problem::internal)? };
    tx.set_setting(at, SETTING, &setting).map_err(store_problem)
}

/// The group of the tenancy's administrators.
pub fn administrators(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    root: &Ocid,
) -> Result<Option<Resource>, StoreError> {
    tx.resource_by_name(at, ResourceKind::Group, root, &fold(ADMINISTRATORS))
}

/// A tenancy's statements as they decide. Where a policy cannot be read, it might deny anything
/// to anybody in its compartment, if the tenancy has chosen to have such: then all is denied there,
/// but to the administrators. Else it grants nothing.
pub(crate) fn policy_set(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    compiled: Vec<Compiled>,
    unreadable: Vec<Ocid>,
) -> Result<PolicySet, Problem> {
    let mut set = PolicySet::new(compiled);
    if !unreadable.is_empty() && is_enabled(tx, at)? {
        set = set.closing(unreadable.into_iter().map(|compartment| compartment.to_string()));
    }
    if !set.denies() {
        return Ok(set);
    }
    let Some(root) = tx.tenancy_id(at).map_err(store_problem)? else { return Ok(set) };
    Ok(match administrators(tx, at, &root).map_err(store_problem)? {
        Some(group) => set.exempting(group.id.to_string()),
        None => set,
    })
}
