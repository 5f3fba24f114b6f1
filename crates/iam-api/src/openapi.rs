//! The tables as OpenAPI 3.1 documents, for tools that read one. Written from the same constants as
//! everything else; the reference keeps copies that a test compares.

use crate::operation::{Dialect, Param, Place, Spec};
use crate::scim::{self, Format, Mutability, Returned};
use crate::wire::{Field, Kind, Model, Wire};
use crate::{Code, OPERATIONS};
use serde_json::{Map, Value, json};

/// The document of the Identity API.
#[must_use]
pub fn document() -> Value {
    let codes = Code::ALL.map(|code| code.to_string());
    let error = json!({
        "type": "object",
        "description": "Why a request was refused.",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "enum": codes, "description": "What kind of refusal."},
            "message": {"type": "string", "description": "What is wrong, and what to do."},
        },
    });
    let mut schemas = Map::new();
    schemas.insert("Error".to_owned(), error);
    let info = json!({
        "title": "Durward",
        "version": "20160918",
        "summary": "The operations of the Identity API that Durward serves.",
    });
    describe(&info, OPERATIONS, schemas)
}

/// The document of an identity domain.
#[must_use]
pub fn domains() -> Value {
    let mut schemas = Map::new();
    add_schemas(&scim::Error::KIND, &mut schemas);
    let info = json!({
        "title": "Durward, identity domains",
        "version": "v1",
        "summary": "The operations of an identity domain (SCIM 2.0) that Durward serves.",
    });
    describe(&info, &scim::OPERATIONS, schemas)
}

fn describe(info: &Value, table: &[&Spec], mut schemas: Map<String, Value>) -> Value {
    let mut paths = Map::new();
    for spec in table {
        let methods = paths.entry(spec.path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = methods {
            methods.insert(spec.method.as_str().to_lowercase(), operation(spec));
        }
        add_schemas(&spec.body, &mut schemas);
        add_schemas(&spec.reply, &mut schemas);
    }
    json!({
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": "http://127.0.0.1:7070"}],
        "security": [{"signature": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"signature": {
                "type": "http",
                "scheme": "Signature",
                "description": "A request signature, version 1: rsa-sha256 by an API key.",
            }},
        },
    })
}

/// JSON of that shape, as the operation's dialect calls it.
fn content(spec: &Spec, schema: &Value) -> Value {
    let media_type = match spec.dialect {
        Dialect::Identity => "application/json",
        Dialect::Scim => "application/scim+json",
    };
    json!({media_type: {"schema": schema}})
}

fn operation(spec: &Spec) -> Value {
    let mut operation = json!({
        "operationId": spec.id,
        "description": spec.doc,
        "x-permissions": spec.needs,
        "parameters": spec.params.iter().map(parameter).collect::<Vec<Value>>(),
        "responses": {
            spec.success().to_string(): success(spec),
            "default": {
                "description": "The request was refused.",
                "content": content(spec, &reference("Error")),
            },
        },
    });
    if let Value::Object(entries) = &mut operation {
        if !spec.command.is_empty() {
            entries.insert("x-command".to_owned(), json!(format!("oci {}", spec.command)));
        }
        if let Kind::Model(model) = spec.body {
            let content = content(spec, &reference(model.name));
            entries.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
        }
    }
    operation
}

fn success(spec: &Spec) -> Value {
    match &spec.reply {
        Kind::Nothing => json!({"description": "It was done."}),
        kind => json!({
            "description": "It was done; this is what came of it.",
            "content": content(spec, &schema(kind)),
        }),
    }
}

fn parameter(param: &Param) -> Value {
    let place = match param.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    json!({
        "name": param.name,
        "in": place,
        "required": param.required,
        "description": param.doc,
        "schema": schema(&param.kind),
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn schema(kind: &Kind) -> Value {
    match kind {
        Kind::Nothing => json!({"type": "null"}),
        Kind::Any => json!({}),
        Kind::String | Kind::Ocid => json!({"type": "string"}),
        Kind::Timestamp => json!({"type": "string", "format": "date-time"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Secret => json!({"type": "string", "format": "password"}),
        Kind::Fraction => json!({"type": "number"}),
        Kind::Integer => json!({"type": "integer", "format": "int64"}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Choice(words) => json!({"type": "string", "enum": words}),
        Kind::List(item) => json!({"type": "array", "items": schema(item)}),
        Kind::Map(item) => json!({"type": "object", "additionalProperties": schema(item)}),
        Kind::Model(model) => reference(model.name),
    }
}

fn add_schemas(kind: &Kind, schemas: &mut Map<String, Value>) {
    let Some(model) = kind.model().filter(|model| !schemas.contains_key(model.name)) else {
        return;
    };
    schemas.insert(model.name.to_owned(), object(model));
    for field in model.fields {
        add_schemas(&field.kind, schemas);
    }
}

/// What SCIM says of an attribute that OpenAPI has words for.
fn annotations(field: &Field) -> Map<String, Value> {
    let traits = field.traits;
    let mut said = Map::new();
    match traits.mutability {
        Mutability::ReadOnly => said.insert("readOnly".to_owned(), json!(true)),
        Mutability::WriteOnly => said.insert("writeOnly".to_owned(), json!(true)),
        Mutability::Immutable => said.insert("x-immutable".to_owned(), json!(true)),
        Mutability::ReadWrite => None,
    };
    if traits.returned == Returned::Request {
        said.insert("x-returned".to_owned(), json!("request"));
    }
    let format = match traits.format {
        Format::Plain => return said,
        Format::DateTime => "date-time",
        Format::Reference => "uri-reference",
        Format::Binary => "byte",
    };
    said.insert("format".to_owned(), json!(format));
    said
}

fn object(model: &Model) -> Value {
    let property = |field: &Field| {
        let mut property = schema(&field.kind);
        if let Value::Object(entries) = &mut property {
            entries.insert("description".to_owned(), json!(field.doc));
            if !field.required
                && let Some(kind) = entries.get_mut("type")
            {
                *kind = json!([kind, "null"]);
            }
            entries.extend(annotations(field));
        }
        (field.name.to_owned(), property)
    };
    let required = model.fields.iter().filter(|field| field.required);
    json!({
        "type": "object",
        "description": model.doc,
        "required": required.map(|field| field.name).collect::<Vec<&str>>(),
        "properties": model.fields.iter().map(property).collect::<Map<String, Value>>(),
    })
}
