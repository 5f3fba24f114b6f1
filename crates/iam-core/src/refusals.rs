//! Refusals: what was asked for that was not allowed, kept for those who may see the policies.
//!
//! Whoever is refused learns nothing, as in OCI. An administrator with the id of the request asks
//! why, and then the question is explained as the policies are by now ([`explanations`]). Nothing
//! is explained until somebody asks. A target that is not there is kept in the same way and with as
//! much work as one that may not be seen.

use crate::call::{Call, Principal, Reply, store_problem};
use crate::context::Context;
use crate::explanations::{self, Said};
use crate::page;
use iam_api::operation::MANAGE_ALL_RESOURCES;
use iam_api::refusals::{LIST_REFUSALS, Refusal, RefusalExplanation};
use iam_api::{Code, Ocid, Problem, Timestamp};
use iam_policy::{Facts, Question};
use iam_store::{StoredRefusal, TenancyNo, Tx};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::IpAddr;

/// The most refusals of a tenancy that are kept, the newest.
pub const KEPT_MAX: i64 = 10_000;
/// How long they are kept.
pub const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;
/// Stands for a permission that another version of the program knew: nothing grants it.
const UNKNOWN: &str = "a permission that this version does not know";
/// The longest text that is kept of what a request said of its target.
const TARGET_CHARS: usize = 128;

/// What was decided of a request.
#[derive(Clone, Debug, Default)]
pub enum Answer {
    /// Nothing: there was nothing to decide about.
    #[default]
    Nothing,
    /// It was allowed: what was not there is for the operation to say.
    Allowed,
    /// It was refused.
    Refused(Box<Posed>),
}

/// A question that was answered by no, as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The operation.
    pub operation: String,
    /// The OCID of who asked.
    pub caller: String,
    /// What the request said that it is about.
    pub target: String,
    /// The question; none where it was not refused by policies.
    pub question: Option<Posed>,
    /// Whether policies allowed it, and something else was not there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_allowed: bool,
    /// Whether it was let through all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_let_through: bool,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Posed {
    /// The OCIDs of the caller's groups.
    pub groups: Vec<String>,
    /// The permissions that are needed.
    pub needs: Vec<String>,
    /// The OCIDs of the compartments from the target's up to the root.
    pub compartments: Vec<String>,
    /// Whose it is, where everyone may do this to their own.
    pub owner: Option<String>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// What conditions look at.
    #[serde(default)]
    pub facts: Facts,
    /// The OCID of another tenancy in which the target is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
}

impl Posed {
    /// A question as data, asked by that principal.
    #[must_use]
    pub fn of(question: &Question<'_>, principal: &Principal) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let elsewhere = principal.at_home.is_some().then(|| principal.tenancy_id.to_string());
        Self {
            groups: question.groups.to_vec(),
            needs: owned(question.needs),
            compartments: owned(question.compartments),
            owner: question.owner.map(str::to_owned),
            address: question.address,
            facts: question.facts.clone(),
            elsewhere,
        }
    }

    /// Puts the question again, as that caller's.
    pub(crate) fn ask<R>(&self, caller: &str, answer: impl FnOnce(&Question<'_>) -> R) -> R {
        let needs = needs(self);
        let compartments: Vec<&str> = self.compartments.iter().map(String::as_str).collect();
        answer(&Question {
            caller,
            groups: &self.groups,
            needs: &needs,
            compartments: &compartments,
            owner: self.owner.as_deref(),
            address: self.address,
            facts: &self.facts,
        })
    }
}

impl Asked {
    /// What a request asked for. `target` is as the request has it, so it is cut.
    #[must_use]
    pub fn new(operation: &str, caller: &Ocid, target: &str, answer: Answer) -> Self {
        let (was_allowed, question) = match answer {
            Answer::Nothing => (false, None),
            Answer::Allowed => (true, None),
            Answer::Refused(posed) => (false, Some(*posed)),
        };
        Self {
            operation: operation.to_owned(),
            caller: caller.to_string(),
            target: target.chars().take(TARGET_CHARS).collect(),
            question,
            was_allowed,
            was_let_through: false,
        }
    }

    /// Keeps it.
    pub fn keep(
        &self,
        tx: &mut Tx<'_>,
        at: TenancyNo,
        time: Timestamp,
        request_id: &str,
    ) -> Result<(), Problem> {
        let asked = serde_json::to_string(self).map_err(Problem::internal)?;
        let new = StoredRefusal { time, request_id: request_id.to_owned(), asked };
        tx.add_refusal(at, &new).map_err(store_problem)
    }
}

/// A refusal as it was kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// When it was.
    pub time: Timestamp,
    /// Of which request.
    pub request_id: String,
    /// What was asked.
    pub asked: Asked,
}

impl Kept {
    fn read(stored: StoredRefusal) -> Result<Self, Problem> {
        let asked = serde_json::from_str(&stored.asked).map_err(Problem::internal)?;
        Ok(Self { time: stored.time, request_id: stored.request_id, asked })
    }
}

/// The refusal of that request, if it is still kept.
pub fn find(tx: &mut Tx<'_>, at: TenancyNo, request_id: &str) -> Result<Option<Kept>, Problem> {
    tx.refusal(at, request_id).map_err(store_problem)?.map(Kept::read).transpose()
}

