//! Bulk actions on tags: deleting several tags, and editing the tags of several resources.

use crate::locks::IS_LOCK_OVERRIDE;
use crate::operation::{LIMIT, Method, Operation, PAGE, RETRY_TOKEN, Spec, Target};
use crate::{DefinedTags, Ocid};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What BulkDeleteTags is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkDeleteTagsDetails {
    /// The OCIDs of the tags: 1 to 100 of one tag namespace, all of them retired.
    pub tag_definition_ids: Vec<Ocid>,
}

/// What is done with a tag where it is, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum BulkEditOperation {
    /// It is added where it is not.
    #[serde(rename = "ADD_WHERE_ABSENT")]
    AddWhereAbsent,
    /// It gets the value where it is.
    #[serde(rename = "SET_WHERE_PRESENT")]
    SetWherePresent,
    /// It is added where it is not, and gets the value where it is.
    #[serde(rename = "ADD_OR_SET")]
    AddOrSet,
    /// It is taken away, whatever its value.
    Remove,
}

/// A resource whose tags are to be edited.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkEditResource {
    /// The OCID of the resource.
    pub id: String,
    /// What kind of resource it is, as `ListBulkEditTagsResourceTypes` names it.
    pub resource_type: String,
    /// What else is needed to find it; nothing, for resources with an OCID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

/// What is to be done with some tags.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkEditOperationDetails {
    /// ADD_WHERE_ABSENT, SET_WHERE_PRESENT, ADD_OR_SET, or REMOVE.
    pub operation_type: BulkEditOperation,
    /// The tags with their values; a value to take away is not looked at.
    pub defined_tags: DefinedTags,
}

/// What BulkEditTags is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkEditTagsDetails {
    /// The OCID of the compartment that the work request is to belong to.
    pub compartment_id: Ocid,
    /// The resources: 1 to 100, of whatever compartments.
    pub resources: Vec<BulkEditResource>,
    /// What is to be done to each of them; no tag is in two of these.
    pub bulk_edit_operations: Vec<BulkEditOperationDetails>,
}

/// A kind of resource whose tags can be edited.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkEditTagsResourceType {
    /// What the kind is called.
    pub resource_type: String,
    /// What else is needed to find one.
    pub metadata_keys: Option<Vec<String>>,
}

/// The kinds of resources whose tags can be edited.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct BulkEditTagsResourceTypeCollection {
    /// The kinds.
    pub items: Vec<BulkEditTagsResourceType>,
}

/// Deletes several tags.
pub static BULK_DELETE_TAGS: Operation<BulkDeleteTagsDetails, ()> = Operation::new(Spec {
    id: "BulkDeleteTags",
    method: Method::Post,
    path: "/20160918/tags/actions/bulkDelete",
    command: "iam tag bulk-delete",
    needs: &["TAG_NAMESPACE_DELETE"],
    target: Target::TagsInBody("tagDefinitionIds"),
    params: &[RETRY_TOKEN, IS_LOCK_OVERRIDE],
    waits_on: Some("GetTaggingWorkRequest"),
    is_accepted: true,
    doc: "Deletes several tags of one tag namespace, which must be retired, by a work request. They \
          are taken from all resources that have them, and tag defaults for them are deleted.",
    ..Spec::BLANK
});

/// Edits the tags of several resources.
pub static BULK_EDIT_TAGS: Operation<BulkEditTagsDetails, ()> = Operation::new(Spec {
    id: "BulkEditTags",
    method: Method::Post,
    path: "/20160918/tags/actions/bulkEdit",
    command: "iam tag bulk-edit",
    needs: &["TAG_NAMESPACE_INSPECT"],
    target: Target::Body("compartmentId"),
    params: &[RETRY_TOKEN],
    waits_on: Some("GetTaggingWorkRequest"),
    is_accepted: true,
    doc: "Adds, changes and takes away tags of several resources, one after the other, by a work \
          request. You must be allowed to update each of the resources, and to use each of the tag \
          namespaces. A resource whose tags cannot be edited does not keep the others.",
    ..Spec::BLANK
});

/// Lists whose tags can be edited in bulk.
pub static LIST_BULK_EDIT_TAGS_RESOURCE_TYPES: Operation<(), BulkEditTagsResourceTypeCollection> =
    Operation::new(Spec {
        id: "ListBulkEditTagsResourceTypes",
        path: "/20160918/tags/bulkEditResourceTypes",
        command: "iam tag bulk-edit-tags-resource-type list",
        needs: &["TAG_NAMESPACE_INSPECT"],
        target: Target::Tenancy,
        params: &[PAGE, LIMIT],
        doc: "Lists the kinds of resources whose tags can be edited in bulk.",
        ..Spec::BLANK
    });
