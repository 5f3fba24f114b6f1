//! `/admin/v1/PasswordPolicies`.

use super::schema;
use crate::world::{Answer, World};
use serde_json::{Value, json};

const PATH: &str = "/PasswordPolicies";

/// A policy of that name and place, with more.
fn body(name: &str, priority: i64, more: &Value) -> Value {
    let mut body = json!({"schemas": [schema("PasswordPolicy")], "name": name,
                          "priority": priority});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn create(world: &World, name: &str, priority: i64, more: &Value) -> Answer {
    world.scim(&world.administrator(), "POST", PATH, Some(&body(name, priority, more)))
}

fn path(policy: &Value) -> String {
    format!("{PATH}/{}", policy["id"].as_str().unwrap())
}

/// Every policy's name with its place.
fn places(world: &World) -> Vec<(String, Option<i64>)> {
    let path = format!("{PATH}?sortBy=name");
    let list = world.scim(&world.administrator(), "GET", &path, None).ok().json();
    let policies = list["Resources"].as_array().unwrap();
    let mut places: Vec<(String, Option<i64>)> = policies
        .iter()
        .map(|policy| (policy["name"].as_str().unwrap().to_owned(), policy["priority"].as_i64()))
        .collect();
    places.sort_by_key(|(name, place)| (place.unwrap_or(99), name.clone()));
    places
}

fn default_policy(world: &World) -> Value {
    let filter = "?filter=name%20eq%20%22defaultPasswordPolicy%22&attributeSets=all";
    let path = format!("{PATH}{filter}");
    world.scim(&world.administrator(), "GET", &path, None).ok().json()["Resources"][0].clone()
}

#[test]
fn a_new_domain_has_its_default_policy() {
    let world = World::with_domains();
    let policy = default_policy(&world);
    assert_eq!(policy["minLength"], 12);
    assert_eq!(policy["passwordStrength"], "Custom");
    assert_eq!(policy["meta"]["resourceType"], "PasswordPolicy");
    let rules = policy["configuredPasswordPolicyRules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["value"] == "12 to 128 characters"), "{rules:?}");
    let admin = world.administrator();
    let refused = world.scim(&admin, "DELETE", &path(&policy), None);
    assert_eq!(refused.scim_refusal().0, 409);
    for (attribute, value) in [("priority", json!(1)), ("groups", json!([{"value": "x"}]))] {
        let change = json!([{"op": "add", "path": attribute, "value": value}]);
        assert_eq!(world.patch(&admin, &path(&policy), &change).scim_refusal().0, 400);
    }
    let change = json!([{"op": "replace", "path": "minLength", "value": 20}]);
    world.patch(&admin, &path(&policy), &change).ok();
    assert_eq!(default_policy(&world)["minLength"], 20);
}

#[test]
fn a_policy_is_made_shown_changed_and_deleted() {
    let world = World::with_domains();
    let admin = world.administrator();
    let made = create(&world, "Strict", 1, &json!({"minLength": 16, "description": "For admins"}));
    assert_eq!(made.status, 201);
    let policy = made.json();
    assert_eq!(made.header("location").unwrap(), policy["meta"]["location"].as_str().unwrap());
    assert!(policy["ocid"].as_str().unwrap().starts_with("ocid1.passwordpolicy."));
    assert_eq!(world.scim(&admin, "GET", &path(&policy), None).ok().json(), policy);
    let by_ocid = format!("{PATH}/{}", policy["ocid"].as_str().unwrap());
    assert_eq!(world.scim(&admin, "GET", &by_ocid, None).ok().json(), policy);

    world.pass(60);
    let mut replaced = body("Strict", 1, &json!({"minLength": 14}));
    let put = world.scim(&admin, "PUT", &path(&policy), Some(&replaced)).ok();
    assert_eq!((&put.json()["minLength"], put.json().get("description")), (&json!(14), None));
    assert_ne!(put.json()["meta"]["lastModified"], policy["meta"]["lastModified"]);
    assert_eq!(put.json()["meta"]["created"], policy["meta"]["created"]);
    replaced["name"] = json!("Loose");
    let refused = world.scim(&admin, "PUT", &path(&policy), Some(&replaced));
    assert_eq!(refused.scim_refusal().1, "mutability");
    let rename = json!([{"op": "replace", "path": "name", "value": "Loose"}]);
    assert_eq!(world.patch(&admin, &path(&policy), &rename).scim_refusal().1, "mutability");
    let stale = [("if-match", "0")];
    let target = format!("/admin/v1{}", path(&policy));
    let refused = world.send_with(&admin, "DELETE", &target, None, &stale);
    assert_eq!(refused.scim_refusal().0, 412);
    assert_eq!(world.scim(&admin, "DELETE", &path(&policy), None).status, 204);
    assert_eq!(world.scim(&admin, "GET", &path(&policy), None).status, 404);
    assert_eq!(places(&world), [("defaultPasswordPolicy".to_owned(), None)]);
}

#[test]
fn a_priority_is_needed_and_one_that_is_taken_moves_others_down() {
    let world = World::with_domains();
    let mut without = body("A", 1, &json!({}));
    without.as_object_mut().unwrap().remove("priority");
    let refused = world.scim(&world.administrator(), "POST", PATH, Some(&without));
    let id = "error.identity.passwordpolicy.missingPriority".to_owned();
    assert_eq!(refused.scim_refusal(), (400, String::new(), id));
    for priority in [0, 11, -1] {
        assert_eq!(create(&world, "A", priority, &json!({})).scim_refusal().0, 400);
    }
    for (name, priority) in [("C", 1), ("B", 1), ("Far", 5), ("A", 1)] {
        create(&world, name, priority, &json!({})).ok();
    }
    let at = |expected: &[(&str, Option<i64>)]| {
        let expected: Vec<_> =
            expected.iter().map(|(name, place)| ((*name).to_owned(), *place)).collect();
        assert_eq!(places(&world), expected);
    };
    let default = ("defaultPasswordPolicy", None);
    at(&[("A", Some(1)), ("B", Some(2)), ("C", Some(3)), ("Far", Some(5)), default]);
    let list = format!("{PATH}?filter=name+eq+%22Far%22");
    let far = world.scim(&world.administrator(), "GET", &list, None).ok().json();
    let change = json!([{"op": "replace", "path": "priority", "value": 2}]);
    let far = path(&far["Resources"][0]);
    world.patch(&world.administrator(), &far, &change).ok();
    at(&[("A", Some(1)), ("Far", Some(2)), ("B", Some(3)), ("C", Some(4)), default]);
}

#[test]
fn the_last_place_is_the_tenth() {
    let world = World::with_domains();
    create(&world, "Last", 10, &json!({})).ok();
    let refused = create(&world, "Later", 10, &json!({}));
    assert!(refused.detail().contains("no password policy can be moved down"), "{refused:?}");
    assert_eq!(places(&world).len(), 2, "nothing was made");
}

#[test]
fn a_domain_has_ten_policies_at_most() {
    let world = World::with_domains();
    for number in 1..10 {
        create(&world, &format!("P{number}"), number, &json!({})).ok();
    }
    assert_eq!(create(&world, "P10", 10, &json!({})).scim_refusal().2, "LimitExceeded");
}

#[test]
fn a_name_is_taken_once() {
    let world = World::with_domains();
    create(&world, "Strict", 1, &json!({})).ok();
    let refused = create(&world, "STRICT", 2, &json!({}));
    assert_eq!(refused.scim_refusal(), (409, "uniqueness".into(), "Conflict".into()));
    assert_eq!(create(&world, "a/b", 2, &json!({})).scim_refusal().0, 400);
}

#[test]
fn a_group_has_one_policy_and_its_members_go_by_it() {
    let world = World::with_domains();
    let admin = world.administrator();
    let group = world.group("admins");
    let ann = world.scim_user("ann", &json!({}));
    world.join(&ann["ocid"].as_str().unwrap().into(), &group);
    let strict = create(&world, "Strict", 1, &json!({"groups": [{"value": group}]})).ok().json();
    assert_eq!(strict["groups"][0]["display"], "admins");
    let refused = create(&world, "Other", 2, &json!({"groups": [{"value": group}]}));
    assert_eq!(refused.scim_refusal().0, 409);
    assert!(refused.detail().contains("`Strict`"), "{refused:?}");
    for nobody in ["x", ann["ocid"].as_str().unwrap(), world.tenancy()] {
        let refused = create(&world, "Other", 2, &json!({"groups": [{"value": nobody}]}));
        assert!(refused.detail().contains("does not exist"), "{refused:?}");
    }
    let policy_of = |user: &Value| {
        let path = format!("/Users/{}", user["id"].as_str().unwrap());
        let shown = world.scim(&admin, "GET", &path, None).ok().json();
        shown[super::extension("passwordState")]["applicablePasswordPolicy"].clone()
    };
    assert_eq!(policy_of(&ann)["display"], "Strict");
    assert_eq!(policy_of(&ann)["value"], strict["id"]);
    assert_eq!(policy_of(&ann)["priority"], 1);
    let bob = world.scim_user("bob", &json!({}));
    assert_eq!(policy_of(&bob)["display"], "defaultPasswordPolicy");
    // By the SCIM id, as the answer shows it.
    let id = strict["groups"][0]["value"].as_str().unwrap();
    let remove = json!([{"op": "remove", "path": format!("groups[value eq \"{id}\"]")}]);
    let changed = world.patch(&admin, &path(&strict), &remove).ok();
    assert_eq!(changed.json().get("groups"), None);
    let add = json!([{"op": "add", "path": "groups", "value": [{"value": id}]}]);
    assert_eq!(world.patch(&admin, &path(&strict), &add).ok().json()["groups"], strict["groups"]);
}

#[test]
fn rules_are_bounded_and_must_not_contradict_each_other() {
    let world = World::with_domains();
    for (rules, part) in [
        (json!({"maxLength": 501}), "maxLength `501` is not valid: give 0 to 500"),
        (json!({"minLength": -1}), "minLength `-1` is not valid"),
        (json!({"minLength": 20, "maxLength": 10}), "no password is long enough"),
        (json!({"minUpperCase": 6, "minNumerals": 6, "maxLength": 10}), "no password is long"),
        (json!({"minSpecialChars": 3, "maxSpecialChars": 2}), "is greater than maxSpecialChars"),
        (json!({"lockoutDuration": 4}), "lockoutDuration `4` is not valid: give 5 to 1440"),
        (json!({"lockoutDuration": 1441}), "lockoutDuration `1441`"),
        (json!({"numPasswordsInHistory": 25}), "give 0 to 24"),
        (json!({"requiredChars": "a", "disallowedChars": "a"}), "requiredChars asks for `a`"),
        (json!({"requiredChars": "b", "allowedChars": "a"}), "requiredChars asks for `b`"),
        (json!({"dictionaryLocation": "http://x"}), "dictionaryLocation has no effect here yet"),
        (json!({"distinctCharacters": 2}), "distinctCharacters `2` is not valid: leave it out"),
        (json!({"forcePasswordReset": true}), "forcePasswordReset has no effect here yet"),
        (json!({"minLength": "12"}), "minLength is not valid; give a whole number"),
        (json!({"minLetters": 1}), "`minLetters` is not an attribute of PasswordPolicy"),
        (json!({"passwordStrength": "Weak"}), "give one of Simple, Standard, Custom"),
    ] {
        let refused = create(&world, "P", 1, &rules);
        assert_eq!(refused.scim_refusal().0, 400, "{rules}");
        assert!(refused.detail().contains(part), "{rules}: {refused:?}");
    }
    let full = json!({"minLength": 8, "maxLength": 500, "lockoutDuration": 5, "priority": 10,
                      "maxIncorrectAttempts": 0, "numPasswordsInHistory": 24,
                      "passwordExpiresAfter": 0, "dictionaryWordDisallowed": true});
    create(&world, "P", 10, &full).ok();
}

#[test]
fn the_rules_of_a_fixed_strength_cannot_be_edited() {
    let world = World::with_domains();
    let admin = world.administrator();
    let simple = create(&world, "S", 1, &json!({"passwordStrength": "simple"})).ok().json();
    assert_eq!((&simple["passwordStrength"], &simple["minLength"]), (&json!("Simple"), &json!(8)));
    let refused = create(&world, "T", 2, &json!({"passwordStrength": "Standard", "minLength": 9}));
    assert!(refused.detail().starts_with("minLength cannot be set"), "{refused:?}");
    let longer = json!({"op": "replace", "path": "minLength", "value": 30});
    let refused = world.patch(&admin, &path(&simple), &json!([longer]));
    assert_eq!(refused.scim_refusal().0, 400);
    let custom = json!({"op": "replace", "path": "passwordStrength", "value": "Custom"});
    let changed = world.patch(&admin, &path(&simple), &json!([custom, longer])).ok().json();
    assert_eq!((&changed["minLength"], &changed["minNumerals"]), (&json!(30), &json!(1)));
    let back = json!([{"op": "replace", "path": "passwordStrength", "value": "Simple"}]);
    let changed = world.patch(&admin, &path(&simple), &back).ok().json();
    assert_eq!(changed["minLength"], 8);
}
