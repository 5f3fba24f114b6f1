//! What values look like in JSON, as constants: kinds, models and their fields.
//!
//! `#[derive(Wire)]` writes these for a struct from its fields and doc comments, so that help
//! texts, JSON skeletons, request checks and the OpenAPI document all read what serde reads. What
//! SCIM tells of an attribute beyond that is its [`Traits`]. Nothing is serialized here.

use crate::scim::Traits;
use std::collections::BTreeMap;

/// A type that travels as JSON, and can say how it looks there.
pub trait Wire {
    /// What the value looks like.
    const KIND: Kind;
    /// Whether it must be present; false for an `Option`.
    const REQUIRED: bool = true;
}

/// The shape of one JSON value.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// No value at all: an operation without a body, or without a reply.
    Nothing,
    /// Any JSON value.
    Any,
    /// A string.
    String,
    /// A string that is an OCID.
    Ocid,
    /// A string that is a moment: RFC 3339, UTC, in milliseconds.
    Timestamp,
    /// A string that is a day: `YYYY-MM-DD`.
    Date,
    /// A string that must never be shown or logged but in the reply that made it.
    Secret,
    /// A whole number.
    Integer,
    /// A number that need not be whole.
    Fraction,
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An array, each item of this kind.
    List(&'static Kind),
    /// An object with free keys, each value of this kind.
    Map(&'static Kind),
    /// An object with known fields.
    Model(&'static Model),
}

impl Kind {
    /// The model of this value or of its items, if there is one.
    #[must_use]
    pub fn model(&self) -> Option<&'static Model> {
        match self {
            Self::Model(model) => Some(model),
            Self::List(item) | Self::Map(item) => item.model(),
            _ => None,
        }
    }

    /// Whether a command line has to write it as JSON: a list, a map, an object.
    #[must_use]
    pub const fn is_complex(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_) | Self::Model(_) | Self::Any)
    }
}

/// An object with known fields, under OCI's name for it.
#[derive(Debug)]
pub struct Model {
    /// OCI's name of the model, such as `CreateUserDetails`.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub doc: &'static str,
    /// Its fields in the order in which they are written.
    pub fields: &'static [Field],
    /// Where the word in its first field says which of the other fields it has: those words.
    pub variants: &'static [Variant],
}

/// What a model has where its first field holds this word.
#[derive(Debug)]
pub struct Variant {
    /// The word.
    pub word: &'static str,
    /// The names of the fields beside the first.
    pub fields: &'static [&'static str],
}

impl Model {
    /// The field of that name on the wire.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One field of a model.
#[derive(Debug)]
pub struct Field {
    /// The key in JSON, such as `timeCreated`.
    pub name: &'static str,
    /// The shape of the value.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What it means, for help texts.
    pub doc: &'static str,
    /// On the wire, but in no official model: command lines leave it out, as the official one does.
    pub unlisted: bool,
    /// What SCIM says of it; [`Traits::PLAIN`] outside of SCIM.
    pub traits: Traits,
}

impl Wire for () {
    const KIND: Kind = Kind::Nothing;
    const REQUIRED: bool = false;
}
impl Wire for String {
    const KIND: Kind = Kind::String;
}
impl Wire for bool {
    const KIND: Kind = Kind::Boolean;
}
impl Wire for i64 {
    const KIND: Kind = Kind::Integer;
}
impl Wire for f64 {
    const KIND: Kind = Kind::Fraction;
}
impl Wire for serde_json::Value {
    const KIND: Kind = Kind::Any;
}
impl<T: Wire> Wire for Option<T> {
    const KIND: Kind = T::KIND;
    const REQUIRED: bool = false;
}
impl<T: Wire> Wire for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
}
impl<T: Wire> Wire for BTreeMap<String, T> {
    const KIND: Kind = Kind::Map(&T::KIND);
}
