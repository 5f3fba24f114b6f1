//! Patches (RFC 7644, 3.5.2): a list of operations that add, replace and remove attributes, parts
//! of attributes, and values that a filter picks.
//!
//! All or nothing: a patch is applied to a copy. What the standard leaves open is decided so that
//! nothing is lost unseen: `remove` with a value is refused instead of removing all values, and a
//! part of an attribute with several values needs a filter that says which.

use crate::ast::PatchPath;
use crate::check::{
    SCHEMAS, VALUES_MAX, check_item, check_parts, check_value, primaries, set_once, two_primaries,
};
use crate::condition::Condition;
use crate::fault::{Fault, FaultKind, quote};
use crate::schema::{Place, Schema, find, item, object_in};
use iam_api::scim::{Mutability, PATCH_URN, PatchOp, PatchOperation};
use iam_api::wire::{Field, Kind};
use serde_json::{Map, Value};

/// The most operations of one patch.
pub const OPERATIONS_MAX: usize = 100;

/// A patch as it was sent.
#[derive(Clone, Debug)]
pub struct Patch(Vec<Change>);

/// One of its operations.
#[derive(Clone, Debug)]
struct Change {
    verb: Verb,
    path: Option<PatchPath>,
    value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

impl Patch {
    /// Reads a patch.
    ///
    /// # Errors
    ///
    /// Where it is not built as a patch must be.
    pub fn read(patch: &PatchOp) -> Result<Self, Fault> {
        if !patch.schemas.iter().any(|urn| urn.eq_ignore_ascii_case(PATCH_URN)) {
            let message = "schemas does not say that this is a patch";
            let fault = Fault::new(FaultKind::InvalidSyntax, message);
            return Err(fault.with_hint(format!("give `\"schemas\": [\"{PATCH_URN}\"]`")));
        }
        let operations = &patch.operations;
        if operations.is_empty() {
            return Err(Fault::new(FaultKind::InvalidSyntax, "Operations is empty"));
        }
        if operations.len() > OPERATIONS_MAX {
            let message = format!("a patch has at most {OPERATIONS_MAX} operations");
            return Err(Fault::new(FaultKind::TooMany, message));
        }
        let changes = operations.iter().enumerate().map(|(index, operation)| {
            Change::read(operation).map_err(|fault| fault.inside(&format!("Operations[{index}]")))
        });
        changes.collect::<Result<_, _>>().map(Self)
    }

    /// Applies the patch to a resource; where anything in it is refused, the resource stays as it
    /// is.
    ///
    /// # Errors
    ///
    /// Where a path names or picks nothing, a value does not fit, or an attribute must not be
    /// changed.
    pub fn apply(&self, schema: &Schema, resource: &mut Map<String, Value>) -> Result<(), Fault> {
        let mut changed = resource.clone();
        for (index, change) in self.0.iter().enumerate() {
            change
                .apply(schema, &mut changed)
                .map_err(|fault| fault.inside(&format!("Operations[{index}]")))?;
        }
        schema.check_required(&changed)?;
        *resource = changed;
        Ok(())
    }

    /// The values that the patch gives an attribute of the root, by its name or its path in full,
    /// such as a flag that is about the request and not about the resource.
    pub fn values_of<'p>(&'p self, attribute: &str) -> impl Iterator<Item = &'p Value> {
        self.0.iter().filter_map(move |change| match &change.path {
            Some(path) if path.to_string().eq_ignore_ascii_case(attribute) => Some(&change.value),
            Some(_) => None,
            None => key(&change.value, attribute),
        })
    }
}

