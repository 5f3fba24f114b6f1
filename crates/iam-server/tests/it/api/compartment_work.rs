//! `/20160918/compartments/{compartmentId}` and the actions below it that take a work request:
//! deleting, recovering, moving; `/20160918/workRequests`; and bulk actions.

use crate::world::{Answer, Caller, World};
use iam_api::Ocid;
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60;

fn make(world: &World, parent: &str, name: &str) -> String {
    let body = json!({"compartmentId": parent, "name": name, "description": "test"});
    world.post(&world.administrator(), "/compartments", &body).ok().id()
}

fn policy(world: &World, parent: &str, name: &str) -> String {
    let statement = format!("allow any-user to inspect users in compartment id {parent}");
    let body = json!({"compartmentId": parent, "name": name, "description": "test",
                      "statements": [statement]});
    world.post(&world.administrator(), "/policies", &body).ok().id()
}

fn read(world: &World, id: &str) -> Value {
    world.get(&world.administrator(), &format!("/compartments/{id}")).ok().json()
}

fn delete(world: &World, id: &str) -> Answer {
    world.delete(&world.administrator(), &format!("/compartments/{id}"), &[])
}

fn relocate(world: &World, caller: &Caller, id: &str, target: &str) -> Answer {
    let body = json!({"targetCompartmentId": target});
    world.post(caller, &format!("/compartments/{id}/actions/moveCompartment"), &body)
}

fn recover(world: &World, id: &str) -> Answer {
    let path = format!("/20160918/compartments/{id}/actions/recoverCompartment");
    world.send(&world.administrator(), "POST", &path, None)
}

/// The work request that an accepted answer names.
fn work_of(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{answer:?}");
    let id = answer.header("opc-work-request-id").unwrap().to_owned();
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("identityworkrequest"));
    id
}

fn work(world: &World, id: &str) -> Answer {
    world.get(&world.administrator(), &format!("/workRequests/{id}")).ok()
}

/// How a work request ended, once all are seen to.
fn ended(world: &World, answer: &Answer) -> Value {
    let id = work_of(answer);
    world.work();
    work(world, &id).json()
}

fn refused(answer: &Answer) {
    assert_eq!(answer.code(), (409, "Conflict".into()), "{answer:?}");
}

