//! Authorization of the domain's interface, from its table: every operation, and whoever asks.

use super::{PATCH_URN, SEARCH_URN, USER_URN, schema};
use crate::console::CHOSEN;
use crate::world::{Answer, Caller, HOST, World};
use iam_api::scim::{self, Resource};
use iam_api::{Method, Own, Spec};
use iam_policy::PermissionSet;
use serde_json::{Value, json};

/// What users may do to themselves without a policy: a promise, so it stands here once more. The
/// last four act on the caller alone.
const SELF_SERVICE: [&str; 6] = [
    "GetUser",
    "PutUserPasswordResetter",
    "PutMePasswordChanger",
    "CreateMePasswordResetRequestor",
    "CreateMePasswordResetter",
    "CreateUserTokenValidator",
];

/// Eve, whose rights can be set, and what she acts on.
struct Scene {
    world: World,
    eve: Caller,
    ann: Value,
    policy: Value,
    rights: String,
}

impl Scene {
    fn new() -> Self {
        let world = World::with_domains();
        let admin = world.administrator();
        let eve = world.caller_with_email("eve", 1, "allow group them to {DOMAIN_MOVE} in tenancy");
        let ann = world.scim_user("ann", &json!({}));
        let body = json!({"schemas": [schema("PasswordPolicy")], "name": "Strict", "priority": 1});
        let policy = world.scim(&admin, "POST", "/PasswordPolicies", Some(&body)).ok().json();
        let list = format!("/policies?compartmentId={}&name=eve-policy", world.tenancy());
        let rights = world.get(&admin, &list).ok().id_of_first();
        Self { world, eve, ann, policy, rights }
    }

    fn grant<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        let names: Vec<&str> = names.into_iter().collect();
        let lists = names.chunks(iam_policy::LIST_MAX).map(|names| names.join(","));
        let allow = |list| format!("allow group eve-group to {{{list}}} in tenancy");
        let path = format!("/policies/{}", self.rights);
        let body = json!({"statements": lists.map(allow).collect::<Vec<_>>()});
        self.world.put(&self.world.administrator(), &path, &body, &[]).ok();
    }

    /// The id of what an operation acts on.
    fn id(&self, resource: &Resource) -> String {
        let of = |value: &Value| value["id"].as_str().unwrap().to_owned();
        match resource.name {
            "PasswordPolicy" => of(&self.policy),
            "NotificationSetting" => "NotificationSettings".to_owned(),
            "IdentitySetting" => "IdentitySettings".to_owned(),
            "NotificationTemplate" => "admin.user.create.success".to_owned(),
            _ => of(&self.ann),
        }
    }

    /// A request for an operation that would be done for who may.
    fn request(&self, resource: &Resource, spec: &Spec) -> (String, Option<Value>) {
        let path = match resource.id {
            Some(name) => spec.path.replace(&format!("{{{name}}}"), &self.id(resource)),
            None => spec.path.to_owned(),
        };
        (path, self.body(resource, spec))
    }

    fn body(&self, resource: &Resource, spec: &Spec) -> Option<Value> {
        if spec.path.ends_with("/.search") {
            return Some(json!({"schemas": [SEARCH_URN]}));
        }
        let mut body = match (spec.method, resource.name) {
            (Method::Get | Method::Delete, _) => return None,
            (Method::Patch, name) => {
                let path = match name {
                    "IdentitySetting" => "primaryEmailRequired",
                    _ => "description",
                };
                let value = if name == "IdentitySetting" { json!(true) } else { json!("x") };
                let operation = json!({"op": "add", "path": path, "value": value});
                return Some(json!({"schemas": [PATCH_URN], "Operations": [operation]}));
            }
            (Method::Post, "User") => json!({"userName": "new", "emails": [
                {"value": "new@example.com", "type": "work"}]}),
            (_, "User") => json!({"userName": "ann", "emails": [
                {"value": "ann@example.com", "type": "work"}]}),
            (Method::Post, "PasswordPolicy") => json!({"name": "New", "priority": 2}),
            (_, "PasswordPolicy") => json!({"name": "Strict", "priority": 1}),
            (_, "NotificationSetting") => json!({"notificationEnabled": true,
                "fromEmailAddress": {"value": "", "validate": "email"}, "eventSettings": []}),
            (_, "NotificationTemplate") => {
                json!({"subject": "s", "text": "{{ link }}", "html": "{{ link }}"})
            }
            (_, "UserPasswordChanger") => json!({"password": CHOSEN}),
            (_, "UserStatusChanger") => json!({"active": true}),
            (_, "UserLockedStateChanger") => json!({"userId": self.ann["id"], "locked": false}),
            (_, "MePasswordChanger") => json!({"password": CHOSEN, "oldPassword": "x"}),
            (_, "MePasswordResetRequestor") => {
                json!({"userName": "ann", "notificationType": "email"})
            }
            (_, "MePasswordResetter") => json!({"token": "x", "password": CHOSEN}),
            (_, "UserTokenValidator") => json!({"token": "x"}),
            _ => json!({}),
        };
        let urn = if resource.name == "User" { USER_URN } else { resource.schema };
        body["schemas"] = json!([urn]);
        Some(body)
    }

    fn ask(&self, caller: &Caller, resource: &Resource, spec: &Spec) -> Answer {
        let (path, body) = self.request(resource, spec);
        self.world.send(caller, spec.method.as_str(), &path, body.as_ref())
    }
}

