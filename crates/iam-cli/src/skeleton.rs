//! JSON to fill in: what `--generate-full-command-json-input` and `--generate-param-json-input`
//! print.

use crate::command::{Command, Goes, Opt, Shape};
use crate::json::Json;
use crate::names::camel;
use iam_api::wire::Variant;
use iam_api::{Field, Kind, Model};

/// What describes a whole command: every option under its name in camel case.
pub(crate) fn of_command(command: &Command) -> Json {
    let opts = command.options();
    let listed =
        opts.iter().filter(|opt| opt.name != "from-json" && !matches!(opt.shape, Shape::Flag));
    Json::Object(listed.map(|opt| (camel(&opt.in_json()), of_option(opt))).collect())
}

/// What describes one option that takes JSON; nothing for other options.
pub(crate) fn of_param(command: &Command, name: &str) -> Option<Json> {
    let opt = command.option(name.trim_start_matches('-'))?;
    matches!(opt.shape, Shape::Complex(_)).then(|| of_option(&opt))
}

fn of_option(opt: &Opt) -> Json {
    let example = match opt.shape {
        Shape::Flag | Shape::Boolean => Json::Bool(true),
        Shape::Text => Json::text_of("string"),
        Shape::Moment => of_kind(&Kind::Timestamp),
        Shape::Number => Json::Int(0),
        Shape::Choice(words) => Json::Text(words.join("|")),
        Shape::File => Json::text_of("/path/to/file"),
        Shape::Complex(kind) => of_kind(kind),
    };
    // Of a list in a body the official skeleton shows one item alone.
    let listed = opt.multiple && !matches!(opt.goes, Goes::Body(_));
    if listed { Json::List(vec![example]) } else { example }
}

fn of_kind(kind: &Kind) -> Json {
    match kind {
        Kind::Fraction => Json::Int(0),
        Kind::Integer => Json::Int(0),
        Kind::Boolean => Json::Bool(true),
        // The words of a choice are shown for options alone, not inside of JSON.
        Kind::Nothing | Kind::String | Kind::Ocid | Kind::Secret | Kind::Choice(_) => {
            Json::text_of("string")
        }
        Kind::Any => both("string", &Json::text_of("string")),
        Kind::Timestamp => Json::text_of("2017-01-01T00:00:00+00:00"),
        Kind::Date => Json::text_of("2017-01-01"),
        Kind::List(item) => Json::List(vec![of_kind(item), of_kind(item)]),
        // A map of maps is defined tags, a map of texts free-form ones: the official example.
        Kind::Map(value) => match value {
            Kind::Map(_) => both("tagNamespace", &of_kind(value)),
            _ => Json::object([
                ("tagKey1", Json::text_of("tagValue1")),
                ("tagKey2", Json::text_of("tagValue2")),
            ]),
        },
        Kind::Model(model) if !model.variants.is_empty() => variants(model),
        Kind::Model(model) => Json::Object(
            model.fields.iter().map(|field| (field.name.to_owned(), of_field(field))).collect(),
        ),
    }
}

/// A field of an object: of texts that are no tags, names and values are just texts.
fn of_field(field: &Field) -> Json {
    match field.kind {
        Kind::Map(Kind::String) if field.name != "freeformTags" => {
            both("string", &Json::text_of("string"))
        }
        _ => of_kind(&field.kind),
    }
}

/// A model that is of one of several shapes: each of them, and the official words that say so.
fn variants(model: &Model) -> Json {
    let hint = "This parameter should actually be a JSON object rather than an array - pick one of \
                the following object variants to use";
    let shape = |variant: &Variant| {
        let first = model.fields.first();
        let word = first.map(|field| (field.name.to_owned(), Json::text_of(variant.word)));
        let others = model.fields.iter().filter(|field| variant.fields.contains(&field.name));
        let others = others.map(|field| (field.name.to_owned(), of_kind(&field.kind)));
        Json::Object(word.into_iter().chain(others).collect())
    };
    Json::List([Json::text_of(hint)].into_iter().chain(model.variants.iter().map(shape)).collect())
}

fn both(name: &str, value: &Json) -> Json {
    Json::Object(vec![(format!("{name}1"), value.clone()), (format!("{name}2"), value.clone())])
}
