//! Requests that cross from one tenancy of an installation into another: what both must say, and
//! that nothing else lets anybody through.

use crate::denials::is_absent;
use crate::moving::word;
use crate::process::{durward, end_of, init, refusal};
use crate::world::{Answer, Caller, World};
use iam_api::Problem;
use iam_core::deny;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Two tenancies: `ann` is in the group `ann-group` of the first; the other has an administrator, a
/// compartment `Shared` and the user `cleo`.
struct Two {
    world: World,
    ann: Caller,
    group: String,
    there: Caller,
    shared: String,
    cleo: String,
}

impl Two {
    fn new() -> Self {
        let world = World::new();
        let ann = world.caller_with("ann", 1, &["allow group them to inspect users in tenancy"]);
        let groups = format!("/groups?compartmentId={}&name=ann-group", world.tenancy());
        let group = world.get(&world.administrator(), &groups).ok().json()[0]["id"].clone();
        let there = world.other_tenancy();
        let make = |kind: &str, name: &str| {
            let body = json!({"compartmentId": there.tenancy, "name": name, "description": "-"});
            world.post(&there, kind, &body).ok().id().to_owned()
        };
        let (shared, cleo) = (make("/compartments", "Shared"), make("/users", "cleo"));
        let group = group.as_str().unwrap().to_owned();
        Self { world, ann, group, there, shared, cleo }
    }

    /// Writes a policy; answers its OCID.
    fn policy(&self, who: &Caller, name: &str, statements: &[&str]) -> String {
        let body = json!({"compartmentId": who.tenancy, "name": name, "description": "-",
                          "statements": statements});
        self.world.post(who, "/policies", &body).ok().id().to_owned()
    }

    fn endorse(&self, statement: &str) -> String {
        let define = format!("Define tenancy There as {}", self.there.tenancy);
        self.policy(&self.world.administrator(), "endorse", &[&define, statement])
    }

    fn admit(&self, statement: &str) -> String {
        let home = format!("Define tenancy Home as {}", self.ann.tenancy);
        let group = format!("Define group Guests as {}", self.group);
        self.policy(&self.there, "admit", &[&home, &group, statement])
    }

    fn drop_policy(&self, who: &Caller, id: &str) {
        self.world.delete(who, &format!("/policies/{id}"), &[]).ok();
    }

    /// Ann looks at the other tenancy's user.
    fn look(&self) -> Answer {
        self.world.get(&self.ann, &format!("/users/{}", self.cleo))
    }

    /// Ann makes a group there.
    fn make(&self, name: &str) -> Answer {
        let body = json!({"compartmentId": self.there.tenancy, "name": name, "description": "-"});
        self.world.post(&self.ann, "/groups", &body)
    }
}

const ENDORSE: &str = "Endorse group ann-group to manage all-resources in tenancy There";
const ADMIT: &str = "Admit group Guests of tenancy Home to manage all-resources in tenancy";

#[test]
fn both_tenancies_must_say_so_and_either_ends_it_at_once() {
    let two = Two::new();
    assert!(is_absent(&two.look()));
    let endorsed = two.endorse(ENDORSE);
    assert!(is_absent(&two.look()));
    let admitted = two.admit(ADMIT);
    assert_eq!(two.look().ok().json()["name"], "cleo");
    two.drop_policy(&two.there, &admitted);
    assert!(is_absent(&two.look()));
    two.admit(ADMIT);
    assert!(!is_absent(&two.look()));
    two.drop_policy(&two.world.administrator(), &endorsed);
    assert!(is_absent(&two.look()));
}

#[test]
fn only_what_both_give_is_given() {
    let two = Two::new();
    two.endorse("Endorse group ann-group to read users in tenancy There");
    two.admit(ADMIT);
    assert!(!is_absent(&two.look()));
    assert!(is_absent(&two.make("no")));
    let delete = two.world.delete(&two.ann, &format!("/users/{}", two.cleo), &[]);
    assert!(is_absent(&delete));
    let list = two.world.get(&two.ann, &format!("/users?compartmentId={}", two.there.tenancy));
    assert_eq!(list.ok().json().as_array().unwrap().len(), 2);
}

#[test]
fn what_a_tenancy_allows_everyone_it_allows_its_own_people_alone() {
    let two = Two::new();
    two.endorse(ENDORSE);
    two.policy(&two.there, "open", &["Allow any-user to manage all-resources in tenancy"]);
    assert!(is_absent(&two.look()));
    assert!(is_absent(&two.make("no")));
}

