//! Decisions, one rule a test.

use std::net::IpAddr;

use iam_policy::{
    Decision, Facts, PolicySet, Question, decide, decide_somewhere, is_granted_something,
};

use crate::world::{World, group_ocid, network_sources};

const ME: &str = "ocid1.user.oc1..aaaaaaaau1";
const OTHER: &str = "ocid1.user.oc1..aaaaaaaau2";
// Compartments of the world, by their number in it.
const ROOT: usize = 0;
const ALPHA: usize = 1;
const BETA: usize = 2;
const ALPHA_APPS: usize = 3;
const BETA_APPS: usize = 4;
// Groups, likewise.
const ADMINISTRATORS: usize = 0;
const HELPDESK: usize = 1;
const RESET: &[&str] = &["USER_UIPASS_RESET", "USER_UPDATE"];

/// Policies of a world, each with the compartment it is attached to.
struct Scene {
    world: World,
    set: PolicySet,
    /// Where questions are asked from.
    from: IpAddr,
}

fn given(policies: &[(usize, &str)]) -> Scene {
    let world = World::new();
    let compiled = policies.iter().map(|(attached, text)| world.compile(*attached, text).unwrap());
    let set = PolicySet::new(compiled).with_network_sources(network_sources());
    Scene { set, world, from: IpAddr::from([192, 0, 2, 1]) }
}

