//! The tags that resources carry: checked, resolved and taken over, for resources of every kind.
//!
//! Handlers call [`of_new`] where something is made and [`change`] where it is changed, and know no
//! more of tags. What is made gets the tag defaults of its compartment besides. What does not
//! change is not looked at, so a tag that was retired since stays.

use crate::call::{Call, store_problem};
use crate::{tag_defaults, tree};
use iam_api::tag_namespaces::TagNamespace;
use iam_api::tags::{Tag, Validator};
use iam_api::{Code, DefinedTags, FreeformTags, Ocid, Problem, Timestamp};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The permission to apply, change and take away the tags of a namespace.
pub(crate) const USE: &str = "TAG_NAMESPACE_USE";

const FREEFORM_TAGS_MAX: usize = 10;
pub(crate) const DEFINED_TAGS_MAX: usize = 64;
const BYTES_MAX: usize = 5 * 1024;
const KEY_MAX: usize = 100;
const VALUE_MAX: usize = 256;

/// The tags of what is made in that compartment.
pub(crate) fn of_new(
    call: &mut Call<'_, '_>,
    compartment: &Ocid,
    freeform: Option<FreeformTags>,
    defined: Option<DefinedTags>,
) -> Result<(FreeformTags, DefinedTags), Problem> {
    let freeform = freeform.unwrap_or_default();
    let mut defined = take(call, &DefinedTags::new(), defined.unwrap_or_default())?;
    add_defaults(call, compartment, &mut defined)?;
    check(&freeform, &defined)?;
    Ok((freeform, defined))
}

/// Takes over the tags that an update gives, each in the place of all that there were.
pub(crate) fn change(
    call: &mut Call<'_, '_>,
    freeform: (&mut FreeformTags, Option<FreeformTags>),
    defined: (&mut DefinedTags, Option<DefinedTags>),
) -> Result<(), Problem> {
    if freeform.1.is_none() && defined.1.is_none() {
        return Ok(());
    }
    if let Some(new) = freeform.1 {
        *freeform.0 = new;
    }
    if let Some(new) = defined.1 {
        *defined.0 = take(call, defined.0, new)?;
    }
    check(freeform.0, defined.0)
}

/// Adds the tag defaults that the request says nothing of. Nobody needs a right to these tags: that
/// is what tag defaults are for.
fn add_defaults(
    call: &mut Call<'_, '_>,
    compartment: &Ocid,
    defined: &mut DefinedTags,
) -> Result<(), Problem> {
    let (all, chosen) = tag_defaults::in_force(call, compartment)?;
    for default in chosen.into_iter().filter_map(|index| all.get(index)) {
        let (space, key) = (&default.namespace, &default.model.tag_definition_name);
        let (folded_space, folded_key) = (fold(space), fold(key));
        let written = defined.keys().find(|written| fold(written) == folded_space).cloned();
        let tags = defined.entry(written.unwrap_or_else(|| space.clone())).or_default();
        if tags.keys().any(|written| fold(written) == folded_key) {
            continue;
        }
        if default.model.is_required {
            return Err(Problem::invalid(format!(
                "the tag `{space}.{key}` is required in this compartment; give its value in \
                 definedTags"
            )));
        }
        let value = resolve(call, &default.model.value)?;
        check_length(&value, &format!("the tag default `{space}.{key}`"))?;
        tags.insert(key.clone(), Value::String(value));
    }
    Ok(())
}

/// What the bounds are, whoever asks.
pub(crate) fn check(freeform: &FreeformTags, defined: &DefinedTags) -> Result<(), Problem> {
    if freeform.len() > FREEFORM_TAGS_MAX {
        let message = format!("freeformTags has more than {FREEFORM_TAGS_MAX} tags");
        return Err(Problem::invalid(message));
    }
    for (key, value) in freeform {
        if key.is_empty() || key.chars().count() > KEY_MAX {
            return Err(Problem::invalid(format!(
                "a key in freeformTags must have 1 to {KEY_MAX} characters"
            )));
        }
        check_length(value, &format!("`{}` in freeformTags", key.escape_debug()))?;
    }
    if defined.values().map(|tags| tags.len()).sum::<usize>() > DEFINED_TAGS_MAX {
        return Err(Problem::invalid(format!(
            "definedTags would have more than {DEFINED_TAGS_MAX} tags, tag defaults included"
        )));
    }
    let written = serde_json::to_string(&(freeform, defined)).map_err(Problem::internal)?;
    if written.len() > BYTES_MAX {
        return Err(Problem::invalid(format!(
            "freeformTags and definedTags would have more than {BYTES_MAX} bytes together"
        )));
    }
    Ok(())
}

