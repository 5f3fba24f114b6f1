//! Authorization, from the table: every operation, and whoever asks for it.

use crate::objects::{Objects, Plain, credentials};
use crate::world::{Answer, Caller, World};
use iam_api::{Method, OPERATIONS, Own, Spec};
use iam_policy::{PermissionSet, ResourceType, Verb};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What users may do to what is their own without a policy: a promise, so it stands here once more.
const SELF_SERVICE: [&str; 36] = [
    "GetUser",
    "UpdateUser",
    "CreateOrResetUIPassword",
    "GetUserUIPasswordInformation",
    "UploadApiKey",
    "ListApiKeys",
    "DeleteApiKey",
    "CreateAuthToken",
    "ListAuthTokens",
    "UpdateAuthToken",
    "DeleteAuthToken",
    "CreateSwiftPassword",
    "ListSwiftPasswords",
    "UpdateSwiftPassword",
    "DeleteSwiftPassword",
    "CreateCustomerSecretKey",
    "ListCustomerSecretKeys",
    "UpdateCustomerSecretKey",
    "DeleteCustomerSecretKey",
    "CreateSmtpCredential",
    "ListSmtpCredentials",
    "UpdateSmtpCredential",
    "DeleteSmtpCredential",
    "CreateOAuthClientCredential",
    "ListOAuthClientCredentials",
    "UpdateOAuthClientCredential",
    "DeleteOAuthClientCredential",
    "CreateMfaTotpDevice",
    "GetMfaTotpDevice",
    "ListMfaTotpDevices",
    "ActivateMfaTotpDevice",
    "GenerateTotpSeed",
    "DeleteMfaTotpDevice",
    "CreateDbCredential",
    "ListDbCredentials",
    "DeleteDbCredential",
];

/// What no operation needs.
const NEEDLESS: &str = "{USER_SUPPORT_ACCOUNT_LINK}";

/// What operations need beside their row's permissions, elsewhere than on their target.
const ELSEWHERE: [(&str, &str); 4] = [
    ("CreateTagDefault", "TAG_NAMESPACE_USE"),
    ("UpdateTagDefault", "TAG_NAMESPACE_USE"),
    ("BulkEditTags", "TAG_NAMESPACE_USE"),
    ("BulkEditTags", "GROUP_UPDATE"),
];

/// Somebody with key 1 in a group of theirs, whose rights can be set.
struct Scene {
    world: World,
    objects: Objects,
    eve: Caller,
    policy: String,
}

impl Scene {
    fn new() -> Self {
        let world = World::with_domains_but_no_mail();
        let objects = Objects::make(&world, &world.administrator(), 2);
        let eve = world.caller_with("eve", 1, &["allow group them to {USER_READ} in tenancy"]);
        let list = format!("/policies?compartmentId={}&name=eve-policy", world.tenancy());
        let policy = world.get(&world.administrator(), &list).ok().id_of_first();
        let scene = Self { world, objects, eve, policy };
        scene.grant(NEEDLESS);
        scene
    }

    /// Sets what eve is granted in the tenancy, and nothing else.
    fn grant(&self, what: &str) {
        self.grant_all(&[what.to_owned()]);
    }

    fn grant_all(&self, what: &[String]) {
        let allow = |what| format!("allow group eve-group to {what} in tenancy");
        let body = json!({"statements": what.iter().map(allow).collect::<Vec<_>>()});
        let path = format!("/policies/{}", self.policy);
        self.world.put(&self.world.administrator(), &path, &body, &[]).ok();
    }

    /// As many in each statement as one may list.
    fn grant_permissions<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        let names: Vec<&str> = names.into_iter().collect();
        let lists = names.chunks(iam_policy::LIST_MAX);
        let lists: Vec<String> = lists.map(|names| format!("{{{}}}", names.join(","))).collect();
        self.grant_all(&lists);
    }

    fn ask(&self, request: &Plain) -> Answer {
        request.send(&self.world, &self.eve)
    }
}

/// What the operation needs, each permission of it known.
fn needed(spec: &Spec) -> PermissionSet {
    PermissionSet::needed(spec.needs).unwrap_or_else(|| panic!("{}: {:?}", spec.id, spec.needs))
}

/// The permissions of services that Durward does not have.
fn needless() -> PermissionSet {
    let others = ResourceType::all().filter(|found| found.service() != "IAM and Audit");
    let grants = others.map(|found| found.grants(Verb::Manage));
    grants.fold(PermissionSet::default(), PermissionSet::union)
}

