//! The policy language: statements are parsed, bound to OCIDs, and decide.
//!
//! Pure: no I/O, no store, no clock; OCIDs are plain strings here. A statement passes through three
//! forms, each in files of its own: text (`lex.rs`, `parse.rs`, `grammar.rs`) becomes a
//! [`Statement`] (`ast.rs`, printed by `print.rs`), which [`compile()`] binds to OCIDs and
//! permissions, and a [`PolicySet`] of [`Compiled`] statements answers a [`Question`]. Why it
//! answers so, [`explain()`] tells.
//!
//! The one idea: what cannot be enforced is refused where it is written, so that nothing kept is
//! ever ignored. What is missing here on purpose: everything across tenancies.

mod ast;
mod compile;
mod condition;
mod decide;
mod diff;
mod error;
mod explain;
mod facts;
mod fold;
mod grammar;
mod lex;
mod lint;
mod logic;
mod matching_rule;
mod network;
mod parse;
mod permissions;
mod print;
mod tail_map;
mod value;

pub use ast::{
    Action, Definable, Define, Effect, GroupName, GroupRef, Location, Place, Reach, Resource, Rule,
    Spanned, Statement, Subject, TenancyRef, With,
};
pub use compile::{Compiled, Definitions, Names, compile};
pub use condition::{Condition, Relation, Row, Test, Time, Variable, VariableName};
pub use decide::{
    Across, Allowed, Decision, PolicySet, Question, Refusal, Rules, decide, decide_somewhere,
    is_granted_something,
};
pub use diff::{Change, Side, diff, worded};
pub use error::{PolicyError, nearest};
pub use explain::{
    Clause, Explanation, Failed, Grounds, NEAR_MAX, Near, Needed, Origin, Part, Reason, Recipient,
    Written, explain, narrowest, unknown,
};
pub use facts::Facts;
pub use fold::fold;
pub use lint::{Finding, LintRule, Linted, lint};
pub use logic::{DEPTH_MAX, Logic};
pub use matching_rule::{Candidate, MatchingRule, RULE_CHARS_MAX};
pub use network::{Network, NetworkSource};
pub use parse::{LIST_MAX, PATH_MAX, STATEMENT_BYTES_MAX, parse};
pub use permissions::{Family, PermissionSet, ResourceType, Verb, known_permission, permissions};
pub use value::{Pattern, Value};
