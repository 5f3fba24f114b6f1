//! Facts: what the conditions of policies look at, gathered before a question is decided.
//!
//! The one idea: only what some condition of the tenancy looks at is looked up, so policies without
//! conditions cost nothing here. All of it is the server's own knowledge: who asks by session or
//! key, rows of the store, the clock. Of a request's body counts only the name of what it is to
//! make, what statements it brings, and whom it puts into a group.

mod caller;
mod target;

use crate::audit::Source;
use crate::call::{Params, Principal, store_problem};
use crate::domains;
use iam_api::tenancies::Tenancy;
use iam_api::{DefinedTags, Ocid, Problem, Spec, Timestamp};
use iam_policy::{Facts, Question, Variable, VariableName as Name, fold};
use iam_store::{Resource, TenancyNo, Tx};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What a question is about.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The operation that is asked for.
    pub spec: &'a Spec,
    /// The parameters of the request.
    pub params: &'a Params,
    /// The body of the request; null where the question is not about what it says.
    pub body: &'a Value,
    /// The resource that is acted on, where it is there and has a row of its own.
    pub target: Option<&'a Resource>,
    /// The OCID of what is acted on, or in.
    pub id: Option<&'a Ocid>,
    /// The OCIDs of the compartments from the target's up to the root; none where the question is
    /// not about any of them.
    pub compartments: &'a [Ocid],
}

impl<'a> About<'a> {
    /// That operation, whatever it acts on.
    #[must_use]
    pub fn anything(spec: &'a Spec, params: &'a Params) -> Self {
        let (body, compartments) = (&Value::Null, &[]);
        Self { spec, params, body, target: None, id: None, compartments }
    }
}

impl Principal {
    /// The question whether this one has these permissions in the first of the compartments on this
    /// path to the root. Whoever decides makes it here, and nowhere else.
    #[must_use]
    pub fn question<'a>(
        &'a self,
        needs: &'a [&'static str],
        compartments: &'a [&'a str],
        source: &Source,
        facts: &'a Facts,
    ) -> Question<'a> {
        Question {
            caller: self.user.as_str(),
            groups: &self.groups,
            needs,
            compartments,
            owner: None,
            address: source.ip(),
            facts,
        }
    }
}

/// Gathers what the conditions of policies look at.
pub fn gather(
    tx: &mut Tx<'_>,
    wanted: &BTreeSet<Variable>,
    principal: &Principal,
    now: Timestamp,
    about: &About<'_>,
) -> Result<Facts, Problem> {
    if wanted.is_empty() {
        return Ok(Facts::default());
    }
    let mut facts = Facts::at(now.as_seconds());
    let mut look = Look { tx, principal, about, rows: HashMap::new() };
    for variable in wanted {
        let things = look.up(variable)?;
        facts.know(variable.clone(), things);
    }
    Ok(facts)
}

/// Where facts are looked up, and for what.
struct Look<'l, 't> {
    tx: &'l mut Tx<'t>,
    principal: &'l Principal,
    about: &'l About<'l>,
    /// What was read so far: several variables may look at one row.
    rows: HashMap<Ocid, Option<Resource>>,
}

