//! Lists of more users than were ever looked at one by one: what fits is found, counted and paged.

use super::{SEARCH_URN, extension};
use crate::world::{NOON, World};
use iam_api::users::User;
use iam_api::{Ocid, Problem};
use iam_store::{Alias, Resource, ResourceKind};
use serde_json::{Value, json};
use std::collections::HashSet;

const USERS: usize = 11_000;

/// The name of a user; the administrator comes before all of them.
fn name(number: usize) -> String {
    format!("person.{number:05}")
}

/// A world with that many users more: every fourth is deactivated, every thousandth has a second
/// address and a title.
fn world() -> World {
    let world = World::with_domains();
    let template = world.user_at("template", "template@example.com");
    let model = world.get(&world.administrator(), &format!("/users/{template}")).ok().json();
    let root = world.installed.tenancy.clone();
    let fill = world.app.write(move |app, tx| -> Result<(), Problem> {
        let at = tx.tenancies().unwrap()[0].0;
        for number in 0..USERS {
            let (name, mut user) = (name(number), model.clone());
            let id = Ocid::new("user", &app.context.random());
            let email = format!("{name}@example.com");
            user["id"] = json!(id);
            user["name"] = json!(name);
            user["email"] = json!(email);
            if number % 4 == 0 {
                user["lifecycleState"] = json!("INACTIVE");
                user["inactiveStatus"] = json!(2);
            }
            if number % 1_000 == 0 {
                let emails = json!([
                    {"value": email, "type": "work", "primary": true},
                    {"value": format!("second.{number}@example.org"), "type": "home"},
                ]);
                let profile = json!({"attributes": {"title": "Captain", "emails": emails}});
                tx.set_profile(at, &id, &profile.to_string()).unwrap();
            }
            let user: User = serde_json::from_value(user).unwrap();
            let mut row = Resource {
                id: id.clone(),
                kind: ResourceKind::User,
                parent: root.clone(),
                folded: name.clone(),
                name,
                state: user.lifecycle_state,
                created: NOON,
                etag: app.context.etag(),
                body: String::new(),
                compiled: None,
            };
            row.set_model(&user).unwrap();
            assert!(tx.insert(at, &row).unwrap());
            assert!(tx.set_alias(at, Alias::UserEmail, &id, Some(&email)).unwrap());
        }
        Ok(())
    });
    world.block_on(fill).unwrap();
    world
}

fn search(world: &World, filter: &str, more: Value) -> Value {
    let mut body = json!({"schemas": [SEARCH_URN], "filter": filter});
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    let path = "/Users/.search";
    let answer = world.scim(&world.administrator(), "POST", path, Some(&body));
    assert_eq!(answer.status, 200, "{filter}: {}", answer.text);
    answer.json()
}

fn names(list: &Value) -> Vec<&str> {
    let resources = list["Resources"].as_array().unwrap();
    resources.iter().map(|user| user["userName"].as_str().unwrap()).collect()
}

#[test]
fn filters_answer_however_many_users_there_are() {
    let world = world();
    let count = |filter: &str| search(&world, filter, json!({}))["totalResults"].clone();
    for (filter, wanted) in [
        (r#"userName eq "PERSON.10345""#, 1),
        (r#"userName sw "Person.023""#, 100),
        (r#"userName sw "person.""#, USERS),
        (r#"userName co "N.0000""#, 10),
        (r#"emails.value eq "person.10000@EXAMPLE.com""#, 1),
        (r#"emails.value eq "second.10000@example.org""#, 1),
        (r#"emails[type eq "home" and value ew "example.org"]"#, USERS / 1_000),
        (r#"emails.value eq "nobody@example.com""#, 0),
        ("active eq false", USERS / 4),
        (r#"active eq true and userName sw "person.000""#, 75),
        (r#"userName sw "person.000" and userName co "99" and active eq true"#, 1),
        (r#"userName sw "person.0" or title eq "captain""#, 10_001),
        (r#"not (userName sw "person.")"#, 2),
    ] {
        assert_eq!(count(filter), wanted, "{filter}");
    }
    let with_99 = (0..USERS).filter(|number| name(*number).contains("99")).count();
    assert_eq!(count(r#"userName co "99""#), with_99);
    let found = search(&world, r#"emails.value eq "second.10000@example.org""#, json!({}));
    let id = found["Resources"][0]["id"].as_str().unwrap();
    assert_eq!(names(&found), ["person.10000"]);
    assert_eq!(count(&format!(r#"id eq "{id}" and active eq false"#)), 1);
    assert_eq!(count(&format!(r#"id eq "{id}" and active eq true"#)), 0);
}

#[test]
fn pages_of_what_fits_hold_each_once_as_whole_documents() {
    let world = world();
    let filter = r#"active eq false and userName sw "person.0""#;
    let (mut seen, mut start) = (HashSet::new(), 1);
    while start <= 2_500 {
        let page = search(&world, filter, json!({"startIndex": start, "count": 999}));
        assert_eq!(page["totalResults"], 2_500);
        let here = names(&page);
        assert!(here.is_sorted(), "{here:?}");
        seen.extend(here.iter().map(|name| (*name).to_owned()));
        start += here.len();
        let first = &page["Resources"][0];
        assert!(first["emails"][0]["value"].as_str().unwrap().ends_with("@example.com"));
        assert!(first[extension("capabilities")].is_object() && first["meta"].is_object());
    }
    assert_eq!(seen.len(), 2_500);
    let none = search(&world, filter, json!({"startIndex": 2_501}));
    assert_eq!((none["totalResults"].clone(), names(&none).len()), (json!(2_500), 0));

    let downwards = json!({"sortBy": "userName", "sortOrder": "descending", "count": 2});
    let last = search(&world, filter, downwards);
    assert_eq!(names(&last), ["person.09996", "person.09992"]);
    let by_title = json!({"sortBy": "title", "count": 1});
    assert_eq!(names(&search(&world, filter, by_title)), ["person.00000"]);
    let body = json!({"schemas": [SEARCH_URN], "filter": "active pr", "sortBy": "title"});
    let path = "/Users/.search";
    let refused = world.scim(&world.administrator(), "POST", path, Some(&body));
    assert_eq!(refused.scim_refusal().1, "tooMany");
    assert!(refused.detail().contains("10000"), "{refused:?}");
}
