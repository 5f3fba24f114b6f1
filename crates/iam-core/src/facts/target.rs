//! What is known of what is acted on.
//!
//! An operation that lists acts on many things and on none in particular, so of those it knows
//! nothing: what a policy grants by their names or tags, it does not grant to lists (facts 5.3).
//! The tags of the compartment count there all the same.

use super::{Look, named, tag_on, tagged};
use crate::call::store_problem;
use crate::domains;
use iam_api::policies::Policy;
use iam_api::{Ocid, Problem, Target};
use iam_policy::{Variable, VariableName as Name};
use iam_store::{Resource, ResourceKind};
use serde_json::Value;

/// What operations on credentials are called by, and what the type of those is called in policies.
const CREDENTIALS: [(&str, &str); 3] =
    [("SmtpCredential", "smtp"), ("SwiftPassword", "swift"), ("CustomerSecretKey", "secretkey")];

impl Look<'_, '_> {
    /// What a variable of the target stands for.
    pub(super) fn of_target(&mut self, variable: &Variable) -> Result<Vec<String>, Problem> {
        let one = |thing: Option<String>| thing.into_iter().collect::<Vec<_>>();
        Ok(match variable.name() {
            Name::CompartmentId => one(self.shown_compartment().map(|id| id.to_string())),
            Name::CompartmentName => match self.shown_compartment() {
                Some(id) => named(self.row(&id)?),
                None => Vec::new(),
            },
            Name::ResourceTag => {
                one(self.about.target.map(|row| tagged(row, variable)).transpose()?.flatten())
            }
            Name::ResourceCompartmentTag => {
                let row = self.compartment().map(|id| self.row(&id)).transpose()?.flatten();
                one(tag_on(row, variable)?)
            }
            Name::TargetUserId => self.id_of(ResourceKind::User)?,
            Name::TargetUserName => self.name_of(ResourceKind::User)?,
            Name::TargetGroupId => self.id_of(ResourceKind::Group)?,
            Name::TargetGroupName => self.name_of(ResourceKind::Group)?,
            Name::TargetGroupMember => self.is_member()?,
            Name::TargetDynamicGroupId => self.id_of(ResourceKind::DynamicGroup)?,
            Name::TargetDynamicGroupName => named(self.acted_on(ResourceKind::DynamicGroup)?),
            Name::TargetPolicyId => self.id_of(ResourceKind::Policy)?,
            Name::TargetPolicyName => self.name_of(ResourceKind::Policy)?,
            Name::TargetPolicyAutoupdate => self.is_autoupdated()?,
            Name::TargetPolicyType => self.policy_types()?,
            Name::TargetTagNamespaceId => self.id_of(ResourceKind::TagNamespace)?,
            Name::TargetTagNamespaceName => self.name_of(ResourceKind::TagNamespace)?,
            Name::TargetCredentialType => {
                let mut types = CREDENTIALS.iter();
                let found = types.find(|(part, _)| self.about.spec.id.contains(part));
                one(found.map(|(_, word)| (*word).to_owned()))
            }
            Name::TargetDomainId => self.id_of(ResourceKind::Domain)?,
            Name::TargetDomainName => self.name_of(ResourceKind::Domain)?,
            Name::TargetResourceDomainId => {
                one(self.domain_of_target()?.map(|domain| domain.id.to_string()))
            }
            Name::TargetResourceDomainName => named(self.domain_of_target()?),
            _ => Vec::new(),
        })
    }

    /// The compartment that is acted on or in.
    fn compartment(&self) -> Option<Ocid> {
        let is_one =
            |row: &&Resource| matches!(row.kind, ResourceKind::Compartment | ResourceKind::Tenancy);
        let itself = self.about.target.filter(is_one).map(|row| row.id.clone());
        itself.or_else(|| self.about.compartments.first().cloned())
    }

    /// The same, where the operation does not list.
    fn shown_compartment(&self) -> Option<Ocid> {
        if self.about.spec.lists() { None } else { self.compartment() }
    }

    /// What is acted on, if it is of that kind and there already.
    fn acted_on(&mut self, kind: ResourceKind) -> Result<Option<Resource>, Problem> {
        if let Some(row) = self.about.target.filter(|row| row.kind == kind) {
            return Ok(Some(row.clone()));
        }
        let Some(id) = self.of_membership(kind)? else { return Ok(None) };
        Ok(self.row(&id)?.filter(|row| row.kind == kind))
    }

