//! `/20160918/domains` and the actions below it that take a work request,
//! `/20160918/iamWorkRequests`, and what becomes of a domain's users.

use crate::console::{CHOSEN, signs_in};
use crate::world::{Answer, Caller, World};
use iam_api::Ocid;
use iam_core::verify::{Known, verify};
use serde_json::{Value, json};

fn body(world: &World, name: &str) -> Value {
    json!({"compartmentId": world.tenancy(), "displayName": name, "description": "test",
           "homeRegion": "us-ashburn-1", "licenseType": "free"})
}

/// Asks for a domain with these details besides what is required.
fn ask(world: &World, name: &str, more: &Value) -> Answer {
    let mut body = body(world, name);
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(&world.administrator(), "/domains", &body)
}

/// A domain of that name with an administrator `ann`, by its OCID.
fn with_ann(world: &World, name: &str) -> String {
    let more = json!({"adminUserName": "ann", "adminEmail": "ann@example.com",
                      "adminFirstName": "Ann", "adminLastName": "Bee"});
    ended(world, &ask(world, name, &more));
    of_name(world, name)
}

fn of_name(world: &World, name: &str) -> String {
    let path = format!("/domains?compartmentId={}&name={name}", world.tenancy());
    world.get(&world.administrator(), &path).ok().id_of_first()
}

fn read(world: &World, id: &str) -> Value {
    world.get(&world.administrator(), &format!("/domains/{id}")).ok().json()
}

fn act(world: &World, id: &str, action: &str, body: Option<&Value>) -> Answer {
    let path = format!("/20160918/domains/{id}/actions/{action}");
    world.send(&world.administrator(), "POST", &path, body)
}

fn delete(world: &World, id: &str) -> Answer {
    world.delete(&world.administrator(), &format!("/domains/{id}"), &[])
}

/// The work request that an accepted answer names.
fn work_of(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{answer:?}");
    answer.header("opc-work-request-id").unwrap().to_owned()
}

fn work(world: &World, id: &str) -> Answer {
    world.get(&world.administrator(), &format!("/iamWorkRequests/{id}")).ok()
}

/// What a work request that succeeded tells, once all are seen to.
fn ended(world: &World, answer: &Answer) -> Value {
    let id = work_of(answer);
    world.work();
    let seen = work(world, &id).json();
    assert_eq!(seen["status"], "SUCCEEDED", "{seen}: {}", errors(world, &id));
    seen
}

fn errors(world: &World, id: &str) -> Value {
    world.get(&world.administrator(), &format!("/iamWorkRequests/{id}/errors")).ok().json()
}

fn refused(answer: &Answer) {
    assert_eq!(answer.code(), (409, "Conflict".into()), "{answer:?}");
}

/// Sends a request to the domain's own address.
fn to_domain(
    world: &World,
    caller: &Caller,
    id: &str,
    (method, path): (&str, &str),
    body: Option<&Value>,
) -> Answer {
    let scim = Ocid::from(id).scim_id().unwrap();
    world.send(caller, method, &format!("/domains/{scim}/admin/v1{path}"), body)
}

fn users(world: &World, id: &str) -> Value {
    to_domain(world, &world.administrator(), id, ("GET", "/Users"), None).ok().json()
}

/// The OCID of the one user of a domain.
fn only_user(world: &World, id: &str) -> Ocid {
    let users = users(world, id);
    assert_eq!(users["totalResults"], 1, "{users}");
    Ocid::from(users["Resources"][0]["ocid"].as_str().unwrap())
}

/// Gives the user of a domain a password that can be signed in with.
fn set_password(world: &World, domain: &str, user: &Ocid) {
    let path = format!("/UserPasswordChanger/{}", user.scim_id().unwrap());
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:oracle:idcs:UserPasswordChanger"],
                      "password": CHOSEN});
    to_domain(world, &world.administrator(), domain, ("PUT", &path), Some(&body)).ok();
}