#[test]
fn nobody_else_comes_along() {
    let two = Two::new();
    two.endorse(ENDORSE);
    two.admit(ADMIT);
    let ben = two.world.caller_with("ben", 2, &["allow group them to manage users in tenancy"]);
    let path = format!("/users/{}", two.cleo);
    assert!(is_absent(&two.world.get(&ben, &path)));
    // Not even those who may do everything at home: they are not endorsed.
    assert!(is_absent(&two.world.get(&two.world.administrator(), &path)));
    // And nobody comes the other way.
    let back = two.world.get(&two.there, &format!("/users/{}", two.ann.user));
    assert!(is_absent(&back));
}

#[test]
fn into_a_compartment_is_not_into_the_tenancy() {
    let two = Two::new();
    two.endorse("Endorse group ann-group to manage policies in any-tenancy");
    two.admit("Admit any-group of tenancy Home to manage policies in compartment Shared");
    let write = |compartment: &str| {
        let body = json!({"compartmentId": compartment, "name": "theirs", "description": "-",
            "statements": [format!("Allow any-group to read users in compartment id {compartment}")]});
        two.world.post(&two.ann, "/policies", &body)
    };
    assert!(is_absent(&write(two.there.tenancy.as_str())));
    let made = write(&two.shared).ok().id().to_owned();
    let events = two.world.get(&two.there, &format!("/policies/{made}"));
    assert_eq!(events.ok().json()["compartmentId"], two.shared.as_str());
    // It is in the other tenancy's trail, with the stranger as the one who did it.
    let at = two.there.tenancy.clone();
    let lines = two.world.block_on(two.world.app.read(move |_, tx| {
        let at = tx.tenancy(at.as_str()).unwrap().unwrap();
        Ok::<_, iam_api::Problem>(tx.audit_tail(at, 2).unwrap())
    }));
    let lines = lines.unwrap();
    let line = lines.iter().find(|line| line.target == made).unwrap();
    assert_eq!((line.actor.as_str(), line.event.as_str()), (two.ann.user.as_str(), "CreatePolicy"));
}

#[test]
fn what_is_endorsed_in_a_compartment_is_not_in_the_tenancy() {
    let two = Two::new();
    let there = format!("Define tenancy There as {}", two.there.tenancy);
    let shared = format!("Define compartment Ours as {}", two.shared);
    let endorse =
        "Endorse group ann-group to manage all-resources in compartment Ours of tenancy There";
    two.policy(&two.world.administrator(), "endorse", &[&there, &shared, endorse]);
    two.admit(ADMIT);
    let show = |id: &str| two.world.get(&two.ann, &format!("/compartments/{id}"));
    assert!(is_absent(&show(two.there.tenancy.as_str())));
    assert_eq!(show(&two.shared).ok().json()["name"], "Shared");
}

#[test]
fn conditions_know_both_sides() {
    let two = Two::new();
    two.endorse(
        "Endorse group ann-group to manage users in tenancy There \
         where all {request.user.name = 'ann', target.tenant.id != 'x'}",
    );
    let admitted = two.admit(
        "Admit group Guests of tenancy Home to manage users in tenancy \
         where all {request.user.name = 'ann', target.user.name = 'cleo', \
                    request.groups.name = 'ann-group'}",
    );
    let is_known = two.world.get(&two.ann, &format!("/users/{}", two.cleo)).status == 200;
    assert!(is_known);
    let admin = two.world.get(&two.ann, &format!("/users/{}", two.there.user));
    assert!(is_absent(&admin));
    two.drop_policy(&two.there, &admitted);
    two.admit(
        "Admit group Guests of tenancy Home to manage users in tenancy \
         where request.user.name = 'ben'",
    );
    assert!(is_absent(&two.look()));
}

#[test]
fn a_group_that_is_made_anew_is_another_one() {
    let two = Two::new();
    two.endorse(ENDORSE);
    two.admit(ADMIT);
    let admin = two.world.administrator();
    let members =
        format!("/userGroupMemberships?compartmentId={}&groupId={}", admin.tenancy, two.group);
    let member = two.world.get(&admin, &members).ok().json()[0]["id"].clone();
    two.world
        .delete(&admin, &format!("/userGroupMemberships/{}", member.as_str().unwrap()), &[])
        .ok();
    assert!(is_absent(&two.look()));
    two.world.join(&two.ann.user, &two.group);
    assert!(!is_absent(&two.look()));
}

#[test]
fn what_is_about_the_caller_stays_at_home() {
    let two = Two::new();
    two.endorse(ENDORSE);
    two.admit(ADMIT);
    let own = two.world.get(&two.ann, &format!("/tenancies/{}", two.ann.tenancy));
    assert!(is_absent(&own)); // she may only inspect users
    let there = two.world.get(&two.ann, &format!("/tenancies/{}", two.there.tenancy));
    assert_eq!(there.ok().json()["name"], "globex");
}

