//! Which rules for passwords and sign-ins are a user's: those of a password policy of the domain,
//! or in a tenancy without domains those of the authentication policy.
//!
//! A domain's policies are kept as the documents that its interface shows. A policy that names
//! groups is for their members, and of several the one of the highest priority (1) counts; the
//! default policy is for everyone else (facts 2.4).

use crate::authentication_policies;
use crate::call::store_problem;
use crate::password_rules::Requirements;
use iam_api::authentication_policies::PasswordPolicy;
use iam_api::{Ocid, Problem, Timestamp};
use iam_store::{ResourceKind, Selection, Sort, TenancyNo, Tx};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;

/// The name of the policy that is for everyone who has no other. It cannot be deleted.
pub const DEFAULT: &str = "defaultPasswordPolicy";
/// The most policies of a domain (facts 2.4).
pub const POLICIES_MAX: i64 = 10;
/// Failures in a row that block a user, unless a policy says otherwise (facts 1.5).
pub const FAILURES_MAX: i64 = 10;
/// The most passwords of before that a new one is compared with: each comparison is slow.
pub const HISTORY_MAX: i64 = 24;
const GROUPS_MAX: i64 = 1_000;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The rules that count for a user.
#[derive(Clone, Debug)]
pub struct Effective {
    /// The OCID of the policy; none where it is the authentication policy.
    pub id: Option<Ocid>,
    /// What a new password must be like.
    pub requirements: Requirements,
    /// Failures in a row that block; none where failures never do.
    pub failures_max: Option<i64>,
    block_minutes: Option<i64>,
    history: i64,
    expires_days: i64,
    warn_days: i64,
    age_days_min: i64,
}

/// What is read of a policy's document besides the requirements.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    priority: Option<i64>,
    groups: Option<Vec<GroupOf>>,
    max_incorrect_attempts: Option<i64>,
    lockout_duration: Option<i64>,
    num_passwords_in_history: Option<i64>,
    password_expires_after: Option<i64>,
    password_expire_warning: Option<i64>,
    min_password_age: Option<i64>,
}

#[derive(Deserialize)]
struct GroupOf {
    /// The group's OCID.
    value: String,
}

impl Effective {
    /// Until when a block lasts that began then; none where it lasts until somebody ends it.
    #[must_use]
    pub fn block_ends(&self, began: Timestamp) -> Option<Timestamp> {
        self.block_minutes.map(|minutes| began.plus_seconds(minutes.saturating_mul(60)))
    }

    /// How many passwords of before must not be chosen again, the present one among them.
    #[must_use]
    pub fn history(&self) -> i64 {
        self.history
    }

    /// When a password has to be changed that was chosen then; none where it never has to be.
    #[must_use]
    pub fn must_change(&self, chosen: Timestamp) -> Option<Timestamp> {
        let days = Some(self.expires_days).filter(|days| *days > 0);
        days.map(|days| chosen.plus_seconds(days.saturating_mul(DAY_SECONDS)))
    }

    /// Whether the user should be told by now that a password chosen then has to be changed soon.
    #[must_use]
    pub fn warns(&self, chosen: Timestamp, now: Timestamp) -> bool {
        let before = self.warn_days.saturating_mul(DAY_SECONDS);
        self.must_change(chosen).is_some_and(|end| now >= end.plus_seconds(-before))
    }

    /// From when on a password may be changed again that was chosen then.
    #[must_use]
    pub fn may_change(&self, chosen: Timestamp) -> Timestamp {
        chosen.plus_seconds(self.age_days_min.saturating_mul(DAY_SECONDS))
    }
}

/// The document of a new domain's default policy, with these rules.
pub(crate) fn default_document(rules: &PasswordPolicy) -> Value {
    let least = |required: Option<bool>| i64::from(required == Some(true));
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:oracle:idcs:PasswordPolicy"],
        "name": DEFAULT,
        "description": "For everyone who is in no group that has a policy of its own",
        "passwordStrength": "Custom",
        "minLength": rules.minimum_password_length,
        "minUpperCase": least(rules.is_uppercase_characters_required),
        "minLowerCase": least(rules.is_lowercase_characters_required),
        "minNumerals": least(rules.is_numeric_characters_required),
        "minSpecialChars": least(rules.is_special_characters_required),
        "userNameDisallowed": rules.is_username_containment_allowed != Some(true),
        "firstNameDisallowed": true,
        "lastNameDisallowed": true,
        "maxIncorrectAttempts": FAILURES_MAX,
        "numPasswordsInHistory": 1,
        "passwordExpiresAfter": 0,
    })
}

/// The rules that count for the user.
pub fn of_user(tx: &mut Tx<'_>, at: TenancyNo, user: &Ocid) -> Result<Effective, Problem> {
    let policies = Policies::load(tx, at)?;
    if policies.0.is_empty() {
        return of_tenancy(tx, at);
    }
    let memberships = tx.memberships_of_user(at, user, "", GROUPS_MAX).map_err(store_problem)?;
    let groups = memberships.iter().map(|one| one.group.as_str()).collect();
    policies.of_groups(&groups)
}

/// All policies of a domain, the one that counts first, first.
pub(crate) struct Policies(Vec<Policy>);