#[test]
fn a_domain_is_made_with_its_administrator_who_is_mailed_a_link() {
    let world = World::with_domains();
    world.app.context.public_url.set("https://iam.example.com".to_owned()).unwrap();
    let answer = ask(
        &world,
        "Partners",
        &json!({"adminUserName": "ann", "adminEmail": "ann@example.com", "adminLastName": "Bee",
                "isHiddenOnLogin": true, "freeformTags": {"a": "b"}}),
    );
    let request = work_of(&answer);
    let id = of_name(&world, "Partners");
    assert_eq!(read(&world, &id)["lifecycleState"], "CREATING");
    let waiting = work(&world, &request);
    assert_eq!(waiting.header("retry-after"), Some("60"));
    assert_eq!(
        waiting.json(),
        json!({"id": request, "operationType": "CREATE_DOMAIN", "status": "ACCEPTED",
               "compartmentId": world.tenancy(), "percentComplete": 0.0,
               "resources": [{"actionType": "IN_PROGRESS", "entityType": "Domain", "identifier": id}],
               "timeAccepted": "2026-11-23T12:00:00.000Z"})
    );
    assert!(world.letters().is_empty());
    let done = ended(&world, &answer);
    assert_eq!(done["resources"][0]["actionType"], "CREATED");
    let domain = read(&world, &id);
    let url =
        format!("https://iam.example.com/domains/{}", Ocid::from(id.as_str()).scim_id().unwrap());
    assert_eq!(
        domain,
        json!({"id": id, "compartmentId": world.tenancy(), "displayName": "Partners",
               "description": "test", "url": url, "homeRegionUrl": url,
               "homeRegion": "us-ashburn-1", "replicaRegions": [], "type": "SECONDARY",
               "licenseType": "free", "isHiddenOnLogin": true,
               "timeCreated": "2026-11-23T12:00:00.000Z", "lifecycleState": "ACTIVE",
               "freeformTags": {"a": "b"}, "definedTags": {}})
    );
    let letters = world.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "ann@example.com");
    let ann = &users(&world, &id)["Resources"][0];
    assert_eq!(ann["userName"], "ann");
    assert_eq!(ann["name"]["familyName"], "Bee");
    assert_eq!(ann["domainOcid"], json!(id));
    let location = ann["meta"]["location"].as_str().unwrap();
    assert!(location.starts_with(&format!("{url}/admin/v1/Users/")), "{location}");
    let listed =
        world.get(&world.administrator(), &format!("/users?compartmentId={}", world.tenancy()));
    assert!(
        !listed.ok().text.contains("\"ann\""),
        "the Identity API lists the Default domain's users"
    );
}

#[test]
fn what_a_domain_cannot_be_made_of_is_refused_at_once() {
    let world = World::with_domains();
    let invalid = [
        json!({"displayName": "a/b"}),
        json!({"displayName": ""}),
        json!({"displayName": " a"}),
        json!({"displayName": "x".repeat(101)}),
        json!({"description": "x".repeat(401)}),
        json!({"homeRegion": "nowhere-1"}),
        json!({"homeRegion": "us-gov-ashburn-1"}),
        json!({"licenseType": "gold"}),
        json!({"adminUserName": "a b", "adminEmail": "a@example.com"}),
        json!({"adminUserName": "ann", "adminEmail": "nobody"}),
        json!({"adminUserName": "ann", "adminEmail": "a@b", "adminLastName": "x".repeat(101)}),
    ];
    for more in invalid {
        let answer = ask(&world, "New", &more);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{more}");
    }
    for more in [json!({"adminEmail": "ann@example.com"}), json!({"adminUserName": "ann"})] {
        let answer = ask(&world, "New", &more);
        assert_eq!(answer.code(), (400, "MissingParameter".into()), "{more}");
    }
    let quiet = json!({"adminUserName": "ann", "isPrimaryEmailRequired": false});
    ended(&world, &ask(&world, "New", &quiet));
    for taken in ["new", "Default", "DEFAULT"] {
        refused(&ask(&world, taken, &json!({})));
    }
    for number in 0..8 {
        work_of(&ask(&world, &format!("d{number}"), &json!({})));
    }
    let answer = ask(&world, "eleventh", &json!({}));
    assert_eq!(answer.code(), (400, "LimitExceeded".into()));
    refused(&ask(&World::new(), "New", &json!({})));
}

