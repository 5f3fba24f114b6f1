//! JSON that comes in: values of options, `file://`, and the document of `--from-json`.
//!
//! The one idea: keys may be written in camel or kebab case; they are respelled for the wire where
//! the table knows the model, and left alone where they are the user's own, as in tags.

use crate::command::{Opt, Shape};
use crate::config::{Environment, expand_home, expand_variables};
use crate::failure::Failure;
use crate::json::{Json, python_float};
use crate::literal;
use crate::names::{camel, kebab, snake};
use crate::parse::{Values, read};
use crate::terminal::note;
use iam_api::Kind;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The most that is read from a file: the server takes no more than a tenth of it.
const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// Reads a text file; `path` may be that of a pipe.
pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| format!("cannot open `{shown}`: {error}"))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(format!("`{shown}` is a directory; give the path of a file"));
    }
    let mut bytes = Vec::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    let read = read.map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    if read as u64 > FILE_BYTES_MAX {
        return Err(format!("`{shown}` is larger than 10 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| format!("`{shown}` is not text in UTF-8"))
}

/// The JSON value of an option, given as text or as `file://` and a path.
fn parse(option: &str, text: &str, env: &dyn Environment) -> Result<Json, Failure> {
    let prefix = text.get(.."file://".len());
    let from_file = if prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case("file://")) {
        let written = text.get("file://".len()..).unwrap_or_default();
        let path = expand_home(&expand_variables(written, env), env);
        if !path.exists() {
            return Err(Failure::Client(format!(
                "The specified file '{text}' did not exist  (Resolved to path: '{}')",
                path.display()
            )));
        }
        let text = read_text(&path);
        Some(text.map_err(|why| Failure::Client(format!("--{option}: {why}")))?)
    } else {
        None
    };
    let json = from_file.as_deref().unwrap_or(text).trim_start_matches('\u{feff}');
    match Json::parse(json.as_bytes()) {
        Ok(value) => Ok(value),
        Err(error) => literal::parse(json).ok_or_else(|| {
            let parameter = if option == "from-json" { option.to_owned() } else { snake(option) };
            let example = match option {
                "from-json" => "--generate-full-command-json-input".to_owned(),
                option => format!("--generate-param-json-input {option}"),
            };
            Failure::Client(format!(
                "Parameter '{parameter}' must be in JSON format.\nIt is not: {error}. Add {example} \
                 to see what it takes; texts stand in double quotes, and the whole in single \
                 quotes, so that the shell leaves it as it is."
            ))
        }),
    }
}

/// The value of a complex option as it is sent.
pub(crate) fn complex(
    option: &str,
    value: &Json,
    kind: &Kind,
    env: &dyn Environment,
) -> Result<Json, Failure> {
    match value {
        Json::Text(text) => Ok(respell(&parse(option, text, env)?, kind)),
        // It came with --from-json.
        other => Ok(respell(other, kind)),
    }
}

/// The same value with its keys as they are on the wire, as far as `kind` knows them.
fn respell(value: &Json, kind: &Kind) -> Json {
    match (value, kind) {
        (Json::Object(pairs), Kind::Model(model)) => Json::Object(
            pairs
                .iter()
                .map(|(key, value)| {
                    let key = camel(key);
                    let kind = model.field(&key).map_or(Kind::Any, |field| field.kind);
                    let value = respell(value, &kind);
                    (key, value)
                })
                .collect(),
        ),
        (Json::Object(pairs), Kind::Map(kind)) => Json::Object(
            pairs.iter().map(|(key, value)| (key.clone(), respell(value, kind))).collect(),
        ),
        (Json::List(items), Kind::List(kind)) => {
            Json::List(items.iter().map(|item| respell(item, kind)).collect())
        }
        _ => value.clone(),
    }
}

/// Fills in from the document of `--from-json` what was not given on the command line.
pub(crate) fn fill_in(values: &mut Values, env: &dyn Environment) -> Result<(), Failure> {
    let Some(text) = values.text("from-json") else { return Ok(()) };
    let Json::Object(pairs) = parse("from-json", text, env)? else {
        let message = "We expect a JSON object to be provided to --from-json";
        return Err(Failure::Client(message.to_owned()));
    };
    for (key, value) in pairs {
        let name = kebab(&key);
        let is_it = |opt: &&Opt| opt.name == name || opt.in_json() == name;
        let Some(opt) = values.opts.iter().find(is_it) else {
            note(&format!("note: --from-json: `{key}` is no option of this command; left out"));
            continue;
        };
        let name = opt.name.clone();
        if values.get(&name).is_none() && value != Json::Null {
            let value = typed(opt, value).map_err(|message| values.usage(message))?;
            values.set(&name, Some(value));
        }
    }
    Ok(())
}

/// A value from JSON as the option takes it.
fn typed(opt: &Opt, value: Json) -> Result<Json, String> {
    if opt.multiple {
        let items = match value {
            Json::List(items) => items,
            one => vec![one],
        };
        let items = items.into_iter().map(|item| scalar(opt, item)).collect::<Result<_, _>>()?;
        return Ok(Json::List(items));
    }
    if matches!(opt.shape, Shape::Complex(_)) {
        return Ok(value);
    }
    scalar(opt, value)
}

fn scalar(opt: &Opt, value: Json) -> Result<Json, String> {
    let text = match (value, opt.shape) {
        (Json::Bool(truth), Shape::Flag | Shape::Boolean) => return Ok(Json::Bool(truth)),
        (Json::Bool(truth), _) => truth.to_string(),
        (Json::Int(number), _) => number.to_string(),
        (Json::Float(number), _) => python_float(number),
        (Json::Text(text), _) => text,
        (Json::Null | Json::List(_) | Json::Object(_), _) => {
            return Err(format!("--from-json: the value of '{}' must be a text", opt.name));
        }
    };
    read(opt, &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam_api::authentication_policies::UPDATE_AUTHENTICATION_POLICY;

    #[test]
    fn keys_are_respelled_where_the_model_knows_them_and_nowhere_else() {
        let value = Json::parse(
            br#"{"password-policy":{"minimum_password_length":9},"networkPolicy":{"network-source-ids":[]}}"#,
        );
        let respelled = respell(&value.unwrap(), &UPDATE_AUTHENTICATION_POLICY.spec.body);
        let expected = Json::parse(
            br#"{"passwordPolicy":{"minimumPasswordLength":9},"networkPolicy":{"networkSourceIds":[]}}"#,
        );
        assert_eq!(respelled, expected.unwrap());
        let tags = Json::parse(br#"{"my-ns":{"my_key":{"a-b":1}}}"#).unwrap();
        assert_eq!(respell(&tags, &Kind::Map(&Kind::Map(&Kind::Any))), tags);
    }
}
