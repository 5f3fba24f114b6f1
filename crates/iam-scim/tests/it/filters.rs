//! How filters and paths are written, and what is said of those that are not.

use iam_scim::{AttributePath, Filter, PatchPath};

fn printed(text: &str) -> String {
    Filter::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}")).to_string()
}

fn refusal(text: &str) -> String {
    Filter::parse(text).unwrap_err().to_string()
}

#[test]
fn the_examples_of_the_standard_are_filters() {
    for text in [
        r#"userName eq "bjensen""#,
        r#"name.familyName co "O'Malley""#,
        r#"userName sw "J""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
        "title pr",
        r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
        r#"title pr and userType eq "Employee""#,
        r#"title pr or userType eq "Intern""#,
        r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "x")"#,
        r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
        r#"emails[type eq "work" and value co "@x.com"] or ims[type eq "xmpp" and value co "@f"]"#,
        "urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User:locked.on eq true",
        r#"groups[$ref sw "https://"]"#,
        "size ge -1.5e3",
        "nickName eq null",
    ] {
        Filter::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    }
}

#[test]
fn and_binds_closer_than_or_and_parentheses_closest() {
    let (a, b, c) = ("a pr", "b pr", "c pr");
    assert_eq!(printed("a pr or b pr and c pr"), format!("{a} or {b} and {c}"));
    assert_eq!(printed("a pr and b pr or c pr"), printed("(a pr and b pr) or c pr"));
    assert_ne!(
        Filter::parse("a pr and b pr or c pr").unwrap(),
        Filter::parse("a pr and (b pr or c pr)").unwrap()
    );
    assert_eq!(printed("a pr and (b pr or c pr)"), format!("{a} and ({b} or {c})"));
    assert_eq!(printed("((a pr))"), "a pr");
    assert_eq!(printed("not(a pr)"), "not (a pr)");
}

#[test]
fn words_are_read_in_any_case_and_space() {
    let plain = Filter::parse(r#"not (a eq "x" and b pr) or c gt 1"#).unwrap();
    let dressed = Filter::parse("\t NOT(a EQ \"x\"\r\n And  b Pr)  oR c GT 1 ").unwrap();
    assert_eq!(plain, dressed);
}

#[test]
fn a_string_is_one_of_jsons() {
    let filter = Filter::parse(r#"a eq "\"q\" \\ \u00e9 )(][""#).unwrap();
    let Filter::Compare(_, _, value) = filter else { panic!("{filter:?}") };
    assert_eq!(value, "\"q\" \\ é )(][");
}

#[test]
fn what_is_no_filter_is_refused_with_the_place_and_what_to_do() {
    for (text, expected) in [
        ("", "expected an attribute, found the end at character 1"),
        (
            "userName",
            "expected eq, ne, co, sw, ew, gt, ge, lt, le or pr, found the end at \
                      character 9",
        ),
        ("userName eq", "expected a value, found the end at character 12"),
        ("userName eq ann", "expected a value, found `ann` at character 13; write text in `\"`"),
        ("userName eq 'ann'", "unexpected character `'` at character 13; quote values with `\"`"),
        (
            "userName = \"ann\"",
            "unexpected character `=` at character 10; operators are words: eq, ne, lt, gt, and, \
             or, not",
        ),
        (
            "userName equals \"ann\"",
            "expected eq, ne, co, sw, ew, gt, ge, lt, le or pr, found `equals` at character 10",
        ),
        ("a eq \"ann", "this string is never closed at character 6; end it with `\"`"),
        (
            "a eq 1.2.3",
            "`1.2.3` is not valid at character 6; give a number such as 10, or text in \
                        `\"`",
        ),
        ("a pr b pr", "expected `and`, `or` or the end of the filter, found `b` at character 6"),
        ("a pr and", "expected an attribute, found the end at character 9"),
        ("and pr", "expected an attribute, found `and` at character 1"),
        ("not a pr", "expected `(` after `not`, found `a` at character 5"),
        ("(a pr", "expected `and`, `or` or `)`, found the end at character 6"),
        ("a[b pr", "expected `and`, `or` or `]`, found the end at character 7"),
        ("a[b[c pr]]", "a filter in brackets cannot have brackets at character 4"),
        ("a.b[c pr]", "brackets follow an attribute, not its part at character 4"),
        (
            "a[b pr].c eq 1",
            "nothing may follow the bracket at character 8; put the condition in it: `[type eq \
             \"work\" and …]`",
        ),
        ("é eq 1", "unexpected character `é` at character 1"),
        (
            "a.b.c eq 1",
            "`a.b.c` is not an attribute at character 1; write `name`, `name.part` or \
             `urn:…:name.part`",
        ),
        (
            "x:a eq 1",
            "`x:a` is not an attribute at character 1; write `name`, `name.part` or \
             `urn:…:name.part`",
        ),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
}

#[test]
fn the_place_is_counted_in_characters() {
    let fault = Filter::parse("a eq \"éé\" §").unwrap_err();
    assert!(fault.to_string().contains("at character 11"), "{fault}");
    assert_eq!(fault.span().unwrap().start, 12);
}

#[test]
fn paths_of_patches_are_read() {
    let path = PatchPath::parse(r#"emails[type eq "work"].value"#).unwrap();
    assert_eq!((path.attribute.name.as_str(), path.sub.as_deref()), ("emails", Some("value")));
    assert_eq!(path.to_string(), r#"emails[type eq "work"].value"#);
    for text in ["name.familyName", "emails", "urn:a:b:User:x.y", "members[value eq \"1\"]"] {
        assert_eq!(PatchPath::parse(text).unwrap().to_string(), text);
    }
    for (text, part) in [
        ("", "expected an attribute"),
        ("a b", "expected the end of the path, found `b`"),
        ("emails[type eq \"work\"].", "expected an attribute, found the end"),
        ("emails[type eq \"work\"].a.b", "expected the name of a sub-attribute"),
        ("emails[]", "expected an attribute, found `]`"),
        ("a eq 1", "expected the end of the path, found `eq`"),
    ] {
        let fault = PatchPath::parse(text).unwrap_err();
        assert!(fault.to_string().contains(part), "{text}: {fault}");
        assert_eq!(fault.kind().as_str(), "invalidPath");
    }
    assert!(AttributePath::parse("emails[type eq \"work\"]").is_err());
}
