//! What the interface of identity domains asks of the store: documents of users, resources by parts
//! of their OCIDs, places in lists, new names.

use crate::scratch::{HERE, Scratch, THERE, new_id, resource, root, user};
use iam_api::Ocid;
use iam_store::{Resource, ResourceKind, TenancyNo};

fn add(store: &Scratch, at: TenancyNo, new: &Resource) {
    let new = new.clone();
    assert!(store.change(move |tx| tx.insert(at, &new)));
}

fn names(found: &[Resource]) -> Vec<&str> {
    found.iter().map(|found| found.name.as_str()).collect()
}

pub(super) fn a_users_document_is_kept_until_it_is_dropped(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    let set = |at: TenancyNo, user: &Ocid, body: &'static str| {
        let user = user.clone();
        store.change(move |tx| tx.set_profile(at, &user, body));
    };
    let read = |at: TenancyNo, user: &Ocid| store.look(|tx| tx.profile(at, user));
    assert_eq!(read(HERE, &ann), None);
    set(HERE, &ann, "{}");
    set(HERE, &ann, "{\"title\":\"Dr.\"}");
    set(HERE, &bob, "{\"a\":1}");
    assert_eq!(read(HERE, &ann).as_deref(), Some("{\"title\":\"Dr.\"}"));
    assert_eq!(read(THERE, &ann), None);
    let with = |at, text, limit| store.look(|tx| tx.profiles_with(at, text, limit));
    assert_eq!(with(HERE, "dR.", 9), std::slice::from_ref(&ann));
    assert!(with(HERE, "d_.", 9).is_empty() && with(THERE, "dr.", 9).is_empty());
    assert_eq!((with(HERE, "{", 9).len(), with(HERE, "{", 1).len()), (2, 1));
    let gone = ann.clone();
    store.change(move |tx| tx.drop_profile(HERE, &gone));
    assert_eq!(read(HERE, &ann), None);
    assert_eq!(read(HERE, &bob).as_deref(), Some("{\"a\":1}"));
}

pub(super) fn resources_between_two_ocids_are_found_in_their_order(store: &Scratch) {
    let with = |id: &str| Resource { id: Ocid::from(id), ..user(id) };
    for id in ["u.a1", "u.a2", "u.b1", "u.c1"] {
        add(store, HERE, &with(id));
    }
    add(store, THERE, &with("u.a3"));
    let between = |from: &str, to: &str, limit| {
        let (from, to) = (Ocid::from(from), Ocid::from(to));
        store.look(|tx| tx.resources_between(HERE, &from, &to, limit))
    };
    assert_eq!(names(&between("u.a", "u.az", 9)), ["u.a1", "u.a2"]);
    assert_eq!(names(&between("u.a2", "u.b1", 9)), ["u.a2", "u.b1"]);
    assert_eq!(names(&between("u.a", "u.z", 1)), ["u.a1"]);
    assert!(between("u.d", "u.z", 9).is_empty());
}

pub(super) fn resources_come_in_the_order_of_names_from_any_place(store: &Scratch) {
    for name in ["c", "A", "d", "b"] {
        add(store, HERE, &user(name));
    }
    add(store, THERE, &user("aa"));
    add(store, HERE, &resource(ResourceKind::Group, "ab"));
    let from = |backwards, place| {
        let kind = ResourceKind::User;
        store.look(|tx| tx.resources_from(HERE, kind, &root(), backwards, place))
    };
    assert_eq!(names(&from(false, (0, 9))), ["A", "b", "c", "d"]);
    assert_eq!(names(&from(false, (1, 2))), ["b", "c"]);
    assert_eq!(names(&from(true, (1, 2))), ["c", "b"]);
    assert!(from(false, (4, 9)).is_empty());
}

pub(super) fn a_renamed_resource_leaves_its_name_to_others(store: &Scratch) {
    let (ann, bob) = (user("Ann"), user("Bob"));
    add(store, HERE, &ann);
    add(store, HERE, &bob);
    let rename = |whom: &Resource, name: &str| {
        let renamed =
            Resource { name: name.to_owned(), folded: name.to_lowercase(), ..whom.clone() };
        store.change(move |tx| tx.rename(HERE, &renamed))
    };
    assert!(!rename(&ann, "BOB"));
    assert!(rename(&ann, "ANN"));
    assert!(rename(&ann, "Cid"));
    let found =
        |name: &str| store.look(|tx| tx.resource_by_name(HERE, ResourceKind::User, &root(), name));
    assert!(found("ann").is_none());
    assert_eq!(found("cid").map(|found| (found.id, found.name)), Some((ann.id, "Cid".to_owned())));
    add(store, HERE, &user("Ann"));
}