fn assert_not_found(answer: &Answer, what: &str) {
    assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()), "{what}: {answer:?}");
}

#[test]
fn every_operation_is_refused_to_all_who_lack_a_signature_or_one_permission_that_it_needs() {
    let scene = Scene::new();
    let host = [("host".to_owned(), crate::world::HOST.to_owned())];
    let impostor = Caller {
        key: Arc::clone(&scene.world.administrator().key),
        key_id: scene.eve.key_id.clone(),
        ..scene.world.administrator()
    };
    for spec in OPERATIONS {
        scene.grant(NEEDLESS);
        let request = scene.objects.request(spec);
        let (method, target) = (spec.method.as_str(), request.target());
        let refused = scene.world.send_raw(method, &target, &host, request.bytes());
        assert_eq!(refused.code(), (401, "NotAuthenticated".into()), "{}", spec.id);
        let forged = request.send(&scene.world, &impostor);
        assert_eq!(forged.seen(), refused.seen(), "{}: a bad signature", spec.id);
        assert_not_found(&scene.ask(&request), spec.id);
        // One that needs everything is not asked for without each permission of other services.
        for need in needed(spec).without(needless()).names() {
            scene.grant_permissions(PermissionSet::all().names().filter(|name| *name != need));
            assert_not_found(&scene.ask(&request), &format!("{} without {need}", spec.id));
        }
    }
}

#[test]
fn every_operation_is_done_for_who_has_exactly_what_it_needs() {
    let mut scene = Scene::new();
    for spec in OPERATIONS {
        if spec.method == Method::Delete {
            scene = Scene::new(); // in which nothing yet keeps it from being deleted
        }
        let elsewhere = ELSEWHERE.iter().filter(|(id, _)| *id == spec.id).map(|(_, need)| *need);
        scene.grant_permissions(needed(spec).names().chain(elsewhere));
        let answer = scene.ask(&scene.objects.request(spec));
        assert_eq!(answer.status, spec.success(), "{}: {answer:?}", spec.id);
        if spec.path.contains("/tag") || spec.path.starts_with("/20160918/domains") {
            scene.world.work(); // one deletion of tags at a time, and one change of a domain
        }
        if spec.method == Method::Delete {
            scene = Scene::new();
        }
    }
}

#[test]
fn what_is_needed_elsewhere_than_on_the_target_is_needed() {
    let scene = Scene::new();
    for spec in OPERATIONS {
        let elsewhere = || ELSEWHERE.iter().filter(|(id, _)| *id == spec.id).map(|(_, need)| *need);
        for missing in elsewhere() {
            let others = elsewhere().filter(|need| *need != missing);
            scene.grant_permissions(needed(spec).names().chain(others));
            let answer = scene.ask(&scene.objects.request(spec));
            let code = "RelatedResourceNotAuthorizedOrNotFound";
            assert_eq!(answer.code(), (400, code.into()), "{}", spec.id);
        }
    }
}

#[test]
fn every_operation_needs_a_permission_of_its_own() {
    for spec in OPERATIONS {
        assert!(!needed(spec).is_empty(), "{}", spec.id);
    }
}

#[test]
fn everyone_serves_themselves_with_their_own_credentials_and_nothing_more() {
    let is_about_a_user = |spec: &&&Spec| spec.path.contains("{userId}");
    for spec in OPERATIONS.iter().filter(is_about_a_user) {
        let scene = Scene::new();
        let (world, eve) = (&scene.world, &scene.eve);
        let own = scene.objects.request(spec);
        world.send(eve, "POST", &format!("/20160918/users/{}/uiPassword", eve.user), None).ok();
        let own = own.naming(("userId", crate::objects::Part::Parameter), eve.user.as_str());
        let mut things = credentials(world, &world.administrator(), eve.user.as_str());
        things.push(("fingerprint", eve.key.fingerprint()));
        let place = |name| own.places().into_iter().find(|(known, _)| *known == name);
        let named = things.iter().find_map(|(name, id)| Some((place(*name)?, id)));
        let mut own = named.map_or(own.clone(), |(place, id)| own.naming(place, id));
        let thing = |wanted: &str| &things.iter().find(|(name, _)| *name == wanted).unwrap().1;
        if own.body.as_ref().is_some_and(|body| body.get("totpToken").is_some()) {
            own = own.naming(("totpToken", crate::objects::Part::Body), thing("totpToken"));
        }
        if spec.id == "CreateMfaTotpDevice" {
            let (user, device) = (&eve.user, thing("mfaTotpDeviceId")); // there can be one
            world.delete(eve, &format!("/users/{user}/mfaTotpDevices/{device}"), &[]).ok();
        }
        let answer = scene.ask(&own);
        if SELF_SERVICE.contains(&spec.id) {
            assert_eq!(answer.status, spec.success(), "{}: {answer:?}", spec.id);
            assert_ne!(spec.own, Own::Nothing);
        } else {
            assert_not_found(&answer, spec.id);
            assert_eq!(spec.own, Own::Nothing);
        }
    }
    let others = OPERATIONS.iter().filter(|spec| !is_about_a_user(spec));
    assert!(others.clone().count() > 20);
    for spec in others {
        assert_eq!(spec.own, Own::Nothing, "{}", spec.id);
    }
}

