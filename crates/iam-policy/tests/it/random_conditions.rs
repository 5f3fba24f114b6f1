//! Random conditions such as people write, and random facts to hold them against.

use std::collections::BTreeMap;

use iam_policy::{Facts, Variable};

use crate::random::Random;

/// Variables that are compared with texts, each with what questions may know of it.
const TEXTS: [(&str, &[&str]); 13] = [
    ("request.networkSource.name", &["Office", "lab", "nowhere"]),
    ("request.user.id", &["ocid1.user.oc1..aaaaaaaau1", "ocid1.user.oc1..aaaaaaaau2"]),
    ("request.principal.id", &["ocid1.user.oc1..aaaaaaaau1", "ocid1.user.oc1..aaaaaaaau2"]),
    ("request.principal.type", &["user", "instance"]),
    ("request.instance.id", &["ocid1.instance.oc1..aaaaaaaai1"]),
    ("request.groups.id", &["ocid1.group.oc1..aaaaaaaag0", "ocid1.group.oc1..aaaaaaaag3"]),
    (
        "request.dynamicgroup.id",
        &["ocid1.dynamicgroup.oc1..aaaaaaaad0", "ocid1.dynamicgroup.oc1..aaaaaaaad1"],
    ),
    ("request.permission", &["USER_INSPECT", "user_update", "USER_UIPASS_RESET"]),
    ("request.operation", &["ListUsers", "GetUser"]),
    ("target.user.name", &["ada", "Bob-2"]),
    ("target.group.name", &["Administrators", "HelpDesk"]),
    ("target.resource.tag.Ops.Team", &["red", "blue"]),
    ("request.principal.group.tag.ops.team", &["red", "green"]),
];

/// Variables that are compared with certain words.
const WORDS: [(&str, &[&str]); 7] = [
    ("request.user.mfaTotpVerified", &["true", "false"]),
    ("target.group.member", &["true", "false"]),
    ("target.policy.type", &["allow", "deny"]),
    ("target.credential.type", &["smtp", "swift", "secretkey"]),
    ("request.utc-timestamp.month-of-year", &["1", "2", "3", "11", "12"]),
    ("request.utc-timestamp.day-of-month", &["1", "2", "28", "29", "30", "31"]),
    ("request.utc-timestamp.day-of-week", &["Monday", "Thursday", "Sunday"]),
];

const MOMENT: &str = "request.utc-timestamp";
const MOMENTS: [&str; 6] = [
    "2024-02-29Z",
    "'2024-02-29T12:00Z'",
    "'2025-12-31T23:59:59Z'",
    "2026-01-01Z",
    "'2026-03-01T00:00:01Z'",
    "1969-12-31Z",
];
const TIME_OF_DAY: &str = "request.utc-timestamp.time-of-day";
const TIMES_OF_DAY: [&str; 5] =
    ["'00:00:00Z'", "'05:00:00Z'", "'12:00:00'", "'22:30:01Z'", "'23:59:59Z'"];

/// A condition.
pub(crate) fn condition(random: &mut Random) -> String {
    nested(random, 0)
}

fn nested(random: &mut Random, depth: usize) -> String {
    if depth < 3 && random.one_in(3) {
        let parts: Vec<String> = (0..=random.below(2)).map(|_| nested(random, depth + 1)).collect();
        return format!("{} {{ {} }}", random.pick(&["any", "all"]), parts.join(" , "));
    }
    test(random)
}

/// One test.
pub(crate) fn test(random: &mut Random) -> String {
    let (variable, values): (&str, Vec<String>) = match random.below(8) {
        0 => {
            let (one, other) = (random.pick(&MOMENTS), random.pick(&MOMENTS));
            return match random.below(3) {
                0 => format!("{MOMENT} before {one}"),
                1 => format!("{MOMENT} after {one}"),
                _ => format!("{MOMENT} between {one} and {other}"),
            };
        }
        1 => {
            let (one, other) = (random.pick(&TIMES_OF_DAY), random.pick(&TIMES_OF_DAY));
            return format!("{TIME_OF_DAY} between {one} and {other}");
        }
        2 | 3 => {
            let (variable, words) = random.pick(&WORDS);
            (variable, (0..2).map(|_| quoted(random, words)).collect())
        }
        _ => {
            let (variable, texts) = random.pick(&TEXTS);
            (variable, (0..2).map(|_| text(random, texts)).collect())
        }
    };
    let is_clock = variable.starts_with(MOMENT);
    match random.below(6) {
        0 if !is_clock => variable.to_owned(),
        1 if !is_clock => format!("not {variable}"),
        0 | 2 => format!("{variable} = {}", values[0]),
        1 | 3 => format!("{variable} != {}", values[0]),
        4 => format!("{variable} in ( {} , {} )", values[0], values[1]),
        _ => format!("{variable} not in ( {} , {} )", values[0], values[1]),
    }
}

