//! `opc-retry-token`, alike for every operation that creates.

use crate::world::{Answer, World, key};
use iam_api::{Method, OPERATIONS, Ocid, Spec};
use serde_json::{Value, json};

/// What makes another one each time: nothing about it has to be unique.
const HAS_NO_NAME: [&str; 7] = [
    "CreateOrResetUIPassword",
    "CreateAuthToken",
    "CreateSwiftPassword",
    "CreateCustomerSecretKey",
    "CreateSmtpCredential",
    "CreateOAuthClientCredential",
    "CreateDbCredential",
];

/// An operation's id, and a valid request for it: where, and with what body.
type Case = (&'static str, String, Option<Value>);

/// A valid request for every operation that takes a retry token.
fn requests(world: &World) -> Vec<Case> {
    let (ann, team) = (world.user("ann"), world.group("team"));
    let base = json!({"compartmentId": world.tenancy(), "name": "new", "description": "x"});
    let mut policy = base.clone();
    policy["statements"] = json!(["allow any-user to inspect users in tenancy"]);
    let member = json!({"userId": ann, "groupId": team});
    let mut all = for_devices(world, &ann); // first, since their code is one for a moment only
    all.extend([
        ("CreateUser", "/users".into(), Some(base.clone())),
        ("CreateGroup", "/groups".into(), Some(base)),
        ("CreatePolicy", "/policies".into(), Some(policy)),
        ("AddUserToGroup", "/userGroupMemberships".into(), Some(member)),
    ]);
    all.extend(for_places(world));
    all.extend(for_compartments(world));
    all.extend(for_tags(world));
    all.extend(for_credentials(ann.as_str()));
    all.extend(for_domains(world));
    let provider = json!({"compartmentId": world.tenancy(), "name": "new", "description": "x",
                          "productType": "IDCS", "protocol": "SAML2",
                          "metadataUrl": "https://idp.example.com/metadata",
                          "metadata": crate::objects::metadata()});
    let mut other = provider.clone();
    other["name"] = json!("other");
    let made = world.post(&world.administrator(), "/identityProviders", &other).ok().id();
    all.push(("CreateIdentityProvider", "/identityProviders".into(), Some(provider)));
    let mapping = json!({"idpGroupName": "staff", "groupId": team});
    let path = format!("/identityProviders/{made}/groupMappings");
    all.push(("CreateIdpGroupMapping", path, Some(mapping)));
    all
}

fn for_places(world: &World) -> Vec<Case> {
    let new =
        |name: &str| json!({"compartmentId": world.tenancy(), "name": name, "description": "x"});
    let mut machines = new("machines");
    machines["matchingRule"] = json!("tag.ops.role.value");
    let regions = format!("/tenancies/{}/regionSubscriptions", world.tenancy());
    vec![
        ("CreateDynamicGroup", "/dynamicGroups".into(), Some(machines)),
        ("CreateNetworkSource", "/networkSources".into(), Some(new("office"))),
        ("CreateRegionSubscription", regions, Some(json!({"regionKey": "PHX"}))),
    ]
}

fn for_domains(world: &World) -> Vec<Case> {
    let body = |name: &str| {
        json!({"compartmentId": world.tenancy(), "displayName": name, "description": "x",
               "homeRegion": "us-ashburn-1", "licenseType": "free"})
    };
    let admin = world.administrator();
    let make = |name: &str| {
        world.post(&admin, "/domains", &body(name)).ok();
        world.work();
        let path = format!("/domains?compartmentId={}&name={name}", world.tenancy());
        world.get(&admin, &path).ok().id_of_first()
    };
    let act = |id: &str, action: &str| format!("/domains/{id}/actions/{action}");
    let asleep = make("asleep");
    world.send(&admin, "POST", &format!("/20160918{}", act(&asleep, "deactivate")), None).ok();
    world.work();
    let there = world.compartment_in(world.tenancy(), "there");
    let (copied, licensed) =
        (json!({"replicaRegion": "us-phoenix-1"}), json!({"licenseType": "premium"}));
    let moved = json!({"compartmentId": there});
    vec![
        ("CreateDomain", "/domains".to_owned(), Some(body("new"))),
        ("ActivateDomain", act(&asleep, "activate"), None),
        ("DeactivateDomain", act(&make("a"), "deactivate"), None),
        ("ChangeDomainCompartment", act(&make("b"), "changeCompartment"), Some(moved)),
        ("ChangeDomainLicenseType", act(&make("c"), "changeLicenseType"), Some(licensed)),
        ("EnableReplicationToRegion", act(&make("d"), "enableReplicationToRegion"), Some(copied)),
    ]
}

fn for_compartments(world: &World) -> Vec<Case> {
    let to_root = world.tenancy();
    let new = |name: &str, parent: &str| json!({"compartmentId": parent, "name": name, "description": "x"});
    let make = |name: &str, parent: &str| {
        world.post(&world.administrator(), "/compartments", &new(name, parent)).ok().id()
    };
    let shelf = make("shelf", to_root);
    let inner = make("inner", &shelf);
    let resources = json!([{"identifier": inner, "entityType": "Compartment"}]);
    let of = |id: &str, action: &str| format!("/compartments/{id}/actions/{action}");
    vec![
        ("CreateCompartment", "/compartments".into(), Some(new("new", to_root))),
        (
            "MoveCompartment",
            of(&inner, "moveCompartment"),
            Some(json!({"targetCompartmentId": to_root})),
        ),
        (
            "BulkDeleteResources",
            of(&shelf, "bulkDeleteResources"),
            Some(json!({"resources": resources})),
        ),
        (
            "BulkMoveResources",
            of(&shelf, "bulkMoveResources"),
            Some(json!({"resources": resources, "targetCompartmentId": to_root})),
        ),
    ]
}

fn for_tags(world: &World) -> Vec<Case> {
    let root = world.tenancy();
    let tag = json!({"name": "new", "description": "x"});
    let new = json!({"compartmentId": root, "name": "new", "description": "x"});
    let lock = json!({"type": "DELETE"});
    let namespace = world.tag_namespace("Ops");
    let of_namespace = |action: &str| format!("/tagNamespaces/{namespace}/{action}");
    let [one, two] = ["One", "Two"].map(|name| world.tag(&namespace, name, &json!({})));
    let of_default =
        |tag: &str| json!({"compartmentId": root, "tagDefinitionId": tag, "value": "x"});
    let default = world.post(&world.administrator(), "/tagDefaults", &of_default(&one)).ok().id();
    let of_one = |action: &str| format!("/tagDefaults/{default}/actions/{action}");
    let retired = |name: &str| {
        let id = world.tag_namespace(name);
        let tag = world.tag(&id, "Old", &json!({}));
        let path = format!("/tagNamespaces/{id}");
        world.put(&world.administrator(), &path, &json!({"isRetired": true}), &[]).ok();
        (id, tag)
    };
    let ((doomed, _), (_, old)) = (retired("Doomed"), retired("Attic"));
    let edits = json!([{"operationType": "REMOVE", "definedTags": {"Ops": {"Two": ""}}}]);
    let resources = json!([{"id": world.group("tagged"), "resourceType": "Group"}]);
    vec![
        (
            "CascadeDeleteTagNamespace",
            format!("/tagNamespaces/{doomed}/actions/cascadeDelete"),
            None,
        ),
        (
            "BulkDeleteTags",
            "/tags/actions/bulkDelete".into(),
            Some(json!({"tagDefinitionIds": [old]})),
        ),
        (
            "BulkEditTags",
            "/tags/actions/bulkEdit".into(),
            Some(json!({"compartmentId": root, "bulkEditOperations": edits,
                        "resources": resources})),
        ),
        (
            "ImportStandardTags",
            "/tags/actions/importStandardTags".into(),
            Some(json!({"compartmentId": root, "standardTagNamespaceName": "Oracle-Standard"})),
        ),
        ("CreateTagNamespace", "/tagNamespaces".into(), Some(new)),
        ("CreateTag", of_namespace("tags"), Some(tag)),
        ("CreateTagDefault", "/tagDefaults".into(), Some(of_default(&two))),
        ("AddTagDefaultLock", of_one("addLock"), Some(lock.clone())),
        ("RemoveTagDefaultLock", of_one("removeLock"), Some(lock.clone())),
        ("AddTagNamespaceLock", of_namespace("actions/addLock"), Some(lock.clone())),
        ("RemoveTagNamespaceLock", of_namespace("actions/removeLock"), Some(lock)),
        (
            "ChangeTagNamespaceCompartment",
            of_namespace("actions/changeCompartment"),
            Some(json!({"compartmentId": root})),
        ),
    ]
}

fn for_credentials(user: &str) -> Vec<Case> {
    let of = |path: &str| format!("/users/{user}/{path}");
    let words = |field: &str| Some(json!({field: "backup job"}));
    let scopes = json!([{"audience": "shop", "scope": "read"}]);
    let database = json!({"password": "For-my-2-databases", "description": "d"});
    let client = json!({"name": "n", "description": "d", "scopes": scopes});
    vec![
        ("CreateAuthToken", of("authTokens"), words("description")),
        ("CreateSwiftPassword", of("swiftPasswords"), words("description")),
        ("CreateCustomerSecretKey", of("customerSecretKeys"), words("displayName")),
        ("CreateSmtpCredential", of("smtpCredentials"), words("description")),
        ("CreateOAuthClientCredential", of("oauth2ClientCredentials"), Some(client)),
        ("CreateDbCredential", of("dbCredentials"), Some(database)),
        ("UploadApiKey", of("apiKeys"), Some(json!({"key": key(1).public_key_pem()}))),
        ("CreateOrResetUIPassword", of("uiPassword"), None),
    ]
}

fn path_of(id: &str) -> &'static str {
    OPERATIONS.iter().find(|spec| spec.id == id).unwrap().path
}

