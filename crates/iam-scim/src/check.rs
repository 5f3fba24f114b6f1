//! A body against its schema: nothing unknown, nothing missing, every value of its kind.
//!
//! What comes out has every attribute under the name that the schema gives it, whatever case it was
//! written in, without what is unassigned (null, and no values) and without what only the server
//! sets, which RFC 7644 (3.3, 3.5.1) has passed over.

use crate::ast::AttributePath;
use crate::condition::{is_moment, moment};
use crate::fault::{Fault, FaultKind, quote};
use crate::schema::{Schema, find, is_extension, object_in, unknown};
use iam_api::scim::Mutability;
use iam_api::wire::{Field, Kind, Model};
use serde_json::{Map, Value};

/// The most values of one attribute, and keys of one object.
pub const VALUES_MAX: usize = 1_000;
/// The longest text, in bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// The attribute that names the schemas of a body.
pub(crate) const SCHEMAS: &str = "schemas";

impl Schema {
    /// Checks the body of a create or a replace; answers the attributes that it sets.
    ///
    /// # Errors
    ///
    /// Where the body is no object, does not name the schema, or an attribute is unknown, missing
    /// or of another kind; the fault names it.
    pub fn check(&self, body: &Value) -> Result<Map<String, Value>, Fault> {
        let object = as_object(body, "")?;
        self.check_schemas(object)?;
        let mut out = Map::new();
        for (key, value) in object {
            match find(self.model, key) {
                Some(field) if field.name == SCHEMAS => {}
                Some(field) if is_extension(field) && !value.is_null() => {
                    let Kind::Model(model) = field.kind else { continue };
                    for (name, value) in check_parts(model, &urn_path(field), value)? {
                        put_in_extension(&mut out, field.name, name, value)?;
                    }
                }
                Some(field) => put(&mut out, field, key, value)?,
                None => self.put_qualified(&mut out, key, value)?,
            }
        }
        self.check_required(&out)?;
        Ok(out)
    }

    /// Refuses where a resource has not all that it must have.
    pub(crate) fn check_required(&self, resource: &Map<String, Value>) -> Result<(), Fault> {
        check_required(self.model, "", resource)?;
        for field in self.model.fields.iter().filter(|field| is_extension(field)) {
            if let (Kind::Model(model), Some(Value::Object(object))) =
                (field.kind, resource.get(field.name))
            {
                check_required(model, &urn_path(field), object)?;
            }
        }
        Ok(())
    }

    /// Refuses where a replace would change what is set once.
    ///
    /// # Errors
    ///
    /// Where an immutable attribute had another value; the fault names it.
    pub fn check_immutable(
        &self,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
    ) -> Result<(), Fault> {
        let once = |field: &&Field| field.traits.mutability == Mutability::Immutable;
        for field in self.model.fields.iter().filter(once) {
            if let (Some(old), Some(new)) = (old.get(field.name), new.get(field.name))
                && old != new
            {
                return Err(set_once(field.name));
            }
        }
        Ok(())
    }

    /// An attribute under its full name: `urn:…:selfChange:User:allowSelfChange`.
    fn put_qualified(
        &self,
        out: &mut Map<String, Value>,
        key: &str,
        value: &Value,
    ) -> Result<(), Fault> {
        let strange = || unknown(self.model, key, FaultKind::InvalidSyntax);
        if !key.to_ascii_lowercase().starts_with("urn:") {
            return Err(strange());
        }
        let path = AttributePath::parse(key).map_err(|_| strange())?;
        let place = self.resolve(&path, FaultKind::InvalidSyntax).map_err(|_| strange())?;
        match (place.fields.as_slice(), place.keys.as_slice()) {
            ([field], _) => put(out, field, key, value),
            ([_, field], [extension, _]) if path.sub.is_none() => {
                let mut inner = Map::new();
                put(&mut inner, field, key, value)?;
                for (name, value) in inner {
                    put_in_extension(out, extension, name, value)?;
                }
                Ok(())
            }
            _ => Err(strange()),
        }
    }

