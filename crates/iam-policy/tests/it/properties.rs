//! What must hold for all statements and policies: printing and parsing agree, and meaning depends
//! on meaning alone.

use iam_policy::{
    Action, Compiled, Condition, Decision, Definable, Define, Effect, Facts, GroupName, GroupRef,
    Location, Logic, Pattern, PermissionSet, Place, PolicySet, Question, Reach, Relation, Resource,
    ResourceType, Rule, Spanned, Statement, Subject, TenancyRef, Test, Value, VariableName, Verb,
    With, decide, parse, permissions,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::random::Random;
use crate::random_conditions;
use crate::world::{GROUPS, World, group_ocid, network_sources};

pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..Default::default() }
}

fn placed<T>(value: T) -> Spanned<T> {
    Spanned { value, span: 0..0 }
}

fn name() -> impl Strategy<Value = String> {
    let keywords = select(vec![
        "to",
        "IN",
        "Where",
        "id",
        "group",
        "manage",
        "tenancy",
        "Default",
        "of",
        "With",
        "as",
        "associate",
        "any-tenancy",
    ]);
    prop_oneof![
        3 => "[A-Za-z0-9._-]{1,12}",
        1 => "[^'\\\\\\p{Cc}]{1,8}",
        1 => keywords.prop_map(str::to_owned),
    ]
}

fn ocid(kind: &'static str) -> impl Strategy<Value = String> {
    "[a-z2-7]{1,60}".prop_map(move |unique| format!("ocid1.{kind}.oc1..{unique}"))
}

fn group_name() -> impl Strategy<Value = GroupName> {
    let is_other = |domain: &String| !domain.eq_ignore_ascii_case("default");
    let domain = prop::option::of(name().prop_filter("another domain", is_other));
    (domain, name()).prop_map(|(domain, name)| GroupName { domain, name })
}

fn subject() -> impl Strategy<Value = Subject> {
    let group =
        prop_oneof![group_name().prop_map(GroupRef::Name), ocid("group").prop_map(GroupRef::Id)];
    let groups = prop::collection::vec(group.prop_map(placed), 1..5);
    let services = prop::collection::vec(name().prop_map(placed), 1..4);
    prop_oneof![
        Just(Subject::AnyUser),
        Just(Subject::AnyGroup),
        groups.clone().prop_map(Subject::Groups),
        groups.prop_map(Subject::DynamicGroups),
        services.prop_map(Subject::Services),
    ]
}

fn resource() -> impl Strategy<Value = Resource> {
    let all = ResourceType::all().map(Resource::Type).chain([Resource::All]);
    select(all.collect::<Vec<_>>())
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        (select(&Verb::ALL[..]), resource()).prop_map(|(verb, on)| Action::Verb(verb, on)),
        subsequence(permissions(), 1..9)
            .prop_map(|names| Action::Permissions(PermissionSet::of(names).unwrap())),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let variables = vec![
        VariableName::NetworkSource,
        VariableName::GroupsId,
        VariableName::Permission,
        VariableName::TargetUserName,
        VariableName::UserId,
    ];
    let part = "[A-Za-z0-9._ ü-]{1,8}";
    let value = prop_oneof![
        2 => name().prop_map(Value::Text),
        1 => part.prop_map(|part| Value::Pattern(Pattern::Begins(part))),
        1 => part.prop_map(|part| Value::Pattern(Pattern::Ends(part))),
        1 => part.prop_map(|part| Value::Pattern(Pattern::Holds(part))),
    ];
    let values = prop::collection::vec(value, 1..4);
    let of_text = (select(variables), any::<bool>(), values).prop_map(|(name, negated, values)| {
        Test { variable: name.into(), relation: Relation::Is, negated, values }
    });
    let of_any = any::<u64>().prop_map(|seed| {
        let test = random_conditions::test(&mut Random(seed));
        let statement = format!("Allow any-user to use users in tenancy where {test}");
        let Statement::Rule(rule) = parse(&statement).unwrap() else { unreachable!() };
        match rule.condition {
            Some(Logic::Test(test)) => test,
            other => unreachable!("{other:?}"),
        }
    });
    let test = prop_oneof![of_text, of_any].prop_map(Logic::Test);
    test.prop_recursive(4, 16, 4, |inner| {
        let parts = prop::collection::vec(inner, 1..4);
        prop_oneof![parts.clone().prop_map(Logic::All), parts.prop_map(Logic::Any)]
    })
}

