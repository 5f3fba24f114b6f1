//! Second names: unique of their kind in a tenancy, given up with their owner.

use crate::scratch::{HERE, Scratch, THERE, new_id, user};
use iam_api::Ocid;
use iam_store::Alias::{UserDbName, UserEmail};
use iam_store::{Alias, TenancyNo};

fn set(store: &Scratch, at: TenancyNo, alias: Alias, id: &Ocid, name: Option<&str>) -> bool {
    let (id, name) = (id.clone(), name.map(str::to_owned));
    store.change(move |tx| tx.set_alias(at, alias, &id, name.as_deref()))
}

fn owner(store: &Scratch, alias: Alias, name: &str) -> Option<Ocid> {
    store.look(|tx| tx.alias_owner(HERE, alias, name))
}

pub(super) fn a_second_name_has_one_owner(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    assert!(set(store, HERE, UserEmail, &ann, Some("one")));
    assert!(!set(store, HERE, UserEmail, &bob, Some("one")));
    assert_eq!(owner(store, UserEmail, "one").as_ref(), Some(&ann));
    assert!(set(store, HERE, UserEmail, &ann, Some("one")), "its owner keeps it");
    assert!(set(store, THERE, UserEmail, &bob, Some("one")), "another tenancy is another world");
    assert!(set(store, HERE, UserDbName, &bob, Some("one")), "and so is another kind");
    assert_eq!(owner(store, UserDbName, "one").as_ref(), Some(&bob));
    assert_eq!(owner(store, UserDbName, "two"), None);
}

pub(super) fn a_second_name_takes_the_place_of_the_older_of_its_kind(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    assert!(set(store, HERE, UserEmail, &ann, Some("one")));
    assert!(set(store, HERE, UserDbName, &ann, Some("kept")));
    assert!(set(store, HERE, UserEmail, &bob, Some("two")));
    assert!(!set(store, HERE, UserEmail, &ann, Some("two")));
    assert_eq!(owner(store, UserEmail, "one").as_ref(), Some(&ann), "the older one stays");
    assert!(set(store, HERE, UserEmail, &ann, Some("three")));
    assert_eq!(owner(store, UserEmail, "one"), None);
    assert!(set(store, HERE, UserEmail, &bob, Some("one")), "it was given up");
    assert!(set(store, HERE, UserEmail, &ann, None));
    assert_eq!(owner(store, UserEmail, "three"), None);
    assert_eq!(owner(store, UserDbName, "kept").as_ref(), Some(&ann));
}

pub(super) fn a_deleted_resource_leaves_its_second_names_to_others(store: &Scratch) {
    let (ann, bob) = (user("ann"), new_id("user"));
    let new = ann.clone();
    store.change(move |tx| tx.insert(HERE, &new));
    for alias in [UserEmail, UserDbName] {
        assert!(set(store, HERE, alias, &ann.id, Some("one")));
    }
    let gone = ann.id.clone();
    store.change(move |tx| tx.delete(THERE, &gone));
    assert_eq!(owner(store, UserEmail, "one").as_ref(), Some(&ann.id), "not by another tenancy");
    let gone = ann.id.clone();
    store.change(move |tx| tx.delete(HERE, &gone));
    for alias in [UserEmail, UserDbName] {
        assert_eq!(owner(store, alias, "one"), None);
        assert!(set(store, HERE, alias, &bob, Some("one")));
    }
}
