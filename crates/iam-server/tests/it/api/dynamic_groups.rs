//! `/20160918/dynamicGroups` and below: dynamic groups, and what policies grant them.

use crate::world::{HOST, World};
use iam_api::users::LIST_USERS;
use iam_api::{Code, Ocid, Problem};
use iam_core::audit::Source;
use iam_core::authentication_policies::PasswordProfile;
use iam_core::call::{Params, Principal};
use iam_core::context::Limits;
use iam_core::dynamic_groups;
use iam_policy::Candidate;
use serde_json::{Value, json};
use std::sync::Arc;

const RULE: &str = "ANY {instance.compartment.id = 'ocid1.compartment.oc1..shop'}";

fn details(world: &World, name: &str) -> Value {
    json!({"compartmentId": world.tenancy(), "name": name, "description": "test",
           "matchingRule": RULE})
}

fn create(world: &World, name: &str) -> String {
    world.post(&world.administrator(), "/dynamicGroups", &details(world, name)).ok().id()
}

#[test]
fn a_new_dynamic_group_is_answered_whole_with_etag_and_location() {
    let world = World::new();
    let admin = world.administrator();
    let answer = world.post(&admin, "/dynamicGroups", &details(&world, "Web.Servers_1-x"));
    assert_eq!(answer.status, 200);
    let (id, etag) = (answer.id(), answer.etag());
    assert_eq!(Ocid::from(id.as_str()).kind(), Some("dynamicgroup"));
    let location = format!("http://{HOST}/20160918/dynamicGroups/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    let expected = json!({
        "id": id, "compartmentId": world.tenancy(), "name": "Web.Servers_1-x",
        "description": "test", "matchingRule": RULE, "timeCreated": "2026-11-23T12:00:00.000Z",
        "lifecycleState": "ACTIVE", "freeformTags": {}, "definedTags": {},
    });
    assert_eq!(answer.json(), expected);
    let read = world.get(&admin, &format!("/dynamicGroups/{id}")).ok();
    assert_eq!((read.json(), read.etag()), (expected.clone(), etag));
    let list = format!("/dynamicGroups?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &list).ok().json(), json!([expected]));
    assert_eq!(world.get(&admin, &format!("{list}&name=other")).ok().json(), json!([]));
}

#[test]
fn groups_and_dynamic_groups_share_their_names_and_nothing_else() {
    let world = World::new();
    let admin = world.administrator();
    let (machines, team) = (create(&world, "Machines"), world.group("team"));
    world.user("machines");
    for name in ["Machines", "mACHINES", "TEAM", "administrators"] {
        let answer = world.post(&admin, "/dynamicGroups", &details(&world, name));
        assert_eq!(answer.code(), (409, "DynamicGroupAlreadyExists".into()), "{name}");
    }
    let mut body = details(&world, "machines");
    body.as_object_mut().unwrap().remove("matchingRule");
    let answer = world.post(&admin, "/groups", &body);
    assert_eq!(answer.code(), (409, "GroupAlreadyExists".into()));
    for absent in [format!("/groups/{machines}"), format!("/dynamicGroups/{team}")] {
        assert_eq!(world.get(&admin, &absent).status, 404, "{absent}");
    }
    let list = format!("/groups?compartmentId={}", world.tenancy());
    assert!(!world.get(&admin, &list).ok().text.contains("Machines"));
    world.delete(&admin, &format!("/dynamicGroups/{machines}"), &[]).ok();
    assert_ne!(create(&world, "machines"), machines);
}

