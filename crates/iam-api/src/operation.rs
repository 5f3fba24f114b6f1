//! What an operation is: a row of the table that everything else reads.
//!
//! [`Spec`] is the row; [`Operation`] adds the types of body and reply, so that a handler can only
//! be bound to the operation whose types it has. Rows stand beside their models, a file for each
//! resource; `OPERATIONS` in the crate's root lists them.

use crate::wire::{Kind, Wire};
use crate::{audit_events, credentials};
use std::marker::PhantomData;

/// An HTTP method that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or acts.
    Post,
    /// Updates, or replaces.
    Put,
    /// Changes parts.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    /// As it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Where a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
}

/// A parameter of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name on the wire, such as `userId` or `if-match`.
    pub name: &'static str,
    /// Where it is written.
    pub place: Place,
    /// The shape of its value; a list may be given several times.
    pub kind: Kind,
    /// Whether the request is refused without it.
    pub required: bool,
    /// What it means, for help texts.
    pub doc: &'static str,
}

impl Param {
    /// A required segment of the path.
    #[must_use]
    pub const fn path(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, place: Place::Path, kind, required: true, doc }
    }

    /// An optional query parameter.
    #[must_use]
    pub const fn query(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, place: Place::Query, kind, required: false, doc }
    }

    /// The same parameter, required.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn header(name: &'static str, doc: &'static str) -> Self {
        Self { name, place: Place::Header, kind: Kind::String, required: false, doc }
    }
}

/// What an operation acts on: it says in which compartment the permissions are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The resource named by this segment of the path.
    Path(&'static str),
    /// The compartment named by this query parameter.
    Query(&'static str),
    /// The compartment named by this query parameter; the caller's tenancy, where it names none.
    QueryOrTenancy(&'static str),
    /// The resource or compartment named by this field of the body.
    Body(&'static str),
    /// The tag namespace that the tags are in which this field of the body lists.
    TagsInBody(&'static str),
    /// The compartment named by this segment of the path, and the one named by this field of the
    /// body: permissions are needed in the lowest compartment that both are in.
    Between(&'static str, &'static str),
    /// The caller's tenancy.
    Tenancy,
    /// The identity domain that is called; its compartment is where the permissions are needed.
    Domain,
    /// The user named by this segment of the path, by OCID or by SCIM id.
    User(&'static str),
    /// The caller, whom the request need not name.
    Caller,
}

/// The conventions that an operation's requests and answers follow beyond its own shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The Identity API's: `application/json`, and errors of `code` and `message`.
    Identity,
    /// SCIM 2.0's: `application/scim+json`, schemas in every body, and SCIM's own errors.
    Scim,
}

/// What a user may do to what is their own, with no policy (facts 5.2, implicit rights).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// Nothing: a policy is needed.
    Nothing,
    /// All that the operation does, where the target is the caller.
    Everything,
    /// The same, as long as the body sets no other field than these.
    Fields(&'static [&'static str]),
}

/// One row of the table: an operation, with all that is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// OCI's name of the operation, such as `CreateUser`.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The path from the root, with `{param}` segments.
    pub path: &'static str,
    /// The conventions that it follows.
    pub dialect: Dialect,
    /// The command of `oci` that sends it, such as `iam user create`; empty where OCI has none.
    pub command: &'static str,
    /// The permissions that the caller needs, all of them, in the target's compartment; or
    /// [`MANAGE_ALL_RESOURCES`] alone, for every permission there is.
    pub needs: &'static [&'static str],
    /// What it acts on.
    pub target: Target,
    /// What it lets users do to what is their own.
    pub own: Own,
    /// Its parameters, in the order of the help text.
    pub params: &'static [Param],
    /// The operation that a waiting command line asks for the state of what this one changed.
    pub waits_on: Option<&'static str>,
    /// Whether a command line fills in the profile's tenancy where its OCID was not given.
    pub tenancy_by_default: bool,
    /// Whether its command takes what body and query must hold before what the path names, as
    /// Oracle's does: in that order it tells what is missing.
    pub body_first: bool,
    /// Whether it is noted in the audit trail though it only reads.
    pub is_audited: bool,
    /// Whether it makes something, in a dialect that answers 201 then.
    pub creates: bool,
    /// Whether it is only accepted, and done by a work request: then it answers 202.
    pub is_accepted: bool,
    /// What it does, in a sentence or two: the help text.
    pub doc: &'static str,
    /// The shape of the body; set by [`Operation::new`].
    pub body: Kind,
    /// The shape of the reply; set by [`Operation::new`].
    pub reply: Kind,
}

