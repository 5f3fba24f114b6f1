//! `/20160918/users/{userId}/oauth2ClientCredentials` and below.

use crate::world::World;
use serde_json::{Value, json};

fn details(name: &str) -> Value {
    let scopes = json!([{"audience": "shop", "scope": "read"}]);
    json!({"name": name, "description": "robot", "scopes": scopes})
}

fn is_right(world: &World, id: &str, password: &str) -> bool {
    let body = json!({"kind": "OAUTH2_CLIENT_CREDENTIAL", "username": id, "secret": password});
    let path = "/durward/v1/credentials/actions/verify";
    let answer = world.send(&world.administrator(), "POST", path, Some(&body)).ok();
    answer.json()["isVerified"].as_bool().unwrap()
}

#[test]
fn a_new_one_shows_its_password_and_a_reset_draws_another_that_alone_counts() {
    let world = World::new();
    let admin = world.administrator();
    let ann = world.user("ann");
    let path = format!("/users/{ann}/oauth2ClientCredentials");
    let token = [("opc-retry-token", "again")];
    let full = format!("/20160918{path}");
    let make = || world.send_with(&admin, "POST", &full, Some(&details("robot")), &token);
    let made = make().ok();
    let (id, first) = (made.id(), made.text("password"));
    assert_eq!(first.len(), 20);
    let mut told = made.json();
    told.as_object_mut().unwrap().remove("password");
    let expected = json!({
        "id": id, "name": "robot", "description": "robot", "userId": ann,
        "compartmentId": world.tenancy(), "scopes": details("")["scopes"],
        "lifecycleState": "ACTIVE", "timeCreated": "2026-11-23T12:00:00.000Z",
    });
    assert_eq!(told, expected);
    assert_eq!(world.get(&admin, &path).ok().json(), json!([expected]));

    let one = format!("{path}/{id}");
    let scopes = json!([{"audience": "shop", "scope": "write"}]);
    let mut change = json!({"description": "other", "scopes": scopes});
    let changed = world.put(&admin, &one, &change, &[("if-match", &made.etag())]).ok();
    assert_eq!((&changed.json()["scopes"], changed.json().get("password")), (&scopes, None));
    assert_eq!(make().ok().text, made.text, "the password is still the same");
    assert!(is_right(&world, &id, &first));

    change["isResetPassword"] = json!(true);
    let second = world.put(&admin, &one, &change, &[]).ok().text("password");
    assert!(is_right(&world, &id, &second) && !is_right(&world, &id, &first));
    assert_eq!(make().code(), (409, "InvalidatedRetryToken".into()));
    let other = world.post(&admin, &path, &details("other")).ok();
    assert!(!is_right(&world, &other.id(), &second), "the password of another");
    world.delete(&admin, &one, &[]).ok();
    assert!(!is_right(&world, &id, &second));
}

#[test]
fn a_user_has_ten_which_come_in_pages_the_oldest_first() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/users/{}/oauth2ClientCredentials", world.user("ann"));
    let make = |number: usize| world.post(&admin, &path, &details(&format!("n{number}")));
    let names: Vec<String> = (0..10)
        .map(|number| {
            world.pass(i64::from(number % 3 == 0));
            make(number).ok().text("name")
        })
        .collect();
    assert_eq!(make(10).code(), (400, "LimitExceeded".into()));
    let (mut found, mut query) = (Vec::new(), "limit=3&lifecycleState=active".to_owned());
    loop {
        let answer = world.get(&admin, &format!("{path}?{query}")).ok();
        found.extend(answer.json().as_array().unwrap().iter().map(|one| one["name"].clone()));
        let Some(token) = answer.header("opc-next-page") else { break };
        query = format!("limit=3&lifecycleState=active&page={token}");
    }
    let mut found: Vec<&str> = found.iter().map(|name| name.as_str().unwrap()).collect();
    let oldest = &mut found[..3]; // made in the same second
    oldest.sort_unstable();
    assert_eq!(oldest, ["n0", "n1", "n2"]);
    found.sort_unstable();
    assert_eq!(found, names, "each once");
    let none = world.get(&admin, &format!("{path}?lifecycleState=INACTIVE")).ok();
    assert_eq!(none.json(), json!([]));
}

#[test]
fn names_and_scopes_are_checked() {
    let world = World::new();
    let admin = world.administrator();
    let path = format!("/users/{}/oauth2ClientCredentials", world.user("ann"));
    let one = |audience: &str, scope: &str| json!([{"audience": audience, "scope": scope}]);
    let many: Vec<Value> = vec![one("a", "b")[0].clone(); 11];
    let long = "x".repeat(256);
    for scopes in [
        json!([]),
        json!(many),
        one("", "b"),
        one("a", ""),
        one("a b", "c"),
        one("a", "é"),
        one(&long, "b"),
        json!([{"audience": "a"}]),
    ] {
        let mut body = details("robot");
        body["scopes"] = scopes.clone();
        assert_eq!(world.post(&admin, &path, &body).status, 400, "{scopes}");
    }
    for name in ["", "a/b", &"x".repeat(101)] {
        assert_eq!(world.post(&admin, &path, &details(name)).status, 400, "{name}");
    }
    world.post(&admin, &path, &details("a robot")).ok();
}
