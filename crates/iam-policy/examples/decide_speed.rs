//! Prints what one decision costs, by number of statements and of the caller's groups.
//!
//! `cargo run --release -p iam-policy --example decide_speed`. Each policy set is spread over
//! groups and compartments as a real one is. "first" is a grant in the root by the caller's first
//! group, as an administrator has it; "last" is one by the last group, in the target's own
//! compartment; "refused" looks at everything and finds nothing.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program for people to look at")]

use std::hint::black_box;
use std::time::Instant;

use iam_policy::{
    Compiled, Decision, Facts, GroupName, Names, PolicySet, Question, compile, decide, parse,
};

const ROUNDS: u32 = 2_000_000;
const TENANCY: &str =
    "ocid1.tenancy.oc1..aaaaaaaaq3v5kxw2ulnhjz6tdmo7pcr4bysgieaf5x2wqnlukjzh7tdmopcr";

/// A tenancy in which every OCID exists and lies below the root.
struct Anywhere;

impl Names for Anywhere {
    fn group(&self, _: &GroupName) -> Option<String> {
        None
    }
    fn group_exists(&self, _: &str) -> bool {
        true
    }
    fn dynamic_group(&self, _: &GroupName) -> Option<String> {
        None
    }

    fn dynamic_group_exists(&self, _: &str) -> bool {
        false
    }

    fn compartment(&self, _: &[&str]) -> Option<String> {
        None
    }
    fn compartment_in_subtree(&self, _: &str) -> bool {
        true
    }
    fn attached_to(&self) -> &str {
        TENANCY
    }
    fn tenancy(&self) -> &str {
        TENANCY
    }
}

fn ocid(kind: &str, number: usize) -> String {
    // Only the end differs, as the beginnings of real ones are alike.
    format!("ocid1.{kind}.oc1..aaaaaaaa{:a>52}", number * 2_654_435_761)
}

fn statement(text: &str) -> Compiled {
    let parsed = parse(text).expect("a statement");
    compile(&parsed, &Anywhere).expect("every OCID exists")
}

fn main() {
    println!(
        "{:>10} {:>6} | {:>8} {:>8} {:>8}  ns a decision",
        "statements", "groups", "first", "last", "refused"
    );
    for (statements, groups) in [(10, 1), (100, 10), (1_000, 10)] {
        let target = ocid("compartment", 0);
        let mut kept: Vec<Compiled> = (2..statements)
            .map(|n| {
                let (group, place) = (ocid("group", n % 50), ocid("compartment", n % 20));
                statement(&format!(
                    "Allow group id {group} to read tag-defaults in compartment id {place}"
                ))
            })
            .collect();
        let (first, last) = (ocid("group", 0), ocid("group", groups - 1));
        kept.push(statement(&format!("Allow group id {first} to manage groups in tenancy")));
        kept.push(statement(&format!(
            "Allow group id {last} to manage users in compartment id {target}"
        )));
        let set = PolicySet::new(kept);

        let caller = ocid("user", 1);
        let groups: Vec<String> = (0..groups).map(|n| ocid("group", n)).collect();
        let parent = ocid("compartment", 1);
        let deep = [target.as_str(), parent.as_str(), TENANCY];
        let time = |needs: &[&'static str], compartments: &[&str], allowed: bool| {
            let question = Question {
                caller: &caller,
                groups: &groups,
                needs,
                compartments,
                owner: None,
                address: None,
                facts: Facts::none(),
            };
            let start = Instant::now();
            for _ in 0..ROUNDS {
                let decision = decide(black_box(&set), black_box(&question));
                assert_eq!(matches!(black_box(decision), Decision::Allowed(_)), allowed);
            }
            start.elapsed().as_nanos() / u128::from(ROUNDS)
        };
        println!(
            "{statements:>10} {:>6} | {:>8} {:>8} {:>8}",
            groups.len(),
            time(&["GROUP_CREATE"], &[TENANCY], true),
            time(&["USER_UPDATE", "USER_UIPASS_RESET"], &deep, true),
            time(&["POLICY_UPDATE"], &deep, false),
        );
    }
}
