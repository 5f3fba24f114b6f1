//! A question about a world: who asks for what, where, and when; and its answer, which is what a
//! server would decide, with why.

use super::world::{Index, World};
use crate::failure::Failure;
use iam_api::operation::MANAGE_ALL_RESOURCES;
use iam_api::{Code, OPERATIONS, Ocid, Problem, Spec, Target, Timestamp};
use iam_core::access::{self, Access};
use iam_core::audit::Source;
use iam_core::call::{Params, Principal};
use iam_core::explanations::Said;
use iam_core::facts::{self, About};
use iam_core::target::{self, Found};
use iam_policy::{
    Decision, Explanation, Grounds, Question, Resource, Variable, VariableName, Verb, decide,
    explain, nearest, unknown,
};
use iam_store::Tx;
use serde_json::{Value, json};
use std::net::IpAddr;

/// The name of the parameter by which a place is found that nothing else is acted on in.
const PLACE: &str = "compartmentId";

/// Who asks.
pub(super) struct Who {
    /// As a sentence begins with them.
    shown: String,
    user: Ocid,
    /// Groups that they are in besides their own.
    groups: Vec<String>,
}

impl Who {
    /// A user, by name or OCID, as if they were in these groups too; without one, somebody who is
    /// in these groups.
    pub(super) fn named(
        index: &Index,
        user: Option<&str>,
        groups: &[String],
    ) -> Result<Self, Failure> {
        let ids: Result<Vec<String>, Failure> =
            groups.iter().map(|name| Ok(index.group(name)?.to_string())).collect();
        let (shown, user) = match user {
            Some(name) if groups.is_empty() => (name.to_owned(), index.user(name)?),
            Some(name) => (format!("{name}, in {},", groups.join(" and ")), index.user(name)?),
            None if groups.is_empty() => ("who is in no group".to_owned(), somebody()),
            None => (format!("who is in {}", groups.join(" and ")), somebody()),
        };
        Ok(Self { shown, user, groups: ids? })
    }
}

/// A user of whom nothing more is known.
fn somebody() -> Ocid {
    Ocid::from("ocid1.user.oc1..somebody")
}

/// What is asked for.
pub(super) enum What {
    /// All permissions of a verb on a resource type.
    Permissions { shown: String, needs: Vec<&'static str> },
    /// What an operation needs.
    Operation(&'static Spec),
}

impl What {
    /// What a verb grants on resources.
    pub(super) fn permissions(verb: &str, resource: &str) -> Result<Self, Failure> {
        let unknown = |what: &str, word: &str, near: Option<&str>| {
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Failure::new(format!("unknown {what} `{}`{hint}", word.escape_debug()))
        };
        let verbs = Verb::ALL.map(Verb::name);
        let found = Verb::named(verb).ok_or_else(|| unknown("verb", verb, nearest(verb, verbs)));
        let verb = found?;
        let of = Resource::named(resource).ok_or_else(|| {
            unknown("resource type", resource, nearest(resource, Resource::names()))
        })?;
        let shown = format!("{} {}", verb.name(), of.name());
        let needs = match (verb, of) {
            (Verb::Manage, Resource::All) => vec![MANAGE_ALL_RESOURCES],
            _ => of.grants(verb).names().collect(),
        };
        if needs.is_empty() {
            let message = format!("`{shown}` grants nothing; ask for a stronger verb");
            return Err(Failure::new(message));
        }
        Ok(Self::Permissions { shown, needs })
    }

    /// What an operation needs, by its name or the words of its command.
    pub(super) fn operation(name: &str) -> Result<Self, Failure> {
        let words: Vec<&str> = name.split_whitespace().collect();
        let words = words.strip_prefix(&["oci"]).unwrap_or(&words).join(" ");
        let same = |own: &str| !own.is_empty() && own.eq_ignore_ascii_case(&words);
        let is_it = |spec: &&&Spec| {
            let short = spec.command.split_once(' ').map_or("", |(_, rest)| rest);
            same(spec.id) || same(spec.command) || same(short)
        };
        if let Some(spec) = OPERATIONS.iter().find(is_it) {
            return Ok(Self::Operation(spec));
        }
        let known = OPERATIONS.iter().flat_map(|spec| [spec.id, spec.command]);
        let hint = nearest(&words, known.filter(|name| !name.is_empty()));
        let hint = hint.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(Failure::new(format!("there is no operation `{}`{hint}", name.escape_debug())))
    }

    fn shown(&self) -> &str {
        match self {
            Self::Permissions { shown, .. } => shown,
            Self::Operation(spec) => spec.id,
        }
    }
}

/// A question.
pub(super) struct Asked {
    pub(super) who: Who,
    pub(super) what: What,
    /// The compartment; nothing, where the target says it.
    pub(super) place: Option<Ocid>,
    /// The resource that is acted on.
    pub(super) target: Option<Ocid>,
    pub(super) at: Timestamp,
    pub(super) from: Option<IpAddr>,
    /// Whether a code of a device was shown; nothing, where that is not known.
    pub(super) mfa: Option<bool>,
}

/// What is answered.
pub(super) struct Answer {
    pub(super) is_allowed: bool,
    /// The answer in a sentence.
    pub(super) sentence: String,
    explanation: Explanation,
    /// What else there is to know.
    notes: Vec<String>,
    unknown: Vec<Variable>,
}

/// A question as the evaluator takes it.
struct Posed<'a> {
    spec: &'a Spec,
    needs: &'a [&'static str],
    params: Params,
    body: Value,
    found: Found,
}

