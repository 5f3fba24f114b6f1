//! Bodies and parameters, checked against the table before anything is done: JSON that is well
//! formed and not too deep, no unknown field, nothing missing, every value of its kind.

use iam_api::{Code, Dialect, Field, Kind, Model, Problem, Spec, scim};
use iam_core::call::Params;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// How deep arrays and objects may be nested.
const DEPTH_MAX: usize = 32;
/// The most items in one array, and fields in one object.
const ITEMS_MAX: usize = 1_000;
/// The longest string, in bytes.
const STRING_MAX: usize = 64 * 1024;

/// Reads the body of an operation; `null` where it has none.
pub(crate) fn read(spec: &Spec, bytes: &[u8]) -> Result<Value, Problem> {
    let Kind::Model(model) = spec.body else {
        return match bytes.trim_ascii() {
            b"" | b"{}" => Ok(Value::Null),
            _ => Err(Problem::invalid(format!("{} takes no body; send none", spec.id))),
        };
    };
    if bytes.trim_ascii().is_empty() {
        let message = format!("the body is missing; {} takes a {}", spec.id, model.name);
        return Err(Problem::new(Code::MissingParameter, message));
    }
    check_depth(bytes)?;
    let Strict(value) = serde_json::from_slice(bytes).map_err(|cause| {
        Problem::new(Code::CannotParseRequest, format!("the body is not valid JSON: {cause}"))
    })?;
    match spec.dialect {
        Dialect::Identity => check_model(model, "", &value).map(|()| value),
        Dialect::Scim => Ok(Value::Object(check_scim(model, &value)?)),
    }
}

/// A resource is checked against its schema, a search or a patch against its model; both come out
/// with every name as it is spelt there.
fn check_scim(model: &'static Model, value: &Value) -> Result<Map<String, Value>, Problem> {
    let resource = scim::RESOURCES.iter().find(|resource| std::ptr::eq(resource.model, model));
    Ok(match resource {
        Some(resource) => iam_scim::Schema::of(resource).check(value)?,
        None => iam_scim::check_message(model, value)?,
    })
}

/// Checks the parameters of a request against the operation's.
pub(crate) fn check_params(spec: &Spec, params: &Params) -> Result<(), Problem> {
    for param in spec.params {
        let Some(text) = params.get(param.name) else { continue };
        let is_one =
            |words: &[&str], text: &str| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        let valid = match param.kind {
            Kind::List(Kind::Choice(words)) => text.split(',').all(|text| is_one(words, text)),
            Kind::Integer => text.parse::<i64>().is_ok(),
            Kind::Fraction => text.parse::<f64>().is_ok(),
            Kind::Boolean => matches!(text, "true" | "false"),
            Kind::Choice(words) => is_one(words, text),
            _ => text.len() <= STRING_MAX,
        };
        if !valid {
            return Err(Problem::invalid(format!(
                "{} `{}` is not valid: give {}",
                param.name,
                text.escape_debug(),
                wanted(&param.kind)
            )));
        }
    }
    Ok(())
}

/// Counts brackets outside strings: a parser that recurses is not let near what is too deep.
fn check_depth(bytes: &[u8]) -> Result<(), Problem> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            let message = format!("the body is nested more than {DEPTH_MAX} deep");
            return Err(Problem::new(Code::CannotParseRequest, message));
        }
    }
    Ok(())
}

fn check_model(model: &Model, path: &str, value: &Value) -> Result<(), Problem> {
    let Value::Object(object) = value else {
        return Err(wrong(path, "an object"));
    };
    for (name, value) in object {
        let path = join(path, name);
        let field = model.field(name).ok_or_else(|| unknown(model, &path))?;
        check(field, &path, value)?;
    }
    let given = |field: &&Field| object.get(field.name).is_some_and(|value| !value.is_null());
    match model.fields.iter().filter(|field| field.required).find(|field| !given(field)) {
        None => Ok(()),
        Some(field) => Err(Problem::new(
            Code::MissingParameter,
            format!("{} is missing", join(path, field.name)),
        )),
    }
}

fn check(field: &Field, path: &str, value: &Value) -> Result<(), Problem> {
    match value {
        Value::Null => Ok(()), // not set, whatever the kind (facts 4.4)
        value => check_kind(&field.kind, path, value),
    }
}