/// Every operation with the resource type that it is of.
fn operations() -> impl Iterator<Item = (&'static Resource, &'static Spec)> {
    let of =
        |resource: &'static Resource| resource.operations.iter().map(move |spec| (resource, *spec));
    scim::RESOURCES.iter().copied().flat_map(of)
}

fn assert_not_found(answer: &Answer, what: &str) {
    let expected = (404, String::new(), "NotAuthorizedOrNotFound".into());
    assert_eq!(answer.scim_refusal(), expected, "{what}: {answer:?}");
}

#[test]
fn every_operation_is_refused_to_all_who_lack_a_signature_or_one_permission_that_it_needs() {
    let scene = Scene::new();
    let host = [("host".to_owned(), HOST.to_owned())];
    let impostor = Caller { key_id: scene.eve.key_id.clone(), ..scene.world.administrator() };
    assert!(operations().count() > 30);
    for (resource, spec) in operations() {
        scene.grant(["DOMAIN_MOVE"]);
        let (path, body) = scene.request(resource, spec);
        let bytes = body.map(|body| serde_json::to_vec(&body).unwrap()).unwrap_or_default();
        let unsigned = scene.world.send_raw(spec.method.as_str(), &path, &host, bytes);
        let expected = (401, String::new(), "NotAuthenticated".into());
        assert_eq!(unsigned.scim_refusal(), expected, "{}", spec.id);
        let forged = scene.ask(&impostor, resource, spec);
        assert_eq!(forged.seen(), unsigned.seen(), "{}: a bad signature", spec.id);
        for need in spec.needs {
            scene.grant(PermissionSet::all().names().filter(|name| name != need));
            let refused = scene.ask(&scene.eve, resource, spec);
            assert_not_found(&refused, &format!("{} without {need}", spec.id));
        }
    }
}

#[test]
fn every_operation_is_done_for_who_has_exactly_what_it_needs() {
    let mut scene = Scene::new();
    for (resource, spec) in operations().filter(|(_, spec)| !spec.needs.is_empty()) {
        scene.grant(spec.needs.iter().copied());
        let answer = scene.ask(&scene.eve, resource, spec);
        assert_eq!(answer.status, spec.success(), "{}: {answer:?}", spec.id);
        let typed = if answer.text.is_empty() { None } else { Some("application/scim+json") };
        assert_eq!(answer.header("content-type"), typed, "{}", spec.id);
        if spec.method == Method::Delete {
            scene = Scene::new(); // in which everything is there again
        }
    }
}

#[test]
fn every_operation_that_takes_a_version_refuses_a_stale_one() {
    let scene = Scene::new();
    let admin = scene.world.administrator();
    let versioned = |spec: &Spec| spec.param("if-match").is_some() && spec.path.contains('{');
    let mut count = 0;
    for (resource, spec) in operations().filter(|(_, spec)| versioned(spec)) {
        let (path, body) = scene.request(resource, spec);
        let stale = [("if-match", "0")];
        let method = spec.method.as_str();
        let refused = scene.world.send_with(&admin, method, &path, body.as_ref(), &stale);
        assert_eq!(refused.scim_refusal().0, 412, "{}: {refused:?}", spec.id);
        count += 1;
    }
    assert!(count > 12, "{count}");
}

