//! Tag defaults: tags that are put on whatever is made in a compartment or below it.

use crate::locks::{AddLockDetails, IS_LOCK_OVERRIDE, RemoveLockDetails, ResourceLock};
use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIMIT, Method, Operation, PAGE, Param, RETRY_TOKEN, Spec, Target,
};
use crate::wire::{Field, Kind, Model, Wire};
use crate::{Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// Where a tag default is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum TagDefaultState {
    /// In use.
    Active,
}

/// A tag default.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct TagDefault {
    /// The OCID of the tag default.
    pub id: Ocid,
    /// The OCID of the compartment in which it counts, and below it.
    pub compartment_id: Ocid,
    /// The OCID of the tag namespace of its tag.
    pub tag_namespace_id: Ocid,
    /// The OCID of its tag.
    pub tag_definition_id: Ocid,
    /// The name of its tag, the key.
    pub tag_definition_name: String,
    /// The value that the tag is given; variables in it are resolved when it is.
    pub value: String,
    /// When it was created.
    pub time_created: Timestamp,
    /// Where it is in its life.
    pub lifecycle_state: TagDefaultState,
    /// Whether whoever makes something must give the value, and this one is not taken.
    pub is_required: bool,
    /// Its locks.
    #[serde(default)]
    pub locks: Vec<ResourceLock>,
}

/// A tag default in a list, which tells the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TagDefaultSummary(pub TagDefault);

static SUMMARY: Model = Model {
    name: "TagDefaultSummary",
    doc: "A tag default in a list.",
    fields: FIELDS,
    variants: &[],
};

const FIELDS: &[Field] = match <TagDefault as Wire>::KIND {
    Kind::Model(whole) => whole.fields,
    _ => &[],
};

impl Wire for TagDefaultSummary {
    const KIND: Kind = Kind::Model(&SUMMARY);
}

/// What CreateTagDefault is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTagDefaultDetails {
    /// The OCID of the compartment in which it counts, and below it.
    pub compartment_id: Ocid,
    /// The OCID of its tag.
    pub tag_definition_id: Ocid,
    /// The value that the tag is given. `${iam.principal.name}`, `${iam.principal.type}` and
    /// `${oci.datetime}` are resolved when it is.
    pub value: String,
    /// Whether whoever makes something must give the value, and this one is not taken.
    pub is_required: Option<bool>,
    /// Locks that it has from the beginning.
    pub locks: Option<Vec<AddLockDetails>>,
}

/// What UpdateTagDefault is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateTagDefaultDetails {
    /// The value that the tag is given from now on.
    pub value: String,
    /// Whether whoever makes something must give the value, and this one is not taken.
    pub is_required: Option<bool>,
}

/// `tagDefaultId` in a path.
pub const TAG_DEFAULT_ID: Param =
    Param::path("tagDefaultId", Kind::Ocid, "The OCID of the tag default.");

/// `lifecycleState` of lists of tag defaults.
const TAG_DEFAULT_STATE: Param = Param::query(
    "lifecycleState",
    <TagDefaultState as Wire>::KIND,
    "Only those in this state: there is no other.",
);

/// Creates a tag default.
pub static CREATE_TAG_DEFAULT: Operation<CreateTagDefaultDetails, TagDefault> =
    Operation::new(Spec {
        id: "CreateTagDefault",
        method: Method::Post,
        path: "/20160918/tagDefaults",
        command: "iam tag-default create",
        needs: &["TAG_DEFAULT_MANAGE"],
        target: Target::Body("compartmentId"),
        params: &[RETRY_TOKEN],
        waits_on: Some("GetTagDefault"),
        doc: "Creates a tag default: a tag for whatever is made in a compartment or below it. The \
              caller must be allowed to use the tag's namespace too.",
        ..Spec::BLANK
    });

/// Reads a tag default.
pub static GET_TAG_DEFAULT: Operation<(), TagDefault> = Operation::new(Spec {
    id: "GetTagDefault",
    path: "/20160918/tagDefaults/{tagDefaultId}",
    command: "iam tag-default get",
    needs: &["TAG_DEFAULT_INSPECT"],
    target: Target::Path("tagDefaultId"),
    params: &[TAG_DEFAULT_ID],
    doc: "Shows a tag default.",
    ..Spec::BLANK
});