fn check_kind(kind: &Kind, path: &str, value: &Value) -> Result<(), Problem> {
    let fits = match (kind, value) {
        (Kind::Any, _) => true,
        (Kind::Choice(words), Value::String(text)) => words.contains(&text.as_str()),
        (
            Kind::String | Kind::Ocid | Kind::Timestamp | Kind::Date | Kind::Secret,
            Value::String(text),
        ) => text.len() <= STRING_MAX,
        (Kind::Integer, Value::Number(number)) => number.is_i64(),
        (Kind::Fraction, Value::Number(_)) | (Kind::Boolean, Value::Bool(_)) => true,
        (Kind::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                check_kind(item, &format!("{path}[{index}]"), value)?;
            }
            items.len() <= ITEMS_MAX
        }
        (Kind::Map(item), Value::Object(object)) => {
            for (name, value) in object {
                check_kind(item, &join(path, name), value)?;
            }
            object.len() <= ITEMS_MAX
        }
        (Kind::Model(model), value) => return check_model(model, path, value),
        _ => false,
    };
    if fits { Ok(()) } else { Err(wrong(path, &wanted(kind))) }
}

fn join(path: &str, name: &str) -> String {
    let name = name.escape_debug();
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

fn wanted(kind: &Kind) -> String {
    match kind {
        Kind::Integer => "a whole number".to_owned(),
        Kind::Fraction => "a number".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Choice(words) => format!("one of {}", words.join(", ")),
        Kind::List(Kind::Choice(words)) => format!("some of {}", words.join(", ")),
        Kind::List(_) => format!("an array of at most {ITEMS_MAX} items"),
        Kind::Map(_) | Kind::Model(_) => "an object".to_owned(),
        _ => format!("a string of at most {STRING_MAX} bytes"),
    }
}

fn wrong(path: &str, wanted: &str) -> Problem {
    let what = if path.is_empty() { "the body" } else { path };
    Problem::invalid(format!("{what} is not valid: give {wanted}"))
}

fn unknown(model: &Model, path: &str) -> Problem {
    let known: Vec<&str> = model.fields.iter().map(|field| field.name).collect();
    Problem::invalid(format!(
        "`{path}` is not a field of {}; its fields are {}",
        model.name,
        known.join(", ")
    ))
}

/// A JSON value in which no key comes twice: two readers could differ over which one counts.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format!(
                    "the key `{}` comes twice",
                    name.escape_debug()
                )));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam_api::ui_passwords::CREATE_OR_RESET_UI_PASSWORD;
    use iam_api::users::CREATE_USER;

    fn refusal(body: &str) -> (Code, String) {
        let problem = read(&CREATE_USER.spec, body.as_bytes()).unwrap_err();
        (problem.code, problem.message)
    }

    #[test]
    fn a_body_that_is_refused_names_the_field() {
        let cases = [
            (r#"{"name":"x""#, Code::CannotParseRequest, "EOF"),
            (r#"{"name":"x","name":"y"}"#, Code::CannotParseRequest, "comes twice"),
            (r#"{"name":"x","nmae":"y"}"#, Code::InvalidParameter, "`nmae`"),
            (r#"{"name":1}"#, Code::InvalidParameter, "name is not valid"),
            (r#"{"freeformTags":{"a":1}}"#, Code::InvalidParameter, "freeformTags.a"),
            (r#"{"name":null}"#, Code::MissingParameter, "compartmentId is missing"),
            ("[]", Code::InvalidParameter, "the body is not valid: give an object"),
            ("", Code::MissingParameter, "the body is missing"),
        ];
        for (body, code, part) in cases {
            let (found, message) = refusal(body);
            assert_eq!(found, code, "{body}: {message}");
            assert!(message.contains(part), "{body}: {message}");
        }
    }

    #[test]
    fn brackets_in_strings_do_not_count_as_depth_and_others_do() {
        let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
        assert_eq!(refusal(&deep).0, Code::CannotParseRequest);
        let text = "[".repeat(100);
        assert_eq!(refusal(&format!(r#"{{"name":"\"{text}"}}"#)).0, Code::MissingParameter);
    }

    #[test]
    fn an_operation_without_a_body_takes_none() {
        let spec = &CREATE_OR_RESET_UI_PASSWORD.spec;
        assert!(read(spec, b"").is_ok());
        assert!(read(spec, b" {} ").is_ok());
        assert!(read(spec, br#"{"password":"mine"}"#).is_err());
    }
}
