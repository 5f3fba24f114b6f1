//! Tag namespaces: what holds the keys of defined tags.

use crate::locks::{AddLockDetails, IS_LOCK_OVERRIDE, RemoveLockDetails, ResourceLock};
use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIMIT, Method, Operation, PAGE, Param, RETRY_TOKEN, Spec, Target,
};
use crate::wire::{Kind, Wire};
use crate::{DefinedTags, FreeformTags, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// Where a tag namespace or a tag is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum TagState {
    /// In use.
    Active,
    /// Retired: it stays where it is applied, and cannot be applied anew.
    Inactive,
    /// Being deleted.
    Deleting,
    /// Gone.
    Deleted,
}

impl TagState {
    /// The state of what is retired, or is not.
    #[must_use]
    pub const fn of(is_retired: bool) -> Self {
        if is_retired { Self::Inactive } else { Self::Active }
    }

    /// As it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Deleting => "DELETING",
            Self::Deleted => "DELETED",
        }
    }
}

/// A tag namespace.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct TagNamespace {
    /// The OCID of the tag namespace.
    pub id: Ocid,
    /// The OCID of the compartment that it is in.
    pub compartment_id: Ocid,
    /// Its name; unique in the tenancy in whatever case, and never changed.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Free-form tags of the tag namespace itself.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the tag namespace itself.
    #[serde(default)]
    pub defined_tags: DefinedTags,
    /// Whether it is retired: then none of its keys can be applied.
    pub is_retired: bool,
    /// Where it is in its life: INACTIVE when it is retired.
    pub lifecycle_state: TagState,
    /// When it was created.
    pub time_created: Timestamp,
    /// Its locks.
    #[serde(default)]
    pub locks: Vec<ResourceLock>,
}

/// A tag namespace in a list.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct TagNamespaceSummary {
    /// The OCID of the tag namespace.
    pub id: Ocid,
    /// The OCID of the compartment that it is in.
    pub compartment_id: Ocid,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Free-form tags of the tag namespace itself.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the tag namespace itself.
    #[serde(default)]
    pub defined_tags: DefinedTags,
    /// Whether it is retired.
    pub is_retired: bool,
    /// Where it is in its life: INACTIVE when it is retired.
    pub lifecycle_state: String,
    /// When it was created.
    pub time_created: Timestamp,
    /// Its locks.
    #[serde(default)]
    pub locks: Vec<ResourceLock>,
}

impl From<TagNamespace> for TagNamespaceSummary {
    fn from(whole: TagNamespace) -> Self {
        Self {
            id: whole.id,
            compartment_id: whole.compartment_id,
            name: whole.name,
            description: whole.description,
            freeform_tags: whole.freeform_tags,
            defined_tags: whole.defined_tags,
            is_retired: whole.is_retired,
            lifecycle_state: whole.lifecycle_state.as_str().to_owned(),
            time_created: whole.time_created,
            locks: whole.locks,
        }
    }
}

/// What CreateTagNamespace is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTagNamespaceDetails {
    /// The OCID of the compartment to make it in: the tenancy, or one below it.
    pub compartment_id: Ocid,
    /// Its name: 1 to 100 printable ASCII characters without space and full stop; unique in the
    /// tenancy in whatever case.
    pub name: String,
    /// What it is for, in at most 400 characters.
    pub description: String,
    /// Free-form tags: an object of keys and values.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values.
    pub defined_tags: Option<DefinedTags>,
    /// Locks that it has from the beginning.
    pub locks: Option<Vec<AddLockDetails>>,
}

/// What UpdateTagNamespace is told; what is left out stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTagNamespaceDetails {
    /// What it is for, in at most 400 characters.
    pub description: Option<String>,
    /// Whether it is retired. That retires all its keys too; reactivated, each has to be by itself.
    pub is_retired: Option<bool>,
    /// Free-form tags: an object of keys and values. It replaces all.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags: an object of namespaces, each with keys and values. It replaces all.
    pub defined_tags: Option<DefinedTags>,
}

/// What ChangeTagNamespaceCompartment is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeTagNamespaceCompartmentDetail {
    /// The OCID of the compartment to move it to.
    pub compartment_id: Ocid,
}

/// `tagNamespaceId` in a path.
pub const TAG_NAMESPACE_ID: Param =
    Param::path("tagNamespaceId", Kind::Ocid, "The OCID of the tag namespace.");

/// `lifecycleState` of lists of tag namespaces and tags.
pub const TAG_STATE: Param = Param::query(
    "lifecycleState",
    <TagState as Wire>::KIND,
    "Only those in this state; upper and lower case are alike.",
);

/// Creates a tag namespace.
pub static CREATE_TAG_NAMESPACE: Operation<CreateTagNamespaceDetails, TagNamespace> =
    Operation::new(Spec {
        id: "CreateTagNamespace",
        method: Method::Post,
        path: "/20160918/tagNamespaces",
        command: "iam tag-namespace create",
        needs: &["TAG_NAMESPACE_CREATE"],
        target: Target::Body("compartmentId"),
        params: &[RETRY_TOKEN],
        waits_on: Some("GetTagNamespace"),
        doc: "Creates a tag namespace, which holds keys of defined tags.",
        ..Spec::BLANK
    });

