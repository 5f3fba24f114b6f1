//! Resources and tenancies: unique names, pages, selections.

use crate::scratch::{HERE, Scratch, THERE, at_second, new_id, resource, root, user};
use iam_api::{LifecycleState, Ocid};
use iam_store::{After, Resource, ResourceKind, Selection, Sort, StoreError, Taken, TenancyNo};

const SORTS: [Sort; 4] = [Sort::Newest, Sort::Oldest, Sort::Name, Sort::NameReversed];

fn add(store: &Scratch, at: TenancyNo, new: &Resource) -> Option<Taken> {
    let new = new.clone();
    store.change(move |tx| tx.insert(at, &new))
}

fn update(store: &Scratch, changed: &Resource) -> Option<Taken> {
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
        alias: Some("ann@example.com".to_owned()),
        state: LifecycleState::Inactive,
        body: "{\"name\":\"\u{0}ä'\"--\\\u{1F600}\"}".to_owned(),
        compiled: Some("[]".to_owned()),
        ..user("Änn")
    };
    let plain = resource(ResourceKind::Group, "group");
    for new in [&full, &plain] {
        assert_eq!(add(store, HERE, new), None);
        let found = by_id(store, &new.id).unwrap();
        assert_eq!(format!("{found:?}"), format!("{new:?}"));
        let found = store.look(|tx| tx.resource_by_name(HERE, new.kind, &root(), &new.folded));
        assert_eq!(format!("{:?}", found.unwrap()), format!("{new:?}"));
    }
    assert!(by_id(store, &new_id("user")).is_none());
    assert!(store.look(|tx| tx.resource(THERE, &full.id)).is_none());
}

pub(super) fn a_name_is_unique_in_its_space_in_its_folded_form(store: &Scratch) {
    assert_eq!(add(store, HERE, &user("Ann")), None);
    assert_eq!(add(store, HERE, &user("ANN")), Some(Taken::Name));
    assert_eq!(add(store, HERE, &Resource { parent: new_id("x"), ..user("ann") }), {
        Some(Taken::Name) // users belong to the tenancy, whatever compartment they are said to be in
    });
    assert_eq!(add(store, THERE, &user("Ann")), None);
    assert_eq!(add(store, HERE, &resource(ResourceKind::Group, "Ann")), None);
    let policy = resource(ResourceKind::Policy, "Ann");
    assert_eq!(add(store, HERE, &policy), None);
    assert_eq!(add(store, HERE, &resource(ResourceKind::Policy, "aNN")), Some(Taken::Name));
    let elsewhere = new_id("compartment");
    let other = Resource { parent: elsewhere.clone(), ..resource(ResourceKind::Policy, "Ann") };
    assert_eq!(add(store, HERE, &other), None);
    let kind = ResourceKind::Policy;
    let found = store.look(|tx| tx.resource_by_name(HERE, kind, &elsewhere, "ann")).unwrap();
    assert_eq!(found.id, other.id);
}

pub(super) fn an_alias_has_one_owner(store: &Scratch) {
    let with = |name: &str, alias: &str| Resource { alias: Some(alias.to_owned()), ..user(name) };
    let ann = with("ann", "one@example.com");
    assert_eq!(add(store, HERE, &ann), None);
    assert_eq!(add(store, HERE, &with("bob", "one@example.com")), Some(Taken::Alias));
    assert_eq!(add(store, HERE, &with("ann", "one@example.com")), Some(Taken::Name));
    assert_eq!(add(store, THERE, &with("bob", "one@example.com")), None);
    for name in ["bob", "cid"] {
        assert_eq!(add(store, HERE, &user(name)), None, "any number may be without one");
    }
    assert_eq!(update(store, &ann), None, "its owner keeps it");
    assert_eq!(update(store, &Resource { alias: None, ..ann }), None);
    assert_eq!(add(store, HERE, &with("dan", "one@example.com")), None, "it was given up");
}

pub(super) fn what_an_update_refuses_it_leaves_as_it_was(store: &Scratch) {
    let ann = Resource { alias: Some("one@example.com".to_owned()), ..user("ann") };
    let bob = user("bob");
    assert_eq!((add(store, HERE, &ann), add(store, HERE, &bob)), (None, None));
    let changed = Resource {
        state: LifecycleState::Inactive,
        etag: "newer".to_owned(),
        body: "{}".to_owned(),
        compiled: Some("[]".to_owned()),
        ..bob.clone()
    };
    let greedy = Resource { alias: ann.alias, ..changed.clone() };
    assert_eq!(update(store, &greedy), Some(Taken::Alias));
    assert_eq!(format!("{:?}", by_id(store, &bob.id).unwrap()), format!("{bob:?}"));
    assert_eq!(update(store, &changed), None);
    assert_eq!(format!("{:?}", by_id(store, &bob.id).unwrap()), format!("{changed:?}"));
}

pub(super) fn a_deleted_resource_leaves_its_names_to_others(store: &Scratch) {
    let make = || Resource { alias: Some("one@example.com".to_owned()), ..user("ann") };
    let first = make();
    assert_eq!(add(store, HERE, &first), None);
    let gone = first.id.clone();
    store.change(move |tx| tx.delete(THERE, &gone));
    assert!(by_id(store, &first.id).is_some(), "another tenancy cannot delete it");
    let gone = first.id.clone();
    store.change(move |tx| tx.delete(HERE, &gone));
    assert!(by_id(store, &first.id).is_none());
    assert_eq!(add(store, HERE, &make()), None);
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
            assert_eq!(tx.insert(HERE, new)?, None);
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
        assert_eq!(add(store, HERE, &middle), None);
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
