//! `/20190901/auditEvents` and `/20190901/configuration`: what happened, as OCI's Audit service
//! tells of it.

use crate::console::{Visitor, one_time_password};
use crate::world::{Answer, Caller, World};
use serde_json::{Value, json};

const DAY: &str = "startTime=2026-11-23T00:00:00Z&endTime=2026-11-24T00:00:00Z";

fn asked(world: &World, caller: &Caller, query: &str) -> Answer {
    let path = format!("/20190901/auditEvents?compartmentId={}&{query}", caller.tenancy);
    world.send(caller, "GET", &path, None)
}

fn events(world: &World, caller: &Caller) -> Vec<Value> {
    let mut all = Vec::new();
    let mut answer = asked(world, caller, DAY).ok();
    loop {
        all.extend(answer.json().as_array().unwrap().clone());
        let Some(token) = answer.header("opc-next-page") else { return all };
        let next = format!("{DAY}&page={token}");
        answer = asked(world, caller, &next).ok();
    }
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["data"]["eventName"].as_str().unwrap()).collect()
}

#[test]
fn an_event_tells_who_did_what_to_what_from_where_and_how_it_ended() {
    let world = World::new();
    let admin = world.administrator();
    let ann = world.user("ann");
    world.pass(1);
    let gone = world.get(&admin, "/users/ocid1.user.oc1..gone");
    assert_eq!(gone.status, 404);
    let events = events(&world, &admin);
    assert_eq!(names(&events), ["CreateUser", "GetUser"]);
    let made = &events[0];
    let id = made["eventId"].as_str().unwrap();
    assert_eq!((id.len(), id.as_bytes()[14], id.as_bytes()[19]), (36, b'8', b'8'), "{id}");
    let mut expected = made.clone();
    expected["eventType"] = json!("com.oraclecloud.IdentityControlPlane.CreateUser");
    expected["eventTime"] = json!("2026-11-23T12:00:00.000Z");
    let data = &mut expected["data"];
    data["compartmentId"] = json!(world.tenancy());
    data["resourceId"] = json!(ann.as_str());
    data["resourceName"] = json!("ann");
    data["identity"]["principalId"] = json!(admin.user.as_str());
    data["identity"]["principalName"] = json!("admin");
    data["identity"]["tenantId"] = json!(world.tenancy());
    data["request"]["path"] = json!("/20160918/users");
    data["request"]["action"] = json!("POST");
    data["response"]["status"] = json!("200");
    data["additionalDetails"]["sequence"] = json!(1);
    assert_eq!(made, &expected);
    let refused = &events[1]["data"];
    assert_eq!(refused["request"]["path"], "/20160918/users/ocid1.user.oc1..gone");
    assert_eq!(refused["response"]["status"], "404");
    assert_eq!(refused["response"]["message"], "NotAuthorizedOrNotFound");
    let request = gone.header("opc-request-id").unwrap();
    assert_eq!(refused["request"]["id"], request);
}

#[test]
fn signing_in_is_an_event_and_no_secret_is_in_any() {
    let world = World::new();
    let ann = world.user("ann");
    let password = one_time_password(&world, &ann);
    Visitor::new(&world).sign_in("ann", "wrong");
    Visitor::new(&world).sign_in("ann", &password);
    let events = events(&world, &world.administrator());
    let logins: Vec<&Value> = events
        .iter()
        .filter(|event| event["eventType"] == "com.oraclecloud.IdentitySignOn.InteractiveLogin")
        .collect();
    let statuses: Vec<&Value> =
        logins.iter().map(|event| &event["data"]["response"]["status"]).collect();
    assert_eq!(statuses, ["401", "200"]);
    assert_eq!(logins[1]["data"]["identity"]["principalName"], "ann");
    assert!(!json!(events).to_string().contains(&password));
}

#[test]
fn reading_it_needs_a_policy_and_is_an_event_itself() {
    let world = World::new();
    let nobody = world.caller_with("nobody", 1, &[]);
    assert_eq!(asked(&world, &nobody, DAY).code(), (404, "NotAuthorizedOrNotFound".into()));
    let reader =
        world.caller_with("reader", 2, &["allow group them to read audit-events in tenancy"]);
    let mut expected = events(&world, &reader);
    assert!(names(&expected).contains(&"ListEvents"), "the one that was refused");
    let again = events(&world, &reader);
    assert_eq!(again.len(), expected.len() + 1);
    let read = again.last().unwrap();
    assert_eq!(read["data"]["identity"]["principalName"], "reader");
    assert_eq!(read["data"]["request"]["path"], "/20190901/auditEvents");
    expected.push(read.clone());
    assert_eq!(again, expected);
}

#[test]
fn a_tenancy_sees_its_own_events_and_a_compartment_those_in_it() {
    let world = World::new();
    world.user("ann");
    let other = world.other_tenancy();
    assert!(!names(&events(&world, &other)).contains(&"CreateUser"));
}