impl Look<'_, '_> {
    /// What a variable stands for.
    fn up(&mut self, variable: &Variable) -> Result<Vec<String>, Problem> {
        let root = &self.principal.tenancy_id;
        match variable.name() {
            // The question itself says these.
            Name::UserId
            | Name::GroupsId
            | Name::DynamicGroupId
            | Name::PrincipalId
            | Name::PrincipalType
            | Name::InstanceId
            | Name::Permission
            | Name::NetworkSource
            | Name::Timestamp
            | Name::MonthOfYear
            | Name::DayOfMonth
            | Name::DayOfWeek
            | Name::TimeOfDay => Ok(Vec::new()),
            // A question that is about permissions alone is about no operation.
            Name::Operation => {
                let id = Some(self.about.spec.id).filter(|id| !id.is_empty());
                Ok(id.map(str::to_owned).into_iter().collect())
            }
            Name::Region => {
                let tenancy = self.row(root)?;
                let tenancy: Option<Tenancy> =
                    tenancy.map(|row| row.model()).transpose().map_err(store_problem)?;
                let key = tenancy.map(|tenancy| tenancy.home_region_key);
                Ok(key.filter(|key| !key.is_empty()).into_iter().collect())
            }
            Name::TenantId => Ok(vec![root.to_string()]),
            Name::TenantName => Ok(named(self.row(root)?)),
            Name::UserName
            | Name::MfaTotpVerified
            | Name::GroupsName
            | Name::DynamicGroupName
            | Name::DomainId
            | Name::DomainName
            | Name::PrincipalCompartmentId
            | Name::PrincipalCompartmentTag
            | Name::PrincipalGroupTag
            | Name::InstanceCompartmentId
            | Name::ResourceCompartmentId => self.of_caller(variable),
            Name::CompartmentId
            | Name::CompartmentName
            | Name::ResourceTag
            | Name::ResourceCompartmentTag
            | Name::TargetUserId
            | Name::TargetUserName
            | Name::TargetGroupId
            | Name::TargetGroupName
            | Name::TargetGroupMember
            | Name::TargetDynamicGroupId
            | Name::TargetDynamicGroupName
            | Name::TargetPolicyId
            | Name::TargetPolicyName
            | Name::TargetPolicyAutoupdate
            | Name::TargetPolicyType
            | Name::TargetTagNamespaceId
            | Name::TargetTagNamespaceName
            | Name::TargetCredentialType
            | Name::TargetDomainId
            | Name::TargetDomainName
            | Name::TargetResourceDomainId
            | Name::TargetResourceDomainName => self.of_target(variable),
        }
    }

    /// The row of that OCID, in the tenancy of the target.
    fn row(&mut self, id: &Ocid) -> Result<Option<Resource>, Problem> {
        self.row_of(self.principal.tenancy, id)
    }

    /// The row of that OCID in a tenancy: an OCID is in one at most.
    fn row_of(&mut self, at: TenancyNo, id: &Ocid) -> Result<Option<Resource>, Problem> {
        if let Some(row) = self.rows.get(id) {
            return Ok(row.clone());
        }
        let row = self.tx.resource(at, id).map_err(store_problem)?;
        self.rows.insert(id.clone(), row.clone());
        Ok(row)
    }

    /// The domain that users of that tenancy are of who are in that: the Default domain, where
    /// they are in the tenancy.
    fn domain_of(
        &mut self,
        tenant: &Principal,
        parent: &Ocid,
    ) -> Result<Option<Resource>, Problem> {
        if domains::is_one(parent) {
            return self.row_of(tenant.tenancy, parent);
        }
        if !tenant.has_domain {
            return Ok(None);
        }
        domains::of(self.tx, tenant.tenancy, &tenant.tenancy_id)
    }
}

/// What the tag that the variable is about is set to on a resource, if there is one.
fn tag_on(row: Option<Resource>, variable: &Variable) -> Result<Option<String>, Problem> {
    row.map(|row| tagged(&row, variable)).transpose().map(Option::flatten)
}

/// The name of a resource, if there is one.
fn named(row: Option<Resource>) -> Vec<String> {
    row.map(|row| row.name).into_iter().collect()
}

/// What the tag is set to on a resource that the variable is about.
fn tagged(row: &Resource, variable: &Variable) -> Result<Option<String>, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Tagged {
        #[serde(default)]
        defined_tags: Option<DefinedTags>,
    }
    let Some((space, key)) = variable.tag() else { return Ok(None) };
    let tags = row.model::<Tagged>().map_err(store_problem)?.defined_tags.unwrap_or_default();
    let spaces = tags.iter().filter(|(written, _)| fold(written) == space);
    let mut values = spaces.flat_map(|(_, tags)| tags).filter(|(written, _)| fold(written) == key);
    Ok(values.next().and_then(|(_, value)| value.as_str()).map(str::to_owned))
}
