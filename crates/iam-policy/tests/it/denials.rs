//! `Deny`, one rule a test.

use iam_policy::{
    Decision, Facts, PolicySet, Question, Refusal, Verb, decide, decide_somewhere,
    is_granted_something, permissions,
};

use crate::world::{World, group_ocid, network_sources};

const ME: &str = "ocid1.user.oc1..aaaaaaaau1";
// Compartments and groups of the world, by their numbers in it.
const ROOT: usize = 0;
const ALPHA: usize = 1;
const BETA: usize = 2;
const ALPHA_APPS: usize = 3;
const ADMINISTRATORS: usize = 0;
const HELPDESK: usize = 1;
const AUDITORS: usize = 2;
/// A statement that grants everybody everything.
const ALL: (usize, &str) = (ROOT, "Allow any-user to manage all-resources in tenancy");

fn given(policies: &[(usize, &str)]) -> (World, PolicySet) {
    let world = World::new();
    let compiled = policies.iter().map(|(attached, text)| world.compile(*attached, text).unwrap());
    let set = PolicySet::new(compiled).exempting(group_ocid(ADMINISTRATORS));
    (world, set.with_network_sources(network_sources()))
}

struct Ask<'a> {
    groups: &'a [usize],
    needs: &'a [&'static str],
    target: usize,
    owner: Option<&'a str>,
    from: [u8; 4],
}

const ASK: Ask<'_> = Ask {
    groups: &[HELPDESK],
    needs: &["USER_UPDATE"],
    target: ROOT,
    owner: None,
    from: [192, 0, 2, 1],
};

fn refusal((world, set): &(World, PolicySet), ask: &Ask<'_>) -> Option<Refusal> {
    let groups: Vec<String> = ask.groups.iter().copied().map(group_ocid).collect();
    let question = Question {
        caller: ME,
        groups: &groups,
        needs: ask.needs,
        compartments: &world.ocids(ask.target),
        owner: ask.owner,
        address: Some(ask.from.into()),
        facts: Facts::none(),
    };
    match decide(set, &question) {
        Decision::Allowed(_) => None,
        Decision::Refused(refusal) => Some(refusal),
    }
}

fn may(scene: &(World, PolicySet), ask: &Ask<'_>) -> bool {
    refusal(scene, ask).is_none()
}

#[test]
fn what_is_denied_is_refused_whoever_grants_it_and_wherever() {
    let deny = (ROOT, "Deny group HelpDesk to {USER_UPDATE} in tenancy");
    let nearer = (ALPHA, "Allow group HelpDesk to manage users in compartment Alpha");
    let scene = given(&[nearer, deny, ALL]);
    for target in [ROOT, ALPHA, ALPHA_APPS] {
        assert!(!may(&scene, &Ask { target, ..ASK }));
        // Nothing but that, and nobody but them.
        assert!(may(&scene, &Ask { target, needs: &["USER_INSPECT"], ..ASK }));
        assert!(may(&scene, &Ask { target, groups: &[AUDITORS], ..ASK }));
    }
    // Who is in two groups is denied what one of them is.
    assert!(!may(&scene, &Ask { groups: &[AUDITORS, HELPDESK], ..ASK }));
}

#[test]
fn it_is_denied_in_its_compartment_and_below_and_not_beside_or_above() {
    let scene = given(&[ALL, (ROOT, "Deny any-user to manage users in compartment Alpha")]);
    let needs = &["USER_DELETE"];
    for (target, allowed) in [(ROOT, true), (BETA, true), (ALPHA, false), (ALPHA_APPS, false)] {
        assert_eq!(may(&scene, &Ask { target, needs, ..ASK }), allowed, "{target}");
    }
}

#[test]
fn a_refusal_says_what_is_denied_beside_what_is_missing() {
    let scene = given(&[
        (ROOT, "Allow group HelpDesk to use users in tenancy"),
        (ROOT, "Deny any-group {USER_UPDATE, USER_DELETE} in tenancy"),
    ]);
    let needs = &["USER_UIPASS_RESET", "USER_UPDATE", "USER_INSPECT"];
    let refusal = refusal(&scene, &Ask { needs, ..ASK }).unwrap();
    assert_eq!(refusal.missing, ["USER_UIPASS_RESET", "USER_UPDATE"]);
    assert_eq!(refusal.denied, ["USER_UPDATE"]);
}