#[test]
fn what_is_no_name_no_tenancy_or_no_rule_is_refused() {
    let world = World::new();
    let admin = world.administrator();
    let shelf = world.compartment_in(world.tenancy(), "shelf");
    let long = "x".repeat(101);
    for (field, value, words) in [
        ("name", "", "dynamic group name"),
        ("name", "a b", "dynamic group name"),
        ("name", &long, "dynamic group name"),
        ("compartmentId", &shelf, "dynamic groups belong to the tenancy"),
        ("matchingRule", "", "(character 1)"),
        (
            "matchingRule",
            "ANY {instance.id = 'x', instance.nam = 'y'}",
            "matchingRule is not valid: unknown variable `instance.nam`",
        ),
        ("matchingRule", "instance.id = 'x' and more", "(character 19)"),
        ("matchingRule", &"x".repeat(65_537), "give a string of at most 65536 bytes"),
    ] {
        let mut body = details(&world, "machines");
        body[field] = json!(value);
        let answer = world.post(&admin, "/dynamicGroups", &body);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{field}");
        assert!(answer.text("message").contains(words), "{}", answer.text);
    }
    let path = format!("/dynamicGroups/{}", create(&world, "machines"));
    let before = world.get(&admin, &path).ok();
    let answer = world.put(&admin, &path, &json!({"matchingRule": "ANY {"}), &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    assert_eq!(world.get(&admin, &path).ok().seen(), before.seen());
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/dynamicGroups/{}", create(&world, "machines"));
    let before = world.get(&admin, &path).ok();
    let body = json!({"matchingRule": "tag.ops.role.value", "freeformTags": {"a": "b"}});
    let after = world.put(&admin, &path, &body, &[("if-match", &before.etag())]).ok();
    let mut expected = before.json();
    expected["matchingRule"] = json!("tag.ops.role.value");
    expected["freeformTags"] = json!({"a": "b"});
    assert_eq!(after.json(), expected);
    assert_ne!(after.etag(), before.etag());
    let body = json!({"description": ""});
    let stale = world.put(&admin, &path, &body, &[("if-match", &before.etag())]);
    assert_eq!(stale.code(), (412, "NoEtagMatch".into()));
    expected["description"] = json!("");
    assert_eq!(world.put(&admin, &path, &body, &[]).ok().json(), expected);
    let answer = world.put(&admin, &path, &json!({"name": "other"}), &[]);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
}

#[test]
fn a_tenancy_has_so_many_and_no_more_also_when_many_ask_at_once() {
    let limits = Limits { dynamic_groups: 3, ..Limits::default() };
    let world = World::with(limits, PasswordProfile::Oci);
    let (world, admin) = (&world, &world.administrator());
    let codes: Vec<(u16, String)> = std::thread::scope(|threads| {
        let ask = move |number: usize| {
            let answer =
                world.post(admin, "/dynamicGroups", &details(world, &format!("g{number}")));
            (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
        };
        let racing: Vec<_> = (0..8).map(|number| threads.spawn(move || ask(number))).collect();
        racing.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|(status, _)| *status == 200).count(), 3, "{codes:?}");
    let refused = codes.iter().filter(|(status, code)| *status == 400 && code == "LimitExceeded");
    assert_eq!(refused.count(), 5, "{codes:?}");
}

/// What a resource gets that asks for the list of users: no request by network can be a resource's
/// yet, so it enters where the Console does.
fn asks(world: &World, candidate: Candidate<'_>) -> Result<usize, Problem> {
    let (id, compartment) = (candidate.id.to_owned(), candidate.compartment.to_owned());
    let tenancy_id = Ocid::from(world.tenancy());
    let of = world.app.read(move |_, tx| -> Result<_, Problem> {
        let at = tx.tenancies().unwrap()[0].0;
        let candidate =
            Candidate { id: &id, compartment: &compartment, resource_type: None, tags: &[] };
        let groups = dynamic_groups::of(tx, at, &candidate)?;
        Ok(Principal {
            at_home: None,
            tenancy: at,
            tenancy_id,
            user: Ocid::from(id.as_str()),
            groups,
            has_domain: false,
            second_factor: None,
            compartment: Some(Ocid::from(compartment.as_str())),
        })
    });
    let principal = Arc::new(world.block_on(of).unwrap());
    let params = Params::default().with("compartmentId", world.tenancy());
    let source = Source::default();
    let asked =
        iam_server::spine::perform(&world.app, &LIST_USERS, &principal, params, &(), &source);
    world.block_on(asked).map(|reply| reply.body.len())
}

/// An instance in the compartment that [`RULE`] names, and one elsewhere.
const IN_SHOP: Candidate<'_> = Candidate {
    id: "ocid1.instance.oc1..one",
    compartment: "ocid1.compartment.oc1..shop",
    resource_type: None,
    tags: &[],
};
const ELSEWHERE: Candidate<'_> = Candidate {
    id: "ocid1.instance.oc1..two",
    compartment: "ocid1.compartment.oc1..else",
    ..IN_SHOP
};

