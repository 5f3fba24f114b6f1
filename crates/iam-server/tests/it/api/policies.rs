//! `/20160918/policies` and below: policies, kept as they were written and enforced as they were
//! meant.

use crate::world::{HOST, World};
use iam_api::Ocid;
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use serde_json::{Value, json};

fn details(world: &World, name: &str, statements: &[&str]) -> Value {
    json!({"compartmentId": world.tenancy(), "name": name, "description": "test",
           "statements": statements})
}

fn tenant_admin_policy(world: &World) -> String {
    let path = format!("/policies?compartmentId={}", world.tenancy());
    let list = world.get(&world.administrator(), &path).ok().json();
    assert_eq!(list[0]["name"], "Tenant Admin Policy");
    list[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_new_policy_is_answered_whole_and_its_statements_as_they_were_written() {
    let world = World::new();
    let admin = world.administrator();
    world.group("A-Team");
    let statements = [
        "allow   GROUP a-team\n to inspect users in TENANCY  ",
        "Allow any-user to \
                       {USER_READ,user_inspect} in tenancy",
    ];
    let answer = world.post(&admin, "/policies", &details(&world, "My policy.1_x", &statements));
    assert_eq!(answer.status, 200);
    let (id, etag) = (answer.id(), answer.etag());
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("policy"));
    let location = format!("http://{HOST}/20160918/policies/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "name": "My policy.1_x",
        "description": "test", "statements": statements, "versionDate": null,
        "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
        "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&admin, &format!("/policies/{id}")).ok();
    assert_eq!((read.json(), read.etag()), (expected, etag));
}

#[test]
fn a_name_exists_once_in_a_compartment() {
    let world = World::new();
    world.policy("one", &["allow any-user to inspect users in tenancy"]);
    let body = details(&world, "ONE", &["allow any-user to inspect users in tenancy"]);
    let answer = world.post(&world.administrator(), "/policies", &body);
    assert_eq!(answer.code(), (409, "PolicyAlreadyExists".into()));
    assert_eq!(answer.text("message"), "Policy 'ONE' already exists");
    for bad in ["", "a/b", "ä", &"p".repeat(101)] {
        let body = details(&world, bad, &["allow any-user to inspect users in tenancy"]);
        let answer = world.post(&world.administrator(), "/policies", &body);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
}

#[test]
fn what_is_not_supported_is_refused_with_place_and_hint_and_nothing_is_kept() {
    let world = World::new();
    let good = "allow any-user to inspect users in tenancy";
    let cases = [
        (
            "allow any-user to inspect users in tenancy where request.user.nme = 'x'",
            "unknown variable `request.user.nme`; did you mean `request.user.name`? (statement 2, \
             character 50: ...-user to inspect users in tenancy where >>request.user.nme<< = 'x')",
        ),
        (
            "allow any-user to mange users in tenancy",
            "unknown verb `mange`; did you mean `manage`? (statement 2, character 19: \
             allow any-user to >>mange<< users in tenancy)",
        ),
        ("deny any-user to manage users in tenancy", "`Deny` statements are not enabled in this"),
        ("endorse any-user to read users in tenancy a", "the tenancy `a` is not defined in this"),
        ("admit any-user to read users in tenancy", "this admits everyone of no tenancy"),
        ("allow resource x to read users in tenancy", "the subject `resource` is not supported"),
        (
            "allow group Partners/Administrators to read users in tenancy",
            "The group Partners/Administrators specified in the policy statement does not exist",
        ),
        ("allow any-user to read bukkets in tenancy", "did you mean `buckets`?"),
        ("allow any-user to {USER_FLY} in tenancy", "`USER_FLY`"),
        (
            "allow group Nobody to read users in tenancy",
            "The group Nobody specified in the policy statement does not exist under current \
             compartment hierarchy. (statement 2, character 13: allow group >>Nobody<< to read",
        ),
        (
            "allow any-user to read users in compartment Lost",
            "The compartment Lost specified in the policy statement does not exist under current \
             compartment hierarchy. (statement 2, character 33: ",
        ),
        ("", "(statement 2, character 1: >><<)"),
    ];
    for (statement, part) in cases {
        let body = details(&world, "bad", &[good, statement]);
        let answer = world.post(&world.administrator(), "/policies", &body);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{statement}");
        assert!(answer.text("message").contains(part), "{statement}: {}", answer.text);
    }
    let list = format!("/policies?compartmentId={}", world.tenancy());
    let kept = world.get(&world.administrator(), &list).ok().json();
    assert_eq!(kept.as_array().unwrap().len(), 1);
}

#[test]
fn statements_are_one_to_fifty_and_so_many_on_a_path() {
    let limits = Limits { statements_per_path: 53, policies: 3, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci);
    let admin = world.administrator();
    let many = |count| vec!["allow any-user to inspect users in tenancy"; count];
    for bad in [0, 51] {
        let answer = world.post(&admin, "/policies", &details(&world, "bad", &many(bad)));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad}");
    }
    let id = world.policy("fifty", &many(50)); // 51 with the Tenant Admin Policy's own
    let answer = world.post(&admin, "/policies", &details(&world, "three", &many(3)));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
    world.policy("two", &many(2));
    let path = format!("/policies/{id}");
    world.put(&admin, &path, &json!({"statements": many(50)}), &[]).ok(); // its old ones are gone
    let answer = world.put(&admin, &path, &json!({"statements": many(51)}), &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    world.put(&admin, &path, &json!({"statements": many(1)}), &[]).ok();
    let answer = world.post(&admin, "/policies", &details(&world, "one more", &many(1)));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
    assert!(answer.text("message").contains("policy-count"));
}

#[test]
fn an_update_changes_what_it_names_and_counts_at_once() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.caller_with("ann", 1, &[]));
    let id = world.policy("help", &["allow any-user to inspect groups in tenancy"]);
    let (path, users) =
        (format!("/policies/{id}"), format!("/users?compartmentId={}", world.tenancy()));
    let before = world.get(&admin, &path).ok();
    assert_eq!(world.get(&ann, &users).status, 404);
    let statements = json!(["allow any-user to inspect users in tenancy"]);
    let after = world.put(&admin, &path, &json!({"statements": statements}), &[]).ok();
    assert_eq!(world.get(&ann, &users).status, 200);
    let mut expected = before.json();
    expected["statements"] = statements;
    assert_eq!(after.json(), expected);
    assert_ne!(after.etag(), before.etag());
    let after = world.put(&admin, &path, &json!({"description": "new"}), &[]).ok();
    expected["description"] = json!("new");
    assert_eq!(after.json(), expected);
    assert_eq!(world.get(&ann, &users).status, 200);
    world.delete(&admin, &path, &[]).ok();
    assert_eq!(world.get(&ann, &users).status, 404);
    assert_eq!(world.get(&admin, &path).status, 404);
}

#[test]
fn a_version_date_is_a_day_or_nothing() {
    let world = World::new();
    let admin = world.administrator();
    let id = world.policy("dated", &["allow any-user to inspect users in tenancy"]);
    let path = format!("/policies/{id}");
    let set = |date: Value| world.put(&admin, &path, &json!({"versionDate": date}), &[]);
    assert_eq!(set(json!("2024-02-29")).ok().text("versionDate"), "2024-02-29");
    for bad in ["2023-02-29", "yesterday", "2024-2-9", "2024-02-29T00:00:00Z"] {
        assert_eq!(set(json!(bad)).code(), (400, "InvalidParameter".into()), "{bad}");
    }
    assert_eq!(set(json!(null)).ok().text("versionDate"), "2024-02-29");
    assert_eq!(set(json!("")).ok().json()["versionDate"], Value::Null);
}

#[test]
fn names_are_bound_when_written_so_a_group_made_anew_is_granted_nothing() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.caller_with("ann", 1, &[]));
    let team = world.group("team");
    let membership = world.join(&ann.user, &team);
    let policy = world.policy("help", &["allow group team to inspect users in tenancy"]);
    let users = format!("/users?compartmentId={}", world.tenancy());
    world.get(&ann, &users).ok();
    world.delete(&admin, &format!("/userGroupMemberships/{membership}"), &[]).ok();
    world.delete(&admin, &format!("/groups/{team}"), &[]).ok();
    world.join(&ann.user, &world.group("team"));
    assert_eq!(world.get(&ann, &users).status, 404);
    let read = world.get(&admin, &format!("/policies/{policy}")).ok().json();
    assert_eq!(read["statements"], json!(["allow group team to inspect users in tenancy"]));
    world.put(&admin, &format!("/policies/{policy}"), &json!({"description": "x"}), &[]).ok();
    assert_eq!(world.get(&ann, &users).status, 404);
    let again = json!({"statements": ["allow group team to inspect users in tenancy"]});
    world.put(&admin, &format!("/policies/{policy}"), &again, &[]).ok();
    world.get(&ann, &users).ok();
}

