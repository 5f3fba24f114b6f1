//! Which resources a filter matches, and which filters a schema has no answer to.

use crate::scene::{STATE, THING, thing};
use iam_scim::{Condition, Fault, Filter};

fn bind(filter: &str) -> Result<Condition, Fault> {
    let parsed = Filter::parse(filter).unwrap_or_else(|fault| panic!("{filter}: {fault}"));
    Condition::bind(&parsed, &THING)
}

fn matches(filter: &str) -> bool {
    bind(filter).unwrap_or_else(|fault| panic!("{filter}: {fault}")).matches(&thing())
}

#[test]
fn texts_are_compared_without_regard_to_case_unless_the_schema_says_so() {
    for filter in [
        r#"userName eq "ann""#,
        r#"USERNAME EQ "ANN""#,
        r#"urn:ietf:params:scim:schemas:test:2.0:thing:username eq "ann""#,
        r#"userName co "N""#,
        r#"userName sw "an""#,
        r#"userName ew "NN""#,
        r#"code eq "Xy""#,
        r#"code co "y""#,
        r#"code ne "xy""#,
        r#"userName gt "amy""#,
        r#"userName le "ANN""#,
        r#"userName lt "b""#,
        r#"kind eq "round""#,
        r#"id eq "0a""#,
    ] {
        assert!(matches(filter), "{filter}");
    }
    for filter in [
        r#"userName eq "an""#,
        r#"userName ne "ANN""#,
        r#"code eq "xy""#,
        r#"code co "Y""#,
        r#"userName gt "ann""#,
        r#"id eq "0A""#,
    ] {
        assert!(!matches(filter), "{filter}");
    }
}

#[test]
fn numbers_booleans_and_times_are_compared_as_such() {
    for filter in [
        "size gt 9",
        "size ge 10",
        "size eq 10.0",
        "size lt 10.5",
        "active eq true",
        "active ne false",
        r#"made eq "2026-11-23T13:00:00+01:00""#,
        r#"made gt "2026-11-23T11:59:59.999Z""#,
        r#"made le "2026-11-23T12:00:00Z""#,
    ] {
        assert!(matches(filter), "{filter}");
    }
    for filter in
        ["size gt 10", "size eq 9", "active eq false", r#"made lt "2026-11-23T12:00:00Z""#]
    {
        assert!(!matches(filter), "{filter}");
    }
}

#[test]
fn one_of_several_values_is_enough_and_brackets_ask_all_of_the_same_one() {
    for filter in [
        r#"emails.value eq "ann@home.example""#,
        r#"emails co "home""#,
        r#"emails[type eq "home" and value co "home"]"#,
        r#"words eq "green""#,
        r#"words[value sw "gr"]"#,
        r#"emails.type eq "work" and emails.value co "home""#,
        r#"name.familyName eq "bee""#,
        r#"name[familyName eq "bee"]"#,
        "emails[not (type eq \"work\")]",
    ] {
        assert!(matches(filter), "{filter}");
    }
    for filter in [
        r#"emails[type eq "work" and value co "home"]"#,
        r#"emails.value ne "ann@home.example""#,
        r#"words ne "red""#,
        r#"words eq "blue""#,
    ] {
        assert!(!matches(filter), "{filter}");
    }
}

#[test]
fn what_is_absent_equals_nothing_and_is_not_present() {
    let without = serde_json::json!({"userName": "Bob", "words": [], "code": ""});
    let holds = |filter: &str| bind(filter).unwrap().matches(&without);
    for filter in ["size eq null", "size ne 1", "not (size pr)", "not (words pr)", "not (code pr)"]
    {
        assert!(holds(filter), "{filter}");
    }
    for filter in ["size ne null", "size eq 1", "size lt 1", "emails pr", "name.familyName pr"] {
        assert!(!holds(filter), "{filter}");
    }
    assert!(matches("size ne null and emails pr and name pr"));
}

#[test]
fn extensions_are_named_by_their_urn() {
    assert!(matches(&format!("{STATE}:locked.on eq false")));
    assert!(matches(&format!("{}:LOCKED.ON eq false", STATE.to_uppercase())));
    assert!(!matches(&format!("{STATE}:limit gt 3")));
}

#[test]
fn what_cannot_be_compared_is_refused_before_anything_is_looked_at() {
    for (filter, part) in [
        ("colour eq \"red\"", "`colour` is not an attribute of Thing; its attributes are id, "),
        ("name.first eq \"x\"", "`first` is not an attribute of ThingName; its attributes are"),
        ("size.x eq 1", "`size` has no parts"),
        ("urn:x:Y:a eq 1", "`urn:x:Y` is no schema of Thing"),
        ("name eq \"x\"", "`name` has several parts; compare one: `name.givenName`"),
        ("active eq \"true\"", "give true or false, without quotes"),
        ("active gt true", "cannot be compared by `gt`"),
        ("size co 1", "cannot be compared by `co`"),
        ("size eq \"10\"", "give a number, without quotes"),
        ("userName eq 1", "give text in `\"`"),
        ("userName gt null", "cannot be compared by `gt`"),
        ("made eq \"yesterday\"", "give a time: "),
        ("made sw \"2026-11-23T12:00:00Z\"", "cannot be compared by `sw`"),
        ("password eq \"secret\"", "`password` cannot be searched"),
        ("password pr", "`password` cannot be searched"),
        ("hidden eq \"x\"", "`hidden` cannot be searched"),
        ("emails.note pr", "`emails.note` cannot be searched"),
        ("emails[note pr]", "`note` cannot be searched"),
        ("emails[name.x pr]", "`name.x` cannot stand in brackets"),
        ("words[x eq \"red\"]", "the values of words are called `value`"),
    ] {
        let fault = bind(filter).unwrap_err();
        assert!(fault.to_string().contains(part), "{filter}: {fault}");
        assert_eq!(fault.kind().as_str(), "invalidFilter");
    }
}

#[test]
fn an_index_can_answer_what_must_be_equal() {
    let required = |filter: &str, attribute: &str| {
        bind(filter).unwrap().required_text(attribute).map(str::to_owned)
    };
    let ann = Some("Ann".to_owned());
    assert_eq!(required(r#"userName eq "Ann""#, "userName"), ann);
    assert_eq!(required(r#"active eq true and username eq "Ann""#, "userName"), ann);
    assert_eq!(required(r#"emails.value eq "Ann""#, "emails.value"), ann);
    assert_eq!(required(r#"emails eq "Ann""#, "emails.value"), ann);
    assert_eq!(required(r#"emails[type eq "work" and value eq "Ann"]"#, "emails.value"), ann);
    for filter in [
        r#"userName ne "Ann""#,
        r#"not (userName eq "Ann")"#,
        r#"userName eq "Ann" or active eq true"#,
        r#"userName sw "Ann""#,
        r#"name[givenName eq "Ann"]"#,
    ] {
        assert_eq!(required(filter, "userName"), None, "{filter}");
    }
}