#[test]
fn a_domains_users_have_names_addresses_and_ids_of_their_own_there() {
    let world = World::with_domains();
    let admin = world.administrator();
    let id = with_ann(&world, "Partners");
    let ann = only_user(&world, &id);
    let other = world.user_at("ann", "ann@example.com");
    let (scim, other) = (ann.scim_id().unwrap(), other.scim_id().unwrap());
    let status = |domain: Option<&str>, user: &str| {
        let path = format!("/Users/{user}");
        match domain {
            Some(domain) => to_domain(&world, &admin, domain, ("GET", &path), None).status,
            None => world.scim(&admin, "GET", &path, None).status,
        }
    };
    assert_eq!((status(Some(&id), &scim), status(Some(&id), &other)), (200, 404));
    assert_eq!((status(None, &scim), status(None, &other)), (404, 200));
    for filter in [
        "userName%20eq%20%22ann%22",
        "emails.value%20eq%20%22ann%40example.com%22",
        "userName%20sw%20%22a%22%20and%20active%20eq%20true",
    ] {
        let path = format!("/Users?filter={filter}");
        let found = to_domain(&world, &admin, &id, ("GET", &path), None).ok().json();
        assert_eq!(found["totalResults"], 1, "{filter}");
        assert_eq!(found["Resources"][0]["ocid"], json!(ann), "{filter}");
    }
    let path = format!("/Users?filter=id%20eq%20%22{other}%22");
    let found = to_domain(&world, &admin, &id, ("GET", &path), None).ok().json();
    assert_eq!(found["totalResults"], 0);
    // What all domains have in common is found at the Default domain's address alone.
    for path in
        ["/IdentitySettings/IdentitySettings", "/PasswordPolicies", "/NotificationTemplates"]
    {
        let answer = to_domain(&world, &admin, &id, ("GET", path), None);
        assert_eq!(answer.scim_refusal().0, 404, "{path}");
    }
    let default = of_name(&world, "Default");
    assert_eq!(to_domain(&world, &admin, &default, ("GET", "/Users"), None).status, 404);
    let theirs = world.other_tenancy_with_domains();
    assert_eq!(to_domain(&world, &theirs, &id, ("GET", "/Users"), None).status, 404);
}

#[test]
fn rights_to_a_domains_users_are_those_in_the_domains_compartment() {
    let world = World::with_domains_but_no_mail();
    let there = world.compartment_in(world.tenancy(), "there");
    let answer = ask(
        &world,
        "Partners",
        &json!({"compartmentId": there, "adminUserName": "ann", "isPrimaryEmailRequired": false}),
    );
    ended(&world, &answer);
    let list = format!("/domains?compartmentId={there}");
    let id = world.get(&world.administrator(), &list).ok().id_of_first();
    let ann = only_user(&world, &id);
    let eve =
        world.caller_with("eve", 1, &["allow group them to manage users in compartment there"]);
    assert_eq!(to_domain(&world, &eve, &id, ("GET", "/Users"), None).status, 200);
    assert_eq!(world.get(&eve, &format!("/users/{ann}")).status, 200);
    assert_eq!(world.scim(&eve, "GET", "/Users", None).status, 404);
    assert_eq!(world.get(&eve, &format!("/users/{}", world.administrator().user)).status, 404);
}

