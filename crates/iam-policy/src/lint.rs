//! What is strange about statements that are right: what grants nothing, what another makes
//! needless, and what grants more than most people mean to.
//!
//! Nothing is looked up here, so a place is compared by what is written: two statements speak of
//! each other where their policies are attached to the same compartment, and `in tenancy` reaches
//! everywhere. The one idea: a warning must be true. Where it cannot be known (two names may mean
//! one group), nothing is said.

use crate::ast::{
    Action, Effect, GroupRef, Location, Place, Reach, Resource, Rule, Spanned, Statement, Subject,
};
use crate::condition::{Condition, Test, VariableName};
use crate::fold::fold;
use crate::logic::Logic;
use crate::permissions::{PermissionSet, Verb};
use crate::value::Value;

/// A statement among others.
#[derive(Clone, Copy, Debug)]
pub struct Linted<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// Which policy it belongs to.
    pub policy: usize,
    /// The OCID of the compartment that its policy is attached to, where that is known.
    pub attached_to: Option<&'a str>,
}

/// Something strange about a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which statement.
    pub statement: usize,
    /// Which rule says so.
    pub rule: LintRule,
    /// What is strange; where there is another statement, a sentence that ends with its place.
    pub message: String,
    /// The other statement, where there is one.
    pub other: Option<usize>,
}

/// What statements are looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LintRule {
    /// It grants nothing, whoever asks.
    Unreachable,
    /// It says what another says.
    Duplicate,
    /// Another grants the same or more.
    Shadowed,
    /// It grants more than most people mean to.
    OverBroad,
}

impl LintRule {
    /// All rules.
    pub const ALL: [Self; 4] =
        [Self::Unreachable, Self::Duplicate, Self::Shadowed, Self::OverBroad];

    /// The name of the rule.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Duplicate => "duplicate",
            Self::Shadowed => "shadowed",
            Self::OverBroad => "over-broad",
        }
    }
}

/// What is strange about statements, by statement and rule; of each, a rule says one thing.
#[must_use]
pub fn lint(statements: &[Linted<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, linted) in statements.iter().enumerate() {
        let Some(rule) = linted.statement.rule() else { continue };
        let mut say = |rule, message, other| {
            found.push(Finding { statement: index, rule, message, other });
        };
        if let Some(why) = unreachable(rule) {
            say(LintRule::Unreachable, why, None);
            continue;
        }
        let others = || statements.iter().enumerate().filter(|(other, _)| *other != index);
        let same = others().find(|(other, of)| *other < index && is_same(of, linted));
        let more = || others().find(|(_, of)| covers(of, linted) && !covers(linted, of));
        if let Some((other, _)) = same {
            say(LintRule::Duplicate, "this says the same as".to_owned(), Some(other));
        } else if let Some((other, _)) = more() {
            let message = format!("this {} nothing beyond", verb_of(rule));
            say(LintRule::Shadowed, message, Some(other));
        }
        if let Some(why) = over_broad(rule) {
            say(LintRule::OverBroad, why, None);
        }
    }
    found
}

fn verb_of(rule: &Rule) -> &'static str {
    match rule.effect.value {
        Effect::Allow => "grants",
        Effect::Deny => "denies",
    }
}

/// Why a rule never does anything.
fn unreachable(rule: &Rule) -> Option<String> {
    let permissions = permissions(rule)?;
    if permissions.is_empty() {
        let Action::Verb(verb, resource) = &rule.action else { return None };
        let (verb, does) = (verb.name(), verb_of(rule));
        return Some(format!("`{verb} {}` {does} nothing", resource.name()));
    }
    let condition = rule.condition.as_ref()?;
    let never = |permission| holds(condition, permission) == Some(false);
    if permissions.names().all(never) {
        return Some("the condition never holds".to_owned());
    }
    None
}

/// What a rule grants or denies, where that is a set of permissions.
fn permissions(rule: &Rule) -> Option<PermissionSet> {
    let deny = rule.effect.value == Effect::Deny;
    match &rule.action {
        Action::Verb(verb, resource) if deny => Some(resource.takes(*verb)),
        Action::Verb(verb, resource) => Some(resource.grants(*verb)),
        Action::Permissions(permissions) => Some(*permissions),
        Action::Associate(_) => None,
    }
}

/// Whether a condition holds for a permission; nothing, where that depends on the request.
fn holds(condition: &Condition, permission: &str) -> Option<bool> {
    match condition {
        Logic::Test(test) => {
            let is_it = |value: &Value| value.folded().matches(&fold(permission));
            is_of_permission(test).then(|| test.values.iter().any(is_it) != test.negated)
        }
        Logic::All(parts) => {
            let all: Vec<_> = parts.iter().map(|part| holds(part, permission)).collect();
            let never = all.contains(&Some(false)) || contradict(parts);
            match never {
                true => Some(false),
                false => all.iter().all(Option::is_some).then_some(true),
            }
        }
        Logic::Any(parts) => {
            let any: Vec<_> = parts.iter().map(|part| holds(part, permission)).collect();
            match any.contains(&Some(true)) {
                true => Some(true),
                false => any.iter().all(Option::is_some).then_some(false),
            }
        }
    }
}

/// Whether two of these, which must hold both, ask a variable that is one thing to be two.
fn contradict(parts: &[Condition]) -> bool {
    let tests = || {
        parts.iter().filter_map(|part| match part {
            Logic::Test(test) if is_of_one_thing(test) => Some(test),
            _ => None,
        })
    };
    let cannot = |one: &Test, other: &Test| {
        let texts = |test: &Test| test.values.iter().map(text_of).collect::<Option<Vec<_>>>();
        let (Some(one_of), Some(of)) = (texts(one), texts(other)) else { return false };
        let shared = |text: &String| of.contains(text);
        let same = one.variable == other.variable && !one.negated;
        same && if other.negated { one_of.iter().all(shared) } else { !one_of.iter().any(shared) }
    };
    tests().any(|one| tests().any(|other| cannot(one, other)))
}

