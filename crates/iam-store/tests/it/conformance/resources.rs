//! Resources and tenancies: unique names, pages, selections.

use crate::scratch::{HERE, Scratch, THERE, at_second, new_id, resource, root, user};
use iam_api::{LifecycleState, Ocid};
use iam_store::{After, Resource, ResourceKind, Selection, Sort, StoreError, TenancyNo, Walk};

const SORTS: [Sort; 4] = [Sort::Newest, Sort::Oldest, Sort::Name, Sort::NameReversed];

fn add(store: &Scratch, at: TenancyNo, new: &Resource) -> bool {
    let new = new.clone();
    store.change(move |tx| tx.insert(at, &new))
}

fn update(store: &Scratch, changed: &Resource) {
    let changed = changed.clone();
    store.change(move |tx| tx.update(HERE, &changed))
}

fn by_id(store: &Scratch, id: &Ocid) -> Option<Resource> {
    store.look(|tx| tx.resource(HERE, id))
}

fn users_by(sort: Sort, parent: &Ocid) -> Selection<'_> {
    let kind = ResourceKind::User;
    Selection { kind, parent, name: None, state: None, sort, after: None, limit: 1_000 }
}

fn names(found: &[Resource]) -> Vec<&str> {
    found.iter().map(|found| found.name.as_str()).collect()
}

pub(super) fn a_resource_is_read_as_it_was_written(store: &Scratch) {
    let full = Resource {
        state: LifecycleState::Inactive,
        body: "{\"name\":\"\u{0}ä'\"--\\\u{1F600}\"}".to_owned(),
        compiled: Some("[]".to_owned()),
        ..user("Änn")
    };
    let plain = resource(ResourceKind::Group, "group");
    for new in [&full, &plain] {
        assert!(add(store, HERE, new));
        let found = by_id(store, &new.id).unwrap();
        assert_eq!(format!("{found:?}"), format!("{new:?}"));
        let found = store.look(|tx| tx.resource_by_name(HERE, new.kind, &root(), &new.folded));
        assert_eq!(format!("{:?}", found.unwrap()), format!("{new:?}"));
    }
    assert!(by_id(store, &new_id("user")).is_none());
    assert!(store.look(|tx| tx.resource(THERE, &full.id)).is_none());
}

pub(super) fn a_name_is_unique_in_its_space_in_its_folded_form(store: &Scratch) {
    assert!(add(store, HERE, &user("Ann")));
    assert!(!add(store, HERE, &user("ANN")));
    // Users belong to the tenancy, whatever compartment they are said to be in.
    assert!(!add(store, HERE, &Resource { parent: new_id("x"), ..user("ann") }));
    assert!(add(store, THERE, &user("Ann")));
    assert!(add(store, HERE, &resource(ResourceKind::Group, "Ann")));
    let policy = resource(ResourceKind::Policy, "Ann");
    assert!(add(store, HERE, &policy));
    assert!(!add(store, HERE, &resource(ResourceKind::Policy, "aNN")));
    let elsewhere = new_id("compartment");
    let other = Resource { parent: elsewhere.clone(), ..resource(ResourceKind::Policy, "Ann") };
    assert!(add(store, HERE, &other));
    let kind = ResourceKind::Policy;
    let found = store.look(|tx| tx.resource_by_name(HERE, kind, &elsewhere, "ann")).unwrap();
    assert_eq!(found.id, other.id);
}

pub(super) fn an_update_changes_all_but_the_name(store: &Scratch) {
    let (ann, bob) = (user("ann"), user("bob"));
    assert!(add(store, HERE, &ann) && add(store, HERE, &bob));
    let changed = Resource {
        state: LifecycleState::Inactive,
        etag: "newer".to_owned(),
        body: "{}".to_owned(),
        compiled: Some("[]".to_owned()),
        ..bob.clone()
    };
    update(store, &Resource { name: "Ann".to_owned(), folded: ann.folded, ..changed.clone() });
    assert_eq!(format!("{:?}", by_id(store, &bob.id).unwrap()), format!("{changed:?}"));
}

pub(super) fn a_deleted_resource_leaves_its_name_to_others(store: &Scratch) {
    let first = user("ann");
    assert!(add(store, HERE, &first));
    let gone = first.id.clone();
    store.change(move |tx| tx.delete(THERE, &gone));
    assert!(by_id(store, &first.id).is_some(), "another tenancy cannot delete it");
    let gone = first.id.clone();
    store.change(move |tx| tx.delete(HERE, &gone));
    assert!(by_id(store, &first.id).is_none());
    assert!(add(store, HERE, &user("ann")));
}

/// 40 users at three moments, in two states, with names that sort otherwise than they were made.
fn crowd(store: &Scratch) -> Vec<Resource> {
    let crowd: Vec<Resource> = (0..40)
        .map(|number: i64| Resource {
            created: at_second(number % 3),
            state: [LifecycleState::Active, LifecycleState::Inactive][usize::from(number % 4 == 0)],
            ..user(&format!("User-{:02}", (number * 17) % 40))
        })
        .collect();
    let new = crowd.clone();
    store.change(move |tx| {
        for new in &new {
            assert!(tx.insert(HERE, new)?);
        }
        // What no page of theirs may show.
        tx.insert(THERE, &user("of another tenancy"))?;
        tx.insert(HERE, &resource(ResourceKind::Group, "of another kind"))?;
        tx.insert(HERE, &Resource { parent: new_id("x"), ..user("of another compartment") })
    });
    crowd
}

