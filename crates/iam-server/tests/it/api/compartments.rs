//! `/20160918/compartments` and below: the root, and what is in it.

use crate::world::{Answer, Caller, HOST, World};
use iam_api::Ocid;
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use serde_json::{Value, json};

#[test]
fn the_root_is_the_tenancy() {
    let world = World::new();
    let path = format!("/compartments/{}", world.tenancy());
    let answer = world.get(&world.administrator(), &path).ok();
    answer.etag();
    let expected = json!({
        "id": world.tenancy(), "compartmentId": null, "name": "acme", "description": "acme",
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn nothing_is_in_the_root_and_the_root_is_not_in_itself() {
    let world = World::new();
    let admin = world.administrator();
    for more in [
        "",
        "&accessLevel=ANY",
        "&accessLevel=ACCESSIBLE&compartmentIdInSubtree=true",
        "&compartmentIdInSubtree=false&sortBy=NAME&sortOrder=DESC&name=acme",
    ] {
        let path = format!("/compartments?compartmentId={}{more}", world.tenancy());
        assert_eq!(world.get(&admin, &path).ok().json(), json!([]), "{more}");
    }
}

#[test]
fn parameters_of_another_form_are_refused() {
    let world = World::new();
    for bad in ["accessLevel=ALL", "compartmentIdInSubtree=yes", "compartmentIdInSubtree=1"] {
        let path = format!("/compartments?compartmentId={}&{bad}", world.tenancy());
        let answer = world.get(&world.administrator(), &path);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad}");
    }
}

#[test]
fn what_is_no_compartment_is_not_found() {
    let world = World::new();
    let (admin, team) = (world.administrator(), world.group("team"));
    for id in [team.as_str(), "ocid1.compartment.oc1..x", "x"] {
        for path in [format!("/compartments/{id}"), format!("/compartments?compartmentId={id}")] {
            let answer = world.get(&admin, &path);
            assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()), "{path}");
        }
    }
}

fn details(parent: &str, name: &str) -> Value {
    json!({"compartmentId": parent, "name": name, "description": "test"})
}

fn make(world: &World, parent: &str, name: &str) -> String {
    world.post(&world.administrator(), "/compartments", &details(parent, name)).ok().id()
}

fn names(answer: &Answer) -> Vec<String> {
    let list = answer.json();
    let list = list.as_array().unwrap_or_else(|| panic!("no list: {answer:?}"));
    list.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

fn list(world: &World, caller: &Caller, more: &str) -> Vec<String> {
    let path = format!("/compartments?compartmentId={}&sortBy=NAME{more}", world.tenancy());
    names(&world.get(caller, &path).ok())
}

#[test]
fn a_new_compartment_is_answered_whole_with_etag_and_location() {
    let world = World::new();
    let admin = world.administrator();
    let answer = world.post(&admin, "/compartments", &details(world.tenancy(), "Net.work_1-x"));
    assert_eq!(answer.status, 200);
    let (id, etag) = (answer.id(), answer.etag());
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("compartment"));
    let location = format!("http://{HOST}/20160918/compartments/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "name": "Net.work_1-x", "description": "test",
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&admin, &format!("/compartments/{id}")).ok();
    assert_eq!((read.json(), read.etag()), (expected, etag));
}