#[test]
fn what_is_forbidden_and_what_is_not_there_look_the_same() {
    let scene = Scene::new();
    let absent = |place: &str| -> Vec<String> {
        let ocid = |kind: &str| iam_api::Ocid::new(kind, &[9; 32]).to_string();
        let mut ids = vec![ocid("user"), ocid("nothing"), "x".into(), "..x".into(), "%20".into()];
        ids.push("ocid1.user.oc1..".into());
        ids.push("a'%20OR%201=1--".into());
        ids.push("é".bytes().map(|byte| format!("%{byte:02X}")).collect());
        ids.push("x".repeat(2_000));
        // Things that are there, but of another kind.
        for other in ["userId", "groupId", "policyId", "userGroupMembershipId"] {
            if place != other {
                ids.extend(scene.objects.named(other).map(str::to_owned));
            }
        }
        ids
    };
    for spec in OPERATIONS {
        let request = scene.objects.request(spec);
        let forbidden = scene.ask(&request);
        assert_not_found(&forbidden, spec.id);
        for place in request.places() {
            for id in absent(place.0) {
                let answer = scene.ask(&request.naming(place, &id));
                assert_eq!(answer.seen(), forbidden.seen(), "{} {place:?} {id}", spec.id);
            }
        }
    }
}

#[test]
fn even_to_an_administrator_a_thing_of_another_kind_is_not_there() {
    let world = World::with_domains_but_no_mail();
    let admin = world.administrator();
    let objects = Objects::make(&world, &admin, 2);
    let before = objects.state(&world, &admin);
    let absent = iam_api::Ocid::new("user", &[9; 32]).to_string();
    for spec in OPERATIONS {
        let request = objects.request(spec);
        for place in request.places() {
            let not_there = request.naming(place, &absent).send(&world, &admin);
            for other in ["tenancyId", "userId", "groupId", "policyId", "userGroupMembershipId"] {
                let id = objects.named(other).unwrap();
                if objects.named(place.0) != Some(id) {
                    let answer = request.naming(place, id).send(&world, &admin);
                    assert_eq!(answer.seen(), not_there.seen(), "{} {place:?} {other}", spec.id);
                }
            }
        }
    }
    assert_eq!(objects.state(&world, &admin), before);
}

#[test]
fn to_another_tenancys_administrator_nothing_of_this_one_is_there() {
    let world = World::with_domains_but_no_mail();
    let (ours, theirs) = (world.administrator(), world.other_tenancy());
    let mine = Objects::make(&world, &ours, 2);
    let before = mine.state(&world, &ours);
    let there = Objects::make(&world, &theirs, 1);
    for spec in OPERATIONS {
        let request = there.request(spec);
        for place in request.places() {
            let Some(id) = mine.named(place.0) else { continue };
            let absent = iam_api::Ocid::new("user", &[9; 32]).to_string();
            let (foreign, absent) = (request.naming(place, id), request.naming(place, &absent));
            let (foreign, absent) = (foreign.send(&world, &theirs), absent.send(&world, &theirs));
            assert_eq!(foreign.seen(), absent.seen(), "{} {place:?}", spec.id);
            assert!(foreign.status != 200 || foreign.json() == json!([]), "{} {place:?}", spec.id);
        }
    }
    assert_eq!(mine.state(&world, &ours), before);
    let list = world.get(&theirs, &format!("/users?compartmentId={}&limit=1000", theirs.tenancy));
    assert!(!list.ok().text.contains(mine.named("userId").unwrap()));
}

