//! The table of verbs, resource types and permissions against OCI's own, as `tests/facts` has them.

use std::collections::BTreeSet;

use iam_policy::{
    Family, PermissionSet, Resource, ResourceType, Verb, known_permission, parse, permissions,
};

const VERBS: &str = include_str!("../facts/verbs.txt");
const OPERATIONS: &str = include_str!("../facts/operations.txt");
const SERVICES: &str = include_str!("../facts/services.txt");

fn facts(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

#[test]
fn each_verb_grants_on_each_type_what_oci_says() {
    let mut types = BTreeSet::new();
    for row in facts(VERBS) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let resource = Resource::named(cells[0]).unwrap_or_else(|| panic!("no {}", cells[0]));
        types.insert(resource.name());
        let mut wanted = BTreeSet::new();
        for (verb, cell) in Verb::ALL.into_iter().zip(&cells[1..]) {
            wanted.extend(cell.split(' ').map(|name| name.trim_start_matches('*')));
            wanted.remove("-");
            let granted: BTreeSet<&str> = resource.grants(verb).names().collect();
            assert_eq!(granted, wanted, "{} {}", verb.name(), resource.name());
        }
    }
    let families = Family::all().map(Family::name);
    assert_eq!(types, ResourceType::all().map(ResourceType::name).chain(families).collect());
}

#[test]
fn the_weakest_verb_that_oci_names_covers_the_operation() {
    let mut services = BTreeSet::new();
    for row in facts(SERVICES) {
        let (who, operation) = row.split_once(" | ").unwrap();
        let (verb, name) = who.split_once(' ').unwrap();
        let (verb, is_whole) = match verb.strip_suffix('+') {
            Some(verb) => (Verb::named(verb).unwrap(), false),
            None => (Verb::named(verb).unwrap(), true),
        };
        let resource = Resource::named(name).unwrap_or_else(|| panic!("no {name}"));
        services.extend(match resource {
            Resource::Type(found) => Some(found.service()),
            Resource::Family(found) => Some(found.service()),
            Resource::All => None,
        });
        let needs = operation.split(' ').skip(1);
        let needs = PermissionSet::of(needs).unwrap_or_else(|| panic!("{operation}"));
        let covers = |verb| resource.grants(verb).covers(needs);
        assert_eq!(covers(verb), is_whole, "{row}");
        assert!(!needs.without(resource.grants(verb)).covers(needs), "{row}: nothing of it");
        let weaker = Verb::ALL.into_iter().filter(|weaker| *weaker < verb);
        assert!(!weaker.clone().any(covers), "{row}: {weaker:?}");
    }
    let all: BTreeSet<&str> = ResourceType::all().map(ResourceType::service).collect();
    let untested: Vec<_> = all.difference(&services).collect();
    assert_eq!(untested, [&"IAM and Audit"], "those of IAM are in operations.txt");
}

#[test]
fn a_family_is_its_types_together_and_no_more_than_the_few_that_the_pages_add() {
    assert!(Family::all().count() >= 24);
    for family in Family::all() {
        for verb in Verb::ALL {
            let each = family.types().iter().map(|name| {
                let found = ResourceType::named(name);
                found.unwrap_or_else(|| panic!("{} has no {name}", family.name())).grants(verb)
            });
            let types = each.fold(PermissionSet::default(), PermissionSet::union);
            assert!(family.grants(verb).covers(types), "{}", family.name());
            let more: Vec<_> = family.grants(verb).without(types).names().collect();
            let known = ["instance-family", "email-family"].contains(&family.name());
            assert!(more.is_empty() || (known && more.len() <= 4), "{}: {more:?}", family.name());
        }
    }
    let grants = |name, verb| Resource::named(name).unwrap().grants(verb);
    let more = grants("instance-family", Verb::Use).without(grants("instances", Verb::Use));
    assert!(more.covers(PermissionSet::of(["VNIC_ATTACH", "VNIC_DETACH"]).unwrap()));
    assert!(!known_permission("VIRTUAL_NETWORK_READ"));
}

#[test]
fn every_name_means_one_thing_in_every_case() {
    let mut seen = BTreeSet::new();
    for name in Resource::names() {
        assert!(seen.insert(name), "{name} stands twice");
        assert_eq!(name, name.to_ascii_lowercase());
        let found = Resource::named(name).unwrap();
        assert_eq!(Resource::named(&name.to_ascii_uppercase()), Some(found));
        let statement = format!("Allow group A to manage {name} in tenancy");
        let printed = parse(&statement).unwrap().to_string();
        assert_eq!(printed, format!("Allow group A to manage {} in tenancy", found.name()));
    }
    for (other, name) in [("ipsec", "ipsec-connections"), ("Backups", "db-backups")] {
        assert_eq!(Resource::named(other).unwrap().name(), name);
    }
    for name in ["", "vcn", "virtual-network-family ", "all resources", "\u{212a}eys"] {
        assert!(Resource::named(name).is_none(), "{name}");
    }
}

#[test]
fn a_set_holds_the_table_to_its_last_permission() {
    assert!(permissions().len() > 600, "{}", permissions().len());
    let (first, last) = (permissions()[0], permissions()[permissions().len() - 1]);
    let both = PermissionSet::of([first, last]).unwrap();
    assert_eq!(both.names().collect::<Vec<_>>(), [first, last]);
    let rest = PermissionSet::all().without(both);
    assert_eq!(rest.names().count(), permissions().len() - 2);
    assert!(!rest.covers(both) && rest.union(both) == PermissionSet::all());
    assert!(PermissionSet::all().covers(both) && both.covers(PermissionSet::default()));
    let kept = serde_json::to_string(&both).unwrap();
    assert_eq!(kept, format!("[\"{first}\",\"{last}\"]"));
    assert_eq!(serde_json::from_str::<PermissionSet>(&kept).unwrap(), both);
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
    for name in ["", "USER", "USER_", "user_read", " USER_READ", "USER_READ\0", "VCN_INSPECT"] {
        assert!(!known_permission(name), "{name}");
    }
    assert!(PermissionSet::of(["USER_READ", "USER_PAINT"]).is_none());
}

#[test]
fn manage_grants_something_on_every_type_and_every_verb_includes_the_weaker_ones() {
    for resource in Resource::names().map(|name| Resource::named(name).unwrap()) {
        assert!(!resource.grants(Verb::Manage).is_empty(), "{}", resource.name());
        for pair in Verb::ALL.windows(2) {
            let (weaker, stronger) = (resource.grants(pair[0]), resource.grants(pair[1]));
            assert!(weaker.without(stronger).is_empty(), "{} {pair:?}", resource.name());
        }
    }
}

#[test]
fn all_resources_is_every_type_together() {
    for verb in Verb::ALL {
        let types = ResourceType::all().flat_map(|found| found.grants(verb).names());
        let families = Family::all().flat_map(|found| found.grants(verb).names());
        let each: BTreeSet<&str> = types.chain(families).collect();
        assert_eq!(Resource::All.grants(verb).names().collect::<BTreeSet<_>>(), each);
    }
}

#[test]
fn to_use_policies_is_not_to_change_them() {
    let policies = ResourceType::named("Policies").unwrap();
    assert_eq!(policies.grants(Verb::Use).names().collect::<Vec<_>>(), ["POLICY_READ"]);
}
