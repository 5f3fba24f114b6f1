//! The table of verbs, resource types and permissions against OCI's own, as `tests/facts` has them.

use std::collections::BTreeSet;

use iam_policy::{PermissionSet, Resource, ResourceType, Verb, known_permission, permissions};

const VERBS: &str = include_str!("../facts/verbs.txt");
const OPERATIONS: &str = include_str!("../facts/operations.txt");

fn facts(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

#[test]
fn each_verb_grants_on_each_type_what_oci_says() {
    let mut types = BTreeSet::new();
    for row in facts(VERBS) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let resource =
            ResourceType::named(cells[0]).unwrap_or_else(|| panic!("no type {}", cells[0]));
        types.insert(resource.name());
        let mut wanted = BTreeSet::new();
        for (verb, cell) in Verb::ALL.into_iter().zip(&cells[1..]) {
            wanted.extend(cell.split(' ').map(|name| name.trim_start_matches('*')));
            wanted.remove("-");
            let granted: BTreeSet<&str> = resource.grants(verb).names().collect();
            assert_eq!(granted, wanted, "{} {}", verb.name(), resource.name());
        }
    }
    assert_eq!(types, ResourceType::all().map(ResourceType::name).collect());
}

#[test]
fn every_permission_that_an_operation_needs_is_known_and_can_be_granted() {
    let everything = Resource::All.grants(Verb::Manage);
    let mut operations = 0;
    for row in facts(OPERATIONS) {
        let (operation, needs) = row.split_once(' ').unwrap();
        for need in needs.split(' ') {
            assert!(known_permission(need), "{operation} needs {need}");
            let need = PermissionSet::of([need]).unwrap();
            assert!(need.without(everything).is_empty(), "{operation}");
        }
        operations += 1;
    }
    assert!(operations > 110, "{operations}");
}

#[test]
fn every_permission_has_a_bit_of_its_own() {
    let names = permissions();
    assert!(names.is_sorted(), "{names:?}");
    for name in names {
        assert_eq!(PermissionSet::of([*name]).unwrap().names().collect::<Vec<_>>(), [*name]);
    }
    assert_eq!(PermissionSet::all().names().collect::<Vec<_>>(), names);
    assert_eq!(PermissionSet::all(), Resource::All.grants(Verb::Manage));
}

#[test]
fn what_is_not_in_the_table_is_unknown() {
    for name in ["", "USER", "USER_", "user_read", " USER_READ", "USER_READ\0", "INSTANCE_READ"] {
        assert!(!known_permission(name), "{name}");
    }
    assert!(PermissionSet::of(["USER_READ", "USER_PAINT"]).is_none());
}

#[test]
fn every_verb_grants_something_on_every_type_and_includes_the_weaker_ones() {
    for resource in ResourceType::all().map(Resource::Type).chain([Resource::All]) {
        // Of the audit trail nothing can be listed without its content.
        let weakest = if resource.name() == "audit-events" { Verb::Read } else { Verb::Inspect };
        assert!(!resource.grants(weakest).is_empty(), "{}", resource.name());
        for pair in Verb::ALL.windows(2) {
            let (weaker, stronger) = (resource.grants(pair[0]), resource.grants(pair[1]));
            assert!(weaker.without(stronger).is_empty(), "{} {pair:?}", resource.name());
        }
    }
}

#[test]
fn all_resources_is_every_type_together() {
    for verb in Verb::ALL {
        let each: BTreeSet<&str> =
            ResourceType::all().flat_map(|t| t.grants(verb).names()).collect();
        assert_eq!(Resource::All.grants(verb).names().collect::<BTreeSet<_>>(), each);
    }
}

#[test]
fn to_use_policies_is_not_to_change_them() {
    let policies = ResourceType::named("Policies").unwrap();
    assert_eq!(policies.grants(Verb::Use).names().collect::<Vec<_>>(), ["POLICY_READ"]);
}
