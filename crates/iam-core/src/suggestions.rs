//! Suggestions: the narrowest statements by which what was refused would have been allowed.
//!
//! Each refusal that is kept is decided again, as policies are now. What is still missing is
//! gathered by group and compartment, so that many refusals become few statements. Nobody has to
//! follow them: that a team asked for something does not say that it should have it.

use crate::access::Access;
use crate::explanations;
use crate::refusals::{self, Kept};
use iam_api::{Ocid, Problem, Timestamp};
use iam_policy::{Decision, PermissionSet, PolicySet, Recipient, decide};
use iam_store::{TenancyNo, Tx};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many refusals are read at a time.
const PAGE: i64 = 500;

/// What is suggested, and what was not looked at for it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggested {
    /// What is suggested, by group and compartment.
    pub suggestions: Vec<Suggestion>,
    /// How many refusals were looked at.
    pub refusals: usize,
    /// How many of them would be allowed by now.
    pub allowed_now: usize,
    /// How many were of something that was not there.
    pub not_found: usize,
    /// How many are denied by a statement, so that no other one can allow them.
    pub denied: usize,
    /// How many no statement of the tenancy can allow: their target is in another one, or this
    /// version does not know what they need.
    pub out_of_reach: usize,
}

/// The statements that one group needs in one compartment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// The group as statements name it; `None` where the callers are in none and need one.
    pub group: Option<String>,
    /// The statements, for a policy of the tenancy.
    pub statements: Vec<String>,
    /// How many refusals they answer.
    pub refusals: usize,
    /// The OCIDs of who was refused.
    pub callers: BTreeSet<String>,
    /// What they were refused.
    pub operations: BTreeSet<String>,
}

/// What a recipient lacks.
#[derive(Default)]
struct Lacking {
    permissions: PermissionSet,
    refusals: usize,
    callers: BTreeSet<String>,
    operations: BTreeSet<String>,
}

/// What would have been needed for the refusals of a tenancy since that moment, of those that are
/// kept.
pub fn since(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    root: &Ocid,
    since: Timestamp,
) -> Result<Suggested, Problem> {
    let policies = Access::default().policies(tx, at, "")?;
    let mut suggested = Suggested::default();
    let mut lacking = BTreeMap::new();
    let mut names = HashMap::new();
    let mut last = (Timestamp::from_micros(i64::MAX), String::new());
    // The bound is the store's: no more are kept for long, and each round goes on to older ones.
    while i64::try_from(suggested.refusals).is_ok_and(|read| read < refusals::KEPT_MAX) {
        let page = refusals::before(tx, at, (last.0, &last.1), PAGE)?;
        let recent = page.iter().take_while(|kept| kept.time >= since).count();
        let is_last = recent < page.len() || page.is_empty();
        for kept in page.into_iter().take(recent) {
            suggested.refusals += 1;
            if let Some(posed) = &kept.asked.question {
                explanations::read_names(tx, (at, root), &posed.groups, &mut names)?;
            }
            let name_of = |id: &str| names.get(id).cloned();
            weigh(&policies, &kept, &name_of, (&mut suggested, &mut lacking));
            last = (kept.time, kept.request_id);
        }
        if is_last {
            break;
        }
    }
    suggested.suggestions = lacking.into_iter().map(|(to, lacks)| suggestion(to, lacks)).collect();
    Ok(suggested)
}

/// Decides a refusal again, and adds what it lacks to what its recipient does.
fn weigh(
    policies: &PolicySet,
    kept: &Kept,
    name_of: &dyn Fn(&str) -> Option<String>,
    (suggested, lacking): (&mut Suggested, &mut BTreeMap<Recipient, Lacking>),
) {
    let asked = &kept.asked;
    let Some(posed) = &asked.question else {
        suggested.not_found += 1;
        return;
    };
    let (decision, recipient) = posed.ask(&asked.caller, |question| {
        (decide(policies, question), Recipient::of(question, name_of))
    });
    if posed.elsewhere.is_some() {
        suggested.out_of_reach += 1;
        return;
    }
    let refusal = match decision {
        Decision::Allowed(_) => {
            suggested.allowed_now += 1;
            return;
        }
        Decision::Refused(refusal) => refusal,
    };
    if !refusal.denied.is_empty() {
        suggested.denied += 1;
        return;
    }
    let missing = PermissionSet::of(refusal.missing).unwrap_or_default();
    if missing.is_empty() {
        suggested.out_of_reach += 1; // nothing is needed that is known, so nothing grants it
        return;
    }
    let lacks = lacking.entry(recipient).or_default();
    lacks.permissions = lacks.permissions.union(missing);
    lacks.refusals += 1;
    lacks.callers.insert(asked.caller.clone());
    lacks.operations.insert(asked.operation.clone());
}

fn suggestion(to: Recipient, lacks: Lacking) -> Suggestion {
    let statements = to.statements(lacks.permissions);
    let Lacking { refusals, callers, operations, .. } = lacks;
    Suggestion { group: to.group, statements, refusals, callers, operations }
}
