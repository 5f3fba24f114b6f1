//! The interface of identity domains: one file per resource type, as in the tables.

mod authorization;
mod authors;
mod dialect;
mod many;
mod notification_templates;
mod password_policies;
mod passwords;
mod settings;
mod user_changers;
mod users;

use crate::world::{Answer, Caller, World};
use serde_json::{Value, json};

pub(super) const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(super) const SEARCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const ERROR_EXTENSION: &str = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error";

/// The URN of one of OCI's extensions of a user.
pub(super) fn extension(name: &str) -> String {
    format!("urn:ietf:params:scim:schemas:oracle:idcs:extension:{name}:User")
}

/// The URN of one of OCI's own resource types.
pub(super) fn schema(name: &str) -> String {
    format!("urn:ietf:params:scim:schemas:oracle:idcs:{name}")
}

/// The full name of the flag that a change of oneself is meant.
pub(super) fn self_change() -> String {
    format!("{}:allowSelfChange", extension("selfChange"))
}

impl World {
    /// Sends a request below the domain's base path.
    pub(crate) fn scim(
        &self,
        caller: &Caller,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        self.send(caller, method, &format!("/admin/v1{path}"), body)
    }

    /// Patches a resource by these operations.
    pub(crate) fn patch(&self, caller: &Caller, path: &str, operations: &Value) -> Answer {
        let body = json!({"schemas": [PATCH_URN], "Operations": operations});
        self.scim(caller, "PATCH", path, Some(&body))
    }

    /// Somebody with an address, that key, and what the statement grants to `them`.
    pub(crate) fn caller_with_email(&self, name: &str, number: usize, statement: &str) -> Caller {
        let user = self.scim_user(name, &json!({}));
        let caller = self.give_key(&user["ocid"].as_str().unwrap().into(), number);
        let group = format!("{name}-group");
        self.join(&caller.user, &self.group(&group));
        self.policy(&format!("{name}-policy"), &[&statement.replace("them", &group)]);
        self.letters();
        caller
    }

    /// A user made through the domain's interface: the answer that made them.
    pub(crate) fn scim_user(&self, name: &str, more: &Value) -> Value {
        let mut body = json!({"schemas": [USER_URN], "userName": name, "emails":
            [{"value": format!("{name}@example.com"), "type": "work", "primary": true}]});
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let made = self.scim(&self.administrator(), "POST", "/Users", Some(&body));
        assert_eq!(made.status, 201, "{made:?}");
        made.json()
    }
}

impl Answer {
    /// Status, keyword and id of a refusal in SCIM's words.
    pub(crate) fn scim_refusal(&self) -> (u16, String, String) {
        let json = self.json();
        assert_eq!(self.header("content-type"), Some("application/scim+json"), "{self:?}");
        assert_eq!(json["schemas"], json!([ERROR_URN, ERROR_EXTENSION]), "{self:?}");
        assert_eq!(json["status"], self.status.to_string(), "{self:?}");
        assert!(json["detail"].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (self.status, text(&json["scimType"]), text(&json[ERROR_EXTENSION]["messageId"]))
    }

    /// What a refusal says.
    pub(crate) fn detail(&self) -> String {
        self.scim_refusal();
        self.text("detail")
    }
}