impl Change {
    fn read(operation: &PatchOperation) -> Result<Self, Fault> {
        let verbs = [("add", Verb::Add), ("replace", Verb::Replace), ("remove", Verb::Remove)];
        let verb = verbs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&operation.op));
        let (_, verb) = verb.ok_or_else(|| {
            let message = format!("op {} is not known", quote(&operation.op));
            Fault::new(FaultKind::InvalidSyntax, message).with_hint("give add, replace or remove")
        })?;
        let path = operation.path.as_deref().map(PatchPath::parse).transpose()?;
        let value = operation.value.clone().unwrap_or_default();
        Ok(Self { verb, path, value })
    }

    fn apply(&self, schema: &Schema, resource: &mut Map<String, Value>) -> Result<(), Fault> {
        let Some(path) = &self.path else { return self.apply_to_root(schema, resource) };
        let place = schema.resolve(&path.attribute, FaultKind::InvalidPath)?;
        must_be_writable(&place)?;
        match &path.values {
            None => set(self.verb, &place, &self.value, resource),
            Some(filter) => {
                let field = place.field().filter(|field| field.is_multi_valued());
                let field = field.ok_or_else(|| {
                    let message = format!("{} has one value alone", path.attribute);
                    Fault::new(FaultKind::InvalidPath, message).with_hint("leave the brackets out")
                })?;
                let part = path.sub.as_deref().map(|name| part(field, name)).transpose()?;
                let picked =
                    Picked { field, condition: Condition::of_values(filter, field)?, part };
                let (key, container) = container(&place, resource)?;
                picked.change(self, key, container)
            }
        }
    }

    /// Without a path, the value is an object of attributes.
    fn apply_to_root(
        &self,
        schema: &Schema,
        resource: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        if self.verb == Verb::Remove {
            let fault = Fault::new(FaultKind::NoTarget, "remove needs a path");
            return Err(fault.with_hint("name the attribute in `path`"));
        }
        let attributes = self
            .value
            .as_object()
            .ok_or_else(|| Fault::value("without a path, value must be an object of attributes"))?;
        if attributes.len() > VALUES_MAX {
            let message = format!("value has more than {VALUES_MAX} keys");
            return Err(Fault::new(FaultKind::TooMany, message));
        }
        for (name, value) in attributes.iter().filter(|(name, _)| *name != SCHEMAS) {
            let path = PatchPath::parse(name)?;
            if path.values.is_some() {
                let message = format!("{} cannot be a key", quote(name));
                return Err(Fault::new(FaultKind::InvalidPath, message));
            }
            let place = schema.resolve(&path.attribute, FaultKind::InvalidPath)?;
            must_be_writable(&place)?;
            set(self.verb, &place, value, resource)?;
        }
        Ok(())
    }
}

/// The value under a key, in whatever case it is written.
fn key<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn must_be_writable(place: &Place) -> Result<(), Fault> {
    let fixed = |field: &&&Field| field.traits.mutability == Mutability::ReadOnly;
    match place.fields.iter().find(fixed) {
        None => Ok(()),
        Some(field) => Err(Fault::mutability(format!("{} is set by the server alone", field.name))),
    }
}

fn part(field: &'static Field, name: &str) -> Result<&'static Field, Fault> {
    let part = field.kind.model().and_then(|model| find(model, name));
    let part = part.ok_or_else(|| {
        let message = format!("{} is no part of {}", quote(name), field.name);
        Fault::new(FaultKind::InvalidPath, message)
    })?;
    must_be_writable(&Place { keys: vec![part.name], fields: vec![part] })?;
    Ok(part)
}

/// The object that an attribute stands in, made where there is none, and the attribute's key.
fn container<'r>(
    place: &Place,
    resource: &'r mut Map<String, Value>,
) -> Result<(&'static str, &'r mut Map<String, Value>), Fault> {
    let nothing = || Fault::new(FaultKind::InvalidPath, "the path names nothing");
    let (last, above) = place.keys.split_last().ok_or_else(nothing)?;
    if let Some(several) = place.fields.iter().rev().skip(1).find(|field| field.is_multi_valued()) {
        let message = format!("{} has several values", several.name);
        let hint = format!("say which: `{}[type eq \"work\"].{last}`", several.name);
        return Err(Fault::new(FaultKind::InvalidPath, message).with_hint(hint));
    }
    let mut inner = resource;
    for key in above {
        inner = object_in(inner, key).ok_or_else(nothing)?;
    }
    Ok((last, inner))
}