fn location() -> impl Strategy<Value = Location> {
    prop_oneof![
        Just(Location::Tenancy),
        prop::collection::vec(name(), 1..6).prop_map(Location::Path),
        ocid("compartment").prop_map(Location::Id),
    ]
}

fn here() -> impl Strategy<Value = Place> {
    location().prop_map(|location| Place { location, tenancy: None })
}

fn elsewhere() -> impl Strategy<Value = Place> {
    let any = Place { location: Location::Tenancy, tenancy: Some(TenancyRef::Any) };
    let named = (location(), name())
        .prop_map(|(location, alias)| Place { location, tenancy: Some(TenancyRef::Alias(alias)) });
    prop_oneof![1 => Just(any), 3 => named]
}

/// The parts of a rule that say whether it crosses tenancies, and what it does.
type Crossing = (Reach, Action, Place, Option<With>);

fn crossing() -> impl Strategy<Value = Crossing> {
    let admit =
        prop::option::of(prop_oneof![Just(TenancyRef::Any), name().prop_map(TenancyRef::Alias),]);
    let with = |action, reach, place, (resource, other)| {
        (reach, action, place, Some(With { resource, place: placed(other) }))
    };
    let associate = || resource().prop_map(Action::Associate);
    prop_oneof![
        3 => (action(), here()).prop_map(|(action, place)| (Reach::Within, action, place, None)),
        1 => (prop_oneof![action(), associate()], elsewhere())
            .prop_map(|(action, place)| (Reach::Endorse, action, place, None)),
        1 => (admit.clone(), prop_oneof![action(), associate()], here())
            .prop_map(|(of, action, place)| (Reach::Admit(of), action, place, None)),
        1 => (associate(), here(), resource(), elsewhere())
            .prop_map(move |(action, one, on, two)| with(action, Reach::Endorse, one, (on, two))),
        1 => (admit, associate(), elsewhere(), resource(), here()).prop_map(
            move |(of, action, one, on, two)| with(action, Reach::Admit(of), one, (on, two))
        ),
    ]
}

fn rule() -> impl Strategy<Value = Statement> {
    let effect = select(vec![Effect::Allow, Effect::Deny]);
    (effect, subject(), crossing(), prop::option::of(condition())).prop_map(
        |(effect, subject, (reach, action, place, with), condition)| {
            let (effect, reach, place) = (placed(effect), placed(reach), placed(place));
            let rule = Rule { effect, reach, subject, action, place, with, condition };
            Statement::Rule(Box::new(rule))
        },
    )
}

fn define() -> impl Strategy<Value = Statement> {
    (select(&Definable::ALL[..]), group_name(), ocid("tenancy")).prop_map(|(kind, name, id)| {
        let is_group = matches!(kind, Definable::Group | Definable::DynamicGroup);
        let domain = name.domain.filter(|_| is_group);
        let name = placed(GroupName { domain, name: name.name });
        Statement::Define(Define { kind, name, id: placed(id) })
    })
}

fn statement() -> impl Strategy<Value = Statement> {
    prop_oneof![6 => rule(), 1 => define()]
}

/// What is asked for, of each group at each place.
const NEEDS: [&str; 4] = ["USER_INSPECT", "USER_UIPASS_RESET", "GROUP_UPDATE", "POLICY_UPDATE"];

/// The answers of a set to many questions, which are the same ones each time.
pub(crate) fn answers(compiled: &[Compiled]) -> Vec<bool> {
    let world = World::new();
    let set = PolicySet::new(compiled.iter().cloned()).exempting(group_ocid(0));
    let set = set.with_network_sources(network_sources());
    let mut answers = Vec::new();
    for target in 0..world.compartments.len() {
        for group in 0..GROUPS.len() {
            for need in NEEDS {
                let question = Question {
                    caller: "ocid1.user.oc1..aaaaaaaau1",
                    groups: &[group_ocid(group)],
                    needs: &[need],
                    compartments: &world.ocids(target),
                    owner: None,
                    address: Some("203.0.113.7".parse().unwrap()),
                    facts: Facts::none(),
                };
                let decision = decide(&set, &question);
                answers.push(matches!(decision, Decision::Allowed(_)));
            }
        }
    }
    answers
}

fn policies(random: &mut Random) -> Vec<Compiled> {
    let world = World::new();
    let statements: Vec<String> = (0..8).map(|_| world.any_statement(random)).collect();
    statements.iter().filter_map(|statement| world.compile(0, statement).ok()).collect()
}

