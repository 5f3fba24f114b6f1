//! Tags: the keys of a tag namespace, and what values they take.

use crate::locks::IS_LOCK_OVERRIDE;
use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIMIT, Method, Operation, PAGE, Param, RETRY_TOKEN, Spec, Target,
};
use crate::scim::Traits;
use crate::tag_namespaces::{TAG_NAMESPACE_ID, TAG_STATE, TagState};
use crate::wire::{Field, Kind, Model, Variant, Wire};
use crate::{DefinedTags, FreeformTags, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// How the values of a tag are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum ValidatorType {
    /// Only those of a list are taken.
    Enum,
    /// All are taken; in an update it takes a list away.
    Default,
}

/// What values a tag takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Validator {
    /// ENUM, or DEFAULT.
    pub validator_type: ValidatorType,
    /// With ENUM, the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}

static VALIDATOR: Model = Model {
    name: "BaseTagDefinitionValidator",
    doc: "What values a tag takes.",
    fields: &[
        Field {
            name: "validatorType",
            kind: <ValidatorType as Wire>::KIND,
            required: true,
            doc: "ENUM takes only the values that are listed; DEFAULT takes all.",
            unlisted: false,
            traits: Traits::PLAIN,
        },
        Field {
            name: "values",
            kind: <Vec<String> as Wire>::KIND,
            required: false,
            doc: "With ENUM: 1 to 100 values, none twice.",
            unlisted: false,
            traits: Traits::PLAIN,
        },
    ],
    variants: &[
        Variant { word: "DEFAULT", fields: &[] },
        Variant { word: "ENUM", fields: &["values"] },
    ],
};

impl Wire for Validator {
    const KIND: Kind = Kind::Model(&VALIDATOR);
}

/// A key of a tag namespace.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// The OCID of the compartment that the tag namespace is in.
    pub compartment_id: Ocid,
    /// The OCID of the tag namespace.
    pub tag_namespace_id: Ocid,
    /// The name of the tag namespace.
    pub tag_namespace_name: String,
    /// The OCID of the tag.
    pub id: Ocid,
    /// Its name, the key; unique in its tag namespace in whatever case, and never changed.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Free-form tags of the tag itself.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the tag itself.
    #[serde(default)]
    pub defined_tags: DefinedTags,
    /// Whether it is retired: then it cannot be applied.
    pub is_retired: bool,
    /// Where it is in its life: INACTIVE when it is retired.
    pub lifecycle_state: TagState,
    /// When it was created.
    pub time_created: Timestamp,
    /// Whether costs are tracked by it.
    pub is_cost_tracking: bool,
    /// What values it takes; null takes all.
    pub validator: Option<Validator>,
}

/// A tag in a list.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct TagSummary {
    /// The OCID of the compartment that the tag namespace is in.
    pub compartment_id: Ocid,
    /// The OCID of the tag.
    pub id: Ocid,
    /// Its name, the key.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Free-form tags of the tag itself.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the tag itself.
    #[serde(default)]
    pub defined_tags: DefinedTags,
    /// Whether it is retired.
    pub is_retired: bool,
    /// Where it is in its life: INACTIVE when it is retired.
    pub lifecycle_state: String,
    /// When it was created.
    pub time_created: Timestamp,
    /// Whether costs are tracked by it.
    pub is_cost_tracking: bool,
}

impl From<Tag> for TagSummary {
    fn from(whole: Tag) -> Self {
        Self {
            compartment_id: whole.compartment_id,
            id: whole.id,
            name: whole.name,
            description: whole.description,
            freeform_tags: whole.freeform_tags,
            defined_tags: whole.defined_tags,
            is_retired: whole.is_retired,
            lifecycle_state: whole.lifecycle_state.as_str().to_owned(),
            time_created: whole.time_created,
            is_cost_tracking: whole.is_cost_tracking,
        }
    }
}

/// What CreateTag is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTagDetails {
    /// Its name, the key: 1 to 100 printable ASCII characters without space and full stop; unique
    /// in its tag namespace in whatever case.
    pub name: String,
    /// What it is for, in at most 400 characters.
    pub description: String,
    /// Free-form tags: an object of keys and values.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values.
    pub defined_tags: Option<DefinedTags>,
    /// Whether costs are tracked by it; a tenancy has at most 10 such tags.
    pub is_cost_tracking: Option<bool>,
    /// What values it takes; all, where this is left out.
    pub validator: Option<Validator>,
}

