//! What is known of who asks: of their own tenancy, whichever they ask in.

use super::{Look, named, tag_on, tagged};
use crate::domains;
use iam_api::{Ocid, Problem};
use iam_policy::{Variable, VariableName as Name};
use iam_store::{Resource, ResourceKind};

impl Look<'_, '_> {
    /// What a variable of the caller stands for.
    pub(super) fn of_caller(&mut self, variable: &Variable) -> Result<Vec<String>, Problem> {
        let one = |thing: Option<String>| thing.into_iter().collect::<Vec<_>>();
        Ok(match variable.name() {
            Name::UserName => named(self.user()?),
            Name::MfaTotpVerified => one(self.principal.second_factor.map(|is| is.to_string())),
            Name::GroupsName => self.groups(ResourceKind::Group)?,
            Name::DynamicGroupName => self.groups(ResourceKind::DynamicGroup)?,
            Name::DomainId => one(self.own_domain()?.map(|domain| domain.id.to_string())),
            Name::DomainName => named(self.own_domain()?),
            Name::PrincipalCompartmentId => one(self.own_compartment()?.map(|id| id.to_string())),
            Name::PrincipalCompartmentTag => {
                let id = self.own_compartment()?;
                let row = id.map(|id| self.own_row(&id)).transpose()?.flatten();
                one(tag_on(row, variable)?)
            }
            Name::PrincipalGroupTag => {
                let mut values = Vec::new();
                for group in self.group_rows()? {
                    values.extend(tagged(&group, variable)?);
                }
                values
            }
            Name::InstanceCompartmentId if self.is_a("instance") => {
                one(self.principal.compartment.as_ref().map(ToString::to_string))
            }
            Name::ResourceCompartmentId if !self.is_a("instance") && !self.is_a("user") => {
                one(self.principal.compartment.as_ref().map(ToString::to_string))
            }
            _ => Vec::new(),
        })
    }

    /// The row of that OCID in the caller's tenancy.
    fn own_row(&mut self, id: &Ocid) -> Result<Option<Resource>, Problem> {
        self.row_of(self.principal.home().tenancy, id)
    }

    /// Whether the caller's OCID is one of that kind.
    fn is_a(&self, kind: &str) -> bool {
        self.principal.user.as_str().split('.').nth(1) == Some(kind)
    }

    /// The user who asks; none where it is no user.
    fn user(&mut self) -> Result<Option<Resource>, Problem> {
        let found = self.own_row(&self.principal.user)?;
        Ok(found.filter(|row| row.kind == ResourceKind::User))
    }

    fn own_domain(&mut self) -> Result<Option<Resource>, Problem> {
        match self.user()? {
            Some(user) => self.domain_of(self.principal.home(), &user.parent),
            None => Ok(None),
        }
    }

    /// The compartment that the caller is in.
    fn own_compartment(&mut self) -> Result<Option<Ocid>, Problem> {
        match self.user()? {
            Some(user) => {
                let at = self.principal.home().tenancy;
                domains::compartment_of(self.tx, at, &user).map(Some)
            }
            None => Ok(self.principal.compartment.clone()),
        }
    }

    /// The names of those of the caller's groups that are of that kind.
    fn groups(&mut self, kind: ResourceKind) -> Result<Vec<String>, Problem> {
        let rows = self.group_rows()?.into_iter().filter(|row| row.kind == kind);
        Ok(rows.map(|row| row.name).collect())
    }

    fn group_rows(&mut self) -> Result<Vec<Resource>, Problem> {
        let mut rows = Vec::new();
        for id in &self.principal.groups {
            rows.extend(self.own_row(&Ocid::from(id.as_str()))?);
        }
        Ok(rows)
    }
}
