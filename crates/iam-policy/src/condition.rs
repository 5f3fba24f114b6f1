//! Conditions of statements: `where request.networkSource.name = 'office'`.
//!
//! What a variable stands for comes from the question, or from the [`Facts`](crate::Facts) that
//! were gathered for it. The one idea: a variable that stands for nothing makes its test false,
//! also with `!=` (facts 5.2), since a statement must not grant for want of knowledge. Only the
//! test whether a variable stands for anything at all is about just that.

mod read;
mod times;
mod variables;
mod words;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decide::Question;
use crate::logic::Logic;
use crate::network::NetworkSource;
use crate::value::Value;
pub use times::Time;
use times::{Calendar, second_of_day};
use variables::Kind;
pub use variables::{Row, Variable, VariableName};

/// When a statement grants.
pub type Condition = Logic<Test>;

/// One test of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Kept", into = "Kept")]
pub struct Test {
    /// What is looked at.
    pub variable: Variable,
    /// How it is compared.
    pub relation: Relation,
    /// Whether the opposite is asked for.
    pub negated: bool,
    /// What it is compared with: two values where it has to lie between them, none where it only
    /// has to be there.
    pub values: Vec<Value>,
}

/// How a variable is compared with values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// It is one of them.
    #[default]
    Is,
    /// It stands for something; one that can be true or false is true.
    IsThere,
    /// It is before the value.
    Before,
    /// It is after the value.
    After,
    /// It is between both values, or one of them; a time of day also over midnight.
    Between,
}

impl Relation {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A test as it is kept. Those that there were first are kept as ever; no older version can read
/// the others, and by it their statements grant nothing.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    variable: Variable,
    #[serde(default, skip_serializing_if = "Relation::is_default")]
    relation: Relation,
    negated: bool,
    values: Vec<Value>,
}

impl From<Test> for Kept {
    fn from(Test { variable, relation, negated, values }: Test) -> Self {
        Self { variable, relation, negated, values }
    }
}

impl TryFrom<Kept> for Test {
    type Error = &'static str;

    fn try_from(kept: Kept) -> Result<Self, Self::Error> {
        let Kept { variable, relation, negated, values } = kept;
        let test = Self { variable, relation, negated, values };
        if test.is_whole() { Ok(test) } else { Err("a test that means nothing") }
    }
}

impl Test {
    /// Whether the variable can be compared so, and with such values.
    fn is_whole(&self) -> bool {
        let count = match self.relation {
            Relation::Is => 1..=usize::MAX,
            Relation::IsThere => 0..=0,
            Relation::Before | Relation::After => 1..=1,
            Relation::Between => 2..=2,
        };
        let kind = self.variable.kind();
        count.contains(&self.values.len())
            && (self.variable.takes(self.relation))
            && (!self.negated || matches!(self.relation, Relation::Is | Relation::IsThere))
            && self.values.iter().all(|value| kind.takes(value))
    }

    /// The same with tag and values in the form in which they are compared.
    pub(crate) fn folded(&self) -> Self {
        let values = self.values.iter().map(Value::folded).collect();
        Self { variable: self.variable.folded(), values, ..self.clone() }
    }

    /// Whether it holds for what is asked.
    pub(crate) fn holds(&self, asked: &Asked<'_>) -> bool {
        let is_one = |thing: &str| self.values.iter().any(|value| value.matches(thing));
        match self.relation {
            Relation::Is => {
                asked.stands_for(&self.variable, is_one).is_some_and(|is| is != self.negated)
            }
            Relation::IsThere => {
                let is_flag = matches!(self.variable.kind(), Kind::Flag);
                let is_there = |thing: &str| !is_flag || thing == "true";
                let there = asked.stands_for(&self.variable, is_there) == Some(true);
                there != self.negated
            }
            Relation::Before | Relation::After | Relation::Between => {
                asked.question.facts.now().is_some_and(|now| self.lies(now))
            }
        }
    }

    /// Whether that moment, in seconds since 1970, lies as is asked for.
    fn lies(&self, now: i64) -> bool {
        let time = |value: &Value| match value {
            Value::Time(time) => Some(*time),
            _ => None,
        };
        let mut times = self.values.iter().filter_map(time);
        match (self.relation, times.next(), times.next()) {
            (Relation::Before, Some(Time::Moment(end)), None) => now < end,
            (Relation::After, Some(Time::Moment(start)), None) => now > start,
            (Relation::Between, Some(Time::Moment(start)), Some(Time::Moment(end))) => {
                (start..=end).contains(&now)
            }
            (Relation::Between, Some(Time::OfDay(start)), Some(Time::OfDay(end))) => {
                let now = second_of_day(now);
                if start <= end {
                    (start..=end).contains(&now)
                } else {
                    now >= start || now <= end // over midnight
                }
            }
            _ => false,
        }
    }
}