fn text_of(value: &Value) -> Option<String> {
    match value.folded() {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Whether it compares the permission that is asked for.
fn is_of_permission(test: &Test) -> bool {
    !test.values.is_empty() && test.variable.name() == VariableName::Permission
}

/// Whether the variable stands for one thing at most, and is compared with texts.
fn is_of_one_thing(test: &Test) -> bool {
    let name = test.variable.name();
    !test.values.is_empty() && [VariableName::UserId, VariableName::PrincipalId].contains(&name)
}

/// Whether both say the same of the same place.
fn is_same(one: &Linted<'_>, other: &Linted<'_>) -> bool {
    covers(one, other) && covers(other, one)
}

/// Whether whatever the other does, this does too.
fn covers(one: &Linted<'_>, other: &Linted<'_>) -> bool {
    let (Some(this), Some(that)) = (one.statement.rule(), other.statement.rule()) else {
        return false;
    };
    // What names mean across tenancies, a policy defines for itself.
    let within = this.reach.value == Reach::Within || one.policy == other.policy;
    let same_kind =
        this.effect == that.effect && this.reach == that.reach && this.with == that.with;
    let more = match (&this.action, &that.action) {
        (Action::Associate(this), Action::Associate(that)) => this == that,
        _ => match (permissions(this), permissions(that)) {
            (Some(more), Some(fewer)) => more.covers(fewer) && !is_everything(that, this),
            _ => false,
        },
    };
    let folded = |rule: &Rule| rule.condition.as_ref().map(|when| when.map(&Test::folded));
    let unless = this.condition.is_none() || folded(this) == folded(that);
    within
        && same_kind
        && more
        && unless
        && subject_covers(&this.subject, &that.subject)
        && place_covers((&this.place, one.attached_to), (&that.place, other.attached_to))
}

/// Whether the one is everything, later additions too, and the other only what there is today.
fn is_everything(one: &Rule, other: &Rule) -> bool {
    let all = |rule: &Rule| rule.action == Action::Verb(Verb::Manage, Resource::All);
    all(one) && !all(other)
}

fn subject_covers(this: &Subject, that: &Subject) -> bool {
    let listed = |these: &[Spanned<GroupRef>], those: &[Spanned<GroupRef>]| {
        those.iter().all(|that| these.iter().any(|this| is_same_group(&this.value, &that.value)))
    };
    match (this, that) {
        (Subject::AnyUser, _) => true,
        (Subject::AnyGroup, Subject::AnyGroup | Subject::Groups(_)) => true,
        (Subject::Groups(these), Subject::Groups(those))
        | (Subject::DynamicGroups(these), Subject::DynamicGroups(those)) => listed(these, those),
        (Subject::Services(these), Subject::Services(those)) => {
            let same = |one: &str, other: &str| fold(one) == fold(other);
            those.iter().all(|that| these.iter().any(|this| same(&this.value, &that.value)))
        }
        _ => false,
    }
}

fn is_same_group(one: &GroupRef, other: &GroupRef) -> bool {
    match (one, other) {
        (GroupRef::Name(one), GroupRef::Name(other)) => {
            let domain = |domain: &Option<String>| domain.as_deref().map(fold);
            domain(&one.domain) == domain(&other.domain) && fold(&one.name) == fold(&other.name)
        }
        (GroupRef::Id(one), GroupRef::Id(other)) => one == other,
        _ => false,
    }
}

/// Whether the one place is the other or above it, as far as that can be read.
fn place_covers(
    (this, this_at): (&Spanned<Place>, Option<&str>),
    (that, that_at): (&Spanned<Place>, Option<&str>),
) -> bool {
    if this.value.tenancy != that.value.tenancy {
        return false;
    }
    match (&this.value.location, &that.value.location) {
        (Location::Tenancy, _) => true,
        (Location::Id(this), Location::Id(that)) => this == that,
        (Location::Path(this), Location::Path(that)) => {
            let alike = this.iter().zip(that).all(|(one, other)| fold(one) == fold(other));
            this_at == that_at && this.len() <= that.len() && alike
        }
        _ => false,
    }
}

/// Why a rule grants more than most people mean to.
fn over_broad(rule: &Rule) -> Option<String> {
    if rule.effect.value == Effect::Deny || rule.condition.is_some() {
        return None;
    }
    let in_tenancy = rule.place.value.location == Location::Tenancy;
    let all = rule.action == Action::Verb(Verb::Manage, Resource::All);
    match &rule.subject {
        Subject::AnyUser if all => {
            Some("everybody, services too, may do everything here".to_owned())
        }
        Subject::AnyUser => {
            let hint = "add a condition, or name groups";
            Some(format!("`any-user` is everybody, services too: {hint}"))
        }
        Subject::Services(_) => None,
        subject if all && in_tenancy && !is_administrators(subject) => {
            Some(format!("{subject} may do everything in the tenancy, change this too"))
        }
        _ => None,
    }
}

/// Whether these are the administrators that each tenancy begins with.
fn is_administrators(subject: &Subject) -> bool {
    let Subject::Groups(groups) = subject else { return false };
    let [group] = groups.as_slice() else { return false };
    let GroupRef::Name(name) = &group.value else { return false };
    name.domain.is_none() && fold(&name.name) == "administrators"
}