/// Changes an attribute as a whole.
fn set(
    verb: Verb,
    place: &Place,
    value: &Value,
    resource: &mut Map<String, Value>,
) -> Result<(), Fault> {
    let (key, container) = container(place, resource)?;
    let Some(field) = place.field() else { return Ok(()) };
    change_in(verb, field, key, value, container)?;
    // An object that was made for nothing, or has lost its last part, is as good as absent.
    if let [outer, _, ..] = place.keys.as_slice()
        && resource.get(*outer).and_then(Value::as_object).is_some_and(Map::is_empty)
    {
        resource.remove(*outer);
    }
    Ok(())
}

/// Changes an attribute in the object that it stands in.
fn change_in(
    verb: Verb,
    field: &'static Field,
    path: &str,
    value: &Value,
    container: &mut Map<String, Value>,
) -> Result<(), Fault> {
    let old = container.get(field.name).filter(|old| !old.is_null());
    if verb == Verb::Remove {
        if !value.is_null() {
            let fault = Fault::value("remove takes no value");
            return Err(fault.with_hint(format!("pick values by a filter: `{path}[…]`")));
        }
        if old.is_some() && field.traits.mutability == Mutability::Immutable {
            return Err(set_once(field.name));
        }
        container.remove(field.name);
        return Ok(());
    }
    let new = if field.is_multi_valued() {
        several(verb, field, path, value, old)?
    } else if let (Kind::Model(model), Value::Object(_)) = (&field.kind, value) {
        let mut merged = old.and_then(Value::as_object).cloned().unwrap_or_default();
        merged.extend(check_parts(model, path, value)?);
        for (key, value) in value.as_object().into_iter().flatten() {
            // A part that is given as null is taken away.
            if value.is_null()
                && let Some(part) = find(model, key)
            {
                merged.remove(part.name);
            }
        }
        Some(Value::Object(merged))
    } else {
        check_value(field, path, value)?
    };
    if let Some(old) = old
        && field.traits.mutability == Mutability::Immutable
        && new.as_ref() != Some(old)
    {
        return Err(set_once(field.name));
    }
    match new {
        Some(new) => container.insert(field.name.to_owned(), new),
        None => container.remove(field.name),
    };
    Ok(())
}

/// The values of an attribute after some were added, or all were replaced. One value may come
/// without the brackets of a list.
fn several(
    verb: Verb,
    field: &'static Field,
    path: &str,
    value: &Value,
    old: Option<&Value>,
) -> Result<Option<Value>, Fault> {
    let one = [value.clone()];
    let given = match value {
        Value::Null => &[],
        Value::Array(items) => items.as_slice(),
        _ => &one,
    };
    let kind = item(&field.kind);
    let mut added = Vec::new();
    for value in given.iter().take(VALUES_MAX + 1) {
        added.push(check_item(field, kind, path, value)?);
    }
    if primaries(&added).nth(1).is_some() {
        return Err(two_primaries(path));
    }
    let mut values = Vec::new();
    if verb == Verb::Add {
        values.extend(old.and_then(Value::as_array).into_iter().flatten().cloned());
    }
    let has_primary = primaries(&added).next().is_some();
    let mut primary = None;
    for value in added {
        // What is there already is not added again (RFC 7644, 3.5.2.1).
        let found = values.iter().position(|old| *old == value);
        let is_primary = value.get("primary") == Some(&Value::Bool(true));
        let index = found.unwrap_or(values.len());
        if found.is_none() {
            values.push(value);
        }
        primary = if is_primary { Some(index) } else { primary };
    }
    if has_primary {
        keep_one_primary(&mut values, primary);
    }
    bounded(values, path)
}

fn bounded(values: Vec<Value>, path: &str) -> Result<Option<Value>, Fault> {
    if values.len() > VALUES_MAX {
        let message = format!("{path} would have more than {VALUES_MAX} values");
        return Err(Fault::new(FaultKind::TooMany, message));
    }
    Ok(if values.is_empty() { None } else { Some(Value::Array(values)) })
}

