//! The tags that resources of every kind carry: what may be applied, changed and taken away.

use crate::world::{Answer, Caller, World};
use serde_json::{Value, json};

const RELATED: &str = "RelatedResourceNotAuthorizedOrNotFound";

/// A world with the tag `Ops.Cost`, and the OCID of its namespace.
fn scene(more: &Value) -> (World, String) {
    let world = World::new();
    let namespace = world.tag_namespace("Ops");
    world.tag(&namespace, "Cost", more);
    (world, namespace)
}

/// A new one of each kind that carries tags, by its path, made with these defined tags.
fn made_with(world: &World, caller: &Caller, name: &str, tags: &Value) -> Vec<(String, Answer)> {
    let body = json!({"compartmentId": world.tenancy(), "name": name, "description": "test",
                      "definedTags": tags});
    let mut policy = body.clone();
    policy["statements"] = json!(["allow any-user to inspect users in tenancy"]);
    let all =
        [("/users", &body), ("/groups", &body), ("/policies", &policy), ("/compartments", &body)];
    let all = all.into_iter().chain([("/tagNamespaces", &body)]);
    all.map(|(path, body)| (path.to_owned(), world.post(caller, path, body))).collect()
}

#[test]
fn every_kind_takes_tags_that_exist_and_no_others_when_made_and_when_changed() {
    let (world, _) = scene(&json!({}));
    let admin = world.administrator();
    let good = json!({"oPS": {"COST": "42"}});
    for (kind, made) in made_with(&world, &admin, "tagged", &good) {
        assert_eq!(made.ok().json()["definedTags"], good, "{kind}: as they were written");
    }
    let cases = [
        (json!({"Nothing": {"Cost": "42"}}), "'Nothing'"),
        (json!({"Ops": {"Nothing": "42"}}), "'Ops.Nothing'"),
    ];
    for (bad, part) in cases {
        for (kind, refused) in made_with(&world, &admin, "refused", &bad) {
            assert_eq!(refused.code(), (400, RELATED.into()), "{kind} {bad}");
            assert!(refused.text("message").contains(part), "{}", refused.text);
        }
    }
    for (number, (kind, made)) in
        made_with(&world, &admin, "changed", &json!({})).into_iter().enumerate()
    {
        let path = format!("{kind}/{}", made.ok().id());
        let put = |tags: Value| world.put(&admin, &path, &json!({"definedTags": tags}), &[]);
        assert_eq!(put(json!({"Ops": {"Other": "x"}})).code(), (400, RELATED.into()), "{kind}");
        let value = json!({"Ops": {"Cost": number.to_string()}});
        assert_eq!(put(value.clone()).ok().json()["definedTags"], value);
        assert_eq!(put(json!({})).ok().json()["definedTags"], json!({}));
    }
}

#[test]
fn a_value_is_a_string_of_256_characters_at_most_and_one_of_the_list() {
    let (world, namespace) = scene(&json!({"validator": {"validatorType": "ENUM",
        "values": ["red", "blue"]}}));
    world.tag(&namespace, "Free", &json!({}));
    let admin = world.administrator();
    let path = format!("/groups/{}", world.group("team"));
    let put = |tags: Value| world.put(&admin, &path, &json!({"definedTags": tags}), &[]);
    for good in [json!({"Cost": "red"}), json!({"Free": "x".repeat(256)}), json!({"Free": ""})] {
        put(json!({"Ops": good})).ok();
    }
    for bad in [
        json!({"Ops": {"Cost": "Red"}}),
        json!({"Ops": {"Cost": "green"}}),
        json!({"Ops": {"Free": "x".repeat(257)}}),
        json!({"Ops": {"Free": 1}}),
        json!({"Ops": {"Free": null}}),
        json!({"Ops": {"Free": "a", "FREE": "b"}}),
        json!({"Ops": {"Free": "a"}, "ops": {"free": "a"}}),
    ] {
        assert_eq!(put(bad.clone()).code(), (400, "InvalidParameter".into()), "{bad}");
    }
}