#[test]
fn of_a_deactivated_domain_nobody_signs_in_and_no_key_counts_until_it_is_active_again() {
    let world = World::with_domains();
    let id = with_ann(&world, "Partners");
    let ann = only_user(&world, &id);
    set_password(&world, &id, &ann);
    let caller = world.give_key(&ann, 1);
    let own = format!("/users/{ann}");
    assert!(signs_in(&world, "Partners/ann", CHOSEN) && signs_in(&world, "partners/ANN", CHOSEN));
    assert!(!signs_in(&world, "ann", CHOSEN) && !signs_in(&world, "Default/ann", CHOSEN));
    assert_eq!(world.get(&caller, &own).status, 200);
    let session = crate::session_tokens::session(&world, &caller);
    assert_eq!(world.get(&session, &own).status, 200);
    let mut visitor = crate::console::Visitor::new(&world);
    visitor.sign_in("Partners/ann", CHOSEN);
    let page = "/console/change-password"; // which others choose has to be changed
    assert_eq!(visitor.get(page).status, 200);

    let answer = act(&world, &id, "deactivate", None);
    assert_eq!(read(&world, &id)["lifecycleDetails"], "DEACTIVATING");
    assert_eq!(world.get(&caller, &own).status, 200, "it is not done yet");
    refused(&act(&world, &id, "deactivate", None));
    ended(&world, &answer);
    let seen = read(&world, &id);
    assert_eq!((&seen["lifecycleState"], seen.get("lifecycleDetails")), (&json!("INACTIVE"), None));
    assert!(!signs_in(&world, "Partners/ann", CHOSEN));
    assert_eq!(world.get(&caller, &own).status, 401);
    assert_eq!(world.get(&session, &own).status, 401);
    assert_eq!(visitor.get(page).status, 303);
    let admin = world.administrator();
    assert_eq!(to_domain(&world, &admin, &id, ("GET", "/Users"), None).status, 404);
    refused(&act(&world, &id, "deactivate", None));

    ended(&world, &act(&world, &id, "activate", None));
    assert_eq!(read(&world, &id)["lifecycleState"], "ACTIVE");
    assert!(signs_in(&world, "Partners/ann", CHOSEN));
    assert_eq!(world.get(&caller, &own).status, 200);
    assert_eq!(visitor.get(page).status, 303, "what had ended does not come back");
    assert_eq!(world.get(&session, &own).status, 401, "nor does this");
    refused(&act(&world, &id, "activate", None));
}

#[test]
fn a_link_that_was_mailed_leads_nowhere_while_the_domain_is_inactive() {
    let world = World::with_domains();
    let id = with_ann(&world, "Partners");
    let link = world.letters().remove(0).link.unwrap();
    let token = link.split_once("t=").unwrap().1.to_owned();
    let choose = || {
        let body = json!({"schemas": ["urn:ietf:params:scim:schemas:oracle:idcs:MePasswordResetter"],
                          "token": token, "password": CHOSEN});
        let admin = world.administrator();
        world.scim(&admin, "POST", "/MePasswordResetter", Some(&body)).status
    };
    ended(&world, &act(&world, &id, "deactivate", None));
    assert_eq!(choose(), 400);
    ended(&world, &act(&world, &id, "activate", None));
    assert_eq!(choose(), 201);
    assert!(signs_in(&world, "Partners/ann", CHOSEN));
}