fn quoted(random: &mut Random, words: &[&str]) -> String {
    let word = random.pick(words);
    if random.one_in(2) { word.to_owned() } else { format!("'{word}'") }
}

/// A text, or a pattern that some of the texts are like.
fn text(random: &mut Random, texts: &[&str]) -> String {
    let word = random.pick(texts);
    let part = |range: std::ops::Range<usize>| word.get(range).unwrap();
    match random.below(6) {
        0 => format!("/{}*/", part(0..3)),
        1 => format!("/*{}/", part(word.len() - 2..word.len())),
        2 => format!("/*{}*/", part(1..3)),
        _ => quoted(random, texts),
    }
}

/// What is known of a question: as the evaluator takes it, and as the naive one does.
pub(crate) fn facts(random: &mut Random) -> (Facts, BTreeMap<String, Vec<String>>) {
    let mut naive = BTreeMap::new();
    let mut facts = Facts::default();
    if !random.one_in(4) {
        let (seconds, words) = moment(random);
        facts = Facts::at(seconds);
        naive.extend(words);
    }
    let asked: [&str; 7] = [
        "request.networkSource.name",
        "request.user.id",
        "request.principal.id",
        "request.principal.type",
        "request.instance.id",
        "request.groups.id",
        "request.dynamicgroup.id",
    ];
    let told = TEXTS.iter().chain(WORDS.iter()).filter(|(variable, _)| {
        !asked.contains(variable)
            && *variable != "request.permission"
            && !variable.starts_with(MOMENT)
    });
    for (variable, things) in told {
        let things: Vec<&str> = match random.below(4) {
            0 => Vec::new(),
            1 if things.len() > 2 || variable.contains("group.tag") => random.some(things),
            _ => vec![random.pick(things)],
        };
        let small = things.iter().map(|thing| thing.to_lowercase()).collect();
        naive.insert(variable.to_lowercase(), small);
        let variable = Variable::named(variable).unwrap();
        facts.know(variable, things.into_iter().map(str::to_owned).collect());
    }
    // What the question itself says, nobody can tell otherwise.
    if random.one_in(4) {
        let lie = Variable::named(random.pick(&asked)).unwrap();
        facts.know(lie, vec!["ocid1.user.oc1..aaaaaaaau2".to_owned(), "Office".to_owned()]);
    }
    (facts, naive)
}

/// A moment, in seconds since 1970, and all that the naive evaluator has to know of it.
fn moment(random: &mut Random) -> (i64, Vec<(String, Vec<String>)>) {
    let year = random.pick(&[1969, 2024, 2025, 2026]);
    let month = random.below(12) + 1;
    let leap = if year == 2024 { 29 } else { 28 };
    let lengths = [31, leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let day = if random.one_in(2) { lengths[month - 1] } else { random.below(28) + 1 };
    let second = random.pick(&[0, 1, 18_000, 43_200, 81_001, 86_399]);
    let years: i64 = match year {
        1969 => -365,
        year => (1970..year).map(|year| if year % 4 == 0 { 366 } else { 365 }).sum(),
    };
    let before: usize = lengths[..month - 1].iter().sum::<usize>() + day - 1;
    let days = years + i64::try_from(before).unwrap();
    let week = ["thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"];
    let weekday = week[usize::try_from(days.rem_euclid(7)).unwrap()];
    let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    let words = [
        ("", format!("{year}-{month:02}-{day:02}t{time}")),
        (".month-of-year", month.to_string()),
        (".day-of-month", day.to_string()),
        (".day-of-week", weekday.to_owned()),
        (".time-of-day", time),
    ];
    let words = words.into_iter().map(|(end, word)| (format!("{MOMENT}{end}"), vec![word]));
    (days * 86_400 + second, words.collect())
}
