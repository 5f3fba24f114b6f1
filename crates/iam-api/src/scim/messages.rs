//! What requests and answers say besides resources: lists, searches, patches and errors (RFC 7644).

use super::schema::{attributes, model};
use crate::problem::{Code, Keyword, Problem};
use crate::wire::{Field, Kind, Model, Wire};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::marker::PhantomData;

/// The URN of a list.
pub const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The URN of a search.
pub const SEARCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// The URN of a patch.
pub const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// The URN of an error.
pub const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// The URN of what OCI adds to an error.
pub const ERROR_EXTENSION_URN: &str =
    "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error";

/// A type of resource that can be listed.
pub trait Listed {
    /// The model of a list of them.
    const LIST: &'static Model;
}

/// A type of resource that can be searched for.
pub trait Searched {
    /// The model of a search for them.
    const SEARCH: &'static Model;
}

/// A page of resources.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListResponse<R> {
    /// [`LIST_URN`].
    pub schemas: Vec<String>,
    /// How many resources there are on all pages.
    pub total_results: i64,
    /// The resources of this page.
    #[serde(rename = "Resources")]
    pub resources: Vec<R>,
    /// The place of the first of them, from 1.
    pub start_index: i64,
    /// How many there are on this page.
    pub items_per_page: i64,
}

impl<R: Listed> Wire for ListResponse<R> {
    const KIND: Kind = Kind::Model(R::LIST);
}

/// The fields of a list of such resources.
pub(super) const fn list_fields(resources: Kind) -> [Field; 5] {
    let [schemas, total, start, count] = attributes! {
        /// The URN of a list: `urn:ietf:params:scim:api:messages:2.0:ListResponse`.
        "schemas": [String], required;
        /// How many resources there are on all pages.
        "totalResults": Integer, required;
        /// The place of this page's first resource, from 1.
        "startIndex": Integer, required;
        /// How many resources there are on this page.
        "itemsPerPage": Integer, required;
    };
    let page = Field::attribute("Resources", resources, "The resources of this page.").required();
    [schemas, total, page, start, count]
}

/// A search: a list whose question is a body, so that it may be long and stays out of logs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest<R> {
    /// [`SEARCH_URN`].
    pub schemas: Vec<String>,
    /// The attributes to show.
    pub attributes: Option<Vec<String>>,
    /// The sets of attributes to show.
    pub attribute_sets: Option<Vec<String>>,
    /// The expression that resources must fit.
    pub filter: Option<String>,
    /// The attribute to sort by.
    pub sort_by: Option<String>,
    /// The direction of sorting.
    pub sort_order: Option<String>,
    /// The place of the first resource to show, from 1.
    pub start_index: Option<i64>,
    /// The most resources that the answer may hold.
    pub count: Option<i64>,
    #[serde(skip)]
    of: PhantomData<fn() -> R>,
}

impl<R: Searched> Wire for SearchRequest<R> {
    const KIND: Kind = Kind::Model(R::SEARCH);
}

/// The fields of a search among resources of which there may be many.
pub(super) const SEARCH_FILTERED: [Field; 8] = attributes! {
    /// The URN of a search: `urn:ietf:params:scim:api:messages:2.0:SearchRequest`.
    "schemas": [String], required;
    /// The attributes to show: an array of names.
    "attributes": [String];
    /// The sets of attributes to show: an array, by when they are shown.
    "attributeSets": [{"all", "always", "never", "request", "default"}];
    /// Only resources that this expression fits, such as `userName eq "ann"`.
    "filter": String;
    /// The attribute to sort by, such as `userName`.
    "sortBy": String;
    /// Ascending or descending. If not given, what is sorted ascends.
    "sortOrder": {"ASCENDING", "DESCENDING"};
    /// The place of the first resource to show, from 1.
    "startIndex": Integer;
    /// The most resources that one answer may hold.
    "count": Integer;
};

/// The fields of a search among resources of which there are few.
pub(super) const SEARCH_WHOLE: [Field; 3] = {
    let [schemas, attributes, sets, ..] = SEARCH_FILTERED;
    [schemas, attributes, sets]
};

