//! Conditions of policies, from outside: what each variable grants, and what it does not.

use crate::world::{Caller, World};
use iam_api::Ocid;
use serde_json::{Value, json};

/// Somebody whose one statement can be set, and others whom it may be about.
struct Scene {
    world: World,
    eve: Caller,
    group: String,
    policy: String,
    ann: Ocid,
    bob: Ocid,
}

impl Scene {
    fn new() -> Self {
        let world = World::with_domains_but_no_mail();
        let (ann, bob, eve) = (world.user("ann"), world.user("bob"), world.user("eve"));
        let eve = world.give_key(&eve, 1);
        let group = world.group("Watchers");
        world.join(&eve.user, &group);
        let policy =
            world.policy("p", &["allow any-user to {USER_SUPPORT_ACCOUNT_LINK} in tenancy"]);
        Self { world, eve, group, policy, ann, bob }
    }

    /// Sets what eve is granted, and under which condition.
    fn grant(&self, what: &str, condition: &str) {
        let text = format!("allow group Watchers to {what} in tenancy where {condition}");
        let path = format!("/policies/{}", self.policy);
        let body = json!({"statements": [text]});
        self.world.put(&self.world.administrator(), &path, &body, &[]).ok();
    }

    fn get(&self, path: &str) -> u16 {
        self.world.get(&self.eve, path).status
    }

    fn post(&self, path: &str, body: &Value) -> u16 {
        self.world.post(&self.eve, path, body).status
    }

    fn sees(&self, user: &Ocid) -> bool {
        match self.get(&format!("/users/{user}")) {
            200 => true,
            404 => false,
            other => panic!("{other}"),
        }
    }

    fn lists(&self) -> bool {
        self.get(&format!("/users?compartmentId={}", self.world.tenancy())) == 200
    }

    fn details(&self, name: &str) -> Value {
        json!({"compartmentId": self.world.tenancy(), "name": name, "description": "test"})
    }

    /// Puts a tag on what stands at that path.
    fn tag(&self, path: &str, value: &str) {
        let body = json!({"definedTags": {"Ops": {"Team": value}}});
        self.world.put(&self.world.administrator(), path, &body, &[]).ok();
    }
}

#[test]
fn a_user_who_is_named_is_the_one_and_no_list_holds_them() {
    let scene = Scene::new();
    let (ann, bob) = (scene.ann.as_str(), scene.bob.as_str());
    for (condition, sees_ann, sees_bob) in [
        (format!("target.user.id = '{ann}'"), true, false),
        (format!("target.user.id != '{ann}'"), false, true),
        (format!("target.user.id in ('{ann}', '{bob}')"), true, true),
        ("target.user.name = 'ANN'".to_owned(), true, false),
        ("target.user.name != 'ann'".to_owned(), false, true),
        ("target.user.name = /a*/".to_owned(), true, false),
        ("target.group.name != 'x'".to_owned(), false, false),
        ("target.group.id != 'x'".to_owned(), false, false),
        ("target.policy.name != 'x'".to_owned(), false, false),
    ] {
        scene.grant("inspect users", &condition);
        let seen = (scene.sees(&scene.ann), scene.sees(&scene.bob), scene.lists());
        assert_eq!(seen, (sees_ann, sees_bob, false), "{condition}");
    }
}

#[test]
fn what_is_made_has_a_name_and_no_ocid_yet() {
    let scene = Scene::new();
    let user = |name: &str| {
        let mut body = scene.details(name);
        body["email"] = json!("x@example.com");
        scene.post("/users", &body)
    };
    scene.grant("manage users", "target.user.name = 'carl'");
    assert_eq!((user("dora"), user("carl")), (404, 200));
    scene.grant("manage users", "target.user.id != 'x'");
    assert_eq!(user("dora"), 404);
    let group = |name: &str| scene.post("/groups", &scene.details(name));
    scene.grant("manage groups", "all {target.group.name = /lab*/, target.group.member = 'false'}");
    assert_eq!((group("home"), group("lab-1")), (404, 200));
    scene.grant("manage groups", "target.group.id != 'x'");
    assert_eq!(group("lab-2"), 404);
    let policy = |name: &str, date: Value| {
        let mut body = scene.details(name);
        body["statements"] = json!(["allow group Watchers to inspect groups in tenancy"]);
        body["versionDate"] = date;
        scene.post("/policies", &body)
    };
    scene.grant("manage policies", "target.policy.name = 'mine'");
    assert_eq!((policy("yours", json!(null)), policy("mine", json!(null))), (404, 200));
    scene.grant("manage policies", "target.policy.autoupdate = 'false'");
    assert_eq!((policy("p1", json!(null)), policy("p2", json!("2026-01-01"))), (404, 200));
    scene.grant("manage policies", "target.policy.autoupdate");
    assert_eq!((policy("p3", json!("2026-01-01")), policy("p4", json!(""))), (404, 200));
    scene.grant("manage policies", "target.policy.type = 'deny'");
    assert_eq!(policy("p5", json!(null)), 404);
    scene.grant("manage policies", "target.policy.type != 'deny'");
    assert_eq!(policy("p5", json!(null)), 200);
    scene.grant("manage policies", "target.policy.id != 'x'");
    assert_eq!(policy("p6", json!(null)), 404);
    let space = |name: &str| scene.post("/tagNamespaces", &scene.details(name));
    scene.grant("manage tag-namespaces", "target.tag-namespace.name = 'Lab'");
    assert_eq!((space("Home"), space("Lab")), (404, 200));
}

