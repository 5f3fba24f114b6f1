//! The linter: what it says of which statements, and that it says nothing that is not so.

use iam_policy::{Compiled, Finding, LintRule, Linted, Statement, lint, parse};

use crate::properties::answers;
use crate::random::Random;
use crate::world::World;

fn parsed(statements: &[&str]) -> Vec<Statement> {
    statements.iter().map(|text| parse(text).unwrap()).collect()
}

fn found(statements: &[&str]) -> Vec<Finding> {
    let parsed = parsed(statements);
    let linted = parsed.iter().map(|statement| Linted { statement, policy: 0, attached_to: None });
    lint(&linted.collect::<Vec<_>>())
}

/// The findings as `rule`, or `rule of N` where another statement is named.
fn said(statements: &[&str]) -> Vec<(usize, String)> {
    let told = |finding: Finding| {
        let of = finding.other.map(|other| format!(" of {other}")).unwrap_or_default();
        (finding.statement, format!("{}{of}", finding.rule.name()))
    };
    found(statements).into_iter().map(told).collect()
}

const ORDINARY: &str = "Allow group HelpDesk to use users in tenancy";

#[test]
fn ordinary_statements_are_not_strange() {
    for other in [
        "Allow group HelpDesk to manage users in compartment Staff",
        "Allow group Others to use users in tenancy",
        "Allow group id ocid1.group.oc1..a to use users in tenancy",
        "Allow group Staff/HelpDesk to use users in tenancy",
        "Allow dynamic-group HelpDesk to use users in tenancy",
        "Allow group HelpDesk to inspect groups in tenancy",
        "Allow group HelpDesk to use users in tenancy where request.permission = 'USER_UNBLOCK'",
        "Allow group Administrators to manage all-resources in tenancy",
        "Allow group A-Admins to manage all-resources in compartment Project-A",
        "Allow any-group to inspect users in tenancy where request.networkSource.name = 'office'",
        "Deny group HelpDesk to use users in tenancy",
        "Deny any-user to manage users in tenancy",
        "Deny group HelpDesk {USER_READ} in tenancy",
        "Define tenancy Partner as ocid1.tenancy.oc1..a",
        "Endorse group HelpDesk to use users in any-tenancy",
        "Allow service faas to read repos in tenancy",
    ] {
        let two = said(&[ORDINARY, other]);
        let expected: &[(usize, String)] = match other.contains("USER_UNBLOCK") {
            // `use users` holds no USER_UNBLOCK.
            true => &[(1, "unreachable".to_owned())],
            false => &[],
        };
        assert_eq!(two, expected, "{other}");
    }
}

#[test]
fn what_grants_nothing_is_unreachable() {
    for statement in [
        "Allow group A to inspect audit-events in tenancy",
        "Allow group A to read users in tenancy where request.permission = 'USER_DELETE'",
        "Allow group A to read users in tenancy where request.permission = /*_DELETE/",
        "Allow group A to {USER_READ} in tenancy where request.permission != 'user_read'",
        "Allow group A to use users in tenancy where all {request.permission = 'USER_READ', \
         request.permission = 'USER_UPDATE'}",
        "Allow group A to use users in tenancy where any {request.permission = 'USER_CREATE', \
         request.permission in ('GROUP_READ', 'USER_DELETE')}",
        "Allow group A to use users in tenancy where all {request.user.id = 'ocid1.user.oc1..a', \
         request.user.id = 'ocid1.user.oc1..b'}",
        "Allow group A to use users in tenancy where all {request.user.id = 'ocid1.user.oc1..a', \
         any {request.groups.id = 'x', request.groups.id = 'y'}, \
         request.user.id != 'ocid1.user.oc1..A'}",
    ] {
        assert_eq!(said(&[statement]), [(0, "unreachable".to_owned())], "{statement}");
    }
    for statement in [
        "Allow group A to read audit-events in tenancy",
        "Allow group A to use users in tenancy where request.permission != 'USER_UPDATE'",
        "Allow group A to use users in tenancy where all {request.permission != 'USER_READ', \
         request.permission != 'USER_UPDATE'}",
        "Allow group A to use users in tenancy where all {request.groups.id = 'a', \
         request.groups.id = 'b'}",
        "Allow group A to use users in tenancy where any {request.user.id = 'a', \
         request.user.id = 'b'}",
        "Allow group A to use users in tenancy where all {request.user.id = /a*/, \
         request.user.id = /*b/}",
        "Allow group A to use users in tenancy where all {request.user.id in ('a', 'b'), \
         request.user.id != 'a'}",
    ] {
        assert_eq!(said(&[statement]), [], "{statement}");
    }
}

