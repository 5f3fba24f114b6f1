//! A second evaluator, as plain as can be: words are split at spaces, sets are lists of names,
//! nothing is indexed.
//!
//! It is written from OCI's rules and `tests/facts`, not from the crate, of which it uses nothing.
//! It knows exactly the statements that `World::statement` makes, in any dress.

use std::collections::BTreeMap;

use crate::naive_conditions::{Asked, When, when};
use crate::world::{DYNAMIC_GROUPS, GROUPS, PARTNERS_GROUP, World, dynamic_group_ocid, group_ocid};

/// What a statement means: whether it takes, to whom, which permissions, on which compartment,
/// attached where.
pub(crate) struct Rule {
    denies: bool,
    who: Who,
    permissions: Vec<String>,
    place: usize,
    attached: usize,
    when: When,
}

/// Addresses to ask from, each with the network sources that it is in.
pub(crate) const ADDRESSES: [(&str, &[&str]); 7] = [
    ("203.0.113.7", &["office", "lab"]),
    ("203.0.113.255", &["office"]),
    ("::ffff:203.0.113.8", &["office"]),
    ("2001:db8:ffff::1", &["office"]),
    ("198.51.100.128", &["lab"]),
    ("198.51.100.127", &[]),
    ("2001:db9::1", &[]),
];

/// Who asks, in all questions.
pub(crate) const CALLER: &str = "ocid1.user.oc1..aaaaaaaau1";

enum Who {
    Everyone,
    Members,
    Nobody,
    Groups(Vec<String>),
}

/// Reads a statement; `None` where it must be refused.
pub(crate) fn read(world: &World, attached: usize, statement: &str) -> Option<Rule> {
    let text = statement.to_lowercase().replace('\'', "");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut halves = words.splitn(2, |word| *word == "where");
    let (words, condition) = (halves.next()?, halves.next());
    let when = condition.map_or(When::Always, |condition| when(condition).0);
    let (head, place) = split(words, "in")?;
    let (subject, action) = match head.iter().position(|word| *word == "{") {
        Some(brace) => {
            let end = if head[brace - 1] == "to" { brace - 1 } else { brace };
            (&head[1..end], &head[brace..])
        }
        None => split(&head[1..], "to")?,
    };
    let who = match subject {
        ["any-user"] => Who::Everyone,
        ["any-group"] => Who::Members,
        ["group", names @ ..] => {
            Who::Groups(names.split(|word| *word == ",").map(group).collect::<Option<_>>()?)
        }
        ["service", ..] => Who::Nobody,
        ["dynamic-group", .., name] => {
            let number = DYNAMIC_GROUPS.iter().position(|known| known.to_lowercase() == **name)?;
            Who::Groups(vec![dynamic_group_ocid(number)])
        }
        _ => return None,
    };
    let denies = words[0] == "deny";
    let permissions = match action {
        ["{", names @ .., "}"] => {
            names.iter().filter(|name| **name != ",").map(|name| name.to_uppercase()).collect()
        }
        [verb, resource] => meant(verb, resource, denies),
        _ => return None,
    };
    let place = match place {
        ["tenancy"] => (attached == 0).then_some(0)?,
        ["compartment", "id", ocid] => {
            world.compartments.iter().position(|(known, ..)| known == ocid)?
        }
        ["compartment", path @ ..] => {
            let path: Vec<&str> = path.iter().copied().filter(|word| *word != ":").collect();
            world.resolve(attached, &path)?
        }
        _ => return None,
    };
    world.path(place).contains(&attached).then_some(Rule {
        denies,
        who,
        permissions,
        place,
        attached,
        when,
    })
}

fn split<'a, 'b>(words: &'a [&'b str], at: &str) -> Option<(&'a [&'b str], &'a [&'b str])> {
    let place = words.iter().rposition(|word| *word == at)?;
    Some((&words[..place], &words[place + 1..]))
}

fn group(words: &[&str]) -> Option<String> {
    match words {
        ["id", ocid] => Some((*ocid).to_owned()),
        ["default", "/", name] | [name] => {
            let number = GROUPS.iter().position(|group| group.to_lowercase() == **name)?;
            Some(group_ocid(number))
        }
        ["partners", "/", "administrators"] => Some(group_ocid(PARTNERS_GROUP)),
        _ => None,
    }
}

/// What a verb means: its cell of the table and all cells to the left, of one row or of all; where
/// it is denied, all cells to the right.
fn meant(verb: &str, resource: &str, denies: bool) -> Vec<String> {
    let cell = ["inspect", "read", "use", "manage"].iter().position(|v| *v == verb).unwrap() + 1;
    let cells = if denies { cell..=4 } else { 1..=cell };
    include_str!("../facts/verbs.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(" | ").collect::<Vec<_>>())
        .filter(|row| resource == "all-resources" || row[0] == resource)
        .flat_map(|row| {
            row[cells.clone()]
                .join(" ")
                .replace('*', "")
                .split(' ')
                .map(String::from)
                .collect::<Vec<_>>()
        })
        .filter(|permission| permission != "-")
        .collect()
}

/// What somebody asks for, and from where.
pub(crate) struct Case<'a> {
    pub(crate) groups: &'a [String],
    pub(crate) needs: &'a [&'a str],
    pub(crate) target: usize,
    /// Whether it is for what is their own.
    pub(crate) own: bool,
    /// The network sources that their address is in.
    pub(crate) sources: &'a [&'a str],
    /// What else conditions look at.
    pub(crate) known: &'a BTreeMap<String, Vec<String>>,
    /// A compartment with a policy that nobody can read.
    pub(crate) closed: Option<usize>,
}

/// Whether the rules let them: each permission must be granted, or be for what is their own, and
/// must not be denied, but for the administrators.
pub(crate) fn allowed(world: &World, rules: &[Rule], case: &Case<'_>) -> bool {
    let path = world.path(case.target);
    let Case { groups, sources, known, .. } = *case;
    let says = |rule: &Rule, need: &str| {
        let reaches = match &rule.who {
            Who::Everyone => true,
            Who::Members => !groups.is_empty(),
            Who::Nobody => false,
            Who::Groups(named) => groups.iter().any(|group| named.contains(group)),
        };
        // A policy speaks only of what lies below its own compartment, now as when it was written.
        let covers = path.contains(&rule.place) && world.path(rule.place).contains(&rule.attached);
        reaches
            && covers
            && rule.when.holds(&Asked {
                sources,
                groups,
                caller: CALLER,
                permission: need.to_lowercase(),
                known,
            })
            && rule.permissions.iter().any(|permission| permission == need)
    };
    let closed = case.closed.is_some_and(|closed| path.contains(&closed));
    let exempt = groups.contains(&group_ocid(0));
    case.needs.iter().all(|need| {
        let granted = case.own || rules.iter().any(|rule| !rule.denies && says(rule, need));
        let denied = closed || rules.iter().any(|rule| rule.denies && says(rule, need));
        granted && (!denied || exempt)
    }) && (case.own || !case.needs.is_empty())
}