#[test]
fn who_is_put_into_a_group_counts_and_so_does_the_group() {
    let scene = Scene::new();
    let (world, admin) = (&scene.world, scene.world.administrator());
    let other = world.group("Others");
    let needs = "{USER_UPDATE, GROUP_UPDATE, USER_INSPECT, GROUP_INSPECT}";
    let join = |user: &Ocid, group: &str| {
        let body = json!({"userId": user, "groupId": group});
        world.post(&scene.eve, "/userGroupMemberships", &body)
    };
    scene.grant(needs, "all {target.group.name != 'Others', target.user.name != 'bob'}");
    assert_eq!(join(&scene.ann, &other).status, 404);
    assert_eq!(join(&scene.bob, &scene.group).status, 404);
    let made = join(&scene.ann, &scene.group).ok().id();
    let path = format!("/userGroupMemberships/{made}");
    assert_eq!(scene.get(&path), 200);
    scene.grant(needs, "target.user.name = 'bob'");
    assert_eq!(scene.get(&path), 404);
    assert_eq!(world.delete(&scene.eve, &path, &[]).code().0, 404);
    scene.grant(needs, "target.group.member");
    assert_eq!(join(&scene.bob, &other).status, 404);
    assert_eq!(scene.get(&format!("/groups/{other}")), 404);
    assert_eq!(scene.get(&format!("/groups/{}", scene.group)), 200);
    assert_eq!(world.delete(&scene.eve, &path, &[]).status, 204);
    world.get(&admin, &format!("/groups/{other}")).ok();
}

#[test]
fn the_caller_is_known_by_what_the_server_knows() {
    let scene = Scene::new();
    let (eve, group) = (scene.eve.user.as_str(), scene.group.as_str());
    let list = format!("/domains?compartmentId={}", scene.world.tenancy());
    let domain = scene.world.get(&scene.world.administrator(), &list).ok().id_of_first();
    let root = scene.world.tenancy();
    for (condition, holds) in [
        (format!("request.user.id = '{eve}'"), true),
        (format!("request.user.id = '{}'", scene.ann), false),
        (format!("request.principal.id = '{eve}'"), true),
        ("request.user.name = 'Eve'".to_owned(), true),
        ("request.user.name = 'ann'".to_owned(), false),
        ("request.principal.type = 'user'".to_owned(), true),
        ("request.principal.type != 'user'".to_owned(), false),
        (format!("request.groups.id = '{group}'"), true),
        ("request.groups.name = 'watchers'".to_owned(), true),
        ("request.groups.name != 'Watchers'".to_owned(), false),
        ("request.dynamicgroup.id != 'x'".to_owned(), false),
        ("request.dynamicgroup.name != 'x'".to_owned(), false),
        (format!("request.domain.id = '{domain}'"), true),
        ("request.domain.name = 'default'".to_owned(), true),
        ("request.domain.name != 'Default'".to_owned(), false),
        (format!("request.principal.compartment.id = '{root}'"), true),
        ("request.principal.compartment.id = 'x'".to_owned(), false),
        ("request.instance.id != 'x'".to_owned(), false),
        ("request.instance.compartment.id != 'x'".to_owned(), false),
        ("request.resource.compartment.id != 'x'".to_owned(), false),
        ("request.operation = 'GetUser'".to_owned(), true),
        ("request.operation != 'getuser'".to_owned(), false),
        ("request.region = 'iad'".to_owned(), true),
        ("request.region != 'IAD'".to_owned(), false),
        (format!("target.tenant.id = '{root}'"), true),
        ("target.tenant.name = 'acme'".to_owned(), true),
        ("target.tenant.name != 'acme'".to_owned(), false),
        (format!("target.compartment.id = '{root}'"), true),
        ("target.compartment.name != 'x'".to_owned(), true),
        ("target.resource.domain.name = 'Default'".to_owned(), true),
        (format!("target.resource.domain.id != '{domain}'"), false),
        ("request.user.mfaTotpVerified = 'true'".to_owned(), false),
        ("request.user.mfaTotpVerified != 'true'".to_owned(), false),
        ("not request.user.mfaTotpVerified".to_owned(), true),
    ] {
        scene.grant("inspect users", &condition);
        assert_eq!(scene.sees(&scene.ann), holds, "{condition}");
    }
}