#[test]
fn what_is_retired_or_no_value_any_more_stays_where_it_is_and_goes_nowhere_else() {
    let (world, namespace) = scene(&json!({}));
    let admin = world.administrator();
    let tags = json!({"Ops": {"Cost": "42"}});
    let (old, new) = (world.group("old"), world.group("new"));
    let put = |group: &str, body: Value| world.put(&admin, &format!("/groups/{group}"), &body, &[]);
    put(&old, json!({"definedTags": tags})).ok();
    let tag = format!("/tagNamespaces/{namespace}/tags/Cost");
    let values = json!({"validator": {"validatorType": "ENUM", "values": ["7"]}});
    for (path, change) in [
        (tag.clone(), values),
        (tag.clone(), json!({"isRetired": true, "validator": {"validatorType": "DEFAULT"}})),
        (format!("/tagNamespaces/{namespace}"), json!({"isRetired": true})),
    ] {
        world.put(&admin, &path, &change, &[]).ok();
        put(&old, json!({"definedTags": tags, "freeformTags": {"a": "b"}})).ok();
        put(&old, json!({"definedTags": {"ops": {"cost": "42"}}})).ok();
        put(&old, json!({"definedTags": tags})).ok();
        let refused = put(&new, json!({"definedTags": tags}));
        assert_eq!(refused.code(), (400, "InvalidParameter".into()), "{change}");
        let refused = put(&old, json!({"definedTags": {"Ops": {"Cost": "43"}}}));
        assert_eq!(refused.code(), (400, "InvalidParameter".into()), "{change}");
    }
    put(&old, json!({"definedTags": {}})).ok();
}

#[test]
fn who_may_not_use_the_namespace_can_neither_apply_nor_change_nor_take_away() {
    let (world, _) = scene(&json!({}));
    let admin = world.administrator();
    let ann = world.caller_with("ann", 1, &["allow group them to manage groups in tenancy"]);
    let path = format!("/groups/{}", world.group("team"));
    let put = |caller: &Caller, body: &Value| world.put(caller, &path, body, &[]);
    let (one, two) = (json!({"Ops": {"Cost": "1"}}), json!({"Ops": {"Cost": "2"}}));
    let refused = put(&ann, &json!({"definedTags": one}));
    assert_eq!(refused.code(), (400, RELATED.into()));
    let absent = put(&ann, &json!({"definedTags": {"Opt": {"Cost": "1"}}}));
    assert_eq!(absent.text.replace("Opt", "Ops"), refused.text, "absent and forbidden are alike");
    put(&admin, &json!({"definedTags": one})).ok();
    put(&ann, &json!({"definedTags": one, "freeformTags": {"a": "b"}})).ok();
    for tags in [&two, &json!({})] {
        assert_eq!(put(&ann, &json!({"definedTags": tags})).code(), (400, RELATED.into()));
    }
    world.policy("use", &["allow group ann-group to use tag-namespaces in tenancy"]);
    put(&ann, &json!({"definedTags": two})).ok();
    put(&ann, &json!({"definedTags": {}})).ok();
}

