//! `/20160918/tags/actions/bulkEdit` and `/20160918/tags/bulkEditResourceTypes`.

use crate::objects::provider_in;
use crate::world::{Answer, Caller, World};
use serde_json::{Value, json};

const RELATED: &str = "RelatedResourceNotAuthorizedOrNotFound";

/// A world with the tags `Ops.Cost` and `Ops.Team`, and the OCID of their namespace.
fn scene() -> (World, String) {
    scene_in(World::new())
}

fn scene_in(world: World) -> (World, String) {
    let namespace = world.tag_namespace("Ops");
    for key in ["Cost", "Team"] {
        world.tag(&namespace, key, &json!({}));
    }
    (world, namespace)
}

fn default_domain(world: &World) -> String {
    let path = format!("/domains?compartmentId={}", world.tenancy());
    world.get(&world.administrator(), &path).ok().id_of_first()
}

/// One thing to do with tags.
fn one(operation: &str, tags: Value) -> Value {
    json!({"operationType": operation, "definedTags": tags})
}

fn edit(world: &World, caller: &Caller, resources: &Value, operations: &Value) -> Answer {
    let body = json!({"compartmentId": world.tenancy(), "resources": resources,
                      "bulkEditOperations": operations});
    world.post(caller, "/tags/actions/bulkEdit", &body)
}

/// How a bulk edit ended, and what it could not do, once it has been seen to.
fn ended(world: &World, answer: &Answer) -> (Value, Value) {
    assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{answer:?}");
    let id = answer.header("opc-work-request-id").unwrap();
    world.work();
    let read = |more: &str| {
        let path = format!("/taggingWorkRequests/{id}{more}");
        world.get(&world.administrator(), &path).ok().json()
    };
    (read(""), read("/errors"))
}

fn groups(ids: &[&String]) -> Value {
    ids.iter().map(|id| json!({"id": id, "resourceType": "Group"})).collect()
}

fn became(work: &Value) -> Vec<&str> {
    let all = work["resources"].as_array().unwrap().iter();
    all.map(|one| one["actionType"].as_str().unwrap()).collect()
}

fn put(world: &World, path: &str, tags: &Value) {
    world.put(&world.administrator(), path, &json!({"definedTags": tags}), &[]).ok();
}

fn tags(world: &World, path: &str) -> Value {
    world.get(&world.administrator(), path).ok().json()["definedTags"].clone()
}

#[test]
fn each_operation_does_what_it_says_where_the_tag_is_and_where_it_is_not() {
    let cases = [
        ("ADD_WHERE_ABSENT", json!({"ops": {"cost": "old"}}), json!({"Ops": {"Cost": "new"}})),
        ("SET_WHERE_PRESENT", json!({"ops": {"cost": "new"}}), json!({})),
        ("ADD_OR_SET", json!({"ops": {"cost": "new"}}), json!({"Ops": {"Cost": "new"}})),
        ("REMOVE", json!({}), json!({})),
    ];
    for (operation, where_present, where_absent) in cases {
        let (world, _) = scene();
        let admin = world.administrator();
        let (with, without) = (world.group("with"), world.group("without"));
        let path = |id: &str| format!("/groups/{id}");
        put(&world, &path(&with), &json!({"ops": {"cost": "old"}}));
        let etags = [&with, &without].map(|id| world.get(&admin, &path(id)).ok().etag());
        let operations = json!([one(operation, json!({"Ops": {"Cost": "new"}}))]);
        let answer = edit(&world, &admin, &groups(&[&with, &without]), &operations);
        let (work, errors) = ended(&world, &answer);
        assert_eq!(
            (&work["status"], &work["operationType"], &errors),
            (&json!("SUCCEEDED"), &json!("BULK_EDIT_OF_TAGS"), &json!([])),
            "{operation}"
        );
        let seen = [&with, &without].map(|id| tags(&world, &path(id)));
        assert_eq!(seen, [where_present, where_absent], "{operation}");
        let changed = [seen[0] != json!({"ops": {"cost": "old"}}), seen[1] != json!({})];
        let expected = changed.map(|is| if is { "UPDATED" } else { "RELATED" });
        assert_eq!(became(&work), expected, "{operation}");
        for ((id, etag), changed) in [&with, &without].into_iter().zip(etags).zip(changed) {
            assert_eq!(world.get(&admin, &path(id)).ok().etag() != etag, changed, "{operation}");
        }
    }
}

