//! Statements that deny, from outside: who must choose to have them, whom they bind, and what a
//! policy does that cannot be read.

use crate::moving::{HERE, admin, change, store_of, word};
use crate::operating::wait_for;
use crate::process::{Serving, durward, end_of, init, refusal};
use crate::world::{Answer, Caller, World, key};
use iam_api::{Ocid, Problem};
use iam_core::deny;
use serde_json::json;
use tempfile::TempDir;

/// A tenancy that has chosen to have statements that deny.
fn denying() -> World {
    let world = World::new();
    let by = world.administrator().user;
    world
        .block_on(world.app.write(move |app, tx| -> Result<(), Problem> {
            let at = tx.tenancies().unwrap()[0].0;
            deny::choose(tx, &app.context, at, by.clone())
        }))
        .unwrap();
    world
}

/// Spoils what is kept of a policy to decide by.
fn spoil(world: &World, policy: &str) {
    let policy = Ocid::from(policy);
    world
        .block_on(world.app.write(move |_, tx| -> Result<(), Problem> {
            let at = tx.tenancies().unwrap()[0].0;
            let mut row = tx.resource(at, &policy).unwrap().unwrap();
            row.compiled = Some(r#"[{"format":9}]"#.to_owned());
            tx.update(at, &row).unwrap();
            tx.revise().unwrap();
            Ok(())
        }))
        .unwrap();
}

/// Whether it is answered like what is not there; else it must be done.
pub(crate) fn is_absent(answer: &Answer) -> bool {
    match answer.status {
        200 => false,
        _ => {
            assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()), "{}", answer.text);
            true
        }
    }
}

fn users(world: &World) -> String {
    format!("/users?compartmentId={}", world.tenancy())
}

fn upload_key(world: &World, caller: &Caller) -> Answer {
    let body = json!({"key": key(2).public_key_pem()});
    world.post(caller, &format!("/users/{}/apiKeys", caller.user), &body)
}

#[test]
fn whoever_has_not_chosen_it_may_not_deny_and_is_told_what_to_do() {
    let world = World::new();
    let statements = ["deny any-user to inspect users in tenancy"];
    let body = json!({"compartmentId": world.tenancy(), "name": "no", "description": "no",
                      "statements": statements});
    let answer = world.post(&world.administrator(), "/policies", &body);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    assert_eq!(
        answer.text("message"),
        "`Deny` statements are not enabled in this tenancy; `durward policy enable-deny` enables \
         them, on the host and for good (statement 1, character 1: >>deny<< any-user to inspect \
         users in tenancy)"
    );
    let world = denying();
    world.policy("no", &statements);
}

#[test]
fn what_is_denied_is_absent_for_all_but_the_administrators() {
    let world = denying();
    let ann = world.caller_with("ann", 1, &["allow group them to manage users in tenancy"]);
    assert!(!is_absent(&world.get(&ann, &users(&world))));
    let policy = world.policy("no", &["Deny any-user to inspect users in tenancy"]);
    assert!(is_absent(&world.get(&ann, &users(&world))));
    assert!(!is_absent(&world.get(&world.administrator(), &users(&world))));
    // The administrators are exempt by being in the group, not by who they are.
    let body = json!({"statements": ["Deny group ann-group to manage users in tenancy"]});
    let path = format!("/policies/{policy}");
    world.put(&world.administrator(), &path, &body, &[]).ok();
    assert!(!is_absent(&world.get(&ann, &users(&world))));
    let user = json!({"compartmentId": world.tenancy(), "name": "eve", "description": "no"});
    assert!(is_absent(&world.post(&ann, "/users", &user)));
    world.delete(&world.administrator(), &path, &[]).ok();
    world.post(&ann, "/users", &user).ok();
}

#[test]
fn ones_own_credentials_can_be_denied_too() {
    let world = denying();
    let ann = world.caller_with("ann", 1, &[]);
    let policy = world.policy("no", &["Deny any-user to {USER_APIKEY_ADD} in tenancy"]);
    assert!(is_absent(&upload_key(&world, &ann)));
    world.delete(&world.administrator(), &format!("/policies/{policy}"), &[]).ok();
    upload_key(&world, &ann).ok();
}

