//! The parameters that the operations of a domain share.

use crate::operation::Param;
use crate::wire::Kind;

/// The sets of attributes that a request can ask for.
pub(super) const SETS: Kind = Kind::Choice(&["all", "always", "never", "request", "default"]);
/// The directions of sorting.
pub(super) const ORDER: Kind = Kind::Choice(&["ASCENDING", "DESCENDING"]);

/// `filter`.
pub(super) const FILTER: Param = Param::query(
    "filter",
    Kind::String,
    "Only resources that this expression fits, such as `userName eq \"ann\"`.",
);

/// `sortBy`.
pub(super) const SORT_BY: Param =
    Param::query("sortBy", Kind::String, "The attribute to sort by, such as `userName`.");

/// `sortOrder`.
pub(super) const SORT_ORDER: Param = Param::query(
    "sortOrder",
    ORDER,
    "Ascending or descending. If not given, what is sorted ascends.",
);

/// `startIndex`.
pub(super) const START_INDEX: Param =
    Param::query("startIndex", Kind::Integer, "The place of the first resource to show, from 1.");

/// `count`.
pub(super) const COUNT: Param =
    Param::query("count", Kind::Integer, "The most resources that one answer may hold.");

/// `attributes`.
pub(super) const ATTRIBUTES: Param = Param::query(
    "attributes",
    Kind::String,
    "The attributes to show, by their names with commas between.",
);

/// `attributeSets`.
pub(super) const ATTRIBUTE_SETS: Param = Param::query(
    "attributeSets",
    Kind::List(&SETS),
    "The sets of attributes to show, by when they are shown. May be given several times.",
);

/// `forceDelete`.
pub(super) const FORCE_DELETE: Param = Param::query(
    "forceDelete",
    Kind::Boolean,
    "Whether to delete it even if other resources refer to it.",
);

/// `authorization`.
pub(super) const AUTHORIZATION: Param = Param::header(
    "authorization",
    "How the request proves who sends it: the signature, which command lines write themselves.",
);

/// `resource_type_schema_version`.
pub(super) const SCHEMA_VERSION: Param = Param::header(
    "resource_type_schema_version",
    "The version of the resource's schema that the client knows. There is one alone.",
);
