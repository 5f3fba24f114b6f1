//! Explanations: they say what the evaluator says, on another way, and name the clause that failed.

use std::cell::RefCell;

use iam_policy::{
    Decision, Explanation, Facts, Grounds, NEAR_MAX, Origin, Part, PermissionSet, PolicySet,
    Question, Reason, Written, decide, explain, narrowest, parse, permissions,
};
use proptest::proptest;

use crate::naive::{ADDRESSES, CALLER};
use crate::properties::config;
use crate::random::Random;
use crate::world::{
    DYNAMIC_GROUPS, GROUPS, World, dynamic_group_ocid, group_ocid, network_sources, permission,
};

const HELP_DESK: usize = 1;
const AUDITORS: usize = 2;

fn written(world: &World, attached: usize, number: usize, text: &str) -> Option<Written> {
    let compiled = world.compile(attached, text).ok()?;
    let origin = Origin {
        policy_id: format!("ocid1.policy.oc1..p{attached}"),
        policy_name: format!("policy-{attached}"),
        number,
        text: text.to_owned(),
    };
    Some(Written { origin, compiled })
}

/// Statements of policies that are attached to the root.
fn at_the_root(world: &World, texts: &[&str]) -> Vec<Written> {
    let numbered = texts.iter().enumerate();
    numbered.map(|(at, text)| written(world, 0, at + 1, text).unwrap()).collect()
}

fn name_of(world: &World) -> impl Fn(&str) -> Option<String> {
    let mut names: Vec<(String, String)> =
        (0..GROUPS.len()).map(|n| (group_ocid(n), GROUPS[n].to_owned())).collect();
    names.extend(world.compartments.iter().map(|(id, name, _)| (id.clone(), (*name).to_owned())));
    move |id| names.iter().find(|(known, _)| known == id).map(|(_, name)| name.clone())
}

fn asked(world: &World, statements: &[Written], question: &Question<'_>) -> Explanation {
    let name_of = name_of(world);
    let sources = network_sources();
    let (network_sources, exempt) = (&sources[..], None);
    let grounds = Grounds { statements, network_sources, exempt, name_of: &name_of };
    explain(&grounds, question)
}

/// A question of a caller in that group, about the root unless another target is given.
fn question<'a>(
    groups: &'a [String],
    needs: &'a [&'static str],
    compartments: &'a [&'a str],
) -> Question<'a> {
    Question {
        caller: CALLER,
        groups,
        needs,
        compartments,
        owner: None,
        address: None,
        facts: Facts::none(),
    }
}

fn failing(explanation: &Explanation, at: usize) -> Vec<(Part, &str)> {
    let clauses = explanation.near[at].clauses.iter().filter(|clause| !clause.holds);
    clauses.map(|clause| (clause.part, clause.why.as_str())).collect()
}

#[test]
fn each_need_is_told_of_with_what_grants_it() {
    let world = World::new();
    let statements = at_the_root(
        &world,
        &[
            "Allow group HelpDesk to use users in tenancy",
            "Allow group auditors to manage users in tenancy",
        ],
    );
    let groups = [group_ocid(HELP_DESK)];
    let needs = ["USER_UPDATE", "USER_UIPASS_RESET"];
    let path = world.ocids(0);
    let explanation = asked(&world, &statements, &question(&groups, &needs, &path));
    assert!(!explanation.is_allowed);
    assert_eq!(explanation.reason, Reason::Statements);
    let needs: Vec<(&str, bool, Vec<usize>)> = explanation
        .permissions
        .iter()
        .map(|need| {
            let by = need.granted_by.iter().map(|origin| origin.number).collect();
            (need.permission.as_str(), need.is_granted, by)
        })
        .collect();
    assert_eq!(
        needs,
        [("USER_UIPASS_RESET", false, vec![]), ("USER_UPDATE", true, vec![1])],
        "{explanation}"
    );
    assert_eq!(
        failing(&explanation, 0),
        [(
            Part::Permission,
            "it gives USER_INSPECT, USER_READ, USER_UPDATE, not USER_UIPASS_RESET"
        )]
    );
    assert_eq!(failing(&explanation, 1), [(Part::Subject, "the caller is not in its group")]);
    assert_eq!(explanation.near[1].would_give, ["USER_UIPASS_RESET"]);
    assert_eq!(
        explanation.proposals,
        ["Allow group HelpDesk to {USER_UIPASS_RESET} in tenancy"],
        "nothing that is granted already"
    );
}

