//! Makes the request of an operation from the values of options.
//!
//! Nothing is sent or signed here. The one idea: what a user wrote never changes the shape of a
//! path: it is percent-encoded whole, and what encoding cannot tame is refused.

use crate::clock::{ALPHANUMERIC, random_text};
use crate::command::Goes;
use crate::config::Environment;
use crate::failure::Failure;
use crate::from_json::complex;
use crate::json::{Json, Layout, python_float};
use crate::names::kebab;
use crate::parse::Values;
use iam_api::operation::{Place, RETRY_TOKEN};
use iam_api::{Kind, Method, Spec};
use std::fmt::Write;

/// What an operation is told: values of its parameters, by their names on the wire, and its body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    params: Vec<(&'static str, String)>,
    body: Vec<(&'static str, Json)>,
}

impl Input {
    /// The values of a command's options.
    pub(crate) fn of(values: &Values, env: &dyn Environment) -> Result<Self, Failure> {
        let mut input = Self::default();
        for (opt, value) in values.given() {
            match opt.goes {
                // The signature is this header, so no other goes beside it.
                Goes::Param(param) if param.name == "authorization" => {}
                Goes::Param(param) => match value {
                    Json::List(items) => {
                        input.params.extend(items.iter().map(|item| (param.name, plain(item))));
                    }
                    value => input.params.push((param.name, plain(value))),
                },
                Goes::Body(field) => {
                    let value = if field.kind.is_complex() && !opt.multiple {
                        complex(&opt.name, value, &field.kind, env)?
                    } else {
                        value.clone()
                    };
                    input.body.push((field.name, value));
                }
                Goes::Here => {}
            }
        }
        Ok(input)
    }

    /// Gives one parameter, and no others.
    pub(crate) fn param(name: &'static str, value: &str) -> Self {
        Self { params: vec![(name, value.to_owned())], body: Vec::new() }
    }

    /// Gives a parameter another value, or takes it away.
    pub(crate) fn set(&mut self, name: &'static str, value: Option<String>) {
        self.params.retain(|(known, _)| *known != name);
        self.params.extend(value.map(|value| (name, value)));
    }

    /// Sets a field of the body that is not set yet.
    pub(crate) fn set_field(&mut self, name: &'static str, value: Json) {
        self.body.push((name, value));
    }

    /// Takes a field out of the body.
    pub(crate) fn drop_field(&mut self, name: &str) {
        self.body.retain(|(known, _)| *known != name);
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of a parameter that may have several.
    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.params.iter().filter(move |(known, _)| *known == name);
        named.map(|(_, value)| value.as_str())
    }
}

/// A request, but for address and signature.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The operation.
    pub(crate) spec: &'static Spec,
    /// The path and the query string.
    pub(crate) target: String,
    /// Headers of the operation's own.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body, for methods that carry one.
    pub(crate) body: Option<Vec<u8>>,
}

impl Request {
    /// The request of an operation.
    pub(crate) fn of(spec: &'static Spec, input: &Input) -> Result<Self, Failure> {
        let mut target = spec.path.to_owned();
        let mut headers = Vec::new();
        let mut separator = '?';
        for param in spec.params {
            let given = input.get(param.name);
            match param.place {
                Place::Path => {
                    let value = segment(param.name, given.unwrap_or_default())?;
                    target = target.replace(&format!("{{{}}}", param.name), &value);
                }
                Place::Query => {
                    for value in input.all(param.name) {
                        let _ = write!(target, "{separator}{}={}", param.name, encode(value));
                        separator = '&';
                    }
                }
                Place::Header => {
                    let drawn = param.name == RETRY_TOKEN.name && given.is_none();
                    let value = if drawn { Some(random_text(30, ALPHANUMERIC)) } else { None };
                    if let Some(value) = value.or(given.map(str::to_owned)) {
                        headers.push((param.name, header(param.name, value)?));
                    }
                }
            }
        }
        let body = match (spec.method, spec.body) {
            (Method::Get | Method::Delete, _) => None,
            (Method::Post | Method::Put | Method::Patch, Kind::Nothing) => Some(Vec::new()),
            (Method::Post | Method::Put | Method::Patch, _) => {
                let object = Json::object(input.body.iter().cloned());
                Some(object.text(Layout::WIRE).into_bytes())
            }
        };
        Ok(Self { spec, target, headers, body })
    }
}

/// A value as it is written in a path, a query string or a header.
fn plain(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        Json::Int(number) => number.to_string(),
        Json::Float(number) => python_float(*number),
        Json::Bool(truth) => truth.to_string(),
        other => other.text(Layout::WIRE),
    }
}

/// A value as one segment of a path.
fn segment(name: &str, value: &str) -> Result<String, Failure> {
    let option = kebab(name);
    if value.trim().is_empty() {
        return Err(Failure::Client(format!(
            "UsageError: Parameter --{option} cannot be whitespace or empty string"
        )));
    }
    // Encoded or not, these two are taken for steps in the path by what lies on the way.
    if matches!(value, "." | "..") {
        return Err(Failure::Client(format!(
            "UsageError: Parameter --{option} cannot be `{value}`"
        )));
    }
    Ok(encode(value))
}

/// Percent-encodes all but letters, digits and `-._~`.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A value as a header: one line of visible letters.
fn header(name: &str, value: String) -> Result<String, Failure> {
    if value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        Ok(value)
    } else {
        Err(Failure::Client(format!(
            "UsageError: Parameter --{} cannot hold control characters or letters beyond ASCII",
            kebab(name)
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam_api::users::GET_USER;

    #[test]
    fn an_id_stays_one_segment() {
        let target = |id: &str| {
            Request::of(&GET_USER.spec, &Input::param("userId", id)).map(|request| request.target)
        };
        assert_eq!(target("../../x").unwrap(), "/20160918/users/..%2F..%2Fx");
        assert_eq!(target("a?b#c d").unwrap(), "/20160918/users/a%3Fb%23c%20d");
        assert_eq!(target("ocid1.user.oc1..a").unwrap(), "/20160918/users/ocid1.user.oc1..a");
        for refused in ["", "  ", ".", ".."] {
            assert!(target(refused).is_err(), "{refused}");
        }
    }
}
