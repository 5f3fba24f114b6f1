//! JSON values that keep the order of their keys, and the way that the official command line
//! writes them.
//!
//! The one idea: output is compared byte by byte with what Python's `json.dumps` writes, so the
//! writer here follows it: keys sorted when written, numbers as Python spells them. The order in
//! which keys arrived is kept inside, since tables show it.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt::{self, Write};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, its keys in the order of arrival.
    Object(Vec<(String, Json)>),
}

/// How a value is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Spaces for each level; `None` writes one line without spaces.
    indent: Option<usize>,
    /// Whether what is not ASCII is written as `\u` escapes.
    ascii: bool,
    /// Whether keys are sorted.
    sorted: bool,
}

impl Layout {
    /// Answers.
    pub(crate) const ANSWER: Self = Self { indent: Some(2), ascii: false, sorted: true };
    /// Skeletons.
    pub(crate) const SKELETON: Self = Self { indent: Some(2), ascii: true, sorted: true };
    /// Errors.
    pub(crate) const ERROR: Self = Self { indent: Some(4), ascii: true, sorted: true };
    /// Texts that a query makes.
    pub(crate) const QUERY: Self = Self { indent: None, ascii: true, sorted: false };
    /// What is sent.
    pub(crate) const WIRE: Self = Self { indent: None, ascii: false, sorted: true };
}

impl Json {
    /// A text.
    pub(crate) fn text_of(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object of these pairs.
    pub(crate) fn object<'a>(pairs: impl IntoIterator<Item = (&'a str, Json)>) -> Self {
        Self::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// Reads one value, and nothing after it; nesting is limited to 128 levels.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// The value under that key, if this is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(pairs) => pairs.iter().find(|pair| pair.0 == key).map(|pair| &pair.1),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether Python takes it for false: nothing is printed of an empty answer.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Bool(truth) => !truth,
            Self::Int(number) => *number == 0,
            Self::Float(number) => *number == 0.0,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(pairs) => pairs.is_empty(),
        }
    }

    /// The value as JSON text.
    pub(crate) fn text(&self, layout: Layout) -> String {
        let mut out = String::new();
        write_value(&mut out, self, layout, 0);
        out
    }
}

fn write_value(out: &mut String, value: &Json, layout: Layout, depth: usize) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Json::Float(number) => out.push_str(&python_float(*number)),
        Json::Text(text) => write_text(out, text, layout.ascii),
        Json::List(items) => {
            write_items(out, ('[', ']'), items, layout, depth, |out, item| {
                write_value(out, item, layout, depth + 1);
            });
        }
        Json::Object(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().collect();
            if layout.sorted {
                pairs.sort_by(|a, b| a.0.cmp(&b.0));
            }
            write_items(out, ('{', '}'), &pairs, layout, depth, |out, (key, value)| {
                write_text(out, key, layout.ascii);
                out.push_str(if layout.indent.is_some() { ": " } else { ":" });
                write_value(out, value, layout, depth + 1);
            });
        }
    }
}

fn write_items<T>(
    out: &mut String,
    (open, close): (char, char),
    items: &[T],
    layout: Layout,
    depth: usize,
    each: impl Fn(&mut String, &T),
) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        new_line(out, layout, depth + 1);
        each(out, item);
    }
    if !items.is_empty() {
        new_line(out, layout, depth);
    }
    out.push(close);
}

fn new_line(out: &mut String, layout: Layout, depth: usize) {
    if let Some(indent) = layout.indent {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent * depth));
    }
}

fn write_text(out: &mut String, text: &str, ascii: bool) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other if ascii && !other.is_ascii() => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// A number as Python's `repr` spells it: the shortest digits, with an exponent from 1e16 up and
/// below 1e-4.
pub(crate) fn python_float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if number != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.unsigned_abs());
    }
    let plain = format!("{number}");
    if plain.contains('.') { plain } else { plain + ".0" }
}

struct Any;

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Any)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Json;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Bool(truth))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Int(number.into()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Int(number.into()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Float(number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut pairs: Vec<(String, Json)> = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Json>()? {
            // Of a key that is written twice the last value counts, as in Python.
            match pairs.iter_mut().find(|pair| pair.0 == key) {
                Some(pair) => pair.1 = value,
                None => pairs.push((key, value)),
            }
        }
        Ok(Json::Object(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_as_python_spells_them() {
        for (number, text) in [
            (1.0, "1.0"),
            (0.0, "0.0"),
            (-0.5, "-0.5"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (123_456.789, "123456.789"),
        ] {
            assert_eq!(python_float(number), text);
        }
    }

    #[test]
    fn values_are_laid_out_as_python_lays_them_out() {
        let value = Json::parse(br#"{"b":[1,{}],"a":{"x":[]},"\u00e9":"\u0001\ud83d\ude00\n"}"#);
        let value = value.unwrap();
        let answer = "{\n  \"a\": {\n    \"x\": []\n  },\n  \"b\": [\n    1,\n    {}\n  ],\n  \
                      \"é\": \"\\u0001😀\\n\"\n}";
        assert_eq!(value.text(Layout::ANSWER), answer);
        assert!(value.text(Layout::SKELETON).contains(r#""\u00e9": "\u0001\ud83d\ude00\n""#));
        assert_eq!(value.text(Layout::WIRE), r#"{"a":{"x":[]},"b":[1,{}],"é":"\u0001😀\n"}"#);
    }

    #[test]
    fn a_duplicate_key_counts_once_and_depth_is_limited() {
        let value = Json::parse(br#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(value, Json::object([("a", Json::Int(2))]));
        assert!(Json::parse("[".repeat(100_000).as_bytes()).is_err());
    }
}