/// What a condition is held against.
pub(crate) struct Asked<'a> {
    /// The network sources of the tenancy.
    pub(crate) sources: &'a [NetworkSource],
    /// The question.
    pub(crate) question: &'a Question<'a>,
    /// The one permission that is looked at; none where any would do.
    pub(crate) permission: Option<&'a str>,
}

impl Asked<'_> {
    /// Whether one of the things that the variable stands for is such; none where it stands for
    /// nothing.
    pub(crate) fn stands_for(
        &self,
        variable: &Variable,
        is_such: impl Fn(&str) -> bool,
    ) -> Option<bool> {
        let Question { caller, groups, facts, .. } = *self.question;
        let groups = || groups.iter().map(String::as_str);
        let caller_of = |kind: &str| kind_of(caller).filter(|of| *of == kind).map(|_| caller);
        let calendar = || Calendar::of(facts.now()?);
        match variable.name() {
            VariableName::NetworkSource => {
                let address = self.question.address?;
                let inside = self.sources.iter().filter(|source| source.holds(address));
                one_of(inside.map(|source| source.name.as_str()), is_such)
            }
            VariableName::GroupsId => {
                one_of(groups().filter(|id| kind_of(id) == Some("group")), is_such)
            }
            VariableName::DynamicGroupId => {
                one_of(groups().filter(|id| kind_of(id) == Some("dynamicgroup")), is_such)
            }
            VariableName::Permission => self.permission.map(is_such),
            VariableName::PrincipalId => Some(is_such(caller)),
            VariableName::PrincipalType => kind_of(caller).map(is_such),
            VariableName::UserId => caller_of("user").map(is_such),
            VariableName::InstanceId => caller_of("instance").map(is_such),
            VariableName::MonthOfYear => calendar().map(|now| is_such(now.month)),
            VariableName::DayOfMonth => calendar().map(|now| is_such(now.day)),
            VariableName::DayOfWeek => calendar().map(|now| is_such(now.weekday)),
            _ => one_of(facts.of(variable).iter().map(String::as_str), is_such),
        }
    }

    /// All that the variable stands for.
    pub(crate) fn things(&self, variable: &Variable) -> Vec<String> {
        let time = match (variable.kind(), self.question.facts.now()) {
            (Kind::Moment, Some(now)) => Some(Time::Moment(now)),
            (Kind::TimeOfDay, Some(now)) => Some(Time::OfDay(second_of_day(now))),
            _ => None,
        };
        if let Some(time) = time {
            return vec![time.to_string().trim_matches('\'').to_owned()];
        }
        let found = RefCell::new(Vec::new());
        self.stands_for(variable, |thing| {
            found.borrow_mut().push(thing.to_owned());
            false
        });
        found.into_inner()
    }
}

/// Whether one of these is such; none where there are none.
fn one_of<'t>(
    things: impl Iterator<Item = &'t str>,
    is_such: impl Fn(&str) -> bool,
) -> Option<bool> {
    let mut things = things.peekable();
    things.peek()?;
    Some(things.any(is_such))
}

/// What an OCID names, such as `user`.
fn kind_of(ocid: &str) -> Option<&str> {
    ocid.strip_prefix("ocid1.")?.split('.').next()
}

/// Whether a condition whose tests are folded holds for what is asked.
pub(crate) fn holds(condition: &Condition, asked: &Asked<'_>) -> bool {
    condition.holds(&|test| test.holds(asked))
}

/// Whether a condition is to be held against each permission by itself.
pub(crate) fn is_by_permission(condition: &Condition) -> bool {
    condition.tests().any(|test| test.variable.name() == VariableName::Permission)
}

/// Adds the variables that a condition looks at.
pub(crate) fn note_variables(condition: &Condition, all: &mut BTreeSet<Variable>) {
    all.extend(condition.tests().map(|test| test.variable.clone()));
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (variable, values) = (&self.variable, self.values.as_slice());
        let not = if self.negated { " not" } else { "" };
        match (self.relation, values) {
            (Relation::IsThere, _) if self.negated => write!(f, "not {variable}"),
            (Relation::IsThere, _) => write!(f, "{variable}"),
            (Relation::Is, [value]) => {
                let sign = if self.negated { "!=" } else { "=" };
                write!(f, "{variable} {sign} {value}")
            }
            (Relation::Before, [value]) => write!(f, "{variable} before {value}"),
            (Relation::After, [value]) => write!(f, "{variable} after {value}"),
            (Relation::Between, [start, end]) => {
                write!(f, "{variable} between {start} and {end}")
            }
            (_, values) => {
                let values: Vec<_> = values.iter().map(ToString::to_string).collect();
                write!(f, "{variable}{not} in ({})", values.join(", "))
            }
        }
    }
}