#[test]
fn what_another_grants_too_is_shadowed_and_the_same_is_a_duplicate() {
    for (other, told) in [
        ("allow group helpdesk to use USERS in tenancy", "duplicate of 0"),
        (
            "Allow group HelpDesk, HelpDesk {USER_INSPECT,USER_READ,USER_UPDATE} in tenancy",
            "duplicate of 0",
        ),
        ("Allow group Default/HelpDesk to inspect users in tenancy", "shadowed of 0"),
        ("Allow group HelpDesk to use users in compartment Staff:Desk", "shadowed of 0"),
        (
            "Allow group HelpDesk {USER_READ} in compartment id ocid1.compartment.oc1..a",
            "shadowed of 0",
        ),
        (
            "Allow group HelpDesk to use users in tenancy where request.groups.id = 'x'",
            "shadowed of 0",
        ),
    ] {
        assert_eq!(said(&[ORDINARY, other]), [(1, told.to_owned())], "{other}");
    }
    // The order does not matter; who says the same first is not told of.
    let small = "Allow group HelpDesk to inspect users in compartment Staff";
    assert_eq!(said(&[small, ORDINARY]), [(0, "shadowed of 1".to_owned())]);
    let in_path = [
        "Allow group A to use groups in compartment Staff",
        "Allow group A, B to read groups in compartment staff:Desk",
        "Allow group A to read groups in compartment STAFF:Desk",
        "Allow any-user to read users in compartment X where request.groups.id = 'a'",
        "Allow group A to read users in compartment X where request.groups.id = 'A'",
    ];
    let wanted = [(2, "shadowed of 0"), (4, "shadowed of 3")];
    let wanted = wanted.map(|(at, told)| (at, told.to_owned())).to_vec();
    assert_eq!(said(&in_path), wanted);
    // A place above is not reached by one below, and of two tenancies neither is in the other.
    for apart in [
        [
            "Allow group A to use groups in compartment Staff:Desk",
            "Allow group A to read groups in compartment Staff",
        ],
        [
            "Endorse group A to use groups in tenancy Partner",
            "Endorse group A to read groups in tenancy Supplier",
        ],
    ] {
        assert_eq!(said(&apart), []);
    }
    let denied =
        ["Deny group A to inspect users in tenancy", "Deny group A to manage users in tenancy"];
    assert_eq!(said(&denied), [(1, "shadowed of 0".to_owned())]);
}

#[test]
fn everything_is_more_than_all_that_there_is_today() {
    let all: Vec<&str> = iam_policy::permissions().to_vec();
    let lists = all.chunks(iam_policy::LIST_MAX);
    let list = lists.map(|names| format!("Allow group A to {{{}}} in tenancy", names.join(",")));
    let list: Vec<String> = list.collect();
    let mut statements: Vec<&str> = list.iter().map(String::as_str).collect();
    statements.push("Allow group A to manage all-resources in tenancy");
    let told = found(&statements);
    let last = statements.len() - 1;
    assert_eq!(told.len(), statements.len(), "{told:?}");
    assert!(told[..last].iter().all(|found| found.other == Some(last)), "{told:?}");
    assert_eq!(told[last].rule, LintRule::OverBroad);
}

#[test]
fn paths_of_policies_in_other_places_are_other_paths() {
    let statements = parsed(&[
        "Allow group A to use users in compartment Staff",
        "Allow group A to use users in compartment Staff",
        "Allow group A to use users in tenancy",
    ]);
    let places = [Some("ocid1.compartment.oc1..a"), Some("ocid1.compartment.oc1..b"), None];
    let linted = statements.iter().zip(places).enumerate();
    let linted =
        linted.map(|(policy, (statement, attached_to))| Linted { statement, policy, attached_to });
    let linted: Vec<_> = linted.collect();
    assert_eq!(lint(&linted[..2]), []);
    let told: Vec<_> = lint(&linted).into_iter().map(|found| (found.rule, found.other)).collect();
    assert_eq!(told, [(LintRule::Shadowed, Some(2)); 2]);
}

#[test]
fn what_grants_more_than_most_people_mean_to_is_over_broad() {
    for (statement, hint) in [
        ("Allow any-user to read users in compartment A", "`any-user` is everybody"),
        ("Allow any-user to manage all-resources in compartment A", "everybody"),
        ("Allow group A to manage all-resources in tenancy", "group A may do everything"),
        ("Allow dynamic-group A to manage all-resources in tenancy", "dynamic-group A may"),
    ] {
        let told = found(&[statement]);
        assert_eq!(told.len(), 1, "{statement}");
        assert!(told[0].message.contains(hint) && told[0].rule == LintRule::OverBroad, "{told:?}");
    }
}

/// A statement that grants nothing, or nothing that others do not, can be left out.
#[test]
fn without_a_needless_statement_every_question_has_the_same_answer() {
    let (world, mut told) = (World::new(), 0);
    for seed in 0..250 {
        let mut random = Random(seed);
        let statements = (0..12).filter_map(|_| {
            let text = world.statement(&mut random);
            Some((parse(&text).ok()?, world.compile(0, &text).ok()?))
        });
        let statements: Vec<(Statement, Compiled)> = statements.collect();
        let linted = statements.iter().map(|(statement, _)| Linted {
            statement,
            policy: 0,
            attached_to: None,
        });
        let needless = lint(&linted.collect::<Vec<_>>()).into_iter();
        let needless: Vec<Finding> =
            needless.filter(|finding| finding.rule != LintRule::OverBroad).collect();
        if needless.is_empty() {
            continue;
        }
        told += needless.len();
        let all: Vec<Compiled> = statements.iter().map(|(_, compiled)| compiled.clone()).collect();
        let before = answers(&all);
        for finding in needless {
            let mut others = all.clone();
            others.remove(finding.statement);
            let text = statements[finding.statement].0.to_string();
            assert_eq!(answers(&others), before, "seed {seed}: {finding:?}: {text}");
        }
    }
    assert!(told > 50, "{told} findings are too few to tell anything");
}
