//! What tests of tags begin with: tag namespaces, tags, and compartments to put them in.

use super::World;
use serde_json::{Value, json};

impl World {
    /// A new tag namespace of that name, by its OCID.
    pub(crate) fn tag_namespace(&self, name: &str) -> String {
        self.tag_namespace_in(self.tenancy(), name)
    }

    /// The same in a compartment.
    pub(crate) fn tag_namespace_in(&self, compartment: &str, name: &str) -> String {
        let body = json!({"compartmentId": compartment, "name": name, "description": "test"});
        self.post(&self.administrator(), "/tagNamespaces", &body).ok().id()
    }

    /// A new tag of that name in the tag namespace of that OCID, with more of its details.
    pub(crate) fn tag(&self, namespace: &str, name: &str, more: &Value) -> String {
        let mut body = json!({"name": name, "description": "test"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("/tagNamespaces/{namespace}/tags");
        self.post(&self.administrator(), &path, &body).ok().id()
    }

    /// A compartment of that name in that one, by its OCID.
    pub(crate) fn compartment_in(&self, parent: &str, name: &str) -> String {
        let body = json!({"compartmentId": parent, "name": name, "description": "test"});
        self.post(&self.administrator(), "/compartments", &body).ok().id()
    }
}
