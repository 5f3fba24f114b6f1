//! Policies: statements kept as they were written, with their compiled form beside them.

use crate::call::{Call, Reply, store_problem};
use crate::deny;
use crate::fields::{check_description, check_name};
use crate::kept::{self, Model, limit_exceeded, must_have_room};
use crate::tagging;
use crate::tree::{self, Tree};
use iam_api::policies::{CREATE_POLICY, CreatePolicyDetails, Policy, UpdatePolicyDetails};
use iam_api::{Code, LifecycleState, Ocid, PolicyDate, Problem};
use iam_policy::{
    Compiled, Definable, Definitions, GroupName, Names, PolicyError, Statement, fold,
};
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::HashMap;

/// The policy that every tenancy has: it can be neither changed nor deleted.
pub const TENANT_ADMIN_POLICY: &str = "Tenant Admin Policy";

/// The limit on the statements along one way from the root to a leaf.
pub(crate) const STATEMENTS_PER_PATH: &str = "statements-per-compartment-path-count";

/// Creates a policy.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreatePolicyDetails,
) -> Result<Reply<Policy>, Problem> {
    check_name("policy name", &details.name, " .-_")?;
    check_description(&details.description)?;
    let version_date = check_date(details.version_date)?;
    let (at, limit) = (call.at(), call.context.limits.policies);
    must_have_room(call.tx, at, Policy::KIND, (limit, "policy-count"))?;
    let compiled = compile(call, &details.compartment_id, &details.statements, None)?;
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let policy = Policy {
        id: call.new_id("policy"),
        compartment_id: details.compartment_id,
        name: details.name,
        statements: details.statements,
        description: details.description,
        time_created: call.now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        version_date,
        freeform_tags,
        defined_tags,
    };
    let resource = resource(&policy, &compiled, call.context.etag())?;
    call.add(&CREATE_POLICY.spec, resource, policy, |policy| {
        let message = format!("Policy '{}' already exists", policy.name);
        Problem::new(Code::PolicyAlreadyExists, message)
    })
}

/// Shows a policy.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Policy>, Problem> {
    call.show()
}

/// Lists the policies attached to a compartment.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<Policy>>, Problem> {
    let compartment = Ocid::from(call.params.get("compartmentId").unwrap_or_default());
    call.list_in(&compartment)
}

/// Changes a policy's statements, description, version date or tags.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdatePolicyDetails,
) -> Result<Reply<Policy>, Problem> {
    let (mut resource, mut policy): (_, Policy) = call.target_with_model()?;
    must_be_changeable(&resource)?;
    if let Some(description) = details.description {
        check_description(&description)?;
        policy.description = description;
    }
    if details.version_date.is_some() {
        policy.version_date = check_date(details.version_date)?;
    }
    tagging::change(
        call,
        (&mut policy.freeform_tags, details.freeform_tags),
        (&mut policy.defined_tags, details.defined_tags),
    )?;
    if let Some(statements) = details.statements {
        let compiled = compile(call, &policy.compartment_id, &statements, Some(&policy.id))?;
        resource.compiled = Some(serde_json::to_string(&compiled).map_err(Problem::internal)?);
        policy.statements = statements;
    }
    call.keep(resource, policy)
}

/// Deletes a policy.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (resource, at) = (call.target_as_seen()?, call.at());
    erase(call.tx, at, &resource)?;
    Ok(Reply::of(()))
}

/// Deletes a policy, if it may be.
pub(crate) fn erase(tx: &mut Tx<'_>, at: TenancyNo, policy: &Resource) -> Result<(), Problem> {
    must_be_changeable(policy)?;
    tx.delete(at, &policy.id).map_err(store_problem)?;
    tx.revise().map_err(store_problem)
}

/// A policy's statements as they decide: nothing stands for one that came from another tenancy and
/// is refused here. It grants nothing.
pub(crate) type Decided = Vec<Option<Compiled>>;

/// A statement as it is kept, or what is wrong with it.
pub type Bound = Result<Compiled, PolicyError>;

/// Whether what is said is that something is denied.
pub(crate) fn denies(statement: &str) -> bool {
    first_word(statement).eq_ignore_ascii_case("deny")
}

/// Whether a policy has a refused statement that could deny: all but those that surely give.
pub(crate) fn may_deny_unread(policy: &Policy, decided: &Decided) -> bool {
    let gives = |text: &str| {
        let word = first_word(text);
        ["allow", "endorse", "admit", "define"].iter().any(|gives| word.eq_ignore_ascii_case(gives))
    };
    let mut unread = policy.statements.iter().zip(decided).filter(|(_, bound)| bound.is_none());
    decided.len() != policy.statements.len() || unread.any(|(text, _)| !gives(text))
}