#[test]
fn every_kind_that_is_listed_is_edited_and_what_else_it_says_stays() {
    let (world, namespace) = scene_in(World::with_domains());
    let admin = world.administrator();
    let new = json!({"compartmentId": world.tenancy(), "name": "new", "description": "d",
                     "freeformTags": {"a": "b"}});
    let mut policy = new.clone();
    policy["statements"] = json!(["allow any-user to inspect users in tenancy"]);
    let mut rule = new.clone();
    (rule["name"], rule["matchingRule"]) = (json!("ruled"), json!("ANY {instance.id = 'x'}"));
    let mut source = new.clone();
    source["publicSourceList"] = json!(["192.0.2.1"]);
    let mut person = new.clone();
    person["email"] = json!("new@example.com");
    let make = |path: &str, body: &Value| world.post(&admin, path, body).ok().id();
    let space = make("/tagNamespaces", &new);
    let tag = world.tag(&space, "key", &json!({}));
    let all = [
        ("Compartment", make("/compartments", &new), "/compartments/"),
        ("Domain", default_domain(&world), "/domains/"),
        ("DynamicGroup", make("/dynamicGroups", &rule), "/dynamicGroups/"),
        ("Group", make("/groups", &new), "/groups/"),
        ("IdentityProvider", provider_in(&world, &admin, "Corp"), "/identityProviders/"),
        ("NetworkSource", make("/networkSources", &source), "/networkSources/"),
        ("Policy", make("/policies", &policy), "/policies/"),
        ("TagDefinition", tag, ""),
        ("TagNamespace", space.clone(), "/tagNamespaces/"),
        ("User", make("/users", &person), "/users/"),
    ];
    let listed = world.get(&admin, "/tags/bulkEditResourceTypes?limit=1000").ok().json();
    let names: Vec<&str> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["resourceType"].as_str().unwrap())
        .collect();
    assert_eq!(names, all.each_ref().map(|(kind, ..)| *kind));
    let first = world.get(&admin, "/tags/bulkEditResourceTypes?limit=4").ok();
    let next = first.header("opc-next-page").unwrap();
    let path = format!("/tags/bulkEditResourceTypes?limit=4&page={next}");
    assert_eq!(world.get(&admin, &path).ok().json()["items"].as_array().unwrap().len(), 4);
    let path = |(_, id, path): &(&str, String, &str)| match *path {
        "" => format!("/tagNamespaces/{space}/tags/key"),
        path => format!("{path}{id}"),
    };
    let before = all.each_ref().map(|one| world.get(&admin, &path(one)).ok().json());
    world.pass(5);
    let resources: Value =
        all.iter().map(|(kind, id, _)| json!({"id": id, "resourceType": kind})).collect();
    let operations = json!([
        one("ADD_OR_SET", json!({"Ops": {"Cost": "${iam.principal.name}"}})),
        one("ADD_WHERE_ABSENT", json!({"Ops": {"Team": "red"}})),
    ]);
    let (work, errors) = ended(&world, &edit(&world, &admin, &resources, &operations));
    assert_eq!((&work["status"], &errors), (&json!("SUCCEEDED"), &json!([])));
    for (one, mut expected) in all.iter().zip(before) {
        expected["definedTags"] = json!({"Ops": {"Cost": "admin", "Team": "red"}});
        if one.0 == "User" {
            expected["timeModified"] = json!("2026-11-23T12:00:05.000Z");
        }
        assert_eq!(world.get(&admin, &path(one)).ok().json(), expected, "{}", one.0);
    }
    world.get(&admin, &format!("/tagNamespaces/{namespace}")).ok();
}