impl Spec {
    /// What a row leaves out.
    pub const BLANK: Self = Self {
        id: "",
        method: Method::Get,
        path: "",
        dialect: Dialect::Identity,
        command: "",
        needs: &[],
        target: Target::Tenancy,
        own: Own::Nothing,
        params: &[],
        waits_on: None,
        tenancy_by_default: false,
        body_first: false,
        is_audited: false,
        creates: false,
        is_accepted: false,
        doc: "",
        body: Kind::Nothing,
        reply: Kind::Nothing,
    };

    /// The status of the reply when all went well.
    #[must_use]
    pub const fn success(&self) -> u16 {
        match self.reply {
            _ if self.is_accepted => 202,
            Kind::Nothing => 204,
            _ if self.creates => 201,
            _ => 200,
        }
    }

    /// The service that it is part of, as official clients name it.
    #[must_use]
    pub fn service(&self) -> &'static str {
        match self.dialect {
            Dialect::Scim => "identity_domains",
            Dialect::Identity if self.path.starts_with(audit_events::BASE_PATH) => "audit",
            Dialect::Identity if self.path.starts_with(credentials::BASE_PATH) => "durward",
            Dialect::Identity => "identity",
        }
    }

    /// Whether it only reads: also a search or a check, whose question is a body.
    #[must_use]
    pub fn reads(&self) -> bool {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        self.method == Method::Get || last == ".search" || last.starts_with("verify")
    }

    /// Whether it tells of all that there is of a kind.
    #[must_use]
    pub fn lists(&self) -> bool {
        self.reads() && ["List", "Search"].into_iter().any(|start| self.id.starts_with(start))
    }

    /// Whether what it does is noted in the audit trail.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        self.is_audited || !self.reads()
    }

    /// Whether it answers page by page.
    #[must_use]
    pub fn is_paged(&self) -> bool {
        self.param("page").is_some()
    }

    /// The parameter of that name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        self.params.iter().find(|param| param.name == name)
    }
}

/// An operation with the types of its body `B` and of its reply `R`.
#[derive(Debug)]
pub struct Operation<B, R> {
    /// The row of the table.
    pub spec: Spec,
    types: PhantomData<fn(B) -> R>,
}

impl<B: Wire, R: Wire> Operation<B, R> {
    /// Makes the operation of a row; the shapes of body and reply are taken from the types.
    #[must_use]
    pub const fn new(spec: Spec) -> Self {
        Self { spec: Spec { body: B::KIND, reply: R::KIND, ..spec }, types: PhantomData }
    }
}

/// What an operation needs where no single permission covers what it does: a statement that grants
/// every one of them.
pub const MANAGE_ALL_RESOURCES: &str = "manage all-resources";

/// `opc-retry-token`.
pub const RETRY_TOKEN: Param = Param::header(
    "opc-retry-token",
    "A token of 1 to 64 characters that makes the request safe to repeat for 24 hours: a repeated \
     request gets the first one's answer, and nothing is done twice.",
);

/// `if-match`.
pub const IF_MATCH: Param = Param::header(
    "if-match",
    "The etag that the resource had when you read it. The request is refused if the resource was \
     changed since.",
);

/// `page`.
pub const PAGE: Param = Param::query(
    "page",
    Kind::String,
    "Where to go on: the value of opc-next-page in the previous page's answer.",
);

/// `limit`.
pub const LIMIT: Param = Param::query(
    "limit",
    Kind::Integer,
    "The most items that one page may hold: 1 to 1000, and 100 if not given.",
);

/// `name`, as a filter.
pub const NAME: Param =
    Param::query("name", Kind::String, "Only the resource with exactly this name.");

/// `sortBy`.
pub const SORT_BY: Param = Param::query(
    "sortBy",
    Kind::Choice(&["TIMECREATED", "NAME"]),
    "What to sort by: the time of creation, newest first, or the name, case-sensitive.",
);

/// `sortOrder`.
pub const SORT_ORDER: Param = Param::query(
    "sortOrder",
    Kind::Choice(&["ASC", "DESC"]),
    "Ascending or descending. If not given, names ascend and times descend.",
);

/// `lifecycleState`, as a filter.
pub const LIFECYCLE_STATE: Param = Param::query(
    "lifecycleState",
    <crate::LifecycleState as Wire>::KIND,
    "Only resources in this state; upper and lower case are alike.",
);

/// `compartmentId` of a list.
pub const COMPARTMENT_ID: Param = Param::query(
    "compartmentId",
    Kind::Ocid,
    "The OCID of the compartment; for what belongs to the whole tenancy, the tenancy's OCID.",
)
.required();