fn sorted(mut users: Vec<Resource>, sort: Sort) -> Vec<Ocid> {
    match sort {
        Sort::Newest | Sort::Oldest => users.sort_by_key(|user| (user.created, user.id.clone())),
        Sort::Name | Sort::NameReversed => users.sort_by_key(|user| user.name.clone()),
    }
    if matches!(sort, Sort::Newest | Sort::NameReversed) {
        users.reverse();
    }
    users.into_iter().map(|user| user.id).collect()
}

pub(super) fn pages_of_every_order_and_size_hold_everything_once(store: &Scratch) {
    let crowd = crowd(store);
    for (sort, state) in SORTS
        .into_iter()
        .flat_map(|sort| [None, Some(LifecycleState::Inactive)].map(|state| (sort, state)))
    {
        let mut expected = crowd.clone();
        expected.retain(|user| state.is_none_or(|state| user.state == state));
        let expected = sorted(expected, sort);
        for limit in [1, 2, 7, 40, 1_000] {
            let (mut walked, mut after) = (Vec::new(), None);
            loop {
                let parent = root();
                let selection = Selection { state, limit, after, ..users_by(sort, &parent) };
                let page = store.look(|tx| tx.resources(HERE, &selection));
                assert!(page.len() <= usize::try_from(limit).unwrap());
                let Some(last) = page.last().cloned() else { break };
                let Resource { created, name, id, .. } = last;
                after = Some(After { created, name, id });
                walked.extend(page.into_iter().map(|user| user.id));
            }
            assert_eq!(walked, expected, "{sort:?} {state:?} {limit}");
        }
    }
}

pub(super) fn a_page_begins_after_a_resource_that_is_gone(store: &Scratch) {
    let crowd = crowd(store);
    for sort in SORTS {
        let expected = sorted(crowd.clone(), sort);
        let middle = crowd.iter().find(|user| user.id == expected[20]).unwrap().clone();
        let gone = middle.id.clone();
        store.change(move |tx| tx.delete(HERE, &gone));
        let after =
            After { created: middle.created, name: middle.name.clone(), id: middle.id.clone() };
        let parent = root();
        let selection = Selection { after: Some(after), ..users_by(sort, &parent) };
        let rest = store.look(|tx| tx.resources(HERE, &selection));
        let rest: Vec<Ocid> = rest.into_iter().map(|user| user.id).collect();
        assert_eq!(rest, expected[21..], "{sort:?}");
        assert!(add(store, HERE, &middle));
    }
}

pub(super) fn a_selection_holds_only_what_it_names(store: &Scratch) {
    crowd(store);
    let parent = root();
    let named = |name, state, after| {
        let selection = Selection { name, state, after, ..users_by(Sort::Newest, &parent) };
        store.look(|tx| tx.resources(HERE, &selection))
    };
    let found = named(Some("User-17"), None, None);
    assert_eq!(names(&found), ["User-17"]);
    let Resource { created, name, id, state, .. } = found[0].clone();
    assert_eq!(names(&named(Some("user-17"), None, None)), [""; 0], "exactly this name");
    assert_eq!(names(&named(Some("User-17"), Some(state), None)), ["User-17"]);
    let other = LifecycleState::Deleted;
    assert_eq!(names(&named(Some("User-17"), Some(other), None)), [""; 0]);
    let after = Some(After { created, name, id });
    assert_eq!(names(&named(Some("User-17"), None, after)), [""; 0]);
    let elsewhere = new_id("compartment");
    assert_eq!(store.look(|tx| tx.resources(HERE, &users_by(Sort::Name, &elsewhere))).len(), 0);
}

pub(super) fn counting_stops_at_the_limit(store: &Scratch) {
    crowd(store);
    let count = |kind, limit| store.look(|tx| tx.count_up_to(HERE, kind, limit));
    assert_eq!(count(ResourceKind::User, 1_000), 41);
    assert_eq!(count(ResourceKind::User, 41), 41);
    assert_eq!(count(ResourceKind::User, 10), 10);
    assert_eq!(count(ResourceKind::Group, 10), 1);
    assert_eq!(count(ResourceKind::Policy, 10), 0);
    let all = |at| store.look(|tx| tx.resource_count(at));
    assert_eq!((all(HERE), all(THERE)), (42, 1), "of every kind, of one tenancy");
}

pub(super) fn policies_are_those_of_the_tenancy(store: &Scratch) {
    let make = |name: &str| resource(ResourceKind::Policy, name);
    add(store, HERE, &make("one"));
    add(store, HERE, &Resource { parent: new_id("compartment"), ..make("two") });
    add(store, HERE, &user("three"));
    add(store, THERE, &make("four"));
    let found = store.look(|tx| tx.policies(HERE));
    let mut found = names(&found);
    found.sort_unstable();
    assert_eq!(found, ["one", "two"]);
}