    /// The user or group of a membership that is acted on or made.
    fn of_membership(&mut self, kind: ResourceKind) -> Result<Option<Ocid>, Problem> {
        match (self.about.spec.target, self.about.id) {
            (Target::Body("groupId"), _) if kind == ResourceKind::User => {
                Ok(self.about.body.get("userId").and_then(Value::as_str).map(Ocid::from))
            }
            (Target::Path("userGroupMembershipId"), Some(id)) => {
                let found = self.tx.membership(self.principal.tenancy, id);
                let found = found.map_err(store_problem)?;
                Ok(match kind {
                    ResourceKind::User => found.map(|membership| membership.user),
                    ResourceKind::Group => found.map(|membership| membership.group),
                    _ => None,
                })
            }
            _ => Ok(None),
        }
    }

    fn id_of(&mut self, kind: ResourceKind) -> Result<Vec<String>, Problem> {
        Ok(self.acted_on(kind)?.map(|row| row.id.to_string()).into_iter().collect())
    }

    /// The name of what is acted on, or of what is to be made.
    fn name_of(&mut self, kind: ResourceKind) -> Result<Vec<String>, Problem> {
        if let Some(row) = self.acted_on(kind)? {
            return Ok(vec![row.name]);
        }
        if !self.makes(kind) {
            return Ok(Vec::new());
        }
        let mut names = ["name", "userName", "displayName"].into_iter();
        let name = names.find_map(|field| self.about.body.get(field)?.as_str());
        Ok(name.map(str::to_owned).into_iter().collect())
    }

    /// Whether the operation makes something of that kind, and the question is about that.
    fn makes(&self, kind: ResourceKind) -> bool {
        let made = self.about.spec.id.strip_prefix("Create");
        made.is_some_and(|made| made.eq_ignore_ascii_case(kind.as_str()))
            && self.about.target.is_none()
            && self.about.body.is_object()
    }

    /// Whether the caller is in the group: in a new one, nobody is.
    fn is_member(&mut self) -> Result<Vec<String>, Problem> {
        let is_in = match self.acted_on(ResourceKind::Group)? {
            Some(group) => self.principal.groups.iter().any(|own| own == group.id.as_str()),
            None if self.makes(ResourceKind::Group) => false,
            None => return Ok(Vec::new()),
        };
        Ok(vec![is_in.to_string()])
    }

    fn policy(&mut self) -> Result<Option<Policy>, Problem> {
        let row = self.acted_on(ResourceKind::Policy)?;
        row.map(|row| row.model()).transpose().map_err(store_problem)
    }

    fn is_autoupdated(&mut self) -> Result<Vec<String>, Problem> {
        let is_fixed = match self.policy()? {
            Some(policy) => policy.version_date.is_some(),
            None if self.makes(ResourceKind::Policy) => {
                let date = self.about.body.get("versionDate").and_then(Value::as_str);
                date.is_some_and(|date| !date.is_empty())
            }
            None => return Ok(Vec::new()),
        };
        Ok(vec![(!is_fixed).to_string()])
    }

    /// What statements the policy has, and what ones it is to have.
    fn policy_types(&mut self) -> Result<Vec<String>, Problem> {
        let policy = self.policy()?;
        if policy.is_none() && !self.makes(ResourceKind::Policy) {
            return Ok(Vec::new());
        }
        let new = self.about.body.get("statements").and_then(Value::as_array);
        let new = new.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        let all: Vec<String> =
            policy.into_iter().flat_map(|policy| policy.statements).chain(new).collect();
        let denies = |text: &String| {
            text.split_ascii_whitespace()
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case("deny"))
        };
        let types = [("allow", !all.iter().all(denies)), ("deny", all.iter().any(denies))];
        Ok(types.into_iter().filter(|(_, is)| *is).map(|(word, _)| word.to_owned()).collect())
    }

    /// The domain of the user or group that is acted on or made.
    fn domain_of_target(&mut self) -> Result<Option<Resource>, Problem> {
        for kind in [ResourceKind::User, ResourceKind::Group] {
            if let Some(row) = self.acted_on(kind)? {
                return self.domain_of(self.principal, &row.parent);
            }
        }
        let makes_user = self.makes(ResourceKind::User);
        match self.about.params.get(domains::ADDRESSED) {
            Some(id) if makes_user => domains::addressed(self.tx, self.principal, id).map(Some),
            None if makes_user || self.makes(ResourceKind::Group) => {
                self.domain_of(self.principal, &self.principal.tenancy_id)
            }
            _ => Ok(None),
        }
    }
}
