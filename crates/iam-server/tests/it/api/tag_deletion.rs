//! `DELETE /20160918/tagNamespaces/{id}/tags/{name}`, `…/actions/cascadeDelete` and
//! `/20160918/tags/actions/bulkDelete`; and `/20160918/taggingWorkRequests`, which tell of them.

use crate::world::{Answer, World};
use iam_api::Ocid;
use serde_json::{Value, json};

/// A world with the retired tag `Ops.Cost`; the OCIDs of its namespace and of the tag.
fn scene() -> (World, String, String) {
    let world = World::new();
    let namespace = world.tag_namespace("Ops");
    let tag = world.tag(&namespace, "Cost", &json!({"isCostTracking": true}));
    (world, namespace, tag)
}

fn retire(world: &World, path: &str) {
    world.put(&world.administrator(), path, &json!({"isRetired": true}), &[]).ok();
}

fn delete(world: &World, namespace: &str, name: &str) -> Answer {
    world.delete(&world.administrator(), &format!("/tagNamespaces/{namespace}/tags/{name}"), &[])
}

/// The tagging work request that an accepted answer names.
fn work_of(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{answer:?}");
    answer.header("opc-work-request-id").unwrap().to_owned()
}

fn work(world: &World, id: &str, more: &str) -> Answer {
    world.get(&world.administrator(), &format!("/taggingWorkRequests/{id}{more}"))
}

fn refused(answer: &Answer) {
    assert_eq!(answer.code(), (409, "Conflict".into()), "{answer:?}");
}

/// One of each kind that carries tags, with these; their paths.
fn tagged(world: &World, tags: &Value) -> Vec<String> {
    let admin = world.administrator();
    let details = json!({"compartmentId": world.tenancy(), "name": "tagged", "description": "d",
                         "definedTags": tags});
    let mut policy = details.clone();
    policy["statements"] = json!(["allow any-user to inspect users in tenancy"]);
    let kinds = ["/users", "/groups", "/policies", "/compartments", "/tagNamespaces"];
    let make = |kind: &str| {
        let body = if kind == "/policies" { &policy } else { &details };
        format!("{kind}/{}", world.post(&admin, kind, body).ok().id())
    };
    let mut paths: Vec<String> = kinds.map(make).into();
    let last = paths.last().unwrap().clone();
    let body = json!({"name": "key", "description": "d", "definedTags": tags});
    world.post(&admin, &format!("{last}/tags"), &body).ok();
    paths.push(format!("{last}/tags/key"));
    paths
}

fn tags_of(world: &World, path: &str) -> Value {
    world.get(&world.administrator(), path).ok().json()["definedTags"].clone()
}

#[test]
fn a_deleted_tag_is_taken_from_everything_that_has_it_and_its_name_is_free() {
    let (world, namespace, tag) = scene();
    world.tag(&namespace, "Team", &json!({}));
    let admin = world.administrator();
    let paths = tagged(&world, &json!({"OPS": {"cOST": "42", "Team": "red"}}));
    let before: Vec<String> =
        paths.iter().map(|path| world.get(&admin, path).ok().etag()).collect();
    let other = world.group("other");
    let untouched = world.get(&admin, &format!("/groups/{other}")).ok().etag();
    let path = format!("/tagNamespaces/{namespace}/tags/Cost");
    refused(&delete(&world, &namespace, "Cost")); // it is in use
    retire(&world, &path);
    let request = work_of(&delete(&world, &namespace, "Cost"));
    assert_eq!(Ocid::from(request.as_str()).kind(), Some("identityworkrequest"));
    let seen = world.get(&admin, &path).ok().json();
    assert_eq!((&seen["lifecycleState"], &seen["isRetired"]), (&json!("DELETING"), &json!(true)));
    let waiting = work(&world, &request, "").ok();
    assert_eq!(waiting.header("retry-after"), Some("60"));
    let mut expected = json!({
        "id": request, "operationType": "DELETE_TAG_DEFINITION", "compartmentId": world.tenancy(),
        "status": "ACCEPTED", "percentComplete": 0.0, "timeAccepted": "2026-11-23T12:00:00.000Z",
        "resources": [{"identifier": tag, "entityType": "TagDefinition",
                       "actionType": "IN_PROGRESS"}],
    });
    assert_eq!(waiting.json(), expected);
    world.pass(1);
    world.work();
    let done = work(&world, &request, "").ok();
    assert_eq!(done.header("retry-after"), None);
    for (field, value) in [
        ("status", json!("SUCCEEDED")),
        ("percentComplete", json!(100.0)),
        ("timeStarted", json!("2026-11-23T12:00:01.000Z")),
        ("timeFinished", json!("2026-11-23T12:00:01.000Z")),
    ] {
        expected[field] = value;
    }
    expected["resources"][0]["actionType"] = json!("DELETED");
    assert_eq!(done.json(), expected);
    assert_eq!(world.get(&admin, &path).status, 404);
    for (path, etag) in paths.iter().zip(before) {
        assert_eq!(tags_of(&world, path), json!({"OPS": {"Team": "red"}}), "{path}");
        assert_ne!(world.get(&admin, path).ok().etag(), etag, "{path}");
    }
    assert_eq!(world.get(&admin, &format!("/groups/{other}")).ok().etag(), untouched);
    let logs = work(&world, &request, "/logs").ok().json();
    assert!(logs[0]["message"].as_str().unwrap().contains("from 6 of"), "{logs}");
    assert_eq!(work(&world, &request, "/errors").ok().json(), json!([]));
    world.tag(&namespace, "Cost", &json!({}));
    assert_eq!(tags_of(&world, &paths[1]), json!({"OPS": {"Team": "red"}}));
}

