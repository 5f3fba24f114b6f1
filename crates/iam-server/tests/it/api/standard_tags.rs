//! `/20160918/tags/standardTagNamespaceTemplates` and `/20160918/tags/actions/importStandardTags`.

use crate::world::{Answer, Caller, World};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use serde_json::{Value, json};

const NAME: &str = "Oracle-Standard";

fn import(world: &World, caller: &Caller, compartment: &str) -> Answer {
    let body = json!({"compartmentId": compartment, "standardTagNamespaceName": NAME});
    world.post(caller, "/tags/actions/importStandardTags", &body)
}

/// How an import ended, once it has been seen to.
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

fn template(world: &World) -> Value {
    let path =
        format!("/tags/standardTagNamespaceTemplates/{NAME}?compartmentId={}", world.tenancy());
    world.get(&world.administrator(), &path).ok().json()
}

/// The tags of the standard namespace, by name; and the namespace.
fn made(world: &World) -> (Value, Vec<Value>) {
    let admin = world.administrator();
    let list =
        format!("/tagNamespaces?compartmentId={}&includeSubcompartments=true", world.tenancy());
    let all = world.get(&admin, &list).ok().json();
    let all = all.as_array().unwrap().iter();
    let namespace = all.clone().find(|one| one["name"] == NAME).unwrap().clone();
    let tags = format!("/tagNamespaces/{}/tags", namespace["id"].as_str().unwrap());
    let tags = world.get(&admin, &tags).ok().json();
    (namespace, tags.as_array().unwrap().clone())
}

#[test]
fn templates_are_listed_and_told_whole_and_others_are_not_there() {
    let world = World::new();
    let admin = world.administrator();
    let list = format!("/tags/standardTagNamespaceTemplates?compartmentId={}", world.tenancy());
    let listed = world.get(&admin, &list).ok().json();
    let mut whole = template(&world);
    let tags = whole.as_object_mut().unwrap().remove("tagDefinitionTemplates").unwrap();
    assert_eq!(listed, json!([whole]));
    let tag = |name: &str| {
        tags.as_array().unwrap().iter().find(|tag| tag["tagDefinitionName"] == name).unwrap()
    };
    let criticality = tag("Criticality");
    assert_eq!(criticality["possibleValues"], json!(["Extreme", "High", "Medium", "Low"]));
    assert_eq!(
        (&criticality["type"], &criticality["enumMutability"]),
        (&json!("ENUM"), &json!("MUTABLE"))
    );
    assert_eq!(tag("CostCenter")["type"], "STRING");
    assert!(tag("CostCenter").get("possibleValues").is_none());
    let other = list.replace("Templates?", "Templates/Other?");
    assert_eq!(world.get(&admin, &other).code(), (404, "NotAuthorizedOrNotFound".into()));
    let body = json!({"compartmentId": world.tenancy(), "standardTagNamespaceName": "Other"});
    let refused = world.post(&admin, "/tags/actions/importStandardTags", &body);
    assert_eq!(refused.code(), (400, "InvalidParameter".into()));
}