#[test]
fn the_test_that_failed_is_named_with_what_the_request_had() {
    let world = World::new();
    let statements = at_the_root(
        &world,
        &["Allow group HelpDesk to manage users in tenancy where all {request.permission != \
           /*_DELETE/, any {request.networkSource.name = 'Office', request.groups.id = 'x'}}"],
    );
    let groups = [group_ocid(HELP_DESK)];
    let path = world.ocids(0);
    let mut question = question(&groups, &["USER_CREATE"], &path);
    let explanation = asked(&world, &statements, &question);
    let failed: Vec<(&str, Vec<&str>)> = explanation.near[0]
        .failed_tests
        .iter()
        .map(|failed| (failed.test.as_str(), failed.had.iter().map(String::as_str).collect()))
        .collect();
    let group = group_ocid(HELP_DESK);
    assert_eq!(
        failed,
        [
            ("request.networkSource.name = 'office'", vec![]),
            ("request.groups.id = 'x'", vec![group.as_str()]),
        ],
        "the test of the permission held"
    );
    question.address = Some("203.0.113.5".parse().unwrap());
    assert!(asked(&world, &statements, &question).is_allowed);
}

#[test]
fn a_statement_for_another_place_is_near_and_says_which() {
    let world = World::new();
    let text = "Allow group HelpDesk to manage policies in compartment Alpha:Apps";
    let statements = at_the_root(&world, &[text]);
    let groups = [group_ocid(HELP_DESK)];
    let path = world.ocids(2);
    let explanation = asked(&world, &statements, &question(&groups, &["POLICY_READ"], &path));
    assert_eq!(
        failing(&explanation, 0),
        [(Part::Place, "it reaches `Apps` and below, and the target is in `Beta`")]
    );
    let beta = path[0];
    assert_eq!(
        explanation.proposals,
        [format!("Allow group HelpDesk to inspect policies in compartment id {beta}")]
    );
    assert_eq!(
        explanation.to_string(),
        format!(
            "Refused: no statement grants the caller POLICY_READ.\n\n\
             Needed\n  POLICY_READ  not granted\n\n\
             These statements came nearest\n  statement 1 of `policy-0`\n    {text}\n    \
             who    yes\n    where  no: it reaches `Apps` and below, and the target is in `Beta`\n    \
             what   yes\n    when   yes\n\n\
             The least that would allow it, in a policy of the tenancy\n  \
             Allow group HelpDesk to inspect policies in compartment id {beta}\n"
        )
    );
}

#[test]
fn a_compartment_that_was_moved_away_is_told_of() {
    let mut world = World::new();
    let moved = "Allow group HelpDesk to manage users in compartment Apps";
    let statements = [written(&world, 1, 1, moved).unwrap()];
    world.reparent(3, 2);
    let groups = [group_ocid(HELP_DESK)];
    let path = world.ocids(3);
    let explanation = asked(&world, &statements, &question(&groups, &["USER_INSPECT"], &path));
    assert_eq!(
        failing(&explanation, 0),
        [(Part::Place, "its policy is attached to `Alpha`, which `Apps` is not below any more")]
    );
}

#[test]
fn the_nearest_comes_first_and_what_is_far_not_at_all() {
    let world = World::new();
    let far = ["Allow group auditors to inspect groups in tenancy"; 3];
    let mut texts = vec![
        "Allow group auditors to manage users in compartment Alpha", // who and where
        "Allow group auditors to manage users in tenancy",           // who
        "Allow group HelpDesk to manage users in tenancy where request.networkSource.name = 'lab'",
        "Allow group HelpDesk to inspect compartments in tenancy", // of another type
    ];
    texts.extend(far);
    let statements = at_the_root(&world, &texts);
    let groups = [group_ocid(HELP_DESK)];
    let path = world.ocids(0);
    let explanation = asked(&world, &statements, &question(&groups, &["USER_DELETE"], &path));
    let near: Vec<usize> = explanation.near.iter().map(|near| near.statement.number).collect();
    assert_eq!(near, [3, 2, 1], "{explanation}");

    let many = vec!["Allow group auditors to manage users in tenancy"; NEAR_MAX + 4];
    let statements = at_the_root(&world, &many);
    let explanation = asked(&world, &statements, &question(&groups, &["USER_DELETE"], &path));
    assert_eq!((explanation.near.len(), explanation.near_left_out), (NEAR_MAX, 4));
}