impl World {
    /// Answers a question.
    pub(super) fn ask(&self, asked: &Asked) -> Result<Answer, Failure> {
        self.store.read(|tx| self.ask_in(tx, asked))?
    }

    fn ask_in(&self, tx: &mut Tx<'_>, asked: &Asked) -> Result<Answer, Failure> {
        let user = asked.who.user.clone();
        let mut principal = access::principal(tx, self.at, self.root.clone(), user)?;
        principal.second_factor = asked.mfa;
        for group in &asked.who.groups {
            if !principal.groups.contains(group) {
                principal.groups.push(group.clone());
            }
        }
        let blank = Spec { target: Target::Query(PLACE), ..Spec::BLANK };
        let (spec, needs) = match &asked.what {
            What::Operation(spec) => (*spec, spec.needs),
            What::Permissions { needs, .. } => (&blank, needs.as_slice()),
        };
        let posed = self.pose(tx, &principal, asked, (spec, needs))?;
        let policies = Access::default().policies(tx, self.at, "")?;
        let about = About {
            body: &posed.body,
            target: posed.found.resource.as_ref(),
            id: Some(&posed.found.id),
            compartments: &posed.found.compartments,
            ..About::anything(posed.spec, &posed.params)
        };
        let facts = facts::gather(tx, policies.variables(), &principal, asked.at, &about)?;
        let path: Vec<&str> = posed.found.compartments.iter().map(AsRef::as_ref).collect();
        let address = asked.from.map(|address| address.to_string()).unwrap_or_default();
        let source = Source { address, ..Source::default() };
        let question = Question {
            owner: posed.found.owner.as_ref().map(AsRef::as_ref),
            ..principal.question(posed.needs, &path, &source, &facts)
        };
        let is_allowed = matches!(decide(&policies, &question), Decision::Allowed(_));
        let said = Said::read(tx, self.at, &self.root)?;
        let name_of = |id: &str| self.index.name_of(id);
        let grounds = Grounds {
            statements: &said.statements,
            network_sources: &said.network_sources,
            exempt: said.exempt.as_deref(),
            name_of: &name_of,
        };
        let explanation = explain(&grounds, &question);
        let unknown = unknown(&grounds, &question);
        self.answer(asked, is_allowed, &posed.found, explanation, unknown)
    }