/// Reads a tag namespace.
pub static GET_TAG_NAMESPACE: Operation<(), TagNamespace> = Operation::new(Spec {
    id: "GetTagNamespace",
    path: "/20160918/tagNamespaces/{tagNamespaceId}",
    command: "iam tag-namespace get",
    needs: &["TAG_NAMESPACE_INSPECT"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID],
    doc: "Shows a tag namespace. Its keys are listed by `iam tag list`.",
    ..Spec::BLANK
});

/// Lists tag namespaces.
pub static LIST_TAG_NAMESPACES: Operation<(), Vec<TagNamespaceSummary>> = Operation::new(Spec {
    id: "ListTagNamespaces",
    path: "/20160918/tagNamespaces",
    command: "iam tag-namespace list",
    needs: &["TAG_NAMESPACE_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[
        COMPARTMENT_ID,
        PAGE,
        LIMIT,
        Param::query(
            "includeSubcompartments",
            Kind::Boolean,
            "Whether those in compartments below this one are listed too.",
        ),
        TAG_STATE,
    ],
    doc: "Lists the tag namespaces in a compartment.",
    ..Spec::BLANK
});

/// Updates a tag namespace.
pub static UPDATE_TAG_NAMESPACE: Operation<UpdateTagNamespaceDetails, TagNamespace> =
    Operation::new(Spec {
        id: "UpdateTagNamespace",
        method: Method::Put,
        path: "/20160918/tagNamespaces/{tagNamespaceId}",
        command: "iam tag-namespace update",
        needs: &["TAG_NAMESPACE_UPDATE"],
        target: Target::Path("tagNamespaceId"),
        params: &[TAG_NAMESPACE_ID, IS_LOCK_OVERRIDE],
        waits_on: Some("GetTagNamespace"),
        doc: "Changes a tag namespace's description or tags; retires it, or makes it active again.",
        ..Spec::BLANK
    });

/// Moves a tag namespace.
pub static CHANGE_TAG_NAMESPACE_COMPARTMENT: Operation<ChangeTagNamespaceCompartmentDetail, ()> =
    Operation::new(Spec {
        id: "ChangeTagNamespaceCompartment",
        method: Method::Post,
        path: "/20160918/tagNamespaces/{tagNamespaceId}/actions/changeCompartment",
        command: "iam tag-namespace change-compartment",
        needs: &["TAG_NAMESPACE_MOVE"],
        target: Target::Path("tagNamespaceId"),
        params: &[TAG_NAMESPACE_ID, RETRY_TOKEN, IS_LOCK_OVERRIDE],
        doc: "Moves a tag namespace with its keys to another compartment.",
        ..Spec::BLANK
    });

/// Adds a lock to a tag namespace.
pub static ADD_TAG_NAMESPACE_LOCK: Operation<AddLockDetails, TagNamespace> = Operation::new(Spec {
    id: "AddTagNamespaceLock",
    method: Method::Post,
    path: "/20160918/tagNamespaces/{tagNamespaceId}/actions/addLock",
    command: "iam tag-namespace add",
    needs: &["TAG_NAMESPACE_UPDATE"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID, RETRY_TOKEN, IF_MATCH],
    waits_on: Some("GetTagNamespace"),
    doc: "Adds a lock to a tag namespace. It also keeps its keys from what it forbids.",
    ..Spec::BLANK
});

/// Removes a lock from a tag namespace.
pub static REMOVE_TAG_NAMESPACE_LOCK: Operation<RemoveLockDetails, TagNamespace> =
    Operation::new(Spec {
        id: "RemoveTagNamespaceLock",
        method: Method::Post,
        path: "/20160918/tagNamespaces/{tagNamespaceId}/actions/removeLock",
        command: "iam tag-namespace remove",
        needs: &["TAG_NAMESPACE_UPDATE"],
        target: Target::Path("tagNamespaceId"),
        params: &[TAG_NAMESPACE_ID, RETRY_TOKEN, IF_MATCH],
        waits_on: Some("GetTagNamespace"),
        doc: "Removes a lock from a tag namespace.",
        ..Spec::BLANK
    });

/// Deletes a tag namespace.
pub static DELETE_TAG_NAMESPACE: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteTagNamespace",
    method: Method::Delete,
    path: "/20160918/tagNamespaces/{tagNamespaceId}",
    command: "iam tag-namespace delete",
    needs: &["TAG_NAMESPACE_DELETE"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID, IF_MATCH, IS_LOCK_OVERRIDE],
    waits_on: Some("GetTagNamespace"),
    doc: "Deletes a tag namespace. It must be retired, and have no keys.",
    ..Spec::BLANK
});

/// Deletes a tag namespace with its tags.
pub static CASCADE_DELETE_TAG_NAMESPACE: Operation<(), ()> = Operation::new(Spec {
    id: "CascadeDeleteTagNamespace",
    method: Method::Post,
    path: "/20160918/tagNamespaces/{tagNamespaceId}/actions/cascadeDelete",
    command: "iam tag-namespace cascade-delete",
    needs: &["TAG_NAMESPACE_DELETE"],
    target: Target::Path("tagNamespaceId"),
    params: &[TAG_NAMESPACE_ID, RETRY_TOKEN, IF_MATCH, IS_LOCK_OVERRIDE],
    waits_on: Some("GetTaggingWorkRequest"),
    is_accepted: true,
    doc: "Deletes a tag namespace, which must be retired, with its keys, by a work request. They are \
          taken from all resources that have them, and tag defaults for them are deleted.",
    ..Spec::BLANK
});
