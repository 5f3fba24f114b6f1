//! The conditions of the second evaluator, as plain as it: words are split at spaces, times are
//! texts that are compared letter by letter.
//!
//! It knows exactly the conditions that `random_conditions` makes, in any dress.

use std::collections::BTreeMap;

/// When a statement grants.
pub(crate) enum When {
    Always,
    All(Vec<When>),
    Any(Vec<When>),
    /// A variable is there, or is not.
    There(String, bool),
    /// A variable, whether it must be none of the values, and these.
    Is(String, bool, Vec<String>),
    /// A variable of time, how it lies, and the values.
    Lies(String, String, Vec<String>),
}

/// What a condition can look at, in small letters.
pub(crate) struct Asked<'a> {
    pub(crate) sources: &'a [&'a str],
    pub(crate) groups: &'a [String],
    pub(crate) caller: &'a str,
    pub(crate) permission: String,
    pub(crate) known: &'a BTreeMap<String, Vec<String>>,
}

/// The variables that are either true or not.
const FLAGS: [&str; 3] =
    ["request.user.mfatotpverified", "target.group.member", "target.policy.autoupdate"];

impl When {
    pub(crate) fn holds(&self, asked: &Asked<'_>) -> bool {
        match self {
            Self::Always => true,
            Self::All(parts) => parts.iter().all(|part| part.holds(asked)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(asked)),
            Self::There(variable, not) => {
                let things = asked.things(variable);
                let is_flag = FLAGS.contains(&variable.as_str());
                let there = if is_flag { things == ["true"] } else { !things.is_empty() };
                there != *not
            }
            Self::Is(variable, not, values) => {
                let things = asked.things(variable);
                let found = things.iter().any(|thing| values.iter().any(|v| like(thing, v)));
                !things.is_empty() && found != *not
            }
            Self::Lies(variable, how, values) => asked.things(variable).iter().any(|now| {
                let values: Vec<String> = values.iter().map(|value| whole(value)).collect();
                match (how.as_str(), values.as_slice()) {
                    ("before", [end]) => now < end,
                    ("after", [start]) => now > start,
                    ("between", [start, end]) if start > end && now.len() < 10 => {
                        now >= start || now <= end
                    }
                    ("between", [start, end]) => start <= now && now <= end,
                    _ => unreachable!("{how} {values:?}"),
                }
            }),
        }
    }
}

/// A time with all that it leaves out.
fn whole(value: &str) -> String {
    let value = value.trim_end_matches('z');
    match value.len() {
        10 => format!("{value}t00:00:00"),
        16 => format!("{value}:00"),
        _ => value.to_owned(),
    }
}

impl Asked<'_> {
    fn things(&self, variable: &str) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        let groups = |dynamic: bool| {
            let own = self.groups.iter();
            own.filter(|group| group.contains("dynamic") == dynamic).cloned().collect()
        };
        match variable {
            "request.networksource.name" => self.sources.iter().map(ToString::to_string).collect(),
            "request.groups.id" => groups(false),
            "request.dynamicgroup.id" => groups(true),
            "request.permission" => one(&self.permission),
            "request.user.id" | "request.principal.id" => one(self.caller),
            "request.principal.type" => one("user"),
            "request.instance.id" => Vec::new(),
            other => self.known.get(other).cloned().unwrap_or_default(),
        }
    }
}

/// Whether a text is a value, or like a pattern.
fn like(text: &str, value: &str) -> bool {
    let Some(pattern) = value.strip_prefix('/') else { return text == value };
    let part = pattern.replace(['*', '/'], "");
    match (pattern.starts_with('*'), pattern.ends_with("*/")) {
        (true, true) => text.contains(&part),
        (true, false) => text.ends_with(&part),
        _ => text.starts_with(&part),
    }
}

/// Reads a condition from the front of the words; answers what is left of them.
pub(crate) fn when<'a, 'b>(words: &'a [&'b str]) -> (When, &'a [&'b str]) {
    let is_variable = |word: &str| word.starts_with("request.") || word.starts_with("target.");
    match words {
        ["not", variable, rest @ ..] => (When::There((*variable).to_owned(), true), rest),
        [variable, rest @ ..] if is_variable(variable) => test((*variable).to_owned(), rest),
        [word, rest @ ..] => {
            let (mut rest, mut parts) = (rest, Vec::new());
            while rest[0] != "}" {
                let (part, left) = when(&rest[1..]); // after `{` or `,`
                parts.push(part);
                rest = left;
            }
            (if *word == "any" { When::Any(parts) } else { When::All(parts) }, &rest[1..])
        }
        [] => unreachable!("a condition ends too soon"),
    }
}

fn test<'a, 'b>(variable: String, rest: &'a [&'b str]) -> (When, &'a [&'b str]) {
    let list = |rest: &'a [&'b str]| {
        let end = rest.iter().position(|word| *word == ")").unwrap();
        let names = rest[..end].iter().filter(|word| **word != ",");
        (names.map(ToString::to_string).collect(), &rest[end + 1..])
    };
    let one = |value: &str| vec![value.to_owned()];
    match rest {
        ["=", value, rest @ ..] => (When::Is(variable, false, one(value)), rest),
        ["!=", value, rest @ ..] => (When::Is(variable, true, one(value)), rest),
        ["in", "(", rest @ ..] => {
            let (values, rest) = list(rest);
            (When::Is(variable, false, values), rest)
        }
        ["not", "in", "(", rest @ ..] => {
            let (values, rest) = list(rest);
            (When::Is(variable, true, values), rest)
        }
        ["between", start, "and", end, rest @ ..] => {
            let values = vec![(*start).to_owned(), (*end).to_owned()];
            (When::Lies(variable, "between".to_owned(), values), rest)
        }
        [how @ ("before" | "after"), value, rest @ ..] => {
            (When::Lies(variable, (*how).to_owned(), one(value)), rest)
        }
        rest => (When::There(variable, false), rest),
    }
}