fn first_word(statement: &str) -> &str {
    statement.split_whitespace().next().unwrap_or_default()
}

/// A policy as it is stored.
pub(crate) fn resource(
    policy: &Policy,
    compiled: &[impl Serialize],
    etag: String,
) -> Result<Resource, Problem> {
    let compiled = serde_json::to_string(compiled).map_err(Problem::internal)?;
    Ok(Resource { compiled: Some(compiled), ..kept::resource(policy, etag)? })
}

/// Refuses the policy that every tenancy has.
pub(crate) fn must_be_changeable(policy: &Resource) -> Result<(), Problem> {
    if policy.name != TENANT_ADMIN_POLICY {
        return Ok(());
    }
    Err(Problem::new(
        Code::Conflict,
        format!("policy `{TENANT_ADMIN_POLICY}` can be neither changed nor deleted"),
    ))
}

/// An empty date and none at all are the same: the present definitions count.
fn check_date(date: Option<PolicyDate>) -> Result<Option<PolicyDate>, Problem> {
    match date {
        Some(date) if !date.is_valid() => Err(Problem::invalid(format!(
            "versionDate `{}` is not a day; give YYYY-MM-DD",
            date.as_str().escape_debug()
        ))),
        date => Ok(date.filter(|date| !date.as_str().is_empty())),
    }
}

/// How many statements are attached to each compartment, those of one policy left out.
pub(crate) fn weights(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    without: Option<&Ocid>,
) -> Result<HashMap<Ocid, usize>, Problem> {
    let mut weights = HashMap::new();
    let policies = tx.policies(at).map_err(store_problem)?;
    for row in policies.into_iter().filter(|row| Some(&row.id) != without) {
        let policy: Policy = row.model().map_err(store_problem)?;
        *weights.entry(row.parent).or_default() += policy.statements.len();
    }
    Ok(weights)
}

/// Compiles the statements where they are attached; `without` is the policy that they replace.
fn compile(
    call: &mut Call<'_, '_>,
    attached_to: &Ocid,
    statements: &[String],
    without: Option<&Ocid>,
) -> Result<Vec<Compiled>, Problem> {
    let (at, limits) = (call.at(), call.context.limits);
    let max = limits.statements_per_policy;
    if statements.is_empty() || statements.len() > max {
        return Err(Problem::invalid(format!(
            "statements must have 1 to {max} items, and has {}",
            statements.len()
        )));
    }
    let mut weights = weights(call.tx, at, without)?;
    *weights.entry(attached_to.clone()).or_default() += statements.len();
    if Tree::read(call.tx, at)?.heaviest(attached_to, &weights) > limits.statements_per_path {
        return Err(limit_exceeded(STATEMENTS_PER_PATH));
    }
    let root = &call.principal.tenancy_id;
    let bound = bind(call.tx, at, root, attached_to, statements)?;
    let bound = bound.into_iter().zip(statements).enumerate();
    bound
        .map(|(index, (bound, text))| bound.map_err(|cause| refusal(&cause, index + 1, text)))
        .collect()
}

/// Each statement of a policy that is attached there as it is kept, or what is wrong with it.
///
/// # Errors
///
/// Where the store fails.
pub fn bind(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    tenancy: &Ocid,
    attached_to: &Ocid,
    texts: &[impl AsRef<str>],
) -> Result<Vec<Bound>, Problem> {
    let parsed: Vec<_> = texts.iter().map(|text| iam_policy::parse(text.as_ref())).collect();
    let names = TxNames::new(tx, at, tenancy, attached_to, parsed.iter().flatten());
    let bind = |parsed: &Result<Statement, PolicyError>| {
        let parsed = parsed.as_ref().map_err(Clone::clone);
        parsed.and_then(|parsed| iam_policy::compile(parsed, &names))
    };
    let bound = parsed.iter().map(bind).collect();
    names.failed.take().map_or(Ok(bound), Err)
}

/// The same of statements that were parsed.
///
/// # Errors
///
/// Where the store fails.
pub fn bind_statements(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    tenancy: &Ocid,
    attached_to: &Ocid,
    statements: &[&Statement],
) -> Result<Vec<Bound>, Problem> {
    let names = TxNames::new(tx, at, tenancy, attached_to, statements.iter().copied());
    let bound = statements.iter().map(|statement| iam_policy::compile(statement, &names));
    let bound = bound.collect();
    names.failed.take().map_or(Ok(bound), Err)
}

