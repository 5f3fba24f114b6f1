//! Statements that cross tenancies, bound: whose people, into which tenancy, there where.
//!
//! Nothing of another tenancy is looked up when a policy is written: who writes it may not know
//! whether anything is there. Another tenancy's groups and compartments are named by OCIDs, given
//! in place or by a `Define` of the same policy (facts 5.2).

use serde::{Deserialize, Serialize};

use super::{Grantee, Names, compartment, each_once, grantee};
use crate::ast::{
    Definable, Define, GroupName, GroupRef, Location, Reach, Rule, Spanned, Statement, Subject,
    TenancyRef,
};
use crate::error::PolicyError;
use crate::fold::fold;

/// Which way a statement crosses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Crossing {
    /// The tenancy's own people, into those.
    Endorse(Tenancies),
    /// The people of those, into this one.
    Admit(Tenancies),
}

/// Other tenancies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Tenancies {
    /// All.
    Any,
    /// The one of that OCID.
    One(String),
}

impl Tenancies {
    /// Whether the tenancy of that OCID is one of these.
    pub(crate) fn holds(&self, tenancy: &str) -> bool {
        match self {
            Self::Any => true,
            Self::One(one) => one == tenancy,
        }
    }
}

/// What the `Define` statements of one policy name.
#[derive(Clone, Debug, Default)]
pub struct Definitions(Vec<(Definable, String, String)>);

impl Definitions {
    /// Those among the statements of a policy. Of two that name one thing, the first counts, and
    /// the other is refused where it is compiled.
    #[must_use]
    pub fn of<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Self {
        let defines = statements.into_iter().filter_map(|statement| match statement {
            Statement::Define(define) => Some(define),
            Statement::Rule(_) => None,
        });
        let row = |define: &Define| {
            let name = plain(&define.name.value);
            (define.kind, fold(&name), define.id.value.clone())
        };
        Self(defines.map(row).collect())
    }

    /// The OCID that a name stands for.
    #[must_use]
    pub fn get(&self, kind: Definable, name: &str) -> Option<&str> {
        let name = fold(name);
        let mut all = self.0.iter();
        all.find(|(of, known, _)| *of == kind && *known == name).map(|(.., id)| id.as_str())
    }
}

fn plain(name: &GroupName) -> String {
    match &name.domain {
        None => name.name.clone(),
        Some(domain) => format!("{domain}/{}", name.name),
    }
}

/// The OCID for which the policy defines a group's name.
pub(super) fn defined(kind: Definable, name: &GroupName, names: &dyn Names) -> Option<String> {
    names.defined(kind, &plain(name))
}

/// Refuses a name that stands for something else already.
pub(super) fn check(define: &Define, names: &dyn Names) -> Result<(), PolicyError> {
    let (kind, name) = (define.kind, plain(&define.name.value));
    if names.defined(kind, &name).is_none_or(|id| id == define.id.value) {
        return Ok(());
    }
    let message = format!("the {} `{name}` is defined twice in this policy", kind.word());
    Err(PolicyError::new(define.name.span.clone(), message))
}

/// What a rule says of who, across what, and where.
pub(super) fn bind(
    rule: &Rule,
    names: &dyn Names,
) -> Result<(Grantee, Option<Crossing>, String), PolicyError> {
    Ok(match &rule.reach.value {
        Reach::Within => (grantee(&rule.subject, names)?, None, compartment(rule, names)?),
        Reach::Endorse => {
            if names.attached_to() != names.tenancy() {
                let message = "`Endorse` needs a policy attached to the tenancy";
                return Err(PolicyError::new(rule.reach.span.clone(), message));
            }
            let into = tenancies(rule, rule.place.value.tenancy.as_ref(), names)?;
            let place = elsewhere(rule, &into, names)?;
            (grantee(&rule.subject, names)?, Some(Crossing::Endorse(into)), place)
        }
        Reach::Admit(of) => {
            let of = tenancies(rule, of.as_ref(), names)?;
            (strangers(rule, names)?, Some(Crossing::Admit(of)), compartment(rule, names)?)
        }
    })
}

/// The tenancies that a rule names; where it names none, an OCID must say whose people they are.
fn tenancies(
    rule: &Rule,
    named: Option<&TenancyRef>,
    names: &dyn Names,
) -> Result<Tenancies, PolicyError> {
    let refuse = |message: String| PolicyError::new(rule.reach.span.clone(), message);
    match named {
        Some(TenancyRef::Any) => Ok(Tenancies::Any),
        Some(TenancyRef::Alias(alias)) => {
            let found = names.defined(Definable::Tenancy, alias).ok_or_else(|| {
                refuse(format!("the tenancy `{alias}` is not defined in this policy"))
                    .with_hint(format!("write `Define tenancy {alias} as <its OCID>` before it"))
            })?;
            Ok(Tenancies::One(found))
        }
        None if matches!(rule.subject, Subject::AnyUser | Subject::AnyGroup) => {
            Err(refuse("this admits everyone of no tenancy".to_owned())
                .with_hint("say `of tenancy <name>`, or `of any-tenancy`"))
        }
        None => Ok(Tenancies::Any),
    }
}

/// Where in the other tenancy; its OCID means all of it, nothing all of whichever it is.
fn elsewhere(rule: &Rule, into: &Tenancies, names: &dyn Names) -> Result<String, PolicyError> {
    Ok(match &rule.place.value.location {
        Location::Tenancy => match into {
            Tenancies::Any => String::new(),
            Tenancies::One(tenancy) => tenancy.clone(),
        },
        Location::Id(ocid) => ocid.clone(),
        Location::Path(path) => {
            let path = path.join(":");
            names.defined(Definable::Compartment, &path).ok_or_else(|| {
                PolicyError::new(
                    rule.place.span.clone(),
                    format!("the compartment `{path}` is not defined in this policy"),
                )
                .with_hint(format!(
                    "compartments of another tenancy are not looked up by name: write \
                     `Define compartment {path} as <its OCID>` before it"
                ))
            })?
        }
    })
}

/// People of another tenancy.
fn strangers(rule: &Rule, names: &dyn Names) -> Result<Grantee, PolicyError> {
    let bound = |kind: Definable, groups: &[Spanned<GroupRef>]| {
        let ids = groups.iter().map(|group| match &group.value {
            GroupRef::Id(ocid) => Ok(ocid.clone()),
            GroupRef::Name(name) => defined(kind, name, names).ok_or_else(|| {
                let (kind, name) = (kind.word(), plain(name));
                PolicyError::new(
                    group.span.clone(),
                    format!("the {kind} `{name}` is not defined in this policy"),
                )
                .with_hint(format!(
                    "it is another tenancy's: write `Define {kind} {name} as <its OCID>` \
                         before it"
                ))
            }),
        });
        Ok(Grantee::Groups(each_once(ids.collect::<Result<Vec<_>, PolicyError>>()?)))
    };
    match &rule.subject {
        Subject::AnyUser => Ok(Grantee::AnyUser),
        Subject::AnyGroup => Ok(Grantee::AnyGroup),
        Subject::Groups(groups) => bound(Definable::Group, groups),
        Subject::DynamicGroups(groups) => bound(Definable::DynamicGroup, groups),
        Subject::Services(_) => grantee(&rule.subject, names),
    }
}