#[test]
fn a_name_exists_once_in_a_compartment_in_whatever_case_and_again_in_another() {
    let world = World::new();
    let admin = world.administrator();
    let first = make(&world, world.tenancy(), "Apps");
    for name in ["Apps", "aPPS"] {
        let answer = world.post(&admin, "/compartments", &details(world.tenancy(), name));
        assert_eq!(answer.code(), (409, "CompartmentAlreadyExists".into()), "{name}");
    }
    let inner = make(&world, &first, "Apps");
    assert_ne!(inner, first);
    for bad in ["", "a b", "a+b", "ä", &"g".repeat(101)] {
        let answer = world.post(&admin, "/compartments", &details(world.tenancy(), bad));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
}

#[test]
fn the_tree_has_six_levels_below_the_root_and_no_seventh() {
    let world = World::new();
    let admin = world.administrator();
    let mut parent = world.tenancy().to_owned();
    for level in 1..=6 {
        parent = make(&world, &parent, &format!("level-{level}"));
    }
    let answer = world.post(&admin, "/compartments", &details(&parent, "level-7"));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
    assert_eq!(list(&world, &admin, "&compartmentIdInSubtree=true").len(), 6);
}

#[test]
fn a_tenancy_has_so_many_compartments_and_no_more() {
    let limits = Limits { compartments: 1, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci);
    let first = make(&world, world.tenancy(), "one");
    let answer = world.post(&world.administrator(), "/compartments", &details(&first, "two"));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
}

#[test]
fn an_update_changes_name_description_and_tags_and_nothing_else() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/compartments/{}", make(&world, world.tenancy(), "old"));
    make(&world, world.tenancy(), "taken");
    let before = world.get(&admin, &path).ok();
    let body = json!({"name": "new", "description": "other", "freeformTags": {"a": "b"}});
    let after = world.put(&admin, &path, &body, &[]).ok();
    let mut expected = before.json();
    for (field, value) in body.as_object().unwrap() {
        expected[field] = value.clone();
    }
    assert_eq!(after.json(), expected);
    assert_ne!(after.etag(), before.etag());
    assert_eq!(world.get(&admin, &path).ok().json(), expected);
    let answer = world.put(&admin, &path, &json!({"name": "Taken"}), &[]);
    assert_eq!(answer.code(), (409, "CompartmentAlreadyExists".into()));
    assert_eq!(world.put(&admin, &path, &json!({"name": "NEW"}), &[]).ok().text("name"), "NEW");
    make(&world, world.tenancy(), "old"); // the name is free again
    let root = format!("/compartments/{}", world.tenancy());
    let answer = world.put(&admin, &root, &json!({"description": "x"}), &[]);
    assert_eq!(answer.code(), (409, "Conflict".into()));
}

#[test]
fn a_list_is_of_the_next_level_or_of_all_and_pages_both_ways() {
    let world = World::new();
    let admin = world.administrator();
    let a = make(&world, world.tenancy(), "a");
    make(&world, &a, "c");
    make(&world, world.tenancy(), "b");
    assert_eq!(list(&world, &admin, ""), ["a", "b"]);
    assert_eq!(list(&world, &admin, "&compartmentIdInSubtree=true"), ["a", "b", "c"]);
    assert_eq!(list(&world, &admin, "&compartmentIdInSubtree=true&name=c"), ["c"]);
    let below = world.get(&admin, &format!("/compartments?compartmentId={a}")).ok();
    assert_eq!(names(&below), ["c"]);
    let path = format!("/compartments?compartmentId={a}&compartmentIdInSubtree=true");
    assert_eq!(world.get(&admin, &path).code(), (400, "InvalidParameter".into()));
    for (order, expected) in [
        ("sortBy=NAME", "abc"),
        ("sortBy=NAME&sortOrder=DESC", "cba"),
        ("sortBy=TIMECREATED&sortOrder=ASC", ""),
        ("sortBy=TIMECREATED", ""),
    ] {
        let mut seen = Vec::new();
        let mut page = String::new();
        for _ in 0..3 {
            let path = format!(
                "/compartments?compartmentId={}&compartmentIdInSubtree=true&limit=1&{order}{page}",
                world.tenancy()
            );
            let answer = world.get(&admin, &path).ok();
            seen.extend(names(&answer));
            let Some(next) = answer.header("opc-next-page") else { break };
            page = format!("&page={next}");
        }
        if !expected.is_empty() {
            assert_eq!(seen.concat(), expected, "{order}");
        }
        seen.sort();
        assert_eq!(seen, ["a", "b", "c"], "{order}");
    }
}

#[test]
fn who_may_do_something_in_one_compartment_sees_that_and_the_way_there_and_nothing_else() {
    let world = World::new();
    let a = make(&world, world.tenancy(), "a");
    let b = make(&world, &a, "b");
    make(&world, &b, "c");
    make(&world, &a, "other");
    make(&world, world.tenancy(), "elsewhere");
    let eve =
        world.caller_with("eve", 1, &["allow group them to inspect policies in compartment a:b"]);
    let root = format!("/compartments?compartmentId={}", world.tenancy());
    for refused in [root.clone(), format!("{root}&accessLevel=ANY&compartmentIdInSubtree=true")] {
        let answer = world.get(&eve, &refused);
        assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()), "{refused}");
    }
    let all = world.get(
        &eve,
        &format!("{root}&accessLevel=ACCESSIBLE&compartmentIdInSubtree=true&sortBy=NAME"),
    );
    assert_eq!(names(&all), ["a", "b", "c"]);
    let told = |index: usize| {
        let all = all.json();
        (all[index]["description"].clone(), all[index]["isAccessible"].clone())
    };
    assert_eq!(told(0), (json!(""), json!(true))); // only gone through: its name is all
    assert_eq!(told(1), (json!("test"), json!(true)));
    assert_eq!(list(&world, &eve, "&accessLevel=accessible"), ["a"]);
    let nobody = world.caller_with("nobody", 2, &[]);
    let answer = world.get(&nobody, &format!("{root}&accessLevel=ACCESSIBLE"));
    assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
}