/// The newest refusals of a tenancy that came before a moment.
pub fn before(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    before: (Timestamp, &str),
    limit: i64,
) -> Result<Vec<Kept>, Problem> {
    let found = tx.refusals(at, before, limit).map_err(store_problem)?;
    found.into_iter().map(Kept::read).collect()
}

/// Drops those that were kept for long enough, and those that are too many.
pub fn forget(tx: &mut Tx<'_>, context: &Context) -> Result<(), Problem> {
    let before = context.now().plus_seconds(-KEPT_SECONDS);
    for (at, _) in tx.tenancies().map_err(store_problem)? {
        tx.drop_refusals(at, before, KEPT_MAX).map_err(store_problem)?;
    }
    Ok(())
}

/// Lists the refusals of the tenancy, the newest first.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Refusal>>, Problem> {
    let read = |call: &mut Call<'_, '_>, after: &str, limit: i64| {
        let at = call.at();
        let place = after.split_once(':').and_then(|(time, id)| Some((time.parse().ok()?, id)));
        let (time, id) = place.unwrap_or((i64::MAX, ""));
        before(call.tx, at, (Timestamp::from_micros(time), id), limit)
    };
    let key = |kept: &Kept| format!("{}:{}", kept.time.as_micros(), kept.request_id);
    let (found, next) = page::keyed(call, LIST_REFUSALS.spec.id, read, key)?;
    let mut refusals = Vec::with_capacity(found.len());
    for kept in found {
        refusals.push(shown(call.tx, call.principal.tenancy, kept)?);
    }
    Ok(Reply::of(refusals).next_page(next))
}

/// Explains why a request was refused, as the policies are now.
pub fn explain(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<RefusalExplanation>, Problem> {
    let id = call.params.get("requestId").unwrap_or_default();
    let at = call.at();
    let kept = find(call.tx, at, id)?.ok_or_else(not_kept)?;
    let root = call.principal.tenancy_id.clone();
    Ok(Reply::of(explained(call.tx, at, &root, kept)?))
}

/// What to say where there is no refusal of that request.
#[must_use]
pub fn not_kept() -> Problem {
    Problem::new(
        Code::NotFound,
        format!(
            "No refusal of that request is kept: give the opc-request-id of an answer 404 \
             NotAuthorizedOrNotFound of this tenancy; the newest {KEPT_MAX} are kept, for 30 days."
        ),
    )
}

/// A refusal with its explanation.
pub fn explained(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    root: &Ocid,
    kept: Kept,
) -> Result<RefusalExplanation, Problem> {
    let said = Said::read(tx, at, root)?;
    let changed = said.changed_since(kept.time);
    let Some(posed) = kept.asked.question.clone() else {
        let Asked { operation, target, was_allowed, .. } = &kept.asked;
        let text = match was_allowed {
            true => format!(
                "Not found: the policies allow it, but what {operation} asks for of `{target}` is \
                 not there.\n"
            ),
            false => format!(
                "Not found: there is no `{target}` in this tenancy that {operation} could be \
                 about. It is answered like something that may not be seen.\n"
            ),
        };
        return without(tx, at, kept, changed, (Vec::new(), text));
    };
    if let Some(elsewhere) = &posed.elsewhere {
        let text = format!(
            "Refused: the target is in the tenancy `{elsewhere}`. What this tenancy endorses and \
             that one admits, both of it, is allowed there; its policies are not shown here.\n"
        );
        let needs = posed.needs;
        return without(tx, at, kept, changed, (needs, text));
    }
    let mut names = HashMap::new();
    explanations::read_names(tx, (at, root), &posed.groups, &mut names)?;
    let explanation = said.explain(&kept.asked, &posed, &names);
    let refusal = shown(tx, at, kept)?;
    Ok(explanations::shown(refusal, changed, explanation))
}

/// An explanation that is in the text alone.
fn without(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    kept: Kept,
    have_policies_changed: bool,
    (missing, text): (Vec<String>, String),
) -> Result<RefusalExplanation, Problem> {
    Ok(RefusalExplanation {
        refusal: shown(tx, at, kept)?,
        is_allowed_now: false,
        have_policies_changed,
        missing,
        denied: Vec::new(),
        near: Vec::new(),
        proposals: Vec::new(),
        text,
    })
}

/// The needs of a question in the words of this version.
fn needs(posed: &Posed) -> Vec<&'static str> {
    let known = iam_policy::permissions();
    let found = |need: &String| match need.as_str() {
        MANAGE_ALL_RESOURCES => MANAGE_ALL_RESOURCES,
        need => {
            let place = known.binary_search(&need).ok();
            place.and_then(|place| known.get(place)).copied().unwrap_or(UNKNOWN)
        }
    };
    posed.needs.iter().map(found).collect()
}

/// A refusal as it is told of.
pub fn shown(tx: &mut Tx<'_>, at: TenancyNo, kept: Kept) -> Result<Refusal, Problem> {
    let Kept { time, request_id, asked } = kept;
    let caller = Ocid::from(asked.caller);
    let row = tx.resource(at, &caller).map_err(store_problem)?;
    let compartment = asked.question.as_ref().and_then(|posed| posed.compartments.first());
    Ok(Refusal {
        request_id,
        time_refused: time,
        operation: asked.operation,
        caller_name: row.map(|row| row.name),
        caller_id: caller,
        target: asked.target,
        compartment_id: compartment.map(|id| Ocid::from(id.as_str())),
        was_refused: asked.question.is_some(),
        was_let_through: asked.was_let_through,
    })
}