fn check_length(value: &str, whose: &str) -> Result<(), Problem> {
    if value.chars().count() <= VALUE_MAX {
        return Ok(());
    }
    Err(Problem::invalid(format!("the value of {whose} has more than {VALUE_MAX} characters")))
}

/// A tag's two names in the form that makes names equal.
type Name = (String, String);

/// Defined tags by their names.
fn by_name(tags: &DefinedTags) -> HashMap<Name, &Value> {
    let tags = tags.iter().flat_map(|(space, tags)| {
        tags.iter().map(move |(key, value)| ((fold(space), fold(key)), value))
    });
    tags.collect()
}

/// Takes the new tags in the place of the old: whatever is not as it was must be a tag that is in
/// use, of a namespace that the caller may use, with a value that the tag takes.
fn take(
    call: &mut Call<'_, '_>,
    old: &DefinedTags,
    mut new: DefinedTags,
) -> Result<DefinedTags, Problem> {
    new.retain(|_, tags| !tags.is_empty());
    let mut before = by_name(old);
    let mut seen = HashMap::new();
    for (space, tags) in &mut new {
        for (key, value) in tags {
            let name = (fold(space), fold(key));
            if seen.insert(name.clone(), ()).is_some() {
                return Err(Problem::invalid(format!(
                    "definedTags gives `{}.{}` twice: upper and lower case are alike",
                    space.escape_debug(),
                    key.escape_debug()
                )));
            }
            if before.remove(&name) == Some(&*value) {
                continue;
            }
            let (namespace, tag) = usable_tag(call, space, key)?;
            *value = Value::String(applied(call, (&namespace, &tag), (space, key), value)?);
        }
    }
    for (space, _) in before.into_keys() {
        if find_namespace(call, &space)?.is_some() {
            usable(call, &space)?;
        }
    }
    Ok(new)
}

/// The tag of these names with its namespace, where the caller may use it.
pub(crate) fn usable_tag(
    call: &mut Call<'_, '_>,
    space: &str,
    key: &str,
) -> Result<(Resource, Resource), Problem> {
    let namespace = usable(call, space)?;
    let tag = find_tag(call, &namespace.id, key)?;
    let tag = tag.ok_or_else(|| unknown(&shown(space, key)))?;
    Ok((namespace, tag))
}

fn shown(space: &str, key: &str) -> String {
    format!("{}.{}", space.escape_debug(), key.escape_debug())
}

/// The value that a tag is applied with.
pub(crate) fn applied(
    call: &mut Call<'_, '_>,
    (namespace, tag): (&Resource, &Resource),
    (space, key): (&str, &str),
    value: &Value,
) -> Result<String, Problem> {
    let shown = shown(space, key);
    let tag: Tag = tag.model().map_err(store_problem)?;
    let namespace: TagNamespace = namespace.model().map_err(store_problem)?;
    if tag.is_retired || namespace.is_retired {
        return Err(Problem::invalid(format!(
            "the tag `{shown}` is retired and cannot be applied; leave it out of definedTags"
        )));
    }
    let Value::String(value) = value else {
        return Err(Problem::invalid(format!(
            "the value of `{shown}` in definedTags is not valid: give a string"
        )));
    };
    check_value(value, tag.validator.as_ref(), &shown)?;
    let resolved = resolve(call, value)?;
    check_length(&resolved, &format!("`{shown}` in definedTags"))?;
    Ok(resolved)
}

/// Refuses a value that the tag does not take.
pub(crate) fn check_value(
    value: &str,
    validator: Option<&Validator>,
    shown: &str,
) -> Result<(), Problem> {
    check_length(value, &format!("`{shown}`"))?;
    let values = validator.and_then(|validator| validator.values.as_ref());
    match values {
        Some(values) if !values.iter().any(|known| known == value) => {
            Err(Problem::invalid(format!(
                "the tag `{shown}` does not take the value `{}`; it takes {}",
                value.escape_debug(),
                values.join(", ").escape_debug()
            )))
        }
        _ => Ok(()),
    }
}