    fn check_schemas(&self, object: &Map<String, Value>) -> Result<(), Fault> {
        let given = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(SCHEMAS));
        let given = given.and_then(|(_, value)| value.as_array());
        let urns: Option<Vec<&str>> =
            given.and_then(|items| items.iter().map(Value::as_str).collect());
        let hint = format!("give `\"schemas\": [\"{}\"]`", self.urn);
        let Some(urns) = urns else {
            let fault = Fault::new(FaultKind::InvalidSyntax, "schemas is missing or not a list");
            return Err(fault.with_hint(hint));
        };
        if !urns.iter().any(|urn| urn.eq_ignore_ascii_case(self.urn)) {
            let message = format!("schemas does not name {}", self.model.name);
            return Err(Fault::new(FaultKind::InvalidSyntax, message).with_hint(hint));
        }
        let known = |urn: &str| {
            urn.eq_ignore_ascii_case(self.urn) || find(self.model, urn).is_some_and(is_extension)
        };
        match urns.iter().find(|urn| !known(urn)) {
            None => Ok(()),
            Some(urn) => {
                let message = format!("schemas names {}, which is none of theirs", quote(urn));
                Err(Fault::new(FaultKind::InvalidSyntax, message))
            }
        }
    }
}

/// Checks a body that is no resource, such as a search or a patch; answers it with every key as its
/// model spells it.
///
/// # Errors
///
/// Where the body is no object, or a part of it is unknown, missing or of another kind.
pub fn check_message(model: &'static Model, body: &Value) -> Result<Map<String, Value>, Fault> {
    let out = check_model(model, "", body)?;
    if out.contains_key(SCHEMAS) {
        return Ok(out);
    }
    Err(Fault::new(FaultKind::InvalidSyntax, "schemas is missing"))
}

/// Puts a checked attribute under the schema's name for it.
fn put(
    out: &mut Map<String, Value>,
    field: &'static Field,
    path: &str,
    value: &Value,
) -> Result<(), Fault> {
    if field.traits.mutability == Mutability::ReadOnly {
        return Ok(());
    }
    let Some(value) = check_value(field, path, value)? else { return Ok(()) };
    match out.insert(field.name.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(twice(path)),
    }
}

fn put_in_extension(
    out: &mut Map<String, Value>,
    extension: &str,
    name: String,
    value: Value,
) -> Result<(), Fault> {
    let replaced = object_in(out, extension).and_then(|inner| inner.insert(name, value));
    if replaced.is_some() { Err(twice(extension)) } else { Ok(()) }
}

fn twice(path: &str) -> Fault {
    Fault::new(FaultKind::InvalidSyntax, format!("{} is given twice", quote(path)))
}

/// Checks the value of an attribute; none where it says that the attribute is unassigned.
pub(crate) fn check_value(
    field: &'static Field,
    path: &str,
    value: &Value,
) -> Result<Option<Value>, Fault> {
    match (&field.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::List(item), Value::Array(items)) => {
            if items.len() > VALUES_MAX {
                let message = format!("{path} has more than {VALUES_MAX} values");
                return Err(Fault::new(FaultKind::TooMany, message));
            }
            let checked: Result<Vec<Value>, Fault> = items
                .iter()
                .enumerate()
                .map(|(index, value)| check_item(field, item, &format!("{path}[{index}]"), value))
                .collect();
            let checked = checked?;
            if primaries(&checked).nth(1).is_some() {
                return Err(two_primaries(path));
            }
            // No values are as good as none (RFC 7643, 2.5), but that some are meant has been said.
            Ok(Some(Value::Array(checked)).filter(|_| !items.is_empty() || field.required))
        }
        (Kind::List(_), _) => Err(wrong(path, "an array")),
        (kind, value) => check_item(field, kind, path, value).map(Some),
    }
}