fn for_devices(world: &World, without: &Ocid) -> Vec<Case> {
    let (admin, with) = (world.administrator(), world.user("with-a-device"));
    let of = |user: &Ocid| format!("/users/{user}/mfaTotpDevices");
    let made = world.send(&admin, "POST", &format!("/20160918{}", of(&with)), None).ok();
    let activate = format!("{}/{}/actions/activate", of(&with), made.id());
    let code = json!({"totpToken": world.code(&made.text("seed"))});
    vec![
        ("ActivateMfaTotpDevice", activate, Some(code)),
        ("CreateMfaTotpDevice", of(without), None),
    ]
}

#[test]
fn a_repeated_request_is_answered_alike_and_does_nothing_for_every_operation_that_posts() {
    let world = World::with_domains_but_no_mail();
    let admin = world.administrator();
    let requests = requests(&world);
    // Recovering twice is refused, and two seeds or secrets are as good as one: OCI has no token
    // for them. A check is as safe without one.
    let has_none = ["RecoverCompartment", "ResetIdpScimClient", "GenerateTotpSeed"];
    let is_repeated = |spec: &&&Spec| !has_none.contains(&spec.id) && !spec.reads();
    let posts = OPERATIONS.iter().filter(|spec| spec.method == Method::Post).filter(is_repeated);
    assert!(posts.clone().all(|spec| spec.param("opc-retry-token").is_some()));
    let mut known: Vec<&str> = posts.map(|spec| spec.id).collect();
    let mut tested: Vec<&str> = requests.iter().map(|(id, _, _)| *id).collect();
    known.sort_unstable();
    tested.sort_unstable();
    assert_eq!(tested, known);
    for (id, path, body) in requests {
        let target = format!("/20160918{path}");
        let token = [("opc-retry-token", id)];
        let first = world.send_with(&admin, "POST", &target, body.as_ref(), &token).ok();
        world.pass(60);
        let second = world.send_with(&admin, "POST", &target, body.as_ref(), &token).ok();
        assert_eq!(second.seen(), first.seen(), "{id}");
        let third = world.send(&admin, "POST", &target, body.as_ref());
        if first.status == 202 {
            let work = |answer: &Answer| answer.header("opc-work-request-id").map(str::to_owned);
            assert_ne!(work(&third), work(&first), "a request without a token is another one");
        } else if HAS_NO_NAME.contains(&id) {
            assert_ne!(third.text, first.text, "a request without a token is another one");
        } else if id == "CreateMfaTotpDevice" {
            assert_eq!(third.code(), (400, "LimitExceeded".into()), "there is one");
        } else if id == "ChangeTagNamespaceCompartment" {
            assert_eq!(third.status, 204, "it is there");
        } else {
            assert_eq!(third.status, 409, "{id}: it exists, or is gone");
        }
        if let Some(mut other) = body {
            let field = other.as_object().unwrap().keys().next_back().unwrap().clone();
            other[&field] = json!("another");
            let answer = world.send_with(&admin, "POST", &target, Some(&other), &token);
            assert!(answer.status >= 400, "{id}: the token is another request's");
        }
        if path.contains("/tag") {
            world.work(); // one deletion of tags at a time
        }
    }
}

