//! What SCIM says of an attribute beyond name, kind and meaning (RFC 7643, section 7), and how
//! models of attributes are written down.
//!
//! An attribute is a [`Field`] with [`Traits`]; it has several values where its kind is a list, and
//! attributes of its own where that is a model. Whoever filters, patches or shows resources goes by
//! these alone. `model!` writes a model, a sentence for each attribute:
//!
//! ```ignore
//! model! {
//!     /// An e-mail address of a user.
//!     pub EMAIL = "UserEmails" {
//!         /// The address.
//!         "value": String, required, searchable;
//!     }
//! }
//! ```
//!
//! Kinds: `String`, `Integer`, `Boolean`, `Secret`, `Any`, `{"these", "words"}`, another model by
//! its name, and any of them in brackets for a list. Then come the traits, as named on [`Field`];
//! one that is not named is the standard's default. `"User": resource {` begins with what all
//! resources have.

use crate::wire::{Field, Kind};

/// What SCIM says of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// Who may set it, and when.
    pub mutability: Mutability,
    /// When an answer has it.
    pub returned: Returned,
    /// Among what its values are unique.
    pub uniqueness: Uniqueness,
    /// Whether upper and lower case differ where values are compared.
    pub case_exact: bool,
    /// Whether filters and sorting may name it.
    pub searchable: bool,
    /// What its text stands for.
    pub format: Format,
}

impl Traits {
    /// What an attribute is that says nothing else.
    pub const PLAIN: Self = Self {
        mutability: Mutability::ReadWrite,
        returned: Returned::Default,
        uniqueness: Uniqueness::None,
        case_exact: false,
        searchable: false,
        format: Format::Plain,
    };
}

/// Who may set an attribute, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutability {
    /// Clients, at any time.
    ReadWrite,
    /// The server alone: what a client sends is passed over.
    ReadOnly,
    /// Clients, who never get it back.
    WriteOnly,
    /// Clients, once.
    Immutable,
}

/// When an answer has an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// In every one.
    Always,
    /// Unless the request names others.
    Default,
    /// If the request names it.
    Request,
    /// In none.
    Never,
}

/// Among what the values of an attribute are unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uniqueness {
    /// They need not be.
    None,
    /// Among the resources of the domain.
    Server,
    /// Everywhere.
    Global,
}

/// What the text of an attribute stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Itself.
    Plain,
    /// A moment, in RFC 3339: compared as one.
    DateTime,
    /// The address of something.
    Reference,
    /// Bytes, in Base64.
    Binary,
}

/// An attribute as the standard's defaults have it; the methods say what is different.
impl Field {
    pub(crate) const fn attribute(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        let doc = doc.trim_ascii_start(); // a doc comment begins with the space after its slashes
        Self { name, kind, required: false, doc, unlisted: false, traits: Traits::PLAIN }
    }

    /// Whether it holds several values.
    #[must_use]
    pub const fn is_multi_valued(&self) -> bool {
        matches!(self.kind, Kind::List(_))
    }
}

macro_rules! traits {
    ($($name:ident: $trait:ident = $value:expr;)+) => {
        impl Field {
            $(pub(crate) const fn $name(self) -> Self {
                Self { traits: Traits { $trait: $value, ..self.traits }, ..self }
            })+
        }
    };
}

traits! {
    read_only: mutability = Mutability::ReadOnly;
    write_only: mutability = Mutability::WriteOnly;
    immutable: mutability = Mutability::Immutable;
    always: returned = Returned::Always;
    request: returned = Returned::Request;
    never: returned = Returned::Never;
    server: uniqueness = Uniqueness::Server;
    global: uniqueness = Uniqueness::Global;
    exact: case_exact = true;
    searchable: searchable = true;
    moment: format = Format::DateTime;
    reference: format = Format::Reference;
    binary: format = Format::Binary;
}

impl Field {
    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// A kind, as `model!` writes it.
macro_rules! kind {
    (String) => { $crate::wire::Kind::String };
    (Integer) => { $crate::wire::Kind::Integer };
    (Boolean) => { $crate::wire::Kind::Boolean };
    (Secret) => { $crate::wire::Kind::Secret };
    (Any) => { $crate::wire::Kind::Any };
    ([$item:tt]) => { $crate::wire::Kind::List(const { &$crate::scim::schema::kind!($item) }) };
    ({$($word:literal),+}) => { $crate::wire::Kind::Choice(&[$($word),+]) };
    ($model:ident) => { $crate::wire::Kind::Model(&$model) };
}
pub(crate) use kind;

/// One attribute, as `model!` writes it.
macro_rules! attribute {
    ($($doc:literal)+, $name:literal, $kind:tt $(, $trait:ident)*) => {
        $crate::wire::Field::attribute(
            $name,
            $crate::scim::schema::kind!($kind),
            concat!($($doc),+),
        )$(.$trait())*
    };
}
pub(crate) use attribute;

/// Attributes, each as `model!` writes it.
macro_rules! attributes {
    ($($(#[doc = $text:literal])+ $field:literal: $kind:tt $(, $trait:ident)*;)*) => {
        [$($crate::scim::schema::attribute!($($text)+, $field, $kind $(, $trait)*)),*]
    };
}
pub(crate) use attributes;

/// A model of attributes, or several; see the module's own words.
macro_rules! model {
    ($(
        $(#[doc = $doc:literal])+
        $vis:vis $model:ident = $name:literal $(: $common:ident)? {$(
            $(#[doc = $text:literal])+
            $field:literal: $kind:tt $(, $trait:ident)*;
        )*}
    )+) => {$(
        $(#[doc = $doc])+
        $vis static $model: $crate::wire::Model = $crate::wire::Model {
            variants: &[],
            name: $name,
            doc: concat!($($doc),+).trim_ascii_start(),
            fields: $crate::scim::schema::fields!($($common)? $(
                $crate::scim::schema::attribute!($($text)+, $field, $kind $(, $trait)*)
            ),*),
        };
    )+};
}
pub(crate) use model;

/// The attributes of a model, with what all resources have before them where it is one.
macro_rules! fields {
    (resource $($field:expr),*) => {{
        use $crate::scim::common;
        &[
            common::ID, common::OCID, common::SCHEMAS, common::META, common::CREATED_BY,
            common::LAST_MODIFIED_BY, common::PREVENTED_OPERATIONS, common::TAGS,
            common::DELETE_IN_PROGRESS, common::LAST_UPGRADED_IN_RELEASE, common::DOMAIN_OCID,
            common::COMPARTMENT_OCID, common::TENANCY_OCID, $($field),*
        ]
    }};
    ($($field:expr),*) => { &[$($field),*] };
}
pub(crate) use fields;