/// Work requests are taken in turn, so the edit comes upon the change that was asked for after it.
#[test]
fn a_domain_is_not_edited_while_something_is_under_way_with_it() {
    let (world, _) = scene_in(World::with_domains());
    let (admin, id) = (world.administrator(), default_domain(&world));
    let path = format!("/domains/{id}");
    let resources = json!([{"id": id, "resourceType": "Domain"}]);
    let operations = json!([one("ADD_OR_SET", json!({"Ops": {"Cost": "1"}}))]);
    let answer = edit(&world, &admin, &resources, &operations);
    world.pass(1); // else neither came before the other
    let asked = world.put(&admin, &path, &json!({"description": "new"}), &[]);
    assert_eq!(asked.status, 202, "{asked:?}");
    let (work, errors) = ended(&world, &answer);
    assert_eq!((&work["status"], &errors[0]["code"]), (&json!("FAILED"), &json!("Conflict")));
    assert_eq!(world.get(&admin, &path).ok().json()["description"], "new");
    assert_eq!(tags(&world, &path), json!({}));
    let (work, _) = ended(&world, &edit(&world, &admin, &resources, &operations));
    assert_eq!(work["status"], "SUCCEEDED");
    assert_eq!(tags(&world, &path), json!({"Ops": {"Cost": "1"}}));
}

#[test]
fn what_cannot_be_edited_is_told_of_and_does_not_keep_the_others() {
    let (world, namespace) = scene();
    let admin = world.administrator();
    let good = world.group("good");
    let full = world.group("full");
    for number in 0..64 {
        world.tag(&namespace, &format!("k{number}"), &json!({}));
    }
    let many: Value = (0..64).map(|n| (format!("k{n}"), json!("v"))).collect();
    put(&world, &format!("/groups/{full}"), &json!({"Ops": many}));
    let policies = format!("/policies?compartmentId={}", world.tenancy());
    let rule = world.get(&admin, &policies).ok().id_of_first();
    let box_ = world.compartment_in(world.tenancy(), "box");
    let gone = world.group("gone");
    let mut resources = groups(&[&full, &good, &gone]);
    resources.as_array_mut().unwrap().extend([
        json!({"id": rule, "resourceType": "policy"}),
        json!({"id": box_, "resourceType": "COMPARTMENT"}),
    ]);
    let operations = json!([one("ADD_OR_SET", json!({"Ops": {"Cost": "1"}}))]);
    let answer = edit(&world, &admin, &resources, &operations);
    world.delete(&admin, &format!("/groups/{gone}"), &[]).ok();
    world.delete(&admin, &format!("/compartments/{box_}"), &[]).ok();
    let (work, errors) = ended(&world, &answer);
    assert_eq!(work["status"], "PARTIALLY_SUCCEEDED");
    assert_eq!(became(&work), ["FAILED", "UPDATED", "FAILED", "FAILED", "FAILED"]);
    let codes: Vec<&str> =
        errors.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["InvalidParameter", "Conflict", "Conflict", "Conflict"]);
    assert_eq!(tags(&world, &format!("/groups/{good}")), json!({"Ops": {"Cost": "1"}}));
    assert_eq!(tags(&world, &format!("/policies/{rule}")), json!({}));
    let (work, _) = ended(&world, &edit(&world, &admin, &groups(&[&full]), &operations));
    assert_eq!(work["status"], "FAILED");
}