#[test]
fn a_token_whose_work_was_undone_since_is_refused_for_every_operation_that_creates() {
    let world = World::with_domains_but_no_mail();
    let admin = world.administrator();
    // Tags and their namespaces are retired before they are deleted, and domains
    // deactivated; regions are never left.
    let creates = |id: &str| {
        let kept = [
            "CreateOrResetUIPassword",
            "CreateTagNamespace",
            "CreateTag",
            "CreateRegionSubscription",
            "CreateDomain",
        ];
        !kept.contains(&id) && !path_of(id).contains("/actions/")
    };
    let creating = requests(&world).into_iter().filter(|(id, ..)| creates(id));
    for (id, path, body) in creating {
        let token = [("opc-retry-token", id)];
        let send =
            || world.send_with(&admin, "POST", &format!("/20160918{path}"), body.as_ref(), &token);
        let made = send().ok().json();
        let name = made.get("id").or_else(|| made.get("fingerprint")).unwrap().as_str().unwrap();
        world.delete(&admin, &format!("{path}/{name}"), &[]).ok();
        world.work();
        assert_eq!(send().code(), (409, "InvalidatedRetryToken".into()), "{id}");
        assert_eq!(send().code(), (409, "InvalidatedRetryToken".into()), "{id}: and stays so");
        world.send(&admin, "POST", &format!("/20160918{path}"), body.as_ref()).ok();
        // A key that is uploaded anew is the same key, and what was answered is true again.
        let expected = if id == "UploadApiKey" { 200 } else { 409 };
        assert_eq!(send().status, expected, "{id}");
    }
}