#[test]
fn from_its_request_on_costs_are_not_tracked_by_it_its_defaults_are_gone_and_it_cannot_change() {
    let (world, namespace, tag) = scene();
    let admin = world.administrator();
    let default = json!({"compartmentId": world.tenancy(), "tagDefinitionId": tag, "value": "x"});
    let default = world.post(&admin, "/tagDefaults", &default).ok().id();
    let lock = |action: &str| {
        let path = format!("/tagDefaults/{default}/actions/{action}");
        world.post(&admin, &path, &json!({"type": "DELETE"})).ok()
    };
    let path = format!("/tagNamespaces/{namespace}/tags/Cost");
    retire(&world, &path);
    lock("addLock");
    let locked = delete(&world, &namespace, "Cost");
    assert_eq!(locked.code(), (409, "ResourceLocked".into()));
    lock("removeLock");
    let etag = world.get(&admin, &path).ok().etag();
    let stale = [("if-match", "0000000000000000000000000000000000000000")];
    assert_eq!(world.delete(&admin, &path, &stale).code(), (412, "NoEtagMatch".into()));
    work_of(&world.delete(&admin, &path, &[("if-match", &etag)]));
    let root = world.tenancy();
    let costs = format!("/tagNamespaces/actions/listCostTrackingTags?compartmentId={root}");
    for list in [costs, "/tagDefaults".to_owned()] {
        assert_eq!(world.get(&admin, &list).ok().json(), json!([]), "{list}");
    }
    refused(&world.put(&admin, &path, &json!({"isRetired": false}), &[]));
    refused(&delete(&world, &namespace, "Cost"));
    refused(&world.delete(&admin, &format!("/tagNamespaces/{namespace}"), &[]));
    let body = json!({"name": "cost", "description": "d"});
    let again = world.post(&admin, &format!("/tagNamespaces/{namespace}/tags"), &body);
    assert_eq!(again.code(), (409, "TagDefinitionAlreadyExists".into()));
    world.work();
    world.post(&admin, &format!("/tagNamespaces/{namespace}/tags"), &body).ok();
}

#[test]
fn a_lock_on_the_namespace_keeps_its_tags_unless_it_is_meant_in_spite_of_it() {
    let (world, namespace, _) = scene();
    let admin = world.administrator();
    let space = format!("/tagNamespaces/{namespace}");
    retire(&world, &space);
    world.post(&admin, &format!("{space}/actions/addLock"), &json!({"type": "DELETE"})).ok();
    for (method, path) in [
        ("DELETE", format!("{space}/tags/Cost")),
        ("POST", format!("{space}/actions/cascadeDelete")),
    ] {
        let target = format!("/20160918{path}");
        let locked = world.send(&admin, method, &target, None);
        assert_eq!(locked.code(), (409, "ResourceLocked".into()), "{path}");
        work_of(&world.send(&admin, method, &format!("{target}?isLockOverride=true"), None));
        world.work();
    }
    assert_eq!(world.get(&admin, &space).status, 404);
}

