//! Conditions: how they are written, kept and held against what is known.

use std::net::IpAddr;

use iam_policy::{
    Compiled, Decision, Facts, PolicySet, Question, Variable, VariableName, decide, parse,
};

use crate::cases::check;
use crate::world::{World, network_sources};

const ME: &str = "ocid1.user.oc1..aaaaaaaau1";

#[test]
fn accepted_conditions_have_this_canonical_form() {
    check("conditions_accepted.txt", '=');
}

#[test]
fn refused_conditions_get_this_error() {
    check("conditions_refused.txt", '!');
}

fn set(condition: &str) -> PolicySet {
    let statement = format!("Allow any-user to {{USER_INSPECT}} in tenancy where {condition}");
    let compiled = World::new().compile(0, &statement).unwrap();
    // Decided by as it is kept.
    let kept = serde_json::to_string(&compiled).unwrap();
    let compiled: Compiled = serde_json::from_str(&kept).unwrap();
    PolicySet::new([compiled]).with_network_sources(network_sources())
}

fn holds(condition: &str, facts: &Facts) -> bool {
    let world = World::new();
    let compartments = &world.ocids(0)[..];
    let (caller, groups, needs) = (ME, &[][..], &["USER_INSPECT"][..]);
    let address = Some(IpAddr::from([203, 0, 113, 7]));
    let question = Question { caller, groups, needs, compartments, owner: None, address, facts };
    matches!(decide(&set(condition), &question), Decision::Allowed(_))
}

fn known(variable: &str, things: &[&str]) -> Facts {
    let mut facts = Facts::default();
    let things = things.iter().map(ToString::to_string).collect();
    facts.know(Variable::named(variable).unwrap(), things);
    facts
}

/// Seconds since 1970 of 2026-11-23, a Monday, at that second of the day.
fn monday(second: i64) -> Facts {
    Facts::at(1_795_392_000 + second)
}

#[test]
fn a_variable_that_stands_for_nothing_meets_no_test() {
    for name in VariableName::ALL {
        let written = name.row().name;
        let variable =
            if written.ends_with('.') { format!("{written}a.b") } else { written.to_owned() };
        for value in ["'x'", "'true'", "'1'", "'Monday'", "'allow'", "'swift'"] {
            for test in ["= V", "!= V", "in (V)", "not in (V, V)"] {
                let test = format!("{variable} {}", test.replace('V', value));
                let statement =
                    format!("Allow any-user to {{USER_INSPECT}} in tenancy where {test}");
                let asked = [
                    VariableName::UserId,
                    VariableName::PrincipalId,
                    VariableName::PrincipalType,
                    VariableName::Permission,
                    VariableName::NetworkSource,
                ];
                if parse(&statement).is_ok() && !asked.contains(name) {
                    assert!(!holds(&test, Facts::none()), "{test}");
                }
            }
        }
    }
    for time in [
        "request.utc-timestamp before '2999-01-01Z'",
        "request.utc-timestamp after '1970-01-01Z'",
        "request.utc-timestamp.time-of-day between '00:00:00Z' and '23:59:59Z'",
    ] {
        assert!(!holds(time, Facts::none()), "{time}");
        assert!(holds(time, &monday(0)), "{time}");
    }
}

#[test]
fn several_things_are_one_of_the_values_if_one_is_and_none_if_none_is() {
    let facts = known("target.policy.type", &["allow", "deny"]);
    assert!(holds("target.policy.type = 'DENY'", &facts));
    assert!(!holds("target.policy.type != 'deny'", &facts));
    let facts = known("target.policy.type", &["allow"]);
    assert!(holds("target.policy.type != 'deny'", &facts));
    assert!(!holds("target.policy.type in ('deny')", &facts));
}

#[test]
fn a_variable_alone_is_there_and_a_flag_is_true() {
    let (name, flag) = ("target.user.name", "target.group.member");
    assert!(holds(name, &known(name, &["ada"])) && !holds(name, Facts::none()));
    assert!(holds("not target.user.name", Facts::none()));
    assert!(!holds("not target.user.name", &known(name, &["ada"])));
    assert!(holds(flag, &known(flag, &["true"])) && !holds(flag, &known(flag, &["false"])));
    assert!(!holds(flag, Facts::none()));
    for facts in [&known(flag, &["false"]), Facts::none()] {
        assert!(holds("not target.group.member", facts));
    }
    assert!(!holds("not target.group.member", &known(flag, &["true"])));
}

