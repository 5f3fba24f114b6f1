//! Refusals that are kept: who may see them, what they explain, and what a server does that only
//! records them.

use crate::process::{Serving, durward, end_of, init, refusal};
use crate::world::{Answer, Caller, World};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use iam_core::refusals;
use iam_server::app::App;
use iam_server::config::Enforcement;
use iam_store::TenancyNo;
use serde_json::{Value, json};
use tempfile::TempDir;

const LIST: &str = "/durward/v1/refusals";

fn id_of(answer: &Answer) -> String {
    answer.header("opc-request-id").unwrap().to_owned()
}

fn listed(world: &World, caller: &Caller) -> Answer {
    world.send(caller, "GET", LIST, None)
}

fn explained(world: &World, caller: &Caller, id: &str) -> Answer {
    let path = format!("{LIST}/explanation?requestId={}", id.replace('/', "%2F"));
    world.send(caller, "GET", &path, None)
}

#[test]
fn a_refusal_is_explained_to_whoever_has_its_id() {
    let world = World::new();
    let admin = world.administrator();
    let ann = world.caller_with(
        "ann",
        1,
        &["allow group them to manage users in tenancy where target.user.name = 'cleo'"],
    );
    let bob = world.user("bob");
    let refused = world.get(&ann, &format!("/users/{bob}"));
    assert_eq!(refused.status, 404);
    let why = explained(&world, &admin, &id_of(&refused)).ok().json();
    assert_eq!(why["refusal"]["operation"], "GetUser");
    assert_eq!(why["refusal"]["callerName"], "ann");
    assert_eq!(why["refusal"]["target"], bob.as_str());
    assert_eq!((&why["isAllowedNow"], &why["wasLetThrough"]), (&json!(false), &Value::Null));
    assert_eq!(why["missing"], json!(["USER_INSPECT"]));
    let near = &why["near"][0];
    assert_eq!((&near["policyName"], &near["number"]), (&json!("ann-policy"), &json!(1)));
    let failed = near["failed"][0].as_str().unwrap();
    assert_eq!(failed, "target.user.name = 'cleo' (the request had: bob)");
    let proposal = json!(["Allow group ann-group to inspect users in tenancy"]);
    assert_eq!(why["proposals"], proposal);
    assert!(why["text"].as_str().unwrap().contains("no statement grants the caller USER_INSPECT"));
    // What it proposes is enough.
    world.pass(1);
    world.policy("more", &[proposal[0].as_str().unwrap()]);
    assert_eq!(world.get(&ann, &format!("/users/{bob}")).status, 200);
    let now = explained(&world, &admin, &id_of(&refused)).ok().json();
    assert_eq!((&now["isAllowedNow"], &now["havePoliciesChanged"]), (&json!(true), &json!(true)));
}

#[test]
fn what_is_not_there_is_kept_like_what_may_not_be_seen() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &[]);
    let nobody = world.get(&ann, "/users/ocid1.user.oc1..nobody");
    world.pass(1);
    let hidden = world.get(&ann, &format!("/users/{}", world.installed.admin));
    assert_eq!((nobody.status, &nobody.text), (404, &hidden.text));
    let admin = world.administrator();
    let list = listed(&world, &admin).ok().json();
    let seen = |place: usize, field: &str| list[place][field].clone();
    assert_eq!((seen(0, "wasRefused"), seen(1, "wasRefused")), (json!(true), json!(false)));
    let why = explained(&world, &admin, &id_of(&nobody)).ok().json();
    let text = why["text"].as_str().unwrap();
    assert!(text.starts_with("Not found: there is no `ocid1.user.oc1..nobody`"), "{text}");
    // What an operation itself does not find is told of otherwise: no policy stands in its way.
    let none = world.get(&admin, &format!("/users/{}/uiPassword", ann.user));
    assert_eq!((none.status, &none.text), (404, &hidden.text));
    let why = explained(&world, &admin, &id_of(&none)).ok().json();
    let text = why["text"].as_str().unwrap();
    assert!(text.starts_with("Not found: the policies allow it"), "{text}");
}

#[test]
fn only_who_may_see_policies_and_the_trail_may_see_refusals() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &["allow group them to read policies in tenancy"]);
    let refused = world.get(&ann, &format!("/users/{}", world.installed.admin));
    for answer in [listed(&world, &ann), explained(&world, &ann, &id_of(&refused))] {
        assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
    }
    world.policy("more", &["allow group ann-group to read audit-events in tenancy"]);
    listed(&world, &ann).ok();
    // Nobody sees another tenancy's.
    let other = world.other_tenancy();
    assert_eq!(listed(&world, &other).ok().json(), json!([]));
    let asked = explained(&world, &other, &id_of(&refused));
    assert_eq!(asked.code(), (404, "NotFound".into()));
}