#[test]
fn a_domain_is_deleted_with_all_its_users_and_nothing_of_them_is_left() {
    let world = World::with_domains();
    let admin = world.administrator();
    let id = with_ann(&world, "Partners");
    for number in 0..60 {
        let name = format!("user{number}");
        let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                          "userName": name, "emails": [{"value": format!("{name}@example.com"),
                          "type": "work", "primary": true}]});
        let made = to_domain(&world, &admin, &id, ("POST", "/Users"), Some(&user));
        assert_eq!(made.status, 201, "{made:?}");
    }
    let found = users(&world, &id);
    assert_eq!(found["totalResults"], 61);
    let ann = found["Resources"].as_array().unwrap().iter().find(|user| user["userName"] == "ann");
    let ann = Ocid::from(ann.unwrap()["ocid"].as_str().unwrap());
    world.give_key(&ann, 1);
    world.join(&ann, &world.group("friends"));
    refused(&delete(&world, &id));
    ended(&world, &act(&world, &id, "deactivate", None));
    let answer = delete(&world, &id);
    assert_eq!(read(&world, &id)["lifecycleState"], "DELETING");
    refused(&act(&world, &id, "activate", None));
    let done = ended(&world, &answer);
    assert_eq!(done["resources"][0]["actionType"], "DELETED");
    assert_eq!(world.get(&admin, &format!("/domains/{id}")).status, 404);
    assert_eq!(world.get(&admin, &format!("/users/{ann}")).status, 404);
    let lost = world.app.store.read(|tx| {
        let at = tx.tenancies().unwrap()[0].0;
        let all = tx.count_up_to(at, iam_store::ResourceKind::User, 100).unwrap();
        (all, tx.memberships_of_user(at, &ann, "", 10).unwrap().len())
    });
    assert_eq!(lost.unwrap(), (1, 0), "the administrator is left");
    let name =
        format!("/iamWorkRequests?compartmentId={}&resourceIdentifier={id}", world.tenancy());
    assert_eq!(world.get(&admin, &name).ok().json().as_array().unwrap().len(), 3);
    ended(&world, &ask(&world, "Partners", &json!({})));
    with_ann(&world, "Others");
    world.user_at("ann", "ann@example.com");
    let found = world.app.store.read(|tx| verify(tx, &Known::default(), &|_| {}));
    assert_eq!(found.unwrap().unwrap().told, Vec::<String>::new());
}

#[test]
fn the_default_domain_stays_where_and_what_it_is() {
    let world = World::with_domains();
    let id = of_name(&world, "Default");
    let there = world.compartment_in(world.tenancy(), "there");
    let put =
        |body: &Value| world.put(&world.administrator(), &format!("/domains/{id}"), body, &[]);
    refused(&act(&world, &id, "deactivate", None));
    refused(&delete(&world, &id));
    refused(&act(&world, &id, "changeCompartment", Some(&json!({"compartmentId": there}))));
    refused(&put(&json!({"displayName": "Other"})));
    refused(&act(&world, &id, "activate", None));
    ended(&world, &put(&json!({"displayName": "Default", "description": "ours"})));
    assert_eq!(read(&world, &id)["description"], "ours");
    assert!(world.get(&world.administrator(), "/users").status < 500);
}

#[test]
fn what_is_changed_of_a_domain_is_seen_when_its_work_request_has_ended() {
    let world = World::with_domains();
    let id = with_ann(&world, "Partners");
    let path = format!("/domains/{id}");
    let admin = world.administrator();
    let etag = world.get(&admin, &path).ok().etag();
    let change = json!({"displayName": "Friends", "description": "new", "isHiddenOnLogin": true,
                        "freeformTags": {"k": "v"}});
    let answer = world.put(&admin, &path, &change, &[("if-match", &etag)]);
    assert_eq!(read(&world, &id)["displayName"], "Partners");
    assert_eq!(read(&world, &id)["lifecycleDetails"], "UPDATING");
    assert_eq!(ended(&world, &answer)["operationType"], "UPDATE_DOMAIN");
    let seen = read(&world, &id);
    for (field, value) in change.as_object().unwrap() {
        assert_eq!(&seen[field], value);
    }
    assert_eq!(world.put(&admin, &path, &change, &[("if-match", &etag)]).code().1, "NoEtagMatch");

    let there = world.compartment_in(world.tenancy(), "there");
    let to = |id: &str| json!({"compartmentId": id});
    let done = ended(&world, &act(&world, &id, "changeCompartment", Some(&to(&there))));
    assert_eq!(done["operationType"], "CHANGE_COMPARTMENT_FOR_DOMAIN");
    assert_eq!(read(&world, &id)["compartmentId"], json!(there));
    refused(&act(&world, &id, "changeCompartment", Some(&to(&there))));
    let answer = world.delete(&admin, &format!("/compartments/{there}"), &[]).ok();
    world.work();
    let work = answer.header("opc-work-request-id").unwrap();
    let work = world.get(&admin, &format!("/workRequests/{work}")).ok().json();
    assert_eq!(work["status"], "FAILED", "a compartment with a domain in it is not empty");

    let license = |word: &str| json!({"licenseType": word});
    ended(&world, &act(&world, &id, "changeLicenseType", Some(&license("premium"))));
    assert_eq!(read(&world, &id)["licenseType"], "premium");
    refused(&act(&world, &id, "changeLicenseType", Some(&license("premium"))));
    let copy = |region: &str| json!({"replicaRegion": region});
    ended(&world, &act(&world, &id, "enableReplicationToRegion", Some(&copy("us-phoenix-1"))));
    let replica = &read(&world, &id)["replicaRegions"][0];
    assert_eq!(
        (&replica["region"], &replica["state"]),
        (&json!("us-phoenix-1"), &json!("REPLICATION_ENABLED"))
    );
    for region in ["us-phoenix-1", "us-ashburn-1", "IAD"] {
        refused(&act(&world, &id, "enableReplicationToRegion", Some(&copy(region))));
    }
    let nothing = act(&world, &id, "enableReplicationToRegion", Some(&json!({})));
    assert_eq!(nothing.code(), (400, "MissingParameter".into()));
}