pub(super) fn what_is_in_a_compartment_is_found_until_it_is_deleted(store: &Scratch) {
    let (compartment, other) = (new_id("compartment"), new_id("compartment"));
    let inside = Resource { parent: compartment.clone(), ..resource(ResourceKind::Policy, "one") };
    let gone = Resource {
        parent: other.clone(),
        state: LifecycleState::Deleted,
        ..resource(ResourceKind::Compartment, "two")
    };
    add(store, HERE, &inside);
    add(store, HERE, &gone);
    let found = store.look(|tx| tx.any_in(HERE, &compartment));
    assert_eq!(found.map(|row| row.name), Some("one".to_owned()));
    assert!(store.look(|tx| tx.any_in(HERE, &other)).is_none());
    assert!(store.look(|tx| tx.any_in(THERE, &compartment)).is_none());
    assert_eq!(names(&store.look(|tx| tx.compartments(HERE))), ["two"]);
    assert!(store.look(|tx| tx.compartments(THERE)).is_empty());
}

pub(super) fn a_relocated_resource_has_its_name_where_it_is_now(store: &Scratch) {
    let (from, to) = (new_id("compartment"), new_id("compartment"));
    let make = |parent: &Ocid| Resource {
        parent: parent.clone(),
        ..resource(ResourceKind::Compartment, "apps")
    };
    let (mut moved, in_the_way) = (make(&from), make(&to));
    add(store, HERE, &moved);
    add(store, HERE, &in_the_way);
    moved.parent = to.clone();
    let again = moved.clone();
    assert!(!store.change(move |tx| tx.relocate(HERE, &again)));
    store.change(move |tx| tx.delete(HERE, &in_the_way.id));
    let again = moved.clone();
    assert!(store.change(move |tx| tx.relocate(HERE, &again)));
    let named = |parent: &Ocid| {
        store.look(|tx| tx.resource_by_name(HERE, ResourceKind::Compartment, parent, "apps"))
    };
    assert_eq!(named(&to).map(|row| (row.id, row.parent)), Some((moved.id, to.clone())));
    assert!(named(&from).is_none());
    add(store, HERE, &make(&from)); // the name is free again
}

pub(super) fn a_tenancy_is_found_by_its_ocid_and_its_folded_name(store: &Scratch) {
    let (one, two) = (new_id("tenancy"), new_id("tenancy"));
    let new = [one.clone(), two.clone()];
    let numbers = store
        .change(move |tx| Ok([tx.add_tenancy(&new[0], "acme")?, tx.add_tenancy(&new[1], "emca")?]));
    assert_ne!(numbers[0], numbers[1]);
    assert_eq!(store.look(|tx| tx.tenancy(two.as_str())), Some(numbers[1]));
    assert_eq!(store.look(|tx| tx.tenancy("acme")), None);
    assert_eq!(store.look(|tx| tx.tenancy_by_name("acme")), Some((numbers[0], one.clone())));
    let all = vec![(numbers[0], one), (numbers[1], two)];
    assert_eq!(store.look(|tx| tx.tenancies()), all);
    let again = store.write(|tx| tx.add_tenancy(&new_id("tenancy"), "acme")).wait();
    assert!(matches!(again, Ok(Err(StoreError::Failed(_)))), "{again:?}");
}

pub(super) fn a_walk_passes_the_names_that_fit_page_by_page_in_their_order(store: &Scratch) {
    let all = ["Ann", "ann.b", "ann_b", "ann%b", "ann!b", "anton", "bann", "b.ann.c", "\u{e4}nn"];
    for name in all {
        assert!(add(store, HERE, &user(name)));
    }
    assert!(add(store, HERE, &resource(ResourceKind::Group, "annex")));
    assert!(add(store, THERE, &user("anne")));
    let mut in_order: Vec<String> = all.iter().map(|name| name.to_lowercase()).collect();
    in_order.sort();
    for (prefix, part) in [
        ("", ""),
        ("ann", ""),
        ("a", ""),
        ("", "nn"),
        ("an", "b"),
        ("", "_"),
        ("", "%"),
        ("", "!"),
        ("ann_", "_b"),
        ("\u{e4}", ""),
        ("x", ""),
        ("", "x"),
    ] {
        let wanted: Vec<&String> = in_order
            .iter()
            .filter(|name| name.starts_with(prefix) && name.contains(part))
            .collect();
        for limit in [1, 2, 100] {
            let (mut seen, mut after) = (Vec::new(), String::new());
            for _ in 0..=all.len() {
                let walk = Walk { prefix, part, after: &after, limit };
                let page = store.look(|tx| tx.walk(HERE, ResourceKind::User, &root(), &walk));
                let Some(last) = page.last() else { break };
                after.clone_from(&last.folded);
                seen.extend(page.into_iter().map(|row| row.folded));
            }
            assert_eq!(seen.iter().collect::<Vec<_>>(), wanted, "{prefix:?} {part:?} {limit}");
        }
    }
}
