//! Explanations of what a tenancy's policies say to a question, for those who may see them.
//!
//! All that is needed is read when somebody asks, and nothing of it before: a decision does not pay
//! for being explained.

use crate::call::store_problem;
use crate::policies::Decided;
use crate::refusals::{Asked, Posed};
use crate::{deny, network_sources};
use iam_api::policies::{CREATE_POLICY, DELETE_POLICY, Policy, UPDATE_POLICY};
use iam_api::refusals::{NearStatement, Refusal, RefusalExplanation};
use iam_api::{Ocid, Problem, Timestamp};
use iam_policy::{Explanation, Grounds, NetworkSource, Origin, Written, explain};
use iam_store::{TenancyNo, Tx};
use std::collections::HashMap;

/// How far back the audit trail is looked through for changes of policies, in lines.
const LINES_MAX: i64 = 1_000;
/// The most groups that are told of by name.
const NAMES_MAX: usize = 100;

/// What a tenancy's policies say, and what they stand on.
pub struct Said {
    /// The statements, in the order of the policies.
    pub statements: Vec<Written>,
    /// The network sources.
    pub network_sources: Vec<NetworkSource>,
    /// The OCID of the group whose members nothing is denied.
    pub exempt: Option<String>,
    /// When a policy was last written or deleted, as far as the trail tells.
    changed: Option<Timestamp>,
}

impl Said {
    /// Reads it.
    pub fn read(tx: &mut Tx<'_>, at: TenancyNo, root: &Ocid) -> Result<Self, Problem> {
        let mut statements = Vec::new();
        for row in tx.policies(at).map_err(store_problem)? {
            let compiled = row.compiled.as_deref().unwrap_or_default();
            let Ok(decided) = serde_json::from_str::<Decided>(compiled) else { continue };
            let policy: Policy = row.model().map_err(store_problem)?;
            let texts = decided.into_iter().zip(policy.statements);
            for (number, (compiled, text)) in (1..).zip(texts) {
                let Some(compiled) = compiled else { continue };
                let (policy_id, policy_name) = (row.id.to_string(), row.name.clone());
                let origin = Origin { policy_id, policy_name, number, text };
                statements.push(Written { origin, compiled });
            }
        }
        let exempt = deny::administrators(tx, at, root).map_err(store_problem)?;
        let lines = tx.audit_tail(at, LINES_MAX).map_err(store_problem)?;
        let writes = [CREATE_POLICY.spec.id, UPDATE_POLICY.spec.id, DELETE_POLICY.spec.id];
        let mut changes = lines
            .iter()
            .filter(|line| writes.contains(&line.event.as_str()) && line.outcome == "OK");
        Ok(Self {
            statements,
            network_sources: network_sources::all(tx, at)?,
            exempt: exempt.map(|group| group.id.to_string()),
            changed: changes.next().map(|line| line.time),
        })
    }

    /// Whether a policy was written or deleted after that moment.
    #[must_use]
    pub fn changed_since(&self, time: Timestamp) -> bool {
        self.changed.is_some_and(|changed| changed > time)
    }

    /// Explains what is answered to a question that was kept.
    pub(crate) fn explain(
        &self,
        asked: &Asked,
        posed: &Posed,
        names: &HashMap<String, String>,
    ) -> Explanation {
        let grounds = Grounds {
            statements: &self.statements,
            network_sources: &self.network_sources,
            exempt: self.exempt.as_deref(),
            name_of: &|id: &str| names.get(id).cloned(),
        };
        posed.ask(&asked.caller, |question| explain(&grounds, question))
    }
}

/// Reads the names by which statements can mean these groups, where they are not read yet. A group
/// of another domain than the Default one has none: its bare name would mean no group or another.
pub(crate) fn read_names(
    tx: &mut Tx<'_>,
    (at, root): (TenancyNo, &Ocid),
    groups: &[String],
    names: &mut HashMap<String, String>,
) -> Result<(), Problem> {
    for id in groups.iter().take(NAMES_MAX) {
        if names.contains_key(id) {
            continue;
        }
        let row = tx.resource(at, &Ocid::from(id.as_str())).map_err(store_problem)?;
        let row = row.filter(|row| row.parent == *root);
        names.extend(row.map(|row| (id.clone(), row.name)));
    }
    Ok(())
}

/// An explanation as it is answered.
pub(crate) fn shown(
    refusal: Refusal,
    have_policies_changed: bool,
    explanation: Explanation,
) -> RefusalExplanation {
    let mut text = explanation.to_string();
    if have_policies_changed {
        text.push_str("\nPolicies were written since the refusal: this is what they say now.\n");
    }
    let needs = || explanation.permissions.iter();
    let near = explanation.near.iter().map(|near| NearStatement {
        policy_id: near.statement.policy_id.clone(),
        policy_name: near.statement.policy_name.clone(),
        number: i64::try_from(near.statement.number).unwrap_or(i64::MAX),
        statement: near.statement.text.clone(),
        would_give: near.would_give.clone(),
        failed: near.clauses.iter().filter(|one| !one.holds).map(|one| one.why.clone()).collect(),
    });
    let names = |is: &dyn Fn(&iam_policy::Needed) -> bool| {
        needs().filter(|need| is(need)).map(|need| need.permission.clone()).collect()
    };
    RefusalExplanation {
        refusal,
        is_allowed_now: explanation.is_allowed,
        have_policies_changed,
        missing: names(&|need| !need.is_granted && need.denied_by.is_empty()),
        denied: names(&|need| !need.denied_by.is_empty()),
        near: near.collect(),
        proposals: explanation.proposals.clone(),
        text,
    }
}