/// Checks one value of an attribute.
pub(crate) fn check_item(
    field: &'static Field,
    kind: &'static Kind,
    path: &str,
    value: &Value,
) -> Result<Value, Fault> {
    match (kind, value) {
        (Kind::Model(model), value) => check_model(model, path, value).map(Value::Object),
        (Kind::Map(_), Value::Object(_)) | (Kind::Any, _) | (Kind::Boolean, Value::Bool(_)) => {
            Ok(value.clone())
        }
        (Kind::Integer, Value::Number(number)) if number.is_i64() => Ok(value.clone()),
        (Kind::Choice(words), Value::String(text)) => {
            let same = |word: &&&str| {
                **word == text || (!field.traits.case_exact && word.eq_ignore_ascii_case(text))
            };
            let word = words.iter().find(same).ok_or_else(|| {
                let message = format!("{path} {} is not known", quote(text));
                Fault::value(message).with_hint(format!("give one of {}", words.join(", ")))
            })?;
            Ok(Value::from(*word))
        }
        (Kind::Integer, _) => Err(wrong(path, "a whole number")),
        (Kind::Boolean, _) => Err(wrong(path, "true or false")),
        (Kind::Map(_), _) => Err(wrong(path, "an object")),
        (Kind::List(_) | Kind::Nothing, _) => Err(wrong(path, "nothing")),
        (_, Value::String(text)) if text.len() > TEXT_BYTES_MAX => {
            Err(wrong(path, &format!("at most {TEXT_BYTES_MAX} bytes of text")))
        }
        (_, Value::String(text)) if is_moment(field) && moment(text).is_none() => {
            Err(wrong(path, "a time such as 2026-11-23T12:00:00Z"))
        }
        (_, Value::String(_)) => Ok(value.clone()),
        (_, _) => Err(wrong(path, "text")),
    }
}

/// Checks an object of attributes.
pub(crate) fn check_model(
    model: &'static Model,
    path: &str,
    value: &Value,
) -> Result<Map<String, Value>, Fault> {
    let out = check_parts(model, path, value)?;
    check_required(model, path, &out)?;
    Ok(out)
}

/// Checks some attributes of an object, which need not be all that it must have.
pub(crate) fn check_parts(
    model: &'static Model,
    path: &str,
    value: &Value,
) -> Result<Map<String, Value>, Fault> {
    let mut out = Map::new();
    for (key, value) in as_object(value, path)? {
        let field = find(model, key);
        let field =
            field.ok_or_else(|| unknown(model, key, FaultKind::InvalidSyntax).inside(path))?;
        put(&mut out, field, &join(path, field.name), value)?;
    }
    Ok(out)
}

fn check_required(model: &Model, path: &str, object: &Map<String, Value>) -> Result<(), Fault> {
    let must = |field: &&Field| {
        field.required
            && field.name != SCHEMAS
            && field.traits.mutability != Mutability::ReadOnly
            && object.get(field.name).is_none_or(Value::is_null)
    };
    match model.fields.iter().find(must) {
        None => Ok(()),
        Some(field) => Err(Fault::value(format!("{} is missing", join(path, field.name)))),
    }
}

/// Which values of an attribute call themselves the primary one.
pub(crate) fn primaries(items: &[Value]) -> impl Iterator<Item = usize> {
    let primary = |item: &Value| item.get("primary") == Some(&Value::Bool(true));
    items.iter().enumerate().filter(move |(_, item)| primary(item)).map(|(index, _)| index)
}

pub(crate) fn two_primaries(path: &str) -> Fault {
    Fault::value(format!("{path} has more than one primary value"))
}

pub(crate) fn set_once(name: &str) -> Fault {
    Fault::mutability(format!("{name} cannot be changed once it is set"))
}

/// The path of an extension, which its attributes are written behind.
fn urn_path(extension: &Field) -> String {
    format!("{}:", extension.name)
}

fn as_object<'v>(value: &'v Value, path: &str) -> Result<&'v Map<String, Value>, Fault> {
    let named = if path.is_empty() { "the body" } else { path };
    let object = value.as_object().ok_or_else(|| wrong(named, "an object"))?;
    if object.len() > VALUES_MAX {
        let message = format!("{named} has more than {VALUES_MAX} keys");
        return Err(Fault::new(FaultKind::TooMany, message));
    }
    Ok(object)
}

pub(crate) fn wrong(path: &str, wanted: &str) -> Fault {
    Fault::value(format!("{path} is not valid")).with_hint(format!("give {wanted}"))
}

/// A name below a path; the path of an extension ends with the colon of its URN.
fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        urn if urn.ends_with(':') => format!("{urn}{name}"),
        path => format!("{path}.{name}"),
    }
}
