//! Who made and changed a user, what credentials they have, and how letters greet them.

use super::extension;
use crate::world::World;
use serde_json::{Value, json};

fn user(world: &World, id: &str) -> Value {
    world.scim(&world.administrator(), "GET", &format!("/Users/{id}"), None).ok().json()
}

#[test]
fn a_user_tells_who_made_and_who_last_changed_them_whichever_interface_it_was() {
    let world = World::with_domains();
    let admin = world.installed.admin.clone();
    let eve = world.caller_with_email("eve", 1, "Allow group them to manage users in tenancy");
    let by = |user: &Value, what: &str| {
        let author = &user[what];
        assert_eq!(author["type"], "User");
        let (value, address) = (author["value"].as_str().unwrap(), author["$ref"].as_str());
        assert!(address.unwrap().ends_with(&format!("/admin/v1/Users/{value}")), "{author}");
        (author["ocid"].as_str().unwrap().to_owned(), author["display"].clone())
    };
    let (admin, eve_by) =
        ((admin.to_string(), json!("admin")), (eve.user.to_string(), json!("eve")));
    let by_scim = world.scim_user("ann", &json!({}));
    let by_identity = world.user_at("bob", "bob@example.com");
    for id in [by_scim["id"].as_str().unwrap(), by_identity.as_str()] {
        let made = user(&world, id);
        assert_eq!(by(&made, "idcsCreatedBy"), admin);
        assert_eq!(by(&made, "idcsLastModifiedBy"), admin);
        let ocid = made["ocid"].as_str().unwrap();
        let body = json!({"description": "changed"});
        world.put(&eve, &format!("/users/{ocid}"), &body, &[]).ok();
        let changed = user(&world, id);
        assert_eq!(by(&changed, "idcsCreatedBy"), admin);
        assert_eq!(by(&changed, "idcsLastModifiedBy"), eve_by);
        let title = json!([{"op": "add", "path": "title", "value": "Captain"}]);
        world.patch(&world.administrator(), &format!("/Users/{id}"), &title).ok();
        assert_eq!(by(&user(&world, id), "idcsLastModifiedBy"), admin);
        // What was read can be written back, and nobody says for themselves who it was.
        let mut read = user(&world, id);
        read["idcsCreatedBy"] = read["idcsLastModifiedBy"].clone();
        read["idcsLastModifiedBy"]["display"] = json!("nobody");
        world.scim(&eve, "PUT", &format!("/Users/{id}"), Some(&read)).ok();
        assert_eq!(by(&user(&world, id), "idcsLastModifiedBy"), eve_by);
        assert_eq!(by(&user(&world, id), "idcsCreatedBy"), admin);
    }
    let value = user(&world, by_identity.as_str())["idcsLastModifiedBy"]["value"].clone();
    let value = value.as_str().unwrap();
    let filter = format!("/Users?filter=idcsLastModifiedBy.value%20eq%20%22{value}%22&count=0");
    let found = world.scim(&world.administrator(), "GET", &filter, None).ok().json();
    assert_eq!(found["totalResults"], 2);
}

#[test]
fn a_bulk_edit_of_tags_changes_a_user_in_the_name_of_who_asked_for_it() {
    let world = World::with_domains();
    let ann = world.scim_user("ann", &json!({}));
    let namespace = world.tag_namespace("Ops");
    world.tag(&namespace, "Cost", &json!({}));
    let grant = "Allow group them to manage all-resources in tenancy";
    let eve = world.caller_with_email("eve", 1, grant);
    let body = json!({
        "compartmentId": world.tenancy(),
        "resources": [{"id": ann["ocid"], "resourceType": "User"}],
        "bulkEditOperations": [{"operationType": "ADD_OR_SET",
                                "definedTags": {"Ops": {"Cost": "1"}}}],
    });
    world.post(&eve, "/tags/actions/bulkEdit", &body).ok();
    world.work();
    let changed = user(&world, ann["id"].as_str().unwrap());
    assert_eq!(changed["idcsLastModifiedBy"]["ocid"], json!(eve.user));
    assert_eq!(changed["idcsCreatedBy"], ann["idcsCreatedBy"]);
    let path = format!("/users/{}", ann["ocid"].as_str().unwrap());
    let seen = world.get(&world.administrator(), &path).ok().json();
    assert_eq!(seen["definedTags"], json!({"Ops": {"Cost": "1"}}));
}

#[test]
fn users_see_their_own_api_keys_among_their_credentials_and_nobody_elses() {
    let world = World::with_domains();
    let ann = world.caller_with_email("ann", 1, "Allow group them to inspect users in tenancy");
    let credentials = extension("userCredentials");
    let query = format!("?attributes={credentials}:apiKeys");
    let own = world.scim(&ann, "GET", &format!("/Users/{}{query}", ann.user), None).ok().json();
    let keys = own[&credentials]["apiKeys"].as_array().unwrap();
    let fingerprint = ann.key_id.rsplit('/').next().unwrap();
    let shown = json!([{"key": fingerprint, "value": fingerprint.replace(':', "")}]);
    assert_eq!(json!(keys), shown);
    let admin = &world.installed.admin;
    let other = world.scim(&ann, "GET", &format!("/Users/{admin}{query}"), None).ok().json();
    assert_eq!(other.get(&credentials), None, "{other}");
    let plain = world.scim(&ann, "GET", &format!("/Users/{}", ann.user), None).ok().json();
    assert_eq!(plain.get(&credentials), None, "it is shown on request alone");
}

#[test]
fn letters_greet_by_the_display_name_where_there_is_one() {
    let world = World::with_domains();
    let ann = world.scim_user("ann", &json!({"displayName": "Ann Smith"}));
    world.scim_user("bob", &json!({}));
    let greetings = |world: &World| {
        let hello =
            |text: &str| text.lines().find(|line| line.starts_with("Hello")).map(String::from);
        let letters = world.letters();
        letters.iter().map(|letter| hello(&letter.text).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(greetings(&world), ["Hello Ann Smith,", "Hello bob,"]);
    let path = format!("/Users/{}", ann["id"].as_str().unwrap());
    let renamed = json!([{"op": "replace", "path": "displayName", "value": "<b>A\r\nnn</b>"},
                         {"op": "replace", "path": "active", "value": false}]);
    world.patch(&world.administrator(), &path, &renamed).ok();
    assert_eq!(greetings(&world), ["Hello <b>A nn</b>,"], "line breaks do not get through");
}
