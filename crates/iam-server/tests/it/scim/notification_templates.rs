//! `/admin/v1/NotificationTemplates`: Durward's own.

use crate::world::World;
use serde_json::json;

const SCHEMA: &str = "urn:durward:params:scim:schemas:NotificationTemplate";
const WELCOME: &str = "/NotificationTemplates/admin.user.create.success";

#[test]
fn a_template_is_ours_until_it_is_replaced_and_again_when_it_is_deleted() {
    let world = World::with_domains();
    let admin = world.administrator();
    let first = world.scim(&admin, "GET", WELCOME, None).ok();
    assert_eq!(first.json()["isDefault"], true);
    assert!(first.text("text").contains("link"));
    let body = json!({"schemas": [SCHEMA], "subject": "Hello from {{ tenancy }}",
                      "text": "Go to {{ link }}", "html": "<a href=\"{{ link }}\">go</a>"});
    let put = world.scim(&admin, "PUT", WELCOME, Some(&body)).ok();
    assert_eq!(put.json()["isDefault"], false);
    assert_eq!(put.text("subject"), "Hello from {{ tenancy }}");
    assert_ne!(put.etag(), first.etag());
    assert_eq!(world.scim(&admin, "GET", WELCOME, None).ok().json(), put.json());
    let list = "/NotificationTemplates?filter=isDefault+eq+false";
    let list = world.scim(&admin, "GET", list, None).ok().json();
    assert_eq!(list["totalResults"], 1);
    assert_eq!(list["Resources"][0]["id"], "admin.user.create.success");
    assert_eq!(world.scim(&admin, "DELETE", WELCOME, None).status, 204);
    let back = world.scim(&admin, "GET", WELCOME, None).ok().json();
    assert_eq!((&back["isDefault"], &back["html"]), (&json!(true), &first.json()["html"]));
    let again = world.scim(&admin, "PUT", WELCOME, Some(&first.json())).ok();
    assert_eq!(again.json()["isDefault"], true, "what says what ours does is ours");
}

#[test]
fn a_template_that_does_not_work_is_refused() {
    let world = World::with_domains();
    let admin = world.administrator();
    let put = |text: &str| {
        let body = json!({"schemas": [SCHEMA], "subject": "s", "text": text,
                          "html": "{{ link }}"});
        world.scim(&admin, "PUT", WELCOME, Some(&body))
    };
    for (text, part) in [
        ("no link", "does not show `{{ link }}`"),
        ("{{ link }} {{ secret }}", "cannot be used"),
        ("{% for %}", "cannot be used"),
    ] {
        let refused = put(text);
        assert_eq!(refused.scim_refusal().0, 400);
        assert!(refused.detail().contains(part), "{refused:?}");
    }
    let none = world.scim(&admin, "GET", "/NotificationTemplates/x", None);
    assert_eq!(none.scim_refusal().0, 404);
    let body = json!({"schemas": [SCHEMA], "subject": "s"});
    let refused = world.scim(&admin, "PUT", WELCOME, Some(&body));
    assert!(refused.detail().contains("is missing"), "{refused:?}");
}
