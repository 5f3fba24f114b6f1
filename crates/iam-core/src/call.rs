//! One call of an operation: what its handler gets, and what it answers.
//!
//! A [`Call`] can be made only from an [`Allowed`], and only `iam_policy::decide` makes one: a
//! handler cannot run without the proof that its caller may do this.

use crate::audit::Source;
use crate::change_password::Prepared;
use crate::context::Context;
use crate::facts::{self, About};
use iam_api::{Code, Ocid, Problem, Secret, Spec, Timestamp};
use iam_policy::{Allowed, Decision, Facts, Rules};
use iam_store::{Resource, ResourceKind, StoreError, TenancyNo, Tx};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who asks.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The number of the tenancy.
    pub tenancy: TenancyNo,
    /// The OCID of the tenancy.
    pub tenancy_id: Ocid,
    /// The OCID of the user.
    pub user: Ocid,
    /// The OCIDs of the user's groups; of a resource, those of its dynamic groups.
    pub groups: Vec<String>,
    /// Whether the tenancy has identity domains: then they own its users.
    pub has_domain: bool,
    /// Whether a code of a device was shown when the session began; none where there is no session
    /// that would know.
    pub second_factor: Option<bool>,
    /// The OCID of the compartment that it is in; none of users, of whom their rows say it.
    pub compartment: Option<Ocid>,
    /// Who this is in their own tenancy, where the request crosses into another: all but the user
    /// and the groups is the other one's then.
    pub at_home: Option<Arc<Self>>,
}

impl Principal {
    /// Who this is in their own tenancy.
    #[must_use]
    pub fn home(&self) -> &Self {
        self.at_home.as_deref().unwrap_or(self)
    }
}

/// The parameters of a request by their names on the wire: path, query and headers.
#[derive(Clone, Debug, Default)]
pub struct Params(BTreeMap<&'static str, String>);

impl Params {
    /// The parameter's value, if it was given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets a parameter.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(name, value.into());
    }

    /// The same parameters with that one set.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Every parameter, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// One call of an operation, inside its transaction.
pub struct Call<'a, 't> {
    /// The transaction.
    pub tx: &'a mut Tx<'t>,
    /// Clock, randomness, the server's key, limits.
    pub context: &'a Context,
    /// Who asks.
    pub principal: &'a Principal,
    /// The parameters of the request.
    pub params: &'a Params,
    /// When the request arrived.
    pub now: Timestamp,
    /// The hash of the request's retry token, if it has one.
    pub retry: Option<&'a [u8]>,
    /// Scheme and host that the request was sent to, for links in answers; empty in the Console.
    pub address: &'a str,
    /// Where the request came from.
    pub source: &'a Source,
    spec: &'a Spec,
    prepared: Option<&'a Prepared>,
    target: Option<Resource>,
    policies: Option<Rules<'a>>,
}

/// What a call is made from besides the proof.
pub struct Scene<'a> {
    /// The operation.
    pub spec: &'a Spec,
    /// Clock, randomness, the server's key, limits.
    pub context: &'a Context,
    /// Who asks.
    pub principal: &'a Principal,
    /// The parameters of the request.
    pub params: &'a Params,
    /// When the request arrived.
    pub now: Timestamp,
    /// The hash of the request's retry token, if it has one.
    pub retry: Option<&'a [u8]>,
    /// Scheme and host that the request was sent to, for links in answers; empty in the Console.
    pub address: &'a str,
    /// Where the request came from.
    pub source: &'a Source,
    /// The new password that was hashed before, for operations that set one.
    pub prepared: Option<&'a Prepared>,
    /// The resource that the operation acts on, where it was looked up to decide.
    pub target: Option<Resource>,
    /// The policies that decide; none for an operator, to whom they do not apply.
    pub policies: Option<Rules<'a>>,
}

impl<'a, 't> Call<'a, 't> {
    /// Makes a call of what was allowed.
    pub fn new(_proof: Allowed, tx: &'a mut Tx<'t>, scene: Scene<'a>) -> Self {
        let Scene { context, principal, params, now, retry, address, .. } = scene;
        let Scene { spec, source, prepared, target, policies, .. } = scene;
        Self {
            tx,
            context,
            principal,
            params,
            now,
            retry,
            address,
            source,
            spec,
            prepared,
            target,
            policies,
        }
    }

    /// Whether the caller is granted anything on what is in these compartments, from its own up to
    /// the root. `facts` are those of [`facts_of_caller`](Self::facts_of_caller).
    #[must_use]
    pub fn may_look_into(&self, compartments: &[&str], facts: &Facts) -> bool {
        let Some(policies) = self.policies else { return true };
        let question = self.principal.question(&[], compartments, self.source, facts);
        policies.is_granted_something(&question)
    }

    /// What conditions look at, as far as it is known whatever is acted on.
    pub fn facts_of_caller(&mut self) -> Result<Facts, Problem> {
        let Some(policies) = self.policies else { return Ok(Facts::default()) };
        let about = About::anything(self.spec, self.params);
        facts::gather(self.tx, &policies.variables(), self.principal, self.now, &about)
    }

    /// Whether the caller also has that permission for that resource, in the first of the
    /// compartments on this path to the root: for what an operation needs elsewhere than on its
    /// target.
    pub fn may(
        &mut self,
        permission: &'static str,
        path: &[Ocid],
        resource: &Resource,
    ) -> Result<bool, Problem> {
        let Some(policies) = self.policies else { return Ok(false) };
        let compartments: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
        let about = About {
            target: Some(resource),
            compartments: path,
            ..About::anything(self.spec, self.params)
        };
        let wanted = policies.variables();
        let facts = facts::gather(self.tx, &wanted, self.principal, self.now, &about)?;
        let needs = [permission];
        let question = self.principal.question(&needs, &compartments, self.source, &facts);
        Ok(matches!(policies.decide(&question), Decision::Allowed(_)))
    }