#[test]
fn users_serve_themselves_where_it_says_so_and_nowhere_else() {
    let scene = Scene::new();
    for (resource, spec) in operations() {
        let own = spec.own != Own::Nothing;
        assert_eq!(own, SELF_SERVICE.contains(&spec.id), "{}", spec.id);
        assert_eq!(spec.needs.is_empty(), own && resource.id.is_none(), "{}", spec.id);
        // To others nobody does anything without a policy.
        if !spec.needs.is_empty() {
            assert_not_found(&scene.ask(&scene.eve, resource, spec), spec.id);
        }
    }
}

#[test]
fn what_is_not_there_looks_like_what_is_forbidden() {
    let scene = Scene::new();
    let admin = scene.world.administrator();
    let forbidden = scene.ask(&scene.eve, &scim::users::USERS, &scim::users::GET_USER.spec);
    assert_not_found(&forbidden, "GetUser");
    let group = scene.world.group("testers");
    for (resource, spec) in operations().filter(|(_, spec)| spec.path.contains('{')) {
        let body = scene.body(resource, spec);
        for absent in ["x", "0123456789abcdef0123456789abcdef", &group, scene.world.tenancy()] {
            let path = spec.path.replace(&format!("{{{}}}", resource.id.unwrap()), absent);
            let answer = scene.world.send(&admin, spec.method.as_str(), &path, body.as_ref());
            assert_eq!(answer.seen(), forbidden.seen(), "{} {absent}", spec.id);
        }
    }
}

#[test]
fn to_another_tenancys_administrator_nothing_of_this_one_is_there() {
    let scene = Scene::new();
    let world = &scene.world;
    let theirs = world.other_tenancy_with_domains();
    let before = world.scim(&world.administrator(), "GET", "/Users", None).ok().json();
    for (resource, spec) in operations().filter(|(_, spec)| spec.path.contains('{')) {
        if scene.id(resource) == scene.ann["id"] || resource.name == "PasswordPolicy" {
            assert_not_found(&scene.ask(&theirs, resource, spec), spec.id);
        }
    }
    let body = json!({"schemas": [schema("UserLockedStateChanger")], "userId": scene.ann["ocid"],
                      "locked": true});
    let refused = world.scim(&theirs, "POST", "/UserLockedStateChanger", Some(&body));
    assert_not_found(&refused, "locking");
    let users = world.scim(&theirs, "GET", "/Users", None).ok().json();
    assert_eq!(users["totalResults"], 1);
    let filter = format!("/Users?filter=ocid+eq+%22{}%22", scene.ann["ocid"].as_str().unwrap());
    assert_eq!(world.scim(&theirs, "GET", &filter, None).ok().json()["totalResults"], 0);
    assert_eq!(world.scim(&world.administrator(), "GET", "/Users", None).ok().json(), before);
    let ours = world.scim(
        &theirs,
        "POST",
        "/PasswordPolicies",
        Some(&json!({
        "schemas": [schema("PasswordPolicy")], "name": "P", "priority": 1,
        "groups": [{"value": world.group("testers")}]})),
    );
    assert!(ours.detail().contains("does not exist"), "{ours:?}");
}

#[test]
fn conditions_on_the_target_hold_here_as_in_the_identity_api() {
    let world = World::with_domains();
    let statement = "allow group them to manage users in tenancy \
                     where all {target.user.name != 'cleo', request.operation != 'DeleteUser'}";
    let eve = world.caller_with_email("eve", 1, statement);
    let path = |user: &Value| format!("/Users/{}", user["id"].as_str().unwrap());
    let (ann, cleo) = (world.scim_user("ann", &json!({})), world.scim_user("cleo", &json!({})));
    world.scim(&eve, "GET", &path(&ann), None).ok();
    let rename = json!([{"op": "replace", "path": "displayName", "value": "x"}]);
    world.patch(&eve, &path(&ann), &rename).ok();
    for refused in [
        world.scim(&eve, "GET", &path(&cleo), None),
        world.patch(&eve, &path(&cleo), &rename),
        world.scim(&eve, "DELETE", &path(&ann), None),
        // A list is about nobody in particular, so a condition on a name says nothing of it.
        world.scim(&eve, "GET", "/Users", None),
    ] {
        assert_eq!(refused.scim_refusal().0, 404, "{}", refused.text);
    }
}