/// Lists tag defaults.
pub static LIST_TAG_DEFAULTS: Operation<(), Vec<TagDefaultSummary>> = Operation::new(Spec {
    id: "ListTagDefaults",
    path: "/20160918/tagDefaults",
    command: "iam tag-default list",
    needs: &["TAG_DEFAULT_INSPECT"],
    target: Target::QueryOrTenancy("compartmentId"),
    params: &[
        PAGE,
        LIMIT,
        Param::query("id", Kind::Ocid, "Only the tag default of this OCID."),
        Param::query("compartmentId", Kind::Ocid, "Only those of this very compartment."),
        Param::query("tagDefinitionId", Kind::Ocid, "Only those of the tag of this OCID."),
        TAG_DEFAULT_STATE,
    ],
    doc: "Lists tag defaults: those of one compartment, or all of the tenancy.",
    ..Spec::BLANK
});

/// Assembles the tag defaults that count in a compartment.
pub static ASSEMBLE_EFFECTIVE_TAG_SET: Operation<(), Vec<TagDefaultSummary>> =
    Operation::new(Spec {
        id: "AssembleEffectiveTagSet",
        path: "/20160918/tagDefaults/actions/assembleEffectiveTagSet",
        command: "iam tag-default assemble-effective-tag-set",
        needs: &["TAG_DEFAULT_INSPECT"],
        target: Target::Query("compartmentId"),
        params: &[COMPARTMENT_ID, TAG_DEFAULT_STATE],
        doc: "Shows the tag defaults that count in a compartment: its own and those above it; of \
              two for one tag, the nearer.",
        ..Spec::BLANK
    });

/// Updates a tag default.
pub static UPDATE_TAG_DEFAULT: Operation<UpdateTagDefaultDetails, TagDefault> =
    Operation::new(Spec {
        id: "UpdateTagDefault",
        method: Method::Put,
        path: "/20160918/tagDefaults/{tagDefaultId}",
        command: "iam tag-default update",
        needs: &["TAG_DEFAULT_MANAGE"],
        target: Target::Path("tagDefaultId"),
        params: &[TAG_DEFAULT_ID, IF_MATCH, IS_LOCK_OVERRIDE],
        waits_on: Some("GetTagDefault"),
        doc: "Changes a tag default. What has been made with it stays as it is.",
        ..Spec::BLANK
    });

/// Adds a lock to a tag default.
pub static ADD_TAG_DEFAULT_LOCK: Operation<AddLockDetails, TagDefault> = Operation::new(Spec {
    id: "AddTagDefaultLock",
    method: Method::Post,
    path: "/20160918/tagDefaults/{tagDefaultId}/actions/addLock",
    command: "iam tag-default add",
    needs: &["TAG_DEFAULT_MANAGE"],
    target: Target::Path("tagDefaultId"),
    params: &[TAG_DEFAULT_ID, RETRY_TOKEN, IF_MATCH],
    waits_on: Some("GetTagDefault"),
    doc: "Adds a lock to a tag default.",
    ..Spec::BLANK
});

/// Removes a lock from a tag default.
pub static REMOVE_TAG_DEFAULT_LOCK: Operation<RemoveLockDetails, TagDefault> =
    Operation::new(Spec {
        id: "RemoveTagDefaultLock",
        method: Method::Post,
        path: "/20160918/tagDefaults/{tagDefaultId}/actions/removeLock",
        command: "iam tag-default remove",
        needs: &["TAG_DEFAULT_MANAGE"],
        target: Target::Path("tagDefaultId"),
        params: &[TAG_DEFAULT_ID, RETRY_TOKEN, IF_MATCH],
        waits_on: Some("GetTagDefault"),
        doc: "Removes a lock from a tag default.",
        ..Spec::BLANK
    });

/// Deletes a tag default.
pub static DELETE_TAG_DEFAULT: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteTagDefault",
    method: Method::Delete,
    path: "/20160918/tagDefaults/{tagDefaultId}",
    command: "iam tag-default delete",
    needs: &["TAG_DEFAULT_MANAGE"],
    target: Target::Path("tagDefaultId"),
    params: &[TAG_DEFAULT_ID, IF_MATCH, IS_LOCK_OVERRIDE],
    waits_on: Some("GetTagDefault"),
    doc: "Deletes a tag default. Tags that it has put on something stay there.",
    ..Spec::BLANK
});