struct Policy {
    id: Ocid,
    name: String,
    document: Document,
    requirements: Requirements,
}

impl Policies {
    /// Reads them; there are none where there is no domain.
    pub(crate) fn load(tx: &mut Tx<'_>, at: TenancyNo) -> Result<Self, Problem> {
        let mut policies = of_domain(tx, at)?;
        policies.sort_by_key(|policy| policy.document.priority.unwrap_or(i64::MAX));
        Ok(Self(policies))
    }

    /// The rules that count for who is in these groups.
    pub(crate) fn of_groups(&self, groups: &HashSet<&str>) -> Result<Effective, Problem> {
        let policy = self.chosen(groups)?;
        Ok(effective(&policy.document, policy.id.clone(), policy.requirements.clone()))
    }

    /// OCID, name and priority of the policy that counts for who is in these groups.
    pub(crate) fn named(&self, groups: &HashSet<&str>) -> Result<(&Ocid, &str, i64), Problem> {
        let Policy { id, name, document, .. } = self.chosen(groups)?;
        Ok((id, name, document.priority.unwrap_or(POLICIES_MAX)))
    }

    fn chosen(&self, groups: &HashSet<&str>) -> Result<&Policy, Problem> {
        let is_for = |policy: &&Policy| {
            let named = policy.document.groups.iter().flatten();
            named.into_iter().any(|group| groups.contains(group.value.as_str()))
        };
        let default = || self.0.iter().find(|policy| policy.name == DEFAULT);
        let chosen = self.0.iter().find(is_for).or_else(default);
        chosen.ok_or_else(|| Problem::internal("a domain has no default password policy"))
    }
}

fn of_domain(tx: &mut Tx<'_>, at: TenancyNo) -> Result<Vec<Policy>, Problem> {
    let Some(tenancy) = tx.tenancy_id(at).map_err(store_problem)? else { return Ok(Vec::new()) };
    let selection = Selection {
        kind: ResourceKind::PasswordPolicy,
        parent: &tenancy,
        name: None,
        state: None,
        sort: Sort::Oldest,
        after: None,
        limit: POLICIES_MAX,
    };
    let rows = tx.resources(at, &selection).map_err(store_problem)?;
    let read = |row: iam_store::Resource| -> Result<Policy, Problem> {
        Ok(Policy {
            document: row.model().map_err(store_problem)?,
            requirements: row.model().map_err(store_problem)?,
            id: row.id,
            name: row.name,
        })
    };
    rows.into_iter().map(read).collect()
}

fn effective(document: &Document, id: Ocid, requirements: Requirements) -> Effective {
    let set = |value: Option<i64>| value.unwrap_or(0).max(0);
    Effective {
        id: Some(id),
        requirements,
        failures_max: match document.max_incorrect_attempts {
            None => Some(FAILURES_MAX),
            Some(0) => None,
            Some(most) => Some(most),
        },
        block_minutes: document.lockout_duration.filter(|minutes| *minutes > 0),
        history: set(document.num_passwords_in_history).min(HISTORY_MAX),
        expires_days: set(document.password_expires_after),
        warn_days: set(document.password_expire_warning),
        age_days_min: set(document.min_password_age),
    }
}

/// A tenancy without domains: its authentication policy, and OCI's rules for the rest.
fn of_tenancy(tx: &mut Tx<'_>, at: TenancyNo) -> Result<Effective, Problem> {
    let policy = authentication_policies::password_policy(tx, at)?;
    Ok(Effective {
        id: None,
        requirements: Requirements::from(&policy),
        failures_max: Some(FAILURES_MAX),
        block_minutes: None,
        history: 0,
        expires_days: 0,
        warn_days: 0,
        age_days_min: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Effective {
        let requirements = serde_json::from_str(text).unwrap();
        effective(&serde_json::from_str(text).unwrap(), Ocid::from("id"), requirements)
    }

    #[test]
    fn what_a_policy_leaves_out_is_as_in_a_tenancy_without_domains() {
        let none = read("{}");
        let then = Timestamp::default();
        assert_eq!((none.failures_max, none.history()), (Some(FAILURES_MAX), 0));
        assert_eq!((none.block_ends(then), none.must_change(then)), (None, None));
        assert_eq!(none.may_change(then), then);
        assert!(!none.warns(then, then.plus_seconds(i64::from(i32::MAX))));
    }

    #[test]
    fn zero_failures_never_block_and_numbers_are_days_and_minutes() {
        let policy = read(
            r#"{"maxIncorrectAttempts":0,"lockoutDuration":5,"passwordExpiresAfter":10,
                "passwordExpireWarning":3,"minPasswordAge":1,"numPasswordsInHistory":500}"#,
        );
        let then = Timestamp::default();
        assert_eq!((policy.failures_max, policy.history()), (None, HISTORY_MAX));
        assert_eq!(policy.block_ends(then), Some(then.plus_seconds(300)));
        assert_eq!(policy.must_change(then), Some(then.plus_seconds(10 * DAY_SECONDS)));
        assert_eq!(policy.may_change(then), then.plus_seconds(DAY_SECONDS));
        let at_day = |day| policy.warns(then, then.plus_seconds(day * DAY_SECONDS));
        assert!(!at_day(6) && at_day(7) && at_day(11));
    }
}
