//! `etag` and `if-match`, alike for everything that can be updated or deleted.

use crate::world::{Answer, Caller, World};
use serde_json::{Value, json};

/// Where to put what.
type Update = (String, Value);

/// What has an etag: its path, an update that is valid, and whether it can be deleted.
fn resources(world: &World) -> Vec<(String, Option<Update>, bool)> {
    let (ann, team) = (world.user("ann"), world.group("team"));
    let policy = world.policy("help", &["allow any-user to inspect users in tenancy"]);
    let membership = world.join(&world.user("bob"), &world.group("club"));
    let same = |path: &str, body: Value| Some((path.to_owned(), body));
    let (user, group) = (format!("/users/{ann}"), format!("/groups/{team}"));
    let policy = format!("/policies/{policy}");
    let rules = format!("/authenticationPolicies/{}", world.tenancy());
    let description = json!({"description": "new"});
    let body = json!({"compartmentId": world.tenancy(), "name": "new", "description": "test",
                      "matchingRule": "tag.ops.role.value"});
    let machines = world.post(&world.administrator(), "/dynamicGroups", &body).ok().id();
    let body = json!({"compartmentId": world.tenancy(), "name": "new", "description": "test"});
    let office = world.post(&world.administrator(), "/networkSources", &body).ok().id();
    let (machines, office) =
        (format!("/dynamicGroups/{machines}"), format!("/networkSources/{office}"));
    vec![
        (machines.clone(), same(&machines, description.clone()), true),
        (office.clone(), same(&office, description.clone()), true),
        (user.clone(), Some((format!("{user}/capabilities"), json!({}))), false),
        (user.clone(), Some((format!("{user}/state"), json!({"blocked": false}))), false),
        (user.clone(), same(&user, description.clone()), true),
        (group.clone(), same(&group, description.clone()), true),
        (policy.clone(), same(&policy, description), true),
        (rules.clone(), same(&rules, json!({"passwordPolicy": {}})), false),
        (format!("/userGroupMemberships/{membership}"), None, true),
    ]
}

fn put(world: &World, admin: &Caller, update: &Update, etag: &str) -> Answer {
    world.put(admin, &update.0, &update.1, &[("if-match", etag)])
}

#[test]
fn a_stale_etag_is_refused_with_412_and_the_present_one_is_taken() {
    let world = World::new();
    let admin = world.administrator();
    for (path, update, can_be_deleted) in resources(&world) {
        let etag = world.get(&admin, &path).ok().etag();
        let stale = "0123456789abcdef0123456789abcdef01234567";
        if let Some(update) = &update {
            let answer = put(&world, &admin, update, stale);
            assert_eq!(answer.code(), (412, "NoEtagMatch".into()), "{path}");
            let id = path.rsplit('/').next().unwrap();
            let message = format!("The entity {id} has been modified. Etag is outdated.");
            assert_eq!(answer.text("message"), message);
            assert_eq!(world.get(&admin, &path).ok().etag(), etag, "nothing was changed");
            put(&world, &admin, update, &etag).ok();
            put(&world, &admin, update, "*").ok();
        }
        if can_be_deleted {
            let answer = world.delete(&admin, &path, &[("if-match", stale)]);
            assert_eq!(answer.code(), (412, "NoEtagMatch".into()), "{path}");
            let etag = world.get(&admin, &path).ok().etag();
            assert_eq!(world.delete(&admin, &path, &[("if-match", &etag)]).status, 204, "{path}");
        }
    }
}

#[test]
fn of_two_who_read_the_same_only_the_first_changes_it() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/groups/{}", world.group("team"));
    let etag = world.get(&admin, &path).ok().etag();
    let set = |text: &str| {
        world.put(&admin, &path, &json!({"description": text}), &[("if-match", &etag)])
    };
    set("first").ok();
    assert_eq!(set("second").status, 412);
    assert_eq!(world.get(&admin, &path).ok().text("description"), "first");
}

#[test]
fn an_if_match_that_comes_twice_is_refused() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/groups/{}", world.group("team"));
    let etag = world.get(&admin, &path).ok().etag();
    let twice = [("if-match", etag.as_str()), ("if-match", "x")];
    let answer = world.delete(&admin, &path, &twice);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
}

#[test]
fn an_api_key_has_an_etag_though_no_answer_tells_it() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.caller_with("ann", 1, &[]));
    let path = format!("/users/{}/apiKeys/{}", ann.user, ann.key.fingerprint());
    assert_eq!(world.delete(&admin, &path, &[("if-match", "x")]).status, 412);
    assert_eq!(world.delete(&admin, &path, &[("if-match", "*")]).status, 204);
}