/// Something that is granted to everybody, so that there is something to deny.
fn everything() -> Compiled {
    World::new().compile(0, "Allow any-user to manage all-resources in tenancy").unwrap()
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn what_is_printed_parses_to_the_same(statement in statement()) {
        let text = statement.to_string();
        prop_assert_eq!(parse(&text), Ok(statement), "{}", text);
    }

    #[test]
    fn case_and_space_change_nothing(seed: u64) {
        let (mut random, world) = (Random(seed), World::new());
        let statement = world.statement(&mut random);
        let dressed = random.dress(&statement);
        // Names keep their case in the statement, so what they are bound to is compared, not the
        // statements.
        prop_assert_eq!(world.compile(0, &statement).ok(), world.compile(0, &dressed).ok());
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn a_further_statement_never_takes_anything_away(seed: u64) {
        let mut policies = policies(&mut Random(seed));
        let more = answers(&policies);
        let last = policies.pop();
        let fewer = answers(&policies);
        match last.is_some_and(|last| last.denies()) {
            false => prop_assert!(fewer.iter().zip(&more).all(|(fewer, more)| more >= fewer)),
            true => prop_assert!(fewer.iter().zip(&more).all(|(fewer, more)| more <= fewer)),
        }
    }

    #[test]
    fn what_is_denied_is_what_the_same_words_would_have_allowed(seed: u64) {
        let (mut random, world) = (Random(seed), World::new());
        let words = world.statement(&mut random);
        // All that a verb gives is what denying the weakest takes.
        let verbs = Verb::ALL.map(|verb| format!(" to {} ", verb.name()));
        let verb = verbs.iter().find(|verb| words.contains(*verb));
        let with = |new| verb.map_or(words.clone(), |verb| words.replacen(verb, new, 1));
        let allow = with(" to manage ");
        let Ok(allowed) = world.compile(0, &allow) else { return Ok(()) };
        let deny = with(" to inspect ").replacen("Allow", "Deny", 1);
        let denied = world.compile(0, &deny).unwrap();
        let (given, left) = (answers(&[allowed]), answers(&[everything(), denied]));
        for (place, (given, left)) in given.into_iter().zip(left).enumerate() {
            let is_exempt = (place / NEEDS.len()).is_multiple_of(GROUPS.len());
            prop_assert_eq!(left, is_exempt || !given, "{}", deny);
        }
    }

    #[test]
    fn order_and_repetition_change_nothing(seed: u64) {
        let mut random = Random(seed);
        let mut policies = policies(&mut random);
        let before = answers(&policies);
        policies.extend(random.some(&policies));
        random.shuffle(&mut policies);
        prop_assert_eq!(before, answers(&policies));
    }

    #[test]
    fn a_statement_means_what_its_parts_mean(seed: u64) {
        let (mut random, world) = (Random(seed), World::new());
        let verb = random.pick(&Verb::ALL);
        let resource = random.pick(&["users", "groups", "policies", "all-resources"]);
        let place = random.pick(&["tenancy", "compartment Alpha", "compartment Beta:Apps"]);
        let (one, two) = (random.pick(&GROUPS), random.pick(&GROUPS));
        let effect = random.pick(&["Allow", "Deny"]);
        let whole = format!("{effect} group {one}, {two} to {} {resource} in {place}", verb.name());
        let mut parts = Vec::new();
        let Action::Verb(verb, on) = parse(&whole).unwrap().rule().unwrap().action.clone() else {
            unreachable!("{whole}")
        };
        let meant = if effect == "Deny" { on.takes(verb) } else { on.grants(verb) };
        for group in [one, two] {
            let part = |name| format!("{effect} group {group} {{{name}}} in {place}");
            parts.extend(meant.names().map(part));
        }
        let compile = |statement: &String| world.compile(0, statement).unwrap();
        let mut parts: Vec<Compiled> = parts.iter().map(compile).collect();
        let mut whole = vec![compile(&whole)];
        if effect == "Deny" {
            parts.push(everything());
            whole.push(everything());
        }
        prop_assert_eq!(answers(&whole), answers(&parts));
    }

    #[test]
    fn a_loaded_statement_is_the_kept_one(seed: u64) {
        for policy in policies(&mut Random(seed)) {
            let kept = serde_json::to_string(&policy).unwrap();
            prop_assert_eq!(serde_json::from_str::<Compiled>(&kept).unwrap(), policy);
        }
    }
}