#[test]
fn a_token_for_another_body_is_refused() {
    let world = World::new();
    let admin = world.administrator();
    let token = [("opc-retry-token", "t")];
    let body = |name: &str| {
        json!({"compartmentId": world.tenancy(), "name": name,
                                   "description": "x"})
    };
    let send =
        |name: &str| world.send_with(&admin, "POST", "/20160918/groups", Some(&body(name)), &token);
    send("one").ok();
    assert_eq!(send("two").code(), (409, "InvalidatedRetryToken".into()));
    world.pass(24 * 60 * 60);
    send("two").ok();
}

#[test]
fn a_request_that_failed_may_be_repeated_with_its_token() {
    let world = World::new();
    let admin = world.administrator();
    let token = [("opc-retry-token", "t")];
    let body = json!({"compartmentId": world.tenancy(), "name": "one", "description": "x"});
    let send = || world.send_with(&admin, "POST", "/20160918/groups", Some(&body), &token);
    let group = world.group("one");
    assert_eq!(send().status, 409);
    world.delete(&admin, &format!("/groups/{group}"), &[]).ok();
    send().ok();
}

#[test]
fn who_has_lost_the_right_is_not_given_the_answer_again() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let bob = world.caller_with("bob", 1, &["allow group them to manage users in tenancy"]);
    let (target, token) = (format!("/20160918/users/{ann}/uiPassword"), [("opc-retry-token", "t")]);
    world.send_with(&bob, "POST", &target, None, &token).ok();
    let list = format!("/policies?compartmentId={}&name=bob-policy", world.tenancy());
    let policy = world.get(&admin, &list).ok().id_of_first();
    world.delete(&admin, &format!("/policies/{policy}"), &[]).ok();
    assert_eq!(world.send_with(&bob, "POST", &target, None, &token).status, 404);
}

#[test]
fn a_token_has_1_to_64_printable_characters() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let target = format!("/20160918/users/{ann}/uiPassword");
    let send =
        |token: &str| world.send_with(&admin, "POST", &target, None, &[("opc-retry-token", token)]);
    for good in ["a", "~!'\"{}", &"t".repeat(64)] {
        send(good).ok();
    }
    for bad in ["", "a b", "a\tb", "é", &"t".repeat(65)] {
        assert_eq!(send(bad).code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
    let twice = [("opc-retry-token", "a"), ("opc-retry-token", "a")];
    let answer = world.send_with(&admin, "POST", &target, None, &twice);
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
}

#[test]
fn a_token_survives_a_restart() {
    let world = World::new();
    let (admin, ann) = (world.administrator(), world.user("ann"));
    let (target, token) = (format!("/20160918/users/{ann}/uiPassword"), [("opc-retry-token", "t")]);
    let first = world.send_with(&admin, "POST", &target, None, &token).ok();
    let world = world.restart();
    let second = world.send_with(&admin, "POST", &target, None, &token).ok();
    assert_eq!(first.text, second.text);
}