/// Changes of parts of a resource: all of them, or none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PatchOp {
    /// [`PATCH_URN`].
    pub schemas: Vec<String>,
    /// The changes, done in this order.
    #[serde(rename = "Operations")]
    pub operations: Vec<PatchOperation>,
}

/// One change of a part of a resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PatchOperation {
    /// `add`, `remove` or `replace`, in whatever case.
    pub op: String,
    /// The attribute to change; left out, the value is an object of attributes.
    pub path: Option<String>,
    /// The new value.
    pub value: Option<Value>,
}

impl Wire for PatchOp {
    const KIND: Kind = Kind::Model(&PATCH_OP);
}

model! {
    /// Changes of parts of a resource: all of them, or none.
    pub(super) PATCH_OP = "PatchOp" {
        /// The URN of a patch: `urn:ietf:params:scim:api:messages:2.0:PatchOp`.
        "schemas": [String], required;
        /// The changes, done in this order: an array of objects of `op`, `path` and `value`.
        "Operations": [PATCH_OPERATION], required;
    }

    /// One change of a part of a resource.
    PATCH_OPERATION = "Operations" {
        /// What to do; upper and lower case are alike.
        "op": {"ADD", "REMOVE", "REPLACE"}, required;
        /// The attribute to change, such as `title` or `emails[type eq "work"].value`.
        "path": String;
        /// The new value.
        "value": Any;
    }
}

/// An error, as SCIM answers one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Error {
    /// [`ERROR_URN`] and [`ERROR_EXTENSION_URN`].
    pub schemas: Vec<String>,
    /// What happened, to what, and what to do next.
    pub detail: String,
    /// The HTTP status, as text.
    pub status: String,
    /// RFC 7644's word for what is wrong, where it has one.
    #[serde(rename = "scimType", skip_serializing_if = "Option::is_none")]
    pub scim_type: Option<String>,
    /// What OCI adds.
    #[serde(rename = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error")]
    pub extension: ErrorExtension,
}

/// What OCI adds to an error.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorExtension {
    /// What scripts go by: OCI's id of the message where it is known, else the Identity API's code.
    pub message_id: String,
}

impl Error {
    /// The answer to a request that ended so.
    #[must_use]
    pub fn of(problem: &Problem) -> Self {
        Self {
            schemas: vec![ERROR_URN.to_owned(), ERROR_EXTENSION_URN.to_owned()],
            detail: problem.message.clone(),
            status: problem.code.status().to_string(),
            scim_type: scim_type(problem).map(str::to_owned),
            extension: ErrorExtension {
                message_id: match problem.keyword {
                    Some(Keyword::Message(id)) => id.to_owned(),
                    _ => problem.code.to_string(),
                },
            },
        }
    }
}

/// RFC 7644's word for what is wrong (table 9).
const fn scim_type(problem: &Problem) -> Option<&'static str> {
    match (problem.keyword, problem.code) {
        (Some(Keyword::Scim(word)), _) => Some(word),
        (_, Code::UserAlreadyExists | Code::GroupAlreadyExists | Code::PolicyAlreadyExists) => {
            Some("uniqueness")
        }
        (_, Code::CannotParseRequest) => Some("invalidSyntax"),
        _ => None,
    }
}

impl Wire for Error {
    const KIND: Kind = Kind::Model(&ERROR);
}

model! {
    /// Why a request was refused.
    pub(super) ERROR = "Error" {
        /// The URNs of an error and of what OCI adds to one.
        "schemas": [String], required;
        /// What is wrong, and what to do.
        "detail": String, required;
        /// The HTTP status.
        "status": String, required;
        /// The standard's word for what is wrong, where it has one.
        "scimType": String;
        /// What scripts go by.
        "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error": ERROR_EXTENSION, required;
    }

    /// What OCI adds to an error.
    ERROR_EXTENSION = "ErrorExtension" {
        /// What kind of refusal it is: a code of the Identity API.
        "messageId": String, required;
    }
}
