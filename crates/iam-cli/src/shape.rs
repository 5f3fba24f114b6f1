//! An answer as it is shown: the fields of its model under their names in kebab case, all of them.
//!
//! The one idea: as in the official command line, a field that the answer leaves out is shown as
//! null, one that no official model has is not shown, and a moment is written as Python writes it.

use crate::json::Json;
use crate::names;
use iam_api::{Field, Kind};

/// The model that stands for several.
const VALIDATOR: &str = "BaseTagDefinitionValidator";

/// What is shown of a value of that kind.
pub(crate) fn shown(value: &Json, kind: &Kind) -> Json {
    match (value, kind) {
        (Json::Object(_), Kind::Model(model)) => {
            // A validator with no list of values is a model of its own, without that field.
            let is_its_own =
                |field: &&Field| model.name != VALIDATOR || value.get(field.name).is_some();
            let listed = model.fields.iter().filter(|field| !field.unlisted).filter(is_its_own);
            let pairs = listed.map(|field| {
                let value = value.get(field.name);
                let value = value.map_or(Json::Null, |value| shown(value, &field.kind));
                (names::shown(field.name), value)
            });
            Json::Object(pairs.collect())
        }
        (Json::Object(pairs), Kind::Map(kind)) => Json::Object(
            pairs.iter().map(|(key, value)| (key.clone(), shown(value, kind))).collect(),
        ),
        (Json::List(items), Kind::List(kind)) => {
            Json::List(items.iter().map(|item| shown(item, kind)).collect())
        }
        (Json::Text(text), Kind::Timestamp) => Json::Text(python_moment(text)),
        (Json::Text(text), Kind::Date) => Json::Text(python_day(text)),
        _ => value.clone(),
    }
}

/// `2018-09-04T17:53:59.749Z` → `2018-09-04T17:53:59.749000+00:00`; other forms stay as they are.
fn python_moment(text: &str) -> String {
    let Some((seconds, fraction)) = split_moment(text) else { return text.to_owned() };
    let micros: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
    if micros == "000000" {
        format!("{seconds}+00:00")
    } else {
        format!("{seconds}.{micros}+00:00")
    }
}

/// A moment in UTC in whole seconds and the digits after the point.
fn split_moment(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00"))?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let pattern = b"dddd-dd-ddTdd:dd:dd";
    let fits = seconds.len() == pattern.len()
        && seconds.bytes().zip(pattern).all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            wanted => byte == *wanted,
        })
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some((seconds, fraction))
}

/// `2020-01-02` → `2020-01-02T00:00:00+00:00`: the official command line takes a day for a moment.
fn python_day(text: &str) -> String {
    let moment = format!("{text}T00:00:00Z");
    if split_moment(&moment).is_some() { python_moment(&moment) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam_api::tenancies::GET_TENANCY;

    #[test]
    fn moments_are_written_as_python_writes_them() {
        for (wire, shown) in [
            ("2018-09-04T17:53:59.749Z", "2018-09-04T17:53:59.749000+00:00"),
            ("2018-09-04T17:53:59.000Z", "2018-09-04T17:53:59+00:00"),
            ("2018-09-04T17:53:59Z", "2018-09-04T17:53:59+00:00"),
            ("2018-09-04T17:53:59.1234567+00:00", "2018-09-04T17:53:59.123456+00:00"),
            ("soon", "soon"),
        ] {
            assert_eq!(python_moment(wire), shown);
        }
        assert_eq!(python_day("2020-01-02"), "2020-01-02T00:00:00+00:00");
        assert_eq!(python_day(""), "");
    }

    #[test]
    fn listed_fields_are_all_shown_and_others_never() {
        let answer = Json::parse(br#"{"name":"n","timeCreated":"x","odd":1}"#).unwrap();
        let shown = shown(&answer, &GET_TENANCY.spec.reply);
        assert_eq!(shown.get("home-region-key"), Some(&Json::Null));
        assert_eq!(shown.get("name"), Some(&Json::text_of("n")));
        assert_eq!((shown.get("time-created"), shown.get("odd")), (None, None));
    }
}