#[test]
fn verbs_mean_the_opposite_of_what_they_grant() {
    for (verb, left) in [
        ("manage", &["USER_INSPECT", "USER_READ", "USER_UPDATE"][..]),
        ("use", &["USER_INSPECT", "USER_READ"]),
        ("read", &["USER_INSPECT"]),
        ("inspect", &[]),
    ] {
        let scene = given(&[ALL, (ROOT, &format!("Deny any-user to {verb} users in tenancy"))]);
        let users = "USER_".len();
        for need in permissions().iter().filter(|need| need.get(..users) == Some("USER_")) {
            let allowed = may(&scene, &Ask { needs: &[need], ..ASK });
            assert_eq!(allowed, left.contains(need), "deny {verb}: {need}");
        }
        assert!(may(&scene, &Ask { needs: &["GROUP_DELETE"], ..ASK }));
    }
    // What stands in two cells of OCI's table is taken by both verbs.
    for verb in ["use", "manage"] {
        let scene = given(&[ALL, (ROOT, &format!("Deny any-user to {verb} tenancies in tenancy"))]);
        assert!(!may(&scene, &Ask { needs: &["TENANCY_UPDATE"], ..ASK }));
        assert!(may(&scene, &Ask { needs: &["TENANCY_INSPECT"], ..ASK }));
    }
    let family = (ROOT, "Deny any-user to manage virtual-network-family in tenancy");
    let scene = given(&[ALL, family]);
    for (need, allowed) in [("VCN_CREATE", false), ("VCN_READ", true), ("INSTANCE_CREATE", true)] {
        assert_eq!(may(&scene, &Ask { needs: &[need], ..ASK }), allowed, "{need}");
    }
}

#[test]
fn on_all_resources_each_type_is_taken_by_itself() {
    let deny = |verb: Verb| {
        let text = format!("Deny any-user to {} all-resources in tenancy", verb.name());
        given(&[ALL, (ROOT, &text)])
    };
    // A work request is inspected by COMPARTMENT_READ, which is a matter of `use` on compartments.
    for (verb, need, allowed) in [
        (Verb::Manage, "COMPARTMENT_READ", true),
        (Verb::Use, "COMPARTMENT_READ", false),
        (Verb::Use, "USER_READ", true),
        (Verb::Read, "USER_READ", false),
        (Verb::Read, "POLICY_READ", true),
    ] {
        assert_eq!(may(&deny(verb), &Ask { needs: &[need], ..ASK }), allowed, "{verb:?} {need}");
    }
    let nothing = deny(Verb::Inspect);
    assert!(permissions().iter().all(|need| !may(&nothing, &Ask { needs: &[need], ..ASK })));
}

#[test]
fn the_administrators_are_denied_nothing() {
    let deny = (ROOT, "Deny group Administrators, HelpDesk to inspect all-resources in tenancy");
    let scene = given(&[ALL, deny, (ROOT, "Deny any-user to inspect users in tenancy")]);
    for groups in [&[ADMINISTRATORS][..], &[HELPDESK, ADMINISTRATORS]] {
        assert!(may(&scene, &Ask { groups, needs: permissions(), ..ASK }));
    }
    assert!(!may(&scene, &ASK));
    // They need to be granted it, as everybody does.
    let scene = given(&[(ROOT, "Deny group HelpDesk to inspect users in tenancy")]);
    assert!(!may(&scene, &Ask { groups: &[ADMINISTRATORS], ..ASK }));
}

#[test]
fn what_is_denied_is_denied_on_ones_own_too() {
    let scene = given(&[(ROOT, "Deny any-user to {USER_APIKEY_ADD} in tenancy")]);
    let needs = &["USER_UPDATE", "USER_APIKEY_ADD"];
    let own = Ask { owner: Some(ME), needs, ..ASK };
    let refusal = refusal(&scene, &own).unwrap();
    assert_eq!(
        (refusal.missing, refusal.denied),
        (vec!["USER_APIKEY_ADD"], vec!["USER_APIKEY_ADD"])
    );
    assert!(may(&scene, &Ask { needs: &["USER_UPDATE", "USER_UIPASS_RESET"], ..own }));
    // What needs no permission has none that could be taken.
    assert!(may(&scene, &Ask { needs: &[], ..own }));
    assert!(!may(&scene, &Ask { needs: &["USER_UPDATE"], owner: None, ..own }));
}