#[test]
fn who_may_not_update_a_resource_or_use_a_namespace_edits_nothing() {
    let (world, _) = scene();
    let eve =
        world.caller_with("eve", 1, &["allow group them to {TAG_NAMESPACE_INSPECT} in tenancy"]);
    let group = world.group("team");
    let path = format!("/groups/{group}");
    put(&world, &path, &json!({"Ops": {"Cost": "1"}}));
    let absent = iam_api::Ocid::new("group", &[9; 32]).to_string();
    let mut all: Vec<Value> = ["ADD_WHERE_ABSENT", "SET_WHERE_PRESENT", "ADD_OR_SET", "REMOVE"]
        .iter()
        .map(|word| json!([one(word, json!({"Ops": {"Cost": "2"}}))]))
        .collect();
    let ask = |id: &String, operations: &Value| edit(&world, &eve, &groups(&[id]), operations);
    for operations in &all {
        assert_eq!(ask(&group, operations).code(), (400, RELATED.into()), "{operations}");
    }
    let seen = ask(&group, &all[0]);
    let unknown = ask(&group, &json!([one("ADD_OR_SET", json!({"Opt": {"Cost": "2"}}))]));
    assert_eq!(unknown.text.replace("Opt", "Ops"), seen.text, "absent and forbidden are alike");
    world.policy("use", &["allow group eve-group to use tag-namespaces in tenancy"]);
    for operations in &all {
        let refused = ask(&group, operations);
        assert_eq!(refused.code(), (400, RELATED.into()), "{operations}");
        let absent_too = ask(&absent, operations).text.replace(&absent, &group);
        assert_eq!(absent_too, refused.text, "absent and forbidden are alike");
    }
    let user = world.user("ann").to_string();
    world.policy("update", &["allow group eve-group to use groups in tenancy"]);
    let mixed =
        json!([{"id": group, "resourceType": "Group"}, {"id": user, "resourceType": "User"}]);
    assert_eq!(edit(&world, &eve, &mixed, &all[0]).code(), (400, RELATED.into()));
    world.work();
    assert_eq!(tags(&world, &path), json!({"Ops": {"Cost": "1"}}));
    let (work, _) = ended(&world, &ask(&group, &all.remove(1)));
    assert_eq!(
        (&work["status"], tags(&world, &path)),
        (&json!("SUCCEEDED"), json!({"Ops": {"Cost": "2"}}))
    );
}

#[test]
fn a_right_that_was_found_elsewhere_does_not_count_when_things_have_moved() {
    let world = World::new();
    let [here, there] = ["here", "there"].map(|name| world.compartment_in(world.tenancy(), name));
    let namespace = world.tag_namespace_in(&here, "Ops");
    world.tag(&namespace, "Cost", &json!({}));
    let inner = world.compartment_in(&here, "inner");
    let admin = world.administrator();
    let eve = world.caller_with(
        "eve",
        1,
        &[
            "allow group them to {TAG_NAMESPACE_INSPECT} in tenancy",
            "allow group them to use tag-namespaces in compartment here",
            "allow group them to use compartments in compartment here",
            "allow group them to use groups in tenancy",
        ],
    );
    let operations = json!([one("ADD_OR_SET", json!({"Ops": {"Cost": "1"}}))]);
    let resources = json!([{"id": inner, "resourceType": "Compartment"}]);
    let begun = edit(&world, &eve, &resources, &operations);
    let body = json!({"targetCompartmentId": there});
    // Whoever takes it next is a node that was late: the move is done first.
    let take = world.app.write(|app, tx| iam_core::work_requests::take(tx, &app.context));
    world.block_on(take).unwrap().unwrap();
    world.post(&admin, &format!("/compartments/{inner}/actions/moveCompartment"), &body).ok();
    world.work();
    world.pass(9);
    let (work, errors) = ended(&world, &begun);
    assert_eq!((&work["status"], &errors[0]["code"]), (&json!("FAILED"), &json!("Conflict")));
    let begun = edit(&world, &eve, &groups(&[&world.group("team")]), &operations);
    let body = json!({"compartmentId": there});
    world
        .post(&admin, &format!("/tagNamespaces/{namespace}/actions/changeCompartment"), &body)
        .ok();
    let (work, errors) = ended(&world, &begun);
    assert_eq!((&work["status"], &errors[0]["code"]), (&json!("FAILED"), &json!("Conflict")));
}