#[test]
fn a_namespace_goes_with_its_tags_and_nothing_can_be_done_to_it_meanwhile() {
    let (world, namespace, _) = scene();
    world.tag(&namespace, "Team", &json!({}));
    let admin = world.administrator();
    let paths = tagged(&world, &json!({"Ops": {"Cost": "42", "Team": "red"}}));
    let space = format!("/tagNamespaces/{namespace}");
    let cascade =
        || world.send(&admin, "POST", &format!("/20160918{space}/actions/cascadeDelete"), None);
    refused(&cascade()); // it is in use
    retire(&world, &space);
    let request = work_of(&cascade());
    assert_eq!(world.get(&admin, &space).ok().text("lifecycleState"), "DELETING");
    let listed = world.get(&admin, &format!("{space}/tags?lifecycleState=deleting")).ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let to = json!({"compartmentId": world.tenancy()});
    for (path, body) in [
        ("/tags", json!({"name": "new", "description": "d"})),
        ("/actions/addLock", json!({"type": "FULL"})),
        ("/actions/changeCompartment", to),
    ] {
        refused(&world.post(&admin, &format!("{space}{path}"), &body));
    }
    refused(&world.put(&admin, &space, &json!({"isRetired": false}), &[]));
    refused(&cascade());
    world.work();
    let done = work(&world, &request, "").ok().json();
    assert_eq!(
        (&done["status"], &done["operationType"]),
        (&json!("SUCCEEDED"), &json!("DELETE_NON_EMPTY_TAG_NAMESPACE"))
    );
    let became = done["resources"].as_array().unwrap().iter();
    let became: Vec<(&str, &str)> = became
        .map(|one| (one["entityType"].as_str().unwrap(), one["actionType"].as_str().unwrap()))
        .collect();
    let tag = ("TagDefinition", "DELETED");
    assert_eq!(became, [("TagNamespace", "DELETED"), tag, tag]);
    assert_eq!(world.get(&admin, &space).status, 404);
    assert!(paths.iter().all(|path| tags_of(&world, path) == json!({})));
    world.tag_namespace("ops");
}

#[test]
fn several_tags_of_one_namespace_are_deleted_together_or_not_at_all() {
    let (world, namespace, cost) = scene();
    let admin = world.administrator();
    let team = world.tag(&namespace, "Team", &json!({}));
    let other = world.tag(&world.tag_namespace("Other"), "Cost", &json!({}));
    let bulk = |ids: Value| {
        world.post(&admin, "/tags/actions/bulkDelete", &json!({"tagDefinitionIds": ids}))
    };
    retire(&world, &format!("/tagNamespaces/{namespace}/tags/Cost"));
    refused(&bulk(json!([cost, team]))); // one is in use
    retire(&world, &format!("/tagNamespaces/{namespace}/tags/Team"));
    let absent = Ocid::new("tagdefinition", &[9; 32]).to_string();
    let related = (400, "RelatedResourceNotAuthorizedOrNotFound".to_owned());
    let invalid = (400, "InvalidParameter".to_owned());
    let many: Vec<String> = (0..101).map(|n| format!("{cost}{n}")).collect();
    let mut others = vec![cost.clone()];
    others.extend(many[..100].iter().cloned());
    for (ids, code) in [
        (json!([]), &invalid),
        (json!([cost, cost]), &invalid),
        (json!(others), &invalid),
        (json!([cost, absent]), &related),
        (json!([cost, other]), &related),
        (json!([cost, namespace]), &related),
    ] {
        assert_eq!(&bulk(ids.clone()).code(), code, "{ids}");
    }
    let seen = |id: &str| bulk(json!([cost, id])).text.replace(id, "it");
    assert_eq!(seen(&absent), seen(&other), "absent and elsewhere are alike");
    for first in [&absent, &namespace] {
        assert_eq!(bulk(json!([first])).code(), (404, "NotAuthorizedOrNotFound".into()));
    }
    let path = format!("/tagNamespaces/{namespace}/tags");
    let states = world.get(&admin, &path).ok().json();
    assert!(states.as_array().unwrap().iter().all(|tag| tag["lifecycleState"] == "INACTIVE"));
    let request = work_of(&bulk(json!([cost, team])));
    world.work();
    let done = work(&world, &request, "").ok().json();
    assert_eq!(
        (&done["status"], &done["operationType"]),
        (&json!("SUCCEEDED"), &json!("BULK_DELETE_TAG_DEFINITION"))
    );
    assert_eq!(world.get(&admin, &path).ok().json(), json!([]));
}