#[test]
fn a_deletion_goes_through_its_states_and_frees_the_name() {
    let world = World::new();
    let id = make(&world, world.tenancy(), "Apps");
    let before = world.get(&world.administrator(), &format!("/compartments/{id}")).ok().etag();
    let answer = delete(&world, &id);
    let request = work_of(&answer);
    assert_eq!(read(&world, &id)["lifecycleState"], "DELETING");
    let waiting = work(&world, &request);
    assert_eq!(waiting.header("retry-after"), Some("60"));
    let mut expected = json!({
        "id": request, "operationType": "DELETE_COMPARTMENT", "compartmentId": world.tenancy(),
        "status": "ACCEPTED", "percentComplete": 0.0, "errors": [], "logs": [],
        "resources": [{"identifier": id, "entityType": "Compartment", "actionType": "IN_PROGRESS"}],
        "timeAccepted": "2026-11-23T12:00:00.000Z",
    });
    assert_eq!(waiting.json(), expected);
    world.pass(1);
    world.work();
    let done = work(&world, &request);
    assert_eq!(done.header("retry-after"), None);
    let seen = done.json();
    for (field, value) in [
        ("status", json!("SUCCEEDED")),
        ("percentComplete", json!(100.0)),
        ("timeStarted", json!("2026-11-23T12:00:01.000Z")),
        ("timeFinished", json!("2026-11-23T12:00:01.000Z")),
        ("logs", seen["logs"].clone()),
    ] {
        expected[field] = value;
    }
    expected["resources"][0]["actionType"] = json!("DELETED");
    assert_eq!(seen, expected);
    assert_eq!(seen["logs"].as_array().unwrap().len(), 2);
    let after = read(&world, &id);
    assert_eq!(after["lifecycleState"], "DELETED");
    let name = after["name"].as_str().unwrap();
    let suffix = name.strip_prefix("Apps.").unwrap();
    assert!(suffix.len() == 8 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
    let answer = world.get(&world.administrator(), &format!("/compartments/{id}")).ok();
    assert_ne!(answer.etag(), before);
    let list = format!("/compartments?compartmentId={}&lifecycleState=DELETED", world.tenancy());
    assert_eq!(world.get(&world.administrator(), &list).ok().id_of_first(), id);
    make(&world, world.tenancy(), "Apps");
    refused(&delete(&world, &id));
    refused(&delete(&world, world.tenancy()));
}

#[test]
fn a_compartment_that_something_is_in_is_not_deleted_and_stays_in_use() {
    let world = World::new();
    let (a, b) = (make(&world, world.tenancy(), "a"), make(&world, world.tenancy(), "b"));
    let inner = make(&world, &a, "inner");
    policy(&world, &b, "rules");
    for (id, what) in [(&a, "compartment `inner`"), (&b, "policy `rules`")] {
        let seen = ended(&world, &delete(&world, id));
        assert_eq!(seen["status"], "FAILED");
        assert_eq!(seen["resources"][0]["actionType"], "FAILED");
        assert_eq!(seen["errors"][0]["code"], "Conflict");
        assert!(seen["errors"][0]["message"].as_str().unwrap().contains(what), "{seen}");
        assert_eq!(read(&world, id)["lifecycleState"], "ACTIVE");
    }
    // What is deleted is in nobody's way.
    assert_eq!(ended(&world, &delete(&world, &inner))["status"], "SUCCEEDED");
    assert_eq!(ended(&world, &delete(&world, &a))["status"], "SUCCEEDED");
}

#[test]
fn nothing_new_comes_into_a_compartment_that_is_being_deleted() {
    let world = World::new();
    let id = make(&world, world.tenancy(), "a");
    let other = make(&world, world.tenancy(), "b");
    work_of(&delete(&world, &id));
    for _ in 0..2 {
        let body = json!({"compartmentId": id, "name": "new", "description": "d",
                          "statements": ["allow any-user to inspect users in tenancy"]});
        let answer = world.post(&world.administrator(), "/policies", &body);
        assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
        let body = json!({"compartmentId": id, "name": "new", "description": "d"});
        let answer = world.post(&world.administrator(), "/compartments", &body);
        assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
        refused(&relocate(&world, &world.administrator(), &other, &id));
        refused(&relocate(&world, &world.administrator(), &id, &other));
        let path = format!("/compartments/{id}");
        refused(&world.put(&world.administrator(), &path, &json!({"name": "x"}), &[]));
        world.work();
    }
}

#[test]
fn what_is_recovered_keeps_the_name_that_it_was_given() {
    let world = World::new();
    let a = make(&world, world.tenancy(), "a");
    let b = make(&world, &a, "b");
    refused(&recover(&world, &a));
    for id in [&b, &a] {
        assert_eq!(ended(&world, &delete(&world, id))["status"], "SUCCEEDED");
    }
    refused(&recover(&world, &b)); // what it is in comes first
    let name = read(&world, &a)["name"].clone();
    let answer = recover(&world, &a).ok();
    assert_eq!((answer.status, &answer.json()), (200, &read(&world, &a)));
    assert_eq!(
        (answer.text("lifecycleState"), answer.json()["name"].clone()),
        ("ACTIVE".into(), name)
    );
    recover(&world, &b).ok();
    refused(&recover(&world, world.tenancy()));
}

#[test]
fn after_ninety_days_the_deleted_and_their_work_requests_are_erased() {
    let world = World::new();
    let a = make(&world, world.tenancy(), "a");
    let b = make(&world, &a, "b");
    let requests = [&b, &a].map(|id| {
        work_of(&{
            let answer = delete(&world, id);
            world.work();
            answer
        })
    });
    let upkeep = || {
        let forget = world.app.write(|app, tx| iam_core::work_requests::forget(tx, &app.context));
        world.block_on(forget).unwrap();
    };
    let status = |path: String| world.get(&world.administrator(), &path).status;
    world.pass(90 * DAY);
    upkeep();
    assert_eq!(status(format!("/compartments/{a}")), 200);
    world.pass(1);
    upkeep();
    assert_eq!(status(format!("/compartments/{b}")), 404);
    assert_eq!(status(format!("/compartments/{a}")), 200); // what was in it comes first
    upkeep();
    assert_eq!(status(format!("/compartments/{a}")), 404);
    for id in requests {
        assert_eq!(status(format!("/workRequests/{id}")), 404);
    }
}

#[test]
fn a_move_takes_along_all_that_is_below_and_what_is_granted_there() {
    let world = World::new();
    let (a, b) = (make(&world, world.tenancy(), "a"), make(&world, world.tenancy(), "b"));
    let inner = make(&world, &a, "inner");
    let eve =
        world.caller_with("eve", 1, &["allow group them to inspect compartments in compartment b"]);
    let path = format!("/compartments/{inner}");
    assert_eq!(world.get(&eve, &path).status, 404);
    let seen = ended(&world, &relocate(&world, &world.administrator(), &a, &b));
    assert_eq!(
        (&seen["status"], &seen["operationType"]),
        (&json!("SUCCEEDED"), &json!("MOVE_COMPARTMENT"))
    );
    assert_eq!(read(&world, &a)["compartmentId"], json!(b));
    assert_eq!(world.get(&eve, &path).status, 200);
    let list = format!("/compartments?compartmentId={b}");
    assert_eq!(world.get(&eve, &list).ok().id_of_first(), a);
    make(&world, world.tenancy(), "a"); // the name is free where it was
}

#[test]
fn a_move_that_would_break_the_tree_is_refused() {
    let world = World::new();
    let admin = world.administrator();
    let a = make(&world, world.tenancy(), "a");
    let b = make(&world, &a, "b");
    let c = make(&world, &b, "c");
    let other = make(&world, world.tenancy(), "other");
    make(&world, &other, "B");
    let namesake = make(&world, &other, "a");
    for (id, target) in [(&a, &a), (&a, &c), (&b, &a), (&a, &namesake)] {
        refused(&relocate(&world, &admin, id, target));
    }
    refused(&relocate(&world, &admin, world.tenancy(), &a));
    let answer = relocate(&world, &admin, &b, &other);
    assert_eq!(answer.code(), (409, "CompartmentAlreadyExists".into()));
    let mut deep = other.clone();
    for level in 2..=4 {
        deep = make(&world, &deep, &format!("level-{level}"));
    }
    let answer = relocate(&world, &admin, &a, &deep); // three more would be seven
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
    assert_eq!(ended(&world, &relocate(&world, &admin, &b, &deep))["status"], "SUCCEEDED");
}

#[test]
fn who_moves_must_manage_everything_where_both_ends_are() {
    let world = World::new();
    let top = make(&world, world.tenancy(), "top");
    let (a, b) = (make(&world, &top, "a"), make(&world, &top, "b"));
    let inner = make(&world, &a, "inner");
    let elsewhere = make(&world, world.tenancy(), "elsewhere");
    let eve = world.caller_with(
        "eve",
        1,
        &["allow group them to manage all-resources in compartment top"],
    );
    let bob = world.caller_with(
        "bob",
        2,
        &[
            "allow group them to manage all-resources in compartment top:a",
            "allow group them to manage all-resources in compartment top:b",
        ],
    );
    let answer = relocate(&world, &bob, &inner, &b);
    assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
    let answer = relocate(&world, &eve, &inner, &elsewhere);
    assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
    assert_eq!(ended(&world, &relocate(&world, &eve, &inner, &b))["status"], "SUCCEEDED");
}

#[test]
fn what_was_allowed_between_two_ends_is_not_done_when_one_of_them_has_gone_elsewhere() {
    let world = World::new();
    let admin = world.administrator();
    let top = make(&world, world.tenancy(), "top");
    let (a, b) = (make(&world, &top, "a"), make(&world, &top, "b"));
    let elsewhere = make(&world, world.tenancy(), "elsewhere");
    let eve = world.caller_with(
        "eve",
        1,
        &["allow group them to manage all-resources in compartment top"],
    );
    let first = relocate(&world, &admin, &b, &elsewhere); // is done first
    world.pass(1);
    let second = relocate(&world, &eve, &a, &b);
    assert_eq!(ended(&world, &first)["status"], "SUCCEEDED");
    let seen = ended(&world, &second);
    assert_eq!(seen["status"], "FAILED");
    assert!(seen["errors"][0]["message"].as_str().unwrap().contains("elsewhere"), "{seen}");
    assert_eq!(read(&world, &a)["compartmentId"], json!(top));
}

#[test]
fn of_two_moves_into_each_other_one_wins_and_the_tree_stays_a_tree() {
    let world = World::new();
    for round in 0..4 {
        let a = make(&world, world.tenancy(), &format!("a-{round}"));
        let b = make(&world, world.tenancy(), &format!("b-{round}"));
        let (pairs, ours) = ([(&a, &b), (&b, &a)], &world);
        let requests: Vec<String> = std::thread::scope(|threads| {
            let asked = pairs.map(|(id, target)| {
                let ask = move || work_of(&relocate(ours, &ours.administrator(), id, target));
                threads.spawn(ask)
            });
            asked.into_iter().map(|asker| asker.join().unwrap()).collect()
        });
        std::thread::scope(|threads| {
            let seen_to = [(); 4].map(|()| threads.spawn(|| world.work()));
            seen_to.into_iter().for_each(|worker| worker.join().unwrap());
        });
        let status = |id: &String| work(&world, id).text("status");
        let mut all: Vec<String> = requests.iter().map(status).collect();
        all.sort();
        assert_eq!(all, ["FAILED", "SUCCEEDED"], "round {round}");
        let parents = [&a, &b].map(|id| read(&world, id)["compartmentId"].clone());
        let roots = parents.iter().filter(|parent| **parent == json!(world.tenancy())).count();
        assert_eq!(roots, 1, "{parents:?}");
        world.pass(60);
    }
}

#[test]
fn what_was_asked_for_before_a_restart_is_done_after_it_and_once() {
    let world = World::new();
    let id = make(&world, world.tenancy(), "a");
    let request = work_of(&delete(&world, &id));
    // One that a node had taken when it died: it comes back when its time is over.
    let take = world.app.write(|app, tx| iam_core::work_requests::take(tx, &app.context));
    let taken = world.block_on(take).unwrap().unwrap();
    let world = world.restart();
    world.work();
    assert_eq!(work(&world, &request).text("status"), "IN_PROGRESS");
    world.pass(9);
    world.work();
    assert_eq!(work(&world, &request).text("status"), "SUCCEEDED");
    let name = read(&world, &id)["name"].clone();
    // Whoever was thought dead does nothing more.
    let late = world
        .app
        .write(move |app, tx| iam_core::work_requests::step(tx, &app.context, taken.clone()));
    assert!(world.block_on(late).unwrap().is_none());
    assert_eq!(read(&world, &id)["name"], name);
}

#[test]
fn work_that_fails_again_and_again_is_given_up_and_the_compartment_given_back() {
    let world = World::new();
    let id = make(&world, world.tenancy(), "a");
    let request = work_of(&delete(&world, &id));
    for _ in 0..10 {
        let take = world.app.write(|app, tx| iam_core::work_requests::take(tx, &app.context));
        assert!(world.block_on(take).unwrap().is_some());
        world.pass(9);
    }
    world.work();
    let seen = work(&world, &request).json();
    assert_eq!(
        (&seen["status"], &seen["errors"][0]["code"]),
        (&json!("FAILED"), &json!("InternalServerError"))
    );
    assert_eq!(read(&world, &id)["lifecycleState"], "ACTIVE");
}

#[test]
fn work_requests_are_listed_newest_first_by_compartment_and_resource_and_page_by_page() {
    let world = World::new();
    let admin = world.administrator();
    let mut requests = Vec::new();
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        let id = make(&world, world.tenancy(), name);
        requests.insert(0, work_of(&delete(&world, &id)));
        ids.insert(0, id);
        world.pass(1);
    }
    world.work();
    let root = format!("/workRequests?compartmentId={}", world.tenancy());
    let listed = |more: &str| -> Vec<String> {
        let answer = world.get(&admin, &format!("{root}{more}")).ok();
        let list = answer.json();
        assert!(list.as_array().unwrap().iter().all(|item| item.get("logs").is_none()));
        list.as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(listed(""), requests);
    assert_eq!(listed(&format!("&resourceIdentifier={}", ids[2])), requests[2..]);
    let first = world.get(&admin, &format!("{root}&limit=2")).ok();
    let next = first.header("opc-next-page").unwrap();
    assert_eq!(listed(&format!("&limit=2&page={next}")), requests[2..]);
    let shelf = make(&world, world.tenancy(), "shelf");
    let path = format!("/workRequests?compartmentId={shelf}");
    assert_eq!(world.get(&admin, &path).ok().json(), json!([]));
    let eve =
        world.caller_with("eve", 1, &["allow group them to use compartments in compartment shelf"]);
    assert_eq!(world.get(&eve, &root).status, 404);
    assert_eq!(world.get(&eve, &path).status, 200);
    assert_eq!(world.get(&eve, &format!("/workRequests/{}", requests[0])).status, 404);
}

fn resources(items: &[(&str, &str)]) -> Value {
    let item = |(id, kind): &(&str, &str)| json!({"identifier": id, "entityType": kind});
    items.iter().map(item).collect()
}

#[test]
fn a_bulk_deletion_goes_on_after_what_it_cannot_delete() {
    let world = World::new();
    let admin = world.administrator();
    let top = make(&world, world.tenancy(), "top");
    let (empty, full) = (make(&world, &top, "empty"), make(&world, &top, "full"));
    policy(&world, &full, "inside");
    let rules = policy(&world, &top, "rules");
    let path = format!("/compartments/{top}/actions/bulkDeleteResources");
    let body = json!({"resources": resources(&[
        (&full, "Compartment"), (&rules, "Policy"), (&empty, "Compartment"),
    ])});
    let seen = ended(&world, &world.post(&admin, &path, &body));
    assert_eq!(
        (&seen["status"], &seen["operationType"]),
        (&json!("FAILED"), &json!("BULK_DELETE_RESOURCES"))
    );
    let became: Vec<&str> = seen["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["actionType"].as_str().unwrap())
        .collect();
    assert_eq!(became, ["FAILED", "DELETED", "DELETED"]);
    assert_eq!(seen["errors"].as_array().unwrap().len(), 1);
    assert_eq!(read(&world, &full)["lifecycleState"], "ACTIVE");
    assert_eq!(read(&world, &empty)["lifecycleState"], "DELETED");
    assert_eq!(world.get(&admin, &format!("/policies/{rules}")).status, 404);
}

#[test]
fn a_bulk_action_shows_how_far_it_is() {
    let world = World::new();
    let admin = world.administrator();
    let top = make(&world, world.tenancy(), "top");
    let ids: Vec<String> =
        (0..4).map(|number| make(&world, &top, &format!("c-{number}"))).collect();
    let items: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "Compartment")).collect();
    let body = json!({"resources": resources(&items), "targetCompartmentId": world.tenancy()});
    let path = format!("/compartments/{top}/actions/bulkMoveResources");
    let request = work_of(&world.post(&admin, &path, &body));
    let take = world.app.write(|app, tx| iam_core::work_requests::take(tx, &app.context));
    let mut taken = world.block_on(take).unwrap();
    for percent in [25.0, 50.0, 75.0, 100.0] {
        let work_taken = taken.take().unwrap();
        let step = world.app.write(move |app, tx| {
            iam_core::work_requests::step(tx, &app.context, work_taken.clone())
        });
        taken = world.block_on(step).unwrap();
        let seen = work(&world, &request).json();
        assert_eq!(seen["percentComplete"], json!(percent));
        let status = if percent < 100.0 { "IN_PROGRESS" } else { "SUCCEEDED" };
        assert_eq!(seen["status"], status);
    }
    assert!(ids.iter().all(|id| read(&world, id)["compartmentId"] == json!(world.tenancy())));
}

