//! Two nodes of one installation, on one database: what one of them has answered holds on the
//! other. `DURWARD_LONG=1` tries each kind 10,000 times.

use crate::console::{Visitor, one_time_password};
use crate::session_tokens;
use crate::world::{Caller, World, key};
use iam_api::{BLOCKED, Ocid};
use iam_core::context::HIGH_WATER;
use iam_core::ui_passwords::ONE_TIME_SECONDS;
use serde_json::json;

fn rounds() -> usize {
    if std::env::var_os("DURWARD_LONG").is_some() { 10_000 } else { 20 }
}

fn nodes() -> [World; 2] {
    let world = World::on_database();
    let other = world.another_node();
    [world, other]
}

/// Tries something as often as asked, each node in turn being the one that changes.
fn in_turns(nodes: &[World; 2], mut attempt: impl FnMut(&World, &World, usize)) {
    for round in 0..rounds() {
        attempt(&nodes[round % 2], &nodes[(round + 1) % 2], round);
    }
}

fn upload(node: &World, user: &Ocid, number: usize) -> String {
    let path = format!("/users/{user}/apiKeys");
    let body = json!({"key": key(number).public_key_pem()});
    node.post(&node.administrator(), &path, &body).ok();
    key(number).fingerprint()
}

fn remove(node: &World, path: &str) {
    let answer = node.send(&node.administrator(), "DELETE", &format!("/20160918{path}"), None);
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// What the caller is answered who asks for themselves.
fn asks(node: &World, caller: &Caller) -> u16 {
    node.send(caller, "GET", &format!("/20160918/users/{}", caller.user), None).status
}

#[test]
fn a_deleted_key_signs_nothing_on_another_node() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    let caller = nodes[0].caller(ann.clone(), 1);
    in_turns(&nodes, |here, there, _| {
        let fingerprint = upload(here, &ann, 1);
        assert_eq!((asks(there, &caller), asks(here, &caller)), (200, 200));
        remove(here, &format!("/users/{ann}/apiKeys/{fingerprint}"));
        assert_eq!((asks(there, &caller), asks(here, &caller)), (401, 401));
    });
}

#[test]
fn a_deleted_key_is_not_told_what_is_wrong_with_its_requests() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    let caller = nodes[0].caller(ann.clone(), 1);
    let wrong = |node: &World| {
        let listing = node.send(&caller, "GET", "/20160918/users?limit=none", None).status;
        let body = json!({"description": 7});
        let target = format!("/20160918/users/{ann}");
        (listing, node.send(&caller, "PUT", &target, Some(&body)).status)
    };
    in_turns(&nodes, |here, there, _| {
        let fingerprint = upload(here, &ann, 1);
        assert_eq!((asks(there, &caller), wrong(there)), (200, (400, 400)));
        remove(here, &format!("/users/{ann}/apiKeys/{fingerprint}"));
        assert_eq!(wrong(there), (401, 401));
    });
}

#[test]
fn a_node_that_remembers_a_key_changes_nothing_for_it_when_it_is_deleted() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    let caller = nodes[0].caller(ann.clone(), 1);
    let target = format!("/20160918/users/{ann}");
    in_turns(&nodes, |here, there, round| {
        let fingerprint = upload(here, &ann, 1);
        let body = json!({"email": format!("ann{round}@example.com")});
        let change = |node: &World| node.send(&caller, "PUT", &target, Some(&body)).status;
        assert_eq!(asks(there, &caller), 200);
        remove(here, &format!("/users/{ann}/apiKeys/{fingerprint}"));
        assert_eq!(change(there), 401);
        let user = here.send(&here.administrator(), "GET", &target, None).ok().json();
        assert_ne!(user["email"], body["email"]);
    });
}

#[test]
fn a_membership_that_ended_allows_nothing_on_another_node() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    upload(&nodes[0], &ann, 1);
    let caller = nodes[0].caller(ann.clone(), 1);
    let group = nodes[0].group("readers");
    nodes[0].policy("readers", &["Allow group readers to inspect users in tenancy"]);
    let lists = |node: &World| {
        let target = format!("/20160918/users?compartmentId={}", node.tenancy());
        node.send(&caller, "GET", &target, None).status
    };
    in_turns(&nodes, |here, there, _| {
        let membership = here.join(&ann, &group);
        assert_eq!((lists(there), lists(here)), (200, 200));
        remove(here, &format!("/userGroupMemberships/{membership}"));
        assert_eq!((lists(there), lists(here)), (404, 404));
    });
}

