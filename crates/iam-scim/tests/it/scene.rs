//! What the tests speak of: a resource type with an attribute of every sort, and one resource.

use iam_api::scim::{Format, Mutability, Returned, Traits};
use iam_api::wire::{Field, Kind, Model};
use iam_scim::Schema;
use serde_json::{Map, Value, json};

pub(crate) const URN: &str = "urn:ietf:params:scim:schemas:test:2.0:Thing";
pub(crate) const STATE: &str = "urn:ietf:params:scim:schemas:test:extension:state:Thing";

/// Things, which have an attribute of every sort.
pub(crate) const THING: Schema = Schema { urn: URN, model: &MODEL };

const SEARCHABLE: Traits = Traits { searchable: true, ..Traits::PLAIN };

const fn field(name: &'static str, kind: Kind, traits: Traits) -> Field {
    Field { name, kind, required: false, doc: "", unlisted: false, traits }
}

static MODEL: Model = Model {
    name: "Thing",
    doc: "A thing.",
    variants: &[],
    fields: &[
        field(
            "id",
            Kind::String,
            Traits {
                mutability: Mutability::ReadOnly,
                returned: Returned::Always,
                case_exact: true,
                ..SEARCHABLE
            },
        ),
        Field { required: true, ..field("schemas", Kind::List(&Kind::String), Traits::PLAIN) },
        Field { required: true, ..field("userName", Kind::String, SEARCHABLE) },
        field("code", Kind::String, Traits { case_exact: true, ..SEARCHABLE }),
        field("serial", Kind::String, Traits { mutability: Mutability::Immutable, ..SEARCHABLE }),
        field("hidden", Kind::String, Traits::PLAIN),
        field(
            "password",
            Kind::Secret,
            Traits {
                mutability: Mutability::WriteOnly,
                returned: Returned::Never,
                searchable: true,
                ..Traits::PLAIN
            },
        ),
        field("answer", Kind::Secret, Traits { mutability: Mutability::WriteOnly, ..SEARCHABLE }),
        field("kind", Kind::Choice(&["Round", "Square"]), SEARCHABLE),
        field("active", Kind::Boolean, SEARCHABLE),
        field("size", Kind::Integer, SEARCHABLE),
        field("made", Kind::String, Traits { format: Format::DateTime, ..SEARCHABLE }),
        field("notes", Kind::String, Traits { returned: Returned::Request, ..SEARCHABLE }),
        field("words", Kind::List(&Kind::String), SEARCHABLE),
        field("name", Kind::Model(&NAME), SEARCHABLE),
        field("emails", Kind::List(&Kind::Model(&EMAIL)), SEARCHABLE),
        field(STATE, Kind::Model(&EXTENSION), Traits::PLAIN),
    ],
};

static NAME: Model = Model {
    name: "ThingName",
    doc: "Its name.",
    variants: &[],
    fields: &[
        field("givenName", Kind::String, SEARCHABLE),
        field("familyName", Kind::String, SEARCHABLE),
    ],
};

static EMAIL: Model = Model {
    name: "ThingEmails",
    doc: "An address.",
    variants: &[],
    fields: &[
        Field { required: true, ..field("value", Kind::String, SEARCHABLE) },
        Field { required: true, ..field("type", Kind::Choice(&["work", "home"]), SEARCHABLE) },
        field("primary", Kind::Boolean, SEARCHABLE),
        field(
            "verified",
            Kind::Boolean,
            Traits { mutability: Mutability::ReadOnly, ..Traits::PLAIN },
        ),
        field("note", Kind::String, Traits { returned: Returned::Request, ..Traits::PLAIN }),
    ],
};

static EXTENSION: Model = Model {
    name: "ThingState",
    doc: "Its state.",
    variants: &[],
    fields: &[
        field("locked", Kind::Model(&LOCKED), SEARCHABLE),
        field("limit", Kind::Integer, Traits { returned: Returned::Request, ..SEARCHABLE }),
        field(
            "attempts",
            Kind::Integer,
            Traits { mutability: Mutability::ReadOnly, ..Traits::PLAIN },
        ),
    ],
};

static LOCKED: Model = Model {
    name: "ThingLocked",
    doc: "Whether it is locked.",
    variants: &[],
    fields: &[
        field("on", Kind::Boolean, SEARCHABLE),
        field("reason", Kind::Integer, Traits::PLAIN),
    ],
};

/// Ann's thing.
pub(crate) fn thing() -> Value {
    json!({
        "id": "0a", "schemas": [URN], "userName": "Ann", "code": "Xy", "serial": "S1",
        "password": "secret", "kind": "Round", "active": true, "size": 10,
        "made": "2026-11-23T12:00:00.000Z", "notes": "of note", "words": ["red", "green"],
        "name": {"givenName": "Ann", "familyName": "Bee"},
        "emails": [
            {"value": "ann@work.example", "type": "work", "primary": true, "verified": true},
            {"value": "ann@home.example", "type": "home", "primary": false, "note": "n"},
        ],
        STATE: {"locked": {"on": false, "reason": 0}, "limit": 3, "attempts": 2},
    })
}

/// The same as an object.
pub(crate) fn object() -> Map<String, Value> {
    thing().as_object().unwrap().clone()
}