/// The value with its variables resolved. What is no variable that is known stays as it is.
fn resolve(call: &mut Call<'_, '_>, value: &str) -> Result<String, Problem> {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let known = match after.split_once('}') {
            Some((name, after)) => variable(call, name)?.map(|value| (value, after)),
            None => None,
        };
        match known {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push_str("${");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn variable(call: &mut Call<'_, '_>, name: &str) -> Result<Option<String>, Problem> {
    let (at, user) = (call.principal.home().tenancy, &call.principal.user);
    Ok(match name {
        "iam.principal.name" => {
            let caller = call.tx.resource(at, user).map_err(store_problem)?;
            Some(caller.map_or_else(|| user.to_string(), |caller| caller.name))
        }
        "iam.principal.type" => Some("user".to_owned()),
        "oci.datetime" => Some(call.now.to_string()),
        _ => None,
    })
}

/// The tag namespace of that name, where the caller may use its tags. One that is absent and one
/// that the caller may not use are the same.
fn usable(call: &mut Call<'_, '_>, name: &str) -> Result<Resource, Problem> {
    let found = find_namespace(call, name)?;
    let shown = name.escape_debug().to_string();
    let namespace = found.ok_or_else(|| unknown(&shown))?;
    if may_use(call, &namespace)? { Ok(namespace) } else { Err(unknown(&shown)) }
}

/// Whether the caller may use the tags of that namespace.
pub(crate) fn may_use(call: &mut Call<'_, '_>, namespace: &Resource) -> Result<bool, Problem> {
    let at = call.at();
    let path = tree::path_to_root(call.tx, at, &namespace.parent)?.unwrap_or_default();
    call.may(USE, &path, namespace)
}

fn unknown(what: &str) -> Problem {
    Problem::new(
        Code::RelatedResourceNotAuthorizedOrNotFound,
        format!("The following tag namespaces / keys are not authorized or not found: '{what}'"),
    )
}

/// The tag namespace of that name.
pub(crate) fn find_namespace(
    call: &mut Call<'_, '_>,
    name: &str,
) -> Result<Option<Resource>, Problem> {
    let (at, kind) = (call.at(), ResourceKind::TagNamespace);
    let root = &call.principal.tenancy_id;
    call.tx.resource_by_name(at, kind, root, &fold(name)).map_err(store_problem)
}

/// The tag of that key in a tag namespace.
pub(crate) fn find_tag(
    call: &mut Call<'_, '_>,
    namespace: &Ocid,
    key: &str,
) -> Result<Option<Resource>, Problem> {
    let at = call.at();
    call.tx.resource_by_name(at, ResourceKind::Tag, namespace, &fold(key)).map_err(store_problem)
}

/// Edits the defined tags of a stored resource of whatever kind; answers what `edit` does: whether
/// it changed them. Then they have to be written.
pub(crate) fn edit_stored(
    row: &mut Resource,
    now: Timestamp,
    edit: impl FnOnce(&FreeformTags, &mut DefinedTags) -> Result<bool, Problem>,
) -> Result<bool, Problem> {
    let mut body: Value = row.model().map_err(store_problem)?;
    let freeform = body.get("freeformTags").filter(|tags| !tags.is_null());
    let freeform = freeform.map_or(Ok(FreeformTags::new()), FreeformTags::deserialize);
    let defined = body.get("definedTags").filter(|tags| !tags.is_null());
    let defined = defined.map_or(Ok(DefinedTags::new()), DefinedTags::deserialize);
    let mut defined = defined.map_err(Problem::internal)?;
    if !edit(&freeform.map_err(Problem::internal)?, &mut defined)? {
        return Ok(false);
    }
    let whole = body.as_object_mut();
    let whole = whole.ok_or_else(|| Problem::internal("a resource's model is no object"))?;
    whole.insert("definedTags".to_owned(), json!(defined));
    if let Some(modified) = whole.get_mut("timeModified") {
        *modified = json!(now);
    }
    row.set_model(&body).map_err(store_problem)?;
    Ok(true)
}

/// Whether there is a tag of these names, which are in the form that makes names equal.
pub(crate) fn has(tags: &DefinedTags, space: &str, key: &str) -> bool {
    let spaces = tags.iter().filter(|(written, _)| fold(written) == space);
    spaces.flat_map(|(_, tags)| tags.keys()).any(|written| fold(written) == key)
}

/// Takes the tags of these names away, which are in that form; answers whether there was one.
pub(crate) fn take_off(tags: &mut DefinedTags, space: &str, keys: &[&str]) -> bool {
    let mut taken = false;
    for (_, inner) in tags.iter_mut().filter(|(written, _)| fold(written) == space) {
        let before = inner.len();
        inner.retain(|written, _| !keys.contains(&fold(written).as_str()));
        taken |= inner.len() < before;
    }
    if taken {
        tags.retain(|_, inner| !inner.is_empty());
    }
    taken
}

/// Puts a tag on, or gives it that value where it is, however it is written there.
pub(crate) fn put_on(tags: &mut DefinedTags, (space, key): (&str, &str), value: &str) {
    let (folded_space, folded_key) = (fold(space), fold(key));
    let written = tags.keys().find(|written| fold(written) == folded_space).cloned();
    let inner = tags.entry(written.unwrap_or_else(|| space.to_owned())).or_default();
    let written = inner.keys().find(|written| fold(written) == folded_key).cloned();
    inner.insert(written.unwrap_or_else(|| key.to_owned()), json!(value));
}