/// What UpdateTag is told; what is left out stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTagDetails {
    /// What it is for, in at most 400 characters.
    pub description: Option<String>,
    /// Whether it is retired: then it stays where it is applied, and cannot be applied anew.
    pub is_retired: Option<bool>,
    /// Free-form tags: an object of keys and values. It replaces all.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values. It replaces all.
    pub defined_tags: Option<DefinedTags>,
    /// Whether costs are tracked by it; a tenancy has at most 10 such tags.
    pub is_cost_tracking: Option<bool>,
    /// What values it takes from now on; values that are applied already stay.
    pub validator: Option<Validator>,
}

/// `tagName` in a path.
pub const TAG_NAME: Param = Param::path("tagName", Kind::String, "The name of the tag, its key.");

/// Creates a tag.
pub static CREATE_TAG: Operation<CreateTagDetails, Tag> = Operation::new(Spec {
    id: "CreateTag",
    method: Method::Post,
    path: "/20160918/tagNamespaces/{tagNamespaceId}/tags",
    command: "iam tag create",
    needs: &["TAG_NAMESPACE_USE"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID, RETRY_TOKEN, IS_LOCK_OVERRIDE],
    waits_on: Some("GetTag"),
    doc: "Creates a tag: a key in a tag namespace.",
    ..Spec::BLANK
});

/// Reads a tag.
pub static GET_TAG: Operation<(), Tag> = Operation::new(Spec {
    id: "GetTag",
    path: "/20160918/tagNamespaces/{tagNamespaceId}/tags/{tagName}",
    command: "iam tag get",
    needs: &["TAG_NAMESPACE_INSPECT"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID, TAG_NAME],
    doc: "Shows a tag, with the values that it takes.",
    ..Spec::BLANK
});

/// Lists tags.
pub static LIST_TAGS: Operation<(), Vec<TagSummary>> = Operation::new(Spec {
    id: "ListTags",
    path: "/20160918/tagNamespaces/{tagNamespaceId}/tags",
    command: "iam tag list",
    needs: &["TAG_NAMESPACE_INSPECT"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID, PAGE, LIMIT, TAG_STATE],
    doc: "Lists the tags of a tag namespace.",
    ..Spec::BLANK
});

/// Lists the tags by which costs are tracked.
pub static LIST_COST_TRACKING_TAGS: Operation<(), Vec<Tag>> = Operation::new(Spec {
    id: "ListCostTrackingTags",
    path: "/20160918/tagNamespaces/actions/listCostTrackingTags",
    command: "iam tag list-cost-tracking",
    needs: &["TAG_NAMESPACE_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[COMPARTMENT_ID, PAGE, LIMIT],
    doc: "Lists the tenancy's tags by which costs are tracked.",
    ..Spec::BLANK
});

/// Updates a tag.
pub static UPDATE_TAG: Operation<UpdateTagDetails, Tag> = Operation::new(Spec {
    id: "UpdateTag",
    method: Method::Put,
    path: "/20160918/tagNamespaces/{tagNamespaceId}/tags/{tagName}",
    command: "iam tag update",
    needs: &["TAG_NAMESPACE_USE"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID, TAG_NAME, IF_MATCH, IS_LOCK_OVERRIDE],
    waits_on: Some("GetTag"),
    doc: "Changes a tag's description, tags or values; retires it, or makes it active again.",
    ..Spec::BLANK
});

/// Deletes a tag.
pub static DELETE_TAG: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteTag",
    method: Method::Delete,
    path: "/20160918/tagNamespaces/{tagNamespaceId}/tags/{tagName}",
    command: "iam tag delete",
    needs: &["TAG_NAMESPACE_DELETE"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID, TAG_NAME, IF_MATCH, IS_LOCK_OVERRIDE],
    waits_on: Some("GetTaggingWorkRequest"),
    is_accepted: true,
    doc: "Deletes a tag, which must be retired, by a work request. It is taken from all resources \
          that have it, and tag defaults for it are deleted.",
    ..Spec::BLANK
});