#[test]
fn a_denial_counts_where_its_condition_holds_and_nowhere_else() {
    let outside = "Deny any-user to inspect users in tenancy \
                   where request.networkSource.name != 'office'";
    let scene = given(&[ALL, (ROOT, outside)]);
    for (from, allowed) in [
        ([203, 0, 113, 8], true),
        ([198, 51, 100, 129], false),
        // Nothing is known of this address, and then no test holds: also none that denies.
        ([192, 0, 2, 1], true),
    ] {
        assert_eq!(may(&scene, &Ask { from, ..ASK }), allowed, "{from:?}");
    }
    let by_permission = "Deny any-user to inspect users in tenancy \
                         where request.permission = /*_DELETE/";
    let scene = given(&[ALL, (ROOT, by_permission)]);
    assert!(may(&scene, &Ask { needs: &["USER_UPDATE"], ..ASK }));
    let needs = &["USER_UPDATE", "USER_DELETE"];
    assert_eq!(refusal(&scene, &Ask { needs, ..ASK }).unwrap().denied, ["USER_DELETE"]);
}

#[test]
fn a_denial_reaches_whom_the_same_words_would_allow() {
    for (subject, groups, allowed) in [
        ("any-group", &[][..], true),
        ("any-group", &[AUDITORS], false),
        ("any-user", &[], false),
        ("group HelpDesk, auditors", &[AUDITORS], false),
        ("service faas", &[HELPDESK], true),
    ] {
        let text = format!("Deny {subject} to inspect users in tenancy");
        let scene = given(&[ALL, (ROOT, &text)]);
        assert_eq!(may(&scene, &Ask { groups, ..ASK }), allowed, "{subject} {groups:?}");
    }
}

#[test]
fn a_compartment_that_moves_away_takes_no_denial_along() {
    let below = (ALPHA, "Deny any-user to inspect users in compartment Apps");
    let above = (ROOT, "Deny any-user to inspect groups in compartment Alpha:Apps");
    let mut scene = given(&[ALL, below, above]);
    let target = ALPHA_APPS;
    assert!(!may(&scene, &Ask { target, ..ASK }));
    scene.0.reparent(ALPHA_APPS, BETA);
    assert!(may(&scene, &Ask { target, ..ASK }));
    assert!(!may(&scene, &Ask { target, needs: &["GROUP_INSPECT"], ..ASK }));
}

#[test]
fn below_a_policy_that_cannot_be_read_only_the_administrators_go_on() {
    let (world, set) = given(&[ALL]);
    let closed = world.compartments[ALPHA].0.clone();
    let scene = (world, set.closing([closed]));
    for (target, allowed) in [(ROOT, true), (BETA, true), (ALPHA, false), (ALPHA_APPS, false)] {
        for need in permissions() {
            let ask = Ask { target, needs: &[need], ..ASK };
            assert_eq!(may(&scene, &ask), allowed, "{target} {need}");
            assert_eq!(may(&scene, &Ask { owner: Some(ME), ..ask }), allowed, "{target} {need}");
        }
        assert!(may(&scene, &Ask { target, groups: &[ADMINISTRATORS], ..ASK }));
    }
}

#[test]
fn who_is_denied_all_they_are_granted_may_look_into_nothing() {
    let allow = (ROOT, "Allow group HelpDesk to inspect users in compartment Alpha");
    for (deny, somewhere, in_alpha, in_apps) in [
        ("Deny group auditors to inspect users in tenancy", true, true, true),
        ("Deny group HelpDesk to inspect users in tenancy", false, false, false),
        ("Deny group HelpDesk to inspect users in compartment Alpha", false, false, false),
        ("Deny group HelpDesk to inspect users in compartment Alpha:Apps", true, true, false),
        ("Deny group HelpDesk to read users in tenancy", true, true, true),
    ] {
        let (world, set) = given(&[allow, (ROOT, deny)]);
        let groups = [group_ocid(HELPDESK)];
        let at = |target: usize, ask: &dyn Fn(&Question<'_>) -> bool| {
            let compartments = &world.ocids(target);
            let (owner, address, facts) = (None, None, Facts::none());
            let needs = &["COMPARTMENT_INSPECT"];
            ask(&Question {
                caller: ME,
                groups: &groups,
                needs,
                compartments,
                owner,
                address,
                facts,
            })
        };
        let is_listed = |ask: &Question<'_>| is_granted_something(&set, ask);
        let lists =
            |ask: &Question<'_>| matches!(decide_somewhere(&set, ask), Decision::Allowed(_));
        let seen = (at(ROOT, &lists), at(ALPHA, &is_listed), at(ALPHA_APPS, &is_listed));
        assert_eq!(seen, (somewhere, in_alpha, in_apps), "{deny}");
    }
}

#[test]
fn where_nothing_is_denied_nobody_is_exempt_from_anything() {
    let (_, set) = given(&[ALL]);
    assert!(!set.denies());
    assert!(given(&[(ROOT, "Deny service faas to read users in tenancy")]).1.denies());
}