#[test]
fn tags_of_the_target_its_compartment_and_the_callers_groups_count() {
    let scene = Scene::new();
    let (world, root) = (&scene.world, scene.world.tenancy());
    let space = world.tag_namespace("Ops");
    world.tag(&space, "Team", &json!({}));
    scene.tag(&format!("/users/{}", scene.ann), "red");
    scene.grant("inspect users", "target.resource.tag.ops.team = 'RED'");
    let seen = (scene.sees(&scene.ann), scene.sees(&scene.bob), scene.lists());
    assert_eq!(seen, (true, false, false));
    scene.grant("inspect users", "target.resource.tag.ops.team != 'red'");
    assert!(!scene.sees(&scene.ann) && !scene.sees(&scene.bob), "untagged is not known");
    scene.grant("inspect users", "request.principal.group.tag.Ops.Team = 'blue'");
    assert!(!scene.sees(&scene.bob));
    scene.tag(&format!("/groups/{}", scene.group), "blue");
    assert!(scene.sees(&scene.bob) && scene.lists());
    // A compartment's tags count for lists too, and not for those below.
    let (red, below) = (world.compartment_in(root, "red"), "below");
    let below = world.compartment_in(&red, below);
    scene.tag(&format!("/compartments/{red}"), "red");
    let list = |compartment: &str| scene.get(&format!("/policies?compartmentId={compartment}"));
    scene.grant("read policies", "target.resource.compartment.tag.Ops.Team = 'red'");
    assert_eq!((list(&red), list(&below), list(root)), (200, 404, 404));
    scene.grant("read policies", &format!("target.compartment.id = '{red}'"));
    assert_eq!((list(&red), list(root)), (404, 404), "lists have no target");
    let show = |compartment: &str| scene.get(&format!("/compartments/{compartment}"));
    scene.grant("inspect compartments", "target.compartment.name = 'red'");
    assert_eq!((show(&red), show(&below)), (200, 404));
}

#[test]
fn the_time_is_that_of_the_server() {
    let scene = Scene::new();
    // It is noon of a Monday, 2026-11-23.
    for (condition, now, later) in [
        ("request.utc-timestamp before '2026-11-23T13:00:00Z'", true, false),
        ("request.utc-timestamp after '2026-11-23T13:00Z'", false, true),
        ("request.utc-timestamp between 2026-11-23Z and 2026-11-24Z", true, false),
        ("request.utc-timestamp.day-of-week = 'Monday'", true, false),
        ("request.utc-timestamp.day-of-month = '24'", false, true),
        ("request.utc-timestamp.month-of-year in ('11')", true, true),
        ("request.utc-timestamp.time-of-day between '22:00:00Z' and '05:00:00Z'", false, true),
    ] {
        scene.grant("inspect users", condition);
        assert_eq!(scene.sees(&scene.ann), now, "{condition}");
        scene.world.pass(13 * 60 * 60);
        assert_eq!(scene.sees(&scene.ann), later, "{condition}, later");
        scene.world.pass(-13 * 60 * 60);
    }
}

