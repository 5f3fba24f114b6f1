//! The evaluator against the naive one, on random policies and questions.

use std::cell::RefCell;

use iam_policy::{Compiled, Decision, PolicySet, Question, decide};
use proptest::proptest;

use crate::naive::{self, CALLER, Case, Rule};
use crate::properties::config;
use crate::random::Random;
use crate::random_conditions;
use crate::world::{
    DYNAMIC_GROUPS, PARTNERS_GROUP, World, dynamic_group_ocid, group_ocid, network_sources,
    permission,
};

const QUESTIONS: u32 = 200;
/// The questions of an everyday run; `POLICY_QUESTIONS` asks for more, as the checks do.
const QUESTIONS_EVERYDAY: u32 = 100_000;

const OTHER: &str = "ocid1.user.oc1..aaaaaaaau2";

/// Statements that both accept; they must also refuse the same ones.
fn write(world: &World, random: &mut Random) -> (Vec<Compiled>, Vec<Rule>) {
    let mut written = (Vec::new(), Vec::new());
    for _ in 0..random.below(12) {
        let attached = if random.one_in(2) { 0 } else { random.below(world.compartments.len()) };
        let plain = world.any_statement(random);
        let statement = random.dress(&plain);
        let compiled = world.compile(attached, &statement);
        let rule = naive::read(world, attached, &statement);
        assert_eq!(compiled.is_ok(), rule.is_some(), "in {attached}: {statement} {compiled:?}");
        written.0.extend(compiled);
        written.1.extend(rule);
    }
    written
}

/// Answers of each kind; denied are some of those that are refused.
#[derive(Debug, Default)]
struct Count {
    allowed: u32,
    refused: u32,
    denied: u32,
}

fn compare(seed: u64, count: &mut Count) {
    let mut random = Random(seed);
    let mut world = World::new();
    let (compiled, rules) = write(&world, &mut random);
    let closed = random.one_in(20).then(|| random.below(world.compartments.len()));
    let set = PolicySet::new(compiled)
        .closing(closed.map(|closed| world.compartments[closed].0.clone()))
        .exempting(group_ocid(0))
        .with_network_sources(network_sources());
    if random.one_in(3) {
        let (moved, parent) = (random.below(7), random.below(7));
        world.reparent(moved, parent);
    }
    let mut all_groups: Vec<String> = (0..=PARTNERS_GROUP).map(group_ocid).collect();
    all_groups.extend((0..DYNAMIC_GROUPS.len()).map(dynamic_group_ocid));
    for _ in 0..QUESTIONS {
        let groups = random.some(&all_groups);
        let needs: Vec<&str> = (0..random.below(4)).map(|_| permission(&mut random)).collect();
        let target = random.below(world.compartments.len());
        let compartments = &world.ocids(target);
        let owner = random.pick(&[None, None, None, Some(OTHER), Some(CALLER)]);
        let own = owner == Some(CALLER);
        let (address, sources) = random.pick(&naive::ADDRESSES);
        let (facts, known) = random_conditions::facts(&mut random);
        let naive = |needs: &[&str]| {
            let (groups, known) = (&groups, &known);
            let case = Case { groups, needs, target, own, sources, known, closed };
            naive::allowed(&world, &rules, &case)
        };
        let address = Some(address.parse().unwrap());
        let (groups, needs, facts) = (&groups, &needs, &facts);
        let question =
            Question { caller: CALLER, groups, needs, compartments, owner, address, facts };
        match decide(&set, &question) {
            Decision::Allowed(_) => {
                assert!(naive(needs), "only the naive one refuses {question:?}");
                count.allowed += 1;
            }
            Decision::Refused(refusal) => {
                assert!(!naive(needs), "only the naive one allows {question:?}");
                let mut missing = needs.clone();
                missing.retain(|need| !naive(&[need]));
                missing.sort_unstable();
                missing.dedup();
                assert_eq!(refusal.missing, missing, "{question:?}");
                let is_missing = |denied: &&str| missing.contains(denied);
                assert!(refusal.denied.iter().all(is_missing), "{refusal:?} {question:?}");
                count.refused += 1;
                count.denied += u32::from(!refusal.denied.is_empty());
            }
        }
    }
}

#[test]
fn the_evaluator_and_the_naive_one_agree() {
    let questions = crate::wanted("POLICY_QUESTIONS", QUESTIONS_EVERYDAY);
    let count = RefCell::new(Count::default());
    proptest!(config(questions / QUESTIONS), |(seed: u64)| compare(seed, &mut count.borrow_mut()));
    let count = count.into_inner();
    let Count { allowed, refused, denied } = count;
    assert_eq!(allowed + refused, questions / QUESTIONS * QUESTIONS);
    // Worth something only if all answers are frequent.
    let share = |count: u32| f64::from(count) / f64::from(questions);
    let is_frequent = share(allowed) > 0.1 && share(refused) > 0.3 && share(denied) > 0.02;
    assert!(is_frequent, "{count:?}");
}