#[test]
fn an_import_makes_the_namespace_with_all_tags_and_again_only_those_that_it_lacks() {
    let world = World::new();
    let admin = world.administrator();
    let (work, errors) = ended(&world, &import(&world, &admin, world.tenancy()));
    let (namespace, tags) = made(&world);
    assert_eq!(
        (&work["status"], &work["operationType"], &errors),
        (&json!("SUCCEEDED"), &json!("IMPORT_STANDARD_TAGS"), &json!([]))
    );
    let resource = json!([{"identifier": namespace["id"], "entityType": "TagNamespace",
                           "actionType": "CREATED"}]);
    assert_eq!(work["resources"], resource);
    let template = template(&world);
    let wanted = template["tagDefinitionTemplates"].as_array().unwrap();
    assert_eq!(tags.len(), wanted.len());
    let path = format!("/tagNamespaces/{}/tags", namespace["id"].as_str().unwrap());
    for one in wanted {
        let name = one["tagDefinitionName"].as_str().unwrap();
        let tag = world.get(&admin, &format!("{path}/{name}")).ok().json();
        let values = one.get("possibleValues").unwrap_or(&Value::Null);
        assert_eq!(tag["validator"].get("values").unwrap_or(&Value::Null), values, "{name}");
    }
    let changed = json!({"description": "ours", "validator": {"validatorType": "DEFAULT"}});
    let kept = world.put(&admin, &format!("{path}/Criticality"), &changed, &[]).ok().json();
    world.put(&admin, &format!("{path}/Environment"), &json!({"isRetired": true}), &[]).ok();
    world.delete(&admin, &format!("{path}/Environment"), &[]).ok();
    world.work();
    let (work, _) = ended(&world, &import(&world, &admin, world.tenancy()));
    assert_eq!(work["resources"][0]["actionType"], "UPDATED");
    assert_eq!(made(&world).1.len(), wanted.len());
    assert_eq!(world.get(&admin, &format!("{path}/Criticality")).ok().json(), kept);
    let body = json!({"definedTags": {NAME: {"Environment": "Nothing"}}});
    let group = format!("/groups/{}", world.group("team"));
    assert_eq!(world.put(&admin, &group, &body, &[]).code(), (400, "InvalidParameter".into()));
    let body = json!({"definedTags": {NAME: {"Environment": "Dev"}}});
    world.put(&admin, &group, &body, &[]).ok();
}

#[test]
fn an_import_is_refused_where_the_namespace_is_retired_locked_or_elsewhere() {
    let world = World::new();
    let admin = world.administrator();
    let inner = world.compartment_in(world.tenancy(), "inner");
    let id = world.tag_namespace_in(&inner, "oracle-STANDARD");
    let path = format!("/tagNamespaces/{id}");
    let elsewhere = import(&world, &admin, world.tenancy());
    assert_eq!(elsewhere.code(), (409, "TagNamespaceAlreadyExists".into()));
    world.post(&admin, &format!("{path}/actions/addLock"), &json!({"type": "FULL"})).ok();
    assert_eq!(import(&world, &admin, &inner).code(), (409, "ResourceLocked".into()));
    world.post(&admin, &format!("{path}/actions/removeLock"), &json!({"type": "FULL"})).ok();
    world.put(&admin, &path, &json!({"isRetired": true}), &[]).ok();
    assert_eq!(import(&world, &admin, &inner).code(), (409, "Conflict".into()));
    world.put(&admin, &path, &json!({"isRetired": false}), &[]).ok();
    let begun = import(&world, &admin, &inner);
    world.put(&admin, &path, &json!({"isRetired": true}), &[]).ok();
    let (work, errors) = ended(&world, &begun);
    assert_eq!((&work["status"], &errors[0]["code"]), (&json!("FAILED"), &json!("Conflict")));
}

#[test]
fn an_import_heeds_the_limits_and_says_which_tags_there_was_no_room_for() {
    let limits = Limits { tag_namespaces: 1, tags_per_namespace: 3, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci);
    let admin = world.administrator();
    let (work, errors) = ended(&world, &import(&world, &admin, world.tenancy()));
    assert_eq!(work["status"], "PARTIALLY_SUCCEEDED");
    let missing = template(&world)["tagDefinitionTemplates"].as_array().unwrap().len() - 3;
    assert_eq!(errors.as_array().unwrap().len(), missing);
    assert_eq!((made(&world).1.len(), &errors[0]["code"]), (3, &json!("LimitExceeded")));
    let world = World::with(limits, PasswordProfile::Oci);
    world.tag_namespace("Mine");
    let refused = import(&world, &world.administrator(), world.tenancy());
    assert_eq!(refused.code(), (400, "LimitExceeded".into()));
}

#[test]
fn who_may_only_use_namespaces_imports_none() {
    let world = World::new();
    let inner = world.compartment_in(world.tenancy(), "inner");
    let eve = world.caller_with(
        "eve",
        1,
        &[
            "allow group them to use tag-namespaces in tenancy",
            "allow group them to manage tag-namespaces in compartment inner",
        ],
    );
    assert_eq!(import(&world, &eve, world.tenancy()).status, 404);
    ended(&world, &import(&world, &eve, &inner));
    assert_eq!(made(&world).0["compartmentId"], json!(inner));
}