#[test]
fn each_kind_of_target_is_known_by_name_and_ocid() {
    let scene = Scene::new();
    let (world, admin) = (&scene.world, scene.world.administrator());
    let mut rule = scene.details("machines");
    rule["matchingRule"] = json!("instance.compartment.id = 'x'");
    let dynamic = world.post(&admin, "/dynamicGroups", &rule).ok().id();
    let space = world.tag_namespace("Ops");
    let list = format!("/domains?compartmentId={}", world.tenancy());
    let domain = world.get(&admin, &list).ok().id_of_first();
    let swift = format!("/users/{}/swiftPasswords", scene.ann);
    let smtp = format!("/users/{}/smtpCredentials", scene.ann);
    let keys = format!("/users/{}/customerSecretKeys", scene.ann);
    let policy = scene.policy.clone();
    for (what, variable, right, path) in [
        (
            "inspect dynamic-groups",
            "dynamicgroup.id",
            &*dynamic,
            format!("/dynamicGroups/{dynamic}"),
        ),
        (
            "inspect dynamic-groups",
            "dynamicgroup.name",
            "machines",
            format!("/dynamicGroups/{dynamic}"),
        ),
        ("inspect tag-namespaces", "tag-namespace.id", &space, format!("/tagNamespaces/{space}")),
        (
            "inspect tag-namespaces",
            "tag-namespace.name",
            "ops",
            format!("/tagNamespaces/{space}/tags"),
        ),
        ("read domains", "domain.id", &domain, format!("/domains/{domain}")),
        ("read domains", "domain.name", "default", format!("/domains/{domain}")),
        ("read policies", "policy.id", &policy, format!("/policies/{policy}")),
        ("read policies", "policy.name", "p", format!("/policies/{policy}")),
        ("read policies", "policy.type", "allow", format!("/policies/{policy}")),
        ("read policies", "policy.autoupdate", "true", format!("/policies/{policy}")),
        ("inspect groups", "group.id", &scene.group, format!("/groups/{}", scene.group)),
        ("inspect groups", "group.name", "Watchers", format!("/groups/{}", scene.group)),
        ("read users", "credential.type", "swift", swift.clone()),
        ("read users", "credential.type", "secretkey", keys),
        ("inspect credentials", "credential.type", "smtp", smtp),
    ] {
        scene.grant(what, &format!("target.{variable} = '{right}'"));
        assert_eq!(scene.get(&path), 200, "{variable}");
        scene.grant(what, &format!("target.{variable} != '{right}'"));
        assert_eq!(scene.get(&path), 404, "{variable}");
    }
    scene.grant("read users", "target.credential.type != 'smtp'");
    assert_eq!(scene.get(&swift), 200);
    assert_eq!(scene.get(&format!("/users/{}/authTokens", scene.ann)), 404);
}

#[test]
fn what_is_deleted_in_bulk_is_looked_at_one_by_one() {
    let scene = Scene::new();
    let (world, shelf) = (&scene.world, scene.world.compartment_in(scene.world.tenancy(), "shelf"));
    let policy = |name: &str| {
        let mut body = scene.details(name);
        body["compartmentId"] = json!(shelf);
        body["statements"] = json!(["allow any-user to read groups in compartment shelf"]);
        world.post(&world.administrator(), "/policies", &body).ok().id()
    };
    let (one, two) = (policy("one"), policy("two"));
    let delete = |ids: &[&str]| {
        let each = ids.iter().map(|id| json!({"identifier": id, "entityType": "Policy"}));
        let body = json!({"resources": each.collect::<Vec<_>>()});
        scene.post(&format!("/compartments/{shelf}/actions/bulkDeleteResources"), &body)
    };
    // Unknown of the compartment, and so granted by neither; what speaks of the compartment is.
    scene.grant("{COMPARTMENT_DELETE, POLICY_DELETE}", "target.policy.name = 'one'");
    assert_eq!(delete(&[&one]), 404);
    scene.grant(
        "{COMPARTMENT_DELETE, POLICY_DELETE}",
        "any {not target.policy.name, target.policy.name = 'one'}",
    );
    assert_eq!(delete(&[&one, &two]), 404);
    assert_eq!(delete(&[&two]), 404);
    assert_eq!(delete(&[&one]), 202);
}

#[test]
fn no_header_and_no_tag_is_taken_for_what_the_server_knows() {
    let scene = Scene::new();
    let world = &scene.world;
    scene.grant("inspect users", "request.user.name = 'ann'");
    let target = format!("/20160918/users/{}", scene.ann);
    for header in ["request.user.name", "request-user-name", "x-request.user.name"] {
        let answer = world.send_with(&scene.eve, "GET", &target, None, &[(header, "ann")]);
        assert_eq!(answer.status, 404, "{header}");
    }
    let space = world.tag_namespace("request");
    world.tag(&space, "user", &json!({}));
    let body = json!({"definedTags": {"request": {"user": "ann"}}, "freeformTags": {"request.user.name": "ann"}});
    world.put(&world.administrator(), &format!("/groups/{}", scene.group), &body, &[]).ok();
    assert!(!scene.sees(&scene.ann));
}
