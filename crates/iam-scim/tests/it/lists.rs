//! Lists: their order, their pages, and requests for them that are refused.

use crate::scene::THING;
use iam_scim::{Asked, COUNT_DEFAULT, COUNT_MAX, Query};
use serde_json::{Value, json};

fn things() -> Vec<Value> {
    vec![
        json!({"id": "1", "userName": "bob", "size": 2, "active": true,
               "emails": [{"value": "z@x", "type": "home"},
                          {"value": "b@x", "type": "work", "primary": true}]}),
        json!({"id": "2", "userName": "Al", "size": 10, "made": "2026-01-01T00:00:00+02:00"}),
        json!({"id": "3", "userName": "carl", "made": "2025-12-31T23:00:00Z",
               "emails": [{"value": "a@x", "type": "home"}]}),
    ]
}

fn page(asked: Asked<'_>) -> String {
    let page = Query::read(&THING, &asked).unwrap().page(things());
    page.iter().map(|thing| thing["id"].as_str().unwrap()).collect()
}

fn sorted(by: &str, order: &str) -> String {
    page(Asked { sort_by: Some(by), sort_order: Some(order), ..Asked::default() })
}

#[test]
fn resources_are_sorted_by_what_their_attribute_is() {
    assert_eq!(sorted("userName", ""), "213");
    assert_eq!(sorted("USERNAME", "descending"), "312");
    assert_eq!(sorted("size", "ASCENDING"), "123");
    assert_eq!(sorted("size", "DESCENDING"), "321", "what is absent comes first then");
    assert_eq!(sorted("made", "ascending"), "231");
    assert_eq!(sorted("emails.value", "ascending"), "312");
    assert_eq!(sorted("emails", "ascending"), "312");
    assert_eq!(page(Asked::default()), "123");
}

#[test]
fn pages_begin_at_one_and_end_at_the_most() {
    let at = |start, count| {
        page(Asked { start_index: Some(start), count: Some(count), ..Asked::default() })
    };
    assert_eq!(at(1, 2), "12");
    assert_eq!(at(3, 2), "3");
    assert_eq!(at(0, 1), "1");
    assert_eq!(at(-7, 1), "1");
    assert_eq!(at(4, 1), "");
    assert_eq!(at(i64::MAX, i64::MAX), "");
    assert_eq!(at(1, 0), "");
    assert_eq!(at(1, -1), "");
    let count = |count| Query::read(&THING, &Asked { count, ..Asked::default() }).unwrap().count;
    assert_eq!(count(None), COUNT_DEFAULT);
    assert_eq!(count(Some(5_000)), COUNT_MAX);
}

#[test]
fn requests_that_mean_nothing_are_refused() {
    let refusal = |asked: Asked<'_>| Query::read(&THING, &asked).unwrap_err().to_string();
    for (by, part) in [
        ("colour", "`colour` is not an attribute of Thing"),
        ("hidden", "nothing can be sorted by `hidden` (sortBy)"),
        ("name", "`value` is not an attribute of ThingName"),
        ("password", "nothing can be sorted by `password`"),
        ("a b", "expected the end of the path, found `b` (sortBy)"),
    ] {
        let text = refusal(Asked { sort_by: Some(by), ..Asked::default() });
        assert!(text.contains(part), "{by}: {text}");
    }
    let order = Asked { sort_by: Some("size"), sort_order: Some("up"), ..Asked::default() };
    assert!(refusal(order).starts_with("sortOrder is not known; give ASCENDING or DESCENDING"));
    let filter = Asked { filter: Some("size eq 1 and colour eq 2"), ..Asked::default() };
    assert!(refusal(filter).contains("`colour` is not an attribute of Thing at character 15"));
}

#[test]
fn the_filter_chooses() {
    let asked = Asked { filter: Some("size pr and active eq null"), ..Asked::default() };
    let query = Query::read(&THING, &asked).unwrap();
    let found: Vec<bool> = things().iter().map(|thing| query.matches(thing)).collect();
    assert_eq!(found, [false, true, false]);
    let asked = Asked { filter: Some(" "), ..Asked::default() };
    assert!(Query::read(&THING, &asked).unwrap().matches(&things()[0]));
}
