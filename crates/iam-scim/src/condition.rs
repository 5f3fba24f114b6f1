//! A filter bound to a schema: it knows of each attribute where it stands, what type it has and
//! whether case counts, so that it can tell which resources match.
//!
//! What cannot be compared is refused when the filter is bound, not when the first resource is
//! looked at: a list must not depend on what happens to be in it. An absent attribute equals
//! nothing, so `ne` is true of it. Where an attribute has several values, one that fits is enough;
//! `ne` is the opposite of `eq` there too.

use crate::ast::{AttributePath, Filter, Operator};
use crate::fault::{Fault, FaultKind, quote};
use crate::schema::{Place, Schema, each, find, is_assigned, item, unknown};
use iam_api::Timestamp;
use iam_api::scim::Format;
use iam_api::wire::{Field, Kind, Model};
use serde_json::Value;
use std::cmp::Ordering;

/// A filter that knows what its attributes are.
#[derive(Clone, Debug)]
pub struct Condition(Node);

#[derive(Clone, Debug)]
enum Node {
    Compare(Vec<&'static str>, Operator, Operand),
    Present(Vec<&'static str>),
    AnyValue(Vec<&'static str>, Box<Node>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// What an attribute is compared with.
#[derive(Clone, Debug)]
enum Operand {
    Null,
    /// As it was written, and as it is compared.
    Text {
        written: String,
        compared: String,
        exact: bool,
    },
    Moment(Timestamp),
    Number(serde_json::Number),
    Boolean(bool),
}

/// What the names in a filter stand for.
enum Scope<'a> {
    /// Attributes of a resource.
    Resource(&'a Schema),
    /// Parts of one value of this attribute.
    Values(&'static Field),
}

impl Condition {
    /// Binds a filter of a list or a search. Attributes that the schema does not call searchable
    /// are refused, and so are those that no answer shows: a filter could find them out.
    ///
    /// # Errors
    ///
    /// Where an attribute is unknown, cannot be searched, or is not compared like this.
    pub fn bind(filter: &Filter, schema: &Schema) -> Result<Self, Fault> {
        node(filter, &Scope::Resource(schema), true).map(Self)
    }

    /// Binds the filter that picks values of an attribute in a patch.
    pub(crate) fn of_values(filter: &Filter, field: &'static Field) -> Result<Self, Fault> {
        node(filter, &Scope::Values(field), false).map(Self)
    }

    /// Whether a resource matches.
    #[must_use]
    pub fn matches(&self, resource: &Value) -> bool {
        holds(&self.0, resource)
    }

    /// The text that the attribute must equal in every resource that matches, if there is one: who
    /// has an index of the attribute need look at nothing else. The attribute is written from the
    /// root with dots, such as `userName` or `emails.value`.
    #[must_use]
    pub fn required_text(&self, attribute: &str) -> Option<&str> {
        self.required(attribute, Operator::Equal).map(|(written, _)| written)
    }

    /// The text that stands to the attribute in every resource that matches as the operator says,
    /// such as what it begins with; in the form in which texts are compared.
    #[must_use]
    pub fn required_part(&self, attribute: &str, operator: Operator) -> Option<&str> {
        self.required(attribute, operator).map(|(_, compared)| compared)
    }

    fn required(&self, attribute: &str, operator: Operator) -> Option<(&str, &str)> {
        let keys: Vec<&str> = attribute.split('.').collect();
        required(&self.0, &keys, operator)
    }

    /// Whether the answer depends on an attribute of the root.
    pub(crate) fn names(&self, attribute: &str) -> bool {
        fn names(node: &Node, attribute: &str) -> bool {
            match node {
                Node::Compare(keys, ..) | Node::Present(keys) | Node::AnyValue(keys, _) => {
                    keys.first() == Some(&attribute)
                }
                Node::Not(inner) => names(inner, attribute),
                Node::And(parts) | Node::Or(parts) => {
                    parts.iter().any(|part| names(part, attribute))
                }
            }
        }
        names(&self.0, attribute)
    }

    /// The attributes that must equal these texts, if the condition says no more than that.
    pub(crate) fn as_equalities(&self) -> Option<Vec<(&'static str, Value)>> {
        let parts = match &self.0 {
            Node::And(parts) => parts.as_slice(),
            node => std::slice::from_ref(node),
        };
        let equality = |node: &Node| match node {
            Node::Compare(keys, Operator::Equal, operand) => {
                let [key] = keys.as_slice() else { return None };
                operand.written().map(|value| (*key, value))
            }
            _ => None,
        };
        parts.iter().map(equality).collect()
    }
}

/// As it was written, and as it is compared.
fn required<'n>(node: &'n Node, keys: &[&str], operator: Operator) -> Option<(&'n str, &'n str)> {
    match node {
        Node::Compare(own, by, Operand::Text { written, compared, .. })
            if own == keys && *by == operator =>
        {
            Some((written, compared))
        }
        Node::AnyValue(own, inner) => {
            let (head, rest) = keys.split_at_checked(own.len())?;
            (own == head).then(|| required(inner, rest, operator)).flatten()
        }
        Node::And(parts) => parts.iter().find_map(|part| required(part, keys, operator)),
        _ => None,
    }
}

fn node(filter: &Filter, scope: &Scope<'_>, searching: bool) -> Result<Node, Fault> {
    let all = |parts: &[Filter]| -> Result<Vec<Node>, Fault> {
        parts.iter().map(|part| node(part, scope, searching)).collect()
    };
    Ok(match filter {
        Filter::And(parts) => Node::And(all(parts)?),
        Filter::Or(parts) => Node::Or(all(parts)?),
        Filter::Not(inner) => Node::Not(Box::new(node(inner, scope, searching)?)),
        Filter::Present(path) => {
            let place = scope.resolve(path, searching)?;
            Node::Present(place.keys)
        }
        Filter::AnyValue(path, inner) => {
            let place = scope.resolve(path, false)?;
            let field = place.field().filter(|field| !matches!(field.kind, Kind::Map(_)));
            let field = field.ok_or_else(|| refused(path, "has no values to pick from"))?;
            let inner = node(inner, &Scope::Values(field), searching)?;
            Node::AnyValue(place.keys, Box::new(inner))
        }
        Filter::Compare(path, operator, value) => {
            let mut place = scope.resolve(path, false)?;
            default_part(&mut place, path)?;
            check_searchable(&place, path, searching)?;
            let operand = operand(&place, path, *operator, value)?;
            Node::Compare(place.keys, *operator, operand)
        }
    })
}

impl Scope<'_> {
    fn resolve(&self, path: &AttributePath, searching: bool) -> Result<Place, Fault> {
        let place = match self {
            Self::Resource(schema) => schema.resolve(path, FaultKind::InvalidFilter)?,
            Self::Values(field) => part(field, path)?,
        };
        check_searchable(&place, path, searching)?;
        Ok(place)
    }
}

/// A part of one value; a value without parts is its own `value`.
fn part(field: &'static Field, path: &AttributePath) -> Result<Place, Fault> {
    if path.urn.is_some() || path.sub.is_some() {
        return Err(refused(path, "cannot stand in brackets").with_hint("name a part of the value"));
    }
    let Some(model) = field.kind.model() else {
        if path.name.eq_ignore_ascii_case("value") {
            return Ok(Place { keys: Vec::new(), fields: vec![field] });
        }
        let hint = format!("the values of {} are called `value`", field.name);
        return Err(refused(path, "is not known here").with_hint(hint));
    };
    let found = find(model, &path.name);
    let found = found.ok_or_else(|| {
        unknown(model, &path.name, FaultKind::InvalidFilter).at(path.span.clone())
    })?;
    Ok(Place { keys: vec![found.name], fields: vec![found] })
}

/// Who compares a complex attribute means its `value` (RFC 7643, 2.4).
fn default_part(place: &mut Place, path: &AttributePath) -> Result<(), Fault> {
    let model: Option<&'static Model> = place.field().and_then(|field| field.kind.model());
    let Some(model) = model else { return Ok(()) };
    let value = find(model, "value").ok_or_else(|| {
        let example = model.fields.first().map_or("part", |field| field.name);
        refused(path, "has several parts").with_hint(format!("compare one: `{path}.{example}`"))
    })?;
    place.keys.push(value.name);
    place.fields.push(value);
    Ok(())
}

fn check_searchable(place: &Place, path: &AttributePath, searching: bool) -> Result<(), Fault> {
    let fits = if searching { place.is_searchable() } else { !place.is_secret() };
    if fits { Ok(()) } else { Err(refused(path, "cannot be searched")) }
}

/// The value that was written, as one of the attribute's type.
fn operand(
    place: &Place,
    path: &AttributePath,
    operator: Operator,
    value: &Value,
) -> Result<Operand, Fault> {
    use Operator::{Contains, EndsWith, Equal, NotEqual, StartsWith};
    let field = place.field().ok_or_else(|| refused(path, "is not known"))?;
    let equality = matches!(operator, Equal | NotEqual);
    let textual = matches!(operator, Contains | StartsWith | EndsWith);
    let wrong = |wanted: &str| {
        refused(path, "is not compared with this value").with_hint(format!("give {wanted}"))
    };
    let not_so = || refused(path, &format!("cannot be compared by `{}`", operator.as_str()));
    let operand = match (item(&field.kind), value) {
        (_, Value::Null) if equality => return Ok(Operand::Null),
        (_, Value::Null) => return Err(not_so()),
        (Kind::Boolean, Value::Bool(value)) => Operand::Boolean(*value),
        (Kind::Boolean, _) => return Err(wrong("true or false, without quotes")),
        (Kind::Integer, Value::Number(number)) => Operand::Number(number.clone()),
        (Kind::Integer, _) => return Err(wrong("a number, without quotes")),
        (Kind::Any | Kind::Map(_) | Kind::Nothing | Kind::Model(_) | Kind::List(_), _) => {
            return Err(refused(path, "cannot be compared"));
        }
        (_, Value::String(text)) if is_moment(field) => {
            let moment = moment(text).ok_or_else(|| wrong("a time: \"2026-11-23T12:00:00Z\""))?;
            Operand::Moment(moment)
        }
        (_, Value::String(text)) => {
            let exact = field.traits.case_exact;
            let compared = if exact { text.clone() } else { fold(text) };
            Operand::Text { written: text.clone(), compared, exact }
        }
        (_, _) => return Err(wrong("text in `\"`")),
    };
    let fits = match operand {
        Operand::Null | Operand::Boolean(_) => equality,
        Operand::Moment(_) | Operand::Number(_) => !textual,
        Operand::Text { .. } => field.traits.format != Format::Binary || equality,
    };
    if fits { Ok(operand) } else { Err(not_so()) }
}

fn refused(path: &AttributePath, why: &str) -> Fault {
    let message = format!("{} {why}", quote(&path.to_string()));
    Fault::new(FaultKind::InvalidFilter, message).at(path.span.clone())
}

/// Whether the attribute's text is a moment.
pub(crate) fn is_moment(field: &Field) -> bool {
    matches!(item_of(field), Kind::Timestamp) || field.traits.format == Format::DateTime
}

fn item_of(field: &Field) -> Kind {
    match field.kind {
        Kind::List(item) => *item,
        kind => kind,
    }
}

/// The moment that a text is.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

/// A text in which case does not count any more.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn holds(node: &Node, value: &Value) -> bool {
    let any = |keys: &[&str], test: &dyn Fn(&Value) -> bool| {
        let mut found = false;
        each(value, keys, &mut |value| found = found || test(value));
        found
    };
    match node {
        Node::And(parts) => parts.iter().all(|part| holds(part, value)),
        Node::Or(parts) => parts.iter().any(|part| holds(part, value)),
        Node::Not(inner) => !holds(inner, value),
        Node::Present(keys) => any(keys, &is_assigned),
        Node::AnyValue(keys, inner) => any(keys, &|item| holds(inner, item)),
        Node::Compare(keys, Operator::Equal, Operand::Null) => !any(keys, &is_assigned),
        Node::Compare(keys, Operator::NotEqual, Operand::Null) => any(keys, &is_assigned),
        Node::Compare(keys, Operator::NotEqual, operand) => {
            !any(keys, &|value| operand.fits(Operator::Equal, value))
        }
        Node::Compare(keys, operator, operand) => {
            any(keys, &|value| operand.fits(*operator, value))
        }
    }
}

impl Operand {
    /// Whether a value of a resource stands to this one as the operator asks.
    fn fits(&self, operator: Operator, value: &Value) -> bool {
        let order = match (self, value) {
            (Self::Text { compared, exact, .. }, Value::String(text)) => {
                let folded;
                let text = if *exact {
                    text
                } else {
                    folded = fold(text);
                    &folded
                };
                match operator {
                    Operator::Contains => return text.contains(compared),
                    Operator::StartsWith => return text.starts_with(compared),
                    Operator::EndsWith => return text.ends_with(compared),
                    _ => Some(text.cmp(compared)),
                }
            }
            (Self::Moment(wanted), Value::String(text)) => moment(text).map(|own| own.cmp(wanted)),
            (Self::Number(wanted), Value::Number(own)) => compare_numbers(own, wanted),
            (Self::Boolean(wanted), Value::Bool(own)) => Some(own.cmp(wanted)),
            _ => None,
        };
        let Some(order) = order else { return false };
        match operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Contains | Operator::StartsWith | Operator::EndsWith => false,
        }
    }

    /// The value as it was written.
    fn written(&self) -> Option<Value> {
        match self {
            Self::Text { written, .. } => Some(Value::String(written.clone())),
            Self::Boolean(value) => Some(Value::Bool(*value)),
            Self::Number(number) => Some(Value::Number(number.clone())),
            Self::Moment(_) | Self::Null => None,
        }
    }
}

/// Whole numbers as such, so that large ones differ; others as what is nearest.
pub(crate) fn compare_numbers(
    one: &serde_json::Number,
    other: &serde_json::Number,
) -> Option<Ordering> {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}
