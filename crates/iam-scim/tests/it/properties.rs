//! What must hold for all filters: printing and parsing agree, and the words mean what logic says.

use crate::scene::THING;
use iam_scim::{AttributePath, Condition, Filter, Operator};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..Default::default() }
}

fn path() -> impl Strategy<Value = AttributePath> {
    let urn = prop::option::weighted(0.2, "urn:[a-zA-Z0-9]{1,5}(:[a-zA-Z0-9.]{1,5}){0,3}");
    // A name that begins like a word of the language has something after it.
    let name =
        "[A-Za-z$][A-Za-z0-9_-]{2,6}x".prop_filter("not a name", |name| !name.contains("$$"));
    let name = name.prop_map(|name| name.replace("$-", "$a").replace("$_", "$a"));
    let name = name.prop_filter("a letter comes first", |name| {
        name.trim_start_matches('$').starts_with(|first: char| first.is_ascii_alphabetic())
    });
    (urn, name.clone(), prop::option::of(name)).prop_map(|(urn, name, sub)| AttributePath {
        urn,
        name,
        sub,
        span: 0..0,
    })
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Halves, which every reader of decimal numbers reads exactly.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 2.0)),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ]
}

fn comparison() -> impl Strategy<Value = Filter> {
    prop_oneof![
        3 => (path(), select(&Operator::ALL[..]), value())
            .prop_map(|(path, operator, value)| Filter::Compare(path, operator, value)),
        1 => path().prop_map(Filter::Present),
    ]
}

fn combined(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(4, 16, 3, |inner| {
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several.clone().prop_map(Filter::And),
            several.prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let values = (path(), combined(comparison())).prop_map(|(path, filter)| {
        Filter::AnyValue(AttributePath { sub: None, ..path }, Box::new(filter))
    });
    combined(prop_oneof![3 => comparison(), 1 => values])
}

/// Conditions on things that the schema has an answer to.
fn meant() -> impl Strategy<Value = String> {
    select(vec![
        r#"userName eq "a""#,
        r#"userName gt "a""#,
        "size lt 2",
        "size pr",
        "active eq true",
        r#"emails[type eq "work" and value eq "a"]"#,
        r#"emails.value ne "a""#,
        r#"words co "a""#,
        "size eq null",
    ])
    .prop_map(str::to_owned)
}

fn things() -> Vec<Value> {
    let mut things = Vec::new();
    for name in ["a", "B", "ab"] {
        for size in [json!(null), json!(1), json!(2)] {
            for emails in [
                json!([]),
                json!([{"type": "work", "value": "a"}]),
                json!([{"type": "home", "value": "a"}, {"type": "work", "value": "b"}]),
            ] {
                things.push(json!({"userName": name, "size": size, "emails": emails,
                                   "active": size == 1, "words": [name]}));
            }
        }
    }
    things
}

fn answers(filter: &str) -> Vec<bool> {
    let condition = Condition::bind(&Filter::parse(filter).unwrap(), &THING).unwrap();
    things().iter().map(|thing| condition.matches(thing)).collect()
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn what_is_printed_parses_to_the_same(filter in filter()) {
        let text = filter.to_string();
        prop_assume!(text.len() <= iam_scim::FILTER_BYTES_MAX);
        prop_assert_eq!(Filter::parse(&text), Ok(filter), "{}", text);
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn words_mean_what_logic_says(a in meant(), b in meant(), c in meant()) {
        let (of_a, of_b) = (answers(&a), answers(&b));
        let each = |join: fn(bool, bool) -> bool| -> Vec<bool> {
            of_a.iter().zip(&of_b).map(|(a, b)| join(*a, *b)).collect()
        };
        prop_assert_eq!(answers(&format!("{a} and {b}")), each(|a, b| a && b));
        prop_assert_eq!(answers(&format!("{a} or {b}")), each(|a, b| a || b));
        prop_assert_eq!(answers(&format!("not ({a}) or {b}")), each(|a, b| !a || b));
        prop_assert_eq!(
            answers(&format!("not ({a} and {b})")),
            answers(&format!("not ({a}) or not ({b})"))
        );
        prop_assert_eq!(
            answers(&format!("{a} or {b} and {c}")),
            answers(&format!("{a} or ({b} and {c})"))
        );
    }
}
