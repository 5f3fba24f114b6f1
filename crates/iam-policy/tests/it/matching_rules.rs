//! Matching rules: what is one, and what is in a dynamic group that has it.

use iam_policy::{Candidate, DEPTH_MAX, MatchingRule, RULE_CHARS_MAX};
use proptest::prelude::*;
use proptest::sample::select;

const WEB: Candidate<'_> = Candidate {
    id: "ocid1.instance.oc1..web",
    compartment: "ocid1.compartment.oc1..shop",
    resource_type: None,
    tags: &[("Ops", "Role", "web"), ("Ops", "Empty", "")],
};
const FUNCTION: Candidate<'_> = Candidate {
    id: "ocid1.fnfunc.oc1..mail",
    compartment: "ocid1.compartment.oc1..shop",
    resource_type: Some("fnfunc"),
    tags: &[],
};

/// Whether the web server and the function are in the dynamic group.
fn who(rule: &str) -> (bool, bool) {
    let read = MatchingRule::parse(rule).unwrap();
    (read.matches(&WEB), read.matches(&FUNCTION))
}

fn refused(rule: &str) -> String {
    MatchingRule::parse(rule).unwrap_err().to_string()
}

#[test]
fn instances_and_other_resources_have_variables_of_their_own() {
    for (rule, wanted) in [
        ("instance.id = 'ocid1.instance.oc1..web'", (true, false)),
        ("instance.id = 'ocid1.fnfunc.oc1..mail'", (false, false)),
        ("instance.compartment.id = 'ocid1.compartment.oc1..shop'", (true, false)),
        ("resource.id = 'ocid1.fnfunc.oc1..mail'", (false, true)),
        ("resource.id = 'ocid1.instance.oc1..web'", (false, false)),
        ("resource.compartment.id = 'ocid1.compartment.oc1..shop'", (false, true)),
        ("resource.type = 'fnfunc'", (false, true)),
        ("INSTANCE.ID='ocid1.instance.oc1..web'", (true, false)),
    ] {
        assert_eq!(who(rule), wanted, "{rule}");
    }
}

#[test]
fn what_a_resource_does_not_have_is_neither_that_value_nor_another() {
    for (rule, wanted) in [
        ("instance.id != 'x'", (true, false)),
        ("instance.id != 'ocid1.instance.oc1..web'", (false, false)),
        ("resource.type != 'fnfunc'", (false, false)),
        ("tag.ops.role.value != 'db'", (true, false)),
        ("tag.ops.role.value != 'web'", (false, false)),
        ("tag.ops.other.value != 'web'", (false, false)),
    ] {
        assert_eq!(who(rule), wanted, "{rule}");
    }
}

#[test]
fn a_tag_is_there_or_has_a_value_whatever_the_case_of_its_names() {
    for (rule, wanted) in [
        ("tag.OPS.role.value", true),
        ("tag.ops.empty.value", true),
        ("tag.ops.roles.value", false),
        ("tag.ops.role.value = 'web'", true),
        ("tag.ops.role.value = 'WEB'", false),
    ] {
        assert_eq!(who(rule), (wanted, false), "{rule}");
    }
}

#[test]
fn braces_mean_any_or_all_and_alone_they_mean_all() {
    let (web, db) = ("instance.id = 'ocid1.instance.oc1..web'", "tag.ops.role.value = 'db'");
    let function = "resource.type = 'fnfunc'";
    for (rule, wanted) in [
        (format!("ANY {{{web}, {db}}}"), (true, false)),
        (format!("Any {{{web}, {function}}}"), (true, true)),
        (format!("ALL {{{web}, {db}}}"), (false, false)),
        (format!("all{{{web}}}"), (true, false)),
        (format!("{{{web}, {db}}}"), (false, false)),
        (format!("{{{web},}}"), (true, false)),
        (format!("ANY {{ALL {{{web}, {db}}}, {{{function}}},}}"), (false, true)),
        (format!("\n ANY\t{{ {web}\n,\n{function} }}\n"), (true, true)),
    ] {
        assert_eq!(who(&rule), wanted, "{rule}");
    }
}

#[test]
fn an_ocid_that_names_nothing_is_taken_as_it_is() {
    assert_eq!(who("instance.compartment.id = '#{OCI.config.tenancy}'"), (false, false));
}

#[test]
fn what_is_no_rule_is_refused_with_the_place_and_what_to_do() {
    for (rule, wanted) in [
        ("", "the matching rule ends where a variable, `ALL` or `ANY` is expected"),
        ("ANY", "the matching rule ends where `{` is expected"),
        ("ANY {}", "expected a variable, `ALL` or `ANY`, found `}`"),
        ("ANY {,}", "expected a variable, `ALL` or `ANY`, found `,`"),
        ("ANY {instance.id = 'x'", "the matching rule ends where `,` or `}` is expected"),
        ("instance.id", "the matching rule ends where `=` or `!=` is expected"),
        ("instance.id = x", "expected a value in `'`, found `x`"),
        ("instance.id = ''", "quotes cannot be empty"),
        ("instance.id = 'x", "this quote is never closed; end it with `'`"),
        ("instance.id = 'x' instance.id = 'y'", "unexpected `instance.id` after the matching rule"),
        ("instance.ids = 'x'", "unknown variable `instance.ids`; did you mean `instance.id`?"),
        ("resource.tpye = 'x'", "unknown variable `resource.tpye`; did you mean `resource.type`?"),
    ] {
        assert_eq!(refused(rule), wanted, "{rule}");
    }
    for rule in ["tag.ops.value", "tag.ops.role", "tag..role.value", "tag.a.b.value.c", "name"] {
        let wanted = format!("unknown variable `{rule}`; ");
        assert!(refused(rule).starts_with(&wanted), "{}", refused(rule));
    }
    let rule = "ANY {instance.id = 'x', instance.name = 'y'}";
    let error = MatchingRule::parse(rule).unwrap_err();
    assert_eq!(rule.get(error.span()), Some("instance.name"));
}

#[test]
fn a_rule_has_a_longest_length_and_a_greatest_depth() {
    let fits = format!("tag.a.b.value{}", " ".repeat(RULE_CHARS_MAX - 13));
    MatchingRule::parse(&fits).unwrap();
    let error = refused(&format!("{fits} "));
    assert_eq!(error, "a matching rule of 100001 characters is too long; it may have 100000");
    let nested = |depth: usize| {
        let (open, close) = ("{".repeat(depth), "}".repeat(depth));
        format!("{open}tag.a.b.value{close}")
    };
    MatchingRule::parse(&nested(DEPTH_MAX)).unwrap();
    assert_eq!(refused(&nested(DEPTH_MAX + 1)), "more than 8 braces in each other");
    refused(&"{".repeat(RULE_CHARS_MAX));
}

proptest! {
    #![proptest_config(crate::properties::config(3_000))]

    #[test]
    fn any_heap_of_words_is_survived(words in prop::collection::vec(select(vec![
        "ANY", "all", "{", "}", ",", "=", "!=", "'x'", "instance.id", "tag.a.b.value", "tag", "'",
        "!", "é", "\0", ".",
    ]), 0..14)) {
        for text in [words.join(" "), words.concat()] {
            if let Err(error) = MatchingRule::parse(&text) {
                prop_assert!(text.get(error.span()).is_some(), "{text:?}");
            }
        }
    }
}
