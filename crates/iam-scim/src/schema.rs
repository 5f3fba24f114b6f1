//! A resource's schema, and what the names of filters and paths stand for in it.
//!
//! Models and attributes are those of `iam_api::wire`: this file only finds them, without regard to
//! case. An extension is an attribute of the resource whose name is a URN, so that
//! `urn:…:userState:User:locked.on` is the way `[urn:…:userState:User, locked, on]` into its JSON.

use crate::ast::AttributePath;
use crate::fault::{Fault, FaultKind, quote};
use iam_api::scim::{Mutability, Resource, Returned};
use iam_api::wire::{Field, Kind, Model};
use serde_json::{Map, Value};

/// What a resource looks like.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The URN of its own attributes.
    pub urn: &'static str,
    /// Its attributes; those of an extension are in an attribute under the extension's URN.
    pub model: &'static Model,
}

/// An attribute, and the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The keys on the way, the attribute's own last.
    pub(crate) keys: Vec<&'static str>,
    /// The attributes of these keys.
    pub(crate) fields: Vec<&'static Field>,
}

impl Place {
    /// The attribute itself.
    pub(crate) fn field(&self) -> Option<&'static Field> {
        self.fields.last().copied()
    }

    /// Whether no answer shows it: then no filter and no order may find it out either.
    pub(crate) fn is_secret(&self) -> bool {
        self.fields.iter().any(|field| {
            matches!(field.kind, Kind::Secret)
                || field.traits.returned == Returned::Never
                || field.traits.mutability == Mutability::WriteOnly
        })
    }

    /// Whether filters and sorting may name it.
    pub(crate) fn is_searchable(&self) -> bool {
        self.field().is_some_and(|field| field.traits.searchable) && !self.is_secret()
    }

    fn push(&mut self, field: &'static Field) {
        self.keys.push(field.name);
        self.fields.push(field);
    }
}

/// Whether an attribute holds the attributes of an extension.
pub(crate) fn is_extension(field: &Field) -> bool {
    field.name.starts_with("urn:")
}

/// The attribute of that name, in whatever case it is written.
pub(crate) fn find(model: &'static Model, name: &str) -> Option<&'static Field> {
    model.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
}

/// The kind of one value of an attribute.
pub(crate) fn item(kind: &'static Kind) -> &'static Kind {
    match kind {
        Kind::List(item) => item,
        kind => kind,
    }
}

impl Schema {
    /// The schema of a resource type.
    #[must_use]
    pub const fn of(resource: &'static Resource) -> Self {
        Self { urn: resource.schema, model: resource.model }
    }

    /// What the name stands for.
    pub(crate) fn resolve(&self, path: &AttributePath, error: FaultKind) -> Result<Place, Fault> {
        let mut place = Place { keys: Vec::new(), fields: Vec::new() };
        let mut model = self.model;
        if let Some(urn) = &path.urn {
            // A bare URN is cut at its last colon as a name would be.
            let whole = format!("{urn}:{}", path.name);
            if let Some(extension) = find(model, &whole).filter(|_| path.sub.is_none()) {
                place.push(extension);
                return Ok(place);
            }
            if !urn.eq_ignore_ascii_case(self.urn) {
                let extension = find(model, urn);
                let attributes = extension.and_then(|field| field.kind.model());
                let (Some(extension), Some(attributes)) = (extension, attributes) else {
                    let message = format!("{} is no schema of {}", quote(urn), model.name);
                    return Err(Fault::new(error, message).at(path.span.clone()));
                };
                place.push(extension);
                model = attributes;
            }
        }
        place.push(named(model, &path.name, path, error)?);
        if let Some(sub) = &path.sub {
            let field = place.field().and_then(|field| field.kind.model());
            let Some(parts) = field else {
                let message = format!("`{}` has no parts", path.name);
                return Err(Fault::new(error, message).at(path.span.clone()));
            };
            place.push(named(parts, sub, path, error)?);
        }
        Ok(place)
    }
}

fn named(
    model: &'static Model,
    name: &str,
    path: &AttributePath,
    error: FaultKind,
) -> Result<&'static Field, Fault> {
    find(model, name).ok_or_else(|| unknown(model, name, error).at(path.span.clone()))
}

/// A name that a model does not have, and those it has.
pub(crate) fn unknown(model: &Model, name: &str, error: FaultKind) -> Fault {
    let known = model.fields.iter().map(|field| field.name);
    let known: Vec<&str> = known.filter(|name| !name.starts_with("urn:")).collect();
    let message = format!("{} is not an attribute of {}", quote(name), model.name);
    Fault::new(error, message).with_hint(format!("its attributes are {}", known.join(", ")))
}

/// Shows every value at the end of the way, those of arrays one by one; what is null is absent.
pub(crate) fn each<'v>(value: &'v Value, keys: &[&str], visit: &mut dyn FnMut(&'v Value)) {
    match (value, keys.split_first()) {
        (Value::Null, _) => {}
        (Value::Array(items), _) => items.iter().for_each(|item| each(item, keys, visit)),
        (value, None) => visit(value),
        (Value::Object(object), Some((key, rest))) => {
            if let Some(inner) = object.get(*key) {
                each(inner, rest, visit);
            }
        }
        (_, Some(_)) => {}
    }
}

/// Whether there is anything in a value (RFC 7643, 2.5: null, and no values, are "unassigned").
pub(crate) fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(is_assigned),
        Value::Object(object) => object.values().any(is_assigned),
        _ => true,
    }
}

/// The object under a key, made where there is none.
pub(crate) fn object_in<'v>(
    map: &'v mut Map<String, Value>,
    key: &str,
) -> Option<&'v mut Map<String, Value>> {
    let entry = map.entry(key).or_insert(Value::Null);
    if !entry.is_object() {
        *entry = Value::Object(Map::new());
    }
    entry.as_object_mut()
}