#[test]
fn what_is_granted_in_a_compartment_holds_below_it_and_nowhere_else() {
    let world = World::new();
    let a = make(&world, world.tenancy(), "a");
    let b = make(&world, &a, "b");
    let c = make(&world, &b, "c");
    let statements = [
        "allow group them to manage compartments in compartment A:b",
        "allow group them to manage policies in compartment id {b}",
    ];
    let statements: Vec<String> = statements.iter().map(|text| text.replace("{b}", &b)).collect();
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    let eve = world.caller_with("eve", 1, &statements);
    for (parent, status) in [(world.tenancy(), 404), (&a, 404), (&b, 200), (&c, 200)] {
        let made = world.post(&eve, "/compartments", &details(parent, "new"));
        assert_eq!(made.status, status, "{made:?}");
        assert_eq!(world.get(&eve, &format!("/compartments/{parent}")).status, status);
        let body = json!({"compartmentId": parent, "name": "p", "description": "d",
                          "statements": [format!("allow any-user to inspect users in compartment id {parent}")]});
        let made = world.post(&eve, "/policies", &body);
        assert_eq!(made.status, status, "{made:?}");
        let listed = world.get(&eve, &format!("/policies?compartmentId={parent}"));
        assert_eq!(listed.status, status);
        if status == 200 {
            assert_eq!(names(&listed), ["p"]);
            let path = format!("/policies/{}", made.id());
            assert_eq!(world.put(&eve, &path, &json!({"description": "x"}), &[]).status, 200);
        }
    }
    // A policy reaches what is below the compartment that it is attached to, and no further.
    let body = json!({"compartmentId": c, "name": "up", "description": "d",
                      "statements": [format!("allow any-user to inspect users in compartment id {a}")]});
    assert_eq!(world.post(&eve, "/policies", &body).code(), (400, "InvalidParameter".into()));
    let body = json!({"compartmentId": a, "name": "down", "description": "d",
                      "statements": ["allow any-user to inspect compartments in compartment b:c"]});
    world.post(&world.administrator(), "/policies", &body).ok();
    let nobody = world.caller_with("nobody", 2, &[]);
    assert_eq!(world.get(&nobody, &format!("/compartments/{c}")).status, 200);
    assert_eq!(world.get(&nobody, &format!("/compartments/{b}")).status, 404);
}

#[test]
fn only_the_statements_on_one_way_down_count_together() {
    let limits = Limits { statements_per_path: 3, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci); // the root has one already
    let (a, b) = (make(&world, world.tenancy(), "a"), make(&world, world.tenancy(), "b"));
    let c = make(&world, &a, "c");
    let attach = |at: &str, name: &str| {
        let statement = format!("allow any-user to inspect users in compartment id {at}");
        let body = json!({"compartmentId": at, "name": name, "description": "d",
                          "statements": [statement]});
        world.post(&world.administrator(), "/policies", &body)
    };
    attach(&c, "one").ok();
    attach(&b, "one").ok();
    attach(&b, "two").ok();
    attach(&a, "one").ok();
    for (at, name) in [(&a, "two"), (&b, "three"), (&c, "two")] {
        assert_eq!(attach(at, name).code(), (400, "LimitExceeded".into()), "{name}");
    }
    assert_eq!(attach(world.tenancy(), "more").code(), (400, "LimitExceeded".into()));
}

#[test]
fn of_many_who_make_one_name_at_once_one_wins() {
    let world = World::new();
    let parent = make(&world, world.tenancy(), "apps");
    let mut answers: Vec<(u16, String)> = std::thread::scope(|threads| {
        let ask = || {
            let answer =
                world.post(&world.administrator(), "/compartments", &details(&parent, "x"));
            answer.code()
        };
        let askers: Vec<_> = (0..8).map(|_| threads.spawn(ask)).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).collect()
    });
    answers.sort();
    assert_eq!(answers[0], (200, String::new()));
    assert!(
        answers[1..].iter().all(|it| *it == (409, "CompartmentAlreadyExists".into())),
        "{answers:?}"
    );
    let listed =
        world.get(&world.administrator(), &format!("/compartments?compartmentId={parent}"));
    assert_eq!(names(&listed), ["x"]);
}
