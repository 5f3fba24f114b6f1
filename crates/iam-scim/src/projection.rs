//! What of a resource an answer shows: what is always shown, what a request leaves to the service,
//! and what it asks for by name (RFC 7644, 3.9) or by OCI's sets.
//!
//! An attribute that is never returned, or only written, is shown by no request whatever, and
//! neither is anything that the schema does not know.

use crate::ast::AttributePath;
use crate::fault::{Fault, FaultKind};
use crate::schema::{Schema, find, is_extension};
use iam_api::scim::{Mutability, Returned};
use iam_api::wire::{Field, Model};
use serde_json::{Map, Value};

/// The longest list of attributes, in bytes.
const ATTRIBUTES_BYTES_MAX: usize = 8 * 1024;

/// What an answer shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    default: bool,
    request: bool,
    /// The ways to the attributes that were named.
    named: Vec<Vec<&'static str>>,
}

impl Projection {
    /// What an answer shows where the request asks for nothing.
    pub const DEFAULT: Self = Self { default: true, request: false, named: Vec::new() };

    /// Reads what a request asks for: names with commas between, and words for sets. Both together
    /// ask for all that either does. A name that the schema does not have asks for nothing.
    ///
    /// # Errors
    ///
    /// Where the names are too long, or a set is unknown.
    pub fn read(
        schema: &Schema,
        attributes: Option<&str>,
        sets: Option<&str>,
    ) -> Result<Self, Fault> {
        let words = |text: Option<&str>| -> Vec<String> {
            let words = text.unwrap_or_default().split(',').map(str::trim);
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        if attributes.is_some_and(|names| names.len() > ATTRIBUTES_BYTES_MAX) {
            let message = format!("attributes is longer than {ATTRIBUTES_BYTES_MAX} bytes");
            return Err(Fault::new(FaultKind::TooMany, message));
        }
        let (names, sets) = (words(attributes), words(sets));
        if names.is_empty() && sets.is_empty() {
            return Ok(Self::DEFAULT);
        }
        let mut shown = Self { default: false, request: false, named: Vec::new() };
        for set in sets {
            match set.to_ascii_lowercase().as_str() {
                "all" => (shown.default, shown.request) = (true, true),
                "default" => shown.default = true,
                "request" => shown.request = true,
                "always" | "never" => {} // always shown, and never
                _ => {
                    let hint = "give all, always, never, request or default";
                    return Err(Fault::value("attributeSets names no such set").with_hint(hint));
                }
            }
        }
        for name in names {
            let path = AttributePath::parse(&name).ok();
            let place = path.and_then(|path| schema.resolve(&path, FaultKind::InvalidPath).ok());
            shown.named.extend(place.map(|place| place.keys));
        }
        Ok(shown)
    }

    /// Whether an attribute of the root that is shown on request alone is asked for.
    #[must_use]
    pub fn asks_for(&self, attribute: &str) -> bool {
        self.request || self.named.iter().any(|way| way.first() == Some(&attribute))
    }

    /// What is shown of a resource.
    #[must_use]
    pub fn apply(&self, schema: &Schema, resource: &Map<String, Value>) -> Map<String, Value> {
        let named: Vec<&[&'static str]> = self.named.iter().map(Vec::as_slice).collect();
        self.of_model(schema.model, resource, &named)
    }

    /// The attributes of a model that are shown.
    fn of_model(
        &self,
        model: &'static Model,
        object: &Map<String, Value>,
        named: &[&[&'static str]],
    ) -> Map<String, Value> {
        let mut out = Map::new();
        for (key, value) in object {
            let Some(field) = find(model, key) else { continue };
            let below: Vec<&[&str]> =
                named.iter().filter_map(|way| way.strip_prefix(&[field.name][..])).collect();
            let shown = match (is_extension(field), value) {
                (true, Value::Object(inner)) => self.of_extension(field, inner, &below),
                _ => self.of_field(field, value, &below),
            };
            if let Some(shown) = shown {
                out.insert(field.name.to_owned(), shown);
            }
        }
        out
    }

    /// An extension is shown where any of its attributes is; named as a whole, it shows those that
    /// are shown by default.
    fn of_extension(
        &self,
        field: &'static Field,
        inner: &Map<String, Value>,
        below: &[&[&'static str]],
    ) -> Option<Value> {
        let model = field.kind.model()?;
        let whole = below.iter().any(|way| way.is_empty());
        let wider = Self { default: self.default || whole, ..self.clone() };
        let shown = wider.of_model(model, inner, below);
        (!shown.is_empty()).then_some(Value::Object(shown))
    }

    fn of_field(
        &self,
        field: &'static Field,
        value: &Value,
        below: &[&[&'static str]],
    ) -> Option<Value> {
        let secret = field.traits.mutability == Mutability::WriteOnly;
        let by_set = match field.traits.returned {
            Returned::Never => return None,
            _ if secret => return None,
            Returned::Always => true,
            Returned::Default => self.default,
            Returned::Request => self.request,
        };
        let whole = below.iter().any(|way| way.is_empty());
        if !(by_set || whole || below.iter().any(|way| !way.is_empty())) {
            return None;
        }
        let Some(model) = field.kind.model() else { return Some(value.clone()) };
        // Of an attribute that is shown, the parts are that are shown by default; of one that was
        // named for its parts, those.
        let parts = Self { default: by_set || whole, ..self.clone() };
        Some(parts.of_values(model, value, below))
    }

    fn of_values(&self, model: &'static Model, value: &Value, named: &[&[&'static str]]) -> Value {
        match value {
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.of_values(model, item, named)).collect())
            }
            Value::Object(object) => Value::Object(self.of_model(model, object, named)),
            // What is no object has no parts to choose from.
            other => other.clone(),
        }
    }
}