/// Why a statement is refused, and where: OCI's text where it is known, then the place. A message
/// is one string of JSON, in which a picture of several lines would be none.
fn refusal(cause: &PolicyError, number: usize, statement: &str) -> Problem {
    let before = statement.get(..cause.span().start).unwrap_or(statement);
    let (column, marked) = (before.chars().count() + 1, cause.mark(statement));
    Problem::invalid(format!("{cause} (statement {number}, character {column}: {marked})"))
}

/// What names mean in the transaction. A failure of the store cannot travel through the policy
/// language, so it is put aside and found afterwards.
struct TxNames<'a, 't> {
    tx: RefCell<&'a mut Tx<'t>>,
    at: TenancyNo,
    tenancy: Ocid,
    attached_to: Ocid,
    defined: Definitions,
    failed: RefCell<Option<Problem>>,
}

impl<'a, 't> TxNames<'a, 't> {
    /// Names in these statements, which are those of one policy.
    fn new<'s>(
        tx: &'a mut Tx<'t>,
        at: TenancyNo,
        tenancy: &Ocid,
        attached_to: &Ocid,
        statements: impl IntoIterator<Item = &'s Statement>,
    ) -> Self {
        let (tx, failed) = (RefCell::new(tx), RefCell::new(None));
        let (tenancy, attached_to) = (tenancy.clone(), attached_to.clone());
        Self { tx, at, tenancy, attached_to, defined: Definitions::of(statements), failed }
    }

    fn ask<T>(&self, ask: impl FnOnce(&mut Tx<'_>) -> Result<Option<T>, Problem>) -> Option<T> {
        ask(&mut self.tx.borrow_mut()).unwrap_or_else(|problem| {
            self.failed.replace(Some(problem));
            None
        })
    }

    fn named(&self, kind: ResourceKind, parent: &Ocid, name: &str) -> Option<Resource> {
        self.ask(|tx| {
            tx.resource_by_name(self.at, kind, parent, &fold(name)).map_err(store_problem)
        })
    }

    /// The OCID of a group or dynamic group: those of the Default domain are in the tenancy, those
    /// of another one in it (docs/decisions/0025).
    fn grouped(&self, kind: ResourceKind, name: &GroupName) -> Option<String> {
        let home = match &name.domain {
            None => self.tenancy.clone(),
            Some(domain) => self.named(ResourceKind::Domain, &self.tenancy, domain)?.id,
        };
        self.named(kind, &home, &name.name).map(|group| group.id.to_string())
    }

    fn exists(&self, kind: ResourceKind, ocid: &str) -> bool {
        self.ask(|tx| tx.resource(self.at, &Ocid::from(ocid)).map_err(store_problem))
            .is_some_and(|found| found.kind == kind)
    }
}

impl Names for TxNames<'_, '_> {
    fn group(&self, name: &GroupName) -> Option<String> {
        self.grouped(ResourceKind::Group, name)
    }

    fn group_exists(&self, ocid: &str) -> bool {
        self.exists(ResourceKind::Group, ocid)
    }

    fn dynamic_group(&self, name: &GroupName) -> Option<String> {
        self.grouped(ResourceKind::DynamicGroup, name)
    }

    fn dynamic_group_exists(&self, ocid: &str) -> bool {
        self.exists(ResourceKind::DynamicGroup, ocid)
    }

    fn compartment(&self, path: &[&str]) -> Option<String> {
        let (first, deeper) = path.split_first()?;
        let here = self.ask(|tx| tx.resource(self.at, &self.attached_to).map_err(store_problem))?;
        let mut found = if here.folded == fold(first) {
            here
        } else {
            self.named(ResourceKind::Compartment, &self.attached_to, first)?
        };
        for name in deeper {
            found = self.named(ResourceKind::Compartment, &found.id, name)?;
        }
        Some(found.id.to_string())
    }

    fn compartment_in_subtree(&self, ocid: &str) -> bool {
        self.ask(|tx| tree::path_to_root(tx, self.at, &Ocid::from(ocid)))
            .is_some_and(|path| path.contains(&self.attached_to))
    }

    fn attached_to(&self) -> &str {
        self.attached_to.as_str()
    }

    fn tenancy(&self) -> &str {
        self.tenancy.as_str()
    }

    fn defined(&self, kind: Definable, name: &str) -> Option<String> {
        self.defined.get(kind, name).map(str::to_owned)
    }

    fn may_deny(&self) -> bool {
        self.ask(|tx| deny::is_enabled(tx, self.at).map(Some)).unwrap_or_default()
    }
}