#[test]
fn a_tag_that_was_retired_is_taken_away_and_not_put_on() {
    let (world, namespace) = scene();
    let admin = world.administrator();
    let group = world.group("team");
    let path = format!("/groups/{group}");
    put(&world, &path, &json!({"Ops": {"Cost": "1"}}));
    let retire = || {
        let tag = format!("/tagNamespaces/{namespace}/tags/Cost");
        world.put(&admin, &tag, &json!({"isRetired": true}), &[]).ok()
    };
    let set = json!([one("ADD_OR_SET", json!({"Ops": {"Cost": "2"}}))]);
    let begun = edit(&world, &admin, &groups(&[&group]), &set);
    retire();
    let (work, _) = ended(&world, &begun);
    assert_eq!(
        (&work["status"], tags(&world, &path)),
        (&json!("FAILED"), json!({"Ops": {"Cost": "1"}}))
    );
    assert_eq!(
        edit(&world, &admin, &groups(&[&group]), &set).code(),
        (400, "InvalidParameter".into())
    );
    let remove = json!([one("REMOVE", json!({"OPS": {"COST": ""}}))]);
    let (work, _) = ended(&world, &edit(&world, &admin, &groups(&[&group]), &remove));
    assert_eq!((&work["status"], tags(&world, &path)), (&json!("SUCCEEDED"), json!({})));
}

#[test]
fn a_locked_namespace_and_its_tags_are_not_edited() {
    let (world, namespace) = scene();
    let admin = world.administrator();
    let lock = json!({"type": "FULL"});
    world.post(&admin, &format!("/tagNamespaces/{namespace}/actions/addLock"), &lock).ok();
    let tag = world.get(&admin, &format!("/tagNamespaces/{namespace}/tags/Cost")).ok().id();
    let resources = json!([{"id": namespace, "resourceType": "TagNamespace"},
                           {"id": tag, "resourceType": "TagDefinition"}]);
    let operations = json!([one("ADD_OR_SET", json!({"Ops": {"Cost": "1"}}))]);
    let (work, errors) = ended(&world, &edit(&world, &admin, &resources, &operations));
    assert_eq!(work["status"], "FAILED");
    assert!(errors.as_array().unwrap().iter().all(|one| one["code"] == "ResourceLocked"));
}

#[test]
fn what_is_asked_for_must_make_sense() {
    let (world, namespace) = scene();
    let admin = world.administrator();
    let values = json!({"validator": {"validatorType": "ENUM", "values": ["a"]}});
    world.tag(&namespace, "Listed", &values);
    let group = world.group("team");
    let good = groups(&[&group]);
    let set = |tags: Value| json!([one("ADD_OR_SET", tags)]);
    let fine = set(json!({"Ops": {"Cost": "1"}}));
    let many: Value =
        (0..101).map(|n| json!({"id": format!("x{n}"), "resourceType": "Group"})).collect();
    let cases = [
        (json!([]), fine.clone()),
        (many, fine.clone()),
        (groups(&[&group, &group]), fine.clone()),
        (json!([{"id": group, "resourceType": "Instance"}]), fine.clone()),
        (good.clone(), json!([])),
        (good.clone(), set(json!({}))),
        (good.clone(), set(json!({"Ops": {}}))),
        (good.clone(), set(json!({"Ops": {"Cost": "1"}, "ops": {"cost": "2"}}))),
        (
            good.clone(),
            json!([
                one("REMOVE", json!({"Ops": {"Cost": ""}})),
                one("ADD_OR_SET", json!({"OPS": {"COST": "1"}}))
            ]),
        ),
        (good.clone(), set(json!({"Ops": {"Cost": 1}}))),
        (good.clone(), set(json!({"Ops": {"Cost": "x".repeat(257)}}))),
        (good.clone(), set(json!({"Ops": {"Listed": "b"}}))),
        (good.clone(), json!([one("REPLACE", json!({"Ops": {"Cost": "1"}}))])),
    ];
    for (resources, operations) in cases {
        let answer = edit(&world, &admin, &resources, &operations);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{resources} {operations}");
    }
    for operations in [
        set(json!({"Ops": {"Nothing": "1"}})),
        json!([one("REMOVE", json!({"Ops": {"Nothing": ""}}))]),
    ] {
        assert_eq!(edit(&world, &admin, &good, &operations).code(), (400, RELATED.into()));
    }
    let as_user = json!([{"id": group, "resourceType": "User"}]);
    assert_eq!(edit(&world, &admin, &as_user, &fine).code(), (400, RELATED.into()));
    let list = format!("/taggingWorkRequests?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &list).ok().json(), json!([]));
}