fn is_refused(asked: Result<usize, Problem>) -> bool {
    asked.is_err_and(|problem| problem.code == Code::NotAuthorizedOrNotFound)
}

#[test]
fn a_policy_grants_to_what_the_rule_describes_and_to_nothing_else() {
    let world = World::new();
    let id = create(&world, "machines");
    assert!(is_refused(asks(&world, IN_SHOP)), "no policy names it yet");
    for (number, statement) in [
        "allow dynamic-group MACHINES to inspect users in tenancy".to_owned(),
        format!("allow dynamic-group id {id} to inspect users in tenancy"),
        "allow dynamic-group Default/machines to inspect users in tenancy".to_owned(),
        "allow any-group to inspect users in tenancy".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let policy = world.policy(&format!("p{number}"), &[statement]);
        assert_eq!(asks(&world, IN_SHOP).unwrap(), 1, "{statement}");
        assert!(is_refused(asks(&world, ELSEWHERE)), "{statement}");
        world.delete(&world.administrator(), &format!("/policies/{policy}"), &[]).ok();
        assert!(is_refused(asks(&world, IN_SHOP)), "{statement}");
    }
}

#[test]
fn a_changed_rule_counts_at_once_and_a_deleted_group_has_nothing() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/dynamicGroups/{}", create(&world, "machines"));
    world.policy("p", &["allow dynamic-group machines to inspect users in tenancy"]);
    assert!(asks(&world, IN_SHOP).is_ok());
    let rule = json!({"matchingRule": "instance.id = 'ocid1.instance.oc1..two'"});
    world.put(&admin, &path, &rule, &[]).ok();
    assert!(is_refused(asks(&world, IN_SHOP)));
    assert!(asks(&world, ELSEWHERE).is_ok());
    world.delete(&admin, &path, &[]).ok();
    assert!(is_refused(asks(&world, ELSEWHERE)));
    // One that is made again under the name is another one.
    create(&world, "machines");
    assert!(is_refused(asks(&world, IN_SHOP)));
}

#[test]
fn users_are_in_no_dynamic_group() {
    let world = World::new();
    let eve = world.caller_with("eve", 1, &[]);
    let rule = format!("ANY {{instance.id = '{}', resource.id != 'x'}}", eve.user);
    let mut body = details(&world, "machines");
    body["matchingRule"] = json!(rule);
    world.post(&world.administrator(), "/dynamicGroups", &body).ok();
    world.policy("p", &["allow dynamic-group machines to inspect users in tenancy"]);
    let list = format!("/users?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&eve, &list).status, 404);
}

#[test]
fn a_statement_that_takes_one_kind_of_group_for_the_other_is_refused() {
    let world = World::new();
    let (machines, team) = (create(&world, "machines"), world.group("team"));
    for (subject, what) in [
        ("group machines".to_owned(), "group machines".to_owned()),
        ("dynamic-group team".to_owned(), "dynamic group team".to_owned()),
        (format!("group id {machines}"), format!("group {machines}")),
        (format!("dynamic-group id {team}"), format!("dynamic group {team}")),
        ("dynamic-group nobody".to_owned(), "dynamic group nobody".to_owned()),
    ] {
        let statements = json!([format!("allow {subject} to inspect users in tenancy")]);
        let body = json!({"compartmentId": world.tenancy(), "name": "p", "description": "",
                          "statements": statements});
        let answer = world.post(&world.administrator(), "/policies", &body);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{subject}");
        let wanted = format!("The {what} specified in the policy statement does not exist");
        assert!(answer.text("message").starts_with(&wanted), "{}", answer.text);
    }
}
