//! A domain's rules for passwords are one thing, whichever interface shows or changes them: the
//! authentication policy, the default password policy, and the page on which people choose.

use super::{CHANGE, Visitor, hidden};
use crate::scim::schema;
use crate::world::{Answer, World};
use serde_json::{Value, json};

const LINK: &str = "/console/link";

fn path(world: &World) -> String {
    format!("/authenticationPolicies/{}", world.tenancy())
}

fn update(world: &World, rules: Value) -> Answer {
    let body = json!({"passwordPolicy": rules});
    world.put(&world.administrator(), &path(world), &body, &[])
}

fn shown(world: &World) -> Value {
    world.get(&world.administrator(), &path(world)).ok().json()["passwordPolicy"].clone()
}

/// The default policy, as the domain's own interface shows it.
fn default(world: &World) -> Value {
    let list = world.scim(&world.administrator(), "GET", "/PasswordPolicies", None).ok().json();
    list["Resources"][0].clone()
}

fn replace_default(world: &World, changes: Value) -> Answer {
    let id = default(world)["id"].as_str().unwrap().to_owned();
    let operations: Vec<Value> = changes
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| json!({"op": "replace", "path": name, "value": value}))
        .collect();
    world.patch(&world.administrator(), &format!("/PasswordPolicies/{id}"), &json!(operations))
}

#[test]
fn the_authentication_policy_shows_the_rules_of_the_default_password_policy() {
    let world = World::with_domains();
    let mut wanted = json!({
        "minimumPasswordLength": 12,
        "isUppercaseCharactersRequired": true, "isLowercaseCharactersRequired": true,
        "isNumericCharactersRequired": true, "isSpecialCharactersRequired": true,
        "isUsernameContainmentAllowed": false,
    });
    assert_eq!(shown(&world), wanted);
    let etag = world.get(&world.administrator(), &path(&world)).ok().etag();
    assert_eq!(default(&world)["meta"]["version"], etag);
    replace_default(&world, json!({"minLength": 20, "minUpperCase": 0, "minSpecialChars": 2})).ok();
    wanted["minimumPasswordLength"] = json!(20);
    wanted["isUppercaseCharactersRequired"] = json!(false);
    assert_eq!(shown(&world), wanted);
    let stale = [("if-match", &*etag)];
    let body = json!({"passwordPolicy": {"minimumPasswordLength": 10}});
    let refused = world.put(&world.administrator(), &path(&world), &body, &stale);
    assert_eq!(refused.code(), (412, "NoEtagMatch".to_owned()));
}

#[test]
fn what_is_changed_by_one_interface_is_shown_by_the_others_and_enforced() {
    let world = World::with_domains();
    replace_default(&world, json!({"minSpecialChars": 2, "minNumerals": 2})).ok();
    let rules = json!({"minimumPasswordLength": 16, "isUppercaseCharactersRequired": false,
                       "isSpecialCharactersRequired": true, "isNumericCharactersRequired": false});
    let answer = update(&world, rules).ok();
    assert_eq!(answer.json()["passwordPolicy"], shown(&world));
    assert_eq!(answer.etag(), world.get(&world.administrator(), &path(&world)).ok().etag());
    let policy = default(&world);
    let kept = ["minLength", "minUpperCase", "minSpecialChars", "minNumerals", "minLowerCase"];
    assert_eq!(kept.map(|name| policy[name].clone()), [16, 0, 2, 0, 1].map(Value::from));

    world.user_at("ann", "ann@example.com");
    let link = world.letters().pop().unwrap().link.unwrap();
    let mut visitor = Visitor::new(&world);
    visitor.get(&link);
    let page = visitor.get(LINK);
    assert!(page.text.contains("16 to 128 characters"), "{}", page.text);
    assert!(page.text.contains("at least 2 special characters"), "{}", page.text);
    assert!(!page.text.contains("upper-case") && !page.text.contains("digit"), "{}", page.text);
    let token = hidden(&page, "form-token");
    let mut choose = |new: &str| {
        let fields = [("form-token", &*token), ("new-password", new), ("repeat-password", new)];
        visitor.post(LINK, &fields).status
    };
    assert_eq!(choose("tulips-behind-g"), 422, "15 characters");
    assert_eq!(choose("tulips-behind-glass"), 303);
    let mut visitor = Visitor::new(&world);
    assert_eq!(visitor.sign_in("ann", "tulips-behind-glass").status, 303);
    assert!(visitor.get(CHANGE).text.contains("16 to 128 characters"));
}

#[test]
fn rules_that_contradict_or_are_fixed_are_refused_with_what_to_do() {
    let world = World::with_domains();
    replace_default(&world, json!({"maxLength": 30})).ok();
    let refused = update(&world, json!({"minimumPasswordLength": 31}));
    assert_eq!(refused.code(), (400, "InvalidParameter".to_owned()));
    assert!(refused.text("message").contains("maxLength"), "{refused:?}");
    assert_eq!(update(&world, json!({"minimumPasswordLength": 7})).status, 400);

    replace_default(&world, json!({"passwordStrength": "Simple"})).ok();
    assert_eq!(shown(&world)["minimumPasswordLength"], 8);
    let before = default(&world);
    let refused = update(&world, json!({"minimumPasswordLength": 16}));
    assert_eq!(refused.code(), (400, "InvalidParameter".to_owned()));
    assert!(refused.text("message").contains("passwordStrength `Simple`"), "{refused:?}");
    assert_eq!(default(&world), before);
    let same = shown(&world);
    assert_eq!(update(&world, same.clone()).ok().json()["passwordPolicy"], same);
    assert_eq!(default(&world)["schemas"][0], schema("PasswordPolicy"));
}