/// Where a value became the primary one, the others are so no more (RFC 7644, 3.5.2).
fn keep_one_primary(values: &mut [Value], primary: Option<usize>) {
    for (index, value) in values.iter_mut().enumerate() {
        if Some(index) != primary
            && let Some(flag) = value.get_mut("primary")
        {
            *flag = Value::Bool(false);
        }
    }
}

/// The values that a filter picks, and the part of each that is meant.
struct Picked {
    field: &'static Field,
    condition: Condition,
    part: Option<&'static Field>,
}

impl Picked {
    fn change(
        &self,
        change: &Change,
        key: &str,
        container: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        let old = container.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let picked: Vec<bool> = old.iter().map(|value| self.condition.matches(value)).collect();
        if self.field.traits.mutability == Mutability::Immutable && !old.is_empty() {
            return Err(set_once(self.field.name));
        }
        let mut values = Vec::new();
        let mut primary = Vec::new();
        for (value, picked) in old.into_iter().zip(&picked) {
            let new = if *picked { self.changed(change, key, value)? } else { Some(value) };
            let Some(new) = new else { continue };
            if *picked && new.get("primary") == Some(&Value::Bool(true)) {
                primary.push(values.len());
            }
            values.push(new);
        }
        if !picked.contains(&true) {
            match change.verb {
                Verb::Remove => return Ok(()), // it is as it should be
                Verb::Add => values.push(self.made(change, key)?),
                Verb::Replace => return Err(nothing_picked(key)),
            }
            let made = values.len() - 1;
            primary.extend(primaries(&values).filter(|index| *index == made));
        }
        match primary.as_slice() {
            [] => {}
            [one] => keep_one_primary(&mut values, Some(*one)),
            _ => return Err(two_primaries(key)),
        }
        match bounded(values, key)? {
            Some(values) => container.insert(key.to_owned(), values),
            None => container.remove(key),
        };
        Ok(())
    }

    /// A picked value after the change; none where it goes.
    fn changed(&self, change: &Change, key: &str, value: Value) -> Result<Option<Value>, Fault> {
        let kind = item(&self.field.kind);
        let Some(part) = self.part else {
            return match (change.verb, kind, value) {
                (Verb::Remove, _, _) => Ok(None),
                (Verb::Add, Kind::Model(model), Value::Object(mut object)) => {
                    object.extend(check_parts(model, key, one_value(&change.value))?);
                    check_item(self.field, kind, key, &Value::Object(object)).map(Some)
                }
                _ => check_item(self.field, kind, key, one_value(&change.value)).map(Some),
            };
        };
        let Value::Object(mut object) = value else { return Ok(Some(value)) };
        let path = format!("{key}.{}", part.name);
        if change.verb == Verb::Remove && part.required {
            return Err(Fault::value(format!("{path} must be there")));
        }
        change_in(change.verb, part, &path, &change.value, &mut object)?;
        Ok(Some(Value::Object(object)))
    }

    /// The value that an add makes where the filter picked none: one that the filter would pick.
    fn made(&self, change: &Change, key: &str) -> Result<Value, Fault> {
        let equalities = self.condition.as_equalities().ok_or_else(|| nothing_picked(key))?;
        let mut object: Map<String, Value> =
            equalities.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        match self.part {
            Some(part) => {
                let path = format!("{key}.{}", part.name);
                change_in(change.verb, part, &path, &change.value, &mut object)?;
            }
            None => {
                let given = one_value(&change.value).as_object();
                let given = given.ok_or_else(|| crate::check::wrong(key, "an object"))?;
                object.extend(given.clone());
            }
        }
        check_item(self.field, item(&self.field.kind), key, &Value::Object(object))
    }
}

/// One value may come in the brackets of a list.
fn one_value(value: &Value) -> &Value {
    match value.as_array().map(Vec::as_slice) {
        Some([one]) => one,
        _ => value,
    }
}

fn nothing_picked(key: &str) -> Fault {
    Fault::new(FaultKind::NoTarget, format!("no value of {key} is picked by the filter"))
}
