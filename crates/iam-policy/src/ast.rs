//! A statement as data: what was written, before names mean anything.
//!
//! Statements are equal when they say the same, wherever their parts stood in the text: [`Spanned`]
//! compares values.

use std::ops::Range;

use crate::condition::Condition;
use crate::permissions::{PermissionSet, ResourceType, Verb};

/// `Allow <subject> to <action> in <location> where <condition>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Who is granted something.
    pub subject: Subject,
    /// What is granted.
    pub action: Action,
    /// Where it is granted: there and below.
    pub location: Spanned<Location>,
    /// When it is granted; always, where there is none.
    pub condition: Option<Condition>,
}

/// Who is granted something.
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
}

/// A group or dynamic group as a statement names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupRef {
    /// By its name, which is compared without regard to case; the domain is `Default`.
    Name(String),
    /// By its OCID.
    Id(String),
}

/// What is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `manage users`.
    Verb(Verb, Resource),
    /// `{USER_INSPECT, USER_READ}`.
    Permissions(PermissionSet),
}

/// What a verb applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `all-resources`.
    All,
    /// One resource type.
    Type(ResourceType),
}

/// Where something is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `tenancy`.
    Tenancy,
    /// `compartment A:B`, read from the compartment that the policy is attached to.
    Path(Vec<String>),
    /// `compartment id <ocid>`.
    Id(String),
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