#[test]
fn whoever_is_in_no_group_is_told_to_get_into_one() {
    let world = World::new();
    let path = world.ocids(0);
    let explanation = asked(&world, &[], &question(&[], &["USER_CREATE"], &path));
    assert_eq!(explanation.proposals, ["Allow group GROUP to {USER_CREATE} in tenancy"]);
    let text = explanation.to_string();
    assert!(text.contains("No statement comes near."), "{text}");
    assert!(text.ends_with("make one, and put its name for GROUP.\n"), "{text}");
}

#[test]
fn every_permission_there_is_is_one_need() {
    let world = World::new();
    let groups = [group_ocid(AUDITORS)];
    let path = world.ocids(1);
    let needs = ["manage all-resources"];
    let most = at_the_root(&world, &["Allow group auditors to use all-resources in tenancy"]);
    let explanation = asked(&world, &most, &question(&groups, &needs, &path));
    assert!(!explanation.is_allowed && explanation.permissions.len() == 1, "{explanation}");
    let all = at_the_root(&world, &["Allow group auditors to manage all-resources in tenancy"]);
    let explanation = asked(&world, &all, &question(&groups, &needs, &path));
    assert!(explanation.is_allowed && explanation.permissions[0].granted_by.len() == 1);
}

#[test]
fn what_is_nobodys_or_ones_own_needs_no_statement() {
    let world = World::new();
    let path = world.ocids(0);
    let mut own = question(&[], &["USER_UPDATE"], &path);
    own.owner = Some(CALLER);
    let explanation = asked(&world, &[], &own);
    assert_eq!((explanation.is_allowed, explanation.reason), (true, Reason::Own));
    let nobody = Question { caller: "", owner: Some(""), ..own };
    let explanation = asked(&world, &[], &nobody);
    assert_eq!((explanation.is_allowed, explanation.reason), (false, Reason::Nobody));
    let explanation = asked(&world, &[], &question(&[], &[], &path));
    assert_eq!((explanation.is_allowed, explanation.reason), (false, Reason::NothingNeeded));
}

#[test]
fn what_is_denied_is_told_of_with_what_denies_it() {
    let world = World::new();
    let statements = at_the_root(
        &world,
        &[
            "Allow group HelpDesk to manage users in tenancy",
            "Deny group HelpDesk to use users in compartment Beta",
        ],
    );
    let groups = [group_ocid(HELP_DESK)];
    let path = world.ocids(2);
    let needs = ["USER_UPDATE", "USER_READ"];
    let explanation = asked(&world, &statements, &question(&groups, &needs, &path));
    assert!(!explanation.is_allowed && explanation.proposals.is_empty(), "{explanation}");
    assert_eq!(
        explanation.to_string(),
        "Refused: the caller is denied USER_UPDATE.\n\n\
         Needed\n  USER_READ    granted by statement 1 of `policy-0`\n  \
         USER_UPDATE  denied by statement 2 of `policy-0`\n\n\
         What is denied stays so whatever is granted.\n"
    );
    // On what is one's own, and with something missing besides.
    let own = Question { owner: Some(CALLER), ..question(&groups, &needs, &path) };
    assert!(!asked(&world, &statements, &own).is_allowed);
    let needs = ["USER_UPDATE", "GROUP_UPDATE"];
    let explanation = asked(&world, &statements, &question(&groups, &needs, &path)).to_string();
    let first =
        "Refused: the caller is denied USER_UPDATE, and no statement grants GROUP_UPDATE.\n";
    assert!(explanation.starts_with(first), "{explanation}");
    assert!(explanation.contains("to {GROUP_UPDATE} in compartment id"), "{explanation}");
}

#[test]
fn the_narrowest_statement_is_a_verb_only_where_that_is_the_same() {
    for (names, wanted) in [
        (vec!["USER_INSPECT"], vec!["inspect users"]),
        (vec!["USER_INSPECT", "USER_READ"], vec!["read users"]),
        (vec!["USER_UPDATE"], vec!["{USER_UPDATE}"]),
        (
            vec!["GROUP_UPDATE", "POLICY_READ", "USER_DELETE"],
            vec!["inspect policies", "{GROUP_UPDATE, USER_DELETE}"],
        ),
        (permissions().to_vec(), vec!["manage all-resources"]),
        (vec![], vec![]),
    ] {
        let actions = narrowest(PermissionSet::of(names.iter().copied()).unwrap());
        let actions: Vec<String> = actions.iter().map(ToString::to_string).collect();
        assert_eq!(actions, wanted, "{names:?}");
    }
}