#[test]
fn the_tenant_admin_policy_can_be_neither_changed_nor_deleted() {
    let world = World::new();
    let (admin, id) = (world.administrator(), tenant_admin_policy(&world));
    let path = format!("/policies/{id}");
    let before = world.get(&admin, &path).ok();
    assert_eq!(
        before.json()["statements"],
        json!(["ALLOW GROUP Administrators to manage all-resources IN TENANCY"])
    );
    for body in [
        json!({"description": "x"}),
        json!({"statements": ["allow any-user to read users in tenancy"]}),
    ] {
        assert_eq!(world.put(&admin, &path, &body, &[]).code(), (409, "Conflict".into()));
    }
    assert_eq!(world.delete(&admin, &path, &[]).code(), (409, "Conflict".into()));
    assert_eq!(world.get(&admin, &path).ok().json(), before.json());
}

#[test]
fn verbs_build_on_each_other_and_use_policies_is_not_enough_to_write_them() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &["allow group them to use policies in tenancy"]);
    let list = format!("/policies?compartmentId={}", world.tenancy());
    world.get(&ann, &list).ok();
    let body = details(&world, "mine", &["allow any-user to manage users in tenancy"]);
    assert_eq!(world.post(&ann, "/policies", &body).status, 404);
}

#[test]
fn a_compartment_that_does_not_exist_takes_no_policy_and_lists_none() {
    let world = World::new();
    let admin = world.administrator();
    let mut body = details(&world, "x", &["allow any-user to inspect users in tenancy"]);
    let team = world.group("team");
    body["compartmentId"] = json!(team);
    assert_eq!(world.post(&admin, "/policies", &body).status, 404);
    assert_eq!(world.get(&admin, &format!("/policies?compartmentId={team}")).status, 404);
}