#[test]
fn a_policy_that_cannot_be_read_grants_nothing_and_is_counted() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &["allow group them to inspect users in tenancy"]);
    let policy = world.policy("other", &["allow any-user to inspect groups in tenancy"]);
    spoil(&world, &policy);
    assert_eq!(world.app.access.unreadable_policies(), 0, "nobody has looked");
    let groups = format!("/groups?compartmentId={}", world.tenancy());
    assert!(is_absent(&world.get(&ann, &groups)));
    assert_eq!(world.app.access.unreadable_policies(), 1);
    // Nothing can be denied here, so what others grant counts.
    assert!(!is_absent(&world.get(&ann, &users(&world))));
    let body = json!({"statements": ["allow any-user to inspect groups in tenancy"]});
    world.put(&world.administrator(), &format!("/policies/{policy}"), &body, &[]).ok();
    assert!(!is_absent(&world.get(&ann, &groups)));
    assert_eq!(world.app.access.unreadable_policies(), 0);
}

#[test]
fn where_it_might_deny_a_policy_that_cannot_be_read_denies_everything() {
    let world = denying();
    let ann = world.caller_with("ann", 1, &["allow group them to inspect users in tenancy"]);
    let policy = world.policy("other", &["allow any-user to inspect groups in tenancy"]);
    spoil(&world, &policy);
    for denied in [world.get(&ann, &users(&world)), upload_key(&world, &ann)] {
        assert!(is_absent(&denied));
    }
    let admin = world.administrator();
    assert!(!is_absent(&world.get(&admin, &users(&world))));
    world.delete(&admin, &format!("/policies/{policy}"), &[]).ok();
    assert!(!is_absent(&world.get(&ann, &users(&world))));
}

#[test]
fn the_host_enables_it_once_in_the_name_of_an_administrator_and_it_is_noted() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let enable = |name| durward(&["policy", "enable-deny", name, "--data-dir", word(&dir)]);
    let id = admin(&dir);
    let removed = id.clone();
    change(&store_of(&dir), move |tx| {
        let member = tx.memberships_of_user(HERE, &removed, "", 9)?.remove(0);
        tx.remove_membership(HERE, &member)
    });
    let said = refusal(&mut enable("admin"));
    assert!(said.contains("user `admin` is not in the group `Administrators`"), "{said}");
    end_of(&mut durward(&["user", "make-admin", "admin", "--data-dir", word(&dir)]));
    let said = end_of(&mut enable("ADMIN"));
    let policy = "Deny Policy Administration";
    let enabled = "`Deny` statements are enabled in this tenancy, for good";
    assert_eq!(said, format!("{enabled}; the policy `{policy}` says who may write them\n"));
    let lines = store_of(&dir).read(|tx| tx.audit_tail(HERE, 1)).unwrap().unwrap();
    let told = [&lines[0].actor, &lines[0].event, &lines[0].outcome];
    assert_eq!(told, ["host", "EnableDenyStatements", "OK"]);
    assert!(lines[0].target.starts_with("ocid1.tenancy."), "{}", lines[0].target);
    let said = refusal(&mut enable("admin"));
    assert!(said.contains("are enabled in this tenancy already"), "{said}");
    let policies = store_of(&dir).read(|tx| tx.policies(HERE)).unwrap().unwrap();
    let made = policies.into_iter().find(|row| row.name == policy).unwrap();
    let made: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    let statement = made["statements"][0].as_str().unwrap();
    assert!(statement.contains(&format!("request.principal.id != '{id}'")), "{statement}");
}

#[test]
fn its_policy_leaves_denying_to_administrators_and_to_the_one_who_enabled_it() {
    let world = denying();
    let all = &["allow group them to manage policies in tenancy"];
    let (ann, ben) = (world.caller_with("ann", 1, all), world.caller_with("ben", 1, all));
    let statement = format!(
        "Deny any-user to manage policies in tenancy \
         where all {{target.policy.type = 'deny', request.principal.id != '{}'}}",
        ann.user
    );
    world.policy("who", &[&statement]);
    let deny =
        ["deny any-user to manage groups in tenancy", "allow any-user to read users in tenancy"];
    let allow = &deny[1..];
    let write = |who: &Caller, name: &str, statements: &[&str]| {
        let body = json!({"compartmentId": world.tenancy(), "name": name, "description": "-",
            "statements": statements});
        world.post(who, "/policies", &body)
    };
    assert!(is_absent(&write(&ben, "b", &deny)));
    write(&ben, "c", allow).ok();
    write(&ann, "d", &deny).ok();
    write(&world.administrator(), "e", &deny).ok();
}

#[test]
fn from_the_start_it_is_said_that_a_policy_cannot_be_read() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    change(&store_of(&dir), |tx| {
        for mut policy in tx.policies(HERE)? {
            policy.compiled = Some("[]x".to_owned());
            tx.update(HERE, &policy)?;
        }
        Ok(())
    });
    let serving = Serving::start(&dir, &[]);
    let said = "ready, but 1 policy cannot be read; the log names it\n";
    wait_for(|| serving.get("/readyz").ends_with(said));
    serving.stop();
}
