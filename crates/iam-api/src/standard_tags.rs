//! Standard tags: tag namespaces after templates that everybody has.

use crate::Ocid;
use crate::operation::{
    COMPARTMENT_ID, LIMIT, Method, Operation, PAGE, Param, RETRY_TOKEN, Spec, Target,
};
use crate::wire::Kind;
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// What values a standard tag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum StandardTagType {
    /// Those of a list.
    Enum,
    /// All.
    String,
}

/// What may be done to the list of a standard tag's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum EnumMutability {
    /// Nothing.
    Immutable,
    /// Everything.
    Mutable,
    /// Values may be added.
    Appendable,
}

/// The template of a standard tag.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct StandardTagDefinitionTemplate {
    /// What the tag is for.
    pub description: String,
    /// The tag's name.
    pub tag_definition_name: String,
    /// ENUM takes only the values that are listed; STRING takes all.
    #[serde(rename = "type")]
    pub kind: StandardTagType,
    /// With ENUM, the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possible_values: Option<Vec<String>>,
    /// Whether costs are tracked by it.
    pub is_cost_tracking: bool,
    /// With ENUM, what may be done to the list of values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enum_mutability: Option<EnumMutability>,
}

/// The template of a standard tag namespace.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct StandardTagNamespaceTemplate {
    /// What the tag namespace is for.
    pub description: String,
    /// The tag namespace's name.
    pub standard_tag_namespace_name: String,
    /// The templates of its tags.
    pub tag_definition_templates: Vec<StandardTagDefinitionTemplate>,
    /// Whether it can be imported: ACTIVE.
    pub status: String,
}

/// The template of a standard tag namespace in a list.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct StandardTagNamespaceTemplateSummary {
    /// What the tag namespace is for.
    pub description: String,
    /// The tag namespace's name.
    pub standard_tag_namespace_name: String,
    /// Whether it can be imported: ACTIVE.
    pub status: String,
}

impl From<StandardTagNamespaceTemplate> for StandardTagNamespaceTemplateSummary {
    fn from(whole: StandardTagNamespaceTemplate) -> Self {
        Self {
            description: whole.description,
            standard_tag_namespace_name: whole.standard_tag_namespace_name,
            status: whole.status,
        }
    }
}

/// What ImportStandardTags is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportStandardTagsDetails {
    /// The OCID of the compartment to make the tag namespace in, or that it is in.
    pub compartment_id: Ocid,
    /// The name of the standard tag namespace.
    pub standard_tag_namespace_name: String,
}

/// Reads the template of a standard tag namespace.
pub static GET_STANDARD_TAG_TEMPLATE: Operation<(), StandardTagNamespaceTemplate> =
    Operation::new(Spec {
        id: "GetStandardTagTemplate",
        path: "/20160918/tags/standardTagNamespaceTemplates/{standardTagNamespaceName}",
        command: "iam standard-tag-namespace-template get-standard-tag-template",
        needs: &["TAG_NAMESPACE_INSPECT"],
        target: Target::Query("compartmentId"),
        params: &[
            Param::path(
                "standardTagNamespaceName",
                Kind::String,
                "The name of the standard tag namespace.",
            ),
            COMPARTMENT_ID,
        ],
        body_first: true,
        doc: "Shows the template of a standard tag namespace, with the tags that it has.",
        ..Spec::BLANK
    });

/// Lists the templates of standard tag namespaces.
pub static LIST_STANDARD_TAG_NAMESPACES: Operation<(), Vec<StandardTagNamespaceTemplateSummary>> =
    Operation::new(Spec {
        id: "ListStandardTagNamespaces",
        path: "/20160918/tags/standardTagNamespaceTemplates",
        command: "iam standard-tag-namespace-template list-standard-tag-namespaces",
        needs: &["TAG_NAMESPACE_INSPECT"],
        target: Target::Query("compartmentId"),
        params: &[COMPARTMENT_ID, PAGE, LIMIT],
        doc: "Lists the templates of standard tag namespaces.",
        ..Spec::BLANK
    });

/// Makes a standard tag namespace.
pub static IMPORT_STANDARD_TAGS: Operation<ImportStandardTagsDetails, ()> = Operation::new(Spec {
    id: "ImportStandardTags",
    method: Method::Post,
    path: "/20160918/tags/actions/importStandardTags",
    command: "iam tag import-standard-tags",
    needs: &["TAG_NAMESPACE_CREATE", "TAG_NAMESPACE_USE"],
    target: Target::Body("compartmentId"),
    params: &[RETRY_TOKEN],
    waits_on: Some("GetTaggingWorkRequest"),
    is_accepted: true,
    doc: "Makes a standard tag namespace with its tags, by a work request. Where the tag namespace is \
          there already, it gets the tags that it lacks; those that it has stay as they are.",
    ..Spec::BLANK
});