#[test]
fn moving_a_domain_takes_the_right_to_do_so_in_both_compartments() {
    let world = World::with_domains_but_no_mail();
    let [here, there] = ["here", "there"].map(|name| world.compartment_in(world.tenancy(), name));
    ended(&world, &ask(&world, "Partners", &json!({"compartmentId": here})));
    let list = format!("/domains?compartmentId={here}");
    let id = world.get(&world.administrator(), &list).ok().id_of_first();
    let moves = |place: &str| format!("allow group them to {{DOMAIN_MOVE}} in compartment {place}");
    let eve = world.caller_with("eve", 1, &[&moves("here")]);
    let path = format!("/20160918/domains/{id}/actions/changeCompartment");
    let body = json!({"compartmentId": there});
    let refused = world.send(&eve, "POST", &path, Some(&body));
    assert_eq!(refused.code(), (404, "NotAuthorizedOrNotFound".into()));
    let both = world.caller_with("bob", 2, &[&moves("here"), &moves("there")]);
    let answer = world.send(&both, "POST", &path, Some(&body));
    ended(&world, &answer);
    assert_eq!(read(&world, &id)["compartmentId"], json!(there));
}

#[test]
fn licenses_are_listed_and_those_to_change_to_are_the_others() {
    let world = World::with_domains();
    let admin = world.administrator();
    let all = world.get(&admin, "/allowedDomainLicenseTypes").ok().json();
    let words = |list: &Value| -> Vec<String> {
        let rows = list.as_array().unwrap().iter();
        rows.map(|row| row["licenseType"].as_str().unwrap().to_owned()).collect()
    };
    let known = ["free", "oracle-apps", "oracle-apps-premium", "premium", "external-user"];
    assert_eq!(words(&all), known);
    let path = "/allowedDomainLicenseTypes?currentLicenseTypeName=Oracle%20Apps";
    let others = words(&world.get(&admin, path).ok().json());
    assert_eq!(others.len(), 4);
    assert!(!others.contains(&"oracle-apps".to_owned()));
    let path = "/allowedDomainLicenseTypes?currentLicenseTypeName=gold";
    assert_eq!(world.get(&admin, path).code(), (400, "InvalidParameter".into()));
}