#[test]
fn variables_become_what_they_stand_for_when_they_are_applied() {
    let (world, _) = scene(&json!({}));
    let ann = world.caller_with(
        "ann",
        1,
        &[
            "allow group them to manage groups in tenancy",
            "allow group them to use tag-namespaces in tenancy",
        ],
    );
    let path = format!("/groups/{}", world.group("team"));
    let resolved = |value: &str| {
        let body = json!({"definedTags": {"Ops": {"Cost": value}}, "freeformTags": {"v": value}});
        let answer = world.put(&ann, &path, &body, &[]).ok().json();
        assert_eq!(answer["freeformTags"]["v"], value, "free-form tags have none");
        answer["definedTags"]["Ops"]["Cost"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        resolved("${iam.principal.name} at ${oci.datetime}"),
        "ann at 2026-11-23T12:00:00.000Z"
    );
    assert_eq!(resolved("${iam.principal.type}"), "user");
    for kept in ["${other}", "${", "$", "${}", "${IAM.principal.name}", "a${oci.datetime"] {
        assert_eq!(resolved(kept), kept);
    }
    assert_eq!(resolved("${${iam.principal.name}}"), "${ann}");
}

#[test]
fn a_resource_has_64_defined_tags_and_5_kib_of_tags_at_most() {
    let world = World::new();
    let admin = world.administrator();
    let namespace = world.tag_namespace("n");
    for number in 0..65 {
        world.tag(&namespace, &format!("k{number}"), &json!({}));
    }
    let path = format!("/groups/{}", world.group("team"));
    let put = |count: usize, length: usize| {
        let tags: Value =
            (0..count).map(|n| (format!("k{n}"), json!("v".repeat(length)))).collect();
        world.put(&admin, &path, &json!({"definedTags": {"n": tags}}), &[])
    };
    put(64, 1).ok();
    assert_eq!(put(65, 1).code(), (400, "InvalidParameter".into()));
    put(18, 256).ok();
    assert_eq!(put(20, 256).code(), (400, "InvalidParameter".into()));
}

#[test]
fn the_right_to_use_a_namespace_is_needed_where_the_namespace_is() {
    let world = World::new();
    let inner = world.compartment_in(world.tenancy(), "inner");
    let other = world.compartment_in(world.tenancy(), "other");
    let namespace = world.tag_namespace_in(&inner, "Ops");
    world.tag(&namespace, "Cost", &json!({}));
    let ann = world.caller_with(
        "ann",
        1,
        &[
            "allow group them to manage groups in tenancy",
            "allow group them to use tag-namespaces in compartment inner",
        ],
    );
    let body = json!({"definedTags": {"Ops": {"Cost": "1"}}});
    let path = format!("/groups/{}", world.group("team"));
    world.put(&ann, &path, &body, &[]).ok();
    let admin = world.administrator();
    let action = format!("/tagNamespaces/{namespace}/actions/changeCompartment");
    let to = json!({"compartmentId": other});
    assert_eq!(world.post(&ann, &action, &to).status, 404);
    assert_eq!(world.post(&admin, &action, &to).status, 204);
    let moved = world.get(&admin, &format!("/tagNamespaces/{namespace}/tags/Cost")).ok();
    assert_eq!(moved.text("compartmentId"), other);
    let path = format!("/groups/{}", world.group("more"));
    assert_eq!(world.put(&ann, &path, &body, &[]).code(), (400, RELATED.into()));
}

#[test]
fn a_namespace_is_moved_by_who_may_in_both_compartments() {
    let world = World::new();
    let [from, to] = ["here", "there"].map(|name| world.compartment_in(world.tenancy(), name));
    let namespace = world.tag_namespace_in(&from, "Ops");
    let ann = world.caller_with(
        "ann",
        1,
        &["allow group them to manage tag-namespaces in compartment here"],
    );
    let action = format!("/tagNamespaces/{namespace}/actions/changeCompartment");
    let body = json!({"compartmentId": to});
    let refused = world.post(&ann, &action, &body);
    assert_eq!(refused.code(), (404, "NotAuthorizedOrNotFound".into()));
    world.policy("more", &["allow group ann-group to manage tag-namespaces in compartment there"]);
    assert_eq!(world.post(&ann, &action, &body).status, 204);
    let admin = world.administrator();
    let listed = |compartment: &str, more: &str| {
        let path = format!("/tagNamespaces?compartmentId={compartment}{more}");
        world.get(&admin, &path).ok().json().as_array().unwrap().len()
    };
    let below = "&includeSubcompartments=true";
    assert_eq!((listed(&from, ""), listed(&from, below), listed(&to, "")), (0, 0, 1));
    assert_eq!((listed(world.tenancy(), ""), listed(world.tenancy(), below)), (0, 1));
}
