//! Lists: what a request asks for (filter, order, place, what is shown), and the page that answers
//! it (RFC 7644, 3.4.2).

use crate::ast::{AttributePath, Filter};
use crate::condition::{Condition, compare_numbers, fold, is_moment, moment};
use crate::fault::{Fault, FaultKind};
use crate::projection::Projection;
use crate::schema::{Place, Schema, each};
use iam_api::wire::Kind;
use serde_json::Value;
use std::cmp::Ordering;

/// How many resources a page has where the request does not say.
pub const COUNT_DEFAULT: usize = 50;
/// The most resources of a page.
pub const COUNT_MAX: usize = 1_000;

/// A request for a list, as it was sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// `filter`.
    pub filter: Option<&'a str>,
    /// `sortBy`.
    pub sort_by: Option<&'a str>,
    /// `sortOrder`.
    pub sort_order: Option<&'a str>,
    /// `startIndex`.
    pub start_index: Option<i64>,
    /// `count`.
    pub count: Option<i64>,
    /// `attributes`, with commas between.
    pub attributes: Option<&'a str>,
    /// `attributeSets`, with commas between.
    pub attribute_sets: Option<&'a str>,
}

/// A request for a list, understood.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which resources; all, if none.
    pub condition: Option<Condition>,
    /// In which order; in the store's, if none.
    pub order: Option<Order>,
    /// The place of the first one, from 1.
    pub start_index: usize,
    /// The most of them; where it is 0, the answer says how many there are.
    pub count: usize,
    /// What is shown of each.
    pub projection: Projection,
}

impl Query {
    /// Understands a request.
    ///
    /// # Errors
    ///
    /// Where the filter is none, or an attribute is unknown or cannot be searched.
    pub fn read(schema: &Schema, asked: &Asked<'_>) -> Result<Self, Fault> {
        let given = |text: Option<&'_ str>| text.map(str::trim).is_some_and(|t| !t.is_empty());
        let condition = match asked.filter.filter(|text| given(Some(text))) {
            None => None,
            Some(text) => {
                let bound = Condition::bind(&Filter::parse(text)?, schema);
                Some(bound.map_err(|fault| fault.located(text))?)
            }
        };
        let order = match asked.sort_by.filter(|text| given(Some(text))) {
            None => None,
            Some(text) => Some(Order::read(schema, text, asked.sort_order.unwrap_or_default())?),
        };
        let count = asked.count.map_or(COUNT_DEFAULT, |count| {
            usize::try_from(count.max(0)).unwrap_or(COUNT_MAX).min(COUNT_MAX)
        });
        // What is less than the least is taken as that (RFC 7644, table 6).
        let start_index = usize::try_from(asked.start_index.unwrap_or(1).max(1));
        Ok(Self {
            condition,
            order,
            start_index: start_index.unwrap_or(usize::MAX),
            count,
            projection: Projection::read(schema, asked.attributes, asked.attribute_sets)?,
        })
    }

    /// Whether an attribute of the root that is shown on request alone is needed for the answer.
    #[must_use]
    pub fn needs(&self, attribute: &str) -> bool {
        self.chooses_by(attribute) || self.projection.asks_for(attribute)
    }

    /// Whether it depends on an attribute of the root which resources are in the answer, and in
    /// which order.
    #[must_use]
    pub fn chooses_by(&self, attribute: &str) -> bool {
        let by_order =
            self.order.as_ref().is_some_and(|order| order.place.keys.first() == Some(&attribute));
        by_order || self.condition.as_ref().is_some_and(|condition| condition.names(attribute))
    }

    /// Whether a resource is one of those asked for.
    #[must_use]
    pub fn matches(&self, resource: &Value) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition.matches(resource))
    }

    /// Cuts the page out of all resources that match, which are put in order first.
    #[must_use]
    pub fn page(&self, mut matching: Vec<Value>) -> Vec<Value> {
        if let Some(order) = &self.order {
            order.sort(&mut matching);
        }
        matching.into_iter().skip(self.start_index - 1).take(self.count).collect()
    }
}

/// An order of resources.
#[derive(Clone, Debug)]
pub struct Order {
    place: Place,
    descends: bool,
}

impl Order {
    fn read(schema: &Schema, by: &str, direction: &str) -> Result<Self, Fault> {
        let path = AttributePath::parse(by).map_err(|fault| fault.inside("sortBy"))?;
        let mut place = schema.resolve(&path, FaultKind::InvalidPath)?;
        // The primary one of several values, or else the first, is what counts.
        if let Some(Kind::Model(_)) = place.field().map(|field| *crate::schema::item(&field.kind)) {
            let value = AttributePath { sub: Some("value".to_owned()), ..path.clone() };
            place = schema.resolve(&value, FaultKind::InvalidPath)?;
        }
        if !place.is_searchable() {
            let message = format!("nothing can be sorted by `{path}`");
            return Err(Fault::new(FaultKind::InvalidPath, message).inside("sortBy"));
        }
        let descends = match direction {
            "" => false,
            word if ["ascending", "asc"].iter().any(|w| w.eq_ignore_ascii_case(word)) => false,
            word if ["descending", "desc"].iter().any(|w| w.eq_ignore_ascii_case(word)) => true,
            _ => {
                let hint = "give ASCENDING or DESCENDING";
                return Err(Fault::value("sortOrder is not known").with_hint(hint));
            }
        };
        Ok(Self { place, descends })
    }

    /// The attribute that is sorted by, from the root with dots, and whether the greatest comes
    /// first.
    #[must_use]
    pub fn by(&self) -> (String, bool) {
        (self.place.keys.join("."), self.descends)
    }

    /// Puts resources in order. Those without the attribute come last where the order ascends, and
    /// first where it descends (RFC 7644, 3.4.2.3).
    pub fn sort(&self, resources: &mut [Value]) {
        resources.sort_by_cached_key(|resource| Key::of(resource, &self.place));
        if self.descends {
            resources.reverse();
        }
    }
}

/// What a resource is sorted by.
#[derive(PartialEq, Eq)]
enum Key {
    Text(String),
    Moment(iam_api::Timestamp),
    Number(serde_json::Number),
    Boolean(bool),
    Absent,
}

impl Key {
    fn of(resource: &Value, place: &Place) -> Self {
        let Some(field) = place.field() else { return Self::Absent };
        match chosen(resource, &place.keys) {
            Some(Value::String(text)) if is_moment(field) => {
                moment(&text).map_or(Self::Absent, Self::Moment)
            }
            Some(Value::String(text)) if field.traits.case_exact => Self::Text(text),
            Some(Value::String(text)) => Self::Text(fold(&text)),
            Some(Value::Number(number)) => Self::Number(number),
            Some(Value::Bool(value)) => Self::Boolean(value),
            _ => Self::Absent,
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Absent => 1,
            _ => 0,
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Moment(one), Self::Moment(other)) => one.cmp(other),
            (Self::Boolean(one), Self::Boolean(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => {
                compare_numbers(one, other).unwrap_or(Ordering::Equal)
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The value that counts: of several, the primary one or else the first.
fn chosen(resource: &Value, keys: &[&str]) -> Option<Value> {
    let mut first: Option<&Value> = None;
    if let Some((last, above)) = keys.split_last() {
        let (mut holder, mut primary) = (None, false);
        each(resource, above, &mut |value| {
            let is_primary = value.get("primary") == Some(&Value::Bool(true));
            if holder.is_none() || (is_primary && !primary) {
                (holder, primary) = (Some(value), is_primary);
            }
        });
        each(holder?, &[last], &mut |value| first = first.or(Some(value)));
    }
    first.cloned()
}
