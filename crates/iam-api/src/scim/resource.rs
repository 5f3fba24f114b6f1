//! A row of the SCIM table: one resource type, and the operations that follow from it.
//!
//! All 330 operations of OCI's identity domains have one of seven shapes: list, create, get, put,
//! patch, delete, search. So a row says what is its own (names, schema, model, permissions, a
//! sentence for each shape that it has), and `resource!` fills in the shapes:
//!
//! ```ignore
//! resource! {
//!     /// The users of the domain.
//!     pub USERS of User = USER {
//!         one: "User", "user";             // in ids and `meta`; in commands
//!         path: "Users", "users";          // in paths and ids; in commands
//!         schema: "urn:ietf:params:scim:schemas:core:2.0:User";
//!         id: "userId", "The id of the user.";
//!         each: Target::User("userId");    // what get, put, patch and delete act on
//!     }
//!     list LIST_USERS needs ["USER_INSPECT"]: "Lists the users of the domain.";
//! }
//! ```
//!
//! What is left out: without words for commands, it is in no official client and has no command;
//! without an id, there is only one, or none that is kept; `each` and `all` (what list, create and
//! search act on) are the domain. After its name a shape may say how it differs from its kind:
//! `list X (whole)` and `search X (whole)` take no filter, `put X (bare)` does not choose what its
//! answer shows.

use crate::operation::Spec;
use crate::wire::Model;

/// Where the operations of a domain begin, below the domain's URL.
pub const BASE_PATH: &str = "/admin/v1";

/// One resource type of the domain.
#[derive(Debug)]
pub struct Resource {
    /// Its name in ids of operations and in `meta.resourceType`, such as `User`.
    pub name: &'static str,
    /// Where its resources are, such as `/admin/v1/Users`.
    pub path: &'static str,
    /// The URN of its schema.
    pub schema: &'static str,
    /// Its attributes; those of an extension are in a field that has the extension's URN for name.
    pub model: &'static Model,
    /// The parameter that names one resource; none where there is but one, or none that is kept.
    pub id: Option<&'static str>,
    /// Whether OCI's clients know it.
    pub official: bool,
    /// What can be done with it.
    pub operations: &'static [&'static Spec],
}

impl Resource {
    /// The URNs of the extensions that its resources may have.
    pub fn extensions(&self) -> impl Iterator<Item = &'static str> {
        self.model.fields.iter().map(|field| field.name).filter(|name| name.starts_with("urn:"))
    }
}

/// A row, its type, and its operations; see the module's own words.
macro_rules! resource {
    (
        $(#[doc = $doc:literal])+
        pub $row:ident of $type:ident = $model:ident $facts:tt
        $(
            $shape:ident $name:ident $(($how:ident))?
                needs $needs:tt $(own $own:ident)?: $text:literal;
        )+
    ) => {
        /// A resource of the row, as JSON: its attributes by their names.
        #[derive(Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $type(pub serde_json::Map<String, serde_json::Value>);

        impl std::fmt::Debug for $type {
            /// Names alone: a value may be a password.
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.debug_set().entries(self.0.keys()).finish()
            }
        }

        impl $crate::wire::Wire for $type {
            const KIND: $crate::wire::Kind = $crate::wire::Kind::Model(&$model);
        }

        $crate::scim::resource::row! {
            $(#[doc = $doc])+ $row $model $facts [$(&$name.spec),+]
        }

        $($crate::scim::resource::operation! {
            $shape ($($how)?) $name: $type, $model $facts
            ($needs, ($($own)?), $text)
        })+
    };
}
pub(crate) use resource;

/// The row itself.
macro_rules! row {
    (
        $(#[doc = $doc:literal])+ $row:ident $model:ident {
            one: $one:literal $(, $command:literal)?;
            path: $path:literal $(, $commands:literal)?;
            schema: $schema:literal;
            $(id: $id:literal, $id_doc:literal;)?
            $(each: $each:expr;)?
            $(all: $all:expr;)?
        } $operations:tt
    ) => {
        $(#[doc = $doc])+
        pub static $row: $crate::scim::Resource = $crate::scim::Resource {
            name: $one,
            path: concat!("/admin/v1/", $path),
            schema: $schema,
            model: &$model,
            id: $crate::scim::resource::some!($($id)?),
            official: !concat!($($command)?).is_empty(),
            operations: &$operations,
        };
    };
}
pub(crate) use row;

/// One operation of a row: hands the words of the row to the macro of its shape.
macro_rules! operation {
    (
        $shape:ident $how:tt $name:ident: $type:ident, $model:ident {
            one: $one:literal $(, $command:literal)?;
            path: $path:literal $(, $commands:literal)?;
            schema: $schema:literal;
            $(id: $id:literal, $id_doc:literal;)?
            $(each: $each:expr;)?
            $(all: $all:expr;)?
        } $access:tt
    ) => {
        $crate::scim::shapes::$shape! {
            $how $name $type $model
            ($one $(, $command)?) ($path $(, $commands)?) ($($id, $id_doc)?)
            ($($each)?) ($($all)?) $access
        }
    };
}
pub(crate) use operation;

/// What is given or not, as an option.
macro_rules! some {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}
pub(crate) use some;
