//! A statement as data: what was written, before names mean anything.
//!
//! Statements are equal when they say the same, wherever their parts stood in the text: [`Spanned`]
//! compares values.

use std::ops::Range;

use crate::condition::Condition;
use crate::permissions::{Family, PermissionSet, ResourceType, Verb};

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// One that allows or denies something.
    Rule(Box<Rule>),
    /// `Define`: a name that other statements of the same policy have for something elsewhere.
    Define(Define),
}

impl Statement {
    /// What it allows or denies; nothing where it defines a name.
    #[must_use]
    pub fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Rule(rule) => Some(rule),
            Self::Define(_) => None,
        }
    }
}

/// `Allow <subject> to <action> in <place> where <condition>`, and its relatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whether it gives or takes.
    pub effect: Spanned<Effect>,
    /// Whether it stays in the tenancy.
    pub reach: Spanned<Reach>,
    /// Who is allowed or denied something.
    pub subject: Subject,
    /// What is allowed or denied.
    pub action: Action,
    /// Where: there and below.
    pub place: Spanned<Place>,
    /// What may be associated with what is there; only where the action is to associate.
    pub with: Option<With>,
    /// When; always, where there is none.
    pub condition: Option<Condition>,
}

/// Whether a rule gives or takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It gives.
    Allow,
    /// `Deny`: it takes, whatever others give.
    Deny,
}

/// Whether a rule stays in the tenancy of its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Its own people, its own resources.
    Within,
    /// `Endorse`: its own people, in other tenancies.
    Endorse,
    /// `Admit`: people of other tenancies, in this one; of which, where that is said.
    Admit(Option<TenancyRef>),
}

/// Other tenancies, as a statement names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenancyRef {
    /// `any-tenancy`.
    Any,
    /// `tenancy Partner`, by a name that the same policy defines.
    Alias(String),
}

/// Who is allowed or denied something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `any-user`: everyone.
    AnyUser,
    /// `any-group`: everyone who is in a group.
    AnyGroup,
    /// `group A, B`: the members of any of them.
    Groups(Vec<Spanned<GroupRef>>),
    /// `dynamic-group A, B`: what is in any of them.
    DynamicGroups(Vec<Spanned<GroupRef>>),
    /// `service a, b`: services of the cloud, which are no users.
    Services(Vec<Spanned<String>>),
}

/// A group or dynamic group as a statement names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupRef {
    /// By its name.
    Name(GroupName),
    /// By its OCID.
    Id(String),
}

/// The name of a group or dynamic group, which is compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName {
    /// The name of its identity domain; none for the Default domain, named or not.
    pub domain: Option<String>,
    /// Its own name.
    pub name: String,
}

/// What is allowed or denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `manage users`.
    Verb(Verb, Resource),
    /// `{USER_INSPECT, USER_READ}`.
    Permissions(PermissionSet),
    /// `associate local-peering-gateways`: with those of another tenancy.
    Associate(Resource),
}

/// What a verb applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `all-resources`.
    All,
    /// All types of one family, such as `virtual-network-family`.
    Family(Family),
    /// One resource type.
    Type(ResourceType),
}

/// Where something is allowed or denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where in its tenancy.
    pub location: Location,
    /// In which tenancy, where that is not the policy's own.
    pub tenancy: Option<TenancyRef>,
}

/// A place in a tenancy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `tenancy`: all of it.
    Tenancy,
    /// `compartment A:B`, read from the compartment that the policy is attached to.
    Path(Vec<String>),
    /// `compartment id <ocid>`.
    Id(String),
}

/// `with <resource> in <place>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct With {
    /// What may be associated.
    pub resource: Resource,
    /// Where that is.
    pub place: Spanned<Place>,
}

/// `Define <kind> <name> as <ocid>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Define {
    /// What is named.
    pub kind: Definable,
    /// The name; that of a tenancy or compartment is in no domain.
    pub name: Spanned<GroupName>,
    /// The OCID that it stands for.
    pub id: Spanned<String>,
}

/// What a name can be defined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Definable {
    /// A tenancy.
    Tenancy,
    /// A group.
    Group,
    /// A dynamic group.
    DynamicGroup,
    /// A compartment.
    Compartment,
}

impl Definable {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tenancy, Self::Group, Self::DynamicGroup, Self::Compartment];

    /// The word that it is written with.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tenancy => "tenancy",
            Self::Group => "group",
            Self::DynamicGroup => "dynamic-group",
            Self::Compartment => "compartment",
        }
    }
}

/// A part of a statement with its place in the text.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The part.
    pub value: T,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}