#[test]
fn pages_hold_every_event_once_in_the_order_of_time() {
    let world = World::new();
    let admin = world.administrator();
    for number in 0..230 {
        world.get(&admin, &format!("/users/ocid1.user.oc1..gone{number}"));
        if number % 7 == 0 {
            world.pass(1);
        }
    }
    let events = events(&world, &admin);
    let targets: Vec<&str> = events
        .iter()
        .filter(|event| event["data"]["eventName"] == "GetUser")
        .map(|event| event["data"]["resourceId"].as_str().unwrap())
        .collect();
    let expected: Vec<String> =
        (0..230).map(|number| format!("ocid1.user.oc1..gone{number}")).collect();
    assert_eq!(targets, expected);
}

#[test]
fn a_span_begins_with_its_start_and_ends_before_its_end() {
    let world = World::new();
    let admin = world.administrator();
    world.user("ann");
    let names_in = |from: &str, until: &str| {
        let query = format!("startTime=2026-11-23T{from}&endTime=2026-11-23T{until}");
        let answer = asked(&world, &admin, &query).ok();
        let found = answer.json();
        found
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["data"]["eventName"] == "CreateUser")
            .count()
    };
    assert_eq!(names_in("12:00:00Z", "12:01:00Z"), 1);
    assert_eq!(names_in("11:00:00Z", "12:00:00Z"), 0);
    assert_eq!(names_in("14:00:00%2B02:00", "14:01:00%2B02:00"), 1, "elsewhere on earth");
    for (query, part) in [
        ("startTime=2026-11-23T12:00:00Z", "endTime"),
        ("startTime=yesterday&endTime=2026-11-23T12:00:00Z", "startTime `yesterday`"),
        ("startTime=2026-11-23T12:00:00Z&endTime=2026-11-23T12:00:00Z", "is not after"),
    ] {
        let refused = asked(&world, &admin, query);
        assert_eq!(refused.status, 400);
        assert!(refused.text("message").contains(part), "{}", refused.text("message"));
    }
}

#[test]
fn the_configuration_tells_how_long_events_are_kept() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/20190901/configuration?compartmentId={}", world.tenancy());
    assert_eq!(
        world.send(&admin, "GET", &path, None).ok().json(),
        json!({"retentionPeriodDays": 365})
    );
}

#[test]
fn how_a_work_request_ended_is_an_event_of_who_asked_for_it() {
    let world = World::new();
    let eve = world.caller_with("eve", 1, &["allow group them to manage compartments in tenancy"]);
    let inner = world.compartment_in(world.tenancy(), "inner");
    world.compartment_in(&inner, "in-the-way");
    let asked = world.delete(&eve, &format!("/compartments/{inner}"), &[]).ok();
    let request = asked.header("opc-request-id").unwrap();
    world.pass(5);
    world.work();
    let inside = || {
        let path = format!("/20190901/auditEvents?compartmentId={inner}&{DAY}");
        world.send(&world.administrator(), "GET", &path, None).ok().json()
    };
    // The request is told of where it was sent to, its end where the work request belongs.
    let (requests, ends) = (inside(), events(&world, &world.administrator()));
    let begin = requests.as_array().unwrap().last().unwrap();
    let end = ends.last().unwrap();
    for event in [begin, end] {
        assert_eq!(event["data"]["eventName"], "DeleteCompartment");
        assert_eq!(event["data"]["resourceId"], json!(inner));
        assert_eq!(event["data"]["identity"]["principalId"], json!(eve.user.as_str()));
        assert_eq!(event["data"]["request"]["id"], json!(request));
    }
    assert_eq!(
        (&begin["eventType"], &begin["data"]["response"]["status"]),
        (&json!("com.oraclecloud.IdentityControlPlane.DeleteCompartment"), &json!("202"))
    );
    let response = &end["data"]["response"];
    assert_eq!(
        (&end["eventType"], &response["status"], &response["message"]),
        (
            &json!("com.oraclecloud.IdentityControlPlane.DeleteCompartment.end"),
            &json!("409"),
            &json!("Conflict")
        )
    );
    assert_eq!(end["data"]["request"]["path"], Value::Null);
    assert_eq!(end["eventTime"], "2026-11-23T12:00:05.000Z");
    let namespace = world.tag_namespace_in(&inner, "n");
    let resources = json!([{"identifier": namespace, "entityType": "TagNamespace"}]);
    let path = format!("/compartments/{inner}/actions/bulkDeleteResources");
    world.post(&world.administrator(), &path, &json!({"resources": resources})).ok();
    world.work();
    let seen = inside();
    let last = seen.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["data"]["eventName"], &last["data"]["compartmentId"]),
        (&json!("BulkDeleteResources"), &json!(inner))
    );
}