#[test]
fn a_bulk_action_takes_only_what_is_there_and_of_a_kind_that_is_listed() {
    let world = World::new();
    let admin = world.administrator();
    let top = make(&world, world.tenancy(), "top");
    let inner = make(&world, &top, "inner");
    let elsewhere = make(&world, world.tenancy(), "elsewhere");
    let rules = policy(&world, &top, "rules");
    let actions = [
        (
            "bulkDeleteResources",
            "BULK_DELETE_RESOURCES",
            json!(["Compartment", "Policy", "TagNamespace"]),
        ),
        ("bulkMoveResources", "BULK_MOVE_RESOURCES", json!(["Compartment", "TagNamespace"])),
    ];
    for (action, kind, names) in actions {
        let list = format!("/compartments/bulkActionResourceTypes?bulkActionType={kind}");
        let items = world.get(&admin, &list).ok().json()["items"].clone();
        let listed: Value =
            items.as_array().unwrap().iter().map(|item| item["name"].clone()).collect();
        assert_eq!(listed, names);
        let send = |items: Value| {
            let mut body = json!({"resources": items});
            if action == "bulkMoveResources" {
                body["targetCompartmentId"] = json!(elsewhere);
            }
            world.post(&admin, &format!("/compartments/{top}/actions/{action}"), &body)
        };
        let bad = [
            (json!([]), 400),
            (resources(&[(&inner, "Instance")]), 400),
            (resources(&[(&inner, "Compartment"), (&inner, "Compartment")]), 400),
            (resources(&[(&elsewhere, "Compartment")]), 404),
            (resources(&[(&rules, "Compartment")]), 404),
            (resources(&[("x", "Compartment")]), 404),
        ];
        for (items, status) in bad {
            let answer = send(items.clone());
            assert_eq!(answer.status, status, "{action} {items}: {answer:?}");
        }
    }
    let list = format!("/workRequests?compartmentId={top}");
    assert_eq!(world.get(&admin, &list).ok().json(), json!([]));
}