#[test]
fn one_deletion_of_tags_goes_on_at_a_time_also_where_two_are_asked_for_at_once() {
    let world = World::new();
    let namespaces: Vec<String> = (0..4).map(|n| world.tag_namespace(&format!("n{n}"))).collect();
    for id in &namespaces {
        world.tag(id, "k", &json!({}));
        retire(&world, &format!("/tagNamespaces/{id}"));
    }
    let ours = &world;
    let codes: Vec<(u16, String)> = std::thread::scope(|threads| {
        let ask = |id| {
            threads.spawn(move || {
                let answer = delete(ours, id, "k");
                if answer.status == 202 { (202, String::new()) } else { answer.code() }
            })
        };
        let asked: Vec<_> = namespaces.iter().map(|id| ask(id.as_str())).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|(status, _)| *status == 202).count(), 1, "{codes:?}");
    let others = codes.iter().filter(|(status, _)| *status != 202);
    assert!(others.clone().all(|(_, code)| code == "Conflict"), "{codes:?}");
    world.work();
    let left = namespaces.iter().find(|id| {
        world.get(&world.administrator(), &format!("/tagNamespaces/{id}/tags/k")).status == 200
    });
    work_of(&delete(&world, left.unwrap(), "k"));
}

#[test]
fn a_deletion_that_is_given_up_leaves_the_tags_retired() {
    let (world, namespace, _) = scene();
    let admin = world.administrator();
    let space = format!("/tagNamespaces/{namespace}");
    retire(&world, &space);
    let cascade = format!("/20160918{space}/actions/cascadeDelete");
    let request = work_of(&world.send(&admin, "POST", &cascade, None));
    for _ in 0..10 {
        let take = world.app.write(|app, tx| iam_core::work_requests::take(tx, &app.context));
        assert!(world.block_on(take).unwrap().is_some());
        world.pass(9);
    }
    world.work();
    let seen = work(&world, &request, "").ok().json();
    assert_eq!(seen["status"], "FAILED");
    assert_eq!(seen["resources"][0]["actionType"], "FAILED");
    let errors = work(&world, &request, "/errors").ok().json();
    assert_eq!(errors[0]["code"], "InternalServerError");
    for path in [space.clone(), format!("{space}/tags/Cost")] {
        assert_eq!(world.get(&admin, &path).ok().text("lifecycleState"), "INACTIVE", "{path}");
    }
    work_of(&world.send(&admin, "POST", &cascade, None));
    world.work();
    assert_eq!(world.get(&admin, &space).status, 404);
}

#[test]
fn what_is_deleted_cannot_come_back_on_a_resource_that_was_passed_already() {
    let (world, namespace, _) = scene();
    let admin = world.administrator();
    // Among so many groups, the first and the last of all resources are in different steps.
    let groups: Vec<String> = (0..220).map(|number| world.group(&format!("g{number}"))).collect();
    let tags = json!({"definedTags": {"Ops": {"Cost": "1"}}});
    let put =
        |group: &String, body: &Value| world.put(&admin, &format!("/groups/{group}"), body, &[]);
    let mut sorted = groups.clone();
    sorted.sort();
    let (first, last) = (&sorted[0], &sorted[sorted.len() - 1]);
    put(first, &tags).ok();
    put(last, &tags).ok();
    retire(&world, &format!("/tagNamespaces/{namespace}/tags/Cost"));
    let request = work_of(&delete(&world, &namespace, "Cost"));
    let take = world.app.write(|app, tx| iam_core::work_requests::take(tx, &app.context));
    let taken = world.block_on(take).unwrap().unwrap();
    let step = world
        .app
        .write(move |app, tx| iam_core::work_requests::step(tx, &app.context, taken.clone()));
    assert!(world.block_on(step).unwrap().is_some(), "there is more than a step of it");
    let seen = work(&world, &request, "").ok().json();
    assert_eq!(seen["status"], "IN_PROGRESS");
    let percent = seen["percentComplete"].as_f64().unwrap();
    assert!((1.0..100.0).contains(&percent), "{percent}");
    assert_eq!(tags_of(&world, &format!("/groups/{first}")), json!({}));
    assert_eq!(put(first, &tags).code(), (400, "InvalidParameter".into()));
    put(last, &tags).ok(); // as it was
    let world = {
        world.pass(9);
        world.restart()
    };
    world.work();
    assert_eq!(tags_of(&world, &format!("/groups/{last}")), json!({}));
    assert_eq!(work(&world, &request, "").ok().text("status"), "SUCCEEDED");
}