    /// Finds what is acted on, as a server does for a request that names it.
    fn pose<'a>(
        &self,
        tx: &mut Tx<'_>,
        principal: &Principal,
        asked: &Asked,
        (spec, needs): (&'a Spec, &'a [&'static str]),
    ) -> Result<Posed<'a>, Failure> {
        let (mut params, mut body, mut finding) = (Params::default(), Value::Null, *spec);
        let place = asked.place.as_ref().unwrap_or(&self.root);
        match (&asked.target, spec.target) {
            (Some(id), Target::Path(name) | Target::User(name)) => params.set(name, id.as_str()),
            (Some(id), Target::Body(name)) if name != PLACE => body = json!({ name: id }),
            (Some(id), Target::TagsInBody(name)) => body = json!({ name: [id] }),
            (Some(id), Target::Between(name, other)) => {
                params.set(name, id.as_str());
                body = json!({ other: place });
            }
            (Some(_), _) => {
                return Err(Failure::new(format!(
                    "`{}` acts on no resource that could be named: leave --target out, and give \
                     --in",
                    asked.what.shown()
                )));
            }
            (None, Target::Caller | Target::Tenancy) => {}
            (None, _) => {
                finding.target = Target::Query(PLACE);
                params.set(PLACE, place.as_str());
            }
        }
        let found = target::find(tx, &finding, principal, &params, &body);
        let found = found.map_err(|problem| match (problem.code, &asked.target) {
            (Code::NotAuthorizedOrNotFound, Some(id)) => Failure::new(format!(
                "there is nothing here with the OCID `{id}` that `{}` acts on",
                asked.what.shown()
            )),
            _ => Failure::from(problem),
        })?;
        if let (Some(_), Some(place)) = (&asked.target, &asked.place)
            && !found.compartments.contains(place)
            && !matches!(spec.target, Target::Between(..))
        {
            let shown = self.index.shown(place.as_str());
            let message = format!("the target is not in {shown}: leave --in out, or give another");
            return Err(Failure::new(message));
        }
        Ok(Posed { spec, needs, params, body, found })
    }

    fn answer(
        &self,
        asked: &Asked,
        is_allowed: bool,
        found: &Found,
        mut explanation: Explanation,
        unknown: Vec<Variable>,
    ) -> Result<Answer, Failure> {
        let mut notes = Vec::new();
        match (is_allowed, explanation.is_allowed) {
            (false, true) => notes.push(
                "A policy above the target cannot be read. It might deny anything, so all is \
                 denied there."
                    .to_owned(),
            ),
            (true, false) => {
                let cause = "the decision and its explanation differ; please report this";
                return Err(Failure::from(Problem::internal(cause)));
            }
            _ => {}
        }
        let place = found.compartments.first().map_or(self.root.as_str(), |id| id.as_str());
        let shown = self.index.shown(place);
        for proposal in &mut explanation.proposals {
            *proposal = proposal.replace(&format!("compartment id {place}"), &shown);
        }
        let may = if is_allowed { "may" } else { "may not" };
        let acted_on = match &asked.target {
            Some(id) => match self.index.name_of(id.as_str()) {
                Some(name) => format!(" on `{name}`"),
                None => format!(" on `{id}`"),
            },
            None => String::new(),
        };
        let (who, what) = (&asked.who.shown, asked.what.shown());
        let sentence = format!("{who} {may} {what}{acted_on} in {shown}");
        Ok(Answer { is_allowed, sentence, explanation, notes, unknown })
    }
}

impl Answer {
    /// Why, for people.
    pub(super) fn why(&self) -> String {
        let mut text = match self.notes.is_empty() {
            true => self.explanation.to_string(),
            false => format!("{}\n", self.notes.join("\n")),
        };
        if !self.unknown.is_empty() {
            text.push_str("\nNot known, though a condition asks for it\n");
        }
        for variable in &self.unknown {
            let hint = hint(variable.name()).map(|hint| format!(" ({hint})")).unwrap_or_default();
            text.push_str(&format!("  {variable}: {}{hint}\n", variable.name().row().doc));
        }
        text
    }

    /// All of it, for programs.
    pub(super) fn json(&self) -> Value {
        json!({
            "allowed": self.is_allowed,
            "answer": self.sentence,
            "explanation": self.explanation,
            "notes": self.notes,
            "unknown": self.unknown,
        })
    }
}

/// How a variable can be made known.
fn hint(name: VariableName) -> Option<&'static str> {
    let row = name.row().name;
    match name {
        VariableName::NetworkSource => Some("--from says it"),
        VariableName::MfaTotpVerified => Some("--mfa says it"),
        VariableName::Operation => Some("--operation says it"),
        _ if row.starts_with("target.") => Some("--operation with --target may say it"),
        _ => None,
    }
}
