//! What is suggested from refusals that were kept: it is enough, it is no more than was lacking,
//! and it means the groups that it names.

use crate::moving;
use crate::process::{durward, end_of, init, refusal};
use crate::world::World;
use iam_api::{Ocid, Problem, Timestamp};
use iam_core::deny;
use iam_core::refusals::{Answer, Asked, Posed};
use iam_core::suggestions::{self, Suggested};
use iam_policy::Facts;
use iam_store::TenancyNo;
use serde_json::{Value, json};
use tempfile::TempDir;

const AT: TenancyNo = TenancyNo(1);

fn suggested(world: &World, since: Timestamp) -> Suggested {
    let root = Ocid::from(world.tenancy());
    world.app.store.read(|tx| suggestions::since(tx, AT, &root, since)).unwrap().unwrap()
}

fn statements(suggested: &Suggested) -> Vec<&str> {
    let all = suggested.suggestions.iter().flat_map(|one| &one.statements);
    all.map(String::as_str).collect()
}

/// A question that needs to inspect users, asked from that group.
fn asked_from(group: &str, root: &str) -> Asked {
    let posed = Posed {
        groups: vec![group.to_owned()],
        needs: vec!["USER_INSPECT".to_owned()],
        compartments: vec![root.to_owned()],
        owner: None,
        address: None,
        facts: Facts::default(),
        elsewhere: None,
    };
    Asked::new(
        "ListUsers",
        &Ocid::from("ocid1.user.oc1..ann"),
        "",
        Answer::Refused(Box::new(posed)),
    )
}

#[test]
fn what_is_suggested_is_enough_and_no_more_than_was_lacking() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &["allow group them to inspect groups in tenancy"]);
    let bob = world.user("bob");
    let users = format!("/users?compartmentId={}", world.tenancy());
    let ask = || {
        let paths = [format!("/users/{bob}"), users.clone(), format!("/users/{bob}")];
        paths.map(|path| {
            world.pass(1);
            world.get(&ann, &path).status
        })
    };
    assert_eq!(ask(), [404; 3]);
    assert_eq!(world.get(&ann, "/users/ocid1.user.oc1..nobody").status, 404);
    let found = suggested(&world, Timestamp::default());
    assert_eq!(statements(&found), ["Allow group ann-group to inspect users in tenancy"]);
    assert_eq!((found.refusals, found.not_found, found.allowed_now), (4, 1, 0));
    let one = &found.suggestions[0];
    assert_eq!((one.refusals, one.callers.len()), (3, 1));
    assert!(one.operations.iter().map(String::as_str).eq(["GetUser", "ListUsers"]));
    world.policy("more", &statements(&found));
    assert_eq!(ask(), [200; 3]);
    let then = suggested(&world, Timestamp::default());
    assert_eq!((then.refusals, then.allowed_now, then.suggestions.len()), (4, 3, 0));
    world.pass(1);
    assert_eq!(suggested(&world, world.now()).refusals, 0);
}

#[test]
fn what_is_denied_is_not_suggested() {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &["allow group them to inspect groups in tenancy"]);
    let by = world.administrator().user;
    let choice = world.app.write(move |app, tx| deny::choose(tx, &app.context, AT, by.clone()));
    world.block_on(choice).unwrap();
    world.policy("no", &["deny group ann-group to inspect users in tenancy"]);
    assert_eq!(world.get(&ann, &format!("/users/{}", world.user("bob"))).status, 404);
    let found = suggested(&world, Timestamp::default());
    assert_eq!((found.denied, found.suggestions.len()), (1, 0));
}

/// A bare name means a group of the Default domain.
#[test]
fn a_group_of_another_domain_is_not_suggested_by_its_bare_name() {
    let world = World::new();
    let (ours, root) = (Ocid::from(world.group("staff")), Ocid::from(world.tenancy()));
    let theirs = Ocid::from("ocid1.group.oc1..theirs");
    let (kept, time) = (
        [asked_from(ours.as_str(), root.as_str()), asked_from(theirs.as_str(), root.as_str())],
        world.now(),
    );
    let keep = world.app.write(move |_, tx| {
        let mut row = tx.resource(AT, &ours).unwrap().unwrap();
        (row.id, row.parent) = (theirs.clone(), Ocid::from("ocid1.domain.oc1..other"));
        (row.name, row.folded) = ("crew".to_owned(), "crew".to_owned());
        assert!(tx.insert(AT, &row).unwrap());
        for (asked, id) in kept.iter().zip(["a", "b"]) {
            asked.keep(tx, AT, time, id)?;
        }
        Ok::<_, Problem>(())
    });
    world.block_on(keep).unwrap();
    let found = suggested(&world, Timestamp::default());
    let expected = [
        "Allow group id ocid1.group.oc1..theirs to inspect users in tenancy",
        "Allow group staff to inspect users in tenancy",
    ];
    assert_eq!(statements(&found), expected);
}

#[test]
fn the_host_is_told_in_words_and_by_json() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let suggest = |more: &[&str]| {
        let place = ["policy", "suggest", "--data-dir", moving::word(&dir)];
        durward(&[&place[..], more].concat())
    };
    assert_eq!(end_of(&mut suggest(&[])), "0 refusals looked at\n");
    moving::change(&moving::store_of(&dir), |tx| {
        let tenancy = tx.tenancies().unwrap()[0].1.to_string();
        let asked = asked_from("ocid1.dynamicgroup.oc1..not-a-group", &tenancy);
        let noon = Timestamp::from_text("2026-11-27T12:00:00Z").unwrap();
        asked.keep(tx, AT, noon, "R/1/2").unwrap();
        Ok(())
    });
    let said = end_of(&mut suggest(&["--since", "2026-11-27T12:00:00Z"]));
    let expected = "1 refusal, 1 caller: ListUsers\n  \
                    in no group: put these into one, and name it for GROUP\n    \
                    ocid1.user.oc1..ann\n  \
                    Allow group GROUP to inspect users in tenancy\n\n1 refusal looked at\n";
    assert_eq!(said, expected);
    let said = end_of(&mut suggest(&["--since", "2026-11-27T12:00:01Z"]));
    assert_eq!(said, "0 refusals looked at\n");
    let json: Value = serde_json::from_str(&end_of(&mut suggest(&["--json"]))).unwrap();
    let one = &json[0]["suggestions"][0];
    assert_eq!((&one["group"], &one["refusals"]), (&Value::Null, &json!(1)));
    let said = refusal(&mut suggest(&["--since", "yesterday"]));
    assert!(said.contains("this is no moment"), "{said}");
}