/// How often each answer was given, and how often what was proposed was tried.
#[derive(Default)]
struct Count {
    allowed: u32,
    refused: u32,
    tried: u32,
}

fn compare(seed: u64, count: &mut Count) {
    let mut random = Random(seed);
    let mut world = World::new();
    let mut statements = Vec::new();
    for number in 0..random.below(12) {
        let attached = if random.one_in(2) { 0 } else { random.below(world.compartments.len()) };
        let text = world.any_statement(&mut random);
        statements.extend(written(&world, attached, number, &text));
    }
    if random.one_in(3) {
        let (moved, parent) = (random.below(7), random.below(7));
        world.reparent(moved, parent);
    }
    let set_of = |statements: &[Written]| {
        PolicySet::new(statements.iter().map(|one| one.compiled.clone()))
            .with_network_sources(network_sources())
    };
    let set = set_of(&statements);
    let mut all_groups: Vec<String> = (0..GROUPS.len()).map(group_ocid).collect();
    all_groups.extend((0..DYNAMIC_GROUPS.len()).map(dynamic_group_ocid));
    for _ in 0..40 {
        let groups = random.some(&all_groups);
        let needs: Vec<&str> = (0..random.below(4)).map(|_| permission(&mut random)).collect();
        let compartments = world.ocids(random.below(world.compartments.len()));
        let owner = random.pick(&[None, None, None, Some("somebody"), Some(CALLER)]);
        let address = Some(random.pick(&ADDRESSES).0.parse().unwrap());
        let question = Question { owner, address, ..question(&groups, &needs, &compartments) };
        let explanation = asked(&world, &statements, &question);
        let is_allowed = matches!(decide(&set, &question), Decision::Allowed(_));
        assert_eq!(explanation.is_allowed, is_allowed, "{question:?} {explanation}");
        for need in &explanation.permissions {
            let one = [*needs.iter().find(|name| **name == need.permission).unwrap()];
            let alone = Question { needs: &one, owner: None, ..question };
            let is_granted = matches!(decide(&set, &alone), Decision::Allowed(_));
            assert_eq!(need.is_granted, is_granted, "{alone:?} {explanation}");
            let is_said = !need.granted_by.is_empty() && need.denied_by.is_empty();
            assert_eq!(need.is_granted, is_said, "{explanation}");
        }
        let fails = |near: &iam_policy::Near| near.clauses.iter().any(|clause| !clause.holds);
        assert!(explanation.near.iter().all(fails), "{explanation}");
        match is_allowed {
            true => count.allowed += 1,
            false => count.refused += 1,
        }
        let is_denied = explanation.permissions.iter().any(|need| !need.denied_by.is_empty());
        if groups.is_empty() || explanation.proposals.is_empty() || is_denied {
            continue;
        }
        // With what is proposed, it is allowed; without any part of it, it is not.
        let proposed = explanation.proposals.iter().filter(|text| !text.contains(" GROUP "));
        let proposed: Vec<Written> =
            proposed.map(|text| written(&world, 0, 1, text).unwrap()).collect();
        if proposed.len() < explanation.proposals.len() {
            continue;
        }
        count.tried += 1;
        let more: Vec<Written> = statements.iter().chain(&proposed).cloned().collect();
        let decision = decide(&set_of(&more), &question);
        assert!(matches!(decision, Decision::Allowed(_)), "{question:?} {explanation}");
        let fewer: Vec<Written> = statements.iter().chain(&proposed[1..]).cloned().collect();
        let decision = decide(&set_of(&fewer), &question);
        assert!(matches!(decision, Decision::Refused(_)), "{question:?} {explanation}");
    }
}

#[test]
fn the_explanation_and_the_evaluator_agree_and_what_is_proposed_allows_it() {
    let count = RefCell::new(Count::default());
    proptest!(config(300), |(seed: u64)| compare(seed, &mut count.borrow_mut()));
    let Count { allowed, refused, tried } = count.into_inner();
    // Worth something only if all of it is frequent.
    assert!(
        allowed > 2_000 && refused > 2_000 && tried > 1_000,
        "{allowed} allowed, {refused} refused, {tried} tried"
    );
}

#[test]
fn proposals_are_statements() {
    for need in permissions() {
        for action in narrowest(PermissionSet::of([*need]).unwrap()) {
            let text = format!("Allow group HelpDesk to {action} in tenancy");
            assert!(parse(&text).is_ok(), "{text}");
        }
    }
}