#[test]
fn tagging_work_requests_are_listed_apart_from_others_and_only_to_who_may_inspect_namespaces() {
    let world = World::new();
    let admin = world.administrator();
    let inner = world.compartment_in(world.tenancy(), "inner");
    let mut requests = Vec::new();
    let mut ids = Vec::new();
    for (compartment, name) in [(world.tenancy(), "a"), (world.tenancy(), "b"), (&*inner, "c")] {
        let namespace = world.tag_namespace_in(compartment, name);
        ids.push(world.tag(&namespace, "k", &json!({})));
        retire(&world, &format!("/tagNamespaces/{namespace}"));
        requests.push(work_of(&delete(&world, &namespace, "k")));
        world.work();
        world.pass(1);
    }
    let listed = |compartment: &str, more: &str| -> Vec<String> {
        let path = format!("/taggingWorkRequests?compartmentId={compartment}{more}");
        let list = world.get(&admin, &path).ok().json();
        list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let root = world.tenancy();
    assert_eq!(listed(root, ""), [requests[1].clone(), requests[0].clone()]);
    assert_eq!(listed(&inner, ""), [requests[2].clone()]);
    assert_eq!(listed(root, &format!("&resourceIdentifier={}", ids[0])), [requests[0].clone()]);
    let first = world.get(&admin, &format!("/taggingWorkRequests?compartmentId={root}&limit=1"));
    let next = first.ok().header("opc-next-page").unwrap().to_owned();
    assert_eq!(listed(root, &format!("&limit=1&page={next}")), [requests[0].clone()]);
    let others = world.get(&admin, &format!("/workRequests?compartmentId={root}")).ok();
    assert_eq!(others.json(), json!([]));
    assert_eq!(world.get(&admin, &format!("/workRequests/{}", requests[0])).status, 404);
    let eve = world.caller_with(
        "eve",
        1,
        &["allow group them to inspect tag-namespaces in compartment inner"],
    );
    for more in ["", "/errors", "/logs"] {
        let read =
            |id: &String| world.get(&eve, &format!("/taggingWorkRequests/{id}{more}")).status;
        assert_eq!((read(&requests[0]), read(&requests[2])), (404, 200), "{more}");
    }
    let logs = |more: &str| work(&world, &requests[0], &format!("/logs{more}")).ok();
    let all = logs("").json();
    assert_eq!(all.as_array().unwrap().len(), 3, "{all}");
    let first = logs("?limit=2");
    let next = first.header("opc-next-page").unwrap();
    let second = logs(&format!("?limit=2&page={next}"));
    assert_eq!((&second.json()[0], second.header("opc-next-page")), (&all[2], None));
}

#[test]
fn who_may_delete_namespaces_elsewhere_deletes_no_tag_here() {
    let world = World::new();
    let [here, there] = ["here", "there"].map(|name| world.compartment_in(world.tenancy(), name));
    let [ours, theirs] = [(&here, "Ours"), (&there, "Theirs")].map(|(compartment, name)| {
        let namespace = world.tag_namespace_in(compartment, name);
        let tag = world.tag(&namespace, "k", &json!({}));
        retire(&world, &format!("/tagNamespaces/{namespace}"));
        (namespace, tag)
    });
    let eve = world.caller_with(
        "eve",
        1,
        &["allow group them to manage tag-namespaces in compartment here"],
    );
    let ask = |(namespace, tag): &(String, String)| {
        let body = json!({"tagDefinitionIds": [tag]});
        let bulk = world.post(&eve, "/tags/actions/bulkDelete", &body);
        world.work();
        let target = format!("/20160918/tagNamespaces/{namespace}/actions/cascadeDelete");
        (bulk.status, world.send(&eve, "POST", &target, None).status)
    };
    assert_eq!((ask(&theirs), ask(&ours)), ((404, 404), (202, 202)));
    let both = json!({"tagDefinitionIds": [ours.1, theirs.1]});
    assert!(world.post(&eve, "/tags/actions/bulkDelete", &both).status >= 400);
    let kept = world.get(&world.administrator(), &format!("/tagNamespaces/{}/tags/k", theirs.0));
    assert_eq!(kept.ok().text("lifecycleState"), "INACTIVE");
}