/// Rounds in which a right is taken away and given back while others keep the caches warm.
const ROUNDS: usize = 25;

/// While other threads keep asking, `revoke` and `restore` take turns; the first request after
/// each sees it.
fn changes_are_seen_at_once(
    scene: &Scene,
    refused: u16,
    revoke: impl Fn(&World, &Caller),
    restore: impl Fn(&World, &Caller),
) {
    let (world, admin) = (&scene.world, scene.world.administrator());
    let users = format!("/users?compartmentId={}&limit=1", world.tenancy());
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let status = world.get(&scene.eve, &users).status;
                    assert!(status == 200 || status == refused, "{status}");
                    let path = format!("/20160918/users/{}/uiPassword", scene.eve.user);
                    world.send(&scene.eve, "POST", &path, None);
                }
            });
        }
        let rounds = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..ROUNDS {
                assert_eq!(world.get(&scene.eve, &users).status, 200, "before round {round}");
                revoke(world, &admin);
                assert_eq!(world.get(&scene.eve, &users).status, refused, "in round {round}");
                restore(world, &admin);
            }
        }));
        done.store(true, Ordering::Relaxed);
        if let Err(cause) = rounds {
            std::panic::resume_unwind(cause);
        }
    });
}

#[test]
fn a_policy_that_was_changed_counts_for_the_next_request() {
    let scene = Scene::new();
    scene.grant("inspect users");
    let revoke = |_: &World, _: &Caller| scene.grant("inspect groups");
    changes_are_seen_at_once(&scene, 404, revoke, |_, _| scene.grant("inspect users"));
}

#[test]
fn a_member_who_was_removed_has_lost_the_groups_rights_at_the_next_request() {
    let scene = Scene::new();
    scene.grant("inspect users");
    let (world, admin) = (&scene.world, scene.world.administrator());
    let list = format!(
        "/userGroupMemberships?compartmentId={}&userId={}",
        world.tenancy(),
        scene.eve.user
    );
    let group = world.get(&admin, &list).ok().json()[0]["groupId"].as_str().unwrap().to_owned();
    let revoke = |world: &World, admin: &Caller| {
        let id = world.get(admin, &list).ok().id_of_first();
        world.delete(admin, &format!("/userGroupMemberships/{id}"), &[]).ok();
    };
    let restore = |world: &World, _: &Caller| {
        world.join(&scene.eve.user, &group);
    };
    changes_are_seen_at_once(&scene, 404, revoke, restore);
}

#[test]
fn a_key_that_was_deleted_signs_nothing_from_the_next_request_on() {
    let scene = Scene::new();
    scene.grant("inspect users");
    let revoke = |world: &World, admin: &Caller| {
        let key = scene.eve.key.fingerprint();
        world.delete(admin, &format!("/users/{}/apiKeys/{key}", scene.eve.user), &[]).ok();
    };
    let restore = |world: &World, _: &Caller| {
        world.give_key(&scene.eve.user, 1);
    };
    changes_are_seen_at_once(&scene, 401, revoke, restore);
}

#[test]
fn a_capability_that_was_taken_away_is_gone_at_the_next_request() {
    let scene = Scene::new();
    scene.grant("inspect users");
    let set = |may: bool| {
        let path = format!("/users/{}/capabilities", scene.eve.user);
        move |world: &World, admin: &Caller| {
            world.put(admin, &path, &json!({"canUseApiKeys": may}), &[]).ok();
        }
    };
    changes_are_seen_at_once(&scene, 401, set(false), set(true));
}

#[test]
fn a_users_own_rights_end_where_anothers_id_begins() {
    let scene = Scene::new();
    for spec in OPERATIONS.iter().filter(|spec| spec.own != Own::Nothing) {
        assert_not_found(&scene.ask(&scene.objects.request(spec)), spec.id);
    }
}

#[test]
fn who_manages_groups_alone_cannot_enter_the_administrators() {
    let scene = Scene::new();
    scene.grant("manage groups");
    let world = &scene.world;
    let list = format!("/groups?compartmentId={}&name=Administrators", world.tenancy());
    let administrators = world.get(&scene.eve, &list).ok().id_of_first();
    let body = json!({"userId": scene.eve.user, "groupId": administrators});
    assert_not_found(&world.post(&scene.eve, "/userGroupMemberships", &body), "no USER_UPDATE");
}
