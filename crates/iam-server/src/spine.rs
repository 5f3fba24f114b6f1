//! Everything between knowing who asks and the reply, once for all operations and for the Console:
//! the target, the decision, the retry token, the handler, the audit, the commit.
//!
//! Slow work comes before the transaction, when the operation is allowed: what an operation has in
//! `Binding::before`.
//!
//! Only here is anything decided that came by network, and only here are calls made of it. What is
//! refused and what is absent come out as the same 404 at the same moments, and are both noted in
//! the audit trail.

use crate::app::{App, Shared};
use crate::authn::Caller;
use crate::bindings::{self, BINDINGS, Binding};
use crate::body;
use crate::config::Enforcement;
use crate::current::Current;
use crate::refusal;
use crate::reply::RawReply;
use crate::traces::During;
use iam_api::compartments::{ACCESS_LEVEL, ACCESSIBLE};
use iam_api::{Code, Operation, Place, Problem, Wire};
use iam_core::audit::{self, Event, Source};
use iam_core::call::{Call, Params, Principal, Reply, Scene};
use iam_core::change_password::Prepared;
use iam_core::facts::{self, About};
use iam_core::guests::{self, Guest, Law};
use iam_core::refusals::{Answer, Asked, Posed};
use iam_core::retry_tokens::RetryToken;
use iam_core::target::{self, Found};
use iam_core::{links, recovery, ui_passwords};
use iam_policy::{Allowed, Decision, Question, Rules, decide_somewhere};
use iam_store::{Lookups, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

const RETRY_TOKEN: &str = "opc-retry-token";

/// A request whose caller is known.
pub(crate) struct Request {
    pub(crate) binding: &'static Binding,
    pub(crate) caller: Caller,
    pub(crate) params: Params,
    pub(crate) body: Value,
    pub(crate) source: Source,
    /// Scheme and host that the request was sent to, for links in answers; empty in the Console.
    pub(crate) address: String,
    /// What was decided of it.
    pub(crate) decided: Decided,
}

/// What was decided of a request: a refusal is kept in a transaction of its own, since the one in
/// which it was decided is undone.
pub(crate) type Decided = Mutex<Answer>;

/// Performs an operation for a caller who is known by a session: the Console's way in.
pub async fn perform<B, R>(
    app: &Shared,
    operation: &'static Operation<B, R>,
    principal: &Arc<Principal>,
    params: Params,
    body: &B,
    source: &Source,
) -> Result<Reply<R>, Problem>
where
    B: Wire + Serialize,
    R: Wire + DeserializeOwned,
{
    let spec = &operation.spec;
    let binding = BINDINGS
        .get(&bindings::key(spec))
        .ok_or_else(|| Problem::internal(format!("{} is bound to nothing", spec.id)))?;
    let written = serde_json::to_vec(body).map_err(Problem::internal)?;
    let bytes = if written == b"null" { &[][..] } else { &written };
    let request = Request {
        binding,
        caller: Arc::clone(principal).into(),
        params,
        body: body::read(spec, bytes)?,
        source: source.clone(),
        address: String::new(),
        decided: Decided::default(),
    };
    let raw = enter(app, request).await?;
    let text = if raw.body.is_empty() { "null" } else { &raw.body };
    Ok(Reply {
        body: serde_json::from_str(text).map_err(Problem::internal)?,
        etag: raw.etag.clone(),
        made: raw.made.clone(),
        password_of: raw.password_of.clone(),
        link: raw.link.clone(),
        location: raw.location.clone(),
        next_page: raw.next_page.clone(),
        work_request: raw.work_request.clone(),
        retry_after: raw.retry_after,
    })
}

/// Performs an operation.
pub(crate) async fn enter(app: &Shared, request: Request) -> Result<RawReply, Problem> {
    let begun = Instant::now();
    if let Some(trace) = Current::trace_here() {
        trace.is_for(request.caller.principal.tenancy);
    }
    if let Err(problem) = body::check_params(request.binding.spec, &request.params) {
        request.caller.settle_alone(app).await?;
        return Err(problem);
    }
    let request = Arc::new(request);
    match answer(app, &request).await {
        Err(problem) if problem.code == Code::NotAuthorizedOrNotFound => {
            note(app, &request, true).await?;
            refusal::wait(begun).await;
            Err(problem)
        }
        answer => {
            // What was asked for is done: no failure of the note may say that it is not.
            if app.enforcement == Enforcement::Log
                && let Err(problem) = note(app, &request, false).await
            {
                tracing::error!(%problem, cause = ?problem.cause, "a refusal could not be recorded");
            }
            answer
        }
    }
}

async fn answer(app: &Shared, request: &Arc<Request>) -> Result<RawReply, Problem> {
    let (asked, ahead) = (Arc::clone(request), Arc::clone(request));
    let ahead = move |app: &App| look_ups(app, &ahead);
    if !request.binding.spec.is_noted() {
        return app.read_with(ahead, move |app, tx| run(app, tx, &asked, None)).await;
    }
    let prepared = match request.binding.before {
        None => None,
        Some(before) => match try_first(app, request).await? {
            Some(answered) => return Ok(answered),
            None => before(Arc::clone(app), Arc::clone(request)).await?,
        },
    };
    app.write_with(ahead, move |app, tx| run(app, tx, &asked, prepared.as_ref())).await
}

/// What a run will look up whoever asks: the target and the retry token.
fn look_ups(app: &App, request: &Request) -> Lookups {
    let Request { binding, caller, params, body, .. } = request;
    let (spec, principal) = (binding.spec, &*caller.principal);
    let mut ahead = Lookups::default();
    if let Some(first) = target::first(spec, principal, params, body) {
        ahead = ahead.resource(principal.tenancy, &first);
        ahead = (binding.looks_up)(ahead, principal.tenancy, &first);
    }
    if let Some(token) = retry_token(request) {
        let hash = RetryToken::hash(&app.context, principal, token);
        ahead = ahead.retry_token(principal.tenancy, &hash);
    }
    ahead
}

/// Whether the operation is allowed; the answer, where its retry token already has one.
async fn try_first(app: &Shared, request: &Arc<Request>) -> Result<Option<RawReply>, Problem> {
    let asked = Arc::clone(request);
    let look = app.read(move |app, tx| {
        Ok::<_, Problem>(match admit(app, tx, &asked)? {
            Admitted::Answered(answer) => Some(answer),
            Admitted::Allowed { .. } => None,
        })
    });
    look.await
}

/// What is known before an operation's handler is called.
enum Admitted {
    /// The retry token stands for this answer.
    Answered(RawReply),
    /// The caller may.
    Allowed {
        principal: Arc<Principal>,
        found: Box<Found>,
        proof: Allowed,
        law: Law,
        token: Option<RetryToken>,
    },
}

/// Finds what the request is about, and by which policies that is decided: in the caller's own
/// tenancy, or in another one.
fn find(
    app: &App,
    tx: &mut Tx<'_>,
    request: &Request,
    principal: Arc<Principal>,
) -> Result<Guest, Problem> {
    let Request { binding: Binding { spec, .. }, params, body, source, .. } = request;
    let id = &source.request_id;
    match target::find(tx, spec, &principal, params, body) {
        Ok(found) => {
            let law = Law::Within(app.access.policies(tx, principal.tenancy, id)?);
            Ok(Guest { principal, found, law })
        }
        Err(absent) if absent.code == Code::NotAuthorizedOrNotFound => {
            let elsewhere = guests::find(tx, &app.access, (spec, params, body), &principal, id)?;
            elsewhere.ok_or(absent)
        }
        Err(problem) => Err(problem),
    }
}

/// Settles who asks, finds the target, decides, and looks for the retry token.
fn admit(app: &App, tx: &mut Tx<'_>, request: &Request) -> Result<Admitted, Problem> {
    let (context, now) = (&app.context, app.context.now());
    request.decided(Answer::Nothing); // whatever an earlier try came to
    let principal = request.caller.settle(app, tx)?;
    let Guest { principal, found, law } = find(app, tx, request, principal)?;
    let proof = allow(app, tx, request, &principal, &found, law.rules())?;
    let token = read_retry_token(app, request, &principal)?;
    if let Some(token) = &token
        && let Some(answer) = token.answer(tx, context, &principal, now)?
    {
        let answer: RawReply = serde_json::from_slice(&answer).map_err(Problem::internal)?;
        if !is_still_true(app, tx, &principal, &found, (token, &answer))? {
            return Err(RetryToken::outdated());
        }
        return Ok(Admitted::Answered(answer));
    }
    Ok(Admitted::Allowed { principal, found: Box::new(found), proof, law, token })
}

/// Whether what a token's answer tells of is there, the password in it in use, its link open.
fn is_still_true(
    app: &App,
    tx: &mut Tx<'_>,
    principal: &Principal,
    found: &Found,
    (token, answer): (&RetryToken, &RawReply),
) -> Result<bool, Problem> {
    if let Some(link) = &answer.link
        && links::find(tx, &app.context, link, recovery::TO_A_PASSWORD)?.is_none()
    {
        return Ok(false);
    }
    if let Some(made) = &answer.made
        && !target::is_there(tx, principal, &found.id, made, token)?
    {
        return Ok(false);
    }
    match &answer.password_of {
        Some(user) => ui_passwords::is_answered(tx, principal, user, token),
        None => Ok(true),
    }
}

/// One run of an operation inside its transaction.
fn run(
    app: &App,
    tx: &mut Tx<'_>,
    request: &Request,
    prepared: Option<&Prepared>,
) -> Result<RawReply, Problem> {
    let (principal, found, proof, law, token) = match admit(app, tx, request)? {
        Admitted::Answered(answer) => return Ok(answer),
        Admitted::Allowed { principal, found, proof, law, token } => {
            (principal, *found, proof, law, token)
        }
    };
    let (Request { binding, params, body, source, address, .. }, principal) =
        (request, &*principal);
    let (spec, context, now) = (binding.spec, &app.context, app.context.now());
    let retry = token.as_ref().map(|token| token.hash.as_slice());
    let Found { resource, id, compartments, .. } = found;
    let scene = Scene {
        spec,
        context,
        principal,
        params,
        now,
        retry,
        address,
        source,
        prepared,
        target: resource,
        policies: Some(law.rules()),
    };
    let reply = (binding.run)(&mut Call::new(proof, tx, scene), body)?;
    if spec.is_noted() {
        let (at, actor) = (principal.tenancy, principal.user.as_str());
        // What was made is told of by its own name, not by the compartment that it was made in.
        let target = reply.made.as_deref().unwrap_or(id.as_str());
        let compartment = compartments.first().filter(|own| **own != principal.tenancy_id);
        let compartment = compartment.map_or("", |own| own.as_str());
        let event = Event { at, compartment, actor, name: spec.id, target };
        audit::record(tx, context, source, &event, "OK")?;
    }
    if let Some(token) = token {
        let answer =
            zeroize::Zeroizing::new(serde_json::to_vec(&reply).map_err(Problem::internal)?);
        token.keep(tx, context, principal, now, &answer)?;
    }
    Ok(reply)
}

/// Decides; answers the proof without which no call can be made.
fn allow(
    app: &App,
    tx: &mut Tx<'_>,
    request: &Request,
    principal: &Principal,
    found: &Found,
    rules: Rules<'_>,
) -> Result<Allowed, Problem> {
    let _stage = During::begin("decide");
    let (spec, now) = (request.binding.spec, app.context.now());
    let about = About {
        body: &request.body,
        target: found.resource.as_ref(),
        id: Some(&found.id),
        compartments: &found.compartments,
        ..About::anything(spec, &request.params)
    };
    let facts = facts::gather(tx, &rules.variables(), principal, now, &about)?;
    let compartments: Vec<&str> = found.compartments.iter().map(AsRef::as_ref).collect();
    let question = Question {
        owner: found.owner.as_ref().map(AsRef::as_ref),
        ..principal.question(spec.needs, &compartments, &request.source, &facts)
    };
    let mut decision = rules.decide(&question);
    // A list of what the caller may look into holds nothing else, so it is for everybody who may
    // look into anything (facts 3.4).
    if let Rules::Within(policies) = rules
        && matches!(decision, Decision::Refused(_))
        && request.binding.spec.param(ACCESS_LEVEL).is_some()
        && request.params.get(ACCESS_LEVEL).is_some_and(|is| is.eq_ignore_ascii_case(ACCESSIBLE))
    {
        let about = About::anything(spec, &request.params);
        let facts = facts::gather(tx, policies.variables(), principal, now, &about)?;
        decision = decide_somewhere(policies, &Question { facts: &facts, ..question });
    }
    match decision {
        Decision::Allowed(proof) => {
            request.decided(Answer::Allowed);
            Ok(proof)
        }
        Decision::Refused(refusal) => {
            tracing::info!(
                request = %request.source.request_id, operation = request.binding.spec.id,
                caller = %principal.user, missing = ?refusal.missing, "refused",
            );
            request.decided(Answer::Refused(Box::new(Posed::of(&question, principal))));
            match app.enforcement {
                Enforcement::Enforce => Err(Problem::not_found()),
                Enforcement::Log => Ok(refusal.let_through()),
            }
        }
    }
}

/// The request's retry token as it came. What only reads is as safe to repeat without one.
fn retry_token(request: &Request) -> Option<&str> {
    let spec = request.binding.spec;
    let token = request.params.get(RETRY_TOKEN);
    token.filter(|_| spec.param(RETRY_TOKEN).is_some() && !spec.reads())
}

/// The request's retry token, bound to operation, parameters and body.
fn read_retry_token(
    app: &App,
    request: &Request,
    principal: &Principal,
) -> Result<Option<RetryToken>, Problem> {
    let Request { binding, params, body, .. } = request;
    let Some(token) = retry_token(request) else { return Ok(None) };
    let body = body.to_string();
    let mut parts: Vec<&[u8]> =
        vec![binding.spec.id.as_bytes(), binding.spec.path.as_bytes(), body.as_bytes()];
    for (name, value) in params.iter().filter(|(name, _)| *name != RETRY_TOKEN) {
        parts.extend([name.as_bytes(), value.as_bytes()]);
    }
    RetryToken::read(&app.context, principal, token, &parts).map(Some)
}

impl Request {
    /// Notes what was decided; answers what was noted before.
    fn decided(&self, answer: Answer) -> Answer {
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *decided, answer)
    }

    /// What the request says that it is about.
    fn target(&self) -> &str {
        let mut path = self.binding.spec.params.iter().filter(|param| param.place == Place::Path);
        let in_path = path.next().and_then(|param| self.params.get(param.name));
        in_path.unwrap_or_default()
    }

    /// The same, wherever it says so.
    fn named(&self) -> String {
        let first =
            target::first(self.binding.spec, &self.caller.principal, &self.params, &self.body);
        first.map_or_else(|| self.target().to_owned(), |id| id.to_string())
    }
}