#[test]
fn what_is_not_defined_is_refused_with_what_to_write() {
    let two = Two::new();
    let refused = |statements: &[&str]| {
        let body = json!({"compartmentId": two.ann.tenancy, "name": "no", "description": "-",
                          "statements": statements});
        let answer = two.world.post(&two.world.administrator(), "/policies", &body);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{}", answer.text);
        answer.text("message").to_owned()
    };
    let define = format!("Define tenancy T as {}", two.there.tenancy);
    for (statements, wanted) in [
        (
            vec!["Endorse any-user to read users in tenancy T"],
            "the tenancy `T` is not defined in this policy; write `Define tenancy T as <its OCID>` \
             before it",
        ),
        (
            vec![&define, "Endorse any-user to read users in compartment C of tenancy T"],
            "the compartment `C` is not defined in this policy",
        ),
        (
            vec![&define, "Admit group G of tenancy T to read users in tenancy"],
            "the group `G` is not defined in this policy; it is another tenancy's",
        ),
        (vec!["Admit any-user to read users in tenancy"], "this admits everyone of no tenancy"),
        (
            vec![&define, "Define tenancy t as ocid1.tenancy.oc1..other"],
            "the tenancy `t` is defined twice in this policy",
        ),
    ] {
        let said = refused(&statements);
        assert!(said.starts_with(wanted), "{said}");
    }
    let body = |statement: &str| -> Value {
        json!({"compartmentId": two.shared, "name": "low", "description": "-",
               "statements": [statement]})
    };
    let low = body("Endorse any-group to read users in any-tenancy");
    let said = two.world.post(&two.there, "/policies", &low).text("message").to_owned();
    assert!(said.starts_with("`Endorse` needs a policy attached to the tenancy"), "{said}");
}

#[test]
fn what_either_denies_is_not_given() {
    let two = Two::new();
    for who in [&two.world.administrator(), &two.there] {
        let (root, by) = (who.tenancy.clone(), who.user.clone());
        two.world
            .block_on(two.world.app.write(move |app, tx| -> Result<(), Problem> {
                let at = tx.tenancy(root.as_str()).unwrap().unwrap();
                deny::choose(tx, &app.context, at, by.clone())
            }))
            .unwrap();
    }
    two.endorse(ENDORSE);
    two.admit(ADMIT);
    assert!(!is_absent(&two.look()));
    let (home, there) = (&two.world.administrator(), &two.there);
    for (who, denies) in [
        (home, "Deny endorse group ann-group to inspect users in any-tenancy"),
        (there, "Deny admit any-user of any-tenancy to inspect users in tenancy"),
        (there, "Deny any-user to inspect users in tenancy"),
    ] {
        let policy = two.policy(who, "deny", &[denies]);
        assert!(is_absent(&two.look()), "{denies}");
        two.drop_policy(who, &policy);
        assert!(!is_absent(&two.look()));
    }
    // What the first says of its own tenancy says nothing of the other.
    two.policy(home, "deny", &["Deny any-user to inspect users in tenancy"]);
    assert!(!is_absent(&two.look()));
}

#[test]
fn the_host_adds_a_tenancy_with_an_administrator_of_its_own() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let config = dir.join("config");
    let create = |name: &str, profile: &str| {
        durward(&[
            "tenancy",
            "create",
            "--tenancy-name",
            name,
            "--profile",
            profile,
            "--config-file",
            word(&config),
            "--data-dir",
            word(&dir),
        ])
    };
    let said = end_of(&mut create("partner", "PARTNER"));
    assert!(said.starts_with("Tenancy         partner  ocid1.tenancy."), "{said}");
    let text = std::fs::read_to_string(&config).unwrap();
    assert!(text.contains("[DEFAULT]") && text.contains("[PARTNER]"), "{text}");
    assert!(dir.join("PARTNER_api_key.pem").exists());
    let said = refusal(&mut create("Partner", "OTHER"));
    assert!(said.contains("there is a tenancy `Partner` already"), "{said}");
    assert!(!dir.join("OTHER_api_key.pem").exists());
    let said = refusal(&mut create("third", "PARTNER"));
    assert!(said.contains("already has a profile `PARTNER`"), "{said}");
    // Both have an administrator called `admin`.
    let user = |more: &[&str]| {
        durward(&[&["user", "unblock", "admin", "--data-dir", word(&dir)][..], more].concat())
    };
    let said = refusal(&mut user(&[]));
    assert!(said.contains("several tenancies have a user `admin`"), "{said}");
    end_of(&mut user(&["--tenancy", "PARTNER"]));
    let said = refusal(&mut user(&["--tenancy", "nobody"]));
    assert!(said.contains("there is no tenancy `nobody`"), "{said}");
    end_of(&mut durward(&["verify", "--data-dir", word(&dir)]));
}