#[test]
fn the_newest_are_kept_and_listed_page_by_page() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &[]);
    let ids: Vec<String> = (0..5)
        .map(|_| {
            world.pass(1);
            id_of(&world.get(&ann, &format!("/users/{}", world.installed.admin)))
        })
        .collect();
    let admin = world.administrator();
    let first = world.send(&admin, "GET", &format!("{LIST}?limit=3"), None).ok();
    let page = first.header("opc-next-page").unwrap();
    let second = world.send(&admin, "GET", &format!("{LIST}?limit=3&page={page}"), None).ok();
    let mut seen: Vec<String> = Vec::new();
    for answer in [first.json(), second.json()] {
        let all = answer.as_array().unwrap();
        seen.extend(all.iter().map(|one| one["requestId"].as_str().unwrap().to_owned()));
    }
    seen.reverse();
    assert_eq!(seen, ids);
    let at = TenancyNo(1);
    let drop = |kept: i64, seconds: i64| {
        let work = world.app.write(move |app, tx| {
            let before = app.context.now().plus_seconds(-seconds);
            Ok::<_, iam_api::Problem>(tx.drop_refusals(at, before, kept).unwrap())
        });
        world.block_on(work).unwrap()
    };
    assert_eq!(drop(3, 1_000), 2);
    assert_eq!(drop(3, 1_000), 0);
    assert_eq!(drop(refusals::KEPT_MAX, 1), 1, "the one that is older than a second");
    assert_eq!(listed(&world, &admin).ok().json().as_array().unwrap().len(), 2);
}

#[test]
fn a_server_that_only_records_lets_through_what_policies_refuse_and_nothing_else() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let serving = Serving::start(&dir, &["--enforcement", "log"]);
    let ready = "ready, but policies are not enforced: it was started with --enforcement log\n";
    crate::operating::wait_for(|| serving.get("/readyz").ends_with(ready));
    serving.stop();
    let record = |app: &mut App| app.enforcement = Enforcement::Log;
    let world = World::made(Limits::default(), PasswordProfile::Oci, record);
    let ann = world.caller_with("ann", 1, &["allow group them to inspect groups in tenancy"]);
    let bob = world.user("bob");
    let seen = world.get(&ann, &format!("/users/{bob}")).ok();
    assert_eq!(seen.json()["name"], "bob");
    let kept = &listed(&world, &world.administrator()).ok().json()[0];
    assert_eq!((&kept["wasLetThrough"], &kept["operation"]), (&json!(true), &json!("GetUser")));
    assert_eq!(kept["requestId"], id_of(&seen).as_str());
    // What it does is noted as ever, once.
    let body = json!({"compartmentId": world.tenancy(), "name": "them", "description": "-"});
    world.post(&ann, "/groups", &body).ok();
    let line = world.app.store.read(|tx| tx.audit_tail(TenancyNo(1), 1)).unwrap().unwrap();
    assert_eq!((line[0].event.as_str(), line[0].outcome.as_str()), ("CreateGroup", "OK"));
    // All else is refused as ever: who is nobody, what is not there, what is another tenancy's, and
    // what the operation itself refuses.
    let wrong = Caller { key: world.administrator().key, ..world.caller(ann.user.clone(), 1) };
    assert_eq!(world.get(&wrong, &format!("/users/{bob}")).status, 401);
    assert_eq!(world.get(&ann, "/users/ocid1.user.oc1..nobody").status, 404);
    let other = world.other_tenancy();
    assert_eq!(world.get(&ann, &format!("/users/{}", other.user)).status, 404);
    assert_eq!(world.post(&ann, "/groups", &body).status, 409);
}

#[test]
fn the_host_is_told_while_it_is_served_and_by_json() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let explain = |more: &[&str]| {
        let place = ["policy", "explain", "--data-dir", crate::moving::word(&dir)];
        durward(&[&place[..], more].concat())
    };
    assert_eq!(end_of(&mut explain(&[])), "Nothing was refused, as far as is kept\n");
    let said = refusal(&mut explain(&["--request-id", "x"]));
    assert!(said.contains("No refusal of that request is kept"), "{said}");
    let asked = refusals::Asked::new(
        "GetUser",
        &crate::moving::admin(&dir),
        "a\u{1b}b",
        refusals::Answer::Nothing,
    );
    crate::moving::change(&crate::moving::store_of(&dir), move |tx| {
        // So late that the upkeep of a server does not drop it for its age.
        let now = iam_api::Timestamp::from_text("2100-01-01").unwrap();
        asked.keep(tx, TenancyNo(1), now, "R/1/2").unwrap();
        Ok(())
    });
    let serving = Serving::start(&dir, &[]);
    let said = end_of(&mut explain(&[]));
    assert!(said.contains("admin: GetUser on a\\u{1b}b\n  R/1/2\n"), "{said}");
    let said = end_of(&mut explain(&["--request-id", "R/1/2"]));
    assert!(said.contains("Not found: there is no"), "{said}");
    let json: Value = serde_json::from_str(&end_of(&mut explain(&["--json"]))).unwrap();
    assert_eq!(json[0]["requestId"], "R/1/2");
    serving.stop();
}

#[test]
fn what_this_version_does_not_know_nothing_is_said_to_grant() {
    let world = World::new();
    let (admin, at) = (world.administrator(), TenancyNo(1));
    let posed = refusals::Posed {
        groups: Vec::new(),
        needs: vec!["USER_INSPECT".to_owned(), "USER_FLY".to_owned()],
        compartments: vec![world.tenancy().to_owned()],
        owner: None,
        address: None,
        facts: iam_policy::Facts::default(),
        elsewhere: None,
    };
    world.policy("open", &["allow any-user to manage all-resources in tenancy"]);
    let answer = refusals::Answer::Refused(Box::new(posed));
    let asked = refusals::Asked::new("FlyUser", &admin.user, "x", answer);
    let keep = world.app.write(move |app, tx| asked.keep(tx, at, app.context.now(), "R/1/2"));
    world.block_on(keep).unwrap();
    let why = explained(&world, &admin, "R/1/2").ok().json();
    assert_eq!(why["isAllowedNow"], json!(false));
    let text = why["text"].as_str().unwrap();
    assert!(text.contains("a permission that this version does not know"), "{text}");
}