#[test]
fn times_lie_before_and_after_and_between_to_the_second() {
    let at = |second| monday(second);
    for (test, yes, no) in [
        ("request.utc-timestamp before '2026-11-23T12:00:00Z'", 43_199, 43_200),
        ("request.utc-timestamp after '2026-11-23T12:00Z'", 43_201, 43_200),
        ("request.utc-timestamp between '2026-11-23Z' and '2026-11-23T12:00:00Z'", 43_200, 43_201),
        ("request.utc-timestamp between '2026-11-23Z' and '2026-11-23T12:00:00Z'", 0, -1),
        ("request.utc-timestamp.time-of-day between '09:00:00Z' and '17:00:00Z'", 32_400, 32_399),
        ("request.utc-timestamp.time-of-day between '09:00:00Z' and '17:00:00Z'", 61_200, 61_201),
        ("request.utc-timestamp.time-of-day between '22:00:00Z' and '05:00:00Z'", 79_200, 79_199),
        ("request.utc-timestamp.time-of-day between '22:00:00Z' and '05:00:00Z'", 18_000, 18_001),
        ("request.utc-timestamp.time-of-day between '12:00:00Z' and '12:00:00Z'", 43_200, 43_201),
        ("request.utc-timestamp.day-of-week = 'monday'", 86_399, 86_400),
        ("request.utc-timestamp.day-of-week not in ('Sunday', 'Saturday')", 0, -1),
        ("request.utc-timestamp.day-of-month = '23'", 0, -1),
        ("request.utc-timestamp.month-of-year = '11'", 7 * 86_400, 8 * 86_400),
        ("request.utc-timestamp.month-of-year != '12'", 7 * 86_400, 8 * 86_400),
    ] {
        assert!(holds(test, &at(yes)), "{test} at {yes}");
        assert!(!holds(test, &at(no)), "{test} at {no}");
    }
}

#[test]
fn facts_never_take_the_place_of_what_the_question_says() {
    for (variable, lie) in [
        ("request.user.id", "ocid1.user.oc1..aaaaaaaau2"),
        ("request.principal.id", "ocid1.user.oc1..aaaaaaaau2"),
        ("request.principal.type", "instance"),
        ("request.groups.id", "ocid1.group.oc1..aaaaaaaag0"),
        ("request.dynamicgroup.id", "ocid1.dynamicgroup.oc1..aaaaaaaad0"),
        ("request.permission", "USER_DELETE"),
        ("request.networkSource.name", "nowhere"),
        ("request.instance.id", "ocid1.instance.oc1..aaaaaaaai1"),
        ("request.utc-timestamp.day-of-week", "Sunday"),
    ] {
        assert!(!holds(&format!("{variable} = '{lie}'"), &known(variable, &[lie])), "{variable}");
    }
}

#[test]
fn a_set_tells_which_variables_its_conditions_look_at() {
    let set = set(
        "any {target.resource.tag.Ops.Team = 'a', all {request.region != 'iad', not target.user.id}}",
    );
    let names: Vec<String> = set.variables().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["request.region", "target.resource.tag.ops.team", "target.user.id"]);
    assert!(PolicySet::new([]).variables().is_empty());
}

#[test]
fn facts_are_data() {
    let mut facts = monday(0);
    facts.know(Variable::named("target.resource.tag.Ops.Team").unwrap(), vec!["red".to_owned()]);
    facts.know(VariableName::TargetUserName.into(), vec!["ada".to_owned()]);
    facts.know(VariableName::TargetUserId.into(), Vec::new());
    let kept = serde_json::to_value(&facts).unwrap();
    let wanted = serde_json::json!({
        "now": 1_795_392_000,
        "known": {"target.resource.tag.ops.team": ["red"], "target.user.name": ["ada"]},
    });
    assert_eq!(kept, wanted);
    assert_eq!(serde_json::from_value::<Facts>(kept).unwrap(), facts);
    assert_eq!(serde_json::to_string(Facts::none()).unwrap(), "{}");
    let kept = Variable::named("target.resource.tag.ops.team").unwrap();
    assert_eq!(facts.of(&kept), ["red"]);
}

#[test]
fn conditions_of_the_first_version_are_read_and_kept_as_they_were() {
    let statement = "Allow any-user to {USER_INSPECT} in tenancy \
                     where request.networkSource.name not in (Office, /l*/)";
    let kept = serde_json::to_value(World::new().compile(0, statement).unwrap()).unwrap();
    let wanted = serde_json::json!({"test": {
        "variable": "request.networkSource.name",
        "negated": true,
        "values": ["office", {"begins": "l"}],
    }});
    assert_eq!(kept["condition"], wanted);
    serde_json::from_value::<Compiled>(kept).unwrap();
}

#[test]
fn a_kept_test_that_means_nothing_is_not_read() {
    let statement = "Allow any-user to {USER_INSPECT} in tenancy \
                     where request.utc-timestamp after 2020-01-01Z";
    let good = serde_json::to_value(World::new().compile(0, statement).unwrap()).unwrap();
    let test = &good["condition"]["test"];
    assert_eq!(test["relation"], "after");
    assert_eq!(test["values"], serde_json::json!([{"moment": 1_577_836_800}]));
    for (field, value) in [
        ("relation", serde_json::json!("is")),
        ("relation", serde_json::json!("later")),
        ("relation", serde_json::json!("between")),
        ("relation", serde_json::json!("is-there")),
        ("negated", serde_json::json!(true)),
        ("values", serde_json::json!([])),
        ("values", serde_json::json!(["2020-01-01Z"])),
        ("values", serde_json::json!([{"of-day": 1}])),
        ("values", serde_json::json!([{"moment": 1}, {"moment": 2}])),
        ("variable", serde_json::json!("request.utc-timestamp.time-of-day")),
        ("variable", serde_json::json!("request.utc-timestamp.time-of-night")),
        ("more", serde_json::json!(1)),
    ] {
        let mut bad = good.clone();
        bad["condition"]["test"][field] = value.clone();
        assert!(serde_json::from_value::<Compiled>(bad).is_err(), "{field} {value}");
    }
}