#[test]
fn a_deleted_policy_allows_nothing_on_another_node() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    upload(&nodes[0], &ann, 1);
    let caller = nodes[0].caller(ann.clone(), 1);
    let lists = |node: &World| {
        let target = format!("/20160918/users?compartmentId={}", node.tenancy());
        node.send(&caller, "GET", &target, None).status
    };
    in_turns(&nodes, |here, there, round| {
        let policy = here
            .policy(&format!("everybody-{round}"), &["Allow any-user to inspect users in tenancy"]);
        assert_eq!((lists(there), lists(here)), (200, 200));
        remove(here, &format!("/policies/{policy}"));
        assert_eq!((lists(there), lists(here)), (404, 404));
    });
}

#[test]
fn a_reset_ends_password_and_sessions_on_another_node() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    let mut older = one_time_password(&nodes[0], &ann);
    // Each round weighs two passwords, slowly on purpose.
    for round in 0..rounds().min(400) / 4 {
        let (here, there) = (&nodes[round % 2], &nodes[(round + 1) % 2]);
        let mut visitor = Visitor::new(there);
        assert_eq!(visitor.sign_in("ann", &older).status, 303);
        assert_eq!(visitor.get("/console/change-password").status, 200);
        let newer = one_time_password(here, &ann);
        let answer = visitor.get("/console/change-password");
        assert_eq!(answer.status, 303, "the session is over: {}", answer.text);
        assert_eq!(Visitor::new(there).sign_in("ann", &older).status, 403);
        older = newer;
    }
}

#[test]
fn a_session_that_was_ended_signs_nothing_on_another_node() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    upload(&nodes[0], &ann, 1);
    let caller = nodes[0].caller(ann.clone(), 1);
    in_turns(&nodes, |here, there, round| {
        let session = session_tokens::session(here, &caller);
        assert_eq!((asks(there, &session), asks(here, &session)), (200, 200));
        match round % 3 {
            0 => drop(one_time_password(here, &ann)),
            1 => here.set_inactive(&ann, BLOCKED),
            _ => remove(here, &format!("/users/{ann}/apiKeys/{}", key(1).fingerprint())),
        }
        assert_eq!((asks(there, &session), asks(here, &session)), (401, 401));
        match round % 3 {
            0 => {}
            1 => {
                let body = json!({"blocked": false});
                let path = format!("/users/{ann}/state");
                here.put(&here.administrator(), &path, &body, &[]).ok();
            }
            _ => drop(upload(here, &ann, 1)),
        }
    });
}

#[test]
fn ten_wrong_passwords_block_in_all_and_not_on_each_node() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    let password = one_time_password(&nodes[0], &ann);
    for round in 0..10 {
        let answer = Visitor::new(&nodes[round % 2]).sign_in("ann", "Not-the-password-7");
        assert_eq!(answer.status, 403);
    }
    for node in &nodes {
        assert_eq!(Visitor::new(node).sign_in("ann", &password).status, 403);
        let target = format!("/20160918/users/{ann}");
        let user = node.send(&node.administrator(), "GET", &target, None).ok().json();
        assert_eq!(user["lifecycleState"], "INACTIVE");
    }
    let body = json!({"blocked": false});
    let target = format!("/20160918/users/{ann}/state");
    nodes[1].send(&nodes[1].administrator(), "PUT", &target, Some(&body)).ok();
    assert_eq!(Visitor::new(&nodes[0]).sign_in("ann", &password).status, 303);
}

#[test]
fn a_retry_token_is_one_on_all_nodes() {
    let nodes = nodes();
    let ann = nodes[0].user("ann");
    let target = format!("/20160918/users/{ann}/uiPassword");
    in_turns(&nodes, |here, there, round| {
        let token = format!("token-{round}");
        let header = [("opc-retry-token", token.as_str())];
        let reset = |node: &World| {
            let answer = node.send_with(&node.administrator(), "POST", &target, None, &header);
            answer.ok().json()["password"].as_str().unwrap().to_owned()
        };
        assert_eq!(reset(here), reset(there));
    });
}

#[test]
fn what_expired_on_a_node_stays_expired_on_one_whose_clock_is_behind() {
    let [ahead, behind] = nodes();
    let ann = ahead.user("ann");
    let password = one_time_password(&ahead, &ann);
    let mark = || ahead.app.store.read(|tx| tx.meta(HIGH_WATER)).unwrap().unwrap();
    ahead.pass(ONE_TIME_SECONDS + 10);
    assert_eq!(Visitor::new(&ahead).sign_in("ann", &password).status, 403);
    let seen = mark();
    ahead.pass(-ONE_TIME_SECONDS); // both nodes have the one clock
    assert_eq!(Visitor::new(&behind).sign_in("ann", &password).status, 403);
    assert_eq!(mark(), seen, "what was seen is not forgotten");
}