/// The refused transaction was undone, so its refusal is noted in one of its own: in the audit
/// trail, and with what was decided, to be explained. What was let through is kept alone.
async fn note(app: &Shared, request: &Arc<Request>, is_refused: bool) -> Result<(), Problem> {
    let (request, answer) = (Arc::clone(request), request.decided(Answer::Nothing));
    if !is_refused && !matches!(answer, Answer::Refused(_)) {
        return Ok(());
    }
    app.write(move |app, tx| {
        let Request { binding, caller, source, .. } = &*request;
        let (context, principal) = (&app.context, &caller.principal);
        let (at, actor, name) = (principal.tenancy, principal.user.as_str(), binding.spec.id);
        if is_refused {
            let target: String = request.target().chars().take(128).collect();
            let event = Event { at, compartment: "", actor, name, target: &target };
            audit::record(tx, context, source, &event, "NotAuthorizedOrNotFound")?;
        }
        let asked = Asked::new(name, &principal.user, &request.named(), answer.clone());
        // One that was let through and is here all the same, the operation did not find.
        let was_let_through = asked.question.is_some() && app.enforcement == Enforcement::Log;
        let asked = Asked { was_let_through, ..asked };
        asked.keep(tx, at, context.now(), &source.request_id)
    })
    .await
}