    /// The new password that was hashed before this transaction, if the request has one.
    #[must_use]
    pub fn new_password(&self) -> Option<&'a Prepared> {
        self.prepared
    }

    /// The new password that was hashed before this transaction.
    pub fn prepared(&self) -> Result<&'a Prepared, Problem> {
        self.prepared.ok_or_else(|| Problem::internal("no password was prepared"))
    }

    /// The resource that the operation acts on.
    pub fn target(&mut self) -> Result<Resource, Problem> {
        self.target.take().ok_or_else(|| Problem::internal("the target was not looked up"))
    }

    /// The same, left in place.
    pub fn seen_target(&self) -> Result<&Resource, Problem> {
        self.target.as_ref().ok_or_else(|| Problem::internal("the target was not looked up"))
    }

    /// The number of the caller's tenancy.
    #[must_use]
    pub fn at(&self) -> TenancyNo {
        self.principal.tenancy
    }

    /// A segment of the path.
    pub fn path(&self, name: &str) -> Result<&'a str, Problem> {
        self.params.get(name).ok_or_else(|| Problem::internal("a path has lost a segment"))
    }

    /// A new OCID of that kind.
    #[must_use]
    pub fn new_id(&self, kind: &str) -> Ocid {
        Ocid::new(kind, &self.context.random())
    }

    /// The resource of that kind and OCID; absent and of another kind are one.
    pub fn resource(&mut self, kind: ResourceKind, id: &Ocid) -> Result<Resource, Problem> {
        let found = self.tx.resource(self.principal.tenancy, id).map_err(store_problem)?;
        found.filter(|resource| resource.kind == kind).ok_or_else(Problem::not_found)
    }

    /// Refuses where the caller's `if-match` is not the etag that the resource has.
    pub fn if_match(&self, id: &str, etag: &str) -> Result<(), Problem> {
        match self.params.get("if-match") {
            None | Some("*") => Ok(()),
            Some(seen) if seen.trim_matches('"') == etag => Ok(()),
            Some(_) => Err(Problem::new(
                Code::NoEtagMatch,
                format!("The entity {id} has been modified. Etag is outdated."),
            )),
        }
    }

    /// Refuses what belongs to the tenancy but names another compartment.
    pub fn must_be_tenancy(&self, what: &str, compartment: &Ocid) -> Result<(), Problem> {
        if *compartment == self.principal.tenancy_id {
            return Ok(());
        }
        Err(Problem::invalid(format!(
            "{what} belong to the tenancy; give its OCID as compartmentId, not `{compartment}`"
        )))
    }
}

/// What a handler answers.
pub struct Reply<R> {
    /// The model.
    pub body: R,
    /// The resource's etag.
    pub etag: Option<String>,
    /// What was created: its OCID, or the fingerprint of a key.
    pub made: Option<String>,
    /// The user whose one-time password the body holds.
    pub password_of: Option<Ocid>,
    /// The token of a link to a password, where the body holds one: with the link, the answer ends.
    pub link: Option<Secret>,
    /// The path of what was created.
    pub location: Option<String>,
    /// Where the next page begins.
    pub next_page: Option<String>,
    /// The OCID of the work request that goes on with what was asked for.
    pub work_request: Option<String>,
    /// After how many seconds it is worth asking again.
    pub retry_after: Option<i64>,
}

impl<R> Reply<R> {
    /// A reply with nothing but a body.
    pub const fn of(body: R) -> Self {
        Self {
            body,
            etag: None,
            made: None,
            password_of: None,
            link: None,
            location: None,
            next_page: None,
            work_request: None,
            retry_after: None,
        }
    }

    /// The same with an etag.
    #[must_use]
    pub fn etag(self, etag: impl Into<String>) -> Self {
        Self { etag: Some(etag.into()), ..self }
    }

    /// The same with the name of what was created, by which it is found again.
    #[must_use]
    pub fn made(self, name: impl Into<String>) -> Self {
        Self { made: Some(name.into()), ..self }
    }

    /// The same with a one-time password of that user in its body: with the password, the answer
    /// ends.
    #[must_use]
    pub fn password_of(self, user: &Ocid) -> Self {
        Self { password_of: Some(user.clone()), ..self }
    }

    /// The same with the path of what was created.
    #[must_use]
    pub fn location(self, path: String) -> Self {
        Self { location: Some(path), ..self }
    }

    /// The same with the work request that goes on with what was asked for.
    #[must_use]
    pub fn work_request(self, id: &Ocid) -> Self {
        Self { work_request: Some(id.to_string()), ..self }
    }

    /// The same with how long to wait before asking again, if that is worth it.
    #[must_use]
    pub fn retry_after(self, seconds: Option<i64>) -> Self {
        Self { retry_after: seconds, ..self }
    }

    /// The same with the place where the next page begins.
    #[must_use]
    pub fn next_page(self, token: Option<String>) -> Self {
        Self { next_page: token, ..self }
    }
}

/// What a failure of the store is to the caller.
#[must_use]
pub fn store_problem(cause: StoreError) -> Problem {
    match cause {
        StoreError::Busy => Problem::new(
            Code::TooManyRequests,
            "Too many changes are waiting. Wait a moment and try again.",
        ),
        cause @ (StoreError::Away(_) | StoreError::Conflict) => Problem {
            cause: Some(Box::new(cause)),
            ..Problem::new(
                Code::ServiceUnavailable,
                "The database cannot be reached at the moment. Try again; with the same \
                 opc-retry-token, nothing is done twice.",
            )
        },
        cause => Problem::internal(cause),
    }
}