#[test]
fn the_last_administrators_cannot_be_shut_out_with_their_domain() {
    let world = World::with_domains();
    let admin = world.administrator();
    let id = with_ann(&world, "Partners");
    let ann = only_user(&world, &id);
    let path = format!("/groups?compartmentId={}&name=Administrators", world.tenancy());
    let group = world.get(&admin, &path).ok().id_of_first();
    world.join(&ann, &group);
    let ann = world.give_key(&ann, 1);
    let list =
        format!("/userGroupMemberships?compartmentId={}&userId={}", world.tenancy(), admin.user);
    let membership = world.get(&ann, &list).ok().id_of_first();
    world.delete(&ann, &format!("/userGroupMemberships/{membership}"), &[]).ok();
    let path = format!("/20160918/domains/{id}/actions/deactivate");
    refused(&world.send(&ann, "POST", &path, None));
    world
        .post(&ann, "/userGroupMemberships", &json!({"userId": admin.user, "groupId": group}))
        .ok();
    // What was allowed when it was asked for is looked at again when it is done.
    let answer = world.send(&ann, "POST", &path, None);
    let membership = world.get(&ann, &list).ok().id_of_first();
    world.delete(&ann, &format!("/userGroupMemberships/{membership}"), &[]).ok();
    world.work();
    let request = work_of(&answer);
    let seen = world.get(&ann, &format!("/iamWorkRequests/{request}")).ok().json();
    assert_eq!(
        (&seen["status"], &seen["resources"][0]["actionType"]),
        (&json!("FAILED"), &json!("RELATED"))
    );
    let failures = world.get(&ann, &format!("/iamWorkRequests/{request}/errors")).ok().json();
    assert_eq!(failures[0]["code"], "Conflict");
    let seen = world.get(&ann, &format!("/domains/{id}")).ok().json();
    assert_eq!((&seen["lifecycleState"], seen.get("lifecycleDetails")), (&json!("ACTIVE"), None));
}

#[test]
fn a_domain_that_could_not_be_made_leaves_nothing_but_its_work_request() {
    let limits = iam_core::context::Limits { users: 1, ..Default::default() };
    let world = World::with_domains_and(limits);
    let more = json!({"adminUserName": "ann", "adminEmail": "ann@example.com"});
    let request = work_of(&ask(&world, "Partners", &more));
    world.work();
    assert_eq!(work(&world, &request).json()["status"], "FAILED");
    assert_eq!(errors(&world, &request)[0]["code"], "LimitExceeded");
    let list = format!("/domains?compartmentId={}", world.tenancy());
    let left = world.get(&world.administrator(), &list).ok().json();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert!(world.letters().is_empty());
}

#[test]
fn what_is_under_way_goes_on_after_a_restart() {
    let world = World::with_domains();
    let answer = ask(&world, "Partners", &json!({}));
    let world = world.restart();
    ended(&world, &answer);
    assert_eq!(read(&world, &of_name(&world, "Partners"))["lifecycleState"], "ACTIVE");
}

#[test]
fn logs_come_in_pages_in_either_order_and_each_family_tells_of_its_own() {
    let world = World::with_domains();
    let admin = world.administrator();
    let more = json!({"adminUserName": "ann", "adminEmail": "ann@example.com"});
    let answer = ask(&world, "Partners", &more);
    ended(&world, &answer);
    let request = work_of(&answer);
    let logs =
        |query: &str| world.get(&admin, &format!("/iamWorkRequests/{request}/logs?{query}")).ok();
    let said = |answer: &Answer| -> Vec<String> {
        let all = answer.json();
        let lines = all.as_array().unwrap().iter();
        lines.map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = said(&logs("sortOrder=ASC"));
    assert_eq!(all, ["made its administrator `ann`", "made domain `Partners`", "done"]);
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let page = logs(&format!("sortOrder=ASC&limit=2{next}"));
        paged.extend(said(&page));
        let Some(token) = page.header("opc-next-page") else { break };
        next = format!("&page={token}");
    }
    assert_eq!(paged, all);
    all.reverse();
    assert_eq!(said(&logs("")), all);
    assert_eq!(world.get(&admin, &format!("/workRequests/{request}")).status, 404);
    let list = format!("?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &format!("/workRequests{list}")).ok().json(), json!([]));
    let known = world.get(&admin, &format!("/iamWorkRequests{list}")).ok().json();
    assert_eq!(known[0]["id"], json!(request));
    let other = world.other_tenancy();
    assert_eq!(world.get(&other, &format!("/iamWorkRequests/{request}")).status, 404);
}
