//! What all resources of the domain have: identity, versions, who made them, where they are; and
//! the extension that allows a change to oneself.

use super::schema::{attribute, model};
use crate::wire::Field;

/// The URN of the extension that allows a change to oneself.
pub const SELF_CHANGE_URN: &str =
    "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User";

/// Attributes as constants, written as in `model!`.
macro_rules! constants {
    ($(
        #[doc = $doc:literal]
        $constant:ident = $name:literal: $kind:tt $(, $trait:ident)*;
    )+) => {$(
        #[doc = $doc]
        pub(super) const $constant: Field = attribute!($doc, $name, $kind $(, $trait)*);
    )+};
}

constants! {
    /// The id of the resource in its domain: 32 hexadecimal digits, or a name for what is only one.
    ID = "id": String, read_only, always, global, searchable;
    /// The OCID of the resource.
    OCID = "ocid": String, immutable, global, exact, searchable;
    /// The URNs of the schemas that the object follows.
    SCHEMAS = "schemas": [String], required;
    /// When the resource was made and changed, and where it is.
    META = "meta": META_MODEL, read_only;
    /// Who made the resource.
    CREATED_BY = "idcsCreatedBy": CREATED_BY_MODEL, read_only;
    /// Who last changed the resource.
    LAST_MODIFIED_BY = "idcsLastModifiedBy": LAST_MODIFIED_BY_MODEL, read_only;
    /// What only the service itself may do to the resource.
    PREVENTED_OPERATIONS = "idcsPreventedOperations": [{"replace", "update", "delete"}],
        read_only, request;
    /// Tags of the resource, within its domain.
    TAGS = "tags": [TAG], request, searchable;
    /// Whether the resource is being deleted.
    DELETE_IN_PROGRESS = "deleteInProgress": Boolean, read_only, searchable;
    /// The release in which the resource was last upgraded.
    LAST_UPGRADED_IN_RELEASE = "idcsLastUpgradedInRelease": String, read_only, request;
    /// The OCID of the domain that the resource is in.
    DOMAIN_OCID = "domainOcid": String, read_only;
    /// The OCID of the compartment that the domain is in.
    COMPARTMENT_OCID = "compartmentOcid": String, read_only;
    /// The OCID of the tenancy that the domain is in.
    TENANCY_OCID = "tenancyOcid": String, read_only;
}

model! {
    /// When a resource was made and changed, and where it is.
    pub(super) META_MODEL = "Meta" {
        /// The name of the resource type.
        "resourceType": String, read_only;
        /// When it was made.
        "created": String, read_only, searchable, moment;
        /// When it was last changed.
        "lastModified": String, read_only, searchable, moment;
        /// Its address.
        "location": String, read_only;
        /// Its version: the etag that `if-match` takes.
        "version": String, read_only;
    }

    /// Who made a resource.
    pub(super) CREATED_BY_MODEL = "IdcsCreatedBy" {
        /// The id of the user or app.
        "value": String, required, read_only, exact, searchable;
        /// The address of the user or app.
        "$ref": String, read_only, exact, reference;
        /// Whether it was a user or an app.
        "type": {"User", "App"}, read_only;
        /// The name of the user or app.
        "display": String, read_only, exact;
        /// The OCID of the user or app.
        "ocid": String, read_only, exact, searchable;
    }

    /// Who last changed a resource.
    pub(super) LAST_MODIFIED_BY_MODEL = "IdcsLastModifiedBy" {
        /// The id of the user or app.
        "value": String, required, read_only, exact, searchable;
        /// The address of the user or app.
        "$ref": String, read_only, exact, reference;
        /// Whether it was a user or an app.
        "type": {"User", "App"}, read_only;
        /// The name of the user or app.
        "display": String, read_only, exact;
        /// The OCID of the user or app.
        "ocid": String, read_only, exact, searchable;
    }

    /// A tag of a resource.
    pub(super) TAG = "Tags" {
        /// The key of the tag.
        "key": String, required, searchable;
        /// The value of the tag.
        "value": String, required, searchable;
    }

    /// Whether a change is meant for oneself.
    pub(super) SELF_CHANGE = "ExtensionSelfChangeUser" {
        /// Whether the caller may be the user who is changed. Without it, nobody changes themselves
        /// by way of a right over others.
        "allowSelfChange": Boolean, write_only, never;
    }
}