impl Scene {
    /// What is missing for somebody in these groups; `None` where it is allowed.
    fn missing(
        &self,
        groups: &[usize],
        needs: &[&'static str],
        target: usize,
    ) -> Option<Vec<String>> {
        self.ask(ME, groups, needs, target, None)
    }

    fn ask(
        &self,
        caller: &str,
        groups: &[usize],
        needs: &[&'static str],
        target: usize,
        owner: Option<&str>,
    ) -> Option<Vec<String>> {
        let groups: Vec<String> = groups.iter().copied().map(group_ocid).collect();
        let compartments = &self.world.ocids(target);
        let address = Some(self.from);
        let facts = Facts::none();
        let question =
            Question { caller, groups: &groups, needs, compartments, owner, address, facts };
        match decide(&self.set, &question) {
            Decision::Allowed(_) => None,
            Decision::Refused(refusal) => {
                Some(refusal.missing.iter().map(ToString::to_string).collect())
            }
        }
    }
}

#[test]
fn without_a_policy_everything_is_refused() {
    assert_eq!(given(&[]).missing(&[ADMINISTRATORS], RESET, ROOT).unwrap(), RESET);
}

#[test]
fn administrators_may_do_everything_everywhere() {
    let scene = given(&[(ROOT, "ALLOW GROUP Administrators to manage all-resources IN TENANCY")]);
    for target in 0..scene.world.compartments.len() {
        assert_eq!(
            scene.missing(&[HELPDESK, ADMINISTRATORS], iam_policy::permissions(), target),
            None
        );
        assert_eq!(
            scene.missing(&[HELPDESK], &["USER_INSPECT"], target).unwrap(),
            ["USER_INSPECT"]
        );
    }
}

#[test]
fn all_needs_must_be_granted_but_not_by_one_statement() {
    let update = (ROOT, "Allow group HelpDesk to {USER_UPDATE} in tenancy");
    let reset = (ROOT, "Allow any-group to {USER_UIPASS_RESET} in compartment Alpha");
    assert_eq!(given(&[update]).missing(&[HELPDESK], RESET, ALPHA).unwrap(), ["USER_UIPASS_RESET"]);
    assert_eq!(given(&[reset]).missing(&[HELPDESK], RESET, ALPHA).unwrap(), ["USER_UPDATE"]);
    assert_eq!(given(&[update, reset]).missing(&[HELPDESK], RESET, ALPHA), None);
    assert!(given(&[update, reset]).missing(&[HELPDESK], RESET, BETA).is_some());
}

#[test]
fn to_use_users_is_not_to_reset_their_passwords() {
    let scene = given(&[(ROOT, "Allow group HelpDesk to use users in tenancy")]);
    assert_eq!(scene.missing(&[HELPDESK], RESET, ROOT).unwrap(), ["USER_UIPASS_RESET"]);
}

#[test]
fn a_grant_covers_what_lies_below_and_nothing_beside_or_above() {
    let scene = given(&[(ROOT, "Allow group HelpDesk to manage users in compartment Alpha")]);
    assert_eq!(scene.missing(&[HELPDESK], RESET, ALPHA), None);
    assert_eq!(scene.missing(&[HELPDESK], RESET, ALPHA_APPS), None);
    for elsewhere in [ROOT, BETA, BETA_APPS] {
        assert!(scene.missing(&[HELPDESK], RESET, elsewhere).is_some());
    }
}

#[test]
fn any_user_needs_no_group_and_any_group_needs_one() {
    let user = given(&[(ROOT, "Allow any-user to inspect users in tenancy")]);
    assert_eq!(user.missing(&[], &["USER_INSPECT"], ROOT), None);
    let group = given(&[(ROOT, "Allow any-group to inspect users in tenancy")]);
    assert!(group.missing(&[], &["USER_INSPECT"], ROOT).is_some());
    assert_eq!(group.missing(&[HELPDESK], &["USER_INSPECT"], ROOT), None);
}

#[test]
fn what_a_service_may_no_user_may() {
    let scene = given(&[(ROOT, "Allow service faas, oke to manage all-resources in tenancy")]);
    for groups in [&[][..], &[ADMINISTRATORS, HELPDESK]] {
        assert!(scene.missing(groups, &["USER_INSPECT"], ROOT).is_some());
    }
    for caller in ["faas", "service faas"] {
        assert!(scene.ask(caller, &[], &["USER_INSPECT"], ROOT, None).is_some());
    }
}

#[test]
fn everyone_acts_on_their_own_and_nobody_on_those_of_others() {
    let scene = given(&[]);
    assert_eq!(scene.ask(ME, &[], RESET, ROOT, Some(ME)), None);
    assert_eq!(scene.ask(ME, &[], RESET, ROOT, Some(OTHER)).unwrap(), RESET);
    assert_eq!(scene.ask(ME, &[], RESET, ROOT, None).unwrap(), RESET);
    // An operation may need no permission because it is for owners alone.
    assert_eq!(scene.ask(ME, &[], &[], ROOT, Some(ME)), None);
}

#[test]
fn nobody_owns_nothing() {
    let scene = given(&[(ROOT, "Allow any-user to manage all-resources in tenancy")]);
    assert_eq!(scene.ask("", &[], RESET, ROOT, Some("")).unwrap(), RESET);
    assert_eq!(scene.ask("", &[], RESET, ROOT, None).unwrap(), RESET);
}

#[test]
fn what_needs_nothing_is_refused_to_everyone() {
    let scene = given(&[(ROOT, "Allow any-user to manage all-resources in tenancy")]);
    assert_eq!(scene.missing(&[ADMINISTRATORS], &[], ROOT), Some(vec![]));
}

#[test]
fn a_permission_that_does_not_exist_is_granted_to_nobody() {
    let scene = given(&[(ROOT, "Allow any-user to manage all-resources in tenancy")]);
    let needs = ["USER_READ", "USER_PAINT"];
    assert_eq!(scene.missing(&[ADMINISTRATORS], &needs, ROOT).unwrap(), ["USER_PAINT"]);
}

#[test]
fn to_need_everything_is_to_need_each_permission_there_is() {
    let needs = ["manage all-resources"];
    let scene = given(&[(ROOT, "Allow any-user to manage all-resources in tenancy")]);
    assert_eq!(scene.missing(&[HELPDESK], &needs, ROOT), None);
    let scene = given(&[(ROOT, "Allow any-user to use all-resources in tenancy")]);
    let missing = scene.missing(&[HELPDESK], &needs, ROOT).unwrap();
    assert!(missing.iter().any(|need| need == "USER_DELETE"), "{missing:?}");
}

#[test]
fn a_target_outside_of_every_compartment_is_refused() {
    let scene = given(&[(ROOT, "Allow any-user to manage all-resources in tenancy")]);
    for compartments in [&[][..], &["ocid1.tenancy.oc1..elsewhere"]] {
        let needs = &["USER_READ"];
        let (owner, address) = (None, None);
        let facts = Facts::none();
        let question =
            Question { caller: ME, groups: &[], needs, compartments, owner, address, facts };
        assert!(matches!(decide(&scene.set, &question), Decision::Refused(_)));
    }
}

#[test]
fn a_compartment_that_moves_away_takes_no_grant_along() {
    let mut scene = given(&[
        (ALPHA, "Allow group HelpDesk to manage users in compartment Apps"),
        (ROOT, "Allow group HelpDesk to inspect groups in compartment Alpha:Apps"),
    ]);
    assert_eq!(scene.missing(&[HELPDESK], RESET, ALPHA_APPS), None);
    scene.world.reparent(ALPHA_APPS, BETA);
    // The policy of Alpha says nothing below Beta; the tenancy's still means the same compartment.
    assert!(scene.missing(&[HELPDESK], RESET, ALPHA_APPS).is_some());
    assert_eq!(scene.missing(&[HELPDESK], &["GROUP_INSPECT"], ALPHA_APPS), None);
}

#[test]
fn a_group_made_again_under_the_name_has_nothing() {
    // The statement keeps the OCID of the group it was written for; the new one has another.
    let scene = given(&[(ROOT, "Allow group HelpDesk to manage users in tenancy")]);
    let groups = ["ocid1.group.oc1..aaaaaaaanew".to_owned()];
    let compartments = &scene.world.ocids(ROOT);
    let (groups, owner, address) = (&groups, None, None);
    let facts = Facts::none();
    let question =
        Question { caller: ME, groups, needs: RESET, compartments, owner, address, facts };
    assert!(matches!(decide(&scene.set, &question), Decision::Refused(_)));
}

/// What a condition says of a request from that address.
fn grants(condition: &str, from: [u8; 4]) -> bool {
    let text = format!("Allow any-user to inspect users in tenancy where {condition}");
    let scene = Scene { from: from.into(), ..given(&[(ROOT, &text)]) };
    let missing = scene.missing(&[], &["USER_INSPECT"], ROOT);
    let question = Question {
        caller: ME,
        groups: &[],
        needs: &["USER_INSPECT"],
        compartments: &scene.world.ocids(ROOT),
        owner: None,
        address: Some(scene.from),
        facts: Facts::none(),
    };
    // Every way to ask heeds it.
    let somewhere = matches!(decide_somewhere(&scene.set, &question), Decision::Allowed(_));
    assert_eq!(somewhere, missing.is_none());
    assert_eq!(is_granted_something(&scene.set, &question), missing.is_none());
    missing.is_none()
}

const IN_BOTH: [u8; 4] = [203, 0, 113, 7];
const IN_OFFICE: [u8; 4] = [203, 0, 113, 8];
const IN_NONE: [u8; 4] = [192, 0, 2, 1];

#[test]
fn a_statement_with_a_condition_grants_where_it_holds_and_nowhere_else() {
    for (condition, both, office, none) in [
        ("request.networkSource.name = 'OFFICE'", true, true, false),
        ("request.networkSource.name = 'lab'", true, false, false),
        ("request.networkSource.name != 'lab'", false, true, false),
        ("request.networkSource.name in ('lab', 'elsewhere')", true, false, false),
        ("request.networkSource.name not in ('lab', 'elsewhere')", false, true, false),
        ("request.networkSource.name = 'elsewhere'", false, false, false),
        (
            "all {request.networkSource.name = 'office', request.networkSource.name = lab}",
            true,
            false,
            false,
        ),
        (
            "any {request.networkSource.name = 'office', request.networkSource.name = lab}",
            true,
            true,
            false,
        ),
    ] {
        let seen = [IN_BOTH, IN_OFFICE, IN_NONE].map(|from| grants(condition, from));
        assert_eq!(seen, [both, office, none], "{condition}");
    }
}

#[test]
fn a_request_from_nowhere_known_meets_no_condition() {
    let always = "any {request.networkSource.name = 'office', request.networkSource.name != 'x'}";
    let text = format!("Allow any-user to inspect users in tenancy where {always}");
    let scene = given(&[(ROOT, &text)]);
    let question = Question {
        caller: ME,
        groups: &[],
        needs: &["USER_INSPECT"],
        compartments: &scene.world.ocids(ROOT),
        owner: None,
        address: None,
        facts: Facts::none(),
    };
    assert!(matches!(decide(&scene.set, &question), Decision::Refused(_)));
}

#[test]
fn what_one_statement_grants_under_a_condition_another_grants_without() {
    let conditional = "Allow any-user to inspect users in tenancy \
                       where request.networkSource.name = 'office'";
    let scene = given(&[(ROOT, conditional), (ROOT, "Allow any-user to read users in tenancy")]);
    assert_eq!(scene.missing(&[], &["USER_INSPECT", "USER_READ"], ROOT), None);
    let scene = given(&[(ROOT, conditional), (ROOT, "Allow any-user to {USER_READ} in tenancy")]);
    let needs = ["USER_INSPECT", "USER_READ"];
    assert_eq!(scene.missing(&[], &needs, ROOT).unwrap(), ["USER_INSPECT"]);
}

#[test]
fn a_condition_tells_who_asks_for_what_and_each_permission_is_looked_at_by_itself() {
    let group = group_ocid(HELPDESK);
    for (condition, missing) in [
        (format!("request.user.id = '{ME}'"), vec![]),
        (format!("request.principal.id != '{ME}'"), vec!["USER_DELETE", "USER_INSPECT"]),
        (format!("request.user.id = '{}'", ME.to_uppercase()), vec![]),
        (format!("request.groups.id = '{group}'"), vec![]),
        ("request.groups.id = /*g1/".to_owned(), vec![]),
        ("request.groups.id != /ocid1.group*/".to_owned(), vec!["USER_DELETE", "USER_INSPECT"]),
        ("request.permission != 'USER_DELETE'".to_owned(), vec!["USER_DELETE"]),
        ("request.permission in (/*_inspect/, /*_delete/)".to_owned(), vec![]),
        (
            "all {request.permission = /USER_*/, request.permission != /*SPE*/}".to_owned(),
            vec!["USER_INSPECT"],
        ),
    ] {
        let text = format!("Allow any-user to manage users in tenancy where {condition}");
        let scene = given(&[(ROOT, &text)]);
        let needs = ["USER_INSPECT", "USER_DELETE"];
        let mut found = scene.missing(&[HELPDESK], &needs, ROOT).unwrap_or_default();
        found.sort_unstable();
        assert_eq!(found, missing, "{condition}");
    }
}

#[test]
fn who_is_in_no_group_meets_no_test_of_groups() {
    let text = "Allow any-user to inspect users in tenancy where request.groups.id != 'x'";
    let scene = given(&[(ROOT, text)]);
    assert_eq!(scene.missing(&[], &["USER_INSPECT"], ROOT).unwrap(), ["USER_INSPECT"]);
}
